"""The second tier: the gateway's own delivery and pickup, with the plugin, against the payer it declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gateway.model.habits import Discard, Sends
from gateway.model.partners import Stage
from gateway.testing.kit.accounts import stages_of
from gateway.testing.kit.arrived import came_since, check_files
from gateway.testing.kit.commits import uncommitted
from gateway.testing.kit.ending import ROUNDS, to_the_end
from gateway.testing.kit.hostkeys import past_it
from gateway.testing.kit.hours import hours
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.questions import questions
from gateway.testing.kit.silence import silently
from gateway.testing.kit.sizes import sizes
from gateway.testing.kit.stand import Stand
from gateway.testing.kit.trials import Trial, trials_for

_UNANSWERED = frozenset({"SENT"})
_UNPAID = frozenset({"SENT", "ACKNOWLEDGED", "ACCEPTED"})
"""Where a claim stands before a 277CA, or an 835, was read."""


async def wire_tier(stand: Stand, judge: Judge, only: Sequence[str] = ()) -> None:
    """Everything that a file goes through, first as declared, then with a fault at each step, or with `only` these."""
    for stage in stages_of(stand.partner):
        await _ordinary(stand, judge, stage)
    if "arrives" not in judge.wrong:
        await uncommitted(stand, judge, _mailboxes(stand))
        await hours(stand, judge)
        await sizes(stand, judge)
        for trial in trials_for(stand.partner, stand.scenario):
            if not only or trial.name in only:
                await _tried(stand, judge, trial)
        await questions(stand, judge)
    for failure in dict.fromkeys(stand.raised):
        judge.say("parts_hold", f"raises {failure} in a lane, where only a GatewayError is meant")


async def _ordinary(stand: Stand, judge: Judge, stage: Stage) -> None:
    """Two files on one day, as declared: they arrive, are marked and answered."""
    before, numbers = len(stand.payer.arrivals()), []
    for _ in range(2):
        numbers += stand.drop(stage)
        await stand.run()
    await to_the_end(stand, stage, numbers, before)
    came = came_since(stand, before)
    if missing := [n for n in numbers if not came[n]]:
        judge.say(
            "arrives",
            f"{stage.value}: {len(missing)} of {len(numbers)} claims did not arrive; {await _why(stand, missing)}",
        )
    if any(count > 1 for count in came.values()):
        judge.say("arrives", f"{stage.value}: a claim arrived twice")
    await check_files(stand, judge, stage, before, stage.value)
    if not missing:
        await _marks(stand, judge, stage)
        await _answers(stand, judge, stage, numbers)


async def _why(stand: Stand, missing: list[str]) -> str:
    """Where they stand, and by which codes."""
    found = [claim for claim in await stand.ask("claims") if claim["control_number"] in missing]
    said = dict.fromkeys(" ".join(filter(None, (claim["stands"], claim["code"]))) for claim in found)
    lanes = dict.fromkeys(f"lane {row['state']} {row['code']}" for row in await stand.ask("lanes") if row["code"])
    return ", ".join((*said, *lanes)) or "they were refused on reading"


async def _tried(stand: Stand, judge: Judge, trial: Trial) -> None:
    """One fault, then a mended payer and a person who answers: everything arrives, once."""
    before, lane = len(stand.payer.arrivals()), stand.lane()
    known = {one["submission"] for one in await stand.ask("submissions")}
    host_key, logins = _broken(stand, trial), stand.payer.login_attempts
    numbers = stand.drop()
    await (silently(stand, judge, trial.name) if trial.silent else stand.run())
    if trial.other_key:
        await past_it(stand, judge, trial.name, before, logins)
    new = [one for one in await stand.ask("submissions") if one["submission"] not in known and one["lane"] == lane]
    if trial.refuses and any(one["state"] == "SENT" for one in new):
        told = "nothing_lost" if trial.name.startswith("told as written") else "refusals_told"
        judge.say("pinned_key" if trial.other_key else told, f"{trial.name}: the file was told as sent")
    if "refuse_login" in trial.faults and (tries := stand.payer.login_attempts - logins) > 1:
        judge.say("refusals_told", f"{trial.name}: it was tried {tries} times, which locks accounts")
    await check_files(stand, judge, Stage.PRODUCTION, before, trial.name)
    _mended(stand, host_key)
    await to_the_end(stand, Stage.PRODUCTION, numbers, before)
    came = came_since(stand, before)
    if missing := [n for n in numbers if not came[n]]:
        judge.say("nothing_lost", f"{trial.name}: {len(missing)} of {len(numbers)} claims never arrived")
    if any(count > 1 for count in came.values()):
        judge.say("nothing_doubled", f"{trial.name}: claims arrived twice")
    await check_files(stand, judge, Stage.PRODUCTION, before, trial.name)


def _broken(stand: Stand, trial: Trial) -> bytes:
    """From now on the payer does so; returns its host key."""
    kept = (stand.payer.root / "keys" / "host").read_bytes()
    faults = replace(stand.scenario.faults, **trial.faults)
    stand.payer.scenario = replace(stand.scenario, faults=faults)
    if trial.other_key:
        stand.payer.change_host_key()
    return kept


def _mended(stand: Stand, host_key: bytes) -> None:
    (stand.payer.root / "keys" / "host").write_bytes(host_key)
    stand.payer.scenario = stand.scenario


async def _marks(stand: Stand, judge: Judge, stage: Stage) -> None:
    if stand.partner.habits.receipts is None:
        return
    for one in await stand.ask("submissions"):
        if one["lane"] == stand.lane(stage) and "receipt" not in one["seen"]:
            judge.say("receipts_noticed", f"{stage.value}: a mark lies there, and was not seen")


async def _answers(stand: Stand, judge: Judge, stage: Stage, numbers: list[str]) -> None:
    """What always comes was posted, though it may grow for a while; nothing of it is unreadable."""
    always = {kind for kind, expected in stand.partner.expects.items() if expected.sends is Sends.ALWAYS}
    undone = (
        _UNPAID if "835" in always and stage is Stage.PRODUCTION else _UNANSWERED
    )  # who tests is not paid everywhere
    waiting = await _waiting(stand, numbers, undone) if always & {"277CA", "835"} else 0
    for _ in range(ROUNDS):
        if waiting:
            stand.move(hours=1)
            await stand.tick()
            await stand.run()
            waiting = await _waiting(stand, numbers, undone)
    if waiting:
        judge.say("answers_read", f"{stage.value}: answers lie there, and {waiting} claims still wait for them")
    unread = [mail for mail in await stand.ask("mail", everything=True) if mail["kind"] == "unreadable"]
    for mail in unread:
        judge.say("answers_read", f"{stage.value}: a file of the mailbox cannot be read: {mail['code']}")
    box = stand.partner.habits.mailbox
    if box.discard is Discard.NEVER and not (box.reading_removes or box.retention_days):
        gone = [name for name in stand.laid if not any((path / name).exists() for path in _mailboxes(stand))]
        if gone:
            judge.say(
                "deletes_late", f"{stage.value}: {len(gone)} fetched files are gone, and nothing is declared to remove"
            )


async def _waiting(stand: Stand, numbers: list[str], undone: frozenset[str]) -> int:
    return sum(c["control_number"] in numbers and c["stands"] in undone for c in await stand.ask("claims"))


def _mailboxes(stand: Stand) -> list[Path]:
    return [
        stand.payer.folder(path)
        for each in stand.scenario.server.folders
        for path in dict.fromkeys((each.gives, *each.by_kind.values()))
    ]

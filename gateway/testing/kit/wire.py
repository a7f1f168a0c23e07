"""The second tier: the gateway's own delivery and pickup, with the plugin, against the payer it declares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gateway.model.habits import Discard, Sends
from gateway.model.partners import Stage, WriteHabit
from gateway.testing.kit.accounts import stages_of
from gateway.testing.kit.stand import Stand
from gateway.testing.kit.trials import Trial, trials_for
from gateway.testing.payer import Arrival
from gateway.testing.payer.claims import Claim
from gateway.testing.payer.wire import read
from gateway.testing.payer.wrapping import unwrapped

_ROUNDS = 5
"""So often the clock goes on and a person answers what is asked, until a trial has come to its end."""


class Judge:
    """What was found wrong, by rule."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[str]] = {}

    def say(self, rule: str, what: str) -> None:
        """One thing, told once."""
        found = self.wrong.setdefault(rule, [])
        if what not in found and len(found) < 12:
            found.append(what)


async def wire_tier(stand: Stand, judge: Judge, only: Sequence[str] = ()) -> None:
    """Everything that a file goes through, first as declared, then with a fault at each step, or with `only` these."""
    for stage in stages_of(stand.partner):
        await _ordinary(stand, judge, stage)
    if "arrives" not in judge.wrong:
        for trial in trials_for(stand.partner, stand.scenario):
            if not only or trial.name in only:
                await _tried(stand, judge, trial)
    for failure in dict.fromkeys(stand.raised):
        judge.say("parts_hold", f"raises {failure} in a lane, where only a GatewayError is meant")


async def _ordinary(stand: Stand, judge: Judge, stage: Stage) -> None:
    """Two files on one day, as declared: they arrive, are marked and answered."""
    before, numbers = len(stand.payer.arrivals()), []
    for _ in range(2):
        numbers += stand.drop(stage)
        await stand.run()
    await _to_the_end(stand, stage, numbers, before)
    came = _came(stand, before)
    if missing := [n for n in numbers if not came[n]]:
        judge.say(
            "arrives",
            f"{stage.value}: {len(missing)} of {len(numbers)} claims did not arrive; {await _why(stand, missing)}",
        )
    if any(count > 1 for count in came.values()):
        judge.say("arrives", f"{stage.value}: a claim arrived twice")
    await _files(stand, judge, stage, before, stage.value)
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
    host_key = _broken(stand, trial)
    numbers = stand.drop()
    await stand.run()
    new = [one for one in await stand.ask("submissions") if one["submission"] not in known and one["lane"] == lane]
    if trial.refuses and any(one["state"] == "SENT" for one in new):
        told = "nothing_lost" if trial.name.startswith("told as written") else "refusals_told"
        judge.say("pinned_key" if trial.other_key else told, f"{trial.name}: the file was told as sent")
    if trial.other_key and await _reached(stand, lane, before):
        judge.say("pinned_key", f"{trial.name}: the session went on past it")
    await _files(stand, judge, Stage.PRODUCTION, before, trial.name)
    _mended(stand, host_key)
    await _to_the_end(stand, Stage.PRODUCTION, numbers, before)
    came = _came(stand, before)
    if missing := [n for n in numbers if not came[n]]:
        judge.say("nothing_lost", f"{trial.name}: {len(missing)} of {len(numbers)} claims never arrived")
    if any(count > 1 for count in came.values()):
        judge.say("nothing_doubled", f"{trial.name}: claims arrived twice")
    await _files(stand, judge, Stage.PRODUCTION, before, trial.name)


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


async def _reached(stand: Stand, lane: str, before: int) -> bool:
    """Whether a lane that met another host key did anything but stop."""
    row = next(row for row in await stand.ask("lanes") if row["lane"] == lane)
    return len(stand.payer.arrivals()) > before or row["state"] != "SUSPENDED"


async def _to_the_end(stand: Stand, stage: Stage, numbers: list[str], before: int) -> None:
    """Hours go by, the payer answers, and a person resumes and settles by what the payer really has."""
    lane = stand.lane(stage)
    for _ in range(_ROUNDS):
        stand.move(hours=5)
        await stand.tick()
        await _answered_by_a_person(stand, stage, lane, numbers)
        await stand.run()
        if all(_came(stand, before)[number] for number in numbers) and await _settled(stand, lane):
            break
    await stand.tick()
    await stand.tick()
    stand.move(hours=1)
    await stand.run()


async def _answered_by_a_person(stand: Stand, stage: Stage, lane: str, numbers: list[str]) -> None:
    """Once the payer's own answers had their chance to end a doubt."""
    if any(row["lane"] == lane and row["state"] == "SUSPENDED" for row in await stand.ask("lanes")):
        _cleared(stand, stage)
        await stand.order("resume", lane=lane)
    for claim in await stand.ask("claims"):
        if claim["stands"] == "HELD" and claim["code"] == "MAY_HAVE_ARRIVED" and claim["control_number"] in numbers:
            await stand.order("release", claim=claim["claim"])
    doubted = [one for one in await stand.ask("submissions") if one["state"] == "IN_DOUBT" and one["lane"] == lane]
    if doubted:
        await stand.run()
        for one in doubted:
            arrived = any(a.name == one["file"] and whole(stand, data) for a, data in stand.payer.arrivals())
            _cleared(stand, stage)
            await stand.order("settle", submission=one["submission"], arrived=arrived)


async def _settled(stand: Stand, lane: str) -> bool:
    states = {one["state"] for one in await stand.ask("submissions") if one["lane"] == lane}
    return states <= {"SENT", "ABANDONED"}


def _cleared(stand: Stand, stage: Stage) -> None:
    """The payer's people move a broken file out of the way, where files are written under their own name."""
    if stand.partner.write is WriteHabit.DIRECT:
        for file in stand.payer.folder(_lane_endpoint(stand, stage)).iterdir():
            if file.is_file() and not whole(stand, file.read_bytes()) and file.suffix != ".part":
                file.unlink()


def _lane_endpoint(stand: Stand, stage: Stage) -> str:
    return stand.site.directory.lanes[stand.lane(stage)].account.endpoint.outbound


def whole(stand: Stand, data: bytes) -> bool:
    """Whether a received file is all of what was sent: it opens, and each ISA has its IEA."""
    try:
        found = read(unwrapped(data, stand.partner.habits.wraps, stand.openers))
    except Exception:
        return False
    return bool(found) and all(one.trailer[2] == one.control for one in found)


def _came(stand: Stand, before: int) -> Counter[str]:
    """How often each claim arrived in whole files since then."""
    return Counter(claim.control for _, data in stand.payer.arrivals()[before:] for claim in _claims(stand, data))


def _claims(stand: Stand, data: bytes) -> list[Claim]:
    if not whole(stand, data):
        return []
    return [claim for one in read(unwrapped(data, stand.partner.habits.wraps, stand.openers)) for claim in one.claims]


async def _files(stand: Stand, judge: Judge, stage: Stage, before: int, when: str) -> None:
    """Each file that arrived is whole, and is called what was planned, where it belongs."""
    planned = [one["file"] for one in await stand.ask("submissions") if one["lane"] == stand.lane(stage)]
    came = stand.payer.arrivals()[before:]
    for arrival, data in came:
        if not whole(stand, data) and stand.partner.write is not WriteHabit.DIRECT:
            judge.say("whole_files", f"{when}: a part of a file arrived under a name that the payer takes")
        for wrong in _misnamed(stand, arrival, planned, stage):
            judge.say("names_kept", f"{when}: {wrong}")
    names = Counter(arrival.name for arrival, data in came if whole(stand, data))
    if any(count > 1 for count in names.values()):
        judge.say("names_kept", f"{when}: two files arrived under one name")


def _misnamed(stand: Stand, arrival: Arrival, planned: list[str], stage: Stage) -> Iterator[str]:
    if arrival.name not in planned:
        yield "a file arrived under another name than was planned"
    rules = stand.partner.habits.names
    if len(arrival.name) > rules.longest or not all(
        sign.isascii() and (sign.isalnum() or sign in rules.punctuation) for sign in arrival.name
    ):
        yield "a name breaks the declared rules"
    if arrival.folder.strip("/") != _lane_endpoint(stand, stage).strip("/"):
        yield "a file arrived in another folder"


async def _marks(stand: Stand, judge: Judge, stage: Stage) -> None:
    if stand.partner.habits.receipts is None:
        return
    for one in await stand.ask("submissions"):
        if one["lane"] == stand.lane(stage) and "receipt" not in one["seen"]:
            judge.say("receipts_noticed", f"{stage.value}: a mark lies there, and was not seen")


async def _answers(stand: Stand, judge: Judge, stage: Stage, numbers: list[str]) -> None:
    """What always comes was posted, though it may grow for a while; nothing of it is unreadable."""
    always = {kind for kind, expected in stand.partner.expects.items() if expected.sends is Sends.ALWAYS}
    waiting = await _waiting(stand, numbers) if always & {"277CA", "835"} else 0
    for _ in range(_ROUNDS):
        if waiting:
            stand.move(hours=1)
            await stand.tick()
            await stand.run()
            waiting = await _waiting(stand, numbers)
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


async def _waiting(stand: Stand, numbers: list[str]) -> int:
    return sum(c["control_number"] in numbers and c["stands"] == "SENT" for c in await stand.ask("claims"))


def _mailboxes(stand: Stand) -> list[Path]:
    return [
        stand.payer.folder(path)
        for each in stand.scenario.server.folders
        for path in dict.fromkeys((each.gives, *each.by_kind.values()))
    ]

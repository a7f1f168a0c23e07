"""What really arrived at the payer: whole or in part, under which names, and how often each claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from gateway.model.partners import Stage, WriteHabit
from gateway.store import submissions
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand
from gateway.testing.payer import Arrival
from gateway.testing.payer.claims import Claim
from gateway.testing.payer.wire import Interchange, read
from gateway.testing.payer.wrapping import unwrapped


def outbound_of(stand: Stand, stage: Stage) -> str:
    return stand.site.directory.lanes[stand.lane(stage)].account.endpoint.outbound


def whole(stand: Stand, data: bytes) -> bool:
    """Whether a received file is all of what was sent: it opens, and each ISA has its IEA."""
    found = opened(stand, data)
    return bool(found) and all(one.trailer[2] == one.control for one in found)


def opened(stand: Stand, data: bytes) -> tuple[Interchange, ...]:
    """The interchanges in a received file; none in what does not open."""
    try:
        return read(unwrapped(data, stand.partner.habits.wraps, stand.openers))
    except Exception:
        return ()


def came_since(stand: Stand, before: int) -> Counter[str]:
    """How often each claim arrived in whole files since then."""
    return Counter(claim.control for _, data in stand.payer.arrivals()[before:] for claim in _claims(stand, data))


def _claims(stand: Stand, data: bytes) -> list[Claim]:
    if not whole(stand, data):
        return []
    return [claim for one in opened(stand, data) for claim in one.claims]


async def check_files(stand: Stand, judge: Judge, stage: Stage, before: int, when: str) -> None:
    """Each file that arrived is whole, and is called what was planned, where it belongs."""
    rows = [row for row in await stand.site.store.read(submissions.rows) if row["lane"] == stand.lane(stage)]
    planned = {row["remote_name"]: row["id"] for row in rows}
    came = stand.payer.arrivals()[before:]
    for arrival, data in came:
        if not whole(stand, data) and stand.partner.write is not WriteHabit.DIRECT:
            judge.say("whole_files", f"{when}: a part of a file arrived under a name that the payer takes")
        if whole(stand, data) and arrival.name in planned and data != await _sealed(stand, planned[arrival.name]):
            judge.say("whole_files", f"{when}: a file arrived with other bytes than were sealed for it")
        for wrong in _misnamed(stand, arrival, planned, stage):
            judge.say("names_kept", f"{when}: {wrong}")
    names = Counter(arrival.name for arrival, data in came if whole(stand, data))
    if any(count > 1 for count in names.values()):
        judge.say("names_kept", f"{when}: two files arrived under one name")


async def _sealed(stand: Stand, submission: int) -> bytes:
    row = await stand.site.store.read(submissions.one, submission)
    return b"".join(stand.site.vault.open(row["vault_name"]))


def _misnamed(stand: Stand, arrival: Arrival, planned: Collection[str], stage: Stage) -> Iterator[str]:
    if arrival.name not in planned:
        yield "a file arrived under another name than was planned"
    rules = stand.partner.habits.names
    if len(arrival.name) > rules.longest or not all(
        sign.isascii() and (sign.isalnum() or sign in rules.punctuation) for sign in arrival.name
    ):
        yield "a name breaks the declared rules"
    if arrival.folder.strip("/") != outbound_of(stand, stage).strip("/"):
        yield "a file arrived in another folder"

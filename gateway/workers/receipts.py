"""Look for the marks that a partner's server lays down for what it took, or could not take."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from glob import escape

from gateway.errors import GatewayError
from gateway.model.habits import Receipts
from gateway.model.partners import Lane
from gateway.model.sending import Seen
from gateway.store import mailbox, submissions, troubles
from gateway.workers.pickup import OF_A_FOLDER
from gateway.workers.site import Site
from gateway.workers.transmit import failures_of, lane_failure


async def look_for_marks(site: Site, lane: Lane) -> int:
    """See which marks the partner laid down for what we sent; returns how many were new. A folder of marks that cannot be
    listed is told as one, and stops nothing."""
    receipts = lane.partner.habits.receipts
    waiting = await site.store.read(submissions.awaiting_marks, lane.key)
    if receipts is None or not waiting:
        return 0
    folder = receipts.folder or lane.account.endpoint.outbound
    try:
        async with site.transport(lane) as transport:
            listed = await transport.listing(folder)
    except GatewayError as failure:
        if failure.code in OF_A_FOLDER:
            await site.store.write(mailbox.not_listed, lane.key, folder, failure.code, failure.next_step)
            return 0
        await site.store.write(submissions.happened, *lane_failure(lane, failure, await failures_of(site, lane)))
        return 0
    await site.store.write(troubles.clear, lane.key, "FOLDER", folder)
    names = [file.path.rpartition("/")[2] for file in listed]
    new = 0
    for row in waiting:
        if mark := mark_of(receipts, row["remote_name"], names):
            await site.store.write(submissions.marked, row["id"], *mark)
            new += 1
    return new


def mark_of(receipts: Receipts, name: str, listed: Iterable[str]) -> tuple[Seen, str] | None:
    """The mark for a file of this name. Where there are both, the one that says it failed: a person has to look."""
    names = list(listed)
    for seen, pattern in ((Seen.FAILED, receipts.failed), (Seen.RECEIPT, receipts.arrived)):
        wanted = pattern_of(pattern, name)
        found = next((one for one in names if wanted and one != name and fnmatchcase(one, wanted)), None)
        if found:
            return seen, found
    return None


def pattern_of(pattern: str, name: str) -> str:
    """The pattern with our own name in it, whose characters mean only themselves."""
    stem = name.rpartition(".")[0] or name
    return pattern.replace("{name}", escape(name)).replace("{stem}", escape(stem))

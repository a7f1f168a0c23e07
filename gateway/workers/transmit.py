"""Put one submission on the wire: intent, act, outcome at every step that could not be told apart after a crash."""

from __future__ import annotations

from functools import partial

from gateway import events as e
from gateway.errors import GatewayError, InDoubt, Refused, Transient
from gateway.model.partners import Lane, Verify, WriteHabit
from gateway.planner import probe_wait, retry_wait
from gateway.ports import Absent, Present, Transport
from gateway.store import StoreFailed, lanes, submissions
from gateway.workers.site import Site

_UNANSWERED_LOGINS = 3
"""A login that the server leaves unanswered so often is taken for refused: some servers only hang up."""

_LANE_EVENTS: dict[str, type[e.LoginRefused] | type[e.HostKeyChanged]] = {
    "LOGIN_REFUSED": e.LoginRefused,
    "HOST_KEY_CHANGED": e.HostKeyChanged,
    "HOST_KEY_UNPINNED": e.HostKeyChanged,
}


async def send(site: Site, lane: Lane, submission: int) -> None:
    """Transmit one composed submission. Whatever happens, the database says no more than was observed."""
    if not await site.store.write(submissions.begin, submission, site.gate.judge):
        return
    row = await site.store.read(submissions.one, submission)
    delivery = Delivery(site, lane, submission, row["remote_name"], row["vault_name"], row["size"])
    try:
        async with site.transport(lane) as transport:
            observed = await delivery.write(transport)
    except StoreFailed:
        raise  # our disk's turn: the row still says how far it came, and the next round goes on from there
    except GatewayError as failure:
        await _commit(site, _outcome_of(delivery, failure, row["tries"], await failures_of(site, lane)))
        return
    await _commit(site, [e.Transmitted(submission=submission, observed=observed)])
    await site.store.write(lanes.reached, lane.key)


class Delivery:
    """One transmission in progress. `may_have_arrived` is true from the moment the partner could take the file."""

    def __init__(self, site: Site, lane: Lane, submission: int, name: str, vault_name: str, size: int) -> None:
        self.site, self.lane, self.submission, self.size = site, lane, submission, size
        self.blocks = partial(site.vault.open, vault_name)
        self.final = f"{lane.account.endpoint.outbound.rstrip('/')}/{name}"
        self.temporary = temporary_path(lane, name)
        self.may_have_arrived = False

    async def write(self, transport: Transport) -> str:
        """Write the file the way this partner wants; returns what was observed of its arrival."""
        if self.lane.partner.write is WriteHabit.DIRECT:
            await self._write_directly(transport)
        else:
            await self._write_and_rename(transport)
        return await self._observe(transport)

    async def _write_directly(self, transport: Transport) -> None:
        if isinstance(await transport.size(self.final), Present):
            raise InDoubt(
                "a file of this name lies at the partner already",
                code="NAME_TAKEN",
                next_step="Compare it with the submission, then `gateway settle`.",
            )
        self.may_have_arrived = True
        await transport.put(self.blocks, self.size, self.final)

    async def _write_and_rename(self, transport: Transport) -> None:
        await transport.put(self.blocks, self.size, self.temporary, final=False)
        found = await transport.size(self.temporary)
        if isinstance(found, Present) and found.size not in (None, self.size):
            raise Transient("the partner holds fewer bytes than were sent", code="SIZE_DIFFERS")
        if isinstance(found, Absent):
            self.may_have_arrived = True
            raise InDoubt("the temporary file was taken away", code="TEMPORARY_TAKEN")
        await _commit(self.site, [e.UploadConfirmed(submission=self.submission, bytes=self.size)])
        await _commit(self.site, [e.RenameBegun(submission=self.submission)])
        self.may_have_arrived = True
        await transport.rename(self.temporary, self.final)

    async def _observe(self, transport: Transport) -> str:
        """What can be seen of the file now; the partner's own reply to the write is the least of it."""
        try:
            found = await transport.size(self.final)
        except GatewayError:
            return "confirmed"
        if isinstance(found, Absent):
            if self.lane.partner.verify is Verify.VANISHES or self.lane.account.endpoint.sweeps:
                return "vanished"
            raise InDoubt("the file is not where it was put", code="VANISHED")
        if found.size is None:
            return "listed"
        if found.size != self.size:
            raise InDoubt("the partner shows another size than was sent", code="SIZE_DIFFERS")
        return "size"


def temporary_path(lane: Lane, name: str) -> str:
    """The hidden name a file has until it is whole; the same at every try."""
    return f"{lane.account.endpoint.outbound.rstrip('/')}/.{name}{lane.partner.temporary_suffix}"


def _outcome_of(delivery: Delivery, failure: GatewayError, tries: int, failures: int) -> list[e.Event]:
    """Every failure, by whether the partner can have the file and whose turn it is. None falls through to success."""
    submission, lane = delivery.submission, delivery.lane.key
    if isinstance(failure, InDoubt) or (delivery.may_have_arrived and not isinstance(failure, Refused)):
        return [e.OutcomeLost(submission=submission, code=failure.code)]
    if isinstance(failure, Transient):
        wait = retry_wait(tries)
        return [
            e.TransmitFailed(submission=submission, code=failure.code, wait=wait),
            *lane_failure(delivery.lane, failure, failures),
        ]
    refused: list[e.Event] = [
        e.TransmitRefused(submission=submission, lane=lane, code=failure.code, next=failure.next_step)
    ]
    if kind := _LANE_EVENTS.get(failure.code):
        refused.append(kind(lane=lane, code=failure.code, next=failure.next_step))
    return refused


async def probe(site: Site, lane: Lane, submission: int) -> None:
    """Look for evidence of a submission in doubt. Nothing is sent."""
    row = await site.store.read(submissions.one, submission)
    try:
        async with site.transport(lane) as transport:
            seen = await _evidence(transport, lane, row["remote_name"], row["size"])
    except GatewayError as failure:
        await _commit(site, lane_failure(lane, failure, await failures_of(site, lane)))
        return
    if seen == "arrived":
        event: e.Event = e.ArrivalProven(submission=submission, evidence="listing")
    elif seen == "not arrived":
        wait = retry_wait(row["tries"] - 1) if row["tries"] else 0
        event = e.ArrivalDisproven(submission=submission, evidence="listing", wait=wait)
    else:
        step = "Wait for the partner's acknowledgment, or ask the partner and then `gateway settle`."
        event = e.ProbeInconclusive(submission=submission, next=step, wait=probe_wait(row["tries"]))
    await _commit(site, [event])


async def _evidence(transport: Transport, lane: Lane, name: str, size: int) -> str:
    """`arrived` when the whole file lies there and its hidden form does not; `not arrived` when only that does; else
    no word. While our hidden file is there, what bears the final name is somebody else's."""
    final = await transport.size(f"{lane.account.endpoint.outbound.rstrip('/')}/{name}")
    hidden = lane.partner.write is WriteHabit.TEMP_RENAME and isinstance(
        await transport.size(temporary_path(lane, name)), Present
    )
    if isinstance(final, Present):
        return "arrived" if final.size == size and not hidden else "unknown"
    return "not arrived" if hidden else "unknown"


def lane_failure(lane: Lane, failure: GatewayError, failures: int) -> list[e.Event]:
    """What a failure to speak with the partner means for its lane, after so many in a row."""
    if failure.code == "LOGIN_UNANSWERED" and failures + 1 >= _UNANSWERED_LOGINS:
        return [e.LoginRefused(lane=lane.key, code=failure.code, next=failure.next_step)]
    if kind := _LANE_EVENTS.get(failure.code):
        return [kind(lane=lane.key, code=failure.code, next=failure.next_step)]
    return [e.LaneUnreachable(lane=lane.key, code=failure.code, wait=retry_wait(failures))]


async def failures_of(site: Site, lane: Lane) -> int:
    """How often in a row the lane's partner could not be spoken with."""
    return next((row["failures"] for row in await site.store.read(lanes.rows) if row["key"] == lane.key), 0)


async def recover(site: Site, key: str) -> None:
    """Before a lane's work: what was being written under a hidden name when somebody stopped goes back to be sent
    again; anything later is in doubt."""
    for row in await site.store.read(submissions.interrupted, key):
        lane = site.directory.lanes.get(row["lane"])
        hidden = lane is not None and lane.partner.write is WriteHabit.TEMP_RENAME and row["step"] != "renaming"
        event: e.Event = (
            e.TransmitFailed(submission=row["id"], code="INTERRUPTED", wait=0)
            if hidden
            else e.OutcomeLost(submission=row["id"], code="INTERRUPTED")
        )
        await _commit(site, [event])


async def _commit(site: Site, events: list[e.Event]) -> None:
    await site.store.write(submissions.happened, *events)

"""Put one submission on the wire: intent, act, outcome at every step that could not be told apart after a crash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from gateway import events as e
from gateway.errors import GatewayError, InDoubt, Refused, Transient
from gateway.model.partners import Lane, Verify, WriteHabit
from gateway.model.sending import Seen
from gateway.partnership.typed import RESUME, then_resumed
from gateway.planner import SHUT, UNREACHED, probe_wait, retry_wait
from gateway.ports import Absent, Lasting, Present, Transport
from gateway.store import StoreFailed, lanes, submissions
from gateway.workers.looking import UNTOLD, final_path, glimpse, observed_of, presence, temporary_path
from gateway.workers.plugins import look_ahead
from gateway.workers.site import Site

__all__ = ["failures_of", "lane_failure", "observe", "probe", "recover", "send", "temporary_path"]

_UNANSWERED_LOGINS = 3
"""A login that the server leaves unanswered so often is taken for refused: some servers only hang up."""

_LANE_EVENTS: dict[str, type[e.LoginRefused] | type[e.HostKeyChanged]] = {
    "LOGIN_REFUSED": e.LoginRefused,
    "HOST_KEY_CHANGED": e.HostKeyChanged,
    "HOST_KEY_UNPINNED": e.HostKeyChanged,
}


async def send(site: Site, lane: Lane, submission: int) -> None:
    """Transmit one composed submission. Whatever happens, the database says no more than was observed."""
    await look_ahead(site, submissions.carried, submission)
    if not await site.store.write(submissions.begin, submission, site.gate.judge):
        return
    row = await site.store.read(submissions.one, submission)
    delivery = Delivery(site, lane, submission, row["remote_name"], row["vault_name"], row["size"], row["tries"])
    delivery.lay_hidden = await site.store.read(submissions.lay_hidden, submission)
    try:
        async with site.transport(lane) as transport:
            await delivery.write(transport)
            observed = None if delivery.looks_later else await delivery.look(transport)
    except StoreFailed:
        raise  # our disk's turn: the row still says how far it came, and the next round goes on from there
    except GatewayError as failure:
        await _commit(site, _outcome_of(delivery, failure, row["tries"], await failures_of(site, lane)))
        return
    if observed is None:
        wait = int(lane.partner.habits.wire.settle_for.total_seconds())
        await _commit(site, [e.SessionClosed(submission=submission, wait=wait)])
    else:
        await _commit(site, _sent(submission, observed))
    await site.store.write(lanes.reached, lane.key)


def _sent(submission: int, observed: Sequence[Seen]) -> list[e.Event]:
    *less, most = observed
    more = [e.ArrivalObserved(submission=submission, observed=one.value) for one in less]
    return [e.Transmitted(submission=submission, observed=most.value), *more]


class Delivery:
    """One transmission in progress. `may_have_arrived` is true from the moment the partner could take the file."""

    def __init__(
        self, site: Site, lane: Lane, submission: int, name: str, vault_name: str, size: int, tries: int = 0
    ) -> None:
        self.site, self.lane, self.submission, self.size = site, lane, submission, size
        self.first = tries == 0
        self.blocks = partial(site.vault.open, vault_name)
        self.final = final_path(lane, name)
        self.temporary = temporary_path(lane, name)
        self.may_have_arrived = False
        self.lay_hidden = False

    @property
    def looks_later(self) -> bool:
        """Whether nothing of the file can be seen before we have logged out."""
        return self.lane.partner.habits.wire.commit_on_logout and self.lane.partner.verify is not Verify.NOTHING

    async def write(self, transport: Transport) -> None:
        """Write the file the way this partner wants."""
        if self.lane.partner.write is WriteHabit.DIRECT:
            await self._write_directly(transport)
        else:
            await self._write_and_rename(transport)

    async def look(self, transport: Transport) -> Sequence[Seen]:
        """What was observed of its arrival; the partner's own reply to the write is the least of it. Raises InDoubt."""
        try:
            return await observed_of(transport, self.lane, self.final, self.size)
        except InDoubt:
            raise
        except GatewayError:
            return (Seen.UNVERIFIED,)

    async def _write_directly(self, transport: Transport) -> None:
        """Whatever fails after the first byte is doubt for good, so this is the only time that one is written. Where not a
        byte was asked for and the session goes on, the server said no to opening the file, and nothing can have arrived."""
        await self._refuse_taken(transport, self.final)
        try:
            await transport.put(self._given, self.size, self.final)
        except Transient:
            said_no = isinstance(transport, Lasting) and transport.alive
            self.may_have_arrived = self.may_have_arrived or not said_no  # a lost answer may leave an empty file there
            raise

    def _given(self) -> Iterator[bytes]:
        """The file, as it leaves the house."""
        self.may_have_arrived = True
        yield from self.blocks()

    async def _write_and_rename(self, transport: Transport) -> None:
        if not await self._lies_there(transport):
            await self._upload(transport)
        await _commit(self.site, [e.RenameBegun(submission=self.submission)])
        self.may_have_arrived = True
        await transport.rename(self.temporary, self.final)

    async def _lies_there(self, transport: Transport) -> bool:
        """Whether an earlier try left the whole file under its hidden name. Then it is only renamed: a rename that the
        server does late, after we gave it up, would else take what is just being written. What lay there whole and is gone
        was taken, by a late rename or by somebody who takes hidden files too. Raises InDoubt."""
        if not self.lay_hidden:
            return False
        found = await glimpse(transport, self.lane, self.temporary)
        if isinstance(found, Absent):
            self.may_have_arrived = True
            raise InDoubt("the temporary file was taken away", code="TEMPORARY_TAKEN")
        return found is None or found.size in (None, self.size)

    async def _upload(self, transport: Transport) -> None:
        if self.lane.partner.write is WriteHabit.STAGED and self.first:
            await self._refuse_taken(transport, self.temporary)
        await transport.put(self.blocks, self.size, self.temporary, final=False)
        found = await glimpse(transport, self.lane, self.temporary)
        if isinstance(found, Present) and found.size not in (None, self.size):
            raise Transient("the partner holds fewer bytes than were sent", code="SIZE_DIFFERS")
        if isinstance(found, Absent):
            self.may_have_arrived = True
            raise InDoubt("the temporary file was taken away", code="TEMPORARY_TAKEN")
        shown = Seen.UNVERIFIED if found is None or found.size is None else Seen.SIZE
        await _commit(self.site, [e.UploadConfirmed(submission=self.submission, bytes=self.size, observed=shown.value)])

    async def _refuse_taken(self, transport: Transport, path: str) -> None:
        """Nothing is ever written over. What lies there cannot be ours: nothing of this submission was written there."""
        if isinstance(await glimpse(transport, self.lane, path), Present):
            raise Refused(
                "another file of this name lies at the partner",
                code="NAME_TAKEN",
                next_step=f"Find out with the partner whose file it is, have it moved away, then `{RESUME}`.",
            )


def _outcome_of(delivery: Delivery, failure: GatewayError, tries: int, failures: int) -> list[e.Event]:
    """Every failure, by whether the partner can have the file and whose turn it is. None falls through to success."""
    submission, lane = delivery.submission, delivery.lane.key
    if isinstance(failure, InDoubt) or (delivery.may_have_arrived and not isinstance(failure, Refused)):
        return [e.OutcomeLost(submission=submission, code=failure.code)]
    if isinstance(failure, Transient):
        wait = retry_wait(tries, submission)
        return [
            e.TransmitFailed(submission=submission, code=failure.code, wait=wait),
            *lane_failure(delivery.lane, failure, failures),
        ]
    step = then_resumed(failure.next_step, lane)
    refused: list[e.Event] = [e.TransmitRefused(submission=submission, lane=lane, code=failure.code, next=step)]
    if kind := _LANE_EVENTS.get(failure.code):
        refused.append(kind(lane=lane, code=failure.code, next=step))
    return refused


async def observe(site: Site, lane: Lane, submission: int) -> None:
    """Look, in a new session, at what was written before we logged out. Where the partner does not let us, its own reply to
    the writing is the least of it."""
    row = await site.store.read(submissions.one, submission)
    try:
        async with site.transport(lane) as transport:
            observed = await observed_of(transport, lane, final_path(lane, row["remote_name"]), row["size"])
    except InDoubt as doubt:
        await _commit(site, [e.OutcomeLost(submission=submission, code=doubt.code)])
        return
    except GatewayError as failure:
        if failure.code not in UNTOLD:
            later = e.SessionClosed(submission=submission, wait=probe_wait(0, submission))
            await _commit(site, [later, *lane_failure(lane, failure, await failures_of(site, lane))])
            return
        observed = (Seen.UNVERIFIED,)
    await _commit(site, _sent(submission, observed))


async def probe(site: Site, lane: Lane, submission: int) -> None:
    """Look for evidence of a submission in doubt. Nothing is sent. A partner that does not let us look at this file is as
    well as it was; in any case it is looked for again only after a while."""
    row = await site.store.read(submissions.one, submission)
    failed: list[e.Event] = []
    try:
        async with site.transport(lane) as transport:
            seen = await _evidence(transport, lane, row["remote_name"], row["size"])
    except GatewayError as failure:
        seen = "unknown"
        if failure.code in UNREACHED:
            failed = lane_failure(lane, failure, await failures_of(site, lane))
    if seen == "arrived":
        event: e.Event = e.ArrivalProven(submission=submission, evidence="listing")
    elif seen == "not arrived":
        wait = retry_wait(row["tries"] - 1, submission) if row["tries"] else 0
        event = e.ArrivalDisproven(submission=submission, evidence="listing", wait=wait)
    else:
        step = "Wait for the partner's acknowledgment, or ask the partner and then `gateway settle`."
        event = e.ProbeInconclusive(submission=submission, next=step, wait=probe_wait(row["tries"], submission))
    await _commit(site, [event, *failed])


async def _evidence(transport: Transport, lane: Lane, name: str, size: int) -> str:
    """`arrived` when the whole file lies there and its hidden form does not; `not arrived` when only that does; else
    no word. While our hidden file is there, what bears the final name is somebody else's."""
    final = await presence(transport, lane, final_path(lane, name))
    hidden = await _lies_hidden(transport, lane, name)
    if isinstance(final, Present):
        return "arrived" if final.size == size and hidden is False else "unknown"
    return "not arrived" if hidden and isinstance(final, Absent) else "unknown"


async def _lies_hidden(transport: Transport, lane: Lane, name: str) -> bool | None:
    """None where the partner does not tell."""
    if lane.partner.write is WriteHabit.DIRECT:
        return False
    found = await glimpse(transport, lane, temporary_path(lane, name))
    return None if found is None else isinstance(found, Present)


def lane_failure(lane: Lane, failure: GatewayError, failures: int) -> list[e.Event]:
    """What a failure to speak with the partner means for its lane, after so many in a row."""
    step = then_resumed(failure.next_step, lane.key)
    if failure.code == "LOGIN_UNANSWERED" and failures + 1 >= _UNANSWERED_LOGINS:
        return [e.LoginRefused(lane=lane.key, code=failure.code, next=step)]
    if kind := _LANE_EVENTS.get(failure.code):
        return [kind(lane=lane.key, code=failure.code, next=step)]
    if isinstance(failure, Refused) and failure.code in SHUT:
        return [e.LaneStopped(lane=lane.key, code=failure.code, next=step)]
    return [e.LaneUnreachable(lane=lane.key, code=failure.code, wait=retry_wait(failures, lane.key))]


async def failures_of(site: Site, lane: Lane) -> int:
    """How often in a row the lane's partner could not be spoken with."""
    return next((row["failures"] for row in await site.store.read(lanes.rows) if row["key"] == lane.key), 0)


async def recover(site: Site, key: str) -> None:
    """Before a lane's work: what was being written under a name that nobody takes when somebody stopped goes back to be
    sent again; anything later is in doubt."""
    for row in await site.store.read(submissions.interrupted, key):
        lane = site.directory.lanes.get(row["lane"])
        hidden = lane is not None and lane.partner.write is not WriteHabit.DIRECT and row["step"] != "renaming"
        event: e.Event = (
            e.TransmitFailed(submission=row["id"], code="INTERRUPTED", wait=0)
            if hidden
            else e.OutcomeLost(submission=row["id"], code="INTERRUPTED")
        )
        await _commit(site, [event])


async def _commit(site: Site, events: list[e.Event]) -> None:
    await site.store.write(submissions.happened, *events)

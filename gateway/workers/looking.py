"""Look at a partner's folders for a file that we sent, in the way that the partner answers."""

from __future__ import annotations

from gateway.errors import GatewayError, InDoubt
from gateway.model.partners import Lane, Verify, WriteHabit
from gateway.model.sending import Seen
from gateway.ports import Absent, Presence, Present, Transport

UNTOLD = frozenset({"PERMISSION", "UNSUPPORTED", "SERVER_FAILURE"})
"""What servers say that do not let us look at a file, or say so of one that is not there."""


def final_path(lane: Lane, name: str) -> str:
    """Where a file lies once the partner may take it."""
    return f"{lane.account.endpoint.outbound.rstrip('/')}/{name}"


def temporary_path(lane: Lane, name: str) -> str:
    """Where a file lies until it is whole, the same at every try: in the staging folder, or hidden."""
    if lane.partner.write is WriteHabit.STAGED:
        return f"{lane.partner.habits.staging.rstrip('/')}/{name}"
    return f"{lane.account.endpoint.outbound.rstrip('/')}/.{name}{lane.partner.temporary_suffix}"


async def presence(transport: Transport, lane: Lane, path: str) -> Presence | None:
    """What the partner shows of a file, asked in the way that it answers; None where it shows nothing."""
    return (
        await _listed(transport, path)
        if lane.partner.verify is Verify.LISTING
        else await glimpse(transport, lane, path)
    )


async def glimpse(transport: Transport, lane: Lane, path: str) -> Presence | None:
    """The same by its name alone, which is the surest where it is answered. A server that does not, or says of what is not
    there that it may not tell, is asked for a listing, unless it is said to show nothing; hidden names may be missing
    there. Raises where neither is given, and that was not to be expected."""
    try:
        return await transport.size(path)
    except GatewayError as refusal:
        if refusal.code not in UNTOLD:
            raise
        if lane.partner.verify is Verify.NOTHING:
            return None
        found = await _listed(transport, path)
        return None if isinstance(found, Absent) and path.rpartition("/")[2].startswith(".") else found


async def _listed(transport: Transport, path: str) -> Presence:
    folder, _, name = path.rpartition("/")
    for file in await transport.listing(folder or "/"):
        if file.path.rpartition("/")[2] == name:
            return Present(file.size)
    return Absent()


async def observed_of(transport: Transport, lane: Lane, path: str, size: int) -> tuple[Seen, ...]:
    """What can be seen of a file that was written, the most telling last. Raises InDoubt where it is not what was sent,
    or not there."""
    verify = lane.partner.verify
    if verify is Verify.NOTHING:
        return (Seen.UNVERIFIED,)
    found = await presence(transport, lane, path)
    if found is None:
        return (Seen.UNVERIFIED,)
    if isinstance(found, Absent):
        if verify is Verify.VANISHES or lane.account.endpoint.sweeps:
            return (Seen.VANISHED,)
        raise InDoubt("the file is not where it was put", code="VANISHED")
    if found.size not in (None, size):
        raise InDoubt("the partner shows another size than was sent", code="SIZE_DIFFERS")
    measured = Seen.UNVERIFIED if found.size is None else Seen.SIZE
    return (measured, Seen.LISTED) if verify is Verify.LISTING else (measured,)

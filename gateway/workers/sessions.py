"""Who may hold a session: one at a time for each user of a server, and for each partner that allows only one.

What a lane does next, at once, it does in the session it has: a login takes several round trips and more work than a file.
A session is kept only while its lane is at work, and only where logging out means nothing to the partner.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType

from gateway.errors import Refused
from gateway.model.partners import Lane
from gateway.planner import login_of
from gateway.ports import Lasting, Transport

_REFUSED = "LOGIN_REFUSED"
_STALE = 5.0
"""Seconds after which a server may have hung up on a session that nothing was said in."""


@dataclass
class _Door:
    """`refusals` counts logins that were refused here."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    refusals: int = 0


@dataclass
class _Kept:
    """A session that is open and not in use; whoever has the turn at one of its doors may use or close it."""

    doors: list[_Door]
    session: Lasting
    since: float


class Sessions:
    """Hands out sessions, each when it is its turn."""

    def __init__(self) -> None:
        self._doors: dict[object, _Door] = {}
        self._kept: dict[str, _Kept] = {}

    def of(self, lane: Lane, dial: Callable[[], Transport]) -> AbstractAsyncContextManager[Transport]:
        """A session of this lane, not yet dialled: it waits for its turn, and whoever waited while the login of the same
        user was refused is refused with it, for one more try may lock the account."""
        doors = [self._doors.setdefault(name, _Door()) for name in _names(lane)]
        return _Turn(self, lane, doors, dial)

    async def let_go(self, lane: str) -> None:
        """The lane has nothing more to do now, so it logs out, and nobody logs in at its doors meanwhile. Where somebody
        else has the turn at one of them, that one closes what is kept there."""
        kept = self._kept.get(lane)
        if kept is None or any(door.lock.locked() for door in kept.doors):
            return
        async with AsyncExitStack() as held:
            for door in kept.doors:
                await held.enter_async_context(door.lock)
            await self._log_out(lane)

    async def close(self) -> None:
        """Log out everywhere."""
        for lane in list(self._kept):
            await self._log_out(lane)

    async def _log_out(self, lane: str) -> None:
        if kept := self._kept.pop(lane, None):
            await kept.session.close()

    async def found(self, lane: str, doors: list[_Door]) -> Lasting | None:
        """Whoever has all these turns asks: the lane's own session, if it can still be used. Any other that is kept behind
        one of these doors is closed first."""
        mine = self._kept.pop(lane, None)
        for other, kept in list(self._kept.items()):
            if any(door in kept.doors for door in doors):
                await self._log_out(other)
        if mine is None or (mine.session.alive and time.monotonic() - mine.since < _STALE):
            return mine.session if mine else None
        await mine.session.close()
        return None

    def keep(self, lane: str, doors: list[_Door], session: Lasting) -> None:
        """For what the lane does next."""
        self._kept[lane] = _Kept(doors, session, time.monotonic())


def _names(lane: Lane) -> Iterator[tuple[object, ...]]:
    """What the lane shares with others, always in the same order, so that no two wait for each other."""
    if lane.partner.habits.wire.one_session:
        yield ("partner", lane.partner.key)
    yield ("user", *login_of(lane))


class _Turn(AbstractAsyncContextManager[Transport]):
    """One session with its turns; they end together, and so does the session unless it is kept."""

    def __init__(self, sessions: Sessions, lane: Lane, doors: list[_Door], dial: Callable[[], Transport]) -> None:
        self._sessions, self._lane, self._doors, self._dial = sessions, lane, doors, dial
        self._user = doors[-1]
        self._held = AsyncExitStack()
        self._session: Transport | None = None

    async def __aenter__(self) -> Transport:
        refusals = self._user.refusals
        try:
            for door in self._doors:
                await self._held.enter_async_context(door.lock)
            if self._user.refusals != refusals:
                raise Refused(
                    "the login of the same user was refused a moment ago, so it was not tried again",
                    code=_REFUSED,
                    next_step="Check user and credential with the partner before resuming each of its lanes.",
                )
            self._session = await self._sessions.found(self._lane.key, self._doors)
            if self._session is None:
                self._session = await self._dial().__aenter__()
            return self._session
        except BaseException as failure:
            if isinstance(failure, Refused) and failure.code == _REFUSED:
                self._user.refusals += 1
            await self._end()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session = self._session
        lasts = error is None and not self._lane.partner.habits.wire.commit_on_logout
        if lasts and isinstance(session, Lasting) and session.alive:
            self._sessions.keep(self._lane.key, self._doors, session)
            self._session = None
        await self._end()

    async def _end(self) -> None:
        try:
            if self._session is not None:
                await self._session.close()
        finally:
            await self._held.aclose()

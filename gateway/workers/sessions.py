"""Who may hold a session: one at a time for each user of a server, and for each partner that allows only one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType

from gateway.errors import Refused
from gateway.model.partners import Lane
from gateway.planner import login_of
from gateway.ports import Transport

_REFUSED = "LOGIN_REFUSED"


@dataclass
class _Door:
    """`refusals` counts logins that were refused here."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    refusals: int = 0


class Sessions:
    """Hands out sessions, each when it is its turn."""

    def __init__(self) -> None:
        self._doors: dict[object, _Door] = {}

    def of(self, lane: Lane, dial: Callable[[], Transport]) -> AbstractAsyncContextManager[Transport]:
        """A session of this lane, not yet dialled: it waits for its turn, and whoever waited while the login of the same
        user was refused is refused with it, for one more try may lock the account."""
        doors = [self._doors.setdefault(name, _Door()) for name in _names(lane)]
        return _Turn(doors, dial)


def _names(lane: Lane) -> Iterator[tuple[object, ...]]:
    """What the lane shares with others, always in the same order, so that no two wait for each other."""
    if lane.partner.habits.wire.one_session:
        yield ("partner", lane.partner.key)
    yield ("user", *login_of(lane))


class _Turn(AbstractAsyncContextManager[Transport]):
    """One session with its turns; both end together."""

    def __init__(self, doors: list[_Door], dial: Callable[[], Transport]) -> None:
        self._doors, self._dial, self._user = doors, dial, doors[-1]
        self._held = AsyncExitStack()

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
            return await self._held.enter_async_context(self._dial())
        except BaseException as failure:
            if isinstance(failure, Refused) and failure.code == _REFUSED:
                self._user.refusals += 1
            await self._held.aclose()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._held.__aexit__(kind, error, trace)

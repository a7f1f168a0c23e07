"""A plugin's parts that speak with somebody outside: notifiers and enrollment sources, each by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from gateway.bus.told import KINDS
from gateway.errors import GatewayError
from gateway.ports import Told
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.stand import Stand

_LONGEST = 10.0
_TOLD = tuple(
    Told(
        seq,
        "2026-11-03T18:00:00.000Z",
        "claim.held",
        "",
        {"claim": seq, "payer": "kit_payer", "code": "ENROLLMENT_UNKNOWN"},
    )
    for seq in (1, 2, 2)  # at least once
)


async def outsiders(stand: Stand, hook: Callable[[str], Sequence[Any]], judge: Judge) -> None:
    """Each is made with the settings of a bare site; one that these do not ask for is told as not tried."""
    for kind, try_it in (("register_notifiers", _notified), ("register_enrollment_sources", _asked)):
        for name, maker in hook(kind):
            what = f"{kind.removeprefix('register_').removesuffix('s').replace('_', ' ')} {name}"
            async for wrong in _tried(stand, what, maker, try_it):
                judge.say("parts_hold", f"{what}: {wrong}")


async def _tried(
    stand: Stand, what: str, maker: Callable[..., Any], try_it: Callable[[Any], AsyncIterator[str]]
) -> AsyncIterator[str]:
    try:
        made = maker(stand.site.settings, stand.site._secret)
        if made is None:
            stand.limits.append(f"the {what} was not tried, for a bare site's settings do not ask for it")
            return
        if not (isinstance(made.name, str) and made.name):
            yield "has no name, by which its place is kept"
        async with asyncio.timeout(_LONGEST):
            async for wrong in try_it(made):
                yield wrong
    except GatewayError:
        return  # nobody is there, or a person must act: it says so
    except TimeoutError:
        yield f"is not done in {_LONGEST:.0f} seconds, and does not give up by itself"
    except Exception as failure:
        yield f"raises {type(failure).__name__}, where only a GatewayError is meant"


async def _notified(made: Any) -> AsyncIterator[str]:
    if any(not isinstance(made.wants(event), bool) for event in KINDS):
        yield "wants() is not yes or no of every event"
    for told in ((), _TOLD):
        await made.tell(told)
    for _ in range(2):
        await made.close()


async def _asked(made: Any) -> AsyncIterator[str]:
    rows = await made.rows()
    if rows is None:
        return
    texts = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if not texts or any(not isinstance(text, str) for row in rows for pair in row.items() for text in pair):
        yield "gives rows that are no dictionaries of text"

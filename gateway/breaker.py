"""The breaker of a lane: after some failures in a row it is tried seldom, and people hear of it once, not each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway import events as e
from gateway.waits import breaker_wait, retry_wait

TRIPS_AT = 4
"""So many failures in a row open it."""
CALM = timedelta(hours=4)
"""Partners promise no more than most of a week (CORE 2022: 86 to 90 %): for the first hours an outage is no incident."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is known of a lane's failures: how many in a row, since when its breaker is open, and whether people were
    told that this lasts."""

    failures: int = 0
    opened_at: datetime | None = None
    told: bool = False


def is_tripped(failures: int) -> bool:
    """Whether only a trial may be made."""
    return failures >= TRIPS_AT


def wait_after(lane: str, failures: int) -> int:
    """Seconds until the lane is tried again, the failure just now counted in `failures`."""
    if is_tripped(failures):
        return breaker_wait(failures - TRIPS_AT, lane)
    return retry_wait(failures - 1, lane)


def failed(lane: str, code: str, trouble: Trouble, now: datetime) -> list[e.Event]:
    """What is told of one more failure: each of the first, then that the breaker opened, then nothing, and once that it
    is open for long."""
    count = trouble.failures + 1
    wait = wait_after(lane, count)
    if not is_tripped(count):
        return [e.LaneUnreachable(lane=lane, code=code, wait=wait)]
    if trouble.opened_at is None:
        step = "Nothing yet: it is tried again by itself, and its claims wait here."
        return [e.BreakerOpened(lane=lane, code=code, count=count, wait=wait, next=step)]
    if trouble.told or now - trouble.opened_at < CALM:
        return []
    step = (
        "Ask the partner how long it lasts; `gateway payer move PAYER --to PARTNER --dry-run` shows what can go another"
        " way, and which filing limits fall into it."
    )
    return [e.OutageLasts(lane=lane, code=code, count=count, next=step)]


def reached(lane: str, trouble: Trouble) -> list[e.Event]:
    """What is told when the partner answers again: only that an open breaker closed."""
    return [e.BreakerClosed(lane=lane, count=trouble.failures)] if trouble.opened_at else []

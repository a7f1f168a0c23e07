"""When a payer works on what lies in its drop folders."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.testing.payer.manners import WEEK, Hours, Server


def is_open(server: Server, now: datetime) -> bool:
    """Whether anybody works now on what it has."""
    if server.workdays_only and now.weekday() > 4:
        return False
    return not server.hours or _within(server.hours, now)


def is_down(server: Server, now: datetime) -> bool:
    """Whether nobody can connect now."""
    announced = any(outage.begins <= now < outage.ends for outage in server.outages)
    closed = any(_holds(closure, now) for closure in server.closures)
    return announced or closed or (bool(server.maintenance) and _within(server.maintenance, now))


def takes_files(server: Server, now: datetime) -> bool:
    """Whether a file may be written now."""
    return not server.windows or any(_holds(window, now) for window in server.windows)


def _holds(hours: Hours, now: datetime) -> bool:
    """By the clock on the payer's own wall."""
    local = now.astimezone(ZoneInfo(hours.zone))
    time, today = f"{local:%H:%M}", local.weekday()
    begun = hours.opens <= time and WEEK[today] in hours.days
    if hours.opens < hours.closes:
        return begun and time < hours.closes
    return begun or (time < hours.closes and WEEK[today - 1] in hours.days)


def _within(span: str, now: datetime) -> bool:
    opens, closes = span.split("-")
    time = f"{now:%H:%M}"
    return opens <= time < closes if opens <= closes else time >= opens or time < closes

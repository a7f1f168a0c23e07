"""When a payer works on what lies in its drop folders."""

from __future__ import annotations

from datetime import datetime

from gateway import calendar
from gateway.testing.payer.manners import Server


def is_open(server: Server, now: datetime) -> bool:
    """Whether anybody works now on what it has."""
    if server.workdays_only and now.weekday() > 4:
        return False
    return not server.hours or _within(server.hours, now)


def is_down(server: Server, now: datetime) -> bool:
    """Whether nobody can connect now."""
    announced = any(outage.begins <= now < outage.ends for outage in server.outages)
    closed = any(calendar.is_open((closure,), now) for closure in server.closures)
    return announced or closed or (bool(server.maintenance) and _within(server.maintenance, now))


def takes_files(server: Server, now: datetime) -> bool:
    """Whether a file may be written now."""
    return calendar.is_open(server.windows, now)


def _within(span: str, now: datetime) -> bool:
    opens, closes = span.split("-")
    time = f"{now:%H:%M}"
    return opens <= time < closes if opens <= closes else time >= opens or time < closes

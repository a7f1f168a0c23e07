"""The words in which people say from when on: a day, a moment, or how long ago."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from gateway.errors import Refused
from gateway.store.connection import moment
from gateway.workers.site import Site

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def since(site: Site, text: str) -> str:
    """The stored moment that `2026-11-25`, `2026-11-25T14:00`, `90m`, `2h`, `3d` or `1w` means at this site; nothing for
    nothing. Raises Refused."""
    if not text:
        return ""
    try:
        ago = re.fullmatch(r"(\d{1,4})([mhdw])", text)
        if ago:
            return moment(site.clock() - timedelta(**{_UNITS[ago[2]]: int(ago[1])}))
        when = datetime.fromisoformat(text)
        return moment(when if when.tzinfo else when.replace(tzinfo=site.zone))
    except (ValueError, OverflowError):
        raise Refused(
            "--since is no day, moment or time ago",
            code="SINCE_UNKNOWN",
            next_step="For example --since 2026-11-25, --since 2026-11-25T14:00 or --since 2h.",
        ) from None

"""Pages of the exports."""

from __future__ import annotations

from typing import Any

from gateway.desk.since import since as moment_of
from gateway.store import exports
from gateway.workers.site import Site


async def page(site: Site, table: str, after: int = 0, since: str = "", limit: int = 2000) -> list[dict[str, Any]]:
    """The next rows of an export behind number `after`, since a moment; none at its end."""
    return await site.store.read(exports.TABLES[table], after, moment_of(site, since), "", limit)

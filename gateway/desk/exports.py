"""Pages of the exports."""

from __future__ import annotations

from typing import Any

from gateway.desk.since import since as moment_of
from gateway.store import exports
from gateway.store.exports import Wanted
from gateway.workers.site import Site


async def page(
    site: Site, table: str, after: int = 0, line: int = 0, since: str = "", limit: int = 2000
) -> list[dict[str, Any]]:
    """The next rows of an export behind number `after`, with a `line` behind that row of it, since a moment; none at its
    end."""
    wanted = Wanted(after, line, since=moment_of(site, since))
    return await site.store.read(exports.TABLES[table], wanted, limit)

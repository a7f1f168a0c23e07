"""Tell committed events to the log and to every notifier, each from where it left off; none blocks a claim."""

from __future__ import annotations

from gateway import events as e
from gateway.logs import tell
from gateway.store import journal
from gateway.workers.site import Site

LOG = "log"
KINDS = {
    kind.name: kind.kind
    for kind in vars(e).values()
    if isinstance(kind, type) and issubclass(kind, e.Event) and kind.name
}


async def tell_news(site: Site) -> int:
    """Write every event the log has not been told; after a crash one may be written twice, none is left out."""
    told = 0
    while rows := await site.store.read(journal.untold, LOG):
        for row in rows:
            tell(dict(row), KINDS.get(row["name"], ""))
        await site.store.write(journal.told, LOG, rows[-1]["seq"])
        told += len(rows)
    return told

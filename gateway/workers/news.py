"""Tell committed events to the log and to every notifier, each from where it left off; none blocks a claim."""

from __future__ import annotations

from gateway.bus.told import KINDS, told_of
from gateway.logs import tell
from gateway.ports import Notifier
from gateway.store import journal
from gateway.workers.site import Site

LOG = "log"


async def tell_notifier(site: Site, notifier: Notifier) -> int:
    """Tell one notifier what it wants of the events it has not been told. Raises Transient when nobody listens there:
    it is told again later, from the same event on, and nothing else waits for it."""
    rows = await site.store.read(journal.untold, notifier.name)
    wanted = [told for told in map(told_of, rows) if told is not None and notifier.wants(told.name)]
    await notifier.tell(wanted)
    if rows:
        await site.store.write(journal.told, notifier.name, rows[-1]["seq"])
    return len(rows)


async def tell_news(site: Site) -> int:
    """Write every event the log has not been told; after a crash one may be written twice, none is left out."""
    told = 0
    while rows := await site.store.read(journal.untold, LOG):
        for row in rows:
            tell(dict(row), KINDS.get(row["name"], ""))
        await site.store.write(journal.told, LOG, rows[-1]["seq"])
        told += len(rows)
    return told

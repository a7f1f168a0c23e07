"""Hand files to the billing software, each exactly once: written whole and hidden, noted, named by one rename.

Whoever dies between two steps goes on with the next: once a file is noted it is never written again, and whether its
hidden name is still there tells whether it got its own. So a file that was taken away meanwhile does not come back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, time

from gateway.exports import written
from gateway.store import answers, exports
from gateway.store.connection import moment
from gateway.store.exports import Wanted
from gateway.workers.site import Site
from gateway.workers.streams import in_thread

FOLDER = "handback"
_HANDED_BACK = ("999", "277CA", "835")
_ROWS = 20_000
PAGE = 2_000
"""Rows that are read together."""


async def hand_back(site: Site) -> int:
    """Give the billing software what was read, untouched; returns how many files."""
    waiting = await site.store.read(answers.to_hand_back)
    for row in waiting:
        forms = [form for form in row["forms"].split(",") if form in _HANDED_BACK]
        if forms:
            name = f"{row['document']:08d}_{row['lane'].split('/')[0]}.{'_'.join(sorted(forms))}"
            await _hand_over(site, name, row["vault_name"], row["id"])
        else:
            await site.store.write(answers.done, row["id"], "HANDED")
    return len(waiting)


async def _hand_over(site: Site, name: str, vault_name: str, pickup: int) -> None:
    if name not in await site.store.read(exports.staged):
        await site.thread(site.spool.stage, FOLDER, name, site.vault.open(vault_name))
        await site.store.write(exports.stage, name)
    await site.thread(site.spool.reveal, FOLDER, name)
    await site.store.write(exports.settle, name, answers.done, pickup, "HANDED")


async def export(site: Site) -> int:
    """Hand over what is new for each export that the settings name; returns how many files."""
    return sum([await _export_one(site, target) for target in site.settings.handback.export])


async def _export_one(site: Site, target: str) -> int:
    """Postings as they come, events of days that are over; one file of whole remittances or up to 20,000 events."""
    after, begun = await site.store.read(exports.progress, target)
    name = begun["name"] if begun else await _staged(site, target, after)
    if not name:
        return 0
    await site.thread(site.spool.reveal, FOLDER, name)
    await site.store.write(exports.settle, name)
    return 1


async def _staged(site: Site, target: str, after: int) -> str:
    """Write the next file under its hidden name and note it; returns its name, or nothing where nothing is new."""
    table, _, form = target.partition(".")
    wanted = Wanted(after, before=_midnight(site) if table == "events" else "")
    first, last = await site.store.read(exports.next_file, table, wanted, _ROWS)
    if not last:
        return ""
    name = f"{table}_{first:08d}-{last:08d}.{form}"
    lines = in_thread(_lines(site, table, form, replace(wanted, upto=last)))
    await site.thread(site.spool.stage, FOLDER, name, lines)
    await site.store.write(exports.stage, name, target, last)
    return name


async def _lines(site: Site, table: str, form: str, wanted: Wanted) -> AsyncIterator[bytes]:
    """Some at a time, however many there are."""
    heading = True
    while rows := await site.store.read(exports.TABLES[table], wanted, PAGE):
        yield "".join(written(table, form, rows, heading=heading)).encode()
        wanted, heading = wanted.behind(rows[-1]), False


def _midnight(site: Site) -> str:
    """When the site's present day began, as stored."""
    return moment(datetime.combine(site.today(), time(), site.zone))


async def sweep(site: Site) -> None:
    """Forget hidden files that a stopped process had not noted: they are written anew."""
    await site.thread(site.spool.forget_hidden, FOLDER, await site.store.read(exports.staged))

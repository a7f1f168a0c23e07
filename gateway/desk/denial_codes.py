"""The CARC and RARC lists at the desk: which editions denials are classified by, and a newer one in."""

from __future__ import annotations

import hashlib
from typing import Any

from gateway import events as e
from gateway.data import Edition, own_denial_editions
from gateway.errors import Refused
from gateway.store import denial_lists
from gateway.store.connection import Tx
from gateway.store.record import record
from gateway.workers.site import Site

Data = dict[str, Any]


async def listing(site: Site) -> list[Data]:
    """The editions in force; a site's own says more than ours only where it names a code."""
    return [_line(one) for one in (await _in_force(site)).values()]


async def load(site: Site, edition: Edition, text: str, actor: str) -> Data:
    """Classify by it from the next remittance on. Raises Malformed for another shape, Refused where it is not newer."""
    known = (await _in_force(site))[edition.name]
    if edition.dated <= known.dated:
        raise Refused(
            f"the list {edition.name} in force is of {known.dated}, and this one is not newer",
            code="LIST_OLDER",
            next_step="Give it the day of its edition as `date`.",
        )
    await site.store.write_as(actor, _load, edition, text)
    return _line(edition)


def _load(tx: Tx, edition: Edition, text: str) -> None:
    denial_lists.load(tx, edition, text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    record(tx, e.ListImported(list=edition.name, number=0, dated=edition.dated, rows=edition.codes, sha256=digest))


async def _in_force(site: Site) -> dict[str, Edition]:
    ours = {one.name: one for one in own_denial_editions()}
    return ours | {
        one.name: one for one in await site.store.read(denial_lists.editions) if one.dated > ours[one.name].dated
    }


def _line(one: Edition) -> Data:
    return {
        "list": one.name,
        "source": one.source,
        "version": one.version,
        "dated": str(one.dated),
        "codes": one.codes,
        "unknown": "",
    }

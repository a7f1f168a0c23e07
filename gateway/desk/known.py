"""What a question names must be known here: nothing found of something misspelt would say that all is well."""

from __future__ import annotations

from gateway.errors import Refused
from gateway.npi import is_npi
from gateway.store import batches, claims, denial_rows, rosters
from gateway.store.lanes import rows
from gateway.workers.site import Site

_SOME = 20
"""So many names are told at most."""


async def known_payer(site: Site, payer: str) -> None:
    """Raises Refused for a payer that is neither declared nor has claims here from when it was; nothing named is all of
    them."""
    if not payer or payer in site.registry.payers:
        return
    if await site.store.read(claims.rows, payer=payer, limit=1):
        return
    raise Refused(
        f"there is no payer {payer!r}",
        code="NO_SUCH_PAYER",
        next_step="`gateway payer list` shows their keys.",
    )


async def known_lane(site: Site, lane: str, partner: bool = False) -> None:
    """Raises Refused for a lane that is neither configured nor was ever; with `partner` that may be named for all its
    lanes. Nothing named is all of them."""
    lanes = {row["key"] for row in await site.store.read(rows)} | site.directory.lanes.keys()
    partners = {key.partition("/")[0] for key in lanes if partner}
    if not lane or lane in lanes | partners:
        return
    named = ", ".join(sorted(lanes)) or "none"
    raise Refused(f"there is no lane {lane!r}", code="NO_SUCH_LANE", next_step=f"There are: {named}.")


async def known_batch(site: Site, batch: int | None) -> None:
    """Raises Refused for a batch that never was; nothing named is all of them."""
    last = await site.store.read(batches.last)
    if batch is None or 0 < batch <= last:
        return
    there_are = f"There are 1 to {last}" if last else "No file was dropped yet"
    raise Refused(
        f"there is no batch {batch}", code="NO_SUCH_BATCH", next_step=f"{there_are}; `gateway batches` lists them."
    )


async def known_npi(site: Site, npi: str, found: bool) -> None:
    """Raises Refused for what is no NPI, and for a provider of whom nothing was `found` and the roster never spoke; nothing
    named is all of them."""
    if not npi:
        return
    if not is_npi(npi):
        raise Refused(
            f"{npi!r} is no NPI", code="NPI_KEY", next_step="Give ten digits; the last one must fit the others."
        )
    if not found and not await site.store.read(rosters.told, npi):
        raise Refused(
            f"nothing here is about a provider {npi}",
            code="NO_SUCH_NPI",
            next_step="`gateway roster show` lists those known.",
        )


async def known_denials(site: Site, **named: str) -> None:
    """Raises Refused for a cause, owner or assignee that no denial has or had; nothing named is all of them."""
    for column, value in named.items():
        there = await site.store.read(denial_rows.known, column) if value else []
        if value and value not in there:
            listed = "; ".join(there[:_SOME]) + ("; ..." if there[_SOME:] else "")
            raise Refused(
                f"no denial has the {column} {value!r}",
                code=f"NO_SUCH_{column.upper()}",
                next_step=f"There are: {listed}." if there else "No denial has any yet.",
            )

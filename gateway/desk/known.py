"""What a question names must be known here: nothing found of something misspelt would say that all is well."""

from __future__ import annotations

from gateway.errors import Refused
from gateway.store import claims
from gateway.store.lanes import rows
from gateway.workers.site import Site


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

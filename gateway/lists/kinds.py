"""What each list is: where people get it, how often it comes, and what its file is to the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gateway.model.lists import Generation, ListKind


@dataclass(frozen=True, slots=True)
class About:
    """`stale_after` is how many days old a list may be before somebody should load a newer one. `whole` is whether each
    file replaces the one before; else it adds to it."""

    title: str
    where: str
    decides: str
    stale_after: int
    whole: bool = True


ABOUT: Mapping[ListKind, About] = {
    ListKind.NPPES: About(
        "NPPES, monthly full file (V2)",
        "download.cms.gov/nppes",
        "an NPI exists; person or organization; taxonomies",
        35,
    ),
    ListKind.NPPES_WEEKLY: About(
        "NPPES, weekly increment (V2)", "download.cms.gov/nppes", "the same, newer than the full file", 10, whole=False
    ),
    ListKind.NPPES_DEACTIVATED: About(
        "NPPES, deactivated NPIs", "download.cms.gov/nppes", "an NPI was deactivated before the service", 35
    ),
    ListKind.LEIE: About("OIG exclusions (LEIE)", "oig.hhs.gov/exclusions", "a provider in any role is excluded", 35),
    ListKind.SAM: About("SAM exclusions (V2)", "sam.gov, data services", "a provider in any role is excluded", 7),
    ListKind.ORDER_REFER: About(
        "CMS Order and Referring", "data.cms.gov", "who ordered or referred may do so in Medicare", 14
    ),
    ListKind.OPT_OUT: About("CMS opt-out affidavits", "data.cms.gov", "a provider opted out of Medicare", 35),
    ListKind.REVALIDATION: About("CMS revalidation due dates", "data.cms.gov", "a Medicare revalidation is due", 35),
    ListKind.REASSIGNMENT: About(
        "CMS revalidation reassignment list", "data.cms.gov", "a person reassigns Medicare benefits to a group", 35
    ),
    ListKind.PPEF: About(
        "CMS public provider enrollment, base", "data.cms.gov", "Medicare approved an enrollment", 100
    ),
    ListKind.PPEF_REASSIGNMENT: About(
        "CMS public provider enrollment, reassignments", "data.cms.gov", "benefits are reassigned to a group", 100
    ),
    ListKind.REVOKED: About("CMS revoked providers", "data.cms.gov", "Medicare revoked an enrollment", 100),
    ListKind.TAXONOMY: About("NUCC provider taxonomy", "nucc.org", "what a taxonomy code means", 190),
}

KEEPS_HISTORY = frozenset({ListKind.LEIE, ListKind.SAM})
"""A new file names only those who are excluded now: who vanished from it was excluded until then."""

RESOLVED = frozenset({ListKind.REASSIGNMENT, ListKind.PPEF_REASSIGNMENT})
"""They name groups by enrollment ids; the base file turns those into NPIs."""

ABSENCE_SPEAKS = frozenset(
    {ListKind.NPPES, ListKind.NPPES_WEEKLY, ListKind.ORDER_REFER, ListKind.PPEF, ListKind.PPEF_REASSIGNMENT}
)
"""A newer edition says something new also of an NPI that it still does not name."""


def is_stale(generation: Generation, today: date) -> bool:
    """Whether a newer edition should have been loaded by now."""
    return (today - generation.dated).days > ABOUT[generation.kind].stale_after

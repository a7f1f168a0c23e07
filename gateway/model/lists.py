"""What public lists say about one NPI, and which edition of each list said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class ListKind(StrEnum):
    """The lists that a practice can load. Stored by name; people type them in `gateway lists import KIND FILE`."""

    NPPES = "nppes"
    NPPES_WEEKLY = "nppes_weekly"
    NPPES_DEACTIVATED = "nppes_deactivated"
    LEIE = "leie"
    SAM = "sam"
    ORDER_REFER = "order_refer"
    OPT_OUT = "opt_out"
    REVALIDATION = "revalidation"
    REASSIGNMENT = "reassignment"
    PPEF = "ppef"
    PPEF_REASSIGNMENT = "ppef_reassignment"
    REVOKED = "revoked"
    TAXONOMY = "taxonomy"


@dataclass(frozen=True, slots=True)
class Generation:
    """One loaded edition of a list. `number` counts the site's own imports of that kind; `dated` is the day the file
    speaks for (its own date, else the day it was loaded)."""

    kind: ListKind
    number: int
    dated: date
    rows: int
    sha256: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value} of {self.dated}, generation {self.number}"


@dataclass(frozen=True, slots=True)
class NppesEntry:
    """One NPI as NPPES has it. `entity_type` is 1 or 2, empty where NPPES shows none because it is deactivated."""

    entity_type: str = ""
    deactivated_on: date | None = None
    reactivated_on: date | None = None
    taxonomies: tuple[str, ...] = ()
    last_name: str = ""
    first_name: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One row of LEIE or SAM. `last_day` is the day before a reinstatement or termination, None while it lasts.
    `by_name` says that the row has no NPI and only its name matches: never more than a reason to look. `born_matches`
    is what comparing the birth date said then, None where either is unknown."""

    list: ListKind
    first_day: date | None
    last_day: date | None = None
    reason: str = ""
    waiver: bool = False
    by_name: bool = False
    born_matches: bool | None = None


@dataclass(frozen=True, slots=True)
class OptOut:
    """One Medicare opt-out affidavit, both ends inclusive; `last_day` None is open."""

    first_day: date | None
    last_day: date | None = None
    may_order: bool = False


@dataclass(frozen=True, slots=True)
class OrderRefer:
    """What CMS's Order and Referring file lets a person order or refer."""

    part_b: bool = False
    dme: bool = False
    home_health: bool = False
    power_mobility: bool = False
    hospice: bool = False
    last_name: str = ""
    first_name: str = ""


@dataclass(frozen=True, slots=True)
class MedicareEnrollment:
    """One approved enrollment of the public provider enrollment file. `groups` are the NPIs of those who receive its
    reassigned benefits, as far as the same generation tells."""

    enrollment_id: str
    provider_type: str = ""
    state: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """All that the loaded lists say of one NPI. A list that is not loaded says nothing: ask `Shelf.loaded` first."""

    nppes: NppesEntry | None = None
    exclusions: tuple[Exclusion, ...] = ()
    opt_outs: tuple[OptOut, ...] = ()
    order_refer: OrderRefer | None = None
    medicare: tuple[MedicareEnrollment, ...] = ()
    revoked_on: date | None = None
    revalidation_due: date | None = None


NOT_LISTED = Listed()


@dataclass(frozen=True, slots=True)
class Shelf:
    """The editions that are loaded, and what they say of some NPIs. An NPI without an entry is in none of them."""

    loaded: Mapping[ListKind, Generation] = field(default_factory=dict)
    entries: Mapping[str, Listed] = field(default_factory=dict)

    def of(self, npi: str) -> Listed:
        """What the loaded lists say of this NPI."""
        return self.entries.get(npi, NOT_LISTED)


EMPTY_SHELF = Shelf()

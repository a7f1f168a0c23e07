"""Put together what the rows of every loaded list say of one NPI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from gateway.lists.rows import (
    Stored,
    as_enrollment,
    as_exclusion,
    as_nppes,
    as_opt_out,
    as_order_refer,
    state_of,
)
from gateway.lists.values import as_day, name_key
from gateway.model.lists import Exclusion, Listed, ListKind, MedicareEnrollment, NppesEntry

Rows = Mapping[ListKind, Sequence[Stored]]
"""What each list has of one NPI."""

EXCLUDING = (ListKind.LEIE, ListKind.SAM)


class Named(NamedTuple):
    """What a provider is called, and in which state; an organization has no first name, an unknown state is empty."""

    last: str
    first: str = ""
    state: str = ""

    @property
    def key(self) -> str:
        """By which rows without an NPI are found."""
        return name_key(self.last, self.first)


def nppes_of(rows: Rows, full: date | None) -> NppesEntry | None:
    """The newest that NPPES says: an increment after the full file of that day, then the full file; the list of deactivated
    NPIs beside them."""
    since = f"{full:%Y%m%d}" if full else ""
    weekly = [row for row in rows.get(ListKind.NPPES_WEEKLY, ()) if row.key > since]
    found = [as_nppes(row.said) for row in (*weekly, *rows.get(ListKind.NPPES, ()))][:1]
    entry = found[0] if found else None
    gone = [day for row in rows.get(ListKind.NPPES_DEACTIVATED, ()) if (day := as_day(row.said))]
    if gone:
        entry = _deactivated(entry or NppesEntry(), max(gone))
    return entry


def _deactivated(entry: NppesEntry, day: date) -> NppesEntry:
    """The later of two deactivations counts; a reactivation before it is over."""
    last = max(day, entry.deactivated_on or day)
    over = entry.reactivated_on is not None and entry.reactivated_on <= last
    return replace(entry, deactivated_on=last, reactivated_on=None if over else entry.reactivated_on)


def name_of(entry: NppesEntry | None) -> Named | None:
    """What NPPES calls a provider; None where it does not know."""
    return Named(entry.last_name, entry.first_name, entry.state) if entry and entry.last_name else None


def of_name(kind: ListKind, rows: Sequence[Stored], name: Named) -> tuple[Exclusion, ...]:
    """Exclusions without an NPI of somebody of that name, unless the states differ: a reason to look, never more."""
    return tuple(
        as_exclusion(kind, row.said, by_name=True)
        for row in rows
        if not (name.state and state_of(row.said)) or state_of(row.said) == name.state
    )


def listed(rows: Rows, nppes: NppesEntry | None, by_name: Sequence[Exclusion]) -> Listed:
    """All of it."""
    by_npi = [as_exclusion(kind, row.said) for kind in EXCLUDING for row in rows.get(kind, ())]
    orders = [as_order_refer(row.said) for row in rows.get(ListKind.ORDER_REFER, ())]
    revoked = [day for row in rows.get(ListKind.REVOKED, ()) if (day := as_day(row.said))]
    due = [day for row in rows.get(ListKind.REVALIDATION, ()) if (day := as_day(row.said))]
    return Listed(
        nppes=nppes,
        exclusions=tuple(dict.fromkeys((*by_npi, *by_name))),
        opt_outs=tuple(as_opt_out(row.said) for row in rows.get(ListKind.OPT_OUT, ())),
        order_refer=orders[0] if orders else None,
        medicare=_enrollments(rows),
        revoked_on=min(revoked, default=None),
        revalidation_due=min(due, default=None),
    )


def _enrollments(rows: Rows) -> tuple[MedicareEnrollment, ...]:
    """By enrollment, the base file's words first, and every group that its benefits go to."""
    found: dict[str, MedicareEnrollment] = {}
    for kind in (ListKind.PPEF, ListKind.PPEF_REASSIGNMENT, ListKind.REASSIGNMENT):
        for row in rows.get(kind, ()):
            one = as_enrollment(row.said)
            had = found.setdefault(one.enrollment_id, one)
            found[one.enrollment_id] = replace(had, groups=tuple(dict.fromkeys((*had.groups, *one.groups))))
    return tuple(found.values())

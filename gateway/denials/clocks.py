"""Until when a denial can be worked on: the appeal, the corrected claim, and whether anybody began."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.deadlines import Deadline, Kind, add_days, is_business_day
from gateway.denials.work import Open
from gateway.model.partners import Payer

_APPEAL = timedelta(days=180)
"""Where the payer's declaration says nothing."""

_MEDICARE = timedelta(days=120 + 5)
"""A redetermination: 120 days from the receipt of the notice, which is presumed five days after it (42 CFR 405.942)."""

_APPEALED, _CORRECTED = frozenset("AD"), frozenset("RE")
_UNWORKED_DAYS = 5


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of one way to get the money. `declared` is whether the payer's declaration says so."""

    kind: Kind
    due: date
    declared: bool


def dues_of(item: Open, payer: Payer | None) -> tuple[Due, ...]:
    """What runs for it, the nearest first. Letters of `fix` decide: appeals and documents by the appeal limit, corrected
    claims and mended enrollments by the limit for corrected claims, else by the filing limit, which a denial does not
    stop. A reason that nobody knows has both."""
    ways = {*item.fix} or _APPEALED | _CORRECTED
    found = []
    if ways & _APPEALED and not item.final and item.denied_on:
        found.append(_appeal(item.denied_on, payer))
    if ways & _CORRECTED and (due := item.corrected_due or item.filing_due):
        found.append(Due(Kind.CORRECTION, due, item.corrected_due is not None))
    return tuple(sorted(found, key=lambda each: each.due))


def nearest(dues: Iterable[Due], today: date) -> Due | None:
    """The one that ends first of those that have not passed; where all have, the last."""
    ordered = sorted(dues, key=lambda each: each.due)
    return next((each for each in ordered if each.due >= today), ordered[-1] if ordered else None)


def deadlines_of(
    items: Iterable[Open], payers: Mapping[str, Payer], today: date, closed: Collection[date] = ()
) -> Iterator[Deadline]:
    """The clocks of open items: each has the nearest of its limits, and an age while nobody has begun to work on it."""
    for item in items:
        due = nearest(dues_of(item, payers.get(item.payer)), today)
        if due:
            yield _deadline(item, due.kind, due.due, due.due)
        if not item.worked:
            begin = _to_begin(item, due, today, closed)
            yield _deadline(item, Kind.DENIAL, begin, due.due if due else begin)


def _to_begin(item: Open, due: Due | None, today: date, closed: Collection[date]) -> date:
    """When somebody should have begun: after five business days, and then once more when half of the time is over."""
    since = item.denied_on or item.opened_on
    half = add_days(since, (due.due - since) / 2) if due else date.max
    return half if half <= today else business_days_after(item.opened_on, _UNWORKED_DAYS, closed)


def business_days_after(day: date, count: int, closed: Collection[date] = ()) -> date:
    """The day so many business days later."""
    while count > 0 and day < date.max:
        day = add_days(day, timedelta(days=1))
        count -= is_business_day(day, closed)
    return day


def _appeal(denied_on: date, payer: Payer | None) -> Due:
    if payer and payer.appeal:
        return Due(Kind.APPEAL, add_days(denied_on, payer.appeal), True)
    return Due(Kind.APPEAL, add_days(denied_on, _MEDICARE if payer and payer.medicare else _APPEAL), False)


def _deadline(item: Open, kind: Kind, due: date, limit: date) -> Deadline:
    return Deadline(
        kind, f"denial {item.id}", due, item.payer, claim=item.claim, state=item.claim_state, code=item.code,
        charge=item.amount, limit=limit, record=f"denial {item.id}",
    )  # fmt: skip

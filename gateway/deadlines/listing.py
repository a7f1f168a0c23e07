"""Deadlines as people see them: a line for each claim and each thing that expires, and the entries of a calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import groupby

from gateway.deadlines.icalendar import Entry
from gateway.deadlines.ladders import LADDERS, Kind
from gateway.deadlines.running import Deadline
from gateway.deadlines.stakes import Stake, dollars, urgency
from gateway.deadlines.words import command, next_step, sentence

_NO_LIMIT = 30
"""How many days a claim without a filing limit is taken to have."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is due, for one claim or one thing that a provider holds. `left` are the days until `due`, `pressing` those by
    which it is weighed: none where waiting gains nothing. `money` is the claim's charge, or dollars a week where `weekly`;
    `claims` is one, or claims a week."""

    who: str
    kinds: tuple[Kind, ...]
    what: str
    payer: str
    due: date | None
    left: int | None
    pressing: int
    money: Decimal
    claims: int
    weekly: bool
    next: str
    command: str


def lines_of(
    deadlines: Iterable[tuple[Deadline, Stake]], today: date, within: int | None, kinds: Collection[Kind]
) -> list[Line]:
    """Those whose ladder has begun, or `within` so many days, of these kinds (all where none is named); what is most
    urgent first: money for the days that are left."""
    shown = [each for each in deadlines if _is_shown(each[0], today, within) and (not kinds or each[0].kind in kinds)]
    of_claims = sorted(
        (deadline for deadline, _ in shown if deadline.claim), key=lambda d: (d.claim, list(Kind).index(d.kind))
    )
    lines = [_of_claim(list(group), today) for _, group in groupby(of_claims, lambda deadline: deadline.claim)]
    lines += [_of_expiry(deadline, stake, today) for deadline, stake in shown if not deadline.claim]
    return sorted(lines, key=lambda line: (-urgency(line.money, line.pressing), line.pressing, line.who))


def _is_shown(deadline: Deadline, today: date, within: int | None) -> bool:
    return bool(deadline.steps(today)) if within is None else deadline.left(today) <= within


def _of_claim(found: list[Deadline], today: date) -> Line:
    """All that runs for one claim. One that needs a decision gains nothing by waiting, so that it presses today."""
    first = found[0]
    decide = any(deadline.kind in (Kind.APPROVAL, Kind.DECISION) for deadline in found)
    left = first.left(today) if first.limit else None
    pressing = 0 if decide else _NO_LIMIT if left is None else left
    what = "; ".join(sentence(deadline, today, Stake()) for deadline in found)
    gravest = found[-1] if decide else first
    return Line(
        first.who, tuple(d.kind for d in found), what, first.payer, first.limit, left, pressing,
        _money(found), 1, False, next_step(gravest), command(gravest),
    )  # fmt: skip


def _money(found: Sequence[Deadline]) -> Decimal:
    """The claim's charge; of denials what they refuse, each once."""
    return sum({each.record: each.charge or Decimal(0) for each in found}.values(), Decimal(0))


def _of_expiry(deadline: Deadline, stake: Stake, today: date) -> Line:
    return Line(
        deadline.who, (deadline.kind,), sentence(deadline, today, stake), deadline.payer, deadline.due,
        deadline.left(today), deadline.left(today), stake.weekly_dollars, stake.weekly_claims, True, next_step(deadline),
        command(deadline),
    )  # fmt: skip


def entries_of(
    deadlines: Iterable[tuple[Deadline, Stake]], today: date, names: Mapping[str, str], site: str
) -> Iterator[Entry]:
    """What a calendar shows: each day on which filing limits of a payer end, with how many claims and dollars, and each
    thing that expires. No claim is named; `names` are of payers by key."""
    found = list(deadlines)
    yield from _of_claims(found, names, site)
    for deadline, stake in sorted(found, key=lambda each: (each[0].due, each[0].subject, each[0].kind)):
        if not deadline.claim:
            said = sentence(deadline, deadline.due, stake)
            at = f" at {names.get(deadline.payer, deadline.payer)}" if deadline.payer else ""
            who = f"NPI {deadline.npi}" if deadline.npi else f"Lane {deadline.lane}"
            summary = f"{who}: {deadline.kind.value}{at}"
            text = f"{said}.\n{next_step(deadline)}\n{command(deadline)}"
            yield _entry(f"{deadline.kind} {deadline.subject}", site, deadline.kind, deadline.due, summary, text)


_TITLES = {Kind.FILING: "Filing limit", Kind.APPEAL: "Last day to appeal", Kind.CORRECTION: "Last day to correct"}


def _of_claims(found: Iterable[tuple[Deadline, Stake]], names: Mapping[str, str], site: str) -> Iterator[Entry]:
    limits = sorted((d for d, _ in found if d.kind in _TITLES), key=lambda d: (d.kind, d.due, d.payer))
    for (kind, due, payer), group in groupby(limits, lambda d: (d.kind, d.due, d.payer)):
        some = list(group)
        claims, charges = len({d.claim for d in some}), [d.charge or Decimal(0) for d in some]
        count = f"{claims} claim{'s' * (claims != 1)}"
        summary = f"{_TITLES[kind]} at {names.get(payer, payer)}: {count}, {dollars(sum(charges, Decimal(0)))}"
        yield _entry(f"{kind.value} {payer} {due}", site, kind, due, summary, f"gateway deadlines --kind {kind.value}")


def _entry(key: str, site: str, kind: Kind, day: date, summary: str, text: str) -> Entry:
    """A key makes the same uid in every edition, so that a calendar moves what was renewed."""
    uid = f"{sha256(f'{site} {key}'.encode()).hexdigest()[:32]}@gateway"
    return Entry(uid, day, summary, text, tuple(s.before for s in LADDERS[kind] if s.before >= timedelta(0)))

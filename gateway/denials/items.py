"""From a claim's ledger to its items of work: one for each root cause, whatever the order in which the ledger came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gateway.lifecycle import Adjudicated, Standing, counting

OF_PROVIDERS = frozenset({"CRED", "NET"})
"""Categories whose cause is the provider and not the code: B7 and N570 of one provider are one thing to mend."""


class Ended(StrEnum):
    """How a denial ended by the payer's own later word. Stored by name."""

    NOT = ""
    PAID = "paid"
    REVERSED = "reversed"
    CHANGED = "changed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One denial of an adjudication, as the ledger keeps it. `code` is as billers say it (`CO-16 N290`), `reason` without
    the remarks that decided nothing; `npi` whom it is about."""

    code: str
    reason: str
    place: str
    amount: Decimal
    category: str
    owner: str
    meaning: str
    next: str
    fix: str = ""
    final: bool = False
    npi: str = ""

    @property
    def cause(self) -> str:
        """What denials of the same root cause share, at one payer."""
        about = self.npi if self.category in OF_PROVIDERS and self.npi else self.reason
        return f"{self.category or 'UNKNOWN'} {about}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a claim's ledger. `statement` names the adjudication wherever it is read; `noticed` is the day that an
    appeal counts from, the earlier of production (DTM*405) and payment (BPR16)."""

    adjudicated: Adjudicated
    statement: str
    noticed: date | None
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """What to work on, or what there was: `ended` is empty while the denial stands. `code`, `meaning`, `next`, `fix` are
    of its largest refusal; `amount` is dollars of all; `times` in how many adjudications the payer said it."""

    cause: str
    gravest: Refusal
    places: tuple[str, ...]
    amount: Decimal
    final: bool
    statement: str
    denied_on: date | None
    times: int
    ended: Ended


def items_of(ledger: Iterable[Entry], *, replaced: bool = False) -> tuple[Item, ...]:
    """All items that a claim's ledger gives, by cause. A set of entries gives the same items in every order, and however
    often each is in it. `replaced` is whether the payer decided about a later version of the claim: what was denied of
    this one is no work any more."""
    entries = sorted({each.statement: each for each in ledger}.values(), key=_place)
    counted = counting(each.adjudicated for each in entries)
    now = [each for each in entries if each.adjudicated in counted]
    causes = sorted({refusal.cause for entry in entries for refusal in entry.refusals})
    items = (_item(cause, entries, now) for cause in causes)
    return tuple(replace(each, ended=Ended.REPLACED) if replaced and not each.ended else each for each in items)


def _item(cause: str, entries: Sequence[Entry], now: Sequence[Entry]) -> Item:
    saying = [entry for entry in entries if _of_cause(entry, cause)]
    standing = [entry for entry in now if entry in saying]
    speaks = (standing or saying)[-1]
    refusals = _of_cause(speaks, cause)
    return Item(
        cause=cause,
        gravest=max(refusals, key=lambda each: (each.amount, each.place, each.code)),
        places=tuple(dict.fromkeys(each.place for each in refusals)),
        amount=sum((each.amount for each in refusals), Decimal(0)),
        final=any(each.final for each in refusals),
        statement=speaks.statement,
        denied_on=speaks.noticed,
        times=len(saying),
        ended=Ended.NOT if standing else _ended(now),
    )


_ENDS: Mapping[Standing, Ended] = {
    Standing.PAID: Ended.PAID,
    Standing.PARTLY_PAID: Ended.PAID,
    Standing.DENIED: Ended.CHANGED,
}


def _ended(now: Sequence[Entry]) -> Ended:
    """Taken back, or decided otherwise: paid, or denied for another cause."""
    return _ENDS[now[0].adjudicated.outcome] if now else Ended.REVERSED


def _of_cause(entry: Entry, cause: str) -> tuple[Refusal, ...]:
    return tuple(each for each in entry.refusals if each.cause == cause)


def _place(entry: Entry) -> tuple[date, tuple[int, int], str]:
    return entry.adjudicated.produced or date.min, entry.adjudicated.sequence, entry.statement

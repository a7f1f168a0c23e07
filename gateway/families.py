"""Versions of one claim: which earlier claim a new one corrects, and where a family stands that was corrected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gateway.lifecycle import Adjudicated, Standing, counting, summed

ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"
CORRECTING = frozenset({REPLACEMENT, VOID})

ENDED = frozenset({"REJECTED", "WITHDRAWN", "DUPLICATE"})
"""States of a claim that never goes."""

REFUSED = frozenset({Standing.DECLINED, Standing.RETURNED})
"""A claim that stands so was never filed."""


class How(StrEnum):
    """By what a version was known as one. Stored by name."""

    ORDER = "ORDER"
    """A person ordered it here (`gateway resubmit`)."""

    PAYER_NUMBER = "PAYER_NUMBER"
    """Its REF*F8 is the payer's number of the other."""

    CLAIM_NUMBER = "CLAIM_NUMBER"
    """CLM01, billing provider, payer and patient are the same, and the days or the charge."""


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier claim that a new one may correct, of the same payer and usage. Ids grow with time. `patient` is the
    member id with the birth date, `numbered` whether its payer's own number is the one that the new claim names,
    `named` whether CLM01 and the billing provider are the same, `unfiled` that it ended before the payer filed it."""

    id: int
    family: int
    frequency: str
    patient: tuple[str, date | None]
    first_day: date | None
    charge: Decimal | None
    numbered: bool = False
    named: bool = True
    unfiled: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A new claim is the next version of `original`, in its family."""

    original: int
    family: int
    how: How


def follows(
    frequency: str,
    patient: tuple[str, date | None],
    first_day: date | None,
    charge: Decimal | None,
    known: Iterable[Known],
) -> Link | None:
    """Which claim the new one corrects, None where none is known. A replacement or void is led there by the payer's
    number, else, as an original is, by our own: with the same patient on the same first day; a replacement or void also
    on another day, where one claim alone has its charge. CLM01 may be the patient's account, the same at each visit. The
    member id itself may be what was corrected of a claim that was never filed."""
    earlier = sorted(known, key=lambda each: each.id)
    if frequency in CORRECTING:
        numbered = [each for each in earlier if each.numbered]
        if numbered:
            return _link(numbered[-1], How.PAYER_NUMBER)
    elif frequency != ORIGINAL:
        return None
    alike = [each for each in earlier if each.named and _same(each.patient, patient)]
    same_day = [each for each in alike if each.first_day == first_day]
    if frequency == ORIGINAL and not same_day:
        same_day = [each for each in earlier if each.unfiled and each.first_day == first_day and each.charge == charge]
        same_day = [each for each in same_day if each.named and patient[1] and each.patient[1] == patient[1]]
    if same_day:
        return _link(same_day[-1], How.CLAIM_NUMBER)
    charged = [each for each in alike if charge is not None and each.charge == charge]
    if frequency in CORRECTING and len({each.family for each in charged}) == 1:
        return _link(charged[-1], How.CLAIM_NUMBER)
    return None


def _same(one: tuple[str, date | None], other: tuple[str, date | None]) -> bool:
    """Whether both may be the same patient. Claims of older stores have no birth date; what is not known tells nobody
    apart whom the member id does not."""
    known = one[1] is not None and other[1] is not None
    return one == other if known else one[0] == other[0] != ""


def _link(known: Known, how: How) -> Link:
    return Link(known.id, known.family, how)


@dataclass(frozen=True, slots=True)
class Version:
    """One claim of a family. `ledger` are its adjudications, their `sequence` in the order of the whole family's; `paid`
    and `patient` the sums of what they paid and left to the patient: a reversal takes away what it took back."""

    id: int
    frequency: str
    state: str
    standing: str
    ledger: tuple[Adjudicated, ...] = ()
    paid: Decimal = Decimal(0)
    patient: Decimal = Decimal(0)

    @property
    def stands(self) -> str:
        """Its standing once it is sent, else its state."""
        return self.standing or self.state

    @property
    def pending(self) -> bool:
        """Whether it may still go, or be decided."""
        if self.state in ENDED or self.standing in REFUSED:
            return False
        return not self.ledger


@dataclass(frozen=True, slots=True)
class FamilyStanding:
    """Where a family stands: by the payer's last word on any of its versions, else by the latest that is not refused.
    `version` is that claim, `pending` a later one that would take its place, `voided_by` the void that took it back,
    `still_paid` another version whose payment stands beside its denial; `paid` and `patient` are sums over all versions."""

    stands: str
    version: int
    pending: int | None
    voided_by: int | None
    paid: Decimal
    patient: Decimal
    still_paid: int | None = None


def standing_of(versions: Sequence[Version]) -> FamilyStanding:
    """The sum of all versions, whatever order their answers came in: a denied one beside one that is still paid leaves the
    family partly paid, for only a reversal takes money back. `versions` has one at least."""
    ordered = sorted(versions, key=lambda each: each.id)
    decided = [(counted[-1], each) for each in ordered if (counted := counting(each.ledger))]
    paid = sum((each.paid for each in ordered), Decimal(0))
    patient = sum((each.patient for each in ordered), Decimal(0))
    voided = beside = None
    if decided:
        _, now = max(_telling(decided), key=lambda pair: (pair[0].produced or date.min, pair[0].sequence, pair[1].id))
        stands, beside = summed(now.ledger).value, _still_paid(now, ordered)
        stands = Standing.PARTLY_PAID.value if beside else stands
    elif any(each.ledger for each in ordered):
        now = [each for each in ordered if each.ledger][-1]
        stands, voided = Standing.REVERSED.value, _void_of(ordered)
    else:
        now = _latest(ordered)
        stands = now.stands
    waiting = [each.id for each in ordered if each.id > now.id and each.pending and each.id != voided]
    return FamilyStanding(stands, now.id, waiting[-1] if waiting else None, voided, paid, patient, beside)


_PAID = frozenset({Standing.PAID, Standing.PARTLY_PAID})


def _telling(decided: Sequence[tuple[Adjudicated, Version]]) -> Sequence[tuple[Adjudicated, Version]]:
    """A void that the payer denied changes nothing of what it was to take back."""
    others = [(word, each) for word, each in decided if each.frequency != VOID or word.outcome is not Standing.DENIED]
    return others or decided


def _still_paid(now: Version, versions: Iterable[Version]) -> int | None:
    """The latest other version whose payment nothing took back, where this one is denied."""
    if summed(now.ledger) is not Standing.DENIED:
        return None
    return max((each.id for each in versions if each is not now and summed(each.ledger) in _PAID), default=None)


def _void_of(versions: Iterable[Version]) -> int | None:
    """The void that was sent and not refused; the payer answers one by the reversal alone."""
    sent = [each.id for each in versions if each.frequency == VOID and each.state == "SENT"]
    return max((id for id in sent), default=None)


def _latest(versions: Sequence[Version]) -> Version:
    alive = [each for each in versions if each.pending]
    return (alive or versions)[-1]

"""Does an 835 add up: at every line, every claim and the transaction (835 guide, balancing).

A positive CAS or PLB amount lowers a payment. AMT, QTY, MIA and MOA amounts are information and count nowhere.
Nothing is ever adjusted to fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from gateway.model.answers import Adjustment, ClaimPayment, ProviderAdjustment, Remittance


class Level(StrEnum):
    """Where a sum is wrong."""

    LINE = "line"
    CLAIM = "claim"
    TRANSACTION = "transaction"


@dataclass(frozen=True, slots=True)
class Imbalance:
    """One sum that does not hold. `place` counts claims and lines from 1 (`CLP 2/SVC 1`), `equation` is left = right,
    `difference` is right less left in dollars: how much more is stated than adds up."""

    level: Level
    place: str
    equation: str
    difference: Decimal


MOST = 1_000
"""One that is wrong throughout is wrong in one way."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a remittance comes to: how many claims and lines, and dollars."""

    claims: int = 0
    lines: int = 0
    charged: Decimal = Decimal(0)
    adjusted: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    provider_level: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums that do not hold, the first `MOST` of them. `warnings` are those that stop no posting."""

    imbalances: tuple[Imbalance, ...]
    warnings: tuple[Imbalance, ...] = ()
    sums: Sums = field(default_factory=Sums, compare=False)

    @property
    def balanced(self) -> bool:
        """Whether the remittance may be posted."""
        return not self.imbalances

    def differences(self, level: Level) -> tuple[Imbalance, ...]:
        """What is wrong at one level."""
        return tuple(each for each in self.imbalances if each.level is level)


def balance(remittance: Remittance) -> Balance:
    """Check all three levels; the sums that fail are named, the transaction's first. Every claim is looked at once."""
    found: list[Imbalance] = []
    warnings: list[Imbalance] = []
    if remittance.amount < 0:  # what is owed goes on to the next payment (PLB FB)
        warnings.append(Imbalance(Level.TRANSACTION, "BPR", "BPR02 is not negative", remittance.amount))
    lines, charged, adjusted, paid = 0, Decimal(0), Decimal(0), Decimal(0)
    for number, claim in enumerate(remittance.claims, 1):
        own, of_lines = _sum(claim.adjustments), [_sum(line.adjustments) for line in claim.lines]
        lines, charged, paid = lines + len(claim.lines), charged + claim.charge, paid + claim.paid
        adjusted += own + sum(of_lines, Decimal(0))
        place = f"CLP {number}"
        if len(found) < MOST:
            found += _of_lines(claim, place, of_lines)
            found += _of_claim(claim, place, own, sum(of_lines, Decimal(0)))
        if len(warnings) < MOST:
            warnings += _of_patient(claim, place)
    provider = _sum(remittance.provider_adjustments)
    sums = Sums(len(remittance.claims), lines, charged, adjusted, paid, provider)
    whole = _unequal(Level.TRANSACTION, "BPR", "CLP04 in all - PLB = BPR02", paid - provider, remittance.amount)
    return Balance((*whole, *found), tuple(warnings), sums)


def _of_lines(claim: ClaimPayment, place: str, adjusted: Sequence[Decimal]) -> Iterator[Imbalance]:
    for position, (line, taken) in enumerate(zip(claim.lines, adjusted, strict=True), 1):
        where = f"{place}/SVC {position}"
        yield from _unequal(Level.LINE, where, "SVC02 - CAS = SVC03", line.charge - taken, line.paid)


def _of_claim(claim: ClaimPayment, place: str, own: Decimal, of_lines: Decimal) -> Iterator[Imbalance]:
    yield from _unequal(Level.CLAIM, place, "CLP03 - CAS = CLP04", claim.charge - own - of_lines, claim.paid)
    if claim.lines:
        charges = sum((line.charge for line in claim.lines), Decimal(0))
        payments = sum((line.paid for line in claim.lines), Decimal(0))
        yield from _unequal(Level.CLAIM, place, "SVC02 in all = CLP03", charges, claim.charge)
        yield from _unequal(Level.CLAIM, place, "SVC03 in all - claim CAS = CLP04", payments - own, claim.paid)


def _of_patient(claim: ClaimPayment, place: str) -> Iterator[Imbalance]:
    all_of_them = [*claim.adjustments, *(each for line in claim.lines for each in line.adjustments)]
    patient = _sum(each for each in all_of_them if each.group == "PR")
    yield from _unequal(Level.CLAIM, place, "CAS PR in all = CLP05", patient, claim.patient_responsibility)


def _unequal(level: Level, place: str, equation: str, left: Decimal, right: Decimal) -> Iterator[Imbalance]:
    if left != right:
        yield Imbalance(level, place, equation, right - left)


def _sum(adjustments: Iterable[Adjustment | ProviderAdjustment]) -> Decimal:
    return sum((each.amount for each in adjustments), Decimal(0))

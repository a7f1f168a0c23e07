"""Does an 835 add up: at every line, every claim and the transaction (835 guide, balancing).

A positive CAS or PLB amount lowers a payment. AMT, QTY, MIA and MOA amounts are information and count nowhere.
Nothing is ever adjusted to fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from gateway.model.answers import Adjustment, ClaimPayment, LinePayment, Remittance


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


@dataclass(frozen=True, slots=True)
class Balance:
    """All sums that do not hold. `warnings` are those that stop no posting."""

    imbalances: tuple[Imbalance, ...]
    warnings: tuple[Imbalance, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether the remittance may be posted."""
        return not self.imbalances

    def differences(self, level: Level) -> tuple[Imbalance, ...]:
        """What is wrong at one level."""
        return tuple(each for each in self.imbalances if each.level is level)


def balance(remittance: Remittance) -> Balance:
    """Check all three levels; every sum that fails is named."""
    found = list(_of_transaction(remittance))
    warnings: list[Imbalance] = []
    for number, claim in enumerate(remittance.claims, 1):
        place = f"CLP {number}"
        for position, line in enumerate(claim.lines, 1):
            found += _of_line(line, f"{place}/SVC {position}")
        found += _of_claim(claim, place)
        warnings += _of_patient(claim, place)
    return Balance(tuple(found), tuple(warnings))


def _of_line(line: LinePayment, place: str) -> Iterator[Imbalance]:
    adds_up = line.charge - _sum(line.adjustments)
    yield from _unequal(Level.LINE, place, "SVC02 - CAS = SVC03", adds_up, line.paid)


def _of_claim(claim: ClaimPayment, place: str) -> Iterator[Imbalance]:
    own, of_lines = _sum(claim.adjustments), sum((_sum(line.adjustments) for line in claim.lines), Decimal(0))
    adds_up = claim.charge - own - of_lines
    yield from _unequal(Level.CLAIM, place, "CLP03 - CAS = CLP04", adds_up, claim.paid)
    if claim.lines:
        charges = sum((line.charge for line in claim.lines), Decimal(0))
        payments = sum((line.paid for line in claim.lines), Decimal(0))
        yield from _unequal(Level.CLAIM, place, "SVC02 in all = CLP03", charges, claim.charge)
        yield from _unequal(Level.CLAIM, place, "SVC03 in all - claim CAS = CLP04", payments - own, claim.paid)


def _of_transaction(remittance: Remittance) -> Iterator[Imbalance]:
    payments = sum((claim.paid for claim in remittance.claims), Decimal(0))
    provider = sum((each.amount for each in remittance.provider_adjustments), Decimal(0))
    equation = "CLP04 in all - PLB = BPR02"
    yield from _unequal(Level.TRANSACTION, "BPR", equation, payments - provider, remittance.amount)


def _of_patient(claim: ClaimPayment, place: str) -> Iterator[Imbalance]:
    all_of_them = [*claim.adjustments, *(each for line in claim.lines for each in line.adjustments)]
    patient = _sum(each for each in all_of_them if each.group == "PR")
    yield from _unequal(Level.CLAIM, place, "CAS PR in all = CLP05", patient, claim.patient_responsibility)


def _unequal(level: Level, place: str, equation: str, left: Decimal, right: Decimal) -> Iterator[Imbalance]:
    if left != right:
        yield Imbalance(level, place, equation, right - left)


def _sum(adjustments: Iterable[Adjustment]) -> Decimal:
    return sum((each.amount for each in adjustments), Decimal(0))

"""What the payer decides to pay: each claim's lines with their adjustments, balanced by construction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from gateway.testing.payer.claims import Claim, Line
from gateway.testing.payer.scenario import Action, Deny, Pay, PayPartly

_CENT = Decimal("0.01")
_RANKS = {"S": "2", "T": "3"}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS triplet without its quantity: a positive amount lowers the payment."""

    group: str
    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AdjudicatedLine:
    """Loop 2110. `remark` is the RARC of LQ*HE; `sign` is -1 in a reversal."""

    line: Line
    adjustments: tuple[Adjustment, ...]
    remark: str = ""
    sign: int = 1

    @property
    def charge(self) -> Decimal:
        """SVC02."""
        return self.line.charge * self.sign

    @property
    def paid(self) -> Decimal:
        """SVC03: the charge less every adjustment."""
        return self.charge - sum((a.amount for a in self.adjustments), Decimal(0))

    @property
    def patient(self) -> Decimal:
        """What the patient owes of it."""
        return sum((a.amount for a in self.adjustments if a.group == "PR"), Decimal(0))


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """Loop 2100. `number` is CLP07, `status` CLP02."""

    claim: Claim
    number: str
    status: str
    lines: tuple[AdjudicatedLine, ...]

    @property
    def charge(self) -> Decimal:
        """CLP03."""
        return sum((line.charge for line in self.lines), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """CLP04."""
        return sum((line.paid for line in self.lines), Decimal(0))

    @property
    def patient(self) -> Decimal:
        """CLP05."""
        return sum((line.patient for line in self.lines), Decimal(0))

    def reversed(self) -> Adjudicated:
        """CLP02 22: every amount negated, the same number."""
        lines = tuple(
            replace(line, sign=-line.sign, adjustments=tuple(replace(a, amount=-a.amount) for a in line.adjustments))
            for line in self.lines
        )
        return replace(self, status="22", lines=lines)


def adjudicate(claim: Claim, action: Action, number: str) -> Adjudicated:
    """Pay, pay partly or deny; an action that is none of these pays."""
    status = _RANKS.get(claim.responsibility, "1")
    if isinstance(action, Deny):
        lines = tuple(_denied(line, action, line.charge) for line in claim.lines)
        return Adjudicated(claim, number, action.status or status, lines)
    terms = action if isinstance(action, Pay) else Pay()
    if isinstance(terms, PayPartly):
        return Adjudicated(claim, number, status, _partly_paid(claim.lines, terms))
    return Adjudicated(claim, number, status, tuple(_paid(claim.lines, terms)))


def _partly_paid(lines: tuple[Line, ...], terms: PayPartly) -> tuple[AdjudicatedLine, ...]:
    """The last line is denied; of a single line, half."""
    *others, last = lines
    denial = Deny(terms.carc, terms.rarc, terms.group)
    if others:
        return (*_paid(tuple(others), terms), _denied(last, denial, last.charge))
    refused = _cents(last.charge / 2)
    contractual = Adjustment("CO", "45", _cents((last.charge - refused) * terms.contract))
    half = _denied(last, denial, refused)
    return (replace(half, adjustments=_worth((contractual, *half.adjustments))),)


def _paid(lines: tuple[Line, ...], terms: Pay) -> Iterator[AdjudicatedLine]:
    copay = terms.copay
    for line in lines:
        contractual = _cents(line.charge * terms.contract)
        borne = copay if line.charge - contractual >= copay else Decimal(0)
        copay -= borne
        yield AdjudicatedLine(line, _worth((Adjustment("CO", "45", contractual), Adjustment("PR", "3", borne))))


def _denied(line: Line, denial: Deny, refused: Decimal) -> AdjudicatedLine:
    return AdjudicatedLine(line, _worth((Adjustment(denial.group, denial.carc, refused),)), denial.rarc)


def _worth(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    """Without those of nothing, which a CAS does not carry."""
    return tuple(adjustment for adjustment in adjustments if adjustment.amount)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)

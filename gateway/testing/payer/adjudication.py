"""What the payer decides to pay: each claim's lines with their adjustments, balanced by construction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from gateway.testing.payer.claims import Claim, Line
from gateway.testing.payer.scenario import Action, Deny, Forward, Pay, PayPartly, Price

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
    """Loop 2100. `number` is CLP07, `status` CLP02, `adjustments` are its own beside those of its lines, which are not
    written at all where it stands `alone`. `remarks` are RARCs of MIA or MOA; `interest` and `takeback` are no part of
    CLP04 but of the transaction; `onward` is id and name of the payer it went on to."""

    claim: Claim
    number: str
    status: str
    lines: tuple[AdjudicatedLine, ...]
    adjustments: tuple[Adjustment, ...] = ()
    alone: bool = False
    remarks: tuple[str, ...] = ()
    interest: Decimal = Decimal(0)
    takeback: Decimal = Decimal(0)
    onward: tuple[str, str] = ("", "")

    @property
    def charge(self) -> Decimal:
        """CLP03."""
        return sum((line.charge for line in self.lines), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """CLP04."""
        lines = sum((line.paid for line in self.lines), Decimal(0))
        return lines - sum((a.amount for a in self.adjustments), Decimal(0))

    @property
    def patient(self) -> Decimal:
        """CLP05."""
        own = sum((a.amount for a in self.adjustments if a.group == "PR"), Decimal(0))
        return own + sum((line.patient for line in self.lines), Decimal(0))

    def reversed(self) -> Adjudicated:
        """CLP02 22: every amount negated, the same number. What was paid or held back beside it stays so."""
        lines = tuple(replace(line, sign=-line.sign, adjustments=_negated(line.adjustments)) for line in self.lines)
        own = _negated(self.adjustments)
        return replace(
            self, status="22", lines=lines, adjustments=own, interest=Decimal(0), takeback=Decimal(0), onward=("", "")
        )


def adjudicate(claim: Claim, action: Action, number: str) -> Adjudicated:
    """Pay, pay partly, deny, forward or price; an action that is none of these pays."""
    status = _RANKS.get(claim.responsibility, "1")
    if isinstance(action, Forward):
        lines = tuple(_denied(line, Deny("B11", "", "OA"), line.charge) for line in claim.lines)
        return Adjudicated(claim, number, "23", lines, onward=(action.to, action.name))
    if isinstance(action, Price):
        lines = tuple(_denied(line, Deny("101", "", "OA"), line.charge) for line in claim.lines)
        return Adjudicated(claim, number, "25", lines)
    if isinstance(action, Deny):
        lines = tuple(_denied(line, action, line.charge) for line in claim.lines)
        return _placed(Adjudicated(claim, number, action.status or status, lines), action.at)
    return _with_terms(claim, action if isinstance(action, Pay) else Pay(), number, status)


def _with_terms(claim: Claim, terms: Pay, number: str, status: str) -> Adjudicated:
    lines = _partly_paid(claim.lines, terms) if isinstance(terms, PayPartly) else tuple(_paid(claim.lines, terms))
    crossed = {"1": "19", "2": "20", "3": "21"}[status] if terms.crossover else status
    made = Adjudicated(
        claim,
        number,
        terms.status or crossed,
        lines,
        remarks=terms.remarks,
        interest=terms.interest,
        takeback=terms.takeback,
        onward=(terms.crossover, "SECONDARY PAYER") if terms.crossover else ("", ""),
    )
    return _placed(made, terms.at)


def _placed(made: Adjudicated, at: str) -> Adjudicated:
    """Where the adjustments stand: on the lines as they were made, or summed up at the claim, with whole lines."""
    if at == "line":
        return made
    sums: dict[tuple[str, str], Decimal] = {}
    for line in made.lines:
        for a in line.adjustments:
            sums[a.group, a.reason] = sums.get((a.group, a.reason), Decimal(0)) + a.amount
    own = tuple(Adjustment(group, reason, amount) for (group, reason), amount in sums.items())
    remarks = dict.fromkeys((*made.remarks, *(line.remark for line in made.lines if line.remark)))
    lines = tuple(replace(line, adjustments=(), remark="") for line in made.lines)
    return replace(made, lines=lines, adjustments=own, remarks=tuple(remarks), alone=at == "alone")


def _negated(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(replace(a, amount=-a.amount) for a in adjustments)


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
    copay, deductible = terms.copay, terms.deductible
    for line in lines:
        contractual = _cents(line.charge * terms.contract)
        left = line.charge - contractual
        owed = max(min(deductible, left), Decimal(0))
        deductible, left = deductible - owed, left - owed
        borne = copay if left >= copay else Decimal(0)
        copay, left = copay - borne, left - borne
        shared = _cents(left * terms.coinsurance)
        withheld = _cents((left - shared) * terms.sequestration)
        reasons = (("CO", "45", contractual), ("PR", "1", owed), ("PR", "3", borne), ("PR", "2", shared))
        made = (*(Adjustment(*each) for each in reasons), Adjustment("CO", "253", withheld))
        yield AdjudicatedLine(line, _worth(made))


def _denied(line: Line, denial: Deny, refused: Decimal) -> AdjudicatedLine:
    return AdjudicatedLine(line, _worth((Adjustment(denial.group, denial.carc, refused),)), denial.rarc)


def _worth(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    """Without those of nothing, which a CAS does not carry."""
    return tuple(adjustment for adjustment in adjustments if adjustment.amount)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)

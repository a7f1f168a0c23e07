"""From the codes of an answer to what it says of a provider's enrollment, or to nothing.

Denials that patient, contract or another payer account for say nothing of it, nor do codes that nobody here knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.data import DENIAL_CODES
from gateway.data.causes import CAUSES
from gateway.learning.people import BILLING, RENDERING, named, names, rendering_of
from gateway.matching import enrollment_kind
from gateway.model.answers import ClaimPayment, ClaimStatus, LinePayment, Status, code_of
from gateway.model.claims import Claim, ServiceLine
from gateway.named import billing_key
from gateway.remittance.adjudication import Adjudication, Denial

EDI = "edi_agreement"
_PATIENT = "PR"
_CRED, _NETWORK = "CRED", "NET"
_UNKNOWN_CAUSE = "enrollment"
_ENROLLMENT_TASK = "E"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One answer's word against our records of one provider.

    `cause` names a row of causes.toml, `role` is NM101 of the provider, `role_said` whether the payer named that role;
    where it did not, the provider is whoever rendered the service. The days are those of the services refused,
    `amount` what was refused, `code` and `place` as in the answer.
    """

    cause: str
    role: str
    npi: str
    first_day: date | None
    last_day: date | None
    code: str
    place: str
    role_said: bool = True
    amount: Decimal | None = None


def suspicions_of_status(status: ClaimStatus, claim: Claim) -> tuple[Suspicion, ...]:
    """What one level of a 277CA says of the providers of one claim it rejects."""
    found = (_of_composite(each, status, claim) for each in status.statuses)
    return tuple(dict.fromkeys(each for each in found if each))


def suspicions_of_payment(payment: ClaimPayment, decided: Adjudication, claim: Claim) -> tuple[Suspicion, ...]:
    """What one claim of an 835 says by the denials that stand, line by line."""
    return tuple(_of_denials(payment, decided, claim))


def _of_composite(each: Status, status: ClaimStatus, claim: Claim) -> Suspicion | None:
    kind = enrollment_kind(each)
    if not kind:
        return None
    edi = kind == "EDI_ENROLLMENT"
    role, npi, certain = named((BILLING if edi else each.entity,), claim)
    if not npi:
        return None
    cause = EDI if edi else CAUSES.by_code.get(("status", each.code), _UNKNOWN_CAUSE)
    days = (status.first_day, status.last_day) if status.first_day else (claim.first_day, claim.last_day)
    code = ":".join(code_of(part) for part in (each.category, each.code, each.entity))
    return Suspicion(cause, role, npi, *days, code, f"{status.level}/STC", certain, claim.charge)


def _of_denials(payment: ClaimPayment, decided: Adjudication, claim: Claim) -> Iterator[Suspicion]:
    for denial in decided.standing_denials:
        if not _speaks_of_enrollment(denial):
            continue
        line = payment.lines[denial.line - 1] if denial.line else None
        ours = _our_line(denial.line, payment, claim)
        role, npi, certain = _whom(denial, payment, claim, ours)
        if npi:
            days = _days(line, ours, payment, claim)
            yield Suspicion(_cause(denial), role, npi, *days, _code(denial), denial.place, certain, denial.amount)


def _code(denial: Denial) -> str:
    """As billers say it: `CO-B7 N570`."""
    adjustment = f"{code_of(denial.group, 2)}-{code_of(denial.carc, 5)}"
    return " ".join((adjustment, *(code_of(remark, 5) for remark in denial.rarcs)))


def _speaks_of_enrollment(denial: Denial) -> bool:
    """By its category; being outside a network only where that is a task for enrollment. What the patient owes (PR) is
    decided by the plan and not by our records."""
    if denial.group == _PATIENT:
        return False
    if denial.category != _NETWORK:
        return denial.category == _CRED
    reason = DENIAL_CODES.reasons.get(denial.carc)
    remarked = any(("rarc", remark) in CAUSES.by_code for remark in denial.rarcs)
    return remarked or (reason is not None and _ENROLLMENT_TASK in reason.fix)


def _codes(denial: Denial) -> Iterable[tuple[str, str]]:
    """Its remarks first: they say more than the reason."""
    return (*(("rarc", remark) for remark in denial.rarcs), ("carc", denial.carc))


def _cause(denial: Denial) -> str:
    return next((CAUSES.by_code[code] for code in _codes(denial) if code in CAUSES.by_code), _UNKNOWN_CAUSE)


def _whom(denial: Denial, payment: ClaimPayment, claim: Claim, ours: ServiceLine | None) -> tuple[str, str, bool]:
    """Role, NPI, and whether the payer said the role. The rendering provider is the one that the payment shows, if our
    claim names it, else our own."""
    roles = next((CAUSES.roles[code] for code in _codes(denial) if code in CAUSES.roles), ())
    number = ours.number if ours else None
    if roles and roles != (RENDERING,):
        return named(roles, claim, number)
    line = payment.lines[denial.line - 1].rendering_npi if denial.line else ""
    shown = line or payment.rendering_npi
    if shown and shown != billing_key(claim) and names(claim, RENDERING, shown):
        return RENDERING, shown, bool(roles)
    return *rendering_of(claim, number), bool(roles)


def _our_line(line: int | None, payment: ClaimPayment, claim: Claim) -> ServiceLine | None:
    """Our line that a line of the remittance speaks of: by REF*6R, else by its place where none was bundled."""
    if line is None:
        return None
    control = payment.lines[line - 1].control
    for ours in claim.lines:
        if control and ours.control == control:
            return ours
    return claim.lines[line - 1] if len(payment.lines) == len(claim.lines) else None


def _days(*holders: LinePayment | ServiceLine | ClaimPayment | Claim | None) -> tuple[date | None, date | None]:
    """Of the first of them that states any."""
    for holder in holders:
        if holder is not None and holder.first_day:
            return holder.first_day, holder.last_day or holder.first_day
    return None, None

"""The decision table: one small pure function per row, in order of evaluation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gateway.enrollment.codes import WORDS, Code
from gateway.enrollment.coverage import Verdict, verdict
from gateway.enrollment.subjects import Days, Role, Subject, billing_key
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.enrollment import Enrollment
from gateway.model.partners import Payer, Policy

ANY = "*"


@dataclass(frozen=True, slots=True)
class Case:
    """All the rows may look at. `records` are this payer's, of providers of the claim; `mode` is BHT06."""

    claim: Claim
    payer: Payer
    records: tuple[Enrollment, ...]
    today: date
    mode: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `role` is whom it asks about; `excusable` whether an exception turns its hold into a warning."""

    role: Role
    judge: Callable[[Case, Subject, Days], Verdict | None]
    excusable: bool = True


def billing_enrolled(case: Case, subject: Subject, days: Days) -> Verdict:
    """The billing provider is enrolled under the tax id it bills with."""
    return _linked(case, subject, days)


def rendering_enrolled(case: Case, subject: Subject, days: Days) -> Verdict:
    """The rendering provider is enrolled with the payer, under whatever tax id."""
    linked = _linked(case, subject, days)
    if linked.releases:
        return linked
    anywhere = _anywhere(case, subject, days)
    return anywhere if anywhere.releases else linked


def rendering_linked(case: Case, subject: Subject, days: Days) -> Verdict | None:
    """The rendering provider is linked to this billing provider. Silent where there is no enrollment to link."""
    linked = _linked(case, subject, days)
    if linked.releases:
        return Verdict(Code.LINKED, linked.cited)
    return linked if _anywhere(case, subject, days).releases else None


ROWS = (
    Row(Role.BILLING, billing_enrolled),
    Row(Role.RENDERING, rendering_enrolled),
    Row(Role.RENDERING, rendering_linked),
)


def said(case: Case, subject: Subject, found: Verdict) -> Finding:
    """A verdict as a finding. Not knowing only warns at a payer whose records are still being gathered."""
    words = WORDS[found.code]
    learning = found.code is Code.UNKNOWN and case.payer.policy is Policy.LEARNING
    return Finding(
        found.code.value,
        Outcome.WARN if learning else words.outcome,
        subject.place,
        words.message.format(who=subject.role.value),
        words.next_step,
        "; ".join(sorted({_cite(record) for record in found.cited})),
    )


def _cite(record: Enrollment) -> str:
    name = f"record {record.id}" if record.id else "a record not yet stored"
    seen = f"observed {record.observed_on}" if record.observed_on else "day observed not recorded"
    return f"{name}, source {record.source or 'not recorded'}, {seen}"


def _anywhere(case: Case, subject: Subject, days: Days) -> Verdict:
    return verdict(days, _known(case, subject), case.payer, case.today)


def _linked(case: Case, subject: Subject, days: Days) -> Verdict:
    """By the records that hold for this tax id and billing NPI; without any, by what else is known."""
    known = _known(case, subject)
    mine = [record for record in known if _is_linked(record, case.claim)]
    if mine:
        return verdict(days, mine, case.payer, case.today)
    anywhere = _anywhere(case, subject, days)
    return Verdict(Code.NOT_LINKED, anywhere.cited) if anywhere.releases else anywhere


def _known(case: Case, subject: Subject) -> tuple[Enrollment, ...]:
    return tuple(record for record in case.records if record.provider_npi == subject.npi)


def _is_linked(record: Enrollment, claim: Claim) -> bool:
    same_tax_id = record.tax_id.replace("-", "") in (ANY, claim.billing.tax_id)
    return same_tax_id and record.billing_npi in (ANY, billing_key(claim))

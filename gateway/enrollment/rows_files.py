"""Rows 14 and 15: whether the payer takes our electronic claims of the billing provider, and sends it remittances. An
agreement is asked about on the day of sending, not of service."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from gateway.enrollment.case import Ask, Case, Verdict
from gateway.enrollment.codes import Code
from gateway.enrollment.overruling import overrules, refused
from gateway.enrollment.spans import Days, overlap
from gateway.model.enrollment import ANY, Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.partners import Policy, Rule


class Agreement(NamedTuple):
    """One kind of agreement, the rule about it, and what is said where there is one and where not."""

    kind: EnrollmentKind
    rule: Rule
    yes: Code
    no: Code


FILES = Agreement(EnrollmentKind.EDI_837, Rule.EDI, Code.EDI_AGREED, Code.EDI_MISSING)
REMITTANCES = Agreement(EnrollmentKind.ERA_835, Rule.ERA, Code.ERA_AGREED, Code.ERA_MISSING)

_STANDS = frozenset({EnrollmentState.ACTIVE, EnrollmentState.ACTIVE_REVALIDATION_DUE})
_APPROVED = EnrollmentState.APPROVED_PENDING_LOAD


def may_send(ask: Ask) -> Verdict | None:
    """Row 14. Silent where no agreement with this payer is on record, unless the payer is said to be strict about it."""
    return _agreed(ask, FILES)


def gets_remittances(ask: Ask) -> Verdict | None:
    """Row 15, likewise."""
    return _agreed(ask, REMITTANCES)


def stands(record: Enrollment, today: date) -> bool:
    """An agreement in force today. One without dates is, as long as its state says so."""
    first, last = record.effective_from, record.effective_to
    if (first and today < first) or (last and last < today):
        return False
    if record.state in _STANDS:
        return True
    return record.state is _APPROVED and record.loads_on is not None and record.loads_on <= today


def _agreed(ask: Ask, about: Agreement) -> Verdict | None:
    case, (kind, rule, yes, no) = ask.case, about
    known, ours, standing = [], [], []
    for record in ask.records:
        if record.kind is kind:
            known.append(record)
            if _is_ours(case, record):
                ours.append(record)
                if stands(record, case.today):
                    standing.append(record)
    if not known and (case.payer.key, kind) not in case.evidence.kept:
        return (no, ()) if case.payer.policies.get(rule) is Policy.STRICT else None
    if len(ours) > 1 and (noes := case.refusals(ours, ask.subject)):
        noes = [no for no in noes if overlap(*refused(no), Days(case.today, case.today))]
        standing = [record for record in standing if not any(overrules(no, record) for no in noes)]
    return (yes, tuple(standing)) if standing else (no, tuple(known))


def _is_ours(case: Case, record: Enrollment) -> bool:
    """Of the submitter that would send the claim; where no lane says who that is, of any."""
    submitter = case.evidence.submitter
    return (not submitter or record.submitter in (ANY, submitter)) and case.is_here(record)

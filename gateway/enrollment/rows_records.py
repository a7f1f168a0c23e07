"""Rows 6 to 8: by the practice's own records, who bills and who renders is enrolled and linked on every day of service."""

from __future__ import annotations

from datetime import date, timedelta

from gateway.deadlines.running import ACTIVE, recredentialing_due
from gateway.enrollment.case import Ask, Case, Verdict
from gateway.enrollment.codes import Code
from gateway.enrollment.coverage import coverage
from gateway.enrollment.spans import covered, overlap
from gateway.model.enrollment import ANY, BILLING_KINDS, Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.lists import ListKind, MedicareEnrollment
from gateway.model.registry import Membership

QUARTER = timedelta(days=92)

_INDIVIDUAL, _REASSIGNMENT = EnrollmentKind.MEDICARE_INDIVIDUAL, EnrollmentKind.MEDICARE_REASSIGNMENT
# What an agreement with the payer on this very case makes good.
_MAY_BE_AGREED = frozenset(
    {
        Code.UNKNOWN, Code.PENDING, Code.UNDATED, Code.NOT_LINKED, Code.OTHER_BUSINESS, Code.SPLIT_NEEDED,
        Code.STARTS_LATER, Code.ENDED, Code.DENIED, Code.OUT_OF_NETWORK, Code.LINK_OTHER_DAYS,
    }
)  # fmt: skip


def billing_enrolled(ask: Ask) -> Verdict:
    """Row 6. The billing provider is enrolled under the tax id it bills with."""
    here, anywhere, _ = ask.standing
    if here is not None:
        return here if here.releases else _or_otherwise(ask, here)
    return _or_otherwise(ask, (Code.NOT_LINKED if anywhere.releases else anywhere.code, anywhere.cited))


def rendering_enrolled(ask: Ask) -> Verdict:
    """Row 7. The rendering provider is enrolled with the payer, under whatever tax id."""
    best = ask.standing.best
    return best if best.releases else _or_otherwise(ask, best)


def rendering_linked(ask: Ask) -> Verdict | None:
    """Row 8. The rendering provider is linked to this billing provider: by records that name it. Silent where there is
    no enrollment to link."""
    here, anywhere, _ = ask.standing
    if not anywhere.releases:
        return None
    to_itself = ask.npi == ask.case.billing
    if here is not None and here.releases and (to_itself or all(map(_is_named, here.cited))):
        return Code.LINKED, here.cited
    found = _link(ask)
    return None if found[0] in _MAY_BE_AGREED and _agreement(ask) else found


def recredentialed(ask: Ask) -> Verdict | None:
    """Rows 6 and 7. The provider was credentialed anew when that was due. NCQA knows no grace, but only the payer can say
    that it let the day pass: so it is a warning, and a hold where the payer's policy on this rule is strict. Silent where
    no record has such a day."""
    best, case = ask.standing.best, ask.case
    for record in best.cited:
        if record.recred_due or record.decided_on:
            break
    else:
        return None
    if not best.releases:
        return None
    for day, code in ((ask.days.last, Code.RECREDENTIALING_OVER), (case.today, Code.RECREDENTIALING_DUE)):
        over = [record for record in best.cited if _is_over(record, day)]
        if (
            over
            and not coverage(ask.days, [one for one in best.cited if one not in over], case.payer, case.today).releases
        ):
            return code, tuple(over)
    return None


def _is_over(record: Enrollment, day: date) -> bool:
    due = recredentialing_due(record) if record.state in ACTIVE else None
    return due is not None and due < day


def _link(ask: Ask) -> Verdict:
    """By records that name this tax id or billing NPI, by memberships of the group, and where no dated membership says
    more, by records that hold for any."""
    case, days = ask.case, ask.days
    memberships = [one for one in case.evidence.memberships if one.npi == ask.npi and _is_of_group(case, one)]
    dated = [one for one in memberships if one.first_day or one.last_day]
    records = [record for record in ask.records if _is_link(case, record) and (not dated or _is_named(record))]
    by_records = coverage(days, records, case.payer, case.today, case.refusals(records, ask.subject))
    if by_records.releases:
        return Code.LINKED, by_records.cited
    if covered(days, [(one.first_day, one.last_day) for one in dated]):
        return Code.LINKED, tuple([one for one in dated if overlap(one.first_day, one.last_day, days)])
    if undated := [one for one in memberships if one not in dated]:
        return Code.LINK_UNDATED, tuple(undated)
    if case.payer.medicare and _reassigned(ask):
        return Code.LINK_UNDATED, (case.loaded[ListKind.PPEF_REASSIGNMENT],)
    if records:
        return by_records
    return (Code.LINK_OTHER_DAYS, tuple(dated)) if dated else (Code.NOT_LINKED, ask.standing.anywhere.cited)


def _is_link(case: Case, record: Enrollment) -> bool:
    """Medicare's approval of a person links to nobody: that is the reassignment's work (42 CFR 424.80)."""
    kind = record.kind
    if kind is not _REASSIGNMENT and kind not in BILLING_KINDS:
        return False
    return (kind is not _INDIVIDUAL or _is_named(record)) and case.is_here(record) and case.is_of_business(record)


def _is_named(record: Enrollment) -> bool:
    return record.tax_id != ANY or record.billing_npi != ANY


def _is_of_group(case: Case, one: Membership) -> bool:
    """By this payer's word or the practice's own."""
    known = one.payer in (ANY, case.payer.key) and one.group_npi in (ANY, case.billing)
    return known and case.names_tax_id(one.tax_id)


def _reassigned(ask: Ask) -> bool:
    billing, loaded = ask.case.billing, ask.case.loaded
    return ListKind.PPEF_REASSIGNMENT in loaded and any(billing in one.groups for one in ask.listed.medicare)


def _or_otherwise(ask: Ask, found: Verdict) -> Verdict:
    """What else lets the claim go, and what says more exactly why it does not."""
    if found[0] is Code.UNKNOWN:
        found = _by_medicares_file(ask) or _other_business(ask) or found
    if found[0] in _MAY_BE_AGREED and (agreement := _agreement(ask)):
        return Code.AGREEMENT, (agreement,)
    return found


def _by_medicares_file(ask: Ask) -> Verdict | None:
    """Approved by Medicare's public enrollment file, in an enrollment no younger than the service."""
    case, edition = ask.case, ask.case.loaded.get(ListKind.PPEF)
    if not case.payer.medicare or edition is None:
        return None
    if not any(begun(enrolled) <= ask.days.first for enrolled in ask.listed.medicare):
        return None
    old = case.today - edition.dated > QUARTER
    return Code.LIST_OLD if old else Code.LISTED, (edition,)


def begun(enrolled: MedicareEnrollment) -> date:
    """Its id is a letter, the day it was applied for, and a number."""
    text = enrolled.enrollment_id[1:9]
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return date.min


def _other_business(ask: Ask) -> Verdict | None:
    case = ask.case
    others = [record for record in ask.records if record.kind in BILLING_KINDS and not case.is_of_business(record)]
    found = coverage(ask.days, others, case.payer, case.today)
    return (Code.OTHER_BUSINESS, found.cited) if found.releases else None


def _agreement(ask: Ask) -> Enrollment | None:
    """A single case agreement: an out-of-network record of the provider or of who bills, with its dates, whose number
    at the payer the claim states (REF*G1)."""
    case, number = ask.case, ask.case.claim.prior_authorization
    if not number:
        return None
    for record in (*ask.records, *case.records_of(case.billing)):
        dated = record.effective_from and covered(ask.days, [(record.effective_from, record.effective_to)])
        if dated and record.state is EnrollmentState.OUT_OF_NETWORK and record.payer_assigned_id == number:
            return record
    return None

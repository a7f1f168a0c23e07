"""Rows 3 to 5: what public lists say of a provider. A list that is not loaded says nothing."""

from __future__ import annotations

from datetime import timedelta

from gateway.enrollment.case import Ask, Case, Verdict
from gateway.enrollment.codes import Code
from gateway.enrollment.spans import Days, overlap
from gateway.enrollment.subjects import Role
from gateway.model.lists import Exclusion, Generation, ListKind, NppesEntry

NPPES_AGE = timedelta(days=35)
NPPES_LISTS = (ListKind.NPPES, ListKind.NPPES_WEEKLY, ListKind.NPPES_DEACTIVATED)
EXCLUSION_LISTS = (ListKind.LEIE, ListKind.SAM)


def npi_exists(ask: Ask) -> Verdict | None:
    """Row 3. NPPES knows the NPI, as active on the days of service and of the kind that the claim says."""
    entry, subject = ask.listed.nppes, ask.subject
    if entry is None:
        return _not_found(ask)
    if entry.deactivated_on and (code := _deactivated(entry, ask.days)):
        return code, _editions(ask.case)
    if entry.entity_type != subject.entity_type and entry.entity_type and subject.entity_type:
        return Code.NPI_TYPE_DIFFERS, _editions(ask.case)
    return None


def not_excluded(ask: Ask) -> Verdict | None:
    """Row 4. No exclusion in force on a day of service, whatever the role: what an excluded person ordered is not paid
    either (42 CFR 1001.1901). A name alone is only a reason to look; one whose birth date differs is none."""
    if not ask.listed.exclusions:
        return None
    case, days = ask.case, ask.days
    hits = [e for e in ask.listed.exclusions if e.list in case.loaded and overlap(e.first_day, e.last_day, days)]
    by_npi = [hit for hit in hits if not hit.by_name]
    if found := [hit for hit in by_npi if not hit.waiver]:
        federal = case.payer.federal or case.payer.medicare
        return _cited(case, Code.EXCLUDED_FEDERAL if federal else Code.EXCLUDED, found)
    if by_npi:
        return _cited(case, Code.EXCLUDED_WAIVER, by_npi)
    alike = [hit for hit in hits if hit.born_matches is not False]
    return _cited(case, Code.EXCLUSION_NAME, alike) if alike else None


def not_opted_out(ask: Ask) -> Verdict | None:
    """Row 5. Who bills and who renders has not opted out of Medicare on a day of service."""
    edition = ask.case.loaded.get(ListKind.OPT_OUT)
    if edition is None:
        return None
    out = any(overlap(one.first_day, one.last_day, ask.days) for one in ask.listed.opt_outs)
    return (Code.OPTED_OUT, (edition,)) if out else None


def newest_nppes(case: Case) -> Generation | None:
    """The edition by which an NPI that is nowhere in it counts as not found: a full file, or what was added to one."""
    full, weekly = case.loaded.get(ListKind.NPPES), case.loaded.get(ListKind.NPPES_WEEKLY)
    return weekly if full and weekly and weekly.dated > full.dated else full


def _not_found(ask: Ask) -> Verdict | None:
    """An atypical billing provider has no NPI, only a number of the payer's."""
    case, newest = ask.case, newest_nppes(ask.case)
    atypical = ask.subject.role is Role.BILLING and not case.claim.billing.npi
    if newest is None or atypical or not ask.npi:
        return None
    old = case.today - newest.dated > NPPES_AGE
    return Code.NPI_UNCONFIRMED if old else Code.NPI_NOT_FOUND, _editions(case)


def _deactivated(entry: NppesEntry, days: Days) -> Code | None:
    """From the day of the deactivation to the day before the reactivation no claim is paid."""
    off, on = entry.deactivated_on, entry.reactivated_on
    assert off
    back = on if on and on >= off else None
    if off > days.last:
        return None if back else Code.NPI_DEACTIVATED_LATER
    return None if back and back <= max(off, days.first) else Code.NPI_DEACTIVATED


def _editions(case: Case) -> tuple[Generation, ...]:
    return tuple([case.loaded[kind] for kind in NPPES_LISTS if kind in case.loaded])


def _cited(case: Case, code: Code, hits: list[Exclusion]) -> Verdict:
    return code, tuple([(case.loaded[hit.list], hit) for hit in hits])

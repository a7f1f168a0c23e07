"""The decision table of the gate, row by row: each cell that releases, warns, holds or rejects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gateway.checks import decide
from gateway.enrollment import EXCLUSIONS, NEEDS_DECISION, judge_enrollment, next_change
from gateway.enrollment.history import succession
from gateway.enrollment.rows import ROWS
from gateway.model.claims import BillingProvider, Claim, ClaimKind, Finding, Outcome, Provider
from gateway.model.enrollment import Enrollment, EnrollmentKind
from gateway.model.evidence import Evidence, Question
from gateway.model.lists import (
    Exclusion,
    Listed,
    ListKind,
    MedicareEnrollment,
    NppesEntry,
    OptOut,
    OrderRefer,
)
from gateway.model.partners import Payer, Policy, Rule
from gateway.model.registry import Credential, CredentialKind, Membership, ProviderRecord
from tests.enrollment.world import (
    ALPHA,
    COLLEAGUE,
    DAY,
    DOCTOR,
    DOS,
    GROUP,
    GROUP_ACTIVE,
    OTHER_TAX_ID,
    TAX_ID,
    TODAY,
    S,
    claim,
    judge,
    line,
    record,
    shelf,
    the,
)

PASS, WARN, HOLD, REJECT = Outcome.PASS, Outcome.WARN, Outcome.HOLD, Outcome.REJECT
K, L = EnrollmentKind, ListKind
FEDERAL = replace(ALPHA, federal=True)
MEDICARE = replace(ALPHA, federal=True, medicare=True)
REFERRER = "2000000036"
ENROLLED = (GROUP_ACTIVE, record())
LISTED_DOCTOR = Listed(nppes=NppesEntry("1"))
LISTED_GROUP = Listed(nppes=NppesEntry("2"))


def strict(*rules: Rule, payer: Payer = ALPHA, policy: Policy = Policy.STRICT) -> Payer:
    return replace(payer, policies=dict.fromkeys(rules, policy))


def told(findings: tuple[Finding, ...], code: str) -> Finding:
    """The finding of this code, which must be the worst of all."""
    found = next((f for f in findings if f.code == code), None)
    assert found, [f.code for f in findings]
    assert decide(findings) is found.outcome, [(f.code, f.outcome) for f in findings]
    return found


# Row 3: does NPPES know the NPI?


def nppes(entry: NppesEntry | None, age: int = 7, kind: ListKind = L.NPPES) -> dict[str, Any]:
    entries = {GROUP: LISTED_GROUP} | ({DOCTOR: Listed(nppes=entry)} if entry else {})
    return {"shelf": shelf(kind, dated=TODAY - age * DAY, entries=entries)}


@pytest.mark.parametrize(
    ("known", "code", "outcome"),
    [
        (nppes(NppesEntry("1")), "NPI_FOUND", PASS),
        (nppes(NppesEntry()), "NPI_FOUND", PASS),
        (nppes(None), "NPI_NOT_FOUND", HOLD),
        (nppes(None, age=35), "NPI_NOT_FOUND", HOLD),
        (nppes(None, age=36), "NPI_UNCONFIRMED", WARN),
        (nppes(NppesEntry("", DOS - DAY)), "NPI_DEACTIVATED", HOLD),
        (nppes(NppesEntry("", DOS)), "NPI_DEACTIVATED", HOLD),
        (nppes(NppesEntry("", DOS + DAY)), "NPI_DEACTIVATED_LATER", WARN),
        (nppes(NppesEntry("1", DOS - 9 * DAY, DOS)), "NPI_FOUND", PASS),
        (nppes(NppesEntry("1", DOS - 9 * DAY, DOS + DAY)), "NPI_DEACTIVATED", HOLD),
        (nppes(NppesEntry("1", DOS + DAY, DOS + 2 * DAY)), "NPI_FOUND", PASS),
        (nppes(NppesEntry("1", DOS, DOS)), "NPI_FOUND", PASS),
        (nppes(NppesEntry("1", DOS - DAY, DOS - 9 * DAY)), "NPI_DEACTIVATED", HOLD),
        (nppes(NppesEntry("2")), "NPI_TYPE_DIFFERS", WARN),
    ],
)
def test_row_3_the_npi_exists(known: dict[str, Any], code: str, outcome: Outcome) -> None:
    """Both ends of a deactivation are days, and a file older than 35 days proves no absence."""
    found = told(judge(claim(), *ENROLLED, **known), code)
    assert found.outcome is outcome
    assert "nppes of 20" in found.evidence


def test_row_3_a_weekly_file_keeps_a_full_one_fresh() -> None:
    """What was added to it last says how old it is; a weekly file alone proves no absence."""
    old, new = (shelf(L.NPPES, dated=TODAY - 60 * DAY), shelf(L.NPPES_WEEKLY, entries={GROUP: LISTED_GROUP}))
    both = replace(new, loaded={**old.loaded, **new.loaded})
    assert told(judge(claim(), *ENROLLED, shelf=both), "NPI_NOT_FOUND").outcome is HOLD
    assert decide(judge(claim(), *ENROLLED, shelf=new)) is PASS


def test_row_3_every_role_is_looked_up_but_an_atypical_provider() -> None:
    """A number of the payer's own is in no list."""
    named = claim(providers=(Provider("82", DOCTOR, "1"), Provider("DN", REFERRER, "1")))
    known = nppes(NppesEntry("1"))
    assert told(judge(named, *ENROLLED, **known), "NPI_NOT_FOUND").place == "2310A/NM109"
    atypical = claim(billing=BillingProvider("", "2", TAX_ID, secondary_id="PN77"), providers=())
    assert decide(judge(atypical, record("PN77"), **known)) is PASS


# Row 4: excluded?


def excluded(first: date | None = DOS, last: date | None = None, npi: str = DOCTOR, **more: Any) -> dict[str, Any]:
    hit = Exclusion(L.LEIE, first, last, "1128b4", **more)
    return {"shelf": shelf(L.LEIE, L.SAM, entries={npi: Listed(exclusions=(hit,))})}


@pytest.mark.parametrize(
    ("known", "payer", "code", "outcome"),
    [
        ({"shelf": shelf(L.LEIE)}, FEDERAL, "NOT_EXCLUDED", PASS),
        (excluded(), FEDERAL, "EXCLUDED_FEDERAL", REJECT),
        (excluded(), replace(ALPHA, medicare=True), "EXCLUDED_FEDERAL", REJECT),
        (excluded(), ALPHA, "EXCLUDED", HOLD),
        (excluded(None), ALPHA, "EXCLUDED", HOLD),
        (excluded(DOS + DAY), FEDERAL, "NOT_EXCLUDED", PASS),
        (excluded(DOS - 9 * DAY, DOS - DAY), FEDERAL, "NOT_EXCLUDED", PASS),
        (excluded(DOS - 9 * DAY, DOS), FEDERAL, "EXCLUDED_FEDERAL", REJECT),
        (excluded(waiver=True), FEDERAL, "EXCLUDED_WAIVER", HOLD),
        (excluded(waiver=True), ALPHA, "EXCLUDED_WAIVER", HOLD),
        (excluded(by_name=True), FEDERAL, "EXCLUSION_NAME", WARN),
        (excluded(by_name=True, born_matches=True), FEDERAL, "EXCLUSION_NAME", WARN),
        (excluded(by_name=True, waiver=True), FEDERAL, "EXCLUSION_NAME", WARN),
    ],
)
def test_row_4_an_exclusion_in_force_stops_the_claim(
    known: dict[str, Any], payer: Payer, code: str, outcome: Outcome
) -> None:
    """By NPI it stops, by name alone it only warns, and what began later or ended before does neither."""
    assert told(judge(claim(), *ENROLLED, payer=payer, **known), code).outcome is outcome


def test_row_4_somebody_born_on_another_day_is_somebody_else() -> None:
    """Then no warning stands in the way for ever."""
    known = excluded(by_name=True, born_matches=False)
    assert decide(judge(claim(), *ENROLLED, **known)) is PASS


@pytest.mark.parametrize("role", ["82", "DN", "DK", "DQ", "77", "P3", "QB"])
def test_row_4_whoever_the_claim_names(role: str) -> None:
    """What an excluded person ordered, referred or supervised is not paid either."""
    named = claim(providers=(Provider(role, REFERRER, "1"),))
    assert decide(judge(named, GROUP_ACTIVE, record(REFERRER), payer=FEDERAL, **excluded(npi=REFERRER))) is REJECT


def test_row_4_no_exception_and_no_general_policy_weakens_an_exclusion() -> None:
    """An emergency, an encounter and a payer that is off are judged all the same; by name a site may."""
    urgent, known = claim(line(emergency=True, modifiers=("Q6",))), excluded()
    off = replace(ALPHA, policy=Policy.OFF)
    assert the(judge(urgent, *ENROLLED, payer=off, mode="RP", **known), "EXCLUDED").outcome is HOLD
    named = strict(Rule.EXCLUSION, policy=Policy.WARN)
    assert the(judge(urgent, *ENROLLED, payer=named, **known), "EXCLUDED").outcome is WARN
    assert {"EXCLUDED", "EXCLUDED_FEDERAL", "EXCLUDED_WAIVER"} == EXCLUSIONS <= NEEDS_DECISION


def test_row_4_cites_the_edition_and_the_entry() -> None:
    """Never a name."""
    evidence = the(judge(claim(), *ENROLLED, **excluded()), "EXCLUDED").evidence
    assert evidence == f"leie of {TODAY - 7 * DAY}, generation 3, entry 1128b4 in force since {DOS}"


# Row 5: opted out of Medicare?


def opted_out(first: date, last: date | None = None, may_order: bool = False) -> dict[str, Any]:
    entries = {DOCTOR: Listed(opt_outs=(OptOut(first, last, may_order),))}
    return {"shelf": shelf(L.OPT_OUT, entries=entries)}


@pytest.mark.parametrize(
    ("known", "payer", "code", "outcome"),
    [
        (opted_out(DOS), MEDICARE, "OPTED_OUT", REJECT),
        (opted_out(DOS - DAY, DOS), MEDICARE, "OPTED_OUT", REJECT),
        (opted_out(DOS + DAY), MEDICARE, "NOT_OPTED_OUT", PASS),
        (opted_out(DOS - 9 * DAY, DOS - DAY), MEDICARE, "NOT_OPTED_OUT", PASS),
        (opted_out(DOS), FEDERAL, "ENROLLMENT_OK", PASS),
    ],
)
def test_row_5_medicare_pays_nobody_who_opted_out(
    known: dict[str, Any], payer: Payer, code: str, outcome: Outcome
) -> None:
    """Only Medicare's claims, and only on the days of the affidavit, both ends included."""
    assert told(judge(claim(), *ENROLLED, payer=payer, **known), code).outcome is outcome


def test_row_5_an_emergency_is_billed_all_the_same() -> None:
    """The one exception of the rule; who merely referred may have opted out."""
    urgent = claim(line(emergency=True))
    assert told(judge(urgent, *ENROLLED, payer=MEDICARE, **opted_out(DOS)), "OPTED_OUT").outcome is WARN
    referred = claim(providers=(Provider("DN", DOCTOR, "1"),))
    assert decide(judge(referred, *ENROLLED, payer=MEDICARE, **opted_out(DOS))) is PASS


# Rows 6 and 7: enrolled (the states and intervals of one record are test_records.py's).


@pytest.mark.parametrize(
    ("of_record", "code", "outcome"),
    [
        ({"state": S.APPROVED_PENDING_LOAD, "loads_on": TODAY + DAY}, "ENROLLMENT_PENDING", HOLD),
        ({"state": S.APPROVED_PENDING_LOAD, "loads_on": TODAY}, "ENROLLMENT_LOAD_EXPECTED", WARN),
        (
            {"state": S.APPROVED_PENDING_LOAD, "loads_on": TODAY, "effective_from": DOS + DAY},
            "ENROLLMENT_STARTS_LATER",
            HOLD,
        ),
        ({"revalidation_due": TODAY}, "ENROLLMENT_OK", PASS),
        ({"revalidation_due": TODAY - DAY}, "ENROLLMENT_REVALIDATION_DUE", WARN),
        ({"recred_due": TODAY - DAY}, "ENROLLMENT_RECREDENTIALING_DUE", WARN),
        ({"decided_on": date(2023, 11, 22)}, "ENROLLMENT_RECREDENTIALING_DUE", WARN),
        ({"decided_on": date(2023, 11, 23)}, "ENROLLMENT_OK", PASS),
        ({"decided_on": date(2023, 11, 22), "recred_due": TODAY}, "ENROLLMENT_OK", PASS),
        ({"decided_on": date(2023, 11, 22), "kind": K.MEDICAID}, "ENROLLMENT_OK", PASS),
        ({"state": S.TERMED, "effective_to": DOS, "recred_due": TODAY - DAY}, "ENROLLMENT_OK", PASS),
        ({"line_of_business": "CI"}, "ENROLLMENT_OK", PASS),
        ({"line_of_business": "MB"}, "ENROLLMENT_OTHER_BUSINESS", HOLD),
        ({"line_of_business": "MB", "state": S.SUBMITTED}, "ENROLLMENT_UNKNOWN", HOLD),
        ({"kind": K.ORDER_REFER}, "ENROLLMENT_UNKNOWN", HOLD),
        ({"kind": K.EDI_837}, "ENROLLMENT_UNKNOWN", HOLD),
        ({"kind": K.MEDICAID}, "ENROLLMENT_OK", PASS),
    ],
)
def test_row_7_the_rendering_provider_is_enrolled(of_record: dict[str, Any], code: str, outcome: Outcome) -> None:
    """A kind never stands for another, nor one line of business for the next."""
    found = judge(claim(), GROUP_ACTIVE, record(**of_record))
    assert told(found, code).outcome is outcome


@pytest.mark.parametrize(
    ("of_record", "held"),
    [
        ({"recred_due": DOS - DAY}, True),
        ({"recred_due": DOS}, False),
        ({"decided_on": date(2023, 7, 9)}, True),
        ({"decided_on": date(2023, 7, 10)}, False),
        ({"decided_on": date(2023, 7, 9), "kind": K.MEDICAID}, False),
        ({"state": S.TERMED, "effective_to": DOS, "recred_due": DOS - DAY}, False),
        ({}, False),
    ],
)
def test_row_7_a_missed_recredentialing_warns_and_holds_where_the_policy_says_so(
    of_record: dict[str, Any], held: bool
) -> None:
    """By the day of service: what was done until the day that was due is payable, whenever it is sent."""
    by_policy = strict(Rule.RECREDENTIALING)
    for payer, outcome in ((ALPHA, WARN), (by_policy, HOLD), (strict(Rule.RECREDENTIALING, policy=Policy.OFF), None)):
        found = [f for f in judge(claim(), GROUP_ACTIVE, record(**of_record), payer=payer) if f.outcome is not PASS]
        over = [f.outcome for f in found if f.code == "ENROLLMENT_RECREDENTIALING_OVER"]
        assert over == ([outcome] if outcome and held else [])
        assert decide(found) < HOLD or over == [HOLD]
    assert decide(judge(claim(), GROUP_ACTIVE, record(**of_record), record(id=9), payer=by_policy)) is PASS
    assert decide(judge(claim(line(emergency=True)), GROUP_ACTIVE, record(**of_record), payer=by_policy)) < HOLD


def test_row_7_a_claim_without_line_of_business_contradicts_no_record() -> None:
    """SBR09 empty is another check's matter."""
    bare = claim(filing_indicator="")
    assert decide(judge(bare, GROUP_ACTIVE, record(line_of_business="MB"))) is PASS


@pytest.mark.parametrize(
    ("decided", "effective", "code"),
    [
        (DOS, DOS + 60 * DAY, "ENROLLMENT_OK"),
        (DOS, None, "ENROLLMENT_OK"),
        (DOS + DAY, DOS - 60 * DAY, "ENROLLMENT_STARTS_LATER"),
    ],
)
def test_row_7_a_delegates_committee_decides_the_date(decided: date, effective: date | None, code: str) -> None:
    """Of a payer that has delegated it, and of no other."""
    delegated = replace(ALPHA, delegated=True)
    doctor = record(decided_on=decided, effective_from=effective)
    assert judge(claim(), GROUP_ACTIVE, doctor, payer=delegated)[1].code == code
    assert judge(claim(), GROUP_ACTIVE, doctor)[1].code != code


PPEF_ENTRY = MedicareEnrollment(f"I{DOS:%Y%m%d}000001", groups=(GROUP,))


@pytest.mark.parametrize(
    ("age", "payer", "begun", "code", "outcome"),
    [
        (92, MEDICARE, DOS, "ENROLLMENT_LISTED", PASS),
        (93, MEDICARE, DOS, "ENROLLMENT_LIST_OLD", WARN),
        (7, MEDICARE, DOS + DAY, "ENROLLMENT_UNKNOWN", HOLD),
        (7, FEDERAL, DOS, "ENROLLMENT_UNKNOWN", HOLD),
    ],
)
def test_row_7_medicares_public_file_stands_in_where_nothing_is_recorded(
    age: int, payer: Payer, begun: date, code: str, outcome: Outcome
) -> None:
    """Of Medicare only, fresh, and of an enrollment that is no younger than the service."""
    entries = {
        DOCTOR: Listed(medicare=(MedicareEnrollment(f"I{begun:%Y%m%d}000001", groups=(GROUP,)),)),
        GROUP: Listed(medicare=(MedicareEnrollment("O20100101000001"),)),
    }
    known = {"shelf": shelf(L.PPEF, dated=TODAY - age * DAY, entries=entries)}
    assert told(judge(claim(), GROUP_ACTIVE, payer=payer, **known), code).outcome is outcome


@pytest.mark.parametrize(
    ("effective", "retro", "code", "outcome"),
    [
        (DOS, None, "ENROLLMENT_OK", PASS),
        (DOS + DAY, None, "ENROLLMENT_RETRO_ASSUMED", WARN),
        (DOS + 30 * DAY, None, "ENROLLMENT_RETRO_ASSUMED", WARN),
        (DOS + 31 * DAY, None, "ENROLLMENT_STARTS_LATER", HOLD),
        (DOS + DAY, DOS + DAY, "ENROLLMENT_STARTS_LATER", HOLD),
        (DOS + 60 * DAY, DOS, "ENROLLMENT_OK", PASS),
        (DOS + 60 * DAY, DOS + 10 * DAY, "ENROLLMENT_STARTS_LATER", HOLD),
    ],
)
def test_medicares_thirty_days_are_counted_once(
    effective: date, retro: date | None, code: str, outcome: Outcome
) -> None:
    """A record that states the retrospective date has it already; one that does not is believed with a warning."""
    doctor = record(kind=K.MEDICARE_INDIVIDUAL, tax_id=TAX_ID, effective_from=effective, retro_from=retro)
    assert told(judge(claim(), GROUP_ACTIVE, doctor, payer=MEDICARE), code).outcome is outcome
    commercial = replace(doctor, kind=K.PARTICIPATION, retro_from=retro)
    if retro is None and effective > DOS:
        assert told(judge(claim(), GROUP_ACTIVE, commercial), "ENROLLMENT_STARTS_LATER").outcome is HOLD


# Row 8: linked to this tax id.

INDIVIDUAL = record(kind=K.MEDICARE_INDIVIDUAL)


def member(**changes: Any) -> Membership:
    return replace(Membership(DOCTOR, TAX_ID, GROUP, first_day=DOS, last_day=DOS, source="roster", id=5), **changes)


@pytest.mark.parametrize(
    ("more", "known", "code", "outcome"),
    [
        ([], {}, "ENROLLMENT_NOT_LINKED", HOLD),
        ([record(kind=K.MEDICARE_REASSIGNMENT)], {}, "ENROLLMENT_LINKED", PASS),
        ([record(kind=K.MEDICARE_REASSIGNMENT, tax_id=OTHER_TAX_ID)], {}, "ENROLLMENT_NOT_LINKED", HOLD),
        ([record(kind=K.MEDICARE_REASSIGNMENT, effective_from=DOS + 31 * DAY)], {}, "ENROLLMENT_STARTS_LATER", HOLD),
        ([record(kind=K.MEDICARE_REASSIGNMENT, state=S.SUBMITTED)], {}, "ENROLLMENT_PENDING", HOLD),
        ([], {"memberships": (member(),)}, "ENROLLMENT_LINKED", PASS),
        ([], {"memberships": (member(tax_id="99-9990001", group_npi="*"),)}, "ENROLLMENT_LINKED", PASS),
        ([], {"memberships": (member(payer="alpha"),)}, "ENROLLMENT_LINKED", PASS),
        ([], {"memberships": (member(payer="beta"),)}, "ENROLLMENT_NOT_LINKED", HOLD),
        ([], {"memberships": (member(tax_id=OTHER_TAX_ID),)}, "ENROLLMENT_NOT_LINKED", HOLD),
        ([], {"memberships": (member(npi=COLLEAGUE),)}, "ENROLLMENT_NOT_LINKED", HOLD),
        ([], {"memberships": (member(first_day=DOS + DAY, last_day=None),)}, "ENROLLMENT_LINK_OTHER_DAYS", HOLD),
        ([], {"memberships": (member(first_day=None, last_day=DOS - DAY),)}, "ENROLLMENT_LINK_OTHER_DAYS", HOLD),
        ([], {"memberships": (member(first_day=None, last_day=None),)}, "ENROLLMENT_LINK_UNDATED", WARN),
    ],
)
def test_row_8_medicares_approval_of_a_person_links_to_nobody(
    more: list[Enrollment], known: dict[str, Any], code: str, outcome: Outcome
) -> None:
    """A reassignment does, or the practice's own word that the person belongs to the group."""
    assert told(judge(claim(), GROUP_ACTIVE, INDIVIDUAL, *more, payer=MEDICARE, **known), code).outcome is outcome


def test_row_8_a_dated_membership_says_more_than_a_record_for_any_tax_id() -> None:
    """Who left the group is not billed under it, though the payer's record names no group; one that names it does."""
    left = {"memberships": (member(first_day=None, last_day=DOS - DAY),)}
    assert told(judge(claim(), GROUP_ACTIVE, record(), **left), "ENROLLMENT_LINK_OTHER_DAYS").outcome is HOLD
    assert decide(judge(claim(), GROUP_ACTIVE, record(tax_id=TAX_ID), **left)) is PASS


def test_row_8_the_public_file_knows_a_link_without_dates() -> None:
    """Of Medicare only."""
    entries = {DOCTOR: Listed(medicare=(PPEF_ENTRY,))}
    known = {"shelf": shelf(L.PPEF_REASSIGNMENT, entries=entries)}
    assert told(judge(claim(), GROUP_ACTIVE, INDIVIDUAL, payer=MEDICARE, **known), "ENROLLMENT_LINK_UNDATED")
    assert told(judge(claim(), GROUP_ACTIVE, INDIVIDUAL, payer=FEDERAL, **known), "ENROLLMENT_NOT_LINKED")


def test_row_8_who_bills_for_himself_is_linked_to_himself() -> None:
    """A person who is named once more as rendering provider needs no reassignment."""
    alone = claim(billing=BillingProvider(DOCTOR, "1", TAX_ID))
    assert decide(judge(alone, INDIVIDUAL, payer=MEDICARE)) is PASS


# Row 9: Medicare's files contradict the roster.


@pytest.mark.parametrize(
    ("kind", "of_doctor", "code", "outcome"),
    [
        (L.PPEF, Listed(medicare=(PPEF_ENTRY,)), "MEDICARE_FILE_AGREES", PASS),
        (L.PPEF, Listed(), "MEDICARE_FILE_UNLISTED", WARN),
        (L.REVOKED, Listed(revoked_on=DOS), "MEDICARE_REVOKED", HOLD),
        (L.REVOKED, Listed(revoked_on=DOS + DAY), "ENROLLMENT_OK", PASS),
        (L.REVALIDATION, Listed(revalidation_due=TODAY - DAY), "MEDICARE_REVALIDATION_DUE", WARN),
        (L.REVALIDATION, Listed(revalidation_due=TODAY), "ENROLLMENT_OK", PASS),
    ],
)
def test_row_9_medicares_files_are_compared_with_the_roster(
    kind: ListKind, of_doctor: Listed, code: str, outcome: Outcome
) -> None:
    """For Medicare's claims only, and only where the file is loaded."""
    entries = {DOCTOR: of_doctor, GROUP: Listed(medicare=(PPEF_ENTRY,))}
    found = judge(claim(), *ENROLLED, payer=MEDICARE, shelf=shelf(kind, entries=entries))
    assert told(found, code).outcome is outcome
    assert decide(judge(claim(), *ENROLLED, payer=FEDERAL, shelf=shelf(kind, entries=entries))) is PASS
    assert decide(judge(claim(), *ENROLLED, payer=MEDICARE, shelf=shelf(L.TAXONOMY, entries=entries))) is PASS


# Row 10: who ordered or referred.


def ordered(procedure: str = "99213", role: str = "DN", modifiers: tuple[str, ...] = ()) -> Claim:
    one = replace(line(modifiers=modifiers), procedure=procedure)
    return claim(one, providers=(Provider("82", DOCTOR, "1"), Provider(role, REFERRER, "1")))


def order_list(entry: OrderRefer | None) -> dict[str, Any]:
    return {"shelf": shelf(L.ORDER_REFER, entries={REFERRER: Listed(order_refer=entry)} if entry else {})}


@pytest.mark.parametrize("role", ["DN", "DK"])
@pytest.mark.parametrize(
    ("procedure", "entry", "code", "outcome"),
    [
        ("99213", OrderRefer(part_b=True), "ORDER_REFER_LISTED", PASS),
        ("99213", None, "ORDER_REFER_NOT_LISTED_HERE", WARN),
        ("80053", OrderRefer(part_b=True), "ORDER_REFER_LISTED", PASS),
        ("80053", OrderRefer(dme=True), "ORDER_REFER_NOT_LISTED", HOLD),
        ("80053", None, "ORDER_REFER_NOT_LISTED", HOLD),
        ("0002U", None, "ORDER_REFER_NOT_LISTED", HOLD),
        ("71046", None, "ORDER_REFER_NOT_LISTED", HOLD),
        ("E0601", OrderRefer(dme=True), "ORDER_REFER_LISTED", PASS),
        ("E0601", OrderRefer(part_b=True), "ORDER_REFER_NOT_LISTED", HOLD),
        ("A4253", None, "ORDER_REFER_NOT_LISTED", HOLD),
        ("L1832", None, "ORDER_REFER_NOT_LISTED", HOLD),
        ("K0823", OrderRefer(power_mobility=True), "ORDER_REFER_LISTED", PASS),
        ("K0823", OrderRefer(dme=True), "ORDER_REFER_NOT_LISTED", HOLD),
        ("J1100", None, "ORDER_REFER_NOT_LISTED_HERE", WARN),
    ],
)
def test_row_10_medicare_checks_who_ordered(
    role: str, procedure: str, entry: OrderRefer | None, code: str, outcome: Outcome
) -> None:
    """Laboratory, imaging and equipment by their own column of the list; for anything else a gap only warns."""
    found = judge(ordered(procedure, role), *ENROLLED, payer=MEDICARE, **order_list(entry))
    assert told(found, code).outcome is outcome
    assert decide(judge(ordered(procedure, role), *ENROLLED, **order_list(entry))) is PASS


@pytest.mark.parametrize(
    ("facility", "entry", "code"),
    [
        ("32", OrderRefer(home_health=True), "ORDER_REFER_LISTED"),
        ("32", OrderRefer(part_b=True), "ORDER_REFER_NOT_LISTED"),
        ("81", OrderRefer(hospice=True), "ORDER_REFER_LISTED"),
        ("13", None, "ORDER_REFER_NOT_LISTED_HERE"),
    ],
)
def test_row_10_home_health_is_known_by_its_bill_type(facility: str, entry: OrderRefer | None, code: str) -> None:
    """Of an institutional claim the first two digits say what was ordered."""
    stay = replace(ordered(), kind=ClaimKind.INSTITUTIONAL, place_of_service=facility)
    found = judge(stay, *ENROLLED, payer=MEDICARE, **order_list(entry))
    assert [f.code for f in found if f.place == "2310F/NM109"] == [code]


def test_row_10_reading_an_image_needs_no_order() -> None:
    """The professional component is not checked by the list."""
    assert decide(judge(ordered("71046", modifiers=("26",)), *ENROLLED, payer=MEDICARE, **order_list(None))) is WARN


@pytest.mark.parametrize(
    ("last", "first", "code"),
    [
        ("BIRCHWOOD", "ANN", "ORDER_REFER_LISTED"),
        ("Birc", "A", "ORDER_REFER_LISTED"),
        ("", "", "ORDER_REFER_LISTED"),
        ("BIRDSONG", "ANN", "ORDER_REFER_NAME_DIFFERS"),
        ("BIRCHWOOD", "BEA", "ORDER_REFER_NAME_DIFFERS"),
    ],
)
def test_row_10_first_letters_of_the_name_are_compared(last: str, first: str, code: str) -> None:
    """As Medicare does, where both names are known."""
    known = order_list(OrderRefer(part_b=True, last_name=last, first_name=first))
    known["providers"] = (ProviderRecord(REFERRER, "1", "Birchwood", "Ann"),)
    assert told(judge(ordered(), *ENROLLED, payer=MEDICARE, **known), code)


def test_row_10_an_opt_out_or_a_record_may_allow_it() -> None:
    """Who opted out with the right to order, and whom the practice knows as enrolled to order, are good."""
    affidavit = {REFERRER: Listed(opt_outs=(OptOut(DOS, DOS, may_order=True),))}
    both = {"shelf": shelf(L.ORDER_REFER, L.OPT_OUT, entries=affidavit)}
    assert decide(judge(ordered("80053"), *ENROLLED, payer=MEDICARE, **both)) is PASS
    recorded = record(REFERRER, kind=K.ORDER_REFER)
    assert decide(judge(ordered("80053"), *ENROLLED, recorded, payer=MEDICARE, **order_list(None))) is PASS


# Row 11: who supervised or attended.


@pytest.mark.parametrize(
    ("role", "facility", "known", "code", "outcome"),
    [
        ("DQ", "11", False, "PROVIDER_UNKNOWN", WARN),
        ("DQ", "11", True, "PROVIDER_KNOWN", PASS),
        ("71", "13", False, "PROVIDER_UNKNOWN", WARN),
        ("71", "32", False, "ATTENDING_UNKNOWN", HOLD),
        ("71", "82", False, "ATTENDING_UNKNOWN", HOLD),
        ("71", "32", True, "PROVIDER_KNOWN", PASS),
        ("72", "32", False, "PROVIDER_UNKNOWN", WARN),
    ],
)
def test_row_11_supervising_and_attending_providers(
    role: str, facility: str, known: bool, code: str, outcome: Outcome
) -> None:
    """Not knowing warns; of home health and hospice for Medicare the attending provider must be known."""
    kind = ClaimKind.PROFESSIONAL if role == "DQ" else ClaimKind.INSTITUTIONAL
    one = claim(kind=kind, place_of_service=facility, providers=(Provider(role, REFERRER, "1"),))
    records = (GROUP_ACTIVE, *((record(REFERRER),) if known else ()))
    assert told(judge(one, *records, payer=MEDICARE), code).outcome is outcome
    assert decide(judge(one, *records)) <= WARN


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        (L.PPEF, Listed(medicare=(PPEF_ENTRY,))),
        (L.ORDER_REFER, Listed(order_refer=OrderRefer())),
        (L.OPT_OUT, Listed(opt_outs=(OptOut(None, None, True),))),
    ],
)
def test_row_11_medicares_lists_know_attending_providers_too(kind: ListKind, entry: Listed) -> None:
    """Enrolled, or opted out properly."""
    stay = claim(kind=ClaimKind.INSTITUTIONAL, place_of_service="32", providers=(Provider("71", REFERRER, "1"),))
    entries = {REFERRER: entry, GROUP: Listed(medicare=(PPEF_ENTRY,))}
    assert decide(judge(stay, GROUP_ACTIVE, payer=MEDICARE, shelf=shelf(kind, entries=entries))) is PASS


# Row 12: location and taxonomy.

SITE, OTHER_SITE = "2000000044", "2000000051"
AT_SITE = claim(providers=(Provider("82", DOCTOR, "1"), Provider("77", SITE, "2")))


@pytest.mark.parametrize(
    ("one", "locations", "code", "outcome"),
    [
        (AT_SITE, [SITE], "LOCATION_OK", PASS),
        (AT_SITE, [OTHER_SITE], "LOCATION_DIFFERS", HOLD),
        (AT_SITE, [OTHER_SITE, SITE], "LOCATION_OK", PASS),
        (AT_SITE, [OTHER_SITE, "*"], "ENROLLMENT_OK", PASS),
        (claim(), [GROUP], "LOCATION_OK", PASS),
        (claim(), [SITE], "LOCATION_DIFFERS", HOLD),
    ],
)
def test_row_12_the_place_of_service_is_on_file(one: Claim, locations: list[str], code: str, outcome: Outcome) -> None:
    """A strict payer holds, any other warns; without a facility the place is the billing provider's own."""
    records = [record(location=place, id=n) for n, place in enumerate(locations, 20)]
    assert told(judge(one, GROUP_ACTIVE, *records, payer=strict(Rule.LOCATION)), code).outcome is outcome
    assert decide(judge(one, GROUP_ACTIVE, *records)) is min(outcome, WARN)


@pytest.mark.parametrize(
    ("stated", "recorded", "own", "code", "outcome"),
    [
        ("207Q00000X", "207Q00000X", (), "TAXONOMY_OK", PASS),
        ("207Q00000X", "208000000X", (), "TAXONOMY_DIFFERS", HOLD),
        ("", "208000000X", (), "ENROLLMENT_OK", PASS),
        ("207Q00000X", "", (), "ENROLLMENT_OK", PASS),
        ("207Q00000X", "", ("208000000X", "207Q00000X"), "TAXONOMY_OK", PASS),
        ("207Q00000X", "", ("208000000X",), "TAXONOMY_DIFFERS", HOLD),
        ("207Q00000X", "207Q00000X", ("208000000X",), "TAXONOMY_OK", PASS),
    ],
)
@pytest.mark.parametrize("public", [True, False])
def test_row_12_the_taxonomy_is_on_file(
    stated: str, recorded: str, own: tuple[str, ...], code: str, outcome: Outcome, public: bool
) -> None:
    """What the payer has on file counts, else what the provider is by the registry or NPPES."""
    one = claim(providers=(Provider("82", DOCTOR, "1", taxonomy=stated),))
    entries = {DOCTOR: Listed(nppes=NppesEntry("1", taxonomies=own)), GROUP: LISTED_GROUP}
    mine = (ProviderRecord(DOCTOR, "1", taxonomies=own),)
    known: dict[str, Any] = {"shelf": shelf(L.NPPES, entries=entries)} if public else {"providers": mine}
    found = judge(one, GROUP_ACTIVE, record(taxonomy=recorded), payer=strict(Rule.TAXONOMY), **known)
    assert told(found, code).outcome is outcome
    assert decide(judge(one, GROUP_ACTIVE, record(taxonomy=recorded), **known)) is min(outcome, WARN)


# Row 13: licence and DEA.


@pytest.mark.parametrize(
    ("days", "code", "outcome"),
    [
        ([None], "LICENCE_VALID", PASS),
        ([31], "LICENCE_VALID", PASS),
        ([30], "LICENCE_EXPIRING", WARN),
        ([0], "LICENCE_EXPIRING", WARN),
        ([-1], "LICENCE_EXPIRED", HOLD),
        ([-1, 90], "LICENCE_VALID", PASS),
        ([-1, 9], "LICENCE_EXPIRING", WARN),
    ],
)
def test_row_13_a_licence_is_valid_on_the_day_of_service(days: list[int | None], code: str, outcome: Outcome) -> None:
    """The last of several counts, whatever state it is of."""
    held = [Credential(DOCTOR, CredentialKind.LICENCE, last_day=None if n is None else DOS + n * DAY) for n in days]
    assert told(judge(claim(), *ENROLLED, credentials=tuple(held)), code).outcome is outcome


@pytest.mark.parametrize(("left", "outcome"), [(0, PASS), (-1, WARN)])
def test_row_13_an_expired_dea_registration_only_warns(left: int, outcome: Outcome) -> None:
    """Not every service needs one."""
    held = Credential(DOCTOR, CredentialKind.DEA, last_day=DOS + left * DAY)
    assert decide(judge(claim(), *ENROLLED, credentials=(held,))) is outcome


@pytest.mark.parametrize("kind", [CredentialKind.BOARD, CredentialKind.CAQH, CredentialKind.MALPRACTICE])
def test_row_13_other_credentials_hold_nothing(kind: CredentialKind) -> None:
    """They are deadlines, not reasons to be denied for."""
    assert decide(judge(claim(), *ENROLLED, credentials=(Credential(DOCTOR, kind, last_day=DOS - DAY),))) is PASS


# Rows 14 and 15: electronic claims and remittances.


@pytest.mark.parametrize(
    ("kind", "yes", "no", "missing"),
    [
        (K.EDI_837, "EDI_AGREED", "EDI_NOT_AGREED", HOLD),
        (K.ERA_835, "ERA_AGREED", "ERA_NOT_AGREED", WARN),
    ],
)
def test_rows_14_and_15_agreements_about_files(kind: EnrollmentKind, yes: str, no: str, missing: Outcome) -> None:
    """Asked about on the day of sending, of our submitter; silent where nobody keeps such records."""

    def found(*agreements: Enrollment, payer: Payer = ALPHA, **known: Any) -> tuple[Finding, ...]:
        return judge(claim(), *ENROLLED, *agreements, payer=payer, submitter="US", **known)

    mine = record(GROUP, kind=kind, submitter="US", effective_from=TODAY, effective_to=TODAY)
    assert told(found(mine), yes).outcome is PASS
    assert told(found(replace(mine, submitter="*", effective_from=None, effective_to=None)), yes).outcome is PASS
    wrongs: list[dict[str, Any]] = [
        {"submitter": "THEM"},
        {"effective_from": TODAY + DAY, "effective_to": None},
        {"effective_from": None, "effective_to": TODAY - DAY},
        {"state": S.SUBMITTED},
        {"state": S.TERMED},
        {"tax_id": OTHER_TAX_ID},
    ]
    for wrong in wrongs:
        assert told(found(replace(mine, **wrong)), no).outcome is missing
    assert decide(found()) is PASS
    assert told(found(kept=frozenset({("alpha", kind)})), no).outcome is missing
    assert told(found(payer=strict(Rule.EDI if kind is K.EDI_837 else Rule.ERA)), no).outcome is missing
    loading = replace(mine, state=S.APPROVED_PENDING_LOAD, loads_on=TODAY)
    assert told(found(loading), yes).outcome is PASS
    assert told(found(replace(loading, loads_on=TODAY + DAY)), no).outcome is missing


# Row 18: exceptions (emergency, substitute, encounter and void on plain records are test_records.py's).


def test_row_18_an_agreement_on_one_case_releases() -> None:
    """Where the claim names the recorded agreement (REF*G1) and its dates hold the service."""
    agreed = record(state=S.OUT_OF_NETWORK, effective_from=DOS, effective_to=DOS, payer_assigned_id="SCA77", id=9)
    named = claim(prior_authorization="SCA77")
    assert told(judge(named, GROUP_ACTIVE, agreed), "SINGLE_CASE_AGREEMENT").evidence.startswith("record 9")
    assert decide(judge(claim(prior_authorization="AUTH1"), GROUP_ACTIVE, agreed)) is HOLD
    assert decide(judge(claim(), GROUP_ACTIVE, agreed)) is HOLD
    assert decide(judge(named, GROUP_ACTIVE, replace(agreed, effective_to=DOS - DAY))) is HOLD
    assert decide(judge(named, GROUP_ACTIVE, replace(agreed, payer="beta"))) is HOLD
    assert decide(judge(named, GROUP_ACTIVE, record(tax_id=OTHER_TAX_ID), agreed)) is PASS


@pytest.mark.parametrize(("days", "outcome"), [(60, PASS), (61, WARN)])
def test_row_18_a_substitute_stands_in_for_sixty_days(days: int, outcome: Outcome) -> None:
    """The first and the last day count."""
    away = {"away_since": {DOCTOR: DOS - (days - 1) * DAY}}
    assert decide(judge(claim(line(modifiers=("Q6",))), *ENROLLED, **away)) is outcome
    assert decide(judge(claim(), *ENROLLED, **away)) is PASS


def test_row_18_a_substitute_excuses_enrollment_and_nothing_else() -> None:
    """The regular physician is asked about all the same: NPI, exclusion, licence."""
    locum = claim(line(modifiers=("Q5",)))
    assert decide(judge(locum, GROUP_ACTIVE)) is WARN
    expired = (Credential(DOCTOR, CredentialKind.LICENCE, last_day=DOS - DAY),)
    assert told(judge(locum, *ENROLLED, credentials=expired), "LICENCE_EXPIRED").outcome is HOLD
    assert told(judge(locum, *ENROLLED, **nppes(None)), "NPI_NOT_FOUND").outcome is HOLD


def test_row_18_a_replacement_of_a_paid_claim_is_not_held() -> None:
    """The payer has shown that it pays; an exclusion stops it all the same."""
    one = claim(frequency="7")
    paid = judge_enrollment(one, ALPHA, Evidence(), TODAY, original_paid=True)
    assert decide(paid) is WARN
    assert all("paid the claim" in f.message for f in paid)
    assert decide(judge_enrollment(one, FEDERAL, Evidence(**excluded()), TODAY, original_paid=True)) is REJECT


def test_row_18_a_secondary_claim_asks_the_destination_payer_only() -> None:
    """Whoever paid first has nothing to do with it."""
    assert judge(claim(payer_responsibility="S"), *ENROLLED) == judge(claim(), *ENROLLED)


# A payer's answer in question.


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        (Question(4, DOCTOR, "alpha"), True),
        (Question(4, GROUP, "alpha"), True),
        (Question(4, DOCTOR, "alpha", DOS, DOS), True),
        (Question(4, DOCTOR, "alpha", DOS + DAY), False),
        (Question(4, DOCTOR, "alpha", None, DOS - DAY), False),
        (Question(4, DOCTOR, "beta"), False),
        (Question(4, COLLEAGUE, "alpha"), False),
    ],
)
def test_a_provider_in_question_is_held_for_the_days_in_question(question: Question, holds: bool) -> None:
    """Until a person accepts or dismisses the correction that it names."""
    found = judge(claim(), *ENROLLED, questions=(question,))
    assert (decide(found) is HOLD) is holds
    if holds:
        assert the(found, "ENROLLMENT_IN_QUESTION").evidence == "proposal 4"
        assert decide(judge(claim(line(emergency=True)), *ENROLLED, questions=(question,))) is HOLD
        assert decide(judge(claim(), *ENROLLED, questions=(question,), mode="RP")) is WARN


# Policies, and what every row has in common.


@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_can_be_turned_off_by_its_name(rule: Rule) -> None:
    """Its rows are then not asked, the others are."""
    asked = {row.rule for row in ROWS}
    assert rule in asked
    bad = {
        "shelf": shelf(*L, entries={DOCTOR: Listed(exclusions=(Exclusion(L.LEIE, None),), revoked_on=DOS)}),
        "credentials": (Credential(DOCTOR, CredentialKind.LICENCE, last_day=DOS - DAY),),
        "kept": frozenset({("alpha", K.EDI_837), ("alpha", K.ERA_835)}),
    }
    one = replace(ordered("80053"), providers=(*ordered().providers, Provider("DQ", COLLEAGUE, "1")))
    records = (GROUP_ACTIVE, record(location=SITE, taxonomy="207Q00000X", tax_id=OTHER_TAX_ID, recred_due=DOS))
    one = replace(one, providers=tuple(replace(p, taxonomy="208000000X") for p in one.providers))
    usual = {f.code for f in judge(one, *records, payer=MEDICARE, **bad)}
    off = {f.code for f in judge(one, *records, payer=strict(rule, payer=MEDICARE, policy=Policy.OFF), **bad)}
    assert off < usual


def test_the_table_is_whole_and_in_order() -> None:
    """Rows 3 to 15 and 18; the others are checks and the gate's own."""
    numbers = [row.number for row in ROWS]
    assert numbers == sorted(numbers)
    assert set(numbers) == {*range(3, 16), 18}
    assert all((row.clear is None) == (not row.lists) for row in ROWS)


def test_a_list_that_is_not_loaded_says_nothing() -> None:
    """Neither good nor bad, whatever stands in an old entry."""
    entry = Listed(
        exclusions=(Exclusion(L.LEIE, None),), opt_outs=(OptOut(None),), revoked_on=DOS, revalidation_due=DOS
    )
    known = {"shelf": shelf(L.TAXONOMY, entries={DOCTOR: entry})}
    assert judge(claim(), *ENROLLED, payer=MEDICARE, **known) == judge(claim(), *ENROLLED, payer=MEDICARE)


def test_a_pass_by_lists_is_said_once_with_the_editions() -> None:
    """Of all the providers, with kind, day and generation."""
    entries = {GROUP: LISTED_GROUP, DOCTOR: LISTED_DOCTOR}
    found = judge(claim(), *ENROLLED, shelf=shelf(L.NPPES, L.LEIE, L.SAM, entries=entries))
    assert the(found, "NPI_FOUND").evidence == f"nppes of {TODAY - 7 * DAY}, generation 3"
    assert the(found, "NOT_EXCLUDED").evidence.count("generation 3") == 2


def test_the_index_of_many_claims_says_what_the_records_say() -> None:
    """An index may hold other providers and payers too."""
    records = (*ENROLLED, record(COLLEAGUE, state=S.DENIED), record(payer="beta", state=S.DENIED))
    pairs: dict[tuple[str, str], tuple[Enrollment, ...]] = {}
    for one in records:
        pairs[one.provider_npi, one.payer] = (*pairs.get((one.provider_npi, one.payer), ()), one)
    assert judge(claim(), *records, pairs=pairs) == judge(claim(), *records)


# When time alone changes the verdict.


def loaded(kind: ListKind, **of_doctor: Any) -> Evidence:
    return Evidence(shelf=shelf(kind, dated=TODAY, entries={DOCTOR: Listed(**of_doctor)}))


@pytest.mark.parametrize(
    ("known", "day"),
    [
        (Evidence((record(observed_on=TODAY),)), TODAY + 181 * DAY),
        (Evidence((record(observed_on=None, revalidation_due=TODAY),)), TODAY + DAY),
        (Evidence((record(observed_on=None, recred_due=TODAY + 9 * DAY),)), TODAY + 10 * DAY),
        (Evidence((record(observed_on=None, decided_on=date(2024, 2, 29)),)), date(2027, 3, 1)),
        (Evidence((record(observed_on=None, state=S.APPROVED_PENDING_LOAD, loads_on=TODAY + DAY),)), TODAY + DAY),
        (Evidence((record(GROUP, observed_on=None, kind=K.EDI_837, effective_from=TODAY + DAY),)), TODAY + DAY),
        (Evidence((record(GROUP, observed_on=None, kind=K.ERA_835, effective_to=TODAY),)), TODAY + DAY),
        (Evidence((record(observed_on=None, effective_from=TODAY + DAY, effective_to=TODAY + DAY),)), None),
        (loaded(L.NPPES), TODAY + 36 * DAY),
        (loaded(L.PPEF), TODAY + 93 * DAY),
        (loaded(L.LEIE), None),
        (loaded(L.REVALIDATION, revalidation_due=TODAY), TODAY + DAY),
        (loaded(L.TAXONOMY, revalidation_due=TODAY), None),
    ],
)
def test_what_grows_old_names_its_day(known: Evidence, day: date | None) -> None:
    """Records, agreements and lists; a date of service stays what it was."""
    assert next_change(claim(), known, TODAY, MEDICARE) == day
    of_another = replace(MEDICARE, key="beta")
    assert next_change(claim(), replace(known, shelf=Evidence().shelf), TODAY, of_another) is None


def test_the_rest_of_a_record_has_no_thirty_days_of_its_own() -> None:
    """A record cut in two by a new one: Medicare's days stand before the first part alone."""
    old = record(kind=K.MEDICARE_INDIVIDUAL, tax_id=TAX_ID)
    stay = replace(old, state=S.SUBMITTED, effective_from=DOS - 5 * DAY, effective_to=DOS + 5 * DAY, id=0)
    added, _ = succession([old], [stay])
    parts = [one for one in added if one.state is S.ACTIVE]
    assert len(parts) == 2
    found = judge(claim(), GROUP_ACTIVE, *parts, payer=MEDICARE)
    assert told(found, "ENROLLMENT_STARTS_LATER").outcome is HOLD

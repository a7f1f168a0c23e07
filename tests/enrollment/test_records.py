"""The enrollment gate: who may bill this payer, judged by date of service, and why a claim waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.checks import decide
from gateway.enrollment import NEEDS_DECISION, Code, next_change, pairs_of
from gateway.enrollment.words import WORDS
from gateway.model.claims import BillingProvider, Claim, ClaimKind, Outcome, Provider
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.evidence import Evidence
from gateway.model.partners import Payer
from tests.enrollment.world import (
    ALPHA,
    COLLEAGUE,
    DAY,
    DOCTOR,
    DOS,
    GROUP,
    GROUP_ACTIVE,
    LEARNING,
    OPEN_NETWORK,
    OTHER_TAX_ID,
    OVER_STATES,
    PENDING_STATES,
    TAX_ID,
    TODAY,
    S,
    claim,
    codes,
    judge,
    line,
    record,
    the,
)  # fmt: skip

# What one record means for one day.

LENIENT = {"ENROLLMENT_OK": Outcome.PASS, "ENROLLMENT_REVALIDATION_DUE": Outcome.WARN}


@pytest.mark.parametrize(
    ("of_record", "expected"),
    [
        ({}, "ENROLLMENT_OK"),
        ({"effective_from": DOS}, "ENROLLMENT_OK"),
        ({"effective_to": DOS}, "ENROLLMENT_OK"),
        ({"effective_from": DOS, "effective_to": DOS}, "ENROLLMENT_OK"),
        ({"effective_from": DOS + DAY}, "ENROLLMENT_STARTS_LATER"),
        ({"effective_to": DOS - DAY}, "ENROLLMENT_ENDED"),
        ({"effective_from": DOS + DAY, "retro_from": DOS}, "ENROLLMENT_OK"),
        ({"effective_from": DOS + 9 * DAY, "retro_from": DOS + DAY}, "ENROLLMENT_STARTS_LATER"),
        ({"effective_from": DOS, "retro_from": DOS + DAY}, "ENROLLMENT_OK"),
        ({"effective_from": None}, "ENROLLMENT_UNDATED"),
        ({"effective_from": None, "effective_to": DOS}, "ENROLLMENT_UNDATED"),
        ({"effective_from": None, "effective_to": DOS - DAY}, "ENROLLMENT_ENDED"),
        ({"effective_from": None, "retro_from": DOS}, "ENROLLMENT_OK"),
        ({"effective_from": DOS + DAY, "effective_to": DOS - DAY}, "ENROLLMENT_UNDATED"),
        ({"state": S.ACTIVE_REVALIDATION_DUE}, "ENROLLMENT_REVALIDATION_DUE"),
        ({"state": S.ACTIVE_REVALIDATION_DUE, "effective_to": DOS - DAY}, "ENROLLMENT_ENDED"),
        ({"state": S.APPROVED_PENDING_LOAD}, "ENROLLMENT_PENDING"),
        ({"state": S.APPROVED_PENDING_LOAD, "effective_from": DOS}, "ENROLLMENT_PENDING"),
        ({"state": S.APPROVED_PENDING_LOAD, "effective_from": DOS + DAY}, "ENROLLMENT_STARTS_LATER"),
        ({"state": S.APPROVED_PENDING_LOAD, "effective_from": None}, "ENROLLMENT_PENDING"),
        ({"state": S.DENIED}, "ENROLLMENT_DENIED"),
        ({"state": S.DENIED, "effective_from": None}, "ENROLLMENT_DENIED"),
        ({"state": S.OUT_OF_NETWORK}, "OUT_OF_NETWORK"),
        ({"state": S.OUT_OF_NETWORK, "effective_from": None}, "OUT_OF_NETWORK"),
        ({"state": S.OUT_OF_NETWORK, "effective_from": DOS}, "OUT_OF_NETWORK"),
        ({"state": S.OUT_OF_NETWORK, "effective_to": DOS}, "OUT_OF_NETWORK"),
        ({"state": S.OUT_OF_NETWORK, "effective_to": DOS - DAY}, "ENROLLMENT_UNKNOWN"),
        ({"state": S.OUT_OF_NETWORK, "effective_from": DOS + DAY}, "ENROLLMENT_UNKNOWN"),
        ({"effective_from": DOS - DAY, "effective_to": DOS - DAY}, "ENROLLMENT_ENDED"),
        *(({"state": state}, "ENROLLMENT_PENDING") for state in PENDING_STATES),
        *(({"state": state, "effective_to": DOS}, "ENROLLMENT_OK") for state in OVER_STATES),
        *(({"state": state, "effective_to": DOS - DAY}, "ENROLLMENT_ENDED") for state in OVER_STATES),
        *(({"state": state}, "ENROLLMENT_ENDED") for state in OVER_STATES),
    ],
)
def test_a_record_is_judged_by_the_date_of_service(of_record: dict[str, Any], expected: str) -> None:
    """State and interval, both ends inclusive, decide over the day of the service and never over today."""
    findings = judge(claim(), GROUP_ACTIVE, record(**of_record))
    assert codes(findings)[0] == expected
    assert decide(findings) is LENIENT.get(expected, Outcome.HOLD)


@pytest.mark.parametrize("state", list(EnrollmentState))
def test_every_state_is_judged(state: EnrollmentState) -> None:
    """No state of an enrollment is left without an answer."""
    findings = judge(claim(), GROUP_ACTIVE, record(state=state))
    assert codes(findings)[0] != "ENROLLMENT_UNKNOWN"


def test_every_code_has_words_that_name_no_value() -> None:
    """Whatever is held says that it is an expectation and what to do next."""
    assert set(WORDS) == set(Code)
    for code, words in WORDS.items():
        assert words.outcome is Outcome.PASS or words.next_step, code
        if words.outcome is Outcome.HOLD and code is not Code.NO_DATE:
            assert words.message.startswith("Expected to be denied because "), code


@pytest.mark.parametrize(
    ("code", "decides"),
    [
        ("ENROLLMENT_PENDING", False),
        ("ENROLLMENT_UNKNOWN", False),
        ("ENROLLMENT_NOT_LINKED", False),
        ("ENROLLMENT_STARTS_LATER", True),
        ("ENROLLMENT_ENDED", True),
        ("ENROLLMENT_DENIED", True),
        ("OUT_OF_NETWORK", True),
        ("ENROLLMENT_SPLIT_NEEDED", True),
    ],
)
def test_not_yet_payable_is_told_apart_from_never(code: str, decides: bool) -> None:
    """Waiting can cure the one; the other needs a person, and both are known by code."""
    assert (code in NEEDS_DECISION) is decides


# Several records.


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([record(effective_to=DOS - DAY), record()], "ENROLLMENT_OK"),
        ([record(state=S.DENIED), record()], "ENROLLMENT_OK"),
        ([record(state=S.ACTIVE_REVALIDATION_DUE), record()], "ENROLLMENT_OK"),
        ([record(effective_to=DOS - DAY), record(effective_from=DOS + DAY)], "ENROLLMENT_STARTS_LATER"),
        ([record(effective_to=DOS - DAY), record(state=S.SUBMITTED)], "ENROLLMENT_PENDING"),
        ([record(effective_to=DOS - DAY), record(state=S.DENIED)], "ENROLLMENT_DENIED"),
        ([record(effective_to=DOS - DAY), record(state=S.OUT_OF_NETWORK)], "OUT_OF_NETWORK"),
        ([record(state=S.DENIED), record(state=S.SUBMITTED)], "ENROLLMENT_PENDING"),
        ([record(state=S.DENIED), record(effective_from=DOS + DAY)], "ENROLLMENT_STARTS_LATER"),
        ([record(state=S.DENIED), record(state=S.OUT_OF_NETWORK)], "ENROLLMENT_DENIED"),
        ([record(effective_from=None), record(effective_from=DOS + DAY)], "ENROLLMENT_UNDATED"),
        ([record(payer="beta")], "ENROLLMENT_UNKNOWN"),
        ([record(COLLEAGUE)], "ENROLLMENT_UNKNOWN"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_any_record_that_covers_the_day_passes(records: list[Enrollment], expected: str, turn: int) -> None:
    """One good record is enough; without one the reason that leaves most to be done is told, in any order."""
    assert codes(judge(claim(), *[GROUP_ACTIVE, *records][::turn]))[0] == expected


def test_a_reason_cites_the_records_that_give_it() -> None:
    """Evidence names record, source and the day it was seen, and only of the records that speak."""
    findings = judge(claim(), GROUP_ACTIVE, record(state=S.SUBMITTED, id=9), record(effective_to=DOS - DAY, id=8))
    held = the(findings, "ENROLLMENT_PENDING")
    assert held.evidence == "record 9, source roster, observed 2026-11-01"


def test_missing_evidence_is_admitted() -> None:
    """A record without source or day says so, and no record at all gives no evidence."""
    loose = record(source="", observed_on=None, id=0)
    passed = the([f for f in judge(claim(), GROUP_ACTIVE, loose) if f.place == "2310B/NM109"], "ENROLLMENT_OK")
    assert passed.evidence == "a record not yet stored, source not recorded, day observed not recorded"
    assert the(judge(claim(), GROUP_ACTIVE), "ENROLLMENT_UNKNOWN").evidence == ""


@pytest.mark.parametrize(("age", "expected"), [(180, "ENROLLMENT_OK"), (181, "ENROLLMENT_EVIDENCE_OLD")])
def test_old_evidence_warns(age: int, expected: str) -> None:
    """What nobody has looked at for more than 180 days still passes, with a warning."""
    seen = record(observed_on=TODAY - age * DAY)
    findings = judge(claim(), GROUP_ACTIVE, seen)
    assert codes(findings) == [expected, "ENROLLMENT_LINKED"]
    assert decide(findings) is (Outcome.PASS if age == 180 else Outcome.WARN)


def test_fresh_evidence_outweighs_old() -> None:
    """An old record does not spoil what a fresh one proves."""
    old = record(observed_on=date(2025, 1, 1), id=8)
    assert codes(judge(claim(), GROUP_ACTIVE, old, record()))[0] == "ENROLLMENT_OK"


# Ranges of days.


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (DOS, DOS + 3 * DAY, "ENROLLMENT_OK"),
        (DOS - DAY, DOS, "ENROLLMENT_SPLIT_NEEDED"),
        (DOS + 9 * DAY, DOS + 10 * DAY, "ENROLLMENT_SPLIT_NEEDED"),
        (DOS - DAY, DOS + 10 * DAY, "ENROLLMENT_SPLIT_NEEDED"),
        (DOS - 2 * DAY, DOS - DAY, "ENROLLMENT_STARTS_LATER"),
        (DOS + 10 * DAY, DOS + 11 * DAY, "ENROLLMENT_ENDED"),
        (DOS + 3 * DAY, DOS - DAY, "ENROLLMENT_SPLIT_NEEDED"),
    ],
)
def test_every_day_of_a_range_must_be_covered(first: date, last: date, expected: str) -> None:
    """A range that is covered in part needs a split; a reversed one is read as the days it spans."""
    rendering = record(effective_from=DOS, effective_to=DOS + 9 * DAY)
    assert codes(judge(claim(line(1, first, last)), GROUP_ACTIVE, rendering))[0] == expected


@pytest.mark.parametrize(("gap", "expected"), [(1, "ENROLLMENT_OK"), (2, "ENROLLMENT_SPLIT_NEEDED")])
def test_two_records_cover_a_range_only_without_a_gap(gap: int, expected: str) -> None:
    """A renewal on the next day is unbroken; one day between is a day outside."""
    before, after = record(effective_to=DOS), record(effective_from=DOS + gap * DAY)
    assert codes(judge(claim(line(1, DOS - DAY, DOS + 3 * DAY)), GROUP_ACTIVE, after, before))[0] == expected


def test_a_line_without_a_date_takes_the_claims() -> None:
    """The claim's days stand in for a line that states none; without any nothing can pass."""
    undated = claim(line(1, None), first_day=DOS, last_day=DOS)
    assert codes(judge(undated, GROUP_ACTIVE, record())) == ["ENROLLMENT_OK", "ENROLLMENT_LINKED"]
    nothing = judge(claim(line(1, None)), GROUP_ACTIVE, record())
    assert {f.code for f in nothing} == {"ENROLLMENT_NO_DATE"}
    assert decide(nothing) is Outcome.HOLD


# Who is asked about.


def test_a_clean_claim_says_who_was_found_enrolled() -> None:
    """Passes are findings too: billing provider, rendering provider and their link, each with evidence."""
    findings = judge(claim(), GROUP_ACTIVE, record())
    assert [(f.place, f.code) for f in findings] == [
        ("2010AA/NM109", "ENROLLMENT_OK"),
        ("2310B/NM109", "ENROLLMENT_OK"),
        ("2310B/NM109", "ENROLLMENT_LINKED"),
    ]
    assert all(f.outcome is Outcome.PASS and f.evidence for f in findings)


def test_the_lines_own_rendering_provider_counts_for_that_line() -> None:
    """2420A speaks for its line, 2310B for the others, and a held line is named."""
    two = claim(line(1), line(2), providers=(Provider("82", DOCTOR, "1"), Provider("82", COLLEAGUE, "1", line=2)))
    findings = judge(two, GROUP_ACTIVE, record())
    assert codes(findings, "2310B/NM109") == ["ENROLLMENT_OK", "ENROLLMENT_LINKED"]
    held = the(findings, "ENROLLMENT_UNKNOWN")
    assert (held.place, held.line, held.outcome) == ("2420A/NM109", 2, Outcome.HOLD)
    assert decide(judge(two, GROUP_ACTIVE, record(), record(COLLEAGUE))) is Outcome.PASS


def test_a_line_override_alone_leaves_other_lines_to_the_billing_provider() -> None:
    """Without 2310B a line with no 2420A of its own asks about the billing provider only."""
    one_override = claim(line(1), line(2), providers=(Provider("82", DOCTOR, "1", line=2),))
    assert {f.line for f in judge(one_override, GROUP_ACTIVE) if f.place == "2420A/NM109"} == {2}
    assert codes(judge(one_override, GROUP_ACTIVE), "2310B/NM109") == []


@pytest.mark.parametrize("entity_type", ["1", "2"])
def test_without_a_rendering_provider_the_billing_provider_stands_for_both(entity_type: str) -> None:
    """A person bills for himself and an organization as such: one provider is asked about."""
    alone = claim(billing=BillingProvider(GROUP, entity_type, TAX_ID), providers=())
    findings = judge(alone, GROUP_ACTIVE)
    assert [(f.place, f.code) for f in findings] == [("2010AA/NM109", "ENROLLMENT_OK")]
    assert codes(judge(alone), "2010AA/NM109") == ["ENROLLMENT_UNKNOWN"]


@pytest.mark.parametrize("role", ["DN", "DQ", "DK", "77", "71", "P3"])
def test_other_roles_are_not_taken_for_the_rendering_provider(role: str) -> None:
    """Who referred, ordered or supervised is nobody whose enrollment holds a commercial claim."""
    findings = judge(claim(providers=(Provider(role, COLLEAGUE, "1"),)), GROUP_ACTIVE)
    assert codes(findings, "2010AA/NM109") == ["ENROLLMENT_OK"]
    assert {f.code for f in findings if f.place != "2010AA/NM109"} <= {"PROVIDER_UNKNOWN"}


def test_a_billing_provider_that_is_not_enrolled_holds() -> None:
    """The rendering provider's enrollment does not help a group that has none."""
    findings = judge(claim(), record())
    assert codes(findings, "2010AA/NM109") == ["ENROLLMENT_UNKNOWN"]
    assert decide(findings) is Outcome.HOLD


def test_an_atypical_billing_provider_is_known_by_the_payers_number() -> None:
    """Without an NPI the number the payer gave is looked up, and it is the place to look at."""
    atypical = claim(billing=BillingProvider("", "2", TAX_ID, secondary_id="PN77"), providers=())
    findings = judge(atypical, record("PN77", billing_npi="PN77"))
    assert [(f.place, f.code) for f in findings] == [("2010BB/REF02", "ENROLLMENT_OK")]
    for npi, secondary_id in ((GROUP, "PN77"), ("", "")):
        other = replace(atypical, billing=BillingProvider(npi, "2", TAX_ID, secondary_id=secondary_id))
        assert codes(judge(other, record("PN77")), "2010AA/NM109") == ["ENROLLMENT_UNKNOWN"]


def test_a_provider_without_any_number_is_unknown() -> None:
    """A rendering provider named without an NPI matches no record, not even one without."""
    nameless = claim(providers=(Provider("82", "", "1"),))
    assert codes(judge(nameless, GROUP_ACTIVE, record(""))) == ["ENROLLMENT_UNKNOWN"]


def test_an_institutional_claim_asks_about_the_facility_over_its_statement() -> None:
    """The statement dates count and no rendering provider is needed."""
    stay = claim(kind=ClaimKind.INSTITUTIONAL, first_day=DOS - DAY, last_day=DOS + DAY)
    facility = record(GROUP, effective_from=DOS)
    findings = judge(stay, facility)
    assert [(f.place, f.code, f.line) for f in findings] == [("2010AA/NM109", "ENROLLMENT_SPLIT_NEEDED", None)]
    assert decide(judge(stay, GROUP_ACTIVE)) is Outcome.PASS


def test_what_is_true_of_every_line_is_said_once() -> None:
    """Lines are named only where they differ."""
    same = judge(claim(line(1), line(2), line(3)), GROUP_ACTIVE)
    assert [(f.code, f.line) for f in same] == [("ENROLLMENT_OK", None), ("ENROLLMENT_UNKNOWN", None)]
    differing = judge(claim(line(1), line(2, DOS + DAY)), GROUP_ACTIVE, record(effective_from=DOS + DAY))
    held = the(differing, "ENROLLMENT_STARTS_LATER")
    assert held.line == 1
    assert {f.line for f in differing if f.code == "ENROLLMENT_LINKED"} == {2}


# The link.


@pytest.mark.parametrize(
    ("of_record", "expected"),
    [
        ({"tax_id": TAX_ID, "billing_npi": GROUP}, ["ENROLLMENT_OK", "ENROLLMENT_LINKED"]),
        ({"tax_id": "99-9990001"}, ["ENROLLMENT_OK", "ENROLLMENT_LINKED"]),
        ({"tax_id": OTHER_TAX_ID}, ["ENROLLMENT_OK", "ENROLLMENT_NOT_LINKED"]),
        ({"billing_npi": COLLEAGUE}, ["ENROLLMENT_OK", "ENROLLMENT_NOT_LINKED"]),
        ({"tax_id": OTHER_TAX_ID, "effective_to": DOS - DAY}, ["ENROLLMENT_ENDED"]),
    ],
)
def test_the_rendering_provider_must_be_linked_to_this_tax_id(of_record: dict[str, Any], expected: list[str]) -> None:
    """Being enrolled elsewhere is not enough; where nothing covers the day, the link is no further reason."""
    assert codes(judge(claim(), GROUP_ACTIVE, record(**of_record))) == expected


def test_a_link_that_starts_later_holds_though_the_provider_is_enrolled_elsewhere() -> None:
    """Row by row: the provider is enrolled on the day, the link is not there yet."""
    elsewhere = record(tax_id=OTHER_TAX_ID, id=2)
    here = record(tax_id=TAX_ID, effective_from=DOS + DAY, id=3)
    findings = judge(claim(), GROUP_ACTIVE, elsewhere, here)
    assert codes(findings) == ["ENROLLMENT_OK", "ENROLLMENT_STARTS_LATER"]
    assert "record 3" in the(findings, "ENROLLMENT_STARTS_LATER").evidence


def test_the_reason_is_that_of_the_link_billed_under() -> None:
    """Where the provider is enrolled nowhere on the day, what happens elsewhere explains nothing."""
    here = record(tax_id=TAX_ID, effective_to=DOS - DAY)
    elsewhere = record(tax_id=OTHER_TAX_ID, state=S.SUBMITTED)
    assert codes(judge(claim(), GROUP_ACTIVE, here, elsewhere)) == ["ENROLLMENT_ENDED"]


# A record for any tax id, and a no that names this one.

NAMED = record(tax_id=TAX_ID, id=3)
OF_THIS_YEAR = record(id=2)


@pytest.mark.parametrize(
    ("no", "expected"),
    [
        (replace(NAMED, state=S.DENIED), "ENROLLMENT_DENIED"),
        (replace(NAMED, state=S.DENIED, effective_from=DOS), "ENROLLMENT_DENIED"),
        (replace(NAMED, state=S.DENIED, effective_from=DOS - 9 * DAY, effective_to=DOS), "ENROLLMENT_DENIED"),
        (replace(NAMED, state=S.DENIED, effective_from=None), "ENROLLMENT_DENIED"),
        (replace(NAMED, state=S.DENIED, tax_id="*", billing_npi=GROUP), "ENROLLMENT_DENIED"),
        (replace(NAMED, state=S.DENIED, tax_id="*", line_of_business="CI"), "ENROLLMENT_DENIED"),
        (replace(NAMED, state=S.DENIED, tax_id="*", location=GROUP), "ENROLLMENT_DENIED"),
        (replace(NAMED, state=S.DENIED, tax_id="99-9990001"), "ENROLLMENT_DENIED"),
        *((replace(NAMED, state=state, effective_to=DOS - DAY), "ENROLLMENT_ENDED") for state in OVER_STATES),
        (replace(NAMED, state=S.TERMED), "ENROLLMENT_ENDED"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_a_later_no_for_this_tax_id_outweighs_a_yes_for_any(no: Enrollment, expected: str, turn: int) -> None:
    """Whoever turned this link down, or ended it, said more than the record that names none."""
    findings = judge(claim(), GROUP_ACTIVE, *[OF_THIS_YEAR, no][::turn])
    assert codes(findings) == [expected]
    assert the(findings, expected).evidence.startswith("record 3,")


@pytest.mark.parametrize(
    "no",
    [
        replace(NAMED, state=S.DENIED, effective_from=DOS + DAY),
        replace(NAMED, state=S.DENIED, effective_to=DOS - DAY),
        replace(NAMED, state=S.TERMED, effective_to=DOS),
        replace(NAMED, state=S.DENIED, tax_id=OTHER_TAX_ID),
        replace(NAMED, state=S.TERMED, effective_to=DOS - DAY, tax_id=OTHER_TAX_ID),
        replace(NAMED, state=S.DENIED, tax_id="*", billing_npi=COLLEAGUE),
        replace(NAMED, state=S.DENIED, line_of_business="MB"),
        replace(NAMED, state=S.DENIED, location=COLLEAGUE),
        replace(NAMED, state=S.DENIED, payer="beta"),
        replace(NAMED, state=S.DENIED, kind=EnrollmentKind.MEDICAID),
        replace(NAMED, state=S.SUBMITTED),
    ],
)
def test_a_no_of_other_days_or_for_others_outweighs_nothing(no: Enrollment) -> None:
    """It must mean this day, this tax id and billing NPI, this line of business and place, and the same enrollment."""
    assert codes(judge(claim(), GROUP_ACTIVE, OF_THIS_YEAR, no)) == ["ENROLLMENT_OK", "ENROLLMENT_LINKED"]


@pytest.mark.parametrize(
    "no",
    [
        replace(NAMED, state=S.DENIED),
        replace(NAMED, state=S.TERMED, effective_to=DOS - 6 * DAY),
        replace(NAMED, state=S.TERMED, observed_on=DOS - 6 * DAY),
        replace(NAMED, state=S.DENIED, effective_from=None, decided_on=DOS - 6 * DAY),
    ],
)
def test_what_began_after_the_no_is_a_new_approval(no: Enrollment) -> None:
    """A yes for any tax id that begins behind the end or the denial stands; one that began on its day does not."""
    after = replace(OF_THIS_YEAR, effective_from=DOS - 5 * DAY)
    assert codes(judge(claim(), GROUP_ACTIVE, after, no))[0] == "ENROLLMENT_OK"
    retro = replace(OF_THIS_YEAR, effective_from=DOS + DAY, retro_from=DOS - 8 * DAY)
    assert codes(judge(claim(), GROUP_ACTIVE, retro, no))[0] == "ENROLLMENT_OK"
    if no.effective_to:
        assert codes(judge(claim(), GROUP_ACTIVE, replace(after, effective_from=no.effective_to), no)) == [
            "ENROLLMENT_ENDED"
        ]


def test_a_yes_that_names_more_than_the_no_stands() -> None:
    """A denial for any tax id leaves the enrollment under this one as it is, as does one that names the same."""
    for no in (replace(NAMED, state=S.DENIED, tax_id="*"), replace(NAMED, state=S.DENIED)):
        assert codes(judge(claim(), GROUP_ACTIVE, NAMED, no))[0] == "ENROLLMENT_OK"


def test_days_on_both_sides_of_an_end_need_a_split() -> None:
    """Until the end the record for any tax id counts, and says itself that a part is payable."""
    crossing = claim(line(1, DOS, DOS + 2 * DAY))
    termed = replace(NAMED, state=S.TERMED, effective_from=None, effective_to=DOS)
    assert codes(judge(crossing, GROUP_ACTIVE, OF_THIS_YEAR, termed)) == ["ENROLLMENT_SPLIT_NEEDED"]


def test_a_no_to_the_billing_provider_counts_likewise() -> None:
    """Row 6: the group is enrolled under any tax id, and its enrollment under this one has lapsed."""
    lapsed = record(GROUP, S.LAPSED, tax_id=TAX_ID, effective_to=DOS - DAY)
    assert codes(judge(claim(), GROUP_ACTIVE, record(), lapsed), "2010AA/NM109") == ["ENROLLMENT_ENDED"]


def test_out_of_network_contradicts_no_end() -> None:
    """Whoever left the network is out of it, and billable where the payer pays for that."""
    termed = replace(NAMED, state=S.TERMED, effective_to=DOS - DAY)
    outside = record(state=S.OUT_OF_NETWORK, effective_from=None)
    found = codes(judge(claim(), GROUP_ACTIVE, outside, termed, payer=OPEN_NETWORK))
    assert found[0] == "OUT_OF_NETWORK_BILLABLE"


@pytest.mark.parametrize(
    ("no", "agreed"),
    [
        ({"state": S.DENIED}, False),
        ({"state": S.TERMED, "effective_to": TODAY - DAY}, False),
        ({"state": S.TERMED, "effective_to": TODAY}, True),
        ({"state": S.DENIED, "effective_from": TODAY + DAY}, True),
        ({"state": S.DENIED, "submitter": "THEM"}, True),
    ],
)
def test_an_agreement_for_any_submitter_gives_way_to_a_no_to_ours(no: dict[str, Any], agreed: bool) -> None:
    """Row 14, by today: what the payer says of our own submitter id counts, from its day on."""
    of_any = record(GROUP, kind=EnrollmentKind.EDI_837)
    ours = replace(record(GROUP, kind=EnrollmentKind.EDI_837, submitter="US"), **no)
    findings = judge(claim(), GROUP_ACTIVE, record(), of_any, ours, submitter="US")
    assert ("EDI_AGREED" in codes(findings, "2010AA/NM109")) is agreed
    change = next_change(claim(), Evidence((of_any, ours)), TODAY)
    assert change is None or change > TODAY
    if agreed and ours.submitter == "US":
        assert change == TODAY + DAY


def test_a_billing_provider_under_another_tax_id_holds() -> None:
    """The group is enrolled, but not under the tax id it bills with."""
    findings = judge(claim(), record(GROUP, tax_id=OTHER_TAX_ID), record())
    assert codes(findings, "2010AA/NM109") == ["ENROLLMENT_NOT_LINKED"]


# Payers that differ.


def test_a_learning_payer_warns_about_what_nobody_recorded() -> None:
    """Unknown only warns while the records are gathered; what is known to be wrong still holds."""
    findings = judge(claim(), GROUP_ACTIVE, payer=LEARNING)
    assert the(findings, "ENROLLMENT_UNKNOWN").outcome is Outcome.WARN
    assert decide(judge(claim(), GROUP_ACTIVE, record(state=S.SUBMITTED), payer=LEARNING)) is Outcome.HOLD


def test_a_payer_billable_out_of_network_warns() -> None:
    """Out of network passes with a warning there, also where it follows on an ended enrollment."""
    outside = record(state=S.OUT_OF_NETWORK, effective_from=DOS)
    assert codes(judge(claim(), GROUP_ACTIVE, outside, payer=OPEN_NETWORK))[0] == "OUT_OF_NETWORK_BILLABLE"
    crossing = claim(line(1, DOS - DAY, DOS))
    ended = record(effective_to=DOS - DAY)
    assert codes(judge(crossing, GROUP_ACTIVE, outside, ended, payer=OPEN_NETWORK))[0] == "OUT_OF_NETWORK_BILLABLE"
    assert codes(judge(crossing, GROUP_ACTIVE, outside, payer=OPEN_NETWORK))[0] == "ENROLLMENT_SPLIT_NEEDED"


# Exceptions that stand on the claim.


def test_a_void_is_never_held() -> None:
    """Taking a claim back needs no enrollment."""
    findings = judge(claim(frequency="8"))
    assert [(f.code, f.outcome) for f in findings] == [("ENROLLMENT_VOID", Outcome.PASS)]


def test_a_replacement_is_judged_like_an_original() -> None:
    """Frequency 7 takes the same test by date of service."""
    assert judge(claim(frequency="7")) == judge(claim())


@pytest.mark.parametrize(
    "emergency",
    [
        claim(line(emergency=True)),
        claim(line(place_of_service="23")),
        claim(place_of_service="23"),
    ],
)
def test_an_emergency_only_warns(emergency: Claim) -> None:
    """Emergency services are payable out of network, so a hold becomes a warning that says why."""
    findings = judge(emergency)
    assert decide(findings) is Outcome.WARN
    assert all("emergency" in f.message for f in findings)


def test_an_emergency_on_one_line_excuses_no_other() -> None:
    """The line without the mark is held as before, also where the claim's own place is an emergency room."""
    mixed = claim(line(1), line(2, emergency=True))
    assert {f.line for f in judge(mixed, GROUP_ACTIVE) if f.outcome is Outcome.HOLD} == {1}
    elsewhere = claim(line(1, place_of_service="11"), place_of_service="23")
    assert decide(judge(elsewhere, GROUP_ACTIVE)) is Outcome.HOLD


@pytest.mark.parametrize("modifier", ["Q5", "Q6"])
def test_a_substitutes_line_only_warns_about_the_rendering_provider(modifier: str) -> None:
    """Locum and reciprocal billing excuse the rendering provider, never the billing provider."""
    locum = claim(line(modifiers=("25", modifier)))
    assert decide(judge(locum, GROUP_ACTIVE, record(state=S.TERMED, effective_to=DOS - DAY))) is Outcome.WARN
    assert decide(judge(locum, record())) is Outcome.HOLD


def test_an_encounter_report_only_warns() -> None:
    """BHT06 = RP asks for no payment."""
    findings = judge(claim(line(1, None), line(2)), mode="RP")
    assert decide(findings) is Outcome.WARN
    assert {f.code for f in findings if f.outcome is Outcome.WARN} >= {"ENROLLMENT_UNKNOWN"}


# Which claims a changed record concerns, and when time alone changes a verdict.


def test_pairs_name_every_provider_that_decides() -> None:
    """Everybody who is named, since lists and answers speak of every role, with the tax id and NPI billed under."""
    providers = (Provider("82", DOCTOR, "1"), Provider("82", COLLEAGUE, "1", line=2), Provider("DN", "2000000036", "1"))
    assert pairs_of(claim(line(1), line(2), providers=providers)) == {
        (GROUP, TAX_ID, GROUP),
        (DOCTOR, TAX_ID, GROUP),
        (COLLEAGUE, TAX_ID, GROUP),
        ("2000000036", TAX_ID, GROUP),
    }


def test_pairs_leave_out_who_has_no_number() -> None:
    """Nothing can be looked up by an empty number."""
    nobody = claim(billing=BillingProvider("", "2", TAX_ID), providers=(Provider("82", "", "1"),))
    assert pairs_of(nobody) == set()


def test_only_ageing_evidence_changes_a_verdict_by_itself() -> None:
    """The gate judges by date of service, so nothing but 181 days without a look brings a change."""
    two = [record(observed_on=TODAY), record(GROUP, observed_on=TODAY - DAY)]
    assert next_change(claim(), Evidence(tuple(two)), TODAY) == TODAY + 180 * DAY
    assert next_change(claim(), Evidence((record(observed_on=TODAY - 181 * DAY),)), TODAY) is None
    unaffected = [record(observed_on=None), record(state=S.SUBMITTED), record(COLLEAGUE)]
    assert next_change(claim(), Evidence(tuple(unaffected)), TODAY) is None
    assert next_change(claim(), Evidence((record(observed_on=date.max),)), TODAY) == date.max


# Properties over all records and claims of a small world.

BASE = date(2026, 7, 1)
days = st.integers(0, 12).map(lambda count: BASE + count * DAY)
maybe_days = st.none() | days
seen = st.none() | st.integers(150, 200).map(lambda age: TODAY - age * DAY)
enrollments = st.builds(
    Enrollment,
    provider_npi=st.sampled_from([GROUP, DOCTOR, COLLEAGUE]),
    payer=st.sampled_from(["alpha", "alpha", "alpha", "beta"]),
    state=st.sampled_from([*EnrollmentState, S.ACTIVE, S.ACTIVE, S.TERMED]),
    effective_from=maybe_days,
    effective_to=maybe_days,
    retro_from=st.none() | st.none() | days,
    tax_id=st.sampled_from(["*", "*", TAX_ID, OTHER_TAX_ID]),
    billing_npi=st.sampled_from(["*", "*", GROUP, COLLEAGUE]),
    source=st.sampled_from(["letter", "portal"]),
    observed_on=seen,
    id=st.integers(0, 5),
)
worlds = st.lists(enrollments, max_size=7)
MARKS: list[dict[str, Any]] = [{}, {}, {"emergency": True}, {"modifiers": ("Q6",)}]
payers = st.sampled_from([ALPHA, LEARNING, OPEN_NETWORK])


@st.composite
def claims(draw: st.DrawFn, exempt: bool = True) -> Claim:
    """One to three lines with and without an own rendering provider, in any kind."""
    made, providers = [], []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        first = draw(days)
        last = first + draw(st.integers(0, 4)) * DAY
        marks: dict[str, Any] = draw(st.sampled_from(MARKS)) if exempt else {}
        made.append(line(number, first, last, **marks))
        if draw(st.booleans()):
            providers.append(Provider("82", draw(st.sampled_from([DOCTOR, COLLEAGUE])), "1", line=number))
    if draw(st.booleans()):
        providers.append(Provider("82", DOCTOR, "1"))
    kind = draw(st.sampled_from([ClaimKind.PROFESSIONAL, ClaimKind.PROFESSIONAL, *ClaimKind]))
    return claim(*made, kind=kind, providers=tuple(providers))


@given(claims(), worlds, payers, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(one: Claim, records: list[Enrollment], payer: Payer, rnd: Any) -> None:
    """The same records in any order, and said twice, give the same findings to the letter."""
    shuffled = [*records, *records[:2]]
    rnd.shuffle(shuffled)
    assert judge(one, *records, payer=payer) == judge(one, *shuffled, payer=payer)


@given(claims(), worlds, payers, seen, st.sampled_from([GROUP, DOCTOR, COLLEAGUE]))
def test_a_covering_active_record_never_makes_it_worse(
    one: Claim, records: list[Enrollment], payer: Payer, observed: date | None, npi: str
) -> None:
    """Adding proof that a provider may bill on all days of the claim can only help."""
    covering = record(npi, effective_from=BASE, observed_on=observed, tax_id=TAX_ID)
    assert decide(judge(one, *records, covering, payer=payer)) <= decide(judge(one, *records, payer=payer))


def refuses(no: Enrollment, day: date, r: Enrollment) -> bool:
    """Whether another record, which names more and came no earlier, says no to this day."""
    names_more = (no.tax_id != "*" and r.tax_id == "*") or (no.billing_npi != "*" and r.billing_npi == "*")
    begun = r.effective_from or r.retro_from or date.min
    unknown = no.observed_on or date.max
    if no.state is S.DENIED:
        on_day = (no.effective_from or date.min) <= day <= (no.effective_to or date.max)
        return names_more and on_day and begun <= (no.effective_from or unknown)
    over = day > no.effective_to if no.effective_to else day >= (no.effective_from or date.min)
    return names_more and no.state in OVER_STATES and over and begun <= (no.effective_to or unknown)


def billable(npi: str, day: date, records: list[Enrollment]) -> bool:
    """By the definition, one day and one record at a time: enrolled, linked, within both ends, and with no later no."""
    ours = [
        r
        for r in records
        if (r.provider_npi, r.payer) == (npi, "alpha") and r.tax_id in ("*", TAX_ID) and r.billing_npi in ("*", GROUP)
    ]
    return any(
        not any(refuses(no, day, r) for no in ours)
        and (r.state in (S.ACTIVE, S.ACTIVE_REVALIDATION_DUE) or (r.state in OVER_STATES and r.effective_to))
        and any(begin and begin <= day for begin in (r.effective_from, r.retro_from))
        and (r.effective_to is None or day <= r.effective_to)
        for r in ours
    )


def asked(one: Claim) -> set[tuple[str, date]]:
    """Every provider and day that must be covered, written out anew."""
    found: set[tuple[str, date]] = set()
    for each in one.lines:
        own = [p.npi for p in one.providers if p.line == each.number] or [
            p.npi for p in one.providers if p.line is None
        ]
        npis = [GROUP] if one.kind is ClaimKind.INSTITUTIONAL else [GROUP, *own[:1]]
        first, last = each.first_day, each.last_day
        if one.kind is ClaimKind.INSTITUTIONAL:
            first, last = one.first_day, one.last_day
        assert first
        assert last
        found |= {(npi, first + n * DAY) for npi in npis for n in range((last - first).days + 1)}
    return found


@given(claims(exempt=False), st.lists(enrollments, max_size=12))
def test_a_strict_payer_passes_exactly_the_days_inside_an_interval(one: Claim, records: list[Enrollment]) -> None:
    """No day outside every interval passes, and none inside one is held."""
    covered = all(billable(npi, day, records) for npi, day in asked(one))
    assert (decide(judge(one, *records)) < Outcome.HOLD) is covered


@given(claims(exempt=False), st.lists(enrollments, min_size=1, max_size=4))
def test_covered_claims_pass_among_any_other_records(one: Claim, records: list[Enrollment]) -> None:
    """The same, where all providers are covered by name: most random worlds hold, so this walks the other side."""
    named: dict[str, Any] = {"effective_to": BASE + 20 * DAY, "tax_id": TAX_ID, "billing_npi": GROUP}
    covering = [record(npi, effective_from=BASE, **named) for npi in (GROUP, DOCTOR, COLLEAGUE)]
    assert decide(judge(one, *records, *covering)) is Outcome.PASS


@given(claims(exempt=False), worlds, st.sampled_from([S.DENIED, *OVER_STATES]), days)
def test_what_the_records_refuse_by_name_is_held(
    one: Claim, records: list[Enrollment], state: EnrollmentState, last: date
) -> None:
    """However many records for any tax id say yes: behind the newest word on the claim's own nothing is let go."""
    providers = (GROUP, DOCTOR, COLLEAGUE)
    known = [replace(r, tax_id="*", billing_npi="*") for r in records] + [record(npi) for npi in providers]
    end = max([last, *(begun for r in known if (begun := r.effective_from or r.retro_from))])
    until = None if state is S.DENIED else end
    known += [record(npi, state, tax_id=TAX_ID, effective_from=end, effective_to=until) for npi in providers]
    refused = any(day > end or (state is S.DENIED and day == end) for _, day in asked(one))
    assert not refused or decide(judge(one, *known)) is Outcome.HOLD


@given(claims(), worlds, payers, st.integers(0, 60))
def test_nothing_changes_before_the_next_change(
    one: Claim, records: list[Enrollment], payer: Payer, ahead: int
) -> None:
    """Until the day that is named, and for ever where none is, the calendar alone changes no finding."""
    change = next_change(one, Evidence(tuple(records)), TODAY)
    later = TODAY + ahead * DAY
    if change is None or later < change:
        assert judge(one, *records, payer=payer, today=later) == judge(one, *records, payer=payer)


@given(claims(), worlds, payers)
def test_encounters_and_voids_are_never_held(one: Claim, records: list[Enrollment], payer: Payer) -> None:
    """Neither asks for money, whatever the records say."""
    assert decide(judge(one, *records, payer=payer, mode="RP")) < Outcome.HOLD
    assert decide(judge(replace(one, frequency="8"), *records, payer=payer)) is Outcome.PASS


@given(claims(), worlds, payers)
def test_no_finding_shows_a_value_of_the_claim(one: Claim, records: list[Enrollment], payer: Payer) -> None:
    """Messages and evidence name places and records, never an NPI, a tax id or a number of the claim."""
    for finding in judge(one, *records, payer=payer):
        text = f"{finding.message} {finding.next_step} {finding.evidence} {finding.place}"
        assert not any(value in text for value in (GROUP, DOCTOR, COLLEAGUE, TAX_ID, "T1001", "MEMBER1", "2026-07"))

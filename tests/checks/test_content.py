"""The checks that run once: what they may look at, how they are run, and that each of them is tested."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.checks import Check, CheckContext
from gateway.checks.edits import BUILT_IN, CONTENT, check_content
from gateway.checks.engine import EDITION, MOST_OBJECTIONS
from gateway.model.claims import Claim, Finding, Outcome, PostalAddress
from gateway.model.partners import Payer
from tests.checks import (
    test_adjustments,
    test_cob,
    test_dates,
    test_fitting,
    test_identity,
    test_lines,
    test_money,
    test_patient,
    test_plans,
    test_providers,
    test_specialties,
    test_stays,
    test_teeth,
)
from tests.checks.claims import HOLD, REJECT, UNDATED, WARN, billing, claim, content, dental, line, stay
from tests.checks.shapes import shapes

TABLES = (
    test_adjustments,
    test_cob,
    test_dates,
    test_fitting,
    test_identity,
    test_lines,
    test_money,
    test_patient,
    test_plans,
    test_providers,
    test_specialties,
    test_stays,
    test_teeth,
)
ALPHA = Payer(key="alpha", name="Alpha Health Plan")


def test_checks_are_run_at_one_place() -> None:
    """A check of ours either looks at the claim alone and runs when it is read, or runs at the gate."""
    assert all(check.once for check in CONTENT)
    assert {check.code for check in BUILT_IN} == {
        "PAYER_UNKNOWN",
        "DATE_FUTURE",
        "DATE_NOT_YET",
        "FILING_SOON",
        "FILING_PAST",
    }
    assert not any(check.once for check in BUILT_IN)


@pytest.mark.parametrize("clean", [claim(), stay(), dental()])
def test_a_clean_claim_is_silent(clean: Claim) -> None:
    """No check of content says anything but that it was passed."""
    assert content(clean) == []


@pytest.mark.parametrize("check", CONTENT, ids=lambda check: check.code)
def test_every_check_is_found_in_a_table(check: Check) -> None:
    """A check whose defect no table shows would be one that nobody has seen at work."""
    assert any(hit[0] == check.code for table in TABLES for _, expected in table.CASES for hit in expected)


@given(shapes)
def test_every_check_speaks_by_its_own_code(one: Claim) -> None:
    """A site that changes the severity of a check changes all of it and nothing else."""
    for check in CONTENT:
        assert {finding.code for finding in check.looks_at(one, UNDATED)} <= {check.code}


@given(shapes, st.sampled_from(["CH", "RP", ""]))
def test_no_check_of_content_asks_for_the_payer_or_the_day(one: Claim, mode: str) -> None:
    """What is found when the claim is read stays true whoever it goes to, and whenever."""
    blind = SimpleNamespace(mode=mode, usage="P", version="005010X222A1")  # has no payer and no today to look at
    for check in CONTENT:
        found = list(check.looks_at(one, blind))  # type: ignore[arg-type]
        assert found == list(check.looks_at(one, CheckContext(ALPHA, date(2026, 8, 1), mode)))


def test_a_check_that_breaks_holds_its_claim_and_is_not_counted_as_passed() -> None:
    """The others run all the same, and nothing the exception says is told."""

    def breaks(one: Claim, _: CheckContext) -> list[Finding]:
        raise ValueError(one.member_id)

    def warns(_: Claim, __: CheckContext) -> list[Finding]:
        return [Finding("ALWAYS", WARN)]

    checks = [Check("FRAGILE", breaks, once=True), Check("ALWAYS", warns, once=True), CONTENT[0]]
    broken, other, passed = check_content(claim(), UNDATED, checks)
    assert (broken.code, broken.outcome, broken.evidence) == ("CHECK_FAILED", HOLD, "FRAGILE: ValueError")
    assert other.code == "ALWAYS"
    assert (passed.code, passed.evidence) == ("CONTENT_PASSED", f"{EDITION}: 1 checks")


def test_a_claim_of_nothing_but_faults_is_looked_at_no_further() -> None:
    """It is rejected, so nothing is lost, and a file of such claims does not keep the gateway busy. One that the guide
    only warns of is looked at."""
    for outcome, codes in ((REJECT, ["CHECKS_LEFT_OUT"]), (WARN, ["POINTER_MISSING", "CONTENT_PASSED"])):
        said = tuple(Finding("GUIDE_SAID", outcome, "2400/SV102", segment=at) for at in range(MOST_OBJECTIONS + 1))
        bare = claim(line(pointers=()), findings=said)
        assert [finding.code for finding in check_content(bare, UNDATED)] == codes
        assert len(check_content(replace(bare, findings=said[1:]), UNDATED)) == 2


def test_a_check_may_yield() -> None:
    """A generator that finds nothing counts as passed like any other."""
    silent = Check("SILENT", lambda one, _: (Finding("SILENT", WARN) for _ in one.coverages), once=True)
    (passed,) = check_content(claim(), UNDATED, [silent])
    assert passed.evidence == f"{EDITION}: 1 checks"


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (Finding("GUIDE_SAID", REJECT, "2400/SV107", segment=41), False),
        (Finding("GUIDE_SAID", REJECT, "2400/SV107-1", segment=41), False),
        (Finding("GUIDE_SAID", REJECT, "2400/SV107", line=2), False),
        (Finding("GUIDE_SAID", REJECT, "2400/SV107", segment=31), True),
        (Finding("GUIDE_SAID", WARN, "2400/SV107", segment=41), True),
        (Finding("GUIDE_SAID", REJECT, "2400/SV102", segment=41), True),
    ],
)
def test_what_the_guide_said_of_the_same_place_is_not_said_again(read: Finding, told: bool) -> None:
    """One defect is one finding; a lesser word, another line or another element takes nothing away."""
    two = claim(line(1, segment=30), line(2, segment=40, pointers=()))
    expected = [("POINTER_MISSING", REJECT, "2400/SV107", 2)] if told else []
    assert content(replace(two, findings=(read,))) == expected


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (Finding("SEGMENT_MISSING", REJECT, "2010AA/N4", segment=10), []),
        (Finding("LOOP_MISSING", REJECT, "2010AA/NM1", segment=8), []),
        (
            Finding("SEGMENT_TOO_MANY", REJECT, "2010AA/N4", segment=10),
            ["CITY_MISSING", "STATE_INVALID", "ZIP_INVALID"],
        ),
        (Finding("ELEMENT_MISSING", REJECT, "2010AA/N401", segment=10), ["STATE_INVALID", "ZIP_INVALID"]),
    ],
)
def test_what_misses_as_a_whole_is_not_told_by_its_parts(read: Finding, told: list[str]) -> None:
    """A segment or loop that is not there has no elements to miss."""
    nowhere = claim(billing=billing(address=PostalAddress("12 EXAMPLE STREET")), findings=(read,))
    assert [hit[0] for hit in content(nowhere)] == told


@given(shapes)
def test_every_finding_can_be_acted_on(one: Claim) -> None:
    """A place with loop and element, words for a biller that end as sentences, and no value of the claim."""
    for found in check_content(one, UNDATED):
        assert found.code != "CHECK_FAILED"
        assert "SECRET" not in repr(found)
        if found.outcome is not Outcome.PASS:
            assert "/" in found.place
            assert found.message.endswith(".")
            assert found.next_step.endswith(".")

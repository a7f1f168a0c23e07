"""Checks before sending: what stops a claim, what only warns, and what a site may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.checks import Check, CheckContext, apply_severities, decide, run_checks
from gateway.checks.edits import BUILT_IN, CONTENT, check_content, next_change
from gateway.checks.engine import EDITION
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, Provider
from gateway.model.partners import Payer
from gateway.npi import is_npi
from tests.checks.claims import DAY, DOS, billing, claim, dental, line, stay
from tests.checks.shapes import shapes

ALPHA = Payer(key="alpha", name="Alpha Health Plan", filing_limit=timedelta(days=90))
TODAY = date(2026, 8, 1)
PASS, WARN, HOLD, REJECT = Outcome
P, I, D = ClaimKind  # noqa: E741
CONTEXT = CheckContext(payer=ALPHA, today=TODAY)


def hits(one: Claim, context: CheckContext = CONTEXT) -> list[tuple[str, Outcome, str, int | None]]:
    """Everything that reading and the gate object to, with nobody's own checks."""
    findings = judged(one, context)
    return [(f.code, f.outcome, f.place, f.line) for f in findings if f.code not in {"CONTENT_PASSED", "CHECKS_PASSED"}]


def judged(one: Claim, context: CheckContext) -> tuple[Finding, ...]:
    """A claim as it is read, and then judged at the gate."""
    read = replace(one, findings=(*one.findings, *check_content(one, context)))
    return run_checks(read, context, BUILT_IN)


# The engine.


@pytest.mark.parametrize("clean", [claim(), stay(), dental(), claim(line(1), line(2, charge=Decimal("0.01")))])
def test_a_clean_claim_passes_and_says_what_was_looked_at(clean: Claim) -> None:
    """Nothing is objected to; one finding counts the checks of content, another names those of the gate."""
    content, gate = judged(clean, CONTEXT)
    assert (content.code, content.outcome) == ("CONTENT_PASSED", PASS)
    assert content.evidence == f"{EDITION}: {len(CONTENT)} checks"
    assert (gate.code, gate.outcome) == ("CHECKS_PASSED", PASS)
    assert gate.evidence.split() == [check.code for check in BUILT_IN]


def test_check_codes_are_their_own() -> None:
    """No two checks of ours share a code."""
    assert len({check.code for check in (*CONTENT, *BUILT_IN)}) == len(CONTENT) + len(BUILT_IN)


def test_the_readers_findings_come_first() -> None:
    """What reading the claim found is merged, ahead of what the checks find."""
    found = Finding("READER_SAID", HOLD)
    assert run_checks(claim(findings=(found,)), CONTEXT, BUILT_IN)[0] == found


def warns_always(_: Claim, __: CheckContext) -> Iterator[Finding]:
    yield Finding("ALWAYS", WARN)


@pytest.mark.parametrize(
    ("limited_to", "payer", "runs"),
    [
        (None, ALPHA, True),
        (None, None, True),
        ("alpha", ALPHA, True),
        ("beta", ALPHA, False),
        ("alpha", None, False),
    ],
)
def test_a_payers_check_looks_only_at_its_claims(limited_to: str | None, payer: Payer | None, runs: bool) -> None:
    """A check without a payer looks at all claims; a check that did not look is not named as passed."""
    findings = run_checks(claim(), CheckContext(payer, TODAY), [Check("ALWAYS", warns_always, limited_to)])
    assert [f.code for f in findings] == (["ALWAYS"] if runs else [])


def breaks_halfway(one: Claim, _: CheckContext) -> Iterator[Finding]:
    yield Finding("BEFORE", WARN)
    raise ValueError(one.member_id)


def test_a_check_that_breaks_holds_its_claim_and_tells_no_value() -> None:
    """The other checks still run, and the text of the exception, which may quote the claim, is dropped."""
    checks = [Check("FRAGILE", breaks_halfway), Check("ALWAYS", warns_always)]
    broken, other = run_checks(claim(), CONTEXT, checks)
    assert (broken.code, broken.outcome, broken.evidence) == ("CHECK_FAILED", HOLD, "FRAGILE: ValueError")
    assert "MEMBER1" not in repr(broken)
    assert other.code == "ALWAYS"


@pytest.mark.parametrize(
    ("outcomes", "decided"),
    [((), PASS), ((PASS, WARN), WARN), ((HOLD, WARN, PASS), HOLD), ((WARN, REJECT, HOLD), REJECT)],
)
def test_the_worst_finding_decides(outcomes: tuple[Outcome, ...], decided: Outcome) -> None:
    """Reject before hold before warn before pass, in any order."""
    assert decide(Finding("X", outcome) for outcome in outcomes) is decided


def test_a_site_changes_severities_by_code() -> None:
    """Findings are weakened and strengthened, others keep theirs, and the rest of a finding stays."""
    found = [Finding("A", HOLD, "2300/CLM01", line=2), Finding("B", WARN), Finding("C", REJECT)]
    assert apply_severities(found, {"A": WARN, "B": REJECT, "Z": PASS}) == (
        Finding("A", WARN, "2300/CLM01", line=2),
        Finding("B", REJECT),
        Finding("C", REJECT),
    )


def test_a_pass_cannot_be_made_a_hit() -> None:
    """Strengthening a code concerns what was found, not that it was looked for."""
    passed = Finding("ENROLLMENT_OK", PASS)
    assert apply_severities([passed], {"ENROLLMENT_OK": REJECT}) == (passed,)


@pytest.mark.parametrize("code", ["PAYER_UNKNOWN", "CHECK_FAILED"])
def test_some_holds_can_only_be_strengthened(code: str) -> None:
    """Without a payer, or unseen, no claim is let go by a setting."""
    held = Finding(code, HOLD)
    assert apply_severities([held], {code: WARN}) == (held,)
    assert apply_severities([held], {code: REJECT})[0].outcome is REJECT


# The NPI.


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("1234567893", True),
        ("2000000010", True),
        ("1234567890", False),
        ("2000000011", False),
        ("3000000018", False),
        ("200000001", False),
        ("20000000100", False),
        ("", False),
        ("200000001A", False),
        (" 200000001", False),
        ("２０００００００１０", False),
    ],
)
def test_an_npi_has_ten_digits_and_a_true_check_digit(text: str, good: bool) -> None:
    """Luhn over 80840 and the number; it starts with 1 or 2."""
    assert is_npi(text) is good


@given(st.integers(0, 99_999_999), st.sampled_from("12"))
def test_each_nine_digits_have_one_check_digit(middle: int, first: str) -> None:
    """Exactly one of ten last digits is true, which is what lets a mistyped digit show."""
    stem = f"{first}{middle:08}"
    assert sum(is_npi(f"{stem}{last}") for last in range(10)) == 1


@given(st.integers(0, 99_999_999), st.integers(1, 9), st.integers(1, 9))
def test_every_single_mistyped_digit_is_caught(middle: int, position: int, shift: int) -> None:
    """Changing any one digit of a true NPI makes it false."""
    stem = f"2{middle:08}"
    good = next(f"{stem}{last}" for last in range(10) if is_npi(f"{stem}{last}"))
    wrong = str((int(good[position]) + shift) % 10)
    assert not is_npi(good[:position] + wrong + good[position + 1 :])


# The edits, one row per claim.

BAD = "2000000011"
ATTENDING = Provider("71", "2000000010", "1")


def named(role: str, line: int | None = None, npi: str = BAD) -> dict[str, Any]:
    return {"providers": (Provider(role, npi, "1", line=line),)}


def beside(role: str, line: int | None = None) -> dict[str, Any]:
    return {"providers": (ATTENDING, Provider(role, BAD, "1", line=line))}


@pytest.mark.parametrize(
    ("one", "place", "line_number"),
    [
        (claim(billing=billing(npi=BAD)), "2010AA/NM109", None),
        (claim(**named("82")), "2310B/NM109", None),
        (claim(**named("82", 1)), "2420A/NM109", 1),
        (claim(**named("DN")), "2310A/NM109", None),
        (claim(**named("DQ")), "2310D/NM109", None),
        (claim(**named("DK", 1)), "2420E/NM109", 1),
        (claim(**named("77")), "2310C/NM109", None),
        (claim(**named("XX")), "2310/NM109", None),
        (stay(**named("71")), "2310A/NM109", None),
        (stay(**beside("72")), "2310B/NM109", None),
        (stay(**beside("82")), "2310D/NM109", None),
        (stay(**beside("DN", 1)), "2420D/NM109", 1),
        (dental(**named("DD")), "2310D/NM109", None),
    ],
)
def test_a_mistyped_npi_is_refused_in_every_role(one: Claim, place: str, line_number: int | None) -> None:
    """And found where that role stands in that kind of claim."""
    assert hits(one) == [("NPI_INVALID", REJECT, place, line_number)]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (claim(billing=billing(npi="", secondary_id="PN77")), []),
        (claim(billing=billing(npi="")), [("NPI_MISSING", HOLD, "2010AA/NM109", None)]),
        (claim(**named("82", npi="")), []),
    ],
)
def test_only_the_billing_provider_needs_a_number(
    one: Claim, expected: list[tuple[str, Outcome, str, int | None]]
) -> None:
    """An NPI, or the payer's own number for a provider who can have none."""
    assert hits(one) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (claim(charge=Decimal("100")), []),
        (claim(charge=Decimal("100.01")), [("CHARGE_SUM", REJECT, "2300/CLM02", None)]),
        (claim(line(1), line(2), charge=Decimal("100.00")), [("CHARGE_SUM", REJECT, "2300/CLM02", None)]),
        (claim(line(charge=Decimal("0.1")), line(2, charge=Decimal("0.2")), charge=Decimal("0.3")), []),
        (claim(charge=None), [("CHARGE_INVALID", REJECT, "2300/CLM02", None)]),
        (claim(line(1), line(2, charge=None)), [("CHARGE_INVALID", REJECT, "2400/SV102", 2)]),
        (
            stay(line(charge=None)),
            [("CHARGE_INVALID", REJECT, "2400/SV203", 1), ("CHARGE_ZERO", WARN, "2300/CLM02", None)],
        ),
        (claim(line(1), line(2, charge=Decimal(0))), [("LINE_CHARGE_ZERO", WARN, "2400/SV102", 2)]),
        (claim(line(charge=Decimal(0))), [("CHARGE_ZERO", WARN, "2300/CLM02", None)]),
        (
            dental(line(charge=Decimal(-5))),
            [("CHARGE_NEGATIVE", REJECT, "2300/CLM02", None), ("CHARGE_NEGATIVE", REJECT, "2400/SV302", 1)],
        ),
        (claim(line(1), line(2, charge=Decimal(-5))), [("CHARGE_NEGATIVE", REJECT, "2400/SV102", 2)]),
    ],
)
def test_charges_are_numbers_that_add_up(one: Claim, expected: list[tuple[str, Outcome, str, int | None]]) -> None:
    """The total is the exact sum of the lines, and nothing is negative."""
    assert hits(one) == expected


def test_an_encounter_report_may_charge_nothing() -> None:
    """Only a claim for payment is odd without a charge."""
    assert hits(claim(line(charge=Decimal(0))), CheckContext(ALPHA, TODAY, mode="RP")) == []


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (claim(line(1), line(2, None)), [("DATE_MISSING", REJECT, "2400/DTP03", 2)]),
        (claim(line(1, None)), [("DATE_MISSING", REJECT, "2400/DTP03", 1)]),
        (dental(line(1, None), first_day=DOS, last_day=DOS), []),
        (dental(line(1, None)), [("DATE_MISSING", WARN, "2400/DTP03", 1)]),
        (stay(line(1, None)), []),
        (stay(first_day=None, last_day=None), [("STATEMENT_MISSING", REJECT, "2300/DTP03", None)]),
        (claim(line(1, DOS, DOS - DAY)), [("DATE_REVERSED", REJECT, "2400/DTP03", 1)]),
        (
            stay(line(1, None), first_day=DOS, last_day=DOS - DAY),
            [("DATE_REVERSED", REJECT, "2300/DTP03", None)],
        ),
        (
            dental(line(1, None), first_day=DOS, last_day=DOS - DAY),
            [("DATE_REVERSED", REJECT, "2300/DTP03", None)],
        ),
        (claim(line(1, TODAY)), []),
        (claim(line(1), line(2, TODAY + DAY)), [("DATE_FUTURE", HOLD, "2400/DTP03", 2)]),
        (claim(accident_day=TODAY + DAY), [("DATE_NOT_YET", HOLD, "2300/DTP03", None)]),
        (claim(admitted=TODAY + DAY), [("DATE_NOT_YET", HOLD, "2300/DTP03", None)]),
        (claim(accident_day=TODAY), []),
        (claim(line(1, TODAY, TODAY + DAY)), [("DATE_FUTURE", WARN, "2400/DTP03", 1)]),
        (stay(line(1, TODAY), last_day=TODAY), []),
        (stay(last_day=TODAY + DAY), [("DATE_FUTURE", HOLD, "2300/DTP03", None)]),
        (stay(last_day=None), [("STATEMENT_MISSING", REJECT, "2300/DTP03", None)]),
        (
            stay(line(1, DOS, TODAY + DAY), last_day=TODAY + DAY),
            [("DATE_FUTURE", HOLD, "2300/DTP03", None), ("DATE_FUTURE", WARN, "2400/DTP03", 1)],
        ),
        (stay(line(1, DOS, DOS + 9 * DAY)), []),
        (stay(line(1, DOS - DAY, DOS)), [("LINE_OUTSIDE_STATEMENT", HOLD, "2400/DTP03", 1)]),
        (stay(line(1), line(2, DOS + 9 * DAY, DOS + 10 * DAY)), [("LINE_OUTSIDE_STATEMENT", HOLD, "2400/DTP03", 2)]),
    ],
)
def test_dates_of_service_are_there_and_in_order(
    one: Claim, expected: list[tuple[str, Outcome, str, int | None]]
) -> None:
    """Missing, reversed, future and stray dates are found where they stand."""
    assert hits(one) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (claim(control_number=""), [("CLAIM_NUMBER_MISSING", REJECT, "2300/CLM01", None)]),
        (claim(control_number="A" * 20), []),
        (claim(control_number="A" * 21), [("CLAIM_NUMBER_LONG", WARN, "2300/CLM01", None)]),
        (claim(control_number="A" * 38), [("CLAIM_NUMBER_LONG", WARN, "2300/CLM01", None)]),
        (claim(control_number="A" * 39), [("CLAIM_NUMBER_TOO_LONG", REJECT, "2300/CLM01", None)]),
        (claim(frequency="7"), [("PAYER_NUMBER_MISSING", REJECT, "2300/REF02", None)]),
        (claim(frequency="8"), [("PAYER_NUMBER_MISSING", REJECT, "2300/REF02", None)]),
        (claim(frequency="7", payer_control_number="ICN1"), []),
        (claim(frequency="8", payer_control_number="ICN1"), []),
        (claim(frequency="3"), [("FREQUENCY_UNKNOWN", REJECT, "2300/CLM05-3", None)]),
        (claim(frequency=""), [("FREQUENCY_UNKNOWN", REJECT, "2300/CLM05-3", None)]),
        (claim(frequency="A"), [("FREQUENCY_UNKNOWN", REJECT, "2300/CLM05-3", None)]),
        (claim(frequency="6"), [("FREQUENCY_UNKNOWN", HOLD, "2300/CLM05-3", None)]),
        (stay(frequency="a"), [("FREQUENCY_UNKNOWN", REJECT, "2300/CLM05-3", None)]),
        (stay(frequency="3"), []),
        (stay(frequency="A"), []),
        (stay(frequency="6"), [("FREQUENCY_UNKNOWN", HOLD, "2300/CLM05-3", None)]),
        (stay(frequency="11"), [("FREQUENCY_UNKNOWN", REJECT, "2300/CLM05-3", None)]),
        (stay(frequency=""), [("FREQUENCY_UNKNOWN", REJECT, "2300/CLM05-3", None)]),
        (claim(payer_id=""), [("PAYER_ID_MISSING", REJECT, "2010BB/NM109", None)]),
        (claim(member_id=""), [("MEMBER_ID_MISSING", REJECT, "2010BA/NM109", None)]),
        (claim(member_id="", filing_indicator="WC"), [("MEMBER_ID_MISSING", WARN, "2010BA/NM109", None)]),
        (claim(trace="T" * 20), []),
        (claim(trace="T" * 21), [("TRACE_TOO_LONG", WARN, "2300/REF02", None)]),
        (claim(lines=(), first_day=DOS, last_day=DOS), [("LINES_MISSING", REJECT, "2400/LX01", None)]),
    ],
)
def test_a_claim_says_what_it_is_known_by(one: Claim, expected: list[tuple[str, Outcome, str, int | None]]) -> None:
    """Numbers, frequency, member and payer, each with its limit."""
    assert hits(one) == expected


def test_an_unknown_payer_holds() -> None:
    """Nothing is refused for a payer id nobody has placed yet, and no filing limit is guessed."""
    assert hits(claim(), CheckContext(None, TODAY)) == [("PAYER_UNKNOWN", HOLD, "2010BB/NM109", None)]


@pytest.mark.parametrize(
    ("wrong", "place", "line_number"),
    [
        (claim(charge=None), "2300/CLM02", None),
        (claim(line(1), line(2, charge=None)), "2400/SV102", 2),
        (claim(line(1), line(2, None)), "2400/DTP03", 2),
        (stay(first_day=None), "2300/DTP03", None),
    ],
)
def test_what_reading_objected_to_is_not_said_again(wrong: Claim, place: str, line_number: int | None) -> None:
    """One defect is one finding, and the reader's, which knows the segment, is the one that stays."""
    assert [hit[2:] for hit in hits(wrong)] == [(place, line_number)]
    read = Finding("READER_SAID", REJECT, place, line=line_number, segment=31)
    assert hits(replace(wrong, findings=(read,))) == [("READER_SAID", REJECT, place, line_number)]
    elsewhere = replace(read, line=7)
    assert len(hits(replace(wrong, findings=(elsewhere,)))) == 2


# Timely filing: the limit of 90 days from 10 July ends on 8 October.

LAST_DAY = date(2026, 10, 8)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (LAST_DAY - 15 * DAY, []),
        (LAST_DAY - 14 * DAY, [("FILING_SOON", WARN, "2400/DTP03", None)]),
        (LAST_DAY, [("FILING_SOON", WARN, "2400/DTP03", None)]),
        (LAST_DAY + DAY, [("FILING_PAST", HOLD, "2400/DTP03", None)]),
    ],
)
def test_a_filing_limit_warns_then_holds(today: date, expected: list[tuple[str, Outcome, str, int | None]]) -> None:
    """Fourteen days before it warns, the last day is still in time, the day after a person must decide."""
    assert hits(claim(), CheckContext(ALPHA, today)) == expected


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"payer_responsibility": "S"}, WARN),
        ({"payer_responsibility": "U"}, HOLD),
        ({"payer_responsibility": ""}, HOLD),
        ({"delay_reason": "1"}, WARN),
        ({"frequency": "7", "payer_control_number": "ICN1"}, WARN),
        ({"kind": I, "first_day": DOS, "last_day": DOS}, HOLD),
    ],
)
def test_a_limit_that_may_run_otherwise_only_warns(changes: dict[str, Any], outcome: Outcome) -> None:
    """Secondary claims, replacements and claims that say why they are late are no certain denials."""
    found, _ = run_checks(claim(**changes), CheckContext(ALPHA, LAST_DAY + DAY), BUILT_IN)
    assert (found.code, found.outcome) == ("FILING_PAST", outcome)


def test_a_void_is_never_too_late() -> None:
    """Taking a claim back has no filing limit."""
    void = claim(frequency="8", payer_control_number="ICN1")
    assert hits(void, CheckContext(ALPHA, LAST_DAY + 400 * DAY)) == []


# Properties over claims of any shape.

contexts = st.builds(CheckContext, st.sampled_from([None, ALPHA]), st.just(TODAY), st.sampled_from(["CH", "RP", ""]))


@given(shapes, contexts)
def test_no_claim_breaks_a_check_or_shows_a_value(one: Claim, context: CheckContext) -> None:
    """Any claim is judged without a failure, and every hit has a place, words and a next step without its values."""
    for finding in judged(one, context):
        assert finding.code != "CHECK_FAILED"
        assert finding.outcome is PASS or (finding.place and finding.message and finding.next_step)
        assert "SECRET" not in f"{finding.message} {finding.next_step} {finding.evidence} {finding.place}"


@given(shapes, contexts, st.integers(0, 150))
def test_nothing_changes_before_the_next_change(one: Claim, context: CheckContext, ahead: int) -> None:
    """Until the day that is named, and for ever where none is, the calendar alone changes no finding."""
    change = next_change(one, context)
    later = replace(context, today=TODAY + ahead * DAY)
    assert change is None or change > TODAY
    if change is None or later.today < change:
        assert judged(one, later) == judged(one, context)


@given(shapes, st.dictionaries(st.sampled_from([c.code for c in (*CONTENT, *BUILT_IN)]), st.sampled_from(Outcome)))
def test_severities_change_outcomes_and_nothing_else(one: Claim, severities: dict[str, Outcome]) -> None:
    """Every finding is still there, in order, with its place and words."""
    before = judged(one, CONTEXT)
    after = apply_severities(before, severities)
    assert [replace(f, outcome=PASS) for f in after] == [replace(f, outcome=PASS) for f in before]
    assert all(new.outcome is severities.get(new.code, old.outcome) for old, new in zip(before, after, strict=True))

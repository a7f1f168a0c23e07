"""Clocks of what providers hold, ladders, money at stake, and what is said of them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import events as e
from gateway.deadlines import LADDERS, Deadline, Kind, Stake
from gateway.deadlines.listing import lines_of
from gateway.deadlines.running import of_credentials, of_enrollments
from gateway.deadlines.stakes import dollars, urgency
from gateway.deadlines.words import command, event_of, next_step, sentence
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.registry import Credential, CredentialKind

TODAY, DAY = date(2026, 6, 1), timedelta(days=1)
NPI = "2000000010"
ENROLLED = Enrollment(NPI, "alpha", EnrollmentState.ACTIVE, date(2023, 7, 1), id=4)
CAQH = Credential(NPI, CredentialKind.CAQH, first_day=date(2026, 3, 1), id=7)


def dues(record: Enrollment) -> dict[Kind, date]:
    return {found.kind: found.due for found in of_enrollments([record], TODAY)}


def test_an_active_record_has_every_clock_that_it_names() -> None:
    """Its end, its revalidation and its recredentialing, each for itself."""
    record = replace(
        ENROLLED, effective_to=date(2026, 9, 30), revalidation_due=date(2026, 8, 1), recred_due=date(2026, 7, 1)
    )
    assert dues(record) == {
        Kind.ENROLLMENT: date(2026, 9, 30),
        Kind.REVALIDATION: date(2026, 8, 1),
        Kind.RECREDENTIALING: date(2026, 7, 1),
    }


@pytest.mark.parametrize(
    ("decided", "due"), [(date(2023, 6, 15), date(2026, 6, 15)), (date(2024, 2, 29), date(2027, 2, 28))]
)
def test_recredentialing_comes_36_months_after_the_decision(decided: date, due: date) -> None:
    """Where nobody recorded another day; only of taking part in a plan, for Medicare and Medicaid revalidate instead."""
    assert dues(replace(ENROLLED, decided_on=decided)) == {Kind.RECREDENTIALING: due}
    for kind in set(EnrollmentKind) - {EnrollmentKind.PARTICIPATION}:
        assert dues(replace(ENROLLED, decided_on=decided, kind=kind)) == {}
    assert dues(replace(ENROLLED, decided_on=decided, recred_due=TODAY)) == {Kind.RECREDENTIALING: TODAY}


@pytest.mark.parametrize("state", sorted(set(EnrollmentState) - {"active", "active_revalidation_due"}))
def test_what_is_not_active_has_no_clock(state: EnrollmentState) -> None:
    """It has ended, or has not begun."""
    assert dues(replace(ENROLLED, state=state, effective_to=TODAY, recred_due=TODAY, decided_on=TODAY)) == {}


def test_an_ended_record_is_not_credentialed_again() -> None:
    """Only its end is told."""
    assert dues(replace(ENROLLED, effective_to=TODAY - DAY, recred_due=TODAY + DAY)) == {Kind.ENROLLMENT: TODAY - DAY}


@pytest.mark.parametrize(
    ("record", "due"),
    [
        (CAQH, date(2026, 6, 29)),
        (replace(CAQH, state="IL"), date(2026, 8, 28)),
        (replace(CAQH, state="IA"), date(2026, 6, 29)),
        (replace(CAQH, last_day=date(2026, 6, 20)), date(2026, 6, 20)),
        (Credential(NPI, CredentialKind.LICENCE, "L1", "IA", last_day=TODAY), TODAY),
    ],
)
def test_a_credential_runs_out_on_its_last_day(record: Credential, due: date) -> None:
    """A CAQH attestation holds 120 days, in Illinois 180, unless the record says otherwise."""
    [found] = of_credentials([record])
    assert (found.due, found.npi, found.record) == (due, NPI, f"statement {record.id}")


def test_a_renewed_credential_starts_over_and_several_boards_stand_beside_each_other() -> None:
    """The latest policy, licence and registration of a state count; a certificate of another board is another matter."""
    policy = Credential(NPI, CredentialKind.MALPRACTICE, "P1", last_day=TODAY + DAY)
    boards = [Credential(NPI, CredentialKind.BOARD, number, last_day=TODAY) for number in ("B1", "B2")]
    renewed = replace(policy, number="P2", last_day=TODAY + 366 * DAY)
    found = list(of_credentials([renewed, policy, *boards]))
    assert [(each.kind, each.due) for each in found] == [
        (Kind.MALPRACTICE, TODAY + 366 * DAY),
        (Kind.BOARD, TODAY),
        (Kind.BOARD, TODAY),
    ]
    assert list(of_credentials([policy, replace(policy, number="P3", last_day=None)])) == []


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        *((kind, [120, 90, 60, 30, 14, 7, 0, -1]) for kind in list(Kind)[7:-3] if kind is not Kind.CAQH),
        (Kind.CAQH, [30, 14, 7, 0, -1]),
        (Kind.PASSWORD, [14, 7, 3, 1, 0, -1]),
        (Kind.LEGACY, [14, 7, 3, 1, 0, -1]),
        (Kind.HOST_KEY, [14, 7, 3, 1, 0, -1]),
        (Kind.FILING, [30, 14, 10, 5, 0, -1]),
        (Kind.HOLD, [-7, -30]),
        (Kind.APPEAL, [30, 14, 7, 0, -1]),
        (Kind.CORRECTION, [30, 14, 7, 0, -1]),
        (Kind.DENIAL, [0]),
    ],
)
def test_every_ladder_has_its_steps(kind: Kind, days: list[int]) -> None:
    """In days before the last one, both ends as the trade has them."""
    assert [step.before.days for step in LADDERS[kind]] == days
    deadline = Deadline(kind, "x", TODAY)
    for number, count in enumerate(days, 1):
        assert len(deadline.steps(TODAY - count * DAY)) == number
        assert len(deadline.steps(TODAY - (count + 1) * DAY)) == number - 1


EXPIRY = Deadline(Kind.RECREDENTIALING, f"{NPI} alpha", TODAY + 30 * DAY, "alpha", npi=NPI, record="enrollment 4")
STAKE = Stake(527, Decimal("119700.00"), 90)


def test_a_lapse_is_told_in_money() -> None:
    """By what the provider billed a week."""
    said = sentence(EXPIRY, TODAY, STAKE)
    assert said == "recredentialing is due on 2026-07-01; if it lapses, 41 claims and $9,310 a week stop at alpha"
    licence = replace(EXPIRY, kind=Kind.LICENCE, payer="", due=TODAY - DAY)
    assert sentence(licence, TODAY, Stake(1, Decimal(90), 90)) == (
        "the licence ended on 2026-05-31, and 1 claim and $7 a week stop at all payers"
    )
    assert sentence(EXPIRY, TODAY, Stake()) == "recredentialing is due on 2026-07-01"


def test_remittances_and_payments_stop_no_claims() -> None:
    """An ERA or EFT enrollment has a clock, and no claims hang on it."""
    for kind, stops in ((EnrollmentKind.EFT, False), (EnrollmentKind.ERA_835, False), (EnrollmentKind.EDI_837, True)):
        [found] = of_enrollments([replace(ENROLLED, kind=kind, effective_to=TODAY)], TODAY)
        assert found.stops_claims is stops


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    "state", ["RECEIVED", "HELD", "READY", "ASSIGNED", "SENT", "ACKNOWLEDGED", "RETURNED", "DECLINED"]
)
def test_everything_has_words_a_command_and_an_event(kind: Kind, state: str) -> None:
    """And no event says more than ids, keys and totals."""
    deadline = replace(EXPIRY, kind=kind)
    if list(Kind).index(kind) < 4:
        deadline = Deadline(kind, "claim 17", TODAY, "alpha", 17, state, "ENROLLMENT_ENDED", Decimal(120), TODAY)
    for step in LADDERS[kind]:
        said = event_of(deadline, step.name, TODAY, STAKE)
        assert said.name.startswith("deadline.")
        assert NPI not in "".join(str(getattr(said, field.name)) for field in fields(said))
    assert sentence(deadline, TODAY, STAKE)
    assert next_step(deadline)
    assert command(deadline).startswith("gateway ")


def test_what_has_passed_has_a_name_of_its_own() -> None:
    """So that one filter finds what is too late."""
    claim = Deadline(Kind.FILING, "claim 17", TODAY, "alpha", 17, "HELD", limit=TODAY)
    assert type(event_of(claim, "last_day", TODAY, Stake())) is e.DeadlineNear
    assert type(event_of(claim, "passed", TODAY + DAY, Stake())) is e.DeadlinePassed
    assert type(event_of(EXPIRY, "last_day", TODAY, Stake())) is e.ExpiryNear
    assert type(event_of(EXPIRY, "passed", TODAY, Stake())) is e.ExpiryPassed


@given(st.decimals(0, 10**7, places=2), st.integers(-400, 400), st.decimals(0, 10**7, places=2), st.integers(-400, 400))
def test_more_money_and_fewer_days_are_more_urgent(money: Decimal, left: int, other: Decimal, later: int) -> None:
    """Never the other way round."""
    if money >= other and left <= later:
        assert urgency(money, left) >= urgency(other, later)


@given(st.integers(0, 10**6), st.decimals(0, 10**8, places=2), st.integers(7, 90))
def test_a_weeks_share_is_within_half_of_the_exact_one(claims: int, charge: Decimal, days: int) -> None:
    """And not nothing where there is something."""
    stake = Stake(claims, charge, days)
    assert abs(stake.weekly_dollars - charge * 7 / days) <= Decimal("0.5")
    assert (stake.weekly_claims > 0) is (claims > 0)
    assert dollars(stake.weekly_dollars).startswith("$")


def test_the_list_has_one_line_for_a_claim_and_the_most_urgent_first() -> None:
    """A hold that nothing but a decision ends presses as if due today; what has not begun shows only when asked for."""
    held = Deadline(Kind.FILING, "claim 1", TODAY + 20 * DAY, "alpha", 1, "HELD", "ENROLLMENT_ENDED", Decimal(100),
                    TODAY + 20 * DAY)  # fmt: skip
    decide = replace(held, kind=Kind.DECISION, due=TODAY - 9 * DAY)
    aged = replace(held, kind=Kind.HOLD, due=TODAY - 9 * DAY)
    small = replace(held, subject="claim 2", claim=2, charge=Decimal(10))
    far = replace(small, claim=3, due=TODAY + 31 * DAY, limit=TODAY + 31 * DAY)
    found = [(each, Stake()) for each in (small, aged, held, far, decide)] + [(EXPIRY, STAKE)]
    lines = lines_of(found, TODAY, None, [])
    assert [(line.who, line.left, line.pressing) for line in lines] == [(NPI, 30, 30), ("C1", 20, 0), ("C2", 20, 20)]
    assert lines[1].kinds == (Kind.FILING, Kind.HOLD, Kind.DECISION)
    assert lines[1].next.startswith("Decide")
    assert [line.who for line in lines_of(found, TODAY, None, [Kind.FILING])] == ["C1", "C2"]
    assert [line.who for line in lines_of(found, TODAY, 31, [Kind.FILING])] == ["C1", "C2", "C3"]
    assert [line.who for line in lines_of(found, TODAY, 5, [])] == []

"""What was said of a provider is said again only where it would be worked out to the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.enrollment import judge_enrollment
from gateway.enrollment.recalled import Recalled
from gateway.model.claims import Claim, Finding, Provider
from gateway.model.enrollment import EnrollmentKind
from gateway.model.evidence import Evidence, Question, Recollection
from gateway.model.lists import (
    Exclusion,
    Generation,
    Listed,
    ListKind,
    MedicareEnrollment,
    NppesEntry,
    OptOut,
    Shelf,
)
from gateway.model.partners import Payer, Policy, Rule
from gateway.model.registry import Credential, CredentialKind, Membership
from tests.enrollment.test_properties import claims, payers, worlds
from tests.enrollment.world import ALPHA, COLLEAGUE, DAY, DOCTOR, DOS, GROUP, TODAY, S, claim, line, record

K, L = EnrollmentKind, ListKind
MEDICARE = replace(ALPHA, medicare=True, delegated=True, policies={Rule.RECREDENTIALING: Policy.STRICT})
Judged = tuple[Finding, ...]


def moved(one: Claim, days: int) -> Claim:
    """The same claim for services so many days later."""
    span = timedelta(days=days)
    lines = tuple(
        replace(
            each, first_day=each.first_day and each.first_day + span, last_day=each.last_day and each.last_day + span
        )
        for each in one.lines
    )
    return replace(
        one,
        lines=lines,
        first_day=one.first_day and one.first_day + span,
        last_day=one.last_day and one.last_day + span,
    )


@settings(max_examples=400, deadline=None)
@given(
    claims(), worlds, payers, st.sampled_from(["CH", "CH", "RP"]), st.booleans(),
    st.lists(st.sampled_from([*range(-4, 8), *range(-36, -28), 25, 40]), min_size=3, max_size=8),
)  # fmt: skip
def test_claims_judged_together_are_judged_as_each_alone(
    one: Claim, known: Evidence, payer: Payer, mode: str, paid: bool, shifts: list[int]
) -> None:
    """Whatever was said before, of other days."""
    together = replace(known, recollection={})
    for shift in shifts:
        each = moved(one, shift)
        alone = judge_enrollment(each, payer, known, TODAY, mode, original_paid=paid)
        assert judge_enrollment(each, payer, together, TODAY, mode, original_paid=paid) == alone


@settings(max_examples=200, deadline=None)
@given(st.lists(claims(), min_size=2, max_size=4), worlds, payers, st.lists(st.integers(0, 3), min_size=6, max_size=12))
def test_nor_does_it_matter_which_claims_came_before(
    some: list[Claim], known: Evidence, payer: Payer, order: list[int]
) -> None:
    """Of other lines, roles, kinds and modes, in any order."""
    together = replace(known, recollection={})
    for turn, which in enumerate(order):
        one, mode = some[which % len(some)], ("CH", "RP")[turn % 2]
        assert judge_enrollment(one, payer, together, TODAY, mode) == judge_enrollment(one, payer, known, TODAY, mode)


def on(day: date, last: date | None = None) -> Claim:
    return claim(line(first=day, last=last))


GROUPS = record(GROUP, effective_from=date(2020, 1, 1), id=1)
ANYWHERE = record(effective_from=date(2020, 1, 1))
DOCTORS = record(effective_from=date(2020, 1, 1), tax_id="999990001")


def shelf(listed: Listed) -> Shelf:
    return Shelf({kind: Generation(kind, 1, TODAY, 9) for kind in L}, {DOCTOR: listed, GROUP: Listed(NppesEntry("2"))})


@pytest.mark.parametrize(
    ("known", "turn"),
    [
        (Evidence((GROUPS, replace(DOCTORS, effective_from=DOS))), DOS),
        (Evidence((GROUPS, replace(DOCTORS, effective_to=DOS))), DOS + DAY),
        (Evidence((GROUPS, replace(DOCTORS, state=S.TERMED, effective_to=DOS))), DOS + DAY),
        (Evidence((GROUPS, replace(DOCTORS, effective_from=DOS + 9 * DAY, retro_from=DOS))), DOS),
        (Evidence((GROUPS, record(effective_from=DOS + 30 * DAY, kind=K.MEDICARE_INDIVIDUAL))), DOS),
        (Evidence((GROUPS, replace(DOCTORS, recred_due=DOS))), DOS + DAY),
        (Evidence((GROUPS, replace(DOCTORS, decided_on=DOS))), DOS),
        (Evidence((GROUPS, replace(DOCTORS, decided_on=DOS.replace(year=DOS.year - 3)))), DOS + DAY),
        (Evidence((GROUPS, ANYWHERE), (Membership(DOCTOR, "999990001", first_day=DOS),)), DOS),
        (
            Evidence((GROUPS, DOCTORS), credentials=(Credential(DOCTOR, CredentialKind.LICENCE, last_day=DOS),)),
            DOS + DAY,
        ),
        (
            Evidence((GROUPS, DOCTORS), credentials=(Credential(DOCTOR, CredentialKind.LICENCE, last_day=DOS + 30 * DAY),)),
            DOS,
        ),
        (Evidence((GROUPS, DOCTORS), credentials=(Credential(DOCTOR, CredentialKind.DEA, last_day=DOS),)), DOS + DAY),
        (Evidence((GROUPS, DOCTORS), questions=(Question(7, DOCTOR, "alpha", first_day=DOS),)), DOS),
        (Evidence((GROUPS, DOCTORS), shelf=shelf(Listed(NppesEntry("1", deactivated_on=DOS)))), DOS),
        (
            Evidence(
                (GROUPS, DOCTORS), shelf=shelf(Listed(NppesEntry("1", deactivated_on=DOS - 9 * DAY, reactivated_on=DOS)))
            ),
            DOS,
        ),
        (Evidence((GROUPS, DOCTORS), shelf=shelf(Listed(exclusions=(Exclusion(L.LEIE, DOS, None, "1128a1"),)))), DOS),
        (Evidence((GROUPS, DOCTORS), shelf=shelf(Listed(opt_outs=(OptOut(DOS - 99 * DAY, DOS),)))), DOS + DAY),
        (Evidence((GROUPS, DOCTORS), shelf=shelf(Listed(revoked_on=DOS))), DOS),
        (Evidence((GROUPS,), shelf=shelf(Listed(medicare=(MedicareEnrollment(f"I{DOS:%Y%m%d}0001"),)))), DOS),
    ],
)  # fmt: skip
def test_every_day_on_which_something_turns_is_known(known: Evidence, turn: date) -> None:
    """What is said of the day before is not said of the day itself, and the other way round."""
    together = replace(known, recollection={})
    days = [turn - 5 * DAY, turn - 4 * DAY, turn - DAY, turn, turn + DAY, turn - 2 * DAY]
    alone = {day: judge_enrollment(on(day), MEDICARE, known, TODAY) for day in days}
    assert alone[turn - DAY] != alone[turn], "the case shows nothing"
    for day in days:
        assert judge_enrollment(on(day), MEDICARE, together, TODAY) == alone[day]
    straddling = on(turn - DAY, turn)
    assert judge_enrollment(straddling, MEDICARE, together, TODAY) == judge_enrollment(
        straddling, MEDICARE, known, TODAY
    )


def test_it_is_remembered_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked about a third time, who bills and who renders are not worked out again, on a neighbouring day either."""
    found: list[bool] = []
    told = Recalled.told
    monkeypatch.setattr(Recalled, "told", lambda self, one: (found.append((t := told(self, one)) is not None), t)[1])
    recollection: Recollection = {}
    for days in range(4):
        judge_enrollment(on(DOS + days * DAY), ALPHA, Evidence((GROUPS, DOCTORS), recollection=recollection), TODAY)
    assert found == [False, False, False, False, True, True, True, True]


def test_what_a_claim_alone_brings_with_it_is_not_taken_from_another() -> None:
    """A question about a role that only one names, an agreement whose number only one states, another payer of that key."""
    strict, lax = ALPHA, replace(ALPHA, policy=Policy.WARN)
    agreed = record(DOCTOR, S.OUT_OF_NETWORK, payer_assigned_id="CASE7", effective_from=date(2020, 1, 1))
    known = Evidence((GROUPS, agreed), recollection={})
    plain, stating = on(DOS), replace(on(DOS), prior_authorization="CASE7")
    asked = replace(known, questions=(Question(7, DOCTOR, "alpha"),))
    cases = [(plain, strict, known), (stating, strict, known), (plain, lax, known), (plain, strict, asked)]
    cases += [(replace(plain, providers=(Provider("82", COLLEAGUE, "1"),)), strict, known)]
    for _ in range(3):
        for one, payer, evidence in cases:
            alone = judge_enrollment(one, payer, replace(evidence, recollection=None), TODAY)
            assert judge_enrollment(one, payer, evidence, TODAY) == alone


def at(facility: str) -> Claim:
    return claim(providers=(Provider("82", DOCTOR, "1"), Provider("77", facility, "2")))


@pytest.mark.parametrize("location", ["*", COLLEAGUE])
def test_the_place_of_service_counts_where_a_record_names_one(location: str) -> None:
    """And only there: else what was said for one place is said for another."""
    known = Evidence((GROUPS, replace(DOCTORS, location=location)))
    together = replace(known, recollection={})
    for _ in range(3):
        for facility in (COLLEAGUE, GROUP, "2000000036"):
            alone = judge_enrollment(at(facility), ALPHA, known, TODAY)
            assert judge_enrollment(at(facility), ALPHA, together, TODAY) == alone


@settings(max_examples=200, deadline=None)
@given(claims(), worlds, payers, st.sampled_from(["CH", "RP"]))
def test_nothing_is_said_twice(one: Claim, known: Evidence, payer: Payer, mode: str) -> None:
    """Of one provider in one role no row says what another says; of two in one loop it is said once."""
    found = judge_enrollment(one, payer, known, TODAY, mode)
    assert len(set(found)) == len(found)

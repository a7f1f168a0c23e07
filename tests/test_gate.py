"""The gate: everything known about one claim gives one judgement, the same whenever it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import events as e
from gateway.cases import Case, Ground, Replaced
from gateway.checks import Check, CheckContext
from gateway.checks.edits import BUILT_IN
from gateway.gate import Gate, Judgement
from gateway.marks import Mark
from gateway.model.claims import BillingProvider, Claim, ClaimKind, Finding, Outcome, Provider, ServiceLine
from gateway.model.enrollment import Enrollment, EnrollmentState
from gateway.model.evidence import NOTHING, Evidence
from gateway.model.habits import Habits
from gateway.model.lists import Generation, Listed, ListKind, NppesEntry, Shelf
from gateway.model.partners import Account, Endpoint, Lane, Partner, Payer, Stage
from gateway.model.x12 import Address, Span

GROUP, DOCTOR = "1234567893", "2000000010"
ALPHA = Payer("alpha", "Alpha Health Plan", filing_limit=timedelta(days=90))
TODAY, DOS, DAY = date(2026, 8, 1), date(2026, 7, 10), timedelta(days=1)
GUIDE = "005010X222A1"
ENDPOINT = Endpoint("sftp", "sftp.example.com")


def lane_of(partner: str = "alpha_edi", stage: Stage = Stage.PRODUCTION, accepts: tuple[str, ...] = (GUIDE,)) -> Lane:
    return Lane(
        Partner(partner, "ALPHA", {"alpha": ("ALPHA1",)}, Address("ZZ", "ALPHAHP"), ENDPOINT, accepts=accepts),
        Account(partner, Address("ZZ", "US"), "US", "US", "5555550100", "u", "c", ("ssh-ed25519 A",), stage, ENDPOINT),
    )


def small_files() -> dict[Stage, Lane]:
    lane = lane_of()
    return {Stage.PRODUCTION: replace(lane, partner=replace(lane.partner, habits=Habits(largest_file=100_000)))}


SMALL_FILES = small_files()


@dataclass(frozen=True)
class Book:
    """A directory with one payer, ALPHA1, and the lanes of its primary route."""

    lanes: Mapping[Stage, Lane] = field(default_factory=lambda: {Stage.PRODUCTION: lane_of()})

    def payer_of(self, payer_id: str) -> Payer | None:
        return ALPHA if payer_id == "ALPHA1" else None

    def lane_for(self, payer: str, stage: Stage) -> Lane | None:
        return self.lanes.get(stage)


def claim(**changes: Any) -> Claim:
    line = ServiceLine(1, "99213", (), Decimal(100), Decimal(1), DOS, DOS)
    made = Claim(
        kind=ClaimKind.PROFESSIONAL,
        transaction_set=0,
        levels=(0, 1),
        span=Span(0, 1),
        position=20,
        control_number="T1001",
        charge=Decimal(100),
        place_of_service="11",
        frequency="1",
        payer_id="ALPHA1",
        payer_responsibility="P",
        filing_indicator="CI",
        member_id="MEMBER1",
        billing=BillingProvider(GROUP, "2", "999990001"),
        providers=(Provider("82", DOCTOR, "1"),),
        lines=(line,),
        first_day=DOS,
        last_day=DOS,
    )
    return replace(made, **changes)


def enrolled(npi: str, **changes: Any) -> Enrollment:
    made = Enrollment(npi, "alpha", EnrollmentState.ACTIVE, date(2020, 1, 1), observed_on=TODAY - 30 * DAY)
    return replace(made, **changes)


RECORDS = (enrolled(GROUP), enrolled(DOCTOR))
HOLD, RELEASE = Mark("hold", (), "ann"), Mark("release", ("ENROLLMENT_UNKNOWN", "HELD_BY_PERSON"), "bob")


def case(**changes: Any) -> Case:
    made = Case(1, claim(), "RECEIVED", "", "", "P", "CH", GUIDE, Evidence(RECORDS), payer="alpha")
    return replace(made, **changes)


def gate(*checks: Check, lanes: Mapping[Stage, Lane] | None = None, **severities: Outcome) -> Gate:
    return Gate(Book() if lanes is None else Book(lanes), (*BUILT_IN, *checks), severities)


def judged(one: Case, rules: Gate | None = None, today: date = TODAY) -> Judgement:
    return (rules or gate()).judge(one, today)


def verdict(judgement: Judgement) -> str:
    """PASSED, or the code of what stopped the claim."""
    event = judgement.event
    assert judgement.passed is isinstance(event, e.ClaimPassed)
    if isinstance(event, e.ClaimHeld | e.ClaimRejected):
        return event.code
    return "DUPLICATE" if isinstance(event, e.ClaimDuplicated) else "PASSED"


def applied(one: Case, judgement: Judgement) -> Case:
    """The claim as it stands after its judgement was written down."""
    match judgement.event:
        case e.ClaimPassed():
            return replace(one, state="READY", code="", lane=judgement.event.lane, payer=judgement.payer)
        case e.ClaimHeld():
            held = {"state": "HELD", "code": judgement.event.code, "grounds": judgement.grounds}
            return replace(one, lane="", payer=judgement.payer, **held)
        case _:
            return one


def broken(claim: Claim, context: CheckContext) -> Iterator[Finding]:
    raise ValueError("no")


NO_RECORDS: dict[str, Any] = {"evidence": NOTHING}
TABLE: dict[str, tuple[Case, Gate, str]] = {
    "nothing against it": (case(), gate(), "PASSED"),
    "received before": (case(original=7), gate(), "DUPLICATE"),
    "received before, and wrong": (case(original=7, claim=claim(payer_id="NOBODY"), evidence=NOTHING), gate(), "DUPLICATE"),
    "unknown payer": (case(claim=claim(payer_id="NOBODY")), gate(), "PAYER_UNKNOWN"),
    "no lane": (case(), gate(lanes={}), "ROUTE_MISSING"),
    "no lane for tests": (case(usage="T"), gate(), "ROUTE_MISSING"),
    "a lane for tests": (case(usage="T"), gate(lanes={Stage.TEST: lane_of(stage=Stage.TEST)}), "PASSED"),
    "no lane but for tests": (case(), gate(lanes={Stage.TEST: lane_of(stage=Stage.TEST)}), "ROUTE_MISSING"),
    "another guide": (case(version="005010X223A2"), gate(), "VERSION_NOT_ACCEPTED"),
    "another addendum": (case(version="005010X222A2"), gate(), "PASSED"),
    "no addendum": (case(version="005010X222"), gate(), "PASSED"),
    "no version": (case(version=""), gate(), "VERSION_NOT_ACCEPTED"),
    "large, and nobody said how large a file may be": (case(weight=10**9), gate(), "PASSED"),
    "larger than any file": (case(weight=99_000), gate(lanes=SMALL_FILES), "CLAIM_TOO_LARGE"),
    "nearly as large as a file": (case(weight=98_000), gate(lanes=SMALL_FILES), "PASSED"),
    "changed after sending": (case(sent_before=7), gate(), "CHANGED_AFTER_SENDING"),
    "a newer version came": (case(newer=9), gate(), "NEWER_VERSION"),
    "replaces what was never filed": (case(replaces=Replaced.NEVER_ADJUDICATED), gate(), "NEVER_ADJUDICATED"),
    "replaces what nobody answered yet": (case(replaces=Replaced.UNANSWERED), gate(), "ORIGINAL_UNANSWERED"),
    "replaces what is wanted anew": (case(replaces=Replaced.NEW_CLAIM_WANTED), gate(), "NEW_CLAIM_WANTED"),
    "names our own number": (case(replaces=Replaced.OWN_NUMBER), gate(), "PAYER_NUMBER_OURS"),
    "names another number": (case(replaces=Replaced.OTHER_NUMBER), gate(), "PASSED"),
    "replaces what is not ours": (case(replaces=Replaced.UNKNOWN), gate(), "PASSED"),
    "may have arrived": (case(may_have_arrived=True), gate(), "MAY_HAVE_ARRIVED"),
    "not enrolled": (case(evidence=NOTHING), gate(), "ENROLLMENT_UNKNOWN"),
    "a check broke": (case(), gate(Check("BROKEN", broken)), "CHECK_FAILED"),
    "a broken check of another payer": (case(), gate(Check("BROKEN", broken, "beta")), "PASSED"),
    "not enrolled, and the site only warns": (case(evidence=NOTHING), gate(ENROLLMENT_UNKNOWN=Outcome.WARN), "PASSED"),
    "no payer, whatever the site says": (
        case(claim=claim(payer_id="NOBODY")), gate(PAYER_UNKNOWN=Outcome.WARN), "PAYER_UNKNOWN",
    ),
    "held": (case(marks=(HOLD,)), gate(), "HELD_BY_PERSON"),
    "held, then released": (case(marks=(HOLD, RELEASE)), gate(), "PASSED"),
    "released, then held": (case(marks=(RELEASE, HOLD)), gate(), "HELD_BY_PERSON"),
    "not enrolled, held": (case(**NO_RECORDS, marks=(HOLD,)), gate(), "HELD_BY_PERSON"),
    "not enrolled, released": (case(**NO_RECORDS, marks=(RELEASE,)), gate(), "PASSED"),
    "not enrolled, released, held": (case(**NO_RECORDS, marks=(RELEASE, HOLD)), gate(), "HELD_BY_PERSON"),
    "not enrolled, released, held, released": (case(**NO_RECORDS, marks=(RELEASE, HOLD, RELEASE)), gate(), "PASSED"),
    "released twice, each past its own": (
        case(**NO_RECORDS, sent_before=7, marks=(RELEASE, Mark("release", ("CHANGED_AFTER_SENDING",), "ann"))),
        gate(), "PASSED",
    ),
    "released, and something new": (
        case(**NO_RECORDS, may_have_arrived=True, marks=(RELEASE,)), gate(), "MAY_HAVE_ARRIVED",
    ),
    "released past nothing": (case(**NO_RECORDS, marks=(Mark("release", (), "bob"),)), gate(), "ENROLLMENT_UNKNOWN"),
    "may have arrived, and released": (
        case(may_have_arrived=True, marks=(Mark("release", ("MAY_HAVE_ARRIVED",), "bob"),)), gate(), "PASSED",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("one", "rules", "code"), TABLE.values(), ids=TABLE)
def test_a_case_is_judged_as_the_table_says(one: Case, rules: Gate, code: str) -> None:
    """The event, its code and whether the claim may go agree."""
    judgement = judged(one, rules)
    assert verdict(judgement) == code
    assert judgement.case is one


NEVER = {
    "PAYER_UNKNOWN": (case(claim=claim(payer_id="NOBODY")), gate()),
    "CHECK_FAILED": (case(), gate(Check("BROKEN", broken))),
    "ROUTE_MISSING": (case(), gate(lanes={})),
    "VERSION_NOT_ACCEPTED": (case(version="005010X223A2"), gate()),
    "CLAIM_TOO_LARGE": (case(weight=99_000), gate(lanes=SMALL_FILES)),
}


@pytest.mark.parametrize("code", NEVER)
def test_nobody_releases_what_has_no_way_to_go(code: str) -> None:
    """A person's word makes no route, no payer and no check that has seen the claim."""
    one, rules = NEVER[code]
    released = replace(one, marks=(Mark("release", tuple(NEVER), "bob"),))
    assert verdict(judged(released, rules)) == code


def test_a_release_is_written_into_the_finding_it_passes() -> None:
    """The finding stays, as a warning that names who let it pass."""
    judgement = judged(case(evidence=NOTHING, marks=(HOLD, RELEASE)))
    found = [f for f in judgement.findings if f.code == "ENROLLMENT_UNKNOWN"]
    assert found
    assert all(f.outcome is Outcome.WARN and f.evidence.endswith("released by bob") for f in found)


def test_a_list_that_grows_old_lets_no_held_claim_go() -> None:
    """Not in a fresh list holds; a list too old to say so only warns of a new claim, and a held one waits on."""
    loaded = {ListKind.NPPES: Generation(ListKind.NPPES, 1, TODAY, 9_000_000)}
    one = case(evidence=Evidence(RECORDS, shelf=Shelf(loaded)))
    first = judged(one)
    later = TODAY + 36 * DAY
    assert verdict(first) == "NPI_NOT_FOUND"
    assert verdict(judged(one, today=later)) == "PASSED"
    assert not judged(applied(one, first), today=later).passed
    known = Shelf(loaded, {npi: Listed(nppes=NppesEntry("1")) for npi in (GROUP, DOCTOR)})
    assert judged(replace(applied(one, first), evidence=Evidence(RECORDS, shelf=known)), today=later).passed


@pytest.mark.parametrize(
    ("actors", "expected"),
    [
        (("bob",), "EXCLUDED"),
        (("bob", "bob"), "EXCLUDED"),
        (("bob", "eve"), "PASSED"),
        (("eve", "bob", "bob"), "PASSED"),
    ],
)
def test_past_an_exclusion_two_people_decide(actors: tuple[str, ...], expected: str) -> None:
    """One person's word, however often given, is half of it; the finding says so."""
    check = Check("EXCLUDED", lambda _claim, _context: [Finding("EXCLUDED", Outcome.HOLD, next_step="Ask.")])
    marks = tuple(Mark("release", ("EXCLUDED",), actor) for actor in actors)
    judgement = judged(case(marks=marks), gate(check))
    assert verdict(judgement) == expected
    (found,) = [f for f in judgement.findings if f.code == "EXCLUDED"]
    assert ("second person" in found.next_step) is (expected == "EXCLUDED")
    assert all(actor in found.evidence for actor in actors)


def test_a_release_is_past_what_was_seen_and_not_past_the_same_of_another_provider() -> None:
    """Who lets one provider's hold pass has said nothing of one that comes later."""

    def released(*npis: str) -> Case:
        about = tuple(("ENROLLMENT_UNKNOWN", npi) for npi in npis)
        return case(**NO_RECORDS, marks=(Mark("release", ("ENROLLMENT_UNKNOWN",), "bob", about),))

    assert verdict(judged(released(DOCTOR, GROUP))) == "PASSED"
    for seen, left in ((DOCTOR, GROUP), (GROUP, DOCTOR)):
        found = judged(released(seen))
        assert not found.passed
        assert {ground.npi for ground in found.grounds} == {left}


def test_a_release_frees_no_rejection() -> None:
    """What our own checks refuse, the practice corrects."""
    rules = gate(ENROLLMENT_UNKNOWN=Outcome.REJECT)
    judgement = judged(case(evidence=NOTHING, marks=(RELEASE,)), rules)
    assert isinstance(judgement.event, e.ClaimRejected)
    assert judgement.judge_on is None


def test_a_duplicate_names_its_original_and_is_not_looked_at_again() -> None:
    """Time and records have no say in it."""
    judgement = judged(case(original=7))
    assert judgement.event == e.ClaimDuplicated(claim=1, payer="alpha", original=7)
    assert (judgement.judge_on, judgement.findings) == (None, ())


def test_a_ready_claim_whose_way_is_the_same_gives_no_event() -> None:
    """Nothing changed, nothing is told; it may still go."""
    judgement = judged(case(state="READY", lane="alpha_edi/production"))
    assert (judgement.event, judgement.passed) == (None, True)


def test_a_ready_claim_whose_route_changed_goes_the_new_way() -> None:
    """It is told again, with the lane it takes now."""
    rules = gate(lanes={Stage.PRODUCTION: lane_of("beta_edi")})
    event = judged(case(state="READY", lane="alpha_edi/production"), rules).event
    assert isinstance(event, e.ClaimPassed)
    assert event.lane == "beta_edi/production"


def test_a_held_claim_is_told_again_only_when_the_reason_changes() -> None:
    """The same codes once more are no news, another one is, and so is one less behind the first."""
    held = applied(case(evidence=NOTHING), judged(case(evidence=NOTHING)))
    assert judged(held).event is None
    assert judged(held).grounds == held.grounds
    more = (Ground("CHARGE_ZERO", "2300/CLM02", 0, "", ""), *held.grounds)
    assert verdict(judged(replace(held, grounds=more))) == "ENROLLMENT_UNKNOWN"
    assert not judged(held).passed
    assert verdict(judged(replace(held, code="HELD_BY_PERSON"))) == "ENROLLMENT_UNKNOWN"
    assert verdict(judged(replace(held, may_have_arrived=True))) == "MAY_HAVE_ARRIVED"
    assert verdict(judged(replace(held, evidence=Evidence(RECORDS)))) == "PASSED"


def test_a_persons_hold_says_what_its_release_is_past_besides() -> None:
    """Whoever takes back only a hold of their own is told that nothing else would hold the claim either."""
    alone, both = (judged(case(marks=(HOLD,), **more)).event for more in ({}, NO_RECORDS))
    assert isinstance(alone, e.ClaimHeld)
    assert isinstance(both, e.ClaimHeld)
    assert "past" not in alone.next
    assert "past ENROLLMENT_UNKNOWN too" in both.next
    way_less = judged(case(marks=(HOLD,)), gate(lanes={})).event
    assert isinstance(way_less, e.ClaimHeld)
    assert "ROUTE_MISSING" not in way_less.next


def test_what_was_mended_of_one_provider_is_told_though_another_lacks_the_same() -> None:
    """The code and all codes stay; who is missing does not, and that is what somebody has to go and mend."""
    held = applied(case(evidence=NOTHING), judged(case(evidence=NOTHING)))
    assert {(ground.code, ground.npi) for ground in held.grounds} == {
        ("ENROLLMENT_UNKNOWN", GROUP),
        ("ENROLLMENT_UNKNOWN", DOCTOR),
    }
    group = Evidence(tuple(record for record in RECORDS if record.provider_npi == GROUP))
    event = judged(replace(held, evidence=group)).event
    assert isinstance(event, e.ClaimHeld)
    assert (event.code, event.place) == ("ENROLLMENT_UNKNOWN", "2310B/NM109")


def test_a_ready_claim_that_may_not_go_any_more_is_held() -> None:
    """Up to the moment it is sent."""
    ready = case(evidence=NOTHING, state="READY", lane="alpha_edi/production")
    assert verdict(judged(ready)) == "ENROLLMENT_UNKNOWN"


def test_a_claim_whose_payer_is_another_one_now_is_told_again() -> None:
    """By its payer the roster finds the claims that a change concerns."""

    @dataclass(frozen=True)
    class Renamed(Book):
        def payer_of(self, payer_id: str) -> Payer | None:
            return replace(ALPHA, key="alpha_plus")

    first = judged(case(evidence=NOTHING))
    again = Gate(Renamed(), BUILT_IN, {}).judge(applied(case(evidence=NOTHING), first), TODAY)
    assert isinstance(again.event, e.ClaimHeld)
    assert again.event.payer == "alpha_plus"


def calendar(one: Case, first: date, days: int) -> dict[date, tuple[Any, ...]]:
    """What the gate says on each day: the outcome of every finding, by code and place."""
    return {
        day: (judged(one, today=day).passed, *((f.code, f.outcome, f.place) for f in judged(one, today=day).findings))
        for day in (first + n * DAY for n in range(days))
    }


@pytest.mark.parametrize(
    "one",
    [
        case(),
        case(claim=claim(first_day=TODAY + 9 * DAY)),
        case(evidence=Evidence((enrolled(GROUP),))),
        case(marks=(HOLD,)),
    ],
    ids=["clean", "of a day to come", "not enrolled", "held by a person"],
)
def test_no_judgement_changes_before_the_day_it_is_looked_at_again(one: Case) -> None:
    """`judge_on` lies ahead, and until then every day says the same; without one no day ever says anything else."""
    said = calendar(one, TODAY, 400)
    day = TODAY
    while (until := judged(one, today=day).judge_on) is not None and until in said:
        assert until > day
        assert {said[day + n * DAY] for n in range((until - day).days)} == {said[day]}
        day = until
    assert {what for on, what in said.items() if on >= day} == {said[day]}
    assert day > TODAY


def test_what_only_the_world_can_change_is_not_looked_at_again() -> None:
    """Without payer or records no day to come says anything new of a claim of the past."""
    assert judged(case(claim=claim(payer_id="NOBODY"), evidence=NOTHING)).judge_on is None


def test_the_filing_limit_is_known_where_the_payer_is() -> None:
    """Urgency is by it."""
    assert judged(case()).filing_due == DOS + 90 * DAY
    assert judged(case(claim=claim(payer_id="NOBODY"))).filing_due is None


MARKS = st.lists(
    st.builds(
        Mark,
        st.sampled_from(["hold", "release"]),
        st.lists(st.sampled_from(["ENROLLMENT_UNKNOWN", "MAY_HAVE_ARRIVED", "ROUTE_MISSING", "FILING_PAST"])).map(
            tuple
        ),
        st.just("ann"),
    ),
    max_size=4,
).map(tuple)
CASES = st.builds(
    case,
    claim=st.sampled_from([claim(), claim(payer_id="NOBODY"), claim(frequency="8"), claim(first_day=None)]),
    state=st.sampled_from(["RECEIVED", "HELD", "READY"]),
    code=st.sampled_from(["", "ENROLLMENT_UNKNOWN", "HELD_BY_PERSON"]),
    lane=st.sampled_from(["", "alpha_edi/production", "beta_edi/production"]),
    usage=st.sampled_from("PT"),
    version=st.sampled_from([GUIDE, "005010X223A2"]),
    evidence=st.lists(st.sampled_from([*RECORDS, enrolled(DOCTOR, observed_on=None)])).map(tuple).map(Evidence),
    marks=MARKS,
    sent_before=st.sampled_from([None, 7]),
    may_have_arrived=st.booleans(),
)
DAYS = st.dates(date(2026, 6, 1), date(2027, 6, 1))


@given(CASES, DAYS)
def test_judging_is_pure_and_changes_nothing_twice(one: Case, today: date) -> None:
    """Equal cases are judged equally; once written down, the same day gives no event, and the same word."""
    judgement = judged(one, today=today)
    assert judged(one, today=today) == judgement
    if isinstance(judgement.event, e.ClaimRejected):
        return  # a rejected claim is not judged again
    again = judged(applied(one, judgement), today=today)
    assert again.event is None
    assert (again.passed, again.findings, again.judge_on) == (
        judgement.passed, judgement.findings, judgement.judge_on,
    )  # fmt: skip


@given(CASES, DAYS)
def test_a_claim_goes_only_by_a_lane_to_a_payer_we_know_and_is_looked_at_only_ahead(one: Case, today: date) -> None:
    """Whatever people decided."""
    judgement = judged(one, today=today)
    assert not judgement.passed or (judgement.payer and judgement.lane)
    assert judgement.judge_on is None or judgement.judge_on > today


@given(CASES, DAYS, st.permutations(range(3)))
def test_the_order_of_the_records_does_not_matter(one: Case, today: date, order: list[int]) -> None:
    """Whether a claim may go does not hang on which letter was filed first."""
    some = [*RECORDS, enrolled(DOCTOR, state=EnrollmentState.DENIED, effective_from=None)]
    first = judged(replace(one, evidence=Evidence(tuple(some))), today=today)
    other = judged(replace(one, evidence=Evidence(tuple(some[n] for n in order))), today=today)
    assert (first.passed, type(first.event)) == (other.passed, type(other.event))

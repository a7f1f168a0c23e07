"""What holds of the decision table whatever the world: an oracle that walks day by day, and laws that no case breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.checks import decide
from gateway.enrollment import judge_enrollment, next_change
from gateway.model.claims import Claim, ClaimKind, Outcome, Provider
from gateway.model.enrollment import Enrollment, EnrollmentKind
from gateway.model.evidence import Evidence, Question
from gateway.model.lists import (
    Exclusion,
    Generation,
    Listed,
    ListKind,
    MedicareEnrollment,
    NppesEntry,
    OptOut,
    OrderRefer,
    Shelf,
)  # fmt: skip
from gateway.model.partners import Payer, Policy, Rule
from gateway.model.registry import Credential, CredentialKind, Membership
from gateway.named import npis_of
from tests.enrollment.world import (
    COLLEAGUE,
    DAY,
    DOCTOR,
    GROUP,
    OTHER_TAX_ID,
    OVER_STATES,
    TAX_ID,
    TODAY,
    S,
    claim,
    line,
)  # fmt: skip

K, L = EnrollmentKind, ListKind
REFERRER = "2000000036"
NPIS = [GROUP, DOCTOR, COLLEAGUE, REFERRER]
BASE = date(2026, 7, 1)
day = st.integers(0, 12).map(lambda count: BASE + count * DAY)
maybe = st.none() | day
soon = st.none() | st.integers(-3, 60).map(lambda count: TODAY + count * DAY)

enrollments = st.builds(
    Enrollment,
    provider_npi=st.sampled_from([GROUP, GROUP, DOCTOR, DOCTOR, COLLEAGUE, REFERRER]),
    payer=st.sampled_from(["alpha", "alpha", "alpha", "beta"]),
    state=st.sampled_from([*S, *[S.ACTIVE] * 8, S.TERMED]),
    effective_from=maybe,
    effective_to=st.none() | maybe,
    retro_from=st.none() | st.none() | day,
    tax_id=st.sampled_from(["*", "*", TAX_ID, OTHER_TAX_ID]),
    billing_npi=st.sampled_from(["*", "*", GROUP, COLLEAGUE]),
    source=st.just("letter"),
    observed_on=st.none() | st.integers(150, 200).map(lambda age: TODAY - age * DAY),
    kind=st.sampled_from([*K, *[K.PARTICIPATION] * 8]),
    line_of_business=st.sampled_from(["*", "*", "*", "CI", "MB"]),
    submitter=st.sampled_from(["*", "US", "THEM"]),
    revalidation_due=soon,
    loads_on=soon,
    recred_due=st.none() | st.none() | day,
    decided_on=st.none() | st.none() | day.map(lambda at: at.replace(year=at.year - 3)),
    id=st.integers(0, 5),
)
memberships = st.builds(
    Membership, st.sampled_from([DOCTOR, COLLEAGUE]), st.sampled_from([TAX_ID, TAX_ID, OTHER_TAX_ID]),
    payer=st.sampled_from(["*", "alpha", "beta"]), first_day=maybe, last_day=st.none() | maybe,
)  # fmt: skip
credentials = st.builds(
    Credential, st.sampled_from([GROUP, DOCTOR]), st.sampled_from([CredentialKind.LICENCE, CredentialKind.DEA]),
    last_day=st.none() | day.map(lambda at: at + 5 * DAY),
)  # fmt: skip
questions = st.builds(
    Question, st.just(7), st.sampled_from(NPIS), st.sampled_from(["alpha", "beta"]), first_day=maybe, last_day=maybe
)
exclusions = st.builds(
    Exclusion, st.sampled_from([L.LEIE, L.SAM]), maybe, st.none() | maybe, st.just("1128a1"), st.booleans(), st.booleans(),
    st.sampled_from([None, True, False]),
)  # fmt: skip
entries = st.builds(
    Listed,
    nppes=st.none() | st.builds(NppesEntry, st.sampled_from(["", "1", "2"]), st.none() | maybe, maybe),
    exclusions=st.just(()) | st.just(()) | st.lists(exclusions, max_size=2).map(tuple),
    opt_outs=st.just(())
    | st.just(())
    | st.lists(st.builds(OptOut, maybe, maybe, st.booleans()), max_size=1).map(tuple),
    order_refer=st.none() | st.builds(OrderRefer, st.booleans(), st.booleans()),
    medicare=st.just(())
    | st.builds(MedicareEnrollment, day.map(lambda at: f"I{at:%Y%m%d}0001")).map(lambda one: (one,)),
    revoked_on=st.none() | st.none() | day,
    revalidation_due=soon,
)
shelves = st.builds(
    Shelf,
    st.dictionaries(
        st.sampled_from([*L]), st.integers(25, 100).map(lambda age: TODAY - age * DAY), max_size=6
    ).map(lambda dated: {kind: Generation(kind, 1, at, 9) for kind, at in dated.items()}),
    st.dictionaries(st.sampled_from(NPIS), entries),
)  # fmt: skip
payers = st.builds(
    Payer, st.just("alpha"), st.just("Alpha"), policy=st.sampled_from([Policy.STRICT, Policy.STRICT, *Policy]),
    federal=st.booleans(), out_of_network_billable=st.booleans(), medicare=st.booleans(),
    policies=st.just({}) | st.dictionaries(st.sampled_from([*Rule]), st.sampled_from([*Policy]), max_size=3),
)  # fmt: skip
covering = st.builds(
    Enrollment, st.sampled_from([GROUP, DOCTOR, COLLEAGUE]), st.just("alpha"), st.just(S.ACTIVE), day,
    effective_to=st.none() | st.integers(9, 16).map(lambda count: BASE + count * DAY),
    tax_id=st.sampled_from(["*", "*", TAX_ID]), observed_on=st.just(TODAY - 180 * DAY),
    kind=st.sampled_from([K.PARTICIPATION, K.MEDICARE_INDIVIDUAL]), retro_from=st.none() | day,
    line_of_business=st.sampled_from(["*", "CI"]),
    decided_on=st.none() | st.none() | day.map(lambda at: at.replace(year=at.year - 3)),
)  # fmt: skip
"""Good records, that the worlds are not all the same: most of what is random holds."""
group = Enrollment(GROUP, "alpha", S.ACTIVE, BASE, observed_on=TODAY - 180 * DAY)
worlds = st.builds(
    Evidence,
    enrollments=st.one_of(
        st.lists(enrollments, max_size=6).map(tuple),
        st.lists(enrollments | covering, max_size=4).map(lambda some: (group, *some)),
        st.tuples(st.just(group), covering, covering),
    ),
    memberships=st.just(()) | st.lists(memberships, max_size=2).map(tuple),
    credentials=st.just(()) | st.lists(credentials, max_size=2).map(tuple),
    questions=st.just(()) | st.just(()) | st.lists(questions, max_size=1).map(tuple),
    shelf=st.just(Shelf()) | st.just(Shelf()) | shelves,
    submitter=st.sampled_from(["", "US"]),
    kept=st.sampled_from([frozenset(), frozenset({("alpha", K.EDI_837)})]),
)
MARKS: list[dict[str, Any]] = [{}, {}, {"emergency": True}, {"modifiers": ("Q6",)}]


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """One to three lines; some with a rendering provider of their own, some referred or supervised."""
    made, providers = [], []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        first = draw(day)
        procedure = draw(st.sampled_from(["99213", "80053", "E0601"]))
        one = line(number, first, first + draw(st.integers(0, 3)) * DAY, **draw(st.sampled_from(MARKS)))
        made.append(replace(one, procedure=procedure))
        if draw(st.booleans()):
            providers.append(Provider("82", draw(st.sampled_from([DOCTOR, COLLEAGUE])), "1", line=number))
    for role, npi in (("82", DOCTOR), ("DN", REFERRER), ("DQ", COLLEAGUE), ("71", REFERRER)):
        if draw(st.booleans()):
            providers.append(Provider(role, npi, "1"))
    kind = draw(st.sampled_from([ClaimKind.PROFESSIONAL, ClaimKind.PROFESSIONAL, *ClaimKind]))
    place = draw(st.sampled_from(["11", "32"]))
    return claim(*made, kind=kind, providers=tuple(providers), place_of_service=place)


# The oracle: line by line, provider by provider, day by day, and nothing shared with the table.


class Oracle:
    """Whether one claim is let go, held or rejected."""

    def __init__(self, one: Claim, payer: Payer, known: Evidence, mode: str) -> None:
        self.claim, self.payer, self.known, self.encounter = one, payer, known, mode == "RP"
        self.loaded, self.today = known.shelf.loaded, TODAY

    def says(self) -> Outcome:
        return max((self.of_line(each) for each in self.lines()), default=Outcome.PASS)

    def lines(self) -> list[Any]:
        return [None] if self.claim.kind is ClaimKind.INSTITUTIONAL else list(self.claim.lines)

    def of_line(self, each: Any) -> Outcome:
        source = each or self.claim
        days = [source.first_day + n * DAY for n in range((source.last_day - source.first_day).days + 1)]
        people = [("85", GROUP, "2")]
        roles = {p.role for p in self.claim.providers}
        for role in sorted(roles):
            named = [p for p in self.claim.providers if p.role == role]
            if each is None:
                people += [("" if role == "82" else role, p.npi, "1") for p in named]
                continue
            own = [p for p in named if p.line == each.number] or [p for p in named if p.line is None]
            people += [(role, p.npi, "1") for p in own[:1]]
        return max(self.of_provider(role, npi, kind, days, each) for role, npi, kind in people)

    def of_provider(self, role: str, npi: str, kind: str, days: list[date], each: Any) -> Outcome:
        listed = self.known.shelf.of(npi)
        emergency = bool(each and each.emergency)
        substitute = bool(each and "Q6" in each.modifiers) and role == "82"
        worst = Outcome.PASS

        def note(rule: Rule, stops: Outcome, unknown: bool = False) -> None:
            nonlocal worst
            policy = self.policy(rule)
            if policy is Policy.OFF or stops < Outcome.HOLD:
                return
            weak = policy is Policy.WARN or (policy is Policy.LEARNING and unknown)
            weak |= self.encounter and rule not in (Rule.EXCLUSION, Rule.OPT_OUT)
            spared = {Rule.ENROLLMENT, Rule.RECREDENTIALING, Rule.LINK, Rule.LOCATION, Rule.TAXONOMY}
            weak |= emergency and rule in spared | {Rule.OPT_OUT, Rule.ORDER_REFER, Rule.SUPERVISION}
            weak |= substitute and rule in spared
            worst = worst if weak else max(worst, stops)

        stop, hold = Outcome.REJECT, Outcome.HOLD
        if listed.nppes is None:
            newest = [self.loaded[k].dated for k in (L.NPPES, L.NPPES_WEEKLY) if k in self.loaded]
            if L.NPPES in self.loaded and (self.today - max(newest)).days <= 35:
                note(Rule.NPI, hold, unknown=True)
        elif self.asleep(listed.nppes, days):
            note(Rule.NPI, hold)
        hits = [
            x for x in listed.exclusions
            if x.list in self.loaded and not x.by_name and any(self.within(d, x.first_day, x.last_day) for d in days)
        ]  # fmt: skip
        if hits:
            federal = self.payer.federal or self.payer.medicare
            note(Rule.EXCLUSION, stop if federal and not all(x.waiver for x in hits) else hold)
        if (
            any(
                q.npi == npi and q.payer == "alpha" and any(self.within(d, q.first_day, q.last_day) for d in days)
                for q in self.known.questions
            )
            and not self.encounter
        ):
            worst = max(worst, hold)
        if role in ("85", "82"):
            self.of_paid(role, npi, days, listed, note)
        if role in ("85", "82", "DQ", "71") and self.unlicensed(npi, days):
            note(Rule.LICENCE, hold)
        if role == "85" and self.cannot_send():
            note(Rule.EDI, hold, unknown=True)
        if self.payer.medicare:
            if role == "DN" and L.ORDER_REFER in self.loaded and not self.ordering(npi, days, each, listed):
                note(Rule.ORDER_REFER, hold, unknown=True)
            if (
                role == "71"
                and each is None
                and self.claim.place_of_service == "32"
                and not self.familiar(npi, days, listed)
            ):
                note(Rule.SUPERVISION, hold, unknown=True)
        return worst

    def policy(self, rule: Rule) -> Policy:
        usual = self.payer.policy if rule in (Rule.ENROLLMENT, Rule.LINK, Rule.SUPERVISION) else Policy.STRICT
        usual = Policy.WARN if rule is Rule.RECREDENTIALING else usual
        return self.payer.policies.get(rule, usual)

    def within(self, at: date, first: date | None, last: date | None) -> bool:
        return (first or date.min) <= at <= (last or date.max)

    def asleep(self, entry: NppesEntry, days: list[date]) -> bool:
        off, on = entry.deactivated_on, entry.reactivated_on
        return off is not None and any(off <= d and not (on and off <= on <= d) for d in days)

    def unlicensed(self, npi: str, days: list[date]) -> bool:
        held = [c for c in self.known.credentials if c.npi == npi and c.kind is CredentialKind.LICENCE]
        return bool(held) and all(c.last_day and c.last_day < days[-1] for c in held)

    def cannot_send(self) -> bool:
        records = [r for r in self.of(GROUP) if r.kind is K.EDI_837]
        if not records and ("alpha", K.EDI_837) not in self.known.kept:
            return self.payer.policies.get(Rule.EDI) is Policy.STRICT
        ours = [r for r in records if self.known.submitter in ("", r.submitter) or r.submitter == "*"]
        ours = [r for r in ours if self.is_here(r)]
        for r in ours:
            live = r.state in (S.ACTIVE, S.ACTIVE_REVALIDATION_DUE) or self.loaded_by_now(r)
            refused = any(self.refuses(no, TODAY, r) for no in ours)
            if live and not refused and self.within(TODAY, r.effective_from, r.effective_to):
                return False
        return True

    def of(self, npi: str) -> list[Enrollment]:
        return [r for r in self.known.enrollments if r.provider_npi == npi and r.payer == "alpha"]

    def is_here(self, r: Enrollment) -> bool:
        return r.tax_id in ("*", TAX_ID) and r.billing_npi in ("*", GROUP)

    def loaded_by_now(self, r: Enrollment) -> bool:
        return r.state is S.APPROVED_PENDING_LOAD and r.loads_on is not None and r.loads_on <= TODAY

    def bills(self, r: Enrollment, at: date) -> bool:
        """Whether this record lets this one day be billed."""
        if r.effective_to and at > r.effective_to:
            return False
        begins = [d for d in (r.effective_from, r.retro_from) if d]
        reaches = begins
        if r.kind in (K.MEDICARE_INDIVIDUAL, K.MEDICARE_REASSIGNMENT) and not r.retro_from:
            reaches = [d - 30 * DAY for d in begins]
        if r.state is S.OUT_OF_NETWORK:
            reaches = reaches or [date.min]
        if not reaches or at < min(reaches) or (r.effective_to and begins and min(begins) > r.effective_to):
            return False
        if r.state in OVER_STATES:
            return r.effective_to is not None
        if r.state is S.OUT_OF_NETWORK:
            return self.payer.out_of_network_billable
        return r.state in (S.ACTIVE, S.ACTIVE_REVALIDATION_DUE) or self.loaded_by_now(r)

    def refuses(self, no: Enrollment, at: date, r: Enrollment) -> bool:
        """Whether one record says no to this day of another that leaves open what it names, and began no later."""
        scopes = ("tax_id", "billing_npi", "line_of_business", "submitter")
        if no.kind is not r.kind or not any(getattr(no, s) != "*" == getattr(r, s) for s in scopes):
            return False
        if r.state is S.OUT_OF_NETWORK:
            return False
        begun = r.effective_from or r.retro_from or date.min
        seen = no.observed_on or date.max
        if no.state is S.DENIED:
            return self.within(at, no.effective_from, no.effective_to) and begun <= (no.effective_from or seen)
        if no.state not in OVER_STATES:
            return False
        if no.effective_to:
            return at > no.effective_to >= begun
        return self.within(at, no.effective_from, None) and begun <= seen

    def covers(self, records: list[Enrollment], days: list[date], noes: Sequence[Enrollment] = ()) -> bool:
        return all(
            any(self.bills(r, at) and not any(self.refuses(no, at, r) for no in noes) for r in records) for at in days
        )

    def silent(self, records: list[Enrollment], days: list[date]) -> bool:
        """Whether nothing is known: no record but of being out of network on other days."""
        return all(
            r.state is S.OUT_OF_NETWORK
            and not any(self.within(at, self.begin(r), r.effective_to) and not self.reversed(r) for at in days)
            for r in records
        )

    def reversed(self, r: Enrollment) -> bool:
        begin = self.begin(r)
        return bool(begin and r.effective_to and begin > r.effective_to)

    def begin(self, r: Enrollment) -> date | None:
        return min((d for d in (r.effective_from, r.retro_from) if d), default=None)

    def of_paid(self, role: str, npi: str, days: list[date], listed: Listed, note: Any) -> None:
        hold = Outcome.HOLD
        kinds = (K.PARTICIPATION, K.MEDICARE_INDIVIDUAL, K.MEDICAID)
        mine = [r for r in self.of(npi) if r.line_of_business in ("*", "CI")]
        known = [r for r in mine if r.kind in kinds]
        here = [r for r in known if self.is_here(r)]
        if self.payer.medicare:
            opted = any(self.within(d, o.first_day, o.last_day) for o in listed.opt_outs for d in days)
            if L.OPT_OUT in self.loaded and opted:
                note(Rule.OPT_OUT, Outcome.REJECT)
            if L.REVOKED in self.loaded and listed.revoked_on and listed.revoked_on <= days[-1]:
                note(Rule.MEDICARE_FILE, hold)
        enrolled = self.covers(here, days, here) or (role == "82" and self.covers(known, days, here))
        if not enrolled:
            relevant = here or known
            elsewhere = role == "85" and not here and self.covers(known, days)
            unknown = self.silent(relevant, days) and not elsewhere
            listed_early = any(date.fromisoformat(m.enrollment_id[1:9]) <= days[0] for m in listed.medicare)
            if unknown and self.payer.medicare and L.PPEF in self.loaded and listed_early:
                return
            others = [r for r in self.of(npi) if r.kind in kinds and r not in mine]
            note(Rule.ENROLLMENT, hold, unknown=unknown and not self.covers(others, days))
        else:
            used = here if self.covers(here, days, here) else known
            if not self.covers([r for r in used if not self.missed(r, days[-1])], days, here):
                note(Rule.RECREDENTIALING, hold)
        if role == "82" and self.covers(known, days, here) and not self.is_linked(npi, days, mine, here):
            note(Rule.LINK, hold)

    def missed(self, r: Enrollment, last: date) -> bool:
        """Whether the provider was to be credentialed anew before that day, and no record tells that it was."""
        due = r.recred_due
        if due is None and r.decided_on and r.kind is K.PARTICIPATION:
            due = r.decided_on.replace(year=r.decided_on.year + 3)
        return r.state in (S.ACTIVE, S.ACTIVE_REVALIDATION_DUE) and due is not None and due < last

    def is_linked(self, npi: str, days: list[date], mine: list[Enrollment], here: list[Enrollment]) -> bool:
        def named(r: Enrollment) -> bool:
            return (r.tax_id, r.billing_npi) != ("*", "*")

        group = [
            m for m in self.known.memberships if m.npi == npi and m.tax_id == TAX_ID and m.payer in ("*", "alpha")
        ]  # fmt: skip
        dated = [m for m in group if m.first_day or m.last_day]
        links = [r for r in here if named(r) or r.kind is not K.MEDICARE_INDIVIDUAL]
        links += [r for r in mine if r.kind is K.MEDICARE_REASSIGNMENT and self.is_here(r)]
        if dated:
            links = [r for r in links if named(r)]
        by_group = all(any(self.within(at, m.first_day, m.last_day) for m in dated) for at in days)
        return self.covers(links, days, links) or (bool(dated) and by_group) or len(group) > len(dated)

    def ordering(self, npi: str, days: list[date], each: Any, listed: Listed) -> bool:
        procedure = each.procedure if each else ""
        column = {"80053": "part_b", "E0601": "dme"}.get(procedure, "part_b")
        if each is None:
            column = "home_health" if self.claim.place_of_service == "32" else "part_b"
        if listed.order_refer and getattr(listed.order_refer, column):
            return True
        checked = procedure in ("80053", "E0601") or column == "home_health"
        return not checked or self.affidavit(listed, days) or self.covers(
            [r for r in self.of(npi) if r.kind is K.ORDER_REFER], days
        )  # fmt: skip

    def affidavit(self, listed: Listed, days: list[date]) -> bool:
        found = any(o.may_order and self.within(d, o.first_day, o.last_day) for o in listed.opt_outs for d in days)
        return found and L.OPT_OUT in self.loaded

    def familiar(self, npi: str, days: list[date], listed: Listed) -> bool:
        kinds = (K.PARTICIPATION, K.MEDICARE_INDIVIDUAL, K.MEDICAID, K.ORDER_REFER)
        return (
            self.covers([r for r in self.of(npi) if r.kind in kinds], days)
            or bool(listed.medicare and L.PPEF in self.loaded)
            or bool(listed.order_refer and L.ORDER_REFER in self.loaded)
            or self.affidavit(listed, days)
        )


@settings(max_examples=400)
@given(claims(), payers, worlds, st.sampled_from(["CH", "CH", "CH", "RP"]))
def test_the_table_says_what_an_oracle_says_day_by_day(one: Claim, payer: Payer, known: Evidence, mode: str) -> None:
    """No claim is let go that a row holds, none is held past the evidence that frees it, none rejected without cause."""
    expected = Oracle(one, payer, known, mode).says()
    found = judge_enrollment(one, payer, known, TODAY, mode)
    worst = decide(found)
    assert (worst if worst >= Outcome.HOLD else Outcome.PASS) is expected, [
        (f.code, f.outcome, f.place, f.line) for f in found
    ]


@given(claims(), payers, worlds, st.randoms(use_true_random=False))
def test_the_order_of_evidence_is_nothing(one: Claim, payer: Payer, known: Evidence, rnd: Any) -> None:
    """Whatever was filed first: the same findings to the letter."""

    def mixed(some: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rnd.sample([*some, *some[:1]], len(some) + len(some[:1])))

    other = replace(
        known, enrollments=mixed(known.enrollments), memberships=mixed(known.memberships),
        credentials=mixed(known.credentials), questions=mixed(known.questions),
    )  # fmt: skip
    assert judge_enrollment(one, payer, other, TODAY) == judge_enrollment(one, payer, known, TODAY)


COVERING = [Enrollment(npi, "alpha", S.ACTIVE, BASE, tax_id=TAX_ID, observed_on=TODAY) for npi in NPIS]


@given(claims(), payers, worlds, st.sampled_from(COVERING))
def test_more_evidence_of_coverage_never_makes_it_worse(
    one: Claim, payer: Payer, known: Evidence, covering: Enrollment
) -> None:
    """Proof that a provider may bill this payer under this tax id on all days can only help."""
    more = replace(known, enrollments=(*known.enrollments, covering))
    # Medicare's file may not know whom the new record says it enrolled: that is a warning, and the hold is gone.
    before, after = (decide(judge_enrollment(one, payer, each, TODAY)) for each in (known, more))
    assert after <= max(before, Outcome.WARN)


@given(claims(), payers, worlds, enrollments, st.sampled_from(["CH", "RP"]))
def test_a_denial_never_lets_a_claim_go(
    one: Claim, payer: Payer, known: Evidence, denial: Enrollment, mode: str
) -> None:
    """Whatever it names and on whatever days: what was held before it came is held with it."""
    payer = replace(payer, policies={})
    more = replace(known, enrollments=(*known.enrollments, replace(denial, state=S.DENIED)))
    before, after = (decide(judge_enrollment(one, payer, each, TODAY, mode)) for each in (known, more))
    assert after >= before or before < Outcome.HOLD


@given(claims(), payers, worlds, st.sampled_from([*Rule]))
def test_a_policy_only_weakens(one: Claim, payer: Payer, known: Evidence, rule: Rule) -> None:
    """From strict over learning and warn to off nothing ever gets graver."""
    found = [
        decide(judge_enrollment(one, replace(payer, policies={**payer.policies, rule: policy}), known, TODAY))
        for policy in (Policy.STRICT, Policy.LEARNING, Policy.WARN, Policy.OFF)
    ]
    assert found == sorted(found, reverse=True)


@settings(max_examples=300)
@given(claims(), payers, worlds, st.integers(0, 120))
def test_nothing_changes_before_the_day_that_is_named(one: Claim, payer: Payer, known: Evidence, ahead: int) -> None:
    """Until then, and for ever where none is named, the calendar alone changes no finding."""
    change, later = next_change(one, known, TODAY, payer), TODAY + ahead * DAY
    assert change is None or change > TODAY
    if change is None or later < change:
        assert judge_enrollment(one, payer, known, later) == judge_enrollment(one, payer, known, TODAY)


@given(claims(), payers, worlds)
def test_every_provider_that_can_change_the_verdict_is_named(one: Claim, payer: Payer, known: Evidence) -> None:
    """What is known of anybody else is not looked at: by these numbers a change finds its claims."""
    npis = npis_of(one)
    narrowed = replace(
        known,
        enrollments=tuple(r for r in known.enrollments if r.provider_npi in npis),
        memberships=tuple(m for m in known.memberships if m.npi in npis),
        credentials=tuple(c for c in known.credentials if c.npi in npis),
        questions=tuple(q for q in known.questions if q.npi in npis),
        shelf=replace(known.shelf, entries={npi: e for npi, e in known.shelf.entries.items() if npi in npis}),
    )
    assert judge_enrollment(one, payer, narrowed, TODAY) == judge_enrollment(one, payer, known, TODAY)


@given(claims(), payers, worlds)
def test_what_is_held_says_what_to_do_and_shows_no_value(one: Claim, payer: Payer, known: Evidence) -> None:
    """Words name roles, records and editions, never a number of the claim."""
    for finding in judge_enrollment(one, payer, known, TODAY):
        assert finding.outcome is Outcome.PASS or finding.next_step
        text = f"{finding.message} {finding.next_step} {finding.evidence} {finding.place}"
        assert not any(value in text for value in (*NPIS, TAX_ID, "T1001", "MEMBER1"))

"""What an answer says of a provider's enrollment, and what a person's word makes of the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.data import DENIAL_CODES, STATUS_CODES
from gateway.data.causes import CAUSES
from gateway.enrollment import judge_enrollment
from gateway.learning import Correction, Suspicion, correct, suspicions_of_payment, suspicions_of_status
from gateway.model.answers import Adjustment, ClaimPayment, ClaimStatus, LinePayment, Status
from gateway.model.claims import BillingProvider, Claim, ClaimKind, Outcome, Provider, ServiceLine
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.evidence import Evidence
from gateway.model.partners import Payer
from gateway.model.x12 import Span
from gateway.remittance import adjudge

GROUP, DOCTOR, COLLEAGUE = "1234567893", "2000000010", "2000000028"
ORDERING, REFERRING, SUPERVISING = "2000000036", "2000000044", "2000000051"
ALPHA = Payer(key="alpha", name="Alpha Health Plan")
ONE = Decimal(100)
S = EnrollmentState
DOS, DAY = date(2026, 7, 10), timedelta(days=1)
TEAM = (
    Provider("82", DOCTOR, "1"),
    Provider("82", COLLEAGUE, "1", line=2),
    Provider("DN", REFERRING, "1"),
    Provider("DQ", SUPERVISING, "1"),
    Provider("DK", ORDERING, "1", line=1),
)


def line(number: int, day: date) -> ServiceLine:
    return ServiceLine(number, "99213", (), ONE, Decimal(1), day, day, control=f"L{number}")


def claim(*lines: ServiceLine, providers: tuple[Provider, ...] = TEAM[:1]) -> Claim:
    """A professional claim of a group."""
    days = [each.first_day for each in lines if each.first_day]
    return Claim(
        kind=ClaimKind.PROFESSIONAL, transaction_set=0, levels=(0, 1), span=Span(0, 1), position=20,
        control_number="T1001", charge=ONE * len(lines), place_of_service="11", frequency="1", payer_id="ALPHA1",
        payer_responsibility="P", filing_indicator="CI", member_id="MEMBER1",
        billing=BillingProvider(GROUP, "2", "999990001"), providers=providers, lines=lines, first_day=min(days),
        last_day=max(days),
    )  # fmt: skip


def record(npi: str = DOCTOR, state: EnrollmentState = S.ACTIVE, **changes: Any) -> Enrollment:
    """A record of 2026 on, seen shortly before the services."""
    made = Enrollment(npi, "alpha", state, date(2026, 1, 1), source="roster", observed_on=date(2026, 7, 1), id=7)
    return replace(made, **changes)


GROUP_ACTIVE = record(GROUP, id=1, effective_from=date(2000, 1, 1))
OURS = claim(line(1, DOS), line(2, DOS + DAY), providers=TEAM)


def paid(*denied: Sequence[str], **more: Any) -> ClaimPayment:
    """A payment of OURS; each argument is a line: group, CARC, then RARCs."""
    lines = tuple(
        LinePayment("99213", ONE, Decimal(0), (Adjustment(group, carc, ONE),), tuple(rarcs), f"L{number}")
        for number, (group, carc, *rarcs) in enumerate(denied, 1)
    )
    made = ClaimPayment("T1001", "1", ONE * len(lines), Decimal(0), Decimal(0), "12", "P1", (), lines)
    return replace(made, **more)


def of_payment(payment: ClaimPayment, ours: Any = OURS) -> list[Suspicion]:
    return list(suspicions_of_payment(payment, adjudge(payment), ours))


def of_status(*said: str, level: str = "2200D", ours: Any = OURS, **more: Any) -> list[Suspicion]:
    statuses = tuple(Status(*each.split(":")) for each in said)
    return list(suspicions_of_status(ClaimStatus(level, statuses, **more), ours))


# The tables.


def test_every_code_that_speaks_of_enrollment_has_a_cause() -> None:
    """A code that was forgotten would fall under a cause that it may not mean."""
    known = {"status": STATUS_CODES.enrollment_codes, "carc": set(), "rarc": set()}
    known["carc"] = {code for code, each in DENIAL_CODES.reasons.items() if each.category == "CRED"}
    known["rarc"] = {code for code, each in DENIAL_CODES.remarks.items() if each.category == "CRED" and not each.alert}
    for list_, codes in known.items():
        assert {code for code in codes if (list_, code) not in CAUSES.by_code} == set(), list_


def test_no_cause_and_no_role_speaks_of_a_code_that_nobody_knows() -> None:
    """Nor twice of the same."""
    tables = {"status": STATUS_CODES.meanings, "carc": DENIAL_CODES.reasons, "rarc": DENIAL_CODES.remarks}
    for list_, code in {**CAUSES.by_code, **CAUSES.roles}:
        assert code in tables[list_], (list_, code)


# An 835.


@pytest.mark.parametrize(
    ("denial", "cause", "role", "npi", "said"),
    [
        (("CO", "B7"), "enrollment", "82", DOCTOR, False),
        (("CO", "B7", "N570"), "enrollment", "82", DOCTOR, False),
        (("CO", "16", "N290"), "identifier", "82", DOCTOR, True),
        (("CO", "B7", "N198"), "link", "82", DOCTOR, True),
        (("CO", "16", "N257"), "identifier", "85", GROUP, True),
        (("CO", "16", "N255"), "taxonomy", "85", GROUP, True),
        (("CO", "299"), "enrollment", "85", GROUP, True),
        (("CO", "16", "N286"), "order_refer", "DN", REFERRING, True),
        (("CO", "183"), "order_refer", "DN", REFERRING, True),
        (("CO", "16", "N265"), "order_refer", "DK", ORDERING, True),
        (("CO", "16", "N574"), "order_refer", "DK", ORDERING, True),
        (("CO", "16", "N297"), "identifier", "DQ", SUPERVISING, True),
        (("CO", "242"), "network", "82", DOCTOR, False),
        (("CO", "96", "N831"), "revalidation", "82", DOCTOR, False),
        (("OA", "8"), "scope", "82", DOCTOR, False),
        (("CO", "B7", "ZZ9"), "enrollment", "82", DOCTOR, False),
    ],
)
def test_a_denial_says_whom_and_why(denial: Sequence[str], cause: str, role: str, npi: str, said: bool) -> None:
    """The remark goes before the reason; where no code says whom, it is who rendered the service, and not certain."""
    (found,) = of_payment(paid(denial))
    assert (found.cause, found.role, found.npi, found.role_said) == (cause, role, npi, said)
    assert (found.first_day, found.last_day, found.amount) == (DOS, DOS, ONE)
    assert found.place == "2110[1]/CAS"
    assert found.code == " ".join((f"{denial[0]}-{denial[1]}", *denial[2:]))


@pytest.mark.parametrize(
    "denial",
    [
        ("CO", "45"), ("PR", "1"), ("PR", "B7"), ("CO", "97"), ("CO", "16"), ("CO", "XYZ"), ("CO", "243"),
        ("CO", "16", "N544"), ("CO", "16", "ZZ9"), ("CO", "16", "N253"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_speaks_of_no_record_raises_nothing(denial: Sequence[str]) -> None:
    """Contract, patient, coding, unknown codes, alerts, and a role in which our claim names nobody."""
    assert of_payment(paid(denial)) == []


def test_each_line_speaks_of_its_own_provider_and_day() -> None:
    """By REF*6R whatever the order; a line without one by its place."""
    swapped = paid(("CO", "B7"), ("CO", "B7"))
    first, second = (replace(each, first_day=DOS, last_day=DOS) for each in swapped.lines)
    found = of_payment(replace(swapped, lines=(replace(second, first_day=DOS + DAY), first)))
    assert [(each.npi, each.first_day) for each in found] == [(COLLEAGUE, DOS + DAY), (DOCTOR, DOS)]
    bare = tuple(replace(each, control="") for each in (first, second))
    assert [each.npi for each in of_payment(replace(swapped, lines=bare))] == [DOCTOR, COLLEAGUE]


def test_the_payers_own_rendering_provider_counts_if_the_claim_names_him() -> None:
    """A number that our claim does not know is no record of ours."""
    payment = paid(("CO", "B7"))
    shown = replace(payment, lines=(replace(payment.lines[0], rendering_npi=COLLEAGUE),))
    assert [each.npi for each in of_payment(shown)] == [COLLEAGUE]
    assert [each.npi for each in of_payment(replace(payment, rendering_npi="2999999999"))] == [DOCTOR]


def test_who_ordered_is_who_ordered_that_line() -> None:
    """A line's own provider goes before the claim's; at the claim alone nobody can tell, and that is told."""
    team = (Provider("DK", ORDERING, "1", line=1), Provider("DK", REFERRING, "1", line=2))
    ours = claim(line(1, DOS), line(2, DOS), providers=team)
    found = of_payment(paid(("CO", "16", "N265"), ("CO", "16", "N265")), ours)
    assert [(each.npi, each.role_said) for each in found] == [(ORDERING, True), (REFERRING, True)]
    assert [(each.npi, each.role_said) for each in of_status("A7:562:DK", ours=ours)] == [(ORDERING, False)]


def test_where_nobody_rendered_it_is_who_bills() -> None:
    """A person who bills for himself, an organization as such, and a facility."""
    for ours in (replace(OURS, providers=()), replace(OURS, kind=ClaimKind.INSTITUTIONAL)):
        (found,) = of_payment(paid(("CO", "B7")), ours)
        assert (found.role, found.npi) == ("85", GROUP)


def test_a_line_that_was_paid_and_a_reversal_say_nothing() -> None:
    """Only what stands denied speaks."""
    partly = paid(("CO", "45"), ("CO", "B7"))
    mixed = replace(partly, paid=ONE, lines=(replace(partly.lines[0], paid=ONE, adjustments=()), partly.lines[1]))
    assert [each.place for each in of_payment(mixed)] == ["2110[2]/CAS"]
    assert of_payment(paid(("CO", "B7"), status="22")) == []


# A 277CA.


@pytest.mark.parametrize(
    ("said", "cause", "role", "npi"),
    [
        ("A7:562:82", "identifier", "82", DOCTOR),
        ("A7:562:85", "identifier", "85", GROUP),
        ("A8:91:82", "enrollment", "82", DOCTOR),
        ("A3:677:82", "link", "82", DOCTOR),
        ("A7:145:82", "taxonomy", "82", DOCTOR),
        ("A7:562:DN", "identifier", "DN", REFERRING),
        ("A7:562:DQ", "identifier", "DQ", SUPERVISING),
        ("A7:26:87", "identifier", "85", GROUP),
        ("A8:496:85", "edi_agreement", "85", GROUP),
        ("A3:24:41", "edi_agreement", "85", GROUP),
        ("A3:25:82", "enrollment", "82", DOCTOR),
    ],
)
def test_a_status_says_whom_by_its_entity(said: str, cause: str, role: str, npi: str) -> None:
    """Pay-to and submitter stand for who bills. Days are those of the status, else of our claim."""
    (found,) = of_status(said, first_day=DOS, last_day=DOS)
    assert (found.cause, found.role, found.npi, found.code, found.place) == (cause, role, npi, said, "2200D/STC")
    assert (found.first_day, found.last_day, found.amount) == (DOS, DOS, OURS.charge)
    assert of_status(said)[0].last_day == DOS + DAY


def test_a_status_at_a_claim_with_several_rendering_providers_is_not_certain() -> None:
    """It is taken for the claim's own, and told so."""
    assert [each.role_said for each in of_status("A7:562:82")] == [False]
    alone = replace(OURS, providers=TEAM[:1])
    assert [each.role_said for each in of_status("A7:562:82", ours=alone)] == [True]


@pytest.mark.parametrize(
    "said", ["A2:20", "A1:19:PR", "A7:562", "A7:562:IL", "A7:999:82", "ZZ:562:82", "A7:562:72", "A6:88:82"]
)
def test_a_status_that_speaks_of_no_record_raises_nothing(said: str) -> None:
    """Acceptances, other entities, unknown codes and categories, and a role in which our claim names nobody."""
    assert of_status(said) == []


@given(st.lists(st.lists(st.text(max_size=6), min_size=2, max_size=4), max_size=3), st.lists(st.text(max_size=9)))
def test_no_code_is_too_strange(denials: list[list[str]], said: list[str]) -> None:
    """Whatever a payer writes, nothing breaks, and what is shown of it is a code or `?`."""
    found = of_payment(paid(*denials))
    statuses = tuple(Status(each[:3], each[3:6], each[6:]) for each in said)
    found += suspicions_of_status(ClaimStatus("2200D", statuses), OURS)
    assert all(part.replace("?", "X").isalnum() for each in found for part in each.code.replace("-", " ").split())


# What follows for the records.


def corrected(current: Sequence[Enrollment], **said: Any) -> list[Enrollment]:
    """The records after the correction."""
    told = {"state": S.TERMED, "refused_from": DOS, **said}
    added, superseded = correct(current, Correction(DOCTOR, "alpha", source="proposal 7", observed_on=DOS, **told))
    gone = {each.id for each in superseded}
    return [each for each in current if each.id not in gone] + added


def payable(records: Sequence[Enrollment], day: date) -> bool:
    found = judge_enrollment(claim(line(1, day)), ALPHA, Evidence((GROUP_ACTIVE, *records)), DOS)
    return all(finding.outcome < Outcome.HOLD for finding in found)


def test_an_end_leaves_the_days_before_it_as_they_were() -> None:
    """The last enrolled day is the last that is payable, whatever the record said of later ones."""
    after = corrected([record(id=5)], ended=DOS - DAY)
    (ended,) = after
    assert (ended.state, ended.effective_to, ended.source, ended.id) == (S.TERMED, DOS - DAY, "proposal 7", 0)
    assert [payable(after, DOS + n * DAY) for n in (-2, -1, 0, 1)] == [True, True, False, False]


@pytest.mark.parametrize(
    "current",
    [
        [],
        [record(id=5, effective_from=DOS + DAY)],
        [record(id=5, state=S.LAPSED)],
        [record(id=5), record(id=6, tax_id="999990002")],
        [record(id=5, effective_to=DOS + 9 * DAY), record(id=6, effective_from=DOS + 10 * DAY)],
    ],
    ids=["none", "begins later", "ended some day", "two tax ids", "two in a row"],
)
def test_after_an_end_nothing_is_payable(current: list[Enrollment]) -> None:
    """Under no tax id, and whatever the records were."""
    after = corrected(current, ended=DOS - DAY)
    assert not any(payable(after, DOS + n * DAY) for n in range(20))
    assert after


def test_an_end_that_nobody_could_date_is_dated_by_the_payer() -> None:
    """Now the days before it are known to have been enrolled."""
    after = corrected([record(id=5, state=S.LAPSED)], ended=DOS - DAY)
    assert [payable(after, DOS + n * DAY) for n in (-2, -1, 0)] == [True, True, False]
    assert [(each.effective_from, each.effective_to) for each in after] == [(date(2026, 1, 1), DOS - DAY)]


def test_an_end_that_is_on_record_changes_nothing() -> None:
    """Nor does it touch other payers, other providers, or records that let nobody bill."""
    ended = record(id=5, state=S.TERMED, effective_to=DOS - 5 * DAY)
    assert corrected([ended], ended=DOS - DAY) == [ended]
    others = [record(id=6, payer="beta"), record(COLLEAGUE, id=7), record(id=8, kind=EnrollmentKind.EFT)]
    assert corrected([record(id=5), *others], ended=DOS - DAY)[:3] == others


def test_a_later_first_day_takes_back_the_refused_days_only() -> None:
    """Between the first day refused and the first day enrolled nothing is believed any more."""
    after = corrected([record(id=5)], state=S.ACTIVE, effective=DOS + 5 * DAY)
    assert [payable(after, DOS + n * DAY) for n in (-1, 0, 4, 5, 50)] == [True, False, False, True, True]


def test_a_refusal_of_the_application_holds_from_the_first_refused_day() -> None:
    """Without a day of its own the state begins with the days refused; a cause without days is about all of them."""
    after = corrected([record(id=5)], state=S.DENIED)
    assert [payable(after, DOS + n * DAY) for n in (-1, 0, 1)] == [True, False, False]
    ever = corrected([record(id=5)], state=S.DENIED, refused_from=None)
    assert [each.effective_from for each in ever] == [None]
    assert not payable(ever, DOS - 90 * DAY)


def test_an_agreement_on_files_is_a_record_of_its_own() -> None:
    """What lets a provider bill is not touched by it."""
    kind = EnrollmentKind.EDI_837
    after = corrected([record(id=5)], state=S.DENIED, refused_from=None, kind=kind)
    assert [(each.kind, each.state) for each in after] == [(record().kind, S.ACTIVE), (kind, S.DENIED)]

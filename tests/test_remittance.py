"""Remittances balance or post nothing, and a payment decides paid, partly paid, denied or reversed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gateway.data import DENIAL_CODES, OWNERS, denial_codes
from gateway.lifecycle import Standing
from gateway.model.answers import Adjustment, ClaimPayment, LinePayment, ProviderAdjustment, Remittance
from gateway.remittance import Adjudication, Balance, Imbalance, Level, Work, adjudge, balance, enrollment_denial
from gateway.x12.answers import read_answers
from tests.answers import DENIED_CLAIM, PAID_CLAIM, interchange, payment_of
from tests.verdicts import verdict


def money(amount: Decimal | str | int) -> Decimal:
    return Decimal(amount)


def cas(*each: str) -> tuple[Adjustment, ...]:
    """`CO-45 20` is group, reason and amount."""
    found = []
    for text in each:
        code, amount = text.split()
        group, reason = code.split("-", 1)
        found.append(Adjustment(group, reason, money(amount)))
    return tuple(found)


def line(charge: str | int, paid: str | int, *adjustments: str, remarks: tuple[str, ...] = ()) -> LinePayment:
    return LinePayment("99213", money(charge), money(paid), cas(*adjustments), remarks)


def claim(
    charge: str | int,
    paid: str | int,
    *lines: LinePayment,
    status: str = "1",
    own: tuple[str, ...] = (),
    remarks: tuple[str, ...] = (),
) -> ClaimPayment:
    everything = [*cas(*own), *(each for line in lines for each in line.adjustments)]
    patient = sum((each.amount for each in everything if each.group == "PR"), money(0))
    return ClaimPayment(
        claim="BL-1",
        status=status,
        charge=money(charge),
        paid=money(paid),
        patient_responsibility=patient,
        filing_indicator="12",
        payer_control_number="HH1",
        adjustments=cas(*own),
        lines=lines,
        remarks=remarks,
    )


def remittance(*claims: ClaimPayment, amount: Decimal | str | int, plb: tuple[str | int, ...] = ()) -> Remittance:
    """The one of the chain, with other claims."""
    (read,) = read_answers([interchange(payment_of(*PAID_CLAIM))])
    assert isinstance(read, Remittance)
    adjustments = tuple(ProviderAdjustment("1234567893", "WO", "HH0", money(each)) for each in plb)
    return replace(read, claims=claims, amount=money(amount), provider_adjustments=adjustments)


GOOD = claim(100, 60, line(100, 60, "CO-45 25", "PR-3 15"))


# Balance


def test_a_remittance_that_adds_up_is_balanced() -> None:
    """The chain's own document, as read from its bytes, with money taken back and interest paid at the provider."""
    plb = ("PLB*1234567893*20261231*WO:BL-7*30*L6:HH1*-1.25",)
    (read,) = read_answers([interchange(payment_of(*PAID_CLAIM, *DENIED_CLAIM, amount="66.25", extra=plb))])
    assert isinstance(read, Remittance)
    assert balance(read) == Balance(())
    assert balance(read).balanced


def test_an_unbalanced_line_is_named_by_its_difference() -> None:
    """SVC02 less the line's CAS is SVC03; the claim's own sum is wrong with it."""
    wrong = claim(100, 60, line(40, 40), line(60, 20, "CO-45 25"))
    found = balance(remittance(GOOD, wrong, amount=120))
    assert found.differences(Level.LINE) == (Imbalance(Level.LINE, "CLP 2/SVC 2", "SVC02 - CAS = SVC03", money(-15)),)
    assert [each.difference for each in found.differences(Level.CLAIM)] == [money(-15)]
    assert found.differences(Level.TRANSACTION) == ()
    assert not found.balanced


@pytest.mark.parametrize(
    ("wrong", "equation", "difference"),
    [
        (claim(100, 59, own=("CO-45 40",)), "CLP03 - CAS = CLP04", -1),
        (claim(101, 61, line(100, 60, "CO-45 40")), "SVC02 in all = CLP03", 1),
        (claim(100, 50, line(100, 60, "CO-45 40"), own=("CO-29 11",)), "SVC03 in all - claim CAS = CLP04", 1),
    ],
)
def test_an_unbalanced_claim_is_named_by_its_equation(wrong: ClaimPayment, equation: str, difference: int) -> None:
    """A claim must agree with its own CAS, its lines' charges and its lines' payments."""
    found = balance(remittance(wrong, amount=wrong.paid))
    assert found.differences(Level.LINE) == ()
    named = {each.equation: each.difference for each in found.differences(Level.CLAIM)}
    assert named[equation] == money(difference)


@pytest.mark.parametrize(
    ("amount", "plb", "difference"),
    [(60, (), None), (59, (), -1), (35, (25,), None), (85, (25,), 50), (61, (-1,), None), (0, (60,), None)],
)
def test_a_positive_plb_lowers_the_payment(amount: int, plb: tuple[int, ...], difference: int | None) -> None:
    """BPR02 is what the claims were paid less every PLB: recoveries lower it, interest raises it."""
    found = balance(remittance(GOOD, amount=amount, plb=plb))
    expected = () if difference is None else (money(difference),)
    assert tuple(each.difference for each in found.imbalances) == expected
    assert all(each.level is Level.TRANSACTION for each in found.imbalances)


def test_a_negative_payment_is_odd_and_posts() -> None:
    """Nobody pays less than nothing; the guide carries what is owed to the next payment (PLB FB)."""
    reversal = claim(-100, -60, line(-100, -60, "CO-45 -25", "PR-3 -15"), status="22")
    found = balance(remittance(reversal, amount=-60))
    assert found.balanced
    assert [each.equation for each in found.warnings if each.level is Level.TRANSACTION] == ["BPR02 is not negative"]


def test_a_reversal_and_its_correction_balance_together() -> None:
    """Every amount of a reversal is negated, so the same equations hold."""
    reversal = claim(-100, -60, line(-100, -60, "CO-45 -25", "PR-3 -15"), status="22")
    correction = claim(100, 65, line(100, 65, "CO-45 25", "PR-3 10"))
    assert balance(remittance(reversal, correction, amount=5)).balanced


def test_a_wrong_patient_responsibility_only_warns() -> None:
    """CLP05 moves no money of the payer's."""
    found = balance(remittance(replace(GOOD, patient_responsibility=money(20)), amount=60))
    assert found.balanced
    assert [(each.place, each.difference) for each in found.warnings] == [("CLP 1", money(5))]


def test_a_verdict_says_which_sums_fail_and_by_how_much() -> None:
    """For `make verdicts`: of a document that is cut off too."""
    whole = interchange(payment_of(*PAID_CLAIM, amount="95"))
    assert verdict("a", whole).remittances == ("95 for 1 claims: balances",)
    (said,) = verdict("b", whole.replace(b"BPR*I*95*", b"BPR*I*96*")).remittances
    assert (
        said == "96 for 1 claims: does not balance, nothing is posted: BPR CLP04 in all - PLB = BPR02, 1 more is stated"
    )
    assert verdict("c", whole[:-30]).refused.startswith("X12_INCOMPLETE")


def test_cents_are_exact() -> None:
    """Ten times ten cents is a dollar."""
    dimes = claim("1.00", "0.30", line("1.00", "0.30", *["CO-45 0.10"] * 7))
    assert balance(remittance(dimes, amount="0.3")).balanced


# Adjudication


@pytest.mark.parametrize(
    ("payment", "outcome", "amount"),
    [
        (GOOD, Standing.PAID, 0),
        (claim(100, 0, line(100, 0, "PR-1 100")), Standing.PAID, 0),
        (claim(100, 0, line(100, 0, "CO-45 30", "PR-1 60", "PR-2 10")), Standing.PAID, 0),
        (claim(100, 0, line(100, 0, "CO-45 100")), Standing.PAID, 0),
        (claim(100, 0, line(100, 0, "OA-23 100"), status="2"), Standing.PAID, 0),
        (claim(100, 0, line(100, 0, "CO-B7 100")), Standing.DENIED, 100),
        (claim(100, 0, line(100, 0, "CO-45 30", "CO-97 70")), Standing.DENIED, 70),
        (claim(100, 0, line(100, 0, "PR-27 100")), Standing.DENIED, 100),
        (claim(100, 0, line(60, 0, "CO-B7 60"), line(40, 0, "CO-50 40")), Standing.DENIED, 100),
        (claim(100, 0, line(100, 0, "CO-29 100"), line(0, 0)), Standing.DENIED, 100),
        (claim(100, 0, own=("CO-29 100",)), Standing.DENIED, 100),
        (claim(100, 0, line(100, 70, "CO-45 30"), own=("CO-29 70",)), Standing.DENIED, 70),
        (claim(100, 40, line(60, 0, "CO-197 60"), line(40, 40)), Standing.PARTLY_PAID, 60),
        (claim(100, 0, line(60, 0, "CO-197 60"), line(40, 0, "PR-1 40")), Standing.PARTLY_PAID, 60),
        (claim(100, 0, line(60, 40, "CO-45 20"), line(40, 0, "PR-1 40"), own=("CO-29 40",)), Standing.PARTLY_PAID, 40),
        (claim(100, 20, line(60, 40, "CO-45 20"), line(40, 0, "PR-1 40"), own=("CO-29 20",)), Standing.PAID, 20),
        (claim(100, 0, line(60, 0, "PR-1 60"), line(40, 0, "CO-B7 40")), Standing.PARTLY_PAID, 40),
        (claim("0.50", 0, line("0.50", 0, "CO-B7 0.25", "CO-50 0.25")), Standing.DENIED, "0.50"),
        (claim("0.50", 0, line("0.50", "0.50"), own=("CO-29 0.50",)), Standing.DENIED, "0.50"),
        (claim("0.50", 0, own=("CO-29 0.50",)), Standing.DENIED, "0.50"),
        (claim(100, 0, line(100, 0, "CO-B7 50", "CO-45 100", "OA-18 -50")), Standing.PAID, 0),
        (claim(100, 60, line(100, 60, "CO-150 40")), Standing.PAID, 40),
        (claim(100, 30, line(50, -20, "CO-50 70"), line(50, 50)), Standing.PAID, 70),
        (claim(100, 0, line(100, 0, "CO-ZZ9 100")), Standing.DENIED, 100),
        (claim(100, 0, line(100, 0, "CO-B7 100"), status="20"), Standing.DENIED, 100),
        (claim(0, 0), Standing.PAID, 0),
    ],
    ids=lambda value: str(value) if isinstance(value, Standing | int) else "",
)
def test_amounts_and_reasons_decide_what_a_processed_claim_is(
    payment: ClaimPayment, outcome: Standing, amount: int | str
) -> None:
    """A line that was charged, paid nothing and had money refused is denied; deductibles, contract and prior payers
    refuse nothing, and an unknown reason is a refusal."""
    found = adjudge(payment)
    assert (found.outcome, found.denial_amount, found.work) == (outcome, money(amount), Work.NONE)


@pytest.mark.parametrize("status", ["1", "4"])
def test_status_4_and_status_1_of_the_same_denial_mean_the_same(status: str) -> None:
    """The guide keeps 4 for patients who are not known; many payers send it for every denial."""
    found = adjudge(claim(100, 0, line(100, 0, "CO-B7 100", remarks=("N570",)), status=status))
    assert (found.outcome, found.denied_lines, enrollment_denial(found)) == (Standing.DENIED, (1,), True)


def test_status_4_denies_without_any_reason_but_never_against_money() -> None:
    """With a payment it is contradicted, and what was paid decides."""
    assert adjudge(claim(100, 0, line(100, 0, "PR-1 100"), status="4")).outcome is Standing.DENIED
    assert adjudge(claim(100, 80, line(100, 80, "CO-45 20"), status="4")).outcome is Standing.PAID


def test_a_reversal_is_neither_paid_nor_denied() -> None:
    """It takes an earlier word back, whatever reasons it repeats."""
    found = adjudge(claim(-100, 0, line(-100, 0, "CO-B7 -100"), status="22"))
    assert found == Adjudication(Standing.REVERSED)


@pytest.mark.parametrize(
    ("status", "paid", "work"),
    [
        ("23", 0, Work.FORWARDED),
        ("25", 0, Work.PREDETERMINATION),
        ("5", 0, Work.STATUS_UNKNOWN),
        ("5", 60, Work.STATUS_UNKNOWN),
        ("", 0, Work.STATUS_UNKNOWN),
        ("1", -60, Work.NEGATIVE_PAYMENT),
    ],
)
def test_what_decides_nothing_only_opens_work(status: str, paid: int, work: Work) -> None:
    """A claim that was passed on, a price asked beforehand, a status nobody knows: no outcome is made up for them."""
    found = adjudge(claim(100, paid, line(100, paid, "CO-B7 100"), status=status))
    assert found == Adjudication(Standing.NONE, work)
    assert not enrollment_denial(found)


def test_a_denied_line_in_a_paid_claim_is_found_with_its_reasons() -> None:
    """The commonest shape: one line is paid, the other needs an authorization."""
    paid, denied = line(200, 100, "CO-45 60", "PR-1 40"), line(150, 0, "CO-45 10", "CO-197 140", remarks=("M62",))
    found = adjudge(claim(350, 100, paid, denied))
    assert (found.outcome, found.denied_lines) == (Standing.PARTLY_PAID, (2,))
    (denial,) = found.standing_denials
    assert (denial.line, denial.code, denial.place, denial.amount) == (2, "CO-197 M62", "2110[2]/CAS", money(140))
    assert (denial.category, denial.desk) == ("AUTH", "front_desk")
    assert not enrollment_denial(found)


def test_a_denial_of_the_claim_stands_beside_the_lines_it_took_back() -> None:
    """It is work where it denied a line, and none where the claim was paid all the same."""
    deductible = line(40, 0, "PR-1 40")
    found = adjudge(claim(100, 0, line(60, 40, "CO-45 20"), deductible, own=("CO-29 40",)))
    assert (found.denied_lines, [each.code for each in found.standing_denials]) == ((1,), ["CO-29"])
    mixed = claim(100, 30, line(60, 40, "CO-45 20"), line(40, 0, "CO-B7 40"), own=("CO-29 10",))
    assert [each.code for each in adjudge(mixed).standing_denials] == ["CO-B7"]
    reduced = claim(100, 20, line(60, 40, "CO-45 20"), deductible, own=("CO-29 20",))
    assert adjudge(reduced).standing_denials == ()


def test_a_crossover_is_said() -> None:
    """The payer passed the claim on, so nobody here sends the secondary claim."""
    assert adjudge(claim(100, 60, line(100, 60, "CO-45 40"), status="19")).crossed_over
    assert not adjudge(GOOD).crossed_over


# What a denial means


@pytest.mark.parametrize(
    ("reason", "remarks", "category"),
    [
        ("CO-B7", (), "CRED"),
        ("CO-185", (), "CRED"),
        ("CO-16", ("N290",), "CRED"),
        ("CO-96", ("N198",), "CRED"),
        ("CO-A1", ("N767",), "CRED"),
        ("CO-16", ("M51",), "CODE"),
        ("CO-16", (), "INFO"),
        ("CO-A1", (), ""),
        ("CO-ZZ9", (), ""),
        ("CO-ZZ9", ("N570",), "CRED"),
        ("CO-8", ("M51",), "CODE"),
        ("CO-16", ("M51", "N570"), "CRED"),
        ("CO-29", ("N210", "MA01"), "TIME"),
        ("CO-97", ("N544",), "BUND"),
        ("CO-97", ("N132",), "BUND"),
        ("CO-50", ("N130",), "MEDN"),
        ("CO-50", ("N99999",), "MEDN"),
        ("PR-242", (), "NET"),
    ],
)
def test_a_remark_overrides_its_reason_and_the_gravest_remark_wins(
    reason: str, remarks: tuple[str, ...], category: str
) -> None:
    """CARC and RARC together give the category; alerts, appeal notices and unknown remarks give none."""
    found = adjudge(claim(100, 0, line(100, 0, f"{reason} 100", remarks=remarks)))
    assert [each.category for each in found.standing_denials] == [category]
    assert enrollment_denial(found) is (category == "CRED")


def test_the_claims_remarks_speak_for_a_line_only_where_its_reason_needs_one() -> None:
    """MOA remarks explain a bare CARC 16; a reason that says enough keeps its own meaning."""
    bare = claim(100, 0, line(100, 0, "CO-16 100"), remarks=("N290",))
    clear = claim(100, 0, line(100, 0, "CO-50 100"), remarks=("N290",))
    own = claim(100, 0, line(100, 0, "CO-16 100", remarks=("M51",)), remarks=("N290",))
    assert [enrollment_denial(adjudge(each)) for each in (bare, clear, own)] == [True, False, False]


def test_a_denial_of_the_whole_claim_takes_the_claims_remarks() -> None:
    """Without lines the claim's CAS and MOA are all there is."""
    found = adjudge(claim(100, 0, own=("CO-16 100",), remarks=("N257",)))
    assert [(each.line, each.place, each.code) for each in found.standing_denials] == [(None, "2100/CAS", "CO-16 N257")]
    assert enrollment_denial(found)


def test_a_reduction_of_a_paid_line_is_no_enrollment_denial() -> None:
    """Only what denies a line contradicts the records; B6 and 172 lower a fee and refuse nothing."""
    assert not enrollment_denial(adjudge(claim(100, 60, line(100, 60, "CO-185 40"))))
    assert not enrollment_denial(adjudge(claim(100, 0, line(100, 0, "CO-172 100"))))


def test_the_gravest_denial_goes_first() -> None:
    """Enrollment before authorization before coding, then the larger amount."""
    found = adjudge(
        claim(
            300,
            0,
            line(100, 0, "CO-4 100"),
            line(150, 0, "CO-197 150"),
            line(20, 0, "CO-B7 20"),
            line(30, 0, "CO-185 30"),
        )
    )
    gravest = found.gravest()
    assert gravest is not None
    assert (gravest.carc, gravest.line, gravest.desk) == ("185", 4, "credentialing")
    assert adjudge(GOOD).gravest() is None


def test_a_remark_may_ask_for_a_new_claim() -> None:
    """After MA130 a replacement would not be found."""
    found = adjudge(claim(100, 0, line(100, 0, "CO-16 100", remarks=("MA130", "M51")))).gravest()
    assert found is not None
    assert found.next_step.endswith("Send it as a new claim, not as a replacement.")


def test_alerts_on_the_providers_records_are_kept_beside_the_payment() -> None:
    """Paid this time: the next claim will not be, unless the record is mended."""
    found = adjudge(claim(100, 60, line(100, 60, "CO-45 40", remarks=("N544", "N130")), remarks=("N132",)))
    assert (found.outcome, found.alerts) == (Standing.PAID, ("N132", "N544"))


def test_the_lists_are_data() -> None:
    """A site with a newer list parses it and hands it over: here CARC 45 refuses and ZZ9 does not."""
    carc = """
        version = "9"
        date = 2030-01-01
        non_denial = ["ZZ9"]
        [codes]
        45 = { category = "CON", fix = "W", meaning = "fee" }
        [categories]
        CON = { desk = "biller", next_step = "Check." }
    """
    codes = denial_codes(carc, 'version = "9"\ndate = 2030-01-01\n[codes]\n')
    assert adjudge(claim(9, 0, line(9, 0, "CO-45 9")), codes).outcome is Standing.DENIED
    assert adjudge(claim(9, 0, line(9, 0, "CO-ZZ9 9")), codes).outcome is Standing.PAID


def test_every_listed_code_can_be_worked_on() -> None:
    """Each CARC leads to a category with a desk and a step, or to its remarks."""
    for code, reason in DENIAL_CODES.reasons.items():
        assert reason.category in DENIAL_CODES.categories or reason.remark, code
        assert reason.meaning, code
        assert set(reason.fix) <= set("REANPWXD"), code
    assert {each.desk for each in DENIAL_CODES.categories.values()} == set(OWNERS)
    for code, remark in DENIAL_CODES.remarks.items():
        assert remark.category in DENIAL_CODES.categories or remark.category in {"info", "process"}, code

"""An 835 says who was paid what, claim by claim and line by line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gateway.errors import Malformed
from gateway.model.answers import Adjustment, ClaimPayment, LinePayment, ProviderAdjustment, Remittance
from gateway.x12.answers import read_answers
from tests.answers import DENIED_CLAIM, PAID_CLAIM, interchange, payment_of


def read(*segments: str, amount: str = "95", plb: tuple[str, ...] = (), separators: str = "*:~^") -> Remittance:
    document = interchange(payment_of(*segments, amount=amount, extra=plb), separators=separators)
    (answer,) = read_answers([document])
    assert isinstance(answer, Remittance)
    return answer


def claim_with(*segments: str) -> ClaimPayment:
    return read("CLP*BL-1*1*100*100**12*HH1", *segments).claims[0]


def test_the_payment_names_payer_payee_and_trace() -> None:
    """BPR and TRN tie the remittance to the money, N1 and REF to those who pay and are paid."""
    answer = read(*PAID_CLAIM)
    assert (answer.handling, answer.amount, answer.method) == ("I", Decimal(95), "ACH")
    assert (answer.payment_date, answer.produced_on) == (date(2026, 12, 1), date(2026, 11, 30))
    assert (answer.trace, answer.originator) == ("HH-EFT-88", "1770001234")
    assert (answer.payer_name, answer.payer_id) == ("HARBOR HEALTH", "44001")
    assert (answer.payee_npi, answer.payee_tax_id) == ("1234567893", "999990007")


def test_a_claim_is_read_with_its_lines() -> None:
    """Amounts, adjustments, days and keys of loops 2100 and 2110."""
    (claim,) = read(*PAID_CLAIM).claims
    first, second = date(2026, 11, 9), date(2026, 11, 10)
    charge_cut = Adjustment("CO", "45", Decimal(20))
    assert claim == ClaimPayment(
        claim="BL-1001",
        status="1",
        charge=Decimal(160),
        paid=Decimal(95),
        patient_responsibility=Decimal(25),
        filing_indicator="12",
        payer_control_number="HH26-000501",
        adjustments=(),
        lines=(
            LinePayment(
                "99213",
                Decimal(120),
                Decimal(75),
                (charge_cut, Adjustment("PR", "3", Decimal(25))),
                control="L1",
                first_day=first,
                last_day=first,
            ),
            LinePayment(
                "87880", Decimal(40), Decimal(20), (charge_cut,), control="L2", first_day=second, last_day=second
            ),
        ),
        rendering_npi="2000000010",
        member_id="HH-SECRET-1",
        first_day=first,
        last_day=second,
    )


def test_a_denied_line_keeps_remarks_and_its_own_rendering_provider() -> None:
    """LQ*HE and REF*HPI say why and of whom; the member is the subscriber, not the patient."""
    (claim,) = read(*DENIED_CLAIM, amount="0").claims
    (line,) = claim.lines
    assert (line.remarks, line.rendering_npi) == (("N570",), "2000000028")
    assert line.adjustments == (Adjustment("CO", "B7", Decimal(250)),)
    assert (claim.member_id, claim.patient_responsibility) == ("HH-SECRET-1", Decimal(0))


def test_all_six_triplets_of_a_cas_are_read() -> None:
    """Reason, amount and quantity at 2 to 4, 5 to 7 and so on to 17 to 19; the quantity may be left out."""
    claim = claim_with("CAS*OA*23*1*2*45*-3.5**94*.5**A1*4*1*253*5**18*6")
    assert [(each.reason, each.amount, each.quantity) for each in claim.adjustments] == [
        ("23", Decimal(1), Decimal(2)),
        ("45", Decimal("-3.5"), None),
        ("94", Decimal("0.5"), None),
        ("A1", Decimal(4), Decimal(1)),
        ("253", Decimal(5), None),
        ("18", Decimal(6), None),
    ]
    assert {each.group for each in claim.adjustments} == {"OA"}


def test_an_amount_without_a_reason_is_kept_and_an_empty_triplet_is_not() -> None:
    """What moves money counts, whether it says why or not; a reason may also come with nothing."""
    claim = claim_with("CAS*CO**7**45**2***")
    assert [(each.reason, each.amount) for each in claim.adjustments] == [("", Decimal(7)), ("45", Decimal(0))]
    answer = read(*PAID_CLAIM, plb=("PLB*1234567893*20261231**3*WO:BL-7*0",))
    assert [(each.reason, each.amount) for each in answer.provider_adjustments] == [
        ("", Decimal(3)),
        ("WO", Decimal(0)),
    ]


def test_only_the_rendering_providers_npi_and_the_members_number_are_read() -> None:
    """Other parties and other kinds of numbers are somebody else's; parties outside a claim are nobody's."""
    claim = claim_with(
        "NM1*82*1*HAZEL*HANA****FI*999990008",
        "NM1*TT*2*OTHER PLAN*****XX*2000000036",
        "NM1*QC*1*SAMPLE*BEN****MI*HH-2",
        "NM1*IL*1*SAMPLE*ADA",
        "NM1*74*1*SAMPEL*ADA****MI*HH-3",
        "SVC*99213*100*100",
        "NM1*82*1*HAZEL*HANA****XX*2000000044",
    )
    assert (claim.rendering_npi, claim.member_id) == ("", "HH-2")
    assert claim.lines[0].procedure == "99213"
    assert read("NM1*QC*1*SAMPLE*BEN****MI*HH-2", *PAID_CLAIM).claims == read(*PAID_CLAIM).claims


def test_claim_adjustments_are_not_the_lines() -> None:
    """A CAS before the first SVC is the claim's, one after it is the line's."""
    claim = claim_with("CAS*CO*45*1", "SVC*HC:99213*100*99", "CAS*PR*1*2", "CLP*BL-2*1*5*5**12*HH2", "CAS*CO*24*5")
    assert claim.adjustments == (Adjustment("CO", "45", Decimal(1)),)
    assert claim.lines[0].adjustments == (Adjustment("PR", "1", Decimal(2)),)


def test_every_pair_of_a_plb_is_read() -> None:
    """Six pairs fit into a segment, and there may be several segments."""
    pairs = "WO>BL-7*25*L6>HH1*-1.25*CS*1*72>R*-2*FB>HH2*3*IR>T*4"
    answer = read(
        *PAID_CLAIM,
        plb=(f"PLB*1234567893*20261231*{pairs}", "PLB*2000000036*20261231*AP*-9"),
        separators="*>~^",
    )
    assert answer.provider_adjustments == (
        ProviderAdjustment("1234567893", "WO", "BL-7", Decimal(25)),
        ProviderAdjustment("1234567893", "L6", "HH1", Decimal("-1.25")),
        ProviderAdjustment("1234567893", "CS", "", Decimal(1)),
        ProviderAdjustment("1234567893", "72", "R", Decimal(-2)),
        ProviderAdjustment("1234567893", "FB", "HH2", Decimal(3)),
        ProviderAdjustment("1234567893", "IR", "T", Decimal(4)),
        ProviderAdjustment("2000000036", "AP", "", Decimal(-9)),
    )


def test_claim_remarks_come_from_mia_and_moa() -> None:
    """MIA05 and 20 to 23, MOA03 to 07; the amounts among them are information."""
    mia = "MIA*1*2*3*4*MA01*6*7*8*9*10*11*12*13*14*15*16*17*18*19*N130*MA18**M62*M51"
    assert claim_with(mia).remarks == ("MA01", "N130", "MA18", "M62")
    assert claim_with("MOA*0.5*2*MA18*N522***MA130*7").remarks == ("MA18", "N522", "MA130")


def test_a_line_keeps_what_was_submitted_and_its_range_of_days() -> None:
    """SVC06 is the code we sent where the payer changed it; 150 and 151 are a range."""
    line = claim_with(
        "SVC*HC:99212:25*100*100**1*HC:99213:25*1", "DTM*150*20261109", "DTM*151*20261111", "LQ*RX*75", "LQ*HE*M15"
    ).lines[0]
    assert (line.procedure, line.submitted_procedure) == ("99212", "99213")
    assert (line.first_day, line.last_day) == (date(2026, 11, 9), date(2026, 11, 11))
    assert line.remarks == ("M15",)


def test_a_correction_names_the_number_it_replaces() -> None:
    """REF*F8 of the claim; the line's own references do not reach it."""
    claim = claim_with("REF*F8*HH26-000401", "REF*EA*X", "SVC*HC:99213*100*100", "REF*F8*OTHER")
    assert claim.original_reference == "HH26-000401"


def test_a_payee_may_be_known_by_its_tax_number() -> None:
    """N103 FI says that N104 is no NPI."""
    document = interchange(payment_of(*PAID_CLAIM)).replace(b"XX*1234567893~REF*TJ*999990007", b"FI*999990008~REF*PQ*7")
    answer = next(iter(read_answers([document])))
    assert isinstance(answer, Remittance)
    assert (answer.payee_npi, answer.payee_tax_id) == ("", "999990008")


@pytest.mark.parametrize(
    ("segments", "place"),
    [
        (("CLP*BL-1*1*1,000*0**12*HH1",), "ISA 1/GS 1/ST 1/segment 12/CLP03"),
        (("CLP*BL-1*1*100*NONE**12*HH1",), "ISA 1/GS 1/ST 1/segment 12/CLP04"),
        ((PAID_CLAIM[0], "SVC*HC:99213*100*1e2"), "ISA 1/GS 1/ST 1/segment 13/SVC03"),
        ((PAID_CLAIM[0], "CAS*CO*45*1**18*$5"), "ISA 1/GS 1/ST 1/segment 13/CAS06"),
        ((PAID_CLAIM[0], "PLB*1234567893*20261231*WO:1*1*L6:2*O"), "ISA 1/GS 1/ST 1/segment 13/PLB06"),
    ],
)
def test_an_amount_that_is_no_number_is_never_zero(segments: tuple[str, ...], place: str) -> None:
    """Money that cannot be read refuses the document, by its place and without its value."""
    with pytest.raises(Malformed) as caught:
        read(*segments)
    assert (caught.value.code, caught.value.place) == ("X12_AMOUNT", place)
    assert "1,000" not in f"{caught.value} {caught.value.next_step}"


@pytest.mark.parametrize("stray", ["SVC*HC:99213*1*1", "CAS*CO*45*1", "MOA***MA01"])
def test_what_belongs_to_a_claim_cannot_stand_before_one(stray: str) -> None:
    """Nobody would know whose it is."""
    with pytest.raises(Malformed) as caught:
        read(stray, *PAID_CLAIM)
    assert caught.value.code == "X12_STRUCTURE"


def test_a_remittance_without_its_bpr_has_no_amount() -> None:
    """Nothing can be posted from it."""
    document = interchange(payment_of(*PAID_CLAIM))
    start = document.index(b"BPR*")
    document = document[:start] + document[document.index(b"TRN*") :]
    with pytest.raises(Malformed, match="BPR"):
        list(read_answers([document]))

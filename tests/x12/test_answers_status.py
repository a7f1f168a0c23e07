"""A 277CA says of a batch, its billing providers and its claims what became of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from gateway.model.answers import ClaimStatus, Note, Status, StatusReport
from gateway.x12.answers import read_answers
from tests.answers import (
    CLAIM_REFUSED,
    CLAIM_TAKEN,
    PROVIDER,
    SUBMITTER,
    TAKEN_AT_PROVIDER,
    TAKEN_AT_SUBMITTER,
    interchange,
    status_report,
)


def read(*segments: str, issuer: str = "PR") -> tuple[list[StatusReport], list[str]]:
    answers = list(read_answers([interchange(status_report(*segments, issuer=issuer))]))
    reports = [each for each in answers if isinstance(each, StatusReport)]
    return reports, [each.kind for each in answers if isinstance(each, Note)]


def test_every_level_says_its_own() -> None:
    """The submitter's, the provider's and the claims' statuses come in the order of the report, and tie to our keys."""
    ((report,), flags) = read(
        *SUBMITTER, TAKEN_AT_SUBMITTER, *PROVIDER, *TAKEN_AT_PROVIDER, *CLAIM_TAKEN, *CLAIM_REFUSED
    )
    assert flags == []
    assert (report.issuer, report.issuer_id, report.reference) == ("PR", "44001", "GW000000071")
    assert (report.created, report.processed_on) == ("202611160640", date(2026, 11, 16))
    received = (Status("A1", "19", "PR", "WQ"),)
    assert report.statuses == (
        ClaimStatus("2200B", received, charge=Decimal(410)),
        ClaimStatus("2200C", received, billing_npi="1234567893", charge=Decimal(410)),
        ClaimStatus(
            "2200D",
            (Status("A2", "20", "", "WQ"),),
            billing_npi="1234567893",
            claim="BL-1001",
            trace="GW00000000301",
            payer_control_number="HH26-000501",
            charge=Decimal(160),
            first_day=date(2026, 11, 9),
            last_day=date(2026, 11, 10),
        ),
        ClaimStatus(
            "2200D",
            (Status("A7", "562", "82", "U"), Status("A3", "21", "", "U")),
            billing_npi="1234567893",
            claim="BL-1002",
            trace="GW00000000302",
            charge=Decimal(250),
            first_day=date(2026, 11, 12),
            last_day=date(2026, 11, 12),
        ),
    )


def test_a_missing_2200c_is_flagged_and_the_claims_are_read() -> None:
    """Real reports often leave it out; the provider is still known by its name segment."""
    ((report,), flags) = read(*SUBMITTER, TAKEN_AT_SUBMITTER, *PROVIDER, *CLAIM_TAKEN)
    assert flags == ["flag:2200C"]
    assert [(each.level, each.billing_npi) for each in report.statuses] == [("2200B", ""), ("2200D", "1234567893")]


def test_claims_without_a_provider_level_have_no_billing_npi() -> None:
    """What the report does not say is not guessed."""
    ((report,), _) = read(*SUBMITTER, TAKEN_AT_SUBMITTER, "HL*4*2*PT", *CLAIM_TAKEN[1:])
    assert [(each.level, each.billing_npi) for each in report.statuses] == [("2200B", ""), ("2200D", "")]


def test_a_claim_belongs_to_the_provider_its_hl_points_to() -> None:
    """HL02 decides, not the order of the segments."""
    other = ("HL*6*2*19*1", "NM1*85*2*OAK ROAD CLINIC*****XX*2000000036")
    ((report,), _) = read(*SUBMITTER, *PROVIDER, *other, *CLAIM_TAKEN[:1], *CLAIM_TAKEN[1:])
    assert CLAIM_TAKEN[0] == "HL*4*3*PT"
    ((moved,), _) = read(*SUBMITTER, *PROVIDER, *other, "HL*4*6*PT", *CLAIM_TAKEN[1:])
    assert report.statuses[-1].billing_npi == PROVIDER[1][-10:] == "1234567893"
    assert moved.statuses[-1].billing_npi == "2000000036"


def test_a_rejection_at_the_submitter_needs_no_claims() -> None:
    """Nothing hangs below a level that was refused as a whole."""
    ((report,), flags) = read("HL*2*1*21*0", *SUBMITTER[1:], "STC*A7:23*20261116*U*410")
    assert report.statuses == (ClaimStatus("2200B", (Status("A7", "23", "", "U"),), charge=Decimal(410)),)
    assert flags == []


def test_two_claims_of_one_patient_stay_two() -> None:
    """A second TRN in the patient's level begins the next claim."""
    second = ("TRN*2*BL-1003", "STC*A2:20*20261116*WQ*40", "REF*1K*HH26-000503")
    ((report,), _) = read(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN, *second)
    assert [(each.claim, each.payer_control_number, each.trace) for each in report.statuses] == [
        ("BL-1001", "HH26-000501", "GW00000000301"),
        ("BL-1003", "HH26-000503", ""),
    ]


def test_a_lines_statuses_are_reasons_of_its_claims_refusal() -> None:
    """Where the claim's own status says only that something is wrong, its lines say what; its keys stay its own."""
    line = ("SVC*HC:99214*250", "STC*A7:562:82*20261116*U", "REF*FJ*L1", "REF*1K*LINE-NUMBER", "DTP*472*D8*20260101")
    ((report,), _) = read(*SUBMITTER, *PROVIDER, *CLAIM_REFUSED[:3], "STC*A3:21*20261116*U*250", *line)
    (claim,) = report.statuses
    assert claim.statuses == (Status("A3", "21", "", "U"), Status("A7", "562", "82", "U"))
    assert (claim.payer_control_number, claim.first_day) == ("", None)


def test_a_lines_status_does_not_untake_a_claim() -> None:
    """What was accepted into adjudication stays accepted."""
    ((report,), _) = read(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN, "SVC*HC:99213*120", "STC*A7:454*20261116*U")
    assert report.statuses[-1].statuses == (Status("A2", "20", "", "WQ"),)


def test_a_claim_without_a_status_is_named_and_not_taken() -> None:
    """Nothing was said of it, and that is what the answer says."""
    ((report,), _) = read(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN[:3])
    assert [(each.claim, each.statuses) for each in report.statuses] == [("BL-1001", ())]


def test_two_batches_in_one_set_are_two_reports() -> None:
    """Each 2000B answers a batch of its own."""
    again = ("HL*6*1*21*1", SUBMITTER[1], "TRN*2*GW000000072", "HL*7*6*PT", "TRN*2*BL-1009", "STC*A2:20**WQ*9")
    (reports, _) = read(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN, *again, issuer="AY")
    assert [(each.reference, [status.claim for status in each.statuses]) for each in reports] == [
        ("GW000000071", ["BL-1001"]),
        ("GW000000072", ["BL-1009"]),
    ]
    assert [each.issuer for each in reports] == ["AY", "AY"]


def test_what_a_level_does_not_own_is_not_taken_from_it() -> None:
    """The processing day is the issuer's, the billing NPI the provider's, the charge the first status's."""
    submitter = (SUBMITTER[0], "NM1*41*2*BIRCH LANE CLINIC*****XX*2000000036", "TRN*2*GW000000071")
    claim = (*CLAIM_TAKEN[:4], "STC*A1:19*20261116*WQ*999", "DTP*009*D8*20270101", "DTP*472*D8*20261109")
    ((report,), _) = read(*submitter, TAKEN_AT_SUBMITTER, "DTP*472*D8*20270102", *PROVIDER, *claim)
    assert report.processed_on == date(2026, 11, 16)
    assert [(each.billing_npi, each.charge, each.first_day) for each in report.statuses] == [
        ("", Decimal(410), None),
        ("1234567893", Decimal(160), date(2026, 11, 9)),
    ]


def test_a_report_without_a_processing_day_is_of_the_day_it_was_made_on() -> None:
    """A later refusal must not stand before an earlier acceptance for want of its day."""
    text = status_report(*SUBMITTER, *PROVIDER, *CLAIM_REFUSED).replace("DTP*009*D8*20261116~", "")
    found = list(read_answers([interchange(text.replace("*20261116*0640*TH", "*20261118*0640*TH"))]))
    assert [each.processed_on for each in found if isinstance(each, StatusReport)] == [date(2026, 11, 18)]


def test_an_unknown_level_and_an_unreadable_day_are_flagged() -> None:
    """Neither is guessed at."""
    ((report,), flags) = read(*SUBMITTER, *PROVIDER, *CLAIM_TAKEN[:-1], "DTP*472*D8*20261399", "HL*9*4*ZZ", "STC*A2:20")
    assert (report.statuses[-1].first_day, len(report.statuses)) == (None, 1)
    assert sorted(flags) == ["flag:2200C", "flag:DTP03", "flag:HL03"]

"""A 277 says what became of the claims that we asked about, and keeps nobody's name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gateway.errors import Malformed
from gateway.model.answers import Answer, Note, Status, StatusResponse, ToldStatus
from gateway.x12.answers import read_answers
from tests.answers import STATUS_OF_DEPENDENT, STATUS_OF_SUBSCRIBER, interchange, status_response
from tests.status_maps import verdict


def read(*segments: str, separators: str = "*:~^") -> list[Answer]:
    return list(read_answers([interchange(status_response(*segments), separators=separators)]))


@pytest.mark.parametrize("separators", ["*:~^", "|>\x1e}"])
def test_a_status_is_read_with_all_that_ties_it_to_us(separators: str) -> None:
    """Trace, numbers, money and days of each claim, of subscribers and dependents; a line speaks for itself alone."""
    (response,) = read(*STATUS_OF_SUBSCRIBER, *STATUS_OF_DEPENDENT, separators=separators)
    assert isinstance(response, StatusResponse)
    assert (response.payer_id, response.created, response.made_on) == ("44001", "202612010810", date(2026, 12, 1))
    assert response.statuses == (
        ToldStatus(
            "2200D",
            (Status("F1", "20"),),
            trace="GWQ0000000005",
            claim="BL-1001",
            attempt="GW00000000301",
            number="HH26-000501",
            provider="1234567893",
            charge=Decimal(160),
            paid=Decimal(120),
            effective_on=date(2026, 11, 30),
            finalized_on=date(2026, 11, 28),
            remitted_on=date(2026, 11, 29),
            payment="HH-CHECK-9",
            first_day=date(2026, 11, 9),
            last_day=date(2026, 11, 10),
        ),
        ToldStatus(
            "2200E",
            (Status("R0", "21"), Status("R4", "22")),
            trace="GWQ0000000006",
            claim="BL-1002",
            provider="1234567893",
            charge=Decimal(250),
            effective_on=date(2026, 11, 30),
        ),
    )


def test_no_name_and_no_members_number_is_kept() -> None:
    noted = ("STC*P1:20*20261130**250********NOTE ABOUT BEN SAMPLE",)
    said = repr(read(*STATUS_OF_SUBSCRIBER, *STATUS_OF_DEPENDENT, *noted))
    assert not [secret for secret in ("SAMPLE", "ADA", "BEN", "HH-SECRET", "NOTE ABOUT") if secret in said]


def test_several_claims_of_one_patient_are_several() -> None:
    """Each TRN begins another."""
    again = ("TRN*2*GWQ0000000007", "STC*P1:20*20261130**90", "REF*EJ*BL-1003")
    (response,) = read(*STATUS_OF_SUBSCRIBER, *again)
    assert isinstance(response, StatusResponse)
    assert [(told.trace, told.claim) for told in response.statuses] == [
        ("GWQ0000000005", "BL-1001"),
        ("GWQ0000000007", "BL-1003"),
    ]


def test_small_faults_are_flagged_and_lost_ends_refuse() -> None:
    """A day that is none, a level that nobody knows; half a document is none."""
    found = read("HL*4*3*22*0", "TRN*2*T1", "STC*P1:20*20261399", "DTP*472*D8*2026", "HL*5*3*99", "TRN*2*T2")
    assert [answer.kind for answer in found if isinstance(answer, Note)] == ["flag:STC02", "flag:DTP03", "flag:HL03"]
    whole = interchange(status_response(*STATUS_OF_SUBSCRIBER))
    with pytest.raises(Malformed):
        list(read_answers([whole[: len(whole) // 2]]))


def test_these_samples_are_valid_themselves() -> None:
    """Or they would prove nothing of what payers send."""
    valid, why = verdict(interchange(status_response(*STATUS_OF_SUBSCRIBER, *STATUS_OF_DEPENDENT)))
    assert valid, why

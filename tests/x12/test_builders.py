"""The fictional batches are what they claim to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gateway.model.x12 import Delimiters
from gateway.testing.builders import (
    BillingSpec,
    ClaimSpec,
    LineSpec,
    batch837d,
    batch837i,
    batch837p,
    realistic_batch,
    realistic_claims,
    valid_npi,
)
from tests.oracle import pyx12_verdict

RICH = ClaimSpec(
    "A3",
    (
        LineSpec(rendering=valid_npi(9), ordering=valid_npi(3), emergency=True, modifiers=("25", "RT")),
        LineSpec(charge="12.50", last_day=date(2026, 11, 4), place_of_service="22", pointer="1:2"),
    ),
    member_id="AHP3",
    responsibility="S",
    referring=valid_npi(5),
    supervising=valid_npi(6),
    facility=valid_npi(7),
    operating=valid_npi(8),
    attending=valid_npi(2),
    delay_reason="1",
    frequency="7",
    payer_control_number="X1",
    prior_authorization="PA1",
    trace="OLD1",
    record_number="MRN1",
    other_payer_id="OTHER1",
    diagnoses=("J069", "M545"),
    notes=(("NTE", "ADD", "SEEN"),),
    billing=BillingSpec("", "WILLOW", "WANDA", "1", secondary_id="G2X"),
)


@pytest.mark.parametrize("index", [0, 1, 2, 77, 99_999_999])
def test_an_npi_starts_with_two_and_passes_the_luhn_check(index: int) -> None:
    """Checked the other way round: all fifteen digits with 80840 in front sum to a multiple of ten."""
    npi = valid_npi(index)
    digits = [int(digit) for digit in reversed("80840" + npi)]
    total = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    assert (len(npi), npi[0], total % 10) == (10, "2", 0)


def test_nine_digits_get_the_check_digit_of_the_published_illustration() -> None:
    """123456789 is completed to 1234567893."""
    assert valid_npi("123456789") == "1234567893"


def test_a_professional_batch_with_everything_in_it_is_clean() -> None:
    """Own and dependent claims, two billing providers, every optional loop."""
    valid, answer = pyx12_verdict(batch837p([ClaimSpec("A1"), ClaimSpec("A2", dependent=True), RICH]))
    assert valid, answer


def test_an_institutional_batch_with_everything_in_it_is_clean() -> None:
    """The same claims with attending, operating and rendering providers."""
    rich = replace(RICH, billing=BillingSpec(secondary_id="G2X"))
    valid, answer = pyx12_verdict(batch837i([ClaimSpec("A1"), ClaimSpec("A2", dependent=True), rich]))
    assert valid, answer


def test_a_dental_batch_has_its_service_date_teeth_and_procedures() -> None:
    """No second reader knows the dental guide, so the segments are named here."""
    claim = ClaimSpec("A1", (LineSpec("D2150", tooth="3"),), supplements=(("DN1", "36"), ("DN2", "12", "E")))
    segments = batch837d([claim]).decode().split("~")
    claimed = segments[segments.index("CLM*A1*120***11:B:1*Y*A*Y*Y") :]
    assert claimed[1:4] == ["DTP*472*D8*20261103", "DN1*36", "DN2*12*E"]
    assert claimed[7:11] == ["LX*1", "SV3*AD:D2150*120****1", "TOO*JP*3", "DTP*472*D8*20261103"]


def test_other_delimiters_and_line_breaks_stay_clean() -> None:
    """Pipes, carets and CRLF after every terminator."""
    delimiters = Delimiters(element=b"|", component=b">", segment=b"'", repetition=b"!")
    data = batch837p([ClaimSpec("A1"), RICH], delimiters=delimiters, line_break="\r\n")
    assert data.count(b"'\r\n") == data.count(b"'")
    valid, answer = pyx12_verdict(data)
    assert valid, answer


def test_a_batch_may_be_cut_into_several_transaction_sets() -> None:
    """Each set starts its HL numbers anew and has a control number of its own."""
    data = batch837p([ClaimSpec(f"A{n}", member_id=f"M{n:04d}") for n in range(5)], claims_per_set=2)
    assert data.count(b"~ST*837*") == 3
    assert data.count(b"~HL*1**20*1~") == 3
    valid, answer = pyx12_verdict(data)
    assert valid, answer


def test_a_realistic_batch_is_clean_repeatable_and_of_the_usual_size() -> None:
    """The same seed gives the same bytes, another seed others; about 550 bytes a claim."""
    data = b"".join(realistic_batch(300, seed=7))
    assert data == b"".join(realistic_batch(300, seed=7))
    assert data != b"".join(realistic_batch(300, seed=8))
    assert 500 < len(data) / 300 < 600
    valid, answer = pyx12_verdict(data)
    assert valid, answer


def test_realistic_claims_differ_in_every_way_that_decides_about_them() -> None:
    """One to six lines, dependents, and several billing providers, rendering providers and payers."""
    claims = list(realistic_claims(400))
    assert {len(claim.lines) for claim in claims} == {1, 2, 3, 4, 5, 6}
    assert {claim.dependent for claim in claims} == {True, False}
    assert len({claim.billing for claim in claims}) == 3
    assert len({claim.payer_id for claim in claims}) == 4
    assert len({claim.rendering for claim in claims}) > 20
    assert any(line.rendering for claim in claims for line in claim.lines)
    assert sum((Decimal(line.charge) for line in claims[0].lines), Decimal()) > 0

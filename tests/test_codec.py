"""A claim comes out of the store as it went in, but for what has columns of its own."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import as_claim, claim_bytes
from gateway.model.claims import (
    Adjudication,
    BillingProvider,
    Claim,
    ClaimKind,
    Coverage,
    Diagnosis,
    Finding,
    OtherDate,
    Outcome,
    Patient,
    Provider,
    ServiceLine,
)
from gateway.model.x12 import Span
from gateway.testing.builders import realistic_batch
from gateway.x12.claims import read_claims
from tests.x12.documents import DENTAL, INSTITUTIONAL, PROFESSIONAL, wrapped

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=6)
DAY = st.none() | st.dates()
AMOUNT = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2) | st.just(Decimal("0E-9"))
NUMBER = st.integers(0, 99)

FINDINGS = st.builds(Finding, TEXT, st.sampled_from(Outcome), TEXT, TEXT, TEXT, TEXT, st.none() | NUMBER, NUMBER)
LINES = st.builds(
    ServiceLine, NUMBER, TEXT, st.tuples(TEXT, TEXT), AMOUNT, AMOUNT, DAY, DAY, TEXT, st.booleans(), TEXT, TEXT, TEXT, TEXT,
    st.tuples(TEXT), st.tuples(st.builds(Adjudication, TEXT, AMOUNT, AMOUNT, AMOUNT, DAY, NUMBER)), NUMBER,
)  # fmt: skip
CLAIMS = st.builds(
    Claim,
    kind=st.sampled_from(ClaimKind),
    transaction_set=st.just(0),
    levels=st.just(()),
    span=st.just(Span(0, 0)),
    position=NUMBER,
    control_number=TEXT,
    charge=AMOUNT,
    place_of_service=TEXT,
    frequency=TEXT,
    payer_id=TEXT,
    payer_responsibility=TEXT,
    filing_indicator=TEXT,
    member_id=TEXT,
    billing=st.builds(BillingProvider, TEXT, TEXT, TEXT, TEXT, TEXT, st.none(), NUMBER),
    providers=st.tuples(st.builds(Provider, TEXT, TEXT, TEXT, TEXT, st.none() | NUMBER, NUMBER)),
    lines=st.lists(LINES, max_size=2).map(tuple),
    first_day=DAY,
    last_day=DAY,
    payer_control_number=TEXT,
    prior_authorization=TEXT,
    trace=TEXT,
    delay_reason=TEXT,
    fingerprint=st.just(b""),
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    patient=st.builds(
        Patient, st.booleans(), TEXT, TEXT, TEXT, DAY, TEXT, st.booleans(), st.booleans(), DAY, TEXT, NUMBER
    ),
    diagnoses=st.lists(st.builds(Diagnosis, TEXT, TEXT), max_size=2).map(tuple),
    coverages=st.lists(st.builds(Coverage, TEXT, TEXT, TEXT, AMOUNT, AMOUNT, AMOUNT, DAY, NUMBER), max_size=2).map(
        tuple
    ),
    assignment=TEXT,
    patient_paid=AMOUNT,
    admitted=DAY,
    discharged=DAY,
    accident_related=st.booleans(),
    predetermination=st.booleans(),
    auto_accident=st.booleans(),
    accident_state=st.sampled_from(["", "IA"]),
    accident_day=st.none() | st.dates(),
    payer_segment=NUMBER,
    other_dates=st.lists(
        st.builds(OtherDate, TEXT, st.dates(), st.dates(), st.none() | NUMBER, NUMBER), max_size=2
    ).map(tuple),
    diagnosis_gaps=st.lists(NUMBER, max_size=2).map(tuple),
    text=st.none(),
)


@given(CLAIMS)
def test_every_fact_of_a_claim_comes_back(claim: Claim) -> None:
    """Texts, amounts with their digits, days, findings."""
    again = as_claim(claim_bytes(claim))
    assert again == claim
    assert [str(line.charge) for line in again.lines] == [
        str(line.charge if line.charge is None else Decimal(format(line.charge, "f"))) for line in claim.lines
    ]


def test_amounts_are_stored_as_plain_text() -> None:
    """Whoever reads the column need not know of exponents."""
    (claim, *_) = [item for item in read_claims([wrapped(PROFESSIONAL)]) if isinstance(item, Claim)]
    stored = json.loads(claim_bytes(replace(claim, charge=Decimal("1E+2"), patient_paid=Decimal("1E-7"))))
    assert "100" in stored
    assert "0.0000001" in stored


def test_no_fact_of_a_claim_is_forgotten_here() -> None:
    """A field that a noun gets must be stored, or be one of those that have a column of their own."""
    known = set(CLAIMS.wrapped_strategy.kwargs)  # type: ignore[attr-defined]
    assert {field.name for field in fields(Claim)} == known


def test_claims_that_were_read_come_back_without_their_bytes() -> None:
    """Professional, institutional, dental, and a realistic batch."""
    documents = [
        wrapped(PROFESSIONAL),
        wrapped(INSTITUTIONAL, version="005010X223A2"),
        wrapped(DENTAL, version="005010X224A2"),
        b"".join(realistic_batch(100)),
    ]
    claims = [item for document in documents for item in read_claims([document]) if isinstance(item, Claim)]
    for claim in claims:
        billing, patient = replace(claim.billing, address=None), replace(claim.patient, zip="")
        bare = replace(
            claim, transaction_set=0, levels=(), span=Span(0, 0), fingerprint=b"", billing=billing, patient=patient
        )
        assert as_claim(claim_bytes(claim)) == bare
    assert len(claims) == 105


def test_a_claim_that_was_stored_with_fewer_facts_is_read() -> None:
    """What an earlier version of this program stored: no patient, no segments."""
    stored = json.dumps([
        "P", 27, "A1", "135.50", "11", "1", "ALPHA1", "P", "CI", "MEM1", ["1234567893", "2", "999990001", "T", "G2"],
        [["82", "2000000010", "1", "T", None], ["DK", "2000000044", "1", "", 2]],
        [[1, "99213", ["25"], "120", "1", "2026-11-03", "2026-11-04", "22", True, "", "L1"]],
        "2026-11-03", "2026-11-04", "ICN", "AUTH", "TRACE", "7", [["CODE", "REJECT", "2300/CLM02"]],
    ]).encode()  # fmt: skip
    assert as_claim(stored) == Claim(
        kind=ClaimKind.PROFESSIONAL,
        transaction_set=0,
        levels=(),
        span=Span(0, 0),
        position=27,
        control_number="A1",
        charge=Decimal("135.50"),
        place_of_service="11",
        frequency="1",
        payer_id="ALPHA1",
        payer_responsibility="P",
        filing_indicator="CI",
        member_id="MEM1",
        billing=BillingProvider("1234567893", "2", "999990001", "T", "G2"),
        providers=(Provider("82", "2000000010", "1", "T"), Provider("DK", "2000000044", "1", "", 2)),
        lines=(
            ServiceLine(
                1,
                "99213",
                ("25",),
                Decimal(120),
                Decimal(1),
                date(2026, 11, 3),
                date(2026, 11, 4),
                "22",
                True,
                "",
                "L1",
            ),
        ),
        first_day=date(2026, 11, 3),
        last_day=date(2026, 11, 4),
        payer_control_number="ICN",
        prior_authorization="AUTH",
        trace="TRACE",
        delay_reason="7",
        findings=(Finding("CODE", Outcome.REJECT, "2300/CLM02"),),
    )

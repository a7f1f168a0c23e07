"""What a claim is known by, beside the tables in tests/test_checks.py: member, payer's number, tax number, address."""

from __future__ import annotations

import pytest

from gateway.model.claims import Claim
from tests.checks.claims import HOLD, REJECT, WARN, Hit, at, billing, claim, content, stay

CASES: list[tuple[Claim, list[Hit]]] = [
    (claim(payer_id=""), [("PAYER_ID_MISSING", REJECT, "2010BB/NM109", None)]),
    (claim(member_id=""), [("MEMBER_ID_MISSING", REJECT, "2010BA/NM109", None)]),
    (claim(member_id="AB-12 3"), [("MEMBER_ID_MARKS", WARN, "2010BA/NM109", None)]),
    *(
        (claim(member_id=code), [("MEMBER_ID_DOUBTFUL", HOLD, "2010BA/NM109", None)])
        for code in ("NONE", "unknown", "0000", "000000000")
    ),
    *((claim(member_id=code), []) for code in ("000", "1EG4TE5MK73", "0000000001", "NONES", "123456789", "111111111")),
    (claim(member_id="NONE", filing_indicator="WC"), []),
    (claim(frequency="6"), [("FREQUENCY_UNKNOWN", HOLD, "2300/CLM05-3", None)]),
    (claim(filing_indicator=""), [("PLAN_KIND_MISSING", WARN, "2000B/SBR09", None)]),
    (claim(lines=()), [("LINES_MISSING", REJECT, "2400/LX01", None)]),
    (claim(control_number=""), [("CLAIM_NUMBER_MISSING", REJECT, "2300/CLM01", None)]),
    (claim(control_number="A" * 39), [("CLAIM_NUMBER_TOO_LONG", REJECT, "2300/CLM01", None)]),
    (claim(control_number="A" * 21), [("CLAIM_NUMBER_LONG", WARN, "2300/CLM01", None)]),
    (claim(frequency="7"), [("PAYER_NUMBER_MISSING", REJECT, "2300/REF02", None)]),
    (claim(payer_control_number="ICN1"), [("PAYER_NUMBER_UNEXPECTED", WARN, "2300/REF02", None)]),
    (claim(frequency="9"), [("FREQUENCY_UNKNOWN", REJECT, "2300/CLM05-3", None)]),
    (stay(frequency="9"), []),
    (
        claim(frequency="7", payer_control_number="ICN1", filing_indicator="MB"),
        [("REPLACEMENT_NOT_TAKEN", HOLD, "2300/CLM05-3", None)],
    ),
    (
        claim(frequency="8", payer_control_number="ICN1", filing_indicator="MB"),
        [("REPLACEMENT_NOT_TAKEN", WARN, "2300/CLM05-3", None)],
    ),
    *(
        (claim(frequency="7", payer_control_number=word), [("PAYER_NUMBER_MISSING", REJECT, "2300/REF02", None)])
        for word in ("NONE", "0", "0000")
    ),
    (
        claim(frequency="8", payer_control_number="T1001"),
        [("PAYER_NUMBER_SAME", WARN, "2300/REF02", None)],
    ),
    (
        claim(frequency="7", payer_control_number="ICN1", filing_indicator="MA"),
        [("MEDICARE_PART_DIFFERS", WARN, "2000B/SBR09", None)],
    ),
    (stay(frequency="7", payer_control_number="ICN1", filing_indicator="MB"), []),
    (claim(trace="T" * 21), [("TRACE_TOO_LONG", WARN, "2300/REF02", None)]),
    (claim(billing=billing(tax_id="99999001")), [("TAX_ID_INVALID", REJECT, "2010AA/REF02", None)]),
    (claim(billing=billing(tax_id="99999000A")), [("TAX_ID_INVALID", REJECT, "2010AA/REF02", None)]),
    (claim(billing=billing(tax_id="")), []),
    (claim(billing=billing(tax_id="222222222")), [("TAX_ID_DOUBTFUL", WARN, "2010AA/REF02", None)]),
    (claim(billing=billing(npi="")), [("NPI_MISSING", HOLD, "2010AA/NM109", None)]),
    (claim(**at(street="P.O. Box 12")), [("BILLING_PO_BOX", WARN, "2010AA/N301", None)]),
    *(
        (claim(**at(street=box)), [("BILLING_PO_BOX", WARN, "2010AA/N301", None)])
        for box in ("POB 12", "PO BX 12", "POBOX12", "P0 BOX 12", "BOX 12", "PO DRAWER A", "PO 12", "POSTAL BOX 3")
    ),
    *((claim(**at(street=street)), []) for street in ("12 POBLANO WAY", "RR 2 BOX 12", "9 BOX CANYON RD", "1 PO HILL")),
    (claim(**at(street="P O BOX 123")), [("BILLING_PO_BOX", WARN, "2010AA/N301", None)]),
    (claim(**at(street2="LOCKBOX 7")), [("BILLING_PO_BOX", WARN, "2010AA/N302", None)]),
    (claim(**at(street2="SUITE 7")), []),
    (claim(**at(street="12 BOXWOOD LANE")), []),
    (claim(**at(street="12 SPO BOX LANE")), []),
    (claim(**at(city="")), [("CITY_MISSING", REJECT, "2010AA/N401", None)]),
    (claim(**at(state="")), [("STATE_INVALID", REJECT, "2010AA/N402", None)]),
    (claim(**at(state="ZZ")), [("STATE_INVALID", REJECT, "2010AA/N402", None)]),
    (claim(**at(state="PR")), []),
    (claim(**at(state="AE")), []),
    (claim(**at(state="ON", zip="M5V2T6", country="CA")), []),
    (claim(**at(state="ZZ", zip="M5V2T6", country="CA")), [("STATE_INVALID", REJECT, "2010AA/N402", None)]),
    (claim(**at(state="", zip="", country="MX")), []),
    (claim(**at(zip="1220")), [("ZIP_INVALID", REJECT, "2010AA/N403", None)]),
    (claim(**at(zip="")), [("ZIP_INVALID", REJECT, "2010AA/N403", None)]),
    (claim(**at(zip="000000000")), [("ZIP_INVALID", REJECT, "2010AA/N403", None)]),
    (claim(**at(zip="12207-001")), [("ZIP_INVALID", REJECT, "2010AA/N403", None)]),
    (claim(**at(zip="12207", country="US")), [("BILLING_ZIP4_MISSING", WARN, "2010AA/N403", None)]),
    (claim(billing=billing(address=None)), []),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_numbers_and_addresses(one: Claim, expected: list[Hit]) -> None:
    """Each has its form, and each defect its place."""
    assert content(one) == expected

"""The patient beside the subscriber, and what is known of him or her."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gateway.model.claims import Claim, ClaimText, OtherDate, Patient
from gateway.model.x12 import Delimiters
from tests.checks.claims import DEPENDENT, HOLD, PATIENT, REJECT, WARN, Hit, claim, content

LAST_PERIOD = (OtherDate("484", date(2026, 6, 1), date(2026, 6, 1), segment=21),)


def of(patient: Patient, pregnant: str | None = None, **changes: Any) -> Claim:
    """A claim of a patient; `pregnant` is PAT09, for which it has a text."""
    given = {"other_dates": changes.pop("other_dates", ()), "text": None}
    if pregnant is not None:
        levels = (
            (6, b"HL*1"),
            (10, f"HL*2~PAT*********{pregnant}".encode()),
            (14, f"HL*3~PAT*19********{pregnant}".encode()),
        )
        given["text"] = ClaimText(levels, b"CLM*A1", Delimiters(b"*", b":", b"~", b"^"))
    return claim(patient=replace(patient, **changes), **given)


CASES: list[tuple[Claim, list[Hit]]] = [
    (of(PATIENT), []),
    (of(DEPENDENT), []),
    (of(DEPENDENT, subscriber_relationship="18"), [("SUBSCRIBER_IS_PATIENT", HOLD, "2000B/SBR02", None)]),
    (
        of(DEPENDENT, subscriber_relationship="18", subscriber_billed=True),
        [("SUBSCRIBER_IS_PATIENT", WARN, "2000B/SBR02", None)],
    ),
    (of(PATIENT, subscriber_relationship=""), [("SUBSCRIBER_NOT_PATIENT", REJECT, "2000B/SBR02", None)]),
    (of(PATIENT, subscriber_relationship="01"), [("SUBSCRIBER_NOT_PATIENT", REJECT, "2000B/SBR02", None)]),
    (of(PATIENT, subscriber_entity_type="2"), [("SUBSCRIBER_NOT_PERSON", WARN, "2010BA/NM102", None)]),
    (of(DEPENDENT, subscriber_entity_type="2"), []),
    (of(PATIENT, demographics=False, sex=""), [("DEMOGRAPHICS_MISSING", REJECT, "2010BA/DMG", None)]),
    (of(DEPENDENT, demographics=False, sex=""), [("DEMOGRAPHICS_MISSING", REJECT, "2010CA/DMG", None)]),
    (of(PATIENT, address=False), [("PATIENT_ADDRESS_MISSING", WARN, "2010BA/N3", None)]),
    (of(DEPENDENT, address=False), [("PATIENT_ADDRESS_MISSING", WARN, "2010CA/N3", None)]),
    (of(PATIENT, zip="1220"), [("PATIENT_ZIP_INVALID", REJECT, "2010BA/N403", None)]),
    (of(DEPENDENT, zip="00000"), [("PATIENT_ZIP_INVALID", REJECT, "2010CA/N403", None)]),
    (of(PATIENT, zip="122070001"), []),
    (of(PATIENT, zip="12207"), []),
    (of(PATIENT, zip=""), []),
    (of(PATIENT, address_lacks="N402"), [("PATIENT_ADDRESS_PART_MISSING", REJECT, "2010BA/N402", None)]),
    (of(DEPENDENT, address_lacks="N403"), [("PATIENT_ADDRESS_PART_MISSING", REJECT, "2010CA/N403", None)]),
    (of(PATIENT, address_lacks="N3"), [("PATIENT_ADDRESS_PART_MISSING", WARN, "2010BA/N3", None)]),
    (of(PATIENT, address_lacks="N4"), [("PATIENT_ADDRESS_PART_MISSING", WARN, "2010BA/N4", None)]),
    (of(PATIENT, sex="U"), []),
    (claim(accident_related=True), [("ACCIDENT_DATE_MISSING", REJECT, "2300/DTP03", None)]),
    (claim(accident_related=True, accident_day=date(2026, 7, 1)), []),
    (
        claim(accident_related=True, auto_accident=True, accident_day=date(2026, 7, 1)),
        [("ACCIDENT_STATE_MISSING", REJECT, "2300/CLM11", None)],
    ),
    (claim(accident_related=True, auto_accident=True, accident_state="IA", accident_day=date(2026, 7, 1)), []),
    (of(PATIENT, sex="M", pregnant="Y"), [("PREGNANCY_OF_MAN", HOLD, "2000B/PAT09", None)]),
    (of(DEPENDENT, sex="M", pregnant="Y"), [("PREGNANCY_OF_MAN", HOLD, "2000C/PAT09", None)]),
    (of(PATIENT, sex="M", pregnant=""), []),
    (of(PATIENT, sex="F", pregnant="Y"), []),
    (of(PATIENT, sex="M", other_dates=LAST_PERIOD), [("PREGNANCY_OF_MAN", HOLD, "2300/DTP01", None)]),
    (of(PATIENT, sex="F", other_dates=LAST_PERIOD), []),
    (of(PATIENT, sex="X"), [("SEX_INVALID", REJECT, "2010BA/DMG03", None)]),
    (of(DEPENDENT, sex=""), [("SEX_INVALID", REJECT, "2010CA/DMG03", None)]),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_the_patient(one: Claim, expected: list[Hit]) -> None:
    """A claim hangs on the level of whom it is for, and that level knows birth date, sex and address."""
    assert content(one) == expected

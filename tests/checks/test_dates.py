"""Dates of service against each other, against the stay and against the patient's life."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.model.claims import Claim, ClaimText, OtherDate, Provider
from gateway.model.x12 import Delimiters
from gateway.testing.builders import ClaimSpec
from tests.checks.claims import (
    DAY,
    DEPENDENT,
    DOS,
    HOLD,
    PATIENT,
    REJECT,
    WARN,
    Hit,
    claim,
    content,
    dental,
    line,
    stay,
)
from tests.checks.reading import professional
from tests.defects.editing import after, put

BORN = date(1980, 2, 29)
_ACCIDENT = after("CLM", "DTP*439*D8*20261101")
NEW_YEAR = date(2026, 1, 1)


def lived(born: date | None = PATIENT.born, died: date | None = None) -> Claim:
    return claim(patient=replace(PATIENT, born=born, died=died))


Stated = tuple[str, date, date] | tuple[str, date, date, int]


def stated(*dates: Stated) -> tuple[OtherDate, ...]:
    return tuple(OtherDate(*each, segment=30) if len(each) == 4 else OtherDate(*each, None, 30) for each in dates)


def told(*dates: Stated) -> Claim:
    """A claim that tells of other dates."""
    return claim(other_dates=stated(*dates))


def operated(day: str) -> Claim:
    """A stay to the 19th with two procedures, the second on the day."""
    text = f"CLM*A1*100***13:A:1~HI*ABK:E119~HI*BBR:0DTJ4ZZ:D8:20260711*BBQ:0DTJ4ZZ:D8:{day}~LX*1~HI*BBR:X:D8:29990101"
    made = ClaimText((), text.encode(), Delimiters(b"*", b":", b"~", b"^"))
    return stay(text=made, providers=(Provider("71", "2000000010", "1"), Provider("72", "2000000010", "1")))


CASES: list[tuple[Claim, list[Hit]]] = [
    (claim(line(1), line(2, None)), [("DATE_MISSING", REJECT, "2400/DTP03", 2)]),
    (dental(line(1, None)), [("DATE_MISSING", WARN, "2400/DTP03", 1)]),
    (dental(line(1), line(2, None)), [("DATE_MISSING", HOLD, "2400/DTP03", 2)]),
    (dental(line(1, None), predetermination=True), []),
    (stay(first_day=None), [("STATEMENT_MISSING", REJECT, "2300/DTP03", None)]),
    (claim(line(1, DOS, DOS - DAY)), [("DATE_REVERSED", REJECT, "2400/DTP03", 1)]),
    (stay(line(1, DOS - DAY)), [("LINE_OUTSIDE_STATEMENT", HOLD, "2400/DTP03", 1)]),
    (
        claim(line(1, NEW_YEAR - DAY, NEW_YEAR), filing_indicator="MB"),
        [("DATE_SPANS_YEARS", WARN, "2400/DTP03", 1)],
    ),
    (claim(line(1, NEW_YEAR, NEW_YEAR + DAY), filing_indicator="MB"), []),
    (claim(line(1, NEW_YEAR - DAY, NEW_YEAR), filing_indicator="CI"), []),
    (claim(admitted=DOS, discharged=DOS - DAY), [("DISCHARGE_BEFORE_ADMISSION", REJECT, "2300/DTP03", None)]),
    (claim(admitted=DOS, discharged=DOS), []),
    (
        stay(place_of_service="11", admitted=DOS + DAY),
        [("SERVICE_BEFORE_ADMISSION", WARN, "2300/DTP03", None)],
    ),
    (stay(place_of_service="11", admitted=DOS), []),
    (stay(place_of_service="11"), [("ADMISSION_MISSING", WARN, "2300/DTP03", None)]),
    (claim(place_of_service="21"), [("ADMISSION_MISSING", WARN, "2300/DTP03", None)]),
    (claim(line(place_of_service="61")), [("ADMISSION_MISSING", WARN, "2300/DTP03", None)]),
    (claim(place_of_service="51", admitted=DOS), []),
    (dental(place_of_service="21"), []),
    (claim(place_of_service="21", admitted=DOS + DAY), [("SERVICE_OUTSIDE_STAY", HOLD, "2300/DTP03", None)]),
    (
        claim(place_of_service="51", admitted=DOS - 3 * DAY, discharged=DOS - DAY),
        [("SERVICE_OUTSIDE_STAY", HOLD, "2300/DTP03", None)],
    ),
    (claim(place_of_service="21", admitted=DOS, discharged=DOS), []),
    (claim(place_of_service="11", admitted=DOS + DAY), []),
    (operated("20260719"), []),
    (operated("20260720"), [("PROCEDURE_AFTER_STATEMENT", HOLD, "2300/HI02-4", None)]),
    (operated("20261399"), []),
    (stay(place_of_service="13", admitted=DOS + DAY), []),
    *(
        (told((code, DOS + DAY, DOS + DAY)), [("TOLD_AFTER_SERVICE", HOLD, "2300/DTP03", None)])
        for code in ("304", "431", "439", "453", "454", "455", "471", "484")
    ),
    (told(("431", DOS, DOS)), []),
    (told(("296", DOS + DAY, DOS + DAY)), []),
    (told(("471", DOS + DAY, DOS + DAY, 1)), [("TOLD_AFTER_SERVICE", HOLD, "2400/DTP03", 1)]),
    (told(("471", DOS, DOS, 1)), []),
    (told(("463", DOS + DAY, DOS + DAY, 1)), []),
    (told(("439", BORN - DAY, BORN - DAY)), [("TOLD_BEFORE_BIRTH", WARN, "2300/DTP03", None)]),
    (told(("439", BORN, BORN)), []),
    (told(("484", BORN - DAY, BORN - DAY)), []),
    (professional(ClaimSpec("A1"), _ACCIDENT), [("ACCIDENT_CAUSE_MISSING", WARN, "2300/CLM11", None)]),
    (professional(ClaimSpec("A1"), _ACCIDENT, put("CLM", "11", "EM")), []),
    (lived(born=DOS + DAY), [("BORN_AFTER_SERVICE", REJECT, "2010BA/DMG02", None)]),
    (
        claim(patient=replace(DEPENDENT, born=DOS + DAY)),
        [("BORN_AFTER_SERVICE", REJECT, "2010CA/DMG02", None)],
    ),
    (dental(patient=replace(PATIENT, born=DOS + DAY), predetermination=True), []),
    (lived(born=DOS), []),
    (lived(born=None), []),
    (lived(born=date(1905, 1, 1)), [("AGE_IMPOSSIBLE", WARN, "2010BA/DMG02", None)]),
    (lived(born=date(1906, 1, 1)), []),
    (lived(died=DOS - DAY), [("SERVICE_AFTER_DEATH", WARN, "2000B/PAT06", None)]),
    (claim(patient=replace(DEPENDENT, died=DOS - DAY)), [("SERVICE_AFTER_DEATH", WARN, "2000C/PAT06", None)]),
    (lived(died=DOS), []),
    (
        lived(born=DOS, died=DOS - DAY),
        [("SERVICE_AFTER_DEATH", WARN, "2000B/PAT06", None), ("DIED_BEFORE_BIRTH", REJECT, "2000B/PAT06", None)],
    ),
    (lived(born=DOS, died=DOS), []),
    (told(("314", DOS, DOS - DAY)), [("DATE_REVERSED", REJECT, "2300/DTP03", None)]),
    (told(("314", DOS, DOS)), []),
    (told(("304", DOS, DOS - DAY, 1)), [("DATE_REVERSED", REJECT, "2400/DTP03", 1)]),
    (told(("360", DOS, DOS), ("361", DOS - DAY, DOS - DAY)), [("DATES_CROSSED", REJECT, "2300/DTP03", None)]),
    (told(("361", DOS, DOS), ("360", DOS, DOS)), []),
    (told(("296", DOS - DAY, DOS - DAY), ("297", DOS, DOS)), [("DATES_CROSSED", REJECT, "2300/DTP03", None)]),
    (told(("091", DOS - DAY, DOS - DAY), ("090", DOS, DOS)), [("DATES_CROSSED", REJECT, "2300/DTP03", None)]),
    (
        dental(line(1), other_dates=stated(("196", DOS, DOS, 1), ("198", DOS - DAY, DOS - DAY, 1))),
        [("DATES_CROSSED", REJECT, "2400/DTP03", 1)],
    ),
    (dental(line(1), other_dates=stated(("196", DOS, DOS, 1), ("198", DOS - DAY, DOS - DAY))), []),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_dates(one: Claim, expected: list[Hit]) -> None:
    """Days come in the order of life: birth, admission, service, discharge, death."""
    assert content(one) == expected

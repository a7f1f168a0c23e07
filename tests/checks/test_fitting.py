"""Procedures, diagnoses and modifiers that do not go together with the patient, the place or each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.checks.limits import LIMITS
from gateway.model.claims import Claim, Diagnosis
from tests.checks.claims import DOS, HOLD, PATIENT, WARN, Hit, claim, content, dental, line, stay

MAN = replace(PATIENT, sex="M")


def at(place: str, procedure: str, **changes: object) -> Claim:
    return claim(line(procedure=procedure, **changes), place_of_service=place)


def aged(years: int, procedure: str, days: int = 0) -> Claim:
    """A patient who had a birthday so many days before the service, the last of so many."""
    born = date(DOS.year - years, DOS.month, DOS.day - days)
    return claim(line(procedure=procedure), patient=replace(PATIENT, born=born))


def ill(code: str, sex: str) -> Claim:
    return claim(diagnoses=(Diagnosis("ABK", code),), patient=replace(PATIENT, sex=sex))


def modified(*modifiers: str) -> Claim:
    return claim(line(modifiers=modifiers))


def differs(what: str) -> list[Hit]:
    return [(f"PROCEDURE_{what}_DIFFERS", WARN, "2400/SV101-2", 1)]


SEX = [("DIAGNOSIS_SEX_DIFFERS", WARN, "2300/HI", None)]
CONTRARY = [("MODIFIERS_CONTRADICT", WARN, "2400/SV101-3", 1)]
CASES: list[tuple[Claim, list[Hit]]] = [
    (at("11", "99284"), differs("PLACE")),
    (at("23", "99284"), []),
    (at("23", "99284", place_of_service="11"), differs("PLACE")),
    (at("11", "99223"), differs("PLACE")),
    (at("22", "99223"), []),
    (at("11", "99309"), differs("PLACE")),
    (at("31", "99309"), []),
    (at("12", "99348"), []),
    (at("11", "99348"), differs("PLACE")),
    (at("11", "99220"), []),
    (at("11", "A0429"), differs("PLACE")),
    (at("41", "A0429"), []),
    (stay(line(procedure="99284")), []),
    (aged(7, "99393"), []),
    (aged(12, "99393"), differs("AGE")),
    (aged(12, "99394", 0), []),
    (claim(line(procedure="99393"), patient=replace(PATIENT, born=date(2014, 7, 11))), []),
    (aged(0, "99381"), []),
    (aged(1, "99391"), differs("AGE")),
    (aged(65, "99397"), []),
    (aged(64, "99397"), differs("AGE")),
    (claim(line(procedure="99397"), patient=replace(PATIENT, born=None)), []),
    (claim(line(procedure="59400"), patient=MAN), differs("SEX")),
    (claim(line(procedure="59400")), []),
    (claim(line(procedure="59400", modifiers=("KX",)), patient=MAN), []),
    (claim(line(procedure="55700")), differs("SEX")),
    (claim(line(procedure="G0102")), differs("SEX")),
    (claim(line(procedure="G0101"), patient=replace(PATIENT, sex="U")), []),
    (ill("N400", "F"), SEX),
    (ill("N400", "M"), []),
    (ill("N400", "U"), []),
    (ill("C561", "M"), SEX),
    (ill("N800", "F"), []),
    (ill("O0990", "M"), [("DIAGNOSIS_SEX_DIFFERS", HOLD, "2300/HI", None)]),
    (ill("Z3401", "M"), [("DIAGNOSIS_SEX_DIFFERS", HOLD, "2300/HI", None)]),
    (ill("O0990", "F"), []),
    (modified("26", "TC"), CONTRARY),
    (modified("59", "GZ", "GA"), CONTRARY),
    (modified("AA", "QZ"), CONTRARY),
    (modified("26", "59"), []),
    (modified("LT", "RT"), []),
    (dental(line(modifiers=("NU", "RR"))), [("MODIFIERS_CONTRADICT", WARN, "2400/SV301-3", 1)]),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_what_does_not_fit(one: Claim, expected: list[Hit]) -> None:
    """Each claim of the table finds what stands beside it and nothing more."""
    assert content(one) == expected


def test_limits_are_of_procedures() -> None:
    """Of five places, for one sex or none, and ages in order; every one limits something."""
    for code, limit in LIMITS.items():
        assert len(code) == 5
        assert limit.sex in ("", "F", "M")
        assert any(limit)
        assert limit.ages is None or limit.ages[0] <= limit.ages[1]

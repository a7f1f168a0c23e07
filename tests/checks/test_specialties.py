"""Ambulances and equipment, as their segments say it."""

from __future__ import annotations

import pytest

from gateway.model.claims import Claim, ClaimText
from gateway.model.x12 import Delimiters
from tests.checks.claims import HOLD, Hit, claim, content, line, stay

PLACES = ("NM1*PW*2", "N3*1 X", "N4*AMES*IA*50010", "NM1*45*2*MERCY", "N3*2 X", "N4*AMES*IA*50010")
WHY = "CR1*LB*150**A*DH*12"


def said(*segments: str, procedure: str, **changes: object) -> Claim:
    """A claim of one line, whose segments before the line's own are these."""
    above = ["CLM*A1*100***41:B:1*Y*A*Y*Y", *segments, "LX*1", f"SV1*HC:{procedure}*100*UN*1***1"]
    position = 20
    made = ClaimText((), "~".join(above).encode(), Delimiters(b"*", b":", b"~", b"^"))
    own = line(procedure=procedure, segment=position + len(above) - 2)
    return claim(own, position=position, text=made, place_of_service="41", **changes)


def sold(*segments: str) -> Claim:
    """A claim of one line for a cane, with these segments behind its SV1."""
    text = "~".join(["CLM*A1*100***12:B:1*Y*A*Y*Y", "LX*1", "SV1*HC:E0100:NU*100*UN*1***1", *segments])
    made = ClaimText((), text.encode(), Delimiters(b"*", b":", b"~", b"^"))
    return claim(line(procedure="E0100", segment=21), position=20, text=made)


def lacks(place: str) -> Hit:
    return "AMBULANCE_INCOMPLETE", HOLD, place, None


CASES: list[tuple[Claim, list[Hit]]] = [
    (said(WHY, *PLACES, procedure="A0429"), []),
    (said(*PLACES, procedure="A0429"), [lacks("2300/CR1")]),
    (said(WHY, *PLACES[3:], procedure="A0425"), [lacks("2310E/NM1")]),
    (said(WHY, *PLACES[:3], procedure="A0436"), [lacks("2310F/NM1")]),
    (said(procedure="A0424"), []),
    (said(procedure="A0998"), []),
    (said(procedure="99213"), []),
    (stay(line(procedure="A0429", revenue_code="0540")), []),
    (claim(line(procedure="A0429"), place_of_service="41"), []),
    (sold(), []),
    (sold("SV5*HC:E0100*DA*30*50*200*4"), []),
    (sold("SV5*HC:E0105*DA*30*50*200*4"), [("EQUIPMENT_CODE_DIFFERS", HOLD, "2400/SV501-2", 1)]),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_special_trades(one: Claim, expected: list[Hit]) -> None:
    """Each claim of the table finds what stands beside it and nothing more."""
    assert content(one) == expected

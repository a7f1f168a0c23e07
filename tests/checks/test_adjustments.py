"""What other payers did, as its segments say it: reasons, remarks, and no reason twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.model.claims import Claim, ClaimText, Coverage
from gateway.model.x12 import Delimiters
from tests.checks.claims import HOLD, WARN, Hit, claim, content


def said(*segments: str) -> Claim:
    """A claim with another payer, of which the segments tell."""
    text = "~".join(
        ["CLM*A1*100***11:B:1*Y*A*Y*Y", "SBR*S*18*******CI", *segments, "LX*1", "SV1*HC:99211*100*UN*1***1"]
    )
    made = ClaimText((), text.encode(), Delimiters(b"*", b":", b"~", b"^"))
    return claim(coverages=(Coverage("S", "OTHER"),), text=made)


def bundled(into: str) -> Claim:
    """A claim of one line, which another payer bundled into that one."""
    one = said()
    assert one.text
    text = one.text._replace(claim=one.text.claim + b"~SVD*OTHER*80*HC:99211**1*" + into.encode())
    return replace(one, text=text)


REASON = ("ADJUSTMENT_REASON_UNKNOWN", WARN, "2320/CAS02", None)
CASES: list[tuple[Claim, list[Hit]]] = [
    (said("CAS*CO*45*20", "CAS*PR*1*5**B7*5**P14*1"), []),
    (said("CAS*CO*ZZ9*20"), [REASON]),
    (said("CAS*CO*045*20"), [REASON]),
    (said("CAS*CO*45*20**XX*1"), [("ADJUSTMENT_REASON_UNKNOWN", WARN, "2320/CAS05", None)]),
    (said("MOA***MA01*N130*M15"), []),
    *(
        (said(f"MOA***{code}"), [("REMARK_UNKNOWN", WARN, "2320/MOA03", None)])
        for code in ("ZZ01", "MA0", "M0", "N99999")
    ),
    (bundled("1"), []),
    (bundled(""), []),
    (bundled("2"), [("BUNDLED_LINE_UNKNOWN", HOLD, "2430/SVD06", 1)]),
    (said("MIA*1****X5"), [("REMARK_UNKNOWN", WARN, "2320/MIA05", None)]),
    (said("CAS*CO*45*20**45*1"), [("ADJUSTMENT_REPEATED", WARN, "2320/CAS02", None)]),
    (said("CAS*CO*45*20", "CAS*CO*45*1"), [("ADJUSTMENT_REPEATED", WARN, "2320/CAS02", None)]),
    (said("CAS*CO*45*20", "CAS*PR*45*1"), []),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_adjustments(one: Claim, expected: list[Hit]) -> None:
    """Each claim of the table finds what stands beside it and nothing more."""
    assert content(one) == expected

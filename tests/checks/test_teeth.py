"""Teeth, surfaces and quadrants of dental lines."""

from __future__ import annotations

import pytest

from gateway.model.claims import Claim
from gateway.testing.builders import ClaimSpec, LineSpec
from tests.checks.claims import WARN, Hit, content
from tests.checks.reading import dental
from tests.defects.editing import Edit, after, put


def done(procedure: str, tooth: str = "", *edits: Edit) -> Claim:
    return dental(ClaimSpec("D1", (LineSpec(procedure, 140, tooth=tooth),)), *edits)


TOOTH: list[Hit] = [("TOOTH_MISSING", WARN, "2400/TOO02", 1)]
SURFACES: list[Hit] = [("SURFACES_DIFFER", WARN, "2400/TOO03", 1)]
QUADRANT: list[Hit] = [("QUADRANT_MISSING", WARN, "2400/SV304", 1)]
CASES: list[tuple[Claim, list[Hit]]] = [
    (done("D2150", "3", put("TOO", "03", "M:O")), []),
    (done("D2150", "3", put("TOO", "03", "M")), SURFACES),
    (done("D2150", "3"), SURFACES),
    (done("D2150", "3", put("TOO", "03", "M:M")), SURFACES),
    (done("D2161", "3", put("TOO", "03", "M:O:D:B:L")), []),
    (done("D2161", "3", put("TOO", "03", "M:O:D")), SURFACES),
    (done("D2150"), TOOTH),
    (done("D7140"), TOOTH),
    (done("D7140", "A"), []),
    (done("D2740", "8"), []),
    (done("D0120"), []),
    (done("D4341"), QUADRANT),
    (done("D4341", "", put("SV3", "04", "10")), []),
    (done("D4341", "", after("SV3", "TOO*JP*3")), []),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_teeth(one: Claim, expected: list[Hit]) -> None:
    """Each claim of the table finds what stands beside it and nothing more."""
    assert content(one) == expected


def test_each_line_has_its_own_teeth() -> None:
    """The second line names none, whatever the first one does."""
    two = ClaimSpec("D1", (LineSpec("D7140", 140, tooth="3"), LineSpec("D7140", 140)))
    assert content(dental(two)) == [("TOOTH_MISSING", WARN, "2400/TOO02", 2)]

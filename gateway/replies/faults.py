"""A set's guide faults as a 999 says them: IK3 and IK4 codes, and what they make of the set (005010X231)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gateway.guides.faults import GuideCode
from gateway.model.answers import SegmentError, SetAcknowledgment
from gateway.model.claims import Finding, Outcome
from gateway.model.reports import ClaimReport, SetReport, Verdict

_IN_ERROR, _IN_ERROR_BY_GUIDE = "5", "I5"
_ELEMENTS_WRONG = "8"

# IK304 of the segment, or 8 with IK403 of the element. Where IK403 is empty the segment itself is all that is wrong.
IK_CODES: Mapping[GuideCode, tuple[str, str]] = {
    GuideCode.SEGMENT_UNKNOWN: ("1", ""),
    GuideCode.SEGMENT_UNEXPECTED: ("2", ""),
    GuideCode.SEGMENT_MISSING: ("3", ""),
    GuideCode.LOOP_MISSING: ("3", ""),
    GuideCode.CLAIM_MISSING: ("3", ""),
    GuideCode.LOOP_TOO_MANY: ("4", ""),
    GuideCode.SEGMENT_TOO_MANY: ("5", ""),
    GuideCode.SEGMENT_OUT_OF_ORDER: ("7", ""),
    GuideCode.LOOP_ORDER: ("7", ""),
    GuideCode.SEGMENT_NOT_USED: ("I4", ""),
    GuideCode.SEGMENT_EMPTY: (_ELEMENTS_WRONG, ""),
    GuideCode.HIERARCHY_NUMBER: (_ELEMENTS_WRONG, "7"),
    GuideCode.ELEMENT_MISSING: (_ELEMENTS_WRONG, "1"),
    GuideCode.ELEMENT_CONDITION: (_ELEMENTS_WRONG, "2"),
    GuideCode.ELEMENTS_TOO_MANY: (_ELEMENTS_WRONG, "3"),
    GuideCode.TRAILING_SEPARATOR: (_ELEMENTS_WRONG, "3"),
    GuideCode.ELEMENT_TOO_SHORT: (_ELEMENTS_WRONG, "4"),
    GuideCode.ELEMENT_TOO_LONG: (_ELEMENTS_WRONG, "5"),
    GuideCode.CHARACTER_INVALID: (_ELEMENTS_WRONG, "6"),
    GuideCode.NUMBER_INVALID: (_ELEMENTS_WRONG, "6"),
    GuideCode.TRAILING_SPACE: (_ELEMENTS_WRONG, "6"),
    GuideCode.CODE_INVALID: (_ELEMENTS_WRONG, "7"),
    GuideCode.CODE_UNKNOWN: (_ELEMENTS_WRONG, "7"),
    GuideCode.DATE_INVALID: (_ELEMENTS_WRONG, "8"),
    GuideCode.DATE_NOT_RANGE: (_ELEMENTS_WRONG, "8"),
    GuideCode.TIME_INVALID: (_ELEMENTS_WRONG, "9"),
    GuideCode.ELEMENT_EXCLUDED: (_ELEMENTS_WRONG, "10"),
    GuideCode.REPEATS_TOO_MANY: (_ELEMENTS_WRONG, "12"),
    GuideCode.COMPONENTS_TOO_MANY: (_ELEMENTS_WRONG, "13"),
    GuideCode.ELEMENT_NOT_USED: (_ELEMENTS_WRONG, "I10"),
}

_ELEMENT = re.compile(r"([A-Z][A-Z0-9]{1,2})([0-9]{2})(?:-([0-9]{1,2}))?")
_LOOP = re.compile(r"[0-9]{4}")
_UNWRITABLE = "ZZZ"
"""IK301 where the faulty segment's id is none that a 999 can hold."""


class Place(NamedTuple):
    """Where a finding points. `element` and `component` are numbers as text, empty where it names the segment alone."""

    loop: str
    segment: str
    element: str = ""
    component: str = ""


def place_of(finding: Finding) -> Place:
    """The parts of `loop/SEGnn-c`, as far as a 999 can hold them: a loop has four digits, a segment id three letters."""
    loop, _, ref = finding.place.rpartition("/")
    short = loop[:4] if _LOOP.match(loop) else ""
    if found := _ELEMENT.fullmatch(ref):
        return Place(short, found[1], str(int(found[2])), str(int(found[3])) if found[3] else "")
    return Place(short, ref if re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", ref) else _UNWRITABLE)


def is_guide_fault(finding: Finding) -> bool:
    """Whether the implementation guide objects: a 999 tells it. All else is a business edit, for the 277CA."""
    return finding.outcome is not Outcome.PASS and finding.code in IK_CODES


def acknowledged(report: SetReport) -> SetAcknowledgment:
    """A set's verdict: R where it is refused as a whole or all its claims are by the guide, E where the guide objects
    to anything in a set of which something was taken, A where it does not."""
    errors = _errors(report)
    if report.refused:
        return SetAcknowledgment(report.set.control, "R", report.notes, errors)
    if not errors:
        return SetAcknowledgment(report.set.control, "A")
    spoiled = all(_rejected(claim) for claim in report.claims)
    return SetAcknowledgment(report.set.control, "R" if spoiled else "E", _notes(errors), errors)


def _rejected(claim: ClaimReport) -> bool:
    return claim.verdict is Verdict.REJECTED and any(
        finding.outcome is Outcome.REJECT and is_guide_fault(finding) for finding in claim.findings
    )


def _notes(errors: tuple[SegmentError, ...]) -> tuple[str, ...]:
    """By the standard, by the guide, or both."""
    codes = {code for error in errors for code in (error.code, *(code for _, code in error.elements))}
    by_guide = any(code.startswith("I") for code in codes)
    by_standard = any(code != _ELEMENTS_WRONG and not code.startswith("I") for code in codes) or not by_guide
    return (_IN_ERROR,) * by_standard + (_IN_ERROR_BY_GUIDE,) * by_guide


def _errors(report: SetReport) -> tuple[SegmentError, ...]:
    """By position, each segment's faults once: a level's faults are findings of every claim below it."""
    found: dict[tuple[int, Place, str], dict[tuple[str, str], None]] = {}
    claims: dict[tuple[int, Place, str], str] = {}
    for finding, claim in _told(report):
        segment_code, element_code = IK_CODES[GuideCode(finding.code)]
        place = place_of(finding)
        position = finding.segment or (claim.position if claim else 1)
        key = (position, Place(place.loop, place.segment), segment_code)
        elements = found.setdefault(key, {})
        if element_code and place.element:
            elements[":".join(filter(None, (place.element, place.component))), element_code] = None
        if claim and position >= claim.position:
            claims[key] = claim.control_number
    return tuple(
        SegmentError(key[1].segment, key[0], key[1].loop, key[2], tuple(found[key]), claims.get(key, ""))
        for key in sorted(found, key=lambda key: key[0])
    )


def _told(report: SetReport) -> Iterator[tuple[Finding, ClaimReport | None]]:
    for finding in filter(is_guide_fault, report.findings):
        yield finding, None
    for claim in report.claims:
        for finding in filter(is_guide_fault, claim.findings):
            yield finding, claim

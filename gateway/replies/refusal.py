"""The report on a file that was refused as a whole: each envelope with its own fault, none of it taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import TypeVar

from gateway.errors import Malformed
from gateway.guides.faults import GuideCode
from gateway.model.claims import Finding, Outcome
from gateway.model.reports import BatchReport
from gateway.replies.survey import (
    CONTENT,
    GE01_DIFFERS,
    GE02_DIFFERS,
    IEA01_DIFFERS,
    IEA02_DIFFERS,
    SE01_DIFFERS,
    SE02_DIFFERS,
    STRUCTURE,
    Survey,
    SurveyedGroup,
    SurveyedInterchange,
    SurveyedSet,
)
from gateway.x12.syntax import segments

DUPLICATE_FILE = "BATCH_DUPLICATE"
"""The code of a Malformed that says: exactly these bytes were taken before."""

_ALREADY_SEEN = "025"

# TA105, AK905 and IK502 by the element that is at fault.
_INTERCHANGE = {
    **{"ISA01": "010", "ISA02": "011", "ISA03": "012", "ISA04": "013", "ISA05": "005", "ISA06": "006"},
    **{"ISA07": "007", "ISA08": "008", "ISA09": "014", "ISA10": "015", "ISA11": "016", "ISA12": "017"},
    **{"ISA13": "018", "ISA14": "019", "ISA15": "020", "ISA16": "027"},
    **{"IEA01": IEA01_DIFFERS, "IEA02": IEA02_DIFFERS},
}
_GROUP = {"GS01": "1", "GS06": "6", "GS08": "2", "GE01": GE01_DIFFERS, "GE02": GE02_DIFFERS}
_SET = {"ST01": "6", "ST02": "7", "ST03": "19", "SE01": SE01_DIFFERS, "SE02": SE02_DIFFERS}

_SET_UNSUPPORTED, _GUIDE_UNSUPPORTED, _VERSION_UNSUPPORTED, _IN_ERROR = "1", "I6", "2", "5"
_HIERARCHY = {
    "HL01": GuideCode.HIERARCHY_NUMBER,
    "HL02": GuideCode.CODE_INVALID,
    "HL03": GuideCode.CODE_INVALID,
    "CLM": GuideCode.SEGMENT_UNEXPECTED,
}
_ELEMENT = re.compile(r"[A-Z]{2,3}[0-9]{2}|CLM")
_NUMBERED = re.compile(r"(ISA|GS|ST|segment) ([0-9]+)")

_T = TypeVar("_T")
_Named = tuple[SurveyedInterchange | None, SurveyedGroup | None, SurveyedSet | None]


def refused_batch(blocks: Iterable[bytes], error: Malformed, name: str, received: date) -> BatchReport:
    """Every envelope of the file, innocent or not, as refused. What is wrong with counts and control numbers is noted
    where it is wrong, and what `error` says at the place that it names.

    A file that is no X12, or an acknowledgment, gives a report without interchanges, for the text and the CSV alone:
    acknowledgments are never acknowledged. Raises nothing.
    """
    survey = Survey()
    with suppress(Malformed):
        for segment, delimiters in segments(blocks):
            survey.take(segment.elements, delimiters)
    _blame(survey, error)
    said = Finding(error.code, Outcome.REJECT, error.place, error.message, error.next_step)
    *_, last = (None, *survey.interchanges)
    reports = (each.report(last=each is last) for each in survey.interchanges if not each.acknowledges)
    return BatchReport(name, received, tuple(reports), (said,))


def _blame(survey: Survey, error: Malformed) -> None:
    """Note the refusal's reason at the envelope that it names, as narrowly as its place allows."""
    if error.code == DUPLICATE_FILE:
        for each in survey.interchanges:
            each.note = _ALREADY_SEEN
        return
    interchange, group, found = _named(survey, error.place)
    tail = error.place.rpartition("/")[2]
    element = tail if _ELEMENT.fullmatch(tail) else ""
    if found:
        _blame_set(found, group, element, error)
    elif group and element in _GROUP:
        group.notes.append(_GROUP[element])
    elif interchange and element in _INTERCHANGE:
        interchange.note = _INTERCHANGE[element]
    elif interchange and not interchange.note:
        interchange.note = _interchange_note(interchange, group, element)


def _interchange_note(interchange: SurveyedInterchange, group: SurveyedGroup | None, element: str) -> str:
    """Empty where the survey has noted it already: an envelope that is left open, a number that is repeated."""
    if element.startswith("GS"):
        return "" if any(each.notes for each in interchange.groups) else CONTENT
    if element.startswith("ST") or (group and not group.closed) or not interchange.closed:
        return ""
    return STRUCTURE


def _blame_set(found: SurveyedSet, group: SurveyedGroup | None, element: str, error: Malformed) -> None:
    if error.code == "X12_HIERARCHY" and element in _HIERARCHY:
        found.notes.append(_IN_ERROR)
        found.findings.append(_of_hierarchy(element, error))
    elif error.code == "X12_VERSION" and element == "ST01":
        found.notes.append(_SET_UNSUPPORTED)
    elif error.code == "X12_VERSION" and group and found.set.version == group.group.version:
        found.notes.append(_GUIDE_UNSUPPORTED)
        group.notes.append(_VERSION_UNSUPPORTED)
    elif found.closed or element in _SET:
        found.notes.append(_SET.get(element, _IN_ERROR))


def _of_hierarchy(element: str, error: Malformed) -> Finding:
    position = dict(_NUMBERED.findall(error.place)).get("segment")
    place = "2300/CLM" if element == "CLM" else f"2000/{element}"
    return Finding(
        _HIERARCHY[element].value,
        Outcome.REJECT,
        place,
        error.message,
        error.next_step,
        segment=int(position) if position else None,
    )


def _named(survey: Survey, place: str) -> _Named:
    """What a place names: `ISA 1/GS 2/ST 3` by the ordinals in each other."""
    numbers = {name: int(number) - 1 for name, number in _NUMBERED.findall(place)}
    interchange = _at(survey.interchanges, numbers.get("ISA"))
    group = _at(interchange.groups if interchange else [], numbers.get("GS"))
    return interchange, group, _at(group.sets if group else [], numbers.get("ST"))


def _at(items: list[_T], number: int | None) -> _T | None:
    return items[number] if number is not None and 0 <= number < len(items) else None

"""What the codes of an acknowledgment mean, in our own words: TA1, 999 (005010X231) and 277CA (005010X214)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.data import STATUS_CODES, StatusCodes

SET_REJECTED = "SET_REJECTED"
"""Of a claim whose set was rejected for somebody else's sake."""

_SEGMENT: Mapping[str, str] = {
    "1": "nobody knows this segment",
    "2": "the segment does not belong here",
    "3": "a required segment is missing",
    "4": "the loop comes too often",
    "5": "the segment comes too often",
    "6": "the segment is none of this set",
    "7": "the segments are in the wrong order",
    "8": "its content is wrong",
    "I4": "the guide does not use this segment",
    "I6": "a segment is missing that this situation requires",
    "I7": "the loop comes too seldom",
    "I8": "the segment comes too seldom",
    "I9": "this situation forbids the segment",
}  # IK304
_ELEMENT: Mapping[str, str] = {
    "1": "it is required and missing",
    "2": "it is missing, and another element requires it",
    "3": "there are more elements than the segment has",
    "4": "it is too short",
    "5": "it is too long",
    "6": "it holds a character that must not be there",
    "7": "its code is not in the list",
    "8": "it is no valid date",
    "9": "it is no valid time",
    "10": "it must not stand beside another element",
    "12": "it comes too often",
    "13": "it has too many components",
    "I6": "the guide does not allow its code",
    "I9": "it is missing, and this situation requires it",
    "I10": "the guide does not use it",
    "I11": "it comes too seldom",
    "I12": "it has not the form that the guide asks for",
    "I13": "this situation forbids it",
}  # IK403
_SET: Mapping[str, str] = {
    "1": "sets of this kind are not taken",
    "2": "SE is missing",
    "3": "ST02 and SE02 differ",
    "4": "the count of segments in SE01 is wrong",
    "5": "segments are wrong",
    "6": "ST01 is wrong",
    "7": "ST02 is wrong",
    "18": "the set does not belong into its group",
    "19": "ST03 is wrong",
    "23": "ST02 came twice in the group",
    "I5": "segments break the guide",
    "I6": "this version of the guide is not taken",
}  # IK502 to IK506


def meaning(code: str, place: str = "", codes: StatusCodes = STATUS_CODES) -> str:
    """What was said of a claim, from the code as the ledger of acknowledgments keeps it (`IK304 8 IK403 7`, `IK501 R 5`,
    `A7:562:82`) and its place; a code that nobody knows stands as it came."""
    if code == SET_REJECTED:
        return "its set was rejected, and not for its sake"
    kind, *rest = code.split()
    if kind == "IK304":
        return _of_segment(rest, place)
    if kind == "IK501":
        return _joined("the whole set was rejected", (_SET.get(each, f"code {each}") for each in rest[1:]))
    if kind == "AK901":
        return "the whole group was rejected"
    return "" if kind == "TA1" else "; ".join(dict.fromkeys(_of_statuses(code, codes)))


def _of_segment(rest: list[str], place: str) -> str:
    """Loop, segment and element by name, and what is wrong there."""
    loop, _, where = place.rpartition("/")
    segment, element = where, ""
    if len(rest) == 3 and where[-2:].isdigit():
        segment, element = where[:-2], f"element {int(where[-2:])} of "
    said = _ELEMENT.get(rest[2], f"code {rest[2]}") if len(rest) == 3 else _SEGMENT.get(rest[0], f"code {rest[0]}")
    return f"{element}{segment}{f' in loop {loop}' if loop else ''}: {said}"


def _joined(first: str, more: Iterator[str]) -> str:
    return ": ".join(filter(None, (first, ", ".join(more))))


def _of_statuses(code: str, codes: StatusCodes) -> Iterator[str]:
    for status in code.split():
        category, _, rest = status.partition(":")
        yield codes.categories.get(category, f"category {category}, which nobody here knows")
        if said := codes.meanings.get(rest.partition(":")[0]):
            yield said

"""What is asked of a segment beyond its guide's table: forms of numbers that no type of data element has.

The guides say these things in words, and payers look at them. Each is a pattern of what is wrong, so that the segment's own
pattern can refuse it in passing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from gateway.guides.faults import AdviceCode
from gateway.guides.forms import ADVICE
from gateway.guides.tables import Element, Guide, LoopRule, SegmentRule
from gateway.model.x12 import Delimiters

_MARK = re.compile(r"\[\^\*([^]]*)\]|\[;\*\]|\\\*|;")
_Named = dict[str, tuple[str, ...]]
_BY_ID: _Named = {
    "N3": ("street",),
    "PER": ("contact",),
    "CLM": ("space", "charge"),
    "LIN": ("drug",),
    "CTP": ("quantity",),
    "SVD": ("paid units", "paid procedure", "bundled line", "amount shape"),
    "SV1": ("units", "description", "space in code", "charge"),
    "SV2": ("units", "description", "space in code", "amount", "charge"),
    "SV3": ("description", "space in code", "charge"),
    "SV5": ("number of", "amount"),
    "HCP": ("amount",),
    "CN1": ("amount",),
    "PS1": ("amount",),
    "AMT": ("amount", "amount shape"),
    "CAS": ("space in reason", "amount shape"),
    "MOA": ("space in reason",),
    "MIA": ("space in reason",),
    "CR1": ("weight", "distance"),
    "CR3": ("number of",),
    "CRC": ("examination",),
    "QTY": ("number of",),
    "PAT": ("weight",),
    "PWK": ("attachment",),
    "CL1": ("stay",),
    "DN1": ("number of",),
}
_BY_REFERENCE: _Named = {
    "EI": ("marks",),
    "SY": ("marks", "person number"),
    "X4": ("clia",),
    "F4": ("clia",),
    "G1": ("authorization",),
    "9F": ("authorization",),
    "4N": ("listed reference",),
    "F5": ("listed reference",),
}
_BY_INFORMATION: _Named = {
    "BG": ("bill codes",),
    "BH": ("bill codes",),
    "BI": ("bill codes",),
    "BE": ("bill codes", "value amount"),
    "BBR": ("procedures",),
    "BBQ": ("procedures",),
    "ABK": ("external cause",),
}
_BILLING = "2010AA"
_PATIENTS = frozenset({"2010BA", "2010CA"})
_LOOKED_AT = _PATIENTS | {_BILLING}
"""Loops whose ZIP code content checks look at."""

_FACILITIES = {
    "005010X222": frozenset({"2310C", "2420C"}),
    "005010X223": frozenset({"2310E"}),
    "005010X224": frozenset({"2310C", "2420D"}),
}


class Wrong(NamedTuple):
    """What a segment does not do: its code, and the number of the element meant."""

    code: AdviceCode
    element: int


def advised(guide: Guide) -> Guide:
    """An 837's guide with the advice for each of its segments; any other as it is."""
    if guide.code != "837":
        return guide
    return guide._replace(root=_advised(guide.root, _FACILITIES.get(guide.version, frozenset())))


def _advised(loop: LoopRule, facilities: frozenset[str]) -> LoopRule:
    children = tuple(
        _advised(child, facilities)
        if isinstance(child, LoopRule)
        else child._replace(advice=_names(loop.id, child, facilities))
        for child in loop.children
    )
    return loop._replace(children=children)


def _names(loop: str, rule: SegmentRule, facilities: frozenset[str]) -> tuple[str, ...]:
    if rule.id == "N4":
        return ("space", "city", "zip of state") + (() if loop in _LOOKED_AT else _of_address(loop in facilities))
    if rule.id == "NM1":
        return _of_name(loop, rule)
    if rule.id == "REF":
        shaped = any(isinstance(element, Element) and element.shape for element in rule.elements)
        names = () if shaped else _coded(rule, _BY_REFERENCE)
        return ("space", *(name for name in names if loop != _BILLING or name != "person number"))
    if rule.id == "HI":
        return ("space in code", *_coded(rule, _BY_INFORMATION))
    return _BY_ID.get(rule.id, ())


def _of_address(is_facility: bool) -> tuple[str, ...]:
    return ("state", "zip missing", *(("zip of facility", "zip4") if is_facility else ("zip",)))


def _of_name(loop: str, rule: SegmentRule) -> tuple[str, ...]:
    """First names, where the guide uses them; who hands in the file is written anew on the way out."""
    kinds, first = rule.elements[1], rule.elements[3]
    if not isinstance(kinds, Element) or first.usage == "N" or loop == "1000A":
        return ("space",)
    doubts = ("name",) if loop in _PATIENTS else ()
    return ("space", *doubts, *(name for kind, name in (("2", "organization"), ("1", "person")) if kind in kinds.codes))


def _coded(rule: SegmentRule, by: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The advice for the codes that a segment may begin with."""
    first = rule.elements[0]
    codes = first.codes if isinstance(first, Element) else first.parts[0].codes
    return tuple(dict.fromkeys(name for code in sorted(codes) for name in by.get(code, ())))


def not_followed(rule: SegmentRule, segment: bytes, delimiters: Delimiters) -> Iterator[Wrong]:
    """What a segment does not do of what is asked of it."""
    for name in rule.advice:
        if found := _compiled(name, delimiters).match(segment):
            advice = ADVICE[name]
            yield Wrong(advice.code, advice.element or found[0].count(delimiters.element))


def guard_of(rule: SegmentRule, delimiters: Delimiters) -> str:
    """A look ahead from the segment's id that fails where advice is not followed; empty where there is none."""
    return "".join(f"(?!{_written(name, delimiters)})" for name in rule.advice)


@lru_cache(maxsize=256)
def _compiled(name: str, delimiters: Delimiters) -> re.Pattern[bytes]:
    return re.compile(_written(name, delimiters).encode("latin-1"))


def _written(name: str, delimiters: Delimiters) -> str:
    element = re.escape(delimiters.element.decode("latin-1"))
    component = re.escape(delimiters.component.decode("latin-1"))
    marks = {"[;*]": f"[{component}{element}]", r"\*": element, ";": component}

    def mark(found: re.Match[str]) -> str:
        return marks.get(found[0]) or f"[^{element}{found[1].replace(';', component)}]"

    return _MARK.sub(mark, ADVICE[name].wrong)

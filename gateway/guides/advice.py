"""What is asked of a segment beyond its guide's table: forms of numbers that no type of data element has.

The guides say these things in words, and payers look at them. Each is a pattern of what is wrong, so that the segment's own
pattern can refuse it in passing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from gateway.guides.faults import AdviceCode
from gateway.guides.tables import Element, Guide, LoopRule, SegmentRule
from gateway.model.x12 import Delimiters


class Advice(NamedTuple):
    """`wrong` is a pattern from the segment's id up to right before the element meant, which it looks at ahead. There
    `[^*]`, `\\*` and `;` stand for an element's text, the separator of elements and that of components."""

    code: AdviceCode
    wrong: str


_MARK = re.compile(r"\[\^\*@?\]|\[;\*\]|\\\*|;")
_END = r"(?:\*|\Z)"
_AT_HOME = r"[^*]*(?:\*(?:US)?(?:\*|\Z)|\Z)"
_ZIP = r"N4\*[^*]*\*[^*]*\*"
_NO_ZIP = rf"{_ZIP}(?=[^*])(?!(?!00000)(?:[0-9]{{5}}|[0-9]{{9}}){_END})(?={_AT_HOME})"

ADVICE: Mapping[str, Advice] = MappingProxyType(
    {
        # Ten digits of a telephone or fax number; an address of electronic mail has one @.
        "contact": Advice(
            AdviceCode.CONTACT_NUMBER_SHAPE,
            r"PER\*[^*]*\*[^*]*(?:\*[^*]*\*[^*]*)*?\*"
            rf"(?:(?:TE|FX)\*(?=[^*])(?![0-9]{{10}}{_END})|EM\*(?=[^*])(?![^*@]+@[^*@]+{_END}))",
        ),
        "zip": Advice(AdviceCode.ADDRESS_ZIP_INVALID, _NO_ZIP),
        "zip of facility": Advice(AdviceCode.FACILITY_ZIP_INVALID, _NO_ZIP),
        "zip4": Advice(AdviceCode.FACILITY_ZIP4_MISSING, rf"{_ZIP}(?=[0-9]{{5}}{_END})(?={_AT_HOME})"),
        "marks": Advice(
            AdviceCode.TAX_ID_MARKS,
            rf"REF\*(?:EI|SY)\*(?=(?:[0-9]{{2}}-[0-9]{{7}}|[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}){_END})",
        ),
        "person": Advice(
            AdviceCode.PERSON_NUMBER_SHAPE,
            rf"REF\*SY\*(?=[^*])(?!(?:[0-9]{{9}}|[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}){_END})",
        ),
        # Two digits of a state, D, seven digits.
        "clia": Advice(AdviceCode.CLIA_NUMBER_SHAPE, rf"REF\*X4\*(?=[^*])(?![0-9]{{2}}D[0-9]{{7}}{_END})"),
        # A National Drug Code in its 5-4-2 form, without the dashes.
        "drug": Advice(AdviceCode.DRUG_CODE_SHAPE, rf"LIN\*[^*]*\*N4\*(?=[^*])(?![0-9]{{11}}{_END})"),
        "quantity": Advice(
            AdviceCode.DRUG_QUANTITY_ZERO, rf"CTP(?:\*[^*]*){{3}}\*(?=(?:-[^*]*|0*\.?0*){_END})(?=[^*])"
        ),
        "paid units": Advice(AdviceCode.PAID_UNITS_ZERO, rf"SVD(?:\*[^*]*){{4}}\*(?=0*\.?0*{_END})(?=[^*])"),
        # Conditions, occurrences, their spans and values have two places.
        "bill codes": Advice(
            AdviceCode.BILL_CODE_SHAPE,
            r"HI(?:\*[^*]*)*?\*(?=(?:BG|BH|BI|BE);[0-9A-Za-z])(?!..;[0-9A-Z]{2}(?:[;*]|\Z))",
        ),
        # ICD-10-PCS has seven places and neither I nor O.
        "procedures": Advice(
            AdviceCode.PROCEDURE_SHAPE,
            r"HI(?:\*[^*]*)*?\*(?=BB[RQ];[0-9A-Za-z])(?!...;[0-9A-HJ-NP-Z]{7}(?:[;*]|\Z))",
        ),
    }
)

_BY_ID = {"PER": ("contact",), "LIN": ("drug",), "CTP": ("quantity",), "SVD": ("paid units",)}
_BY_REFERENCE = {"EI": ("marks",), "SY": ("marks", "person"), "X4": ("clia",)}
_BY_INFORMATION = dict.fromkeys(("BG", "BH", "BI", "BE"), ("bill codes",)) | dict.fromkeys(
    ("BBR", "BBQ"), ("procedures",)
)
_BILLING = "2010AA"
_LOOKED_AT = frozenset({_BILLING, "2010BA", "2010CA"})
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
    if rule.id == "N4" and loop not in _LOOKED_AT:
        return ("zip of facility", "zip4") if loop in facilities else ("zip",)
    if rule.id == "REF":
        shaped = any(isinstance(element, Element) and element.shape for element in rule.elements)
        names = () if shaped else _coded(rule, _BY_REFERENCE)
        return tuple(name for name in names if loop != _BILLING or name != "person")
    return _coded(rule, _BY_INFORMATION) if rule.id == "HI" else _BY_ID.get(rule.id, ())


def _coded(rule: SegmentRule, by: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The advice for the codes that a segment may begin with."""
    first = rule.elements[0]
    codes = first.codes if isinstance(first, Element) else first.parts[0].codes
    return tuple(dict.fromkeys(name for code in sorted(codes) for name in by.get(code, ())))


def not_followed(rule: SegmentRule, segment: bytes, delimiters: Delimiters) -> Iterator[Wrong]:
    """What a segment does not do of what is asked of it."""
    for name in rule.advice:
        if found := _compiled(name, delimiters).match(segment):
            yield Wrong(ADVICE[name].code, found[0].count(delimiters.element))


def guard_of(rule: SegmentRule, delimiters: Delimiters) -> str:
    """A look ahead from the segment's id that fails where advice is not followed; empty where there is none."""
    return "".join(f"(?!{_written(name, delimiters)})" for name in rule.advice)


@lru_cache(maxsize=256)
def _compiled(name: str, delimiters: Delimiters) -> re.Pattern[bytes]:
    return re.compile(_written(name, delimiters).encode("latin-1"))


def _written(name: str, delimiters: Delimiters) -> str:
    element = re.escape(delimiters.element.decode("latin-1"))
    component = re.escape(delimiters.component.decode("latin-1"))
    marks = {"[^*]": f"[^{element}]", "[^*@]": f"[^{element}@]", "[;*]": f"[{component}{element}]"}
    marks |= {r"\*": element, ";": component}
    return _MARK.sub(lambda found: marks[found[0]], ADVICE[name].wrong)

"""Judge one segment's elements by its rule: present, not too many, their lengths, types, codes, dates and relations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from gateway.guides.faults import GuideCode
from gateway.guides.tables import Composite, Element, SegmentRule
from gateway.model.x12 import Delimiters
from gateway.x12.syntax import date_of

CodeKnown = Callable[[str, str], bool]
"""Whether an outer code list, by name, holds a code. A list nobody has holds every code."""

DATE_FORMAT, DATE_VALUE = "1250", "1251"
"""Data elements of a date's qualifier and of the date itself."""

STATEMENT = b"434"
"""DTP01 of an institutional claim's statement dates, of which published examples state one day for a range."""

US_COUNTRIES = ("", "US", "CA")
"""N404 where N402 must be a state or province of the list."""

_CHARACTER = re.compile(rb"[^ -~]")
_NUMBER = re.compile(rb"-?[0-9]+")
_REAL = re.compile(rb"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_TIME = re.compile(rb"(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?")


class ElementFault(NamedTuple):
    """What is wrong with an element, by its place in the segment (`NM109`, `CLM05-3`)."""

    code: GuideCode
    ref: str
    name: str


def judge(rule: SegmentRule, elements: Sequence[bytes], delimiters: Delimiters, known: CodeKnown) -> list[ElementFault]:
    """All faults of a segment, in the order of its elements. Element 0 is the segment id."""
    return list(_Judge(rule, elements, delimiters, known).faults())


class _Judge:
    def __init__(self, rule: SegmentRule, elements: Sequence[bytes], delimiters: Delimiters, known: CodeKnown) -> None:
        self._rule, self._elements, self._delimiters, self._known = rule, elements[1:], delimiters, known

    def faults(self) -> Iterator[ElementFault]:
        rule, given = self._rule, self._elements
        if not any(given):
            yield ElementFault(GuideCode.SEGMENT_EMPTY, rule.id, rule.name)
            return
        if not given[-1]:
            yield ElementFault(GuideCode.TRAILING_SEPARATOR, rule.id, rule.name)
        if any(given[len(rule.elements) :]):
            yield ElementFault(GuideCode.ELEMENTS_TOO_MANY, f"{rule.id}{len(rule.elements) + 1:02d}", rule.name)
        told = set[str]()
        for element, value in zip_longest(rule.elements, given[: len(rule.elements)], fillvalue=b""):
            assert not isinstance(element, bytes)
            assert isinstance(value, bytes)
            for fault in self._repeated(element, value):
                told.add(fault.ref)
                yield fault
        for relation in rule.syntax:
            yield from (fault for fault in self._related(relation) if fault.ref not in told)

    def _repeated(self, element: Element | Composite, value: bytes) -> Iterator[ElementFault]:
        mark = self._delimiters.repetition
        values = value.split(mark) if mark and mark in value else [value]
        if len(values) > element.repeat:
            yield ElementFault(GuideCode.REPEATS_TOO_MANY, element.ref, element.name)
            return
        for one in values:
            if isinstance(element, Composite):
                yield from self._composite(element, one)
            else:
                yield from self._simple(element, one, self._elements, self._rule.elements)

    def _composite(self, composite: Composite, value: bytes) -> Iterator[ElementFault]:
        parts = value.split(self._delimiters.component)
        if not any(parts):
            if composite.usage == "R":
                yield ElementFault(GuideCode.ELEMENT_MISSING, composite.ref, composite.name)
            return
        if composite.usage == "N":
            yield ElementFault(GuideCode.ELEMENT_NOT_USED, composite.ref, composite.name)
            return
        if not parts[-1]:
            yield ElementFault(GuideCode.TRAILING_SEPARATOR, composite.ref, composite.name)
        if any(parts[len(composite.parts) :]):
            yield ElementFault(GuideCode.COMPONENTS_TOO_MANY, composite.ref, composite.name)
        for part, one in zip_longest(composite.parts, parts[: len(composite.parts)], fillvalue=b""):
            assert isinstance(part, Element)
            assert isinstance(one, bytes)
            yield from self._simple(part, one, parts, composite.parts)
        for relation in composite.syntax:
            if _broken(relation, parts):
                yield ElementFault(GuideCode.ELEMENT_CONDITION, composite.ref, composite.name)

    def _simple(
        self,
        element: Element,
        value: bytes,
        beside: Sequence[bytes],
        rules: Sequence[Element | Composite],
    ) -> Iterator[ElementFault]:
        """One value. `beside` are the values it stands among and `rules` theirs: a date's format is one of them."""
        if not value:
            if element.usage == "R":
                yield self._fault(GuideCode.ELEMENT_MISSING, element)
        elif element.usage == "N":
            yield self._fault(GuideCode.ELEMENT_NOT_USED, element)
        elif self._delimiters.component in value:
            yield self._fault(GuideCode.COMPONENTS_TOO_MANY, element)
        elif _CHARACTER.search(value):
            yield self._fault(GuideCode.CHARACTER_INVALID, element)
        elif element.data_element == DATE_VALUE and (formats := _formats(beside, rules)):
            yield from self._dated(element, value, formats)
        else:
            yield from self._typed(element, value)

    def _dated(self, element: Element, value: bytes, formats: bytes) -> Iterator[ElementFault]:
        valid = DATE_FORMATS.get(formats)
        if formats == b"RD8" and self._elements[0] == STATEMENT and DATE_FORMATS[b"D8"](value):
            yield self._fault(GuideCode.DATE_NOT_RANGE, element)
        elif valid and not valid(value):
            yield self._fault(GuideCode.TIME_INVALID if formats == b"TM" else GuideCode.DATE_INVALID, element)

    def _typed(self, element: Element, value: bytes) -> Iterator[ElementFault]:
        text = value.rstrip(b" ") if element.type in ("AN", "ID") else value
        if not text and element.usage == "R":
            yield self._fault(GuideCode.ELEMENT_MISSING, element)
            return
        if text != value and len(text) >= element.least:
            yield self._fault(GuideCode.TRAILING_SPACE, element)
            value = text
        yield from self._measured(element, value)
        if element.type[0] == "N" or element.type == "R":
            if not (_REAL if element.type == "R" else _NUMBER).fullmatch(value):
                yield self._fault(GuideCode.NUMBER_INVALID, element)
        elif element.type == "DT":
            if not is_date(value):
                yield self._fault(GuideCode.DATE_INVALID, element)
        elif element.type == "TM":
            if not _TIME.fullmatch(value):
                yield self._fault(GuideCode.TIME_INVALID, element)
        else:
            yield from self._coded(element, value)

    def _measured(self, element: Element, value: bytes) -> Iterator[ElementFault]:
        numeric = element.type[0] == "N" or element.type == "R"
        length = len(value.translate(None, b"-.")) if numeric else len(value)
        if length < element.least:
            yield self._fault(GuideCode.ELEMENT_TOO_SHORT, element)
        elif length > element.most:
            yield self._fault(GuideCode.ELEMENT_TOO_LONG, element)

    def _coded(self, element: Element, value: bytes) -> Iterator[ElementFault]:
        text = value.decode("ascii", "replace")
        if element.shape and not re.fullmatch(element.shape, text):
            yield self._fault(GuideCode.CODE_INVALID, element)
        elif element.codes and not element.code_list:
            if text not in element.codes:
                yield self._fault(GuideCode.CODE_INVALID, element)
        elif element.code_list and text not in element.codes and not self._listed(element, text):
            yield self._fault(GuideCode.CODE_UNKNOWN, element)

    def _listed(self, element: Element, text: str) -> bool:
        if element.ref == "N402" and self._country() not in US_COUNTRIES:
            return True
        return self._known(element.code_list, text)

    def _country(self) -> str:
        return self._elements[3].decode("ascii", "replace") if len(self._elements) > 3 else ""

    def _fault(self, code: GuideCode, element: Element) -> ElementFault:
        return ElementFault(code, element.ref, element.name)

    def _related(self, relation: str) -> Iterator[ElementFault]:
        if broken := _broken(relation, self._elements):
            code = GuideCode.ELEMENT_EXCLUDED if relation[0] == "E" else GuideCode.ELEMENT_CONDITION
            yield ElementFault(code, f"{self._rule.id}{broken:02d}", self._rule.name)


def _broken(relation: str, values: Sequence[bytes]) -> int:
    """The element that a relation (X12.6: paired, required, exclusive, conditional, list) misses or excludes, or 0."""
    kind, *numbers = relation[0], *(int(relation[at : at + 2]) for at in range(1, len(relation), 2))
    present = [len(values) >= n and bool(values[n - 1]) for n in numbers]
    absent = next((n for n, here in zip(numbers, present, strict=True) if not here), 0)
    if kind == "P":
        return absent if any(present) else 0
    if kind == "R":
        return 0 if any(present) else numbers[0]
    if kind == "E":
        return numbers[-1] if sum(present) > 1 else 0
    if not present[0]:
        return 0
    if kind == "C":
        return absent
    return 0 if any(present[1:]) else numbers[1]


def _formats(beside: Sequence[bytes], rules: Sequence[Element | Composite]) -> bytes:
    """The date format stated beside a date value."""
    for rule, value in zip(rules, beside, strict=False):
        if isinstance(rule, Element) and rule.data_element == DATE_FORMAT and value:
            return value
    return b""


@lru_cache(maxsize=4096)
def is_date(value: bytes) -> bool:
    """CCYYMMDD, or YYMMDD as an ISA has it; from the year 1800."""
    full = (b"20" + value) if len(value) == 6 else value
    day = date_of(full)
    return day is not None and day.year >= 1800


def _range(value: bytes) -> bool:
    first, mark, last = value.partition(b"-")
    return bool(mark) and len(first) == len(last) == 8 and is_date(first) and is_date(last)


def _moment(value: bytes) -> bool:
    return len(value) in (12, 14) and is_date(value[:8]) and bool(_TIME.fullmatch(value[8:]))


DATE_FORMATS: dict[bytes, Callable[[bytes], bool]] = {
    b"D8": lambda value: len(value) == 8 and is_date(value),
    b"D6": lambda value: len(value) == 6 and is_date(value),
    b"RD8": _range,
    b"DT": _moment,
    b"TM": lambda value: bool(_TIME.fullmatch(value)),
}
"""What a date value must be by its format; another format says nothing about it."""

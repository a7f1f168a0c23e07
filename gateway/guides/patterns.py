"""A segment rule as one compiled pattern. What it matches is without fault; what it does not is judged element by element.

So a pattern may be stricter than the rule, never laxer: long outer code lists and repeated elements are left to the
judge. Tests hold the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from gateway.guides.advice import guard_of
from gateway.guides.elements import DATE_FORMAT, DATE_VALUE, US_COUNTRIES
from gateway.guides.tables import Composite, Element, SegmentRule
from gateway.model.x12 import Delimiters

Matches = Callable[[bytes], object]
ListedCodes = Callable[[str], tuple[str, ...]]
"""The codes of an outer list by its name; empty where there is none at hand."""

MOST_CODES = 120
_NOTHING = "(?!)"
_DAY = (
    "(?:19|20)[0-9]{2}(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)"
    "|02(?:0[1-9]|1[0-9]|2[0-8]))"
)
_HOUR = "(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?"
_FORMATS = {"D8": _DAY, "RD8": f"{_DAY}-{_DAY}", "DT": f"{_DAY}(?:[01][0-9]|2[0-3])[0-5][0-9]", "TM": _HOUR}


def pattern_of(rule: SegmentRule, delimiters: Delimiters, listed: ListedCodes) -> re.Pattern[bytes]:
    """The pattern for `fullmatch` over a segment without its terminator."""
    return _Writer(delimiters, listed).segment(rule)


class _Writer:
    """Writes patterns for one set of delimiters."""

    def __init__(self, delimiters: Delimiters, listed: ListedCodes) -> None:
        self._listed, self._delimiters = listed, delimiters
        marks = [delimiters.element, delimiters.component, delimiters.segment, delimiters.repetition]
        self._sep = re.escape(delimiters.element.decode("latin-1"))
        self._component = re.escape(delimiters.component.decode("latin-1"))
        used = {mark[0] for mark in marks if mark}
        self._any = _class(used, 32)
        self._no_space = _class(used, 33)
        self._not_sep = f"[^{self._sep}]"

    def segment(self, rule: SegmentRule) -> re.Pattern[bytes]:
        relations = [self._relation(relation, rule.elements) for relation in rule.syntax]
        body = self._chain(list(rule.elements), self._sep)
        guard = "".join(relations)
        text = f"{guard_of(rule, self._delimiters)}{rule.id}{guard}{self._sep}{body}(?<!{self._sep})"
        return re.compile(text.encode("latin-1"))

    def _chain(self, elements: Sequence[Element | Composite], sep: str) -> str:
        """The elements one after the other; the tail behind the last required one may be cut off anywhere."""
        text = ""
        pieces = self._pieces(elements, sep)
        for index in range(len(elements) - 1, -1, -1):
            piece, required = pieces[index]
            if piece is None:  # taken together with the one before
                continue
            lead = "" if index == 0 else sep
            text = f"{lead}{piece}{text}" if required or index == 0 else f"(?:{lead}{piece}{text})?"
        return text

    def _pieces(self, elements: Sequence[Element | Composite], sep: str) -> list[tuple[str | None, bool]]:
        """Each element's pattern and whether it must stand; a date goes together with its format."""
        pieces: list[tuple[str | None, bool]] = []
        skip = False
        last = max((i for i, element in enumerate(elements) if element.usage == "R"), default=-1)
        for index, element in enumerate(elements):
            if skip:
                pieces.append((None, False))
                skip = False
                continue
            following = elements[index + 1] if index + 1 < len(elements) else None
            if _is_format(element) and isinstance(following, Element) and following.data_element == DATE_VALUE:
                assert isinstance(element, Element)
                pieces.append((self._dated(element, following, sep), index <= last or index + 1 <= last))
                skip = True
            else:
                pieces.append((self._one(element), index <= last))
        return pieces

    def _dated(self, form: Element, value: Element, sep: str) -> str:
        known = [code for code in sorted(form.codes) if code in _FORMATS]
        both = "|".join(f"{code}{sep}{_FORMATS[code]}" for code in known) or _NOTHING
        if form.usage == "R" or value.usage == "R":
            return f"(?:{both})"
        return f"(?:{both}|{sep})"

    def _one(self, element: Element | Composite) -> str:
        if element.usage == "N":
            return ""
        text = self._composite(element) if isinstance(element, Composite) else self._simple(element)
        return text if element.usage == "R" else f"(?:{text})?"

    def _composite(self, composite: Composite) -> str:
        if composite.syntax:
            return _NOTHING
        return f"{self._chain(composite.parts, self._component)}(?<!{self._component})"

    def _simple(self, element: Element) -> str:
        if element.shape or element.data_element == DATE_VALUE:
            return f"(?:{element.shape})" if element.shape and element.data_element != DATE_VALUE else _NOTHING
        if element.codes or element.code_list:
            return self._codes(element)
        if element.type[0] == "N":
            return f"-?[0-9]{{{element.least},{element.most}}}"
        if element.type == "R":
            whole = max(element.most - 4, 1)
            return f"-?(?:[0-9]{{{element.least},{whole}}}(?:\\.[0-9]{{1,4}})?)" if element.most > 4 else "[0-9]"
        if element.type == "DT":
            return _DAY if element.most >= 8 >= element.least else _NOTHING
        if element.type == "TM":
            return _HOUR
        return self._free(element)

    def _free(self, element: Element) -> str:
        """Any characters but delimiters, the last one no space."""
        if element.most == 1:
            return self._no_space
        return f"{self._any}{{{max(element.least - 1, 0)},{element.most - 1}}}{self._no_space}"

    def _codes(self, element: Element) -> str:
        codes = set(element.codes)
        if element.code_list:
            listed = self._listed(element.code_list)
            if element.code_list == "countries":
                listed = tuple(code for code in US_COUNTRIES if code)
            if not listed and not codes:
                return self._free(element)
            if not listed or len(listed) > MOST_CODES:
                listed = ()
            codes |= set(listed)
        fitting = sorted(code for code in codes if element.least <= len(code) <= element.most)
        return f"(?:{'|'.join(re.escape(code) for code in fitting)})" if fitting else _NOTHING

    def _relation(self, relation: str, elements: Sequence[Element | Composite]) -> str:
        """A look ahead that holds where the relation does; empty where the usages see to it."""
        kind, *numbers = relation[0], *(int(relation[at : at + 2]) for at in range(1, len(relation), 2))
        usage = [elements[n - 1].usage if n <= len(elements) else "N" for n in numbers]
        has = [f"(?={self._sep}{self._skip(n)}{self._not_sep})" for n in numbers]
        no = [f"(?!{self._sep}{self._skip(n)}{self._not_sep})" for n in numbers]
        if kind == "P":
            if len(set(usage)) == 1 and usage[0] != "S":
                return ""
            return f"(?:{''.join(has)}|{''.join(no)})"
        if kind == "R":
            return "" if "R" in usage else f"(?:{'|'.join(has)})"
        if kind == "E":
            if sum(u != "N" for u in usage) < 2:
                return ""
            return "(?:" + "|".join("".join(x for j, x in enumerate(no) if j != i) for i in range(len(no))) + ")"
        if usage[0] == "N":
            return ""
        if kind == "C":
            return "" if all(u == "R" for u in usage[1:]) else f"(?:{no[0]}|{''.join(has[1:])})"
        return "" if "R" in usage[1:] else f"(?:{no[0]}|{'|'.join(has[1:])})"

    def _skip(self, number: int) -> str:
        return f"(?:{self._not_sep}*{self._sep}){{{number - 1}}}" if number > 1 else ""


def _class(used: set[int], first: int) -> str:
    """The printable characters from `first` on that are no delimiters, as few ranges: compiling costs by their number."""
    ranges: list[list[int]] = []
    for n in range(first, 127):
        if n in used:
            continue
        if ranges and ranges[-1][1] == n - 1:
            ranges[-1][1] = n
        else:
            ranges.append([n, n])
    return "[" + "".join(f"\\x{low:02x}-\\x{high:02x}" for low, high in ranges) + "]"


def _is_format(element: Element | Composite) -> bool:
    return isinstance(element, Element) and element.data_element == DATE_FORMAT


@lru_cache(maxsize=4096)
def cached_pattern(rule: SegmentRule, delimiters: Delimiters, listed: ListedCodes) -> re.Pattern[bytes]:
    """The same, made once for equal rules: a guide repeats its loops below several others."""
    return pattern_of(rule, delimiters, listed)

"""A compiled pattern accepts only what the element judge finds no fault with."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.guidebook import standard_lists
from gateway.guides.advice import not_followed
from gateway.guides.elements import judge
from gateway.guides.patterns import pattern_of
from gateway.guides.tables import LoopRule, SegmentRule
from gateway.model.x12 import Delimiters
from gateway.testing.builders import DELIMITERS, realistic_batch
from tests.guides.judging import GUIDES

LISTS = standard_lists()
VALUES = [
    "",
    "1",
    "XX",
    "MI",
    "20261103",
    "20261103-20261105",
    "D8",
    "RD8",
    "AB CD ",
    " ",
    "12.5",
    "-3",
    "ABC:DEF",
    "1^2",
    "X" * 90,
    "é",
]


@cache
def rules() -> list[SegmentRule]:
    """Every distinct segment rule of the guides that pyx12 brings."""
    found: dict[SegmentRule, None] = {}
    for code, version in (
        ("837", "005010X222"),
        ("837", "005010X223"),
        ("835", "005010X221"),
        ("277", "005010X214"),
        ("999", "005010X231"),
    ):
        guide = GUIDES(code, version)
        assert guide
        waiting = list(guide.root.children)
        while waiting:
            child = waiting.pop()
            if isinstance(child, LoopRule):
                waiting.extend(child.children)
            else:
                found[child] = None
    return list(found)


def listed(name: str) -> tuple[str, ...]:
    return tuple(sorted(LISTS.codes.get(name, ())))


@cache
def pattern(rule: SegmentRule, delimiters: Delimiters = DELIMITERS) -> object:
    return pattern_of(rule, delimiters, listed).fullmatch


@st.composite
def segments(draw: st.DrawFn) -> tuple[SegmentRule, bytes]:
    """A rule and a segment that mostly keeps to it: codes of the rule, lengths at their limits, sometimes nonsense."""
    rule = draw(st.sampled_from(rules()))
    elements = [draw(_value(element)) for element in rule.elements]
    cut = draw(st.integers(1, len(elements) + 1))
    text = "*".join([rule.id, *elements[:cut], *draw(st.lists(st.sampled_from(["", "X"]), max_size=1))])
    return rule, text.encode("latin-1")


def _value(element: object) -> st.SearchStrategy[str]:
    parts = getattr(element, "parts", None)
    if parts:
        return st.one_of(st.just(""), st.tuples(*(_value(part) for part in parts[:3])).map(":".join))
    codes = sorted(getattr(element, "codes", ()))[:5]
    least, most = getattr(element, "least", 1), min(getattr(element, "most", 1), 90)
    fitting = ["A" * least, "A" * most, "A" * (most + 1), "9" * least, "9" * most]
    return st.sampled_from(["", *codes, *fitting, *VALUES])


@settings(max_examples=1500, deadline=None)
@given(segments())
def test_what_a_pattern_matches_is_without_fault(made: tuple[SegmentRule, bytes]) -> None:
    """A pattern that is laxer than the judge would let faults through unseen."""
    rule, text = made
    if pattern(rule)(text):  # type: ignore[operator]
        assert judge(rule, text.split(b"*"), DELIMITERS, LISTS.known) == []
        assert list(not_followed(rule, text, DELIMITERS)) == []


def test_patterns_match_nearly_all_of_a_realistic_batch() -> None:
    """A pattern that matched nothing would be right and slow."""
    by_id: dict[bytes, list[object]] = {}
    for rule in rules():
        by_id.setdefault(rule.id.encode(), []).append(pattern(rule))
    pieces = b"".join(realistic_batch(50)).split(b"~")[2:-3]
    matched = [any(match(piece) for match in by_id[piece.split(b"*")[0]]) for piece in pieces]  # type: ignore[operator]
    assert sum(matched) > 0.99 * len(matched)

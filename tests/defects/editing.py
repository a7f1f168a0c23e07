"""Edits of an X12 document by segment, as functions from bytes to bytes.

A segment is found by how it begins (`NM1*85`, `HI*ABK`), at an element or component boundary, and counted from 1.
An edit that finds nothing to change raises AssertionError: a defect that is none would go unnoticed for good.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

Edit = Callable[[bytes], bytes]
Segments = list[str]


def put(at: str, ref: str, value: str, nth: int = 1) -> Edit:
    """Element `ref` of the nth segment `at` becomes `value`: `09` is an element, `05-3` a component of one."""
    element, _, component = ref.partition("-")

    def change(segments: Segments, index: int) -> None:
        segments[index] = _with(segments[index], int(element), value, int(component or 0))

    return _at(at, nth, change)


def cut(at: str, elements: int, nth: int = 1) -> Edit:
    """The nth segment `at` keeps no more than so many elements."""

    def change(segments: Segments, index: int) -> None:
        segments[index] = "*".join(segments[index].split("*")[: elements + 1])

    return _at(at, nth, change)


def instead(at: str, segment: str, nth: int = 1) -> Edit:
    """Another segment stands in the place of the nth `at`; it may be several, with `~` between."""

    def change(segments: Segments, index: int) -> None:
        segments[index : index + 1] = segment.split("~")

    return _at(at, nth, change)


def drop(at: str, nth: int = 1) -> Edit:
    """The nth segment `at` is left out."""

    def change(segments: Segments, index: int) -> None:
        del segments[index]

    return _at(at, nth, change)


def drop_from(at: str, to: str, nth: int = 1) -> Edit:
    """The nth `at` is left out with all that follows it before the next segment `to`."""

    def change(segments: Segments, index: int) -> None:
        end = next(i for i in range(index + 1, len(segments)) if _begins(segments[i], to))
        del segments[index:end]

    return _at(at, nth, change)


def twice(at: str, nth: int = 1) -> Edit:
    """The nth segment `at` stands twice."""

    def change(segments: Segments, index: int) -> None:
        segments.insert(index, segments[index])

    return _at(at, nth, change)


def repeated(at: str, to: str, nth: int = 1) -> Edit:
    """The nth `at` with all that follows it before the next segment `to` stands twice."""

    def change(segments: Segments, index: int) -> None:
        end = next(i for i in range(index + 1, len(segments)) if _begins(segments[i], to))
        segments[end:end] = segments[index:end]

    return _at(at, nth, change)


def before(at: str, *added: str, nth: int = 1) -> Edit:
    """Segments come in before the nth `at`."""

    def change(segments: Segments, index: int) -> None:
        segments[index:index] = added

    return _at(at, nth, change)


def after(at: str, *added: str, nth: int = 1) -> Edit:
    """Segments come in after the nth `at`."""

    def change(segments: Segments, index: int) -> None:
        segments[index + 1 : index + 1] = added

    return _at(at, nth, change)


def move(at: str, behind: str, nth: int = 1) -> Edit:
    """The nth segment `at` stands right behind the first segment `behind` that follows it."""

    def change(segments: Segments, index: int) -> None:
        target = next(i for i in range(index + 1, len(segments)) if _begins(segments[i], behind))
        segments.insert(target, segments.pop(index))

    return _at(at, nth, change)


def text(old: str, new: str) -> Edit:
    """The first `old` of the document becomes `new`, whatever stands there."""

    def edit(data: bytes) -> bytes:
        changed = data.replace(old.encode("latin-1"), new.encode("latin-1"), 1)
        assert changed != data, f"{old!r} does not occur"
        return changed

    return edit


def all_of(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(data: bytes) -> bytes:
        for each in edits:
            data = each(data)
        return data

    return edit


def recounted(data: bytes) -> bytes:
    """SE01 of every set, right again."""
    segments = data.decode("latin-1").split("~")
    start = 0
    for index, segment in enumerate(segments):
        if segment.lstrip("\r\n").startswith("ST*"):
            start = index
        elif _begins(segment.lstrip("\r\n"), "SE"):
            segments[index] = _with(segment, 1, str(index - start + 1))
    return "~".join(segments).encode("latin-1")


def renumbered(data: bytes) -> bytes:
    """HL01 of a document of one set, in order again, and HL02 with it."""
    numbers: dict[str, str] = {}
    counted = count(1)

    def number(found: re.Match[str]) -> str:
        old, parent = found[1], found[2]
        numbers[old] = str(next(counted))
        return f"HL*{numbers[old]}*{numbers.get(parent, parent)}*"

    return re.sub(r"HL\*(\d+)\*(\d*)\*", number, data.decode("latin-1")).encode("latin-1")


def _at(at: str, nth: int, change: Callable[[Segments, int], None]) -> Edit:
    def edit(data: bytes) -> bytes:
        segments = data.decode("latin-1").split("~")
        found = [index for index, segment in enumerate(segments) if _begins(segment, at)]
        assert len(found) >= nth, f"{at} stands {len(found)} times, not {nth}"
        change(segments, found[nth - 1])
        changed = "~".join(segments).encode("latin-1")
        assert changed != data, f"nothing changed at {at}"
        return changed

    return edit


def _begins(segment: str, at: str) -> bool:
    return segment.startswith(at) and segment[len(at) : len(at) + 1] in ("", "*", ":")


def _with(segment: str, element: int, value: str, component: int = 0) -> str:
    """The segment with one element (or one component of it) changed, without separators that separate nothing."""
    parts = _filled(segment.split("*"), element)
    if component:
        inner = _filled(parts[element].split(":"), component - 1)
        inner[component - 1] = value
        value = ":".join(inner).rstrip(":")
    parts[element] = value
    changed = "*".join(parts)
    return changed if parts[0] == "ISA" else changed.rstrip("*")


def _filled(parts: list[str], last: int) -> list[str]:
    return parts + [""] * (last + 1 - len(parts))

"""What one implementation guide says, as plain immutable tables: loops of segments of elements.

Children stand in the guide's order. Two children of equal `pos` may come in any order. Usage is R (required),
S (situational) or N (not used). A maximum of 0 means that there is none.
"""

from __future__ import annotations

from typing import NamedTuple


class Element(NamedTuple):
    """A simple data element, or one component of a composite.

    `ref` is its place in the segment (`NM109`, `CLM05-3`), `data_element` the number in the data element dictionary,
    `type` AN, ID, N (with its decimals: N0, N2), R, DT, TM or B. `codes` are those that the guide allows, empty where
    it names none; `code_list` names an outer list (`states`), empty where there is none. `repeat` is how often it may
    stand, 1 for nearly all. `shape` is a regular expression of the whole value, empty for none.
    """

    ref: str
    name: str
    usage: str
    data_element: str
    type: str
    least: int
    most: int
    codes: frozenset[str] = frozenset()
    code_list: str = ""
    repeat: int = 1
    shape: str = ""


class Composite(NamedTuple):
    """A composite element: components by their order."""

    ref: str
    name: str
    usage: str
    data_element: str
    parts: tuple[Element, ...]
    repeat: int = 1
    syntax: tuple[str, ...] = ()


class SegmentRule(NamedTuple):
    """One segment of one loop. `syntax` are relations between elements as X12.6 writes them (`P0809`, `C1203`), `advice`
    names what is asked of it beyond this table (gateway.guides.advice)."""

    id: str
    name: str
    usage: str
    pos: int
    most: int
    elements: tuple[Element | Composite, ...]
    syntax: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


class LoopRule(NamedTuple):
    """A loop. It is entered by its first segment; its usage is the guide's for the loop as a whole."""

    id: str
    name: str
    usage: str
    pos: int
    most: int
    children: tuple[SegmentRule | LoopRule, ...]


class Guide(NamedTuple):
    """One transaction set's guide. `version` is its X-number (`005010X222`), `code` ST01. `root` is the set: ST first,
    SE last."""

    version: str
    code: str
    name: str
    root: LoopRule

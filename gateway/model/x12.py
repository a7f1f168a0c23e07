"""What stands in an X12 document: delimiters, spans, envelopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """Bytes [start, end) of a document. A segment's span ends after its terminator and any line break that pads it."""

    start: int
    end: int


class Segment(NamedTuple):
    """One segment: its elements as bytes (element 0 is the segment id, terminator and padding removed) and its span."""

    elements: list[bytes]
    span: Span


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The delimiters of one interchange, one byte each. `repetition` is None before 00402 or where ISA11 is U."""

    element: bytes
    component: bytes
    segment: bytes
    repetition: bytes | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A party in an envelope: the ISA05/07 qualifier and the ISA06/08 id, padding removed."""

    qualifier: str
    id: str


@dataclass(frozen=True, slots=True)
class Interchange:
    """ISA to IEA. `ordinal` counts from 0 within the file, `control` is ISA13 as written (9 digits), `usage` is
    ISA15 (P or T), `date` and `time` are ISA09 (YYMMDD) and ISA10 (HHMM) as written."""

    ordinal: int
    delimiters: Delimiters
    sender: Address
    receiver: Address
    date: str
    time: str
    version: str
    control: str
    ack_requested: bool
    usage: str


@dataclass(frozen=True, slots=True)
class FunctionalGroup:
    """GS to GE. `control` is GS06, `version` is GS08 with its addendum suffix unchanged."""

    ordinal: int
    interchange: int
    functional_id: str
    sender: str
    receiver: str
    control: str
    version: str


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """ST to SE. `version` is ST03, or GS08 where ST03 is absent. `purpose`, `reference`, `mode` are BHT02, BHT03
    (our batch key comes back in a 277CA by it) and BHT06 (CH chargeable, RP encounter); empty where there is no BHT.
    `place` is where it stands, for people: `ISA 1/GS 1/ST 1`, each numbered in the one around it."""

    ordinal: int
    interchange: int
    group: int
    code: str
    control: str
    version: str
    purpose: str = ""
    reference: str = ""
    mode: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A hierarchical level of an 837 without its claims: from its HL to its first CLM or the next HL.

    `ordinal` is unique in the file, `kind` is HL03 (20 billing provider, 22 subscriber, 23 dependent), `parent` is
    the ordinal of the level that HL02 points to, `transaction_set` is the ordinal of its ST.
    """

    ordinal: int
    transaction_set: int
    kind: str
    parent: int | None
    span: Span

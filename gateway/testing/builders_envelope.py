"""ISA to IEA around transaction sets: delimiters, line breaks, counts and control numbers of a fictional batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import TypedDict

from gateway.model.x12 import Delimiters
from gateway.testing.builders_specs import Segment

DELIMITERS = Delimiters(element=b"*", component=b":", segment=b"~", repetition=b"^")


class Wrapping(TypedDict, total=False):
    """The keyword arguments that every batch takes; see `Envelope`."""

    sender: str
    receiver: str
    control: int
    usage: str
    delimiters: Delimiters
    line_break: str
    moment: datetime
    reference: str
    purpose: str
    mode: str
    version: str
    submitter_name: str
    receiver_name: str
    contact_phone: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """`sender` and `receiver` are ISA06/08, GS02/03 and the ids of 1000A and 1000B; `control` is ISA13 and GS06;
    `line_break` follows each segment terminator; `purpose`, `reference`, `mode` are BHT02, BHT03, BHT06."""

    sender: str = "CFFM01"
    receiver: str = "OPENGATE"
    control: int = 101
    usage: str = "P"
    delimiters: Delimiters = DELIMITERS
    line_break: str = ""
    moment: datetime = datetime(2026, 11, 10, 8, 15)
    reference: str = "CF20261110A"
    purpose: str = "00"
    mode: str = "CH"
    version: str = "005010X222A1"
    submitter_name: str = "CEDAR FALLS FAMILY MEDICINE"
    receiver_name: str = "OPENGATE GATEWAY"
    contact_phone: str = "5555550100"

    def written(self, sets: Iterable[Iterable[Segment]]) -> Iterator[bytes]:
        """The interchange around `sets` (what stands between 1000B and SE of each), in blocks of some 64 KiB."""
        segments = (self._text(segment) for segment in self._segments(sets))
        while block := "".join(islice(segments, 2500)):
            yield block.encode("latin-1")

    def _text(self, segment: Segment) -> str:
        d = self.delimiters
        element, component = d.element.decode("latin-1"), d.component.decode("latin-1")
        parts = [part if isinstance(part, str) else component.join(part).rstrip(component) for part in segment]
        text = element.join(parts)
        if parts[0] != "ISA":
            text = text.rstrip(element)
        return text + d.segment.decode("latin-1") + self.line_break

    def _segments(self, sets: Iterable[Iterable[Segment]]) -> Iterator[Segment]:
        day, time = f"{self.moment:%Y%m%d}", f"{self.moment:%H%M}"
        d = self.delimiters
        yield (
            *("ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{self.sender:<15}", "ZZ", f"{self.receiver:<15}"),
            *(day[2:], time, (d.repetition or b"U").decode("latin-1"), "00501", f"{self.control:09d}", "1"),
            *(self.usage, d.component.decode("latin-1")),
        )
        yield ("GS", "HC", self.sender, self.receiver, day, time, str(self.control), "X", self.version)
        written = 0
        for written, body in enumerate(sets, start=1):
            yield from self._set(written, body)
        yield ("GE", str(written), str(self.control))
        yield ("IEA", "1", f"{self.control:09d}")

    def _set(self, ordinal: int, body: Iterable[Segment]) -> Iterator[Segment]:
        control, reference = f"{ordinal:04d}", self.reference if ordinal == 1 else f"{self.reference}{ordinal}"
        head: list[Segment] = [
            ("ST", "837", control, self.version),
            ("BHT", "0019", self.purpose, reference, f"{self.moment:%Y%m%d}", f"{self.moment:%H%M}", self.mode),
            ("NM1", "41", "2", self.submitter_name, "", "", "", "", "46", self.sender),
            ("PER", "IC", "EDI DESK", "TE", self.contact_phone),
            ("NM1", "40", "2", self.receiver_name, "", "", "", "", "46", self.receiver),
        ]
        count = 1
        for segment in chain(head, body):
            count += 1
            yield segment
        yield ("SE", str(count), control)

"""Wraps the segments of a reply in an interchange back to the sender, in the sender's own delimiters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from gateway.model.reports import InterchangeReport, Stamp
from gateway.model.x12 import Delimiters

Element = str | tuple[str, ...]
"""One element; a tuple is a composite."""


class Guide(NamedTuple):
    """GS01, ST01 and GS08 of a reply."""

    functional_id: str
    code: str
    version: str


class Writer:
    """Writes segments in given delimiters. Whatever an element holds, it cannot break the segment: a delimiter in it,
    and a character that X12 does not have, become a space; accents are left off."""

    def __init__(self, delimiters: Delimiters) -> None:
        self._element = delimiters.element.decode("latin-1")
        self._component = delimiters.component.decode("latin-1")
        self._segment = delimiters.segment.decode("latin-1")
        self.repetition = (delimiters.repetition or b"U").decode("latin-1")
        marks = self._element + self._component + self._segment + (self.repetition if delimiters.repetition else "")
        self._foreign = re.compile(f"[^ -~]|[{re.escape(marks)}]")

    def clean(self, value: str) -> str:
        """The value as an element may hold it, without spaces around it."""
        if not value.isascii():
            value = "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
        return self._foreign.sub(" ", value).strip(" ")

    def segment(self, *elements: Element) -> bytes:
        """One segment with its terminator, without empty elements at its end."""
        texts = [self._text(element) for element in elements]
        while not texts[-1]:
            texts.pop()
        return (self._element.join(texts) + self._segment).encode("latin-1")

    def _text(self, element: Element) -> str:
        if isinstance(element, str):
            return self.clean(element)
        return self._component.join(self.clean(part) for part in element).rstrip(self._component)

    def header(self, *elements: str) -> bytes:
        """An ISA: fixed widths are the caller's, and its last element is the component separator."""
        fixed = [self._foreign.sub(" ", element) for element in elements]
        fixed[11] = self.repetition
        return (self._element.join([*fixed, self._component]) + self._segment).encode("latin-1")


def interchange(report: InterchangeReport, stamp: Stamp, content: Iterable[bytes], groups: int) -> bytes:
    """ISA to IEA around the content: addressed to the received sender, with the received usage."""
    received, moment = report.interchange, stamp.moment
    sender, receiver = received.receiver, received.sender
    writer, control = Writer(received.delimiters), f"{stamp.control:09d}"
    header = writer.header(
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(f"{sender.qualifier:2.2}", f"{sender.id:15.15}", f"{receiver.qualifier:2.2}", f"{receiver.id:15.15}"),
        *(f"{moment:%y%m%d}", f"{moment:%H%M}", "", "00501", control, "0"),
        received.usage if received.usage in ("P", "T", "I") else "P",
    )
    return b"".join([header, *content, writer.segment("IEA", str(groups), control)])


def functional_group(report: InterchangeReport, stamp: Stamp, guide: Guide, sets: Iterable[Iterable[bytes]]) -> bytes:
    """ISA to IEA with one group of the sets, each given without its ST and SE. GS02 and GS03 are those of the first
    group received, swapped."""
    writer, moment = Writer(report.interchange.delimiters), stamp.moment
    first, control = report.groups[0].group, str(stamp.control)
    addresses = (first.receiver, first.sender)
    when = (f"{moment:%Y%m%d}", f"{moment:%H%M}")
    content = [writer.segment("GS", guide.functional_id, *addresses, *when, control, "X", guide.version)]
    written = 0
    for written, body in enumerate(sets, start=1):
        number, segments = f"{written:04d}", list(body)
        content.append(writer.segment("ST", guide.code, number, guide.version))
        content += segments
        content.append(writer.segment("SE", str(len(segments) + 2), number))
    content.append(writer.segment("GE", str(written), control))
    return interchange(report, stamp, content, groups=1)


def plain(amount: Decimal | None) -> str:
    """An amount as X12 writes it: no exponent, no zeros at its end. What is not known is nothing."""
    text = f"{amount or Decimal(0):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0", "-") else text

"""Wraps transaction sets in an interchange back to whoever sent one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gateway.testing.payer.wire import Group, Interchange

Elements = list[str]
Set = list[Elements]  # what stands between ST and SE


@dataclass(frozen=True, slots=True)
class Guide:
    """GS01, ST01 and GS08 of an answer; `named` says whether ST03 repeats GS08 (an 835 has no ST03)."""

    functional_id: str
    code: str
    version: str
    named: bool = True


ACKNOWLEDGMENT = Guide("FA", "999", "005010X231A1")
CLAIM_STATUS = Guide("HN", "277", "005010X214")
CLAIM_STATUS_RESPONSE = Guide("HN", "277", "005010X212")
REMITTANCE = Guide("HP", "835", "005010X221A1", named=False)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes an interchange unique: ISA13 (also GS06) and the moment it was written."""

    control: int
    moment: datetime

    @property
    def day(self) -> str:
        """CCYYMMDD."""
        return f"{self.moment:%Y%m%d}"

    @property
    def time(self) -> str:
        """HHMM."""
        return f"{self.moment:%H%M}"


def plain(amount: Decimal) -> str:
    """An amount as X12 writes it: no exponent, no trailing zeros."""
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def composite(received: Interchange, *parts: str) -> str:
    """A composite element in the received delimiters, without empty parts at its end."""
    mark = received.delimiters.component
    return mark.join(parts).rstrip(mark)


def grouped(received: Interchange, group: Group, guide: Guide, sets: Sequence[Set], stamp: Stamp) -> list[Elements]:
    """GS to GE around the sets, each with its ST and SE; GS02 and GS03 are the received ones, swapped."""
    header = ["GS", guide.functional_id, group.header[3], group.header[2], stamp.day, stamp.time, str(stamp.control)]
    segments = [[*header, "X", guide.version]]
    for number, each in enumerate(sets, 1):
        control = f"{number:04d}"
        opening = ["ST", guide.code, control, *([guide.version] if guide.named else [])]
        segments += [opening, *each, ["SE", str(len(each) + 2), control]]
    return [*segments, ["GE", str(len(sets)), str(stamp.control)]]


def interchange(received: Interchange, content: Sequence[Elements], stamp: Stamp, receiver: str = "") -> bytes:
    """ISA to IEA in the received delimiters, addressed to the received sender (or, wrongly, to `receiver`).

    The received delimiters are kept because whatever is echoed cannot contain them.
    """
    isa, marks = received.header, received.delimiters
    to = ("ZZ", f"{receiver:15.15}") if receiver else (isa[5], isa[6])
    control = f"{stamp.control:09d}"
    opening = ["ISA", "00", " " * 10, "00", " " * 10, isa[7], isa[8], *to, stamp.day[2:], stamp.time]
    opening += [marks.repetition, "00501", control, "0", isa[15], marks.component]
    groups = sum(elements[0] == "GS" for elements in content)
    closing = ["IEA", str(groups), control]
    text = "".join(_written(elements, marks.element) + marks.segment for elements in (opening, *content, closing))
    return text.encode("latin-1", errors="replace")


def _written(elements: Elements, mark: str) -> str:
    kept = list(elements)
    while kept and not kept[-1]:
        kept.pop()
    return mark.join(kept)

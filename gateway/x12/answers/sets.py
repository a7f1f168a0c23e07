"""What the readers of transaction sets share: where a set stands, how its elements are read, how a flag is raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from gateway.errors import Malformed
from gateway.model.answers import Answer, AnswerEnvelope, Note, Status
from gateway.model.x12 import Delimiters
from gateway.x12.syntax import date_of, decimal_of, text_of


def flag(place: str) -> Note:
    """Something at `place` is missing or does not hold, and the answer was read all the same."""
    return Note(f"flag:{place}")


@dataclass(frozen=True, slots=True)
class SetHeader:
    """One ST: `version` is ST03, or GS08 where ST03 is absent; `place` names the set within the document."""

    envelope: AnswerEnvelope
    delimiters: Delimiters
    code: str
    version: str
    place: str

    def note(self) -> Note:
        """The set as one that nobody here reads."""
        return Note(f"{self.code} {self.version}".strip(), self.envelope)


class SetReader(Protocol):
    """Takes the segments between ST and SE, then gives the answers they make. Elements are filled up to 32 and more;
    `position` counts from ST = 1. `flags` are places."""

    flags: list[str]

    def take(self, elements: list[bytes], position: int) -> None:
        """One segment. Raises Malformed."""

    def answers(self) -> tuple[Answer, ...]:
        """What the set says, once all of it was taken."""


class Elements:
    """Reads elements of one set: lenient with days, strict with money."""

    def __init__(self, header: SetHeader) -> None:
        self._header = header
        self.flags: list[str] = []
        self.position = 0

    def statuses(self, stc: list[bytes], action: str = "") -> list[Status]:
        """The statuses of an STC: STC01, STC10 and STC11."""
        found = [self.components(stc[n]) for n in (1, 10, 11) if stc[n].strip()]
        return [Status(category, code, entity, action) for category, code, entity, *_ in found]

    def components(self, element: bytes) -> list[str]:
        """A composite's components, four of them at least."""
        return [text_of(part) for part in (*element.split(self._header.delimiters.component), b"", b"", b"")]

    def money(self, element: bytes, place: str) -> Decimal:
        """An amount; 0 where the element is empty. Raises Malformed X12_AMOUNT: what cannot be read is never 0."""
        text = element.strip(b" ")
        amount = decimal_of(text) if text else Decimal(0)
        if amount is None:
            raise self.fault("X12_AMOUNT", "an amount is no number", place)
        return amount

    def day(self, element: bytes, place: str) -> date | None:
        """A day; None with a flag where it is none."""
        text = element.strip(b" ")
        found = date_of(text)
        if text and found is None:
            self.flags.append(place)
        return found

    def fault(self, code: str, message: str, place: str) -> Malformed:
        """Why the document cannot be read, at the present segment."""
        return Malformed(message, code=code, place=f"{self._header.place}/segment {self.position}/{place}")


class HandledSet:
    """A reader of one set that has a handler for each segment id it knows; the others say nothing."""

    def __init__(self, header: SetHeader, handlers: Mapping[bytes, Callable[[Any, list[bytes]], None]]) -> None:
        self._header, self._handlers = header, handlers
        self._read = Elements(header)
        self.flags = self._read.flags

    def take(self, elements: list[bytes], position: int) -> None:
        """One segment between ST and SE. Raises Malformed where a handler does."""
        self._read.position = position
        handler = self._handlers.get(elements[0])
        if handler:
            handler(self, elements)

"""Validate a document in a test: the guide tables once for all tests, the faults as a list."""

from __future__ import annotations

from gateway.guidebook import Guidebook, standard_lists
from gateway.guides.faults import Fault
from gateway.guides.validator import Validator
from gateway.x12.syntax import PADDING, runs

GUIDES = Guidebook()


def faults_of(document: bytes, validator: Validator | None = None) -> list[Fault]:
    """Every fault by the guide, in document order."""
    validator = validator or Validator(GUIDES, standard_lists())
    found: list[Fault] = []
    for run in runs([document]):
        pieces = [text for piece in run.pieces() if (text := piece.lstrip(PADDING))]
        found += validator.take(run, pieces)
    return found


def said(document: bytes) -> list[tuple[str, str]]:
    """The code and the place of every fault."""
    return [(fault.finding.code, fault.finding.place) for fault in faults_of(document)]


def edited(document: bytes, *edits: tuple[str, str], count: int = 1) -> bytes:
    """The document with texts replaced (each must be there), its SE01 counted anew."""
    text = document.decode("latin-1")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, count)
    lines = text.split("~")
    begun = 0
    for number, line in enumerate(lines):
        if line.startswith("ST*"):
            begun = number
        elif line.startswith("SE*"):
            lines[number] = f"SE*{number - begun + 1}*{line.split('*')[2]}"
    return "~".join(lines).encode("latin-1")

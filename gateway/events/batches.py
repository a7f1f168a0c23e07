"""Batches: one file that was dropped into the spool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpooled(Event):
    """The file is sealed in the vault; `document` is its row."""

    name: ClassVar[str] = "batch.received"
    batch: int
    document: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchParsed(Event):
    """Every claim of the file is stored and waits to be judged."""

    name: ClassVar[str] = "batch.parsed"
    batch: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReplied(Event):
    """The billing software has our own answers to the file, in these `formats` by blanks."""

    name: ClassVar[str] = "batch.replied"
    batch: int
    formats: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRefused(Event):
    """Nothing of the file was taken; an answer lies beside it."""

    name: ClassVar[str] = "batch.refused"
    kind: ClassVar[str] = "rejection"
    batch: int
    code: str
    place: str
    message: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDuplicated(Event):
    """The same bytes were received before, as batch `original`."""

    name: ClassVar[str] = "batch.duplicate"
    batch: int
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRepeated(Event):
    """A known sender and ISA13 with other bytes: some software never counts up, so this only warns."""

    name: ClassVar[str] = "batch.repeated_control_number"
    batch: int
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWarned(Event):
    """Something about the file's wrapping is odd, or claims of it lack their CLM; the rest was read all the same."""

    name: ClassVar[str] = "batch.warned"
    batch: int
    code: str
    place: str
    message: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettled(Event):
    """Nothing is left to decide for any claim of the batch."""

    name: ClassVar[str] = "batch.settled"
    batch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReopened(Event):
    """A claim of a settled batch needs work again."""

    name: ClassVar[str] = "batch.reopened"
    batch: int

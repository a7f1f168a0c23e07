"""Findings from outside a claim: what judges by the guide, and what belongs to no claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.guides.faults import Fault
from gateway.model.claims import Finding
from gateway.x12.syntax import Run


@dataclass(frozen=True, slots=True)
class FileFinding:
    """A finding that belongs to no claim, but to a set as a whole or to a level without claims. `transaction_set` is
    the ordinal of its ST in the file, `place` that of the set for people; empty where it is the file's as a whole."""

    transaction_set: int
    finding: Finding
    place: str = ""


class Faults(Protocol):
    """What judges segments by their guide beside the reading."""

    def take(self, run: Run, pieces: list[bytes]) -> Sequence[Fault]:
        """The faults of a run's segments, given without padding and none of them empty, in document order."""

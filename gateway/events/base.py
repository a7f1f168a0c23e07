"""What every event is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The root of all events."""

    name: ClassVar[str] = ""
    kind: ClassVar[str] = ""

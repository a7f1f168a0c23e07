"""What a payer simulator remembers over a restart, in one file that is replaced whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Due:
    """An answer that waits: to which interchange of which arrival, and from which tick and moment (ISO 8601) on. `rule` is
    the place of the rule whose claims are paid late."""

    kind: str
    arrival: int
    interchange: int
    tick: int
    at: str
    rule: int = -1

    def is_ready(self, tick: int, now: datetime) -> bool:
        """Whether its time has come."""
        return self.tick <= tick and datetime.fromisoformat(self.at) <= now


@dataclass(slots=True)
class State:
    """`control` is the last ISA13 given out, `judged` how many arrivals were judged, `verdicts` the TA1 verdict of
    each arrival's interchanges, keyed arrival/interchange. `tests` are arrivals that their name makes tests, `laid`
    the paths of what the payer itself put into a drop folder, `growing` those of answers half written, `mailed` what was
    sent by itself."""

    ticks: int = 0
    control: int = 0
    judged: int = 0
    verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)
    due: list[Due] = field(default_factory=list)
    tests: list[int] = field(default_factory=list)
    laid: list[str] = field(default_factory=list)
    growing: list[str] = field(default_factory=list)
    mailed: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> State:
        """The state saved there, or a fresh one."""
        if not path.exists():
            return cls()
        values = json.loads(path.read_text())
        verdicts = {key: (code, note) for key, (code, note) in values.pop("verdicts").items()}
        due = [Due(**each) for each in values.pop("due")]
        return cls(**values, verdicts=verdicts, due=due)

    def save(self, path: Path) -> None:
        """Replace the file."""
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self)))
        draft.rename(path)

"""What was read of a batch, stored many rows at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.rows import CLAIM, FINDING, GROUP, LEVEL, SET, Row
from gateway.store.connection import Tx

_CLAIMS = (
    "INSERT INTO claims (id, batch, transaction_set, family, control_number, kind, frequency, charge, payer_id,"
    " first_day, last_day, billing_npi, levels, first_byte, last_byte, fingerprint, facts, likeness, state,"
    " received_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'RECEIVED', ?, ?)"
)
_LEVELS = "INSERT INTO levels (id, transaction_set, kind, parent, first_byte, last_byte) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass
class Reading:
    """Where the reading of one batch stands between two transactions: rows of the current interchange, set and levels."""

    batch: int
    interchange: int = 0
    groups: dict[int, str] = field(default_factory=dict)
    sets: dict[int, int] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    claims: int = 0


def add(tx: Tx, reading: Reading, rows: Iterable[Row]) -> None:
    """Store what was read; nothing acts on it before `batches.parsed`."""
    pending = _Pending(tx, reading)
    for row in rows:
        kind = row[0]
        if kind == CLAIM:
            pending.claim(row)
        elif kind == LEVEL:
            pending.level(row)
        elif kind == SET:
            pending.flush()
            _add_set(tx, reading, row)
        elif kind == GROUP:
            reading.groups = {row[1]: row[2]}
        elif kind == FINDING:
            _add_finding(tx, reading, row)
        else:
            pending.flush()
            _add_interchange(tx, reading, row)
    pending.flush()


class _Pending:
    """Levels and claims that wait to be written together, their row numbers given out beforehand."""

    def __init__(self, tx: Tx, reading: Reading) -> None:
        self._tx, self._reading = tx, reading
        self._levels: list[Row] = []
        self._claims: list[Row] = []
        self._providers: list[Row] = []
        self._absences: list[Row] = []
        self._level, self._claim = _last(tx, "levels"), _last(tx, "claims")

    def level(self, row: Row) -> None:
        _, ordinal, transaction_set, kind, parent, start, end = row
        reading = self._reading
        self._level += 1
        above = None if parent is None else reading.levels[parent]
        self._levels.append((self._level, reading.sets[transaction_set], kind, above, start, end))
        reading.levels[ordinal] = self._level

    def claim(self, row: Row) -> None:
        reading = self._reading
        reading.claims += 1
        self._claim += 1
        id, at = self._claim, self._tx.at
        levels = " ".join([str(reading.levels[level]) for level in row[2]])
        self._claims.append((id, reading.batch, reading.sets[row[1]], id, *row[3:11], levels, *row[11:16], at, at))
        self._providers += [(npi, id) for npi in row[16]]
        self._absences += row[17]

    def flush(self) -> None:
        tx = self._tx
        tx.many(_LEVELS, self._levels)
        tx.many(_CLAIMS, self._claims)
        tx.many("INSERT INTO claim_providers (npi, claim) VALUES (?, ?)", self._providers)
        tx.many("INSERT OR IGNORE INTO absences (npi, day) VALUES (?, ?)", self._absences)
        self._levels, self._claims, self._providers, self._absences = [], [], [], []


def _last(tx: Tx, table: str) -> int:
    row = tx.one(f"SELECT coalesce(max(id), 0) AS id FROM {table}")
    return int(row["id"]) if row else 0


def _add_interchange(tx: Tx, reading: Reading, row: Row) -> None:
    reading.interchange = tx.run(
        "INSERT INTO interchanges (batch, sender, receiver, control, usage, delimiters) VALUES (?, ?, ?, ?, ?, ?)",
        reading.batch,
        *row[1:],
    )


def _add_set(tx: Tx, reading: Reading, row: Row) -> None:
    _, ordinal, group, control, version, reference, mode = row
    reading.levels.clear()
    found = tx.run(
        "INSERT INTO sets (batch, interchange, group_control, control, version, reference, mode)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(reading.batch, reading.interchange, reading.groups[group], control, version, reference, mode),
    )
    reading.sets = {ordinal: found}


def _add_finding(tx: Tx, reading: Reading, row: Row) -> None:
    """What belongs to no claim stays with its set, as a list that grows."""
    _, ordinal, text = row
    tx.run(
        "UPDATE sets SET findings = json_insert(findings, '$[#]', json(?)) WHERE id = ?", text, reading.sets[ordinal]
    )


def findings_of(texts: Sequence[str]) -> list[list[Any]]:
    """Stored findings of sets, one after the other."""
    return [values for text in texts for values in json.loads(text)]

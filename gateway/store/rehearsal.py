"""What would have to be judged, seen in a transaction that is taken back afterwards (`Store.rehearse`). Judging it is left
to the caller: it may take a plugin's time, and the one writer waits for nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.cases import Case
from gateway.codec import day
from gateway.model.enrollment import Enrollment
from gateway.rows import GROUP, INTERCHANGE, SET, Row, npis_in
from gateway.sheets import ENROLLMENTS, SHEETS, Record
from gateway.store import claims, reading, registry, roster, routes
from gateway.store.connection import Tx

SOME = 500
"""So many claims are judged together, as the service does."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A claim as `rows.row_of` gives it, with ISA15, BHT06 and GS08 of where it stood. `original` says that the same
    content came by earlier in its file."""

    row: Row
    usage: str
    mode: str
    version: str
    original: bool = False


@dataclass(frozen=True, slots=True)
class Instead:
    """Records of some sheets of a roster, to be believed instead of those on file."""

    records: Sequence[Record]
    sheets: frozenset[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One claim that waits, as it would be judged after the change; `before` is where it stands now."""

    case: Case
    control_number: str
    charge: str | None
    before: str

    @property
    def holds(self) -> tuple[str, ...]:
        """By which codes it is held."""
        return tuple(sorted({ground.code for ground in self.case.grounds}))


def arrived(tx: Tx, arrivals: Sequence[Arrival], records: Instead | None = None) -> list[Case | None]:
    """What claims that are not here yet would be judged by, in the order given; None is one that came by before.
    `records`, where given, stand in the place of what is on file."""
    if records is not None:
        _instead(tx, arrivals, records)
    place = reading.Reading(_batch(tx))
    first = claims.last(tx)
    new = [arrival for arrival in arrivals if not arrival.original]
    for arrival in new:
        reading.add(tx, place, _envelope(place, arrival))
    ids = range(first + 1, first + 1 + len(new))
    found = iter(claims.cases(tx, ids) if new else [])
    return [None if arrival.original else next(found) for arrival in arrivals]


def _batch(tx: Tx) -> int:
    document = tx.run(
        "INSERT INTO documents (name, sha256, size, kid, sealed_at) VALUES ('rehearsal', x'', 0, '', ?)", tx.at
    )
    return tx.run(
        "INSERT INTO batches (document, file_name, work_name, state, received_at) VALUES (?, '', 'rehearsal', 'OPEN', ?)",
        document,
        tx.at,
    )


def _envelope(place: reading.Reading, arrival: Arrival) -> list[Row]:
    """The claim with as much of an envelope as the gate asks for; one that is like the last is not opened again."""
    kind, ordinal, _, *rest = arrival.row
    claim = (kind, ordinal, (), *rest)
    if ordinal in place.sets:
        return [claim]
    return [
        (INTERCHANGE, "", "", "", arrival.usage, ""),
        (GROUP, 0, ""),
        (SET, ordinal, 0, "", arrival.version, "", arrival.mode),
        claim,
    ]


def _instead(tx: Tx, arrivals: Sequence[Arrival], records: Instead) -> None:
    """Nothing else of these sheets is believed of the providers of these claims."""
    if ENROLLMENTS.name in records.sheets:
        npis = {npi for arrival in arrivals for npi in npis_in(arrival.row)}
        roster.supersede(tx, (), roster.of_providers(tx, npis))
    for name in records.sheets - {ENROLLMENTS.name}:
        registry.supersede(tx, (), registry.current(tx, SHEETS[name].makes))  # type: ignore[arg-type]
    seen = [one if one.observed_on else replace(one, observed_on=tx.today) for one in records.records]
    roster.supersede(tx, [one for one in seen if isinstance(one, Enrollment)], ())
    registry.supersede(tx, [one for one in seen if not isinstance(one, Enrollment)], ())


def concerned(tx: Tx, change: Callable[[Tx], object], limit: int) -> tuple[list[Waiting], int]:
    """The waiting claims that `change` has judged again, nearest filing limit first: the first `limit`, and how many
    there are."""
    due = _due_after(tx, change)
    return _waiting(tx, due[:limit]), len(due)


def _waiting(tx: Tx, ids: Sequence[int], before: Mapping[int, str] | None = None) -> list[Waiting]:
    found: list[Waiting] = []
    for start in range(0, len(ids), SOME):
        some = ids[start : start + SOME]
        rows = {row["id"]: row for row in claims.some(tx, some)}
        for case in claims.cases(tx, some):
            row = rows[case.id]
            stood = before[case.id] if before else case.state
            found.append(Waiting(case, row["control_number"], row["charge"], stood))
    return found


def _due_after(tx: Tx, change: Callable[[Tx], object]) -> list[int]:
    tx.run("UPDATE claims SET judge_on = NULL WHERE judge_on <= ?", day(tx.today))
    change(tx)
    due = tx.all(
        "SELECT id FROM claims WHERE judge_on <= ? AND state IN ('HELD', 'READY') ORDER BY filing_due, id",
        day(tx.today),
    )
    return [row["id"] for row in due]


def moved(tx: Tx, payer: str, partner: str, back: bool) -> list[Waiting]:
    """The payer's waiting claims, those that were planned and not sent among them, as if it went by this partner."""
    before = {row["id"]: row["state"] for row in tx.all("SELECT id, state FROM claims WHERE payer = ?", payer)}
    routes.move(tx, payer, partner, "rehearsal", back=back)
    due = tx.all(
        "SELECT id FROM claims WHERE payer = ? AND state IN ('RECEIVED', 'HELD', 'READY') ORDER BY filing_due, id",
        payer,
    )
    return _waiting(tx, [row["id"] for row in due], before)

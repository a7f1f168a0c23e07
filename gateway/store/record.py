"""Record an event: the law is applied, the columns that follow from it are set, and the chain grows. One way in."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from gateway import events as e
from gateway.codec import day, finding_values, money
from gateway.errors import Unlawful
from gateway.lifecycle import INQUIRY, advance, hears
from gateway.model.claims import Finding
from gateway.store.connection import Tx
from gateway.store.projections import project

_TABLES = {
    "batch": ("batches", "id"),
    "lane": ("lanes", "key"),
    "submission": ("submissions", "id"),
    "claim": ("claims", "id"),
    "inquiry": ("inquiries", "id"),
}


def record(tx: Tx, event: e.Event) -> int:
    """Apply one event in this transaction; returns its number. Raises Unlawful, and then nothing has changed."""
    for machine in _TABLES:
        subject = getattr(event, machine, None)
        if subject is not None and hears(machine, type(event)):
            _advance(tx, machine, subject, event)
    submission = getattr(event, "submission", None)
    if submission is not None and not hasattr(event, "claim") and hears("claim", type(event)):
        _reach_claims(tx, submission, event)
    if submission is not None and not hasattr(event, "inquiry") and hears("inquiry", type(event)):
        _reach_inquiries(tx, submission, event)
    project(event, tx)
    return _append(tx, event)


def _advance(tx: Tx, machine: str, subject: int | str, event: e.Event) -> None:
    table, key = _TABLES[machine]
    row = tx.one(f"SELECT state FROM {table} WHERE {key} = ?", subject)
    if row is None:
        raise Unlawful(machine, "absence", type(event).__name__)
    tx.run(f"UPDATE {table} SET state = ? WHERE {key} = ?", advance(machine, row["state"], type(event)), subject)


def _reach_claims(tx: Tx, submission: int, event: e.Event) -> None:
    """Move every claim of a submission. What arrived after its claims went elsewhere moves only those that did not."""
    rows = tx.all(
        "SELECT DISTINCT c.state, c.submission IS ? AS here FROM attempts a JOIN claims c ON c.id = a.claim"
        " WHERE a.submission = ?",
        submission,
        submission,
    )
    for row in rows:
        if isinstance(event, e.ArrivalProven) and not _waits(row["state"], bool(row["here"])):
            continue
        tx.run(
            "UPDATE claims SET state = ?, submission = ?, changed_at = ? WHERE state = ? AND (submission IS ?) = ?"
            " AND id IN (SELECT claim FROM attempts WHERE submission = ?)",
            advance("claim", row["state"], type(event)),
            submission,
            tx.at,
            row["state"],
            submission,
            row["here"],
            submission,
        )


def _waits(state: str, here: bool) -> bool:
    """Whether a claim can still be moved by the proof that an abandoned submission had arrived after all."""
    return state in ("RECEIVED", "HELD", "READY") or (state == "ASSIGNED" and here)


def _reach_inquiries(tx: Tx, submission: int, event: e.Event) -> None:
    """Move the questions that a submission carries. One that was closed meanwhile stays so; one that waits again goes in
    another file."""
    for row in tx.all("SELECT DISTINCT state FROM inquiries WHERE submission = ?", submission):
        if type(event) not in INQUIRY[row["state"]]:
            continue
        after = advance("inquiry", row["state"], type(event))
        tx.run(
            "UPDATE inquiries SET state = ?, submission = iif(? = 'WAITING', NULL, submission) WHERE submission = ?"
            " AND state = ?",
            after,
            after,
            submission,
            row["state"],
        )


def _append(tx: Tx, event: e.Event) -> int:
    if tx.last is None:
        row = tx.one("SELECT max(seq) AS seq FROM events")
        tx.last = (row["seq"] or 0) if row else 0
    seq = tx.last + 1
    subjects = tuple(getattr(event, name, None) for name in ("batch", "claim", "submission", "lane"))
    signed = (seq, tx.at, event.name, tx.actor, *subjects, event_text(event))
    mac = tx.chain.sign(tx.head, signed)
    tx.run(
        "INSERT INTO events (seq, at, name, actor, batch, claim, submission, lane, body, kid, mac)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *signed,
        tx.chain.key.kid,
        mac,
    )
    tx.head, tx.last = mac, seq
    return seq


def event_text(event: e.Event) -> str:
    """What an event says, as canonical JSON; empty fields are left out."""
    names = _fields_of(type(event))
    return _JSON.encode({name: value for name in names if (value := getattr(event, name)) not in ("", None, ())})


_FIELDS: dict[type[e.Event], tuple[str, ...]] = {}


def _fields_of(event: type[e.Event]) -> tuple[str, ...]:
    """Looked up once for each kind of event, of which there are thousands a second."""
    if event not in _FIELDS:
        _FIELDS[event] = tuple(field.name for field in fields(event))
    return _FIELDS[event]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Finding):
        return finding_values(value)
    raise TypeError(type(value).__name__)


_JSON = json.JSONEncoder(separators=(",", ":"), sort_keys=True, default=_plain)

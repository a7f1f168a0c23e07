"""Post an answer: what it speaks of is found, its word is added to the facts, and claims move. One transaction each."""

from __future__ import annotations

import json

from gateway import events as e
from gateway.model.answers import (
    Answer,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    Note,
    Remittance,
    StatusReport,
    StatusResponse,
    code_of,
)
from gateway.model.partners import Lane
from gateway.store import awaiting, numbers
from gateway.store.acknowledgments import post_group, post_interchange, post_report
from gateway.store.connection import Row, Tx
from gateway.store.ledger import post_remittance
from gateway.store.posting import tally, unmatched
from gateway.store.record import record
from gateway.store.responses import post_response

_FORMS = {InterchangeAcknowledgment: "TA1", GroupAcknowledgment: "999", StatusReport: "277CA", StatusResponse: "277",
          Remittance: "835"}  # fmt: skip


_ADDRESSED = "addressed_to"
"""In the body of an answer: the ISA08 that is none of ours."""


def post(tx: Tx, lane: Lane, document: int, ordinal: int, answer: Answer) -> None:
    """Post one answer of a document; one that was posted before is left alone."""
    if tx.one("SELECT 1 FROM answers WHERE document = ? AND ordinal = ?", document, ordinal):
        return
    if isinstance(answer, Note):
        _enter_note(tx, lane, document, ordinal, answer)
        return
    form, envelope = _FORMS[type(answer)], answer.envelope
    numbers.met(tx, lane.key, form, envelope)
    row = _enter(tx, lane, document, ordinal, form, envelope.sender.id, envelope.control, envelope.usage)
    awaiting.heard(tx, lane.key, form)
    record(tx, e.AnswerReceived(lane=lane.key, document=document, answer=row, form=form, count=_count(answer)))
    if envelope.receiver.id not in (lane.account.sender.id, lane.account.submitter_id):
        tally(tx, row, 0, _count(answer))
        tx.run(
            "UPDATE answers SET body = ? WHERE id = ?", json.dumps({_ADDRESSED: envelope.receiver.id or "(empty)"}), row
        )
        unmatched(tx, row, form, ["other_receiver"])
        return
    if isinstance(answer, InterchangeAcknowledgment):
        post_interchange(tx, lane, row, answer)
    elif isinstance(answer, GroupAcknowledgment):
        post_group(tx, lane, row, answer)
    elif isinstance(answer, StatusReport):
        post_report(tx, lane, row, answer)
    elif isinstance(answer, StatusResponse):
        post_response(tx, lane, row, answer)
    else:
        post_remittance(tx, lane, row, answer)


def _enter_note(tx: Tx, lane: Lane, document: int, ordinal: int, note: Note) -> None:
    """What is no answer moves nothing. A set that nobody here reads is told, and its number is not missing."""
    envelope = note.envelope
    if envelope is None:
        _enter(tx, lane, document, ordinal, note.kind, "", "", "")
        return
    form = code_of(note.kind.partition(" ")[0])
    numbers.met(tx, lane.key, form, envelope)
    if tx.one("SELECT 1 FROM answers WHERE document = ? AND form = ?", document, note.kind) is None:
        record(tx, e.AnswerUnsupported(lane=lane.key, document=document, form=form))
    _enter(tx, lane, document, ordinal, note.kind, envelope.sender.id, envelope.control, envelope.usage)


def _enter(tx: Tx, lane: Lane, document: int, ordinal: int, form: str, sender: str, control: str, usage: str) -> int:
    return tx.run(
        "INSERT INTO answers (document, ordinal, lane, form, sender, control, usage, read_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        document,
        ordinal,
        lane.key,
        form,
        sender,
        control,
        usage,
        tx.at,
    )


def _count(answer: Answer) -> int:
    if isinstance(answer, GroupAcknowledgment):
        return len(answer.sets)
    if isinstance(answer, StatusReport | StatusResponse):
        return len(answer.statuses)
    return len(answer.claims) if isinstance(answer, Remittance) else 1


def done(tx: Tx, pickup: int, state: str) -> None:
    """How far a fetched file has come: READ when every answer of it is posted, HANDED when it was given back."""
    tx.run("UPDATE pickups SET state = ? WHERE id = ?", state, pickup)


def to_hand_back(tx: Tx) -> list[Row]:
    """Read files that the billing software gets, with what is in them."""
    return tx.all(
        "SELECT p.id, p.lane, p.document, d.name AS vault_name, group_concat(DISTINCT a.form) AS forms FROM pickups p"
        " JOIN documents d ON d.id = p.document JOIN answers a ON a.document = p.document"
        " WHERE p.state = 'READ' GROUP BY p.id ORDER BY p.id"
    )


def late_to_hand_back(tx: Tx, before: str) -> list[Row]:
    """Those of them that were fetched before a moment, the oldest first."""
    return tx.all(
        "SELECT p.id, p.fetched_at FROM pickups p WHERE p.state = 'READ' AND p.fetched_at < ? AND EXISTS (SELECT 1"
        " FROM answers a WHERE a.document = p.document AND a.form IN ('999', '277CA', '835')) ORDER BY p.fetched_at",
        before,
    )


_FLAG = "flag:"
"""What is otherwise in a document than its guide has it is kept beside its answers, and is none."""


def rows(tx: Tx, limit: int = 1000) -> list[Row]:
    """Answers, newest first, with the money of remittances, the `flags` of the document that each came in, parted by line
    breaks, and to whom it is `addressed_to` where that is not us."""
    return tx.all(
        "SELECT a.*, r.amount, r.trace, r.balanced, (SELECT group_concat(substr(f.form, ?2), char(10)) FROM answers f"
        f" WHERE f.document = a.document AND f.form LIKE ?1) AS flags, a.body ->> '{_ADDRESSED}' AS addressed_to"
        " FROM answers a"
        " LEFT JOIN remittances r ON r.answer = a.id WHERE a.form NOT LIKE ?1 ORDER BY a.id DESC LIMIT ?3",
        f"{_FLAG}%",
        len(_FLAG) + 1,
        limit,
    )


def misaddressed(tx: Tx, since: str) -> list[Row]:
    """How many answers of each lane, read since a moment, are addressed to somebody else."""
    return tx.all(
        "SELECT lane, count(*) AS answers FROM answers WHERE read_at >= ? AND body ->> ? IS NOT NULL GROUP BY lane",
        since,
        _ADDRESSED,
    )

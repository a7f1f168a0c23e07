"""A person's word on a correction proposal, and what follows from it for the records and for the claims that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway import events as e
from gateway.codec import as_day
from gateway.data.causes import CAUSES
from gateway.errors import Unlawful
from gateway.learning import Correction, correct
from gateway.learning.suspicion import EDI
from gateway.model.enrollment import EnrollmentKind, EnrollmentState
from gateway.store import roster
from gateway.store.connection import Row, Tx
from gateway.store.proposals import judge_again
from gateway.store.record import record

ACCEPTED, DISMISSED = "ACCEPTED", "DISMISSED"
ORDERS = frozenset({"DN", "DK"})


@dataclass(frozen=True, slots=True)
class Learned:
    """What the payer told the person who asked: see Correction."""

    state: EnrollmentState
    ended: date | None = None
    effective: date | None = None


def accept(tx: Tx, proposal: int, reason: str, learned: Learned | None = None) -> dict[str, int]:
    """The payer is right: the records follow from what a person learned, and the claims are judged by them. Raises
    Unlawful for a proposal that is not open."""
    row = _decide(tx, proposal, ACCEPTED, reason)
    record(tx, e.ProposalAccepted(proposal=proposal, payer=row["payer"], cause=row["cause"], reason=reason))
    added, superseded = 0, 0
    if learned is not None:
        added, superseded = _correct(tx, row, learned)
    claims = judge_again(tx, row["npi"], row["payer"])
    return {"added": added, "superseded": superseded, "claims": claims}


def dismiss(tx: Tx, proposal: int, reason: str) -> dict[str, int]:
    """Our records are right: the claims go on, and the same answers open nothing again. Raises Unlawful for a proposal
    that is not open."""
    row = _decide(tx, proposal, DISMISSED, reason)
    record(tx, e.ProposalDismissed(proposal=proposal, payer=row["payer"], cause=row["cause"], reason=reason))
    return {"claims": judge_again(tx, row["npi"], row["payer"])}


def _decide(tx: Tx, proposal: int, state: str, reason: str) -> Row:
    row = tx.one("SELECT * FROM proposals WHERE id = ?", proposal)
    if row is None or row["state"] != "OPEN":
        raise Unlawful("proposal", row["state"] if row else "absence", state)
    tx.run(
        "UPDATE proposals SET state = ?, reason = ?, decided_by = ?, decided_at = ?, changed_at = ? WHERE id = ?",
        state,
        reason,
        tx.actor,
        tx.at,
        tx.at,
        proposal,
    )
    return row


def _correct(tx: Tx, row: Row, learned: Learned) -> tuple[int, int]:
    """Through the records' own succession, in this transaction; nothing where they say the same already."""
    said = Correction(
        provider_npi=row["npi"],
        payer=row["payer"],
        state=learned.state,
        source=f"proposal {row['id']}: {_answered(tx, row['id'])}",
        observed_on=tx.today,
        ended=learned.ended,
        effective=learned.effective,
        refused_from=as_day(row["first_day"]) if CAUSES.causes[row["cause"]].dated else None,
        kind=_kind(row),
    )
    added, superseded = correct(roster.current(tx, row["npi"], row["payer"]), said)
    if added or superseded:
        roster.replace(tx, added, [old.id for old in superseded], said.source)
    return len(added), len(superseded)


def _kind(row: Row) -> EnrollmentKind:
    """Which kind of agreement with the payer is in question."""
    if row["cause"] == EDI:
        return EnrollmentKind.EDI_837
    return EnrollmentKind.ORDER_REFER if row["role"] in ORDERS else EnrollmentKind.PARTICIPATION


def _answered(tx: Tx, proposal: int) -> str:
    """The last answer that spoke for it: `277CA of 2026-04-20`."""
    row = tx.one(
        "SELECT a.form, w.told_on FROM proposal_claims w JOIN answers a ON a.id = w.answer WHERE w.proposal = ?"
        " ORDER BY w.answer DESC LIMIT 1",
        proposal,
    )
    assert row
    return f"{row['form']} of {row['told_on']}"

"""What correction proposals rest on and what they stop: answers, and claims in question, at risk or to reprocess."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gateway.codec import as_claim, as_day
from gateway.data.causes import CAUSES
from gateway.learning.people import names
from gateway.model.claims import Claim
from gateway.model.evidence import Question
from gateway.store.connection import Row, Tx

UNANSWERED = ("SENT", "ACKNOWLEDGED", "ACCEPTED")
REFUSED = ("DENIED", "PARTLY_PAID", "DECLINED")

_CLAIM = (
    "SELECT c.id, c.control_number, c.payer, c.charge, c.first_day, c.last_day, c.filing_due, c.state, c.standing,"
    " c.code"
)


def rows(tx: Tx, decided: bool = False) -> list[Row]:
    """Open proposals, the oldest first; with `decided` the others behind them."""
    return tx.all("SELECT * FROM proposals WHERE state = 'OPEN' OR ? ORDER BY state <> 'OPEN', id", decided)


def open_count(tx: Tx) -> int:
    """How many wait for a person."""
    row = tx.one("SELECT count(*) AS n FROM proposals WHERE state = 'OPEN'")
    return int(row["n"]) if row else 0


def one(tx: Tx, proposal: int) -> Row | None:
    """One proposal."""
    return tx.one("SELECT * FROM proposals WHERE id = ?", proposal)


def words(tx: Tx, proposal: int) -> list[Row]:
    """Every word of an answer that speaks for it, with the answer's document and the claim as it stands."""
    return tx.all(
        "SELECT w.*, a.form, a.document, a.lane, c.control_number, c.charge, c.standing, c.state FROM proposal_claims w"
        " JOIN answers a ON a.id = w.answer JOIN claims c ON c.id = w.claim WHERE w.proposal = ?"
        " ORDER BY w.answer, w.claim, w.place, w.code",
        proposal,
    )


def frozen(tx: Tx, proposal: Row) -> list[Row]:
    """Claims that wait while it is open, whatever else holds them."""
    if proposal["state"] != "OPEN" or not CAUSES.causes[proposal["cause"]].freezes:
        return []
    return _concerned(tx, proposal, "c.state = 'HELD'")


def at_risk(tx: Tx, proposal: Row) -> list[Row]:
    """Claims that are at the payer and were not decided on yet: to be expected back the same way."""
    return _concerned(tx, proposal, f"c.state = 'SENT' AND c.standing IN {UNANSWERED}")


def paid_all_the_same(tx: Tx, proposal: Row) -> list[Row]:
    """Claims of that provider for days in question that the payer paid: they speak for our records."""
    return _concerned(tx, proposal, "c.state = 'SENT' AND c.standing = 'PAID'")


def _concerned(tx: Tx, proposal: Row, condition: str) -> list[Row]:
    """Claims of that provider in that role at that payer, on days that are in question."""
    first = proposal["first_day"] if CAUSES.causes[proposal["cause"]].dated else None
    found = tx.all(
        f"{_CLAIM}, c.facts FROM claims c WHERE c.payer = ? AND {condition} AND c.id IN (SELECT claim FROM"
        " claim_providers WHERE npi = ?) AND (? IS NULL OR c.last_day IS NULL OR c.last_day >= ?)"
        " ORDER BY c.filing_due, c.id",
        proposal["payer"],
        proposal["npi"],
        first,
        first,
    )
    return [row for row in found if names(as_claim(row["facts"]), proposal["role"], proposal["npi"])]


def to_reprocess(tx: Tx, payer: str = "", npi: str = "", proposal: int | None = None) -> list[Row]:
    """Claims that stand refused for a cause of enrollment and were not sent anew since, the nearest limit first."""
    return tx.all(
        f"{_CLAIM}, c.next, min(q.npi) AS npi, min(q.id) AS proposal, min(w.code) AS refused_by FROM proposal_claims w"
        " JOIN proposals q ON q.id = w.proposal JOIN claims c ON c.id = w.claim"
        f" WHERE c.standing IN {REFUSED} AND (?1 = '' OR q.payer = ?1) AND (?2 = '' OR q.npi = ?2)"
        " AND (?3 IS NULL OR q.id = ?3) AND NOT EXISTS (SELECT 1 FROM claims n WHERE n.control_number ="
        " c.control_number COLLATE NOCASE AND n.billing_npi = c.billing_npi AND n.payer_id = c.payer_id AND n.id > c.id"
        " AND n.state NOT IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE')) AND NOT EXISTS (SELECT 1 FROM versions v"
        " JOIN claims n ON n.id = v.claim WHERE v.original = c.id AND n.state NOT IN ('REJECTED', 'WITHDRAWN'))"
        " GROUP BY c.id ORDER BY c.filing_due, c.id",
        payer,
        npi,
        proposal,
    )


def refusals(tx: Tx, since: str = "") -> list[Row]:
    """Each claim that was refused for a cause of enrollment, once for each provider it was refused for."""
    return tx.all(
        "SELECT q.payer, q.npi, c.id, c.charge, max(w.missed) AS missed FROM proposal_claims w"
        " JOIN proposals q ON q.id = w.proposal JOIN claims c ON c.id = w.claim WHERE w.told_on >= ?"
        " GROUP BY q.payer, q.npi, c.id ORDER BY q.payer, q.npi, c.id",
        since,
    )


def questions(tx: Tx, claims: Mapping[int, Claim]) -> dict[int, tuple[Question, ...]]:
    """For each of these claims the open questions about a provider that it names in that role."""
    asked = [
        (row["role"], Question(row["id"], row["npi"], row["payer"], _first_day(row)))
        for row in tx.all("SELECT * FROM proposals WHERE state = 'OPEN' ORDER BY id")
        if CAUSES.causes[row["cause"]].freezes
    ]
    if not asked:
        return {}
    return {
        claim: tuple(question for role, question in asked if names(facts, role, question.npi))
        for claim, facts in claims.items()
    }


def _first_day(proposal: Row) -> date | None:
    return as_day(proposal["first_day"]) if CAUSES.causes[proposal["cause"]].dated else None

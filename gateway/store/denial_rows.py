"""Read denials as work: the open ones, one with its claim, and what their clocks need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from gateway.codec import as_claim, as_day, as_money
from gateway.deadlines import filing_limit
from gateway.deadlines.filing import CORRECTED
from gateway.denials import Open
from gateway.model.claims import Claim
from gateway.model.partners import Anchor, Payer
from gateway.store.connection import Row, Tx, local_day

_ROW = (
    "SELECT d.*, c.control_number, c.state AS claim_state, c.standing, c.charge, c.filing_due, c.first_day"
    " FROM denials d JOIN claims c ON c.id = d.claim WHERE "
)


def rows(
    tx: Tx, payer: str = "", owner: str = "", cause: str = "", assignee: str = "", closed: bool = False, limit: int = -1
) -> list[Row]:
    """Those that are open, or the latest of those that were; of this payer, owner, root cause and person where these are
    named. -1 is without a limit."""
    wanted = {"d.payer": payer, "d.owner": owner, "d.cause": cause, "d.assignee": assignee}
    named = {column: value for column, value in wanted.items() if value}
    conditions = [f"d.state = '{'CLOSED' if closed else 'OPEN'}'", *(f"{column} = ?" for column in named)]
    return tx.all(f"{_ROW}{' AND '.join(conditions)} ORDER BY d.id DESC LIMIT ?", *named.values(), limit)


def known(tx: Tx, column: str) -> list[str]:
    """What denials have or had as their `cause`, `owner` or `assignee`."""
    return [row["name"] for row in tx.all(f"SELECT DISTINCT {column} AS name FROM denials WHERE name <> '' ORDER BY 1")]


def one(tx: Tx, denial: int) -> Row | None:
    """One of them, open or not."""
    return tx.one(f"{_ROW}d.id = ?", denial)


def of_claim(tx: Tx, claim: int) -> list[Row]:
    """All of one claim."""
    return tx.all(f"{_ROW}d.claim = ? ORDER BY d.id", claim)


def running(
    tx: Tx, payers: Mapping[str, Payer], closed: Collection[date] = (), after: int = 0, limit: int = -1
) -> list[Open]:
    """Every open one behind this id, at most so many, as its clocks need it. `closed` are days on which nobody works."""
    some = tx.all(f"{_ROW}d.state = 'OPEN' AND d.id > ? ORDER BY d.id LIMIT ?", after, limit)
    return [opened(tx, row, payers, closed) for row in some]


def opened(tx: Tx, row: Row, payers: Mapping[str, Payer], closed: Collection[date] = ()) -> Open:
    """A row as its clocks need it."""
    return Open(
        id=row["id"],
        claim=row["claim"],
        payer=row["payer"],
        code=row["code"],
        amount=as_money(row["amount"]) or Decimal(0),
        fix=row["fix"],
        final=bool(row["final"]),
        worked=bool(row["worked"]),
        denied_on=as_day(row["denied_on"]),
        opened_on=local_day(tx, row["opened_at"]),
        claim_state=row["standing"] or row["claim_state"],
        filing_due=as_day(row["filing_due"]),
        corrected_due=_corrected(tx, row, payers.get(row["payer"]), closed),
    )


def _corrected(tx: Tx, row: Row, payer: Payer | None, closed: Collection[date]) -> date | None:
    """The payer's own limit for corrected claims, where its declaration has one: only then the claim is read."""
    rules = [rule for rule in payer.filing_rules if rule.claims == CORRECTED] if payer else []
    if not payer or not rules:
        return None
    denied_on = as_day(row["denied_on"])
    if all(rule.anchor is Anchor.DENIAL for rule in rules) and denied_on is None:
        return None
    facts = tx.one("SELECT facts FROM claims WHERE id = ?", row["claim"])
    assert facts
    limit = filing_limit(replacing(as_claim(facts["facts"])), payer, closed, denied_on)
    return limit.due if limit and limit.firm else None


def replacing(claim: Claim) -> Claim:
    """The claim as a replacement would be."""
    return replace(claim, frequency="7")


def opened_all(tx: Tx, some: Sequence[Row], payers: Mapping[str, Payer], closed: Collection[date] = ()) -> list[Open]:
    """These rows as their clocks need them."""
    return [opened(tx, row, payers, closed) for row in some]


def questions(tx: Tx, claim: int) -> list[Row]:
    """The proposals that answers about this claim opened, and whether the gate had let it pass without a word."""
    return tx.all(
        "SELECT p.id AS proposal, p.npi, p.role, p.state, max(w.missed) AS missed FROM proposal_claims w"
        " JOIN proposals p ON p.id = w.proposal WHERE w.claim = ? GROUP BY p.id ORDER BY p.id",
        claim,
    )

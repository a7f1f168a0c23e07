"""Deposits and the remittances they pay: a statement in, links by evidence or by a person, and what stands alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from gateway import events as e
from gateway.codec import as_day, as_money, day, money
from gateway.errors import Refused
from gateway.remittance.reassociation import Deposit, Expected, misstated, needs_money, reassociate
from gateway.store.connection import Row, Tx
from gateway.store.record import record


def enter(tx: Tx, rows: Iterable[tuple[date, Decimal, str]]) -> tuple[int, int]:
    """Rows of a statement (day, amount, description); returns how many were new and how many were known. The second of
    two equal rows is another deposit, and the same two at the next import."""
    seen: dict[tuple[object, ...], int] = {}
    new = known = 0
    for on, amount, description in rows:
        key = (day(on), money(amount.quantize(Decimal("0.01"))), description)
        seen[key] = seen.get(key, 0) + 1
        added = tx.changed(
            "INSERT OR IGNORE INTO deposits (day, amount, description, nth, imported_at, imported_by)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *key,
            seen[key],
            tx.at,
            tx.actor,
        )
        new, known = new + added, known + 1 - added
    return new, known


def join(tx: Tx) -> int:
    """Link what belongs together beyond doubt; returns how many links are new."""
    parted = {(r["deposit"], r["remittance"]) for r in tx.all("SELECT deposit, remittance FROM bank_links WHERE ended_at"
                                                              " IS NOT NULL")}  # fmt: skip
    pairs = reassociate(map(_deposit, _unlinked(tx)), map(_expected, without_money(tx)), parted)
    for pair in pairs:
        _link(tx, pair.deposit, pair.remittance, pair.how, "")
    return len(pairs)


def join_amount(tx: Tx, amount: Decimal) -> int:
    """A remittance of this amount came: its money may be here already. Returns how many links are new."""
    waiting = tx.one(
        "SELECT 1 FROM deposits d WHERE CAST(d.amount AS REAL) = ? AND NOT EXISTS (SELECT 1 FROM bank_links l"
        " WHERE l.deposit = d.id AND l.ended_at IS NULL) LIMIT 1",
        float(amount),
    )
    return join(tx) if waiting else 0


def _deposit(row: Row) -> Deposit:
    amount, on = as_money(row["amount"]), as_day(row["day"])
    assert amount is not None
    assert on
    return Deposit(row["id"], on, amount, row["description"])


def _expected(row: Row) -> Expected:
    amount = as_money(row["amount"]) or Decimal(0)
    return Expected(row["id"], amount, row["method"], as_day(row["paid_on"]), row["trace"], row["originator"])


def _unlinked(tx: Tx) -> list[Row]:
    return tx.all(
        "SELECT d.* FROM deposits d WHERE NOT EXISTS (SELECT 1 FROM bank_links l WHERE l.deposit = d.id AND l.ended_at"
        " IS NULL) ORDER BY d.day, d.id"
    )


def imported(tx: Tx) -> bool:
    """Whether any statement was imported."""
    return tx.one("SELECT 1 FROM deposits LIMIT 1") is not None


def without_remittance(tx: Tx) -> list[Row]:
    """Deposits that no remittance explains, the oldest first."""
    return _unlinked(tx)


# Others that state the same payment, of which one did not balance.
_STATED_ANEW = (
    "EXISTS (SELECT 1 FROM remittances n WHERE n.trace = r.trace AND n.id <> r.id AND n.repeats IS NULL"
    " AND n.opposite IS NULL"
    " AND CASE WHEN n.payer <> '' AND r.payer <> '' THEN n.payer = r.payer"
    " WHEN r.originator <> '' THEN n.originator = r.originator"
    " ELSE n.originator = '' AND n.payer_name = r.payer_name END AND ("
    "NOT r.balanced AND (n.balanced OR n.id > r.id) OR NOT n.balanced AND EXISTS (SELECT 1 FROM bank_links l"
    " WHERE l.remittance = n.id AND l.ended_at IS NULL)))"
)


def without_money(tx: Tx) -> list[Row]:
    """Remittances of money that no deposit was found for, the oldest payment first. One that did not balance was paid all
    the same, and once where it was corrected; one that came in two forms is paid once; a test is not paid."""
    rows = tx.all(
        "SELECT r.*, a.lane FROM remittances r JOIN answers a ON a.id = r.answer WHERE r.repeats IS NULL"
        " AND r.opposite IS NULL AND a.usage <> 'T' AND NOT EXISTS (SELECT 1 FROM bank_links l WHERE l.remittance = r.id"
        " AND l.ended_at IS NULL)"
        f" AND NOT {_STATED_ANEW} ORDER BY r.paid_on, r.id"
    )
    return [row for row in rows if needs_money(row["method"], as_money(row["amount"]) or Decimal(0))]


def misnamed(tx: Tx) -> dict[int, list[Expected]]:
    """By each deposit that no remittance explains those without money whose trace it names with another amount."""
    return misstated(map(_deposit, _unlinked(tx)), map(_expected, without_money(tx)))


def links(tx: Tx, limit: int = 1000) -> list[Row]:
    """What was joined, newest first."""
    return tx.all(
        "SELECT l.*, d.day, d.amount AS deposited, r.amount, r.trace, r.payer, r.payer_name FROM bank_links l"
        " JOIN deposits d ON d.id = l.deposit JOIN remittances r ON r.id = l.remittance WHERE l.ended_at IS NULL"
        " ORDER BY l.id DESC LIMIT ?",
        limit,
    )


def link(tx: Tx, deposit: int, remittance: int, reason: str) -> Decimal:
    """A person says that this deposit paid this remittance; a deposit of several checks pays several. Returns what the
    deposit has beyond the remittances it is linked to. Raises Refused."""
    paid = tx.one("SELECT amount FROM deposits WHERE id = ?", deposit)
    known = tx.one("SELECT repeats, opposite FROM remittances WHERE id = ?", remittance)
    if paid is None or known is None:
        raise _refused(
            "there is no such deposit or remittance", "BANK_UNKNOWN", "`gateway bank` and `gateway remits` list them."
        )
    if known["repeats"] is not None:
        step = f"Link {known['repeats']}, which was posted."
        raise _refused(f"remittance {remittance} only repeats {known['repeats']}", "BANK_REPEATS", step)
    if known["opposite"] is not None:
        step = f"`gateway remits show {remittance}` has what was posted in its place."
        raise _refused(f"remittance {remittance} was taken back by a person", "BANK_TAKEN_BACK", step)
    if tx.one("SELECT 1 FROM bank_links WHERE remittance = ? AND ended_at IS NULL", remittance):
        step = "`gateway bank unlink` it first, if that is wrong."
        raise _refused(f"remittance {remittance} has its deposit", "BANK_LINKED", step)
    _link(tx, deposit, remittance, "person", reason)
    rows = tx.all(
        "SELECT r.amount FROM bank_links l JOIN remittances r ON r.id = l.remittance WHERE l.deposit = ?"
        " AND l.ended_at IS NULL",
        deposit,
    )
    explained = sum((as_money(row["amount"]) or Decimal(0) for row in rows), Decimal(0))
    return (as_money(paid["amount"]) or Decimal(0)) - explained


def unlink(tx: Tx, remittance: int, reason: str) -> int:
    """A person says that this was not its deposit; the two are not joined again by themselves. Returns the deposit."""
    row = tx.one("SELECT id, deposit FROM bank_links WHERE remittance = ? AND ended_at IS NULL", remittance)
    if row is None:
        raise _refused(f"remittance {remittance} has no deposit", "BANK_NOT_LINKED", "`gateway bank links` lists them.")
    tx.run(
        "UPDATE bank_links SET ended_at = ?, ended_by = ?, ended_why = ? WHERE id = ?",
        tx.at, tx.actor, reason, row["id"],
    )  # fmt: skip
    record(tx, e.DepositUnlinked(deposit=row["deposit"], remittance=remittance, reason=reason))
    return int(row["deposit"])


def hand_on(tx: Tx, before: Iterable[int], after: Iterable[int], reason: str) -> None:
    """These remittances were taken back and those were posted in their place: a deposit goes on to the one of the same
    amount. One that fits none is looked for anew, by the rules for all."""
    waiting = [row for each in after if (row := tx.one("SELECT id, amount FROM remittances WHERE id = ?", each))]
    for each in before:
        held = tx.one(
            "SELECT l.how, r.amount FROM bank_links l JOIN remittances r ON r.id = l.remittance WHERE l.remittance = ?"
            " AND l.ended_at IS NULL",
            each,
        )
        if held is None:
            continue
        deposit = unlink(tx, each, reason)
        heir = next((row for row in waiting if Decimal(row["amount"]) == Decimal(held["amount"])), None)
        if heir:
            waiting.remove(heir)
            _link(tx, deposit, heir["id"], held["how"], reason)
    join(tx)


def _link(tx: Tx, deposit: int, remittance: int, how: str, reason: str) -> None:
    tx.run(
        "INSERT INTO bank_links (deposit, remittance, how, actor, reason, made_at) VALUES (?, ?, ?, ?, ?, ?)",
        deposit,
        remittance,
        how,
        tx.actor,
        reason,
        tx.at,
    )
    record(tx, e.DepositLinked(deposit=deposit, remittance=remittance, how=how, reason=reason))


def days_by_payer(tx: Tx) -> dict[str, list[date]]:
    """The days of payment of each payer's remittances, as far as the payer is known."""
    found: dict[str, list[date]] = {}
    for row in tx.all(
        "SELECT r.payer, coalesce(r.produced_on, r.paid_on) AS day FROM remittances r JOIN answers a ON a.id = r.answer"
        " WHERE r.payer <> '' AND r.repeats IS NULL AND r.opposite IS NULL AND a.usage <> 'T'"
        " AND coalesce(r.produced_on, r.paid_on) IS NOT NULL"
    ):
        found.setdefault(row["payer"], []).append(date.fromisoformat(row["day"]))
    return found


def _refused(what: str, code: str, step: str) -> Refused:
    return Refused(what, code=code, next_step=step)

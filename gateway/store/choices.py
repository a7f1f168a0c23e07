"""A person says which of several statements of one payment holds: the others are taken back by postings that are their
exact opposite, for what was posted may have been handed over. Nothing is erased, and another choice undoes one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gateway import events as e
from gateway.errors import Refused
from gateway.model.answers import Remittance
from gateway.model.partners import Lane
from gateway.remittance import balance
from gateway.remittance.restated import same_money
from gateway.store import denials, deposits, remittances
from gateway.store.connection import Row, Tx
from gateway.store.ledger import payer_of, post_all, said_in
from gateway.store.record import record
from gateway.store.standings import reckon


@dataclass(frozen=True, slots=True)
class Statement:
    """An 835 of the payment as it was read, with the lane and the answer that it came by."""

    lane: Lane
    answer: int
    content: Remittance


def group(tx: Tx, remittance: int) -> tuple[int, list[Row]]:
    """The statement that a person means by this number, and everything that is known of its payment. Raises Refused."""
    row = remittances.one(tx, remittance)
    if row is None:
        raise _refused(f"there is no remittance {remittance}", "NOT_FOUND", "`gateway remits` lists them.")
    if not row["balanced"]:
        raise _refused(
            f"remittance {remittance} does not add up, so it cannot be posted",
            "UNBALANCED",
            "Ask the payer for a corrected one.",
        )
    if row["opposite"] is not None and row["opposite"] < row["id"]:
        step = f"`gateway remits show {remittance}` names the statements; choose one of them."
        raise _refused(f"remittance {remittance} only takes {row['opposite']} back", "NOT_A_STATEMENT", step)
    if row["states"] is not None:
        return group(tx, row["states"])
    if row["repeats"] is not None and not row["restated"]:
        return group(tx, row["repeats"])
    return int(row["id"]), remittances.of_payment(tx, *remittances.payment_of(row))


def statements(rows: Iterable[Row]) -> list[Row]:
    """Those that say something of their own, in the order they came."""
    return [row for row in rows if row["states"] is None and (row["repeats"] is None or row["restated"])]


def choose(tx: Tx, remittance: int, read: Mapping[int, Statement], reason: str) -> tuple[int, list[int], list[int]]:
    """This statement holds: what contradicts it is taken back, and what no statement that holds contradicts stands again.
    `read` has every statement of the payment. Returns it, the postings taken back, and the new ones; choosing it once more
    changes nothing. Raises Refused."""
    statement, rows = group(tx, remittance)
    own = statements(rows)
    if any(row["id"] not in read for row in own):
        raise _refused("another statement of this payment came just now", "CHANGED", "Look again, then choose.")
    rivals = [r["id"] for r in own if r["id"] != statement and _contradict(read[r["id"]], read[statement])]
    if not rivals:
        raise _refused(f"nothing contradicts remittance {statement}", "NOT_CONTRADICTED", "There is nothing to choose.")
    posted = {
        row["states"] or row["id"]: row["id"] for row in rows if row["repeats"] is None and row["opposite"] is None
    }
    holds = _holding(statement, [*posted, *(row["id"] for row in own if row["repeats"] is None)], read)
    ends = [posting for each, posting in posted.items() if each not in holds]
    begins = [each for each in holds if each not in posted]
    open_ = [r["id"] for r in own if r["restated"] and r["choice"] is None and r["id"] in (statement, *rivals)]
    made = _carry_out(tx, statement, read, ends, begins, open_, reason) if ends or begins or open_ else []
    return statement, ends, made


def _contradict(one: Statement, other: Statement) -> bool:
    return same_money(said_in(one.content), said_in(other.content))


def _holding(chosen: int, others: Sequence[int], read: Mapping[int, Statement]) -> list[int]:
    """The chosen one, then what holds now, then what was posted first, as far as none before it contradicts it."""
    holds = [chosen]
    for each in dict.fromkeys(others):
        if each not in holds and not any(_contradict(read[each], read[kept]) for kept in holds):
            holds.append(each)
    return holds


def _carry_out(
    tx: Tx,
    chosen: int,
    read: Mapping[int, Statement],
    ends: Sequence[int],
    begins: Sequence[int],
    open_: Sequence[int],
    reason: str,
) -> list[int]:
    choice = tx.run(
        "INSERT INTO choices (remittance, reason, actor, made_at) VALUES (?, ?, ?, ?)",
        *(chosen, reason, tx.actor, tx.at),
    )
    tx.many("UPDATE remittances SET choice = ? WHERE id = ?", [(choice, each) for each in open_])
    lane = read[chosen].lane.key
    record(tx, e.RemittanceChosen(remittance=chosen, lane=lane, count=len(ends) + len(begins), reason=reason))
    touched = [_take_back(tx, each, choice) for each in ends]
    before = _money(tx, touched)
    made = [_post(tx, each, read[each], choice) for each in begins]
    deposits.hand_on(tx, ends, made, reason)
    _tell(tx, read[chosen].answer, chosen, before, _money(tx, made))
    return [*touched, *made]


def _take_back(tx: Tx, posting: int, choice: int) -> int:
    """The posting's exact opposite: each amount with the other sign, which decides nothing."""
    row = remittances.one(tx, posting)
    assert row
    adjustments = [[*names, _negated(amount)] for *names, amount in json.loads(row["adjustments"])]
    opposite = tx.run(
        "INSERT INTO remittances (answer, payer, trace, originator, amount, paid_on, produced_on, balanced, adjustments,"
        " handling, method, payer_name, payee_npi, payee_tax_id, sums, states, opposite, choice) SELECT answer, payer,"
        " trace, originator, ?, paid_on, produced_on, balanced, ?, handling, method, payer_name, payee_npi, payee_tax_id,"
        " ?, coalesce(states, id), id, ? FROM remittances WHERE id = ?",
        *(_negated(row["amount"]), json.dumps(adjustments), _sums(row["sums"]), choice, posting),
    )
    tx.run("UPDATE remittances SET opposite = ? WHERE id = ?", opposite, posting)
    tx.run(_OPPOSITE_CLAIMS, opposite, posting)
    tx.run(_OPPOSITE_PROVIDER, opposite, posting)
    return opposite


def _sums(text: str) -> str:
    """Counts stay, amounts are text and turn."""
    return json.dumps({name: _negated(n) if isinstance(n, str) else n for name, n in json.loads(text).items()})


def _negated(amount: str) -> str:
    return format(-Decimal(amount), "f")


def _turned(column: str) -> str:
    return f"iif(CAST({column} AS REAL) = 0, {column}, iif({column} LIKE '-%', substr({column}, 2), '-' || {column}))"


_OPPOSITE_CLAIMS = (
    "INSERT INTO adjudications (remittance, ordinal, claim, outcome, reference, control_number, status, charge, paid,"
    " patient, contractual, body, original, carriers) SELECT ?, ordinal, claim, '', reference, control_number, status,"
    f" {_turned('charge')}, {_turned('paid')}, {_turned('patient')}, {_turned('contractual')}, '[]', original, carriers"
    " FROM adjudications WHERE remittance = ? ORDER BY ordinal"
)
_OPPOSITE_PROVIDER = (
    "INSERT INTO provider_adjustments (remittance, ordinal, provider, reason, reference, amount, claim, origin)"
    f" SELECT ?, ordinal, provider, reason, reference, {_turned('amount')}, claim, origin FROM provider_adjustments"
    " WHERE remittance = ? ORDER BY ordinal"
)


def _post(tx: Tx, statement: int, read: Statement, choice: int) -> int:
    """A new posting of a statement: numbers behind one that was handed over are handed over in turn."""
    payer = payer_of(read.lane, read.content)
    row = remittances.enter(tx, read.answer, payer, read.content, balance(read.content), None, restated=False)
    tx.run("UPDATE remittances SET states = ?, choice = ? WHERE id = ?", statement, choice, row)
    post_all(tx, read.lane, read.answer, row, payer, read.content)
    return row


_Money = dict[int, list[tuple[str, ...]]]


def _money(tx: Tx, postings: Iterable[int]) -> _Money:
    """What these postings say of each claim, without signs."""
    found: _Money = {}
    for posting in postings:
        for row in tx.each(
            "SELECT claim, status, ltrim(charge, '-') AS charge, ltrim(paid, '-') AS paid, ltrim(patient, '-') AS patient"
            " FROM adjudications WHERE remittance = ? AND claim IS NOT NULL ORDER BY ordinal",
            posting,
        ):
            claim, *said = row
            found.setdefault(claim, []).append(tuple(said))
    return found


def _tell(tx: Tx, answer: int, chosen: int, before: _Money, after: _Money) -> None:
    """Each claim of which it says something else is told so, and stands by what holds now."""
    claims = sorted(before.keys() | after.keys())
    for claim in claims:
        if before.get(claim) != after.get(claim):
            row = tx.one("SELECT payer FROM claims WHERE id = ?", claim)
            assert row
            record(tx, e.ClaimRestated(claim=claim, payer=row["payer"], remittance=chosen))
    reckon(tx, answer, claims)
    denials.reckon(tx, answer, claims)


def made_of(tx: Tx, remittance: int) -> list[Row]:
    """What was chosen of the payment of this remittance, the oldest first."""
    row = remittances.one(tx, remittance)
    ids = [each["id"] for each in remittances.of_payment(tx, *remittances.payment_of(row))] if row else []
    return tx.all(
        "SELECT c.* FROM json_each(?) k CROSS JOIN choices c ON c.remittance = k.value ORDER BY c.id", json.dumps(ids)
    )


def _refused(what: str, code: str, step: str) -> Refused:
    return Refused(what, code=code, next_step=step)

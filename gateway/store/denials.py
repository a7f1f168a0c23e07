"""Work items are a projection of the ledger: computed anew from all adjudications of a claim, and from what people said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from gateway import events as e
from gateway.codec import as_day, as_money, day, money
from gateway.denials import OF_PROVIDERS, Ended, Entry, Item, Refusal, items_of
from gateway.lifecycle import Standing
from gateway.store.connection import Row, Tx
from gateway.store.record import record
from gateway.store.standings import adjudicated
from gateway.store.standings import ledgers as ledgers_of

_OPEN, _CLOSED = "OPEN", "CLOSED"
_SOME = 500


def reckon(tx: Tx, answer: int, claims: Iterable[int]) -> None:
    """Compute the items of these claims anew. A claim that was never denied has none, and costs nothing."""
    denied = tx.all(
        "SELECT DISTINCT a.claim AS id FROM json_each(?) j JOIN adjudications a ON a.claim = j.value"
        " WHERE a.outcome IN ('DENIED', 'PARTLY_PAID') ORDER BY a.claim",
        json.dumps(sorted(_with_corrected(tx, set(claims)))),
    )
    for first in range(0, len(denied), _SOME):
        _compute(tx, answer, [row["id"] for row in denied[first : first + _SOME]])


def _with_corrected(tx: Tx, claims: set[int]) -> set[int]:
    """These claims and the earlier versions of each: a decision on a version settles what was denied before it."""
    return claims | {
        row["id"]
        for row in tx.all(
            "SELECT v.family AS id FROM json_each(?1) j CROSS JOIN versions v ON v.claim = j.value UNION"
            " SELECT o.claim FROM json_each(?1) j CROSS JOIN versions v ON v.claim = j.value CROSS JOIN versions o"
            " ON o.family = v.family AND o.claim < v.claim",
            json.dumps(sorted(claims)),
        )
    }


def catch_up(tx: Tx) -> int:
    """Compute what was adjudicated before there were items; returns how many claims were left before."""
    claims = [row["claim"] for row in tx.all("SELECT claim FROM denials_to_compute LIMIT ?", _SOME)]
    reckon(tx, 0, claims)
    tx.many("DELETE FROM denials_to_compute WHERE claim = ?", [(claim,) for claim in claims])
    return len(claims)


def compute(tx: Tx, answer: int, claim: int) -> None:
    """The items of one claim."""
    _compute(tx, answer, [claim])


# Claims meant in earnest, each with whether the payer decided about a later version, whose ledger is not all taken back.
_CLAIMS = (
    "SELECT c.id, c.payer, c.billing_npi, EXISTS (SELECT 1 FROM versions v JOIN claims n ON n.id = v.claim"
    " WHERE v.family = c.family AND v.claim > c.id AND n.standing IN ('PAID', 'PARTLY_PAID', 'DENIED')) AS replaced"
    " FROM json_each(?) k CROSS JOIN claims c ON c.id = k.value JOIN sets s ON s.id = c.transaction_set"
    " JOIN interchanges i ON i.id = s.interchange WHERE i.usage <> 'T' ORDER BY c.id"
)


def _compute(tx: Tx, answer: int, claims: Sequence[int]) -> None:
    """The items of these claims, read together. What is denied in test moves nothing that is meant in earnest."""
    wanted, ledgers = json.dumps(claims), ledgers_of(tx, claims)
    before: dict[int, dict[str, Row]] = {claim: {} for claim in claims}
    for row in tx.all("SELECT d.* FROM json_each(?) k CROSS JOIN denials d ON d.claim = k.value", wanted):
        before[row["claim"]][row["cause"]] = row
    for row in tx.all(_CLAIMS, wanted):
        _settle(tx, answer, row, ledgers[row["id"]], before[row["id"]])


def _settle(tx: Tx, answer: int, row: Row, rows: Sequence[Row], before: Mapping[str, Row]) -> None:
    payer = row["payer"] or next((each["payer"] for each in rows if each["payer"]), "")
    entries = (_entry(tx, row, place, each) for place, each in enumerate(rows))
    items = items_of(entries, replaced=bool(row["replaced"]))
    for item in items:
        _keep(tx, answer, row["id"], payer, item, before.get(item.cause))
    said = {item.cause for item in items}
    _end_others(tx, row["id"], payer, [each for cause, each in before.items() if cause not in said])


def _end_others(tx: Tx, claim: int, payer: str, others: Iterable[Row]) -> None:
    """What no adjudication says any more: a person took back the statement that said it."""
    for row in others:
        if not row["stands"]:
            continue
        ended = {"state": _CLOSED, "outcome": Ended.REVERSED.value, "stands": 0}
        _change(tx, row["id"], ended if row["state"] == _OPEN else {"stands": 0}, opens=False)
        if row["state"] == _OPEN:
            record(tx, e.DenialClosed(denial=row["id"], claim=claim, payer=payer, outcome=Ended.REVERSED.value))


def _entry(tx: Tx, claim: Row, place: int, row: Row) -> Entry:
    days = [known for known in (as_day(row["produced_on"]), as_day(row["paid_on"])) if known]
    denied = row["outcome"] in (Standing.DENIED, Standing.PARTLY_PAID)
    return Entry(
        adjudicated(row, place),
        f"{row['originator']} {row['trace']} {row['ordinal']}",
        min(days, default=None),
        tuple(_refusals(tx, claim, row)) if denied else (),
    )


def _refusals(tx: Tx, claim: Row, row: Row) -> Iterator[Refusal]:
    """Those of an adjudication. One that denies and gives no reason has one all the same."""
    said = json.loads(row["body"])
    if not said and row["outcome"] == Standing.DENIED:
        yield _unexplained(row)
    npis = _named(tx, claim["id"], row) if any(each["category"] in OF_PROVIDERS for each in said) else {}
    for each in said:
        place = each.get("place") or ("2100/CAS" if each["line"] is None else f"2110[{each['line']}]/CAS")
        yield Refusal(
            code=each["code"],
            reason=each.get("reason") or each["code"],
            place=place,
            amount=as_money(each["amount"]) or Decimal(0),
            category=each["category"],
            owner=each["desk"].replace("billing", "biller"),
            meaning=each["meaning"],
            next=each["next"],
            fix=each.get("fix", ""),
            final=bool(each.get("final")),
            npi=npis.get(place) or each.get("npi") or claim["billing_npi"],
        )


def _unexplained(row: Row) -> Refusal:
    """CLP02 4 without a reason means, by the guide, that the payer does not know the patient."""
    return Refusal(
        code="CLP02-4", reason="CLP02-4", place="2100/CLP02", amount=as_money(row["charge"]) or Decimal(0),
        category="ELIG", owner="front_desk", meaning="denied, and no reason is given", fix="RN",
        next="Check the patient's coverage on the day of service; if it is right, call the payer and ask for the reason.",
    )  # fmt: skip


def _named(tx: Tx, claim: int, row: Row) -> dict[str, str]:
    """Whom each denial is about, by its place, where the payer's answer was compared with our records."""
    return {
        each["place"]: each["npi"]
        for each in tx.all(
            "SELECT w.place, p.npi FROM proposal_claims w JOIN proposals p ON p.id = w.proposal"
            " WHERE w.claim = ? AND w.statement = ? ORDER BY w.code DESC",
            claim,
            f"835 {row['originator']} {row['trace']}",
        )
    }


def _keep(tx: Tx, answer: int, claim: int, payer: str, item: Item, before: Row | None) -> None:
    """Bring the row of an item up to date, and tell where it opened or closed."""
    outcome = item.ended.value or (_closed_by_a_person(tx, before["id"], item) if before else "")
    state = _CLOSED if outcome else _OPEN
    facts = _facts(payer, item, state, outcome)
    if before and all(before[name] == value for name, value in facts.items()):
        return
    if before is None:
        number = _enter(tx, facts | {"claim": claim, "cause": item.cause, "opened_at": tx.at, "changed_at": tx.at})
    else:
        number = before["id"]
        _change(tx, number, facts, opens=state == _OPEN and before["state"] == _CLOSED)
    was_open = before is not None and before["state"] == _OPEN
    if state == _OPEN and not was_open:
        record(tx, _opened(number, answer, claim, payer, item))
    elif state == _CLOSED and was_open:
        record(tx, e.DenialClosed(denial=number, claim=claim, payer=payer, outcome=outcome))


def _opened(number: int, answer: int, claim: int, payer: str, item: Item) -> e.DenialOpened:
    gravest = item.gravest
    return e.DenialOpened(
        denial=number, claim=claim, payer=payer, answer=answer, code=gravest.code, place=gravest.place,
        category=gravest.category, owner=gravest.owner, times=item.times, next=gravest.next,
    )  # fmt: skip


def _closed_by_a_person(tx: Tx, denial: int, item: Item) -> str:
    """How a person closed it, if what was closed is what stands."""
    row = tx.one(
        "SELECT outcome FROM denial_words WHERE denial = ? AND kind = 'closed' AND statement = ? ORDER BY id DESC LIMIT 1",
        denial,
        item.statement,
    )
    return str(row["outcome"]) if row else ""


def _facts(payer: str, item: Item, state: str, outcome: str) -> dict[str, object]:
    """What the ledger and people's words say of an item, as its columns."""
    gravest = item.gravest
    return {
        "payer": payer, "category": gravest.category, "owner": gravest.owner, "npi": gravest.npi, "code": gravest.code,
        "places": " ".join(item.places), "amount": money(item.amount), "fix": gravest.fix, "final": int(item.final),
        "meaning": gravest.meaning, "next": gravest.next, "statement": item.statement, "denied_on": day(item.denied_on),
        "times": item.times, "stands": int(item.ended is Ended.NOT), "state": state, "outcome": outcome,
    }  # fmt: skip


def _enter(tx: Tx, columns: dict[str, object]) -> int:
    return tx.run(
        f"INSERT INTO denials ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", *columns.values()
    )


def _change(tx: Tx, number: int, facts: dict[str, object], *, opens: bool) -> None:
    """Whether anybody works on it is about what stands now; one that opens again is as old as that."""
    tx.run(f"UPDATE denials SET {', '.join(f'{name} = ?' for name in facts)} WHERE id = ?", *facts.values(), number)
    tx.run(
        "UPDATE denials SET changed_at = ?1, opened_at = CASE WHEN ?2 THEN ?1 ELSE opened_at END, worked = EXISTS"
        " (SELECT 1 FROM denial_words w WHERE w.denial = denials.id AND w.statement = denials.statement) WHERE id = ?3",
        tx.at,
        int(opens),
        number,
    )

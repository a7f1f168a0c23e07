"""Read what became of claims, some hundred at a time and each by its own index, for the metrics."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gateway.codec import as_claim, as_day, as_money, day
from gateway.lifecycle import Standing, Verdict, deciding, standing
from gateway.metrics import Course, Denied
from gateway.store.connection import Row, Tx, local_day
from gateway.store.standings import COUNTS, IN_ORDER, adjudicated

SOME = 500
_Facts = Mapping[str, Mapping[int, list[Row]]]
_TAKEN = frozenset({"ACCEPTED", "PAID", "PARTLY_PAID", "DENIED", "REVERSED"})
_REFUSED = frozenset({Standing.DECLINED, Standing.RETURNED})
_DENIED = frozenset({Standing.DENIED, Standing.PARTLY_PAID})
_DAY = Decimal(86400)
_COLUMNS = (
    "c.id, c.payer, c.billing_npi, c.charge, c.received_at, c.first_day, c.state, c.standing, c.holds, c.filing_due,"
    " c.frequency"
)


def first_since(tx: Tx, since: date) -> int:
    """The lowest id of a claim received on that day or later: ids grow with time. More than any where there is none."""
    row = tx.one(
        "SELECT id FROM claims WHERE batch >= (SELECT min(id) FROM batches WHERE received_at >= ?)"
        " ORDER BY batch, id LIMIT 1",
        day(since),
    )
    return int(row["id"]) if row else 2**62


def courses(tx: Tx, after: int, payer: str = "", npi: str = "", by_provider: bool = False) -> tuple[list[Course], int]:
    """Those of the next claims behind this id, and the last id looked at, 0 at the end. Test claims, duplicates and voids
    are none."""
    wanted = f"{_COLUMNS}, c.facts" if by_provider or npi else _COLUMNS
    rows = tx.all(
        f"SELECT {wanted}, i.usage FROM claims c JOIN sets s ON s.id = c.transaction_set JOIN interchanges i"
        " ON i.id = s.interchange WHERE c.id > ? ORDER BY c.id LIMIT ?",
        after,
        SOME,
    )
    found = [row for row in rows if row["usage"] != "T" and row["state"] != "DUPLICATE" and row["frequency"] != "8"]
    if payer:
        found = [row for row in found if row["payer"] == payer]
    these = json.dumps([row["id"] for row in found])
    facts = {name: _grouped(tx, these, sql) for name, sql in _OF.items()}
    made = [_course(tx, row, facts, by_provider or bool(npi)) for row in found]
    return [each for each in made if not npi or each.npi == npi], rows[-1]["id"] if len(rows) == SOME else 0


_OF = {
    "sent": "SELECT a.claim, a.id, s.sent_at FROM json_each(?) j JOIN attempts a ON a.claim = j.value"
    " JOIN submissions s ON s.id = a.submission ORDER BY a.id",
    "said": "SELECT a.claim, v.*, n.read_at FROM json_each(?) j JOIN attempts a ON a.claim = j.value"
    " JOIN verdicts v ON v.attempt = a.id JOIN answers n ON n.id = v.answer ORDER BY n.read_at, n.id",
    "ledger": "SELECT d.*, r.produced_on, r.paid_on, n.read_at FROM json_each(?) j"
    " JOIN adjudications d ON d.claim = j.value JOIN remittances r ON r.id = d.remittance JOIN answers n ON n.id = r.answer"
    f" WHERE {COUNTS} ORDER BY {IN_ORDER}, d.ordinal, d.id",
    "events": "SELECT e.claim, e.name, min(e.at) AS first, max(e.at) AS last FROM json_each(?) j"
    " JOIN events e ON e.claim = j.value WHERE e.name IN ('claim.held', 'claim.passed', 'claim.rejected',"
    " 'claim.withdrawn') GROUP BY e.claim, e.name",
    "denials": "SELECT d.claim, d.category, d.amount, d.worked, d.outcome, d.stands FROM json_each(?) j"
    " JOIN denials d ON d.claim = j.value ORDER BY d.id",
    "replaced": "SELECT DISTINCT c.id AS claim FROM json_each(?) j JOIN claims c ON c.id = j.value JOIN versions v"
    " ON v.family = c.family AND v.claim > c.id JOIN claims n ON n.id = v.claim"
    " WHERE n.state NOT IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE') AND n.standing NOT IN ('DECLINED', 'RETURNED')"
    " AND (c.standing IN ('DECLINED', 'RETURNED') OR n.standing IN ('PAID', 'PARTLY_PAID', 'DENIED')"
    " OR (n.frequency = '8' AND c.standing = 'REVERSED'))",
    "missed": "SELECT w.claim, max(w.missed) AS missed FROM json_each(?) j"
    " JOIN proposal_claims w ON w.claim = j.value GROUP BY w.claim",
}
"""What is known of some claims, each kind by an index over claims."""


def _grouped(tx: Tx, these: str, sql: str) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in tx.each(sql, these):
        found[row["claim"]].append(row)
    return found


def _course(tx: Tx, row: Row, facts: _Facts, by_provider: bool) -> Course:
    claim = row["id"]
    sent = [each for each in facts["sent"].get(claim, ()) if each["sent_at"]]
    happened = {each["name"]: each for each in facts["events"].get(claim, ())}
    missed, replaced = facts["missed"].get(claim), claim in facts["replaced"]
    return Course(
        payer=row["payer"],
        npi=_npi(row) if by_provider else row["billing_npi"],
        charge=as_money(row["charge"]) or Decimal(0),
        received_on=local_day(tx, row["received_at"]),
        service_on=as_day(row["first_day"]),
        stopped=bool({"claim.held", "claim.rejected"} & happened.keys()),
        held=row["state"] == "HELD",
        holds=tuple(json.loads(row["holds"])) if row["state"] == "HELD" else (),
        held_days=_held(tx, happened, row["state"]),
        sent=bool(sent),
        denials=tuple(_denied(each) for each in facts["denials"].get(claim, ())),
        missed=bool(missed[0]["missed"]) if missed else None,
        waiting=row["standing"] not in _TAKEN and row["state"] not in ("REJECTED", "WITHDRAWN") and not replaced,
        replaced=replaced,
        due=as_day(row["filing_due"]),
        **_acknowledged(sent, facts["said"].get(claim, []), facts["ledger"].get(claim, [])),
        **_decided(facts["ledger"].get(claim, [])),
    )


def _denied(row: Row) -> Denied:
    amount = as_money(row["amount"]) or Decimal(0)
    return Denied(row["category"], amount, bool(row["worked"]), row["outcome"], bool(row["stands"]))


def _npi(row: Row) -> str:
    """Who rendered it, else who bills."""
    claim = as_claim(row["facts"])
    return next((each.npi for each in claim.providers if each.role == "82" and each.npi), row["billing_npi"])


def _held(tx: Tx, happened: Mapping[str, Row], state: str) -> Decimal | None:
    """From the first hold to the last word that ended it."""
    if "claim.held" not in happened:
        return None
    ends = [happened[n]["last"] for n in ("claim.passed", "claim.rejected", "claim.withdrawn") if n in happened]
    end = tx.at if state == "HELD" else max(ends, default=happened["claim.held"]["last"])
    return max(_between(happened["claim.held"]["first"], end), Decimal(0))


def _acknowledged(sent: Sequence[Row], said: Sequence[Row], ledger: Sequence[Row]) -> dict[str, Any]:
    """What acknowledgments said of the first attempt and of all, and how long the first of each kind took."""
    since = sent[0]["sent_at"] if sent else None
    first = [_verdict(each) for each in said if sent and each["attempt"] == sent[0]["id"]]
    stands = standing([sent[0]["id"]], first, []) if sent else Standing.NONE
    statuses = [each for each in said if each["form"] == "277CA"]
    money = [each for each in ledger if (as_money(each["paid"]) or 0) > 0]
    passed = True if ledger or stands is Standing.ACCEPTED else False if stands in _REFUSED else None
    return {
        "passed": passed if sent else None,
        "first_status": bool(statuses[0]["accepted"]) if statuses else None,
        "rejected": any(not each["accepted"] for each in said),
        "to_999": _wait(since, [each for each in said if each["form"] != "277CA"]),
        "to_277ca": _wait(since, statuses),
        "to_remittance": _wait(since, ledger),
        "to_pay": _wait(since, money),
    }


def _verdict(row: Row) -> Verdict:
    return Verdict(
        row["attempt"], row["form"], bool(row["accepted"]), row["stage"], as_day(row["dated"]), row["sequence"]
    )


def _decided(ledger: Sequence[Row]) -> dict[str, Any]:
    """The first adjudication that is no reversal, and the money of the one that stands."""
    first = next((each for each in ledger if each["outcome"] != Standing.REVERSED), None)
    if first is None:
        return {}
    said = json.loads(first["body"])
    entries = [adjudicated(each, place) for place, each in enumerate(ledger)]
    last = deciding(entries)
    now = ledger[entries.index(last)] if last else None
    return {
        "decided": True,
        "first_denied": first["outcome"] in _DENIED,
        "first_categories": tuple(sorted({each["category"] or "UNKNOWN" for each in said})),
        "first_charge": as_money(first["charge"]) or Decimal(0),
        "first_refused": sum((as_money(each["amount"]) or Decimal(0) for each in said), Decimal(0)),
        "first_lines": first["lines"],
        "first_denied_lines": first["denied_lines"],
        "paid": (as_money(now["paid"]) or Decimal(0)) if now else Decimal(0),
        "contractual": (as_money(now["contractual"]) or Decimal(0)) if now else Decimal(0),
    }


def _wait(since: str | None, rows: Sequence[Row]) -> Decimal | None:
    first = min((each["read_at"] for each in rows), default=None)
    return max(_between(since, first), Decimal(0)) if since and first else None


def _between(first: str, last: str) -> Decimal:
    """Days."""
    seconds = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
    return Decimal(int(seconds)) / _DAY

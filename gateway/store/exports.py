"""Rows of the exports, read by number, and how far each was handed over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import islice, takewhile
from typing import Any

from gateway import events as e
from gateway.store.connection import Row, Tx

ExportRows = list[dict[str, str | int]]

_KINDS = {
    kind.name: kind.kind
    for kind in vars(e).values()
    if isinstance(kind, type) and issubclass(kind, e.Event) and kind.name
}
_SAID = ("payer", "code", "place", "next")
_SUBJECTS = ("batch", "claim", "submission", "lane")
_TYPED = ("reason", "source", "evidence", "message", "findings")
"""What people typed or what repeats elsewhere; no export of events has it, as no log has it."""


def postings(tx: Tx, after: int, since: str, before: str, limit: int) -> ExportRows:
    """What was posted by remittances behind number `after`; whole remittances, until there are `limit` rows."""
    found: ExportRows = []
    for remittance in tx.each(
        "SELECT r.*, a.read_at, a.document FROM remittances r JOIN answers a ON a.id = r.answer WHERE r.id > ?"
        " AND r.balanced = 1 AND a.read_at >= ? AND (? = '' OR a.read_at < ?) ORDER BY r.id",
        after, since, before, before,
    ):  # fmt: skip
        if len(found) >= limit:
            break
        found += _posted(tx, remittance)
    return found


def _posted(tx: Tx, remittance: Row) -> Iterator[dict[str, str | int]]:
    claims = tx.all("SELECT * FROM adjudications WHERE remittance = ? ORDER BY ordinal", remittance["id"])
    if not claims and _repeated(tx, remittance):
        return
    head = {
        "seq": remittance["id"], "posted_at": remittance["read_at"], "payment": remittance["amount"],
        "document": remittance["document"],
        **{name: remittance[name] or "" for name in ("payer", "trace", "originator", "paid_on")},
    }  # fmt: skip
    for line, row in enumerate(claims, 1):
        told = {
            n: row[n] for n in ("control_number", "status", "outcome", "charge", "paid", "patient", "code", "place")
        }
        claim = "" if row["claim"] is None else f"C{row['claim']}"
        yield {**head, "line": line, "kind": "claim", "claim": claim, "payer_control_number": row["reference"], **told}
    for line, (_, reason, reference, amount) in enumerate(json.loads(remittance["adjustments"]), len(claims) + 1):
        yield {
            **head, **dict.fromkeys(("claim", "control_number", "outcome", "charge", "patient", "code", "place"), ""),
            "line": line, "kind": "provider", "payer_control_number": reference or "", "status": reason or "",
            "paid": format(-Decimal(amount), "f"),
        }  # fmt: skip


def _repeated(tx: Tx, remittance: Row) -> bool:
    """The same payment came before: of the second nothing was posted."""
    return tx.one(
        "SELECT 1 FROM remittances WHERE trace = ? AND originator = ? AND amount = ? AND balanced = 1 AND id < ?",
        remittance["trace"], remittance["originator"], remittance["amount"], remittance["id"],
    ) is not None  # fmt: skip


def events(tx: Tx, after: int, since: str, before: str, limit: int) -> ExportRows:
    """Events behind number `after`, up to the first that is not `before` that moment."""
    rows = tx.each("SELECT * FROM events WHERE seq > ? AND at >= ? ORDER BY seq", after, since)
    wanted = takewhile(lambda row: not before or row["at"] < before, rows)
    return [_event(row) for row in islice(wanted, limit)]


def _event(row: Row) -> dict[str, str | int]:
    body = {key: value for key, value in json.loads(row["body"]).items() if key not in _TYPED}
    subjects = {name: body.pop(name, None) for name in _SUBJECTS} | {name: row[name] for name in _SUBJECTS}
    if subjects["claim"] is not None:
        subjects["claim"] = f"C{subjects['claim']}"
    said = {name: body.pop(name, "") for name in _SAID}
    return {
        "seq": row["seq"], "at": row["at"], "event": row["name"], "kind": _KINDS.get(row["name"], ""),
        "actor": row["actor"], **{name: "" if value is None else value for name, value in subjects.items()},
        **said, "detail": json.dumps(body, separators=(",", ":"), sort_keys=True) if body else "",
    }  # fmt: skip


def claims(tx: Tx, after: int, since: str, before: str, limit: int) -> ExportRows:
    """Claims behind number `after` as they stand now, of those that changed in that time."""
    rows = tx.all(
        "SELECT c.*, s.sent_at, (SELECT group_concat(a.paid, ' ') FROM adjudications a WHERE a.claim = c.id) AS paid,"
        " (SELECT a.payer_control_number FROM attempts a WHERE a.claim = c.id AND a.payer_control_number <> ''"
        " ORDER BY a.id DESC LIMIT 1) AS payer_control_number FROM claims c LEFT JOIN submissions s ON s.id ="
        " c.submission WHERE c.id > ? AND c.changed_at >= ? AND (? = '' OR c.changed_at < ?) ORDER BY c.id LIMIT ?",
        after, since, before, before, limit,
    )  # fmt: skip
    return [_claim(row) for row in rows]


def _claim(row: Row) -> dict[str, str | int]:
    paid = format(sum(map(Decimal, row["paid"].split())), "f") if row["paid"] else ""
    same = ("control_number", "batch", "payer", "lane", "code", "place", "next", "frequency", "billing_npi", "first_day",
            "last_day", "charge", "submission", "sent_at", "payer_control_number", "filing_due", "received_at",
            "changed_at")  # fmt: skip
    told = {name: "" if row[name] is None else row[name] for name in same}
    own = {"claim": f"C{row['id']}", "family": f"C{row['family']}", "stands": row["standing"] or row["state"]}
    return {"seq": row["id"], **own, "paid": paid, **told}


TABLES: Mapping[str, Callable[[Tx, int, str, str, int], ExportRows]] = {
    "postings": postings, "events": events, "claims": claims,
}  # fmt: skip


def progress(tx: Tx, target: str) -> tuple[int, Row | None]:
    """The last row of an export that was handed over, and the file that is on its way, if one is."""
    row = tx.one("SELECT upto FROM exported WHERE target = ?", target)
    return (int(row["upto"]) if row else 0), tx.one("SELECT * FROM handovers WHERE target = ?", target)


def staged(tx: Tx) -> list[str]:
    """Names of files that lie hidden in handback/ and are about to get their name."""
    return [row["name"] for row in tx.all("SELECT name FROM handovers")]


def stage(tx: Tx, name: str, target: str = "", upto: int = 0) -> None:
    """The file lies there whole and hidden: from now on it is never written again."""
    tx.run("INSERT INTO handovers (name, target, upto) VALUES (?, ?, ?)", name, target, upto)


def settle(tx: Tx, name: str, then: Callable[..., Any] | None = None, *args: Any) -> None:
    """The file has its name: what it was made of counts as handed over."""
    tx.run(
        "INSERT INTO exported (target, upto) SELECT target, upto FROM handovers WHERE name = ? AND target <> ''"
        " ON CONFLICT (target) DO UPDATE SET upto = excluded.upto",
        name,
    )
    tx.run("DELETE FROM handovers WHERE name = ?", name)
    if then:
        then(tx, *args)

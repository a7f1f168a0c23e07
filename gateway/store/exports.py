"""Rows of the exports, read by number, and how far each was handed over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: behind number `after` (with a `line`, behind that row of it), up to `upto`, since a moment and before
    another; empty is no limit."""

    after: int = 0
    line: int = 0
    upto: int = 2**62
    since: str = ""
    before: str = ""

    def behind(self, row: Mapping[str, str | int]) -> Wanted:
        """The rest, once this row was had."""
        return replace(self, after=int(row["seq"]), line=int(row.get("line", 0)))


def postings(tx: Tx, wanted: Wanted, limit: int) -> ExportRows:
    """The next rows of what was posted; the last remittance may go on behind them."""
    found: ExportRows = []
    for remittance in _remittances(tx, wanted):
        if len(found) >= limit:
            break
        passed = wanted.line if remittance["id"] == wanted.after else 0
        found += islice(_posted(tx, remittance, passed), limit - len(found))
    return found


# When a person chose it, else when it was read.
_POSTED_AT = "iif(r.states IS NULL, a.read_at, c.made_at)"


def _remittances(tx: Tx, wanted: Wanted) -> Iterator[Row]:
    """Those of which anything was posted, each with how many `claims` it has."""
    return tx.each(
        f"SELECT r.*, {_POSTED_AT} AS posted_at, iif(r.opposite < r.id, r.opposite, '') AS takes_back,"
        " a.document, a.usage, (SELECT coalesce(max(d.ordinal) + 1, 0) FROM adjudications d"
        " WHERE d.remittance = r.id) AS claims FROM remittances r JOIN answers a ON a.id = r.answer"
        " LEFT JOIN choices c ON c.id = r.choice WHERE r.id BETWEEN ? AND ? AND r.balanced AND r.repeats IS NULL"
        f" AND {_POSTED_AT} >= ? AND (? = '' OR {_POSTED_AT} < ?)"
        " ORDER BY r.id",
        wanted.after if wanted.line else wanted.after + 1, wanted.upto, wanted.since, wanted.before, wanted.before,
    )  # fmt: skip


def _posted(tx: Tx, remittance: Row, passed: int) -> Iterator[dict[str, str | int]]:
    """The rows of one remittance behind so many: its claims, then what belongs to no single one."""
    head = {
        "seq": remittance["id"], "posted_at": remittance["posted_at"], "payment": remittance["amount"],
        "document": remittance["document"], "usage": remittance["usage"], "takes_back": remittance["takes_back"],
        **{name: remittance[name] or "" for name in ("payer", "trace", "originator", "paid_on")},
    }  # fmt: skip
    for row in tx.each(
        "SELECT ordinal + 1 AS line, claim, reference AS payer_control_number, control_number, status, outcome, charge,"
        " paid, patient, code, place FROM adjudications WHERE remittance = ? AND ordinal >= ? ORDER BY ordinal",
        remittance["id"],
        passed,
    ):
        yield {**head, **dict(row), "kind": "claim", "claim": "" if row["claim"] is None else f"C{row['claim']}"}
    for line, (_, reason, reference, amount) in enumerate(
        json.loads(remittance["adjustments"]), remittance["claims"] + 1
    ):
        if line <= passed:
            continue
        yield {
            **head, **dict.fromkeys(("claim", "control_number", "outcome", "charge", "patient", "code", "place"), ""),
            "line": line, "kind": "provider", "payer_control_number": reference or "", "status": reason or "",
            "paid": format(-Decimal(amount), "f"),
        }  # fmt: skip


def events(tx: Tx, wanted: Wanted, limit: int) -> ExportRows:
    """The next events, up to the first that is not before that moment."""
    return [_event(row) for row in islice(_events(tx, wanted), limit)]


def _events(tx: Tx, wanted: Wanted) -> Iterator[Row]:
    rows = tx.each(
        "SELECT * FROM events WHERE seq > ? AND seq <= ? AND at >= ? ORDER BY seq",
        *(wanted.after, wanted.upto, wanted.since),
    )
    return takewhile(lambda row: not wanted.before or row["at"] < wanted.before, rows)


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


def claims(tx: Tx, wanted: Wanted, limit: int) -> ExportRows:
    """The next claims as they stand now, of those that changed in that time."""
    rows = tx.all(
        "SELECT c.*, s.sent_at, (SELECT group_concat(a.paid, ' ') FROM adjudications a WHERE a.claim = c.id) AS paid,"
        " (SELECT a.payer_control_number FROM attempts a WHERE a.claim = c.id AND a.payer_control_number <> ''"
        " ORDER BY a.id DESC LIMIT 1) AS payer_control_number FROM claims c LEFT JOIN submissions s ON s.id ="
        " c.submission WHERE c.id > ? AND c.id <= ? AND c.changed_at >= ? AND (? = '' OR c.changed_at < ?)"
        " ORDER BY c.id LIMIT ?",
        wanted.after, wanted.upto, wanted.since, wanted.before, wanted.before, limit,
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


TABLES: Mapping[str, Callable[[Tx, Wanted, int], ExportRows]] = {
    "postings": postings, "events": events, "claims": claims,
}  # fmt: skip


def next_file(tx: Tx, table: str, wanted: Wanted, limit: int) -> tuple[int, int]:
    """The first and the last number of the next file: so many rows, and what is left of the last remittance; zeros where
    there are none."""
    first = last = rows = 0
    for number, more in _SIZES[table](tx, wanted):
        if rows >= limit:
            break
        first, last, rows = first or number, number, rows + more
    return first, last


def _sizes_of_remittances(tx: Tx, wanted: Wanted) -> Iterator[tuple[int, int]]:
    sizes = ((row["id"], row["claims"] + len(json.loads(row["adjustments"]))) for row in _remittances(tx, wanted))
    return (size for size in sizes if size[1])


_SIZES: Mapping[str, Callable[[Tx, Wanted], Iterator[tuple[int, int]]]] = {
    "postings": _sizes_of_remittances,
    "events": lambda tx, wanted: ((row["seq"], 1) for row in _events(tx, wanted)),
}
"""How many rows each number has, of what is handed over as files."""


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

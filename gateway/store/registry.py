"""What the practice states of its people and groups: dated, never overwritten.

Names are not sealed one by one: the database is encrypted as a whole (SQLCipher, its key sealed under the site's root
key), so nothing of a statement lies in clear on the disk, in its journal files or in a backup. A second layer around
single columns would be opened by the same key in the same process. What leaves the database does so by other ways, and
those hold no names: events carry counts and NPIs, never a field of a statement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from gateway.codec import as_day, day
from gateway.model.registry import Credential, CredentialKind, GroupRecord, Membership, ProviderRecord, Statement
from gateway.sheets.succession import by_key, key_of, touches
from gateway.store.connection import Row, Tx

_KINDS: Mapping[str, type[Statement]] = {
    "provider": ProviderRecord,
    "group": GroupRecord,
    "membership": Membership,
    "credential": Credential,
}
_KIND_OF = {made: kind for kind, made in _KINDS.items()}
_OWN_COLUMNS = frozenset({"npi", "tax_id", "first_day", "last_day", "source", "observed_on", "document", "id"})
_COLUMNS = "id, kind, subject, body, first_day, last_day, source, observed_on, document"


def current(tx: Tx, kind: type[Statement] | None = None, npi: str = "", believed: str = "") -> list[Statement]:
    """The statements of a kind, or all; of one provider, or all. Those believed now, or at the moment `believed`."""
    found = tx.all(
        f"SELECT {_COLUMNS} FROM statements WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR subject = ?2)"
        " AND CASE ?3 WHEN '' THEN superseded_at IS NULL"
        " ELSE recorded_at < ?3 AND (superseded_at IS NULL OR superseded_at >= ?3) END"
        " ORDER BY kind, subject, key, first_day, id",
        _KIND_OF[kind] if kind else "",
        npi,
        believed,
    )
    return [statement(row) for row in found]


def of_npis(tx: Tx, npis: Sequence[str]) -> dict[str, tuple[Statement, ...]]:
    """What is believed now of these providers, by NPI: themselves, their links and what they hold. A group stands
    under its own NPI."""
    found: dict[str, tuple[Statement, ...]] = {}
    marks = ",".join("?" * len(npis))
    for row in tx.all(
        f"SELECT {_COLUMNS} FROM statements WHERE superseded_at IS NULL AND subject IN ({marks}) ORDER BY id", *npis
    ):
        found[row["subject"]] = (*found.get(row["subject"], ()), statement(row))
    return found


def groups_of_tins(tx: Tx, tins: Sequence[str]) -> dict[str, tuple[GroupRecord, ...]]:
    """The groups believed now under these tax ids."""
    wanted, found = set(tins), dict[str, tuple[GroupRecord, ...]]()
    for group in current(tx, GroupRecord):
        if isinstance(group, GroupRecord) and group.tax_id in wanted:
            found[group.tax_id] = (*found.get(group.tax_id, ()), group)
    return found


def supersede(tx: Tx, added: Sequence[Statement], superseded: Sequence[Statement]) -> None:
    """Add statements, and let others end that are believed now; each of those tells which one took its place."""
    placed = [replace(new, id=_insert(tx, new)) for new in added]
    news: dict[type[Statement], dict[Any, list[Statement]]] = {
        kind: by_key([new for new in placed if type(new) is kind]) for kind in {type(new) for new in placed}
    }
    for old in superseded:
        rivals = news.get(type(old), {}).get(key_of(old), [])
        by = next((new.id for new in rivals if touches(new, old)), None)
        tx.run(
            "UPDATE statements SET superseded_at = ?, superseded_by = ?, superseded_who = ?"
            " WHERE id = ? AND superseded_at IS NULL",
            tx.at,
            by,
            tx.actor,
            old.id,
        )


def concerned(tx: Tx, changed: Sequence[Statement]) -> set[int]:
    """The waiting claims that any of these statements speaks of: by the NPI they name; of a payer, where a link is that
    payer's; by the tax id they bill under, where it is a group's."""
    found: set[int] = set()
    for npi, payer in sorted({(one.npi, getattr(one, "payer", "*")) for one in changed}):
        found |= waiting(tx, npi, payer)
    for tin in sorted({one.tax_id for one in changed if isinstance(one, GroupRecord)}):
        found |= _billed_under(tx, tin)
    return found


def waiting(tx: Tx, npi: str, payer: str = "*") -> set[int]:
    """The claims that name this provider and still wait, at this payer or at any (`*`)."""
    rows = tx.all(
        "SELECT c.id FROM claim_providers p JOIN claims c ON c.id = p.claim WHERE p.npi = ?1"
        " AND (?2 = '*' OR c.payer = ?2) AND c.state IN ('HELD', 'READY')",
        npi,
        payer,
    )
    return {row["id"] for row in rows}


def _billed_under(tx: Tx, tin: str) -> set[int]:
    """A claim's tax id stands in its facts alone; groups change so seldom that looking through what waits is cheap."""
    rows = tx.all(
        "SELECT id FROM claims WHERE state IN ('HELD', 'READY') AND json_extract(CAST(facts AS TEXT), '$[10][2]') = ?",
        tin,
    )
    return {row["id"] for row in rows}


def statement(row: Row) -> Statement:
    """A stored statement."""
    made = _KINDS[row["kind"]]
    body = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(row["body"]).items()}
    values: dict[str, Any] = {
        **body,
        "npi": row["subject"],
        "source": row["source"],
        "observed_on": as_day(row["observed_on"]),
        "document": row["document"],
        "id": row["id"],
    }
    if made in (Membership, Credential):
        values |= {"first_day": as_day(row["first_day"]), "last_day": as_day(row["last_day"])}
    if made is Credential:
        values["kind"] = CredentialKind(values["kind"])
    return made(**values)


def _insert(tx: Tx, new: Statement) -> int:
    body = {f.name: getattr(new, f.name) for f in fields(new) if f.name not in _OWN_COLUMNS - {"tax_id"}}
    return tx.run(
        "INSERT INTO statements (kind, subject, key, first_day, last_day, body, source, observed_on, document,"
        " recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        _KIND_OF[type(new)],
        new.npi,
        " ".join(str(part) for part in key_of(new)[1:]) if not isinstance(new, GroupRecord) else new.tax_id,
        day(getattr(new, "first_day", None)),
        day(getattr(new, "last_day", None)),
        json.dumps(body),
        new.source,
        day(new.observed_on),
        new.document,
        tx.at,
        tx.actor,
    )

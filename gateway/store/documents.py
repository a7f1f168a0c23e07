"""Rows of sealed documents."""

from __future__ import annotations

from typing import Any, Protocol

from gateway.store.connection import Row, Tx


class Sealed(Protocol):
    """What the vault says of a document it sealed."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> bytes: ...
    @property
    def size(self) -> int: ...
    @property
    def kid(self) -> str: ...


def enter(tx: Tx, sealed: Sealed) -> int:
    """The row of a sealed document; the same content has one row."""
    known = tx.one("SELECT id FROM documents WHERE name = ?", sealed.name)
    if known:
        return int(known["id"])
    return tx.run(
        "INSERT INTO documents (name, sha256, size, kid, sealed_at) VALUES (?, ?, ?, ?, ?)",
        sealed.name,
        sealed.sha256,
        sealed.size,
        sealed.kid,
        tx.at,
    )


def name_of(tx: Tx, document: int) -> str:
    """The vault name of a document."""
    row = tx.one("SELECT name FROM documents WHERE id = ?", document)
    assert row
    return str(row["name"])


def one(tx: Tx, document: int) -> Row | None:
    """The row of a document, or None."""
    return tx.one("SELECT * FROM documents WHERE id = ?", document)


def names(tx: Tx) -> list[str]:
    """Every document's vault name."""
    return [row["name"] for row in tx.all("SELECT name FROM documents ORDER BY id")]


def all_names(conn: Any) -> list[tuple[str]]:
    """Every document's vault name, read from a database that is no running store."""
    return list(conn.execute("SELECT name FROM documents ORDER BY id"))


def names_of(tx: Tx, wanted: list[int]) -> dict[int, str]:
    """The vault names of these documents."""
    return {document: name_of(tx, document) for document in wanted}

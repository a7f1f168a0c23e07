"""The site's own editions of the CARC and RARC lists: denials are classified by them from the next remittance on."""

from __future__ import annotations

from gateway.codec import day
from gateway.data import OF_DENIALS, DenialCodes, Edition, denial_codes_with, denial_edition
from gateway.store.connection import Tx


def in_force(tx: Tx) -> DenialCodes:
    """The lists that the gateway brings, with what the site's editions name in its place."""
    texts = {row["name"]: row["text"] for row in tx.all("SELECT name, text FROM denial_lists")}
    return denial_codes_with(*(texts.get(name, "") for name in OF_DENIALS))


def editions(tx: Tx) -> list[Edition]:
    """The site's own editions."""
    found = (denial_edition(row["text"]) for row in tx.all("SELECT text FROM denial_lists ORDER BY name"))
    return [edition for edition in found if edition]


def load(tx: Tx, edition: Edition, text: str) -> None:
    """Go by this edition, if it goes together with the other list. Raises Malformed."""
    tx.run(
        "INSERT OR REPLACE INTO denial_lists (name, dated, text) VALUES (?, ?, ?)",
        edition.name,
        day(edition.dated),
        text,
    )
    in_force(tx)

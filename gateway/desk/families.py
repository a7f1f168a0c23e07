"""A claim's versions, as people ask for them: which there are, which one counts, and the money of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.families import VOID, FamilyStanding, How, standing_of
from gateway.store import families
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]

FREQUENCIES = {"1": "original", "7": "replacement", "8": "void"}
_HOW = {
    How.ORDER: "ordered here",
    How.PAYER_NUMBER: "names the payer's number",
    How.CLAIM_NUMBER: "same CLM01 and patient",
}


async def family_of(site: Site, claim: int) -> Data | None:
    """All versions of a claim, and where they stand together; None where it is the only one and corrects nothing."""
    rows = await site.store.read(families.members, claim)
    if len(rows) == 1 and rows[0]["frequency"] not in ("7", "8"):
        return None
    now = standing_of(await site.store.read(families.versions, claim))
    return {
        "family": f"C{rows[0]['id']}",
        "stands": now.stands,
        "counts": f"C{now.version}",
        "pending": f"C{now.pending}" if now.pending else None,
        "voided_by": f"C{now.voided_by}" if now.voided_by else None,
        "still_paid": f"C{now.still_paid}" if now.still_paid else None,
        "paid": format(now.paid, "f"),
        "patient": format(now.patient, "f"),
        "says": _says(rows, now),
        "versions": [_version(row, rows, number) for number, row in enumerate(rows, 1)],
    }


def _version(row: Row, rows: Sequence[Row], number: int) -> Data:
    after = next((other["id"] for other in rows if other["original"] == row["id"]), None)
    return {
        "version": number,
        "claim": f"C{row['id']}",
        "frequency": row["frequency"],
        "kind": FREQUENCIES.get(row["frequency"], ""),
        "stands": row["standing"] or row["state"],
        "code": row["code"],
        "charge": row["charge"],
        "corrects": f"C{row['original']}" if row["original"] else None,
        "how": _HOW.get(row["how"], ""),
        "replaced_by": f"C{after}" if after else None,
        "received_at": row["received_at"],
        "sent_at": row["sent_at"],
    }


def _says(rows: Sequence[Row], now: FamilyStanding) -> str:
    """In a sentence or two."""
    if len(rows) == 1:
        return (
            "It changes a claim that did not go through this gateway; the payer knows it by the number that it names."
        )
    said = f"Of {len(rows)} versions C{now.version} counts: {now.stands}."
    if now.still_paid:
        said = f"C{now.version} is denied, and C{now.still_paid} is still paid: together {now.stands}."
    if now.voided_by:
        said = f"The void C{now.voided_by} took it back."
    void = any(row["id"] == now.pending and row["frequency"] == VOID for row in rows)
    return said + (f" C{now.pending} is to {'take it back' if void else 'take its place'}." if now.pending else "")


async def versions_of(site: Site, claim: int) -> list[int]:
    """The claim's family by ids, oldest first."""
    return [row["id"] for row in await site.store.read(families.members, claim)]


async def counting(site: Site, found: Sequence[Row]) -> Row | None:
    """Of claims that are one family, and of copies of them, the one that counts; None where they are several."""
    rows = [row for row in found if row["state"] != "DUPLICATE"]
    if not rows or len({row["family"] for row in rows}) > 1:
        return None
    copies = {row["original"] for row in found if row["state"] == "DUPLICATE"}
    members = set(await versions_of(site, rows[0]["id"]))
    if copies - members:
        return None
    now = standing_of(await site.store.read(families.versions, rows[0]["id"]))
    return next((row for row in rows if row["id"] == now.version), None)


async def with_versions(site: Site, listed: list[Data]) -> list[Data]:
    """Listed claims, each with which version of which claim it is."""
    ids = [int(row["claim"][1:]) for row in listed]
    found = await site.store.read(families.positions, ids)
    for row, id in zip(listed, ids, strict=True):
        family, place, count = found.get(id, (id, 1, 1))
        row["family"] = f"C{family}"
        row["version"] = f"{place} of {count}" if count > 1 else ""
    return listed

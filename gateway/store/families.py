"""Families: link a new claim to the one that it corrects, and read a claim's versions with where they stand together."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from gateway import events as e
from gateway.cases import Case
from gateway.codec import as_claim, as_day, as_money, day
from gateway.data import DenialCodes
from gateway.families import CORRECTING, ENDED, ORIGINAL, REFUSED, How, Known, Link, Version, follows
from gateway.lifecycle import deciding
from gateway.store.connection import Row, Tx
from gateway.store.denial_lists import in_force
from gateway.store.denial_words import note
from gateway.store.record import record
from gateway.store.standings import COUNTS, IN_ORDER, adjudicated, ledger

# An earlier claim of the same number, billing provider, payer and usage, in another file.
_NAMED = (
    "SELECT c.id AS claim, o.id FROM json_each(?) k CROSS JOIN claims c ON c.id = k.value CROSS JOIN claims o"
    " ON o.control_number = c.control_number COLLATE NOCASE AND o.id < c.id AND o.batch < c.batch"
    " AND o.billing_npi = c.billing_npi AND (o.payer_id = c.payer_id OR (o.payer = c.payer AND o.payer <> ''))"
    f" AND (c.frequency IN ('7', '8') OR o.first_day IS c.first_day) AND c.frequency IN ('{ORIGINAL}', '7', '8')"
    " AND o.state <> 'DUPLICATE' AND c.control_number <> ''"
)
_NUMBERED = (
    "SELECT a.claim AS id FROM attempts a WHERE a.payer_control_number = ?1 AND a.payer_control_number <> ''"
    " UNION SELECT d.claim FROM adjudications d WHERE d.reference = ?1 AND d.claim IS NOT NULL"
)
_KNOWN = (
    "SELECT o.id, o.family, o.frequency, o.state, o.standing, o.first_day, o.charge, o.payer, o.payer_id, o.facts, i.usage"
    " FROM json_each(?) k CROSS JOIN claims o ON o.id = k.value JOIN sets s ON s.id = o.transaction_set"
    " JOIN interchanges i ON i.id = s.interchange"
)


def link_new(tx: Tx, cases: Iterable[Case]) -> None:
    """Link those of these newly judged claims that correct an earlier one."""
    link(tx, [case for case in cases if case.state == "RECEIVED"])


def link(tx: Tx, cases: Iterable[Case]) -> None:
    """Link those of these claims that correct an earlier one, oldest first. A copy is no version."""
    new = {case.id: case for case in cases if case.state != "DUPLICATE" and case.original is None}
    if not new:
        return
    named: dict[int, list[int]] = defaultdict(list)
    for row in tx.all(_NAMED, json.dumps(sorted(new))):
        named[row["claim"]].append(row["id"])
    for claim in sorted(named.keys() | {id for id, case in new.items() if case.claim.frequency in CORRECTING}):
        if tx.one("SELECT 1 FROM versions WHERE claim = ?", claim) is None:
            _link(tx, new[claim], named[claim])


def _link(tx: Tx, case: Case, named: Sequence[int]) -> None:
    found = _ordered(tx, case.id) or _followed(tx, case, named)
    if found is None:
        return
    row = tx.one("SELECT payer FROM claims WHERE id = ?", case.id)
    assert row
    record(tx, e.ClaimLinked(claim=case.id, payer=row["payer"], original=found.original, code=found.how.value))
    tx.run(
        "INSERT INTO versions (claim, family, original, how, linked_at) VALUES (?, ?, ?, ?, ?)",
        *(case.id, found.family, found.original, found.how.value, tx.at),
    )
    _join(tx, case.id, found.family)
    look_again(tx, case.id)
    for denial in tx.all("SELECT id FROM denials WHERE claim = ? AND state = 'OPEN' ORDER BY id", found.original):
        note(tx, denial["id"], f"C{case.id} (frequency {case.claim.frequency}) was taken in to correct it")


def _join(tx: Tx, claim: int, family: int) -> None:
    """The claim is of this family, and so are those that were linked to it before."""
    tx.run(
        "UPDATE claims SET family = ?1 WHERE id = ?2 OR id IN (SELECT claim FROM versions WHERE family = ?2)",
        *(family, claim),
    )
    tx.run("UPDATE versions SET family = ? WHERE family = ?", family, claim)


def _ordered(tx: Tx, claim: int) -> Link | None:
    """What a person ordered here needs no finding out."""
    row = tx.one(
        "SELECT o.id, o.family FROM claims c JOIN resubmissions r ON r.batch = c.batch JOIN claims o ON o.id = r.claim"
        " WHERE c.id = ?",
        claim,
    )
    return Link(row["id"], row["family"], How.ORDER) if row else None


def _followed(tx: Tx, case: Case, named: Sequence[int]) -> Link | None:
    """What its content says: whose number it names, or whose claim it is."""
    claim, number = case.claim, case.claim.payer_control_number
    numbered: set[int] = set()
    if claim.frequency in CORRECTING and number:
        numbered = {row["id"] for row in tx.all(_NUMBERED, number) if row["id"] < case.id}
    mine = tx.one("SELECT payer, payer_id FROM claims WHERE id = ?", case.id)
    assert mine
    known = []
    for row in tx.all(_KNOWN, json.dumps(sorted({*named, *numbered}))):
        same_payer = row["payer_id"] == mine["payer_id"] or (row["payer"] and row["payer"] == mine["payer"])
        if not same_payer or row["usage"] != case.usage:
            continue
        known.append(_known(row, row["id"] in numbered, row["id"] in named))
    return follows(claim.frequency, (claim.member_id, claim.patient.born), claim.first_day, claim.charge, known)


def _known(row: Row, numbered: bool, named: bool) -> Known:
    facts = as_claim(row["facts"])
    return Known(
        row["id"],
        row["family"],
        row["frequency"],
        (facts.member_id, facts.patient.born),
        as_day(row["first_day"]),
        as_money(row["charge"]),
        numbered,
        named,
        row["state"] in ENDED or row["standing"] in REFUSED,
    )


def look_again(tx: Tx, claim: int) -> None:
    """What waits here of the claim's other versions is judged anew."""
    tx.run(
        "UPDATE claims SET judge_on = ?1 WHERE +state IN ('RECEIVED', 'HELD', 'READY') AND id <> ?2 AND id IN"
        " (SELECT v.claim FROM versions v WHERE v.family = (SELECT family FROM claims WHERE id = ?2)"
        " UNION SELECT v.family FROM versions v WHERE v.family = (SELECT family FROM claims WHERE id = ?2))",
        day(tx.today),
        claim,
    )


def newer(tx: Tx, claims: Sequence[int]) -> dict[int, int]:
    """The latest version after each of these claims that may still go or went."""
    return {
        row["id"]: row["newer"]
        for row in tx.all(
            "SELECT c.id, max(v.claim) AS newer FROM json_each(?) k CROSS JOIN claims c ON c.id = k.value"
            " CROSS JOIN versions v ON v.family = c.family AND v.claim > c.id CROSS JOIN claims n ON n.id = v.claim"
            " WHERE n.state NOT IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE') GROUP BY c.id",
            json.dumps(list(claims)),
        )
    }


def members(tx: Tx, claim: int) -> list[Row]:
    """All versions of the claim's family, oldest first, each with the one before it and by what it was known; the claim
    alone where it has no other."""
    return tx.all(
        "SELECT c.id, c.control_number, c.frequency, c.kind, c.state, c.standing, c.code, c.charge, c.payer, c.batch,"
        " c.received_at, c.first_day, v.original, v.how, s.sent_at FROM claims c LEFT JOIN versions v ON v.claim = c.id"
        " LEFT JOIN submissions s ON s.id = c.submission WHERE c.id IN (SELECT family FROM claims WHERE id = ?1"
        " UNION SELECT claim FROM versions WHERE family = (SELECT family FROM claims WHERE id = ?1)) ORDER BY c.id",
        claim,
    )


def versions(tx: Tx, claim: int) -> list[Version]:
    """The same with their ledgers, in the one order of the family's."""
    rows = members(tx, claim)
    ledger = tx.all(
        "SELECT d.*, r.produced_on, r.paid_on FROM json_each(?) k CROSS JOIN adjudications d ON d.claim = k.value"
        f" CROSS JOIN remittances r ON r.id = d.remittance WHERE {COUNTS} ORDER BY {IN_ORDER}, d.ordinal, d.id",
        json.dumps([row["id"] for row in rows]),
    )
    return [_version(row, ledger) for row in rows]


def _version(row: Row, ledger: Sequence[Row]) -> Version:
    mine = [(place, entry) for place, entry in enumerate(ledger) if entry["claim"] == row["id"]]
    return Version(
        row["id"],
        row["frequency"],
        row["state"],
        row["standing"],
        tuple(adjudicated(entry, place) for place, entry in mine),
        sum((as_money(entry["paid"]) or Decimal(0) for _, entry in mine), Decimal(0)),
        sum((as_money(entry["patient"]) or Decimal(0) for _, entry in mine), Decimal(0)),
    )


def positions(tx: Tx, claims: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """For each of these claims that has other versions: its family, its place there from 1 on, and how many there are."""
    found = tx.all(
        "SELECT c.id, c.family, (SELECT count(*) FROM versions v WHERE v.family = c.family) AS later,"
        " (SELECT count(*) FROM versions v WHERE v.family = c.family AND v.claim <= c.id) AS place"
        " FROM json_each(?) k CROSS JOIN claims c ON c.id = k.value",
        json.dumps(list(claims)),
    )
    return {row["id"]: (row["family"], row["place"] + 1, row["later"] + 1) for row in found if row["later"]}


def wants_new_claim(tx: Tx, claim: int) -> bool:
    """Whether the payer's word on the claim is that a new claim must be sent in its place: it is denied, with a remark that
    says so."""
    now = _decided(tx, claim)
    return now is not None and now["outcome"] == "DENIED" and bool(asking_anew(remarks_in(now["body"]), in_force(tx)))


def _decided(tx: Tx, claim: int) -> Row | None:
    """The adjudication whose number and money count."""
    rows = ledger(tx, claim)
    now = deciding(adjudicated(row, place) for place, row in enumerate(rows))
    return rows[now.sequence[0]] if now else None


def voided(tx: Tx, claim: int) -> bool:
    """Whether a void of the claim was sent and not refused."""
    return bool(
        tx.one(
            "SELECT 1 FROM versions v JOIN claims n ON n.id = v.claim WHERE v.original = ? AND n.frequency = '8'"
            " AND n.state = 'SENT' AND n.standing NOT IN ('DECLINED', 'RETURNED')",
            claim,
        )
    )


def remarks_in(body: str) -> tuple[str, ...]:
    """The remark codes beside the denials of an adjudication, as the ledger keeps it."""
    said = json.loads(body)
    return tuple(dict.fromkeys(code for each in said for code in each["code"].split()[1:]))


def asking_anew(remarks: Iterable[str], codes: DenialCodes) -> tuple[str, ...]:
    """Those that ask for a new claim."""
    return tuple(code for code in remarks if (known := codes.remarks.get(code)) and known.new_claim)


def payer_number(tx: Tx, claim: int) -> str:
    """The payer's own number of a claim: CLP07 of the adjudication that counts, else of the latest one, else REF*1K of its
    latest 277CA; empty where nobody told one."""
    now = _decided(tx, claim)
    if now and now["reference"]:
        return str(now["reference"])
    told = [row["reference"] for row in ledger(tx, claim) if row["reference"] and row["outcome"] != "REVERSED"]
    row = tx.one(
        "SELECT payer_control_number AS number FROM attempts WHERE claim = ? AND payer_control_number <> ''"
        " ORDER BY id DESC LIMIT 1",
        claim,
    )
    return str(told[-1]) if told else str(row["number"]) if row else ""

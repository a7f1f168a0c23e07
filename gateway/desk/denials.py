"""Denials as people work on them: what is open, what comes first, until when, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.codec import as_money
from gateway.data import code_list
from gateway.denials import dues_of, weight
from gateway.denials.clocks import nearest
from gateway.desk.known import known_denials, known_payer
from gateway.errors import Refused
from gateway.store import denial_rows, denial_words
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]


async def listing(
    site: Site,
    owner: str = "",
    payer: str = "",
    cause: str = "",
    assignee: str = "",
    closed: bool = False,
    limit: int = 1000,
) -> list[Data]:
    """Open denials, money times urgency first, or closed ones, the latest first. `cause` is a root cause as listed."""
    await known_payer(site, payer)
    await known_denials(site, owner=owner, cause=cause, assignee=assignee)
    most = limit if closed else -1  # which open ones come first is known when all are weighed
    lines = await _lines(site, await site.store.read(denial_rows.rows, payer, owner, cause, assignee, closed, most))
    return [_told(line) for line in (lines if closed else sorted(lines, key=_first))[:limit]]


async def causes(site: Site, owner: str = "", payer: str = "", cause: str = "", assignee: str = "") -> list[Data]:
    """Open denials by root cause, what weighs most first: mend one thing, and all of them are answered."""
    await known_payer(site, payer)
    await known_denials(site, owner=owner, cause=cause, assignee=assignee)
    groups: dict[tuple[str, str], list[Data]] = {}
    for line in await _lines(site, await site.store.read(denial_rows.rows, payer, owner, cause, assignee)):
        groups.setdefault((line["payer"], line["cause"]), []).append(line)
    today = site.today().isoformat()
    found = [_group(sorted(lines, key=_first), today) for lines in groups.values()]
    return [_told(each) for each in sorted(found, key=lambda each: (-each["weight"], each["payer"], each["cause"]))]


async def show(site: Site, denial: int) -> Data:
    """One denial: what the payer said, what to do until when, what people did, and the other denials of its claim."""
    row = await site.store.read(denial_rows.one, denial)
    if row is None:
        raise no_such(denial)
    (line,) = await _lines(site, [row])
    said = await site.store.read(denial_words.words, denial)
    others = await _lines(site, await site.store.read(denial_rows.of_claim, row["claim"]))
    questions = await site.store.read(denial_rows.questions, row["claim"])
    return {
        **_told(line),
        "meaning": row["meaning"],
        "fix": [_FIXES[letter] for letter in row["fix"] if letter in _FIXES],
        "appeal": "no" if row["final"] else "yes",
        "patient": _patient(row["code"]),
        "said": [dict(each) for each in said],
        "others": [_told(each) for each in others if each["denial"] != denial],
        "questions": [dict(each) for each in questions],
        "commands": _commands(line),
    }


async def of_claim(site: Site, claim: int) -> list[Data]:
    """All denials of one claim, open or not."""
    return [_told(each) for each in await _lines(site, await site.store.read(denial_rows.of_claim, claim))]


_FIXES = {
    "R": "a corrected claim", "E": "mend the enrollment, then have it reprocessed or send it again", "A": "an appeal",
    "N": "the next payer", "P": "bill the patient, where the contract allows", "W": "write it off", "D": "send documents",
    "X": "find out more",
}  # fmt: skip


def _patient(code: str) -> str:
    """Who bears it by the group of the adjustment (CAS01)."""
    group = code.partition("-")[0]
    bears = code_list("adjustment_group").meanings.get(group, "")
    may = "the patient may be billed" if group == "PR" else "do not bill the patient"
    return f"{group}: {bears}; {may}" if bears else ""


async def _lines(site: Site, rows: Sequence[Row]) -> list[Data]:
    payers, closed, today = site.registry.payers, site.settings.deadlines.closed, site.today()
    found = []
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        items = await site.store.read(denial_rows.opened_all, some, payers, closed)
        for row, item in zip(some, items, strict=True):
            dues = dues_of(item, payers.get(row["payer"])) if row["state"] == "OPEN" else ()
            found.append(_line(row, [(each.kind.value, each.due, each.declared) for each in dues], today) | {
                "due": (best.due.isoformat() if (best := nearest(dues, today)) else None),
                "due_for": best.kind.value if best else "",
                "days_left": (best.due - today).days if best else None,
                "weight": weight(item.amount, (best.due - today).days if best else None),
            })  # fmt: skip
    return found


def _line(row: Row, dues: list[tuple[str, date, bool]], today: date) -> Data:
    return {
        "denial": row["id"],
        "state": row["state"],
        "outcome": row["outcome"],
        "claim": f"C{row['claim']}",
        "control_number": row["control_number"],
        "stands": row["standing"] or row["claim_state"],
        "payer": row["payer"],
        "cause": row["cause"],
        "category": row["category"],
        "owner": row["owner"],
        "assignee": row["assignee"],
        "npi": row["npi"],
        "code": row["code"],
        "places": row["places"].split(),
        "amount": row["amount"],
        "charge": row["charge"],
        "denied_on": row["denied_on"],
        "times": row["times"],
        "worked": bool(row["worked"]),
        "dues": [{"for": kind, "due": due.isoformat(), "declared": said} for kind, due, said in dues],
        "next": row["next"] if row["state"] == "OPEN" else "",
    }


def _first(line: Data) -> tuple[Decimal, int]:
    return -line["weight"], line["denial"]


def _told(line: Data) -> Data:
    """As it is shown."""
    return line | {"weight": format(line["weight"], ".2f")}


def _group(lines: Sequence[Data], today: str) -> Data:
    """`due` is the first last day that is still to come; where all have passed, the latest."""
    first = lines[0]
    dues = sorted(line["due"] for line in lines if line["due"])
    claims = list(dict.fromkeys(line["claim"] for line in lines))
    return {
        "payer": first["payer"],
        "cause": first["cause"],
        "category": first["category"],
        "owner": first["owner"],
        "code": first["code"],
        "denials": len(lines),
        "claims": len(claims),
        "first_claims": claims[:5],
        "amount": format(sum((as_money(line["amount"]) or Decimal(0) for line in lines), Decimal(0)), "f"),
        "due": min([due for due in dues if due >= today] or dues[-1:], default=None),
        "weight": sum((line["weight"] for line in lines), Decimal(0)),
        "next": first["next"],
    }


def _commands(line: Data) -> list[str]:
    number = line["denial"]
    if line["state"] != "OPEN":
        return [f"gateway timeline {line['claim']}"]
    proof = [f"gateway proof {line['claim']} --out DIR --to {line['payer']}"] if line["category"] == "TIME" else []
    return [
        f"gateway why {line['claim']}",
        *proof,
        f"gateway resubmit {line['claim']}",
        f"gateway denials assign {number} --to WHO",
        f'gateway denials note {number} "what was done"',
        f'gateway denials close {number} --outcome written_off --reason "..."',
    ]


def no_such(denial: int) -> Refused:
    """Nobody knows this denial."""
    return Refused(f"there is no denial {denial}", code="NO_SUCH_DENIAL", next_step="`gateway denials` lists them.")

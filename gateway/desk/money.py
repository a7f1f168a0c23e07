"""Remittances, and their money against the bank: questions about them and orders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from gateway import events as e
from gateway.deadlines.days import business_days
from gateway.errors import Refused
from gateway.remittance.crossover import said_of_crossover
from gateway.remittance.provider_level import meaning_of
from gateway.remittance.reassociation import CHECK, LATE_AFTER
from gateway.store import deposits, provider_level, remittances
from gateway.store.connection import Row, Tx
from gateway.store.quiet import STEP, Quiet, quiet_payers
from gateway.store.record import record
from gateway.workers.site import Site

Data = dict[str, Any]
_CHECK_LATE = 15
_ORDER = ("level", "place", "equation", "difference")


async def remits(site: Site, payer: str = "", unbalanced: bool = False, limit: int = 1000) -> list[Data]:
    """Remittances, newest first."""
    found = await site.store.read(remittances.rows, payer, unbalanced, limit)
    return [_listed(row) for row in found]


async def remit(site: Site, remittance: int, limit: int = 1000) -> Data:
    """One remittance: its sums and what does not add up, the first claims, and the provider's level with what it points
    to."""
    row = await site.store.read(remittances.one, remittance)
    if row is None:
        raise Refused(
            f"there is no remittance {remittance}", code="NOT_FOUND", next_step="`gateway remits` lists them."
        )
    claims = await site.store.read(remittances.claim_level, remittance, limit)
    provider = await site.store.read(provider_level.of_remittance, remittance)
    return {
        **_listed(row),
        "payee_npi": row["payee_npi"],
        "payee_tax_id": row["payee_tax_id"],
        "document": row["document"],
        "sums": json.loads(row["sums"]),
        "differences": [dict(zip(_ORDER, each, strict=True)) for each in json.loads(row["imbalances"])],
        "warnings": [dict(zip(_ORDER, each, strict=True)) for each in json.loads(row["warnings"])],
        "claims": [_claim(each) for each in claims],
        "provider_level": [_provider(each) for each in provider] or _unposted(row),
    }


def _listed(row: Row) -> Data:
    return {
        "remittance": row["id"],
        "payer": row["payer"],
        "payer_name": row["payer_name"],
        "amount": row["amount"],
        "method": row["method"],
        "paid_on": row["paid_on"],
        "trace": row["trace"],
        "originator": row["originator"],
        "balanced": bool(row["balanced"]),
        "repeats": row["repeats"],
        "restated": bool(row["restated"]),
        "matched": row["matched"],
        "unmatched": row["unmatched"] if row["repeats"] is None else 0,  # of a repeat no claim was looked for
        "deposit": row["deposit"],
        "read_at": row["read_at"],
    }


def _claim(row: Row) -> Data:
    return {
        "claim": f"C{row['claim']}" if row["claim"] is not None else None,
        "control_number": row["control_number"],
        "payer_number": row["reference"],
        "status": row["status"],
        "outcome": row["outcome"],
        "charge": row["charge"],
        "paid": row["paid"],
        "patient": row["patient"],
        "code": row["code"],
        "stands": row["standing"] or row["state"],
        "passed_on": " ".join(said_of_crossover(row["status"], json.loads(row["carriers"]))),
    }


def _provider(row: Row) -> Data:
    return {
        "provider": row["provider"],
        "reason": row["reason"],
        "meaning": meaning_of(row["reason"]),
        "reference": row["reference"],
        "amount": row["amount"],
        "claim": f"C{row['claim']}" if row["claim"] is not None else None,
        "control_number": row["control_number"],
        "remittance": row["origin"],
    }


def _unposted(row: Row) -> list[Data]:
    """What a remittance says that was not posted."""
    names = ("provider", "reason", "reference", "amount")
    found = [dict(zip(names, each, strict=True)) for each in json.loads(row["adjustments"])]
    return [{**each, "meaning": meaning_of(each["reason"])} for each in found]


async def bank(site: Site) -> Data:
    """Money without remittance, remittances without money, and payers that went quiet, each with its next step."""
    today, closed = site.today(), site.settings.deadlines.closed
    alone = await site.store.read(deposits.without_remittance)
    awaited = await site.store.read(deposits.without_money)
    return {
        "imported": await site.store.read(deposits.imported),
        "without_remittance": [
            _alone(row, business_days(date.fromisoformat(row["day"]), today, closed)) for row in alone
        ],
        "without_money": [_awaited(row, today, closed) for row in awaited],
        "quiet": [_quiet(each) for each in await site.store.read(quiet_payers, today)],
    }


def _alone(row: Row, age: int) -> Data:
    """CORE 370: the remittance comes within three business days of the money."""
    late = age >= LATE_AFTER
    ask = "Late: ask the payer for the 835 of this trace, or `gateway bank link` it to the remittance that it paid."
    wait = "Wait: the remittance may come until the third business day."
    return {
        "deposit": row["id"],
        "day": row["day"],
        "amount": row["amount"],
        "description": row["description"],
        "age": age,
        "late": late,
        "next": ask if late else wait,
    }


def _awaited(row: Row, today: date, closed: frozenset[date]) -> Data:
    paid_on = date.fromisoformat(row["paid_on"]) if row["paid_on"] else None
    age = business_days(paid_on, today, closed) if paid_on else None
    check = row["method"] == CHECK
    late = age is not None and age >= (_CHECK_LATE if check else LATE_AFTER)
    overdue = "ask the payer whether the check was cashed, and to stop and reissue it" if check else (
        "ask bank and payer to trace the payment by its TRN02")  # fmt: skip
    return {
        "remittance": row["id"],
        "payer": row["payer"],
        "payer_name": row["payer_name"],
        "amount": row["amount"],
        "method": row["method"],
        "paid_on": row["paid_on"],
        "trace": row["trace"],
        "age": age,
        "late": late,
        "next": f"Late: {overdue}; or `gateway bank link` it to its deposit."
        if late
        else "Wait, or import the statement.",
    }


def _quiet(found: Quiet) -> Data:
    return {
        "payer": found.payer,
        "last": found.last.isoformat(),
        "usual": found.usual,
        "since": found.since,
        "waiting": found.waiting,
        "next": STEP if found.waiting else "Nothing waits there.",
    }


async def links(site: Site, limit: int = 1000) -> list[Data]:
    """What was joined, newest first."""
    return [
        {
            "deposit": row["deposit"],
            "remittance": row["remittance"],
            "day": row["day"],
            "deposited": row["deposited"],
            "amount": row["amount"],
            "payer": row["payer"],
            "payer_name": row["payer_name"],
            "trace": row["trace"],
            "how": row["how"],
            "by": row["actor"],
            "reason": row["reason"],
            "made_at": row["made_at"],
        }
        for row in await site.store.read(deposits.links, limit)
    ]


async def columns(site: Site) -> Mapping[str, list[str]]:
    """The headings that the site's bank uses, where the settings name them."""
    bank = site.settings.bank
    return {"date": list(bank.date), "amount": list(bank.amount), "description": list(bank.description)}


async def take_in(site: Site, rows: Sequence[tuple[str, str, str]], actor: str) -> Data:
    """Deposits of a statement (day, amount, description) in, all of them or none; then what belongs together is joined."""
    read = [(date.fromisoformat(day), Decimal(amount), description) for day, amount, description in rows]
    return await site.store.write_as(actor, _taken, read)


def _taken(tx: Tx, rows: Sequence[tuple[date, Decimal, str]]) -> Data:
    new, known = deposits.enter(tx, rows)
    if new:
        record(tx, e.StatementImported(added=new, count=new + known))
    return {"new": new, "known": known, "linked": deposits.join(tx)}


async def join(site: Site, actor: str) -> Data:
    """Join what belongs together since the last statement."""
    return {"linked": await site.store.write_as(actor, deposits.join)}


async def link(site: Site, deposit: int, remittance: int, reason: str, actor: str) -> Data:
    """A person joins them."""
    left = await site.store.write_as(actor, deposits.link, deposit, remittance, reason)
    return {"deposit": deposit, "remittance": remittance, "left": format(left, "f")}


async def unlink(site: Site, remittance: int, reason: str, actor: str) -> Data:
    """A person parts them."""
    return {"deposit": await site.store.write_as(actor, deposits.unlink, remittance, reason), "remittance": remittance}

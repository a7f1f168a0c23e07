"""Remittances, and their money against the bank: questions about them and orders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from gateway import events as e
from gateway.deadlines.days import business_days
from gateway.deadlines.stakes import dollars
from gateway.desk.choosing import told
from gateway.desk.known import known_payer
from gateway.desk.restated import said_otherwise
from gateway.errors import Refused
from gateway.matching import PaymentMatch
from gateway.matching.rows import Unmatched
from gateway.remittance.crossover import said_of_crossover
from gateway.remittance.provider_level import meaning_of
from gateway.remittance.reassociation import CHECK, LATE_AFTER, Expected
from gateway.store import deposits, provider_level, remittances
from gateway.store.adoption import unplaced
from gateway.store.connection import Row, Tx
from gateway.store.quiet import STEP, Quiet, quiet_payers
from gateway.store.record import record
from gateway.workers.site import Site

Data = dict[str, Any]
_CHECK_LATE = 15
_ORDER = ("level", "place", "equation", "difference")


async def remits(site: Site, payer: str = "", unbalanced: bool = False, limit: int = 1000) -> list[Data]:
    """Remittances, newest first."""
    await known_payer(site, payer)
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
    lane = site.directory.lanes.get(row["lane"])
    alone = await site.store.read(unplaced, lane, remittance, limit) if lane and row["unmatched"] else {}
    return {
        **_listed(row),
        **await told(site, row),
        "payee_npi": row["payee_npi"],
        "payee_tax_id": row["payee_tax_id"],
        "document": row["document"],
        "sums": json.loads(row["sums"]),
        "differences": [dict(zip(_ORDER, each, strict=True)) for each in json.loads(row["imbalances"])],
        "warnings": [dict(zip(_ORDER, each, strict=True)) for each in json.loads(row["warnings"])],
        "claims": [_claim(each, alone.get(each["ordinal"])) for each in claims],
        "otherwise": (await said_otherwise(site, row))[:limit],
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


def _claim(row: Row, alone: PaymentMatch | None) -> Data:
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
        "not_ours": _NOT_OURS[alone.unmatched].format(" or ".join(f"C{id}" for id in alone.candidates))
        if alone
        else "",
    }


_NOT_OURS = {
    Unmatched.NOT_OURS: "No claim here has this number at this payer.",
    Unmatched.SEVERAL: "It may be {}: ask the payer which, and by which number of its own.",
    Unmatched.CONTRADICTS: (
        "{} has this number, but neither its charge nor its days agree: compare with what was sent, and ask the payer which"
        " claim it paid."
    ),
    Unmatched.OTHER_USAGE: "Only a claim of other usage has this number: one of them is a test.",
    Unmatched.NONE: "Its claim was not known when it was posted.",
}
"""Why a payment belongs to no claim."""


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
    named = await site.store.read(deposits.misnamed)
    return {
        "imported": await site.store.read(deposits.imported),
        "without_remittance": [_alone(row, today, closed, named.get(row["id"], ())) for row in alone],
        "without_money": [_awaited(row, today, closed, _naming(row["id"], named)) for row in awaited],
        "quiet": [_quiet(each) for each in await site.store.read(quiet_payers, today)],
    }


def _age(on: date, today: date, closed: frozenset[date]) -> int | None:
    """Business days since then; None of a day that is still to come."""
    return business_days(on, today, closed) if on <= today else None


def _naming(remittance: int, named: Mapping[int, Sequence[Expected]]) -> list[int]:
    """The deposits that name its trace with another amount."""
    return [deposit for deposit, ones in named.items() if any(one.id == remittance for one in ones)]


def _alone(row: Row, today: date, closed: frozenset[date], named: Sequence[Expected]) -> Data:
    """CORE 370: the remittance comes within three business days of the money. One that names a remittance of another
    amount (`names`, `more` than that by so much) gets no better by waiting."""
    age = _age(date.fromisoformat(row["day"]), today, closed)
    late = age is not None and age >= LATE_AFTER
    ask = "Late: ask the payer for the 835 of this trace, or `gateway bank link` it to the remittance that it paid."
    wait = "Wait: the remittance may come until the third business day."
    return {
        "deposit": row["id"],
        "day": row["day"],
        "amount": row["amount"],
        "description": row["description"],
        "age": age,
        "late": late,
        "names": named[0].id if named else None,
        "more": format(Decimal(row["amount"]) - named[0].amount, "f") if named else None,
        "next": _differs(row, named[0]) if named else ask if late else wait,
    }


def _differs(row: Row, named: Expected) -> str:
    """What to do about a deposit that names this remittance, and is not its amount."""
    more = Decimal(row["amount"]) - named.amount
    return (
        f"It names the trace of remittance {named.id} and is {dollars(abs(more))} {'more' if more > 0 else 'less'} than"
        f" its {dollars(named.amount)}: ask bank and payer for the difference. If it is its money all the same:"
        f' `gateway bank link {row["id"]} {named.id} --reason "..."`.'
    )


def _awaited(row: Row, today: date, closed: frozenset[date], naming: Sequence[int]) -> Data:
    paid_on = date.fromisoformat(row["paid_on"]) if row["paid_on"] else None
    age = _age(paid_on, today, closed) if paid_on else None
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
        "next": _money_step(
            row, f"Late: {overdue}" if late else "", ahead=bool(paid_on and age is None), naming=naming
        ),
    }


def _money_step(row: Row, late: str, *, ahead: bool, naming: Sequence[int]) -> str:
    if naming:
        return f"Deposit {naming[0]} names its trace with another amount: see above."
    if late:
        return f"{late}; or `gateway bank link` it to its deposit."
    return f"Its money is announced for {row['paid_on']}: wait." if ahead else "Wait, or import the statement."


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

"""What holds claims, by what somebody can mend: one provider at one payer for one reason, however many claims wait."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gateway.cases import Ground
from gateway.denials.work import weight
from gateway.desk.known import known_payer
from gateway.enrollment import Code
from gateway.model.registry import ProviderRecord
from gateway.store import held, registry
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]
Key = tuple[str, str, str]
"""Payer, NPI (empty where it is about no provider) and code."""

_RECORD = "gateway roster set {npi} {payer} --effective YYYY-MM-DD --source ..."
_LINK = "gateway roster link {npi} TIN --from YYYY-MM-DD --source ..."
_LOOK = "gateway lists look {npi}"
_ASK = "gateway proposals"
_COMMANDS: Mapping[str, str] = {
    Code.UNKNOWN: _RECORD,
    Code.PENDING: _RECORD,
    Code.UNDATED: _RECORD,
    Code.STARTS_LATER: _RECORD,
    Code.SPLIT_NEEDED: _RECORD,
    Code.OTHER_BUSINESS: "gateway roster set {npi} {payer} --line-of-business SBR09 --effective YYYY-MM-DD --source ...",
    Code.ENDED: "gateway roster history {npi}",
    Code.DENIED: "gateway roster history {npi}",
    Code.OUT_OF_NETWORK: "gateway roster history {npi}",
    Code.NOT_LINKED: _LINK,
    Code.LINK_OTHER_DAYS: _LINK,
    Code.RECREDENTIALING_OVER: "gateway roster set {npi} {payer} --decided YYYY-MM-DD --effective YYYY-MM-DD --source ...",
    Code.EDI_MISSING: "gateway roster set {npi} {payer} --kind edi_837 --submitter OURS --source ...",
    Code.LICENCE_EXPIRED: "gateway roster credential {npi} licence --until YYYY-MM-DD --source ...",
    Code.IN_QUESTION: _ASK,
    Code.NPI_NOT_FOUND: _LOOK,
    Code.NPI_DEACTIVATED: _LOOK,
    Code.EXCLUDED: _LOOK,
    Code.EXCLUDED_WAIVER: _LOOK,
    Code.MEDICARE_REVOKED: _LOOK,
    Code.ORDER_NOT_LISTED: _LOOK,
    Code.ATTENDING_UNKNOWN: _LOOK,
}


def command(code: str, npi: str, payer: str, claim: int) -> str:
    """What to type next about one thing that holds a claim."""
    return _COMMANDS.get(code, "gateway why C{claim}").format(npi=npi, payer=payer, claim=claim)


@dataclass
class _Cause:
    """`claims` have it among what holds them, nearest filing limit first; `alone` hold for nothing else."""

    claims: list[Row] = field(default_factory=list)
    alone: list[Row] = field(default_factory=list)


async def causes(site: Site, payer: str = "") -> list[Data]:
    """By payer, provider and reason: how many claims and dollars wait for it, how many for it alone, until when, and what
    to type next. First what is worth most soonest. A claim that waits for two things counts with both."""
    await known_payer(site, payer)
    found: dict[Key, _Cause] = {}
    for row in await site.store.read(held.waiting):
        if payer in ("", row["payer"]):
            _add(found, row)
    people = {one.npi: one for one in await site.store.read(registry.current, ProviderRecord)}
    told = [_told(site, key, cause, people.get(key[1])) for key, cause in found.items()]
    return sorted(told, key=lambda one: (-weight(Decimal(one["charge"]), one["days_left"]), one["payer"], one["npi"]))


def _add(found: dict[Key, _Cause], row: Row) -> None:
    grounds = [Ground(*one) for one in json.loads(row["grounds"])]
    keys = {(row["payer"], one.npi, one.code) for one in grounds} or {(row["payer"], "", row["code"])}
    for key in keys:
        cause = found.setdefault(key, _Cause())
        cause.claims.append(row)
        if len(keys) == 1:
            cause.alone.append(row)


def _told(site: Site, key: Key, cause: _Cause, person: Any) -> Data:
    payer, npi, code = key
    first, days = cause.claims[0], [row["first_day"] for row in cause.claims if row["first_day"]]
    return {
        "payer": payer,
        "npi": npi,
        "name": ", ".join(filter(None, (person.last_name, person.first_name))) if person else "",
        "code": code,
        "claims": len(cause.claims),
        "charge": _sum(cause.claims),
        "alone": len(cause.alone),
        "alone_charge": _sum(cause.alone),
        "first_day": min(days, default=None),
        "last_day": max(
            [row["last_day"] or row["first_day"] for row in cause.claims if row["first_day"]], default=None
        ),
        "filing_due": first["filing_due"],
        "days_left": (site.day(first["filing_due"]) - site.today()).days if first["filing_due"] else None,
        "command": command(code, npi, payer, first["id"]),
    }


def _sum(rows: list[Row]) -> str:
    return str(sum((Decimal(row["charge"] or 0) for row in rows), Decimal(0)))

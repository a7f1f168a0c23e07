"""Correction proposals as people see them: what a payer says against our records, and what hangs on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.cases import Case
from gateway.codec import as_money, day
from gateway.data.causes import CAUSES
from gateway.desk.known import known_npi, known_payer
from gateway.enrollment import judge_enrollment
from gateway.errors import Refused
from gateway.model.claims import Outcome
from gateway.model.partners import Payer
from gateway.store import claims as claim_rows
from gateway.store import proposal_rows, roster
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]

ROLES = {
    "85": "billing provider", "82": "rendering provider", "DQ": "supervising provider", "DN": "referring provider",
    "DK": "ordering provider", "71": "attending provider", "72": "operating provider", "77": "service facility",
}  # fmt: skip


async def listing(site: Site, decided: bool = False) -> list[Data]:
    """Open proposals, and with `decided` also those that a person has closed."""
    found = []
    for row in await site.store.read(proposal_rows.rows, decided):
        words = await site.store.read(proposal_rows.words, row["id"])
        found.append(
            {
                **_headed(site, row, words),
                "frozen": len(await site.store.read(proposal_rows.frozen, row)),
                "at_risk": len(await site.store.read(proposal_rows.at_risk, row)),
            }
        )
    return found


async def show(site: Site, proposal: int) -> Data:
    """One proposal with every answer, our own records beside it, and the claims that hang on it."""
    row = await site.store.read(proposal_rows.one, proposal)
    if row is None:
        raise no_such(proposal)
    words = await site.store.read(proposal_rows.words, proposal)
    records = await site.store.read(roster.current, row["npi"], row["payer"])
    return {
        **_headed(site, row, words),
        "answers_said": [_word(word) for word in words],
        "records": [
            {
                "record": r.id,
                "kind": r.kind.value,
                "state": r.state.value,
                "effective_from": day(r.effective_from),
                "effective_to": day(r.effective_to),
                "tax_id": r.tax_id,
                "source": r.source,
                "observed_on": day(r.observed_on),
            }
            for r in records
        ],
        "frozen": [_claim(each) for each in await site.store.read(proposal_rows.frozen, row)],
        "at_risk": [_claim(each) for each in await site.store.read(proposal_rows.at_risk, row)],
        "paid": [_claim(each) for each in await site.store.read(proposal_rows.paid_all_the_same, row)],
        "reprocess": await _reprocess(site, await site.store.read(proposal_rows.to_reprocess, "", "", proposal)),
        "commands": _commands(row),
    }


async def reprocess(site: Site, payer: str = "", npi: str = "", everything: bool = False) -> list[Data]:
    """Claims that stand refused and that our records cover now; with `everything` also those they do not."""
    await known_payer(site, payer)
    found = await _reprocess(site, await site.store.read(proposal_rows.to_reprocess, payer, npi))
    await known_npi(site, npi, found=bool(found))
    return [row for row in found if row["covered"] or everything]


async def made_good(site: Site, pairs: Collection[tuple[str, str]]) -> Data:
    """How many claims of these providers at these payers (NPI and key) stand refused and are covered now, and what lists
    them."""
    if not pairs:
        return {"claims": 0, "commands": []}
    refused = [row for row in await site.store.read(proposal_rows.to_reprocess) if (row["npi"], row["payer"]) in pairs]
    found = [row for row in await _reprocess(site, refused) if row["covered"]]
    names = sorted({(row["payer"], row["npi"]) for row in found})
    return {"claims": len(found), "commands": [_LIST.format(payer=payer, npi=npi) for payer, npi in names]}


_LIST = "gateway proposals reprocess --payer {payer} --npi {npi}"


async def misses(site: Site, since: str = "") -> list[Data]:
    """By payer and provider: how many claims were refused for enrollment, and how many of them the gate let pass without
    a word. The last row is the sum."""
    start = day_of("since", since)
    rows = await site.store.read(proposal_rows.refusals, start.isoformat() if start else "")
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["payer"], row["npi"]), []).append(row)
    told = [{"payer": payer, "npi": npi, **_missed(some)} for (payer, npi), some in groups.items()]
    every = {row["id"]: row for row in sorted(rows, key=lambda row: row["missed"])}
    return [*told, {"payer": "all", "npi": "", **_missed(list(every.values()))}] if told else []


def _missed(rows: Sequence[Row]) -> Data:
    missed = [row for row in rows if row["missed"]]
    return {
        "refused": len(rows),
        "refused_dollars": _sum(row["charge"] for row in rows),
        "missed": len(missed),
        "missed_dollars": _sum(row["charge"] for row in missed),
        "percent": round(100 * len(missed) / len(rows)),
    }


def _headed(site: Site, row: Row, words: Sequence[Row]) -> Data:
    payer, cause = site.registry.payers.get(row["payer"]), CAUSES.causes[row["cause"]]
    return {
        "proposal": row["id"],
        "state": row["state"],
        "payer": row["payer"],
        "payer_name": payer.name if payer else row["payer"],
        "phone": payer.phone if payer else "",
        "npi": row["npi"],
        "role": ROLES.get(row["role"], row["role"]),
        "role_said": any(word["role_said"] for word in words),
        "cause": row["cause"],
        "says": f"The payer {cause.means}.",
        "first_day": row["first_day"],
        "last_day": row["last_day"],
        "answers": len({word["answer"] for word in words}),
        "lines": len(words),
        "claims": len({word["claim"] for word in words}),
        "missed": len({word["claim"] for word in words if word["missed"]}),
        "refused": _sum(word["amount"] for word in words),
        "opened_at": row["opened_at"],
        "reason": row["reason"],
        "decided_by": row["decided_by"],
        "decided_at": row["decided_at"],
    }


def _word(word: Row) -> Data:
    names = ("answer", "form", "document", "lane", "code", "place", "first_day", "last_day", "amount", "told_on")
    return {
        "claim": f"C{word['claim']}",
        "control_number": word["control_number"],
        "stands": word["standing"] or word["state"],
        **{name: word[name] for name in names},
        "role_said": bool(word["role_said"]),
        "missed": bool(word["missed"]),
    }


def _claim(row: Row) -> Data:
    return {
        "claim": f"C{row['id']}",
        "control_number": row["control_number"],
        "payer": row["payer"],
        "stands": row["standing"] or row["state"],
        "code": row["code"],
        "charge": row["charge"],
        "first_day": row["first_day"],
        "filing_due": row["filing_due"],
    }


async def _reprocess(site: Site, rows: Sequence[Row]) -> list[Data]:
    """Each with whether our records cover it as they are now, with no question left open."""
    covered = set()
    for start in range(0, len(rows), 500):
        some = [row["id"] for row in rows[start : start + 500]]
        for case in await site.store.read(claim_rows.cases, some):
            payer = site.registry.payers.get(case.payer)
            if payer and _covered(case, payer, site.today()):
                covered.add(case.id)
    return [
        {
            **_claim(row),
            "proposal": row["proposal"],
            "npi": row["npi"],
            "refused_by": row["refused_by"],
            "covered": row["id"] in covered,
            "next": _step(row),
        }
        for row in rows
    ]


def _covered(case: Case, payer: Payer, today: date) -> bool:
    found = judge_enrollment(case.claim, payer, case.evidence, today, mode=case.mode)
    return all(finding.outcome < Outcome.HOLD for finding in found)


def _step(row: Row) -> str:
    if row["standing"] == "DECLINED":
        return "Send it again as a new original: the payer never filed it."
    return f"Ask the payer to reprocess it; else `gateway resubmit C{row['id']}`."


def _commands(row: Row) -> list[str]:
    number, later = row["id"], _LIST.format(payer=row["payer"], npi=row["npi"])
    if row["state"] != "OPEN":
        return [later]
    return [
        f"gateway proposals accept {number} --ended YYYY-MM-DD --reason ...    the payer is right; its last enrolled day",
        f"gateway proposals accept {number} --state denied --reason ...        the payer is right; any other state",
        f"gateway proposals dismiss {number} --reason ...                      our records are right, the payer errs",
        f"{later}    once it is mended",
    ]


def _sum(amounts: Iterable[str | None]) -> str:
    return format(sum((as_money(text) or Decimal(0) for text in amounts), Decimal(0)), "f")


def no_such(proposal: int) -> Refused:
    """Nobody knows this proposal."""
    return Refused(
        f"there is no proposal {proposal}", code="NO_SUCH_PROPOSAL", next_step="`gateway proposals --all` lists them."
    )


def day_of(name: str, text: str) -> date | None:
    """A day as an option gives it. Raises Refused."""
    if not text:
        return None
    with suppress(ValueError):
        day = date.fromisoformat(text)
        if 1900 <= day.year < 2200:
            return day
    raise Refused(f"--{name} is no day of our time", code="NOT_A_DAY", next_step="Write it as YYYY-MM-DD.")

"""Correct a claim: what may be done, what a replacement or void would be, and the order to send it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from gateway.codec import as_finding, day
from gateway.deadlines import filing_limit
from gateway.desk.claims import choose
from gateway.desk.denials import of_claim as denials_of
from gateway.desk.families import family_of
from gateway.errors import Refused
from gateway.gate import Judgement
from gateway.lifecycle import Standing
from gateway.model.claims import Claim, Outcome
from gateway.model.x12 import Interchange, TransactionSet
from gateway.resubmission import Objection, Wanted, objection
from gateway.rows import row_of
from gateway.screening import Screening
from gateway.store import claims, rehearsal, resubmissions
from gateway.store.connection import Row
from gateway.store.resubmissions import Basis
from gateway.workers.correcting import compose
from gateway.workers.plugins import judge_apart
from gateway.workers.site import Site

Data = dict[str, Any]


async def advice(site: Site, claim: str) -> Data:
    """What may be done to correct a claim, with the payer's reasons and the days that run. Builds nothing."""
    row = await choose(site, claim, current=True)
    basis = await _basis(site, row)
    ways = [_way(basis, wanted) for wanted in Wanted]
    return {
        **_head(site, row, basis),
        "says": ways[0]["says"],
        "next": ways[0]["next"],
        "ways": ways,
        "reasons": await _reasons(site, row),
        "denials": [each for each in await denials_of(site, row["id"]) if each["state"] == "OPEN"],
        "family": await family_of(site, row["id"]),
    }


async def preview(site: Site, claim: str, way: str) -> Data:
    """What would be sent, and what the gate would say of it. Raises Refused where it may not be."""
    row = await choose(site, claim, current=True)
    basis, wanted = await _allowed(site, row, way)
    content = await site.thread(compose, site, basis, wanted, 1)
    judged = await _judged(site, content)
    return {
        **_head(site, row, basis),
        "way": wanted.value,
        "frequency": wanted.frequency,
        "changes": _changes(basis, wanted),
        "warnings": _warnings(site, basis, wanted),
        "would": judged.would,
        "findings": [
            {"outcome": f.outcome.name, "code": f.code, "place": f.place, "message": f.message, "next": f.next_step}
            for f in sorted(judged.findings, key=lambda f: -f.outcome)
            if f.outcome is not Outcome.PASS
        ],
    }


async def order(site: Site, claim: str, way: str, reason: str, actor: str) -> Data:
    """Seal the replacement or void and enter it as a batch, in a person's name. It is read, judged and sent like any
    file that is dropped."""
    if not reason.strip():
        raise Refused(
            "a reason is missing", code="NO_REASON", next_step="Say why with --reason; it is kept with the claim."
        )
    row = await choose(site, claim)
    basis, wanted = await _allowed(site, row, way)
    control = await site.store.write(resubmissions.next_number)
    content = await site.thread(compose, site, basis, wanted, control)
    sealed = await site.thread(site.vault.seal, [content])
    batch = await site.store.write_as(
        actor, resubmissions.order, row["id"], wanted, basis.situation.number, reason, sealed,
        f"resubmission-{control}", site.registry.payers,
    )  # fmt: skip
    return {"claim": f"C{row['id']}", "way": wanted.value, "frequency": wanted.frequency, "batch": batch}


async def _basis(site: Site, row: Row) -> Basis:
    return await site.store.read(resubmissions.basis, row["id"], site.registry.payers)


async def _allowed(site: Site, row: Row, way: str) -> tuple[Basis, Wanted]:
    wanted = next((each for each in Wanted if each.value == way), None)
    if wanted is None:
        raise Refused("no such way", code="WAY_UNKNOWN", next_step="Say --replace or --void.")
    basis = await _basis(site, row)
    against = resubmissions.refused(basis.situation, wanted)
    if against:
        raise against
    return basis, wanted


def _head(site: Site, row: Row, basis: Basis) -> Data:
    payer = site.registry.payers.get(row["payer"])
    due, corrected = row["filing_due"], _corrected_due(site, basis)
    return {
        "claim": f"C{row['id']}",
        "control_number": row["control_number"],
        "payer": row["payer"],
        "payer_name": payer.name if payer else "",
        "stands": row["stands"],
        "code": row["code"],
        "place": row["place"],
        "payer_number": basis.situation.number,
        "paid": format(basis.paid, "f"),
        "filing_due": due,
        "days_left": (site.day(due) - site.today()).days if due else None,
        "corrected_due": day(corrected),
    }


def _corrected_due(site: Site, basis: Basis) -> date | None:
    """Until when the payer must have a replacement."""
    payer = basis.situation.payer
    if payer is None or basis.decided_on is None:
        return None
    replacing = replace(basis.claim, frequency=Wanted.REPLACE.frequency)
    limit = filing_limit(replacing, payer, site.settings.deadlines.closed, basis.decided_on)
    return limit.due if limit else None


def _way(basis: Basis, wanted: Wanted) -> Data:
    found = objection(basis.situation, wanted)
    command = f'gateway resubmit C{basis.situation.claim} --{wanted.value} --reason "..."'
    says = found or Objection("", _may(basis, wanted), f"Look first: {command} --dry-run")
    return {
        "way": wanted.value,
        "may": found is None,
        "code": says.code,
        "says": says.says,
        "next": says.next,
        "command": "" if found else command,
    }


def _may(basis: Basis, wanted: Wanted) -> str:
    if wanted is Wanted.REPLACE:
        return "It may be replaced as it is (frequency 7), once what it was denied for is mended elsewhere."
    money = f", and the ${basis.paid} that it paid" if basis.paid > 0 else "; no money goes back, for it paid none"
    return f"It may be voided (frequency 8): the payer then takes its decision back{money}."


async def _reasons(site: Site, row: Row) -> list[Data]:
    """Who refused it, why and where: our own checks, or the payer's acknowledgments of its latest attempt."""
    if row["stands"] in ("REJECTED", "HELD"):
        decision = await site.store.read(claims.judged, row["id"])
        found = [as_finding(f) for f in json.loads(decision["body"]).get("findings", [])] if decision else []
        return [
            {"by": "our checks", "code": f.code, "place": f.place, "says": f.message, "next": f.next_step}
            for f in sorted(found, key=lambda f: -f.outcome)
            if f.outcome >= Outcome.HOLD
        ]
    if row["stands"] not in (Standing.DECLINED, Standing.RETURNED):
        return []
    return [
        {"by": said["form"], "code": said["code"], "place": said["place"], "says": "", "next": said["next"]}
        for said in await site.store.read(resubmissions.refusals, row["id"])
    ]


def _changes(basis: Basis, wanted: Wanted) -> list[Data]:
    """All that is changed of the claim."""
    before = basis.claim.payer_control_number
    return [
        {"place": "2300/CLM05-3", "was": basis.claim.frequency, "becomes": wanted.frequency},
        {"place": "2300/REF*F8", "was": before, "becomes": basis.situation.number},
    ]


def _warnings(site: Site, basis: Basis, wanted: Wanted) -> list[str]:
    of = basis.situation
    found = []
    due = _corrected_due(site, basis)
    if wanted is Wanted.REPLACE and due and due < site.today():
        found.append(f"The limit for a replacement passed on {due}: expect a denial for timely filing.")
    if wanted is Wanted.VOID and basis.paid > 0:
        found.append(f"The payer paid {basis.paid} for it and will take that back.")
    if wanted is Wanted.VOID and of.stands == Standing.DENIED:
        found.append("It was denied: a void takes no money back, and some payers refuse one.")
    if wanted is Wanted.REPLACE and any("E" not in each.fix for each in of.denials):
        codes = ", ".join(each.code for each in of.denials if "E" not in each.fix)
        found.append(f"Denied for another cause too, which the same content does not mend: {codes}.")
    return found


async def _judged(site: Site, content: bytes) -> Judgement:
    """What the gate would say today, by the code that will say it."""
    (arrival,) = await site.thread(_arrivals, site, content)
    (case,) = await site.store.rehearse(None, rehearsal.arrived, [arrival])
    assert case
    [judged] = await judge_apart(site, [case])
    return judged


def _arrivals(site: Site, content: bytes) -> list[rehearsal.Arrival]:
    found, usage, context = [], "P", ("", "")
    for item in Screening(site.guides, site.guides.lists()).items([content]):
        if isinstance(item, Interchange):
            usage = item.usage
        elif isinstance(item, TransactionSet):
            context = item.mode, item.version
        elif isinstance(item, Claim):
            found.append(rehearsal.Arrival(row_of(item), usage, *context))
    return found

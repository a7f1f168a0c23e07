"""Questions about claims and orders to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from gateway.cases import Ground
from gateway.codec import as_claim, as_finding
from gateway.desk.claim_money import PAID_TOO_MUCH, money_of, paid_too_much
from gateway.desk.denials import of_claim as denials_of
from gateway.desk.families import counting, family_of, versions_of, with_versions
from gateway.desk.heard import acknowledged
from gateway.desk.holding import command
from gateway.desk.known import known_batch, known_payer
from gateway.desk.moving import way_of
from gateway.desk.silence import of_claim, told_of
from gateway.desk.statuses import status_of
from gateway.desk.submissions import ladder
from gateway.desk.unsent import waits
from gateway.enrollment import Code, whom
from gateway.errors import Refused
from gateway.lifecycle import Standing
from gateway.marks import SECOND, TWO_RELEASE, Mark, half_released
from gateway.model.claims import Finding, Outcome
from gateway.resubmission import TAKEN_BACK_STEP, elsewhere_step, of_the_envelope
from gateway.store import claims, standings
from gateway.store.connection import Row
from gateway.workers.plugins import look_ahead
from gateway.workers.site import Site

Data = dict[str, Any]

_ALL = 1_000_000_000

_ENDED = {
    "REJECTED": "It is rejected and is never sent: correct it in the billing software and send it again as a new claim.",
    "WITHDRAWN": "It is withdrawn and is never sent; to bill it after all, send it again as a new claim.",
    "DUPLICATE": "It is a copy and is never sent: `gateway why` names the claim that it repeats; decide about that one.",
}
_EXCLUDED = (
    "A federal program pays nothing for it, so the claim is rejected and nobody releases it. Where the list is wrong or a"
    " newer one leaves the provider out, import that and send the claim again. A site whose compliance decides case by case"
    ' sets EXCLUDED_FEDERAL = "HOLD" in `[checks] severity`: then two people may release.'
)

_TO_CORRECT = frozenset({"REJECTED", "DECLINED", "RETURNED", "DENIED", "PARTLY_PAID"})
"""Where a claim stands that somebody corrects."""
_DENIED = frozenset({Standing.DENIED, Standing.PARTLY_PAID})


async def listing(
    site: Site, stands: Sequence[str] = (), payer: str = "", batch: int | None = None, limit: int = 1000
) -> list[Data]:
    """Claims, oldest first, by where they stand, payer or batch."""
    await known_payer(site, payer)
    await known_batch(site, batch)
    found = await site.store.read(claims.rows, stands=tuple(stands), payer=payer, batch=batch, limit=limit)
    return await with_versions(site, [_listed(site, row) for row in found])


async def held(site: Site) -> list[Data]:
    """Held claims with the days left to their filing limit, the most urgent first."""
    today = site.today()
    found = await listing(site, stands=("HELD",), limit=_ALL)
    for row in found:
        row["days_left"] = (site.day(row["filing_due"]) - today).days if row["filing_due"] else None
    return sorted(found, key=lambda row: (row["days_left"] is None, row["days_left"] or 0))


async def totals(site: Site) -> Data:
    """How many claims stand where."""
    return {row["stands"]: row["claims"] for row in await site.store.read(claims.totals)}


async def why(site: Site, claim: str) -> Data:
    """Where one claim stands, why, on what evidence, and what to do next. A CLM01 that several versions of one claim have
    means the one that counts now."""
    row = await choose(site, claim, current=True)
    decision = await site.store.read(claims.judged, row["id"])
    findings = [as_finding(f) for f in json.loads(decision["body"]).get("findings", [])] if decision else []
    decided = await site.store.read(claims.decisions, row["id"])
    marks = [Mark(one["mark"], tuple(json.loads(one["codes"])), one["actor"]) for one in decided]
    listed = _listed(site, row)
    half = any(half_released(f.code, marks) for f in findings if f.outcome is Outcome.HOLD)
    if row["stands"] == "HELD" and half and not listed["next"].startswith(SECOND):
        listed["next"] = f"{SECOND} {listed['next']}"
    read, money = as_claim(row["facts"]), await money_of(site, row["id"])
    elsewhere = row["state"] != "SENT" and any(line["outcome"] for line in money["ledger"])
    if elsewhere:
        listed["next"] = elsewhere_step(row["id"], row["stands"])
    family = await family_of(site, row["id"])
    denials = await denials_of(site, row["id"])
    if row["stands"] in _DENIED and not elsewhere and denials and all(each["state"] == "CLOSED" for each in denials):
        listed["next"] = f"Nothing: its denials are closed. `gateway denials show {denials[-1]['denial']}` says how."
    if _overpaid(row, money, family):
        listed["next"] = f"{listed['next']} {PAID_TOO_MUCH}".strip()
    if await site.store.read(standings.twice, [row["id"]]):
        listed["next"] = f"{listed['next']} {standings.TWICE_STEP}".strip()
    if row["stands"] == Standing.REVERSED and not (family and family["voided_by"]):
        listed["next"] = TAKEN_BACK_STEP
    return {
        **listed,
        "commands": [] if elsewhere else _commands(row),
        "decided_at": decision["at"] if decision else None,
        "findings": [_found(f, whom(read, f)) for f in sorted(findings, key=lambda f: -f.outcome)],
        "decisions": [_decided(one, mark) for one, mark in zip(decided, marks, strict=True)],
        "submission": row["submission"],
        "isa13": row["isa13"],
        "sent_at": row["sent_at"],
        "trace": row["trace"],
        "payer_number": row["payer_control_number"] or "",
        "seen": await ladder(site, row["submission"]) if row["submission"] else [],
        "acknowledged": await acknowledged(site, row["id"]),
        "status": await status_of(site, row["id"]),
        "silence": await of_claim(site, row["id"], row["submission"]),
        **money,
        "denials": denials,
        "lane": row["lane"],
        "waits_for": await waits(site, row),
        "way": await way_of(site, row["payer"]),
        "payer_id": _payer_id(site, row),
        "family": family,
        "correct": f"gateway resubmit C{row['id']}" if _is_to_correct(row) and not elsewhere else None,
    }


def _is_to_correct(row: Row) -> bool:
    return row["stands"] in _TO_CORRECT and not of_the_envelope(row["stands"], row["code"])


def _payer_id(site: Site, row: Row) -> str:
    """By which id of its payer the claim went, or would go, where that is not the one it names; empty where it is."""
    lane = site.directory.lanes.get(row["lane"])
    went = row["went_as"] if row["submission"] else lane.id_of(row["payer"], row["payer_id"]) if lane else ""
    return f"{went} in place of {row['payer_id']}" if went not in ("", None, row["payer_id"]) else ""


def _found(finding: Finding, npi: str | None) -> Data:
    return {
        "outcome": finding.outcome.name,
        "code": finding.code,
        "place": finding.place,
        "line": finding.line,
        "npi": npi,
        "message": finding.message,
        "next": finding.next_step,
        "evidence": finding.evidence,
    }


def _decided(one: Row, mark: Mark) -> Data:
    return {
        "at": one["made_at"],
        "by": one["actor"],
        "did": one["mark"],
        "past": list(mark.codes),
        "reason": one["reason"],
    }


def _overpaid(row: Row, money: Data, family: Data | None) -> bool:
    if family:
        return paid_too_much((each["charge"] for each in family["versions"]), [family["paid"]])
    return paid_too_much([row["charge"]], (line["paid"] for line in money["ledger"] if line["outcome"]))


async def timeline(site: Site, claim: str, family: bool = False) -> list[Data]:
    """Everything that happened to one claim, oldest first; with `family` to all of its versions."""
    row = await choose(site, claim, current=True)
    told: dict[int, Data] = {}
    for each in await versions_of(site, row["id"]) if family else [row["id"]]:
        named = (await site.store.read(claims.payer_ids, [each]))[each]
        events = await site.store.read(claims.story, each)
        story = [(event["seq"], said) for event in events if (said := _told(event)).get("instead_of", named) == named]
        heard = await told_of(site, each, [said for _, said in story])
        told |= {seq: said for seq, said in story if any(said is one for one in heard)}
    return [told[seq] for seq in sorted(told)]


async def hold(site: Site, claim: str, reason: str, actor: str) -> Data:
    """Hold one claim in a person's name. One that is assigned to a submission leaves it before that is sent."""
    row = await choose(site, claim)
    _need_reason(reason)
    if row["stands"] not in ("RECEIVED", "HELD", "READY", "ASSIGNED"):
        raise Refused(
            f"claim C{row['id']} cannot be held any more",
            code="TOO_LATE",
            next_step=_ended(row) or "`gateway why` tells where it stands; what is on its way cannot be stopped.",
        )
    await look_ahead(site, lambda _: [row["id"]])
    after = await site.store.write_as(actor, claims.mark, row["id"], "hold", (), reason, site.gate.judge)
    return _listed(site, after)


async def release(site: Site, claim: str, reason: str, actor: str) -> Data:
    """Let one held claim go past the findings that hold it, in a person's name and with a reason."""
    row = await choose(site, claim)
    _need_reason(reason)
    decision = await site.store.read(claims.judged, row["id"])
    found = [as_finding(f) for f in json.loads(decision["body"]).get("findings", [])] if decision else []
    codes = {f.code for f in found if f.outcome is Outcome.HOLD} | ({row["code"]} if row["code"] else set())
    if row["stands"] != "HELD":
        raise Refused(
            f"claim C{row['id']} is not held",
            code="NOT_HELD",
            next_step=_ended(row) or "`gateway why` tells where it stands.",
        )
    await look_ahead(site, lambda _: [row["id"]])
    about = sorted({(one.code, one.npi) for one in _grounds(row)} | {(row["code"], "")} if _grounds(row) else ())
    after = await site.store.write_as(
        actor, claims.mark, row["id"], "release", sorted(codes), reason, site.gate.judge, about
    )
    told = _listed(site, after)
    if after["stands"] == "HELD" and TWO_RELEASE & set(json.loads(after["holds"])):
        told["next"] = SECOND
    return told


async def withdraw(site: Site, claim: str, reason: str, actor: str) -> Data:
    """Take one claim back before it is sent."""
    row = await choose(site, claim)
    _need_reason(reason)
    if row["stands"] not in ("RECEIVED", "HELD", "READY"):
        raise Refused(
            f"claim C{row['id']} cannot be withdrawn any more",
            code="TOO_LATE",
            next_step=_ended(row)
            or "While it is ASSIGNED, `gateway hold` it first; once it is on its way only a void (frequency 8)"
            " after adjudication takes a claim back.",
        )
    return _listed(site, await site.store.write_as(actor, claims.withdraw, row["id"], reason))


async def resend(site: Site, claim: str, reason: str, actor: str) -> Data:
    """Send a returned claim again in a new attempt, unchanged."""
    row = await choose(site, claim)
    _need_reason(reason)
    if row["stands"] != "RETURNED":
        raise Refused(
            f"claim C{row['id']} was not returned",
            code="NOT_RETURNED",
            next_step="Only what a TA1 or 999 returned can go again as it is; anything else needs a new claim.",
        )
    await site.store.write_as(actor, standings.requeue, row["id"], reason)
    return _listed(site, await site.store.read(claims.one, row["id"]))


async def choose(site: Site, reference: str, *, current: bool = False) -> Row:
    """The one claim a person means; with `current` also where all found are one family: the version that counts now.
    Raises Refused with the candidates when it is none or several."""
    found = await site.store.read(claims.find, reference)
    if len(found) == 1:
        return found[0]
    if current and found and (now := await counting(site, found)):
        return now
    if not found:
        raise Refused(
            f"no claim is called {reference!r}",
            code="NO_SUCH_CLAIM",
            next_step="`gateway claims` lists them; a claim is named by its id (C17) or its CLM01.",
        )
    candidates = ", ".join(f"C{row['id']} ({row['stands']}, received {row['received_at'][:10]})" for row in found)
    raise Refused(
        f"{reference!r} may mean: {candidates}",
        code="AMBIGUOUS_CLAIM",
        next_step="Name one by its id, for example C17.",
    )


def _ended(row: Row) -> str:
    """What to do about a claim that is never sent; empty for one that may be, or was."""
    return _EXCLUDED if row["code"] == Code.EXCLUDED_FEDERAL else _ENDED.get(row["stands"], "")


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(
            "a reason is missing", code="NO_REASON", next_step="Say why with --reason; it is kept with the claim."
        )


def _grounds(row: Row) -> list[Ground]:
    return [Ground(*one) for one in json.loads(row["grounds"])] if row["state"] == "HELD" else []


def _commands(row: Row) -> list[str]:
    """What to type about each thing that holds it."""
    found = [command(one.code, one.npi, row["payer"], row["id"]) for one in _grounds(row)]
    return [typed for typed in dict.fromkeys(found) if not typed.startswith("gateway why")]


def _listed(site: Site, row: Row) -> Data:
    payer = site.registry.payers.get(row["payer"])
    return {
        "claim": f"C{row['id']}",
        "control_number": row["control_number"],
        "payer": row["payer"],
        "payer_name": payer.name if payer else "",
        "stands": row["stands"],
        "code": row["code"],
        "place": row["place"],
        "npi": next((one.npi for one in _grounds(row) if (one.code, one.place) == (row["code"], row["place"])), ""),
        "next": row["next"],
        "charge": row["charge"],
        "first_day": row["first_day"],
        "filing_due": row["filing_due"],
        "original": f"C{row['original']}" if row["original"] else None,
        "batch": row["batch"],
        "test": row["usage"] == "T",
        "received_at": row["received_at"],
        "changed_at": row["changed_at"],
    }


def _told(event: Row) -> Data:
    body = json.loads(event["body"])
    body.pop("findings", None)
    return {"at": event["at"], "event": event["name"], "actor": event["actor"], **body}


def by_stand(rows: Iterable[Data]) -> dict[str, int]:
    """How many of these claims stand where."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["stands"]] = counts.get(row["stands"], 0) + 1
    return counts

"""What would happen to claims that are not here: on another day, or with other records."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gateway.codec import day, finding_values
from gateway.desk.roster import read_records
from gateway.errors import Refused
from gateway.gate import Judgement
from gateway.store import rehearsal
from gateway.store.rehearsal import Arrival, Instead
from gateway.workers.plugins import judge_apart
from gateway.workers.site import Site

Data = dict[str, Any]

_DUPLICATE: Data = {"would": "DUPLICATE", "payer": "", "lane": "", "payer_id": "", "filing_due": None, "findings": []}


async def check(
    site: Site,
    claims: Sequence[Data],
    as_of: str | None = None,
    roster: Sequence[Mapping[str, str]] | None = None,
    sheets: Sequence[str] = (),
) -> list[Data]:
    """What the gate would say of each claim on that day (None: today), sending and keeping nothing.

    A claim is `as_asked`. `roster` are rows of a roster file that stand in the place of the records on file for the
    providers of these claims, in these `sheets`.
    """
    if len(claims) > rehearsal.SOME:
        raise Refused("too many claims at a time", code="TOO_MANY", next_step=f"Ask about {rehearsal.SOME} at most.")
    today = date.fromisoformat(as_of) if as_of else site.today()
    records = None if roster is None else Instead(read_records(roster, site.registry.payers), frozenset(sheets))
    arrivals = [_arrival(claim) for claim in claims]
    cases = await site.store.rehearse(today if as_of else None, rehearsal.arrived, arrivals, records)
    judged = iter(await judge_apart(site, [case for case in cases if case], today))
    return [_DUPLICATE if case is None else _told(next(judged)) for case in cases]


def as_asked(arrival: Arrival) -> Data:
    """A claim as `check` takes it, in plain JSON."""
    *head, fingerprint, facts, likeness, npis, absences = arrival.row
    sealed = [base64.b64encode(part).decode() for part in (fingerprint, facts, likeness)]
    return {
        "row": [*head, *sealed, npis, absences],
        "usage": arrival.usage,
        "mode": arrival.mode,
        "version": arrival.version,
        "original": arrival.original,
    }


def _arrival(asked: Data) -> Arrival:
    *head, fingerprint, facts, likeness, npis, absences = asked["row"]
    row = (*head, *map(base64.b64decode, (fingerprint, facts, likeness)), tuple(npis), tuple(map(tuple, absences)))
    return Arrival(row, asked["usage"], asked["mode"], asked["version"], asked["original"])


def _told(judgement: Judgement) -> Data:
    return {
        "would": judgement.would,
        "payer": judgement.payer,
        "lane": judgement.lane,
        "payer_id": judgement.payer_id,
        "filing_due": day(judgement.filing_due),
        "findings": [finding_values(finding) for finding in judgement.findings],
    }

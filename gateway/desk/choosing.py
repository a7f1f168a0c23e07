"""A person says which of several statements of one payment holds."""

from __future__ import annotations

from itertools import islice
from typing import Any

from gateway.desk.reason import need_reason
from gateway.errors import GatewayError, Refused
from gateway.model.answers import Remittance
from gateway.store import choices, documents
from gateway.store.choices import Statement
from gateway.store.connection import Row
from gateway.workers.reading import answers_in
from gateway.workers.site import Site

Data = dict[str, Any]


async def use(site: Site, remittance: int, reason: str, actor: str) -> Data:
    """What this remittance says is posted; what contradicts it is taken back. Doing it again changes nothing."""
    need_reason(reason)
    _, rows = await site.store.read(choices.group, remittance)
    read = {row["id"]: await _read(site, row) for row in choices.statements(rows)}
    chosen, ended, made = await site.store.write_as(actor, choices.choose, remittance, read, reason)
    return {"remittance": chosen, "taken_back": ended, "postings": made}


async def _read(site: Site, row: Row) -> Statement:
    lane = site.directory.lanes.get(row["lane"])
    if lane is None:
        raise Refused(
            f"remittance {row['id']} came by {row['lane']}, which is not configured any more",
            code="LANE_GONE",
            next_step="Put its conf/partners file back, then choose.",
        )
    name = await site.store.read(documents.name_of, row["document"])
    try:
        said = await site.thread(stated, site, name, row["place"])
    except GatewayError:
        said = None
    if said is None:
        raise Refused(
            f"document {row['document']} of remittance {row['id']} cannot be read any more",
            code="UNREADABLE",
            next_step="Nothing was changed. Ask the payer for a reversal and correction, which post by themselves.",
        )
    return Statement(lane, row["answer"], said)


def stated(site: Site, name: str, place: int) -> Remittance | None:
    """The remittance at this place of a sealed document."""
    answer = next(islice(answers_in(site, name), place, None), None)
    return answer if isinstance(answer, Remittance) else None


async def told(site: Site, row: Row) -> Data:
    """What of a remittance's payment was chosen, and which posting this one takes back, is taken back by, or posts."""
    opposite = row["opposite"]
    return {
        "states": row["states"],
        "takes_back": opposite if opposite is not None and opposite < row["id"] else None,
        "taken_back_by": opposite if opposite is not None and opposite > row["id"] else None,
        "undecided": bool(row["restated"] and row["choice"] is None),
        "chosen": [
            {"remittance": each["remittance"], "by": each["actor"], "at": each["made_at"], "reason": each["reason"]}
            for each in await site.store.read(choices.made_of, row["id"])
        ],
    }

"""Take a record of the roster back that should never have been made, with what that would do before it is done."""

from __future__ import annotations

from typing import Any

from gateway.desk.effects import effects
from gateway.errors import Refused
from gateway.sheets import ENROLLMENTS, SHEETS, Record, Sheet, as_row
from gateway.store import withdrawals
from gateway.workers.site import Site

Data = dict[str, Any]


async def preview(site: Site, record: int, sheet: str = ENROLLMENTS.name) -> Data:
    """The record, what it had taken the place of, and which waiting claims would move without it."""
    of = _sheet(sheet)
    found = await standing(site, of, record)
    return {
        "withdrawn": {**as_row(found), "id": record},
        "replaced": [
            {**as_row(old), "id": old.id} for old in await site.store.read(withdrawals.replaced_by, of, record)
        ],
        "claims": await effects(site, lambda tx: withdrawals.withdraw(tx, of, record, "preview")),
    }


async def withdraw(site: Site, record: int, reason: str, actor: str, sheet: str = ENROLLMENTS.name) -> Data:
    """Believe it no more, in a person's name and with a reason. What was believed until now stays on record."""
    of = _sheet(sheet)
    await standing(site, of, record)
    if not reason.strip():
        raise Refused(
            "a reason is missing", code="NO_REASON", next_step="Say why with --reason; it is kept with the record."
        )
    claims = await site.store.write_as(actor, withdrawals.withdraw, of, record, reason)
    return {"withdrawn": record, "claims": claims or 0}


async def standing(site: Site, sheet: Sheet, record: int) -> Record:
    """The record, which must be believed now. Raises Refused."""
    found = await site.store.read(withdrawals.standing, sheet, record)
    if found is None:
        raise Refused(
            f"no record {record} of the sheet {sheet.name} is believed now",
            code="RECORD_UNKNOWN",
            next_step=f"`gateway roster show --sheet {sheet.name}` numbers those that are; `roster history NPI` all.",
        )
    return found


def _sheet(name: str) -> Sheet:
    if name not in SHEETS:
        raise Refused(f"there is no sheet {name}", code="SHEET_UNKNOWN", next_step=f"There are {', '.join(SHEETS)}.")
    return SHEETS[name]

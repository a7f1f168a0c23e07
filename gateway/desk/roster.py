"""The roster: who is enrolled with whom, in and out as rows, with what a change would do before it is done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from gateway.desk.effects import effects
from gateway.enrollment.history import succession
from gateway.errors import Refused
from gateway.model.enrollment import Enrollment, EnrollmentState
from gateway.npi import is_npi
from gateway.rosterfile import COLUMNS
from gateway.store import roster
from gateway.workers.site import Site

Data = dict[str, Any]
PROBLEMS = "ROSTER_PROBLEMS"
_DAY_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAYS = ("effective_from", "effective_to", "retro_from", "observed_on")


class RosterProblems(Refused):
    """Rows that cannot be records. `problems` holds all of them, each with row and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            "the roster has problems: " + "; ".join(problems),
            code=PROBLEMS,
            next_step="Correct the rows named here and import the file again; nothing of it was applied.",
        )
        self.problems = tuple(problems)


async def listing(site: Site, npi: str = "", payer: str = "") -> list[Data]:
    """The records believed now."""
    return [as_row(record) for record in await site.store.read(roster.current, npi, payer)]


async def preview(site: Site, rows: Sequence[Mapping[str, str]], replace_all: bool = False) -> Data:
    """What applying these rows would add and supersede, and which waiting claims that would move. Raises Refused with
    every problem, by row and column."""
    added, superseded = await _difference(site, rows, replace_all)
    ids = [r.id for r in superseded]
    moved = await effects(site, lambda tx: roster.replace(tx, added, ids, "preview")) if added or ids else None
    return {"added": [as_row(r) for r in added], "superseded": [as_row(r) for r in superseded], "claims": moved}


async def apply(
    site: Site, rows: Sequence[Mapping[str, str]], source: str, actor: str, replace_all: bool = False
) -> Data:
    """Apply these rows, and have the claims they concern judged again."""
    added, superseded = await _difference(site, rows, replace_all)
    if not added and not superseded:
        return {"added": 0, "superseded": 0, "claims": 0}
    concerned = await site.store.write_as(actor, roster.replace, added, [r.id for r in superseded], source)
    return {"added": len(added), "superseded": len(superseded), "claims": concerned}


async def _difference(
    site: Site, rows: Sequence[Mapping[str, str]], replace_all: bool
) -> tuple[list[Enrollment], list[Enrollment]]:
    """New records, and the current ones they take the place of: those that speak of the same provider, payer, TIN and
    billing NPI on a day the new one speaks of too."""
    wanted = read_rows(rows, set(site.registry.payers), site.today())
    if replace_all and not wanted:
        raise Refused(
            "the roster is empty, and replacing by it would supersede every record",
            code="ROSTER_EMPTY",
            next_step="Import it without --replace, or check that it is the right file.",
        )
    return succession(await site.store.read(roster.current), wanted, only_these=replace_all)


def read_rows(rows: Sequence[Mapping[str, str]], payers: set[str], today: date) -> list[Enrollment]:
    """Rows of text as records. All problems at once, each with row (the header is row 1) and column."""
    problems: list[str] = []
    records: list[Enrollment] = []
    for number, row in enumerate(rows, 2):
        found = _problems(row, payers)
        problems += [f"row {number}, {problem}" for problem in found]
        if not found:
            records.append(_record(row, today))
    if problems:
        raise RosterProblems(problems)
    return records


def _problems(row: Mapping[str, str], payers: set[str]) -> list[str]:
    found = [f"column {name}: unknown" for name in row if name not in COLUMNS]
    if not is_npi(row.get("provider_npi", "")):
        found.append("column provider_npi: not an NPI (ten digits with a valid check digit)")
    if row.get("payer", "") not in payers:
        found.append(f"column payer: not one of {', '.join(sorted(payers))}")
    if (row.get("state") or "active").lower() not in set(EnrollmentState):
        found.append(f"column state: not one of {', '.join(EnrollmentState)}")
    billing = row.get("billing_npi", "") or "*"
    if billing != "*" and not is_npi(billing):
        found.append("column billing_npi: not an NPI; leave it empty or * for any")
    found += [f"column {name}: not a date (YYYY-MM-DD)" for name in _DAYS if not _is_day(row.get(name, ""))]
    return found + ([] if found else _order_problem(row))


def _order_problem(row: Mapping[str, str]) -> list[str]:
    begin, end = row.get("effective_from", ""), row.get("effective_to", "")
    return ["column effective_to: before effective_from"] if begin and end and end < begin else []


def _is_day(text: str) -> bool:
    try:
        return not text or (_DAY_SHAPE.fullmatch(text) is not None and bool(date.fromisoformat(text)))
    except ValueError:
        return False


def _record(row: Mapping[str, str], today: date) -> Enrollment:
    def day(name: str) -> date | None:
        return date.fromisoformat(row[name]) if row.get(name) else None

    return Enrollment(
        provider_npi=row["provider_npi"],
        payer=row["payer"],
        state=EnrollmentState(row.get("state", "").lower() or "active"),
        effective_from=day("effective_from"),
        effective_to=day("effective_to"),
        retro_from=day("retro_from"),
        tax_id=(row.get("tax_id", "") or "*").replace("-", ""),
        billing_npi=row.get("billing_npi", "") or "*",
        source=row.get("source", ""),
        observed_on=day("observed_on") or today,
    )


def as_row(record: Enrollment) -> Data:
    """A record as a row of the roster file."""
    values = asdict(record)
    return {name: "" if values[name] is None else str(values[name]) for name in COLUMNS}

"""The roster: who is enrolled with whom and what is stated of them, with what a change would do before it is done."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from gateway.desk.effects import effects
from gateway.desk.known import known_npi, known_payer
from gateway.desk.proposals import made_good
from gateway.desk.withdrawing import standing
from gateway.desk.words import PROBLEMS, PROBLEMS_HEAD
from gateway.enrollment.history import key_of
from gateway.errors import Refused
from gateway.model.enrollment import BILLING_KINDS, Enrollment, EnrollmentState
from gateway.sheets import ENROLLMENTS, SHEET, SHEETS, Record, Sheet, Wanted, as_row, retro
from gateway.sheets import read_rows as read_sheets
from gateway.sheets.rows import enrollments_of
from gateway.store import documents, rosters, withdrawals
from gateway.store.rosters import Change, Delivery
from gateway.vault.documents import SealedDocument
from gateway.workers.site import Site

Data = dict[str, Any]
Rows = Sequence[Mapping[str, str]]
LARGEST_DOCUMENT = 20_000_000
_ALL = "all"
_ROW, _COLUMN = re.compile("row [0-9]+"), re.compile(r"column (\w+)")


class RosterProblems(Refused):
    """Rows that cannot be records. `problems` holds all of them, each with row and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            "\n  ".join([PROBLEMS_HEAD, *problems]),
            code=PROBLEMS,
            next_step="Correct the rows named here and import the file again; nothing of it was applied.",
        )
        self.problems = tuple(problems)


def place_of(problem: str) -> str:
    """Where a problem is, by row and known column: a sheet and a heading may be called by anybody's name."""
    row = _ROW.search(problem)
    column = _COLUMN.search(problem)
    known = column and any(column[1] in sheet.names for sheet in SHEETS.values())
    return ", ".join([*([row[0]] if row else []), *([column[0]] if column and known else [])])


async def listing(
    site: Site, npi: str = "", payer: str = "", sheet: str = ENROLLMENTS.name, believed_on: str = ""
) -> list[Data]:
    """The records of one sheet, or of `all`: those believed now, or at the end of a day (YYYY-MM-DD)."""
    day = _day(believed_on) if believed_on else None
    found: list[Data] = []
    for each in _sheets(sheet):
        found += [listed(r) for r in await site.store.read(rosters.believed, each, npi, payer, day)]
    await known_npi(site, npi, found=True)
    if payer and not found and payer not in site.registry.payers:
        raise Refused(
            "no payer of that key is declared here, and no record is about one",
            code="PAYER_UNDECLARED",
            next_step=f"Declared are {', '.join(sorted(site.registry.payers)) or 'none'}; `gateway payer list` has names.",
        )
    return found


async def history(site: Site, npi: str, payer: str = "") -> list[Data]:
    """Every record there ever was of a provider, oldest first: what it said, who recorded it and when, what it rests
    on, and what ended it."""
    await known_npi(site, npi, found=True)
    told = await site.store.read(rosters.told, npi, payer)
    if not told:
        await known_payer(site, payer)
    names = ("recorded_at", "recorded_by", "superseded_at", "superseded_by", "superseded_who")
    why = {sheet.name: await site.store.read(withdrawals.reasons, sheet) for sheet in SHEETS.values()}
    found = []
    for record, row in told:
        said = {**listed(record), **{name: row[name] for name in names}}
        found.append({**said, "withdrawn": why[said[SHEET]].get(record.id, "")})
    return found


async def evidence(site: Site, document: int) -> Data:
    """The document that records rest on, in base64. Any other document of the site is none of the roster's."""
    if not await site.store.read(rosters.is_evidence, document):
        raise Refused(
            f"no record of the roster rests on a document {document}",
            code="EVIDENCE_UNKNOWN",
            next_step="`gateway roster show` and `roster history` name the documents there are.",
        )
    name = await site.store.read(documents.name_of, document)
    content = await site.thread(lambda: b"".join(site.vault.open(name)))
    return {"document": document, "content": base64.b64encode(content).decode()}


async def examine(site: Site, rows: Rows) -> int:
    """How many records these rows are. Raises Refused with all that an import of them would find wrong, or ask."""
    return len(await _wanted(site, rows))


async def preview(
    site: Site,
    rows: Rows,
    replace_all: bool = False,
    said_by_person: bool = False,
    instead_of: Sequence[int] = (),
) -> Data:
    """What applying these rows would add, supersede and leave as it is, and which waiting claims that would move. `kept`
    are the parts that stay of records which a new one of the same state takes the place of: perhaps a day was corrected,
    and the rest of the old record is wrong too. `left_behind` are the documents of superseded records that nothing added
    rests on, `seen_later` the superseded ones that somebody saw later than what takes their place. Raises Refused with
    every problem, by row and column."""
    wanted = await _wanted(site, rows, replace_all, said_by_person, instead_of)
    change = await site.store.read(rosters.difference, wanted, replace_all, instead_of)
    changes = change.added or change.superseded
    writing = partial(rosters.change, wanted=wanted, source="preview", replace_all=replace_all, instead_of=instead_of)
    moved = await effects(site, writing) if changes else None
    return {
        "added": [{**as_row(record), "document": record.document} for record in change.added],
        "superseded": [listed(record) for record in change.superseded],
        "kept": [{**as_row(rest), "id": old.id} for rest, old in change.kept if _goes_on(rest, enrollments_of(wanted))],
        "unchanged": change.unchanged,
        "left_behind": list(change.left_behind),
        "seen_later": list(change.seen_later),
        "claims": moved,
    }


async def apply(
    site: Site,
    rows: Rows,
    source: str,
    actor: str,
    replace_all: bool = False,
    document: str = "",
    said_by_person: bool = False,
    instead_of: Sequence[int] = (),
) -> Data:
    """Apply these rows, and have the claims they concern judged again. `document` is their evidence, in base64;
    `said_by_person` that somebody typed a single record from a letter, and can be asked what the letter says;
    `instead_of` numbers the enrollments that they correct, of which no day stays. `reprocess` are refused claims that the
    records cover now."""
    wanted = await _wanted(site, rows, replace_all, said_by_person, instead_of)
    sealed = await _sealed(site, document) if document else None
    writing = partial(rosters.change, wanted=wanted, source=source, replace_all=replace_all, document=sealed,
                      instead_of=instead_of)  # fmt: skip
    change = await site.store.write_as(actor, writing)
    pairs = {(record.provider_npi, record.payer) for record in change.added if isinstance(record, Enrollment)}
    counts = {"added": len(change.added), "superseded": len(change.superseded), "claims": change.claims}
    return {**counts, "reprocess": await made_good(site, pairs)}


async def deliver(site: Site, rows: Rows, delivery: Delivery) -> Change:
    """Apply what came by itself, in its source's own name, unless the same was applied before."""
    wanted = await _wanted(site, rows)
    return await site.store.write_as(delivery.source, rosters.change, wanted, delivery.source, delivery=delivery)


async def _wanted(
    site: Site,
    rows: Rows,
    replace_all: bool = False,
    said_by_person: bool = False,
    instead_of: Sequence[int] = (),
) -> list[Wanted]:
    wanted, problems = await site.thread(read_sheets, rows, site.registry.payers)
    current = await site.store.read(rosters.of_wanted, wanted)
    medicare = {key for key, payer in site.registry.payers.items() if payer.medicare}
    if not said_by_person:
        problems += retro.problems(wanted, current, medicare)
    if problems:
        raise RosterProblems(problems)
    for record in instead_of:
        await _corrected(site, record, enrollments_of(wanted))
    if replace_all and not wanted:
        raise Refused(
            "the roster is empty, and replacing by it would supersede every record",
            code="ROSTER_EMPTY",
            next_step="Import it without --replace, or check that it is the right file.",
        )
    if said_by_person:
        _begun(enrollments_of(wanted))
        _which_date(wanted, current, medicare)
    return wanted


async def _corrected(site: Site, record: int, wanted: Sequence[Enrollment]) -> None:
    """What is corrected is believed now, and of the same provider at the same payer."""
    old = await standing(site, ENROLLMENTS, record)
    assert isinstance(old, Enrollment)
    if not any((new.provider_npi, new.payer) == (old.provider_npi, old.payer) for new in wanted):
        raise Refused(
            f"record {record} is of another provider or payer",
            code="CORRECTS_ANOTHER",
            next_step="`gateway roster show` numbers the records; `roster withdraw` takes one back by itself.",
        )


def _goes_on(rest: Enrollment, wanted: Sequence[Enrollment]) -> bool:
    return any(new.state is rest.state and key_of(new) == key_of(rest) for new in wanted)


def _begun(wanted: Sequence[Enrollment]) -> None:
    if any(r.state is EnrollmentState.ACTIVE and not r.effective_from for r in wanted if r.kind in BILLING_KINDS):
        raise Refused(
            "an active enrollment needs the day on which it begins",
            code="EFFECTIVE_UNTOLD",
            place="column effective_from",
            next_step="Add --effective with the day that the letter or the portal names.",
        )


def _which_date(wanted: Sequence[Wanted], current: Sequence[Enrollment], medicare: Collection[str]) -> None:
    """Who types a record can be asked, and says what is on record already once more."""
    if list(retro.untold(wanted, (), medicare)):
        raise Refused(
            "which date does the letter print: the day enrollment begins, or one that is retroactive already?",
            code="RETRO_UNTOLD",
            place="column retro_from",
            next_step="Add --retro 30days for the first, --retro none for the second, or --retro with the day the letter"
            " names as the earliest that may be billed.",
        )
    if list(retro.twice(wanted, current, medicare)):
        raise Refused(
            "this effective date is on record as the retroactive one already: days before it would be counted twice",
            code="RETRO_TWICE",
            place="column retro_from",
            next_step="Give --retro none; `gateway roster history` shows the record.",
        )


def read_records(rows: Rows, payers: Collection[str]) -> list[Record]:
    """These rows as records. Raises RosterProblems."""
    wanted, problems = read_sheets(rows, payers)
    if problems:
        raise RosterProblems(problems)
    return [each.record for each in wanted]


async def _sealed(site: Site, document: str) -> SealedDocument:
    try:
        content = base64.b64decode(document, validate=True)
    except binascii.Error:
        content = b""
    if not 0 < len(content) <= LARGEST_DOCUMENT:
        raise Refused(
            f"the document is empty, or larger than {LARGEST_DOCUMENT // 1_000_000} MB",
            code="DOCUMENT_SIZE",
            next_step="Give the letter alone, as PDF or picture.",
        )
    return await site.thread(site.vault.seal, [content])


def listed(record: Record) -> Data:
    """A record as a row of the roster file, with its number here and the document it rests on."""
    return {**as_row(record), "id": record.id, "document": record.document}


def _sheets(name: str) -> Collection[Sheet]:
    if name == _ALL:
        return SHEETS.values()
    if name not in SHEETS:
        raise Refused(
            f"there is no sheet {name}", code="SHEET_UNKNOWN", next_step=f"There are {', '.join(SHEETS)}, and {_ALL}."
        )
    return (SHEETS[name],)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("that is no day", code="NOT_A_DAY", next_step="Write it as YYYY-MM-DD.") from None

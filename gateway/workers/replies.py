"""Answer the submitter: once every claim of a dropped file was judged, the replies the site asks for lie in the spool."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from gateway.codec import as_claim, as_day, as_finding, as_money
from gateway.errors import Malformed
from gateway.model.claims import ClaimKind
from gateway.model.reports import (
    BatchReport,
    ClaimReport,
    GroupReport,
    InterchangeReport,
    Party,
    SetReport,
    Stamp,
    Verdict,
)
from gateway.model.x12 import Delimiters, Interchange, Span, TransactionSet
from gateway.replies import (
    DUPLICATE_FILE,
    acknowledge,
    claim_acknowledgment,
    csv_report,
    element_numbers,
    interchange_acknowledgment,
    names_of,
    refused_batch,
    submitter_of,
    text_report,
)
from gateway.store import replies
from gateway.store.connection import Row
from gateway.vault.documents import DocumentReader
from gateway.workers.site import Site
from gateway.x12.envelope import check_envelope

_T = TypeVar("_T")
_PAGE = 1_000
MOST_CLAIMS = 100_000
"""A batch of more claims is answered by listings alone: a reply stands in memory as a whole."""

_VERDICTS = {"REJECTED": Verdict.REJECTED, "DUPLICATE": Verdict.DUPLICATE, "HELD": Verdict.HELD}
_X12 = {"TA1": "ta1", "999": "999", "277CA": "277ca"}


async def reply(site: Site) -> int:
    """Answer every batch that waits for it; returns how many. A crash on the way writes the same files again."""
    waiting = await site.store.read(replies.waiting)
    for row in waiting:
        formats = _wanted(site, row)
        if formats:
            await _answer(site, row, formats)
        await site.store.write(replies.told, row["id"], formats)
    return len(waiting)


def _wanted(site: Site, row: Row) -> tuple[str, ...]:
    """A refused file has its words beside it, so that a report in words would say them twice."""
    asked = tuple(dict.fromkeys(site.settings.replies.formats))
    if row["claims"] > MOST_CLAIMS:
        return ()
    return tuple(f for f in asked if f != "text") if row["state"] in ("REFUSED", "DUPLICATE") else asked


async def _answer(site: Site, row: Row, formats: tuple[str, ...]) -> None:
    """Make and publish the replies of one batch."""
    loop = asyncio.get_running_loop()
    ask = _Asker(site, loop)
    report = await site.thread(_refused if row["state"] in ("REFUSED", "DUPLICATE") else _taken, site, row, ask)
    name = f"B{row['id']:08d}"
    for form in formats:
        files = await site.thread(partial(_written, site, report, form, ask))
        for number, (folder, ending, content) in enumerate(files):
            part = f"-{number + 1}" if len(files) > 1 else ""
            await site.thread(site.spool.publish, folder, f"{name}{part}.{ending}", [content])


def _written(site: Site, report: BatchReport, form: str, ask: _Asker) -> list[tuple[str, str, bytes]]:
    """The files of one format: folder, ending, content. An X12 reply answers one interchange."""
    if form == "text":
        return [("reports", "txt", text_report(report).encode())]
    if form == "csv":
        return [("reports", "csv", csv_report(report).encode())]
    found = []
    for around in report.interchanges:
        content = _x12(site, around, form, report.received, ask)
        if content:
            found.append(("handback", _X12[form], content))
    return found


def _x12(site: Site, around: InterchangeReport, form: str, received: date, ask: _Asker) -> bytes:
    moment = site.clock().astimezone(site.zone)
    stamp = Stamp(ask.write(replies.next_number), datetime.fromisoformat(moment.strftime("%Y-%m-%dT%H:%M:%S")))
    if form == "TA1":
        return interchange_acknowledgment(around, stamp)
    if form == "999":
        return acknowledge(around, stamp, _numbers(site, around))
    us = Party(name=site.settings.site.name.upper(), qualifier="46", id=around.interchange.receiver.id)
    return claim_acknowledgment(around, stamp, us, received)


def _numbers(site: Site, around: InterchangeReport) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in around.groups:
        guide = site.guides("837", group.group.version)
        if guide:
            found |= element_numbers(guide)
    return found


def _refused(site: Site, row: Row, ask: _Asker) -> BatchReport:
    code = DUPLICATE_FILE if row["state"] == "DUPLICATE" else row["code"]
    message = row["message"] or "Exactly these bytes were received before."
    wrong = Malformed(message, code=code, place=row["place"], next_step=row["next"])
    return refused_batch(site.vault.open(row["vault_name"]), wrong, row["file_name"], _received(site, row))


def _taken(site: Site, row: Row, ask: _Asker) -> BatchReport:
    """The report on a batch that was taken: its envelopes read anew, its sets and claims from the store."""
    envelope = check_envelope(site.vault.open(row["vault_name"]))
    found = ask.read(replies.sets, row["id"])
    interchanges = []
    with site.vault.reader(row["vault_name"]) as document:
        for around in envelope.interchanges:
            groups = []
            for group in (g for g in envelope.groups if g.interchange == around.ordinal):
                mine = [s for s in found if s["ordinal"] == around.ordinal and s["group_control"] == group.control]
                sets = tuple(_set(site, row, s, around, group.ordinal, document, ask) for s in mine)
                groups.append(GroupReport(group, sets, stated=len(sets)))
            interchanges.append(InterchangeReport(around, tuple(groups)))
    return BatchReport(row["file_name"], _received(site, row), tuple(interchanges))


def _set(
    site: Site, batch: Row, found: Row, around: Interchange, group: int, document: DocumentReader, ask: _Asker
) -> SetReport:
    named = TransactionSet(
        0, around.ordinal, group, "837", found["control"], found["version"], "", found["reference"], found["mode"]
    )
    first = found["first_level"] or 0
    header = document.read(Span(max(0, first - 4096), first)) if first else b""
    return SetReport(
        named,
        _Claims(site, found["id"], found["claims"], around.delimiters, batch["vault_name"], ask),
        tuple(as_finding(values) for values in json.loads(found["findings"])),
        submitter=submitter_of(header, around.delimiters),
    )


def _received(site: Site, row: Row) -> date:
    return datetime.fromisoformat(row["received_at"].replace("Z", "+00:00")).astimezone(site.zone).date()


class _Asker:
    """Asks the store from a thread."""

    def __init__(self, site: Site, loop: asyncio.AbstractEventLoop) -> None:
        self._site, self._loop = site, loop

    def read(self, fn: Callable[..., _T], *args: object) -> _T:
        return asyncio.run_coroutine_threadsafe(self._site.store.read(fn, *args), self._loop).result()

    def write(self, fn: Callable[..., _T], *args: object) -> _T:
        return asyncio.run_coroutine_threadsafe(self._site.store.write(fn, *args), self._loop).result()


class _Claims(Collection[ClaimReport]):
    """The claims of a set, fetched page by page each time they are gone through."""

    def __init__(
        self, site: Site, transaction_set: int, count: int, delimiters: Delimiters, vault_name: str, ask: _Asker
    ) -> None:
        self._site, self._set, self._count, self._ask = site, transaction_set, count, ask
        self._delimiters, self._vault_name = delimiters, vault_name

    def __len__(self) -> int:
        return self._count

    def __contains__(self, claim: object) -> bool:
        return any(claim == mine for mine in self)

    def __iter__(self) -> Iterator[ClaimReport]:
        after = 0
        with self._site.vault.reader(self._vault_name) as document:
            while page := self._ask.read(replies.claims, self._set, after, _PAGE):
                after = page[-1]["id"]
                spans = self._spans(page)
                for row in page:
                    blocks = [document.read(Span(*spans[int(level)])) for level in row["levels"].split()]
                    yield _claim(self._site, row, blocks, self._delimiters)

    def _spans(self, page: Sequence[Row]) -> dict[int, tuple[int, int]]:
        levels = {int(level) for row in page for level in row["levels"].split()}
        return self._ask.read(replies.level_spans, self._set, min(levels), max(levels))


def _claim(site: Site, row: Row, blocks: Sequence[bytes], delimiters: Delimiters) -> ClaimReport:
    facts, names = as_claim(row["facts"]), names_of(blocks, delimiters)
    payer = site.registry.payers.get(row["payer"])
    found = json.loads(row["judged"]).get("findings", []) if row["judged"] else []
    verdict = _VERDICTS.get(row["state"], Verdict.ACCEPTED)
    institutional = facts.kind is ClaimKind.INSTITUTIONAL
    return ClaimReport(
        claim_id=f"C{row['id']}",
        kind=facts.kind,
        control_number=row["control_number"],
        charge=as_money(row["charge"]),
        first_day=as_day(row["first_day"]),
        last_day=as_day(row["last_day"]),
        position=facts.position,
        payer=payer.name if payer else row["payer_id"],
        verdict=verdict,
        billing=names.billing,
        patient=names.patient,
        trace=facts.trace,
        bill_type=f"{facts.place_of_service}{facts.frequency}" if institutional else "",
        code="" if verdict is Verdict.ACCEPTED else row["code"],
        findings=tuple(as_finding(values) for values in found),
    )

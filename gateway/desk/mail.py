"""Questions about mail and mailboxes, and the sealed documents that people may have."""

from __future__ import annotations

import base64
import re
from typing import Any

from gateway.errors import Refused
from gateway.model.habits import Sends
from gateway.model.partners import Partner
from gateway.model.x12 import Span
from gateway.store import documents, mail, numbers
from gateway.workers.site import Site

Data = dict[str, Any]

_MEMBER = re.compile(r"(#\d+!)")
"""What parts the path of an archive from the name of a file in it (see workers.unpacking)."""
PART = 8 * 1024 * 1024
"""Bytes of a document that are given at once."""


async def listing(site: Site, everything: bool = False, limit: int = 1000) -> list[Data]:
    """What partners sent that is no answer, newest first."""
    return [_mail(row) for row in await site.store.read(mail.rows, everything, limit)]


def _mail(row: Any) -> Data:
    return {
        "mail": row["id"],
        "lane": row["lane"],
        "kind": "unreadable" if row["state"] == "UNREADABLE" else row["pattern"] or row["kind"],
        "looks": row["kind"],
        "code": row["code"],
        "place": row["place"],
        "next": row["next"],
        "file": _name(row["path"]) if row["container"] is None else _packed(row["path"]),
        "bytes": row["bytes"],
        "document": row["document"],
        "came_at": row["fetched_at"],
        "opened_at": row["opened_at"],
        "done_at": row["done_at"],
    }


async def show(site: Site, number: int) -> Data:
    """One piece of mail; its content is asked for by its document."""
    return _mail(await _one(site, number))


async def done(site: Site, number: int, actor: str) -> Data:
    """Somebody has done with it what there was to do."""
    await _one(site, number)
    await site.store.write_as(actor, mail.done, number)
    return _mail(await _one(site, number))


async def again(site: Site, number: int, actor: str) -> Data:
    """What kept a document from being read is mended: read it again."""
    found = _mail(await _one(site, number))
    await site.store.write_as(actor, mail.read_again, number)
    return found


async def _one(site: Site, number: int) -> Any:
    row = await site.store.read(mail.one, number)
    if row is None:
        raise Refused(f"there is no mail {number}", code="MAIL_UNKNOWN", next_step="`gateway mail` lists it.")
    return row


async def part(site: Site, document: int, offset: int, actor: str) -> Data:
    """A part of a sealed document in base64, from `offset` (in bytes, at the start of a part); the journal keeps who had
    it. `bytes` is the size of the whole."""
    row = await site.store.read(documents.one, document)
    if row is None or offset < 0 or offset % PART:
        raise Refused(
            f"there is no document {document}",
            code="DOCUMENT_UNKNOWN",
            next_step="`gateway answers`, `gateway mail` and the log name documents by their numbers.",
        )
    content = await site.thread(_part_of, site, row["name"], offset)
    await site.store.write_as(actor, mail.opened, document)
    return {"document": document, "bytes": row["size"], "content": base64.b64encode(content).decode()}


def _part_of(site: Site, name: str, offset: int) -> bytes:
    with site.vault.reader(name) as found:
        return found.read(Span(min(offset, found.size), min(offset + PART, found.size)))


async def mailboxes(site: Site) -> list[Data]:
    """How each lane's mailbox is doing."""
    rows, seen = await site.store.read(mail.health), await site.store.read(mail.forms_seen)
    troubles, gaps = await site.store.read(mail.troubles), await site.store.read(numbers.open_gaps)
    empty = await site.store.read(mail.empty)
    found = []
    for row in rows:
        lane = site.directory.lanes.get(row["lane"])
        if lane is None:
            continue
        had = {form for key, form in seen if key == row["lane"]}
        found.append(
            {
                "lane": row["lane"],
                "listed_at": row["listed_at"] or "",
                "new_at": row["new_at"] or "",
                "files": row["files"] or 0,
                "waiting": row["waiting"] or 0,
                "empty": [_name(each["path"]) for each in empty if each["lane"] == row["lane"]],
                "unreadable": row["unreadable"],
                "mail": row["mail"],
                "never_seen": [form for form in _expected(lane.partner) if form not in had] if row["sent"] else [],
                "missing_numbers": [_gap(gap) for gap in gaps if gap["lane"] == row["lane"]],
                "troubles": [_trouble(trouble) for trouble in troubles if trouble["lane"] == row["lane"]],
            }
        )
    return found


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _packed(path: str) -> str:
    """What came packed with the archive that it came in, as `ARCHIVE#3!MEMBER`: a member's name may hold folders of its
    own."""
    archive, mark, member = _MEMBER.split(path, maxsplit=1)
    return f"{_name(archive)}{mark}{member}"


def _expected(partner: Partner) -> list[str]:
    """The kinds of answer that come for each file, by the partner's own declaration."""
    return [form for form, expected in partner.expects.items() if expected.sends is Sends.ALWAYS]


def _gap(row: Any) -> Data:
    return {name: row[name] for name in ("level", "form", "first", "last", "missing", "told_at")}


def _trouble(row: Any) -> Data:
    return {name: row[name] for name in ("code", "place", "since", "next")}

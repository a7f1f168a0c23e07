"""Outer code lists of the guides at the desk: which editions validation goes by, and a newer one in."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from gateway import events as e
from gateway.data import OF_SITES, CodeList, code_list_of, denial_edition
from gateway.desk import denial_codes
from gateway.durable import whole
from gateway.errors import Refused
from gateway.guidebook import newest
from gateway.lists.kinds import ABOUT
from gateway.model.lists import Generation
from gateway.store import journal
from gateway.store.shelf import everything
from gateway.workers.site import Site

Data = dict[str, Any]


async def listing(site: Site) -> list[Data]:
    """The code lists that files are validated and denials are classified by from now on."""
    found = await site.thread(newest, sorted(site.codes.glob("*.toml")))
    return [*await denial_codes.listing(site), *map(_line, found)]


async def load(site: Site, text: str, actor: str) -> Data:
    """Go by this edition of a code list. Raises Malformed for another shape, Refused where it is not ours or not newer."""
    if (edition := denial_edition(text)) is not None:
        return await denial_codes.load(site, edition, text, actor)
    theirs = code_list_of(text)
    ours = {one.name: one for one in await site.thread(newest, sorted(site.codes.glob("*.toml")))}
    if theirs.name not in ours.keys() | OF_SITES:
        raise Refused(
            f"no guide asks for a code list of that name; there are {', '.join(sorted(ours.keys() | OF_SITES))}",
            code="CODE_LIST",
            next_step="Name it as the list that it is an edition of.",
        )
    if theirs.name in ours and theirs.dated <= ours[theirs.name].dated:
        raise Refused(
            f"the list {theirs.name} in force is of {ours[theirs.name].dated}, and this one is not newer",
            code="LIST_OLDER",
            next_step="Give it the day of its edition as `date`.",
        )
    await site.thread(_write, site.codes / f"{theirs.name}.toml", text.encode())
    told = e.ListImported(
        list=theirs.name,
        number=0,
        dated=theirs.dated,
        rows=len(theirs.meanings),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    await site.store.write_as(actor, journal.happened, [told])
    return _line(theirs)


async def keep_taxonomies(site: Site, done: Generation) -> None:
    """Validate by the codes of the taxonomy list that has just been put into force."""
    await site.thread(_keep_taxonomies, site.codes, site.lists / f"{done.kind.value}-{done.number}.list", done)


def _keep_taxonomies(folder: Path, shelf: Path, done: Generation) -> None:
    codes = sorted({row.key for row in everything(shelf)})
    facts = ("name", "taxonomy"), ("source", ABOUT[done.kind].title), ("version", str(done.number))
    head = "".join(f"{key} = {json.dumps(value)}\n" for key, value in facts)
    _write(folder / "taxonomy.toml", f"{head}date = {done.dated}\ncodes = {json.dumps(codes)}\n".encode())


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole(path) as file:
        file.write(content)


def _line(one: CodeList) -> Data:
    return {
        "list": one.name,
        "source": one.source,
        "version": one.version,
        "dated": str(one.dated),
        "codes": len(one.meanings),
        "unknown": one.unknown.name,
    }

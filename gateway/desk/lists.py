"""Public lists at the desk: which are in force and how old, what they say of an NPI, and how a new edition gets in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gateway.desk import codes
from gateway.lists.kinds import ABOUT, is_stale
from gateway.lists.merging import Named
from gateway.model.lists import ListKind
from gateway.store import lists
from gateway.store.connection import Row, Tx
from gateway.workers.site import Site

Data = dict[str, Any]


async def listing(site: Site) -> list[Data]:
    """Every list that there is, loaded or not, with its age and whether a newer edition is due."""
    return await site.store.read(_listed)


def _listed(tx: Tx) -> list[Data]:
    rows = {ListKind(row["kind"]): row for row in lists.rows(tx)}
    return [_line(tx, kind, rows.get(kind)) for kind in ListKind]


def _line(tx: Tx, kind: ListKind, row: Row | None) -> Data:
    about = ABOUT[kind]
    line: Data = {"list": kind.value, "title": about.title, "where": about.where, "decides": about.decides}
    if row is None:
        return line | {"state": "not loaded"}
    generation = lists.generation_of(row)
    there = tx.shelves.has(row["file"])
    return line | {
        "state": "file missing" if not there else "stale" if is_stale(generation, tx.today) else "current",
        "dated": str(generation.dated),
        "age": (tx.today - generation.dated).days,
        "rows": generation.rows,
        "generation": generation.number,
        "sha256": generation.sha256,
        "imported_at": row["imported_at"],
        "imported_by": row["imported_by"],
    }


async def look(site: Site, npi: str, name: str = "", first: str = "") -> Data:
    """What the lists in force say of one NPI; `name` and `first` are what it is called where NPPES does not know it."""
    return await site.store.read(_look, npi, Named(name, first))


def _look(tx: Tx, npi: str, named: Named) -> Data:
    shelf = lists.shelf_of(tx, [npi], {npi: named} if named.last else {})
    said = shelf.of(npi)
    meant = lists.taxonomies(tx, said.nppes.taxonomies) if said.nppes else {}
    return {"npi": npi, "lists": [str(one) for one in shelf.loaded.values()], **asdict(said), "taxonomies": meant}


async def plan(site: Site) -> Data:
    """What an import needs to know before it begins: where lists lie, today, and the editions in force."""
    loads = await site.store.read(lists.in_force)
    return {
        "today": str(site.today()),
        "in_force": {
            kind.value: {"file": one.file, "number": one.generation.number, "dated": str(one.generation.dated)}
            for kind, one in loads.items()
        },
    }


async def adopt(site: Site, draft: str, actor: str, accept: str = "") -> Data:
    """Put a finished draft into force, and have the claims judged again that it concerns. `accept` is why a file that
    shrank by more than a tenth is taken all the same."""
    done = await site.store.write_as(actor, lists.adopt, draft, accept)
    await site.store.write(lists.tidy)
    if done.generation.kind is ListKind.TAXONOMY:  # also where it was in force before: we may have died in between
        await codes.keep_taxonomies(site, done.generation)
    return {
        "list": done.generation.kind.value,
        "generation": done.generation.number,
        "dated": str(done.generation.dated),
        "rows": done.generation.rows,
        "rows_before": done.before.rows if done.before else None,
        "claims": done.claims,
        "known": done.known,
    }


async def doctor(site: Site) -> list[Data]:
    """What is wrong with the lists: too old, or gone from the disk. A list that was never loaded is none of it."""
    return [
        {"what": _trouble(line), "next": f"gateway lists import {line['list']} FILE; from {line['where']}"}
        for line in await listing(site)
        if line["state"] in ("stale", "file missing")
    ]


def _trouble(line: Data) -> str:
    if line["state"] == "stale":
        return f"the {line['list']} list is {line['age']} days old, of {line['dated']}"
    return f"the file of the {line['list']} list is missing, so the list says nothing"

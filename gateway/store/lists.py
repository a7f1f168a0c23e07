"""Public lists: which edition of each is in force, what they say of some NPIs, and how a newer one takes its place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gateway import durable
from gateway import events as e
from gateway.codec import day
from gateway.errors import Refused
from gateway.lists.kinds import ABOUT, ABSENCE_SPEAKS
from gateway.lists.merging import EXCLUDING, Named, Rows, listed, name_of, nppes_of, of_name
from gateway.lists.rows import Stored
from gateway.model.lists import Exclusion, Generation, ListKind, Shelf
from gateway.partnership.phrases import counted
from gateway.store.connection import Row, Tx
from gateway.store.record import record
from gateway.store.shelf import Shelves
from gateway.store.shelf_draft import Edition, edition_of

KEPT = 2
"""So many editions of each list stay on disk."""
_SHRUNK = 10
_NOBODY: Mapping[str, Named] = {}


@dataclass(frozen=True, slots=True)
class Loaded:
    """One edition in force, and its file in the folder of lists."""

    generation: Generation
    file: str


Loads = Mapping[ListKind, Loaded]


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of a draft: the generation in force now, the one before it, and how many waiting claims are judged again.
    `known` is that this very file was in force already, and nothing changed."""

    generation: Generation
    before: Generation | None
    claims: int
    known: bool = False


def in_force(tx: Tx) -> dict[ListKind, Loaded]:
    """The editions in force whose files are there: a list whose file is gone says nothing."""
    found = [Loaded(generation_of(row), row["file"]) for row in rows(tx) if tx.shelves.has(row["file"])]
    return {one.generation.kind: one for one in found}


def rows(tx: Tx) -> list[Row]:
    """Every edition in force, as listed, also one whose file is gone."""
    return tx.all("SELECT * FROM list_generations WHERE retired_at IS NULL ORDER BY kind")


def shelf_of(tx: Tx, npis: Iterable[str], named: Mapping[str, Named] = _NOBODY) -> Shelf:
    """What the editions in force say of these NPIs. `named` is what the practice calls those whom NPPES does not know."""
    return _shelf(tx.shelves, in_force(tx), npis, named)


def _shelf(shelves: Shelves, loads: Loads, npis: Iterable[str], named: Mapping[str, Named]) -> Shelf:
    """One question to each list, and one more to those that name people without an NPI."""
    if not loads:
        return Shelf()
    numbers = sorted({int(npi) for npi in npis if len(npi) == 10 and npi.isascii() and npi.isdigit()})
    found = {kind: shelves.of_npis(one.file, numbers) for kind, one in loads.items()}
    by_npi: dict[int, Rows] = {n: {kind: rows[n] for kind, rows in found.items() if n in rows} for n in numbers}
    full = loads[ListKind.NPPES].generation.dated if ListKind.NPPES in loads else None
    nppes = {n: nppes_of(rows, full) for n, rows in by_npi.items()}
    names = {n: name for n in numbers if (name := name_of(nppes[n]) or named.get(f"{n:010}"))}
    homonyms = _homonyms(shelves, loads, names)
    entries = {f"{n:010}": listed(rows, nppes[n], homonyms.get(n, ())) for n, rows in by_npi.items()}
    return Shelf({kind: one.generation for kind, one in loads.items()}, entries)


def _homonyms(shelves: Shelves, loads: Loads, names: Mapping[int, Named]) -> dict[int, tuple[Exclusion, ...]]:
    """Who is excluded without an NPI and has the name of one of these."""
    keys = {npi: name.key for npi, name in names.items()}
    wanted = sorted(set(keys.values()) - {""})
    found: dict[int, tuple[Exclusion, ...]] = {}
    for kind in EXCLUDING:
        rows = shelves.of_keys(loads[kind].file, wanted) if kind in loads and wanted else {}
        for npi, key in keys.items():
            if key in rows:
                found[npi] = found.get(npi, ()) + of_name(kind, rows[key], names[npi])
    return found


def taxonomies(tx: Tx, codes: Sequence[str]) -> dict[str, str]:
    """What these taxonomy codes mean, as far as the list is loaded."""
    loaded = in_force(tx).get(ListKind.TAXONOMY)
    found: Mapping[str, list[Stored]] = tx.shelves.of_keys(loaded.file, list(codes)) if loaded else {}
    return {code: rows[0].said for code, rows in found.items()}


def adopt(tx: Tx, draft: str, accept: str) -> Adopted:
    """Put a finished draft into force. `accept` is why a file that shrank is taken all the same. Raises Refused, and then
    the old edition stays in force."""
    path = _draft(tx.shelves.folder, draft)
    edition, before = edition_of(path), in_force(tx)
    old = before.get(edition.kind)
    if old and old.generation.sha256 == edition.sha256:
        path.unlink()
        return Adopted(old.generation, old.generation, 0, known=True)
    _refuse(edition, before, tx.today, accept)
    number = _number(tx, edition.kind) + 1
    file = f"{edition.kind.value}-{number}.list"
    _place(path, tx.shelves.folder / file)
    generation = Generation(edition.kind, number, edition.dated, edition.rows, edition.sha256)
    _enter(tx, generation, file, accept)
    return Adopted(generation, old.generation if old else None, _judge_again(tx, edition.kind, before))


def _draft(folder: Path, name: str) -> Path:
    path = folder / name
    if path.name != name or not path.name.endswith(".draft") or not path.is_file():
        raise Refused("there is no such draft", code="LIST_DRAFT", next_step="Import the file again.")
    return path


def _refuse(edition: Edition, before: Loads, today: date, accept: str) -> None:
    old = before[edition.kind].generation if edition.kind in before else None
    if (old.number if old else 0) != edition.based_on:
        raise Refused(
            "another import of this list came between", code="LIST_OVERTAKEN", next_step="Import the file again."
        )
    if edition.dated > today:
        raise Refused(
            f"the file would be of {edition.dated}, which is still to come",
            code="LIST_DATE",
            next_step="Say its day with --dated.",
        )
    newer = _newer(edition, before)
    if newer:
        raise Refused(
            f"the list in force is newer: {newer.dated}, and this file is of {edition.dated}",
            code="LIST_OLDER",
            next_step="If this file is the newer one all the same, say its day with --dated.",
        )
    if old and ABOUT[edition.kind].whole and edition.rows * _SHRUNK < old.rows * (_SHRUNK - 1) and not accept:
        raise Refused(
            f"the file has {counted(edition.rows, 'row')}, and the list in force {old.rows:,}: it shrank by more than"
            " a tenth",
            code="LIST_SHRANK",
            next_step="Download it again; if it is right, import it with --accept-shrink and a reason.",
        )


def _newer(edition: Edition, before: Loads) -> Generation | None:
    """What is in force and newer; to an increment also a full file of the same day."""
    old, full = before.get(edition.kind), before.get(ListKind.NPPES)
    if old and edition.dated < old.generation.dated:
        return old.generation
    increment = edition.kind is ListKind.NPPES_WEEKLY
    return full.generation if increment and full and edition.dated <= full.generation.dated else None


def _number(tx: Tx, kind: ListKind) -> int:
    row = tx.one("SELECT coalesce(max(number), 0) AS n FROM list_generations WHERE kind = ?", kind.value)
    return int(row["n"]) if row else 0


def _place(draft: Path, final: Path) -> None:
    """A crash behind this leaves a file that no row names; the next import of the list takes its place."""
    os.rename(draft, final)
    durable.sync_folder(final.parent)


def _enter(tx: Tx, new: Generation, file: str, accept: str) -> None:
    """The row and the event; a full NPPES file that is as new as the increments takes their place too."""
    tx.run("UPDATE list_generations SET retired_at = ? WHERE kind = ? AND retired_at IS NULL", tx.at, new.kind.value)
    if new.kind is ListKind.NPPES:
        tx.run(
            "UPDATE list_generations SET retired_at = ? WHERE kind = ? AND dated <= ? AND retired_at IS NULL",
            *(tx.at, ListKind.NPPES_WEEKLY.value, day(new.dated)),
        )
    tx.run(
        "INSERT INTO list_generations (kind, number, dated, rows, sha256, file, imported_at, imported_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(new.kind.value, new.number, day(new.dated), new.rows, new.sha256, file, tx.at, tx.actor),
    )
    record(
        tx,
        e.ListImported(
            list=new.kind.value, number=new.number, dated=new.dated, rows=new.rows, sha256=new.sha256, reason=accept
        ),
    )


def _judge_again(tx: Tx, kind: ListKind, before: Loads) -> int:
    """Have the waiting claims judged again whose providers the new edition speaks of differently; all of them where there
    was none before, or where only the practice knows the names that are looked for."""
    waiting = "c.state IN ('RECEIVED', 'HELD', 'READY')"
    if kind not in before or (kind in EXCLUDING and ListKind.NPPES not in before):
        return tx.changed(f"UPDATE claims AS c SET judge_on = ? WHERE {waiting}", day(tx.today))
    found = tx.all(f"SELECT DISTINCT p.npi FROM claim_providers p JOIN claims c ON c.id = p.claim WHERE {waiting}")
    npis = [row["npi"] for row in found]
    old, new = _shelf(tx.shelves, before, npis, _NOBODY), shelf_of(tx, npis)
    concerned = [
        npi for npi in npis if old.of(npi) != new.of(npi) or (kind in ABSENCE_SPEAKS and _absent(kind, new, npi))
    ]
    claims = {
        row["claim"]
        for npi in concerned
        for row in tx.all(
            f"SELECT p.claim FROM claim_providers p JOIN claims c ON c.id = p.claim WHERE p.npi = ? AND {waiting}", npi
        )
    }
    tx.many("UPDATE claims SET judge_on = ? WHERE id = ?", [(day(tx.today), claim) for claim in sorted(claims)])
    return len(claims)


def _absent(kind: ListKind, shelf: Shelf, npi: str) -> bool:
    said = shelf.of(npi)
    if kind in (ListKind.NPPES, ListKind.NPPES_WEEKLY):
        return said.nppes is None
    return said.order_refer is None if kind is ListKind.ORDER_REFER else not said.medicare


def tidy(tx: Tx) -> None:
    """Remove the files of editions that are older than the ones kept. In the writer's turn, so that no file is between
    its name and its row."""
    kept = tx.all(
        "SELECT file FROM (SELECT file, row_number() OVER (PARTITION BY kind ORDER BY number DESC) AS place"
        " FROM list_generations) WHERE place <= ?",
        KEPT,
    )
    tx.shelves.forget(row["file"] for row in kept)


def generation_of(row: Row) -> Generation:
    """A row as the noun."""
    return Generation(
        ListKind(row["kind"]), row["number"], date.fromisoformat(row["dated"]), row["rows"], row["sha256"]
    )

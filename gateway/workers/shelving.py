"""Turn the file of a public list into a draft of its next edition, in the process of whoever imports it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gateway.errors import Refused
from gateway.listfile import ListFile, Moved, fingerprint, open_list
from gateway.lists.history import carried, remembered, supplemented
from gateway.lists.kinds import KEEPS_HISTORY, RESOLVED
from gateway.lists.naming import dated_by
from gateway.lists.reading import ListReader
from gateway.lists.rows import Stored
from gateway.model.lists import ListKind
from gateway.store.shelf import everything
from gateway.store.shelf_draft import Draft, Edition


@dataclass(frozen=True, slots=True)
class InForce:
    """The edition of one list that a new one is built beside."""

    path: Path
    number: int
    dated: date


@dataclass(frozen=True, slots=True)
class Wish:
    """What to import as what. `supplement` adds to an exclusion list instead of replacing it; `dated` is the day a person
    says the file speaks for, None for what its name says, else `today`."""

    kind: ListKind
    file: Path
    today: date
    dated: date | None = None
    supplement: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """A finished draft by its name in the folder of lists; of the file's rows so many were used, so many were bad, and
    `shown` says where the first bad ones stand."""

    draft: str
    dated: date
    rows: int
    bad: int
    shown: tuple[str, ...]


def build(draft: Draft, wish: Wish, before: Mapping[ListKind, InForce], moved: Moved) -> Built:
    """Read the file into the draft, and finish it. Raises Malformed or Refused, saying what is wrong with the file."""
    old = before.get(wish.kind)
    if wish.supplement and (wish.kind not in KEEPS_HISTORY or old is None):
        raise Refused(
            "a supplement adds to an exclusion list that is loaded already",
            code="LIST_SUPPLEMENT",
            next_step="Import the full file first; only exclusion lists have supplements.",
        )
    reader = ListReader(wish.kind)
    with ThreadPoolExecutor(1) as pool, open_list(wish.file, moved) as opened:
        sha256 = pool.submit(fingerprint, wish.file)  # on the other core meanwhile
        dated = wish.dated or dated_by(wish.kind, opened.names) or wish.today
        kept = _write(draft, _read(reader, opened), wish, dated, before)
        rows = kept if wish.supplement else reader.rows
        draft.finish(Edition(wish.kind, dated, rows, sha256.result(), old.number if old else 0))
    return Built(draft.path.name, dated, reader.rows, reader.bad, tuple(reader.shown))


def _read(reader: ListReader, file: ListFile) -> Iterator[Stored]:
    return reader.lines(file.lines) if file.lines is not None else reader.cells(file.cells or ())


def _write(draft: Draft, rows: Iterator[Stored], wish: Wish, dated: date, before: Mapping[ListKind, InForce]) -> int:
    """What is read, and what the edition before has to add to it; returns how many rows a supplemented list has."""
    kind, old = wish.kind, before.get(wish.kind)
    earlier: Iterable[Stored] = everything(old.path) if old else ()
    if kind in RESOLVED:
        base = before.get(ListKind.PPEF)
        _need_base(kind, base)
        draft.add_resolved(rows, kind, base.path if base else None)
    elif wish.supplement:
        whole = list(supplemented(earlier, rows))
        draft.add(whole)
        return len(whole)
    elif kind in KEEPS_HISTORY:
        now = dict.fromkeys(rows)
        draft.add(now)
        draft.add(remembered(earlier, set(now), dated))
    elif kind is ListKind.NPPES_WEEKLY:
        full = before.get(ListKind.NPPES)
        now = dict.fromkeys(row._replace(key=f"{dated:%Y%m%d}") for row in rows)
        draft.add(now)
        draft.add(carried(earlier, {row.npi for row in now}, full.dated if full else None))
    else:
        draft.add(rows)
    return 0


def _need_base(kind: ListKind, base: InForce | None) -> None:
    """One of them names nobody by NPI at all."""
    if kind is ListKind.PPEF_REASSIGNMENT and base is None:
        raise Refused(
            "the reassignment file names enrollments, and nothing is loaded that says whose they are",
            code="LIST_BASE",
            next_step="Import the base file first: gateway lists import ppef FILE.",
        )

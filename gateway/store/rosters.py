"""One change of the roster: compared with what is believed, written, and its claims judged again, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from gateway import events as e
from gateway.enrollment import history
from gateway.model.enrollment import ANY, Enrollment
from gateway.model.registry import Statement
from gateway.sheets import SHEETS, Record, Sheet, Wanted, completion
from gateway.sheets.succession import content, succession
from gateway.store import documents, registry, roster
from gateway.store.connection import Row, Tx, moment
from gateway.store.documents import Sealed
from gateway.store.record import record


@dataclass(frozen=True, slots=True)
class Change:
    """What a roster does to the records. `unchanged` counts what it says that is believed already, `claims` the waiting
    claims that are judged again, `kept` what stays of superseded enrollments on other days, each with the record it is a
    part of. `known_since` is when the same content was applied before, and then nothing is done."""

    added: tuple[Record, ...] = ()
    superseded: tuple[Record, ...] = ()
    unchanged: int = 0
    claims: int = 0
    kept: tuple[tuple[Enrollment, Enrollment], ...] = ()
    known_since: str = ""

    @property
    def left_behind(self) -> tuple[int, ...]:
        """The documents that superseded records rest on and nothing added does."""
        kept = {each.document for each in self.added}
        return tuple(sorted({each.document for each in self.superseded if each.document is not None} - kept))

    @property
    def seen_later(self) -> tuple[int, ...]:
        """The enrollments that give way to something which somebody saw before them: perhaps an old file came again."""
        rests = [rest for rest, _ in self.kept]
        news = history.by_key([each for each in self.added if isinstance(each, Enrollment) and each not in rests])
        return tuple(
            old.id
            for old in self.superseded
            if isinstance(old, Enrollment) and any(_seen_before(new, old) for new in news.get(history.key_of(old), ()))
        )


def _seen_before(one: Enrollment, other: Enrollment) -> bool:
    return bool(one.observed_on and other.observed_on and one.observed_on < other.observed_on)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that brings rosters by itself: its name, the digest of what it brought, and whether that counts only
    once for ever (a file that was dropped) or only while nothing else was brought after it (a file that is kept)."""

    source: str
    digest: bytes
    once: bool = False


def difference(tx: Tx, wanted: Sequence[Wanted], replace_all: bool = False, instead_of: Collection[int] = ()) -> Change:
    """What these records would change. With `replace_all`, what is not among them is superseded, in the sheets that have
    any; of the enrollments `instead_of`, by number, no day stays."""
    added: list[Record] = []
    superseded: list[Record] = []
    kept: list[tuple[Enrollment, Enrollment]] = []
    unchanged = 0
    for sheet in SHEETS.values():
        mine = [each for each in wanted if isinstance(each.record, sheet.makes)]
        if mine:
            enrolled = sheet.makes is Enrollment
            found = _enrolled(tx, mine, replace_all, instead_of) if enrolled else _stated(tx, sheet, mine, replace_all)
            unchanged += found.unchanged
            added += found.added
            superseded += found.superseded
            kept += found.kept
    return Change(tuple(added), tuple(superseded), unchanged, kept=tuple(kept))


def change(
    tx: Tx,
    wanted: Sequence[Wanted],
    source: str,
    replace_all: bool = False,
    document: Sealed | None = None,
    delivery: Delivery | None = None,
    instead_of: Collection[int] = (),
) -> Change:
    """Believe these records from now on. `source` is a fixed word for the way they came, for it stands in the journal;
    `document` the evidence for all of them. What was not observed on a day of its own was observed today."""
    if delivery and (since := known_since(tx, delivery)):
        return Change(known_since=since)
    evidence = documents.enter(tx, document) if document else None
    if evidence is not None:
        wanted = [replace(each, record=replace(each.record, document=evidence)) for each in wanted]
    found = difference(tx, wanted, replace_all, instead_of)
    added = tuple(each if each.observed_on else replace(each, observed_on=tx.today) for each in found.added)
    claims = write(tx, added, found.superseded, source) if added or found.superseded else 0
    if delivery:
        _remember(tx, delivery)
    return replace(found, added=added, claims=claims)


def _enrolled(tx: Tx, wanted: Sequence[Wanted], replace_all: bool, instead_of: Collection[int]) -> Change:
    npis = {each.record.provider_npi for each in wanted if isinstance(each.record, Enrollment)}
    believed = roster.current(tx) if replace_all else roster.of_providers(tx, npis)
    enrolled = completion.enrollments(wanted, believed)
    corrected = [old for old in believed if old.id in instead_of]
    standing = [old for old in believed if old.id not in instead_of]
    news, rests, olds = history.settled(standing, enrolled, only_these=replace_all)
    known = {history.content(e) for e in enrolled} - {history.content(e) for e in news}
    added = [*news, *(rest for rest, _ in rests)]
    return Change(tuple(added), (*olds, *corrected), len(known), kept=tuple(rests))


def _stated(tx: Tx, sheet: Sheet, wanted: Sequence[Wanted], replace_all: bool) -> Change:
    kind: type[Statement] = sheet.makes  # type: ignore[assignment]
    current = registry.current(tx, kind)
    stated = completion.statements(wanted, current)
    added, superseded = succession(current, stated, only_these=replace_all)
    known = {content(each) for each in stated} - {content(each) for each in added}
    return Change(tuple(added), tuple(superseded), len(known))


def write(tx: Tx, added: Sequence[Record], superseded: Sequence[Record], source: str) -> int:
    """Add records, let others end, and have the waiting claims they concern judged again: how many those are."""
    enrollments = [each for each in added if isinstance(each, Enrollment)]
    statements = [each for each in added if not isinstance(each, Enrollment)]
    old_enrollments = [each for each in superseded if isinstance(each, Enrollment)]
    old_statements = [each for each in superseded if not isinstance(each, Enrollment)]
    roster.supersede(tx, enrollments, old_enrollments)
    registry.supersede(tx, statements, old_statements)
    record(tx, e.RosterChanged(added=len(added), superseded=len(superseded), source=source))
    touched = roster.concerned(tx, [*enrollments, *old_enrollments])
    return roster.judge_again(tx, touched | registry.concerned(tx, [*statements, *old_statements]))


def known_since(tx: Tx, delivery: Delivery) -> str:
    """When the same was applied before; empty where it was not."""
    if delivery.once:
        row = tx.one(
            "SELECT applied_at FROM roster_deliveries WHERE source = ? AND digest = ?", delivery.source, delivery.digest
        )
    else:
        row = tx.one(
            "SELECT applied_at, digest FROM roster_deliveries WHERE source = ? ORDER BY id DESC LIMIT 1",
            delivery.source,
        )
        row = row if row and row["digest"] == delivery.digest else None
    return str(row["applied_at"]) if row else ""


def _remember(tx: Tx, delivery: Delivery) -> None:
    if not delivery.once:
        tx.run("DELETE FROM roster_deliveries WHERE source = ?", delivery.source)
    tx.run(
        "INSERT INTO roster_deliveries (source, digest, applied_at) VALUES (?, ?, ?)",
        delivery.source,
        delivery.digest,
        tx.at,
    )


def believed(tx: Tx, sheet: Sheet, npi: str = "", payer: str = "", day: date | None = None) -> list[Record]:
    """The records of a sheet that are believed now, or were at the end of a day in the site's zone."""
    at = end_of(tx, day) if day else ""
    if sheet.makes is Enrollment:
        return list(roster.current(tx, npi, payer, at))
    found = registry.current(tx, sheet.makes, npi, at)  # type: ignore[arg-type]
    return [each for each in found if not payer or getattr(each, "payer", ANY) in (payer, ANY)]


def told(tx: Tx, npi: str, payer: str = "") -> list[tuple[Record, Row]]:
    """Every record there ever was of a provider, oldest first, each with its row: `recorded_at` and `recorded_by`,
    `superseded_at`, `superseded_by` and `superseded_who`. Of one payer: its enrollments, and what is said for any."""
    enrolled = tx.all("SELECT * FROM enrollments WHERE provider_npi = ?1 AND (?2 = '' OR payer = ?2)", npi, payer)
    stated = [(registry.statement(row), row) for row in tx.all("SELECT * FROM statements WHERE subject = ?", npi)]
    found: list[tuple[Record, Row]] = [(roster.enrollment(row), row) for row in enrolled]
    found += [(each, row) for each, row in stated if not payer or getattr(each, "payer", ANY) in (payer, ANY)]
    return sorted(found, key=lambda pair: (pair[1]["recorded_at"], pair[1]["id"]))


def is_evidence(tx: Tx, document: int) -> bool:
    """Whether a document stands for a record of the roster, now or once."""
    return bool(
        tx.one(
            "SELECT 1 FROM enrollments WHERE document = ?1 UNION ALL SELECT 1 FROM statements WHERE document = ?1 LIMIT 1",
            document,
        )
    )


def end_of(tx: Tx, day: date) -> str:
    """The moment at which a day of the site's calendar is over."""
    return moment(datetime.combine(day + timedelta(days=1), time.min, tx.zone))


def of_wanted(tx: Tx, wanted: Collection[Wanted]) -> list[Enrollment]:
    """The enrollments believed now of the providers whose enrollments these are."""
    return roster.of_providers(tx, {each.record.provider_npi for each in wanted if isinstance(each.record, Enrollment)})

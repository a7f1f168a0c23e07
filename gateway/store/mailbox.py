"""What each listing of a partner's folder says: what to fetch now, what waits, what to remove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.model.habits import Discard, Mailbox
from gateway.model.sending import RemoteFile
from gateway.store import pickups
from gateway.store.connection import Row, Tx, moment
from gateway.store.troubles import FAILURES, clear, last_new, trouble

GONE, NO_FILE, NO_BYTES = "NO_SUCH_FILE", "NOT_A_FILE", "NO_BYTES"
FLOOD = 1000
HELD_DAYS, HELD_FILES = 14, 3


@dataclass(frozen=True, slots=True)
class Listing:
    """What one listing asks for: files to fetch now in this order, and after all else those that could not be had again and
    again; how many more are ready, how many are not fetched yet in all, committed files to remove."""

    ready: list[RemoteFile]
    stubborn: list[RemoteFile]
    waiting: int
    unknown: int
    discards: list[Row]


def listed(tx: Tx, lane: str, folder: str, files: Sequence[RemoteFile], habits: Mailbox, limit: int) -> Listing:
    """A folder was listed. Where files grow in sight or reading removes them, one is fetched once two listings agree. One
    without a byte is read once, where that does not remove it, for some servers do not measure; then it is watched."""
    new = pickups.unknown(tx, lane, files)
    unknown = [file for file in new if file.size != 0]
    empty = [RemoteFile(file.path, 0, None) for file in new if file.size == 0]
    seen = {
        row["path"]: row
        for row in tx.all("SELECT * FROM sightings WHERE lane = ?", lane)
        if row["path"].rpartition("/")[0] == folder.rstrip("/")
    }
    ready = [file for file in unknown if _whole(tx, file, seen.get(file.path), habits)]
    standing = {file.path for file in empty if _stands(tx, file, seen.get(file.path))}
    watched = {path for path in standing if habits.reading_removes or _failures(seen.get(path))}
    ready += [file for file in new if file.path in standing - watched]
    ready.sort(key=lambda file: (_failures(seen.get(file.path)), file.modified or 0, file.path))
    _sight(tx, lane, [*unknown, *empty], seen, {file.path for file in ready})
    clear(tx, lane, "FOLDER", folder)
    if watched:
        trouble(tx, lane, NO_BYTES, folder, count=len(watched))
    elif not standing:
        clear(tx, lane, NO_BYTES, folder)
    unknown += [file for file in empty if file.path not in watched]
    _look_at(tx, lane, folder, len(files), len(unknown), habits)
    if not any(_failures(row) >= FAILURES for row in seen.values()):
        clear(tx, lane, "FETCH_FAILS", folder)
    easy = [file for file in ready if _failures(seen.get(file.path)) < FAILURES]
    discards = _discards(tx, lane, files, habits)
    stubborn = ready[len(easy) :][:limit]
    return Listing(easy[:limit], stubborn, len(easy[limit:]), len(unknown), discards)


def _whole(tx: Tx, file: RemoteFile, before: Row | None, habits: Mailbox) -> bool:
    return not (habits.grows or habits.reading_removes) or _stands(tx, file, before)


def _stands(tx: Tx, file: RemoteFile, before: Row | None) -> bool:
    if before is None or (before["size"], before["modified"]) != (file.size, file.modified):
        return False
    return tx.now - datetime.fromisoformat(before["seen_at"]) >= pickups.STILL


def _failures(row: Row | None) -> int:
    return row["failures"] if row is not None else 0


def _sight(tx: Tx, lane: str, unknown: Sequence[RemoteFile], seen: dict[str, Row], ready: set[str]) -> None:
    """Remember how they look now, and forget those that are not there any more. Since when is begun anew where that lies
    ahead, for the clock was wrong then."""
    growing = [file for file in unknown if file.path not in ready]
    tx.many(
        "INSERT INTO sightings (lane, path, size, modified, seen_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (lane, path)"
        " DO UPDATE SET size = excluded.size, modified = excluded.modified, seen_at = excluded.seen_at"
        " WHERE size IS NOT excluded.size OR modified IS NOT excluded.modified OR seen_at > excluded.seen_at",
        [(lane, file.path, file.size, file.modified, tx.at) for file in growing],
    )
    gone = seen.keys() - {file.path for file in unknown}
    tx.many("DELETE FROM sightings WHERE lane = ? AND path = ?", [(lane, path) for path in sorted(gone)])


def _discards(tx: Tx, lane: str, files: Sequence[RemoteFile], habits: Mailbox) -> list[Row]:
    if habits.discard is Discard.NEVER:
        return []
    days = habits.discard_after_days if habits.discard is Discard.AFTER_DAYS else 0
    return pickups.discardable(tx, lane, files, moment(tx.now - timedelta(days=days)))


def _look_at(tx: Tx, lane: str, folder: str, files: int, unknown: int, habits: Mailbox) -> None:
    before = tx.one("SELECT * FROM mailboxes WHERE lane = ? AND folder = ?", lane, folder)
    held_since = ((before["held_since"] if before else "") or tx.at) if files else ""
    tx.run(
        "INSERT INTO mailboxes (lane, folder, listed_at, files, waiting, held_since) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (lane, folder) DO UPDATE SET listed_at = excluded.listed_at, files = excluded.files,"
        " waiting = excluded.waiting, held_since = excluded.held_since",
        lane,
        folder,
        tx.at,
        files,
        unknown,
        held_since,
    )
    ours = habits.discard is not Discard.NEVER or habits.reading_removes
    purged = habits.retention_days and (tx.today - last_new(tx, lane)).days >= habits.retention_days
    if before and not (files or ours or purged) and _long_held(tx, before):
        trouble(tx, lane, "EMPTIED", folder, count=before["files"])
    if files:
        clear(tx, lane, "EMPTIED", folder)
    if unknown >= FLOOD:
        trouble(tx, lane, "FLOODED", folder, count=unknown)
    elif not unknown:
        clear(tx, lane, "FLOODED", folder)
    clear(tx, lane, "RETENTION_NEAR", folder)


def _long_held(tx: Tx, before: Row) -> bool:
    """More than a file or two, for weeks."""
    since = before["held_since"]
    long = bool(since) and tx.now - datetime.fromisoformat(since) >= timedelta(days=HELD_DAYS)
    return long and bool(before["files"] >= HELD_FILES)


def not_listed(tx: Tx, lane: str, folder: str, code: str, step: str) -> None:
    """The server does not show us this folder; the others are read all the same."""
    trouble(tx, lane, "FOLDER", folder, step=f"{step} ({code})")


def not_fetched(tx: Tx, lane: str, folder: str, file: RemoteFile, code: str) -> None:
    """A listed file could not be fetched: the next listing tells whether it is still there."""
    if code == GONE:
        return _vanished(tx, lane, folder)
    if code == NO_FILE:
        return None
    if code == NO_BYTES:
        return _nothing_in(tx, lane, folder, file)
    tx.run(
        "INSERT INTO sightings (lane, path, size, modified, seen_at, failures) VALUES (?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (lane, path) DO UPDATE SET failures = failures + 1",
        lane,
        file.path,
        file.size,
        file.modified,
        tx.at,
    )
    row = tx.one("SELECT failures FROM sightings WHERE lane = ? AND path = ?", lane, file.path)
    if row and row["failures"] >= FAILURES:
        trouble(tx, lane, "FETCH_FAILS", folder, count=row["failures"])
    return None


def _nothing_in(tx: Tx, lane: str, folder: str, file: RemoteFile) -> None:
    """It was read and holds nothing: from now on it is watched, and nothing waits for it."""
    tx.run("UPDATE sightings SET failures = 1 WHERE lane = ? AND path = ?", lane, file.path)
    found = tx.all("SELECT path FROM sightings WHERE lane = ? AND size = 0", lane)
    here = [row for row in found if row["path"].rpartition("/")[0] == folder.rstrip("/")]
    trouble(tx, lane, NO_BYTES, folder, count=len(here))


def _vanished(tx: Tx, lane: str, folder: str) -> None:
    tx.run("UPDATE mailboxes SET vanished = vanished + 1 WHERE lane = ? AND folder = ?", lane, folder)
    row = tx.one("SELECT vanished FROM mailboxes WHERE lane = ? AND folder = ?", lane, folder)
    if row and row["vanished"] >= FAILURES:
        trouble(tx, lane, "VANISHING", folder, count=row["vanished"])


def worked_off(tx: Tx, lane: str, folder: str, waiting: int, fetched: int, vanished: int) -> None:
    """What was listed is fetched, but for `waiting`; `vanished` were gone before that."""
    tx.run("UPDATE mailboxes SET waiting = ? WHERE lane = ? AND folder = ?", waiting, lane, folder)
    if vanished or not fetched:
        return
    if tx.changed("UPDATE mailboxes SET vanished = 0 WHERE lane = ? AND folder = ? AND vanished", lane, folder):
        clear(tx, lane, "VANISHING", folder)

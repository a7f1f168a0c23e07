"""What each listing of a partner's folder says: what to fetch now, what waits, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway import events as e
from gateway.model.habits import WEEK, Business, Discard, Habits, Mailbox
from gateway.model.sending import RemoteFile
from gateway.store import pickups
from gateway.store.connection import Row, Tx, local_day, moment
from gateway.store.record import record

FAILURES = 3
"""So often in a row is chance; from here on it is told."""

GONE = "NO_SUCH_FILE"
FLOOD = 1000
HELD_DAYS, HELD_FILES = 14, 3

STEPS = {
    "EMPTIED": "The folder held files for weeks and is empty now. Ask the partner whether it was cleared, and who else "
    "reads this mailbox: an old program with the same login takes what was meant for us.",
    "FLOODED": "Nothing is needed: it is fetched bit by bit, oldest first. Ask the partner if nobody expected it.",
    "VANISHING": "Files are listed and gone before they can be fetched. Someone else may be reading this mailbox: "
    "ask who uses this login.",
    "FETCH_FAILS": "A file that is listed cannot be fetched. Ask the partner to look at it, or to lay it out anew.",
    "DISCARD_REFUSED": "The server does not let us remove what was fetched. Declare discard = never, or ask for the right.",
    "RETENTION_NEAR": "The partner removes files by itself, and this folder was not read for half of that time: mend the "
    "lane (`gateway status`), or fetch them another way before they are gone.",
    "QUIET": "Nothing new came for longer than ever is usual. Ask the partner whether answers are switched on.",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What one listing asks for: files to fetch now in this order, how many more are ready, how many are not fetched yet
    in all, committed files to remove."""

    ready: list[RemoteFile]
    waiting: int
    unknown: int
    discards: list[Row]


def listed(tx: Tx, lane: str, folder: str, files: Sequence[RemoteFile], habits: Mailbox, limit: int) -> Listing:
    """A folder was listed. Where files grow in sight or reading removes them, one is fetched once two listings agree."""
    unknown = pickups.unknown(tx, lane, files)
    seen = {
        row["path"]: row
        for row in tx.all("SELECT * FROM sightings WHERE lane = ?", lane)
        if row["path"].rpartition("/")[0] == folder.rstrip("/")
    }
    ready = [file for file in unknown if _whole(tx, file, seen.get(file.path), habits)]
    ready.sort(key=lambda file: (_failures(seen.get(file.path)), file.modified or 0, file.path))
    _sight(tx, lane, unknown, seen, {file.path for file in ready})
    clear(tx, lane, "FOLDER", folder)
    _look_at(tx, lane, folder, len(files), len(unknown), habits)
    if not any(_failures(row) >= FAILURES for row in seen.values()):
        clear(tx, lane, "FETCH_FAILS", folder)
    return Listing(ready[:limit], len(ready[limit:]), len(unknown), _discards(tx, lane, files, habits))


def _whole(tx: Tx, file: RemoteFile, before: Row | None, habits: Mailbox) -> bool:
    if not habits.grows and not habits.reading_removes and file.size != 0:
        return True
    if before is None or (before["size"], before["modified"]) != (file.size, file.modified):
        return False
    return tx.now - datetime.fromisoformat(before["seen_at"]) >= pickups.STILL


def _failures(row: Row | None) -> int:
    return row["failures"] if row is not None else 0


def _sight(tx: Tx, lane: str, unknown: Sequence[RemoteFile], seen: dict[str, Row], ready: set[str]) -> None:
    """Remember how they look now, and forget those that are not there any more."""
    growing = [file for file in unknown if file.path not in ready]
    tx.many(
        "INSERT INTO sightings (lane, path, size, modified, seen_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (lane, path)"
        " DO UPDATE SET size = excluded.size, modified = excluded.modified, seen_at = excluded.seen_at"
        " WHERE size IS NOT excluded.size OR modified IS NOT excluded.modified",
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
    if before and not files and not ours and before["files"] >= HELD_FILES and _long_held(tx, before["held_since"]):
        trouble(tx, lane, "EMPTIED", folder, count=before["files"])
    if files:
        clear(tx, lane, "EMPTIED", folder)
    if unknown >= FLOOD:
        trouble(tx, lane, "FLOODED", folder, count=unknown)
    elif not unknown:
        clear(tx, lane, "FLOODED", folder)
    clear(tx, lane, "RETENTION_NEAR", folder)


def _long_held(tx: Tx, since: str) -> bool:
    return bool(since) and tx.now - datetime.fromisoformat(since) >= timedelta(days=HELD_DAYS)


def not_listed(tx: Tx, lane: str, folder: str, code: str, step: str) -> None:
    """The server does not show us this folder; the others are read all the same."""
    trouble(tx, lane, "FOLDER", folder, step=f"{step} ({code})")


def not_fetched(tx: Tx, lane: str, folder: str, file: RemoteFile, code: str) -> None:
    """A listed file could not be fetched: the next listing tells whether it is still there."""
    if code == GONE:
        return _vanished(tx, lane, folder)
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


def trouble(tx: Tx, lane: str, code: str, place: str = "", *, count: int = 0, step: str = "") -> None:
    """Tell it, unless it was told and is not over yet."""
    step = step or STEPS[code]
    if tx.changed(
        "INSERT OR IGNORE INTO mailbox_troubles (lane, code, place, next, since) VALUES (?, ?, ?, ?, ?)",
        lane,
        code,
        place,
        step,
        tx.at,
    ):
        record(tx, e.MailboxTroubled(lane=lane, code=code, place=place, count=count, next=step))


def clear(tx: Tx, lane: str, code: str, place: str = "") -> None:
    """It is over, if it was told."""
    if tx.changed("DELETE FROM mailbox_troubles WHERE lane = ? AND code = ? AND place = ?", lane, code, place):
        record(tx, e.MailboxRecovered(lane=lane, code=code, place=place))


def aging(tx: Tx, lane: str, folders: Sequence[str], habits: Habits) -> dict[tuple[str, str], bool]:
    """What time alone brings, by code and folder: whether it is so now. Only what differs from what was told."""
    mailbox, found = habits.mailbox, dict[tuple[str, str], bool]()
    if not mailbox.retention_days and not mailbox.quiet_days:
        return {}
    if mailbox.retention_days:
        half = timedelta(days=mailbox.retention_days) / 2
        for folder in folders:
            found["RETENTION_NEAR", folder] = tx.now - _listed_at(tx, lane, folder) >= half
    if mailbox.quiet_days:
        found["QUIET", ""] = _business_days(_last_new(tx, lane), tx.today, habits.business) > mailbox.quiet_days
    told = {(row["code"], row["place"]) for row in tx.all("SELECT * FROM mailbox_troubles WHERE lane = ?", lane)}
    return {key: so for key, so in found.items() if so != (key in told)}


def aged(tx: Tx, lane: str, changes: dict[tuple[str, str], bool]) -> None:
    """Tell what `aging` found."""
    for (code, place), so in changes.items():
        if so:
            trouble(tx, lane, code, place)
        else:
            clear(tx, lane, code, place)


def _listed_at(tx: Tx, lane: str, folder: str) -> datetime:
    row = tx.one("SELECT listed_at AS at FROM mailboxes WHERE lane = ? AND folder = ?", lane, folder) or tx.one(
        "SELECT since AS at FROM lanes WHERE key = ?", lane
    )
    return datetime.fromisoformat(row["at"]) if row else tx.now


def _last_new(tx: Tx, lane: str) -> date:
    row = tx.one("SELECT max(fetched_at) AS at FROM pickups WHERE lane = ?", lane)
    at = row["at"] if row and row["at"] else None
    since = tx.one("SELECT since FROM lanes WHERE key = ?", lane)
    return local_day(tx, at or (since["since"] if since else tx.at))


def _business_days(last: date, today: date, business: Business) -> int:
    """Days on which the partner works, after the one and up to the other."""
    days = (last + timedelta(days=n) for n in range(1, (today - last).days + 1))
    return sum(WEEK[day.weekday()] in business.days and day not in business.holidays for day in days)

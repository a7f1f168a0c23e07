"""What is wrong with a mailbox: told once, and once more when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from gateway import events as e
from gateway.calendar import works_on
from gateway.model.habits import Business, Habits
from gateway.store.connection import Tx, local_day
from gateway.store.record import record

FAILURES = 3
"""So often in a row is chance; from here on it is told."""

STEPS = {
    "EMPTIED": "The folder held files for weeks and is empty now. Ask the partner whether it was cleared, and who else "
    "reads this mailbox: an old program with the same login takes what was meant for us.",
    "FLOODED": "Nothing is needed: it is fetched bit by bit, oldest first. Ask the partner if nobody expected it.",
    "VANISHING": "Files are listed and gone before they can be fetched. Someone else may be reading this mailbox: "
    "ask who uses this login.",
    "FETCH_FAILS": "A file that is listed cannot be fetched. Ask the partner to look at it, or to lay it out anew.",
    "NO_BYTES": "A file without a byte lies there. Nothing is needed: it is fetched once it holds something. If it stays "
    "so, ask the partner what should be in it.",
    "DISCARD_REFUSED": "The server does not let us remove what was fetched. Declare discard = never, or ask for the right.",
    "RETENTION_NEAR": "The partner removes files by itself, and this folder was not read for half of that time: mend the "
    "lane (`gateway status`), or fetch them another way before they are gone.",
    "QUIET": "Nothing new came for longer than ever is usual. Ask the partner whether answers are switched on.",
}


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
        found["QUIET", ""] = _business_days(last_new(tx, lane), tx.today, habits.business) > mailbox.quiet_days
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


def last_new(tx: Tx, lane: str) -> date:
    """The site's day on which anything new came last, or since which this lane is known."""
    row = tx.one("SELECT max(fetched_at) AS at FROM pickups WHERE lane = ?", lane)
    at = row["at"] if row and row["at"] else None
    since = tx.one("SELECT since FROM lanes WHERE key = ?", lane)
    return local_day(tx, at or (since["since"] if since else tx.at))


def _business_days(last: date, today: date, business: Business) -> int:
    """Days on which the partner works, after the one and up to the other."""
    days = (last + timedelta(days=n) for n in range(1, (today - last).days + 1))
    return sum(works_on(day, business) for day in days)

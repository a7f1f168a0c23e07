"""Lanes: whether each may be used, and when it is its turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from gateway import breaker
from gateway import events as e
from gateway.codec import day
from gateway.planner import Run, parse_moment
from gateway.store.connection import Row, Tx, moment
from gateway.store.record import record
from gateway.store.standings import requeue

LATELY = timedelta(days=30)


def enter(tx: Tx, keys: Iterable[str]) -> None:
    """Make sure every configured lane has its row."""
    for key in keys:
        tx.run("INSERT OR IGNORE INTO lanes (key, state, since) VALUES (?, 'ACTIVE', ?)", key, tx.at)


def rows(tx: Tx) -> list[Row]:
    """Every lane."""
    return tx.all("SELECT * FROM lanes ORDER BY key")


def waiting(tx: Tx) -> dict[str, tuple[int, int]]:
    """How many claims of each lane may go: those that no file has yet, and those in files that are planned."""
    found = tx.all(
        "SELECT lane, sum(ready) AS ready, sum(planned) AS planned FROM (SELECT lane, 1 AS ready, 0 AS planned FROM claims"
        " WHERE state = 'READY' UNION ALL SELECT lane, 0, claims FROM submissions WHERE state = 'PLANNED') GROUP BY lane"
    )
    return {row["lane"]: (row["ready"], row["planned"]) for row in found}


def reached(tx: Tx, lane: str, *, polled: bool = False) -> None:
    """The partner answered: its failures are forgotten. Being reached says nothing of writing, where that failed last
    and there is still something to write."""
    if polled:
        tx.run("UPDATE lanes SET polled_at = ? WHERE key = ?", tx.at, lane)
        if _writing_fails(tx, lane):
            return
    for event in breaker.reached(lane, _trouble(tx, lane)):
        record(tx, event)
    tx.run("UPDATE lanes SET failures = 0, not_before = '', writing_fails = 0 WHERE key = ?", lane)


def _writing_fails(tx: Tx, lane: str) -> bool:
    return bool(
        tx.one(
            "SELECT 1 FROM lanes WHERE key = ?1 AND writing_fails AND (EXISTS (SELECT 1 FROM submissions WHERE lane = ?1"
            " AND state = 'PLANNED') OR EXISTS (SELECT 1 FROM claims WHERE lane = ?1 AND state = 'READY'))",
            lane,
        )
    )


def failed(tx: Tx, lane: str, code: str, *, reached: bool, doubt: bool = False) -> None:
    """One more failure in a row; `reached` says that the partner was spoken with before it failed. Doubt about one
    submission is told with that, and does not make the others wait until the breaker opens."""
    trouble = _trouble(tx, lane)
    count = trouble.failures + 1
    for event in breaker.failed(lane, code, trouble, tx.now):
        if not (doubt and isinstance(event, e.LaneUnreachable)):
            record(tx, event)
    tx.run("UPDATE lanes SET failures = ?, writing_fails = ? WHERE key = ?", count, int(reached), lane)
    if not doubt or breaker.is_tripped(count):
        later = tx.now + timedelta(seconds=breaker.wait_after(lane, count))
        tx.run("UPDATE lanes SET not_before = ? WHERE key = ?", moment(later), lane)


def _trouble(tx: Tx, lane: str) -> breaker.Trouble:
    row = tx.one("SELECT failures, opened_at, outage_told FROM lanes WHERE key = ?", lane)
    assert row
    return breaker.Trouble(row["failures"], parse_moment(row["opened_at"]), bool(row["outage_told"]))


def run_of(tx: Tx, lane: str, rejects: bool) -> Run:
    """What the lane is about to send beside what it sent before; how many of its claims were refused lately is counted
    where it matters."""
    today = day(tx.today)
    row = tx.one(
        "SELECT (SELECT count(*) FROM claims WHERE lane = ?1 AND state = 'READY')"
        " + (SELECT coalesce(sum(claims), 0) FROM submissions WHERE lane = ?1"
        " AND state IN ('PLANNED', 'TRANSMITTING', 'IN_DOUBT'))"
        " + (SELECT coalesce(sum(claims), 0) FROM lane_days WHERE lane = ?1 AND day = ?2) AS claims,"
        " (SELECT coalesce(max(claims), 0) FROM lane_days WHERE lane = ?1 AND day < ?2) AS largest,"
        " allowed, waved_on FROM lanes WHERE key = ?1",
        lane,
        today,
    )
    assert row
    spoken, refused = _refused_lately(tx, lane) if rejects else (0, 0)
    return Run(row["claims"], max(row["largest"], row["allowed"]), spoken, refused, row["waved_on"] == today)


def _refused_lately(tx: Tx, lane: str) -> tuple[int, int]:
    """Attempts of the last 30 days that an answer spoke of, and those that one refused."""
    row = tx.one(
        "SELECT count(*) AS spoken, coalesce(sum(refused), 0) AS refused FROM (SELECT max(NOT v.accepted) AS refused"
        " FROM submissions s JOIN attempts a ON a.submission = s.id JOIN verdicts v ON v.attempt = a.id"
        " WHERE s.lane = ? AND s.sent_at >= ? GROUP BY a.id)",
        lane,
        moment(tx.now - LATELY),
    )
    assert row
    return row["spoken"], row["refused"]


def due(tx: Tx, keys: Iterable[str]) -> None:
    """What kept these lanes waiting is over."""
    for key in keys:
        tx.run("UPDATE lanes SET not_before = '' WHERE key = ?", key)
        tx.run("UPDATE submissions SET not_before = '' WHERE lane = ? AND state = 'PLANNED'", key)


def resume(tx: Tx, lane: str, reason: str) -> None:
    """A person says what stopped the lane is mended, or lets it send what it asked about: claims of interchanges that it
    rejected go out again. Raises Unlawful when it neither is suspended nor asks."""
    record(tx, e.LaneResumed(lane=lane, reason=reason))
    for row in tx.all(
        "SELECT DISTINCT c.id FROM claims c JOIN submissions s ON s.id = c.submission JOIN attempts a"
        " ON a.claim = c.id AND a.submission = s.id JOIN verdicts v ON v.attempt = a.id AND v.form = 'TA1'"
        " WHERE s.lane = ? AND c.state = 'SENT' AND c.standing = 'RETURNED' AND NOT v.accepted ORDER BY c.id",
        lane,
    ):
        requeue(tx, row["id"], "the lane that rejected its interchange was mended")

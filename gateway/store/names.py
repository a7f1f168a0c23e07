"""Names of files at their partners: each value of a counter once in its period."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway import events as e
from gateway.model.habits import Counter, Period
from gateway.model.partners import Lane
from gateway.naming import capacity, period_of, remote_name, type_of
from gateway.store import submissions
from gateway.store.connection import Tx, local_day, moment
from gateway.store.record import record
from gateway.store.submissions import floor

_FORGOTTEN = timedelta(days=300)
"""A name without a year in it may come again after so long, and no sooner."""


def left(tx: Tx, lane: Lane, local: datetime) -> bool:
    """Whether the lane has a name to give; where it has none, that is told once in the counter's period."""
    counter = lane.partner.habits.counter
    if counter is None or _given(tx, lane, counter, local) < capacity(counter):
        return True
    period, told = period_of(counter, local.date()), f"names_used_up {lane.key}"
    known = tx.one("SELECT value FROM meta WHERE key = ?", told)
    if known is None or known["value"] != period:
        tx.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", told, period)
        record(tx, e.NamesUsedUp(lane=lane.key, count=capacity(counter), next=_anew(counter)))
    return False


def _anew(counter: Counter) -> str:
    if counter.period is Period.EVER:
        return "Ask the partner what comes after the last name, and change its counter: until then the claims wait."
    return f"Nothing: the claims that wait go when names begin anew, by the {counter.period.value}."


def take(tx: Tx, lane: Lane, version: str, local: datetime, isa13: int, template: str = "") -> str | None:
    """The next name that the partner has not seen lately, by this template or else the lane's; None where there is
    none."""
    kind = type_of(version)
    counter = lane.partner.habits.counter
    if counter is None:
        return remote_name(lane, local, isa13, type=kind, template=template)
    while (number := _given(tx, lane, counter, local)) < capacity(counter):
        tx.run("INSERT OR REPLACE INTO counters (scope, last) VALUES (?, ?)", _scope(lane, counter, local), number + 1)
        name = remote_name(lane, local, isa13, number, kind, template)
        if not _seen(tx, lane, name):
            return name
    return None


def coming(tx: Tx, lane: Lane, zone: ZoneInfo) -> str:
    """What the lane's next file would be called, were it planned now; nothing is taken, and empty where no name is left."""
    local, counter = tx.now.astimezone(zone).replace(tzinfo=None), lane.partner.habits.counter
    given = _given(tx, lane, counter, local) if counter else 0
    if counter and given >= capacity(counter):
        return ""
    return remote_name(lane, local, submissions.coming_isa13(tx, lane), given, type_of(lane.partner.accepts[0]))


def _seen(tx: Tx, lane: Lane, name: str) -> bool:
    since = moment(tx.now - _FORGOTTEN)
    return tx.one(
        "SELECT 1 FROM submissions WHERE lane = ? AND remote_name = ? AND planned_at > ?", lane.key, name, since
    ) is not None  # fmt: skip


def _given(tx: Tx, lane: Lane, counter: Counter, local: datetime) -> int:
    """How many of the period's values are given. In the period of a restore nobody knows how many were given after the
    backup, so that many are left out."""
    row = tx.one("SELECT last FROM counters WHERE scope = ?", _scope(lane, counter, local))
    if row:
        return int(row["last"])
    restored = tx.one("SELECT value AS at FROM meta WHERE key = 'restored_at'")
    same = restored and period_of(counter, local_day(tx, restored["at"])) == period_of(counter, local.date())
    return floor(tx) if same else 0


def _scope(lane: Lane, counter: Counter, local: datetime) -> str:
    """Both stages may write to one folder, where no name may come twice."""
    folder = lane.account.endpoint.outbound
    return f"name {lane.partner.key} {folder} {period_of(counter, local.date())}"

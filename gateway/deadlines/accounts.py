"""What runs out of our accounts at partners: passwords, the leave to use old algorithms, host keys that change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from hashlib import sha256

from gateway.deadlines.days import add_days
from gateway.deadlines.ladders import Kind
from gateway.deadlines.running import Deadline
from gateway.model.partners import Lane


def of_lanes(lanes: Iterable[Lane]) -> Iterator[Deadline]:
    """The last days of each lane's password and old algorithms, where they have one, and the days of announced host
    keys that are not pinned yet."""
    for lane in lanes:
        if ends := password_ends(lane):
            yield Deadline(Kind.PASSWORD, lane.key, ends, record=f"lane {lane.key}", lane=lane.key)
        if legacy := lane.partner.habits.wire.legacy:
            yield Deadline(Kind.LEGACY, lane.key, legacy.until, record=f"lane {lane.key}", lane=lane.key)
        for key, first in unpinned(lane):
            subject = f"{lane.key} {sha256(key.encode()).hexdigest()[:16]}"
            yield Deadline(Kind.HOST_KEY, subject, first, record=f"lane {lane.key}", lane=lane.key)


def unpinned(lane: Lane) -> Iterator[tuple[str, date]]:
    """The host keys that the partner announced, each with its first day; without those that were pinned since."""
    pinned = {tuple(key.split()[:2]) for key in lane.account.host_keys}
    return ((key, day) for key, day in lane.account.next_host_keys if tuple(key.split()[:2]) not in pinned)


def password_ends(lane: Lane) -> date | None:
    """The last day of the password, where the partner says how long one lasts and the account when it was set."""
    days, changed = lane.partner.habits.wire.password_days, lane.account.password_changed
    return add_days(changed, timedelta(days=days)) if days and changed else None

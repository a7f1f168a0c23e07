"""What to do next, as a pure function of what is known and the clock; a thin shell does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.model.partners import Lane, Window
from gateway.model.x12 import Delimiters

RETRY_WAITS = (30, 60, 300, 900, 1800, 3600)
PROBE_WAITS = (60, 300, 900, 3600)


@dataclass(frozen=True, slots=True)
class ReadyGroup:
    """Claims that may share a transaction set: one lane, one guide version, one BHT06, one ISA15, the same
    delimiters. `filing_due` is the nearest filing limit among them."""

    lane: str
    version: str
    mode: str
    usage: str
    delimiters: Delimiters
    claims: int
    filing_due: date | None


@dataclass(frozen=True, slots=True)
class OpenSubmission:
    """A submission that is not surely at its partner. `composed` says its bytes are sealed; `not_before` is the
    earliest next try, or None."""

    id: int
    lane: str
    state: str
    composed: bool
    not_before: datetime | None
    filing_due: date | None


@dataclass(frozen=True, slots=True)
class LaneView:
    """What is known of one lane."""

    lane: Lane
    active: bool
    not_before: datetime | None
    polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class View:
    """All the planner looks at."""

    lanes: Mapping[str, LaneView]
    groups: Sequence[ReadyGroup]
    submissions: Sequence[OpenSubmission]


@dataclass(frozen=True, slots=True)
class Plan:
    """Make one submission of this group."""

    group: ReadyGroup


@dataclass(frozen=True, slots=True)
class Compose:
    """Write the bytes of a planned submission and seal them."""

    submission: int


@dataclass(frozen=True, slots=True)
class Send:
    """Put a composed submission on the wire."""

    submission: int


@dataclass(frozen=True, slots=True)
class Probe:
    """Look for evidence of a submission in doubt."""

    submission: int


@dataclass(frozen=True, slots=True)
class Poll:
    """Fetch what the partner laid out for us."""


Action = Plan | Compose | Send | Probe | Poll


def plan_lane(view: View, key: str, now: datetime, poll_every: timedelta) -> list[Action]:
    """What one lane has to do now, in order: settle doubt, send what is written, write what is planned, plan what is
    ready, then fetch. Nearest filing limit first. A lane that is suspended, backing off or outside its windows sends
    nothing, yet claims are not assigned to it either: they stay free to be judged again. A lane without a pinned host
    key is never dialled."""
    known = view.lanes.get(key)
    if known is None or not known.active or not known.lane.account.host_keys or not _due(known.not_before, now):
        return []
    actions: list[Action] = []
    mine = sorted((s for s in view.submissions if s.lane == key), key=lambda s: (s.filing_due or date.max, s.id))
    actions += [Probe(s.id) for s in mine if s.state == "IN_DOUBT" and _due(s.not_before, now)]
    if is_open(known.lane.partner.windows, now):
        planned = [s for s in mine if s.state == "PLANNED" and _due(s.not_before, now)]
        for submission in planned:
            actions += [Send(submission.id)] if submission.composed else [Compose(submission.id), Send(submission.id)]
        if not planned:
            actions += [Plan(group) for group in view.groups if group.lane == key][:1]
    if known.polled_at is None or known.polled_at > now or now - known.polled_at >= poll_every:
        actions.append(Poll())
    return actions


def is_open(windows: Sequence[Window], now: datetime) -> bool:
    """Whether a partner takes files at this moment; always, where it declares no window. A window may pass midnight."""
    return not windows or any(_inside(window, now) for window in windows)


def _inside(window: Window, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(window.zone)).time()
    opens, closes = time.fromisoformat(window.opens), time.fromisoformat(window.closes)
    return opens <= local < closes if opens <= closes else local >= opens or local < closes


def _due(not_before: datetime | None, now: datetime) -> bool:
    """Also when it lies further off than any wait: then the clock was wrong when it was set."""
    return not_before is None or not_before <= now or not_before - now > timedelta(seconds=2 * RETRY_WAITS[-1])


def retry_wait(tries: int) -> int:
    """Seconds until the next try after `tries` failures."""
    return RETRY_WAITS[min(tries, len(RETRY_WAITS) - 1)]


def probe_wait(probes: int) -> int:
    """Seconds until the next look for evidence."""
    return PROBE_WAITS[min(probes, len(PROBE_WAITS) - 1)]


def parse_moment(text: str) -> datetime | None:
    """A stored moment, or None for the empty text."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC) if text else None

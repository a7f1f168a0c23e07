"""What to do next, as a pure function of what is known and the clock; a thin shell does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from gateway.breaker import is_tripped
from gateway.calendar import first_answer_due, is_away, is_open, takes_files
from gateway.model.habits import Brake
from gateway.model.partners import Lane
from gateway.model.x12 import Delimiters
from gateway.waits import PROBE_WAITS, RETRY_WAITS, probe_wait, retry_wait

__all__ = ["PROBE_WAITS", "RETRY_WAITS", "is_open", "probe_wait", "retry_wait"]

OF_HOST_KEYS = frozenset({"HOST_KEY_CHANGED", "HOST_KEY_UNPINNED", "HOST_KEY_UNREADABLE"})
"""Reasons for which somebody must look at the server's host key before its lane goes on."""
_OF_SECRETS = frozenset(
    {"CREDENTIAL_UNREADABLE", "CREDENTIAL_NAME", "CREDENTIAL_MISSING", "CREDENTIAL_EMPTY", "CREDENTIAL_KIND",
     "SECRET_FILE_KIND", "SECRET_FILE_UNREADABLE", "SECRET_FILE_SIZE", "SECRET_FILE_OWNER", "SECRET_FILE_MODE"}
)  # fmt: skip
"""Reasons for which there is nothing to log in with."""
SHUT = OF_HOST_KEYS | _OF_SECRETS | {
    "LOGIN_REFUSED", "LOGIN_UNANSWERED", "NO_COMMON_ALGORITHM", "NO_SFTP",
}  # fmt: skip
"""A lane that is suspended for one of these is not even dialled; for any other reason its answers are still fetched."""
UNREACHED = frozenset({"UNREACHABLE", "CONNECTION_LOST", "TIMED_OUT", "NOT_CONNECTED", "SESSION_REFUSED", *SHUT})
"""Failures that say nothing of writing: a login and a listing try as well whether they are over."""
_OF_THE_USER = frozenset({"LOGIN_REFUSED", "LOGIN_UNANSWERED"})
_SPOKEN_FOR = 20
"""A share of fewer claims than this says nothing."""


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
    earliest next try, or None; `doubted_at` since when it is in doubt, `told` that a person knows of it."""

    id: int
    lane: str
    state: str
    composed: bool
    not_before: datetime | None
    filing_due: date | None
    step: str = ""
    doubted_at: datetime | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """What a lane is about to send and what it sent before. `claims` are those of today: gone, on their way, and ready;
    `largest` the most of an earlier day, or what a person let go. `sent` of the last 30 days were spoken of, `refused`
    of them rejected by a TA1, 999 or 277CA; `waved` says that a person let today's go in spite of that."""

    claims: int
    largest: int
    sent: int = 0
    refused: int = 0
    waved: bool = False


@dataclass(frozen=True, slots=True)
class LaneView:
    """What is known of one lane. `code` is why it is suspended, `asks` that it waits for a person before it sends more,
    `failures` how often in a row it failed, and `writing_fails` that it was reached all the same; `awaits_marks` that the
    partner may have laid down marks we did not see. `questions` are those for claims' status that have no file yet."""

    lane: Lane
    active: bool
    not_before: datetime | None
    polled_at: datetime | None
    code: str = ""
    asks: bool = False
    failures: int = 0
    writing_fails: bool = False
    awaits_marks: bool = False
    run: Run | None = None
    questions: int = 0


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
class PlanQuestions:
    """Make one submission of questions for claims' status."""


@dataclass(frozen=True, slots=True)
class Compose:
    """Write the bytes of a planned submission and seal them."""

    submission: int


@dataclass(frozen=True, slots=True)
class Send:
    """Put a composed submission on the wire."""

    submission: int


@dataclass(frozen=True, slots=True)
class Observe:
    """Look, in a new session, at what was written before we logged out."""

    submission: int


@dataclass(frozen=True, slots=True)
class Probe:
    """Look for evidence of a submission in doubt."""

    submission: int


@dataclass(frozen=True, slots=True)
class TellDoubt:
    """Tell a person that evidence did not come in time."""

    submission: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a person before this run goes."""

    code: str
    run: Run


@dataclass(frozen=True, slots=True)
class LookForMarks:
    """See whether the partner laid down marks for what we sent."""


@dataclass(frozen=True, slots=True)
class Poll:
    """Fetch what the partner laid out for us."""


Action = Plan | PlanQuestions | Compose | Send | Observe | Probe | TellDoubt | Ask | LookForMarks | Poll


def plan_lane(view: View, key: str, now: datetime, poll_every: timedelta) -> list[Action]:
    """What one lane has to do now, in order: tell what lasts too long, settle doubt, send what is written, write what is
    planned, plan what is ready, then fetch. Nearest filing limit first, and questions after all claims. A lane that is
    suspended, asks, or is outside its partner's hours sends nothing, yet claims are not assigned to it either: they stay
    free to be judged again. One whose breaker is open first fetches, as a trial. A lane without a pinned host key is never
    dialled."""
    known = view.lanes.get(key)
    if known is None:
        return []
    mine = sorted((s for s in view.submissions if s.lane == key), key=lambda s: (s.filing_due or date.max, s.id))
    told: list[Action] = [TellDoubt(s.id) for s in mine if _lasts(s, known.lane, now)]
    if not _may_dial(view, known, now):
        return told
    fetch: list[Action] = [Poll()] if _polls(known, now, poll_every) else []
    if is_tripped(known.failures):
        return [*told, *(_first(_sending(view, known, mine, now)) if known.writing_fails else ()), Poll()]
    looks: list[Action] = [_look(s) for s in mine if _unseen(s) and _due(s.not_before, now, known.lane)]
    marks: list[Action] = [LookForMarks()] if fetch and known.awaits_marks else []
    return [*told, *looks, *_sending(view, known, mine, now), *fetch, *marks]


def _may_dial(view: View, known: LaneView, now: datetime) -> bool:
    lane = known.lane
    if not lane.account.host_keys or not _due(known.not_before, now, lane) or is_away(lane.partner, now):
        return False
    return (known.active or known.code not in SHUT) and not _refused_elsewhere(view, lane)


def _refused_elsewhere(view: View, lane: Lane) -> bool:
    """Whether another lane's login as the same user of the same server was refused: once more, and it may be locked."""
    return any(
        other.lane.key != lane.key and not other.active and other.code in _OF_THE_USER and same_login(other.lane, lane)
        for other in view.lanes.values()
    )


def same_login(one: Lane, other: Lane) -> bool:
    """Whether two lanes log in as one user of one server."""
    return login_of(one) == login_of(other)


def login_of(lane: Lane) -> tuple[str, int, str]:
    """Whom a server sees: its host and port, and the user."""
    return lane.account.endpoint.host.lower(), lane.account.endpoint.port, lane.account.user


def _lasts(submission: OpenSubmission, lane: Lane, now: datetime) -> bool:
    """In doubt for longer than the partner's acknowledgment may take, and nobody was told."""
    since = submission.doubted_at
    if submission.state != "IN_DOUBT" or submission.told or since is None:
        return False
    return first_answer_due(lane.partner, since) <= now


def _unseen(submission: OpenSubmission) -> bool:
    return submission.state == "IN_DOUBT" or (submission.state == "TRANSMITTING" and submission.step == "settling")


def _look(submission: OpenSubmission) -> Action:
    return Probe(submission.id) if submission.state == "IN_DOUBT" else Observe(submission.id)


def _sending(view: View, known: LaneView, mine: Sequence[OpenSubmission], now: datetime) -> list[Action]:
    if not known.active or known.asks or not takes_files(known.lane.partner, now):
        return []
    actions: list[Action] = []
    planned = [s for s in mine if s.state == "PLANNED" and _due(s.not_before, now, known.lane)]
    for submission in planned:
        actions += [Send(submission.id)] if submission.composed else [Compose(submission.id), Send(submission.id)]
    groups = [group for group in view.groups if group.lane == known.lane.key]
    if planned or not groups:
        return [*actions, PlanQuestions()] if known.questions and not planned else actions
    code = question(known.lane.partner.habits.brake, known.run) if known.run else ""
    return [Ask(code, known.run)] if code and known.run else [Plan(groups[0])]


def _first(actions: Sequence[Action]) -> Iterator[Action]:
    """Up to the first that writes something at the partner: one trial is enough."""
    for action in actions:
        yield action
        if not isinstance(action, Compose):
            return


def question(brake: Brake, run: Run) -> str:
    """Why a person must be asked before this run goes; empty where nobody need be."""
    if run.claims > brake.claims and run.claims >= brake.times * run.largest:
        return "RUN_LARGE"
    many = brake.rejected and run.sent >= _SPOKEN_FOR and 100 * run.refused > brake.rejected * run.sent
    return "REFUSED_MANY" if many and not run.waved else ""


def _polls(known: LaneView, now: datetime, poll_every: timedelta) -> bool:
    return known.polled_at is None or known.polled_at > now or now - known.polled_at >= poll_every


def _due(not_before: datetime | None, now: datetime, lane: Lane) -> bool:
    """Also when it lies further off than any wait: then the clock was wrong when it was set."""
    longest = max(timedelta(seconds=2 * RETRY_WAITS[-1]), 2 * lane.partner.habits.wire.settle_for)
    return not_before is None or not_before <= now or not_before - now > longest


def parse_moment(text: str) -> datetime | None:
    """A stored moment, or None for the empty text."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC) if text else None

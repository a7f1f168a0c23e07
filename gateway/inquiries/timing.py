"""When a claim's status is asked for: first by the silence it stands in, then by a cadence, and never without end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.calendar import due
from gateway.inquiries.meaning import WORK
from gateway.model.habits import Expectation, StatusRequests
from gateway.model.inquiries import Word
from gateway.model.partners import Partner
from gateway.silence import ESCALATE, WARN, Awaited, steps

QUIET, MEDICARE_QUIET = timedelta(days=7), timedelta(days=14)
"""Nobody is asked sooner after an acceptance: Medicare pays no clean claim before the fourteenth day."""
UNREPORTED = Expectation(within=timedelta(days=5), business=True)
"""Nor about a claim without a 277CA before so many business days."""
ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one claim's questions: whether one is open, how many we asked by ourselves, what became of the last
    (its state, and when it was closed), and the payer's latest word with the time up to which it lets us wait. `done_at` is
    when a person was done with what that word asked for."""

    open: bool = False
    automatic: int = 0
    last: str = ""
    closed_at: datetime | None = None
    word: Word | None = None
    quiet_until: datetime | None = None
    done_at: datetime | None = None


def first_due(
    kind: Awaited,
    sent: datetime,
    accepted: datetime | None,
    partner: Partner,
    asks: StatusRequests,
    *,
    medicare: bool = False,
) -> datetime | None:
    """From when on a claim that waits for this answer may be asked about; None where its silence says nothing."""
    ladder = dict(steps(kind, sent, partner, medicare=medicare))
    if kind is Awaited.REPORT:
        floor = due(sent, UNREPORTED, partner.habits.business) or sent
        return max(ladder[ESCALATE], floor) if ladder else None
    if kind is Awaited.PAYER_REPORT:
        return ladder.get(ESCALATE)
    if kind is not Awaited.REMITTANCE:
        return None
    since = accepted or sent
    wanted = since + asks.after if asks.after else ladder.get(WARN)
    return None if wanted is None else max(wanted, since + (MEDICARE_QUIET if medicare else QUIET))


def next_due(facts: Facts, asks: StatusRequests) -> datetime | None:
    """From when on it may be asked about again, or `ALWAYS` where it never was; None while a question is open, somebody
    has work with the answer, our question was refused, or we have asked often enough."""
    if facts.open or facts.automatic >= asks.at_most or facts.last == "REFUSED":
        return None
    if facts.word in WORK and facts.done_at is None:
        return None
    waits = [ALWAYS]
    if facts.done_at is not None:
        waits.append(facts.done_at + asks.every)
    if facts.last == "UNANSWERED" and facts.closed_at:
        waits.append(facts.closed_at + asks.every)
    if facts.quiet_until:
        waits.append(facts.quiet_until + (asks.every if facts.word is Word.FINALIZED else timedelta(0)))
    return max(waits)

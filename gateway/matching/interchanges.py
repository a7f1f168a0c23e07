"""TA1 to submission: ISA13 with the date and time it was sent at (X12.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.matching.keys import control_of
from gateway.matching.rows import Says, SentSubmission, Unmatched
from gateway.model.answers import AnswerEnvelope, InterchangeAcknowledgment

_SAYS = {"A": Says.ACCEPTED, "E": Says.ACCEPTED, "R": Says.REJECTED}
_SEEN_BEFORE = "025"


@dataclass(frozen=True, slots=True)
class InterchangeMatch:
    """`submission` is None where none is meant; then `unmatched` says why and `candidates` who was in question.
    `note` is TA105. DUPLICATE says nothing against an earlier transmission of the same bytes."""

    says: Says
    note: str
    submission: int | None = None
    unmatched: Unmatched = Unmatched.NONE
    candidates: tuple[int, ...] = ()


def match_interchange(answer: InterchangeAcknowledgment, submissions: Iterable[SentSubmission]) -> InterchangeMatch:
    """E is accepted with errors noted, and must not be sent again. A resend has the ISA13, date and time of the
    first transmission, so that a TA1 alone never tells them apart."""
    says = _SAYS.get(answer.code, Says.UNKNOWN)
    if says is Says.REJECTED and answer.note == _SEEN_BEFORE:
        says = Says.DUPLICATE
    numbered = [each for each in submissions if each.control in control_of(answer.control)]
    timed = [each for each in numbered if _sent_at(each, answer)]
    submission, unmatched = chosen(answer.envelope, numbered, timed)
    candidates = () if submission is not None else tuple(each.id for each in numbered)
    return InterchangeMatch(says, answer.note, submission, unmatched, candidates)


def chosen(
    envelope: AnswerEnvelope, numbered: list[SentSubmission], fitting: list[SentSubmission]
) -> tuple[int | None, Unmatched]:
    """The one submission that fits in usage and addressee; a test answer never speaks of production, nor the other
    way round."""
    addressed = [each for each in fitting if not each.our_ids or envelope.receiver.id in each.our_ids]
    meant = [each for each in addressed if each.usage == envelope.usage]
    if len(meant) == 1:
        return meant[0].id, Unmatched.NONE
    if meant:
        return None, Unmatched.SEVERAL
    if addressed:
        return None, Unmatched.OTHER_USAGE
    return None, Unmatched.CONTRADICTS if numbered else Unmatched.NOT_OURS


def _sent_at(submission: SentSubmission, answer: InterchangeAcknowledgment) -> bool:
    """Some write the date with its century, or the time with seconds."""
    return submission.date[-6:] == answer.date[-6:] and submission.time[:4] == answer.time[:4]

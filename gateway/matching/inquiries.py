"""277 to claims: by the trace of our question, else by the numbers that a status names (005010X212)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.matching.rows import SentAttempt, Unmatched, number_key, overlap, same_number
from gateway.model.answers import StatusResponse, ToldStatus

_CLAIMS = ("2200D", "2200E")
_PROVIDER = "2200C"


@dataclass(frozen=True, slots=True)
class AskedInquiry:
    """A question that we put: `reference` is BHT03 and `usage` ISA15 of its 276, `provider` who billed the claim, `open`
    that it waits for its answer."""

    id: int
    claim: int
    attempt: int
    submission: int
    trace: str
    control_number: str
    reference: str
    usage: str
    provider: str
    open: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """Whom a status speaks of: a claim, by the question that asked for it or, unasked, by its attempt."""

    claim: int
    attempt: int
    inquiry: int | None = None
    submission: int | None = None


@dataclass(frozen=True, slots=True)
class ToldMatch:
    """One level's word. It speaks of nobody where `unmatched` says why; a level above the claims speaks of every open
    question that it holds."""

    told: ToldStatus
    spoken: tuple[Spoken, ...] = ()
    unmatched: Unmatched = Unmatched.NONE


def match_response(
    response: StatusResponse,
    inquiries: Sequence[AskedInquiry],
    attempts: Sequence[SentAttempt],
    payers: Collection[str],
) -> tuple[ToldMatch, ...]:
    """`inquiries` are those of the lane with any of its traces or its reference, and the open ones; `attempts` those with
    any of its claim numbers; `payers` the keys of those whom the sender may speak for."""
    reading = _Reading(response, inquiries, [each for each in attempts if each.payer in payers])
    return tuple(reading.match(told) for told in response.statuses)


class _Reading:
    def __init__(
        self, response: StatusResponse, inquiries: Sequence[AskedInquiry], attempts: Sequence[SentAttempt]
    ) -> None:
        self._usage = response.envelope.usage
        self._attempts = attempts
        self._by_trace = {each.trace.upper(): each for each in inquiries}
        named = {told.trace.upper() for told in response.statuses if told.level in _CLAIMS}
        told_of = [each for each in inquiries if each.trace.upper() in named]
        carriers = {each.submission for each in told_of}
        self._held = [
            each
            for each in inquiries
            if each.open
            and each.usage == self._usage
            and each.trace.upper() not in named
            and (each.reference == response.reference or each.submission in carriers)
        ]

    def match(self, told: ToldStatus) -> ToldMatch:
        if told.level not in _CLAIMS:
            return self._above(told)
        asked = self._by_trace.get(told.trace.upper())
        if asked and (not told.claim or same_number(told.claim, asked.control_number)):
            if asked.usage != self._usage:
                return ToldMatch(told, unmatched=Unmatched.OTHER_USAGE)
            return ToldMatch(told, (_of(asked),))
        found = self._numbered(told)
        claims = {each.claim for each in found}
        if len(claims) > 1:
            return ToldMatch(told, unmatched=Unmatched.SEVERAL)
        if not found:
            return ToldMatch(told, unmatched=Unmatched.CONTRADICTS if asked else Unmatched.NOT_OURS)
        last = max(found, key=lambda each: each.id)
        return ToldMatch(told, (Spoken(last.claim, last.id),))

    def _numbered(self, told: ToldStatus) -> list[SentAttempt]:
        """By REF*D9, else by the payer's number, else by CLM01 with charge and days; whatever else is named must agree."""
        fitting = [
            each
            for each in self._attempts
            if each.usage == self._usage and (not told.claim or same_number(told.claim, each.control_number))
        ]
        traced = [each for each in fitting if told.attempt and each.trace.upper() == told.attempt.upper()]
        numbered = [each for each in fitting if told.number and each.payer_control_number == told.number]
        return traced or numbered or [each for each in fitting if _agrees(each, told)]

    def _above(self, told: ToldStatus) -> ToldMatch:
        held = [each for each in self._held if told.level != _PROVIDER or each.provider == told.provider]
        if not held:
            return ToldMatch(told, unmatched=Unmatched.NOT_OURS)
        return ToldMatch(told, tuple(_of(each) for each in held))


def _of(asked: AskedInquiry) -> Spoken:
    return Spoken(asked.claim, asked.attempt, asked.id, asked.submission)


def _agrees(attempt: SentAttempt, told: ToldStatus) -> bool:
    if not told.claim or number_key(told.claim) != number_key(attempt.control_number):
        return False
    if told.charge is None or told.charge != attempt.charge:
        return False
    return overlap(told.first_day, told.last_day, attempt.first_day, attempt.last_day)

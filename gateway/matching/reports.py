"""277CA to attempts: by our trace, by our batch, or among what waits; a refused level falls on what it held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.data import STATUS_CODES, StatusCodes
from gateway.matching.rows import SentAttempt, Unmatched, number_key, overlap, same_number
from gateway.matching.statuses import StatusClass, claim_class
from gateway.model.answers import ClaimStatus, StatusReport

_CLAIM, _PROVIDER, _SUBMITTER = "2200D", "2200C", "2200B"


@dataclass(frozen=True, slots=True)
class StatusMatch:
    """One level's word on our attempts. `how` is `trace`, `reference` (BHT03, CLM01 and charge), `waiting` (payer,
    CLM01, charge and days of service) or `cascade` (a level above the claim was refused), and empty where `attempts`
    is. A level that takes, or that has claims below it, speaks of no attempt and is no fault: `unmatched` is empty."""

    status: ClaimStatus
    says: StatusClass
    attempts: tuple[int, ...] = ()
    how: str = ""
    unmatched: Unmatched = Unmatched.NONE
    candidates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportMatch:
    """`submissions` are proven to have arrived: the report names their BHT03 or an attempt of theirs."""

    submissions: tuple[int, ...]
    statuses: tuple[StatusMatch, ...]


def match_report(
    report: StatusReport,
    attempts: Sequence[SentAttempt],
    payers: Collection[str],
    codes: StatusCodes = STATUS_CODES,
) -> ReportMatch:
    """`payers` are the keys of the payers the issuer may speak for, needed only where neither trace nor BHT03 helps."""
    reading = _Reading(report, attempts, payers)
    statuses = tuple(
        reading.match(index, claim_class(status.statuses, codes)) for index, status in enumerate(report.statuses)
    )
    return ReportMatch(reading.arrived({attempt for each in statuses for attempt in each.attempts}), statuses)


class _Reading:
    """One report beside the attempts it may speak of, these by trace and by number."""

    def __init__(self, report: StatusReport, attempts: Sequence[SentAttempt], payers: Collection[str]) -> None:
        self._statuses, self._payers, self._usage = report.statuses, payers, report.envelope.usage
        usable = [each for each in attempts if each.usage == self._usage]
        self._batch = [each for each in usable if report.reference and each.reference == report.reference]
        self._in_batch = {each.id for each in self._batch}
        self._usable = usable
        self._by_trace: dict[str, list[SentAttempt]] = defaultdict(list)
        self._by_number: dict[str, list[SentAttempt]] = defaultdict(list)
        for each in attempts:
            if each.trace:
                self._by_trace[each.trace.upper()].append(each)
        for each in usable:
            self._by_number[number_key(each.control_number)].append(each)

    def arrived(self, spoken: set[int]) -> tuple[int, ...]:
        """The submissions that the report names by their BHT03 or by an attempt of theirs."""
        known = spoken | self._in_batch
        return tuple(dict.fromkeys(each.submission for each in self._usable if each.id in known))

    def match(self, index: int, says: StatusClass) -> StatusMatch:
        status = self._statuses[index]
        if status.level == _CLAIM:
            return self._claim(status, says)
        if says not in {StatusClass.REJECTED, StatusClass.UNKNOWN} or self._has_claims(index):
            return StatusMatch(status, says)
        return self._cascade(status, says)

    def _has_claims(self, index: int) -> bool:
        """What a level says of claims that speak for themselves does not count."""
        status, below = self._statuses[index], self._statuses[index + 1 :]
        if status.level == _SUBMITTER:
            return any(each.level == _CLAIM for each in below)
        for each in below:
            if each.level != _CLAIM:
                return False
            if each.billing_npi in {status.billing_npi, ""}:
                return True
        return False

    def _cascade(self, status: ClaimStatus, says: StatusClass) -> StatusMatch:
        held = self._batch
        if status.level == _PROVIDER:
            known = {each.billing_npi for each in self._batch}
            if status.billing_npi:
                held = [each for each in self._batch if each.billing_npi == status.billing_npi]
            elif len(known) > 1:
                return StatusMatch(status, says, unmatched=Unmatched.SEVERAL, candidates=_ids(self._batch))
        if held:
            return StatusMatch(status, says, _ids(held), "cascade")
        why = Unmatched.CONTRADICTS if self._batch else Unmatched.NOT_OURS
        return StatusMatch(status, says, unmatched=why, candidates=_ids(self._batch))

    def _claim(self, status: ClaimStatus, says: StatusClass) -> StatusMatch:
        traced = self._by_trace.get(status.trace.upper())
        if traced:
            return self._traced(status, says, traced)
        numbered = self._by_number.get(number_key(status.claim), [])
        named = [each for each in numbered if same_number(status.claim, each.control_number)]
        of_batch = [each for each in named if each.id in self._in_batch]
        if of_batch:
            fitting = [each for each in of_batch if _charged(each, status)]
            return _decided(status, says, fitting, of_batch, "reference")
        if self._batch:  # the batch is ours and has no such claim
            return StatusMatch(status, says, unmatched=Unmatched.CONTRADICTS, candidates=_ids(named))
        waiting = [each for each in _latest(named) if each.waiting and each.payer in self._payers]
        fitting = [each for each in waiting if status.charge is not None and _charged(each, status)]
        dated = [each for each in fitting if overlap(status.first_day, status.last_day, each.first_day, each.last_day)]
        return _decided(status, says, dated, waiting, "waiting")

    def _traced(self, status: ClaimStatus, says: StatusClass, traced: Sequence[SentAttempt]) -> StatusMatch:
        """Our trace decides, unless it comes back with another claim's number: then it is somebody else's trace."""
        named = [each for each in traced if not status.claim or same_number(status.claim, each.control_number)]
        fitting = [each for each in named if each.usage == self._usage]
        if named and not fitting:
            return StatusMatch(status, says, unmatched=Unmatched.OTHER_USAGE, candidates=_ids(named))
        return _decided(status, says, fitting, traced, "trace")


def _decided(
    status: ClaimStatus, says: StatusClass, fitting: Sequence[SentAttempt], asked: Sequence[SentAttempt], how: str
) -> StatusMatch:
    if len(fitting) == 1:
        return StatusMatch(status, says, (fitting[0].id,), how)
    if fitting:
        return StatusMatch(status, says, unmatched=Unmatched.SEVERAL, candidates=_ids(fitting))
    why = Unmatched.CONTRADICTS if asked else Unmatched.NOT_OURS
    return StatusMatch(status, says, unmatched=why, candidates=_ids(asked))


def _latest(attempts: Sequence[SentAttempt]) -> list[SentAttempt]:
    """Of each claim the last attempt: what went before it came back."""
    last = {each.claim: each for each in sorted(attempts, key=lambda each: each.id)}
    return list(last.values())


def _charged(attempt: SentAttempt, status: ClaimStatus) -> bool:
    return status.charge is None or attempt.charge == status.charge


def _ids(attempts: Sequence[SentAttempt]) -> tuple[int, ...]:
    return tuple(each.id for each in attempts)

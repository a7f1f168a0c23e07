"""What was said of a provider is said again, not worked out again, where nothing differs that it rests on.

Claims that are judged together most often name the same providers at the same payers on neighbouring days. What the
table says of one depends on the days of service only by where they lie among its `turns`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from gateway.enrollment.case import Case
from gateway.enrollment.rows import Row
from gateway.enrollment.saying import Said
from gateway.enrollment.subjects import Subject
from gateway.enrollment.turns import turns
from gateway.model.claims import ClaimKind
from gateway.model.enrollment import ANY, EnrollmentKind, EnrollmentState
from gateway.model.evidence import Recollection

_EDI, _ERA = EnrollmentKind.EDI_837, EnrollmentKind.ERA_835
_INSTITUTIONAL = ClaimKind.INSTITUTIONAL


class Told(NamedTuple):
    """All that the rows say of one subject, and which of them spoke that are else clear for the whole claim."""

    said: Sequence[Said]
    spoke: Sequence[Row]


class _Answers(dict[tuple[int, int], Told]):
    """By where the first and the last day of service lie among the turns."""

    __slots__ = ("turns",)

    def __init__(self, days: Sequence[date]) -> None:
        self.turns = days


_Known = dict[tuple[object, ...], _Answers | bool]
"""By all of a subject but its days. False: asked about once, which nobody may ever ask again."""


class Recalled:
    """What was said under all that the subjects of one claim have in common."""

    __slots__ = ("_answers", "_at", "_case", "_known")

    def __init__(self, case: Case, recollection: Recollection) -> None:
        self._case, key = case, _common(case)
        known = recollection.get(key)
        if known is None or known[0] is not case.payer:
            known = recollection[key] = (case.payer, {})
        self._known: _Known = known[1]  # type: ignore[assignment]
        self._answers: _Answers | None = None
        self._at = (0, 0)

    def told(self, subject: Subject) -> Told | None:
        """What was said of it, if anything was; else it is to be worked out, and `keep` given what comes of it."""
        self._answers, days = None, subject.days
        if days is None or subject.substitute:  # how long a substitute stood in is counted up to the very day
            return None
        if subject.location and not self._names_a_location(subject.npi):
            subject = subject._replace(location="")
        known, key = self._known, subject[:3] + subject[4:]
        answers = known.get(key)
        if answers is None:
            known[key] = False
            return None
        if isinstance(answers, bool):
            answers = known[key] = _Answers(turns(self._case, subject.npi))
        first, last = days
        begin = end = bisect_right(answers.turns, first)
        if last != first:
            end = bisect_right(answers.turns, last)
        self._answers, self._at = answers, (begin, end)
        return answers.get(self._at)

    def _names_a_location(self, npi: str) -> bool:
        return any(record.location != ANY for record in self._case.records_of(npi))

    def keep(self, told: Told) -> None:
        """What came of the subject that was asked about last, for the next time."""
        if self._answers is not None:
            self._answers[self._at] = told


def recalled(case: Case) -> Recalled | None:
    """None where nobody keeps anything, or the claim names an agreement of its own with the payer."""
    recollection = case.evidence.recollection
    if recollection is None or (case.claim.prior_authorization and _has_agreements(case)):
        return None
    return Recalled(case, recollection)


def _common(case: Case) -> tuple[object, ...]:
    """All that rows and exceptions look at beside the subject, its own records and the lists."""
    claim, evidence, key = case.claim, case.evidence, case.payer.key
    return (
        key,
        case.today,
        case.mode,
        case.original_paid,
        case.billing,
        claim.billing.npi,
        claim.billing.tax_id,
        claim.filing_indicator,
        claim.place_of_service if claim.kind is _INSTITUTIONAL else "",
        evidence.submitter,
        (key, _EDI) in evidence.kept,
        (key, _ERA) in evidence.kept,
        evidence.questions,
    )


def _has_agreements(case: Case) -> bool:
    """Whether anybody named has a record that may be a single case agreement."""
    number = case.claim.prior_authorization
    return any(
        record.state is EnrollmentState.OUT_OF_NETWORK and record.payer_assigned_id == number
        for npi in {case.billing, *(one.npi for one in case.claim.providers)}
        for record in case.records_of(npi)
    )

"""Is this provider enrolled with this payer, under this tax id, on this day?

The gate compares a claim with the practice's own records, and only that: what it holds is expected to be denied,
which nobody but the payer can know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from gateway.deadlines import add_days
from gateway.enrollment.codes import NEEDS_DECISION, WORDS, Code
from gateway.enrollment.coverage import DATED, EVIDENCE_AGE, Verdict
from gateway.enrollment.exemptions import excused
from gateway.enrollment.questions import in_question
from gateway.enrollment.rows import ROWS, Case, said
from gateway.enrollment.subjects import Pair, Subject, npis_of, pairs_of, subjects_of
from gateway.model.claims import Claim, Finding
from gateway.model.enrollment import BILLING_KINDS
from gateway.model.evidence import Evidence
from gateway.model.partners import Payer

__all__ = ["NEEDS_DECISION", "Code", "Pair", "judge_enrollment", "next_change", "npis_of", "pairs_of"]

VOID = "8"
LINE_LOOP = "24"


def judge_enrollment(
    claim: Claim, payer: Payer, evidence: Evidence, today: date, mode: str = "CH"
) -> tuple[Finding, ...]:
    """Judge every line by its dates of service, the billing and the effective rendering provider alike.

    `evidence` is what is believed now; records of other payers and other providers are ignored. `mode` is the set's
    BHT06. A finding names a line where the lines of the claim differ or the loop is the line's own; without one it
    holds for every line that rests on its place. Passes are findings too.
    """
    if claim.frequency == VOID:
        words = WORDS[Code.VOID]
        return (Finding(Code.VOID.value, words.outcome, "2300/CLM05", words.message),)
    subjects = subjects_of(claim)
    npis = {subject.npi for subject in subjects if subject.npi}
    relevant = tuple(
        r for r in evidence.enrollments if r.payer == payer.key and r.provider_npi in npis and r.kind in BILLING_KINDS
    )
    case = Case(claim, payer, relevant, today, mode)
    lines: dict[Finding, list[int | None]] = {}
    for subject, numbers in subjects.items():
        for finding in (*_judged(case, subject), *in_question(case, subject, evidence.questions)):
            lines.setdefault(finding, []).extend(numbers)
    resting: Counter[str] = Counter()
    for subject, numbers in subjects.items():
        resting[subject.place] += len(numbers)
    return tuple(placed for found, on in lines.items() for placed in _placed(found, on, resting[found.place]))


def next_change(claim: Claim, evidence: Evidence, today: date) -> date | None:
    """The next day on which the verdict could change though no record does: the gate judges by date of service, so
    only evidence that grows old can do that. None if none will."""
    npis = npis_of(claim)
    seen = (r.observed_on for r in evidence.enrollments if r.provider_npi in npis and r.state in DATED)
    stale = (add_days(day, EVIDENCE_AGE + timedelta(days=1)) for day in seen if day)
    return min((day for day in stale if day > today), default=None)


def _judged(case: Case, subject: Subject) -> Iterator[Finding]:
    if subject.days is None:
        yield excused(said(case, subject, Verdict(Code.NO_DATE)), case, subject)
        return
    for row in ROWS:
        if row.role is subject.role and (found := row.judge(case, subject, subject.days)):
            finding = said(case, subject, found)
            yield excused(finding, case, subject) if row.excusable else finding


def _placed(finding: Finding, lines: Sequence[int | None], resting: int) -> Iterator[Finding]:
    """Once for the claim where it is true of all lines that rest on a loop of the claim, else line by line."""
    if len(lines) == resting and not finding.place.startswith(LINE_LOOP):
        yield finding
        return
    for line in lines:
        yield replace(finding, line=line)

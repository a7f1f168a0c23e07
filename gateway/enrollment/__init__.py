"""Is this provider enrolled with this payer, under this tax id, on this day?

The gate compares a claim with the practice's own records and with public lists, and only those: what it holds is
expected to be denied, which nobody but the payer can know.
"""

from __future__ import annotations

from datetime import date

from gateway.enrollment.case import Ask, Case, case_of
from gateway.enrollment.changes import next_change
from gateway.enrollment.codes import EXCLUSIONS, NEEDS_DECISION, Code
from gateway.enrollment.rows import PAID, Asked, Row, rows_for
from gateway.enrollment.saying import Said, cleared, said, saying
from gateway.enrollment.subjects import Lines, Pair, Subject, Subjects, npis_of, pairs_of, subjects_of
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.evidence import Evidence
from gateway.model.partners import Payer, Policy, Rule

__all__ = ["EXCLUSIONS", "NEEDS_DECISION", "Code", "Pair", "judge_enrollment", "next_change", "npis_of", "pairs_of"]

VOID = "8"
LINE_LOOP = "24"
_VOID_PASSES = (saying(Code.VOID, Outcome.PASS, "2300/CLM05", "", "").finding,)


def judge_enrollment(
    claim: Claim, payer: Payer, evidence: Evidence, today: date, mode: str = "CH", *, original_paid: bool = False
) -> tuple[Finding, ...]:
    """Judge every line by its dates of service, each provider that it names in its role.

    `evidence` is what is believed now; records of other payers and other providers are ignored. `mode` is the set's
    BHT06; `original_paid` whether the payer paid the claim that this one replaces. A finding names a line where the
    lines of the claim differ or the loop is the line's own; without one it holds for every line that rests on its
    place, and without a place for the whole claim. Passes are findings too.
    """
    if claim.frequency == VOID:
        return _VOID_PASSES
    case = case_of(claim, payer, evidence, today, mode, original_paid)
    subjects, table = subjects_of(claim, payer.medicare), rows_for(payer, evidence)
    lines: dict[Said, Lines] = {}
    spoke: set[Row] = set()
    for subject, numbers in subjects.items():
        for told in _told(case, subject, table.asked[subject.role], spoke):
            had = lines.setdefault(told, numbers)
            if had is not numbers:
                lines[told] = had + numbers
    clear = [found for row in table.clearing if row not in spoke if (found := cleared(row, case.loaded))]
    return (*clear, *_placed(lines, subjects))


def _told(case: Case, subject: Subject, asked: Asked, spoke: set[Row]) -> list[Said]:
    """What every row that concerns the subject says of it. Without a day nothing can be asked."""
    days = subject.days
    if days is None:
        told = said(case, subject, Rule.ENROLLMENT, Policy.STRICT, (Code.NO_DATE, ()))
        return [told] if subject.role in PAID else []
    ask, found = Ask(case, subject, days), []
    for judge, row, policy in asked:
        verdict = judge(ask)
        if verdict is not None:
            if row.clear:
                spoke.add(row)
            found.append(said(case, subject, row.rule, policy, verdict))
    return found


def _placed(lines: dict[Said, Lines], subjects: Subjects) -> list[Finding]:
    """Once for the claim where it is true of all lines that rest on a loop of the claim, else line by line."""
    if len(set(subjects.values())) == 1 and not any(subject.place[:2] == LINE_LOOP for subject in subjects):
        return [told.finding for told in lines]
    resting: dict[str, set[int | None]] = {}
    for subject, numbers in subjects.items():
        resting.setdefault(subject.place, set()).update(numbers)
    found: list[Finding] = []
    for told, on in lines.items():
        if set(on) == resting[told.place] and told.place[:2] != LINE_LOOP:
            found.append(told.finding)
        else:
            found += [told.on(line) for line in dict.fromkeys(on)]
    return found

"""Is this provider enrolled with this payer, under this tax id, on this day?

The gate compares a claim with the practice's own records and with public lists, and only those: what it holds is
expected to be denied, which nobody but the payer can know.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import chain

from gateway.enrollment.case import Ask, Case, case_of
from gateway.enrollment.changes import next_change
from gateway.enrollment.codes import EXCLUSIONS, NEEDS_DECISION, Code
from gateway.enrollment.recalled import Recalled, Told, recalled
from gateway.enrollment.rows import Asked, rows_for
from gateway.enrollment.saying import Said, Speaker, cleared, saying
from gateway.enrollment.subjects import PAID, Lines, Pair, Subject, Subjects, pairs_of, subjects_of
from gateway.enrollment.whom import whom
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.evidence import Evidence
from gateway.model.partners import Payer, Policy, Rule

__all__ = [
    "EXCLUSIONS",
    "NEEDS_DECISION",
    "Code",
    "Pair",
    "judge_enrollment",
    "next_change",
    "pairs_of",
    "whom",
]

VOID = "8"
LINE_LOOP = "24"
_new = tuple.__new__
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
    (subjects, whole), table, before = subjects_of(claim, payer.medicare), rows_for(payer, evidence), recalled(case)
    told = [_told(case, subject, table.asked[subject.role], before) for subject in subjects]
    spoke = {row for one in told for row in one.spoke}
    clear = [found for row in table.clearing if row not in spoke if (found := cleared(row, case.loaded))]
    return (*clear, *_placed([one.said for one in told], subjects, whole))


def _told(case: Case, subject: Subject, asked: Asked, before: Recalled | None) -> Told:
    if before is None or subject.role not in PAID:  # of others there is little to work out
        return _worked_out(case, subject, asked)
    told = before.told(subject)
    if told is None:
        told = _worked_out(case, subject, asked)
        before.keep(told)
    return told


def _worked_out(case: Case, subject: Subject, asked: Asked) -> Told:
    """What every row that concerns the subject says of it. Without a day nothing can be asked."""
    days, speaker = subject.days, Speaker(case, subject)
    if days is None:
        no_date = (Code.NO_DATE, ())
        return Told([speaker.said(Rule.ENROLLMENT, Policy.STRICT, no_date)] if subject.role in PAID else (), ())
    ask, found, spoke = Ask(case, subject, days), [], []
    for judge, row, policy in asked:
        verdict = judge(ask)
        if verdict is not None:
            if row.clear:
                spoke.append(row)
            found.append(speaker.said(row.rule, policy, verdict))
    return _new(Told, (found, spoke))


def _placed(told: Sequence[Sequence[Said]], subjects: Subjects, whole: bool) -> list[Finding]:
    """Once for the claim where it is true of all lines that rest on a loop of the claim, else line by line."""
    if whole:
        if len({subject.place for subject in subjects}) == len(subjects):  # no row says what another says
            return [said.finding for of_subject in told for said in of_subject]
        return [said.finding for said in dict.fromkeys(chain.from_iterable(told))]
    lines: dict[Said, Lines] = {}
    resting: dict[str, set[int | None]] = {}
    for of_subject, (subject, numbers) in zip(told, subjects.items(), strict=True):
        resting.setdefault(subject.place, set()).update(numbers)
        for said in of_subject:
            lines[said] = lines.get(said, ()) + numbers
    found: list[Finding] = []
    for said, on in lines.items():
        if set(on) == resting[said.place] and said.place[:2] != LINE_LOOP:
            found.append(said.finding)
        else:
            found += [said.on(line) for line in dict.fromkeys(on)]
    return found

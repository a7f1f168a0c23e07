"""The gate: given everything known about one claim today, may it go, and by which lane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Protocol

from gateway import enrollment
from gateway import events as e
from gateway.cases import Case, Ground, Replaced
from gateway.checks import Check, CheckContext, apply_severities, decide, run_checks
from gateway.checks.edits import next_change
from gateway.deadlines import filing_due
from gateway.enrollment import Code, judge_enrollment, whom
from gateway.marks import marked
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.enrollment import EnrollmentKind
from gateway.model.evidence import Evidence
from gateway.model.partners import Lane, Payer, Stage
from gateway.sending import of_sending, stage_of


class Directory(Protocol):
    """Which payer an id means, and by which lane that payer is reached."""

    def payer_of(self, payer_id: str) -> Payer | None:
        """The payer that 2010BB NM109 names, or None."""

    def lane_for(self, payer: str, stage: Stage) -> Lane | None:
        """The lane of the payer's primary route at that stage, or None."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows. `event` is None when nothing changed; `judge_on` is the next day on which time alone could change
    it; `passed` is whether the claim may go now, `payer_id` the payer's id that it goes with in the place of its own."""

    case: Case
    event: e.Event | None
    passed: bool
    payer: str
    lane: str
    judge_on: date | None
    filing_due: date | None
    findings: tuple[Finding, ...]
    payer_id: str = ""

    @property
    def holds(self) -> tuple[str, ...]:
        """The codes of all findings that hold the claim, not only of the one that leads."""
        return tuple(sorted({f.code for f in self.findings if f.outcome is Outcome.HOLD}))

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Each finding that holds the claim, with whom it is about."""
        return _grounds(self.case.claim, self.findings)

    @property
    def would(self) -> str:
        """What becomes of the claim by it, in a word: RELEASED, HELD, REJECTED, DUPLICATE."""
        if self.event is None:
            return "RELEASED" if self.passed else "HELD"
        return _WOULD[type(self.event)]


_WOULD: Mapping[type[e.Event], str] = {
    e.ClaimPassed: "RELEASED",
    e.ClaimHeld: "HELD",
    e.ClaimRejected: "REJECTED",
    e.ClaimDuplicated: "DUPLICATE",
}

Judge = Callable[[Case, date], Judgement]


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules of one site: its directory, its checks, the severities it changed, and the days on which nobody works."""

    directory: Directory
    checks: Sequence[Check]
    severities: Mapping[str, Outcome]
    closed: frozenset[date] = frozenset()

    def judge(self, case: Case, today: date) -> Judgement:
        """Decide one claim. Pure: equal cases on equal days are judged equally."""
        payer = self.directory.payer_of(case.claim.payer_id)
        if case.original is not None:
            return self._repeated(case, payer)
        lane = self.directory.lane_for(payer.key, stage_of(case.usage)) if payer else None
        context = CheckContext(payer, today, case.mode, case.usage, case.version, self.closed, case.adjudicated_on)
        found = [*of_sending(case, payer, lane), *run_checks(case.claim, context, self.checks)]
        if payer:
            paid = case.replaces is Replaced.PAID
            known = _by_lane(case.evidence, payer, lane)
            found += judge_enrollment(case.claim, payer, known, today, case.mode, original_paid=paid)
        settled = _not_by_age(case, apply_severities(found, self.severities))
        findings = tuple(marked(settled, case.marks, partial(whom, case.claim)))
        return _decided(case, context, lane, findings)

    def _repeated(self, case: Case, payer: Payer | None) -> Judgement:
        key = payer.key if payer else ""
        event = e.ClaimDuplicated(claim=case.id, payer=key, original=case.original or 0)
        return Judgement(case, event, False, key, "", None, None, ())


def _by_lane(evidence: Evidence, payer: Payer, lane: Lane | None) -> Evidence:
    """Agreements about files are with a submitter; where nobody keeps any, it does not matter which. Where the partner
    says that this payer wants one, that none is on record says that there is none."""
    if lane is None:
        return evidence
    kept = evidence.kept
    if payer.key in lane.partner.habits.agreements.payers:
        kept |= {(payer.key, EnrollmentKind.EDI_837)}
    return replace(evidence, submitter=lane.account.submitter_id, kept=kept) if kept else evidence


def _not_by_age(case: Case, findings: Sequence[Finding]) -> Sequence[Finding]:
    """A claim that is held because a list does not have its NPI stays held when that list has grown too old to say so:
    only evidence lets it go."""
    if case.state != "HELD" or case.code not in (Code.NPI_NOT_FOUND, Code.NPI_UNCONFIRMED):
        return findings
    return [replace(f, outcome=Outcome.HOLD) if f.code == Code.NPI_UNCONFIRMED else f for f in findings]


def _decided(case: Case, context: CheckContext, lane: Lane | None, findings: tuple[Finding, ...]) -> Judgement:
    worst = decide(findings)
    leading = next((f for f in findings if f.outcome is worst), None)
    payer = context.payer
    key, way = (payer.key if payer else ""), (lane.key if lane else "")
    due = filing_due(case.claim, payer, context.closed, case.adjudicated_on) if payer else None
    until = _next_look(case, context) if worst < Outcome.REJECT else None
    event = _event(case, key, way, worst, leading, until, findings)
    return Judgement(case, event, worst < Outcome.HOLD, key, way, until, due, findings, _other_id(case, key, lane))


def _other_id(case: Case, payer: str, lane: Lane | None) -> str:
    own = case.claim.payer_id
    found = lane.id_of(payer, own) if lane else own
    return found if found != own else ""


def _event(
    case: Case,
    payer: str,
    lane: str,
    worst: Outcome,
    leading: Finding | None,
    until: date | None,
    findings: tuple[Finding, ...],
) -> e.Event | None:
    if worst < Outcome.HOLD:
        if case.state == "READY" and (case.lane, case.payer) == (lane, payer):
            return None
        return e.ClaimPassed(claim=case.id, payer=payer, lane=lane, findings=findings)
    assert leading
    if worst is Outcome.REJECT:
        return e.ClaimRejected(
            claim=case.id,
            payer=payer,
            code=leading.code,
            place=leading.place,
            next=leading.next_step,
            findings=findings,
        )
    if (
        case.state == "HELD"
        and (case.code, case.payer) == (leading.code, payer)
        and case.grounds == _grounds(case.claim, findings)
    ):
        return None
    return e.ClaimHeld(
        claim=case.id,
        payer=payer,
        code=leading.code,
        place=leading.place,
        next=leading.next_step,
        until=until,
        findings=findings,
    )


def _grounds(claim: Claim, findings: Sequence[Finding]) -> tuple[Ground, ...]:
    """In an order of their own. What is mended of one provider is told though the same is wrong with another."""
    holds = [f for f in findings if f.outcome is Outcome.HOLD]
    return tuple(sorted({Ground(f.code, f.place, f.line or 0, whom(claim, f), f.evidence) for f in holds}))


def _next_look(case: Case, context: CheckContext) -> date | None:
    """The first day after today on which the calendar alone could change the judgement."""
    days = (
        next_change(case.claim, context),
        enrollment.next_change(case.claim, case.evidence, context.today, context.payer),
    )
    return min((day for day in days if day), default=None)

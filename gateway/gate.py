"""The gate: given everything known about one claim today, may it go, and by which lane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Protocol

from gateway import checks, enrollment
from gateway import events as e
from gateway.checks import Check, CheckContext, apply_severities, decide, run_checks
from gateway.deadlines import filing_due
from gateway.enrollment import judge_enrollment
from gateway.marks import Mark, marked
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.evidence import NOTHING, Evidence
from gateway.model.partners import Lane, Payer, Stage


class Directory(Protocol):
    """Which payer an id means, and by which lane that payer is reached."""

    def payer_of(self, payer_id: str) -> Payer | None:
        """The payer that 2010BB NM109 names, or None."""

    def lane_for(self, payer: str, stage: Stage) -> Lane | None:
        """The lane of the payer's primary route at that stage, or None."""


class Replaced(Enum):
    """What our own records say of the claim that a replacement or void (frequency 7 or 8) changes."""

    ON_FILE = "on file"
    """The payer's claim number stands in an acknowledgment or remittance of ours."""

    PAID = "paid"
    """The payer paid it, by our remittances."""

    NEVER_ADJUDICATED = "never adjudicated"
    """Our claim of that number was refused before the payer filed it."""

    UNKNOWN = "unknown"
    """It did not go through this gateway, or nothing was heard of it yet."""


@dataclass(frozen=True, slots=True)
class Case:
    """One claim with all that speaks for and against it. `usage`, `mode`, `version` are ISA15, BHT06 and GS08 of its
    source; `evidence` what is known of its providers; `original` an earlier claim of equal content that still stands;
    `sent_before` an earlier original claim of the same number, provider, payer and first day that is on its way or at
    the payer, with other content; `similar` an earlier claim of another number for the same service; `may_have_arrived`
    that an attempt of it was given up in doubt; `payer` the key it was judged under last; `replaces` what is known of
    the claim that a replacement or void names, and `adjudicated_on` when the payer decided about that one."""

    id: int
    claim: Claim
    state: str
    code: str
    lane: str
    usage: str
    mode: str
    version: str
    evidence: Evidence = NOTHING
    marks: tuple[Mark, ...] = ()
    original: int | None = None
    sent_before: int | None = None
    similar: int | None = None
    may_have_arrived: bool = False
    payer: str = ""
    replaces: Replaced | None = None
    adjudicated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows. `event` is None when nothing changed; `judge_on` is the next day on which time alone could change
    it; `passed` is whether the claim may go now."""

    case: Case
    event: e.Event | None
    passed: bool
    payer: str
    lane: str
    judge_on: date | None
    filing_due: date | None
    findings: tuple[Finding, ...]

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
        lane = self.directory.lane_for(payer.key, _stage(case.usage)) if payer else None
        context = CheckContext(payer, today, case.mode, case.usage, case.version, self.closed, case.adjudicated_on)
        found = [*_of_sending(case, payer, lane), *run_checks(case.claim, context, self.checks)]
        if payer:
            paid = case.replaces is Replaced.PAID
            known = _by_lane(case.evidence, lane)
            found += judge_enrollment(case.claim, payer, known, today, case.mode, original_paid=paid)
        findings = tuple(marked(apply_severities(found, self.severities), case.marks))
        return _decided(case, context, lane, findings)

    def _repeated(self, case: Case, payer: Payer | None) -> Judgement:
        key = payer.key if payer else ""
        event = e.ClaimDuplicated(claim=case.id, payer=key, original=case.original or 0)
        return Judgement(case, event, False, key, "", None, None, ())


def _by_lane(evidence: Evidence, lane: Lane | None) -> Evidence:
    """Agreements about files are with a submitter; where nobody keeps any, it does not matter which."""
    return replace(evidence, submitter=lane.account.submitter_id) if lane and evidence.kept else evidence


def _stage(usage: str) -> Stage:
    return Stage.TEST if usage == "T" else Stage.PRODUCTION


def _of_sending(case: Case, payer: Payer | None, lane: Lane | None) -> list[Finding]:
    """What stands against sending that has nothing to do with the claim's content."""
    found = []
    if payer and not lane:
        found.append(
            Finding(
                "ROUTE_MISSING",
                Outcome.HOLD,
                "2010BB/NM109",
                f"No {_stage(case.usage).value} lane leads to this payer.",
                "Add a route in conf/routes.toml and an account at its partner in conf/partners/.",
            )
        )
    if lane and not _accepts(lane.partner.accepts, case.version):
        found.append(
            Finding(
                "VERSION_NOT_ACCEPTED",
                Outcome.HOLD,
                "GS08",
                "This partner does not take this implementation guide.",
                "Route the payer to a partner that does, or ask the partner to accept it.",
            )
        )
    if case.sent_before is not None:
        found.append(
            Finding(
                "CHANGED_AFTER_SENDING",
                Outcome.HOLD,
                "2300/CLM01",
                "This claim was sent before with other content; sent again as an original it would be a duplicate.",
                "If the payer adjudicated it, send a replacement (frequency 7 with REF*F8); as it is, release it.",
                f"claim C{case.sent_before}",
            )
        )
    if case.similar is not None:
        found.append(
            Finding(
                "SIMILAR_CLAIM",
                Outcome.WARN,
                "2300/CLM01",
                "A claim of another number was let go for the same patient, provider, days, procedures and charge.",
                "See that it is another service (modifier 59, 76 or 77 says so), or withdraw it: payers deny duplicates.",
                f"claim C{case.similar}",
            )
        )
    if case.replaces is Replaced.NEVER_ADJUDICATED:
        found.append(
            Finding(
                "NEVER_ADJUDICATED",
                Outcome.HOLD,
                "2300/CLM05",
                "It replaces or voids a claim that was rejected before the payer filed it, so the payer knows no original.",
                "Send the corrected claim as a new original (frequency 1); if the payer does have one, release it.",
            )
        )
    if case.replaces is Replaced.UNKNOWN:
        found.append(
            Finding(
                "ORIGINAL_UNKNOWN",
                Outcome.WARN,
                "2300/REF02",
                "Nothing here shows that the payer adjudicated the claim that this one replaces or voids.",
                "Compare REF*F8 with the payer's number on the remittance.",
            )
        )
    if case.may_have_arrived:
        found.append(
            Finding(
                "MAY_HAVE_ARRIVED",
                Outcome.HOLD,
                "",
                "An earlier transmission was given up in doubt; the payer may have this claim.",
                "Ask the payer whether it has the claim; then release or withdraw it.",
            )
        )
    return found


def _accepts(versions: Sequence[str], version: str) -> bool:
    """By X-number: any addendum suffix of an accepted guide is accepted."""
    return any(version[:10] == accepted[:10] for accepted in versions)


def _decided(case: Case, context: CheckContext, lane: Lane | None, findings: tuple[Finding, ...]) -> Judgement:
    worst = decide(findings)
    leading = next((f for f in findings if f.outcome is worst), None)
    payer = context.payer
    key, way = (payer.key if payer else ""), (lane.key if lane else "")
    due = filing_due(case.claim, payer, context.closed, case.adjudicated_on) if payer else None
    until = _next_look(case, context) if worst < Outcome.REJECT else None
    event = _event(case, key, way, worst, leading, until, findings)
    return Judgement(case, event, worst < Outcome.HOLD, key, way, until, due, findings)


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
    if case.state == "HELD" and (case.code, case.payer) == (leading.code, payer):
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


def _next_look(case: Case, context: CheckContext) -> date | None:
    """The first day after today on which the calendar alone could change the judgement."""
    days = (
        checks.next_change(case.claim, context),
        enrollment.next_change(case.claim, case.evidence, context.today, context.payer),
    )
    return min((day for day in days if day), default=None)

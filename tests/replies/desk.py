"""Reports made as the daemon will make them: from the bytes of a batch, its claims read, and a verdict for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.reports import (
    BatchReport,
    ClaimReport,
    GroupReport,
    InterchangeReport,
    Party,
    SetReport,
    Stamp,
    Verdict,
)
from gateway.model.x12 import FunctionalGroup, Interchange, Level, Span, TransactionSet
from gateway.replies import acknowledge, claim_acknowledgment, names_of, submitter_of
from gateway.x12.claims import read_claims
from tests.oracle import pyx12_verdict

STAMP = Stamp(77, datetime(2026, 11, 10, 9, 5))
RECEIVED = date(2026, 11, 10)
US = Party(name="OPENGATE GATEWAY", id="OGT77")

Judge = Callable[[Claim], Sequence[Finding]]


def guide_fault(
    code: str, place: str, segment: int | None = None, outcome: Outcome = Outcome.REJECT
) -> Callable[[Claim], Finding]:
    """A fault of a claim; without a segment it stands at the claim's CLM."""
    return lambda claim: Finding(code, outcome, place, "It is wrong.", "Correct it.", segment=segment or claim.position)


def nothing(_: Claim) -> Sequence[Finding]:
    return ()


def batch_report(data: bytes, judge: Judge = nothing, duplicates: Sequence[str] = ()) -> BatchReport:
    """`judge` gives each claim's findings; the worst decides."""
    interchanges: list[InterchangeReport] = []
    spans: list[Span] = []
    items = [
        item
        for item in read_claims([data])
        if isinstance(item, Interchange | FunctionalGroup | TransactionSet | Level | Claim)
    ]
    end = 0
    for item in items:
        if isinstance(item, Interchange):
            interchanges.append(InterchangeReport(item))
            delimiters = item.delimiters
        elif isinstance(item, FunctionalGroup):
            around = interchanges[-1]
            interchanges[-1] = replace(around, groups=(*around.groups, GroupReport(item)))
        elif isinstance(item, TransactionSet):
            _put_set(interchanges, SetReport(item))
        elif isinstance(item, Level):
            spans.append(item.span)
            current = interchanges[-1].groups[-1].sets[-1]
            if current.submitter is None:
                _put_set(
                    interchanges, replace(current, submitter=submitter_of(data[end : item.span.start], delimiters)), 1
                )
            end = item.span.end
        else:
            blocks = [data[spans[level].start : spans[level].end] for level in item.levels]
            made = claim_report(item, blocks, judge(item), item.control_number in duplicates, interchanges[-1])
            current = interchanges[-1].groups[-1].sets[-1]
            _put_set(interchanges, replace(current, claims=(*current.claims, made)), 1)
            end = item.span.end
    return BatchReport("batch 12", RECEIVED, tuple(interchanges))


def claim_report(
    claim: Claim, blocks: Sequence[bytes], findings: Sequence[Finding], duplicate: bool, around: InterchangeReport
) -> ClaimReport:
    worst = max((finding.outcome for finding in findings), default=Outcome.PASS)
    verdict = {Outcome.HOLD: Verdict.HELD, Outcome.REJECT: Verdict.REJECTED}.get(worst, Verdict.ACCEPTED)
    names = names_of(blocks, around.interchange.delimiters)
    decided = next((finding.code for finding in findings if finding.outcome is worst), "")
    return ClaimReport(
        claim_id=f"C{claim.position}",
        kind=claim.kind,
        control_number=claim.control_number,
        charge=claim.charge,
        first_day=claim.first_day,
        last_day=claim.last_day,
        position=claim.position,
        payer=claim.payer_id,
        verdict=Verdict.DUPLICATE if duplicate else verdict,
        billing=names.billing,
        patient=names.patient,
        trace=claim.trace,
        code="" if worst < Outcome.HOLD else decided,
        findings=tuple(findings),
    )


def _put_set(interchanges: list[InterchangeReport], report: SetReport, instead: int = 0) -> None:
    around = interchanges[-1]
    group = around.groups[-1]
    kept = group.sets[: len(group.sets) - instead]
    group = replace(group, sets=(*kept, report), stated=len(kept) + 1)
    interchanges[-1] = replace(around, groups=(*around.groups[:-1], group))


def lines(reply: bytes, *ids: str) -> list[str]:
    """The reply's segments with these ids, in standard delimiters."""
    element, segment = chr(reply[3]), chr(reply[105])
    texts = reply.decode("latin-1").split(segment)[:-1]
    return [text.replace(element, "*") for text in texts if not ids or text.split(element)[0] in ids]


def valid(reply: bytes) -> bytes:
    """The reply, once pyx12 found it faultless."""
    good, answer = pyx12_verdict(reply)
    assert good, answer
    return reply


def acknowledged(batch: BatchReport, number: int = 0) -> bytes:
    return valid(acknowledge(batch.interchanges[number], STAMP))


def claims_acknowledged(batch: BatchReport, number: int = 0) -> bytes:
    return valid(claim_acknowledgment(batch.interchanges[number], STAMP, US, batch.received))

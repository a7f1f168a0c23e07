"""The report in plain language, for a biller who reads it as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from gateway.guides.faults import GuideCode
from gateway.model.claims import Finding
from gateway.model.reports import BatchReport, ClaimReport, Verdict
from gateway.partnership.phrases import counted
from gateway.replies.findings import SEVERITIES, Told, one_line, problems_of, sets_of, told, where

_VERDICTS = {
    Verdict.ACCEPTED: "accepted",
    Verdict.HELD: "held here, not rejected",
    Verdict.REJECTED: "REJECTED",
    Verdict.DUPLICATE: "not taken, the same claim is here already",
}


def text_report(batch: BatchReport) -> str:
    """Problems of the file, then every claim with what was found, then the totals. Patients are named by CLM01 alone."""
    return "\n".join(one_line(line).rstrip() for line in _lines(batch)) + "\n"


def _lines(batch: BatchReport) -> Iterator[str]:
    yield f"Report on {batch.name}, received {batch.received:%Y-%m-%d}"
    if problems := told(batch.findings):
        yield ""
        yield "Problems of the file itself:"
        for finding in problems:
            yield from _finding(finding)
    counts = Counter[Verdict]()
    charges = dict.fromkeys(Verdict, Decimal(0))
    lost = 0
    for at in sets_of(batch):
        lost += sum(finding.code == GuideCode.CLAIM_MISSING for finding in at.report.findings)
        yield from _set(at)
        for claim in at.report.claims:
            counts[claim.verdict] += 1
            charges[claim.verdict] += claim.charge or Decimal(0)
    yield ""
    yield f"Total: {counted(sum(counts.values()), 'claim')}"
    for verdict in Verdict:
        yield f"  {verdict.value:<10} {counts[verdict]:>7}   charges {charges[verdict]:,.2f}"
    if lost:
        yield f"NOT TAKEN: {lost} {'places hold' if lost > 1 else 'place holds'} segments of a claim without its CLM"


def _set(at: Told) -> Iterator[str]:
    yield ""
    refused = ": refused as a whole, no claim of it was taken" if at.report.refused else ""
    yield f"Interchange {at.interchange}, group {at.group}, transaction set {at.set}{refused}"
    for finding in problems_of(at.report):
        yield from _finding(finding)
    for claim in at.report.claims:
        yield from _claim(claim)


def _claim(claim: ClaimReport) -> Iterator[str]:
    payer = f", payer {claim.payer}" if claim.payer else ""
    yield f"Claim {claim.control_number or '(without a number)'} ({claim.claim_id}){payer}: {_VERDICTS[claim.verdict]}"
    for finding in told(claim.findings):
        yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"  {SEVERITIES[finding.outcome]} {finding.code}{_place(finding)}"
    if finding.message:
        yield f"    What is wrong: {finding.message}"
    if finding.next_step:
        yield f"    What to do: {finding.next_step}"


def _place(finding: Finding) -> str:
    loop, element = where(finding)
    named = {"loop": loop, "segment": finding.segment, "element": element, "line": finding.line}
    parts = [f"{name} {value}" for name, value in named.items() if value not in ("", None)]
    return f" ({', '.join(parts)})" if parts else ""

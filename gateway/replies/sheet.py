"""The report as CSV (RFC 4180), for software that cannot read X12 and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.claims import Finding
from gateway.model.reports import BatchReport
from gateway.replies.findings import SEVERITIES, one_line, problems_of, sets_of, told, where

COLUMNS = (
    *("interchange", "group", "set", "claim", "claim_id", "payer", "verdict"),
    *("code", "severity", "loop", "segment", "element", "line", "problem", "next_step"),
)
_FORMULA = ("=", "+", "-", "@")
_NOWHERE = [""] * 7
_NOTHING = [""] * 8


def csv_report(batch: BatchReport) -> str:
    """A header, then one row for each claim and finding, and one for a claim without any. Rows of the file itself come
    first and name no claim. A cell that a spreadsheet would calculate has an apostrophe in front."""
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in (COLUMNS, *_rows(batch)))


def _rows(batch: BatchReport) -> Iterator[list[str]]:
    for finding in told(batch.findings):
        yield _NOWHERE + _finding(finding)
    for at in sets_of(batch):
        place = [at.interchange, at.group, at.set]
        for finding in problems_of(at.report):
            yield [*place, "", "", "", "", *_finding(finding)]
        for claim in at.report.claims:
            name = [*place, claim.control_number, claim.claim_id, claim.payer, claim.verdict.value]
            yield from ([*name, *_finding(finding)] for finding in told(claim.findings))
            if not told(claim.findings):
                yield [*name, *([claim.code, *_NOTHING[1:]] if claim.code else _NOTHING)]


def _finding(finding: Finding) -> list[str]:
    loop, element = where(finding)
    segment, line = ("" if number is None else str(number) for number in (finding.segment, finding.line))
    severity = SEVERITIES[finding.outcome]
    return [finding.code, severity, loop, segment, element, line, finding.message, finding.next_step]


def _cell(text: str) -> str:
    calculated = text.startswith(("\t", "\r")) or text.lstrip().startswith(_FORMULA)
    safe = one_line(f"'{text}" if calculated else text)
    return '"' + safe.replace('"', '""') + '"' if any(mark in safe for mark in '",\r\n') else safe

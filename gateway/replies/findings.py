"""What the text and the CSV report have in common: rows of claims and findings, in words and without a patient's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gateway.model.claims import Finding, Outcome
from gateway.model.reports import BatchReport, SetReport

SEVERITIES = {Outcome.WARN: "warning", Outcome.HOLD: "hold", Outcome.REJECT: "reject"}


class Where(NamedTuple):
    """`loop` is what stands before the last slash of a finding's place, `element` what stands after it."""

    loop: str
    element: str


class Told(NamedTuple):
    """One set of a batch with its control numbers: ISA13, GS06, ST02."""

    interchange: str
    group: str
    set: str
    report: SetReport


def where(finding: Finding) -> Where:
    """The two parts of a place."""
    loop, _, element = finding.place.rpartition("/")
    return Where(loop, element)


def told(findings: tuple[Finding, ...]) -> list[Finding]:
    """All but passes, the worst first."""
    return sorted((f for f in findings if f.outcome is not Outcome.PASS), key=lambda finding: -finding.outcome)


def sets_of(batch: BatchReport) -> Iterator[Told]:
    """Every set of the batch. What is wrong with a refused set is said among the problems of its file."""
    for interchange in batch.interchanges:
        for group in interchange.groups:
            for each in group.sets:
                yield Told(interchange.interchange.control, group.group.control, each.set.control, each)


def problems_of(report: SetReport) -> list[Finding]:
    """A set's faults that belong to no claim."""
    return [] if report.refused else told(report.findings)


def one_line(text: str) -> str:
    """Text without line breaks and control characters."""
    return "".join(character if character.isprintable() else " " for character in text)

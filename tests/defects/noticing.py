"""What we say of a file: by what it shows itself (screening), and by today's date and the site's payers (the gate)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from gateway.cases import Case
from gateway.checks.edits import BUILT_IN
from gateway.cli.checking import Checked, Checker, Standing, hits
from gateway.errors import Malformed
from gateway.gate import Gate
from gateway.guidebook import Guidebook, standard_lists
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.partners import Lane, Payer, Stage
from gateway.screening import screen
from gateway.x12.claims import FileFinding
from tests.defects.bases import base
from tests.defects.catalogue import Defect

TODAY = date(2026, 11, 10)
_GUIDES = Guidebook()


class _Directory:
    """One payer and no lane: what every claim is held for, the clean ones too, is nothing new."""

    def payer_of(self, payer_id: str) -> Payer | None:
        known = Payer("alpha", "Alpha Health Plan", filing_limit=timedelta(days=365))
        return known if payer_id == "ALPHA1" else None

    def lane_for(self, payer: str, stage: Stage) -> Lane | None:
        return None


def screened(data: bytes) -> list[Finding]:
    """Every finding of every claim and of the file. Raises Malformed where the file is refused whole."""
    return list(_screened(data))


def judged(data: bytes) -> list[Finding]:
    """What the gate finds too; a claim that stands twice is a finding."""
    return list(_judged(data))


def new_findings(defect: Defect) -> list[Finding] | Malformed:
    """What is said of the spoiled batch and not of the clean one, at least as bad as the defect asks; or the refusal."""
    look = judged if defect.by == "gate" else screened
    try:
        found = look(defect.spoiled(base(defect.base)))
    except Malformed as refused:
        return refused
    known = Counter(map(_key, _of_clean(defect.base, defect.by)))
    new = []
    for finding in found:
        known[_key(finding)] -= 1
        if known[_key(finding)] < 0 and finding.outcome >= defect.at_least:
            new.append(finding)
    return new


def stopped(findings: list[Finding]) -> list[str]:
    """The findings that keep a claim back, as code and place."""
    return [f"{finding.code} at {finding.place}" for finding in findings if finding.outcome >= Outcome.HOLD]


@cache
def _of_clean(name: str, by: str) -> list[Finding]:
    return (judged if by == "gate" else screened)(base(name))


def _key(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.place


def _screened(data: bytes) -> Iterator[Finding]:
    for item in screen([data], _GUIDES, standard_lists()):
        if isinstance(item, Claim):
            yield from item.findings
        elif isinstance(item, FileFinding):
            yield item.finding


def _judged(data: bytes) -> Iterator[Finding]:
    for item in Checker(_GUIDES, _by_gate, TODAY).check([data]):
        if isinstance(item, Checked):
            yield from hits(item)
        else:
            yield item.finding


def _by_gate(some: Sequence[Standing]) -> list[Checked]:
    gate, seen, found = Gate(_Directory(), BUILT_IN, {}), set[bytes](), []
    for standing in some:
        claim = standing.claim
        case = Case(0, claim, "RECEIVED", "", "", standing.usage, standing.mode, standing.version)
        would = "DUPLICATE" if claim.fingerprint in seen else "JUDGED"
        seen.add(claim.fingerprint)
        found.append(Checked(claim, would, findings=gate.judge(case, TODAY).findings))
    return found

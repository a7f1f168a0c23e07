"""Judge a file without taking it in: what each claim's content shows and, at a site, what the gate would say today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from gateway.checks import BUILT_IN, CheckContext, apply_severities, decide, run_checks
from gateway.events import ClaimDuplicated, ClaimHeld, ClaimPassed, ClaimRejected
from gateway.gate import Case, Gate
from gateway.guidebook import Guidebook
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.enrollment import Enrollment
from gateway.model.evidence import Evidence
from gateway.model.x12 import Interchange, TransactionSet
from gateway.screening import Screening
from gateway.x12.claims import FileFinding

CHUNK = 2_000
MOST_REMEMBERED = 200_000
"""So many claims of a file are compared with each other; memory stays flat beyond."""

SITE_ONLY = frozenset({"PAYER_UNKNOWN"})
"""What only a site can know: left out where a file is looked at alone."""

_WOULD = {ClaimPassed: "RELEASED", ClaimHeld: "HELD", ClaimRejected: "REJECTED", ClaimDuplicated: "DUPLICATE"}
_ALONE = {Outcome.PASS: "CLEAN", Outcome.WARN: "CLEAN", Outcome.HOLD: "HELD", Outcome.REJECT: "REJECTED"}
GOOD = frozenset({"RELEASED", "CLEAN"})


@dataclass(frozen=True, slots=True)
class Checked:
    """One claim and what would happen to it: RELEASED, HELD, REJECTED, DUPLICATE; CLEAN where a file is looked at alone."""

    claim: Claim
    would: str
    payer: str = ""
    lane: str = ""
    filing_due: date | None = None
    findings: tuple[Finding, ...] = ()


Judged = Checked | FileFinding
Judge = Callable[[Claim, "Source", int | None], Checked]
Known = Callable[[Sequence[str]], Mapping[str, int]]


@dataclass
class Source:
    """The envelope that the claims being read stand in."""

    usage: str = "P"
    mode: str = ""
    version: str = ""


@dataclass
class Checker:
    """Reads one file. `sets` and `claims` count what came by."""

    guides: Guidebook
    judge: Judge
    known: Known = field(default=lambda fingerprints: {})
    sets: int = 0
    claims: int = 0

    def check(self, blocks: Iterable[bytes]) -> Iterator[Judged]:
        """Everything in document order. Raises Malformed where the file would be refused whole."""
        source, seen = Source(), dict[bytes, int]()
        items = Screening(self.guides, self.guides.lists()).items(blocks)
        while chunk := list(islice(items, CHUNK)):
            had = self.known([item.fingerprint.hex() for item in chunk if isinstance(item, Claim)])
            for item in chunk:
                if isinstance(item, Interchange):
                    source.usage = item.usage
                elif isinstance(item, TransactionSet):
                    source.mode, source.version = item.mode, item.version
                    self.sets += 1
                elif isinstance(item, Claim):
                    self.claims += 1
                    original = had.get(item.fingerprint.hex()) or seen.get(item.fingerprint)
                    if len(seen) < MOST_REMEMBERED:
                        seen.setdefault(item.fingerprint, self.claims)
                    yield self.judge(item, source, original)
                elif isinstance(item, FileFinding):
                    yield item


def at_site(gate: Gate, records: Sequence[Enrollment], today: date) -> Judge:
    """By everything that the site knows: payers, routes, plugins' checks, enrollment records."""
    by_npi: dict[str, list[Enrollment]] = {}
    for record in records:
        by_npi.setdefault(record.provider_npi, []).append(record)

    def judge(claim: Claim, source: Source, original: int | None) -> Checked:
        npis = {claim.billing.npi, *(provider.npi for provider in claim.providers)}
        mine = tuple(record for npi in sorted(npis) for record in by_npi.get(npi, ()))
        case = Case(
            id=0, claim=claim, state="RECEIVED", code="", lane="", usage=source.usage, mode=source.mode,
            version=source.version, evidence=Evidence(enrollments=mine), original=original,
        )  # fmt: skip
        said = gate.judge(case, today)
        would = _WOULD[type(said.event)] if said.event else "RELEASED"
        return Checked(claim, would, said.payer, said.lane, said.filing_due, said.findings)

    return judge


def alone(severities: Mapping[str, Outcome], today: date) -> Judge:
    """By the file itself and the calendar: no payers, no roster, no site."""

    def judge(claim: Claim, source: Source, original: int | None) -> Checked:
        if original is not None:
            return Checked(claim, "DUPLICATE")
        context = CheckContext(None, today, source.mode, source.usage, source.version)
        found = apply_severities(run_checks(claim, context, BUILT_IN), severities)
        findings = tuple(finding for finding in found if finding.code not in SITE_ONLY)
        return Checked(claim, _ALONE[decide(findings)], findings=findings)

    return judge


def hits(checked: Checked) -> list[Finding]:
    """What was found wrong or worth a word, the gravest first; a duplicate has its own word."""
    if checked.would == "DUPLICATE":
        return [replace(_DUPLICATE)]
    return sorted((f for f in checked.findings if f.outcome is not Outcome.PASS), key=lambda f: -f.outcome)


_DUPLICATE = Finding(
    "DUPLICATE",
    Outcome.HOLD,
    "2300/CLM",
    "The same claim stands earlier in this file, or was received before.",
    "Nothing, if that is intended: it is not sent twice. To change a claim, send a replacement.",
)

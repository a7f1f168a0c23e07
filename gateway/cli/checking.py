"""Judge a file without taking it in: what each claim's content shows and, at a site, what the gate would say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

from gateway.checks import CheckContext, apply_severities, decide, run_checks
from gateway.checks.edits import BUILT_IN
from gateway.codec import as_day, as_finding
from gateway.desk.checking import as_asked
from gateway.guidebook import Guidebook
from gateway.likeness import likeness
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.x12 import Interchange, TransactionSet
from gateway.rows import npis_in, row_of
from gateway.screening import Screening
from gateway.sending import SIMILAR_CLAIM
from gateway.sheets import ENROLLMENTS, SHEET
from gateway.store.rehearsal import SOME, Arrival
from gateway.x12.claims import FileFinding, Item

MOST_REMEMBERED = 200_000
"""So many claims of a file are compared with each other; memory stays flat beyond."""

SITE_ONLY = frozenset({"PAYER_UNKNOWN"})
"""What only a site can know: left out where a file is looked at alone."""

_ALONE = {Outcome.PASS: "CLEAN", Outcome.WARN: "CLEAN", Outcome.HOLD: "HELD", Outcome.REJECT: "REJECTED"}
GOOD = frozenset({"RELEASED", "CLEAN"})


@dataclass(frozen=True, slots=True)
class Checked:
    """One claim and what would happen to it: RELEASED, HELD, REJECTED, DUPLICATE; CLEAN where a file is looked at alone.
    `set` is the place of its transaction set, `payer_id` the payer's id that it goes with in the place of its own."""

    claim: Claim
    would: str
    payer: str = ""
    lane: str = ""
    filing_due: date | None = None
    findings: tuple[Finding, ...] = ()
    set: str = ""
    payer_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim with ISA15, BHT06 and GS08 of where it stands, and the place of its set. `original` says that the same
    content came by before."""

    claim: Claim
    usage: str
    mode: str
    version: str
    set: str = ""
    original: bool = False


Judged = Checked | FileFinding
Judge = Callable[[Sequence[Standing]], Sequence[Checked]]


class Checker:
    """Reads one file. `sets` counts what came by; `judge` is asked about many claims together."""

    def __init__(self, guides: Guidebook, judge: Judge, today: date | None = None) -> None:
        self.sets = 0
        self._guides, self._judge, self._today = guides, judge, today
        self._usage, self._context = "P", ("", "", "")
        self._seen: set[bytes] = set()

    def check(self, blocks: Iterable[bytes]) -> Iterator[Judged]:
        """Everything in document order. Raises Malformed where the file would be refused whole."""
        items = Screening(self._guides, self._guides.lists(), today=self._today).items(blocks)
        told = (found for found in map(self._stood, items) if found is not None)
        while some := list(islice(told, SOME)):
            yield from self._judged(some)

    def _stood(self, item: Item) -> Standing | FileFinding | None:
        if isinstance(item, Claim):
            return Standing(item, self._usage, *self._context, item.fingerprint in self._seen)
        if isinstance(item, Interchange):
            self._usage = item.usage
        elif isinstance(item, TransactionSet):
            self._context = item.mode, item.version, item.place
            self.sets += 1
        return item if isinstance(item, FileFinding) else None

    def _judged(self, some: Sequence[Standing | FileFinding]) -> Iterator[Judged]:
        checked = iter(self._judge([found for found in some if isinstance(found, Standing)]))
        for found in some:
            if isinstance(found, FileFinding):
                yield found
                continue
            judged = replace(next(checked), set=found.set)
            self._remember(judged)
            yield judged

    def _remember(self, checked: Checked) -> None:
        """A rejected claim is no original of another: it was never filed."""
        if checked.would != "REJECTED" and len(self._seen) < MOST_REMEMBERED:
            self._seen.add(checked.claim.fingerprint)


@dataclass(frozen=True, slots=True)
class OtherRoster:
    """The rows of a roster file by the NPI they speak of; those of groups concern every claim. `sheets` are the kinds of
    records that it has any of."""

    by_npi: Mapping[str, Sequence[dict[str, str]]]
    sheets: frozenset[str]

    @classmethod
    def of(cls, rows: Iterable[dict[str, str]]) -> OtherRoster:
        """Of all rows of the file."""
        by_npi: dict[str, list[dict[str, str]]] = {}
        sheets = set[str]()
        for row in rows:
            by_npi.setdefault(row.get("provider_npi", ""), []).append(row)
            sheets.add(row.get(SHEET, ENROLLMENTS.name))
        return cls(by_npi, frozenset(sheets))

    def concerning(self, npis: Iterable[str]) -> list[dict[str, str]]:
        """The rows for claims of these providers."""
        return [row for npi in ("", *npis) for row in self.by_npi.get(npi, ())]


Ask = Callable[[list[dict[str, Any]], list[dict[str, str]] | None], list[dict[str, Any]]]
"""Puts claims, and the rows of another roster for their providers, to whoever has the site open."""


def at_site(ask: Ask, roster: OtherRoster | None = None) -> Judge:
    """By the site itself."""

    def judge(some: Sequence[Standing]) -> list[Checked]:
        arrivals = [Arrival(row_of(s.claim), s.usage, s.mode, s.version, s.original) for s in some]
        npis = sorted({npi for arrival in arrivals for npi in npis_in(arrival.row)})
        rows = roster.concerning(npis) if roster else None
        return [_checked(s.claim, said) for s, said in zip(some, ask(list(map(as_asked, arrivals)), rows), strict=True)]

    return judge


def _checked(claim: Claim, said: dict[str, Any]) -> Checked:
    findings = tuple(as_finding(values) for values in said["findings"])
    return Checked(
        claim,
        said["would"],
        said["payer"],
        said["lane"],
        as_day(said["filing_due"]),
        findings,
        payer_id=said.get("payer_id", ""),
    )


def alone(severities: Mapping[str, Outcome], today: date) -> Judge:
    """By the file itself and the calendar: no payers, no roster, no site."""

    alike = set[bytes]()

    def look(standing: Standing, seen: set[bytes]) -> Checked:
        claim = standing.claim
        if standing.original or claim.fingerprint in seen:
            return Checked(claim, "DUPLICATE")
        seen.add(claim.fingerprint)
        context = CheckContext(None, today, standing.mode, standing.usage, standing.version)
        found = apply_severities(run_checks(claim, context, BUILT_IN), severities)
        findings = tuple(finding for finding in found if finding.code not in SITE_ONLY)
        if (service := likeness(claim)) in alike:
            findings += (replace(_ALIKE, segment=claim.position),)
        elif service and len(alike) < MOST_REMEMBERED:
            alike.add(service)
        return Checked(claim, _ALONE[decide(findings)], findings=findings)

    def judge(some: Sequence[Standing]) -> list[Checked]:
        seen: set[bytes] = set()
        return [look(standing, seen) for standing in some]

    return judge


def hits(checked: Checked) -> list[Finding]:
    """What was found wrong or worth a word, the gravest first; a duplicate has its own word."""
    if checked.would == "DUPLICATE":
        return [replace(_DUPLICATE)]
    return sorted((f for f in checked.findings if f.outcome is not Outcome.PASS), key=lambda f: -f.outcome)


_ALIKE = replace(
    SIMILAR_CLAIM,
    message="Another claim of the file, of another number, is for the same patient, provider, days, procedures and charge.",
)
_DUPLICATE = Finding(
    "DUPLICATE",
    Outcome.HOLD,
    "2300/CLM",
    "The same claim stands earlier in this file, or was received before.",
    "Nothing, if that is intended: it is not sent twice. To change a claim, send a replacement.",
)

"""What `gateway check` prints: problems grouped by claim, as text or JSON, in flat memory however large the file is."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import IO, Any

import click

from gateway.cli.checking import GOOD, Checked, Judged, hits
from gateway.guides.faults import GuideCode
from gateway.model.claims import Finding, Outcome
from gateway.replies.findings import one_line
from gateway.x12.claims import FileFinding

AGAINST_X12 = frozenset({
    *("TRAILING_DATA", "TERMINATOR_MISSING", "ENVELOPE_SEPARATOR", "ISA_REPEATED", "HEADER_FUTURE"),
    *("REMARK_UNKNOWN", "ADJUSTMENT_REASON_UNKNOWN"),
    *("TRAILING_SEPARATOR", "TRAILING_SPACE", "CODE_UNKNOWN", "LOOP_ORDER", "HIERARCHY_CHILD_CODE", "LEVEL_EMPTY"),
})  # fmt: skip
"""What breaks X12 or the guide and is only a warning, for it is left out or written anew on the way or most payers read
it: who asks whether a file is right is told no."""

_HELD_BACK = 16 << 20
_ELEMENT = re.compile(r"[A-Z][A-Z0-9]{1,2}[0-9]{2}(?:-[0-9]+)?")


def finding_facts(finding: Finding) -> dict[str, Any]:
    """A finding for programs. `place` is loop and element as everywhere, and both apart."""
    loop, _, rest = finding.place.partition("/")
    return {
        "code": finding.code,
        "outcome": finding.outcome.name,
        "place": finding.place,
        "loop": loop,
        "segment": finding.segment,
        "element": rest if _ELEMENT.fullmatch(rest) else "",
        "line": finding.line,
        "message": finding.message,
        "next": finding.next_step,
    }


def place_words(finding: Finding, around: str) -> str:
    """Where, in words: loop and element, line, segment behind the place of its set."""
    parts = [finding.place] if finding.place else []
    if finding.line:
        parts.append(f"line {finding.line}")
    if finding.segment:
        parts.append("/".join(filter(None, (around, f"segment {finding.segment}"))))
    return ", ".join(parts)


class Report:
    """Takes what was found as it comes and holds it back, on disk if need be, until the whole file has been read: a file
    that is refused has no claims."""

    def __init__(self, as_json: bool, show_all: bool) -> None:
        self._json, self._all = as_json, show_all
        self._body: IO[str] = tempfile.SpooledTemporaryFile(_HELD_BACK, "w+", encoding="utf-8")  # noqa: SIM115
        self._file: list[FileFinding] = []
        self.counts: Counter[str] = Counter()
        self.warned = 0  # claims that would go, and of which something is to be said all the same
        self.bad = False

    def add(self, found: Judged) -> None:
        """One more claim, or a finding that belongs to none."""
        if isinstance(found, FileFinding):
            self._file.append(found)
            self._weigh([found.finding])
            return
        first = not self.counts
        self.counts[found.would] += 1
        self.bad = self.bad or found.would not in GOOD
        self._weigh(hits(found))
        self.warned += found.would in GOOD and bool(hits(found))
        self._body.write(self._as_json(found, first) if self._json else self._as_text(found))

    def _weigh(self, findings: Iterable[Finding]) -> None:
        self.bad = self.bad or any(f.outcome > Outcome.WARN or f.code in AGAINST_X12 for f in findings)

    def _as_json(self, found: Checked, first: bool) -> str:
        facts = {
            "control_number": found.claim.control_number,
            "payer": found.payer,
            "lane": found.lane,
            "payer_id": found.payer_id,
            "would": found.would,
            "filing_due": found.filing_due,
            "set": found.set,
            "position": found.claim.position,
            "findings": [finding_facts(f) for f in hits(found)],
        }
        return ("" if first else ",\n") + "    " + json.dumps(facts, default=str)

    def _as_text(self, found: Checked) -> str:
        findings = hits(found)
        if not findings and not self._all and found.would in GOOD:
            return ""
        other = (
            f", with payer id {found.payer_id} in place of {one_line(found.claim.payer_id)}" if found.payer_id else ""
        )
        lines = [f"{one_line(found.claim.control_number) or '(no CLM01)'}: {found.would}{other}"]
        for f in findings:
            lines += _lines(f.outcome.name, f.message, f.code, place_words(f, found.set), f.next_step)
        return "\n".join(lines) + "\n"

    def show(self, today: date, sets: int, site: bool) -> None:
        """Print all of it."""
        self._body.seek(0)
        if self._json:
            self._show_json(today, sets)
            return
        for said in self._file:
            f = said.finding
            where = place_words(f, said.place)
            click.echo("\n".join(_lines(f.outcome.name, f.message, f.code, where, f.next_step)))
        shutil.copyfileobj(self._body, sys.stdout)
        told = ", ".join(f"{count} {would.lower()}" for would, count in sorted(self.counts.items()))
        total = sum(self.counts.values())
        warned = f" Warnings on {self.warned} of the claims that would go." if self.warned else ""
        alone = "" if site else " Looked at alone: no payer, roster or earlier claim was asked."
        lost = sum(said.finding.code == GuideCode.CLAIM_MISSING for said in self._file)
        where = "places" if lost > 1 else "place"
        missing = f" In {lost} {where} a claim lacks its CLM and is not among them." if lost else ""
        claims = f"{total} claim{'s' * (total != 1)}{', ' * bool(told)}{told}"
        click.echo(f"As of {today}: {claims}. Nothing was sent.{missing}{warned}{alone}")

    def _show_json(self, today: date, sets: int) -> None:
        totals = {"totals": dict(self.counts), "warned": self.warned}
        of_file = [{"set": said.place, **finding_facts(said.finding)} for said in self._file]
        head = {"as_of": today, "sets": sets, **totals, "file_findings": of_file}
        text = json.dumps(head, indent=2, default=str)
        click.echo(text.removesuffix("\n}") + ',\n  "claims": [')
        shutil.copyfileobj(self._body, sys.stdout)
        click.echo(("\n" if self.counts else "") + "  ]\n}")


def _lines(outcome: str, message: str, code: str, where: str, step: str) -> list[str]:
    said = [f"    {outcome.lower()}: {message} ({code}{' at ' * bool(where)}{where})"]
    return [*said, f"        {step}"] if step else said

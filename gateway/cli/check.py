"""`gateway check`: what would happen to a file, today or on another day, sending nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask, config_path
from gateway.cli.questions import AS_JSON
from gateway.config import load_site
from gateway.desk.roster import read_rows
from gateway.errors import Malformed
from gateway.events import ClaimDuplicated, ClaimHeld, ClaimPassed, ClaimRejected
from gateway.gate import Case, Gate, Judgement
from gateway.model.claims import Claim, Outcome
from gateway.model.enrollment import Enrollment
from gateway.model.x12 import Interchange, TransactionSet
from gateway.rosterfile import read_csv
from gateway.x12.claims import read_claims
from gateway.x12.envelope import check_envelope

_BLOCK = 256 * 1024
_WOULD = {ClaimPassed: "RELEASED", ClaimHeld: "HELD", ClaimRejected: "REJECTED", ClaimDuplicated: "DUPLICATE"}


@dataclass
class _Source:
    """The envelope that the claims being read stand in."""

    usage: str = "P"
    mode: str = ""
    version: str = ""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge as on this day. Default: today.")
@click.option("--roster", "roster_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Judge by this roster file instead of the records on file.")  # fmt: skip
@click.option("--all", "show_all", is_flag=True, help="Also what passed, claim by claim.")
@AS_JSON
@click.pass_context
def check(
    context: click.Context, file: Path, as_of: Any, roster_file: Path | None, show_all: bool, as_json: bool
) -> None:
    """Say what would happen to FILE, claim by claim, and send nothing. Exit 1 when any claim would not go."""
    today = as_of.date() if as_of else datetime.now(UTC).date()
    settings, registry, directory = load_site(config_path(context))
    if roster_file:
        records = read_rows(read_csv(roster_file), set(registry.payers), today)
    else:
        records = read_rows(ask(context, "roster"), set(registry.payers), today)
    gate = Gate(directory, registry.checks, settings.checks.severities)
    try:
        envelope = check_envelope(blocks(file))
        known = ask(context, "known", fingerprints=[c.fingerprint.hex() for c in _claims(file)])
        judged = [_told(j) for j in judge_file(file, gate, records, today, known)]
    except Malformed as wrong:
        _refused(wrong, as_json)
        context.exit(1)
    if as_json:
        show.as_json({"as_of": today, "sets": envelope.sets, "claims": judged})
    else:
        _print(judged, today, show_all)
    if any(claim["would"] != "RELEASED" for claim in judged):
        context.exit(1)


def judge_file(
    file: Path, gate: Gate, records: list[Enrollment], today: date, known: dict[str, int]
) -> Iterator[Judgement]:
    """Judge every claim of a file by these records on this day. `known` are contents the site has already."""
    by_npi: dict[str, list[Enrollment]] = {}
    for record in records:
        by_npi.setdefault(record.provider_npi, []).append(record)
    source, seen = _Source(), dict[bytes, int]()
    for item in read_claims(blocks(file)):
        if isinstance(item, Interchange):
            source.usage = item.usage
        elif isinstance(item, TransactionSet):
            source.mode, source.version = item.mode, item.version
        elif isinstance(item, Claim):
            number = len(seen) + 1
            original = known.get(item.fingerprint.hex()) or seen.get(item.fingerprint)
            seen.setdefault(item.fingerprint, number)
            yield gate.judge(_case(number, item, source, by_npi, original), today)


def _case(
    number: int, claim: Claim, source: _Source, by_npi: dict[str, list[Enrollment]], original: int | None
) -> Case:
    npis = {claim.billing.npi, *(provider.npi for provider in claim.providers)}
    records = tuple(record for npi in sorted(npis) for record in by_npi.get(npi, ()))
    return Case(
        id=number, claim=claim, state="RECEIVED", code="", lane="", usage=source.usage, mode=source.mode,
        version=source.version, records=records, original=original,
    )  # fmt: skip


def _claims(file: Path) -> Iterator[Claim]:
    return (item for item in read_claims(blocks(file)) if isinstance(item, Claim))


def blocks(file: Path) -> Iterator[bytes]:
    """The file's bytes."""
    with file.open("rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _told(judgement: Judgement) -> dict[str, Any]:
    claim = judgement.case.claim
    hits = [f for f in judgement.findings if f.outcome is not Outcome.PASS]
    return {
        "control_number": claim.control_number,
        "payer": judgement.payer,
        "lane": judgement.lane,
        "would": _WOULD[type(judgement.event)] if judgement.event else "RELEASED",
        "filing_due": judgement.filing_due,
        "findings": [
            {
                "code": f.code, "outcome": f.outcome.name, "place": f.place, "line": f.line, "segment": f.segment,
                "message": f.message, "next": f.next_step,
            }
            for f in sorted(hits, key=lambda f: -f.outcome)
        ],
    }  # fmt: skip


def _print(judged: list[dict[str, Any]], today: date, show_all: bool) -> None:
    counts: dict[str, int] = {}
    for claim in judged:
        counts[claim["would"]] = counts.get(claim["would"], 0) + 1
        if claim["findings"] or show_all or claim["would"] != "RELEASED":
            click.echo(f"{claim['control_number']}: {claim['would']}")
            for f in claim["findings"]:
                line = f", line {f['line']}" if f["line"] else ""
                click.echo(f"    {f['outcome'].lower()}: {f['message']} ({f['code']} at {f['place']}{line})")
                if f["next"]:
                    click.echo(f"        {f['next']}")
    told = ", ".join(f"{count} {would.lower()}" for would, count in sorted(counts.items()))
    click.echo(f"As of {today}: {len(judged)} claims, {told}. Nothing was sent.")


def _refused(wrong: Malformed, as_json: bool) -> None:
    if as_json:
        show.as_json(
            {"refused": {"code": wrong.code, "place": wrong.place, "message": wrong.message, "next": wrong.next_step}}
        )
    else:
        click.echo(f"The file would be refused whole: {wrong.message}")
        click.echo(f"Where: {wrong.place}\nWhat to do: {wrong.next_step}")

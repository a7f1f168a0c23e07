"""`gateway check`: what would happen to a file, today or on another day, sending nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask, config_path
from gateway.cli.checked import Report
from gateway.cli.checking import Checker, alone, at_site
from gateway.cli.questions import AS_JSON
from gateway.config import load_site
from gateway.desk.roster import read_rows
from gateway.errors import Malformed
from gateway.gate import Gate
from gateway.guidebook import Guidebook, default_cache
from gateway.rosterfile import read_csv
from gateway.x12.envelope import check_envelope

_BLOCK = 256 * 1024


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge as on this day. Default: today.")
@click.option("--roster", "roster_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Judge by this roster file instead of the records on file.")  # fmt: skip
@click.option("--alone", "file_alone", is_flag=True,
              help="Look at the file alone: no payers, no roster, no site. So it is where there is no site.")  # fmt: skip
@click.option("--all", "show_all", is_flag=True, help="Also what passed, claim by claim.")
@AS_JSON
@click.pass_context
def check(
    context: click.Context,
    file: Path,
    as_of: Any,
    roster_file: Path | None,
    file_alone: bool,
    show_all: bool,
    as_json: bool,
) -> None:
    """Say what is wrong with FILE and what would happen to it, claim by claim, and send nothing. Exit 1 when any claim
    would not go."""
    today = as_of.date() if as_of else datetime.now(UTC).date()
    file_alone = file_alone or (not config_path(context).exists() and not context.find_root().params.get("config"))
    checker = _alone(today) if file_alone else _at_site(context, roster_file, today)
    report = Report(as_json, show_all)
    try:
        with show.progress("Looking at the envelopes", file.stat().st_size) as moved:
            check_envelope(blocks(file, moved))
        with show.progress("Checking claims", file.stat().st_size) as moved:
            for found in checker.check(blocks(file, moved)):
                report.add(found)
    except Malformed as wrong:
        _refused(wrong, as_json)
        context.exit(1)
    report.show(today, checker.sets, site=not file_alone)
    if report.bad:
        context.exit(1)


def _alone(today: date) -> Checker:
    return Checker(Guidebook(default_cache()), alone({}, today))


def _at_site(context: click.Context, roster_file: Path | None, today: date) -> Checker:
    settings, registry, directory = load_site(config_path(context))
    given = read_csv(roster_file) if roster_file else ask(context, "roster")
    records = read_rows(given, set(registry.payers), today)
    gate = Gate(directory, registry.gate_checks, settings.checks.severities)
    guides = Guidebook(default_cache(), settings.site.data / "lists" / "codes")
    return Checker(guides, at_site(gate, records, today), lambda found: ask(context, "known", fingerprints=list(found)))


def blocks(file: Path, moved: show.Moved = show.unmoved) -> Iterator[bytes]:
    """The file's bytes; `moved` is told of each block."""
    with file.open("rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            yield block
            moved(len(block))


def _refused(wrong: Malformed, as_json: bool) -> None:
    if as_json:
        show.as_json(
            {"refused": {"code": wrong.code, "place": wrong.place, "message": wrong.message, "next": wrong.next_step}}
        )
    else:
        click.echo(f"The file would be refused whole: {wrong.message} ({wrong.code})")
        where = f"Where: {wrong.place}\n" if wrong.place else ""
        click.echo(f"{where}What to do: {wrong.next_step}")

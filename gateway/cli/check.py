"""`gateway check`: what would happen to a file, today or on another day, sending nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from gateway.cli import show
from gateway.cli.asking import ask, config_path, site_path
from gateway.cli.checked import Report
from gateway.cli.checking import Checker, OtherRoster, alone, at_site
from gateway.cli.codes import print_codes
from gateway.cli.days import DAY
from gateway.cli.progress import Moved, progress, unmoved
from gateway.cli.questions import AS_JSON
from gateway.config import load_settings
from gateway.errors import Malformed
from gateway.guidebook import Guidebook, default_cache
from gateway.rosterfile import read_roster
from gateway.x12.envelope import check_envelope

_BLOCK = 256 * 1024


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=DAY, help="Judge as on this day. Default: today.")
@click.option("--roster", "roster_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Judge by this roster file instead of the records on file.")  # fmt: skip
@click.option("--alone", "file_alone", is_flag=True,
              help="Look at the file alone: no payers, no roster, no site. So it is where there is no site.")  # fmt: skip
@click.option("--all", "show_all", is_flag=True, help="Also what passed, claim by claim.")
@click.option("--codes", is_flag=True, help="List every code that can be found, how grave it is and what it means.")
@AS_JSON
@click.pass_context
def check(
    context: click.Context,
    file: Path | None,
    as_of: Any,
    roster_file: Path | None,
    file_alone: bool,
    show_all: bool,
    codes: bool,
    as_json: bool,
) -> None:
    """Say what is wrong with FILE and what would happen to it, claim by claim, and send nothing. Exit 1 when any claim
    would not go, or the file breaks X12 or its guide."""
    if codes:
        print_codes(as_json)
        return
    if file is None:
        raise click.UsageError("Missing argument 'FILE'.", context)
    wanted = as_of.date() if as_of else None
    file_alone = file_alone or site_path(context) is None
    today = wanted or _today(context, file_alone)
    checker = _alone(today) if file_alone else _at_site(context, roster_file, wanted, today)
    report = Report(as_json, show_all)
    try:
        with progress("Looking at the envelopes", file.stat().st_size) as moved:
            check_envelope(blocks(file, moved))
        with progress("Checking claims", file.stat().st_size) as moved:
            for found in checker.check(blocks(file, moved)):
                report.add(found)
    except Malformed as wrong:
        _refused(wrong, as_json)
        context.exit(1)
    report.show(today, checker.sets, site=not file_alone)
    if report.bad:
        context.exit(1)


def _today(context: click.Context, file_alone: bool) -> date:
    """The calendar day here, or where the site is."""
    zone = None if file_alone else ZoneInfo(load_settings(config_path(context)).site.time_zone)
    return datetime.now(UTC).astimezone(zone).date()


def _alone(today: date) -> Checker:
    return Checker(Guidebook(default_cache()), alone({}, today), today)


def _at_site(context: click.Context, roster_file: Path | None, as_of: date | None, today: date) -> Checker:
    """The site judges as its service does; what it is asked about and the other roster, it forgets again."""
    roster = None if roster_file is None else _other_roster(context, roster_file)

    def asked(claims: list[dict[str, Any]], rows: list[dict[str, str]] | None) -> list[dict[str, Any]]:
        day = as_of.isoformat() if as_of else None
        sheets = list(roster.sheets) if roster else ()
        found: list[dict[str, Any]] = ask(context, "check", claims=claims, as_of=day, roster=rows, sheets=sheets)
        return found

    return Checker(_guides(context), at_site(asked, roster), today)


def _guides(context: click.Context) -> Guidebook:
    """The guides, with the site's own editions of code lists."""
    return Guidebook(default_cache(), load_settings(config_path(context)).site.data / "lists" / "codes")


def _other_roster(context: click.Context, file: Path) -> OtherRoster:
    """The rows of a roster file. Raises Refused with all that an import of it would ask or find wrong."""
    rows = read_roster(file)
    ask(context, "roster examine", rows=rows)
    return OtherRoster.of(rows)


def blocks(file: Path, moved: Moved = unmoved) -> Iterator[bytes]:
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


COMMANDS = (check,)

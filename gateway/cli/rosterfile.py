"""The roster on the command line: what it says and said, and files in and out with a preview of every change."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from gateway.cli import registering, show, showing
from gateway.cli.asking import ask
from gateway.cli.days import DAY
from gateway.cli.questions import AS_JSON
from gateway.durable import named
from gateway.partnership.phrases import counted
from gateway.rosterfile import as_csv, read_mapping, read_roster
from gateway.sheets import ENROLLMENTS, OURS, SHEET, SHEETS

_ALL = "all"
_HISTORY = {
    "recorded_at": "Recorded",
    "recorded_by": "By",
    "sheet": "Sheet",
    "what": "What",
    "source": "Source",
    "observed_on": "Seen on",
    "document": "Evidence",
    "superseded_at": "Superseded",
    "superseded_who": "By",
    "withdrawn": "Because",
}
_SHEET = click.option(
    "--sheet", type=click.Choice([*SHEETS, _ALL]), default=ENROLLMENTS.name, show_default=True, help="Which records."
)
Rows = Sequence[Mapping[str, Any]]


@click.group()
def roster() -> None:
    """Who is enrolled with whom, and what is known of each: the records that decide which claims may go."""


@roster.command("show")
@_SHEET
@click.option("--npi", default="", help="Only this provider's.")
@click.option("--payer", default="", help="Only at this payer, by key.")
@click.option("--believed-on", type=DAY, help="What was believed at the end of that day.")
@AS_JSON
@click.pass_context
def show_roster(context: click.Context, sheet: str, npi: str, payer: str, believed_on: Any, as_json: bool) -> None:
    """The records believed now, or at the end of an earlier day."""
    day = believed_on.date().isoformat() if believed_on else ""
    rows = ask(context, "roster", npi=npi, payer=payer, sheet=sheet, believed_on=day)
    if as_json:
        return show.as_json(rows)
    if not rows:
        click.echo("No such records." if sheet != ENROLLMENTS.name or npi or payer or day else _EMPTY)
    showing.tables(rows)
    return None


_EMPTY = "No records: every claim will be held as unknown until there are some."


@roster.command("history")
@click.argument("npi")
@click.option("--payer", default="", help="Only what concerns this payer, by key.")
@AS_JSON
@click.pass_context
def show_history(context: click.Context, npi: str, payer: str, as_json: bool) -> None:
    """Everything that was ever on record of provider NPI: when, by whom, on what evidence, and what ended it."""
    rows = ask(context, "roster history", npi=npi, payer=payer)
    if as_json:
        return show.as_json(rows)
    show.table([{**row, "what": _what(row)} for row in rows], _HISTORY, empty="Nothing was ever recorded of it.")
    return None


def _what(row: Mapping[str, Any]) -> str:
    told = {"provider_npi", "source", "observed_on"}
    names = [name for name in SHEETS[row[SHEET]].names if name not in told and row[name] not in ("", "*")]
    return ", ".join(f"{name} {row[name]}" for name in names)


@roster.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replace", "replace_all", is_flag=True, help="Records of its sheets that are not in FILES are superseded."
)
@click.option("--map", "mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="TOML that says what FILES laid out by others call the columns: [columns], [constants].")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Do not ask before it is applied.")
@AS_JSON
@click.pass_context
def import_roster(
    context: click.Context,
    files: tuple[Path, ...],
    replace_all: bool,
    mapping: Path | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Read records from CSV or XLSX FILES whose first row names the columns.

    Each sheet of a workbook, and each CSV file, holds one kind: enrollments, providers, groups, links or credentials.
    `gateway roster export FILE.xlsx` writes one with all columns. Nothing is overwritten: a changed record supersedes
    the old one. A file for CAQH (columns between pipes) is read for names and recredentialing dates alone.
    """
    headings = read_mapping(mapping) if mapping else OURS
    rows = [row for file in files for row in read_roster(file, headings)]
    registering.change(context, rows, "roster import", dry_run, as_json, yes=yes, replace_all=replace_all)


@roster.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--sheet", type=click.Choice([*SHEETS]), default=ENROLLMENTS.name, show_default=True,
              help="Which one, in CSV; a workbook holds them all.")  # fmt: skip
@click.pass_context
def export_roster(context: click.Context, file: Path | None, sheet: str) -> None:
    """Write the records believed now: to FILE.xlsx all sheets, else one of them as CSV, to FILE or to standard output.

    A file holds names in clear: keep it where only those read it who may.
    """
    if file is not None and file.suffix.lower() not in ("", ".csv", ".xlsx"):
        raise click.UsageError(
            f"A roster is not written as {file.suffix}: name a file in .xlsx for all sheets, or in .csv for one of them."
        )
    if file is not None and file.suffix.lower() == ".xlsx":
        rows = ask(context, "roster", sheet=_ALL)
        from gateway.rosterfile.pages import as_workbook  # what writes workbooks is slow to load

        _save(file, as_workbook(rows))
    else:
        rows = ask(context, "roster", sheet=sheet)
        text = as_csv(SHEETS[sheet], rows)
        if file is None:
            sys.stdout.write(text.replace("\r\n", "\n"))
            return
        _save(file, text.encode())
    click.echo(f"{counted(len(rows), 'record')} written to {file}.")


def _save(file: Path, content: bytes) -> None:
    """It holds names: a new file is its owner's alone."""
    with named(file, 0o600) as written:
        written.write(content)


@roster.command("evidence")
@click.argument("document", type=int)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else to standard output.")
@click.pass_context
def show_evidence(context: click.Context, document: int, out: Path | None) -> None:
    """Give back the DOCUMENT that a record rests on, by its number under Evidence."""
    content = base64.b64decode(ask(context, "roster evidence", document=document)["content"])
    if out is not None:
        _save(out, content)
        click.echo(f"{counted(len(content), 'byte')} written to {out}.")
    elif sys.stdout.isatty():
        raise click.UsageError("A document is no text for a terminal: name a file with --out.")
    else:
        sys.stdout.buffer.write(content)


@roster.command("check")
@click.argument("npi")
@click.argument("payer")
@click.argument("day", type=DAY)
@AS_JSON
@click.pass_context
def check_record(context: click.Context, npi: str, payer: str, day: Any, as_json: bool) -> None:
    """Whether the records cover provider NPI at PAYER on DAY (a date of service); exit 1 where they do not."""
    found = ask(context, "roster check", npi=npi, payer=payer, day=day.date().isoformat())
    if as_json:
        show.as_json(found)
    else:
        click.echo(f"{found['message']} ({found['code']})")
        if found["next"]:
            click.echo(f"Next: {found['next']}")
        showing.tables(found["records"])
    if not found["covered"]:
        context.exit(1)


for command in registering.COMMANDS:
    roster.add_command(command)

COMMANDS = (roster,)

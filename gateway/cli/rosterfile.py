"""The roster on the command line: CSV in and out, with a preview of every change."""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.effects import show_effects
from gateway.cli.questions import AS_JSON
from gateway.model.enrollment import EnrollmentState
from gateway.rosterfile import COLUMNS, read_csv

_COLUMNS = {
    "provider_npi": "Provider NPI",
    "payer": "Payer",
    "state": "State",
    "effective_from": "From",
    "effective_to": "To",
    "retro_from": "Retroactive from",
    "tax_id": "TIN",
    "billing_npi": "Billing NPI",
    "source": "Source",
    "observed_on": "Seen on",
}


@click.group()
def roster() -> None:
    """Who is enrolled with whom: the records that decide which claims may go."""


@roster.command("show")
@click.option("--npi", default="", help="Only this provider's.")
@click.option("--payer", default="", help="Only at this payer, by key.")
@AS_JSON
@click.pass_context
def show_roster(context: click.Context, npi: str, payer: str, as_json: bool) -> None:
    """The records believed now."""
    rows = ask(context, "roster", npi=npi, payer=payer)
    if as_json:
        show.as_json(rows)
    else:
        show.table(rows, _COLUMNS, empty="No records: every claim will be held as unknown until there are some.")


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", "replace_all", is_flag=True, help="Records that are not in FILE are superseded.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.pass_context
def import_roster(context: click.Context, file: Path, replace_all: bool, dry_run: bool) -> None:
    """Read enrollment records from a CSV FILE whose first row names the columns.

    Columns: provider_npi, payer, state, effective_from, effective_to, retro_from, tax_id, billing_npi, source,
    observed_on. Days are YYYY-MM-DD. Nothing is overwritten: a changed record supersedes the old one.
    """
    rows = read_csv(file)
    change = ask(context, "roster preview", rows=rows, replace_all=replace_all)
    show.table(change["added"], _COLUMNS, empty="Nothing new.", title="Added")
    if change["superseded"]:
        show.table(change["superseded"], _COLUMNS, empty="", title="\nSuperseded")
    show_effects(change["claims"])
    if not dry_run:
        done = ask(context, "roster apply", rows=rows, source=file.name, replace_all=replace_all)
        click.echo(
            f"{done['added']} added, {done['superseded']} superseded; {done['claims']} waiting claims judged again."
        )


@roster.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.pass_context
def export_roster(context: click.Context, file: Path | None) -> None:
    """Write the records believed now as CSV, to FILE or to standard output."""
    rows = ask(context, "roster")
    if file is None:
        _write(sys.stdout, rows)
    else:
        with file.open("w", encoding="utf-8", newline="") as text:
            _write(text, rows)
        click.echo(f"{len(rows)} records written to {file}.")


def _write(stream: Any, rows: list[dict[str, str]]) -> None:
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)


@roster.command("set")
@click.argument("npi")
@click.argument("payer")
@click.option("--effective", "effective_from", type=click.DateTime(["%Y-%m-%d"]), help="First day that is covered.")
@click.option("--until", "effective_to", type=click.DateTime(["%Y-%m-%d"]), help="Last day that is covered.")
@click.option("--retro", "retro_from", type=click.DateTime(["%Y-%m-%d"]), help="Earlier days may be billed from here.")
@click.option(
    "--state", type=click.Choice([state.value for state in EnrollmentState]), default="active", show_default=True
)
@click.option("--tin", "tax_id", default="*", show_default=True, help="The billing TIN the provider is linked to.")
@click.option("--billing-npi", default="*", show_default=True)
@click.option("--source", default="", help="Letter, portal, telephone call: where this was seen.")
@click.pass_context
def set_record(context: click.Context, /, npi: str, payer: str, **values: Any) -> None:
    """Record that provider NPI is enrolled with PAYER."""
    row = {"provider_npi": npi, "payer": payer, **{k: _text(v) for k, v in values.items()}}
    done = ask(context, "roster apply", rows=[row], source=values["source"] or "roster set")
    click.echo(f"{done['added']} added, {done['superseded']} superseded; {done['claims']} waiting claims judged again.")


def _text(value: Any) -> str:
    return value.date().isoformat() if hasattr(value, "date") else str(value or "")


@roster.command("check")
@click.argument("npi")
@click.argument("payer")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.pass_context
def check_record(context: click.Context, npi: str, payer: str, day: Any) -> None:
    """What is on record for provider NPI at PAYER on DAY (a date of service)."""
    wanted: date = day.date()
    rows = [row for row in ask(context, "roster", npi=npi, payer=payer) if _covers(row, wanted)]
    show.table(rows, _COLUMNS, empty="Nothing on record covers that day.")
    if not rows:
        context.exit(1)


def _covers(row: dict[str, str], day: date) -> bool:
    begin = row["retro_from"] or row["effective_from"]
    return (
        row["state"].startswith("active")
        and bool(begin)
        and begin <= day.isoformat() <= (row["effective_to"] or "9999-12-31")
    )


COMMANDS = (roster,)

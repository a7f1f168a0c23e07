"""Postings, events and claims for practice systems and spreadsheets."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.durable import named
from gateway.exports import COLUMNS, FORMATS, written
from gateway.partnership.phrases import counted


@click.command()
@click.argument("what", type=click.Choice(list(COLUMNS)), required=False)
@click.option("--after", type=click.IntRange(0), default=0, help="Only rows behind this `seq`, the last you have.")
@click.option("--since", default="", help="Only since a day, a moment or a time ago (2026-11-25, 2h, 3d).")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file, whole or not at all.")
@click.option("--schema", is_flag=True, help="Say what the columns mean.")
@click.pass_context
def export(
    context: click.Context, what: str | None, after: int, since: str, form: str, out: Path | None, schema: bool
) -> None:
    """Write postings, events or claims as CSV or JSON Lines. It holds what the practice's own books need: keep it there."""
    if schema:
        _explain([what] if what else list(COLUMNS))
        return
    if what is None:
        raise click.UsageError(f"Name one of {', '.join(COLUMNS)}, or ask for the --schema.")
    lines = written(what, form, _rows(context, what, after, since))
    if out is None:
        sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]
        sys.stdout.writelines(lines)
    else:
        rows = _save(out, lines) - (form == "csv")
        click.echo(f"{counted(rows, 'row')} written to {out}.")


def _rows(context: click.Context, what: str, after: int, since: str) -> Iterator[dict[str, Any]]:
    """Every row, page by page."""
    line = 0
    while page := ask(context, "export", table=what, after=after, line=line, since=since):
        yield from page
        after, line = page[-1]["seq"], page[-1].get("line", 0)


def _save(out: Path, lines: Iterator[str]) -> int:
    """Whole or not at all; returns how many lines."""
    count = 0
    with named(out, 0o600) as file:
        for line in lines:
            file.write(line.encode())
            count += 1
    return count


def _explain(tables: list[str]) -> None:
    rows = [
        {"export": table, "column": name, "means": means} for table in tables for name, means in COLUMNS[table].items()
    ]
    show.table(rows, {"export": "Export", "column": "Column", "means": "Meaning"}, empty="")


COMMANDS = (export,)

"""Take a single record of the roster back."""

from __future__ import annotations

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.effects import judged_again, show_effects
from gateway.cli.questions import AS_JSON
from gateway.cli.showing import tables
from gateway.sheets import ENROLLMENTS, SHEETS


@click.command()
@click.argument("record", metavar="ID", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why it was wrong; kept with the record.")
@click.option("--sheet", type=click.Choice([*SHEETS]), default=ENROLLMENTS.name, show_default=True, help="Of which.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@AS_JSON
@click.pass_context
def withdraw(context: click.Context, record: int, reason: str, sheet: str, dry_run: bool, as_json: bool) -> None:
    """Take back record ID, as if it had never been made. `roster show` numbers the records.

    What was believed until now stays in `roster history`. What the record had taken the place of does not come back by
    itself: record it again if it still holds.
    """
    found = ask(context, "roster withdraw preview", record=record, sheet=sheet)
    if not as_json:
        tables([found["withdrawn"]], "Withdrawn: ")
        if found["replaced"]:
            tables(found["replaced"], "It had taken the place of: ")
        show_effects(found["claims"])
    if dry_run:
        return show.as_json(found) if as_json else None
    done = ask(context, "roster withdraw", record=record, reason=reason, sheet=sheet)
    if as_json:
        return show.as_json({**found, "done": done})
    click.echo(f"Withdrawn; {judged_again(context, done['claims'])}")
    return None

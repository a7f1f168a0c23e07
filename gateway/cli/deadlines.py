"""What runs out when, on the command line and as a calendar file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.questions import AS_JSON
from gateway.deadlines import Kind
from gateway.deadlines.stakes import dollars
from gateway.durable import named

_COLUMNS = {"days_left": "Days", "due": "Due", "who": "Who", "payer": "Payer", "money": "Money", "what": "What",
            "command": "Next"}  # fmt: skip


@click.command()
@click.option(
    "--within", type=click.IntRange(0, 3660), help="What is due in so many days, whether its warnings have begun."
)
@click.option("--kind", "kinds", multiple=True, type=click.Choice([kind.value for kind in Kind]), help="Only these.")
@click.option("--lane", default="", help="Only this lane's, as partner/stage: its account, and claims that go by it.")
@click.option(
    "--ics", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write a year as an iCalendar file."
)
@AS_JSON
@click.pass_context
def deadlines(
    context: click.Context, within: int | None, kinds: tuple[str, ...], lane: str, ics: Path | None, as_json: bool
) -> None:
    """What runs out and when, first what costs most soonest: filing limits, long holds, enrollments, licences,
    passwords and host keys."""
    if ics:
        calendar = ask(context, "deadlines calendar").encode()
        with named(ics, 0o644) as file:
            file.write(calendar)
        click.echo(f"Written to {ics}: payers, NPIs and totals, and no claim.")
        return
    rows = ask(context, "deadlines", within=within, kinds=kinds, lane=lane)
    if as_json:
        show.as_json(rows)
    else:
        show.table([_shown(row) for row in rows], _COLUMNS, empty="Nothing runs out soon.")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    money = dollars(Decimal(row["money"]))
    weekly = f"{money} a week" if row["claims"] else ""
    return {**row, "money": weekly if row["weekly"] else money}


COMMANDS = (deadlines,)

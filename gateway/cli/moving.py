"""Move a payer to another of its routes, and say which payers were moved."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.days import DAY
from gateway.cli.effects import judged_again
from gateway.cli.questions import AS_JSON
from gateway.deadlines.stakes import dollars
from gateway.partnership.phrases import counted


@click.command("move")
@click.argument("payer_key", metavar="PAYER")
@click.option("--to", "partner", default="", help="The partner of another of its routes.")
@click.option("--back", is_flag=True, help="By the route of the settings again.")
@click.option("--until", type=DAY, help="When the outage is expected to end; else as announced, or in two weeks.")
@click.option("--dry-run", is_flag=True, help="Show what it would do, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="", help="Why; it is kept.")
@AS_JSON
@click.pass_context
def move(
    context: click.Context, payer_key: str, partner: str, back: bool, until: datetime | None, dry_run: bool, yes: bool,
    reason: str, as_json: bool,
) -> None:  # fmt: skip
    """Have PAYER's claims go by another partner from now on. What is in doubt at the old one stays there, and its answers
    are read all the same."""
    if bool(partner) == back:
        raise click.UsageError("Say either --to PARTNER or --back.")
    if not (dry_run or reason):
        raise click.UsageError("Say why with --reason, or look first with --dry-run.")
    day = until.date().isoformat() if until else ""
    data = ask(context, "payer move preview", payer=payer_key, partner=partner, back=back, until=day)
    if as_json:
        show.as_json(data)
    else:
        _tell(data)
    if dry_run:
        return
    if not (yes or as_json):
        click.confirm(f"Move {payer_key} to {data['to']}?", abort=True)
    done = ask(context, "payer move", payer=payer_key, partner=partner, back=back, reason=reason)
    if not as_json:
        click.echo(f"{done['payer']} goes by {done['partner']}; {judged_again(context, done['judged_again'])}")


def _tell(data: dict[str, Any]) -> None:
    click.echo(f"{data['payer']}: from {data['from']} to {data['to']}")
    for what, one, more in (
        ("moves", "can go that way now", ""),
        ("waits", "must wait", ""),
        ("stays", "stays with the old partner", "stay with the old partner"),
        ("inside", f"has its filing limit by {data['until']}", f"have their filing limit by {data['until']}"),
    ):
        count = data[what]["claims"]
        words = one if count == 1 or not more else more
        click.echo(f"    {counted(count, 'claim')} ({dollars(Decimal(data[what]['charge']))}) {words}")
    _tell_ids(data)
    if data["agreement_days"]:
        click.echo(
            f"    {data['to']} wants an EDI agreement for this payer, which takes {counted(data['agreement_days'], 'day')}."
        )
    columns = {"claim": "Claim", "control_number": "CLM01", "charge": "Charge", "filing_due": "Limit", "inside": "Inside",
               "was": "Was", "becomes": "Would", "payer_id": "Payer id there",
               "code": "Reason", "why": "Why", "next": "Next step"}  # fmt: skip
    show.table(data["claims"], columns, empty="No claim waits for this payer.")


def _tell_ids(data: dict[str, Any]) -> None:
    """Where claims name the payer otherwise than the partner does."""
    if count := data["renamed"]["claims"]:
        ids = sorted({row["payer_id"] for row in data["claims"] if row["becomes"] == "MOVES" and row["payer_id"]})
        go = "goes" if count == 1 else "go"
        click.echo(f"    {counted(count, 'claim')} {go} with payer id {', '.join(ids)} in place of the one named")
    if count := data["unnamed"]["claims"]:
        click.echo(
            f"    {counted(count, 'claim')} cannot go: {data['to']} knows {data['payer']} by another id, and its"
            " [[route]] in conf/routes.toml names no payer_id"
        )


@click.command("moves")
@AS_JSON
@click.pass_context
def moves(context: click.Context, as_json: bool) -> None:
    """Payers that go by another partner than conf/routes.toml says."""
    rows = ask(context, "payer moves")
    if as_json:
        return show.as_json(rows)
    columns = {"payer": "Payer", "partner": "Goes by", "instead_of": "Instead of", "moved_at": "Since", "actor": "By",
               "reason": "Why"}  # fmt: skip
    return show.table(rows, columns, empty="Every payer goes as conf/routes.toml says.")

"""The commands about claim status: what was asked of payers (276), what they said (277), and a question of one's own."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.questions import AS_JSON

_STATES = ("WAITING", "PLANNED", "ASKED", "ANSWERED", "UNANSWERED", "REFUSED", "DROPPED")
_ASKED = {"inquiry": "Inquiry", "claim": "Claim", "control_number": "CLM01", "payer": "Payer", "charge": "Charge",
          "why": "Why", "state": "State", "submission": "Submission", "sent_at": "Sent", "word": "Payer says",
          "told": "Codes", "told_at": "Told"}  # fmt: skip
_WORK = {"claim": "Claim", "control_number": "CLM01", "payer": "Payer", "charge": "Charge", "word": "Payer says",
         "code": "Codes", "told_at": "Told", "next": "Next step"}  # fmt: skip


@click.group(invoke_without_command=True)
@click.option("--work", is_flag=True, help="Only claims that somebody has work with, by the payer's latest word.")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES, case_sensitive=False), help="Only these.")
@click.option("--payer", default="", help="Only this payer's, by key.")
@AS_JSON
@click.pass_context
def inquiries(context: click.Context, work: bool, states: tuple[str, ...], payer: str, as_json: bool) -> None:
    """Claim status: what was asked of payers (276), newest first, and what they said (277)."""
    if context.invoked_subcommand:
        return None
    if work and states:
        raise click.UsageError("--work is by the payer's word, not by --state: leave out one of them.")
    rows = (
        ask(context, "inquiries work", payer=payer) if work else ask(context, "inquiries", states=states, payer=payer)
    )
    if as_json:
        return show.as_json(rows)
    if work:
        return show.table(rows, _WORK, empty="No payer waits for us.")
    return show.table(rows, _ASKED, empty="No payer was asked for a claim's status.")


@inquiries.command("done")
@click.argument("claim")
@click.option("--reason", required=True, help="What was done; it is kept.")
@click.pass_context
def done(context: click.Context, claim: str, reason: str) -> None:
    """Say that what the payer's status asked for of CLAIM is done."""
    data = ask(context, "inquiries done", claim=claim, reason=reason)
    click.echo(f"{data['claim']}: done. Its payer is asked again by the cadence.")


@click.command()
@click.argument("claim")
@click.option("--reason", default="", help="Why; it is kept.")
@click.option("--dry-run", is_flag=True, help="Show what would be asked, and ask nothing.")
@click.option("--yes", is_flag=True, help="Do not ask whether to.")
@AS_JSON
@click.pass_context
def inquire(context: click.Context, claim: str, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Ask the payer for the status of CLAIM now (276), whatever the cadence says. It goes with the lane's next file."""
    if not (dry_run or reason):
        raise click.UsageError("Say why with --reason, or look first with --dry-run.")
    data = ask(context, "inquire preview", claim=claim)
    if not as_json:
        _tell(data)
    if dry_run:
        return show.as_json(data) if as_json else None
    if not (yes or as_json):
        click.confirm(f"Ask {data['payer']} about {data['claim']}?", abort=True)
    asked = ask(context, "inquire", claim=claim, reason=reason)
    if as_json:
        return show.as_json(asked)
    click.echo(f"Inquiry {asked['inquiry']} waits for the next file to {asked['lane']}.")
    return None


def _tell(data: dict[str, Any]) -> None:
    click.echo(
        f"{data['claim']}, by {data['lane']}: {data['payer']} is asked for {data['names']['patient']}'s claim by"
    )
    for name, value in data["names"].items():
        if value and name != "patient":
            click.echo(f"    {name}  {value}")
    for warning in data["warnings"]:
        click.echo(f"Note: {warning}")


COMMANDS = (inquiries, inquire)

"""What was put on the wire, how far it was seen to come, and which way payers go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.payers import payer
from gateway.cli.questions import AS_JSON, SEEN_COLUMNS

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def submissions(context: click.Context, as_json: bool) -> None:
    """What was put on the wire, newest first."""
    if context.invoked_subcommand:
        return None
    rows = ask(context, "submissions")
    if as_json:
        return show.as_json(rows)
    columns = {"submission": "Submission", "form": "Form", "lane": "Lane", "isa13": "ISA13", "claims": "Claims",
               "state": "State", "seen": "Seen at the partner", "tries": "Tries", "sent_at": "Sent",
               "file": "File"}  # fmt: skip
    return show.table(rows, columns, empty="Nothing was sent yet.")


@submissions.command("show")
@click.argument("submission", type=int)
@AS_JSON
@click.pass_context
def show_submission(context: click.Context, submission: int, as_json: bool) -> None:
    """How far SUBMISSION was seen to come, its claims, and all that happened to it."""
    data = ask(context, "submissions show", submission=submission)
    if as_json:
        return show.as_json(data)
    show.facts(
        data,
        {"submission": "Submission", "lane": "Lane", "state": "State", "isa13": "ISA13", "file": "File", "bytes": "Bytes",
         "tries": "Tries", "filing_due": "Nearest limit", "sent_at": "Sent", "doubted_at": "In doubt since"},
    )  # fmt: skip
    show.table(
        data["seen"], SEEN_COLUMNS, empty="\nNothing was seen of it at the partner.", title="\nSeen at the partner"
    )
    columns = {"claim": "Claim", "control_number": "CLM01", "stands": "Stands"}
    show.table(data["carried"], columns, empty="", title="\nIts claims")
    show.table(
        [{**event, "what": _said(event)} for event in data["events"]],
        {"at": "When", "event": "Event", "actor": "By", "what": ""},
        empty="",
        title="\nWhat happened to it",
    )
    return None


def _said(event: dict[str, Any]) -> str:
    told = {key: value for key, value in event.items() if key not in ("at", "event", "actor", "submission") and value}
    return ", ".join(f"{key} {value}" for key, value in told.items())


@payer.command("move")
@click.argument("payer_key", metavar="PAYER")
@click.option("--to", "partner", default="", help="The partner of another of its routes.")
@click.option("--back", is_flag=True, help="By the route of the settings again.")
@click.option("--until", type=_DAY, help="When the outage is expected to end; else as announced, or in two weeks.")
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
        click.echo(
            f"{done['payer']} goes by {done['partner']}; {done['judged_again']} waiting claims are judged again."
        )


def _tell(data: dict[str, Any]) -> None:
    click.echo(f"{data['payer']}: from {data['from']} to {data['to']}")
    for what, words in (
        ("moves", "can go that way now"),
        ("waits", "must wait"),
        ("stays", "stay with the old partner"),
        ("inside", f"have their filing limit by {data['until']}"),
    ):
        click.echo(f"    {data[what]['claims']} claims, {data[what]['charge']} dollars, {words}")
    if data["agreement_days"]:
        click.echo(
            f"    {data['to']} wants an EDI agreement for this payer, which takes {data['agreement_days']} days."
        )
    columns = {"claim": "Claim", "control_number": "CLM01", "charge": "Charge", "filing_due": "Limit", "inside": "Inside",
               "was": "Was", "becomes": "Would", "code": "Reason", "why": "Why", "next": "Next step"}  # fmt: skip
    show.table(data["claims"], columns, empty="No claim waits for this payer.")


@payer.command("moves")
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


COMMANDS = (submissions,)

"""What was put on the wire, and how far it was seen to come."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.questions import AS_JSON, SEEN_COLUMNS


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


COMMANDS = (submissions,)

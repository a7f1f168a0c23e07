"""Denials on the command line: what is open, most money soonest first, and what people do about it."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.questions import AS_JSON
from gateway.data import OWNERS
from gateway.denials import OUTCOMES

_COLUMNS = {"denial": "Denial", "claim": "Claim", "payer": "Payer", "amount": "Refused $", "days_left": "Days",
            "due_for": "For", "owner": "Owner", "assignee": "Has it", "code": "Code", "cause": "Cause",
            "next": "Next step"}  # fmt: skip
_CLOSED = {"denial": "Denial", "claim": "Claim", "payer": "Payer", "amount": "Refused $", "outcome": "Ended",
           "code": "Code", "cause": "Cause"}  # fmt: skip
_CAUSES = {"payer": "Payer", "cause": "Cause", "owner": "Owner", "denials": "Denials", "claims": "Claims",
           "amount": "Refused $", "due": "First due", "code": "Code", "next": "Next step"}  # fmt: skip
_FACTS = {
    "denial": "Denial", "state": "State", "outcome": "Ended", "claim": "Claim", "control_number": "CLM01",
    "stands": "Claim stands", "payer": "Payer", "code": "Code", "meaning": "Means", "places": "Place",
    "amount": "Refused $",
    "cause": "Root cause", "npi": "About NPI", "owner": "Whose work", "assignee": "Has it", "denied_on": "Denied on",
    "times": "Times denied", "due": "Due", "days_left": "Days left", "due_for": "Due for",
    "appeal": "Open to appeal", "patient": "Who bears it",
    "fix": "Ways", "next": "Next step",
}  # fmt: skip


@click.group(invoke_without_command=True)
@click.option("--owner", default="", type=click.Choice(["", *OWNERS]), show_choices=True, help="Only this desk's work.")
@click.option("--payer", default="", help="Only this payer's, by key.")
@click.option("--cause", default="", help="Only of this root cause, as listed.")
@click.option("--assignee", default="", help="Only what this person has.")
@click.option("--causes", "grouped", is_flag=True, help="By root cause.")
@click.option("--closed", is_flag=True, help="Those that ended, and how.")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="At most this many.")
@AS_JSON
@click.pass_context
def denials(context: click.Context, /, grouped: bool, as_json: bool, **asked: Any) -> None:
    """Denials to work on, a denied line of a paid claim too. First what is worth most: dollars / (days left + 1), with at
    most 180 days, and so many where nothing runs or all has passed."""
    if context.invoked_subcommand is not None:
        return
    limit = asked.pop("limit")
    if grouped and asked.pop("closed"):
        raise click.UsageError("--causes are of open denials: leave out --closed.")
    found = ask(context, "denials causes", **asked) if grouped else ask(context, "denials", **asked, limit=limit + 1)
    show.cut(found, limit)
    columns = _CAUSES if grouped else _CLOSED if asked["closed"] else _COLUMNS
    show.listing(found[:limit], columns, as_json, "Nothing.")


@denials.command("show")
@click.argument("denial", type=int)
@AS_JSON
@click.pass_context
def show_one(context: click.Context, denial: int, as_json: bool) -> None:
    """DENIAL: what the payer said, what to do until when, and what people did."""
    _print(ask(context, "denials show", denial=denial), as_json)


@denials.command()
@click.argument("denial", type=int)
@click.option("--to", required=True, help="Who works on it.")
@AS_JSON
@click.pass_context
def assign(context: click.Context, denial: int, to: str, as_json: bool) -> None:
    """Give DENIAL to somebody."""
    _print(ask(context, "denials assign", denial=denial, to=to), as_json)


@denials.command()
@click.argument("denial", type=int)
@click.argument("text")
@AS_JSON
@click.pass_context
def note(context: click.Context, denial: int, text: str, as_json: bool) -> None:
    """Write down what was done about DENIAL. TEXT stays in the database."""
    _print(ask(context, "denials note", denial=denial, text=text), as_json)


@denials.command()
@click.argument("denial", type=int)
@click.option("--outcome", required=True, type=click.Choice(list(OUTCOMES)), help="How it ended.")
@click.option("--reason", required=True, help="Why; it is kept with your name.")
@AS_JSON
@click.pass_context
def close(context: click.Context, denial: int, outcome: str, reason: str, as_json: bool) -> None:
    """End DENIAL. It opens again when the payer denies it again; what the payer pays or takes back closes by itself."""
    _print(ask(context, "denials close", denial=denial, outcome=outcome, reason=reason), as_json)


def _print(data: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show.as_json(data)
        return
    lists = {name: ", ".join(data[name]) for name in ("places", "fix")}
    show.facts({**data, **lists}, _FACTS)
    dues = {"for": "For", "due": "Last day", "declared": "The payer says so"}
    words = {"said_at": "When", "actor": "Who", "kind": "Did", "outcome": "Ended", "said": "Words"}
    questions = {"proposal": "Proposal", "npi": "NPI", "state": "State", "missed": "Passed by the gate without a word"}
    for name, columns, title in (
        ("dues", dues, "What runs"),
        ("said", words, "What people did"),
        ("questions", questions, "Payer against our records"),
        ("others", _COLUMNS, "Other denials of the claim"),
    ):
        if data[name]:
            show.table(data[name], columns, empty="", title=f"\n{title}")
    click.echo("\nWhat to type:")
    for command in data["commands"]:
        click.echo(f"  {command}")


COMMANDS = (denials,)

"""Correct a claim: advice, or the order to send a replacement or void of it."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask, served
from gateway.cli.questions import AS_JSON, show_family

_FACTS = {
    "claim": "Claim", "control_number": "CLM01", "payer_name": "Payer", "stands": "Stands", "code": "Reason",
    "place": "Place", "payer_number": "Payer's number", "paid": "Paid", "filing_due": "Filing limit",
    "corrected_due": "Replacement until",
}  # fmt: skip


@click.command()
@click.argument("claim")
@click.option("--replace", is_flag=True, help="Send it again as it is, as a replacement (frequency 7).")
@click.option("--void", is_flag=True, help="Take it back at the payer (frequency 8).")
@click.option("--reason", default="", help="Why; it is kept with the claim.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and order nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@AS_JSON
@click.pass_context
def resubmit(
    context: click.Context, claim: str, replace: bool, void: bool, reason: str, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """What may be done to correct CLAIM; with --replace or --void do it, from our own sealed copy of the claim.

    A claim that was rejected before the payer filed it is corrected in the billing software and sent as a new original. A
    replacement or void changes nothing but the frequency and REF*F8, and takes the same road as a file that is dropped.
    """
    if replace and void:
        raise click.UsageError("Say --replace or --void, not both.")
    way = "replace" if replace else "void"
    if not (replace or void):
        data = ask(context, "resubmit advice", claim=claim)
        return show.as_json(data) if as_json else _advise(data)
    if not (dry_run or reason):
        raise click.UsageError("Say why with --reason, or look first with --dry-run.")
    data = ask(context, "resubmit preview", claim=claim, way=way)
    if not as_json:
        _preview(data)
    if dry_run:
        return show.as_json(data) if as_json else None
    if not (yes or as_json):
        click.confirm(f"Send this {_NAMES[way]}?", abort=True)
    done = ask(context, "resubmit", claim=data["claim"], way=way, reason=reason)
    if as_json:
        return show.as_json({**data, "done": done})
    when = "now" if served(context) else "when `gateway run` is next at work"
    click.echo(f"Ordered: a {_NAMES[way]} of {done['claim']}, batch {done['batch']}. It is taken in {when}.")
    return None


_NAMES = {"replace": "replacement", "void": "void"}


def _advise(data: dict[str, Any]) -> None:
    show.facts(data, _FACTS)
    ways = data["ways"]
    same = ways[0]["code"] == ways[1]["code"] and not ways[0]["may"]
    for each in ways[:1] if same else ways:
        head = "" if same else f"{_NAMES[each['way']].capitalize()}: "
        click.echo(f"\n{head}{each['says']}\nNext: {each['next']}")
    columns = {"by": "By", "code": "Code", "place": "Place", "says": "Finding", "next": "Next step"}
    if data["reasons"]:
        show.table(data["reasons"], columns, empty="", title="\nWhy it was refused")
    denied = {
        "denial": "Denial",
        "code": "Code",
        "amount": "Refused $",
        "due_for": "For",
        "due": "Until",
        "next": "Next step",
    }
    if data["denials"]:
        show.table(data["denials"], denied, empty="", title="\nWhat was denied")
    if data["family"]:
        show_family(data["family"])


def _preview(data: dict[str, Any]) -> None:
    show.facts(data, _FACTS)
    columns = {"place": "Place", "was": "Was", "becomes": "Becomes"}
    show.table(data["changes"], columns, empty="", title=f"\nThe {_NAMES[data['way']]} changes")
    for warning in data["warnings"]:
        click.echo(f"Warning: {warning}")
    click.echo(f"By the gate it would be: {data['would']}")
    findings = {"outcome": "", "code": "Check", "place": "Place", "message": "Finding", "next": "Next step"}
    if data["findings"]:
        show.table(data["findings"], findings, empty="")


COMMANDS = (resubmit,)

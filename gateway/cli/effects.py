"""Print what a change of the records would do, or has done, to the claims that wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import served
from gateway.desk.words import reasons
from gateway.partnership.phrases import counted

_COLUMNS = {
    "claim": "Claim",
    "control_number": "CLM01",
    "payer": "Payer",
    "before": "Now",
    "before_holds": "Because",
    "after": "Then",
    "after_holds": "Because",
    "charge": "Charge",
    "filing_due": "File by",
}
_MOST = 50
_VERBS = {"released": "would go", "held": "would be held", "rejected": "would be rejected"}


def show_effects(claims: Mapping[str, Any] | None) -> None:
    """The claims that would move, nearest filing limit first, and all of them in one line."""
    if not claims or not claims["concerned"]:
        click.echo("\nNo waiting claim is concerned.")
        return
    if claims["moved"]:
        rows = [_row(one) for one in claims["moved"][:_MOST]]
        show.table(rows, _COLUMNS, empty="", title="\nClaims it moves")
    left = len(claims["moved"]) - _MOST
    if left > 0:
        click.echo(f"... and {left} more; --json shows all.")
    told = [f"{claims[kind]['claims']} {verb} (${claims[kind]['charge']})" for kind, verb in _VERBS.items()
            if claims[kind]["claims"]]  # fmt: skip
    unseen = claims["concerned"] - claims["looked_at"]
    rest = f" {unseen} more are concerned and were not looked at." if unseen else ""
    click.echo(f"{_waiting(claims['concerned'])} concerned: {', '.join(told) or 'none of them moves'}.{rest}")


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, **{f"{when}_holds": reasons(one, when) for when in ("before", "after")}}


def judged_again(context: click.Context, claims: int) -> str:
    """What becomes of the waiting claims that a change concerns: the running service judges them at once; where none
    runs they wait for one."""
    if not claims:
        return "no waiting claim is concerned."
    if served(context):
        return f"{_waiting(claims)} judged again now."
    return f"{_waiting(claims)} to be judged again: `gateway run` does it, for the service is not running."


def _waiting(claims: int) -> str:
    return f"{counted(claims, 'waiting claim')} {'is' if claims == 1 else 'are'}"

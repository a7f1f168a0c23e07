"""Commands that decide something, each in the name of whoever types it and with a reason that is kept."""

from __future__ import annotations

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.questions import AS_JSON, CLAIM_COLUMNS, LANE_COLUMNS, lanes_told

REASON = click.option("--reason", required=True, help="Why; it is kept with the claim.")


def _claim_order(name: str, text: str) -> click.Command:
    @click.command(name, help=text)
    @click.argument("claim")
    @REASON
    @AS_JSON
    @click.pass_context
    def order(context: click.Context, claim: str, reason: str, as_json: bool) -> None:
        after = ask(context, name, claim=claim, reason=reason)
        if as_json:
            show.as_json(after)
        else:
            show.table([after], CLAIM_COLUMNS, empty="")

    return order


hold = _claim_order("hold", "Hold CLAIM until somebody releases it.")
release = _claim_order("release", "Let the held CLAIM go past the findings that hold it.")
withdraw = _claim_order("withdraw", "Take CLAIM back before it is sent; the practice sends a new one or none.")


@click.command()
@click.argument("lane")
@REASON
@AS_JSON
@click.pass_context
def resume(context: click.Context, lane: str, reason: str, as_json: bool) -> None:
    """Use a suspended LANE again, once what stopped it is mended; or let one that asks send what it asks about."""
    lanes = ask(context, "resume", lane=lane, reason=reason)
    show.listing(lanes if as_json else lanes_told(lanes), LANE_COLUMNS, as_json, "No lanes.")


_SETTLED = {
    "submission": "Submission",
    "state": "State",
    "observed": "Observed",
    "received_twice": "Received twice",
    "next": "Next step",
}


@click.command()
@click.argument("submission", type=int)
@click.option("--arrived/--not-arrived", required=True, help="What the partner says of the file.")
@REASON
@AS_JSON
@click.pass_context
def settle(context: click.Context, submission: int, arrived: bool, reason: str, as_json: bool) -> None:
    """Say, on the partner's word, whether a SUBMISSION arrived that is in doubt, or of which a TA1 (025) says only that its
    number was seen before. If it did not, its claims are held: release each to send it again."""
    data = ask(context, "settle", submission=submission, arrived=arrived, reason=reason)
    if as_json:
        show.as_json(data)
    else:
        told = {**data, "received_twice": ", ".join(data["received_twice"])}
        show.facts(told, _SETTLED)


resend = _claim_order("resend", "Send the returned CLAIM again as it is, in a new attempt.")

COMMANDS = (hold, release, withdraw, resend, resume, settle)

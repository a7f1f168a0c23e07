"""Correction proposals on the command line: where a payer's answers contradict our records of a provider."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.days import DAY
from gateway.cli.effects import judged_again
from gateway.cli.questions import AS_JSON
from gateway.model.enrollment import EnrollmentState
from gateway.partnership.phrases import counted

_REASON = click.option("--reason", required=True, help="What the payer told you, and who; it is kept with your name.")
_COLUMNS = {
    "proposal": "Proposal", "state": "State", "payer_name": "Payer", "phone": "Phone", "npi": "NPI", "role": "Role",
    "says": "What it says", "first_day": "From", "last_day": "To", "claims": "Claims", "lines": "Lines",
    "refused": "Refused $", "frozen": "Frozen", "at_risk": "At risk",
}  # fmt: skip
_CLAIMS = {"claim": "Claim", "control_number": "CLM01", "first_day": "Service", "charge": "Charge", "stands": "Stands",
           "code": "Reason", "filing_due": "Filing limit"}  # fmt: skip
_REPROCESS = {"claim": "Claim", "control_number": "CLM01", "payer": "Payer", "npi": "NPI", "first_day": "Service",
              "charge": "Charge", "stands": "Stands", "refused_by": "Refused by", "covered": "Covered now",
              "filing_due": "Filing limit", "next": "Next step"}  # fmt: skip


@click.group(invoke_without_command=True)
@click.option("--all", "decided", is_flag=True, help="Also those that were accepted or dismissed.")
@AS_JSON
@click.pass_context
def proposals(context: click.Context, decided: bool, as_json: bool) -> None:
    """Where a payer's answers contradict our records: one proposal for each root cause. While it is open, claims of that
    provider at that payer that were not sent yet wait."""
    if context.invoked_subcommand is None:
        show.listing(ask(context, "proposals", decided=decided), _COLUMNS, as_json, "No payer contradicts the records.")


@proposals.command("show")
@click.argument("proposal", type=int)
@AS_JSON
@click.pass_context
def show_one(context: click.Context, proposal: int, as_json: bool) -> None:
    """PROPOSAL with every answer, our records beside it, and the claims that hang on it."""
    data = ask(context, "proposals show", proposal=proposal)
    if as_json:
        show.as_json(data)
        return
    said = "" if data["role_said"] else " (not said by the payer: whoever rendered the service)"
    show.facts({**data, "role": data["role"] + said}, _FACTS)
    _tables(data)
    click.echo("\nWhat to type:")
    for command in data["commands"]:
        click.echo(f"  {command}")


_FACTS = {
    "proposal": "Proposal", "state": "State", "payer_name": "Payer", "phone": "Ask at", "npi": "NPI", "role": "Role",
    "says": "What it says", "first_day": "First day refused", "last_day": "Last day refused", "claims": "Claims",
    "refused": "Refused $", "missed": "Passed by the gate without a word", "reason": "Reason",
    "decided_by": "Decided by", "decided_at": "Decided",
}  # fmt: skip


def _tables(data: dict[str, Any]) -> None:
    words = {"form": "Form", "answer": "Answer", "document": "Document", "claim": "Claim", "code": "Code",
             "place": "Place", "first_day": "Service", "amount": "Refused $", "stands": "Stands"}  # fmt: skip
    records = {"record": "Record", "kind": "Kind", "state": "State", "effective_from": "From", "effective_to": "To",
               "tax_id": "TIN", "source": "Source", "observed_on": "Seen on"}  # fmt: skip
    show.table(data["answers_said"], words, empty="", title="\nWhat the payer answered")
    show.table(data["records"], records, empty="\nOur records say nothing of it.", title="\nWhat our records say")
    for name, title in (
        ("frozen", "Claims that wait for your decision"),
        ("at_risk", "Claims at the payer, not decided on yet: expect the same"),
        ("paid", "Claims for these days that the payer paid all the same"),
    ):
        if data[name]:
            show.table(data[name], _CLAIMS, empty="", title=f"\n{title}")
    if data["reprocess"]:
        show.table(data["reprocess"], _REPROCESS, empty="", title="\nClaims to have reprocessed once it is mended")


@proposals.command()
@click.argument("proposal", type=int)
@_REASON
@AS_JSON
@click.option("--ended", type=DAY, help="The last day on which the provider was enrolled.")
@click.option("--state", type=click.Choice([state.value for state in EnrollmentState]), help="What the payer has.")
@click.option("--effective", type=DAY, help="The day on which that state began.")
@click.pass_context
def accept(
    context: click.Context, /, proposal: int, reason: str, state: str | None, as_json: bool, **days: Any
) -> None:
    """The payer is right. With --ended or --state the records follow; without them PROPOSAL is only closed."""
    told = {name: day.date().isoformat() for name, day in days.items() if day}
    done = ask(context, "proposals accept", proposal=proposal, reason=reason, state=state or "", **told)
    again = judged_again(context, done["claims"])
    records = f"{counted(done['added'], 'record')} added, {done['superseded']} superseded"
    _done(done, as_json, f"Accepted. {records}; {again}")


@proposals.command()
@click.argument("proposal", type=int)
@_REASON
@AS_JSON
@click.pass_context
def dismiss(context: click.Context, proposal: int, reason: str, as_json: bool) -> None:
    """Our records are right: claims that waited for PROPOSAL go on, and the same answers do not open it again."""
    done = ask(context, "proposals dismiss", proposal=proposal, reason=reason)
    _done(done, as_json, f"Dismissed; {judged_again(context, done['claims'])}")


def _done(done: dict[str, Any], as_json: bool, words: str) -> None:
    if as_json:
        show.as_json(done)
    else:
        click.echo(words)


@proposals.command()
@click.option("--payer", default="", help="Only this payer's, by key.")
@click.option("--npi", default="", help="Only this provider's.")
@click.option("--all", "everything", is_flag=True, help="Also claims that the records do not cover yet.")
@AS_JSON
@click.pass_context
def reprocess(context: click.Context, payer: str, npi: str, everything: bool, as_json: bool) -> None:
    """Claims that stand refused for a cause of enrollment and that our records cover now."""
    rows = ask(context, "proposals reprocess", payer=payer, npi=npi, everything=everything)
    show.listing(rows, _REPROCESS, as_json, "No refused claim is covered by the records; --all shows the others.")


@proposals.command()
@click.option("--since", type=DAY, help="Only answers read on this day or later.")
@AS_JSON
@click.pass_context
def misses(context: click.Context, since: Any, as_json: bool) -> None:
    """How often a payer refused for a cause of enrollment what the gate had let pass without a word."""
    columns = {"payer": "Payer", "npi": "NPI", "refused": "Refused", "refused_dollars": "Refused $",
               "missed": "Missed", "missed_dollars": "Missed $", "percent": "Missed %"}  # fmt: skip
    rows = ask(context, "proposals misses", since=since.date().isoformat() if since else "")
    show.listing(rows, columns, as_json, "Nothing was refused for a cause of enrollment.")


COMMANDS = (proposals,)

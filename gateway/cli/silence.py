"""The command that lists the answers that do not come."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.questions import AS_JSON
from gateway.silence import QUIET

COLUMNS = {"answer": "Answer", "lane": "Lane", "payer": "Payer", "submission": "Submission", "isa13": "ISA13",
           "claims": "Claims", "due_at": "Due", "days": "Days late", "what": "What", "command": "Type",
           "next": "Next step"}  # fmt: skip


@click.command()
@click.option("--payer", default="", help="Only what this payer's claims wait for, by key.")
@click.option("--lane", default="", help="Only this lane's, as partner/stage.")
@AS_JSON
@click.pass_context
def overdue(context: click.Context, payer: str, lane: str, as_json: bool) -> None:
    """Answers that do not come, the longest due first: what each partner promised, what explains it, what to do."""
    rows = ask(context, "overdue", payer=payer, lane=lane)
    if as_json:
        return show.as_json(rows)
    return show.table([{**row, "what": said(row)} for row in rows], COLUMNS, empty="No answer is overdue.")


def said(row: dict[str, Any]) -> str:
    """In words, whether it is late, never came at all, or is explained."""
    if row["excuse"]:
        return f"explained ({row['excuse']})"
    if row["code"] == QUIET:
        return "remittances stopped"
    return "never seen" if row["code"] == "NEVER_SEEN" else f"late ({row['step']})"


COMMANDS = (overdue,)

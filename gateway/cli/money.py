"""Remittances and the bank on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.questions import AS_JSON
from gateway.errors import Malformed
from gateway.partnership.phrases import counted
from gateway.sheets.statement import USUAL, Statement

_REASON = click.option("--reason", required=True, help="Why; it is kept with your name.")
_REMITS = {"remittance": "Remittance", "payer_name": "Payer", "amount": "Paid", "method": "By", "paid_on": "On",
           "trace": "Trace", "balanced": "Balanced", "matched": "Claims", "unmatched": "Not ours", "deposit": "Deposit",
           "repeats": "Repeats", "read_at": "Read"}  # fmt: skip
_CLAIMS = {"claim": "Claim", "control_number": "CLP01", "status": "CLP02", "charge": "Charge", "paid": "Paid",
           "patient": "Patient", "outcome": "Outcome", "code": "Denied by", "stands": "Stands"}  # fmt: skip
_OTHERWISE = {"control_number": "CLP01", "payer_number": "Payer's number", "status": "CLP02", "posted": "Posted there",
              "stated": "Stated here"}  # fmt: skip
_CHOSEN = {"remittance": "Holds", "by": "Said", "at": "At", "reason": "Why"}
_PROVIDER = {"reason": "PLB", "meaning": "What it is", "amount": "Amount (+ lowers)", "reference": "Reference",
             "claim": "Claim", "control_number": "CLM01", "remittance": "Remittance"}  # fmt: skip
_DIFFERENCES = {"level": "Level", "place": "Place", "equation": "Should hold", "difference": "Stated more by"}
_ALONE = {"deposit": "Deposit", "day": "Day", "amount": "Amount", "description": "Description", "age": "Business days",
          "next": "Next step"}  # fmt: skip
_AWAITED = {"remittance": "Remittance", "payer_name": "Payer", "amount": "Amount", "method": "By", "paid_on": "Paid on",
            "trace": "Trace", "age": "Business days", "next": "Next step"}  # fmt: skip
_QUIET = {
    "payer": "Payer",
    "last": "Last remittance",
    "usual": "Usual days",
    "since": "Days since",
    "waiting": "Claims wait",
    "next": "Next step",
}
_LINKS = {"deposit": "Deposit", "remittance": "Remittance", "day": "Day", "deposited": "Deposited", "amount": "Paid",
          "payer_name": "Payer", "trace": "Trace", "how": "By", "by": "Who", "reason": "Reason"}  # fmt: skip


@click.group(invoke_without_command=True)
@click.option("--payer", default="", help="Only this payer's, by key.")
@click.option(
    "--unbalanced", is_flag=True, help="Only those not posted: they do not add up, or state a posted payment otherwise."
)
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="At most this many.")
@AS_JSON
@click.pass_context
def remits(context: click.Context, payer: str, unbalanced: bool, limit: int, as_json: bool) -> None:
    """Remittances (835), newest first."""
    if context.invoked_subcommand is None:
        found = ask(context, "remits", payer=payer, unbalanced=unbalanced, limit=limit + 1)
        show.cut(found, limit)
        _print(found[:limit], _REMITS, as_json, "No remittance came yet.")


@remits.command("show")
@click.argument("remittance", type=int)
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="At most so many of its claims.")
@AS_JSON
@click.pass_context
def show_remit(context: click.Context, remittance: int, limit: int, as_json: bool) -> None:
    """REMITTANCE: does it add up at line, claim and transaction, what it paid, and what it took back and from what."""
    data = ask(context, "remits show", remittance=remittance, limit=limit)
    if as_json:
        return show.as_json(data)
    sums = data["sums"]
    balance = f"{sums.get('paid', '?')} for claims less {sums.get('provider_level', '?')} at the provider's level"
    verdict = f"{balance}, {data['amount']} stated: " + _verdict(data)
    show.facts(
        {**data, "balance": verdict},
        {"remittance": "Remittance", "payer_name": "Payer", "amount": "Paid (BPR02)", "method": "By", "paid_on": "On",
         "trace": "Trace", "payee_npi": "Payee NPI", "payee_tax_id": "Payee tax id", "repeats": "Repeats",
         "deposit": "Deposit", "document": "Document", "balance": "Balance"},
    )  # fmt: skip
    if data["differences"]:
        show.table(data["differences"], _DIFFERENCES, empty="", title="\nWhat does not add up")
    if data["chosen"]:
        show.table(
            data["chosen"], _CHOSEN, empty="", title="\nWhich statement of this payment holds, the last word last"
        )
    if data["warnings"]:
        show.table(data["warnings"], _DIFFERENCES, empty="", title="\nOdd, but no reason to refuse it")
    if data["otherwise"]:
        show.table(data["otherwise"], _OTHERWISE, empty="", title=f"\nOtherwise than remittance {data['repeats']}")
    show.table(data["claims"], _CLAIMS, empty="No claim of it was posted.", title="\nClaims")
    if len(data["claims"]) < data["matched"] + data["unmatched"] and data["balanced"] and not data["repeats"]:
        click.echo(
            f"Only the first {len(data['claims'])} of {data['sums']['claims']} are listed; --limit shows more.",
            err=True,
        )
    for claim in data["claims"]:
        for said in filter(None, (claim["passed_on"], claim["not_ours"])):
            click.echo(f"{claim['claim'] or claim['control_number']}: {said}")
    if data["provider_level"]:
        show.table(data["provider_level"], _PROVIDER, empty="", title="\nAt the provider's level")
    return None


def _verdict(data: dict[str, Any]) -> str:
    if not data["balanced"]:
        return "does not add up, nothing was posted"
    if data["undecided"]:
        return (
            f"balances, but is the payment of remittance {data['repeats']}, posted otherwise: nothing was posted."
            f" `gateway document {data['document']} --out FILE` has what it says; once the payer said which holds,"
            f' `gateway remits use {data["remittance"]} --reason "..."`, or the same with {data["repeats"]}.'
        )
    return f"balances{_chosen(data)}"


def _chosen(data: dict[str, Any]) -> str:
    """What a person's choice made of it."""
    if data["takes_back"]:
        return f"; takes {data['takes_back']} back"
    said = f"; taken back by {data['taken_back_by']}" if data["taken_back_by"] else ""
    return said + (f"; posts what remittance {data['states']} says" if data["states"] else "")


@remits.command("use")
@click.argument("remittance", type=int)
@_REASON
@AS_JSON
@click.pass_context
def use_remit(context: click.Context, remittance: int, reason: str, as_json: bool) -> None:
    """Say that of all statements of one payment REMITTANCE holds: it is posted, and what contradicts it is taken back by
    the exact opposite of each line. Choosing another undoes it."""
    done = ask(context, "remits use", remittance=remittance, reason=reason)
    if as_json:
        return show.as_json(done)
    chosen, ended = done["remittance"], " and ".join(map(str, done["taken_back"]))
    made = ", ".join(map(str, done["postings"]))
    said = f"New postings: {made}{f'; they take {ended} back' if ended else ''}." if made else "It was posted already."
    click.echo(f"Remittance {chosen} holds. {said}")
    return None


@click.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def bank(context: click.Context, as_json: bool) -> None:
    """Money without remittance, remittances without money, and payers that send no remittance any more."""
    if context.invoked_subcommand is not None:
        return None
    data = ask(context, "bank")
    if as_json:
        return show.as_json(data)
    none = "Every deposit has its remittance." if data["imported"] else (
        "No deposit is known here: `gateway bank import FILE.csv` takes in a statement."
    )  # fmt: skip
    show.table(data["without_remittance"], _ALONE, empty=none, title="Money without remittance")
    show.table(
        data["without_money"], _AWAITED, empty="Every remittance has its money.", title="\nRemittances without money"
    )
    if data["quiet"]:
        show.table(data["quiet"], _QUIET, empty="", title="\nPayers that went quiet")
    return None


@bank.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--columns", default="", metavar="FIELD=HEADING,...",
              help="Headings of date, amount and description, where [bank] in gateway.toml does not name them;"
              " several of a description are joined by +.")  # fmt: skip
@AS_JSON
@click.pass_context
def import_statement(context: click.Context, file: Path, columns: str, as_json: bool) -> None:
    """Take in the deposits of FILE, a bank's statement as CSV. What was imported before is known again."""
    statement = Statement({**ask(context, "bank columns"), **_columns(columns)})
    with file.open(encoding=_encoding(file), errors="replace", newline="") as lines:
        rows = [(day.isoformat(), format(amount, "f"), text) for day, amount, text in statement.rows(lines)]
    if statement.problems:
        for problem in statement.problems:
            click.echo(problem, err=True)
        raise Malformed(
            f"{len(statement.problems)} cells of the statement cannot be read; nothing was imported",
            code="BANK_ROWS",
            next_step="Correct what is named above, or export the statement anew.",
        )
    done = {**ask(context, "bank import", rows=rows), "passed": statement.passed}
    if as_json:
        return show.as_json(done)
    click.echo(
        f"Deposits: {done['new']} new, {done['known']} known before; rows that are no money in: {done['passed']}."
        f" {counted(done['linked'], 'remittance')} found {'its' if done['linked'] == 1 else 'their'} money."
    )
    return None


_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _encoding(file: Path) -> str:
    """Spreadsheets save what they call Unicode text in UTF-16, with its mark."""
    with file.open("rb") as content:
        return "utf-16" if content.read(2) in _UTF16 else "utf-8"


def _columns(text: str) -> dict[str, list[str]]:
    found = dict(each.partition("=")[::2] for each in text.split(",") if each)
    if unknown := sorted(found.keys() - USUAL.keys()) or [name for name, heading in found.items() if not heading]:
        raise click.UsageError(f"--columns has date, amount and description, each with a heading: {', '.join(unknown)}")
    return {name: heading.split("+") for name, heading in found.items()}


@bank.command("links")
@AS_JSON
@click.pass_context
def show_links(context: click.Context, as_json: bool) -> None:
    """Which deposit is which remittance's money, and how that is known."""
    _print(ask(context, "bank links"), _LINKS, as_json, "Nothing was joined yet.")


@bank.command("join")
@AS_JSON
@click.pass_context
def join(context: click.Context, as_json: bool) -> None:
    """Join deposits with remittances that came since the last import."""
    done = ask(context, "bank join")
    if as_json:
        return show.as_json(done)
    click.echo(f"{counted(done['linked'], 'remittance')} found the money.")
    return None


@bank.command("link")
@click.argument("deposit", type=int)
@click.argument("remittance", type=int)
@_REASON
@AS_JSON
@click.pass_context
def link(context: click.Context, deposit: int, remittance: int, reason: str, as_json: bool) -> None:
    """Say that DEPOSIT is the money of REMITTANCE; a deposit of several checks takes several."""
    done = ask(context, "bank link", deposit=deposit, remittance=remittance, reason=reason)
    if as_json:
        return show.as_json(done)
    click.echo(f"Deposit {deposit} is remittance {remittance}'s money; {done['left']} of it is not explained.")
    return None


@bank.command("unlink")
@click.argument("remittance", type=int)
@_REASON
@AS_JSON
@click.pass_context
def unlink(context: click.Context, remittance: int, reason: str, as_json: bool) -> None:
    """Say that REMITTANCE is not what its deposit paid; they are not joined again by themselves."""
    done = ask(context, "bank unlink", remittance=remittance, reason=reason)
    if as_json:
        return show.as_json(done)
    click.echo(f"Remittance {remittance} and deposit {done['deposit']} stand alone again.")
    return None


def _print(rows: list[dict[str, Any]], columns: dict[str, str], as_json: bool, empty: str) -> None:
    if as_json:
        show.as_json(rows)
    else:
        show.table(rows, columns, empty=empty)


COMMANDS = (remits, bank)

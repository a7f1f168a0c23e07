"""Commands that ask and change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from gateway.cli import show, statuses
from gateway.cli.asking import ask
from gateway.cli.claim_money import show_money
from gateway.desk.words import STANDS

CHECKS_PASSED = "CHECKS_PASSED"
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
CLAIM_COLUMNS = {
    "claim": "Claim",
    "control_number": "CLM01",
    "payer": "Payer",
    "first_day": "Service",
    "charge": "Charge",
    "stands": "Stands",
    "version": "Version",
    "code": "Reason",
    "place": "Place",
    "next": "Next step",
}


@click.command()
@AS_JSON
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """The state of the site in one look."""
    data = ask(context, "status")
    if as_json:
        return show.as_json(data)
    claims = ", ".join(f"{count} {stand}" for stand, count in data["claims"].items()) or "none yet"
    show.facts(
        {
            **data,
            "moved": "; ".join(data["moved"]),
            "claims": claims,
            "reading": _reading(data["reading"]),
            "warnings": "; ".join(data["warnings"]),
        },
        {
            "site": "Site",
            "claims": "Claims",
            "reading": "Being read",
            "to_judge": "Waiting to be judged",
            "submissions_open": "Submissions not at their partner",
            "in_doubt": "In doubt",
            "proposals": "Payers against our records",
            "overdue": "Answers that do not come",
            "moved": "Payers that go another way",
            "warnings": "Warnings",
        },
    )
    show.table(
        lanes_told(data["lanes"]),
        LANE_COLUMNS,
        empty="No lanes: add accounts in conf/partners/ and routes.",
        title="\nLanes",
    )
    if data["mailboxes"]:
        show.table([_mailbox(one) for one in data["mailboxes"]], MAILBOX_COLUMNS, empty="", title="\nMailboxes")
    for one in data["mailboxes"]:
        for trouble in one["troubles"]:
            show.console().print(
                f"{one['lane']} {trouble['place']}: {trouble['code']}. {trouble['next']}", markup=False
            )
    return None


def lanes_told(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lanes as people read them: how many claims wait there and for what, where something stands in their way."""
    from gateway.partnership.phrases import counted  # nothing else here counts

    return [
        {**row, "waits": f"{counted(row['waiting'], 'claim')}: {row['waits_for']}" if row["waits_for"] else ""}
        for row in rows
    ]


def _mailbox(found: dict[str, Any]) -> dict[str, Any]:
    gaps = ", ".join(
        f"{gap['level']} {gap['first']}" + (f" to {gap['last']}" if gap["last"] > gap["first"] else "")
        for gap in found["missing_numbers"]
    )
    empty = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in ", ".join(found["empty"]))
    return {**found, "empty": empty, "never_seen": ", ".join(found["never_seen"]), "missing_numbers": gaps}


def _reading(found: dict[str, Any] | None) -> str:
    if not found:
        return ""
    from gateway.partnership.phrases import counted  # words of a file that is being read, and of nothing else here

    return f"batch {found['batch']}: {found['percent']} %, {counted(found['claims'], 'claim')}"


SEEN_COLUMNS = {"seen": "Seen", "at": "When", "evidence": "By", "says": ""}
MAILBOX_COLUMNS = {
    "lane": "Lane",
    "listed_at": "Listed",
    "new_at": "Last new file",
    "files": "Files",
    "waiting": "Not fetched yet",
    "empty": "Without a byte",
    "unreadable": "Unreadable",
    "mail": "Mail",
    "never_seen": "Never seen",
    "missing_numbers": "Numbers that never came",
}
LANE_COLUMNS = {
    "lane": "Lane",
    "state": "State",
    "code": "Reason",
    "waits": "Claims waiting",
    "failures": "Failures",
    "outage_since": "Out since",
    "polled_at": "Last fetched",
    "next": "Next step",
}


@click.command()
@AS_JSON
@click.pass_context
def batches(context: click.Context, as_json: bool) -> None:
    """Files that were dropped into the spool, newest first."""
    columns = {
        "batch": "Batch",
        "file": "File",
        "state": "State",
        "claims": "Claims",
        "standings": "Which stand",
        "received_at": "Received",
        "message": "Why refused",
        "next": "Next step",
    }
    show.listing(ask(context, "batches"), columns, as_json, "No file was dropped yet: put one into spool/incoming.")


@click.command()
@click.option("--stands", multiple=True, type=click.Choice(STANDS, case_sensitive=False), help="Only these.")
@click.option("--payer", default="", help="Only this payer's, by key.")
@click.option("--batch", type=int, help="Only this batch's.")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="At most this many.")
@AS_JSON
@click.pass_context
def claims(
    context: click.Context, stands: tuple[str, ...], payer: str, batch: int | None, limit: int, as_json: bool
) -> None:
    """Claims: where each stands, why, and what to do next."""
    found = ask(context, "claims", stands=stands, payer=payer, batch=batch, limit=limit + 1)
    show.cut(found, limit)
    show.listing(found[:limit], CLAIM_COLUMNS, as_json, "No claims.")


_CAUSES = {
    "payer": "Payer",
    "npi": "NPI",
    "name": "Name",
    "code": "Reason",
    "claims": "Claims",
    "charge": "Charge",
    "alone": "For it alone",
    "first_day": "Service from",
    "last_day": "To",
    "days_left": "Days left",
    "command": "Next",
}


@click.command()
@click.option("--causes", "grouped", is_flag=True, help="By what can be mended: payer, provider and reason.")
@AS_JSON
@click.pass_context
def held(context: click.Context, grouped: bool, as_json: bool) -> None:
    """Held claims, the nearest filing limit first; with --causes what holds them, most money soonest first."""
    if grouped:
        return show.listing(ask(context, "held causes"), _CAUSES, as_json, "No claim is held.")
    columns = {**CLAIM_COLUMNS, "npi": "NPI", "days_left": "Days left"}
    del columns["stands"]
    order = ("claim", "control_number", "payer", "first_day", "charge", "code", "place", "npi", "days_left", "next")
    return show.listing(ask(context, "held"), {key: columns[key] for key in order}, as_json, "No claim is held.")


_ACKNOWLEDGED = {
    "read_at": "Read",
    "form": "In",
    "by": "By",
    "dated": "Of",
    "says": "Says",
    "code": "Code",
    "place": "Place",
    "means": "In words",
}


_DENIALS = {"denial": "Denial", "state": "State", "outcome": "Ended", "amount": "Refused $", "code": "Code",
            "days_left": "Days", "due_for": "For", "owner": "Owner", "assignee": "Has it"}  # fmt: skip


@click.command()
@click.argument("claim")
@AS_JSON
@click.pass_context
def why(context: click.Context, claim: str, as_json: bool) -> None:
    """Where CLAIM stands, why, on what evidence, and what to do next. CLAIM is our id (C17) or a CLM01."""
    data = ask(context, "why", claim=claim)
    if as_json:
        return show.as_json(data)
    show.facts(
        data,
        {
            "claim": "Claim",
            "control_number": "CLM01",
            "payer_name": "Payer",
            "stands": "Stands",
            "code": "Reason",
            "place": "Place",
            "next": "Next step",
            "waits_for": "Waits for",
            "correct": "To correct it",
            "original": "Same as",
            "filing_due": "Filing limit",
            "way": "Goes",
            "payer_id": "Payer id",
            "decided_at": "Decided",
            "submission": "Submission",
            "isa13": "ISA13",
            "trace": "REF*D9",
            "payer_number": "Payer's number",
            "sent_at": "Sent",
        },
    )
    if data["family"]:
        show_family(data["family"])
    if data["seen"]:
        show.table(data["seen"], SEEN_COLUMNS, empty="", title="\nWhat was seen of it at the partner")
    if data["acknowledged"]:
        show.table(data["acknowledged"], _ACKNOWLEDGED, empty="", title="\nWhat was said of it")
    statuses.of_claim(data["status"])
    if data["silence"]:
        never_came = {"answer": "Answer", "due_at": "Due", "code": "Why", "excuse": "Explained by", "next": "Next step"}
        show.table(data["silence"], never_came, empty="", title="\nAnswers that do not come")
    show_money(data)
    if data["denials"]:
        show.table(data["denials"], _DENIALS, empty="", title="\nDenials of it (`gateway denials show`)")
    columns = {
        "outcome": "",
        "code": "Check",
        "place": "Place",
        "line": "Line",
        "npi": "NPI",
        "message": "Finding",
        "evidence": "Evidence",
    }
    decided = [{**one, "past": ", ".join(one["past"])} for one in data["decisions"]]
    if decided:
        of_people = {"at": "At", "by": "Who", "did": "Did", "past": "Past", "reason": "Reason"}
        show.table(decided, of_people, empty="", title="\nWhat people decided")
    silent: list[str] = next((f["evidence"].split() for f in data["findings"] if f["code"] == CHECKS_PASSED), [])
    told = [f for f in data["findings"] if f["code"] != CHECKS_PASSED]
    show.table(told, columns, empty="It was not judged yet.", title="\nWhat was looked at")
    if silent:
        click.echo(f"\n{len(silent)} more checks found nothing; --json names them.")
    if data["commands"]:
        click.echo("\n".join(["\nWhat to type:", *(f"  {typed}" for typed in data["commands"])]))
    return None


def show_family(family: dict[str, Any]) -> None:
    """The versions of a claim, and what of them counts."""
    columns = {"version": "Version", "claim": "Claim", "kind": "Kind", "stands": "Stands", "code": "Reason",
               "charge": "Charge", "corrects": "Corrects", "how": "Known by", "sent_at": "Sent"}  # fmt: skip
    show.table(family["versions"], columns, empty="", title="\nVersions of this claim")
    click.echo(f"{family['says']} Paid in all: {family['paid']}, left to the patient: {family['patient']}.")


@click.command()
@click.argument("claim")
@click.option("--family", is_flag=True, help="Of all versions of it.")
@AS_JSON
@click.pass_context
def timeline(context: click.Context, claim: str, family: bool, as_json: bool) -> None:
    """Everything that happened to CLAIM, oldest first."""
    events = ask(context, "timeline", claim=claim, family=family)
    if as_json:
        return show.as_json(events)
    shown = [
        {**event, "claim": f"C{event['claim']}" if event.get("claim") else "", "what": _said(event)} for event in events
    ]
    columns = {"at": "When", **({"claim": "Claim"} if family else {}), "event": "Event", "actor": "By", "what": ""}
    return show.table(shown, columns, empty="Nothing happened to it yet.")


def _said(event: dict[str, Any]) -> str:
    if "instead_of" in event:
        from gateway.telling import words  # here: no other question needs them

        return words(event["event"], event)
    told = {k: v for k, v in event.items() if k not in ("at", "event", "actor", "claim", "batch", "payer")}
    return ", ".join(f"{key} {value}" for key, value in told.items())


@click.command()
@AS_JSON
@click.pass_context
def answers(context: click.Context, as_json: bool) -> None:
    """What partners answered, newest first: acknowledgments, statuses, remittances."""
    columns = {"answer": "Answer", "form": "Form", "lane": "Lane", "document": "Document", "control": "ISA13",
               "matched": "Matched", "unmatched": "Unmatched", "addressed_to": "Addressed to", "amount": "Paid",
               "trace": "Trace", "balanced": "Balanced", "flags": "Not by its guide", "read_at": "Read"}  # fmt: skip
    rows = ask(context, "answers")
    told = rows if as_json else [{**row, "flags": ", ".join(row["flags"])} for row in rows]
    show.listing(told, columns, as_json, "Nothing was answered yet.")


COMMANDS = (status, batches, claims, held, answers, why, timeline)

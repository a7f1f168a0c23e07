"""Single records typed by a person: an enrollment, a provider, a group, a link, a credential; each with its evidence."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.days import DAY
from gateway.cli.effects import judged_again, show_effects
from gateway.cli.options import by_option
from gateway.cli.questions import AS_JSON
from gateway.cli.showing import tables
from gateway.cli.withdrawing import withdraw
from gateway.desk.words import seen_later
from gateway.model.enrollment import EnrollmentKind, EnrollmentState
from gateway.model.registry import CredentialKind
from gateway.partnership.phrases import counted
from gateway.sheets import SHEET

Rows = Sequence[Mapping[str, Any]]


def change(
    context: click.Context,
    rows: Rows,
    source: str,
    dry_run: bool,
    as_json: bool,
    *,
    yes: bool = True,
    doc: Path | None = None,
    **more: Any,
) -> None:
    """Show what these rows change, ask unless that was answered beforehand, and apply them."""
    found = ask(context, "roster preview", rows=rows, **more)
    changes = bool(found["added"] or found["superseded"])
    if not as_json:
        _preview(found, letter=doc is not None)
    if dry_run:
        if as_json:
            show.as_json(found)
        return
    if changes and not (yes or as_json):
        click.confirm("Apply this?", abort=True, err=True)  # in no pipe, and no where nobody answers
    document = base64.b64encode(doc.read_bytes()).decode() if doc else ""
    done = ask(context, "roster apply", rows=rows, source=source, document=document, **more)
    if as_json:
        show.as_json({**found, "done": done})
    else:
        told = f"; {judged_again(context, done['claims'])}" if done["claims"] else "."
        click.echo(f"{done['added']} added, {done['superseded']} superseded{told}")
        again = done["reprocess"]
        if again["claims"]:
            click.echo(
                f"Refused before and covered now: {counted(again['claims'], 'claim')}, for the payer to reprocess:"
            )
            click.echo("\n".join(again["commands"]))


def _preview(found: Mapping[str, Any], letter: bool) -> None:
    if found["added"]:
        tables(found["added"], "Added: ")
    else:
        click.echo("Nothing new.")
    tables(found["superseded"], "Superseded: ")
    if found["kept"]:
        tables(found["kept"], "Stays as it was, on other days: ")
        click.echo(
            "If it was wrong from its first day on, add --instead-of ID to `roster set`, or `roster withdraw ID`."
        )
    if found["unchanged"]:
        click.echo(f"{found['unchanged']} known already.")
    if found["left_behind"] and not letter:
        numbers = ", ".join(str(number) for number in found["left_behind"])
        click.echo(f"Evidence {numbers} stays with what is superseded; no record that is added rests on it.")
    if found["seen_later"]:
        click.echo(seen_later(found["seen_later"]))
    if found["added"] or found["superseded"]:
        show_effects(found["claims"])


def _single(sheet: str, options: Sequence[Callable[..., Any]]) -> Callable[[Callable[..., Any]], click.Command]:
    """A command for one record of a sheet. What it wraps only carries the words of its help."""

    def made(worded: Callable[..., Any]) -> click.Command:
        def run(context: click.Context, /, dry_run: bool, as_json: bool, doc: Path | None, **values: Any) -> None:
            more: dict[str, Any] = {"instead_of": [old]} if (old := values.pop("instead_of", None)) else {}
            row = {SHEET: sheet, **{name: _text(value) for name, value in values.items() if value not in (None, ())}}
            with by_option(context.command):
                change(
                    context,
                    [row],
                    f"roster {context.info_name}",
                    dry_run,
                    as_json,
                    doc=doc,
                    said_by_person=True,
                    **more,
                )

        command: Callable[..., Any] = click.pass_context(run)
        for option in reversed((*options, *_EVIDENCE)):
            command = option(command)
        return click.command(worded.__name__.removesuffix("_record"), help=worded.__doc__)(command)

    return made


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def _day(*names: str, help: str) -> Callable[..., Any]:
    return click.option(*names, type=DAY, help=help)


def _one_of(kinds: type[StrEnum]) -> click.Choice[str]:
    return click.Choice([kind.value for kind in kinds])


_EVIDENCE = (
    click.option("--source", help="Letter, portal, telephone call: where this was seen."),
    _day("--observed", "observed_on", help="The day it was seen.  [default: today]"),
    click.option("--doc", type=click.Path(exists=True, dir_okay=False, path_type=Path),
                 help="The letter itself: it is sealed, and `roster evidence` gives it back."),
    click.option("--dry-run", is_flag=True, help="Only show what would change."),
    AS_JSON,
)  # fmt: skip
_NPI = click.argument("provider_npi", metavar="NPI")
_TIN = click.argument("tax_id", metavar="TIN")
_BETWEEN = (
    _day("--from", "first_day", help="First day on which it holds."),
    _day("--until", "last_day", help="Last day on which it holds."),
)


@_single(
    "enrollments",
    (
        _NPI,
        click.argument("payer"),
        _day("--effective", "effective_from", help="First day that is covered."),
        _day("--until", "effective_to", help="Last day that is covered."),
        click.option("--retro", "retro_from", metavar="none|30days|DATE",
                     help="Earlier days may be billed from here. For Medicare say which date the letter prints: 30days"
                     " where enrollment begins on it, none where it is retroactive already."),
        click.option("--state", type=_one_of(EnrollmentState), default="active", show_default=True),
        click.option("--kind", type=_one_of(EnrollmentKind), default="participation", show_default=True),
        click.option("--tin", "tax_id", default="*", show_default=True, help="The billing TIN the provider is linked to."),
        click.option("--billing-npi", default="*", show_default=True),
        click.option("--line-of-business", default="*", show_default=True, help="SBR09 of the claims it is about."),
        click.option("--location", default="*", show_default=True, help="NPI of the service facility."),
        click.option("--submitter", default="*", show_default=True, help="Our id at the payer, for EDI and ERA."),
        click.option("--taxonomy", help="The taxonomy that the payer enrolled."),
        click.option("--payer-id", "payer_assigned_id", help="The payer's own number of the provider."),
        _day("--submitted", "submitted_on", help="When the application went out."),
        _day("--decided", "decided_on", help="When the payer decided."),
        _day("--revalidation-due", help="When the enrollment must be revalidated."),
        _day("--recred-due", help="When the provider must be credentialed again."),
        click.option("--instead-of", type=click.IntRange(1), metavar="ID",
                     help="The record that this one corrects, by its number in `roster show`: no day of it stays."),
    ),
)  # fmt: skip
def set_record() -> None:
    """Record that provider NPI is enrolled with PAYER, or how far it is."""


@_single(
    "providers",
    (
        _NPI,
        click.option("--entity", "entity_type", type=click.Choice(["person", "organization"]), help="Which."),
        click.option("--last-name", help="A person's, or an organization's whole name."),
        click.option("--first-name"),
        click.option("--taxonomy", "taxonomies", multiple=True, help="NUCC code, the primary one first; may be repeated."),
    ),
)  # fmt: skip
def provider_record() -> None:
    """Record who provider NPI is. What is not said stays as it was."""


@_single(
    "groups",
    (
        _TIN,
        click.argument("group_npi", metavar="NPI"),
        click.option("--name"),
        click.option("--location", "locations", multiple=True, help="NPI or number of a site; may be repeated."),
    ),
)
def group_record() -> None:
    """Record the billing group with this TIN and NPI. What is not said stays as it was."""


@_single(
    "links",
    (
        _NPI,
        _TIN,
        click.option("--group-npi", default="*", show_default=True),
        click.option("--payer", default="*", show_default=True, help="Only what this payer has on file, by key."),
        *_BETWEEN,
    ),
)
def link_record() -> None:
    """Record that provider NPI bills under the group with this TIN."""


@_single(
    "credentials",
    (
        _NPI,
        click.argument("kind", type=_one_of(CredentialKind)),
        click.option("--number"),
        click.option("--state", help="Of a licence or DEA registration, two letters."),
        *_BETWEEN,
    ),
)
def credential_record() -> None:
    """Record a licence, DEA registration, board certificate, malpractice policy, CAQH attestation or CLIA of NPI."""


COMMANDS = (set_record, withdraw, provider_record, group_record, link_record, credential_record)

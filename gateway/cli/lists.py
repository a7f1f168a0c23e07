"""Public lists on the command line: which are loaded, what they say of an NPI, and a newer edition in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask, config_path
from gateway.cli.days import DAY
from gateway.cli.effects import judged_again
from gateway.cli.looked import show_looked
from gateway.cli.progress import progress
from gateway.cli.questions import AS_JSON
from gateway.config import load_settings
from gateway.errors import Refused
from gateway.model.lists import ListKind
from gateway.npi import is_npi
from gateway.partnership.phrases import counted
from gateway.store.shelf_draft import Draft
from gateway.workers.shelving import Built, InForce, Wish, build

_COLUMNS = {
    "list": "List",
    "title": "What it is",
    "state": "State",
    "dated": "Of",
    "age": "Days old",
    "rows": "Rows",
    "generation": "Generation",
    "imported_at": "Imported",
    "where": "From",
}
_CODES = {
    "list": "Code list",
    "source": "Source",
    "version": "Version",
    "dated": "Of",
    "codes": "Codes",
    "unknown": "An unknown code",
}


@click.group()
def lists() -> None:
    """Public lists (NPPES, exclusions, Medicare) that decide beside the practice's own records."""


@lists.command("show")
@AS_JSON
@click.pass_context
def show_lists(context: click.Context, as_json: bool) -> None:
    """Which lists are loaded, of which day, and whether a newer edition is due. A list that is not loaded says nothing."""
    found = ask(context, "lists")
    if as_json:
        show.as_json(found)
    else:
        show.table(found, _COLUMNS, empty="")


@lists.command("look")
@click.argument("npi")
@click.option("--name", default="", help="Last name, or an organization's whole name, where NPPES does not know it.")
@click.option("--first", default="", help="First name.")
@AS_JSON
@click.pass_context
def look_up(context: click.Context, npi: str, name: str, first: str, as_json: bool) -> None:
    """All that the loaded lists say of NPI."""
    if not is_npi(npi):
        raise click.UsageError("That is no NPI: it has ten digits, and the last one fits the others.")
    found = ask(context, "lists look", npi=npi, name=name, first=first)
    if as_json:
        show.as_json(found)
    else:
        show_looked(found)


@lists.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in ListKind]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dated", type=DAY, help="The day the file speaks for. Default: what its name says.")
@click.option(
    "--supplement", is_flag=True, help="FILE adds to the exclusions that are loaded (yymmexcl.csv, yymmrein.csv)."
)
@click.option("--accept-shrink", default="", metavar="REASON", help="Take a file that shrank by more than a tenth.")
@AS_JSON
@click.pass_context
def import_list(
    context: click.Context, kind: str, file: Path, dated: Any, supplement: bool, accept_shrink: str, as_json: bool
) -> None:
    """Load FILE as the next edition of the list KIND: .csv, .csv.gz, .zip with the CSV in it, or .xlsx.

    The file is read here, beside a running service, which then goes over to it at once. Until then, and if anything goes
    wrong, the edition before stays in force.
    """
    folder = load_settings(config_path(context)).site.data / "lists"
    plan = ask(context, "lists plan")
    wish = Wish(ListKind(kind), file, date.fromisoformat(plan["today"]), dated.date() if dated else None, supplement)
    draft = _draft(folder)
    try:
        with progress(f"{kind} from {file.name}", file.stat().st_size) as moved:
            built = build(draft, wish, _in_force(plan["in_force"], folder), moved)
        done = ask(context, "lists adopt", draft=built.draft, accept=accept_shrink)
    finally:
        draft.discard()
    if as_json:
        show.as_json({**done, "bad": built.bad, "bad_rows": built.shown})
    else:
        _tell(context, done, built)


def _draft(folder: Path) -> Draft:
    try:
        return Draft(folder)
    except PermissionError:
        raise Refused(
            f"you may not write to {folder}",
            code="SITE_DENIED",
            next_step="Import as the service's own user: runuser -u gateway -- gateway lists import KIND FILE",
        ) from None


def _in_force(plan: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[ListKind, InForce]:
    return {
        ListKind(kind): InForce(folder / one["file"], one["number"], date.fromisoformat(one["dated"]))
        for kind, one in plan.items()
    }


def _tell(context: click.Context, done: Mapping[str, Any], built: Built) -> None:
    if done["known"]:
        click.echo(f"This very file is in force already, as generation {done['generation']}; nothing changed.")
        return
    before = f", {done['rows_before']:,} before" if done["rows_before"] is not None else ""
    click.echo(f"{done['list']} of {done['dated']} is in force as generation {done['generation']}:"
               f" {counted(done['rows'], 'row')}{before}; {judged_again(context, done['claims'])}")  # fmt: skip
    if built.bad:
        click.echo(f"{counted(built.bad, 'row')} cannot be right, the first: {'; '.join(built.shown)}")


@lists.command("codes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@AS_JSON
@click.pass_context
def code_lists(context: click.Context, file: Path | None, as_json: bool) -> None:
    """The code lists that files are validated by (places of service, states ...). With FILE, a newer edition of one in
    TOML, shaped like those that the gateway brings, takes its place."""
    if file is not None:
        ask(context, "lists load codes", text=file.read_text(encoding="utf-8"))
    found = ask(context, "lists codes")
    if as_json:
        show.as_json(found)
    else:
        show.table(found, _CODES, empty="")


COMMANDS = (lists,)

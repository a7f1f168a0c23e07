"""Commands about plugins."""

from __future__ import annotations

import click

from gateway.cli import kit, show
from gateway.cli.asking import ask
from gateway.cli.orders import REASON
from gateway.cli.questions import AS_JSON

_COLUMNS = {"plugin": "Plugin", "registers": "Registers", "runs": "Runs", "state": "State", "code": "Code",
            "next": "Next step"}  # fmt: skip


@click.group()
def plugin() -> None:
    """Plugins of this site."""


@plugin.command("list")
@AS_JSON
@click.pass_context
def listing(context: click.Context, as_json: bool) -> None:
    """Every plugin: what it registers, and whether it is disabled."""
    rows = ask(context, "plugins")
    if as_json:
        show.as_json(rows)
        return
    said = [
        row | {"registers": ", ".join(row["registers"]), "runs": "apart" if row["apart"] else "here"} for row in rows
    ]
    show.table(said, _COLUMNS, empty="No plugins.")


@plugin.command()
@click.argument("name")
@REASON
@click.pass_context
def resume(context: click.Context, name: str, reason: str) -> None:
    """Use the disabled plugin NAME again, once it is mended. A plugin whose file changed is read anew."""
    ask(context, "plugin resume", plugin=name, reason=reason)
    click.echo(f"{name} is used again.")


for command in kit.COMMANDS:
    plugin.add_command(command)

COMMANDS = (plugin,)

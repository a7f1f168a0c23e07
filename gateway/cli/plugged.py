"""Commands that plugins bring: loaded only when no command of our own is meant, and never in the way of ours."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from gateway.cli.asking import site_path
from gateway.cli.contents import CONTENTS
from gateway.errors import GatewayError

OURS = ("gateway.demo.commands",)
"""Plugins that come with the command line: what stands beside the daemon, which therefore never loads them."""
CONFIG_VARIABLE = "GATEWAY_CONFIG"


class PluggedGroup(click.Group):
    """A group that knows its own commands, and asks the site's plugins only for others."""

    def __init__(self, *args: Any, rooms: Mapping[str, Sequence[str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.rooms = {command: room for room, commands in rooms.items() for command in commands}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own commands and everybody's."""
        return sorted({*self.rooms, *self._brought(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Our own command of this name, else a plugin's."""
        if cmd_name not in self.rooms:
            return self._brought(ctx).get(cmd_name)
        module = import_module(f"gateway.cli.{self.rooms[cmd_name]}")
        commands: Sequence[click.Command] = module.COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Our own by what they are for, without loading them; then what plugins bring."""
        brought = {name: command.get_short_help_str(60) for name, command in sorted(self._brought(ctx).items())}
        sections = {**CONTENTS, "To try things with, and from plugins": brought}
        width = max(len(name) for section in sections.values() for name in section)
        for heading, commands in sections.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), words) for name, words in commands.items()])

    def _brought(self, ctx: click.Context) -> Mapping[str, click.Command]:
        """What plugins bring; of a site whose plugins or settings are broken, only what comes with us."""
        found: Mapping[str, click.Command] | None = ctx.meta.get(__name__)
        if found is None:
            found = ctx.meta[__name__] = self._of_site(ctx)
        return found

    def _of_site(self, ctx: click.Context) -> Mapping[str, click.Command]:
        try:
            site = _site(ctx)
            if site is None:
                return _ours()
            from gateway.cli.brought import commands_of

            return commands_of(site, self.rooms)
        except (GatewayError, OSError) as problem:
            said = " ".join(str(problem).split())
            click.echo(f"Commands of this site's plugins are missing here: {said}", err=True)
            return _ours()


def _ours() -> dict[str, click.Command]:
    """What comes with us, by name."""
    return {command.name: command for plugin in OURS for command in import_module(plugin).register_commands()}


def _site(ctx: click.Context) -> Path | None:
    """The site's settings, or None where there is no site. Help is asked for before the variable is looked at."""
    named = os.environ.get(CONFIG_VARIABLE)
    path = Path(named) if named and not ctx.params.get("config") else site_path(ctx)
    return path if path is not None and path.exists() else None

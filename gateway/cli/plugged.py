"""Commands that plugins bring: loaded only when no command of our own is meant, and never in the way of ours."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from gateway.cli.asking import site_path
from gateway.cli.contents import CONTENTS
from gateway.config import load_settings
from gateway.config.declarations import read_declaration
from gateway.errors import GatewayError, PluginError
from gateway.plugins import load_plugins

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
            try:
                found = commands_of(_site(ctx), self.rooms)
            except (GatewayError, OSError) as problem:
                said = " ".join(str(problem).split())
                click.echo(f"Commands of this site's plugins are missing here: {said}", err=True)
                found = commands_of(None, self.rooms)
            ctx.meta[__name__] = found
        return found


def commands_of(config: Path | None, taken: Collection[str] = ()) -> dict[str, click.Command]:
    """The commands that the plugins of a site bring, by name; without a site only those that come with us. Raises
    ConfigError, or PluginError also for a name that is `taken`."""
    if config is None:
        registry = load_plugins(None, OURS, declared=read_declaration, entry_points=False)
    else:
        plugins = load_settings(config).plugins
        named = tuple(dict.fromkeys((*plugins.named, *OURS)))
        registry = load_plugins(plugins.directory, named, declared=read_declaration)
    for name, command in registry.commands.items():
        origin = registry.origins[f"command {name}"]
        if name in taken:
            raise PluginError(
                f"plugin {origin} registers the command {name!r}, which the gateway has itself",
                code="PLUGIN_KEY_TAKEN",
                place=origin,
                next_step="Give the command another name.",
            )
        if not isinstance(command, click.Command):
            raise PluginError(
                f"plugin {origin} registers {name!r}, which is no click command",
                code="PLUGIN_RETURNS",
                place=origin,
                next_step="Decorate the function with @click.command().",
            )
    return dict(registry.commands)


def _site(ctx: click.Context) -> Path | None:
    """The site's settings, or None where there is no site. Help is asked for before the variable is looked at."""
    named = os.environ.get(CONFIG_VARIABLE)
    path = Path(named) if named and not ctx.params.get("config") else site_path(ctx)
    return path if path is not None and path.exists() else None

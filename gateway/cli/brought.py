"""What the plugins of a site bring to the command line: nobody else waits for them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import click

from gateway.cli.plugged import OURS
from gateway.config import load_settings
from gateway.config.declarations import read_declaration
from gateway.errors import PluginError
from gateway.plugins import load_plugins


def commands_of(config: Path, taken: Collection[str] = ()) -> dict[str, click.Command]:
    """The commands that the plugins of a site bring, by name, those that come with us among them. Raises ConfigError, or
    PluginError also for a name that is `taken`."""
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

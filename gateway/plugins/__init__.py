"""Find plugins, load them, and refuse loudly: a plugin that half works would lose claims."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pluggy

from gateway import builtin, hookspecs
from gateway.errors import PluginError
from gateway.plugins.entering import enter
from gateway.plugins.finding import Declared, in_folder, installed, named_modules
from gateway.plugins.registry import BUILT_IN, Registry, collect

__all__ = ["Declared", "Registry", "load_plugins"]


def load_plugins(
    directory: Path | None, named: Sequence[str] = (), *, declared: Declared, entry_points: bool = True
) -> Registry:
    """Load the built-ins, installed plugins (entry point group `gateway`), the files and folders of `directory`, and
    the modules in `named`. `declared` reads a TOML declaration. Raises PluginError with the plugin's name, or with
    those of all that do not load."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(builtin, BUILT_IN)
    failures: list[PluginError] = []
    for found in (*(installed() if entry_points else ()), *in_folder(directory, declared), *named_modules(named)):
        try:
            enter(manager, found)
        except PluginError as failure:
            failures.append(failure)
    _stop_at(failures)
    registry = collect(manager, failures)
    _stop_at(failures)
    return registry


def _stop_at(failures: Sequence[PluginError]) -> None:
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise PluginError(
            "; ".join(failure.message for failure in failures),
            code=failures[0].code,
            place=", ".join(failure.place for failure in failures),
            next_step=" ".join(dict.fromkeys(failure.next_step for failure in failures)),
        )

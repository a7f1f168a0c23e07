"""Find plugins, load them, and refuse loudly: a plugin that half works would lose claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pluggy

from gateway import hookspecs
from gateway.errors import PluginError
from gateway.plugins.entering import enter
from gateway.plugins.finding import Declared, Found, again, in_folder, installed, installed_at, named_modules
from gateway.plugins.registry import BUILT_IN, Registry, collect

__all__ = ["Declared", "Found", "Loading", "Registry", "installed_at", "load_one", "load_plugins"]

Loading = Callable[[Found], object]
"""How a plugin is loaded where it is not simply imported here."""


def load_plugins(
    directory: Path | None,
    named: Sequence[str] = (),
    *,
    declared: Declared,
    entry_points: bool = True,
    loading: Loading | None = None,
) -> Registry:
    """Load the built-ins, installed plugins (entry point group `gateway`), the files and folders of `directory`, and
    the modules in `named`. `declared` reads a TOML declaration; `loading` gives what stands for a plugin here. Raises
    PluginError with the plugin's name, or with those of all that do not load."""
    from gateway import builtin  # here: the process of a plugin has no use for all our edits

    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(builtin, BUILT_IN)
    failures: list[PluginError] = []
    for found in (*(installed() if entry_points else ()), *in_folder(directory, declared), *named_modules(named)):
        try:
            enter(manager, found if loading is None else replace(found, load=partial(loading, found)))
        except PluginError as failure:
            failures.append(failure)
    _stop_at(_all_of(manager, failures))
    registry = collect(manager, failures)
    _stop_at(failures)
    return registry


def _all_of(manager: pluggy.PluginManager, failures: Sequence[PluginError]) -> Sequence[PluginError]:
    """With what they find beside the other plugins; nothing, where one of those does not load, for nobody knows what it
    would bring."""
    finders = [failure.beside for failure in failures]
    if not failures or not all(finders):
        return failures
    registry = collect(manager, [])
    return [_more(failure, found(registry)) for failure, found in zip(failures, finders, strict=True) if found]


def _more(failure: PluginError, problems: Sequence[str]) -> PluginError:
    told = (*failure.problems, *problems)
    return PluginError.of_all(told, code=failure.code, place=failure.place, next_step=failure.next_step)


def load_one(how: str, name: str, directory: Path) -> Registry:
    """What one plugin in Python registers, without the built-ins. Raises PluginError."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    enter(manager, again(how, name, directory))
    failures: list[PluginError] = []
    registry = collect(manager, failures)
    _stop_at(failures)
    return registry


def _stop_at(failures: Sequence[PluginError]) -> None:
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise PluginError.of_all(
            [problem for failure in failures for problem in failure.problems or (failure.message,)],
            code=failures[0].code,
            place=", ".join(failure.place for failure in failures),
            next_step=" ".join(dict.fromkeys(failure.next_step for failure in failures)),
        )

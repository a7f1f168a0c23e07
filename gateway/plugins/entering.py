"""Load one plugin and let it in: with hooks that exist, spelt right, and under a name of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from difflib import get_close_matches

import pluggy

from gateway import hookspecs
from gateway.errors import PluginError
from gateway.plugins.finding import Found

HOOKS = tuple(sorted(name for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.PROJECT}_spec")))


def enter(manager: pluggy.PluginManager, found: Found) -> None:
    """Load and register. Raises PluginError with the plugin's name and what to do."""
    plugin = _loaded(found)
    if known := manager.get_name(plugin):
        raise _refusal(
            found.name, f"is loaded already, as {known}", "PLUGIN_TWICE", f"Drop {found.name} from plugins.named."
        )
    if found.name in dict(manager.list_name_plugin()):
        raise _refusal(found.name, "has the name of another", "PLUGIN_TWICE", "Give one of them another name.")
    hooks = list(_hooks(manager, plugin, found.name))
    if not hooks:
        raise _refusal(
            found.name, "implements no hook, so nothing of it would ever be called", "PLUGIN_HOOK", _how_to_hook()
        )
    try:
        manager.register(plugin, found.name)
    except pluggy.PluginValidationError as wrong:
        raise _refusal(found.name, f"has a hook of another shape: {wrong}", "PLUGIN_HOOK", _how_to_hook()) from wrong


def broken(name: str, what: str, failure: BaseException) -> PluginError:
    """A plugin that raised something."""
    wrong = _refusal(
        name,
        f"{what}: {type(failure).__name__}: {failure}",
        "PLUGIN_BROKEN",
        "Correct the plugin, or move it out of the plugins folder; an installed one is uninstalled.",
    )
    wrong.__cause__ = failure
    return wrong


def _loaded(found: Found) -> object:
    try:
        with redirect_stdout(sys.stderr):  # what it prints is no part of what a command is asked for
            return found.load()
    except PluginError:
        raise
    except (Exception, SystemExit) as failure:
        raise broken(found.name, "does not load", failure) from failure


def _hooks(manager: pluggy.PluginManager, plugin: object, name: str) -> Iterator[str]:
    """The hooks a plugin implements. A misspelt one would simply never be called, and so would one without a mark."""
    for attribute in dir(plugin):
        value = getattr(plugin, attribute, None)
        marked = manager.parse_hookimpl_opts(plugin, attribute)
        hook = (marked and marked.get("specname")) or attribute
        if marked and (hook in HOOKS or marked.get("optionalhook")):
            yield hook
        elif marked or (attribute.startswith("register_") and _is_its_own(plugin, value) and hook not in HOOKS):
            near = get_close_matches(hook, HOOKS, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise _refusal(name, f"has {attribute}, which is no hook{meant}", "PLUGIN_HOOK", _how_to_hook())
        elif hook in HOOKS and _is_its_own(plugin, value):
            raise _refusal(name, f"has {attribute} without @hookimpl", "PLUGIN_HOOK", _how_to_hook())


def _is_its_own(plugin: object, value: object) -> bool:
    """What a module only imported from elsewhere is not meant as a hook."""
    home = getattr(plugin, "__name__", type(plugin).__module__)
    return callable(value) and getattr(value, "__module__", home) == home


def _how_to_hook() -> str:
    return f"Hooks are {', '.join(HOOKS)}; mark each with @hookimpl, from gateway import hookimpl."


def _refusal(name: str, what: str, code: str, step: str) -> PluginError:
    return PluginError(f"plugin {name} {what}", code=code, place=name, next_step=step)

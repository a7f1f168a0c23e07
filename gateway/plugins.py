"""Find plugins, load them, and refuse loudly: a plugin that half works would lose claims."""

from __future__ import annotations

import importlib
import importlib.util
import stat
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from gateway import builtin, hookspecs
from gateway.checks import Check
from gateway.errors import PluginError
from gateway.model.partners import Partner, Payer

Declared = Callable[[Path], tuple[Sequence[Payer], Sequence[Partner]]]


@dataclass(frozen=True, slots=True)
class Registry:
    """What all plugins registered. `origins` names the plugin that gave each `kind key`."""

    payers: Mapping[str, Payer]
    partners: Mapping[str, Partner]
    checks: Sequence[Check]
    transports: Mapping[str, Any]
    origins: Mapping[str, str]


class _Declaration:
    """A TOML file as a plugin: the same hooks, no Python."""

    def __init__(self, payers: Sequence[Payer], partners: Sequence[Partner]) -> None:
        self._payers, self._partners = payers, partners

    @hookspecs.hookimpl
    def register_payers(self) -> Sequence[Payer]:
        """The declared payers."""
        return self._payers

    @hookspecs.hookimpl
    def register_partners(self) -> Sequence[Partner]:
        """The declared partners."""
        return self._partners


def load_plugins(
    directory: Path | None, named: Sequence[str] = (), *, declared: Declared, entry_points: bool = True
) -> Registry:
    """Load the built-ins, installed plugins (entry point group `gateway`), the files and folders of `directory`, and
    the modules in `named`. `declared` reads a TOML declaration. Raises PluginError with the plugin's name."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(builtin, "built in")
    if entry_points:
        _guarded("an installed package", lambda: manager.load_setuptools_entrypoints(hookspecs.PROJECT))
    for path in _files(directory):
        plugin = _guarded(str(path), lambda path=path: _load_file(path, declared))  # type: ignore[misc]
        manager.register(plugin, path.stem)
    for name in named:
        manager.register(_guarded(name, lambda name=name: importlib.import_module(name)), name)  # type: ignore[misc]
    _check_names(manager)
    return _collect(manager)


def _files(directory: Path | None) -> list[Path]:
    if directory is None or not directory.is_dir():
        return []
    _refuse_writable(directory)
    found = [p for p in sorted(directory.iterdir()) if not p.name.startswith((".", "_"))]
    return [p for p in found if p.suffix in (".py", ".toml") or (p.is_dir() and (p / "__init__.py").exists())]


def _refuse_writable(path: Path) -> None:
    """What others may write to, others may run in our name."""
    if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PluginError(
            f"{path} can be changed by other users",
            code="PLUGIN_WRITABLE",
            place=str(path),
            next_step=f"Take the permission away: chmod go-w {path}",
        )


def _load_file(path: Path, declared: Declared) -> object:
    _refuse_writable(path)
    if path.suffix == ".toml":
        return _Declaration(*declared(path))
    source = path / "__init__.py" if path.is_dir() else path
    spec = importlib.util.spec_from_file_location(f"gateway_plugin_{path.stem}", source)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _guarded(name: str, load: Callable[[], Any]) -> Any:
    """Load one plugin; whatever it raises names the plugin."""
    try:
        return load()
    except PluginError:
        raise
    except Exception as failure:
        raise PluginError(
            f"plugin {name} does not load: {type(failure).__name__}: {failure}",
            code="PLUGIN_BROKEN",
            place=name,
            next_step="Correct the plugin, or move it out of the plugins folder.",
        ) from failure


def _check_names(manager: pluggy.PluginManager) -> None:
    """A misspelt hook would simply never be called."""
    known = {name for name in vars(hookspecs) if name.startswith("register_")}
    for name, plugin in manager.list_name_plugin():
        if plugin is None or not isinstance(plugin, ModuleType):
            continue
        strangers = [n for n, v in vars(plugin).items() if n.startswith("register_") and callable(v) and n not in known]
        unmarked = [n for n in known & vars(plugin).keys() if not hasattr(vars(plugin)[n], f"{hookspecs.PROJECT}_impl")]
        for wrong in strangers + unmarked:
            raise PluginError(
                f"plugin {name}: {wrong} is {'not a hook' if wrong in strangers else 'not marked with @hookimpl'}",
                code="PLUGIN_HOOK",
                place=name,
                next_step=f"Hooks are: {', '.join(sorted(known))}; each is marked with @hookimpl.",
            )
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as wrong:
        raise PluginError(
            str(wrong), code="PLUGIN_HOOK", next_step=f"Hooks are: {', '.join(sorted(known))}."
        ) from wrong


def _collect(manager: pluggy.PluginManager) -> Registry:
    """Ask every plugin by itself, so that two that claim one key can both be named."""
    origins: dict[str, str] = {}

    def gather(kind: str, hook: str, key: Callable[[Any], str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            for item in _called(implementation):
                _claim(origins, kind, key(item), implementation.plugin_name)
                found[key(item)] = item
        return found

    return Registry(
        payers=gather("payer", "register_payers", lambda payer: payer.key),
        partners=gather("partner", "register_partners", lambda partner: partner.key),
        checks=tuple(gather("check", "register_checks", lambda check: check.code).values()),
        transports={
            scheme: kind
            for scheme, (_, kind) in gather("transport", "register_transports", lambda pair: pair[0]).items()
        },
        origins=origins,
    )


def _called(implementation: Any) -> Iterable[Any]:
    return _guarded(implementation.plugin_name, lambda: tuple(implementation.function()))  # type: ignore[no-any-return]


def _claim(origins: dict[str, str], kind: str, key: str, plugin: str) -> None:
    if other := origins.get(f"{kind} {key}"):
        raise PluginError(
            f"plugins {other} and {plugin} both register the {kind} {key!r}",
            code="PLUGIN_KEY_TAKEN",
            place=plugin,
            next_step="Give one of them another key, or remove it.",
        )
    origins[f"{kind} {key}"] = plugin

"""A whole site: settings, plugins, and its directory of lanes, with the problems of all its files at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gateway.config.accounts import AccountFile, RouteEntry, RoutesFile
from gateway.config.binding import bound_accounts, bound_routes
from gateway.config.declarations import read_declaration
from gateway.config.declared import settled
from gateway.config.directory import Directory, bind
from gateway.config.loading import read_settings
from gateway.config.reading import read_model, read_toml, validated
from gateway.config.settings import Settings
from gateway.errors import ConfigError, PluginError
from gateway.plugins import Loading, Registry, load_plugins


def load_site(
    path: Path, loading: Callable[[Settings], Loading] | None = None, *, installed: bool = True
) -> tuple[Settings, Registry, Directory]:
    """Settings, plugins, and how both are bound by the accounts and routes beside gateway.toml. `loading` says how
    plugins are loaded where they are not simply imported; `installed` packages are plugins too.

    Raises ConfigError with every problem of every file, or PluginError where plugins alone do not load.
    """
    problems: list[str] = []
    settings = read_settings(path, problems)
    accounts = _accounts(path.parent / "partners", problems)
    routes_path = path.parent / "routes.toml"
    routes = _routes(routes_path, problems) if routes_path.exists() else {}
    registered = _registered(settings, problems, loading, installed)
    if settings is None or registered is None:
        raise ConfigError(problems)
    registry = settled(registered, problems)
    bound = bound_accounts(accounts, registered, registry.partners, problems)
    ways = bound_routes(routes, routes_path, registered, registry.partners, problems)
    unfit: list[str] = []
    directory = bind(registry.payers, registry.partners, bound, ways, unfit)
    problems += [f"{routes_path}: {problem}" for problem in unfit]
    if problems:
        raise ConfigError(problems)
    return settings, registry, directory


def _accounts(folder: Path, problems: list[str]) -> dict[Path, AccountFile | None]:
    """Every account file, None where it cannot be read; hidden files are an editor's."""
    paths = sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))
    return {path: read_model(AccountFile, path, problems) for path in paths}


def _routes(path: Path, problems: list[str]) -> dict[int, RouteEntry]:
    """The routes that are right by themselves, by their number in the file: a slip in one hides nothing of the others."""
    data = read_toml(path, problems)
    if data is None:
        return {}
    validated(RoutesFile, data, path, problems)
    listed = data.get("route")
    entries = enumerate(listed if isinstance(listed, list) else ())
    read = {number: validated(RouteEntry, entry, path, []) for number, entry in entries if isinstance(entry, dict)}
    return {number: entry for number, entry in read.items() if entry}


def _registered(
    settings: Settings | None, problems: list[str], loading: Callable[[Settings], Loading] | None, installed: bool
) -> Registry | None:
    """What plugins registered, or None: without settings nobody knows where they are."""
    if settings is None:
        return None
    try:
        return load_plugins(
            settings.plugins.directory,
            settings.plugins.named,
            declared=read_declaration,
            entry_points=installed,
            loading=loading and loading(settings),
        )
    except PluginError as error:
        if not problems:
            raise
        problems += error.problems or (f"{error.message}. {error.next_step}",)
        return None

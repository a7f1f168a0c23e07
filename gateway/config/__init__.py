"""conf/*.toml to frozen settings and a directory of lanes: all problems at once, each with its file and path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.config.accounts import AccountFile, RoutesFile
from gateway.config.binding import bound_accounts, bound_routes
from gateway.config.declarations import read_declaration
from gateway.config.declared import settled
from gateway.config.directory import Directory, bind
from gateway.config.reading import read_model
from gateway.config.reference import reference
from gateway.config.settings import Settings
from gateway.errors import ConfigError, PluginError
from gateway.plugins import Loading, Registry, load_plugins

__all__ = ["Directory", "Settings", "load_settings", "load_site", "reference"]

_PATHS = (("site", "data"), ("keys", "key_file"), ("keys", "keyring"), ("keys", "secrets_dir"), ("spool", "root"),
          ("plugins", "directory"), ("service", "socket"), ("logs", "file"),
          ("mqtt", "tls_ca"), ("mqtt", "tls_cert"), ("mqtt", "tls_key"),
          ("roster", "file"), ("roster", "folder"), ("deadlines", "calendar"))  # fmt: skip


def load_settings(path: Path) -> Settings:
    """The settings in one gateway.toml. Relative paths start at the folder above the file's. Raises ConfigError."""
    problems: list[str] = []
    settings = _settings(path, problems)
    if settings is None:
        raise ConfigError(problems)
    return settings


def load_site(path: Path, loading: Callable[[Settings], Loading] | None = None) -> tuple[Settings, Registry, Directory]:
    """Settings, plugins, and how both are bound by the accounts and routes beside gateway.toml. `loading` says how
    plugins are loaded where they are not simply imported.

    Raises ConfigError with every problem of every file, or PluginError where plugins alone do not load.
    """
    problems: list[str] = []
    settings = _settings(path, problems)
    accounts = _accounts(path.parent / "partners", problems)
    routes_path = path.parent / "routes.toml"
    routes = read_model(RoutesFile, routes_path, problems) if routes_path.exists() else RoutesFile()
    registered = _registered(settings, problems, loading)
    if settings is None or registered is None:
        raise ConfigError(problems)
    registry = settled(registered, problems)
    bound = bound_accounts(accounts, registered, registry.partners, problems)
    ways = bound_routes(routes or RoutesFile(), routes_path, registered, registry.partners, problems)
    unfit: list[str] = []
    directory = bind(registry.payers, registry.partners, bound, ways, unfit)
    problems += [f"{routes_path}: {problem}" for problem in unfit]
    if problems:
        raise ConfigError(problems)
    return settings, registry, directory


def _settings(path: Path, problems: list[str]) -> Settings | None:
    settings = read_model(Settings, path, problems)
    return settings and _resolved(settings, path.resolve().parent.parent)


def _resolved(settings: Settings, base: Path) -> Settings:
    sections: dict[str, Any] = {}
    for section, key in _PATHS:
        model = sections.get(section, getattr(settings, section))
        value = getattr(model, key)
        sections[section] = model.model_copy(update={key: None if value is None else base / value})
    return settings.model_copy(update=sections)


def _accounts(folder: Path, problems: list[str]) -> dict[Path, AccountFile | None]:
    """Every account file, None where it cannot be read; hidden files are an editor's."""
    paths = sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))
    return {path: read_model(AccountFile, path, problems) for path in paths}


def _registered(
    settings: Settings | None, problems: list[str], loading: Callable[[Settings], Loading] | None
) -> Registry | None:
    """What plugins registered, or None: without settings nobody knows where they are."""
    if settings is None:
        return None
    try:
        return load_plugins(
            settings.plugins.directory,
            settings.plugins.named,
            declared=read_declaration,
            loading=loading and loading(settings),
        )
    except PluginError as error:
        if not problems:
            raise
        problems += error.problems or (f"{error.message}. {error.next_step}",)
        return None

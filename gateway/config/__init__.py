"""conf/*.toml to frozen settings and a directory of lanes: all problems at once, each with its file and path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.config.accounts import AccountFile, RoutesFile
from gateway.config.declarations import read_declaration
from gateway.config.directory import Directory, bind
from gateway.config.reading import read_toml, validated
from gateway.config.reference import reference
from gateway.config.settings import Settings
from gateway.errors import ConfigError
from gateway.model.partners import Account, Partner, Route
from gateway.plugins import Registry, load_plugins

__all__ = ["Directory", "Settings", "load_settings", "load_site", "reference"]

_PATHS = (("site", "data"), ("keys", "key_file"), ("keys", "keyring"), ("keys", "secrets_dir"), ("spool", "root"),
          ("plugins", "directory"), ("service", "socket"), ("logs", "file"))  # fmt: skip


def load_settings(path: Path) -> Settings:
    """The settings in one gateway.toml. Relative paths start at the folder above the file's. Raises ConfigError."""
    problems: list[str] = []
    data = read_toml(path, problems)
    settings = validated(Settings, data, path, problems) if data is not None else None
    if settings is None:
        raise ConfigError(problems)
    return _resolved(settings, path.resolve().parent.parent)


def _resolved(settings: Settings, base: Path) -> Settings:
    sections: dict[str, Any] = {}
    for section, key in _PATHS:
        model = sections.get(section, getattr(settings, section))
        value = getattr(model, key)
        sections[section] = model.model_copy(update={key: None if value is None else base / value})
    return settings.model_copy(update=sections)


def load_site(path: Path) -> tuple[Settings, Registry, Directory]:
    """Settings, plugins, and how both are bound by the accounts and routes beside gateway.toml.

    Raises ConfigError with every problem of every file, or PluginError for the first plugin that does not load.
    """
    settings = load_settings(path)
    registry = load_plugins(settings.plugins.directory, settings.plugins.named, declared=read_declaration)
    problems: list[str] = []
    accounts = _accounts(path.parent / "partners", registry, problems)
    routes = _routes(path.parent / "routes.toml", registry, problems)
    directory = bind(registry.payers, registry.partners, accounts, routes, problems)
    if problems:
        raise ConfigError(problems)
    return settings, registry, directory


def _accounts(folder: Path, registry: Registry, problems: list[str]) -> list[Account]:
    found = []
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        partner = registry.partners.get(path.stem)
        if partner is None:
            problems.append(f"{path}: no partner is called {path.stem}; known are {_known(registry.partners)}")
            continue
        problems += _unknown_payers(path, partner, registry)
        data = read_toml(path, problems)
        file = validated(AccountFile, data, path, problems) if data is not None else None
        if file is not None:
            found.append(file.account(partner))
    return found


def _unknown_payers(path: Path, partner: Partner, registry: Registry) -> list[str]:
    return [
        f"{path}: partner {partner.key} reaches payer {payer}, which nobody declares; known are {_known(registry.payers)}"
        for payer in partner.payers
        if payer not in registry.payers
    ]


def _routes(path: Path, registry: Registry, problems: list[str]) -> list[Route]:
    if not path.exists():
        return []
    data = read_toml(path, problems)
    file = validated(RoutesFile, data, path, problems) if data is not None else None
    if file is None:
        return []
    for number, entry in enumerate(file.route):
        place = f"{path}: route[{number}]"
        partner = registry.partners.get(entry.partner)
        if entry.payer not in registry.payers:
            problems.append(f"{place}.payer: no payer is called {entry.payer}; known are {_known(registry.payers)}")
        elif partner is None:
            problems.append(
                f"{place}.partner: no partner is called {entry.partner}; known are {_known(registry.partners)}"
            )
        elif entry.payer not in partner.payers:
            problems.append(f"{place}: partner {entry.partner} does not reach {entry.payer}")
    known = {key: p for key, p in registry.partners.items() if all(payer in registry.payers for payer in p.payers)}
    return file.routes(known)


def _known(keys: Any) -> str:
    return ", ".join(sorted(keys)) or "none"

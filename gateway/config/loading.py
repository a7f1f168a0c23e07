"""One gateway.toml to settings, its paths resolved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.config.reading import read_model
from gateway.config.settings import Settings
from gateway.errors import ConfigError

_PATHS = (("site", "data"), ("keys", "key_file"), ("keys", "keyring"), ("keys", "secrets_dir"), ("spool", "root"),
          ("plugins", "directory"), ("service", "socket"), ("logs", "file"),
          ("mqtt", "tls_ca"), ("mqtt", "tls_cert"), ("mqtt", "tls_key"),
          ("roster", "file"), ("roster", "folder"), ("deadlines", "calendar"))  # fmt: skip


def load_settings(path: Path) -> Settings:
    """The settings in one gateway.toml. Relative paths start at the folder above the file's. Raises ConfigError."""
    problems: list[str] = []
    settings = read_settings(path, problems)
    if settings is None:
        raise ConfigError(problems)
    return settings


def read_settings(path: Path, problems: list[str]) -> Settings | None:
    """The same, or None and all its problems."""
    settings = read_model(Settings, path, problems)
    return settings and _resolved(settings, path.resolve().parent.parent)


def _resolved(settings: Settings, base: Path) -> Settings:
    sections: dict[str, Any] = {}
    for section, key in _PATHS:
        model = sections.get(section, getattr(settings, section))
        value = getattr(model, key)
        sections[section] = model.model_copy(update={key: None if value is None else base / value})
    return settings.model_copy(update=sections)

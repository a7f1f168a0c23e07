"""Lay out a new site: its folders, its settings, and its keys."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gateway.config import load_settings
from gateway.config.reference import reference
from gateway.errors import Refused
from gateway.vault import (
    Keyring,
    create_root_key,
    recovery_text,
    root_from_recovery_text,
    root_key,
    write_root_key,
)
from gateway.workers.site import spool_of

_ROUTES = """\
# Which partner each payer's claims go to. rank 0 is the primary route, higher ones stand by as backup.
# Payers and partners are declared by the plugins in plugins/; `gateway payer list` shows them.
#
# [[route]]
# payer = "prairie"
# partner = "prairie_direct"
"""


@dataclass(frozen=True, slots=True)
class Founded:
    """A new site. `recovery` is the root key for paper: without it and the key file all data is lost."""

    config: Path
    recovery: str


def found(folder: Path, settings_text: str = "") -> Founded:
    """Make a site in this folder, which may exist but not hold one. Raises Refused SITE_EXISTS."""
    config = folder / "conf" / "gateway.toml"
    if config.exists():
        raise Refused(
            f"{folder} holds a site already",
            code="SITE_EXISTS",
            place=str(config),
            next_step="Choose another folder, or use the site that is there; if it has no key yet, `gateway keys new`.",
        )
    for name in ("conf/partners", "plugins", "secrets", "state", "run"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "plugins").chmod(0o755)
    config.write_text(settings_text or reference(), encoding="utf-8")
    (config.parent / "routes.toml").write_text(_ROUTES, encoding="utf-8")
    recovery = new_keys(config)
    spool_of(load_settings(config)).prepare()
    return Founded(config, recovery)


def new_keys(config: Path) -> str:
    """Make the root key and the keyring where the settings say; returns the root key for paper. Raises Refused rather
    than touch a key that is there."""
    settings = load_settings(config)
    for folder in (settings.keys.key_file.parent, settings.keys.keyring.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root = create_root_key(settings.keys.key_file)
    Keyring.create(settings.keys.keyring, root)
    return recovery_text(root)


def recover_key(config: Path, text: str) -> Path:
    """Make the key file again from the root key's paper form; returns its path. Raises Malformed for a slip, Refused
    when a key file is there."""
    path = load_settings(config).keys.key_file
    write_root_key(path, root_from_recovery_text(text))
    return path


def recovery_of(config: Path) -> str:
    """The root key of a site, for paper."""
    return recovery_text(root_key(load_settings(config).keys.key_file, os.environ))

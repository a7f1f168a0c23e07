"""Find secrets that stand in settings, and say where: never what."""

from __future__ import annotations

import re
from typing import Any

_KEYS = re.compile(r"pass(word|wd|phrase|code)|pwd|secret(_?key)?$|private_?key|api_?key|token", re.IGNORECASE)
_VALUES = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|PuTTY-User-Key-File-")

_ABOUT = {"password_days", "password_rule", "password_changed"}
"""Keys of ours that speak of passwords and hold none."""


def secret_places(value: Any, place: str = "") -> list[str]:
    """The path of each value that looks like a secret: by the name of its key, or because it is a private key."""
    if isinstance(value, dict):
        inside = ((f"{place}.{key}".lstrip("."), key, inner) for key, inner in value.items())
        return [
            at for path, key, inner in inside for at in ([path] if _named(key, inner) else secret_places(inner, path))
        ]
    if isinstance(value, list):
        return [at for number, inner in enumerate(value) for at in secret_places(inner, f"{place}[{number}]")]
    return [place] if isinstance(value, str) and _VALUES.search(value) else []


def _named(key: str, value: Any) -> bool:
    """Tables and lists only hold values: a payer may well be called token_health."""
    return not isinstance(value, dict | list) and key not in _ABOUT and bool(_KEYS.search(key))

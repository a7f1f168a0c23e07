"""Write a value as TOML: for the commented sample, and for the examples in what is said about mistakes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any


def toml(value: Any) -> str:
    """Booleans, numbers, texts, paths, lists and tables; a table is written inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    text = json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")  # TOML wants it escaped, JSON does not


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml(key)

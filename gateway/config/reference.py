"""The commented sample of gateway.toml, made from the settings themselves so that it cannot fall behind them."""

from __future__ import annotations

import textwrap
from typing import Any

from pydantic import BaseModel

from gateway.config.settings import Settings
from gateway.config.writing import toml


def reference() -> str:
    """Every section and key with its description, an example, and its default."""
    parts = [
        "# The site's settings. Every key may be left out; the values shown are the defaults.\n"
        "# Relative paths start at the folder above the one this file lies in.\n"
    ]
    for name, field in Settings.model_fields.items():
        section = field.annotation
        assert isinstance(section, type)
        assert issubclass(section, BaseModel)
        parts.append(f"\n# {_first_line(section)}\n[{name}]\n")
        parts += [_key(key, inner) for key, inner in section.model_fields.items()]
    return "".join(parts)


def _first_line(section: type[BaseModel]) -> str:
    return (section.__doc__ or "").splitlines()[0]


def _key(name: str, field: Any) -> str:
    default = field.get_default(call_default_factory=True)
    text = textwrap.fill(field.description, 110, initial_indent="# ", subsequent_indent="# ")
    value = f"# {name} =\n" if default is None else f"{name} = {toml(default)}\n"
    return f"\n{text}\n# Example: {name} = {toml(field.examples[0])}\n{value}"

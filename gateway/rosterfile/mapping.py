"""A mapping file, in TOML: which heading of a file laid out by others is which column of the roster, and which of its
words is which of ours."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from gateway.errors import Refused
from gateway.sheets import Headings

_TABLES = ("columns", "constants")
_NEXT = (
    'Write `[columns]` with lines like `"Eff. Date" = "effective_from"`, and `[constants]` with lines like'
    ' `payer = "prairie"`, `[values.state]` with lines like `PAR = "active"`; `gateway roster export` shows the columns'
    " there are."
)


def read_mapping(file: Path) -> Headings:
    """The headings that a mapping file names. Raises Refused with everything that is wrong with it."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _wrong(file, ["not TOML"]) from None
    problems = [f"{name}: unknown" for name in said if name not in (*_TABLES, "values")]
    problems += [f"[{name}]: every line is a text" for name in _TABLES if not _texts(said.get(name, {}))]
    values = said.get("values", {})
    if not (isinstance(values, dict) and all(map(_texts, values.values()))):
        problems.append('[values.COLUMN]: every line is a text, such as `PAR = "active"` in [values.state]')
    if not problems:
        headings = Headings(said.get("columns", {}), said.get("constants", {}), values)
        problems = headings.problems() + ([] if headings.columns else ["[columns]: names no heading"])
        if not problems:
            return headings
    raise _wrong(file, problems)


def _texts(table: Any) -> bool:
    return isinstance(table, dict) and all(isinstance(value, str) for value in table.values())


def _wrong(file: Path, problems: list[str]) -> Refused:
    return Refused("\n  ".join([f"{file}: no mapping of headings:", *problems]), code="ROSTER_MAP", next_step=_NEXT)

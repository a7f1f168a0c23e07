"""Builds frozen dataclasses from TOML tables by their types, and gathers every problem with its place."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, Final, get_args, get_origin, get_type_hints

_WORDS: Mapping[Any, str] = {
    bool: "true or false",
    str: 'a string, such as "29"',
    int: "a whole number, such as 3",
    float: "a number, such as 0.5",
    Decimal: 'an amount, such as "12.50"',
    date: "a day, such as 2026-03-01",
    datetime: "a moment, such as 2026-03-01T22:00:00-06:00",
}


WRONG: Final = object()
"""Stands for what could not be built."""


class Builder:
    """Turns tables into dataclasses; what is wrong is in `problems`, and its default stands in its place, so that all the
    others can be judged as well."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def build(self, kind: type[Any], values: object, where: str, made: Mapping[str, Any] | None = None) -> Any:
        """One table, or WRONG where a field without a default is; `made` are fields that are built already."""
        done = dict(made or {})
        if not isinstance(values, Mapping):
            self.problems.append(f"{where}: must be a table")
            return WRONG
        hints = _hints(kind)
        self.problems += [_unknown(where, key, hints) for key in values if key not in hints or key in done]
        for each in fields(kind):
            if each.name in values and each.name not in done:
                done[each.name] = self.value(values[each.name], hints[each.name], _at(where, each.name))
            elif each.name not in done and _required(each):
                self.problems.append(_at(where, each.name) + ": missing")
        done = {name: value for name, value in done.items() if value is not WRONG}
        return WRONG if any(_required(each) and each.name not in done for each in fields(kind)) else kind(**done)

    def value(self, value: Any, kind: Any, where: str) -> Any:
        """A TOML value as its field wants it, arrays as tuples, amounts as Decimal; or WRONG."""
        if isinstance(kind, types.UnionType):
            return self.value(value, get_args(kind)[0], where)
        if is_dataclass(kind):
            return self.build(kind, value, where)  # type: ignore[arg-type]
        if get_origin(kind) is tuple and isinstance(value, list):
            found = tuple(self.value(each, get_args(kind)[0], f"{where}[{n}]") for n, each in enumerate(value))
            return WRONG if WRONG in found else found
        if get_origin(kind) is not None and get_origin(kind) is not tuple and isinstance(value, Mapping):
            each = {key: self.value(each, get_args(kind)[1], _at(where, key)) for key, each in value.items()}
            return {key: one for key, one in each.items() if one is not WRONG}
        return self._plain(value, kind, where)

    def _plain(self, value: Any, kind: Any, where: str) -> Any:
        if kind is Decimal and type(value) in (int, float, str):
            try:
                return Decimal(str(value))
            except InvalidOperation:
                pass
        elif type(value) is kind or (kind is float and type(value) is int):
            return value
        elif kind is date and isinstance(value, datetime):
            return value.date()
        wanted = _WORDS.get(kind, 'an array, such as ["835"]' if get_origin(kind) is tuple else "a table, in {}")
        self.problems.append(f"{where}: must be {wanted}")
        return WRONG


def _required(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _hints(kind: type[Any]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _unknown(where: str, key: str, hints: Mapping[str, Any]) -> str:
    near = get_close_matches(key, hints, 1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(hints)}"
    return f"{_at(where, key)}: unknown key; {meant}"


def _at(where: str, key: str) -> str:
    return f"{where}.{key}".lstrip(".")

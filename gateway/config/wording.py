"""Say in words what is wrong with a key, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.config.writing import toml

Table = type[BaseModel]

REPLACED = {
    "answers": "is no key any more; expects says what comes (for example: expects = {TA1 = {}, 999 = {}, 277CA = {}})",
    "answer_within_hours": "is no key any more; expects says when (for example: expects = {999 = {within_hours = 24}})",
}
"""Keys that were, and how the same is said now."""

_WORDS = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "path_type": "must be a path in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "too_short": "must not be empty",
}


def where(location: Sequence[int | str]) -> str:
    """The path of a key as people write it: `partner[0].endpoint.port`."""
    text = ""
    for part in location:
        if part != "[key]":
            text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text or "the file"


def what(table: Table, kind: str, message: str, location: Sequence[int | str]) -> str:
    """What is wrong at this place, with the nearest known key or an example."""
    names = [part for part in location if isinstance(part, str)]
    if kind == "extra_forbidden":
        return _unknown_key(table, names)
    said = _WORDS.get(kind) or message.removeprefix("Value error, ").replace("Input should", "must", 1)
    _, field, name = _walk(table, names)
    example = f" (for example: {name} = {toml(field.examples[0])})" if field and field.examples else ""
    return said + example


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was meant, or all of them."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, 1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(names) or 'none'}"


def _unknown_key(table: Table, names: list[str]) -> str:
    """A slip of the pen, or a key that is right elsewhere and slipped under the wrong [header]."""
    name, (owner, _, _) = names[-1], _walk(table, names[:-1])
    if name in REPLACED and owner and "expects" in owner.model_fields:
        return REPLACED[name]
    known = owner.model_fields if owner else {}
    homes = list(_homes(table, name))
    if homes and not get_close_matches(name, known, 1, 0.85):
        return f"unknown key here; it belongs {' or '.join(homes)}"
    return f"unknown key; {nearest(name, known)}"


def _walk(table: Table, names: Iterable[str]) -> tuple[Table | None, FieldInfo | None, str]:
    """Where a path leads: the table it ends in, and the last declared key on it with its name."""
    owner: Table | None = table
    field, last, chosen = None, "", False
    for name in names:
        if chosen:  # the key of a table among several, such as `test` in `stages`
            chosen = False
            continue
        if owner is None or name not in owner.model_fields:
            break
        field, last = owner.model_fields[name], name
        owner, chosen = inner_table(field), get_origin(field.annotation) is dict
    return owner, field, last


def inner_table(field: FieldInfo) -> Table | None:
    """The table that a key holds, by itself or in a list."""
    annotation: Any = field.annotation
    candidates = (annotation, *getattr(annotation, "__args__", ()))
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)


def _homes(table: Table, key: str, header: str = "") -> Iterator[str]:
    """The headers under which a key is known."""
    if key in table.model_fields:
        yield f"under {header}" if header else "at the top of the file"
    for name, field in table.model_fields.items():
        if inner := inner_table(field):
            path = f"{header.strip('[]')}.{name}".lstrip(".")
            if get_origin(field.annotation) is dict:
                path += f".{next(iter((field.examples or [{'': None}])[0]))}"
            yield from _homes(inner, key, f"[[{path}]]" if get_origin(field.annotation) is tuple else f"[{path}]")

"""Read a TOML file into a model and report every problem with its file and path; never a secret among the values."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

_SECRET_KEYS = re.compile(r"pass(word|wd|phrase)|secret$|private_?key|token", re.IGNORECASE)
_SECRET_VALUES = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def read_toml(path: Path, problems: list[str]) -> dict[str, Any] | None:
    """The tables of a file, or None and a problem. A value that looks like a secret is a problem too."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        problems.append(f"{path}: cannot be read ({error.strerror})")
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path}: not TOML: {error}")
        return None
    secrets = [f"{path}: {place}" for place in _secrets(data)]
    problems += [
        f"{at}: looks like a secret; put it into keys.secrets_dir and name it as a credential" for at in secrets
    ]
    return None if secrets else data


def _secrets(value: Any, place: str = "") -> list[str]:
    if isinstance(value, dict):
        found = [f"{place}{key}" for key in value if _SECRET_KEYS.search(key) and isinstance(value[key], str)]
        return found + [s for key, inner in value.items() for s in _secrets(inner, f"{place}{key}.")]
    if isinstance(value, list):
        return [s for number, inner in enumerate(value) for s in _secrets(inner, f"{place.rstrip('.')}[{number}].")]
    return [place.rstrip(".")] if isinstance(value, str) and _SECRET_VALUES.search(value) else []


def validated(model: type[M], data: dict[str, Any], path: Path, problems: list[str]) -> M | None:
    """The model, or None and all its problems: each with its file, path and an example of what is right."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False, include_context=False):
            problems.append(f"{path}: {_place(found['loc'])}: {_said(model, found)}")
        return None


def _place(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text or "the file"


def _said(model: type[BaseModel], found: Any) -> str:
    """What is wrong in words, with the nearest known key or an example."""
    location = [part for part in found["loc"] if isinstance(part, str)]
    owner = _owner(model, location[:-1])
    known = owner.model_fields if owner else {}
    if found["type"] == "extra_forbidden":
        near = get_close_matches(location[-1], known, 1)
        return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; known are {', '.join(known)}"
    message = str(found["msg"]).removeprefix("Value error, ")
    field = known.get(location[-1]) if location else None
    example = f" (for example {field.examples[0]!r})" if field is not None and field.examples else ""
    return f"{message[0].lower()}{message[1:]}{example}"


def _owner(model: type[BaseModel], path: list[str]) -> type[BaseModel] | None:
    """The model that the last key of a path belongs to."""
    for name in path:
        field = model.model_fields.get(name)
        inner = getattr(field, "annotation", None) if field else None
        candidates = [inner, *getattr(inner, "__args__", ())]
        owner = next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)
        if owner is None:
            return None
        model = owner
    return model

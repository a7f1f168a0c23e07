"""Read a TOML file into a model and report every problem with its file and path; never a secret among the values."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.config.leaks import secret_places
from gateway.config.wording import what, where

M = TypeVar("M", bound=BaseModel)
Place = tuple[int | str, ...]


def read_toml(path: Path, problems: list[str]) -> dict[str, Any] | None:
    """The tables of a file, or None and a problem. A value that looks like a secret is a problem too."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problems.append(f"{path}: cannot be read ({error.strerror})")
        return None
    except UnicodeDecodeError as error:
        problems.append(f"{path}: byte {error.start + 1} is not UTF-8; save the file as UTF-8 text")
        return None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(f"{path}: not TOML: {error}")
        return None
    secrets = secret_places(data)
    problems += [
        f"{path}: {at}: looks like a secret; put it into a file in keys.secrets_dir and name that file as credential"
        for at in secrets
    ]
    return None if secrets else data


def validated(model: type[M], data: dict[str, Any], source: object, problems: list[str]) -> M | None:
    """The model, or None and all its problems: each with its source, path and an example of what is right."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        told = _found(error)
    for found in (*told, *_behind(model, data, told)):
        said = what(model, found["type"], found["msg"], found["loc"])
        problems.append(f"{source}: {where(found['loc'])}: {said}")
    return None


def _behind(model: type[BaseModel], data: dict[str, Any], told: list[Any]) -> Iterator[Any]:
    """What a rule over several keys finds beside keys that are wrong by themselves: it is asked once these are left out,
    and so must say nothing of what stands in for a key that is not there."""
    try:
        model.model_validate(_without(data, {found["loc"] for found in told}))
    except ValidationError as error:
        yield from (found for found in _found(error) if found["type"] != "missing" and found not in told)


def _found(error: ValidationError) -> list[Any]:
    return error.errors(include_url=False, include_input=False, include_context=False)


def _key(place: Place) -> Place:
    """The key that a place stands in: of lists nothing is left out, so that what stands behind keeps its number."""
    while place and (isinstance(place[-1], int) or place[-1] == "[key]"):
        place = place[:-1]
    return place


def _without(value: Any, wrong: Collection[Place], at: Place = ()) -> Any:
    """Tables without the keys in which something is wrong, however deep; of lists nothing is left out."""
    if isinstance(value, Mapping):
        return {
            key: _without(inner, wrong, (*at, key))
            for key, inner in value.items()
            if not _is_wrong(inner, wrong, (*at, key))
        }
    if isinstance(value, list):
        return [_without(inner, wrong, (*at, number)) for number, inner in enumerate(value)]
    return value


def _is_wrong(value: Any, wrong: Collection[Place], at: Place) -> bool:
    return at in wrong or (not _of_tables(value) and at in set(map(_key, wrong)))


def _of_tables(value: Any) -> bool:
    """Whether it is a list with tables in it, which are judged one by one whatever else stands in it."""
    return isinstance(value, list) and any(isinstance(inner, Mapping) for inner in value)


def read_model(model: type[M], path: Path, problems: list[str]) -> M | None:
    """A file as its model, or None and all its problems."""
    data = read_toml(path, problems)
    return None if data is None else validated(model, data, path, problems)

"""The guide tables on disk: made once from pyx12's maps and our own files, then kept in a cache for every process."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateway.data import OF_SITES, CodeList, code_list, code_list_of, code_lists, merged
from gateway.guides.advice import advised
from gateway.guides.corrections import corrected
from gateway.guides.dictionary import DataElement
from gateway.guides.maps import dictionary_from, guide_from
from gateway.guides.overlay import overlaid, whole
from gateway.guides.tables import Composite, Element, Guide, LoopRule, SegmentRule
from gateway.guides.validator import CodeLists

FORMAT = 1
"""Of what stands in the cache."""

_MAPS = {
    ("837", "005010X222"): "837.5010.X222.A1.xml",
    ("837", "005010X223"): "837Q3.I.5010.X223.A1.xml",
    ("835", "005010X221"): "835.5010.X221.A1.xml",
    ("277", "005010X214"): "277.5010.X214.xml",
    ("277", "005010X212"): "277.5010.X212.xml",
    ("999", "005010X231"): "999.5010X231.A1.xml",
}
_OURS = {("837", "005010X224"): "dental.toml", ("276", "005010X212"): "status_request.toml"}
_BASES = {("837", "005010X224"): ("837", "005010X222")}
_TYPES = (Element, Composite, SegmentRule, LoopRule, Guide)
_LOADED: dict[tuple[str, str], Guide] = {}
"""In this process, for all its sites: nothing in a guide is a site's own, and making one leaves much to collect."""


class Guidebook:
    """Guides by ST01 and ST03, whatever the addendum. `cache` is the folder for compiled tables; None keeps them in memory
    only. A cache that cannot be read or written is done without. `editions` is where a site keeps code lists of its own."""

    def __init__(self, cache: Path | None = None, editions: Path | None = None) -> None:
        self._cache = cache
        self._editions = editions

    def __call__(self, code: str, version: str) -> Guide | None:
        """The guide of a transaction set (`837`, `005010X222A1`), or None where there is none."""
        key = (code, version[:10])
        if key not in _MAPS and key not in _OURS:
            return None
        if key not in _LOADED:
            _LOADED[key] = self._load(key)
        return _LOADED[key]

    def lists(self) -> CodeLists:
        """The outer code lists as they are now, each in its newest edition: ours or the site's."""
        if self._editions is None:
            return standard_lists()
        found = sorted(self._editions.glob("*.toml"))
        return _lists_of(tuple((path, path.stat().st_mtime_ns) for path in found))

    def _load(self, key: tuple[str, str]) -> Guide:
        path = self._cache / f"{key[0]}-{key[1]}-{_edition()}.guide" if self._cache else None
        found = _read(path) if path else None
        if found is None:
            found = advised(self._compile(key))
            if path:
                _write(path, found)
        return found

    def _compile(self, key: tuple[str, str]) -> Guide:
        if key in _MAPS:
            return corrected(guide_from(_map(_MAPS[key]), *key, _dictionary()))
        text = tomllib.loads(files("gateway.guides").joinpath("data", _OURS[key]).read_text(encoding="utf-8"))
        if key not in _BASES:
            return whole(text, _dictionary())
        base = self(*_BASES[key])
        assert base
        return overlaid(base, text, _dictionary())


def default_cache() -> Path:
    """Where compiled tables lie when no site is at hand."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "claims-gateway"


@lru_cache(maxsize=1)
def standard_lists() -> CodeLists:
    """The outer code lists that the gateway brings."""
    return _tables(newest(()))


@lru_cache(maxsize=4)
def _lists_of(editions: tuple[tuple[Path, int], ...]) -> CodeLists:
    return _tables(newest(path for path, _ in editions))


def newest(editions: Iterable[Path]) -> list[CodeList]:
    """The code lists that the gateway brings, with those of these files that are newer in their place, and those that
    only a site has. Raises Malformed."""
    lists = {name: code_list(name) for name in code_lists()}
    for path in editions:
        one = code_list_of(path.read_text(encoding="utf-8"))
        if one.name in lists:
            lists[one.name] = merged(lists[one.name], one)
        elif one.name in OF_SITES:
            lists[one.name] = one
    return list(lists.values())


def _tables(lists: list[CodeList]) -> CodeLists:
    return CodeLists({one.name: one.codes for one in lists}, {one.name: one.unknown for one in lists})


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, DataElement]:
    return dictionary_from(_map("dataele.xml"))


def _map(name: str) -> bytes:
    return files("pyx12").joinpath("map", name).read_bytes()


@lru_cache(maxsize=1)
def _edition() -> str:
    """Changes whenever the tables could: with the maps, with our own files, with the code that reads them."""
    digest = hashlib.sha256(f"{FORMAT} {sys.version} {metadata.version('pyx12')}".encode())
    folder = files("gateway.guides")
    for place in (folder, folder / "data"):
        for part in sorted(place.iterdir(), key=lambda part: part.name):
            if part.is_file() and part.name.endswith((".py", ".toml")):
                digest.update(part.read_bytes())
    return digest.hexdigest()[:16]


def _read(path: Path) -> Guide | None:
    try:
        found = _revived(marshal.loads(path.read_bytes()))
    except (OSError, ValueError, EOFError, TypeError, IndexError):
        return None
    return found if isinstance(found, Guide) else None


def _write(path: Path, guide: Guide) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_bytes(marshal.dumps(_plain(guide)))
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    """Our nouns as plain tuples, each with the number of its type in front."""
    if not isinstance(value, tuple):
        return value
    number = _TYPES.index(type(value)) if type(value) in _TYPES else -1
    return (number, *(_plain(part) for part in value))


def _revived(value: Any) -> Any:
    if type(value) is not tuple:
        return value
    parts = [_revived(part) for part in value[1:]]
    return tuple(parts) if value[0] == -1 else _TYPES[value[0]](*parts)

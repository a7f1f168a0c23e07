"""Where plugins are: installed packages, the plugins folder, and modules that the settings name."""

from __future__ import annotations

import importlib
import importlib.util
import shlex
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import PluginError
from gateway.hookspecs import PROJECT, hookimpl
from gateway.model.partners import Partner, Payer

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

Declared = Callable[[Path], tuple[Sequence[Payer], Sequence[Partner]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A plugin by the name that people see, not loaded yet. `how` it was found is INSTALLED, NAMED or FOLDER, or
    DECLARED where it is no Python."""

    name: str
    load: Callable[[], object]
    how: str
    directory: Path | None = None


INSTALLED, NAMED, FOLDER, DECLARED = "installed", "named", "folder", "declared"


class Declaration:
    """A TOML file as a plugin: the same hooks, no Python."""

    def __init__(self, payers: Sequence[Payer], partners: Sequence[Partner]) -> None:
        self._payers, self._partners = payers, partners

    @hookimpl
    def register_payers(self) -> Sequence[Payer]:
        """The declared payers."""
        return self._payers

    @hookimpl
    def register_partners(self) -> Sequence[Partner]:
        """The declared partners."""
        return self._partners


def installed() -> Iterator[Found]:
    """The entry points of installed packages, as `package:name`."""
    for point in sorted(_points(), key=_installed_name):
        yield Found(_installed_name(point), point.load, INSTALLED)


def installed_at(name: str) -> Path | None:
    """Where the installed plugin `package:name`, or `name` alone, lies: its module, or the folder of its package."""
    for point in _points():
        if name in (point.name, _installed_name(point)):
            spec = importlib.util.find_spec(point.module)
            if spec is not None and spec.origin is not None:
                path = Path(spec.origin)
                return path.parent if path.name == "__init__.py" else path
    return None


def _points() -> EntryPoints:
    # here: it takes long to load, and plugins of the folder need none of it
    from importlib.metadata import entry_points

    return entry_points(group=PROJECT)


def _installed_name(point: EntryPoint) -> str:
    return f"{point.dist.name}:{point.name}" if point.dist else point.name


def named_modules(names: Iterable[str]) -> Iterator[Found]:
    """Modules on Python's path."""
    for name in names:
        yield Found(name, lambda name=name: importlib.import_module(name), NAMED)  # type: ignore[misc]


def in_folder(directory: Path | None, declared: Declared) -> Iterator[Found]:
    """The Python files, TOML declarations and packages of a folder, by their file names. Hidden ones, those that
    begin with an underscore, and other kinds of files are no plugins. Raises PluginError for the folder itself."""
    if directory is None:
        return
    if not directory.is_dir():
        raise PluginError(
            f"there is no plugins folder {directory}",
            code="PLUGIN_FOLDER",
            place=str(directory),
            next_step="Make the folder, or correct plugins.directory in gateway.toml.",
        )
    _refuse_writable([directory, *directory.glob("__pycache__"), *directory.glob("__pycache__/*")])
    for path in sorted(directory.iterdir()):
        if not path.name.startswith((".", "_")) and (path.suffix in (".py", ".toml") or path.is_dir()):
            how = DECLARED if path.suffix == ".toml" else FOLDER
            yield Found(path.name, lambda path=path: _load(path, declared), how, directory)  # type: ignore[misc]


def again(how: str, name: str, directory: Path) -> Found:
    """A plugin in Python that was found before, in this or another process. Raises PluginError."""
    if how == INSTALLED:
        found = next((found for found in installed() if found.name == name), None)
    elif how == NAMED:
        found = next(named_modules([name]))
    else:
        found = Found(name, lambda: _load(directory / name, _no_declaration), how, directory)
    if found is None:
        raise PluginError(
            f"plugin {name} is not installed any more",
            code="PLUGIN_GONE",
            place=name,
            next_step="Install it again, or restart the service.",
        )
    return found


def _no_declaration(path: Path) -> tuple[Sequence[Payer], Sequence[Partner]]:
    raise ImportError(f"{path.name} is not in Python")


def _load(path: Path, declared: Declared) -> object:
    _refuse_writable([path, *path.rglob("*")] if path.is_dir() else [path])
    if path.suffix == ".toml":
        return Declaration(*declared(path))
    source = path / "__init__.py" if path.is_dir() else path
    if not source.exists():
        raise ImportError("a folder without __init__.py; put a _ before its name if it is no plugin")
    return _import(f"gateway_plugin_{path.name.replace('.', '_')}", source)


def _import(name: str, source: Path) -> object:
    """A module that is read anew each time, and with it what it imports from its own package."""
    spec = importlib.util.spec_from_file_location(name, source)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python module")
    module = importlib.util.module_from_spec(spec)
    _forget(name)
    sys.modules[name] = module
    # Compiled code, left in the folder with whatever permissions, would be one more thing to guard.
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except BaseException:
        _forget(name)
        raise
    finally:
        sys.dont_write_bytecode = writes
    return module


def _forget(name: str) -> None:
    for known in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
        del sys.modules[known]


def _refuse_writable(paths: Iterable[Path]) -> None:
    """What others may write to, others may run in our name."""
    for path in paths:
        if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PluginError(
                f"{path} can be changed by other users",
                code="PLUGIN_WRITABLE",
                place=str(path),
                next_step=f"Take the permission away: chmod -R go-w {shlex.quote(str(path))}",
            )

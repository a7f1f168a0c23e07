"""Load one plugin by itself, as a site would, with stand-ins for the payers that others declare."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from gateway.config.declarations import read_declaration
from gateway.config.declared import settled
from gateway.errors import PluginError
from gateway.model.partners import Partner, Payer
from gateway.plugins import Registry, load_plugins
from gateway.plugins.registry import BUILT_IN
from gateway.testing.kit.rehearsing import ends

TO_BE_GIVEN = "TO-BE-GIVEN"
"""What a declaration has where the payer itself must say the value; a host that is not known ends with `.invalid`."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`source` is the file that holds its text. `registry` is None where it did not load; `borrowed` are the payers that
    it reaches and others declare."""

    path: Path
    source: Path
    registry: Registry | None = None
    problems: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = field(default=())

    @property
    def text(self) -> str:
        """Its files' text, for what is looked for in it."""
        files = sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]
        return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file())


def copied(path: Path, folder: Path) -> Path:
    """The plugin in another folder, for nobody else to change."""
    target = folder / path.name
    if path.is_dir():
        shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__", "samples", "tests"))
    else:
        shutil.copyfile(path, target)
    for each in (target, *target.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    return target


def load(path: Path, *, rehearsed: bool = False) -> Loaded:
    """All that is wrong with it, or what it registers. One in Python is loaded in a process of its own first, unless it
    was `rehearsed`."""
    source = path / "__init__.py" if path.is_dir() else path
    with tempfile.TemporaryDirectory() as folder:
        try:
            copy = copied(path, Path(folder))
            if source.suffix == ".py" and not rehearsed and (wrong_end := ends(copy)):
                return Loaded(path, source, None, (wrong_end,))
            registry = load_plugins(Path(folder), declared=read_declaration, entry_points=False)
        except PluginError as wrong:
            return Loaded(path, source, None, _each(wrong.message, folder))
        except OSError as wrong:
            return Loaded(path, source, None, (f"cannot be read: {wrong.strerror}",))
        if not any(origin == copy.name for origin in registry.origins.values()):
            return Loaded(path, source, None, ("registers nothing; a name that begins with _ or . is not loaded",))
    return _settled(path, source, registry)


def _each(message: str, folder: str) -> tuple[str, ...]:
    """Problems come joined, each with the path of the copy."""
    head = f"{folder}/"
    return tuple(part.replace(head, "").strip(" ;") for part in message.replace(f"; {head}", f"\n{head}").splitlines())


def _settled(path: Path, source: Path, registry: Registry) -> Loaded:
    reached = {payer for partner in registry.partners.values() for payer in partner.payers}
    asked = {check.payer for check in registry.checks if check.payer}
    borrowed = tuple(sorted((reached | asked) - registry.payers.keys()))
    lent = {key: Payer(key, key) for key in borrowed}
    origins = {**registry.origins, **{f"payer {key}": BUILT_IN for key in borrowed}}
    problems: list[str] = []
    done = settled(replace(registry, payers={**registry.payers, **lent}, origins=origins), problems)
    return Loaded(path, source, None if problems else done, tuple(problems), borrowed, tuple(done.partners.values()))

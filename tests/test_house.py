"""The house keeps its shape: floors, purity, and one home for every outside library."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "gateway"

FLOORS: list[set[str]] = [
    {"model", "events", "errors"},
    {
        "x12",
        "guides",
        "lifecycle",
        "npi",
        "items",
        "checks",
        "enrollment",
        "gate",
        "resubmission",
        "families",
        "cases",
        "sending",
        "marks",
        "likeness",
        "named",
        "codec",
        "rows",
        "amendments",
        "faithful",
        "screening",
        "matching",
        "remittance",
        "learning",
        "replies",
        "deadlines",
        "denials",
        "metrics",
        "planner",
        "naming",
        "partnership",
        "layout",
        "calendar",
        "silence",
        "inquiries",
        "proof",
        "waits",
        "breaker",
        "numbering",
        "data",
        "sheets",
        "lists",
        "exports",
        "digest",
        "telling",
    },
    {"hookspecs", "ports", "plugins", "builtin"},
    {
        "config",
        "vault",
        "store",
        "spool",
        "sftp",
        "bus",
        "logs",
        "rosterfile",
        "listfile",
        "guidebook",
        "wrapping",
        "hosting",
        "paper",
        "durable",
    },
    {"config", "vault", "store", "spool", "sftp", "bus", "logs", "rosterfile", "listfile", "guidebook", "wrapping"}
    | {"mailing"},
    {"workers", "desk", "daemon"},
    {"cli", "__main__"},
]
BESIDE = {"testing", "demo"}

HOMES = {
    "aiosqlite": {"store"},
    "sqlcipher3": {"store"},
    "cryptography": {"vault", "testing"},
    "paramiko": {"sftp", "testing"},
    "pluggy": {"hookspecs", "plugins"},
    "structlog": {"logs"},
    "aiomqtt": {"bus"},
    "pydantic": {"config"},
    "click": {"cli", "demo"},
    "rich": {"cli", "demo"},
    "openpyxl": {"rosterfile", "listfile"},
    "pysequoia": {"wrapping"},
    "pytest": {"testing"},
    "fpdf": {"paper"},
}

IMPURE = {
    "asyncio", "glob", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "signal",
    "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The top-level module or package of the gateway that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "gateway":
                yield from (f"gateway.{alias.name}" for alias in node.names)


def floor(name: str) -> int | None:
    return next((number for number, rooms in enumerate(FLOORS) if name in rooms), None)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_from_its_own_floor_or_below(path: Path) -> None:
    """Imports go down, never up, and nothing in the daemon imports what stands beside it."""
    if path == PACKAGE / "__init__.py":
        return
    own = floor(room(path))
    assert own is not None or room(path) in BESIDE, f"{room(path)} has no floor yet"
    for name in imports(path):
        if not name.startswith("gateway."):
            continue
        other = name.split(".")[1]
        if room(path) in BESIDE or room(path) == "cli":
            continue
        assert other not in BESIDE, f"imports {other}, which stands beside the daemon"
        if other in {"__version__", "hookimpl"}:
            continue
        theirs = floor(other)
        assert theirs is not None, f"{other} has no floor"
        assert own is not None
        assert theirs <= own, f"floor {own} imports {other} of floor {theirs}"


@pytest.mark.parametrize("path", [p for p in modules() if room(p) in FLOORS[0] | FLOORS[1]], ids=lambda p: p.stem)
def test_words_and_rules_do_no_io_and_read_no_clock(path: Path) -> None:
    """Floors 0 and 1 are pure: what they say depends on nothing but their arguments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not {name.split(".")[0] for name in imports(path)} & IMPURE
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id in {"open", "print", "input"})
            assert not (isinstance(called, ast.Attribute) and called.attr in CLOCKS), "reads the clock"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_outside_library_has_one_home(path: Path) -> None:
    """A library that is used in one room can be replaced in one room."""
    for name in imports(path):
        library = name.split(".")[0]
        if library == "gateway" or library in sys.stdlib_module_names:
            continue
        assert room(path) in HOMES.get(library, set()), f"{library} is not at home in {room(path)}"


def test_sql_is_written_in_the_store_only() -> None:
    """A statement outside the store would tie the rest of the house to this database."""
    for path in modules():
        if room(path) == "store":
            continue
        text = path.read_text(encoding="utf-8")
        for word in ("SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "PRAGMA "):
            assert f'"{word}' not in text, f"{path.name} writes SQL"


def test_every_module_says_what_it_is() -> None:
    """The first line of each module is its one line."""
    for path in modules():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


_COUNTED = re.compile(
    r"\{[^{}]*[a-z][^{}]*\} (claims|files|records|rows|days|documents|events|remittances|deposits|answers"
    r"|submissions|sets)\b"
)
_PLURAL = {"rows_roles.py", "lists.py", "inquiries.py", "handback.py", "telling.py", "payers.py"}
"""Where one is said otherwise, or there are never fewer than seven; and payers.py counts kinds of claims by their names."""


@pytest.mark.parametrize("path", [p for p in modules() if room(p) != "testing"], ids=lambda p: p.stem)
def test_one_of_a_kind_is_no_plural(path: Path) -> None:
    """What is counted is said by `counted`, of telling by `{count:claim}`: nobody reads `1 claims`."""
    lines = [
        line for line in path.read_text().splitlines() if _COUNTED.search(line) and not line.strip().startswith('"""')
    ]
    assert not lines or path.name in _PLURAL, lines


@pytest.mark.parametrize("path", [p for p in modules() if room(p) == "cli"], ids=lambda p: p.stem)
def test_no_command_writes_a_file_in_place(path: Path) -> None:
    """A file that somebody named is there whole, or as it was: `gateway.durable` writes it."""
    assert not re.search(r"\.write_(text|bytes)\(|\bopen\([^)]*\"[wa]b?\"", path.read_text())

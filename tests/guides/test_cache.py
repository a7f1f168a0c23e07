"""The guide tables of a site lie in its cache: made once, and made again where what lies there is of no use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_LOADS = """
import sys
from pathlib import Path
from gateway import guidebook
made = []
read = guidebook.guide_from
guidebook.guide_from = lambda *words: made.append(1) or read(*words)
books = [guidebook.Guidebook(Path(sys.argv[1])) for _ in range(2)]
segments = [len(repr(book("835", "005010X221A1"))) for book in books]
print(len(made), *segments)
"""


def loads(cache: Path) -> list[int]:
    """In a new process: how often the tables were made for two sites, and how long they are."""
    said = subprocess.run([sys.executable, "-c", _LOADS, str(cache)], check=True, capture_output=True, text=True)
    return [int(word) for word in said.stdout.split()]


def test_tables_are_made_once_and_then_read(tmp_path: Path) -> None:
    made, *lengths = loads(tmp_path / "cache")
    assert (made, len(set(lengths))) == (1, 1)
    assert loads(tmp_path / "cache") == [0, *lengths]


@pytest.mark.parametrize("damage", [b"", b"not a table", b"\xe9\x00\x00\x00\x00"])
def test_a_cache_that_cannot_be_read_is_made_again(tmp_path: Path, damage: bytes) -> None:
    first = loads(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(damage)
    assert loads(tmp_path) == first
    assert loads(tmp_path) == [0, *first[1:]]

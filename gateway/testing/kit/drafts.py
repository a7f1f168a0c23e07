"""What `gateway plugin new` writes: a draft that loads at once, and a test for authors outside the tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from gateway.errors import Refused
from gateway.testing.kit.shipped import write_new

_DRAFTS = Path(__file__).parent / "drafts"


def draft(name: str, folder: Path, *, python: bool) -> Sequence[Path]:
    """Write NAME.toml or NAME.py into the folder, and a test into `_tests/` beside it, which is never loaded as a plugin.
    Raises Refused for a name that is no key, or a file that is there."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,26}", name):
        raise Refused(
            "the name must be lower-case letters, digits and _ only, a letter first, 27 characters at most",
            code="NAME",
            next_step="For example: gateway plugin new prairie",
        )
    ending = ".py" if python else ".toml"
    plugin = write_new(folder / f"{name}{ending}", _filled(f"plugin{ending}.draft", name, ending))
    test = write_new(folder / "_tests" / f"test_{name}.py", _filled("test.py.draft", name, ending))
    return plugin, test


def _filled(template: str, name: str, ending: str) -> str:
    text = (_DRAFTS / template).read_text(encoding="utf-8")
    words = {"NAME": name, "TITLE": name.replace("_", " ").title(), "CAPITALS": name.replace("_", " ").upper(),
             "RECEIVER": name.replace("_", "").upper()[:15].ljust(2, "X"),
             "ENDING": ending, "CODE": name.upper()}  # fmt: skip
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text

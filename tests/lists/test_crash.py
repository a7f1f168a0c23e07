"""Killed at any step of an import, the old edition stays in force until the new one is whole."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lists.dying import STEPS
from tests.lists.files import leie
from tests.lists.sites import shelf_of, take
from tests.sites import make_site

ROOT = Path(__file__).parent.parent.parent
OLD, NEW = "2000000010", "2000000028"
UNNAMED = set(list(STEPS)[:4])
COMMITTED = {"the row is committed", "all is done"}


@pytest.mark.parametrize("step", STEPS)
def test_kill_9_leaves_one_whole_edition_in_force(step: str, tmp_path: Path) -> None:
    """The old one up to the commit, the new one from it on; what was left behind is cleared, and the next import works."""
    site = make_site(tmp_path / "site", {})
    take(site, "leie", leie({"NPI": OLD}))
    path = tmp_path / "new.csv"
    path.write_text(leie({"NPI": OLD}, {"NPI": NEW}))
    died = subprocess.run(
        [sys.executable, "-m", "tests.lists.dying", step, str(site.config), "leie", str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    left = {path.suffix for path in (site.root / "state" / "lists").glob("*")}
    assert left == ({".list", ".draft"} if step in UNNAMED else {".list"})
    shelf = asyncio.run(shelf_of(site, OLD, NEW))
    assert shelf.of(OLD).exclusions
    assert bool(shelf.of(NEW).exclusions) == (step in COMMITTED)
    events = site.query("SELECT * FROM events WHERE name = 'list.imported'")
    assert len(events) == len(site.query("SELECT * FROM list_generations")) == (2 if step in COMMITTED else 1)
    assert take(site, "leie", path)["known"] == (step in COMMITTED)
    assert sorted(p.name for p in (site.root / "state" / "lists").glob("*")) == ["leie-1.list", "leie-2.list"]
    assert asyncio.run(shelf_of(site, NEW)).of(NEW).exclusions
    assert site.ask("audit")["intact"]

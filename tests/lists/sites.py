"""Import lists at a closed site as a person does, without starting a process for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.model.lists import Shelf
from gateway.store import lists
from gateway.workers.site import open_site
from tests.sites import TestSite


def take(site: TestSite, kind: str, content: str | bytes | Path, *words: str, name: str = "list.csv") -> dict[str, Any]:
    """What `gateway lists import KIND FILE --json` says. Raises what it is refused with."""
    path = content if isinstance(content, Path) else site.root / name
    if isinstance(content, str | bytes):
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    command = ["-c", str(site.config), "lists", "import", kind, str(path), "--json", *words]
    done = CliRunner().invoke(gateway, command, standalone_mode=False)
    if done.exception:
        raise done.exception
    said: dict[str, Any] = json.loads(done.stdout)
    return said


async def shelf_of(site: TestSite, *npis: str) -> Shelf:
    """What the lists in force say of these."""
    async with open_site(site.config) as opened:
        return await opened.store.read(lists.shelf_of, npis)

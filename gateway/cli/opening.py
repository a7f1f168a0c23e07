"""Open the site ourselves, under its lock, and answer from it as the service would."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from gateway.desk.calling import user_name
from gateway.desk.commands import answer
from gateway.workers.site import open_site


def ask_here(path: Path, command: str, arguments: dict[str, Any]) -> Any:
    """The answer to one command."""
    return asyncio.run(_answer(path, command, arguments))


async def _answer(path: Path, command: str, arguments: dict[str, Any]) -> Any:
    async with open_site(path) as site:
        return await answer(site, command, arguments, user_name())

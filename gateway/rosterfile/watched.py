"""A roster file that is watched for changes: read at first, and whenever it changed and then stood still."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.errors import Refused
from gateway.ports import Secret
from gateway.rosterfile.reading import read_roster

STILL_SECONDS = 2.0
_LOOK = "Save the file where roster.file in gateway.toml says, so that the service may read it."
Version = tuple[int, int, int] | None
"""Inode, size and modification time in nanoseconds; None where there is no file."""
_NEVER: Version = (-1, -1, -1)


def roster_file(settings: Any, _: Callable[[str], Secret]) -> RosterFile | None:
    """The source for the file that the settings name."""
    return None if settings.roster.file is None else RosterFile(settings.roster.file)


class RosterFile:
    """An enrollment source: one file, read at the first call and whenever it changed and then stood still.

    A file that is gone, or cannot be read, is refused once for each version of it.
    """

    name = "roster_file"

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self.file, self.clock = file, clock
        self._read = _NEVER
        self._seen, self._since = _NEVER, 0.0

    async def rows(self) -> list[dict[str, str]] | None:
        """The file's rows, once for each version of it."""
        return await asyncio.to_thread(self._look)

    def _look(self) -> list[dict[str, str]] | None:
        version = self._version()
        if version == self._read or not self._stands_still(version):
            return None
        found: list[dict[str, str]] | Refused
        try:
            found = read_roster(self.file)
        except (OSError, Refused) as failure:
            found = _refusal(failure, self.file, version)
        if self._version() != version:
            return None  # it was written meanwhile
        self._read = version
        if isinstance(found, Refused):
            raise found
        return found

    def _version(self) -> Version:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _stands_still(self, version: Version) -> bool:
        """Whether nobody wrote to it for a while, by its own time or by ours: one of the two clocks may be wrong. A file
        that was never there is not being replaced."""
        now = self.clock()
        if self._seen != version:
            self._seen, self._since = version, now
        if version is None:
            return self._read == _NEVER or now - self._since >= STILL_SECONDS
        return now - min(version[2] / 1e9, self._since) >= STILL_SECONDS


def _refusal(failure: OSError | Refused, file: Path, version: Version) -> Refused:
    """What is wrong with this version of the file, and with no other."""
    saved = f"saved {datetime.fromtimestamp(version[2] / 1e9, UTC):%Y-%m-%d %H:%M:%S} UTC" if version else "gone"
    if isinstance(failure, OSError):
        return Refused(f"{file} ({saved}): {failure.strerror}", code="ROSTER_FILE", next_step=_LOOK)
    return Refused(f"{failure.message} ({saved})", code=failure.code, place=failure.place, next_step=failure.next_step)

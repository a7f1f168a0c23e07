"""Keeps the bytes of every file that arrived, in order of arrival, for good.

`received/000001.edi` holds the first file's bytes, `received/journal.jsonl` one line for each. A file counts once its
line is there; both are on disk before anybody is told that the file arrived.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Arrival:
    """`number` counts from 1, `name` is the name it arrived under, `at` the moment in ISO 8601. `inode` and `modified`
    (nanoseconds) tell this arrival from the next of the same name. `folder` is where it came to, such as /in."""

    number: int
    name: str
    sha256: str
    at: str
    inode: int
    modified: int
    folder: str = "/in"

    @property
    def moment(self) -> datetime:
        """When it arrived."""
        return datetime.fromisoformat(self.at)


class Journal:
    """Append-only: the one witness of what was received, and how often."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._lines = folder, folder / "journal.jsonl"
        written = self._lines.read_bytes() if self._lines.exists() else b""
        # A kill in the middle of a line leaves an arrival that nobody was told of.
        self._whole = written.rfind(b"\n") + 1
        self.arrivals = [Arrival(**json.loads(line)) for line in written[: self._whole].splitlines()]
        self._known = {(arrival.inode, arrival.modified) for arrival in self.arrivals}

    def add(self, path: Path, at: datetime, folder: str = "/in") -> Arrival:
        """Copy the file's bytes and note its arrival."""
        data, found = path.read_bytes(), path.stat()
        number = len(self.arrivals) + 1
        digest = sha256(data).hexdigest()
        arrival = Arrival(number, path.name, digest, at.isoformat(), found.st_ino, found.st_mtime_ns, folder)
        _write(self._bytes(arrival), data, "wb")
        self._append((json.dumps(asdict(arrival)) + "\n").encode())
        self.arrivals.append(arrival)
        self._known.add((arrival.inode, arrival.modified))
        return arrival

    def knows(self, path: Path) -> bool:
        """Whether these very bytes in this very file were noted already."""
        found = path.stat()
        return (found.st_ino, found.st_mtime_ns) in self._known

    def follow(self, path: Path) -> None:
        """The file's times were changed; it is still the same arrival."""
        found = path.stat()
        self._known.add((found.st_ino, found.st_mtime_ns))

    def read(self, arrival: Arrival) -> bytes:
        """The bytes as they arrived."""
        return self._bytes(arrival).read_bytes()

    def _append(self, line: bytes) -> None:
        """After the last whole line. Only a writer repairs: another reader may have the journal open."""
        if self._lines.exists() and self._lines.stat().st_size > self._whole:
            os.truncate(self._lines, self._whole)
        _write(self._lines, line, "ab")
        self._whole += len(line)

    def _bytes(self, arrival: Arrival) -> Path:
        return self._folder / f"{arrival.number:06d}.edi"


def _write(path: Path, data: bytes, mode: str) -> None:
    with path.open(mode) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

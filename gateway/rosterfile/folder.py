"""A folder that people drop roster files into: which of them stand still, what they hold, and where they go then.

Nothing is followed: a link is never opened, and `done/` and `refused/` are folders of this one or none at all. What
lies in them holds names: nobody but the owner and the group of the folder may enter.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from gateway.errors import Refused
from gateway.rosterfile.reading import LARGEST
from gateway.rosterfile.watched import STILL_SECONDS

DONE, REFUSED, PREVIEW = "done", "refused", "preview"
ANSWER = ".preview.txt"
"""What a file in `preview/` is answered in, behind its name."""

_UNFINISHED = (".tmp", ".part", ".filepart", ".crdownload", "~")
_HIDDEN = (".", "~$")
_LONGEST_NAME = 200  # leaves room for what is added to it
_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

Signature = tuple[int, int, int]
"""Inode, size and time of change in nanoseconds."""


class RosterFolder:
    """One folder. `settled` is to be called again and again: a file counts once it was the same two times running.

    With `asking` it is the one where files stay and get an answer beside them; it lies in the other one.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time, asking: bool = False) -> None:
        self.folder, self.clock, self.asking = folder, clock, asking
        self._passed_over = (*_UNFINISHED, ANSWER) if asking else _UNFINISHED
        self._seen: dict[str, tuple[Signature, float]] = {}
        self._growing = 0

    def settled(self) -> list[tuple[str, Signature]]:
        """The names that stood still for a while, oldest first, each with what tells its present content."""
        _make(self.folder, 0o770)
        if self.asking:
            with _opened(self.folder):
                pass
        now, present = self.clock(), dict[str, tuple[Signature, float]]()
        ready: list[tuple[int, str, Signature]] = []
        for name, found in self._dropped():
            signature = _signature(found)
            before, since = self._seen.get(name, (None, now))
            since = since if before == signature else now
            present[name] = (signature, since)
            if before == signature and now - min(found.st_mtime, since) >= STILL_SECONDS:
                ready.append((found.st_mtime_ns, name, signature))
        self._seen, self._growing = present, len(present) - len(ready)
        return [(name, signature) for _, name, signature in sorted(ready)]

    def unsettled(self) -> int:
        """How many files of the last look may still be growing."""
        return self._growing

    def read(self, name: str) -> bytes:
        """The content of a file. Raises Refused for anything but one plain, readable file of sane size."""
        try:
            fd = os.open(self.folder / name, _PLAIN)
        except FileNotFoundError:
            raise
        except OSError:
            raise _strange("a link, or its permissions keep the gateway out") from None
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise _strange("no plain file")
            return file.read(LARGEST + 1)

    def finish(self, name: str, signature: Signature, into: str, answer: str, keep: bool = True) -> bool:
        """Move a file into `done/` or `refused/`, its answer, written first, beside it; without `keep` the file is deleted
        and only the answer lies there. False, and nothing is done, where the file is gone or is another one by now."""
        with self._inside(into) as target:
            if not self._still(name, signature):
                return False
            free = _free(target, name)
            _write(target, f"{free}.txt", answer)
            if keep:
                os.rename(self.folder / name, free, dst_dir_fd=target)
                _narrow(target, free)
            else:
                os.unlink(self.folder / name)
            os.fsync(target)
        self._seen.pop(name, None)
        return True

    def answer(self, name: str, signature: Signature, text: str) -> bool:
        """Put the answer to a file beside it, in the place of an earlier one, and leave the file as it is. False, and
        nothing is done, where the file is gone or is another one by now."""
        with _opened(self.folder) as folder:
            if not self._still(name, signature):
                return False
            _write(folder, f"{_shortened(name)}{ANSWER}", text)
            return True

    def _dropped(self) -> Iterator[tuple[str, os.stat_result]]:
        for entry in os.scandir(self.folder):
            if entry.name.startswith(_HIDDEN) or entry.name.lower().endswith(self._passed_over):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if not stat.S_ISDIR(found.st_mode):
                yield entry.name, found

    def _still(self, name: str, signature: Signature) -> bool:
        try:
            return _signature(os.lstat(self.folder / name)) == signature
        except FileNotFoundError:
            return False

    @contextmanager
    def _inside(self, name: str) -> Iterator[int]:
        _make(self.folder / name, 0o750)
        with _opened(self.folder / name) as fd:
            yield fd


def _make(folder: Path, mode: int) -> None:
    """A folder that is missing, for the group of the one that it lies in, as far as we may give it to them."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    above = folder.parent.stat()
    with suppress(PermissionError):
        os.chown(folder, -1, above.st_gid)
    folder.chmod(mode)
    with suppress(PermissionError):  # a hardened service may not, and need not
        folder.chmod(mode | (above.st_mode & stat.S_ISGID))


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """A folder of another one, for nobody beyond its owner and group. Raises OSError where it is a link."""
    fd = os.open(folder, _FOLDER)
    try:
        mode = stat.S_IMODE(os.fstat(fd).st_mode)
        if mode & stat.S_IRWXO:
            with suppress(PermissionError):  # it is somebody else's, who decides
                os.fchmod(fd, mode & 0o770)
        yield fd
    finally:
        os.close(fd)


def _narrow(folder: int, name: str) -> None:
    """Take from a file what lets others read it. One that is somebody else's stays; the folder keeps others out."""
    with suppress(OSError):
        fd = os.open(name, _PLAIN, dir_fd=folder)
        try:
            os.fchmod(fd, stat.S_IMODE(os.fstat(fd).st_mode) & 0o640)
        finally:
            os.close(fd)


def _signature(found: os.stat_result) -> Signature:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _free(folder: int, name: str) -> str:
    """A name that neither a file nor its answer has in this folder."""
    taken = set(os.listdir(folder))
    name = _shortened(name)
    free, count = name, 1
    while free in taken or f"{free}.txt" in taken:
        count += 1
        free = f"{name}.{count}"
    return free


def _shortened(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[:_LONGEST_NAME])


def _write(folder: int, name: str, text: str) -> None:
    """Whole or not at all, readable by the group that the folder belongs to."""
    hidden = f".{uuid4().hex}.tmp"
    fd = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            with suppress(PermissionError):
                os.fchown(fd, -1, os.fstat(folder).st_gid)
            os.fchmod(fd, 0o640)
            os.fsync(fd)
        os.rename(hidden, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(hidden, dir_fd=folder)
        raise


def _strange(what: str) -> Refused:
    return Refused(
        f"the file was not read: it is {what}",
        code="ROSTER_FILE",
        next_step="Save the roster as a plain CSV or XLSX file, readable by the gateway, and drop that.",
    )

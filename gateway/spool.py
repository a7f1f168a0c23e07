"""The spool: notice dropped files, wait until they are whole, claim them by rename, hand things back.

The scan is the truth. A file is settled when its size and time stood still between two scans and for the settle time;
whether it is whole is for its content to tell. `incoming/` is the billing software's, `work/` ours; `handback/`,
`reports/` and `refused/` are read by the billing software's group although the service writes everything else 0600.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from uuid import uuid4

from gateway.durable import sync_folder
from gateway.errors import ConfigError, Refused

FOLDERS = ("incoming", "work", "handback", "reports", "refused")
_SHARED = ("incoming", "handback", "reports", "refused")
_UNFINISHED = (".tmp", ".part", ".filepart", "~")
_BLOCK = 256 * 1024
_LONGEST_NAME = 230  # leaves room for what is added to it


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was claimed: `work_name` is unique for ever, `file_name` is what the billing software called it."""

    work_name: str
    file_name: str
    path: Path


@dataclass(frozen=True, slots=True)
class _Seen:
    signature: tuple[int, int, int]
    since: float


class Spool:
    """One spool directory. `settle` and times given to `settled` are seconds of a clock that only goes forward."""

    def __init__(
        self, root: Path, *, settle: float, max_bytes: int, patterns: tuple[str, ...] = ("*",), group: int | None = None
    ) -> None:
        self.root, self.settle, self.max_bytes, self.patterns, self.group = root, settle, max_bytes, patterns, group
        self._seen: dict[str, _Seen] = {}

    def folder(self, name: str) -> Path:
        """One of the spool's folders."""
        return self.root / name

    def prepare(self) -> None:
        """Make the folders that are missing; those that are there keep the owner and permissions somebody gave them.
        Raises ConfigError when one cannot be made or used, or when a claim by rename could not be atomic."""
        problems = [problem for name in FOLDERS if (problem := self._prepared(name))]
        if problems:
            raise ConfigError(problems)
        if self.folder("incoming").stat().st_dev != self.folder("work").stat().st_dev:
            raise ConfigError([f"spool.root: {self.folder('work')} lies on another file system than incoming/"])

    def _prepared(self, name: str) -> str:
        """Make one folder if it is missing; returns what is wrong with it, or nothing."""
        folder = self.folder(name)
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True, mode=0o700)
                if name in _SHARED:
                    os.chown(folder, -1, -1 if self.group is None else self.group)
                    folder.chmod(0o2770 if name == "incoming" else 0o2750)
        except OSError as error:
            return f"spool.root: {folder} cannot be made ({error.strerror}); make it, with the service as its user"
        return f"spool.root: {trouble}" if (trouble := _trouble(folder)) else ""

    def troubles(self) -> list[str]:
        """What is wrong with the folders as they are now."""
        return [trouble for name in FOLDERS if (trouble := _trouble(self.folder(name)))]

    def settled(self, now: float) -> list[str]:
        """Names in incoming/ that stood still long enough, oldest first."""
        present: dict[str, _Seen] = {}
        ready: list[tuple[int, str]] = []
        for entry in os.scandir(self.folder("incoming")):
            if not self._concerns(entry.name):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            signature = (found.st_ino, found.st_size, found.st_mtime_ns)
            before = self._seen.get(entry.name)
            seen = before if before and before.signature == signature else _Seen(signature, now)
            present[entry.name] = seen
            if seen is before and now - seen.since >= self.settle:
                ready.append((found.st_mtime_ns, entry.name))
        self._seen = present
        return [name for _, name in sorted(ready)]

    def unsettled(self) -> int:
        """How many files of the last scan may still be growing."""
        return len(self._seen)

    def standing_still(self, name: str, now: float) -> float:
        """For how many seconds this file has not changed."""
        seen = self._seen.get(name)
        return now - seen.since if seen else 0.0

    def signature(self, name: str) -> tuple[int, int, int] | None:
        """What identifies the present content of a file: inode, size, time of change."""
        seen = self._seen.get(name)
        return seen.signature if seen else None

    def _concerns(self, name: str) -> bool:
        hidden = name.startswith(".") or name.endswith(_UNFINISHED)
        return not hidden and any(fnmatch(name, pattern) for pattern in self.patterns)

    def read_incoming(self, name: str) -> Iterator[bytes]:
        """The blocks of a file in incoming/. Raises Refused for anything but one plain, readable file of sane size."""
        return _blocks(self._open_plain(self.folder("incoming") / name))

    def _open_plain(self, path: Path) -> int:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise _strange("FILE_UNREADABLE", "it is a link, or its permissions keep the gateway out") from error
        found = os.fstat(fd)
        problem = _problem(found, self.max_bytes)
        if problem:
            os.close(fd)
            raise problem
        return fd

    def take(self, name: str) -> Taken:
        """Claim a file: after this rename it is ours alone, under a folder of its own in work/."""
        work_name = f"{time.time_ns()}-{uuid4().hex[:8]}"
        folder = self.folder("work") / work_name
        folder.mkdir(mode=0o700)
        os.rename(self.folder("incoming") / name, folder / name)
        sync_folder(folder)
        sync_folder(self.folder("incoming"))
        self._seen.pop(name, None)
        return Taken(work_name, name, folder / name)

    def taken(self) -> list[Taken]:
        """What lies in work/, oldest first: at start, what a stopped process had claimed."""
        found = []
        for folder in sorted(self.folder("work").iterdir()):
            inside = sorted(folder.iterdir()) if folder.is_dir() else []
            found += [Taken(folder.name, path.name, path) for path in inside[:1]]
            if folder.is_dir() and not inside:
                folder.rmdir()
        return found

    def read(self, taken: Taken) -> Iterator[bytes]:
        """The blocks of a claimed file; a writer that held on to it and changed it meanwhile is an error at the end."""
        fd = self._open_plain(taken.path)
        before = os.fstat(fd)
        yield from _blocks(fd)
        after = taken.path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise _strange("FILE_CHANGED", "it was still being written after it had stood still")

    def finish(self, taken: Taken) -> None:
        """Forget the plain text of a claimed file: its bytes are sealed and committed."""
        taken.path.unlink(missing_ok=True)
        taken.path.parent.rmdir()

    def refuse(self, taken: Taken, answer: str) -> None:
        """Give a claimed file back into refused/, with a plain-language answer beside it. The answer is written first."""
        target = self._free("refused", taken.file_name)
        self.publish("refused", f"{target.name}.txt", [answer.encode()])
        if taken.path.exists():
            self._share(taken.path)
            os.rename(taken.path, target)
        sync_folder(target.parent)
        taken.path.parent.rmdir()

    def set_aside(self, name: str, answer: str) -> None:
        """Move something that is no plain readable file out of incoming/, unread, with an answer beside it."""
        target = self._free("refused", name)
        os.rename(self.folder("incoming") / name, target)
        self._seen.pop(name, None)
        self.publish("refused", f"{target.name}.txt", [answer.encode()])

    def publish(self, folder: str, name: str, blocks: Iterable[bytes]) -> Path:
        """Write a file that the billing software's group may read: whole or not at all, never over another's."""
        hidden = self._written(folder, blocks)
        target = self.folder(folder) / name
        os.rename(hidden, target)
        sync_folder(target.parent)
        return target

    def stage(self, folder: str, name: str, blocks: Iterable[bytes]) -> None:
        """Write a file whole under a hidden name, durably; `reveal` gives it its own."""
        os.rename(self._written(folder, blocks), self._hidden(folder, name))
        sync_folder(self.folder(folder))

    def reveal(self, folder: str, name: str) -> None:
        """Give a staged file its name. One that has it already, whether it still lies there or was taken, is left alone."""
        with suppress(FileNotFoundError):
            os.rename(self._hidden(folder, name), self.folder(folder) / name)
        sync_folder(self.folder(folder))

    def forget_hidden(self, folder: str, keep: Collection[str]) -> None:
        """Remove staged and half-written files but these."""
        kept = {self._hidden(folder, name) for name in keep}
        for path in self.folder(folder).glob(".*"):
            if path.suffix in (".staged", ".tmp") and path not in kept:
                path.unlink(missing_ok=True)

    def _hidden(self, folder: str, name: str) -> Path:
        return self.folder(folder) / f".{name}.staged"

    def _written(self, folder: str, blocks: Iterable[bytes]) -> Path:
        """A new hidden file with this content, on disk before this returns."""
        hidden = self.folder(folder) / f".{uuid4().hex}.tmp"
        fd = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                for block in blocks:
                    file.write(block)
                file.flush()
                os.fchmod(fd, 0o640)
                os.fsync(fd)
        except BaseException:
            hidden.unlink(missing_ok=True)
            raise
        return hidden

    def _share(self, path: Path) -> None:
        """Let the group read a plain file we own; what belongs to somebody else keeps its own permissions."""
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
            path.chmod(0o640)

    def _free(self, folder: str, name: str) -> Path:
        name = os.fsdecode(os.fsencode(name)[:_LONGEST_NAME])
        target = self.folder(folder) / name
        count = 1
        while os.path.lexists(target) or os.path.lexists(f"{target}.txt"):
            count += 1
            target = self.folder(folder) / f"{name}.{count}"
        return target


def _trouble(folder: Path) -> str:
    if not folder.is_dir():
        return f"{folder} is missing; make it, with the service as its user"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return f"{folder} cannot be written to by this user; correct its owner or permissions"
    return ""


def _problem(found: os.stat_result, max_bytes: int) -> Refused | None:
    if not stat.S_ISREG(found.st_mode):
        return _strange("FILE_NOT_PLAIN", "it is no plain file")
    if found.st_nlink != 1:
        return _strange("FILE_LINKED", "it has a second name somewhere else")
    if found.st_size > max_bytes:
        return _strange("FILE_TOO_LARGE", f"it is larger than {max_bytes} bytes")
    return None


def _strange(code: str, what: str) -> Refused:
    return Refused(
        f"the file was not taken: {what}",
        code=code,
        next_step="Save the claims as a plain file of its own, readable by the gateway, and drop that.",
    )


def _blocks(fd: int) -> Iterator[bytes]:
    with os.fdopen(fd, "rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            yield block

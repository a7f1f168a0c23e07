"""Files written whole or not at all, on disk before they have their name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def whole(path: Path, mode: int = 0o600, *, over: bool = True) -> Iterator[BinaryIO]:
    """A file to write into, of this mode. When this ends, content and name are on disk; after an error or a crash the old
    state is there, if any.

    A process that is killed while it writes leaves nothing behind: until it is done the file has no name. Where a file
    system has no files without names (NFS, FAT), it leaves a hidden `.NAME.*.tmp`. Raises OSError, naming `path`, and
    FileExistsError where there is such a file and nothing may be written `over` it.
    """
    hidden = path.absolute().with_name(f".{path.name}.{uuid4().hex[:8]}.tmp")
    with _told_of(path):
        fd, named = _opened(path.parent, hidden)
    try:
        with os.fdopen(fd, "wb") as file:
            yield file
            file.flush()
            os.fchmod(fd, mode)
            os.fsync(fd)
            if not named:  # a descriptor's link is followed only when a folder is named, here for nothing
                os.link(_own(fd), hidden, src_dir_fd=fd)
        with _told_of(path):
            (os.replace if over else os.link)(hidden, path)
        sync_folder(path.parent)
    finally:
        hidden.unlink(missing_ok=True)


@contextmanager
def named(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A file that a person named, whole or not at all: a new one of this mode, else with the mode that it has, and the one
    that a link points to. What is no plain file, such as a pipe or /dev/stdout, is written to as it is. Raises OSError."""
    if _is_special(path):
        with path.open("wb") as file:
            yield file
        return
    path = path.resolve()
    with whole(path, path.stat().st_mode & 0o7777 if path.exists() else mode) as file:
        yield file


def _is_special(path: Path) -> bool:
    """/dev/stdout may lead to a plain file that others have open; /dev/shm is a folder like any other."""
    first, second = (*path.absolute().parts[1:3], "", "")[:2]
    return first == "proc" or (first == "dev" and second != "shm") or (path.exists() and not path.is_file())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Errors name this path: people know of no other."""
    try:
        yield
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(path)) from None


def _opened(folder: Path, hidden: Path) -> tuple[int, bool]:
    """A new file in that folder, and whether it had to have a name at once."""
    fd = _nameless(folder)
    return (os.open(hidden, _NEW, 0o600), True) if fd is None else (fd, False)


def _nameless(folder: Path) -> int | None:
    """None where the file system has no such files, or where they cannot be given a name later."""
    try:
        fd = os.open(folder, os.O_WRONLY | os.O_TMPFILE | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    if os.path.exists(_own(fd)):
        return fd
    os.close(fd)
    return None


def _own(fd: int) -> str:
    """By this the system finds an open file of ours; followed, it can be linked."""
    return f"/proc/self/fd/{fd}"

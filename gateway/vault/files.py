"""Files that are the service's alone: checked before they are read, written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from gateway.durable import whole
from gateway.errors import Refused

_LIMIT = 1 << 20
_PLAIN = "Make it a plain file, owned by the user that the gateway runs as, with mode 0600."

_Rule = Callable[[Path, os.stat_result], None]


class NotPlain(Exception):
    """There is something of this name, and it is a link, a folder, a pipe or a device."""


def open_plain(path: Path) -> BinaryIO:
    """Open a plain file for reading, unbuffered, following no link and waiting for nothing. Raises NotPlain, OSError."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise NotPlain from None
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise NotPlain
    return os.fdopen(fd, "rb", buffering=0)


def read_private(path: Path) -> bytes:
    """The bytes of a file that only its owner may touch, the owner being us or root.

    Raises FileNotFoundError when there is none, Refused with SECRET_FILE_UNREADABLE, SECRET_FILE_KIND,
    SECRET_FILE_SIZE, SECRET_FILE_OWNER or SECRET_FILE_MODE when the file breaks that rule.
    """
    return _read(path, _ours_alone)


def read_given(name: str, environ: Mapping[str, str]) -> bytes | None:
    """What the service manager handed over under this name in $CREDENTIALS_DIRECTORY, or None.

    It guards that folder itself, in newer versions by an access list, whose mask looks like group permissions:
    so neither mode nor owner is judged here.
    """
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    try:
        return _read(Path(folder) / name, _of_sane_size)
    except FileNotFoundError:
        return None


def write_private(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a 0600 file durably: a crash leaves the old state or the new, never a part.

    Raises FileExistsError, having changed nothing, when the file is there and may not be replaced.
    """
    with whole(path, over=replace) as file:
        file.write(content)


def _read(path: Path, rule: _Rule) -> bytes:
    try:
        file = open_plain(path)
    except FileNotFoundError:
        raise
    except NotPlain:
        raise _refusal(path, "SECRET_FILE_KIND", "is not a plain file", _PLAIN) from None
    except OSError:
        raise _refusal(path, "SECRET_FILE_UNREADABLE", "cannot be opened", _PLAIN) from None
    with file:
        rule(path, os.fstat(file.fileno()))
        return file.read(_LIMIT)


def _of_sane_size(path: Path, found: os.stat_result) -> None:
    if found.st_size > _LIMIT:
        raise _refusal(path, "SECRET_FILE_SIZE", "is too large for a secret", "Name the file that holds the secret.")


def _ours_alone(path: Path, found: os.stat_result) -> None:
    _of_sane_size(path, found)
    if found.st_uid not in {0, os.geteuid()}:
        step = (
            "Type this as the user that the service runs as (`runuser -u gateway -- gateway ...`). If the file is not that "
            "user's, give it to it (chown), and replace the secret if its owner was a stranger."
        )
        raise _refusal(path, "SECRET_FILE_OWNER", "belongs to another user", step)
    if found.st_mode & 0o077:
        step = f"Run `chmod 600 {path}`, and replace the secret if others may have read it."
        raise _refusal(path, "SECRET_FILE_MODE", "is open to other users", step)


def _refusal(path: Path, code: str, what: str, step: str) -> Refused:
    return Refused(f"{path} {what}", code=code, place=str(path), next_step=step)

"""What an entry of a listing says of a file, for servers say it in their own ways."""

from __future__ import annotations

from posixpath import normpath

from gateway.sftp.packets import Attributes

_NO_TIME = (range(172_800), range(315_446_400, 315_705_600))
"""Around the first day of 1970 and of 1980: so a server says that it knows no time."""


def moment_of(found: Attributes) -> int | None:
    """When it was changed last, in seconds since 1970; None where the server tells no time."""
    return None if any(found.modified in span for span in _NO_TIME) else found.modified


def own_name(folder: bytes, entry: bytes) -> bytes:
    """What an entry of this folder's listing is called in it: some servers list whole paths. Empty for what is no name, or
    lies somewhere else."""
    place, slash, name = entry.rpartition(b"/")
    here = not slash or place == b"." or _plain(place).endswith(_plain(folder))
    return name if here and name not in (b".", b"..") else b""


def _plain(folder: bytes) -> bytes:
    return normpath(b"/" + folder.strip(b"/"))

"""The packets of the SSH File Transfer Protocol, version 3 (draft-ietf-secsh-filexfer-02)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from stat import S_ISDIR, S_ISLNK, S_ISREG


class Kind(IntEnum):
    """Packet types."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    STAT = 17
    RENAME = 18
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105
    EXTENDED = 200
    EXTENDED_REPLY = 201


class Status(IntEnum):
    """Status codes: up to 8 they are version 3's, above it those of later versions that servers send all the same."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    NO_CONNECTION = 6
    CONNECTION_LOST = 7
    OP_UNSUPPORTED = 8
    NO_SUCH_PATH = 10
    FILE_ALREADY_EXISTS = 11
    WRITE_PROTECT = 12
    NO_SPACE_ON_FILESYSTEM = 14
    QUOTA_EXCEEDED = 15


class StatusError(Exception):
    """The server answered no. Its code is kept and its text dropped, for that may hold anything."""

    def __init__(self, code: int) -> None:
        super().__init__(f"status {code}")
        self.code = code


class ProtocolError(Exception):
    """What came is no answer of this protocol to what was asked."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a server tells of a file; None where it is silent. `modified` is in seconds since 1970 (UTC)."""

    size: int | None = None
    mode: int | None = None
    modified: int | None = None

    @property
    def is_file(self) -> bool:
        """A server that does not say what something is means a file."""
        return not self.mode or S_ISREG(self.mode) or S_ISLNK(self.mode)

    @property
    def is_link(self) -> bool:
        """In a listing the other attributes are then the link's, not the file's."""
        return bool(self.mode and S_ISLNK(self.mode))

    @property
    def is_folder(self) -> bool:
        """Its size then means nothing."""
        return bool(self.mode and S_ISDIR(self.mode))


class Reader:
    """Takes one packet apart; what is not there raises ProtocolError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        piece = self._data[self._at : self._at + count]
        if len(piece) < count:
            raise ProtocolError("the packet ends early")
        self._at += count
        return piece

    def integer(self, width: int = 4) -> int:
        """An unsigned integer of `width` bytes."""
        return int.from_bytes(self.take(width), "big")

    def string(self) -> bytes:
        """Bytes with their length before them."""
        return self.take(self.integer())

    def ended(self) -> bool:
        """Whether all was taken."""
        return self._at == len(self._data)

    def attributes(self) -> Attributes:
        """An ATTRS structure; owner, access time and extensions are passed over."""
        flags = self.integer()
        size = self.integer(8) if flags & 0x01 else None
        self.take(8 if flags & 0x02 else 0)
        mode = self.integer() if flags & 0x04 else None
        self.take(4 if flags & 0x08 else 0)
        modified = self.integer() if flags & 0x08 else None
        for _ in range(2 * self.integer() if flags & 0x80000000 else 0):
            self.string()
        return Attributes(size, mode, modified)


def integer(value: int, width: int = 4) -> bytes:
    """Written as Reader.integer reads it."""
    return value.to_bytes(width, "big")


def string(value: bytes) -> bytes:
    """Written as Reader.string reads it."""
    return integer(len(value)) + value

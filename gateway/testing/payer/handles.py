"""Files that a session has open: uploads that arrive when they are closed, and downloads."""

from __future__ import annotations

import os
import time
from pathlib import Path

import paramiko

from gateway.testing.payer.door import Door
from gateway.testing.payer.scenario import Faults


class Upload(paramiko.SFTPHandle):  # type: ignore[misc]
    """A file being written: it arrives when it is closed under a name that counts."""

    def __init__(self, door: Door, path: Path, descriptor: int, flags: int) -> None:
        super().__init__(flags)
        self._door, self._office, self._path = door, door.office, path
        self.writefile = self.readfile = os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "wb")
        self._size = 0

    @property
    def _faults(self) -> Faults:
        return self._office.scenario.faults

    def write(self, offset: int, data: bytes) -> int:
        faults, most = self._faults, self._office.scenario.server.packet_size
        time.sleep(faults.slow)
        self._door.reaches("write")
        if most and len(data) > most:
            return int(paramiko.SFTP_BAD_MESSAGE)
        if faults.disk_full_after is not None and self._size + len(data) > faults.disk_full_after:
            self._take(offset, data[: faults.disk_full_after - self._size])
            return int(paramiko.SFTP_FAILURE)
        if faults.drop_after is not None and self._door.written + len(data) > faults.drop_after:
            self._take(offset, data[: faults.drop_after - self._door.written])
            return self._door.hang_up()
        return self._take(offset, data)

    def _take(self, offset: int, data: bytes) -> int:
        self._size += len(data)
        self._door.written += len(data)
        return int(super().write(offset, data))

    def close(self) -> None:
        """Also called for what a dead connection leaves open."""
        self._door.reaches("close")
        with self._office.drops.lock:
            super().close()
            self._office.drops.writing.remove(self._path)
            if self._office.drops.takes(self._path) is not None and self._office.drops.counts(self._path.name):
                self._office.drops.arrived(self._path, self._door if self._door.in_session else None)
        if "after_close" in self._faults.cut:
            self._door.hang_up()

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.writefile.fileno()))

    def chattr(self, attr: paramiko.SFTPAttributes) -> int:
        if not self._office.scenario.server.keeps_attributes:
            return int(paramiko.SFTP_OP_UNSUPPORTED)
        paramiko.SFTPServer.set_file_attr(str(self._path), attr)
        return int(paramiko.SFTP_OK)


class Download(paramiko.SFTPHandle):  # type: ignore[misc]
    """A file being read; where reading removes, it is gone once it was read to its end and closed."""

    def __init__(self, door: Door, path: Path) -> None:
        super().__init__()
        self._door, self._office, self._path = door, door.office, path
        self.readfile = path.open("rb")
        self._reached = 0

    def read(self, offset: int, length: int) -> bytes | int:
        time.sleep(self._office.scenario.faults.slow)
        self._door.reaches("read")
        found: bytes | int = super().read(offset, length)
        if isinstance(found, bytes):
            self._reached = max(self._reached, offset + len(found))
        return found

    def close(self) -> None:
        size = os.fstat(self.readfile.fileno()).st_size
        super().close()
        if self._office.scenario.server.reading_removes and self._reached >= size:
            with self._office.drops.lock:
                self._path.unlink(missing_ok=True)

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))

"""The SFTP server: /in to write to, /out to read from, and every way it can let a client down."""

from __future__ import annotations

import hmac
import os
import posixpath
import threading
import time
from pathlib import Path
from typing import Any

import paramiko

from gateway.testing.payer.back_office import BackOffice, is_final
from gateway.testing.payer.scenario import Faults

FOLDERS = ("in", "out")


class Door(paramiko.ServerInterface):  # type: ignore[misc]
    """Who may come in: any user name, with the one key or the one password. One for each connection."""

    def __init__(self, office: BackOffice, transport: paramiko.Transport, password: str, key: paramiko.PKey) -> None:
        self.office, self.transport = office, transport
        self._password, self._key = password, key
        self.written = 0
        self.session: threading.Thread | None = None

    def get_allowed_auths(self, username: str) -> str:
        return "publickey,password"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._decide(key == self._key)

    def check_auth_password(self, username: str, password: str) -> int:
        return self._decide(hmac.compare_digest(password.encode(), self._password.encode()))

    def _decide(self, proven: bool) -> int:
        welcome = proven and not self.office.scenario.faults.refuse_login
        return int(paramiko.AUTH_SUCCESSFUL if welcome else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED)

    def hang_up(self) -> int:
        """The connection dies; whatever is returned here is never sent."""
        self.transport.close()
        return int(paramiko.SFTP_FAILURE)


class Upload(paramiko.SFTPHandle):  # type: ignore[misc]
    """A file being written: it arrives when it is closed under a final name."""

    def __init__(self, door: Door, path: Path, descriptor: int, flags: int) -> None:
        super().__init__(flags)
        self._door, self._office, self._path = door, door.office, path
        self.writefile = self.readfile = os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "wb")
        self._size = 0

    @property
    def _faults(self) -> Faults:
        return self._office.scenario.faults

    def write(self, offset: int, data: bytes) -> int:
        faults = self._faults
        time.sleep(faults.slow)
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
        with self._office.lock:
            super().close()
            self._office.writing.remove(self._path)
            if is_final(self._path.name):
                self._office.arrived(self._path)
        if "after_close" in self._faults.cut:
            self._door.hang_up()

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.writefile.fileno()))


class Download(paramiko.SFTPHandle):  # type: ignore[misc]
    """A file being read."""

    def __init__(self, office: BackOffice, path: Path) -> None:
        super().__init__()
        self._office = office
        self.readfile = path.open("rb")

    def read(self, offset: int, length: int) -> bytes | int:
        time.sleep(self._office.scenario.faults.slow)
        found: bytes | int = super().read(offset, length)
        return found

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class Folders(paramiko.SFTPServerInterface):  # type: ignore[misc]
    """The two folders and nothing else of this machine. What is not written here is refused as unsupported."""

    def __init__(self, door: Door, *_: Any) -> None:
        super().__init__(door)
        self._door, self._office = door, door.office
        self._root = self._office.inbox.parent

    @property
    def _faults(self) -> Faults:
        return self._office.scenario.faults

    def session_started(self) -> None:
        self._door.session = threading.current_thread()

    def _local(self, path: str) -> Path:
        """Raises FileNotFoundError for what is neither the top nor one of the folders nor directly in one."""
        parts = posixpath.normpath("/" + path).strip("/").split("/")
        if parts == [""]:
            return self._root
        if parts[0] not in FOLDERS or len(parts) > 2:
            raise FileNotFoundError(2, "no such file")
        return self._root.joinpath(*parts)

    def _attributes(self, path: Path) -> paramiko.SFTPAttributes:
        attributes = paramiko.SFTPAttributes.from_stat(path.stat(), path.name)
        if self._faults.hide_sizes and path.is_file():
            attributes.st_size = None
        return attributes

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        time.sleep(self._faults.slow)
        try:
            folder = self._local(path)
            names = FOLDERS if folder == self._root else sorted(os.listdir(folder))
            with self._office.lock:
                return [self._attributes(folder / name) for name in names if (folder / name).exists()]
        except OSError as error:
            return _status(error)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return self._attributes(self._local(path))
        except OSError as error:
            return _status(error)

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        try:
            local = self._local(path)
            if not flags & (os.O_WRONLY | os.O_RDWR):
                return Download(self._office, local)
            if self._faults.permission_denied or local.parent != self._office.inbox:
                return int(paramiko.SFTP_PERMISSION_DENIED)
            with self._office.lock:
                handle = Upload(self._door, local, os.open(local, flags, 0o644), flags)
                self._office.writing.append(local)
            return handle
        except OSError as error:
            return _status(error)

    def remove(self, path: str) -> int:
        try:
            with self._office.lock:
                self._local(path).unlink()
            return int(paramiko.SFTP_OK)
        except OSError as error:
            return _status(error)

    def rename(self, oldpath: str, newpath: str) -> int:
        """As the protocol has it: an existing name is never replaced."""
        return self._move(oldpath, newpath, replace=False)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        return self._move(oldpath, newpath, replace=True)

    def _move(self, oldpath: str, newpath: str, *, replace: bool) -> int:
        if self._faults.refuse_rename:
            return int(paramiko.SFTP_PERMISSION_DENIED)
        if "before_rename" in self._faults.cut:
            return self._door.hang_up()
        try:
            source, target = self._local(oldpath), self._local(newpath)
            with self._office.lock:
                if target.exists() and not replace:
                    return int(paramiko.SFTP_FAILURE)
                source.rename(target)
                if target.parent == self._office.inbox and is_final(target.name) and not is_final(source.name):
                    self._office.arrived(target)
        except OSError as error:
            return _status(error)
        return self._door.hang_up() if "after_rename" in self._faults.cut else int(paramiko.SFTP_OK)


def _status(error: OSError) -> int:
    return int(paramiko.SFTPServer.convert_errno(error.errno))

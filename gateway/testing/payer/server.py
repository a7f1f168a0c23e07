"""The SFTP server: folders to write to and to read from, and every way it can let a client down."""

from __future__ import annotations

import os
import posixpath
import threading
import time
from pathlib import Path
from typing import Any

import paramiko

from gateway.testing.payer.door import Door
from gateway.testing.payer.handles import Download, Upload
from gateway.testing.payer.hours import takes_files
from gateway.testing.payer.manners import Server
from gateway.testing.payer.scenario import Faults


class Folders(paramiko.SFTPServerInterface):  # type: ignore[misc]
    """What a session sees: the payer's folders and what leads to them, and nothing else of the simulator's."""

    def __init__(self, door: Door, *_: Any) -> None:
        super().__init__(door)
        self._door, self._office = door, door.office

    @property
    def _faults(self) -> Faults:
        return self._office.scenario.faults

    @property
    def _server(self) -> Server:
        return self._office.scenario.server

    def session_started(self) -> None:
        self._door.session = threading.current_thread()

    def session_ended(self) -> None:
        self._office.drops.logged_out(self._door)

    def _local(self, path: str) -> Path:
        """Raises FileNotFoundError for what neither leads to one of the folders nor lies directly in one."""
        parts = [part for part in posixpath.normpath("/" + path).split("/") if part]
        local = self._office.root.joinpath(*parts)
        folders = [self._office.drops.local(each) for each in self._office.drops.folders()]
        leads = any(local == folder or local in folder.parents for folder in folders)
        if not leads and local.parent not in folders:
            raise FileNotFoundError(2, "no such file")
        return local

    def _drops(self, local: Path) -> bool:
        return self._office.drops.takes(local) is not None

    def _stages(self, local: Path) -> bool:
        return local.parent in [self._office.drops.local(each) for each in self._server.staging]

    def _names(self, folder: Path) -> list[str]:
        """What is listed: of what is no folder of the payer's only what leads to one."""
        folders = [self._office.drops.local(each) for each in self._office.drops.folders()]
        inside = [each.relative_to(folder).parts[0] for each in folders if folder in each.parents]
        return sorted({*inside, *(os.listdir(folder) if folder in folders else ())})

    def _attributes(self, path: Path) -> paramiko.SFTPAttributes:
        attributes = paramiko.SFTPAttributes.from_stat(path.stat(), path.name)
        if self._faults.hide_sizes and path.is_file():
            attributes.st_size = None
        return attributes

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        time.sleep(self._faults.slow)
        self._door.reaches("list")
        try:
            folder = self._local(path)
            with self._office.drops.lock:
                return [self._attributes(folder / name) for name in self._names(folder) if (folder / name).exists()]
        except OSError as error:
            return _status(error)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        self._door.reaches("stat")
        try:
            local = self._local(path)
            if self._server.stat_fails and self._drops(local) and self._office.drops.counts(local.name):
                return int(paramiko.SFTP_NO_SUCH_FILE)
            return self._attributes(local)
        except OSError as error:
            return _status(error)

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        self._door.reaches("open")
        try:
            local = self._local(path)
            if not flags & (os.O_WRONLY | os.O_RDWR):
                return Download(self._door, local)
            takes = takes_files(self._server, self._office.clock()) and not self._faults.permission_denied
            if not takes or not (self._drops(local) or self._stages(local)):
                return int(paramiko.SFTP_PERMISSION_DENIED)
            if self._faults.disk_full_after == 0:
                return int(paramiko.SFTP_FAILURE)
            with self._office.drops.lock:
                handle = Upload(self._door, local, os.open(local, flags, 0o644), flags)
                self._office.drops.writing.append(local)
            return handle
        except OSError as error:
            return _status(error)

    def remove(self, path: str) -> int:
        try:
            with self._office.drops.lock:
                self._local(path).unlink()
            return int(paramiko.SFTP_OK)
        except OSError as error:
            return _status(error)

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        if not self._server.makes_folders:
            return int(paramiko.SFTP_OP_UNSUPPORTED)
        try:
            self._local(path).mkdir()
        except OSError as error:
            return _status(error)
        return int(paramiko.SFTP_OK)

    def chattr(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        if not self._server.keeps_attributes:
            return int(paramiko.SFTP_OP_UNSUPPORTED)
        try:
            with self._office.drops.lock:
                local = self._local(path)
                known = self._office.drops.journal.knows(local)
                paramiko.SFTPServer.set_file_attr(str(local), attr)
                if known:
                    self._office.drops.journal.follow(local)
        except OSError as error:
            return _status(error)
        return int(paramiko.SFTP_OK)

    def rename(self, oldpath: str, newpath: str) -> int:
        """As the protocol has it: an existing name is never replaced."""
        return self._move(oldpath, newpath, replace=False)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        return self._move(oldpath, newpath, replace=True)

    def _move(self, oldpath: str, newpath: str, *, replace: bool) -> int:
        self._door.reaches("rename")
        if self._faults.refuse_rename:
            return int(paramiko.SFTP_PERMISSION_DENIED)
        if "before_rename" in self._faults.cut:
            return self._door.hang_up()
        try:
            source, target = self._local(oldpath), self._local(newpath)
            with self._office.drops.lock:
                if target.exists() and not replace:
                    return int(paramiko.SFTP_FAILURE)
                source.rename(target)
                if self._arrives(source, target):
                    self._office.drops.arrived(target, self._door)
        except OSError as error:
            return _status(error)
        return self._door.hang_up() if "after_rename" in self._faults.cut else int(paramiko.SFTP_OK)

    def _arrives(self, source: Path, target: Path) -> bool:
        """Whether a move is an arrival: under a name that counts, from one that did not or from a folder that does not."""
        if not self._drops(target) or not self._office.drops.counts(target.name):
            return False
        return not (self._drops(source) and self._office.drops.counts(source.name))


def _status(error: OSError) -> int:
    return int(paramiko.SFTPServer.convert_errno(error.errno))

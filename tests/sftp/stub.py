"""A payer's SFTP server with manners of its own, which a test sets before it connects."""

from __future__ import annotations

import logging
import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_PARTIALLY_SUCCESSFUL, AUTH_SUCCESSFUL, OPEN_SUCCEEDED
from paramiko.sftp import SFTP_FAILURE, SFTP_OK, SFTP_PERMISSION_DENIED

PASSWORD = "Mill-Pond-2031"
# A client that is killed is this server's daily bread; told late, it would stand in the log of the next test.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


@dataclass
class Stub:
    """A payer's server with manners of its own. The folder `root` is its `/`."""

    root: Path
    key: paramiko.PKey
    methods: str = "password"
    door: str = (
        "open"  # open; or what it does at the login: second_factor, expired, asks_anew, slams, disconnects, dies
    )
    offers_sftp: bool = True
    ciphers: tuple[str, ...] = ()
    tells_size: bool = True
    tells_names: bool = True
    sweeps: bool = False
    renames: str = "done"  # done; refused, lost (done, then hangs up before the answer)
    room: int | None = None
    closing: str = "done"  # done; lost
    largest_read: int | None = None
    ends_at: int | None = None  # where reading a file ends, whatever its size
    eats: bool = False  # a file that was read is gone
    lists: str = "{name}"  # how it lists a name: `{folder}` is the one asked for
    tells_attributes: bool = True  # in a listing
    changes: Callable[[paramiko.SFTPAttributes], object] = lambda _: None  # of what it says of a file
    stat: Callable[[Path], int] = lambda _: SFTP_OK  # with what it answers a STAT, where not with attributes
    drops_at: str = ""  # the name of a file at whose first read the line breaks
    logins: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def host_key(self) -> str:
        return f"{self.key.get_name()} {self.key.get_base64()}"

    def path(self, name: str) -> Path:
        return self.root / name.lstrip("/")


class Door(paramiko.ServerInterface):  # type: ignore[misc]
    def __init__(self, stub: Stub, transport: paramiko.Transport) -> None:
        self.stub, self.transport = stub, transport

    def get_allowed_auths(self, username: str) -> str:
        return self.stub.methods

    def check_auth_password(self, username: str, password: str) -> int:
        if "password" not in self.stub.methods:
            return int(AUTH_FAILED)
        return self.judge(password)

    def check_auth_interactive(self, username: str, submethods: str) -> object:
        return paramiko.InteractiveQuery("", "", ("Password: ", False))

    def check_auth_interactive_response(self, responses: list[str]) -> object:
        judged = self.judge(responses[0])
        return paramiko.InteractiveQuery("", "", ("New: ", False)) if self.stub.door == "asks_anew" else judged

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(OPEN_SUCCEEDED)

    def judge(self, password: str) -> int:
        self.stub.logins.append(password)
        if self.stub.door == "slams":
            self.say(b"\x33", "password", False)  # SSH_MSG_USERAUTH_FAILURE
        if self.stub.door == "disconnects":
            self.say(b"\x01", 2, "Too many authentication failures", "")  # SSH_MSG_DISCONNECT
        if self.stub.door == "expired":
            self.say(b"\x3c", "Choose a new password", "en")  # SSH_MSG_USERAUTH_PASSWD_CHANGEREQ
        if self.stub.door in ("slams", "disconnects", "dies"):
            self.transport.close()
        if self.stub.door == "second_factor":
            return int(AUTH_PARTIALLY_SUCCESSFUL)
        return int(AUTH_SUCCESSFUL if password == PASSWORD else AUTH_FAILED)

    def say(self, kind: bytes, *fields: str | int | bool) -> None:
        message = paramiko.Message()
        message.add_byte(kind)
        message.add(*fields)
        self.transport._send_message(message)


class Handle(paramiko.SFTPHandle):  # type: ignore[misc]
    def __init__(self, files: Files, path: Path, flags: int) -> None:
        super().__init__(flags)
        self.files, self.path = files, path
        self.writes = bool(flags & os.O_WRONLY)
        self.readfile = self.writefile = os.fdopen(os.open(path, flags, 0o600), "wb" if self.writes else "rb")

    def write(self, offset: int, data: bytes) -> int:
        room = self.files.stub.room
        if room is not None and offset + len(data) > room:
            return int(SFTP_FAILURE)
        return int(super().write(offset, data))

    def read(self, offset: int, length: int) -> bytes:
        if self.path.name == self.files.stub.drops_at:
            self.files.transport.close()
        most, end = self.files.stub.largest_read, self.files.stub.ends_at
        length = min(length, most or length, length if end is None else max(0, end - offset))
        data: bytes = super().read(offset, length)
        return data

    def close(self) -> None:
        super().close()
        self.files.stub.requests.append("close")
        if self.writes and self.files.stub.sweeps:
            self.path.rename(self.files.stub.root / "taken" / self.path.name)
        if not self.writes and self.files.stub.eats:
            self.path.unlink(missing_ok=True)
        if self.writes and self.files.stub.closing == "lost":
            self.files.transport.close()


class Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    def __init__(self, server: Door, *_: object) -> None:
        self.stub, self.transport = server.stub, server.transport

    def attributes(self, path: Path) -> paramiko.SFTPAttributes:
        found = paramiko.SFTPAttributes.from_stat(path.stat(), path.name)
        if not self.stub.tells_size and not stat.S_ISDIR(found.st_mode):
            found.st_size = None
        self.stub.changes(found)
        return found

    def answer(self, request: str, work: Callable[[], object]) -> object:
        self.stub.requests.append(request)
        try:
            return work()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def open(self, path: str, flags: int, attr: object) -> object:
        return self.answer("open", lambda: Handle(self, self.stub.path(path), flags))

    def stat(self, path: str) -> object:
        said = self.stub.stat(self.stub.path(path))
        return self.answer("stat", lambda: self.attributes(self.stub.path(path)) if said == SFTP_OK else said)

    def chattr(self, path: str, attr: object) -> object:
        return self.answer("chattr", lambda: SFTP_OK)

    def mkdir(self, path: str, attr: object) -> object:
        return self.answer("mkdir", lambda: SFTP_OK)

    def remove(self, path: str) -> object:
        def work() -> object:
            self.stub.path(path).unlink()
            return SFTP_OK

        return self.answer("remove", work)

    def list_folder(self, path: str) -> object:
        if not self.stub.tells_names:
            return SFTP_PERMISSION_DENIED
        return self.answer("list", lambda: [self.listed(path, found) for found in self.stub.path(path).iterdir()])

    def listed(self, folder: str, path: Path) -> paramiko.SFTPAttributes:
        found = self.attributes(path) if self.stub.tells_attributes else paramiko.SFTPAttributes()
        found.filename = self.stub.lists.format(folder=folder, name=path.name)
        return found

    def rename(self, source: str, target: str) -> object:
        if self.stub.renames == "refused":
            return SFTP_PERMISSION_DENIED
        result = self.answer("rename", lambda: self.stub.path(source).rename(self.stub.path(target)) and SFTP_OK)
        if self.stub.renames == "lost":
            self.transport.close()
        return result


@contextmanager
def running(stub: Stub) -> Iterator[Stub]:
    """This server on a free port of the loopback; it ends with the block."""
    transports: list[paramiko.Transport] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stub.port = listener.getsockname()[1]
        doorman = threading.Thread(target=serve, args=(stub, listener, transports), daemon=True)
        doorman.start()
        yield stub
        listener.shutdown(socket.SHUT_RDWR)
        doorman.join(5)
    for transport in transports:
        transport.close()


def serve(stub: Stub, listener: socket.socket, transports: list[paramiko.Transport]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        transport = paramiko.Transport(connection)
        transports.append(transport)
        transport.add_server_key(stub.key)
        if stub.ciphers:
            transport.get_security_options().ciphers = stub.ciphers
        if stub.offers_sftp:
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
        transport.start_server(event=threading.Event(), server=Door(stub, transport))

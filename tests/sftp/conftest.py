"""What every SFTP test stands on: one sshd, a server with bad manners, and a look-out for leaks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from gateway.sftp import Limits, SftpTransport
from tests.servers import Sshd, make_key, require_sshd, running_sshd
from tests.sftp.helpers import Kept, Reach, account_at, threads, wait_until
from tests.sftp.stub import PASSWORD, Stub, serve


@pytest.fixture(scope="session")
def one_sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    require_sshd()
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def sshd(one_sshd: Sshd) -> Sshd:
    """The session's sshd with empty folders."""
    for folder in (one_sshd.incoming, one_sshd.outgoing):
        for path in folder.iterdir():
            path.rmdir() if path.is_dir() else path.unlink()
    return one_sshd


@pytest.fixture
def reach(sshd: Sshd) -> Reach:
    """A transport to the sshd, by its pinned key and with our own, unless the test says otherwise."""

    def make(
        port: int = 0, host_keys: tuple[str, ...] | None = None, secret: bytes = b"", limits: Limits | None = None
    ) -> SftpTransport:
        keys = (sshd.host_keys["ed25519"],) if host_keys is None else host_keys
        secret = secret or sshd.private_keys["ed25519"]
        return SftpTransport(account_at(port or sshd.port, sshd.user, keys), lambda _: Kept(secret), limits)

    return make


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Whatever a test did to a transport, no thread of it stays."""
    before = threads()
    yield
    assert wait_until(lambda: not threads() - before), threads() - before


@pytest.fixture(scope="session")
def stub_key(tmp_path_factory: pytest.TempPathFactory) -> paramiko.PKey:
    require_sshd()
    path = tmp_path_factory.mktemp("stub") / "host"
    make_key(path, "ed25519")
    return paramiko.Ed25519Key.from_private_key_file(str(path))


@pytest.fixture
def stub(tmp_path: Path, stub_key: paramiko.PKey) -> Iterator[Stub]:
    """A running server whose manners the test sets before it connects."""
    for name in ("in", "out", "taken"):
        (tmp_path / name).mkdir()
    served = Stub(tmp_path, stub_key)
    transports: list[paramiko.Transport] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served.port = listener.getsockname()[1]
        doorman = threading.Thread(target=serve, args=(served, listener, transports), daemon=True)
        doorman.start()
        yield served
        listener.shutdown(socket.SHUT_RDWR)
        doorman.join(5)
    for transport in transports:
        transport.close()


@pytest.fixture
def visit(stub: Stub) -> Reach:
    """A transport to the stub, with the right password unless the test says otherwise."""

    def make(
        secret: bytes = PASSWORD.encode() + b"\n", limits: Limits | None = None, **changes: object
    ) -> SftpTransport:
        account = replace(account_at(stub.port, "millpond", (stub.host_key,)), **changes)  # type: ignore[arg-type]
        return SftpTransport(account, lambda _: Kept(secret), limits)

    return make

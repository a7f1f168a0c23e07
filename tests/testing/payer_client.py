"""A client of the payer simulator, and what tests read of its answers."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise

import paramiko

from gateway.testing.payer import PayerSimulator

LOST = (OSError, EOFError, paramiko.SSHException)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 10, 9, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def session(payer: PayerSimulator, **login: str) -> Iterator[paramiko.SFTPClient]:
    """A client that pins the host key and shows the client key, unless `login` says otherwise."""
    algorithm, text = payer.host_key.split()
    pinned = paramiko.PKey.from_type_string(algorithm, base64.b64decode(text))
    transport = paramiko.Transport((payer.host, payer.port))
    try:
        key = (
            None
            if "password" in login
            else paramiko.Ed25519Key.from_private_key_file(login.get("key", str(payer.client_key)))
        )
        transport.connect(pinned, login.get("user", payer.user), login.get("password"), key)
        client = paramiko.SFTPClient.from_transport(transport)
        assert client
        yield client
    finally:
        transport.close()


def upload(client: paramiko.SFTPClient, data: bytes, name: str = "one.837") -> None:
    """As a careful gateway writes: a hidden temporary name, then rename."""
    with client.open(f"/in/.{name}.part", "wb") as file:
        file.write(data)
    client.posix_rename(f"/in/.{name}.part", f"/in/{name}")


def answered(payer: PayerSimulator, data: bytes, name: str = "one.837") -> dict[str, list[bytes]]:
    """What the payer writes at its next tick, by kind. Past the server, for tests of the answers alone."""
    draft = payer.inbox / f".{name}.part"
    draft.write_bytes(data)
    draft.rename(payer.inbox / name)
    found: dict[str, list[bytes]] = {}
    for written in payer.tick():
        if (payer.outbox / written).exists():  # mail may have a folder of its own
            found.setdefault(kind_of(written), []).append((payer.outbox / written).read_bytes())
    return found


def wait_for(happened: Callable[[], bool]) -> None:
    """Until the server's own threads have done it; for ever is ten seconds."""
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kind_of(name: str) -> str:
    """The simulator names its answers so that a person can tell them apart; a gateway must not rely on it."""
    return [*name.split("_"), name][1].removesuffix(".x12")


def fetched(client: paramiko.SFTPClient, names: tuple[str, ...]) -> dict[str, list[bytes]]:
    """The answers of those names, by kind."""
    found: dict[str, list[bytes]] = {}
    for name in names:
        with client.open(f"/out/{name}", "rb") as file:
            found.setdefault(kind_of(name), []).append(file.read())
    return found


def segments(data: bytes) -> list[list[str]]:
    """An answer in the usual delimiters, cut up."""
    return [segment.split("*") for segment in data.decode().split("~")[:-1]]


def lines(data: bytes, *ids: str) -> list[str]:
    """The segments of those ids, as text."""
    return ["*".join(s) for s in segments(data) if s[0] in ids]


def sets(data: bytes) -> list[list[list[str]]]:
    """The transaction sets of an answer."""
    found = segments(data)
    starts = [n for n, s in enumerate(found) if s[0] == "ST"] + [len(found)]
    return [found[a:b] for a, b in pairwise(starts)]

"""What every test of the bus stands on: a real broker, somebody who listens there, and news to tell."""

from __future__ import annotations

import asyncio
import gc
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiomqtt import Client, MqttError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.bus.notifier import MqttNotifier
from gateway.bus.settings import MqttSettings
from gateway.ports import Told
from tests.servers import Mosquitto, require_mosquitto

TIMEOUT = 1.0
UP = "gateway/millpond/up"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that lets everybody in."""
    require_mosquitto()
    with Mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def settings(broker: Mosquitto) -> MqttSettings:
    return MqttSettings(host="127.0.0.1", site="millpond", port=broker.port, timeout=TIMEOUT)


@pytest.fixture
async def notifier(settings: MqttSettings) -> AsyncIterator[MqttNotifier]:
    made = MqttNotifier(settings)
    yield made
    await made.close()


@pytest.fixture(autouse=True)
async def nothing_left_behind(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Whatever a test did, no task of a notifier stays, and asyncio has no failure to report that nobody looked at."""
    yield
    if not inspect.iscoroutinefunction(request.function):
        return
    assert await eventually(lambda: not ours()), ours()
    gc.collect()
    assert not [record.getMessage() for record in caplog.records if record.name == "asyncio"]


def ours() -> list[asyncio.Task[object]]:
    """The tasks of notifiers, and of the client under them while it has a connection."""
    return [task for task in asyncio.all_tasks() if task.get_name() == "mqtt" or "_misc_loop" in repr(task.get_coro())]


def news(first: int, last: int | None = None) -> list[Told]:
    """Events with these numbers."""
    return [
        Told(seq, "2026-11-10T09:02:00.000Z", "claim.accepted", "", {"claim": seq, "payer": "acme"})
        for seq in range(first, (last or first) + 1)
    ]


@dataclass
class Heard:
    """What somebody who listens to every topic has heard: (topic, payload, whether it had been retained)."""

    messages: list[tuple[str, bytes, bool]] = field(default_factory=list)

    def texts(self, topic: str) -> list[bytes]:
        return [payload for where, payload, _ in self.messages if where == topic]

    def ids(self) -> list[int]:
        """The claims that the events were about, in the order of arrival."""
        texts = self.texts("gateway/millpond/events/claim/accepted")
        return [int(text.split(b'"id":')[1].split(b",")[0]) for text in texts]


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[Heard]:
    """Somebody at the broker, with no code of ours."""
    heard = Heard()
    with suppress(MqttError):  # the test may kill the broker
        async with Client("127.0.0.1", port, timeout=5) as client:
            await client.subscribe("#", qos=1)
            ears = asyncio.create_task(listen(client, heard))
            yield heard
        await ears


async def listen(client: Client, heard: Heard) -> None:
    """Until the connection ends."""
    with suppress(MqttError):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            heard.messages.append((str(message.topic), message.payload, message.retain))


@dataclass
class Door:
    """A way to the broker that nobody gets through before it is `opened`; `knocks` are those who came."""

    port: int = 0
    knocks: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def closed_door(target: int) -> AsyncIterator[Door]:
    """Before a port of the loopback."""
    door = Door()

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        door.knocks += 1
        await door.opened.wait()
        beyond, out = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(pour(reader, out), pour(beyond, writer), return_exceptions=True)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        door.port = server.sockets[0].getsockname()[1]
        yield door


async def eventually(done: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return done()


async def seconds_of(work: Awaitable[object]) -> float:
    """How long it takes."""
    start = time.monotonic()
    await work
    return time.monotonic() - start


@dataclass(frozen=True)
class Authority:
    """Signs certificates for the loopback; every file lies in `folder`."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        return self.folder / "ca.pem"

    def issue(self, name: str) -> tuple[Path, Path]:
        """The files of a new certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        place = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        signed = draft(name, self.certificate.subject, key).add_extension(place, critical=False)
        return write(self.folder / name, signed.sign(self.key, hashes.SHA256()), key)


def authority(folder: Path) -> Authority:
    """A new one."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Mill Pond Authority")])
    root = draft("Mill Pond Authority", name, key).add_extension(x509.BasicConstraints(True, None), critical=True)
    certificate = root.sign(key, hashes.SHA256())
    write(folder / "ca", certificate, key)
    return Authority(folder, key, certificate)


def draft(name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
    )


def write(stem: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> tuple[Path, Path]:
    files = stem.with_suffix(".pem"), stem.with_suffix(".key")
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files[1].chmod(0o600)
    return files

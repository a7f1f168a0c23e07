"""The Notifier over MQTT: committed events as JSON, and whether this site is up.

Events go to `PREFIX/SITE/events/claim/held` with QoS 1, never retained. `PREFIX/SITE/up` holds `true` or `false`,
retained; the broker itself says `false` when the connection breaks. No topic and no payload names a patient.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from aiomqtt import Client, MqttCodeError, MqttError, Will

from gateway import events
from gateway.config import Settings
from gateway.data import OWNERS
from gateway.data.causes import CAUSES
from gateway.deadlines import STEP_NAMES
from gateway.denials import OUTCOMES, Ended
from gateway.errors import ConfigError, GatewayError, Refused, Transient
from gateway.model.sending import Seen
from gateway.ports import Secret, Told
from gateway.silence import STEP_NAMES as SILENT_STEPS

QOS: Final = 1  # at least once; with less, "told" would mean nothing
KINDS: Final = {
    event.name: event.kind
    for event in vars(events).values()
    if isinstance(event, type) and issubclass(event, events.Event) and event.name
}

# What may leave the house. A number is one of our own ids, a count, a total or a duration in seconds: less than a
# billion, so that no NPI is one. A text has a shape that no sentence, date or long number has, whoever put it there; a
# lone word cannot be told from a code, and only the rule that codes and places hold no value of a claim keeps that out.
_NUMBERS: Final = frozenset(
    {
        "batch",
        "submission",
        "claim",
        "attempt",
        "proposal",
        "count",
        "dollars",
        "added",
        "superseded",
        "skipped",
        "documents",
        "wait",
        "number",
        "rows",
        "document",
        "mail",
        "denial",
        "times",
        "deposit",
        "remittance",
        "inquiry",
    }
)
_KEY: Final = r"(?![^/]*\d{8})[A-Za-z][A-Za-z0-9_-]{0,39}"
_NAMED: Final = r"(\d{4}[A-Z]{0,2}|[A-Z][A-Z0-9]{1,2}(\d\d(-\d\d?)?)?|row|line|segment)( \d{1,6})?"
_PLACE: Final = rf"({_NAMED}|byte \d{{1,10}})"
_TEXTS: Final = {
    "payer": re.compile(_KEY),
    "partner": re.compile(_KEY),
    "observed": re.compile("|".join(Seen)),
    "list": re.compile(_KEY),
    "plugin": re.compile(r"(?!.*\d{8})[A-Za-z][A-Za-z0-9_.:-]{0,79}"),
    "lane": re.compile(f"{_KEY}/{_KEY}"),
    "state": re.compile(r"[A-Z]+(_[A-Z]+){0,4}"),
    "cause": re.compile("|".join(CAUSES.causes)),
    "code": re.compile(r"(?!.*\d{4})[A-Z0-9]{1,20}([_:*/+.-][A-Z0-9]{1,20}){0,7}"),
    "place": re.compile(f"{_PLACE}(/{_PLACE}){{0,4}}"),
    "subject": re.compile(rf"(enrollment|statement) \d{{1,9}}|lane {_KEY}/{_KEY}"),
    "category": re.compile("[A-Z]{2,5}"),
    "owner": re.compile("|".join(OWNERS)),
    "outcome": re.compile("|".join([*OUTCOMES, *filter(None, Ended)])),
    "step": re.compile("|".join(sorted({*STEP_NAMES, *SILENT_STEPS}))),
}


def told_of(row: Mapping[str, Any]) -> Told | None:
    """A row of the journal (seq, at, name, batch, claim, submission, lane, and body as JSON) as notifiers see it.
    None for an event that this version does not know: nobody can say what of it may be told."""
    if row["name"] not in KINDS:
        return None
    subjects = {key: row[key] for key in ("batch", "claim", "submission", "lane")}
    facts = permitted(json.loads(row["body"]) | subjects)
    if row["claim"] is not None:
        facts.pop("step", None)  # with the payer's filing limit it would give away the day of service
    return Told(row["seq"], row["at"], row["name"], KINDS[row["name"]], facts)


def permitted(facts: Mapping[str, object]) -> dict[str, str | int]:
    """Those facts that may leave the house; every other key, and every value of another shape, is dropped."""
    return {key: value for key, value in facts.items() if isinstance(value, str | int) and _may_leave(key, value)}


def _may_leave(key: str, value: str | int) -> bool:
    if isinstance(value, str):
        return key in _TEXTS and _TEXTS[key].fullmatch(value) is not None
    return key in _NUMBERS and type(value) is int and 0 <= value < 10**9


def payload(told: Told) -> bytes:
    """What is published of an event: `id`, `type`, `time`, `kind` where it has one, and its permitted facts."""
    head: dict[str, str | int] = {"id": told.seq, "type": told.name, "time": told.at}
    if told.kind:
        head["kind"] = told.kind
    return json.dumps(permitted(told.facts) | head, separators=(",", ":"), sort_keys=True).encode()


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM form: the authority that signed the broker's certificate, and our own certificate with its private
    key, for brokers that ask for one. `key` may stand in the file of `cert`."""

    ca: Path
    cert: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """Where the broker is and who we are there. `site` is unique at the broker. `password` names a credential, which
    `secrets` looks up at each connection. `timeout` is how long the broker may be silent, in seconds."""

    host: str
    site: str
    port: int = 8883
    tls: Tls | None = None
    username: str = ""
    password: str = ""
    secrets: Callable[[str], Secret] | None = None
    prefix: str = "gateway"
    timeout: float = 10.0

    @property
    def place(self) -> str:
        """The broker, as errors show it."""
        return f"{self.host}:{self.port}"

    @property
    def up(self) -> str:
        """The topic that tells whether we are there."""
        return f"{self.prefix}/{self.site}/up"

    def topic(self, event: str) -> str:
        """Where events of this name go."""
        return f"{self.prefix}/{self.site}/events/{event.replace('.', '/')}"


class MqttNotifier:
    """Tells a broker. It dials when there is something to tell, keeps the connection, and makes a broken one anew.

    Raises ConfigError, with all problems, for settings that cannot work or would send news in the clear.
    """

    name = "mqtt"

    def __init__(self, settings: MqttSettings) -> None:
        if problems := list(_problems(settings)):
            raise ConfigError(problems)
        self._settings = settings
        self._dialled: asyncio.Task[_Connection] | None = None

    def wants(self, event: str) -> bool:
        """Every event that this version knows."""
        return event in KINDS

    async def tell(self, told: Sequence[Told]) -> None:
        """Publish them one after the other, each once the broker has confirmed the one before."""
        connection = await self._connection()
        for news in told:
            if self.wants(news.name):
                await connection.publish(self._settings.topic(news.name), payload(news))

    async def close(self) -> None:
        """Say that we are down. A connection that was lost is made again for it: the broker may have forgotten its
        promise to say so, but not that we were up."""
        if self._dialled is None:
            return
        try:
            with suppress(GatewayError):
                await (await self._connection()).close(self._settings.up)
        finally:
            self._dialled.add_done_callback(_abandon)
            self._dialled = None

    async def _connection(self) -> _Connection:
        """The present connection or a new one. A dial that outlasts our patience goes on; the next caller finds it."""
        if self._dialled is None or _over(self._dialled):
            self._dialled = asyncio.create_task(_dial(self._settings), name="mqtt")
            self._dialled.add_done_callback(_over)
        await asyncio.wait({self._dialled}, timeout=self._settings.timeout)
        if not self._dialled.done():
            raise _fault("SILENT", self._settings)
        return self._dialled.result()


class _Connection:
    """From CONNECT to its end; never used again after a failure."""

    def __init__(self, client: Client, settings: MqttSettings) -> None:
        self._client, self._settings = client, settings
        self._cut = False
        self._listening = asyncio.create_task(self._listen(), name="mqtt")

    async def _listen(self) -> None:
        """Until the end: the client tells of it only to whoever waits for messages, of which there are none."""
        with suppress(MqttError):
            async for _ in self._client.messages:
                pass

    @property
    def ended(self) -> bool:
        """Whether nothing can be published any more."""
        return self._cut or self._listening.done()

    async def publish(self, topic: str, text: bytes, retain: bool = False) -> None:
        """Return once the broker has it. After any failure the connection has ended."""
        try:
            await self._client.publish(topic, text, QOS, retain)
        except MqttError:
            self.cut()
            raise _fault("LOST", self._settings) from None

    async def close(self, up: str) -> None:
        """Take back that we are up, then leave in good order."""
        try:
            await self.publish(up, b"false", retain=True)
            with suppress(MqttError, OSError):
                await self._client.__aexit__(None, None, None)
        finally:
            self.cut()
        await asyncio.wait({self._listening}, timeout=self._settings.timeout)

    def cut(self) -> None:
        """End it without a word, so that the broker says that we are down."""
        self._cut = True
        _hang_up(self._client)


async def _dial(settings: MqttSettings) -> _Connection:
    """Connect and say that we are up. Never cancelled: the client would finish it in its thread, and keep it."""
    tls, password = await asyncio.to_thread(_keys, settings)
    client = Client(
        settings.host,
        settings.port,
        # Always the same: whatever connection of ours the broker still holds ends, and says so, before this one is up.
        identifier=f"{settings.prefix}/{settings.site}",
        username=settings.username or None,
        password=password,
        tls_context=tls,
        timeout=settings.timeout,
        will=Will(settings.up, b"false", QOS, retain=True),
        logger=logging.getLogger("aiomqtt"),
    )
    try:
        await client.__aenter__()
    except (MqttError, ValueError) as error:  # no host name can be made of some texts
        _hang_up(client)  # it would keep waiting
        raise _fault(_kind_of(error), settings) from None
    connection = _Connection(client, settings)
    await connection.publish(settings.up, b"true", retain=True)
    return connection


def _over(dialled: asyncio.Task[_Connection]) -> bool:
    """Whether a dial has ended and gave nothing that still stands."""
    return dialled.done() and (dialled.cancelled() or dialled.exception() is not None or dialled.result().ended)


def _abandon(dialled: asyncio.Task[_Connection]) -> None:
    """Nobody is left to use what this dial gave."""
    if not _over(dialled):
        dialled.result().cut()


def _hang_up(client: Client) -> None:
    """Cut the connection under a client, which then cleans up by itself. Its own way out tells the broker that all is
    well, and waits for an answer. It keeps the socket private: its version is pinned for this."""
    if sock := cast("socket.socket | None", client._client.socket()):
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _keys(settings: MqttSettings) -> tuple[ssl.SSLContext | None, str | None]:
    """In a thread: what proves who is who, read anew for each connection, so that renewed files count."""
    try:
        tls = _context(settings.tls) if settings.tls else None
        if settings.secrets is None or not settings.password:
            return tls, None
        return tls, settings.secrets(settings.password).reveal().decode()
    except (OSError, UnicodeDecodeError):  # the latter would show the password
        raise _fault("KEYS", settings) from None


def _context(tls: Tls) -> ssl.SSLContext:
    """Raises OSError where a file is missing or not what it should be."""
    context = ssl.create_default_context(cafile=tls.ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.cert:
        context.load_cert_chain(tls.cert, tls.key, password="-")  # without one, a locked key would ask the terminal
    return context


_LEVEL: Final = r"[^$/+#\x00-\x1f]+"


def _problems(settings: MqttSettings) -> Iterator[str]:
    for key, text, level in (("site", settings.site, _LEVEL), ("prefix", settings.prefix, f"{_LEVEL}(/{_LEVEL})*")):
        if not re.fullmatch(level, text):
            yield f"mqtt.{key}: names a topic, so it must not be empty or contain $ + # (nor, in a site, /)"
    if not settings.host:
        yield "mqtt.host: name the broker"
    if settings.username and not (settings.password and settings.secrets):
        yield "mqtt.password: name the credential of this user"
    if settings.tls is None and not _is_loopback(settings.host):
        yield "mqtt.tls: news leave this machine encrypted or not at all; name the broker's authority in tls.ca"
    if settings.tls is not None:
        yield from _tls_problems(settings.tls)


def _tls_problems(tls: Tls) -> Iterator[str]:
    if tls.key and not tls.cert:
        yield "mqtt.tls.cert: the key is of no use without its certificate"
    try:
        _context(Tls(tls.ca))
    except OSError:
        yield "mqtt.tls.ca: not a readable file of certificates in PEM form"
        return
    try:
        _context(tls)
        if tls.cert and (tls.key or tls.cert).stat().st_mode & 0o007:
            yield "mqtt.tls.key: others may read the private key; give it mode 0600"
    except OSError:
        yield "mqtt.tls.cert: certificate and key are not readable, not in PEM form, locked, or do not belong together"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_LATER: Final = "The news wait and are told again by themselves; if this lasts, check host, port and the broker's log."
_FAULTS: Final[dict[str, tuple[type[GatewayError], str, str]]] = {
    "UNREACHABLE": (Transient, "the broker cannot be reached", _LATER),
    "SILENT": (Transient, "the broker did not answer in time, or refused our certificate without a word", _LATER),
    "LOST": (Transient, "the broker did not confirm that it has the news", _LATER),
    "UNAVAILABLE": (Transient, "the broker takes no connections at present", _LATER),
    "LOGIN_REFUSED": (Refused, "the broker refused us", "Check our user, password and rights at the broker."),
    "CERTIFICATE": (
        Refused,
        "the broker's certificate is not one of the named authority for this host, or has expired",
        "Compare tls.ca and the host name with the broker's certificate.",
    ),
    "NO_TLS": (
        Refused,
        "the broker does not speak TLS 1.2 or newer at this port, or refused our certificate",
        "Check the port, and our certificate, with whoever runs the broker.",
    ),
    "KEYS": (
        Refused,
        "our certificates cannot be read, or our password is not text in UTF-8",
        "Check the files named under mqtt.tls and the credential that mqtt.password names.",
    ),
}


def _fault(kind: str, settings: MqttSettings) -> GatewayError:
    turn, text, step = _FAULTS[kind]
    return turn(text, code=f"MQTT_{kind}", place=settings.place, next_step=step)


def _kind_of(error: Exception) -> str:
    """What kept us from connecting. The client drops the network's own error, except as the context of its own."""
    cause = error.__context__
    if isinstance(error, MqttCodeError):  # 3 in MQTT 3.1.1, 136 as the client translates it
        return "UNAVAILABLE" if getattr(error.rc, "value", error.rc) in (3, 136) else "LOGIN_REFUSED"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "CERTIFICATE"
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        return "NO_TLS"
    return "SILENT" if isinstance(cause, TimeoutError) else "UNREACHABLE"


def notifier(settings: Settings, secrets: Callable[[str], Secret]) -> MqttNotifier | None:
    """The notifier that `[mqtt]` asks for, or None where no broker is named. Raises ConfigError."""
    asked = settings.mqtt
    if not asked.host:
        return None
    return MqttNotifier(
        MqttSettings(
            host=asked.host,
            site=settings.site.name,
            port=asked.port,
            tls=Tls(asked.tls_ca, asked.tls_cert, asked.tls_key) if asked.tls_ca else None,
            username=asked.username,
            password=asked.credential,
            secrets=secrets,
            prefix=asked.prefix,
        )
    )

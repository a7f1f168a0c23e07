"""Where the broker is and how we get in; what cannot work, or would send news in the clear, is told at once."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.ports import Secret


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


def context(tls: Tls) -> ssl.SSLContext:
    """Raises OSError where a file is missing or not what it should be."""
    context = ssl.create_default_context(cafile=tls.ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.cert:
        context.load_cert_chain(tls.cert, tls.key, password="-")  # without one, a locked key would ask the terminal
    return context


_LEVEL: Final = r"[^$/+#\x00-\x1f]+"


def problems(settings: MqttSettings) -> Iterator[str]:
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
        context(Tls(tls.ca))
    except OSError:
        yield "mqtt.tls.ca: not a readable file of certificates in PEM form"
        return
    try:
        context(tls)
        if tls.cert and (tls.key or tls.cert).stat().st_mode & 0o007:
            yield "mqtt.tls.key: others may read the private key; give it mode 0600"
    except OSError:
        yield "mqtt.tls.cert: certificate and key are not readable, not in PEM form, locked, or do not belong together"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""One connection to the broker, from CONNECT to its end."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from contextlib import suppress
from typing import Final, cast

from aiomqtt import Client, MqttError, Will

from gateway.bus.faults import fault, kind_of
from gateway.bus.settings import MqttSettings, context

QOS: Final = 1  # at least once; with less, "told" would mean nothing


class Connection:
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
            raise fault("LOST", self._settings) from None

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


async def dial(settings: MqttSettings) -> Connection:
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
        raise fault(kind_of(error), settings) from None
    connection = Connection(client, settings)
    await connection.publish(settings.up, b"true", retain=True)
    return connection


def _hang_up(client: Client) -> None:
    """Cut the connection under a client, which then cleans up by itself. Its own way out tells the broker that all is
    well, and waits for an answer. It keeps the socket private: its version is pinned for this."""
    if sock := cast("socket.socket | None", client._client.socket()):
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _keys(settings: MqttSettings) -> tuple[ssl.SSLContext | None, str | None]:
    """In a thread: what proves who is who, read anew for each connection, so that renewed files count."""
    try:
        tls = context(settings.tls) if settings.tls else None
        if settings.secrets is None or not settings.password:
            return tls, None
        return tls, settings.secrets(settings.password).reveal().decode()
    except (OSError, UnicodeDecodeError):  # the latter would show the password
        raise fault("KEYS", settings) from None

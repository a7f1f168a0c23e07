"""The Notifier over MQTT."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from gateway.bus.connection import Connection, dial
from gateway.bus.faults import fault
from gateway.bus.settings import MqttSettings, Tls, problems
from gateway.bus.told import KINDS, payload
from gateway.config import Settings
from gateway.errors import ConfigError, GatewayError
from gateway.ports import Secret, Told


class MqttNotifier:
    """Tells a broker. It dials when there is something to tell, keeps the connection, and makes a broken one anew.

    Raises ConfigError, with all problems, for settings that cannot work or would send news in the clear.
    """

    name = "mqtt"

    def __init__(self, settings: MqttSettings) -> None:
        if wrong := list(problems(settings)):
            raise ConfigError(wrong)
        self._settings = settings
        self._dialled: asyncio.Task[Connection] | None = None

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

    async def _connection(self) -> Connection:
        """The present connection or a new one. A dial that outlasts our patience goes on; the next caller finds it."""
        if self._dialled is None or _over(self._dialled):
            self._dialled = asyncio.create_task(dial(self._settings), name="mqtt")
            self._dialled.add_done_callback(_over)
        await asyncio.wait({self._dialled}, timeout=self._settings.timeout)
        if not self._dialled.done():
            raise fault("SILENT", self._settings)
        return self._dialled.result()


def _over(dialled: asyncio.Task[Connection]) -> bool:
    """Whether a dial has ended and gave nothing that still stands."""
    return dialled.done() and (dialled.cancelled() or dialled.exception() is not None or dialled.result().ended)


def _abandon(dialled: asyncio.Task[Connection]) -> None:
    """Nobody is left to use what this dial gave."""
    if not _over(dialled):
        dialled.result().cut()


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

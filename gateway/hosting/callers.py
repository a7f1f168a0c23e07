"""Notifiers and enrollment sources of plugins, each in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from gateway.errors import ConfigError
from gateway.hosting.plugin import PluginFailed
from gateway.hosting.rules import GARBLED, last
from gateway.hosting.sessions import Session
from gateway.ports import Told


class HostedNotifier:
    """A Notifier of a plugin. What it wants is asked once."""

    def __init__(self, session: Session, name: str, wanted: frozenset[str]) -> None:
        self.name = name
        self._session, self._wanted = session, wanted

    def wants(self, event: str) -> bool:
        """As the contract says."""
        return event in self._wanted

    async def tell(self, told: Sequence[Told]) -> None:
        """As the contract says."""
        call = self._session.call("tell", tuple(told))
        await self._session.ask(call, self._session.means(self._session.plugin.limits.step, last(type(None))))

    async def close(self) -> None:
        """As the contract says."""
        with suppress(PluginFailed):
            limit = self._session.plugin.limits.check
            await self._session.ask(self._session.call("close"), self._session.means(limit, last(type(None))))
        self._session.end()


class HostedSource:
    """An EnrollmentSource of a plugin."""

    def __init__(self, session: Session, name: str) -> None:
        self.name = name
        self._session = session

    async def rows(self) -> list[dict[str, str]] | None:
        """As the contract says."""
        limit = self._session.plugin.limits.step
        found: list[dict[str, str]] | None = await self._session.ask(
            self._session.call("rows"), self._session.means(limit, _is_rows)
        )
        return found


def _is_rows(at_end: bool, value: Any) -> str:
    sound = value is None or (
        isinstance(value, list)
        and all(isinstance(row, dict) for row in value)
        and all(isinstance(text, str) for row in value for pair in row.items() for text in pair)
    )
    return "" if at_end and sound else GARBLED


def notifier_of(session: Session, events: Sequence[str]) -> HostedNotifier | None:
    """The notifier, or None where the settings ask for none or the plugin cannot make it. Raises ConfigError."""
    if (name := _made(session)) is None:
        return None
    with suppress(PluginFailed):
        limit = session.plugin.limits.check
        wanted = session.now(session.call("wanted", *events), session.means(limit, last(tuple)))
        return HostedNotifier(session, name, frozenset(wanted))
    return None


def source_of(session: Session) -> HostedSource | None:
    """The source, or None as above."""
    name = _made(session)
    return None if name is None else HostedSource(session, name)


def _made(session: Session) -> str | None:
    """What the object is called. A plugin that cannot make it is tried until it is disabled."""
    for _ in range(session.plugin.limits.failures):
        try:
            means = session.means(session.plugin.limits.check, last(str | None))
            name: str | None = session.now(session.call("made"), means)
        except ConfigError:
            raise
        except PluginFailed:
            continue
        return name
    return None

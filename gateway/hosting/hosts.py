"""All plugins that run in processes of their own: loaded there, and standing here by what they registered."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from gateway import events
from gateway.amendments import Amendment
from gateway.checks import Check
from gateway.config import Settings
from gateway.errors import PluginError
from gateway.hookspecs import hookimpl
from gateway.hosting.ahead import Ahead
from gateway.hosting.callers import notifier_of, source_of
from gateway.hosting.pace import waited
from gateway.hosting.plugin import Limits, Plugin
from gateway.hosting.process import Broken
from gateway.hosting.rules import amendment_of, check_of, reader_of, wrapping_of
from gateway.hosting.sessions import Session
from gateway.hosting.transports import transport_of
from gateway.hosting.wire import Boot, Description
from gateway.logs import logger
from gateway.model.answers import Reader
from gateway.model.partners import Lane, Partner, Payer
from gateway.plugins import Found, Loading, Registry
from gateway.plugins.finding import DECLARED
from gateway.ports import EnrollmentSourceMaker, NotifierMaker, WrappingMaker

_LOOK = 0.1

_EVENTS = tuple(
    kind.name
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, events.Event) and kind.name
)


class Hosts:
    """The plugins of one site, by name. Those that only declare have no process."""

    def __init__(self) -> None:
        self.plugins: dict[str, Plugin] = {}
        self.reserved: set[str] = set()
        self.ahead = Ahead()
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="starter")
        self._closed = threading.Event()
        self._watching: threading.Thread | None = None

    def loading(self, settings: Settings) -> Loading:
        """How this site loads plugins."""
        limits = limits_of(settings)
        return lambda found: self._load(found, limits)

    def _load(self, found: Found, limits: Limits) -> object:
        if found.how == DECLARED:
            return found.load()
        boot = Boot(found.how, found.name, str(found.directory or ""), _path(), limits.memory)
        plugin = Plugin(boot, limits, self._starter)
        try:
            described = plugin.load()
        except Broken as broken:
            plugin.close()
            raise _unloaded(found.name, broken) from None
        if described.runs:
            self.plugins[found.name] = plugin
            self._watch()
        else:
            plugin.close()
        self.ahead.checks |= {code: payer for code, payer, *_ in described.checks}
        return Hosted(plugin, described, self)

    def _watch(self) -> None:
        if self._watching is None:
            self._watching = threading.Thread(target=self._look, name="plugin-watch", daemon=True)
            self._watching.start()

    def _look(self) -> None:
        while not self._closed.wait(_LOOK):
            so_far = waited()
            for plugin in list(self.plugins.values()):
                if plugin.look(so_far):
                    logger().warning("plugin.restless", plugin=plugin.name, code="PLUGIN_RESTLESS")

    def reserve(self, names: Iterable[str]) -> None:
        """Secrets that settings and accounts give to others: no notifier or source of a plugin gets them."""
        self.reserved |= set(names)

    def waits_for(self, lane: Lane, registry: Registry) -> Plugin | None:
        """The disabled plugin without which nothing can go over this lane."""
        needed = [f"transport {lane.account.endpoint.scheme}", *(f"wrapping {w}" for w in lane.partner.habits.wraps)]
        needed += [f"amendment {a.code}" for a in registry.amendments if a.partner in (None, lane.partner.key)]
        plugins = (self.plugins.get(registry.origins.get(name, "")) for name in needed)
        return next((plugin for plugin in plugins if plugin and plugin.disabled), None)

    def news(self) -> list[Plugin]:
        """The plugins that were disabled since this was asked last."""
        found = [plugin for plugin in self.plugins.values() if plugin.disabled and not plugin.told]
        for plugin in found:
            plugin.told = True
        return found

    def close(self) -> None:
        """End every process."""
        self._closed.set()
        for plugin in self.plugins.values():
            plugin.close()
        self._starter.shutdown()


class Hosted:
    """A plugin as its hooks give it here: the same keys, each with a function of ours that asks its process."""

    def __init__(self, plugin: Plugin, described: Description, hosts: Hosts) -> None:
        self._plugin, self._described, self._hosts = plugin, described, hosts

    def _keys(self, kind: str) -> Sequence[str]:
        return self._described.keys[kind]

    @hookimpl
    def register_payers(self) -> Sequence[Payer]:
        """The payers themselves."""
        return self._described.payers

    @hookimpl
    def register_partners(self) -> Sequence[Partner]:
        """The partners themselves."""
        return self._described.partners

    @hookimpl
    def register_checks(self) -> Sequence[Check]:
        """Checks that ask."""
        return [check_of(self._plugin, self._hosts.ahead, *check) for check in self._described.checks]

    @hookimpl
    def register_amendments(self) -> Sequence[Amendment]:
        """Amendments that ask."""
        return [amendment_of(self._plugin, *amendment) for amendment in self._described.amendments]

    @hookimpl
    def register_readers(self) -> Sequence[Reader]:
        """Readers that ask."""
        return [reader_of(self._plugin, kind) for kind in self._keys("readers")]

    @hookimpl
    def register_wrappings(self) -> Sequence[tuple[str, WrappingMaker]]:
        """Wrappings that ask."""
        return [(key, partial(wrapping_of, self._plugin, key)) for key in self._keys("wrappings")]

    @hookimpl
    def register_transports(self) -> Sequence[tuple[str, type]]:
        """Transports that ask."""
        return [(key, transport_of(self._plugin, key)) for key in self._keys("transports")]

    @hookimpl
    def register_notifiers(self) -> Sequence[tuple[str, NotifierMaker]]:
        """Notifiers that ask."""
        return [(key, partial(self._notifier, key)) for key in self._keys("notifiers")]

    @hookimpl
    def register_enrollment_sources(self) -> Sequence[tuple[str, EnrollmentSourceMaker]]:
        """Sources that ask."""
        return [(key, partial(self._source, key)) for key in self._keys("enrollment_sources")]

    @hookimpl
    def register_commands(self) -> Sequence[Any]:
        """Names alone, so that no two plugins have the same: commands run in the process of whoever types them."""
        return [_Command(name) for name in self._keys("commands")]

    def _notifier(self, key: str, settings: Any, secrets: Any) -> Any:
        return notifier_of(self._session("notifier", key, settings, secrets), _EVENTS)

    def _source(self, key: str, settings: Any, secrets: Any) -> Any:
        return source_of(self._session("enrollment source", key, settings, secrets))

    def _session(self, kind: str, key: str, settings: Any, secrets: Any) -> Session:
        return Session(self._plugin, kind, key, (settings,), secrets, lambda name: name not in self._hosts.reserved)


class _Command:
    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self) -> None:
        raise NotImplementedError


def limits_of(settings: Settings) -> Limits:
    """What plugins may take of time and memory, as settings say."""
    asked = settings.plugins
    return Limits(
        failures=asked.failures,
        check=asked.check_seconds,
        step=asked.step_seconds,
        transport=asked.transport_seconds,
        memory=asked.memory_megabytes << 20,
    )


def _path() -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(Path(entry or ".").resolve()) for entry in sys.path))


def _unloaded(name: str, broken: Broken) -> PluginError:
    return PluginError(
        f"plugin {name} does not load: its process ended, was silent, or spoke nonsense ({broken.code})",
        code="PLUGIN_BROKEN",
        place=name,
        next_step="Correct the plugin, or move it out of the plugins folder.",
    )

"""Within a plugin's process: load it, say what it registers, and run what is called."""

from __future__ import annotations

import inspect
import threading
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.hosting.wire import BLOCK, GIVEN, OUT, SECRET, WANT, Blocks, Boot, Call, Channel, Description, made
from gateway.plugins import Registry, load_one

if TYPE_CHECKING:
    from gateway.hosting.loop import Loop


def load(boot: Boot) -> Registry:
    """What this plugin registers, and nothing else. Raises PluginError."""
    return load_one(boot.how, boot.plugin, Path(boot.directory))


def describe(registry: Registry) -> Description:
    """The same in words that can be sent."""
    return Description(
        payers=tuple(registry.payers.values()),
        partners=tuple(registry.partners.values()),
        checks=tuple((check.code, check.payer, check.once, check.worst) for check in registry.checks),
        amendments=tuple((amendment.code, amendment.partner) for amendment in registry.amendments),
        keys={
            "readers": tuple(reader.kind for reader in registry.readers),
            "transports": tuple(registry.transports),
            "wrappings": tuple(registry.wrappings),
            "notifiers": tuple(registry.notifiers),
            "enrollment_sources": tuple(registry.enrollment_sources),
            "commands": tuple(registry.commands),
        },
    )


class Runner:
    """Runs calls. What is asynchronous runs on a loop of its own thread, which goes on between calls."""

    def __init__(self, registry: Registry, channel: Channel) -> None:
        self._channel = channel
        self._asking = threading.Lock()
        self._loop: Loop | None = None
        self._objects: dict[str, Any] = {}
        self._functions: dict[str, Mapping[str, Any]] = {
            "check": {check.code: check for check in registry.checks},
            "amendment": {amendment.code: amendment for amendment in registry.amendments},
            "reader": {reader.kind: reader for reader in registry.readers},
        }
        self._makers: dict[str, Mapping[str, Any]] = {
            "transport": registry.transports,
            "wrapping": registry.wrappings,
            "notifier": registry.notifiers,
            "enrollment source": registry.enrollment_sources,
        }

    def run(self, call: Call) -> Any:
        """The value of a call; what comes one by one is sent at once. Raises whatever the plugin raises."""
        found = self._functions[call.kind][call.key] if call.kind in self._functions else self._object(call)
        if call.method == "made":
            return None if found is None else getattr(found, "name", "")
        if call.method == "wanted":
            return tuple(name for name in call.args if found.wants(name))
        args = [self._input(arg) if isinstance(arg, Blocks) else arg for arg in call.args]
        given = getattr(found, call.method)(*args, **call.named)
        if call.method == "close":
            self._objects.pop(call.name, None)
        if not call.many:
            return self._awaited(given) if inspect.isawaitable(given) else given
        for item in self._each(given) if isinstance(given, AsyncIterable) else given:
            self._channel.send((OUT, item))
        return None

    def _object(self, call: Call) -> Any:
        if call.name not in self._objects or (call.kind == "transport" and call.make is not None):
            if call.make is None:
                raise LookupError
            self._objects[call.name] = self._makers[call.kind][call.key](*call.make, self._secret)
        return self._objects[call.name]

    def _each(self, given: AsyncIterable[Any]) -> Iterator[Any]:
        items = aiter(given)
        while True:
            try:
                yield self._awaited(anext(items))
            except StopAsyncIteration:
                return

    def _awaited(self, work: Any) -> Any:
        if self._loop is None:
            # here: most plugins are never awaited, and asyncio takes long to load
            from gateway.hosting.loop import Loop

            self._loop = Loop()
        return self._loop.result(work)

    def _input(self, blocks: Blocks) -> Iterator[bytes] | Callable[[], Iterator[bytes]]:
        return self._blocks if blocks.called else self._blocks()

    def _blocks(self) -> Iterator[bytes]:
        while True:
            word, block = self._ask((WANT, None))
            if word != BLOCK:
                return
            yield block

    def _secret(self, name: str) -> _Secret:
        word, value = self._ask((SECRET, name))
        if word != GIVEN:
            raise made(value)
        return _Secret(value)

    def _ask(self, question: tuple[str, Any]) -> Any:
        with self._asking:
            self._channel.send(question)
            return self._channel.receive()


class _Secret:
    """What the contract of secrets asks for."""

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

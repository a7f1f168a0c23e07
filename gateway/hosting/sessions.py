"""What of a plugin speaks with somebody outside: transports, notifiers and enrollment sources, each in its own process."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gateway.errors import ConfigError, InDoubt
from gateway.hosting.plugin import PLUGIN_FAILED, Plugin, PluginFailed
from gateway.hosting.process import Means
from gateway.hosting.rules import GARBLED, last, only
from gateway.hosting.wire import Blocks, Call
from gateway.model.partners import Account
from gateway.model.sending import RemoteFile
from gateway.ports import Absent, Presence, Present, Secret, Source, Told

_BLOCK = 256 * 1024


class Session:
    """An object of a plugin, made in a process that only it uses, and asked from a thread of its own. A call that is
    cancelled ends the process."""

    def __init__(
        self,
        plugin: Plugin,
        kind: str,
        key: str,
        make: tuple[Any, ...],
        secrets: Callable[[str], Secret],
        may: Callable[[str], bool],
        place: str = "",
    ) -> None:
        self.plugin, self.kind, self.key, self.make = plugin, kind, key, make
        self.keep = f"{kind} {key} {place}"
        self._secrets, self._may = secrets, may
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="plugin")

    def call(self, method: str, *args: Any, many: bool = False, make: bool = True, **named: Any) -> Call:
        """A call of one of its methods; `make` it first, where it is not there."""
        return Call(self.kind, self.key, method, args, many, self.keep, self.make if make else None, named)

    def means(self, limit: float, judge: Callable[[bool, Any], str], blocks: Iterator[bytes] | None = None) -> Means:
        """What a call of it may use."""
        return Means(limit, blocks=blocks, secrets=self._secrets, may=self._may, judge=judge)

    def now(self, call: Call, means: Means) -> Any:
        """Ask and wait."""
        return self.plugin.ask(call, means, self.keep)

    async def ask(self, call: Call, means: Means) -> Any:
        """Ask without keeping the loop waiting."""
        return await self._run(lambda: self.now(call, means))

    async def each(self, call: Call, means: Means) -> AsyncIterator[Any]:
        """The same for what comes one by one."""
        items = self.plugin.each(call, means, self.keep)
        try:
            while (item := await self._run(lambda: next(items, None))) is not None:
                yield item
        finally:
            with suppress(ValueError):  # it is being asked just now, and the end of its process ends that
                items.close()

    async def _run(self, work: Callable[[], Any]) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except asyncio.CancelledError:
            self.plugin.let_go(self.keep)
            raise

    def end(self) -> None:
        """No more calls."""
        self._thread.shutdown(wait=False)


class HostedTransport:
    """A Transport of a plugin. Each lane has a process of its own, so that no two wait for each other; it gets the
    secret that the account names, and no other."""

    plugin: Plugin
    scheme: str

    def __init__(self, account: Account, secrets: Callable[[str], Secret]) -> None:
        place = f"{account.partner}/{account.stage.value}"
        may = account.credential.__eq__
        self._session = Session(self.plugin, "transport", self.scheme, (account,), secrets, may, place)
        self._begun = False

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """As the contract says."""
        self._begun = True
        await self._session.ask(self._session.call("connect"), self._means(last(type(None))))

    async def close(self) -> None:
        """As the contract says."""
        begun, self._begun = self._begun, False
        if begun:
            with suppress(PluginFailed):
                await self._ask("close", judge=last(type(None)))
        self._session.end()

    async def put(self, source: Source, size: int, path: str, *, final: bool = True) -> int:
        """As the contract says; where the plugin breaks, the other side may have taken the file."""
        work = self._ask("put", Blocks(called=True), size, path, judge=last(int), blocks=_blocks(source), final=final)
        return int(await (_doubted(work) if final else work))

    async def size(self, path: str) -> Presence:
        """As the contract says."""
        found: Presence = await self._ask("size", path, judge=_is_presence)
        return found

    async def rename(self, source: str, target: str) -> None:
        """As the contract says; where the plugin breaks, it may have happened."""
        await _doubted(self._ask("rename", source, target, judge=last(type(None))))

    async def listing(self, folder: str) -> list[RemoteFile]:
        """As the contract says."""
        return list(await self._ask("listing", folder, judge=_is_listing))

    async def get(self, path: str) -> AsyncIterator[bytes]:
        """As the contract says."""
        call = self._session.call("get", path, many=True, make=False)
        async for block in self._session.each(call, self._means(only(bytes))):
            yield block

    async def discard(self, path: str) -> None:
        """As the contract says."""
        await self._ask("discard", path, judge=last(type(None)))

    async def _ask(
        self, method: str, *args: Any, judge: Any, blocks: Iterator[bytes] | None = None, **named: Any
    ) -> Any:
        call = self._session.call(method, *args, make=False, **named)
        return await self._session.ask(call, self._means(judge, blocks))

    def _means(self, judge: Callable[[bool, Any], str], blocks: Iterator[bytes] | None = None) -> Means:
        return self._session.means(self.plugin.limits.transport, judge, blocks)


def transport_of(plugin: Plugin, scheme: str) -> type:
    """The transport's class."""
    return type("HostedTransport", (HostedTransport,), {"plugin": plugin, "scheme": scheme})


async def _doubted(work: Any) -> Any:
    try:
        return await work
    except PluginFailed as failed:
        if failed.code != PLUGIN_FAILED:
            raise  # it was not even asked
        raise InDoubt(failed.message, code=failed.code, place=failed.place, next_step=failed.next_step) from None


def _blocks(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield from (source[at : at + _BLOCK] for at in range(0, len(source), _BLOCK))
    elif isinstance(source, Path):
        with source.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    else:
        yield from source()


def _is_presence(at_end: bool, value: Any) -> str:
    sound = isinstance(value, Absent) or (isinstance(value, Present) and isinstance(value.size, int | None))
    return "" if at_end and sound else GARBLED


def _is_listing(at_end: bool, value: Any) -> str:
    sound = isinstance(value, list | tuple) and all(
        isinstance(file, RemoteFile)
        and isinstance(file.path, str)
        and isinstance(file.size, int | None)
        and isinstance(file.modified, int | None)
        for file in value
    )
    return "" if at_end and sound else GARBLED


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
        limit = session.plugin.limits.step
        wanted = session.now(session.call("wanted", *events), session.means(limit, last(tuple)))
        return HostedNotifier(session, name, frozenset(wanted))
    return None


def source_of(session: Session) -> HostedSource | None:
    """The source, or None as above."""
    name = _made(session)
    return None if name is None else HostedSource(session, name)


def _made(session: Session) -> str | None:
    """What the object is called. A plugin that cannot make it is tried until it is disabled."""
    for _ in itertools.repeat(None, session.plugin.limits.failures):
        try:
            means = session.means(session.plugin.limits.step, last(str | None))
            name: str | None = session.now(session.call("made"), means)
        except ConfigError:
            raise
        except PluginFailed:
            continue
        return name
    return None

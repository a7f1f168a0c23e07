"""Transports of plugins, in a process for each lane."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gateway.errors import InDoubt
from gateway.hosting.plugin import PLUGIN_FAILED, Plugin, PluginFailed
from gateway.hosting.process import Means
from gateway.hosting.rules import GARBLED, last, only
from gateway.hosting.sessions import Session
from gateway.hosting.wire import Blocks
from gateway.model.partners import Account
from gateway.model.sending import RemoteFile
from gateway.ports import Absent, Presence, Present, Secret, Source

_BLOCK = 256 * 1024


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
    sound = isinstance(value, Absent) or (
        isinstance(value, Present) and isinstance(value.size, int | None) and isinstance(value.modified, int | None)
    )
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

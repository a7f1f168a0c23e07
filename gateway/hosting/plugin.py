"""One plugin in processes of its own: as many as are needed at once, and none any more after a few failures in a row."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from gateway.bus.told import permitted
from gateway.errors import GatewayError, Transient
from gateway.hosting.process import Broken, Means, Process, Said
from gateway.hosting.wire import Boot, Call, Description

PLUGIN_FAILED, PLUGIN_DISABLED = "PLUGIN_FAILED", "PLUGIN_DISABLED"

_IDLE = 2
"""Processes that are kept for the next call; more run only while there are more calls at once."""


class PluginFailed(Transient):
    """The plugin broke, or is not called any more because it did so too often. Nothing of this call counts."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Failures in a row that disable a plugin, seconds for a check, for a step of other work and for one of a
    transport, and bytes of memory."""

    failures: int = 3
    check: float = 2.0
    step: float = 60.0
    transport: float = 120.0
    memory: int = 512 << 20


class Plugin:
    """What is called of one plugin. Calls come from any thread, each has a process to itself; those with the same `keep`
    have the same one, and must not come at once."""

    def __init__(self, boot: Boot, limits: Limits, starter: Executor) -> None:
        self.name, self.limits = boot.plugin, limits
        self.disabled = ""
        self.code = ""
        self.told = False
        self._boot, self._starter = boot, starter
        self._guard = threading.Lock()
        self._idle: list[Process] = []
        self._kept: dict[str, Process] = {}
        self._busy: set[Process] = set()
        self._failures: dict[str, int] = {}
        self._closed = False

    def load(self) -> Description:
        """What it registers. Raises PluginError, or Broken."""
        process = self._take("")
        try:
            found = process.load()
            if not isinstance(found, Description):
                raise Broken("PLUGIN_GARBLED")
        except BaseException:
            self._drop(process)
            raise
        self._give_back(process, "")
        return found

    @property
    def failures(self) -> int:
        """How often in a row something of it failed last."""
        return max(self._failures.values(), default=0)

    @property
    def next_step(self) -> str:
        """What to do about a plugin that is disabled."""
        return f"Have the plugin corrected or remove it; then restart, or `gateway plugin resume {self.name}`."

    def ask(self, call: Call, means: Means, keep: str = "") -> Any:
        """The value of one call. Raises PluginFailed, or the error of ours that the plugin raises."""
        answers = self.each(call, means, keep)
        while True:
            try:
                next(answers)
            except StopIteration as stop:
                return stop.value

    def each(self, call: Call, means: Means, keep: str = "") -> Generator[Any, None, Any]:
        """What one call gives, one by one; raises as `ask` does."""
        if self.disabled:
            raise self._no(PLUGIN_DISABLED)
        part = f"{call.kind} {call.key}"
        process = self._take(keep)
        usable = False
        try:
            value = yield from process.call(call, means)
            usable = True
        except Said as said:
            usable = True
            self._failures.pop(part, None)
            raise (self._tamed(said.error, part) if means.blocks is not None else said.error) from None
        except Broken as broken:
            usable = broken.alive
            self.failed(part, broken.code)
            raise self._no(PLUGIN_FAILED) from None
        finally:
            if usable:
                self._give_back(process, keep)
            else:
                self._drop(process, keep)
        self._failures.pop(part, None)
        return value

    def _tamed(self, error: GatewayError, part: str) -> GatewayError:
        """Where a plugin was given a document, its words could quote it, and places and next steps reach the log."""
        error.place = str(permitted({"place": error.place}).get("place", part))
        error.next_step = f"See what the plugin {self.name} says of {error.code}; nothing of the document is lost."
        return error

    def failed(self, part: str, code: str) -> None:
        """One more failure in a row of this part; the last one that is borne disables the whole plugin."""
        with self._guard:
            if self._closed or self.disabled:
                return
            self._failures[part] = count = self._failures.get(part, 0) + 1
            self.code = code
            if count >= self.limits.failures:
                self.disabled = code
        if self.disabled:
            with self._guard:
                waiting = [process for process in (*self._idle, *self._kept.values()) if process not in self._busy]
            self._end(waiting)  # what goes on just now ends by itself

    def _no(self, code: str) -> PluginFailed:
        how = "is disabled" if code == PLUGIN_DISABLED else "failed"
        return PluginFailed(f"plugin {self.name} {how}", code=code, place=self.name, next_step=self.next_step)

    def resume(self) -> None:
        """Call it again."""
        with self._guard:
            self._failures.clear()
            self.disabled, self.told = "", False

    def look(self, waited: float) -> bool:
        """Hold back processes that compute long; whether there is a new one that does though nothing is asked of it."""
        with self._guard:
            every = {*self._idle, *self._kept.values(), *self._busy}
        restless = [process for process in every if not process.killed and process.pace.look(waited)]
        return bool(restless)

    def let_go(self, keep: str) -> None:
        """End the process that was kept under this name, also while it is busy: the call then fails."""
        with self._guard:
            process = self._kept.pop(keep, None)
        if process:
            self._end([process])

    def close(self) -> None:
        """End every process; calls that go on fail, and that is no failure of the plugin's."""
        with self._guard:
            self._closed = True
            every = [*self._idle, *self._kept.values(), *self._busy]
        self._end(every)

    def _take(self, keep: str) -> Process:
        with self._guard:
            if self._closed:
                raise self._no(PLUGIN_FAILED)
            process = self._kept.get(keep) if keep else (self._idle.pop() if self._idle else None)
        if process is None or process.killed:
            process = Process(self._boot, self._starter)
        with self._guard:
            self._busy.add(process)
            if keep:
                self._kept[keep] = process
        return process

    def _give_back(self, process: Process, keep: str) -> None:
        with self._guard:
            self._busy.discard(process)
            spare = self.disabled or self._closed or process.killed or (not keep and len(self._idle) >= _IDLE)
            if not spare and not keep:
                self._idle.append(process)
        if spare:
            self._drop(process, keep)

    def _drop(self, process: Process, keep: str = "") -> None:
        with self._guard:
            self._busy.discard(process)
            if self._kept.get(keep) is process:
                del self._kept[keep]
        process.kill()

    def _end(self, processes: list[Process]) -> None:
        for process in processes:
            with contextlib.suppress(OSError):
                process.kill()
        with self._guard:
            self._idle = [process for process in self._idle if not process.killed]

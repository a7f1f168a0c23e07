"""What a plugin does beside what it is asked to: whom it reaches, what it starts, writes, reads and changes.

Heard by Python's own audit events, of which those count that the plugin's own code causes, through libraries too, and not
what the gateway does when the plugin calls it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from gateway.testing.kit.changed import Changed

RULE = "stays_within"
_OURS = f"{Path(__file__).parents[2]}/"
_LIBRARIES = (f"{sys.prefix}/", f"{sys.base_prefix}/")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LONGEST, _APART = 5.0, 0.05
"""So many seconds may a thread go on after its session; it is looked so many seconds apart."""


class Strays:
    """Hears of one plugin in this process, in whose folder `site` temporary sites lie. `ports` are those of simulated
    payers, whom it may reach."""

    def __init__(self, plugin: Path, site: Path) -> None:
        self.ports: set[int] = set()
        self._mark = f"/{plugin.name}" if plugin.suffix == ".py" else f"/{plugin.name}/"
        self._source = str(plugin.resolve())
        self._own, self._site = plugin.name, f"{site.resolve()}/"
        self._heard: dict[str, None] = {}
        self._threads: list[threading.Thread] = []
        self._changed = Changed()

    def begin(self) -> None:
        """From now on, and to the end of the process: before the plugin is loaded for the first time."""
        sys.addaudithook(self._hear)
        start = threading.Thread.start

        def noted(thread: threading.Thread) -> None:
            """Those that asyncio keeps for whoever has something to wait for are its own."""
            if self._place(sys._getframe(1)) and not thread.name.startswith("asyncio_"):
                self._threads.append(thread)
            start(thread)

        threading.Thread.start = noted  # type: ignore[method-assign,assignment]

    def loaded(self) -> None:
        """It was loaded: what of the whole process is otherwise than before?"""
        self._heard |= dict.fromkeys(self._changed.settings())

    def ended(self) -> Iterator[str]:
        """All that was found so far, each once; its threads have a moment to end."""
        late = time.monotonic() + _LONGEST
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < late:
            time.sleep(_APART)
        if any(thread.is_alive() for thread in self._threads):
            yield "a thread that it started goes on"
        self._threads.clear()
        yield from (*self._heard, *self._changed.code())
        self._heard.clear()

    def _hear(self, event: str, given: tuple[Any, ...]) -> None:
        """One audit event; what is raised here would be raised in the midst of whatever causes it."""
        if event not in _EVENTS:
            return
        try:
            place = self._place(sys._getframe(1))
            found = _EVENTS[event](self, given) if place else ""
        except Exception:
            return
        if found:
            self._heard[f"{found} ({place})"] = None

    def _place(self, frame: FrameType | None) -> str:
        """Where in the plugin, if its code and not ours is nearest."""
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(_OURS):
                return ""
            if self.is_its_own(file):
                return f"{Path(file).name}, line {frame.f_lineno}"
            frame = frame.f_back
        return ""

    def is_its_own(self, file: str) -> bool:
        """Whether code is the plugin's: where it lies, or a copy of it; a library may have a module of the same name."""
        return file.startswith(self._source) or (self._mark in file and not file.startswith(_LIBRARIES))

    def _is_of_the_site(self, path: str) -> bool:
        """Not of the plugin itself, which lies there too."""
        return path.startswith(self._site) and f"/plugins/{self._own}" not in path

    def opened(self, given: tuple[Any, ...]) -> str:
        """A file was opened, by name."""
        if not isinstance(given[0], str | bytes):
            return ""
        path = os.path.realpath(os.fsdecode(given[0]))
        if given[2] & _WRITES:
            return "" if path == os.devnull else "it writes a file"
        return "it reads files of the site that it was not given" if self._is_of_the_site(path) else ""

    def looked(self, given: tuple[Any, ...]) -> str:
        """A folder was listed."""
        path = os.path.realpath(os.fsdecode(given[0] if given and isinstance(given[0], str | bytes) else "."))
        return "it looks into folders of the site" if self._is_of_the_site(f"{path}/") else ""

    def reached(self, given: tuple[Any, ...]) -> str:
        """A socket was connected, or something sent to an address."""
        address = given[1]
        if not isinstance(address, tuple):
            return "it reaches a program of this machine"
        return "" if address[1] in self.ports else "it reaches another host than its payer's"


def _always(said: str) -> Callable[[Strays, tuple[Any, ...]], str]:
    return lambda strays, given: said


_EVENTS: Mapping[str, Callable[[Strays, tuple[Any, ...]], str]] = {
    "open": Strays.opened,
    "socket.connect": Strays.reached,
    "socket.sendto": Strays.reached,
    "socket.bind": _always("it waits for others to connect"),
    **dict.fromkeys(("os.listdir", "os.scandir"), Strays.looked),
    **dict.fromkeys(
        ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"),
        _always("it starts a process"),
    ),
    **dict.fromkeys(
        (
            "os.remove",
            "os.rename",
            "os.mkdir",
            "os.rmdir",
            "os.chmod",
            "os.link",
            "os.symlink",
            "os.truncate",
            "os.utime",
        ),
        _always("it changes files"),
    ),
    **dict.fromkeys(("os.putenv", "os.unsetenv"), _always("it changes the environment, which every process sees")),
    "os.kill": _always("it sends signals"),
}

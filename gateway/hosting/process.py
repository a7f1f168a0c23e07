"""One process of one plugin: started, asked, and killed when it is silent too long."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from gateway.errors import GatewayError
from gateway.hosting import wire
from gateway.hosting.leash import below
from gateway.hosting.pace import Pace
from gateway.hosting.wire import Boot, Call, Channel, Garbled
from gateway.ports import Secret

START = 60.0
"""Seconds that a plugin has to load."""

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""What a plugin sees of our environment: where secrets lie is no part of it."""


class Broken(Exception):
    """The plugin did what no plugin may; `code` says what, and `alive` whether its process can still be used."""

    def __init__(self, code: str, *, alive: bool = False) -> None:
        super().__init__(code)
        self.code, self.alive = code, alive


class Said(Exception):
    """The plugin raised an error of ours, which is an ordinary answer."""

    def __init__(self, error: GatewayError) -> None:
        super().__init__(type(error).__name__)
        self.error = error


@dataclass(frozen=True, slots=True)
class Means:
    """What a call may use: input in blocks, secrets by the names that `may` allows, and seconds: `step` between two
    signs of life, `whole` of waiting in all. `judge` says by a code what is wrong with a value, the last one or one of
    many; `says` are the errors of ours that are ordinary answers."""

    step: float
    whole: float = float("inf")
    blocks: Iterator[bytes] | None = None
    secrets: Callable[[str], Secret] | None = None
    may: Callable[[str], bool] = lambda name: False
    judge: Callable[[bool, Any], str] = lambda last, value: ""
    says: tuple[type[GatewayError], ...] = (GatewayError,)


class Process:
    """A process that loads one plugin and then answers calls, one at a time. It ends with whoever started it; `starter`
    must have one thread that outlives it, for the kernel ends a child with the thread it came from."""

    def __init__(self, boot: Boot, starter: Executor) -> None:
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours, trusting=False)
        self._ready = False
        self.killed = False
        with theirs:
            self._child = starter.submit(_start, theirs.fileno(), boot).result()
        self.pace = Pace(self._child.pid)
        self.pace.begin()
        with contextlib.suppress(OSError):
            self._channel.send(boot, START)

    def load(self) -> Any:
        """What the plugin registers. Raises PluginError as loading does, or Broken."""
        try:
            return self._drained(self._answered(Means(START, START)))
        except Said as said:
            raise said.error from None
        finally:
            self._ready = True
            self.pace.end()

    @property
    def pid(self) -> int:
        """Its number, which is that of its group too."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return not self.killed and self._child.poll() is None

    def call(self, call: Call, means: Means) -> Generator[Any, None, Any]:
        """Gives what the call gives, and returns what it returns. Raises Broken or Said, and whatever reading the input
        raises; after that, or when it is not exhausted, the process is of no more use."""
        if not self._ready:
            self._load_again()
        self.pace.begin()
        try:
            with _breaking():
                self._channel.send(call, means.step)
            return (yield from self._answered(means))
        finally:
            self.pace.end()

    def _load_again(self) -> None:
        try:
            self.load()
        except GatewayError:
            raise Broken("PLUGIN_UNLOADED") from None

    def _answered(self, means: Means) -> Generator[Any, None, Any]:
        waited = 0.0
        while True:
            begun = time.monotonic()
            with _breaking():
                message = self._channel.receive(min(means.step, max(0.001, means.whole - waited)))
            waited += time.monotonic() - begun
            match message:
                case (str() as word, value) if word in (wire.OUT, wire.DONE):
                    if code := means.judge(word == wire.DONE, value):
                        raise Broken(code)
                    if word == wire.DONE:
                        return value
                    yield value
                case (str() as word, value) if word == wire.SAID:
                    with _breaking():
                        error = wire.made(value)
                    if not isinstance(error, means.says):
                        raise Broken("PLUGIN_RAISED", alive=True)
                    raise Said(error)
                case (str() as word, _) if word == wire.BROKE:
                    raise Broken("PLUGIN_RAISED", alive=True)
                case (str() as word, _) if word == wire.WANT and means.blocks is not None:
                    block = next(means.blocks, None)
                    self._reply((wire.END, None) if block is None else (wire.BLOCK, bytes(block)), means)
                case (str() as word, str() as name) if word == wire.SECRET:
                    self._reply(_secret(name, means), means)
                case _:
                    raise Broken("PLUGIN_GARBLED")

    def _reply(self, message: Any, means: Means) -> None:
        with _breaking():
            self._channel.send(message, means.step)

    @staticmethod
    def _drained(answers: Generator[Any, None, Any]) -> Any:
        while True:
            try:
                next(answers)
            except StopIteration as stop:
                return stop.value

    def kill(self) -> None:
        """End it and what it started. Safe more than once, and from any thread."""
        self.killed = True
        self.pace.over()
        apart = below(self._child.pid) if self._child.poll() is None else []  # in groups of their own, as daemons are
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)
        for each in apart:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(each, signal.SIGKILL)
        self._child.wait()
        self._channel.close()


def _start(fd: int, boot: Boot) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "gateway.hosting", str(fd), str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(fd,),
        start_new_session=True,
        env=kept | {"PYTHONPATH": os.pathsep.join(boot.path), "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"},
    )


@contextlib.contextmanager
def _breaking() -> Iterator[None]:
    """What goes wrong on the line, as what the plugin did."""
    try:
        yield
    except TimeoutError:
        raise Broken("PLUGIN_SILENT") from None
    except (EOFError, OSError):
        raise Broken("PLUGIN_DIED") from None
    except Garbled:
        raise Broken("PLUGIN_GARBLED") from None


def _secret(name: str, means: Means) -> tuple[str, Any]:
    """The secret, if it is one of this call's; else an error for the plugin to raise."""
    if means.secrets is None or not means.may(name):
        return (wire.SAID, ("Refused", f"the secret {name} is not this plugin's", "SECRET_DENIED", "", "Name its own."))
    try:
        return (wire.GIVEN, means.secrets(name).reveal())
    except GatewayError as error:
        return (wire.SAID, wire.told(error))

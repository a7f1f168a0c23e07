"""What goes between us and a plugin's process: frames of a length and a pickle, from which only nouns can come.

We ask with a `Call`. Until the answer the process may ask for input (`WANT`) or a secret (`SECRET`), and gives what it
has (`OUT`). It ends with `DONE` and a value, with `SAID` and an error of ours, or with `BROKE` and the class of any other.
"""

from __future__ import annotations

import importlib
import io
import pickle
import re
import socket
import struct
import time
from dataclasses import dataclass, field, is_dataclass
from enum import Enum
from typing import Any

from gateway.errors import ConfigError, GatewayError, InDoubt, Malformed, PluginError, Refused, Transient

WANT, SECRET, OUT, DONE, SAID, BROKE = "want", "secret", "out", "done", "said", "broke"
BLOCK, END, GIVEN = "block", "end", "given"
MOST = 64 * 1024 * 1024
"""Bytes of one frame."""

_LENGTH = struct.Struct(">I")
_PLAIN = {
    *(("datetime", name) for name in ("date", "datetime", "time", "timedelta", "timezone")),
    *(("builtins", name) for name in ("set", "frozenset")),
    ("decimal", "Decimal"),
}
_ROOMS = ("gateway.model.", "gateway.hosting.wire", "gateway.ports")
_ERRORS = {kind.__name__: kind for kind in (Transient, Refused, InDoubt, Malformed, PluginError)}
_CODE = re.compile(r"(?!.*\d{4})[A-Z][A-Z0-9_]{0,39}")


class Garbled(Exception):
    """What came is no message."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Stands in a call's arguments for the blocks that come when they are asked for; `called` where the plugin gets a
    function that gives them."""

    called: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call of what a plugin registered. `kind` and `key` say of what; `method` is a method's name, `name` and `make`
    what the object that has it is called and made with; `many` whether the results come one by one; `args` and `named` are
    what the method gets."""

    kind: str
    key: str
    method: str
    args: tuple[Any, ...] = ()
    many: bool = False
    name: str = ""
    make: tuple[Any, ...] | None = None
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Boot:
    """Which plugin a process is for: how it was found, by its name; and how much memory it may have, in bytes."""

    how: str
    plugin: str
    directory: str
    path: tuple[str, ...]
    memory: int


@dataclass(frozen=True, slots=True)
class Description:
    """What a plugin registers, with keys where we have functions: of checks code, payer, once and the worst outcome, of
    amendments code and partner."""

    payers: tuple[Any, ...]
    partners: tuple[Any, ...]
    checks: tuple[tuple[str, str | None, bool, Any], ...]
    amendments: tuple[tuple[str, str | None], ...]
    keys: dict[str, tuple[str, ...]]

    @property
    def runs(self) -> bool:
        """Whether anything of it is ever called."""
        return bool(self.checks or self.amendments or any(self.keys[kind] for kind in self.keys if kind != "commands"))


class Channel:
    """One end of the line. `trusting` reads every pickle, and is for the plugin's end alone."""

    def __init__(self, sock: socket.socket, *, trusting: bool) -> None:
        self._sock, self._trusting = sock, trusting

    def send(self, message: Any, limit: float | None = None) -> None:
        """Raises OSError, a TimeoutError after so many seconds."""
        text = pickle.dumps(message, protocol=5)
        if len(text) > MOST:
            raise Garbled
        self._sock.settimeout(limit)
        self._sock.sendall(_LENGTH.pack(len(text)) + text)

    def receive(self, limit: float | None = None) -> Any:
        """Raises EOFError, OSError or Garbled."""
        until = None if limit is None else time.monotonic() + limit
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, until))
        if length > MOST:
            raise Garbled
        text = self._exactly(length, until)
        try:
            return pickle.loads(text) if self._trusting else _Nouns(io.BytesIO(text)).load()
        except Exception:
            if self._trusting:
                raise
            raise Garbled from None

    def _exactly(self, size: int, until: float | None) -> bytes:
        found = bytearray()
        while len(found) < size:
            if until is not None:
                self._sock.settimeout(max(0.001, until - time.monotonic()))
            if not (piece := self._sock.recv(min(size - len(found), 1 << 20))):
                raise EOFError
            found += piece
        return bytes(found)

    def close(self) -> None:
        """No more."""
        self._sock.close()


class _Nouns(pickle.Unpickler):
    """Makes nothing but nouns of ours and plain values."""

    def find_class(self, module: str, name: str) -> Any:
        """Called for every class that a pickle names."""
        if (module, name) in _PLAIN:
            return getattr(importlib.import_module(module), name)
        if module.startswith(_ROOMS):
            found = vars(importlib.import_module(module)).get(name)
            if isinstance(found, type) and found.__module__ == module and _is_noun(found):
                return found
        raise Garbled


def _is_noun(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, Enum | tuple)


def told(error: GatewayError) -> tuple[Any, ...]:
    """An error of ours as plain values."""
    if isinstance(error, ConfigError):
        return ("ConfigError", tuple(map(str, error.problems)))
    kind = next((name for name, kind in _ERRORS.items() if isinstance(error, kind)), "Refused")
    return (kind, str(error.message), str(error.code), str(error.place), str(error.next_step))


def made(said: Any) -> GatewayError:
    """The error that was told. A code of another shape is not passed on."""
    match said:
        case ("ConfigError", tuple() as problems):
            return ConfigError([str(problem) for problem in problems])
        case (str() as kind, str() as message, str() as code, str() as place, str() as step) if kind in _ERRORS:
            code = code if _CODE.fullmatch(code) else "PLUGIN_ERROR"
            return _ERRORS[kind](message, code=code, place=place, next_step=step)
    raise Garbled

"""What a plugin changed of others' code, and of what the whole process has but once."""

from __future__ import annotations

import decimal
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any

_WATCHED = ("gateway", "paramiko", "cryptography", "socket", "ssl", "os", "time", "builtins", "asyncio")
"""Packages and modules, with all in them that is loaded already."""

_CODE = (FunctionType, BuiltinFunctionType, type)
_PARTS = (FunctionType, staticmethod, classmethod, property)


def _umask() -> int:
    found = os.umask(0o077)
    os.umask(found)
    return found


_SETTINGS: Mapping[str, Callable[[], Any]] = {
    "the working folder": os.getcwd,
    "the umask": _umask,
    "what signals do": lambda: [signal.getsignal(each) for each in signal.valid_signals()],
    "decimal arithmetic": lambda: (decimal.getcontext().prec, decimal.getcontext().rounding),
    "the time-out of sockets": socket.getdefaulttimeout,
    "logging": lambda: (logging.root.level, [*logging.root.handlers], logging.root.manager.disable),
}


class Changed:
    """As it was when this was made; functions and classes are kept, so that no other can have their place in memory."""

    def __init__(self) -> None:
        self._settings = {name: look() for name, look in _SETTINGS.items()}
        self._code = dict(_code())

    def settings(self) -> Iterator[str]:
        """What is otherwise now, of what is one for the whole process."""
        yield from (f"it changes {name}" for name, look in _SETTINGS.items() if look() != self._settings[name])

    def code(self) -> Iterator[str]:
        """Each function, class or method that is another now."""
        for (module, *names), value in self._code.items():
            if module in sys.modules and _found(sys.modules[module], names) is not value:
                yield f"it changes {'.'.join((module, *names))}"


def _found(holder: object, names: Sequence[str]) -> object:
    """What stands there now, whatever it is."""
    for name in names:
        holder = vars(holder).get(name)
    return holder


def _code() -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _WATCHED and module is not None:
            for key, value in list(vars(module).items()):
                if isinstance(value, _CODE):
                    yield (name, key), value
                if isinstance(value, type) and value.__module__ == name:
                    yield from (((name, key, part), v) for part, v in vars(value).items() if isinstance(v, _PARTS))

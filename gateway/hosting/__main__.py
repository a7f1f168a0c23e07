"""The process that runs one plugin: quiet, with little memory, and gone when whoever started it is."""

from __future__ import annotations

import logging
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

from gateway.errors import GatewayError
from gateway.hosting.leash import die_with, gather
from gateway.hosting.running import Runner, describe, load
from gateway.hosting.wire import BROKE, DONE, SAID, Boot, Channel, told

_NICE = 10


def main() -> None:
    """Load the plugin, then answer calls until the line is closed."""
    fd, parent = int(sys.argv[1]), int(sys.argv[2])
    die_with(parent)
    gather()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    channel = Channel(socket.socket(fileno=fd), trusting=True)
    try:
        _serve(channel)
    except (EOFError, OSError):
        os._exit(0)


def _serve(channel: Channel) -> None:
    boot = channel.receive()
    _limit(boot)
    try:
        registry = load(boot)
        answer: tuple[str, Any] = (DONE, describe(registry))
    except BaseException as failure:
        channel.send(_failure(failure))
        return
    channel.send(answer)
    _step_back()  # only now: loading is what everybody waits for
    runner = Runner(registry, channel)
    while True:
        call = channel.receive()
        try:
            answer = (DONE, runner.run(call))
        except BaseException as failure:
            answer = _failure(failure)
        _answer(channel, answer)


def _step_back() -> None:
    """The unit's filter of system calls may forbid even this; the service manager's own limits hold then."""
    with suppress(OSError):
        os.nice(_NICE)


def _limit(boot: Boot) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (boot.memory, boot.memory))


def _failure(failure: BaseException) -> tuple[str, Any]:
    """An error of ours as it is; of any other not even the text, which may quote a claim."""
    if isinstance(failure, GatewayError):
        return (SAID, told(failure))
    return (BROKE, type(failure).__name__)


def _answer(channel: Channel, answer: tuple[str, Any]) -> None:
    try:
        channel.send(answer)
    except (EOFError, OSError):
        raise
    except Exception as unfit:  # what it gave cannot be sent
        channel.send((BROKE, type(unfit).__name__))


if __name__ == "__main__":
    main()

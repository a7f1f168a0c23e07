"""The line to a plugin's process: nouns pass, anything else is no message."""

from __future__ import annotations

import os
import pickle
import socket
import struct
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.errors import ConfigError, InDoubt, Malformed, Refused, Transient
from gateway.hosting.wire import Channel, Garbled, made, told
from gateway.model.claims import Finding, Outcome
from gateway.model.partners import Payer
from gateway.model.sending import RemoteFile


def passed(text: bytes) -> Any:
    """What we make of these bytes from a plugin."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", len(text)) + text)
        return Channel(ours, trusting=False).receive(10)


@pytest.mark.parametrize(
    "noun",
    [
        Finding("X", Outcome.HOLD, line=2),
        Payer("acme", "Acme", filing_limit=timedelta(days=90)),
        [RemoteFile("/a", 1, None), date(2026, 1, 1), Decimal("1.20"), {"a": frozenset({1})}],
    ],
)
def test_nouns_pass_whole(noun: object) -> None:
    """As they were."""
    assert passed(pickle.dumps(noun, protocol=5)) == noun


class Calls:
    def __init__(self, function: Any, *args: Any) -> None:
        self.call = (function, args)

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize(
    "wrong",
    [
        pickle.dumps(Calls(os.system, "true")),
        pickle.dumps(Calls(getattr, Payer, "__init__")),
        pickle.dumps(Calls(eval, "1")),
        pickle.dumps(os.path.join),
        b"\x80\x05cgateway.model.partners\ndataclass\n.",
        b"\x80\x05cgateway.hosting.wire\nChannel\n.",
        b"\x80\x05cgateway.ports\nPath\n.",
        b"rubbish",
        b"",
    ],
)
def test_nothing_else_does(wrong: bytes) -> None:
    """And nothing of it is run."""
    with pytest.raises(Garbled):
        passed(wrong)


def test_a_frame_without_end_is_not_waited_for() -> None:
    """Nor is room made for it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"\xff" * 100)
        with pytest.raises(Garbled):
            Channel(ours, trusting=False).receive(10)


@pytest.mark.parametrize("kind", [Transient, Refused, InDoubt, Malformed])
def test_errors_keep_their_turn(kind: type[Refused]) -> None:
    """Whose turn it is, the code, the place and the next step."""
    error = made(told(kind("what", code="WRONG", place="line 3", next_step="Mend it.")))
    assert type(error) is kind
    assert (error.message, error.code, error.place, error.next_step) == ("what", "WRONG", "line 3", "Mend it.")


def test_settings_that_are_wrong_are_told_with_all_problems() -> None:
    """One by one."""
    error = made(told(ConfigError(["a", "b"])))
    assert isinstance(error, ConfigError)
    assert error.problems == ("a", "b")


def test_a_code_that_could_be_a_value_is_not_passed_on() -> None:
    """Codes reach the log."""
    assert made(told(Refused("", code="A123456789"))).code == "PLUGIN_ERROR"

"""Errors, by whose turn it is next.

Every error says what happened, at which place, and what to do. None ever carries a value of a claim:
the text is shown to people, written to logs and kept in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class GatewayError(Exception):
    """The root. `code` is stable and machine-readable, `place` points into a document or file (`2310B/NM109`),
    `next_step` is one sentence telling a person what to do."""

    def __init__(self, message: str, *, code: str, place: str = "", next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.place = place
        self.next_step = next_step


class Transient(GatewayError):
    """The clock's turn: nothing was taken, trying again later is safe and sensible."""


class Refused(GatewayError):
    """A person's turn: the other side, or a rule, said no; repeating it changes nothing."""


class InDoubt(GatewayError):
    """Evidence's turn: the act may or may not have happened, and only the world can tell."""


class Malformed(GatewayError):
    """The sender's turn: this document cannot be read as what it claims to be."""


class PluginError(GatewayError):
    """The plugin author's turn: a plugin failed to load, misspelt a hook, or took a key that is taken. `problems` are the
    single ones, where there are several; `beside` finds more of them in the registry of the other plugins, where only the
    names in it can tell."""

    problems: tuple[str, ...] = ()
    beside: Callable[[Any], Sequence[str]] | None = None

    @classmethod
    def of_all(cls, problems: Sequence[str], *, code: str, place: str, next_step: str) -> PluginError:
        """One error for all of them."""
        error = cls("; ".join(problems), code=code, place=place, next_step=next_step)
        error.problems = tuple(problems)
        return error


class ConfigError(GatewayError):
    """The administrator's turn: settings are wrong. `problems` holds all of them, each with its path."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            "; ".join(problems), code="CONFIG", next_step="Correct the settings named here and start again."
        )
        self.problems = tuple(problems)


class Unlawful(GatewayError):
    """Our own turn: an event met a state that has no row for it. Nothing was changed; this is an alarm."""

    def __init__(self, machine: str, state: str, event: str) -> None:
        super().__init__(
            f"{machine} in {state} has no row for {event}",
            code="UNLAWFUL",
            next_step="Nothing was changed. Please report this with the output of `gateway timeline`.",
        )
        self.machine, self.state, self.event = machine, state, event

"""What the kit found while it tried, by rule."""

from __future__ import annotations

_MOST = 12


class Judge:
    """`wrong` counts against a plugin; `untried` is what could not be tried after all, and why: it proves nothing."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[str]] = {}
        self.untried: dict[str, list[str]] = {}

    def say(self, rule: str, what: str) -> None:
        """One thing that is wrong, told once."""
        _once(self.wrong, rule, what)

    def leave(self, rule: str, why: str) -> None:
        """One thing that could not be tried, told once."""
        _once(self.untried, rule, why)


def _once(told: dict[str, list[str]], rule: str, what: str) -> None:
    found = told.setdefault(rule, [])
    if what not in found and len(found) < _MOST:
        found.append(what)

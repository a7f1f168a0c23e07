"""What the kit found wrong while it tried, by rule."""

from __future__ import annotations


class Judge:
    """What was found wrong, by rule."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[str]] = {}

    def say(self, rule: str, what: str) -> None:
        """One thing, told once."""
        found = self.wrong.setdefault(rule, [])
        if what not in found and len(found) < 12:
            found.append(what)

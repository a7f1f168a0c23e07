"""What checks of plugins found before the store's one writer asks for it, so that it waits for none of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gateway.checks import CheckContext
from gateway.model.claims import Claim, Finding

_MOST = 20_000

Findings = tuple[Finding, ...]


class Ahead:
    """Keeps what was found while looking ahead until it is asked for, once. `checks` are the codes of plugins' checks with
    the payer that each is for, None for all."""

    def __init__(self) -> None:
        self.checks: dict[str, str | None] = {}
        self._looking = threading.local()
        self._found: dict[Any, Findings] = {}

    def asks(self, payer: str) -> bool:
        """Whether a check looks at claims to this payer."""
        return not {payer, None}.isdisjoint(self.checks.values())

    @contextmanager
    def looking(self) -> Iterator[None]:
        """What this thread finds meanwhile is kept."""
        self._looking.now = True
        try:
            yield
        finally:
            self._looking.now = False

    def found(self, code: str, claim: Claim, context: CheckContext, look: Callable[[], Findings]) -> Findings:
        """What was found before of this very claim, else what is found now."""
        if not claim.fingerprint:
            return look()
        key = (code, claim.fingerprint, claim.control_number, claim.transaction_set, claim.position, context.today,
               context.payer and context.payer.key, context.usage, context.mode, context.adjudicated_on)  # fmt: skip
        looking = getattr(self._looking, "now", False)
        if not looking and (before := self._found.pop(key, None)) is not None:
            return before
        found = look()
        if looking:
            if len(self._found) >= _MOST:
                self._found.clear()
            self._found[key] = found
        return found

    def forget(self) -> None:
        """Nothing of it counts any more."""
        self._found.clear()

"""Import a list in this process, and die by SIGKILL at one step: `python -m tests.lists.dying STEP CONFIG KIND FILE`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from gateway.cli.main import gateway
from gateway.store import lists, shelf_draft
from gateway.store.shelf_draft import Draft

STEPS: dict[str, tuple[Any, str, bool]] = {
    "a draft is begun": (Draft, "add", True),
    "a draft is not on disk yet": (shelf_draft.os, "fsync", False),
    "a draft is finished": (Draft, "finish", True),
    "the draft has no name yet": (lists, "_place", False),
    "the draft has its name": (lists, "_place", True),
    "the row is written": (lists, "adopt", True),
    "the row is committed": (lists, "tidy", False),
    "all is done": (lists, "tidy", True),
}
"""Where it dies: before or after which function."""


def die(act: Callable[..., Any], after: bool) -> Callable[..., Any]:
    """That function, deadly."""

    def acting(*args: Any, **kwargs: Any) -> Any:
        if after:
            act(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return acting


if __name__ == "__main__":
    step, config, *words = sys.argv[1:]
    owner, name, after = STEPS[step]
    setattr(owner, name, die(getattr(owner, name), after))
    gateway(["-c", config, "lists", "import", *words], standalone_mode=False)

"""Watch the steps that code takes on the disk, or kill it before any of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_STEPS = ("mkdir", "open", "fsync", "link", "replace", "unlink", "close")


def before_each_step(act: Callable[[str, tuple[Any, ...]], None], patch: pytest.MonkeyPatch) -> None:
    """Have `act` called before every step that vault and library take on the disk by these functions."""
    for step in _STEPS:
        real = getattr(os, step)

        def watched(*args: Any, _real: Any = real, _step: str = step, **how: Any) -> Any:
            act(_step, args)
            return _real(*args, **how)

        patch.setattr(os, step, watched)


def noted_steps(folder: Path, patch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by each step that makes something in `folder` durable or changes its names."""
    seen: list[str] = []

    def note(step: str, args: tuple[Any, ...]) -> None:
        if step == "fsync":
            target = Path(os.readlink(f"/proc/self/fd/{args[0]}"))
        elif step in {"link", "replace", "unlink"}:
            target = Path(args[-1] if step != "unlink" else args[0])
        else:
            return
        name = "." if target == folder else "nameless" if target.name.endswith(" (deleted)") else target.name
        seen.append(f"{step.replace('fsync', 'sync')} {'.tmp.' if '.tmp' in name else name}")

    before_each_step(note, patch)
    return seen


def killed_before_step(number: int, work: Callable[[], object]) -> bool:
    """Run `work` in a process that is killed before its `number`th step on the disk; False when it got to the end."""
    child = os.fork()
    if child == 0:
        count = 0

        def die(_step: str, _args: tuple[Any, ...]) -> None:
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), 9)

        before_each_step(die, pytest.MonkeyPatch())
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)

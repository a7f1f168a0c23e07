"""A process that runs a plugin is gone when whoever started it is, and what it started goes with it."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with(parent: int) -> None:
    """From now on the kernel ends this process with its parent, whose id is given for it may be gone already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def gather() -> None:
    """From now on what this process started stays below it, also once whoever was between has ended."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def children_of(pid: int) -> list[int]:
    """What it started and nobody buried yet; nothing where there is no such process."""
    try:
        found = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(child) for each in found for child in each]


def below(pid: int) -> list[int]:
    """Its children, and theirs."""
    return [each for child in children_of(pid) for each in (child, *below(child))]

"""What a plugin's process may compute between calls: next to nothing, or it stands still there until it is called again.

A lower priority is not enough: what spins on one half of a core takes a third of the other half.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

SHARE = 0.1
"""Of one core, between two looks; a heartbeat on a connection that is kept takes a hundredth of that."""

_TICKS = os.sysconf("SC_CLK_TCK")


class Pace:
    """Of one process and its group. `look` comes from another thread than `begin` and `end`."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._guard = threading.Lock()
        self._busy = self._stopped = self._ended = self.restless = False
        self._used = 0.0

    def begin(self) -> None:
        """A call begins: go on."""
        with self._guard:
            self._busy = True
            if self._stopped:
                self._send(signal.SIGCONT)
            self._stopped = False

    def end(self) -> None:
        """No call any more. What was restless once is not trusted again."""
        with self._guard:
            self._busy, self._used = False, seconds_of(self._pid)
            if self.restless:
                self._stop()

    def look(self, seconds: float) -> bool:
        """After so many seconds: whether it just turned out to be restless."""
        with self._guard:
            if self._busy or self._stopped:
                return False
            before, self._used = self._used, seconds_of(self._pid)
            if self._used - before <= SHARE * seconds:
                return False
            self.restless = True
            self._stop()
            return True

    def over(self) -> None:
        """The process is about to be ended, and its number may be another's after that."""
        with self._guard:
            self._ended = True

    def _stop(self) -> None:
        self._send(signal.SIGSTOP)
        self._stopped = True

    def _send(self, number: signal.Signals) -> None:
        if not self._ended:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, number)


def seconds_of(pid: int) -> float:
    """Seconds of a core that a process and what it started used so far; 0 where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return 0.0
    own = sum(map(int, fields[11:15])) / _TICKS
    return own + sum(seconds_of(int(child)) for each in children for child in each)

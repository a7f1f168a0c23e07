"""What a plugin's process may compute. Where this process has to wait for a core, a call that takes long gets a tenth of
one; and what is computed while nothing is asked is stopped until something is. A low priority is not enough: even so the
kernel lets it run on for milliseconds each time another wakes, and what waits for a disk or a payer wakes all the time.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gateway.hosting.leash import children_of

SHARE = 0.1
"""Of one core, beside what is asked; a heartbeat on a connection that is kept takes a hundredth of that."""

BURST = 0.1
"""Seconds of a core beyond that share."""

LONG = 0.5
"""Of one core, in one call, from one look to the next."""

REST = 9
"""For so many looks a long call stands still, after one in which it went on."""

WAITING = 0.05
"""Of the time that passed: so long did threads of this process wait for a core, together."""

_TICKS = os.sysconf("SC_CLK_TCK")


class Pace:
    """Of one process and its group. `look` comes from another thread than `begin` and `end`."""

    def __init__(self, pid: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pid, self._clock = pid, clock
        self._guard = threading.Lock()
        self._stopped = self._ended = self.restless = False
        self._looked, self._used, self._waited, self._rest = clock(), 0.0, 0.0, 0
        self._begun: float | None = None
        self._in_calls = self._beside = 0.0  # seconds: since the last look, and computed beyond the share

    def begin(self) -> None:
        """A call begins: go on."""
        with self._guard:
            self._begun = self._clock()
            self._go_on()

    def end(self) -> None:
        """No call any more. What was restless once is not trusted again."""
        with self._guard:
            self._in_calls += self._called(self._clock())
            self._begun, self._rest = None, 0
            if self.restless:
                self._stop()

    def look(self, waited: float) -> bool:
        """Now and then: whether it just turned out to be restless. `waited`: seconds that threads of this process have
        waited for a core since it began."""
        with self._guard:
            now, used = self._clock(), seconds_of(self._pid)
            passed, computed = now - self._looked, used - self._used
            called = self._in_calls + self._called(now)
            if self._begun is not None:
                long = self._begun < self._looked and computed > LONG * passed
                self._let_others(long and waited - self._waited > WAITING * passed)
            self._looked, self._used, self._waited, self._in_calls = now, used, waited, 0.0
            self._beside = max(0.0, self._beside + computed - called - SHARE * passed)
            return self._judge()

    def _let_others(self, long: bool) -> None:
        """Stop a long call, or let it go on after its rest."""
        if long:
            self._rest = REST
            self._stop()
        elif self._rest:
            self._rest -= 1
            if not self._rest:
                self._go_on()

    def _called(self, now: float) -> float:
        """Seconds since the last look that the call took which goes on."""
        return 0.0 if self._begun is None else now - max(self._begun, self._looked)

    def _judge(self) -> bool:
        if self.restless or self._beside <= BURST:
            return False
        self.restless = True
        if self._begun is None:
            self._stop()
        return True

    def over(self) -> None:
        """The process is about to be ended, and its number may be another's after that."""
        with self._guard:
            self._ended = True

    def _go_on(self) -> None:
        if self._stopped:
            self._send(signal.SIGCONT)
        self._stopped = False

    def _stop(self) -> None:
        self._send(signal.SIGSTOP)
        self._stopped = True

    def _send(self, number: signal.Signals) -> None:
        if not self._ended:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, number)


def waited() -> float:
    """Seconds that the threads of this process that still run have waited for a core; 0 where the kernel does not count."""
    found = 0
    for path in Path("/proc/self/task").glob("*/schedstat"):
        with suppress(OSError, ValueError, IndexError):
            found += int(path.read_text().split()[1])
    return found / 1e9


def seconds_of(pid: int) -> float:
    """Seconds of a core that a process and what it started used so far; 0 where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    own = sum(map(int, fields[11:15])) / _TICKS
    return own + sum(map(seconds_of, children_of(pid)))

"""What a plugin's process may compute, held against real processes; the clock is ours."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.hosting.pace import REST, Pace, seconds_of, waited

SPINS = "while True: pass"
WAITS = "import time; time.sleep(1e6)"


@contextmanager
def running(program: str) -> Iterator[int]:
    """A process that leads a session and a group of its own."""
    child = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    try:
        yield child.pid
    finally:
        child.kill()
        child.wait()


class Paced:
    """The pace of one process, on a clock that goes by what the process computes, and further where a test says so."""

    def __init__(self, pid: int, share: float = 1.0) -> None:
        self.pid, self.share, self.further, self.waited = pid, share, 0.0, 0.0
        self.pace = Pace(pid, self.clock)

    def clock(self) -> float:
        """Never the same twice, as a clock is."""
        self.further += 1e-6
        return self.further + seconds_of(self.pid) / self.share

    def computes(self, seconds: float) -> None:
        """Wait for it to compute so long."""
        until = seconds_of(self.pid) + seconds
        eventually(lambda: seconds_of(self.pid) >= until)

    def look(self, waited: float = 0.0) -> bool:
        """Look, when we have waited so many seconds more for a core."""
        self.waited += waited
        return self.pace.look(self.waited)


def eventually(holds: Callable[[], bool]) -> None:
    """Until it is so; fails after a minute."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def stopped(pid: int) -> bool:
    """Whether the kernel has it as stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_a_long_call_stands_still_where_others_wait_and_goes_on_after_a_rest() -> None:
    """A look of work, then its rest, then work again, until it is answered."""
    with running(SPINS) as pid:
        paced = Paced(pid)
        paced.pace.begin()
        paced.look()
        for _ in range(2):
            paced.computes(0.2)
            paced.look(waited=0.2)
            for _ in range(REST - 1):
                eventually(lambda: stopped(pid))
                paced.further += 0.2
                paced.look(waited=0.2)
            assert stopped(pid)
            paced.further += 0.2
            paced.look(waited=0.2)
            eventually(lambda: not stopped(pid))
        assert not paced.pace.restless


def test_a_long_call_goes_on_while_nobody_waits() -> None:
    """A reader of a large document on a server that has nothing else to do."""
    with running(SPINS) as pid:
        paced = Paced(pid)
        paced.pace.begin()
        for _ in range(4):
            paced.computes(0.2)
            paced.look()
            assert not stopped(pid)


def test_the_next_call_does_not_inherit_the_rest_of_the_last() -> None:
    """Whatever the last one did."""
    with running(SPINS) as pid:
        paced = Paced(pid)
        paced.pace.begin()
        paced.look()
        paced.computes(0.2)
        paced.look(waited=0.2)
        eventually(lambda: stopped(pid))
        paced.pace.end()
        paced.pace.begin()
        eventually(lambda: not stopped(pid))


def test_many_short_calls_go_on_however_much_they_compute_together() -> None:
    """Each began after the last look."""
    with running(SPINS) as pid:
        paced = Paced(pid)
        for _ in range(5):
            paced.pace.begin()
            paced.computes(0.2)
            paced.look(waited=0.2)
            paced.pace.end()
            assert not stopped(pid)
        assert not paced.pace.restless


def test_this_process_counts_how_long_it_waited_for_a_core() -> None:
    """More threads that compute than this process may have cores."""
    before = waited()
    crowd = [subprocess.Popen([sys.executable, "-c", SPINS]) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        eventually(lambda: sum(range(100_000)) > 0 and waited() > before)
    finally:
        for each in crowd:
            each.kill()
            each.wait()


def test_what_computes_beside_its_calls_stands_still_though_they_follow_each_other_closely() -> None:
    """A tenth of the time it is asked something; the next call wakes it."""
    with running(SPINS) as pid:
        paced = Paced(pid)
        for _ in range(2):
            paced.pace.begin()
            paced.further += 0.02
            paced.pace.end()
            paced.computes(0.2)
            if paced.look():
                break
        assert paced.pace.restless
        eventually(lambda: stopped(pid))
        paced.pace.begin()
        eventually(lambda: not stopped(pid))
        paced.pace.end()
        eventually(lambda: stopped(pid))


def test_a_burst_and_a_heartbeat_are_left_alone() -> None:
    """A twentieth of a core for as long as it likes."""
    with running(SPINS) as pid:
        paced = Paced(pid, share=0.05)
        for _ in range(10):
            paced.computes(0.05)
            assert not paced.look()


def test_what_is_over_is_left_alone() -> None:
    """Its number may be another's."""
    with running(WAITS) as pid:
        paced = Paced(pid)
        paced.pace.restless = True
        paced.pace.over()
        paced.pace.end()
        time.sleep(0.1)
        assert not stopped(pid)

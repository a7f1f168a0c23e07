"""Start many gateways quickly: one process imports everything once and forks a child for each run.

It reads `config step nth mutant` lines and answers each with one line: `standing PID` when the child stands
at the step (and waits to be killed; then `gone` when it has ended), or `ended CODE` when it came to its end without.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Lock

from tests.crash import child


class Nursery:
    """The harness's end of it. Runs are serial; threads take turns."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._lock = Lock()

    def run(self, config: Path, step: str, nth: int, mutant: str = "") -> bool:
        """Run a gateway; True when it was killed at the step, False when it ended well without reaching it."""
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(f"{config}\t{step}\t{nth}\t{mutant}\n")
            self._process.stdin.flush()
            word, number = self._process.stdout.readline().split()
            if word == "standing":
                os.kill(int(number), signal.SIGKILL)
                self._process.stdin.write("killed\n")
                self._process.stdin.flush()
                self._process.stdout.readline()
                return True
        if number != "0":
            raise RuntimeError(f"the gateway ended with {number}")
        return False

    def close(self) -> None:
        """End the process; what it started has ended."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def main() -> None:
    """Fork one child for each line."""
    for line in sys.stdin:
        config, step, nth, mutant = line.rstrip("\n").split("\t")
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            child.grow(Path(config), step, int(nth), mutant, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            stood = told.read(1) == b"!"
        if stood:
            print(f"standing {pid}", flush=True)
            sys.stdin.readline()
        _, status = os.waitpid(pid, 0)
        print("gone" if stood else f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main()

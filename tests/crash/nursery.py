"""Start many gateways quickly: one process imports everything once and forks a child for each run.

`python -m tests.crash.nursery MODULE` has its children from that module's `grow`. It reads `config step nth more` lines and
answers each with one line: `standing PID` when the child stands at the step (and waits to be killed; then `gone` when it
has ended), or `ended CODE` when it came to its end without.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Lock


class Nursery:
    """The harness's end of it. Runs are serial; threads take turns."""

    def __init__(self, module: str = "tests.crash.child") -> None:
        command = [sys.executable, "-m", "tests.crash.nursery", module]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lock = Lock()

    def run(self, config: Path, step: str, nth: int, more: str = "") -> bool:
        """Run a gateway; True when it was killed at the step, False when it ended well without reaching it. `more` is what
        else the module's `grow` wants to know."""
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._process.stdin.write(f"{config}\t{step}\t{nth}\t{more}\n")
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
    grow = importlib.import_module(sys.argv[1]).grow
    for line in sys.stdin:
        config, step, nth, more = line.rstrip("\n").split("\t")
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            grow(Path(config), step, int(nth), more, writing)
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

"""A simulated payer in a process of its own, so that what it does is no work of the gateway's process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.testing.payer import Faults, PayerSimulator, Scenario


@contextmanager
def payer_apart(root: Path, slow: float = 0) -> Iterator[PayerSimulator]:
    """Its keys, port and folders, read here; it runs there, and waits `slow` seconds at each act on a file."""
    command = [sys.executable, "-m", "tests.bench.payers", str(root), str(slow)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin
        assert running.stdout
        try:
            running.stdout.readline()
            yield PayerSimulator(root)
        finally:
            running.kill()


def main() -> None:
    """Run it until nobody listens any more."""
    root, slow = Path(sys.argv[1]), float(sys.argv[2])
    with PayerSimulator(root, Scenario(faults=Faults(slow=slow))):
        print("listening", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

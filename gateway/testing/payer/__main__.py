"""Runs a payer simulator as a process of its own until SIGTERM or SIGINT.

    python -m gateway.testing.payer --config payer.toml

    root = "payer"         # beside the file, unless absolute
    host = "127.0.0.1"
    port = 2222            # 0, or nothing: a free one, kept for the next start
    interval = 0.2         # seconds between ticks
    [scenario]             # as in gateway.testing.payer.settings

One line of JSON on standard output says where to connect, once it listens.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import tomllib
from collections.abc import Sequence
from pathlib import Path

from gateway.errors import ConfigError
from gateway.testing.payer import PayerSimulator, read_scenario


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 after a signal, 78 for wrong settings."""
    parser = argparse.ArgumentParser(prog="python -m gateway.testing.payer", description="Simulate a payer over SFTP.")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    try:
        simulator = _configured(parser.parse_args(arguments).config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 78
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with simulator:
        where = {"host": simulator.host, "port": simulator.port, "user": simulator.user}
        where |= {"host_key": simulator.host_key, "client_key": str(simulator.client_key)}
        print(json.dumps(where), flush=True)
        stop.wait()
    return 0


def _configured(path: Path) -> PayerSimulator:
    values = tomllib.loads(path.read_text())
    scenario = read_scenario(values.pop("scenario", {}))
    root = path.parent / values.pop("root", "payer")
    host, port = values.pop("host", "127.0.0.1"), values.pop("port", 0)
    interval = values.pop("interval", 0.2)
    if values:
        raise ConfigError([f"{key}: unknown key" for key in values])
    return PayerSimulator(root.resolve(), scenario, host=host, port=port, interval=interval)


if __name__ == "__main__":
    sys.exit(main())

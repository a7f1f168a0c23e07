"""The command line as a person types it: in a process of its own, or in this one, which has the house loaded already."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from gateway.cli.main import main
from tests.sites import TestSite

Done = subprocess.CompletedProcess[str]


def apart(*words: str, text: str = "", cwd: Path | None = None) -> Done:
    """What `gateway WORDS` says in a process of its own, and how it ends."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *words],
        input=text,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        check=False,
    )


def gateway(*words: str, text: str = "") -> Done:
    """The same in this process: several times as fast, and enough where no process is in question."""
    with CliRunner().isolation(text) as (said, told, _):
        try:
            main(words)
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()
        sys.stderr.flush()
        return subprocess.CompletedProcess(words, int(code or 0), said.getvalue().decode(), told.getvalue().decode())


def on(site: TestSite, *words: str) -> Done:
    """The same about a site."""
    return gateway("-c", str(site.config), *words)

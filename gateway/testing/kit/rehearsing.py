"""Load a plugin in Python in a process of its own first: one that ends its process, or hangs, must end no report."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

LOADING = 60.0
"""Seconds; a running service gives a plugin as many."""

_CAME_THROUGH = 79
_SCRIPT = f"""\
import os, sys
from pathlib import Path
from gateway.plugins import load_one
try:
    load_one("folder", sys.argv[1], Path(sys.argv[2]))
except BaseException:
    pass  # whoever loads it next says what is wrong
os._exit({_CAME_THROUGH})
"""


def ends(plugin: Path) -> str:
    """What is wrong with loading it that nobody would live to tell, or nothing."""
    command = [sys.executable, "-c", _SCRIPT, plugin.name, str(plugin.parent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    nothing = subprocess.DEVNULL
    child = subprocess.Popen(
        command, env=environment, start_new_session=True, stdin=nothing, stdout=nothing, stderr=nothing
    )
    try:
        code = child.wait(LOADING)
    except subprocess.TimeoutExpired:
        return f"loading it hangs: nothing came of it within {LOADING:.0f} seconds"
    finally:
        with suppress(ProcessLookupError):  # what it started may go on though it has ended
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return "" if code == _CAME_THROUGH else f"loading it ends the process (exit code {code})"

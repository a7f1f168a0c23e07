"""Plugins that do what no plugin may, each as the text of a file for the plugins folder."""

from __future__ import annotations

from pathlib import Path

from gateway.testing.builders import ClaimSpec

HEAD = """\
import logging, os, signal, socket, subprocess, sys, threading, time
from gateway import hookimpl
from gateway.amendments import Amendment
from gateway.checks import Check
from gateway.logs import logger
from gateway.model.answers import Reader
from gateway.model.claims import Finding, Outcome

def say(text):
    print(text)
    print(text, file=sys.stderr)
    os.write(1, text.encode())
    os.write(2, text.encode())
    logging.getLogger("paramiko").error(text)
    logger().error(text, claim=text, next=text)

def scribble():
    for fd in range(3, 64):
        try:
            if socket.socket(fileno=os.dup(fd)).family == socket.AF_UNIX:
                os.write(fd, b"%s" + os.urandom(4096))
        except OSError:
            pass
"""

DEEDS = {
    "raises": ("raise ValueError(claim.member_id)", "PLUGIN_RAISED"),
    "leaves": ("sys.exit(claim.member_id)", "PLUGIN_RAISED"),
    "exits": ("os._exit(0)", "PLUGIN_DIED"),
    "kills_itself": ("os.kill(os.getpid(), signal.SIGSEGV)", "PLUGIN_DIED"),
    "spins": ("while True: pass", "PLUGIN_SILENT"),
    "sleeps": ("time.sleep(1e6)", "PLUGIN_SILENT"),
    "eats_memory": ("eaten = []\n    while True: eaten.append(bytearray(1 << 24))", "PLUGIN_RAISED"),
    "goes_on_for_ever": ("while True: yield Finding('X', Outcome.WARN)", "PLUGIN_SILENT"),
    "talks": ("say(claim.member_id)\n    raise ValueError(claim.member_id)", "PLUGIN_RAISED"),
    "tells_in_a_finding": ("return [Finding('X', Outcome.HOLD, '', 'x', claim.member_id)]", "PLUGIN_SHOWS"),
    "scribbles": ("scribble()\n    time.sleep(1e6)", "PLUGIN_GARBLED"),
    "gives_rubbish": ("return [os]", "PLUGIN_RAISED"),
    "gives_no_finding": ("return [claim]", "PLUGIN_GARBLED"),
}
"""What a check does when it looks at a claim, and as what that is told."""

WAITS = {"spins", "sleeps", "goes_on_for_ever"}
"""Those that nothing but the clock ends."""


def check_plugin(deed: str, payer: str | None = "beta") -> str:
    """A plugin whose check does this."""
    return f"""{HEAD}
def looks_at(claim, context):
    {DEEDS[deed][0]}

@hookimpl
def register_checks():
    return [Check("HOSTILE", looks_at, payer={payer!r})]
"""


def put_in(folder: Path, text: str, name: str = "hostile.py") -> None:
    """Lay it into the plugins folder, as nobody else may change it."""
    folder.joinpath(name).write_text(text)
    folder.joinpath(name).chmod(0o644)


def claims_for(key: str, payer_id: str, count: int, first: int = 0) -> list[ClaimSpec]:
    """Claims with member ids that stand nowhere else."""
    numbers = range(first, first + count)
    return [ClaimSpec(f"{key}{n}", payer_id=payer_id, member_id=f"MEMBER{key.upper()}{n}") for n in numbers]

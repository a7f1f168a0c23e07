"""Plugins run where the service's unit lets a process do less than it would like."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.sites import make_site

# As systemd's SystemCallFilter=~@resources with SystemCallErrorNumber=EPERM: to set a priority is not permitted.
CONFINED = """
import ctypes, platform, runpy, struct, sys
number = {"x86_64": 141, "aarch64": 140}[platform.machine()]
code = b"".join(struct.pack("HBBI", *op) for op in (
    (0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)))
held = ctypes.create_string_buffer(code)
program = struct.pack("HxxxxxxQ", 4, ctypes.addressof(held))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.c_char_p(program), 0, 0) == 0
try:
    __import__("os").nice(1)
except PermissionError:
    sys.argv = ["gateway", *sys.argv[1:]]
    runpy.run_module("gateway", run_name="__main__", alter_sys=True)
"""

PLUGIN = """
from gateway import hookimpl
from gateway.checks import Check
from gateway.model.claims import Finding, Outcome

def never(claim, context):
    yield Finding("HOUSE_RULE", Outcome.HOLD, "2300", "Not in this house.", "Nothing.")

@hookimpl
def register_checks():
    return (Check("HOUSE_RULE", never),)
"""


def test_a_plugin_works_behind_the_units_filter_of_system_calls(tmp_path: Path) -> None:
    """Its check is asked, and what holds the claim is what it says, not that it broke."""
    with PayerSimulator(tmp_path / "payer") as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        plugin = site.root / "plugins" / "house.py"
        plugin.write_text(PLUGIN)
        plugin.chmod(0o644)
        site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001")]))
        command = [sys.executable, "-c", CONFINED, "-c", str(site.config), "run", "--until-idle"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        [claim] = site.ask("claims")
        assert (claim["stands"], claim["code"]) == ("HELD", "HOUSE_RULE")

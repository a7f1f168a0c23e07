"""The plugin kit: proves a payer's plugin before the payer's credentials arrive.

    report = check_plugin(Path("plugins/office_ally.toml"))
    report.passed                     # every rule that was tried holds, or is exempt with a reason
    print(report.text())              # what was proven, what was not, and on what sources the file rests

Three tiers: the declaration by itself; the wire, with the gateway's real delivery and pickup against a simulated payer that
behaves as the plugin declares and fails at each step of the protocol; and the payer's own sample answers. The second and
third run in a process of their own, so that what a plugin prints is read too, and one that hangs ends.

The same as commands: `gateway plugin check`, `new`, `add` and `shipped`; and for pytest, `pytest --gateway-plugin FILE`.
"""

from __future__ import annotations

from gateway.testing.kit.checking import check_plugin
from gateway.testing.kit.report import Outcome, Report, Result
from gateway.testing.kit.rules import RULES, Rule, Tier

__all__ = ["RULES", "Outcome", "Report", "Result", "Rule", "Tier", "check_plugin"]

"""Edits of a claim before it is sent: each check is one small pure function, and findings decide.

Here is what a plugin needs; our own edits are in `edits`, which nobody waits for who brings a check or runs one.
"""

from gateway.checks.engine import FIRM, Check, CheckContext, apply_severities, check_alone, decide, run_checks

__all__ = ["FIRM", "Check", "CheckContext", "apply_severities", "check_alone", "decide", "run_checks"]

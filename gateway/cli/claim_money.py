"""A claim's money on the command line."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import show

_LEDGER = {"remittance": "Remittance", "trace": "Trace", "paid_on": "On", "status": "CLP02", "outcome": "Outcome",
           "charge": "Charge", "paid": "Paid", "patient": "Patient", "code": "Denied by"}  # fmt: skip
_TAKEN = {"remittance": "Remittance", "trace": "Trace", "paid_on": "On", "reason": "PLB", "meaning": "What it is",
          "amount": "Amount (+ lowers)", "reference": "Reference"}  # fmt: skip


def show_money(data: dict[str, Any]) -> None:
    """What was posted to the claim, and beside it what the payer settled with the provider for it."""
    if data["ledger"]:
        show.table(data["ledger"], _LEDGER, empty="", title="\nWhat was posted")
    for said in dict.fromkeys(line["passed_on"] for line in data["ledger"] if line["passed_on"]):
        click.echo(f"\n{said}")
    if data["provider_level"]:
        show.table(
            data["provider_level"], _TAKEN, empty="", title="\nAt the provider's level, for this claim (not in its sum)"
        )

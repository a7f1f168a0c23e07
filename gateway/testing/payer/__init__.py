"""A payer simulator: a real SFTP server that answers X12 with X12 made from what it really received.

    with PayerSimulator(tmp_path, Scenario(rules=(Rule(Deny(), claim="CF10*"),))) as payer:
        ...                       # upload an 837 to 127.0.0.1:payer.port as payer.user with payer.client_key
        payer.tick()              # takes /in, writes the answers that are due to /out
        payer.received_claims()   # what arrived, as often as it arrived

As a process of its own: `python -m gateway.testing.payer --config FILE`.

It shares no code with the gateway's reader and writer, so that the two can find each other's mistakes.

Not there yet: 277CA line levels (2220D), a clearinghouse's own 277CA before the payer's, claim-level adjustments and
MIA/MOA in the 835, taking files only after logout, encrypted or zipped files, folders other than /in and /out, a server
that hangs without a word, detection of a claim repeated under a new ISA13.
"""

from __future__ import annotations

from gateway.testing.payer.back_office import ReceivedClaim
from gateway.testing.payer.journal import Arrival
from gateway.testing.payer.scenario import (
    Action,
    Adjustment,
    Delay,
    Deny,
    Faults,
    Note999,
    Pay,
    PayPartly,
    Reject277,
    Reject999,
    Rule,
    Scenario,
    Silent,
)
from gateway.testing.payer.settings import load_scenario, read_scenario
from gateway.testing.payer.simulator import PayerSimulator

__all__ = [
    "Action",
    "Adjustment",
    "Arrival",
    "Delay",
    "Deny",
    "Faults",
    "Note999",
    "Pay",
    "PayPartly",
    "PayerSimulator",
    "ReceivedClaim",
    "Reject277",
    "Reject999",
    "Rule",
    "Scenario",
    "Silent",
    "load_scenario",
    "read_scenario",
]

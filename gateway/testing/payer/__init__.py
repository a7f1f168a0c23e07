"""A payer simulator: a real SFTP server that answers X12 with X12 made from what it really received.

    with PayerSimulator(tmp_path, Scenario(rules=(Rule(Deny(), claim="CF10*"),))) as payer:
        ...                       # upload an 837 to 127.0.0.1:payer.port as payer.user with payer.client_key
        payer.tick()              # takes /in, writes the answers that are due to /out
        payer.received_claims()   # what arrived, as often as it arrived

As a process of its own: `python -m gateway.testing.payer --config FILE`.

It shares no code with the gateway's reader and writer, so that the two can find each other's mistakes.

What it is told to do stands in a Scenario: rules for claims, Faults (what goes wrong) and Server (how it is by habit).
`gateway simulate-payer --example` shows every key.

Not there: PGP (give the simulator a wrapping of that name), and algorithms that paramiko does not speak.
"""

from __future__ import annotations

from gateway.testing.payer.casebook import ReceivedClaim
from gateway.testing.payer.journal import Arrival
from gateway.testing.payer.manners import Folder, Layout, Mail, Names, Receipts, Server
from gateway.testing.payer.scenario import (
    Action,
    Adjustment,
    Delay,
    Deny,
    Faults,
    Forward,
    Note999,
    Pay,
    PayPartly,
    Price,
    Reject277,
    Reject999,
    Reverse,
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
    "Folder",
    "Forward",
    "Layout",
    "Mail",
    "Names",
    "Note999",
    "Pay",
    "PayPartly",
    "PayerSimulator",
    "Price",
    "Receipts",
    "ReceivedClaim",
    "Reject277",
    "Reject999",
    "Reverse",
    "Rule",
    "Scenario",
    "Server",
    "Silent",
    "load_scenario",
    "read_scenario",
]

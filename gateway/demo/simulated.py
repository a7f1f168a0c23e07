"""What a site needs to know of a simulated payer, as text to paste into its files."""

from __future__ import annotations

from typing import Any

from gateway.testing.payer import PayerSimulator

SENDER, SUBMITTER = "OPENGATE", "OGT77"
"""Who we are there, where the partner has no wishes of its own."""
_DECLARATION = """\
[[payer]]
key = "simulated"
name = "Simulated Health Plan"

[[partner]]
key = "simulated_edi"
name = "SIMULATED HEALTH PLAN"
receiver = "{receiver}"
payers = {{simulated = ["77001"]}}
accepts = ["005010X222A1", "005010X223A2", "005010X224A2"]
endpoint = {{host = "{host}", port = {port}, outbound = "{takes}", inbound = {gives}}}
"""

_ACCOUNT = """\
sender = "{sender}"
submitter_id = "{submitter}"
submitter_name = "CEDAR FALLS FAMILY MEDICINE"
contact_phone = "5555550100"
user = "{user}"
credential = "{key}"
stage = "{stage}"
host_keys = ["{host_key}"]
endpoint = {{host = "{host}", port = {port}}}
"""


def declaration_text(simulator: PayerSimulator) -> str:
    """A payer and its partner, by the folders for production where some are for tests only: its account is one of
    production."""
    every = simulator.scenario.server.folders
    folders = [each for each in every if each.usage != "T"] or every
    gives = [path for each in folders for path in (each.gives, *each.by_kind.values())]
    listed = ", ".join(f'"{path}"' for path in dict.fromkeys(gives))
    receiver = simulator.scenario.receiver or "SIMULATED"
    return _DECLARATION.format(
        receiver=receiver, host=simulator.host, port=simulator.port, takes=folders[0].takes, gives=f"[{listed}]"
    )


def account_text(simulator: PayerSimulator, key: str, stage: str = "production", sender: str = "") -> str:
    """Our account there, under ids of ours or this one."""
    words: dict[str, Any] = {"sender": sender or SENDER, "submitter": sender or SUBMITTER}
    words |= {"user": simulator.user, "host_key": simulator.host_key, "host": simulator.host, "port": simulator.port}
    return _ACCOUNT.format(key=key, stage=stage, **words)


def route_text() -> str:
    """The way to it."""
    return '[[route]]\npayer = "simulated"\npartner = "simulated_edi"\n'

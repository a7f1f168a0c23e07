"""Build the demonstration's site: founded like any other, bound to payer simulators on loopback."""

from __future__ import annotations

import shutil
from pathlib import Path

from gateway.demo.cast import PARTNERS, PAYERS
from gateway.desk.founding import found
from gateway.testing.payer import PayerSimulator

_SETTINGS = """\
[site]
name = "demo"
time_zone = "UTC"

[spool]
settle_seconds = 0.0
scan_seconds = 0.2

[logs]
file = "gateway.log"
"""

_ACCOUNT = """\
sender = "OPENGATE"
submitter_id = "OGT77"
submitter_name = "CEDAR FALLS FAMILY MEDICINE"
contact_phone = "5555550100"
user = "{user}"
credential = "{partner}"
host_keys = ["{host_key}"]
stage = "production"
endpoint = {{port = {port}}}
"""


def build(folder: Path, simulators: dict[str, PayerSimulator]) -> Path:
    """Found a site, declare its payers and partners, and open an account at each simulator. Returns gateway.toml."""
    config = found(folder, _SETTINGS).config
    (folder / "plugins" / "demo.toml").write_text(_declaration(), encoding="utf-8")
    (folder / "plugins" / "demo.toml").chmod(0o644)
    for partner, simulator in simulators.items():
        (config.parent / "partners" / f"{partner}.toml").write_text(
            _ACCOUNT.format(partner=partner, user=simulator.user, host_key=simulator.host_key, port=simulator.port),
            encoding="utf-8",
        )
        secret = folder / "secrets" / partner
        shutil.copy(simulator.client_key, secret)
        secret.chmod(0o600)
    routes = [f'[[route]]\npayer = "{key}"\npartner = "{partner}"\n' for key, (_, _, partner) in PAYERS.items()]
    (config.parent / "routes.toml").write_text("\n".join(routes), encoding="utf-8")
    return config


def _declaration() -> str:
    payers = [f'[[payer]]\nkey = "{key}"\nname = "{name}"\n' for key, (_, name, _) in PAYERS.items()]
    partners = []
    for partner, name in PARTNERS.items():
        ids = [f'{key} = ["{payer_id}"]' for key, (payer_id, _, by) in PAYERS.items() if by == partner]
        partners.append(
            f'[[partner]]\nkey = "{partner}"\nname = "{name}"\nreceiver = "{partner.upper().replace("_", "")}"\n'
            f"payers = {{{', '.join(ids)}}}\n"
            'accepts = ["005010X222A1", "005010X223A2"]\nendpoint = {host = "127.0.0.1"}\n'
        )
    return "\n".join(payers + partners)

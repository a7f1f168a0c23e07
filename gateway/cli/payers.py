"""Commands about payers, partners and plugins."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask, config_path
from gateway.cli.days import today
from gateway.cli.declared import show as show_declared
from gateway.cli.lanes import STAGE, about, lane_of
from gateway.cli.moving import move, moves
from gateway.cli.questions import AS_JSON
from gateway.cli.rotating import rotate
from gateway.cli.trusting import trust
from gateway.config.directory import Directory
from gateway.config.site import load_site
from gateway.errors import GatewayError
from gateway.model.partners import Lane, Stage
from gateway.plugins import Registry
from gateway.sftp import SftpTransport
from gateway.vault import resolve_credential
from gateway.workers.routing import rerouted


@click.group()
def payer() -> None:
    """Payers, the partners that reach them, and our lanes there."""


@payer.command("list")
@AS_JSON
@click.pass_context
def list_payers(context: click.Context, as_json: bool) -> None:
    """Every payer: how it is reached and how long claims may be filed."""
    settings, registry, directory = load_site(config_path(context))
    moved = _moved(context) if (settings.site.data / "gateway.db").exists() else {}
    directory = rerouted(directory, moved)
    rows = [
        {
            "payer": key,
            "name": found.name,
            "filing_limit_days": found.filing_limit.days,
            "policy": found.policy.value,
            "test": _lane_key(directory.lane_for(key, Stage.TEST)),
            "production": _lane_key(directory.lane_for(key, Stage.PRODUCTION)),
            "payer_id": _payer_id(directory, registry, key),
            "moved": key in moved,
            "plugin": registry.origins[f"payer {key}"],
        }
        for key, found in registry.payers.items()
    ]
    columns = {"payer": "Payer", "name": "Name", "filing_limit_days": "Filing days", "policy": "Unknown enrollment",
               "test": "Test lane", "production": "Production lane", "payer_id": "Payer id there",
               "moved": "Moved", "plugin": "Declared by"}  # fmt: skip
    if as_json:
        show.as_json(rows)
    else:
        show.table(rows, columns, empty="No payers: put a plugin into the plugins folder.")


def _moved(context: click.Context) -> dict[str, str]:
    """Payers that people moved; none where we may not open the site, for declarations can be listed all the same."""
    try:
        return {row["payer"]: row["partner"] for row in ask(context, "payer moves")}
    except GatewayError:
        return {}


def _payer_id(directory: Directory, registry: Registry, payer: str) -> str:
    """By which ids claims to a payer go as its first route has it."""
    route = next(iter(directory.routes.get(payer, ())), None)
    return "" if route is None else route.payer_id or ", ".join(registry.partners[route.partner].payers[payer])


def _lane_key(lane: Lane | None) -> str:
    return lane.key if lane else ""


payer.add_command(show_declared)
payer.add_command(trust)
payer.add_command(rotate)
payer.add_command(move)
payer.add_command(moves)


@payer.command()
@click.argument("partner")
@STAGE
@AS_JSON
@click.pass_context
def test(context: click.Context, partner: str, stage: str | None, as_json: bool) -> None:
    """Log in at PARTNER once and list its folders; nothing is written."""
    lane = lane_of(context, partner, Stage(stage) if stage else None)
    settings, _, _ = load_site(config_path(context))

    def secret(name: str) -> Any:
        return resolve_credential(name, settings.keys.secrets_dir)

    async def look() -> dict[str, int]:
        async with SftpTransport(lane.account.on(today()), secret) as session:
            folders = (lane.account.endpoint.outbound, *lane.account.endpoint.inbound)
            return {folder: len(await session.listing(folder)) for folder in folders}

    with about(lane):
        folders = asyncio.run(look())
    host, user = lane.account.endpoint.host, lane.account.user
    if as_json:
        return show.as_json({"lane": lane.key, "host": host, "user": user, "folders": folders})
    for folder, count in folders.items():
        click.echo(f"{folder}: {count} {'file' if count == 1 else 'files'}")
    return click.echo(f"Logged in at {host} as {user}; the host key is the pinned one.")


COMMANDS = (payer,)

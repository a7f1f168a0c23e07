"""The commands that show the gateway at work, as a plugin of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gateway import hookimpl


@click.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to make the site.")
@click.option(
    "--month", is_flag=True, help="A month of a practice's life, on a clock of its own, and the books at its end."
)
@click.option("--days", type=click.IntRange(1, 90), default=30, show_default=True, help="Of --month.")
@click.option("--claims", type=click.IntRange(1, 1000), default=40, show_default=True, help="Of each day of --month.")
@click.option("--keep-running", is_flag=True, hidden=True)
def demo(folder: Path | None, month: bool, days: int, claims: int, keep_running: bool) -> None:
    """Show the whole job on an embedded default: real SFTP payer simulators on this machine, fictional claims."""
    if month:
        from gateway.demo.month import show_month

        raise SystemExit(show_month(folder, days, claims))
    from gateway.demo.play import play

    raise SystemExit(play(folder))


@click.command("simulate-payer")
@click.option("--scenario", metavar="FILE", help="What it does: a TOML file, or the name of a shipped one.")
@click.option("--partner", metavar="KEY", help="Behave as this partner of the site (-c) is declared.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Default: a free one, kept for the next start.")
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("simulated-payer"),
    show_default=True,
    help="Where it keeps keys, folders and all it received.",
)
@click.option("--interval", type=click.FloatRange(min=0.01), default=1.0, show_default=True, help="Seconds of a tick.")
@click.option("--example", is_flag=True, help="Print a scenario with every key, and stop.")
@click.option("--check", metavar="FILE", help="Check a scenario, and stop.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def simulate_payer(
    context: click.Context,
    scenario: str | None,
    partner: str | None,
    host: str,
    port: int,
    root: Path,
    interval: float,
    example: bool,
    check: str | None,
    as_json: bool,
) -> None:
    """A payer to try things with: a real SFTP server that answers what it receives with TA1, 999, 277CA and 835.

    Without a scenario it pays every claim. It runs until Ctrl-C, and goes on where it stopped with the same --root.
    """
    from gateway.demo import simulating

    if example:
        click.echo(simulating.example(), nl=False)
    elif check is not None:
        simulating.check_scenario(context, check, as_json)
    else:
        simulating.simulate(context, scenario, partner, (host, port), root, interval, as_json)


@hookimpl
def register_commands() -> Sequence[Any]:
    """The demonstration and its payer."""
    return (demo, simulate_payer)

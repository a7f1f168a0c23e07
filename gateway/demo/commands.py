"""The commands that show the gateway at work, as a plugin of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gateway import hookimpl


@click.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to make the site.")
@click.option("--keep-running", is_flag=True, hidden=True)
def demo(folder: Path | None, keep_running: bool) -> None:
    """Show the whole job on an embedded default: real SFTP payer simulators on this machine, fictional claims."""
    from gateway.demo.play import play

    raise SystemExit(play(folder))


@click.command("simulate-payer", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def simulate_payer(arguments: tuple[str, ...]) -> None:
    """A payer to try things on: a real SFTP server on loopback that answers with 999, 277CA and 835.

    ARGUMENTS are those of `python -m gateway.testing.payer`; --help among them explains the configuration.
    """
    from gateway.testing.payer.__main__ import main

    raise SystemExit(main(arguments))


@hookimpl
def register_commands() -> Sequence[Any]:
    """The demonstration and its payer."""
    return (demo, simulate_payer)

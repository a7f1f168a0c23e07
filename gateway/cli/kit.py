"""gateway plugin check, new, add and shipped: write a payer's plugin, and prove it before its credentials arrive."""

from __future__ import annotations

import signal
import sys
from functools import partial
from pathlib import Path

import click

from gateway.cli import show
from gateway.cli.asking import config_path, site_path
from gateway.cli.questions import AS_JSON
from gateway.config import load_settings
from gateway.durable import named
from gateway.errors import Refused

# The kit stands beside the daemon, and is imported by these commands alone when they run.


@click.command()
@click.argument("name")
@click.option("--samples", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="The payer's own sample answers. Default: _samples/ or samples/ beside the plugin.")  # fmt: skip
@click.option("--tier", "tiers", type=click.Choice(["1", "2", "3"]), multiple=True, help="Only this; may be repeated.")
@click.option(
    "--trial", "trials", metavar="FAULT", multiple=True, help="On the wire only this fault, such as 'disk full'."
)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a Markdown file as well.")
@AS_JSON
@click.pass_context
def check(
    context: click.Context,
    name: str,
    samples: Path | None,
    tiers: tuple[str, ...],
    trials: tuple[str, ...],
    report: Path | None,
    as_json: bool,
) -> None:
    """Prove the plugin NAME of the site, of an installed package or shipped, or the one in a file: (1) its declaration,
    (2) the wire, against a simulated payer that behaves as it declares and fails at each step, (3) the payer's own sample
    answers. Exit 1 where a rule is broken."""
    from gateway.testing.kit import Tier, check_plugin

    _end_tidily(context)
    wanted = tuple(Tier(int(tier)) for tier in tiers) or tuple(Tier)
    found = check_plugin(_plugin(context, name), samples, wanted, trials)
    if report:
        with named(report, 0o644) as file:
            file.write(found.markdown().encode())
    if as_json:
        show.as_json(found.data())
    else:
        click.echo(found.text(), nl=False)
    context.exit(0 if found.passed else 1)


@click.command()
@click.argument("name")
@click.option("--python/--toml", default=False, help="A module instead of a declaration.  [default: --toml]")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Default: the site's plugins folder.")
@click.pass_context
def new(context: click.Context, name: str, python: bool, into: Path | None) -> None:
    """Write a commented draft of the plugin NAME, which loads at once, and a test for it."""
    from gateway.testing.kit.drafts import draft

    if into is None and site_path(context) is None:
        step = f"Go to the site's folder, or say where it is to lie: `gateway plugin new {name} --into .`"
        raise Refused("there is no site here, and no folder is named", code="SITE_MISSING", next_step=step)
    plugin, test = draft(name, into or _folder(context), python=python)
    click.echo(f"{plugin}\n{test}\nFill it in from the companion guide, then: gateway plugin check {plugin}")


@click.command()
@click.argument("name")
@click.pass_context
def add(context: click.Context, name: str) -> None:
    """Copy the shipped payer NAME into the site's plugins folder."""
    from gateway.testing.kit import Tier, check_plugin
    from gateway.testing.kit.shipped import add as copy

    path = copy(name, _folder(context))
    facts = check_plugin(path, None, (Tier.DECLARATION,)).facts
    click.echo(f"{path}\nTo fill in: {'; '.join(facts.open) or 'nothing'}")
    for step in facts.setup:
        click.echo(f"To do: {step}")


@click.command()
@AS_JSON
def shipped(as_json: bool) -> None:
    """The payers that come with the gateway; `gateway plugin add NAME` takes one over."""
    from gateway.testing.kit.shipped import shipped as listing

    rows = [{"name": name, "says": says, "file": str(path)} for name, says, path in listing()]
    if as_json:
        show.as_json(rows)
    else:
        show.table(rows, {"name": "Name", "says": "What it is"}, empty="None.")


@click.command()
def keys() -> None:
    """Print every key that a declaration may have, with what it says: a TOML file to take from."""
    from gateway.testing.kit.shipped import every_key

    click.echo(every_key(), nl=False)


def _end_tidily(context: click.Context) -> None:
    """Whoever is told to end (SIGTERM) ends what the kit started and leaves no temporary site, as on Ctrl-C."""
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    context.call_on_close(partial(signal.signal, signal.SIGTERM, before))


def _folder(context: click.Context) -> Path:
    """The site's plugins folder."""
    folder = load_settings(config_path(context)).plugins.directory
    if folder is None:
        raise Refused(
            "this site has no plugins folder", code="PLUGIN_FOLDER", next_step="Set plugins.directory in gateway.toml."
        )
    return folder


def _plugin(context: click.Context, name: str) -> Path:
    """A file, a plugin of the site, an installed one, or a shipped one."""
    from gateway.plugins import installed_at
    from gateway.testing.kit.shipped import shipped as listing

    if Path(name).exists():
        return Path(name)
    if site_path(context) is not None:
        folder = _folder(context)
        for path in (folder / name, folder / f"{name}.toml", folder / f"{name}.py"):
            if path.exists():
                return path
    if installed := installed_at(name):
        return installed
    found = {each: path for each, _, path in listing()}
    if name in found:
        return found[name]
    raise Refused(
        f"there is no plugin {name!r}",
        code="NO_SUCH_PLUGIN",
        next_step=f"Name a file, one of the site, an installed one as `gateway plugin list` does, or {', '.join(found)}.",
    )


COMMANDS = (check, new, add, shipped, keys)

"""Commands about the site itself: make it, run it, look after it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from gateway.cli import show
from gateway.cli.asking import ask, config_path
from gateway.cli.questions import AS_JSON
from gateway.config import load_settings
from gateway.daemon import serve
from gateway.desk import founding, safekeeping
from gateway.errors import ConfigError, GatewayError, PluginError
from gateway.logs import set_up
from gateway.partnership.phrases import counted


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Make a new site in FOLDER: settings, keys, spool."""
    made = founding.found(folder)
    click.echo(f"A new site lies in {folder}.\n")
    click.echo("Write down the recovery copy of its root key and keep it in a safe, away from this machine. Without it")
    click.echo("and the key file nobody, the authors included, can read the site's data again:\n")
    click.echo("\n".join(f"    {line}" for line in made.recovery.splitlines()))
    click.echo(f"""
What to do next, beginning with `cd {folder}`:
  1. Look through conf/gateway.toml.
  2. Say who your payers are: `gateway plugin shipped` lists those that come with the gateway, `gateway plugin add NAME`
     takes one over, and `gateway plugin new NAME` begins one of your own. Or try everything with a simulated one:
     `gateway simulate-payer` prints all that this step and the next one need.
  3. Say who you are there in conf/partners/NAME.toml, put its password or key into secrets/, mode 0600, and a way to
     each payer into conf/routes.toml. `gateway payer trust NAME` shows the server's host key, `gateway payer test NAME`
     logs in, and `gateway doctor` says what is missing.
  4. Say who may bill whom: gateway roster import FILE.csv
  5. Start it: gateway run
  6. Drop 837 files into spool/incoming, and ask: gateway status""")


@click.command()
@click.option("--until-idle", is_flag=True, help="Do all there is to do now, then stop.")
@click.pass_context
def run(context: click.Context, until_idle: bool) -> None:
    """Run the gateway: in the foreground, logging JSON lines, until SIGTERM."""
    path = config_path(context)
    settings = load_settings(path)
    set_up(settings.logs.level, settings.logs.file)
    asyncio.run(serve(path, until_idle=until_idle))


@click.command()
@AS_JSON
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look for what would keep the gateway from working; exit 1 when something is found."""
    try:
        found = ask(context, "doctor")
    except GatewayError as problem:
        several = problem.problems if isinstance(problem, ConfigError | PluginError) else ()
        found = [{"what": said, "next": problem.next_step} for said in several or (problem.message,)]
    if as_json:
        show.as_json(found)
    else:
        show.table(found, {"what": "Found", "next": "Next step"}, empty="Nothing is wrong.")
    if found:
        context.exit(1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def backup(context: click.Context, folder: Path) -> None:
    """Write database, vault and keyring into the new FOLDER while the service goes on. The root key is not in it."""
    done = ask(context, "backup", folder=str(folder.resolve()))
    click.echo(f"The database and {counted(done['documents'], 'document')} are in {done['folder']}.")
    click.echo("To read it somebody needs the root key: its recovery copy belongs into a safe, not beside the backup.")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def restore(context: click.Context, folder: Path) -> None:
    """Put the backup in FOLDER in the place of this site's missing data. Nothing is sent again by itself."""
    done = asyncio.run(safekeeping.restore(config_path(context), folder))
    click.echo(
        f"Opened and checked: {counted(done['documents'], 'document')}. Every control number moved on by {done['skipped']}."
    )
    click.echo(
        "What was on its way when the backup was taken is in doubt: see `gateway submissions` and `gateway held`."
    )


@click.group()
def audit() -> None:
    """The chain of events."""


@audit.command()
@AS_JSON
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Prove that no event was changed, removed or inserted since the first; exit 1 if one was."""
    report = ask(context, "audit")
    if as_json:
        show.as_json(report)
    elif report["intact"]:
        click.echo(f"{counted(report['events'], 'event')}, all in place. Head: {report['head']}")
    else:
        click.echo(f"The chain is broken at event {report['broken_at']}: compare with the last good backup.")
    if not report["intact"]:
        context.exit(1)


@click.group()
def keys() -> None:
    """The site's root key."""


@keys.command()
@click.pass_context
def new(context: click.Context) -> None:
    """Make the root key and the keyring where the settings say, and show the recovery copy."""
    recovery = founding.new_keys(config_path(context))
    click.echo(f"Write this down and keep it in a safe, away from this machine:\n\n{recovery}")


@keys.command()
@click.pass_context
def recover(context: click.Context) -> None:
    """Read a recovery copy from standard input and make the key file from it again."""
    made = founding.recover_key(config_path(context), sys.stdin.read())
    click.echo(f"The root key is in {made} again.")


@keys.command()
@click.confirmation_option(prompt="This shows the root key. Is nobody looking over your shoulder?")
@click.pass_context
def export(context: click.Context) -> None:
    """Show the recovery copy of the root key, to write down."""
    click.echo(founding.recovery_of(config_path(context)))


COMMANDS = (init, run, doctor, backup, restore, audit, keys)

"""What `gateway simulate-payer` does: a payer to try things with, from a scenario or as a partner is declared."""

from __future__ import annotations

import json
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from gateway.cli.asking import config_path
from gateway.config import load_settings
from gateway.config.declarations import read_declaration
from gateway.config.filenames import wrong_with
from gateway.demo.simulated import SENDER, SUBMITTER, account_text, declaration_text, route_text
from gateway.errors import ConfigError
from gateway.model.partners import Partner, Stage
from gateway.partnership.phrases import counted
from gateway.plugins import load_plugins
from gateway.ports import Secret
from gateway.testing.declared import Declared, as_declared
from gateway.testing.kit.accounts import kit_account
from gateway.testing.opening import Openers, openers_of
from gateway.testing.payer import PayerSimulator, Scenario, load_scenario
from gateway.testing.payer.settings import SHIPPED, named_scenario
from gateway.vault import resolve_credential


def simulate(
    context: click.Context,
    scenario: str | None,
    partner: str | None,
    address: tuple[str, int],
    root: Path,
    interval: float,
    as_json: bool,
) -> None:
    """Run a simulated payer until it is told to stop."""
    declaration, openers = _partner(context, partner, root) if partner else (None, Openers({}))
    told = _tell_json if as_json else _tell
    wanted = _scenario(context, scenario) if scenario else Scenario()
    declared = as_declared(declaration, wanted, tuple(openers.by_name)) if declaration else Declared(wanted)
    host, port = address
    simulator = PayerSimulator(
        root.resolve(),
        declared.scenario,
        host=host,
        port=port,
        interval=interval,
        tell=told,
        wrappings=openers.by_name,
    )
    stop = _told_to_stop()
    with simulator:
        (_where_json if as_json else _where)(simulator, declared, declaration, openers.recipient)
        stop.wait()
    if not as_json:
        click.echo(f"Stopped. Received since the beginning: {counted(len(simulator.arrivals()), 'file')}.")


def _scenario(context: click.Context, name: str) -> Scenario:
    try:
        return load_scenario(named_scenario(name))
    except ConfigError as wrong:
        click.echo("\n".join(wrong.problems), err=True)
        context.exit(1)


def example() -> str:
    """A scenario with every key."""
    return (SHIPPED / "everything.toml").read_text(encoding="utf-8")


def check_scenario(context: click.Context, name: str, as_json: bool) -> None:
    """Every problem of a scenario, each with its place; exit 1 where there is one."""
    problems: tuple[str, ...] = ()
    try:
        load_scenario(named_scenario(name))
    except ConfigError as wrong:
        problems = tuple(wrong.problems)
    if as_json:
        click.echo(json.dumps({"problems": problems}, indent=2))
    else:
        click.echo("\n".join(problems) or "Nothing is wrong.")
    context.exit(1 if problems else 0)


def _partner(context: click.Context, key: str, root: Path) -> tuple[Partner, Openers]:
    """The partner, and how what is sent to it is opened here."""
    settings = load_settings(config_path(context))
    registry = load_plugins(settings.plugins.directory, tuple(settings.plugins.named), declared=read_declaration)
    partners = registry.partners
    if key not in partners:
        raise ConfigError([f"{key}: no partner of this site; there are {', '.join(sorted(partners)) or 'none'}"])

    def secret(name: str) -> Secret:
        return resolve_credential(name, settings.keys.secrets_dir)

    return partners[key], openers_of(partners[key], registry.wrappings, secret, root.resolve() / "keys")


def _told_to_stop() -> threading.Event:
    """Is set by SIGTERM and Ctrl-C, from before anybody is told that it listens."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _where(simulator: PayerSimulator, declared: Declared, partner: Partner | None, recipient: str) -> None:
    """Where it listens, and what to paste into a site."""
    server = declared.scenario.server
    click.echo(f"An SFTP server on {simulator.host} port {simulator.port}; everything it keeps is in {simulator.root}")
    click.echo(f"  user        {simulator.user} (any will do)")
    click.echo(f"  client key  {simulator.client_key}    password  {simulator.root / 'keys' / 'password'}")
    click.echo(f"  host key    {simulator.host_key}")
    if server.new_host_key_on:
        click.echo(f"  from {server.new_host_key_on}  {simulator.next_host_key}")
    for folder in server.folders:
        click.echo(f"  takes {folder.takes!r}, answers in {folder.gives!r}")
    for missing in declared.left_out:
        click.echo(f"  NOTE: {missing}")
    key = partner.key if partner else "simulated_edi"
    _paste(f"plugins/{key}.toml", "" if partner else declaration_text(simulator))
    _paste(f"conf/partners/{key}.toml", account_text(simulator, key, sender=account_sender(partner)))
    _paste("conf/routes.toml", "" if partner else route_text())
    click.echo(f"\nIts key as the account's secret:  install -m 0600 {simulator.client_key} secrets/{key}")
    _recipient(recipient, simulator.root / "keys")
    click.echo("Ctrl-C ends it. What happens:")


def account_sender(partner: Partner | None) -> str:
    """An id that the partner takes for production, where it has a pattern of ISA06, or names that ours are too long for;
    else empty."""
    if partner is None:
        return ""
    marked = any(marks.sender for marks in partner.habits.stages.values())
    return kit_account(partner, Stage.PRODUCTION).sender.id if marked or not _fits(partner) else ""


def _fits(partner: Partner) -> bool:
    marks, habits = partner.habits.stages.get(Stage.PRODUCTION.value), partner.habits
    template = (marks and marks.filename) or partner.filename
    return wrong_with(template, habits.counter, habits.names, sender=SENDER, submitter=SUBMITTER) is None


def _recipient(key: str, keys: Path) -> None:
    """The payer's own key is the payer's; files for this one are encrypted to a key that it can open."""
    if not key:
        return
    click.echo(f"What is wrapped in pgp it opens with its own key ({keys / 'pgp'}). In the partner's declaration:")
    click.echo(f'options.pgp.recipient = """\n{key}"""')


def _paste(name: str, text: str) -> None:
    if text:
        click.echo(f"\n--- {name}\n{text}", nl=False)


def _where_json(simulator: PayerSimulator, declared: Declared, partner: Partner | None, recipient: str) -> None:
    said: dict[str, Any] = {"event": "listening", "host": simulator.host, "port": simulator.port}
    said |= {"user": simulator.user, "host_key": simulator.host_key, "next_host_key": simulator.next_host_key}
    said |= {"client_key": str(simulator.client_key), "root": str(simulator.root), "left_out": declared.left_out}
    said |= {"pgp_recipient": recipient} if recipient else {}
    said |= {"folders": [{"takes": f.takes, "gives": f.gives} for f in declared.scenario.server.folders]}
    _write(json.dumps(said | ({"partner": partner.key} if partner else {})))


def _tell(what: str, **facts: object) -> None:
    """One line for each thing that happens: names of files and numbers, and no patient."""
    words = "  ".join(f"{name} {value}" for name, value in facts.items() if name != "name")
    _write(f"{datetime.now().astimezone():%H:%M:%S}  {what:<10}  {facts.get('name', '')}  {words}".rstrip())


def _tell_json(what: str, **facts: object) -> None:
    _write(json.dumps({"event": what, "at": datetime.now(UTC).isoformat(timespec="seconds"), **facts}))


def _write(line: str) -> None:
    """Whole lines, also from several threads."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()

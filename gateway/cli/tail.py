"""The log as people like to read it."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from gateway.cli.asking import ask, config_path, served
from gateway.cli.days import local
from gateway.cli.questions import AS_JSON
from gateway.config import load_settings
from gateway.desk.calling import ask as ask_service

_COLOURS = {"bad": "red", "careful": "yellow", "good": "green"}
_PAUSE = 1.0
_AT_ONCE = 5000


@click.command()
@click.option("--payer", default="", help="Only what concerns this payer, by key.")
@click.option("--claim", default="", help="Only what concerns this claim: our id (C17) or a CLM01.")
@click.option("--lane", default="", help="Only this lane or partner.")
@click.option("--kind", default="", help="Only rejection, an event (claim.held), or what events begin with (claim).")
@click.option("--since", default="", help="From a day, a moment or a time ago on (2026-11-25, 2h, 3d).")
@click.option(
    "-n", "--lines", type=click.IntRange(0, 100_000), help="At most so many. Default: 50, or all with --since."
)
@click.option("-f", "--follow", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@AS_JSON
@click.pass_context
def tail(
    context: click.Context, payer: str, claim: str, lane: str, kind: str, since: str, lines: int | None, follow: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """What happened, one line an event, in the site's time: what, why, where, what to do next. --json: an object a line."""
    filters = {"payer": payer, "claim": claim, "lane": lane, "kind": kind}
    limit = lines if lines is not None else 100_000 if since else 50
    found = ask(context, "tail", since=since, limit=limit, **filters)
    _say(found["events"], as_json)
    if follow and not served(context):
        click.echo("The service is not running, so nothing more will come.", err=True)
    elif follow:
        try:
            _follow(context, found["head"], filters, as_json)
        except KeyboardInterrupt:
            click.echo("", err=True)


def _follow(context: click.Context, head: int, filters: dict[str, str], as_json: bool) -> None:
    """Ask for what is new, each second. While the service restarts this waits; the site itself is never opened here."""
    path = load_settings(config_path(context)).service.socket
    assert path is not None
    while True:
        time.sleep(_PAUSE)
        try:
            found = ask_service(path, "tail", {"after": head, "limit": _AT_ONCE, **filters})
        except (FileNotFoundError, ConnectionError):
            continue
        _say(found["events"], as_json)
        head = found["head"]


def _say(events: list[dict[str, Any]], as_json: bool) -> None:
    for event in events:
        click.echo(json.dumps(event) if as_json else line(event))


def line(event: dict[str, Any]) -> str:
    """One event on one line; colours are left out where nobody sees them."""
    at = local(event["at"])
    says = click.style(event["says"], fg=_COLOURS.get(event["grave"]), bold=event["grave"] == "bad")
    who = event["lane"] or event["payer"]
    parts = [click.style(f"{at:%m-%d %H:%M:%S}", dim=True), *([f"[{who}]"] if who else []), says]
    if event["code"]:
        place = f" at {event['place']}" if event["place"] else ""
        parts.append(f"({event['code']}{place})")
    if event["actor"] != "gateway":
        parts.append(f"by {event['actor']}")
    if event["next"]:
        parts += [click.style("->", dim=True), event["next"]]
    return " ".join(" ".join(parts).split())


COMMANDS = (tail,)

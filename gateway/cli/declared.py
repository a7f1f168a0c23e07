"""gateway payer show: a payer or partner, our account there and the ways to it, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import click
from rich.table import Table
from rich.text import Text

from gateway.cli import show as shown
from gateway.cli.asking import ask, config_path
from gateway.cli.questions import AS_JSON
from gateway.config.directory import Directory
from gateway.config.site import load_site
from gateway.deadlines.accounts import password_ends
from gateway.errors import GatewayError, Refused
from gateway.model.partners import Lane
from gateway.partnership.accounts import account_says, example_name
from gateway.partnership.partners import partner_says
from gateway.partnership.payers import payer_says, routes_say
from gateway.partnership.phrases import Topic
from gateway.partnership.prints import prints
from gateway.plugins import Registry


@click.command()
@click.argument("key")
@AS_JSON
@click.pass_context
def show(context: click.Context, key: str, as_json: bool) -> None:
    """Say in plain words what is declared of KEY, a payer or a partner, with our accounts there. Nothing secret."""
    settings, registry, directory = load_site(config_path(context))
    now = datetime.now(ZoneInfo(settings.site.time_zone))
    found = [*_payer(key, registry, directory), *_partner(key, registry, directory, now, context)]
    if not found:
        raise Refused(
            f"there is no payer or partner {key!r}",
            code="NO_SUCH_PAYER",
            next_step=f"Payers are {_names(registry.payers)}; partners are {_names(registry.partners)}.",
        )
    if as_json:
        shown.as_json(found)
        return
    for each in found:
        _print(f"{each['kind'].capitalize()} {key}, declared by {each['plugin']}", each["says"])
    if key in registry.payers and (ways := [r.partner for r in directory.routes.get(key, ()) if r.partner != key]):
        click.echo(f"\nMore of its partners: {', '.join(f'gateway payer show {way}' for way in ways)}")


def _names(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys)) or "none"


def _payer(key: str, registry: Registry, directory: Directory) -> list[dict[str, Any]]:
    if key not in registry.payers:
        return []
    payer, routes = registry.payers[key], directory.routes.get(key, ())
    says = [*payer_says(payer), routes_say(key, routes, registry.partners, directory.lanes)]
    return [_found("payer", key, registry, says, asdict(payer)) | {"routes": [asdict(route) for route in routes]}]


def _partner(
    key: str, registry: Registry, directory: Directory, now: datetime, context: click.Context
) -> list[dict[str, Any]]:
    if key not in registry.partners:
        return []
    partner = registry.partners[key]
    lanes = [lane for lane in directory.lanes.values() if lane.partner.key == key]
    names = _next_names(context) if lanes else {}
    says = [*partner_says(partner, now.date()), *(account_says(lane, now, names.get(lane.key)) for lane in lanes)]
    if not lanes:
        says.append(Topic("Account", (f"This site has none there: add conf/partners/{key}.toml.",)))
    found = _found("partner", key, registry, says, asdict(partner))
    return [found | {"lanes": [_lane(lane, now, names) for lane in lanes]}]


def _next_names(context: click.Context) -> Mapping[str, str]:
    """By lane, from whoever has the site open; none where nobody can open it, for a declaration is shown all the same."""
    try:
        return cast("Mapping[str, str]", ask(context, "next names"))
    except GatewayError:
        return {}


def _found(kind: str, key: str, registry: Registry, says: list[Topic], declared: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "key": key, "plugin": registry.origins[f"{kind} {key}"],
            "says": [asdict(topic) for topic in says], "declaration": declared}  # fmt: skip


def _lane(lane: Lane, now: datetime, names: Mapping[str, str]) -> dict[str, Any]:
    account = lane.account
    return {
        "lane": lane.key,
        "user": account.user,
        "next_name": names.get(lane.key, ""),
        "example_name": names.get(lane.key, "") or example_name(lane, now),
        "host_keys": [prints(key) for key in account.host_keys],
        "next_host_keys": [{**prints(key), "valid_from": day} for key, day in account.next_host_keys],
        "password_ends": password_ends(lane),
    }


def _print(title: str, topics: list[dict[str, Any]]) -> None:
    """Headings at the left, and what is said beside them."""
    console = shown.console()
    console.print(Text(f"\n{title}\n", style="bold"), soft_wrap=True)
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for topic in topics:
        for number, sentence in enumerate(topic["says"]):
            grid.add_row(topic["heading"] if number == 0 else "", Text(sentence))
    console.print(grid)

"""How the practice does, on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from gateway.cli import show
from gateway.cli.asking import ask
from gateway.cli.days import DAY
from gateway.cli.questions import AS_JSON
from gateway.desk.words import GROUPS


@click.command()
@click.option("--payer", default="", help="Only this payer's claims, by key.")
@click.option("--npi", default="", help="Only what this provider rendered.")
@click.option("--since", type=DAY, help="Only claims received on this day or later; without it 90 days.")
@click.option("--by", default="", type=click.Choice(["", *GROUPS]), help="Also for each of them.")
@AS_JSON
@click.pass_context
def metrics(context: click.Context, /, payer: str, npi: str, since: Any, by: str, as_json: bool) -> None:
    """Clean claims, first pass, denials, waits, holds, open money and what is late: each with its definition."""
    day = since.date().isoformat() if since else ""
    data = ask(context, "metrics", payer=payer, npi=npi, since=day, by=by)
    if as_json:
        show.as_json(data)
        return
    columns = {"name": "Metric", "value": "", "of": "", "means": "What it is"}
    show.table(list(_rows(data["total"], data["definitions"])), columns, empty="")
    for name, group in data["groups"].items():
        show.table(
            list(_rows(group, data["definitions"])), {**columns, "means": ""}, empty="", title=f"\n{name or 'no payer'}"
        )


def _rows(group: Mapping[str, Any], definitions: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for name, means in definitions.items():
        value, of = _said(group[name])
        yield {"name": name, "value": value, "of": of, "means": means}
    for name, means in (("by_category", "claims first denied"), ("by_hold", "$ held now"), ("aging", "$ open by days")):
        for key, value in group[name].items():
            yield {"name": f"{name} {key}", "value": str(value), "of": "", "means": means}


def _said(value: Any) -> tuple[str, str]:
    """A metric as people read it; what cannot be said yet is a dash."""
    if not isinstance(value, dict):
        return (value or "-"), ""
    if "percent" in value:
        return ("-" if value["percent"] is None else f"{value['percent']} %"), f"{value['part']} of {value['whole']}"
    if "dollars" in value:
        return str(value["count"]), f"${value['dollars']}"
    return (value["median"] or "-"), f"p90 {value['p90'] or '-'}, of {value['count']}"


COMMANDS = (metrics,)

"""What public lists say of one NPI, for people: a line for each thing said, and which lists were asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from gateway.cli import show

_SUBJECTS = {
    "nppes": "NPPES",
    "taxonomies": "Taxonomy",
    "exclusions": "Excluded",
    "opt_outs": "Opted out of Medicare",
    "order_refer": "May order or refer",
    "medicare": "Enrolled in Medicare",
    "revoked_on": "Revoked by Medicare",
    "revalidation_due": "Revalidation due",
}


def show_looked(said: Mapping[str, Any]) -> None:
    """As `gateway.desk.lists.look` gives it."""
    if not said["lists"]:
        click.echo(
            "No list is loaded, so none says anything. `gateway lists show` names them, and where they come from."
        )
        return
    told = {**said, "taxonomies": [f"{code} {meaning}" for code, meaning in said["taxonomies"].items()]}
    rows = [{"what": title, "said": words} for name, title in _SUBJECTS.items() for words in _each(told[name])]
    show.table(rows, {"what": "What", "said": "Said"}, empty="None of the loaded lists names it.")
    click.echo(f"Asked: {'; '.join(said['lists'])}.")


def _each(value: Any) -> Iterator[str]:
    """One line for each entry; what is not said has none."""
    if isinstance(value, Mapping):
        yield ", ".join(_words(value)) or "nothing"
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _each(one)
    elif value:
        yield str(value)


def _words(entry: Mapping[str, Any]) -> Iterator[str]:
    for name, value in entry.items():
        if value is True:
            yield name.replace("_", " ")
        elif value not in (None, False, "", [], ()):
            listed = ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else value
            yield f"{name.replace('_', ' ')} {listed}"

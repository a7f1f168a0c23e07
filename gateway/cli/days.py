"""Days and moments as the site's people have them: in the site's own zone, whatever zone this machine keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from gateway.cli.asking import site_path
from gateway.config import load_settings


class _Day(click.DateTime):
    """A day that somebody types."""

    name = "day"

    def get_metavar(self, *_: Any, **__: Any) -> str:
        return "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day. Write it like 2026-11-25.", param, ctx)


DAY = _Day(["%Y-%m-%d"])
"""For options and arguments that are a day; their value is its midnight, without a zone."""


def local(moment: str) -> datetime:
    """A stored moment."""
    return datetime.fromisoformat(moment).astimezone(_zone())


def today() -> date:
    """The present day."""
    return datetime.now(UTC).astimezone(_zone()).date()


def _zone() -> ZoneInfo | None:
    """The zone of the site that this command is about, read once; this machine's where it is about none."""
    context = click.get_current_context(silent=True)
    if context is None:
        return None
    if __name__ not in context.meta:
        path = site_path(context)
        context.meta[__name__] = ZoneInfo(load_settings(path).site.time_zone) if path else None
    found: ZoneInfo | None = context.meta[__name__]
    return found

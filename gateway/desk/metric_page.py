"""The metrics of 90 days for the page of the digest: by payer and by provider, as bars and as tables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gateway.desk.metrics import listing
from gateway.desk.words import GROUPS
from gateway.digest import Plot, Series, Table
from gateway.workers.site import Site

_MOST = 12
"""So many payers or providers have a bar, those with most claims."""

_BARS = (
    ("clean_claims", "clean", "#3b82a0"),
    ("first_pass", "first pass", "#5a8f5a"),
    ("denials", "denied", "#c0504d"),
)
_SHARES = {
    "clean_claims": "Clean",
    "first_pass": "First pass",
    "rejections": "Rejected",
    "denials": "Denied",
    "preventable": "Preventable",
    "enrollment_missed": "Enrollment missed",
    "overturned": "Overturned",
    "collected": "Collected",
}
_WAITS = {"days_to_277ca": "Days to 277CA", "days_to_remittance": "Days to 835"}
_SUMS = {"held": "Held", "open_balance": "Open", "late_risk": "Late risk"}


async def measured(site: Site) -> tuple[tuple[Plot, ...], tuple[Table, ...]]:
    """Bars and tables; nothing where no claim came in 90 days."""
    plots: list[Plot] = []
    tables: list[Table] = []
    total: Mapping[str, Any] = {}
    for by in GROUPS:
        told = await listing(site, by=by)
        total = told["total"]
        found = {name or "unknown": group for name, group in told["groups"].items()}
        first = sorted(found, key=lambda name: (-found[name]["received"]["count"], name))
        plots.append(_shares(by, {name: found[name] for name in first[:_MOST]}))
        tables.append(_table(by, {name: found[name] for name in first}))
    return (*plots, _aging(total)), tuple(tables)


def _shares(by: str, groups: Mapping[str, Any]) -> Plot:
    series = tuple(
        Series(name, colour, tuple(round(Decimal(each[key]["percent"] or 0)) for each in groups.values()))
        for key, name, colour in _BARS
    )
    return Plot(f"Percent by {by}, claims received in 90 days", tuple(groups), series)


def _aging(total: Mapping[str, Any]) -> Plot:
    ages = total["aging"]
    dollars = tuple(max(0, round(Decimal(value))) for value in ages.values())
    return Plot("Open dollars by days since service", tuple(ages), (Series("open", "#d9a441", dollars),))


def _table(by: str, groups: Mapping[str, Any]) -> Table:
    heads = (by.capitalize(), "Claims", *_SHARES.values(), *_WAITS.values(), *_SUMS.values(), "Days in AR")
    return Table(f"By {by}", heads, tuple(_row(name, group) for name, group in groups.items()))


def _row(name: str, group: Mapping[str, Any]) -> tuple[str, ...]:
    shares = [group[key]["percent"] for key in _SHARES]
    return (
        name,
        str(group["received"]["count"]),
        *("-" if share is None else f"{share} %" for share in shares),
        *(group[key]["median"] or "-" for key in _WAITS),
        *(f"${group[key]['dollars']}" for key in _SUMS),
        group["days_in_ar"] or "-",
    )

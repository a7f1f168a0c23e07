"""Judge what plugins registered by the rules of a TOML declaration, and by whether it all fits together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from gateway.config.judging import contradictions_in, draft
from gateway.config.partners import PLAIN, PartnerTable
from gateway.config.payers import PayerTable
from gateway.config.reading import validated
from gateway.config.unmet import unmet
from gateway.config.wording import nearest
from gateway.model.partners import Partner, Payer
from gateway.plugins import Registry

N = TypeVar("N", Payer, Partner)


def settled(registry: Registry, problems: list[str]) -> Registry:
    """The registry with its payers and partners as a TOML declaration would have given them, without those that none
    could; what is wrong is added to `problems`, with its plugin. So a list in Python ends as a tuple, and "strict" as
    the policy."""
    checked = replace(
        registry,
        payers=_settled("payer", registry.payers, registry.origins, _payer, problems),
        partners=_settled("partner", registry.partners, registry.origins, partial(_partner, registry), problems),
    )
    for partner in checked.partners.values():
        problems += _loose_ends(partner, registry)
    problems += [
        f"plugin {registry.origins[f'check {check.code}']}: check {check.code} looks at payer {check.payer}, which"
        f" nobody declares; {nearest(check.payer, registry.payers)}"
        for check in registry.checks
        if check.payer is not None and check.payer not in registry.payers
    ]
    return checked


def _loose_ends(partner: Partner, registry: Registry) -> Iterator[str]:
    """What a partner names and no plugin brings."""
    source = f"plugin {registry.origins[f'partner {partner.key}']}: partner {partner.key}"
    for payer in partner.payers:
        if payer not in registry.payers:
            yield f"{source} reaches payer {payer}, which nobody declares; {nearest(payer, registry.payers)}"
    yield from (f"{source}: {wrong}" for wrong in unmet(partner, registry))


def _settled(
    kind: str,
    nouns: Mapping[str, N],
    origins: Mapping[str, str],
    settle: Callable[[N, str, list[str]], N | None],
    problems: list[str],
) -> dict[str, N]:
    found = {}
    for key, noun in nouns.items():
        source = f"plugin {origins[f'{kind} {key}']}: {kind} {key}"
        try:
            done = settle(noun, source, problems)
        except (AttributeError, TypeError, ValueError) as error:
            problems.append(f"{source}: is not filled in as {type(noun).__name__} wants it: {error}")
            continue
        if done is not None:
            found[key] = done
    return found


def _payer(payer: Payer, source: str, problems: list[str]) -> Payer | None:
    table = asdict(payer)
    for name in ("filing_limit", "approval", "appeal"):
        span = table.pop(name)
        table[f"{name}_days"] = _days(span) if isinstance(span, timedelta) else _NO_SPAN if span is not None else None
    checked = validated(PayerTable, table, source, problems)
    return checked.payer() if checked else None


def _days(span: timedelta) -> float:
    return span.days if span == timedelta(days=span.days) else span / timedelta(days=1)


def _partner(registry: Registry, partner: Partner, source: str, problems: list[str]) -> Partner | None:
    table: dict[str, Any] = {name: getattr(partner, name) for name in (*PLAIN, "expects", "windows", "maintenance")}
    table |= {field.name: getattr(partner.habits, field.name) for field in fields(partner.habits)}
    table |= {
        "payers": dict(partner.payers),
        "receiver_qualifier": partner.receiver.qualifier,
        "receiver": partner.receiver.id,
        "endpoint": partner.endpoint,
    }
    spread = _spread(table)
    checked = validated(PartnerTable, spread, source, problems)
    found = [f"{source}: {wrong}" for wrong in contradictions_in(spread)]
    problems += found
    if checked and not found:
        return checked.partner()
    drafted = draft(spread)
    problems += _loose_ends(replace(drafted, key=partner.key), registry) if drafted else ()
    return None


_SPANS = {
    "within": ("within_hours", timedelta(hours=1)),
    "settle_for": ("settle_minutes", timedelta(minutes=1)),
    "after": ("after_days", timedelta(days=1)),
    "every": ("every_days", timedelta(days=1)),
}
"""Nouns have spans of time where tables have numbers."""
_NO_SPAN = "no timedelta"
"""Stands for a span that is none, where no table takes text: so it is told with its place, beside all the others."""


def _spread(value: Any, name: str = "") -> Any:
    """A noun as the table that says it."""
    if is_dataclass(value) and not isinstance(value, type):
        inside = {field.name: getattr(value, field.name) for field in fields(value)}
        return {_SPANS.get(key, (key,))[0]: _spread(inner, key) for key, inner in inside.items()}
    if isinstance(value, Mapping):
        return {key: _spread(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_spread(inner) for inner in value]
    if name not in _SPANS or value is None:
        return value
    return _number(value / _SPANS[name][1]) if isinstance(value, timedelta) else _NO_SPAN


def _number(value: float) -> float:
    """Whole days are whole numbers in a table."""
    return int(value) if value.is_integer() else value

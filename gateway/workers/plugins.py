"""Plugins in processes of their own: asked ahead, and where one is disabled, told of, waited for and used again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Concatenate, ParamSpec

from gateway import events as e
from gateway.cases import Case
from gateway.gate import Gate, Judgement
from gateway.hosting.ahead import Ahead
from gateway.hosting.plugin import Plugin
from gateway.model.partners import Lane
from gateway.store import Tx, claims, journal, lanes
from gateway.workers.site import Site

P = ParamSpec("P")


async def tell_disabled(site: Site) -> int:
    """Tell of every plugin that was disabled since the last time; returns how many."""
    found = site.hosts.news() if site.hosts else []
    if found:
        happened = [e.PluginDisabled(plugin=p.name, code=p.disabled, next=p.next_step) for p in found]
        await site.store.write(journal.happened, happened)
    return len(found)


def disabled(site: Site, lane: Lane) -> Plugin | None:
    """The disabled plugin that this lane waits for: its claims stay where they are."""
    return site.hosts.waits_for(lane, site.registry) if site.hosts else None


async def look_ahead(
    site: Site, find: Callable[Concatenate[Tx, P], list[int]], *args: P.args, **more: P.kwargs
) -> list[int] | None:
    """Have plugins' checks look now at those of these claims that they are for, off the loop and outside any transaction.
    Returns all that were found, or None where no plugin looks at claims."""
    if site.hosts is None or not site.hosts.ahead.checks:
        return None
    hosts, found = site.hosts, await site.store.read(find, *args, **more)
    named = await site.store.read(claims.payer_ids, found)
    if asked := [claim for claim, payer_id in named.items() if _asks(site, payer_id)]:
        gate = replace(site.gate, checks=[check for check in site.gate.checks if check.code in hosts.ahead.checks])
        cases, today = await site.store.read(claims.cases, asked), site.today()
        await site.thread(_look, hosts.ahead, gate, cases, today)
    return found


def _asks(site: Site, payer_id: str) -> bool:
    payer = site.directory.payer_of(payer_id)
    return site.hosts is not None and site.hosts.ahead.asks(payer.key if payer else "")


def _look(ahead: Ahead, gate: Gate, cases: Sequence[Case], today: date) -> None:
    with ahead.looking():
        for case in cases:
            gate.judge(case, today)


async def judge_apart(
    site: Site, cases: Sequence[Case], today: date | None = None, gate: Gate | None = None
) -> list[Judgement]:
    """What the gate says of these, by its own rules or those of `gate`; neither the loop nor the store waits for it."""
    judge, day = (gate or site.gate).judge, today or site.today()
    return await site.thread(lambda: [judge(case, day) for case in cases])


async def resume(site: Site, plugin: Plugin, reason: str, actor: str) -> None:
    """Call it again: claims that were held for want of it are judged again, and its lanes need not wait any longer."""
    waiting = [lane.key for lane in site.directory.lanes.values() if disabled(site, lane) is plugin]
    await tell_disabled(site)
    plugin.resume()
    if site.hosts:
        site.hosts.ahead.forget()
    await site.store.write_as(actor, journal.happened, [e.PluginResumed(plugin=plugin.name, reason=reason)])
    await site.store.write(lanes.due, waiting)
    await site.store.write(claims.judge_all)

"""Plugins in processes of their own: asked ahead, and where one is disabled, told of, waited for and used again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Concatenate, ParamSpec

from gateway import events as e
from gateway.cases import Case
from gateway.gate import Gate, Judgement
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
    site: Site, find: Callable[Concatenate[Tx, P], list[Case]], *args: P.args, **more: P.kwargs
) -> list[int] | None:
    """Have plugins' checks look at these claims now, off the loop and outside any transaction; returns which they were,
    or None where no plugin looks at claims."""
    if site.hosts is None or not site.hosts.ahead.any:
        return None
    cases, today, hosts = await site.store.read(find, *args, **more), site.today(), site.hosts

    def look() -> None:
        with hosts.ahead.looking():
            for case in cases:
                site.gate.judge(case, today)

    await site.thread(look)
    return [case.id for case in cases]


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

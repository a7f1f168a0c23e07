"""Plugins that were disabled: told once, waited for, and used again when a person says so."""

from __future__ import annotations

from gateway import events as e
from gateway.hosting.plugin import Plugin
from gateway.model.partners import Lane
from gateway.store import claims, journal, lanes
from gateway.workers.site import Site


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


async def resume(site: Site, plugin: Plugin, reason: str, actor: str) -> None:
    """Call it again: claims that were held for want of it are judged again, and its lanes need not wait any longer."""
    waiting = [lane.key for lane in site.directory.lanes.values() if disabled(site, lane) is plugin]
    await tell_disabled(site)
    plugin.resume()
    await site.store.write_as(actor, journal.happened, [e.PluginResumed(plugin=plugin.name, reason=reason)])
    await site.store.write(lanes.due, waiting)
    await site.store.write(claims.judge_all)

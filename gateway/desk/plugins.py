"""Questions about plugins, and the order to use one again."""

from __future__ import annotations

from typing import Any

from gateway.errors import Refused
from gateway.workers import plugins
from gateway.workers.site import Site

Data = dict[str, Any]


async def listing(site: Site) -> list[Data]:
    """Every plugin: what it registers, whether it runs in a process of its own, and whether it is disabled."""
    brought: dict[str, list[str]] = {}
    for what, plugin in site.registry.origins.items():
        brought.setdefault(plugin, []).append(what)
    return [_plugin(site, name, sorted(items)) for name, items in sorted(brought.items())]


def _plugin(site: Site, name: str, items: list[str]) -> Data:
    hosted = site.hosts.plugins.get(name) if site.hosts else None
    return {
        "plugin": name,
        "registers": items,
        "apart": hosted is not None,
        "state": "DISABLED" if hosted and hosted.disabled else "ACTIVE",
        "code": hosted.disabled if hosted else "",
        "failures": hosted.failures if hosted else 0,
        "next": hosted.next_step if hosted and hosted.disabled else "",
    }


def disabled(site: Site) -> list[Data]:
    """The plugins that are disabled, each with what to do."""
    every = site.hosts.plugins.values() if site.hosts else ()
    return [
        {"what": f"plugin {plugin.name} is disabled ({plugin.disabled})", "next": plugin.next_step}
        for plugin in every
        if plugin.disabled
    ]


async def resume(site: Site, plugin: str, reason: str, actor: str) -> list[Data]:
    """Use a disabled plugin again."""
    found = site.hosts.plugins.get(plugin) if site.hosts else None
    if found is None or not found.disabled:
        raise Refused(
            f"plugin {plugin} is not disabled",
            code="PLUGIN_NOT_DISABLED",
            next_step="`gateway plugin list` lists them. A restart of the service uses all of them again.",
        )
    await plugins.resume(site, found, reason, actor)
    return await listing(site)

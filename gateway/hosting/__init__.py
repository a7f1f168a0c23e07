"""Python plugins, each in processes of its own: what one of them does wrong stops that one alone."""

from __future__ import annotations

from gateway.hosting.hosts import Hosts
from gateway.hosting.plugin import PLUGIN_DISABLED, PLUGIN_FAILED, Plugin, PluginFailed

__all__ = ["PLUGIN_DISABLED", "PLUGIN_FAILED", "Hosts", "Plugin", "PluginFailed"]

"""conf/*.toml to frozen settings and a directory of lanes: all problems at once, each with its file and path.

The settings alone are here, for whoever only asks the running service; `gateway.config.site` reads the whole."""

from gateway.config.loading import load_settings
from gateway.config.settings import Settings

__all__ = ["Settings", "load_settings"]

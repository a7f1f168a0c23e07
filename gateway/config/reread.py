"""Which files a site's settings were read from, and which of them were changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PLUGINS = (".toml", ".py")


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that a site was read from. `seen` is each with its moment of change (ns) and its size."""

    config: Path
    plugins: Path
    seen: Mapping[Path, tuple[int, int]]

    def changed(self) -> list[Path]:
        """Files that were changed, made or removed since."""
        now = _seen(self.config, self.plugins)
        return sorted(path for path in {*now, *self.seen} if now.get(path) != self.seen.get(path))


def sources(config: Path, plugins: Path) -> Sources:
    """Settings, routes, accounts and plugins as they lie there now; `plugins` is the configured folder."""
    return Sources(config, plugins, _seen(config, plugins))


def _seen(config: Path, plugins: Path) -> dict[Path, tuple[int, int]]:
    found = {}
    for path in _files(config, plugins):
        try:
            status = path.stat()
        except OSError:
            continue  # it is not there, or was removed just now
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _files(config: Path, plugins: Path) -> Iterator[Path]:
    yield config
    yield config.parent / "routes.toml"
    accounts = (config.parent / "partners").glob("*.toml")
    declared = (path for suffix in _PLUGINS for path in plugins.rglob(f"*{suffix}"))
    yield from (path for path in (*accounts, *declared) if not path.name.startswith("."))

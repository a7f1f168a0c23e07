"""The payers that come with the gateway: where their files lie, what each is, and how one comes into a site."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from gateway.errors import Refused

SHIPPED = (
    "office_ally",
    "availity",
    "claim_md",
    "stedi",
    "medicare_contractor",
    "wa_provider_one",
    "owcp",
    "generic_sftp",
)
"""The names of their files; the examples beside them are fictional."""


def folder() -> Path:
    """Where they lie: `plugins/` of the checkout, or what was installed from it. Raises Refused where neither is there."""
    checkout = Path(__file__).parents[3] / "plugins"
    installed = Path(sysconfig.get_path("data")) / "share" / "claims-gateway" / "plugins"
    for place in (checkout, installed):
        if (place / f"{SHIPPED[0]}.toml").exists():
            return place
    raise Refused(
        "the shipped payers are not installed here",
        code="NOT_SHIPPED",
        next_step="Copy one from plugins/ of the gateway's repository into the site's plugins folder.",
    )


def every_key() -> str:
    """The commented example with every key that a declaration may have; it is never loaded."""
    return (folder() / "_every_key.toml").read_text(encoding="utf-8")


def shipped() -> Iterator[tuple[str, str, Path]]:
    """Name, its one line, and its file."""
    for name in SHIPPED:
        path = folder() / f"{name}.toml"
        yield name, _one_line(path), path


def _one_line(path: Path) -> str:
    """The first sentence of the comment that it begins with."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines).partition(". ")[0].rstrip(".")


def add(name: str, plugins: Path) -> Path:
    """Copy one into a site's plugins folder; returns where it stands now. Raises Refused."""
    found = {each: path for each, _, path in shipped()}
    if name not in found:
        raise Refused(
            f"there is no shipped payer {name!r}", code="NOT_SHIPPED", next_step=f"There are {', '.join(found)}."
        )
    return write_new(plugins / f"{name}.toml", found[name].read_text(encoding="utf-8"))


def write_new(path: Path, text: str) -> Path:
    """A new file that others may read; never over one that is there. Raises Refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Refused(
            f"{path} is there already", code="FILE_EXISTS", next_step="Take another name, or move the file away."
        ) from None
    path.chmod(0o644)
    return path

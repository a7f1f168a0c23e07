"""A small site on disk, all of it right, for tests to spoil."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.config.directory import Directory
from gateway.config.site import load_site
from gateway.errors import ConfigError
from gateway.plugins import Registry

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFK"

DECLARATION = """
    [[payer]]
    key = "alpha"
    name = "Alpha Health Plan"

    [[partner]]
    key = "alpha_edi"
    name = "ALPHA HEALTH PLAN"
    receiver = "ALPHAHP"
    payers = {alpha = ["77001"]}
    endpoint = {host = "edi.alpha.example"}
"""
ACCOUNT = f"""
    sender = "CFFM01"
    submitter_id = "CFFM01"
    submitter_name = "CEDAR FALLS FAMILY MEDICINE"
    contact_phone = "5555550100"
    user = "cffm01"
    credential = "alpha_edi"
    host_keys = ["{HOST_KEY}"]
    stage = "production"
"""
ROUTE = """
    [[route]]
    payer = "alpha"
    partner = "alpha_edi"
"""


class SiteFiles:
    """The files of a site. Every folder and file is the owner's alone to change, whatever the umask."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("conf/gateway.toml", "")
        self.write("plugins/alpha.toml", DECLARATION)
        self.write("conf/partners/alpha_edi.toml", ACCOUNT)
        self.write("conf/routes.toml", ROUTE)

    @property
    def config(self) -> Path:
        return self.root / "conf" / "gateway.toml"

    def write(self, name: str, content: str | bytes) -> Path:
        """One file, its indentation taken away."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
        path.parent.chmod(0o755)
        path.chmod(0o644)
        return path

    def add(self, name: str, content: str) -> Path:
        """More text at the end of a file."""
        return self.write(name, (self.root / name).read_text() + textwrap.dedent(content))

    def change(self, name: str, old: str, new: str) -> Path:
        """Other words in a file, which must stand there."""
        text = (self.root / name).read_text()
        assert old in text
        return self.write(name, text.replace(old, new))

    def load(self) -> tuple[Settings, Registry, Directory]:
        return load_site(self.config)

    def problems(self) -> list[str]:
        """What is wrong, each without the folder the site lies in."""
        with pytest.raises(ConfigError) as wrong:
            self.load()
        return [problem.replace(f"{self.root}/", "") for problem in wrong.value.problems]

    def problem(self) -> str:
        """The only thing wrong."""
        found = self.problems()
        assert len(found) == 1, found
        return found[0]


@pytest.fixture
def site(tmp_path: Path) -> SiteFiles:
    """A site with one payer, which is its own partner, an account there, and a route."""
    return SiteFiles(tmp_path)

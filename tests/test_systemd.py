"""The units: closed as promised, accepted by systemd, and keeping what they and the daemon say to each other."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.cli.asking import DEFAULTS
from gateway.cli.main import CONFIGURATION
from gateway.config.settings import KeysSection, ServiceSection, SiteSection, SpoolSection
from gateway.desk.founding import found
from gateway.vault.root import NAME

UNITS = Path(__file__).parent.parent / "systemd"
SERVICES = ("gateway.service", "gateway-backup.service", "gateway-digest.service")
PROGRAM = "/opt/gateway/bin/gateway"
GATEWAY = [sys.executable, "-c", "from gateway.cli import main; main()"]
EXPOSURE = "12"  # tenths: 1.2 of 10

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing: the units are read but not judged"
)


def directives(unit: str) -> dict[str, list[str]]:
    """What a unit says: every value of each key, in its order."""
    said: dict[str, list[str]] = {}
    for line in (UNITS / unit).read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            said.setdefault(key, []).append(value)
    return said


def one(unit: str, key: str) -> str:
    """The only value of a key."""
    (value,) = directives(unit)[key]
    return value


def example(section: type[SiteSection | KeysSection | SpoolSection | ServiceSection], key: str) -> str:
    """The value that a setting's description gives for a machine laid out as the units expect."""
    (value,) = section.model_fields[key].examples or [""]
    return str(value)


def analyze(*arguments: str, folder: Path = UNITS) -> subprocess.CompletedProcess[str]:
    """Ask systemd, without a service manager."""
    return subprocess.run(
        ["systemd-analyze", *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_closed_as_promised(unit: str) -> None:
    """An exposure of at most 1.2 by systemd's own measure."""
    judged = analyze("security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE}", f"./{unit}")
    assert judged.returncode == 0, judged.stdout[-200:] + judged.stderr


@needs_systemd
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Not even a warning: a key that systemd does not know is ignored, and its protection with it."""
    names = sorted(path.name for path in UNITS.iterdir())
    assert names == [
        *(f"gateway-{job}.{kind}" for job in ("backup", "digest") for kind in ("service", "timer")),
        "gateway.service",
    ]
    for name in names:
        text = (UNITS / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
    judged = analyze("verify", "--man=no", *(f"./{name}" for name in names), folder=tmp_path)
    complaints = [line for line in judged.stderr.splitlines() if "gateway" in line]
    assert (judged.returncode, complaints) == (0, []), judged.stderr


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),  # READY, WATCHDOG and STOPPING are told by the daemon itself
        ("NotifyAccess", "main"),
        ("Restart", "on-failure"),
        ("KillMode", "mixed"),
        ("User", "gateway"),
        ("UMask", "0077"),
        ("StateDirectoryMode", "0700"),
        ("RuntimeDirectoryMode", "0750"),  # the group gateway may ask at the socket, nobody else
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("MemoryDenyWriteExecute", "yes"),
        ("LimitCORE", "0"),  # keys and claims would lie in a core
        ("MemorySwapMax", "0"),  # and in the swap space
    ],
)
def test_the_service_says_what_the_daemon_relies_on(key: str, value: str) -> None:
    """Each of these has a reason in the code or in what the code holds in memory."""
    assert one("gateway.service", key) == value


def test_the_root_key_is_handed_over_encrypted_under_the_name_the_vault_asks_for() -> None:
    """Another name would leave the daemon without a key."""
    name, _, source = one("gateway.service", "LoadCredentialEncrypted").partition(":")
    assert name == NAME
    assert source == f"{example(KeysSection, 'key_file')}.cred"


def test_the_service_may_write_where_the_settings_point_and_to_its_backups() -> None:
    """Everything else on the machine is read-only to it."""
    assert example(SiteSection, "data") == f"/var/lib/{one('gateway.service', 'StateDirectory')}"
    socket_folder = Path(example(ServiceSection, "socket")).parent
    assert socket_folder == Path("/run") / one("gateway.service", "RuntimeDirectory")
    writable = one("gateway.service", "ReadWritePaths").replace("-/", "/").split()
    assert writable == [example(SpoolSection, "root"), one("gateway-backup.service", "ReadWritePaths")]


def test_people_and_units_use_the_same_settings() -> None:
    """A command typed without -c speaks of the site that the service runs."""
    for unit in SERVICES:
        assert f"{PROGRAM} -c {DEFAULTS[-1]} " in one(unit, "ExecStart")


def test_whoever_asks_at_the_socket_keeps_a_name() -> None:
    """Behind PrivateUsers= every peer but root would be `nobody`, and the audit could name no person."""
    assert "PrivateUsers" not in directives("gateway.service")


@pytest.mark.parametrize("job", ["backup", "digest"])
def test_a_timed_job_asks_a_running_service_and_never_opens_the_site_itself(job: str) -> None:
    """Opening it would lock out a service that is just starting; without the root key it could not anyhow."""
    said = directives(f"gateway-{job}.service")
    assert said["Requisite"] == said["After"] == ["gateway.service"]
    assert not any(key.startswith("LoadCredential") for key in said)
    assert one(f"gateway-{job}.timer", "Persistent") == "yes"


@dataclass(frozen=True)
class Watched:
    """A daemon started as a service manager does it, and the socket at which it says how it is."""

    process: subprocess.Popen[bytes]
    ears: socket.socket
    log: Path

    def hear(self, seconds: float = 20) -> str:
        """The next thing it says. One that ended instead fails the test with its own last words."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            ended = self.process.poll() is not None
            if select.select([self.ears], [], [], 0.2)[0]:
                return self.ears.recv(99).decode()
            if ended:
                pytest.fail(f"ended with {self.process.returncode}: {self.log.read_text()[-500:]}")
        pytest.fail(f"said nothing for {seconds} seconds: {self.log.read_text()[-500:]}")


@contextmanager
def watched(site: Path, *, limit: float) -> Iterator[Watched]:
    """Run the site's daemon under a watchdog's limit in seconds."""
    environment = {**os.environ, "NOTIFY_SOCKET": str(site / "n"), "WATCHDOG_USEC": str(int(limit * 1e6))}
    command = [*GATEWAY, "-c", str(site / "conf" / "gateway.toml"), "run"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears, (site / "log").open("wb") as log:
        ears.bind(str(site / "n"))
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield Watched(process, ears, site / "log")
        finally:
            process.kill()
            process.wait()


def test_the_daemon_tells_the_service_manager_how_it_is(tmp_path: Path) -> None:
    """READY once it works, WATCHDOG within the limit it was given, STOPPING and exit 0 when asked to end."""
    found(tmp_path)
    with watched(tmp_path, limit=0.6) as daemon:
        assert daemon.hear() == "READY=1"
        for _ in range(3):
            assert daemon.hear(5) == "WATCHDOG=1"  # for the usual limit of 30 seconds it would come every 10
        daemon.process.send_signal(signal.SIGTERM)
        while (last := daemon.hear()) == "WATCHDOG=1":
            pass
        assert last == "STOPPING=1"
        assert daemon.process.wait(timeout=20) == 0


def test_wrong_settings_end_with_the_status_that_the_unit_does_not_restart_on(tmp_path: Path) -> None:
    """Trying again would change nothing; a disk that failed, on the other hand, may be well again."""
    found(tmp_path)
    (tmp_path / "conf" / "gateway.toml").write_text("[site]\nnmae = 'x'\n", encoding="utf-8")
    with watched(tmp_path, limit=30) as daemon:
        status = daemon.process.wait(timeout=20)
    assert status == CONFIGURATION
    assert one("gateway.service", "RestartPreventExitStatus") == str(status)

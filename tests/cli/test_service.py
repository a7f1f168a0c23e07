"""The command line beside a running service."""

from __future__ import annotations

import json
import signal
import stat
import subprocess

from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.cli.conftest import PATIENCE, stands, wait_for
from tests.commands import apart, on
from tests.sites import TestSite


def test_a_running_service_takes_sends_reads_and_answers_questions(
    site: TestSite, service: subprocess.Popen[bytes], payer: PayerSimulator
) -> None:
    """A file dropped beside a running service is paid without anybody's doing; SIGTERM ends it with 0."""
    site.drop(
        "a.837",
        batch837p([ClaimSpec("A1", payer_id="77001"), ClaimSpec("H1", payer_id="77001", rendering="2000000028")]),
    )
    wait_for(lambda: stands(site) == {"A1": "PAID", "H1": "HELD"})
    assert "ENROLLMENT_UNKNOWN" in apart("-c", str(site.config), "why", "H1").stdout
    assert "claim.paid" in on(site, "timeline", "A1").stdout
    set_record = on(site, "roster", "set", "2000000028", "alpha", "--effective", "2026-01-01", "--source", "letter")
    assert set_record.returncode == 0, set_record.stderr
    wait_for(lambda: stands(site) == {"A1": "PAID", "H1": "PAID"})
    events = json.loads(on(site, "timeline", "H1", "--json").stdout)
    assert {e["event"] for e in events} >= {"claim.held", "claim.passed", "submission.sent", "claim.paid"}
    service.send_signal(signal.SIGTERM)
    assert service.wait(PATIENCE) == 0
    assert not (site.root / "run" / "gateway.sock").exists()


def test_the_socket_knows_who_asks(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """Orders are kept in the name of the user at the other end; the socket is its group's alone."""
    site.drop("h.837", batch837p([ClaimSpec("H1", payer_id="77001", rendering="2000000028")]))
    wait_for(lambda: stands(site) == {"H1": "HELD"})
    assert on(site, "withdraw", "H1", "--reason", "billed elsewhere").returncode == 0
    events = json.loads(on(site, "timeline", "H1", "--json").stdout)
    withdrawn = next(e for e in events if e["event"] == "claim.withdrawn")
    assert withdrawn["actor"] not in ("", "gateway", "nobody")
    assert stat.S_IMODE((site.root / "run" / "gateway.sock").stat().st_mode) == 0o660


def test_only_one_process_has_a_site_open(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """A second service ends at once, to be tried later."""
    second = apart("-c", str(site.config), "run")
    assert second.returncode == 75
    assert "another gateway process" in second.stderr


def test_a_change_says_who_judges_again(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """The running service at once; where none runs, the next run does, and nothing says more than that."""
    site.drop("a.837", batch837p([ClaimSpec("H1", payer_id="77001", rendering="2000000028")]))
    wait_for(lambda: stands(site) == {"H1": "HELD"})
    typed = ("roster", "set", "2000000028", "alpha", "--state", "denied", "--effective")
    assert "1 waiting claim is judged again now." in on(site, *typed, "2026-01-01").stdout
    service.send_signal(signal.SIGTERM)
    service.wait(PATIENCE)
    told = on(site, *typed, "2026-02-01").stdout
    assert "1 waiting claim is to be judged again: `gateway run` does it" in told
    done = on(site, "roster", "set", "2000000036", "alpha", "--state", "denied")
    assert "1 added, 0 superseded.\n" in done.stdout


def test_a_list_is_imported_beside_the_running_service(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """The file is read by the command; the service only goes over to it, and answers by it at once."""
    file = site.root / "order_20260131.csv"
    file.write_text("NPI,LAST_NAME,FIRST_NAME,PARTB,DME,HHA\n2000000010,ROE,JANE,Y,N,N\n")
    done = on(site, "lists", "import", "order_refer", str(file))
    assert done.returncode == 0, done.stderr
    assert "order_refer of 2026-01-31 is in force as generation 1: 1 row;" in done.stdout
    said = json.loads(on(site, "lists", "look", "2000000010", "--json").stdout)
    assert said["order_refer"]["part_b"]
    told = on(site, "lists", "look", "2000000010").stdout
    assert "May order or refer  part b" in told
    assert "order_refer of 2026-01-31" in told
    assert "None of the loaded lists names it." in on(site, "lists", "look", "2000000028").stdout
    assert on(site, "lists", "look", "28").returncode == 2
    shown = {row["list"]: row["state"] for row in json.loads(on(site, "lists", "show", "--json").stdout)}
    assert (shown["order_refer"], shown["leie"]) == ("stale", "not loaded")
    file.write_text("NPI\n2000000010\n")
    refused = on(site, "lists", "import", "order_refer", str(file))
    assert refused.returncode == 1
    assert "no column LAST_NAME" in refused.stderr
    assert service.poll() is None


def test_settings_that_changed_want_a_restart(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """The service works by what it read, and says so; what is made and what is removed counts too."""
    assert json.loads(on(site, "doctor", "--json").stdout) == []
    partners = site.root / "conf" / "partners"
    for change in (
        lambda: site.config.write_text(site.config.read_text() + "\n"),
        lambda: (site.root / "plugins" / "more.toml").write_text("# to come\n"),
        lambda: (partners / "alpha_edi.toml").rename(partners / ".alpha_edi.toml"),
    ):
        change()
    (found,) = json.loads(on(site, "doctor", "--json").stdout)
    assert all(name in found["what"] for name in ("gateway.toml", "more.toml", "alpha_edi.toml"))
    assert "routes.toml" not in found["what"]
    assert "restart" in found["next"]
    assert found["what"] in json.loads(on(site, "status", "--json").stdout)["warnings"]
    service.terminate()
    service.wait(PATIENCE)
    (partners / ".alpha_edi.toml").rename(partners / "alpha_edi.toml")
    assert "not in use yet" not in on(site, "doctor").stdout

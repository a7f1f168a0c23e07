"""A new secret or host key is tried once, and used only if it works."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway
from gateway.cli.rotating import with_credential
from gateway.errors import Refused
from gateway.testing.payer import PayerSimulator
from tests.habits import Clock, SshdPayer, declare, order, run
from tests.servers import make_key, require_sshd, running_sshd
from tests.sites import TestSite, make_site


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshdPayer]:
    require_sshd()
    (tmp_path / "sshd").mkdir()
    with running_sshd(tmp_path / "sshd") as running:
        yield SshdPayer.of(running, tmp_path / "sshd")


@pytest.fixture
def site(tmp_path: Path, server: SshdPayer) -> TestSite:
    made = make_site(tmp_path / "site", {"alpha": server})  # type: ignore[dict-item]
    declare(made, "alpha", "", folders=server.folders)
    return made


def account(site: TestSite) -> Path:
    return site.root / "conf" / "partners" / "alpha_edi.toml"


def rotated(site: TestSite, *words: str) -> Result:
    return CliRunner().invoke(gateway, ["-c", str(site.config), "payer", "rotate", "alpha_edi", *words])


def logins(server: SshdPayer) -> int:
    return server.server.log().count("Connection from") - 1  # one is the test's own look at the port


def test_a_secret_that_works_is_used_from_then_on_and_the_old_one_kept(site: TestSite, server: SshdPayer) -> None:
    """One login; the account names the new one, nothing else of its file changes, and it can go back."""
    before = account(site).read_text()
    new = site.root / "secrets" / "alpha_new"
    shutil.copy(server.server.incoming.parent / "user_ecdsa", new)
    new.chmod(0o600)
    done = rotated(site, "--credential", "alpha_new")
    assert done.exit_code == 0, done.output
    assert logins(server) == 1
    assert account(site).read_text() == before.replace('credential = "alpha_edi"', 'credential = "alpha_new"')
    assert "--credential alpha_edi" in done.output
    run(site)
    assert site.ask("lanes")[0]["polled_at"]
    assert rotated(site, "--credential", "alpha_edi").exit_code == 0
    assert account(site).read_text() == before


def test_of_two_accounts_nobody_guesses_which_is_meant(site: TestSite, server: SshdPayer) -> None:
    """The secret of the wrong one would be new, and the other's would end on its day. Both are of one user here, so that
    the second is named: a refused login of either stops both."""
    twin = account(site).with_name("alpha_edi.test.toml")
    twin.write_text(account(site).read_text().replace('"production"', '"test"'))
    new = site.root / "secrets" / "alpha_new"
    shutil.copy(server.server.incoming.parent / "user_ecdsa", new)
    new.chmod(0o600)
    before = twin.read_text()
    for words in (("rotate", "alpha_edi", "--credential", "alpha_new"), ("trust", "alpha_edi"), ("test", "alpha_edi")):
        done = CliRunner().invoke(gateway, ["-c", str(site.config), "payer", *words])
        assert isinstance(done.exception, Refused)
        assert "--stage production" in done.exception.next_step
    assert logins(server) == 0
    done = rotated(site, "--credential", "alpha_new", "--stage", "production")
    assert done.exit_code == 0, done.output
    assert "Account alpha_edi/test logs in as the same user" in done.output
    assert 'credential = "alpha_new"' in account(site).read_text()
    assert twin.read_text() == before
    command = ["-c", str(site.config), "payer", "test", "alpha_edi", "--stage", "test", "--json"]
    assert json.loads(CliRunner().invoke(gateway, command).output)["lane"] == "alpha_edi/test"


def test_a_secret_that_does_not_work_changes_nothing_and_is_tried_once(site: TestSite, server: SshdPayer) -> None:
    """The lane goes on with the present one."""
    before = account(site).read_text()
    make_key(site.root / "secrets" / "alpha_new", "ed25519")
    done = rotated(site, "--credential", "alpha_new")
    assert isinstance(done.exception, Refused)
    assert done.exception.code == "LOGIN_REFUSED"
    assert "Nothing was changed" in done.output
    assert logins(server) == 1
    assert account(site).read_text() == before
    run(site)
    (lane,) = site.ask("lanes")
    assert (lane["state"], bool(lane["polled_at"])) == ("ACTIVE", True)


@pytest.mark.parametrize(
    ("pinned", "announced", "code"),
    [("ed25519", "made up", "HOST_KEY_NOT_YET"), ("made up", "made up", "HOST_KEY_OTHER"), ("made up", "ed25519", "")],
)
def test_an_announced_host_key_counts_only_when_the_server_shows_it(
    tmp_path: Path, site: TestSite, server: SshdPayer, pinned: str, announced: str, code: str
) -> None:
    """Neither the old one again nor a stranger's is taken for it."""
    keys = {"made up": make_key(tmp_path / "other", "ed25519"), "ed25519": server.host_key}
    text = account(site).read_text().replace(server.host_key, keys[pinned])
    text += f'\n[[next_host_keys]]\nkey = "{keys[announced]}"\nvalid_from = 2026-01-01\n'
    account(site).write_text(text.replace("endpoint = {port", "endpoint = {port"))
    before = account(site).read_text()
    done = rotated(site, "--next-key")
    if code:
        assert isinstance(done.exception, Refused)
        assert done.exception.code == code
        assert account(site).read_text() == before
    else:
        assert done.exit_code == 0, done.output
        assert f'"{keys["made up"]}", "{server.host_key}"' in account(site).read_text()


def test_the_day_of_a_change_is_kept_where_the_account_keeps_one() -> None:
    """So that the countdown of a password begins anew; an odd file is left to a person."""
    text = '# ours\ncredential = "old"   # since May\npassword_changed = 2026-05-01\nstage = "test"\n'
    new = with_credential(text, "new", date(2026, 11, 10))
    assert new == '# ours\ncredential = "new"\npassword_changed = 2026-11-10\nstage = "test"\n'
    with pytest.raises(Refused):
        with_credential('"credential" = "old"\n', "new", date(2026, 11, 10))


def test_a_password_that_runs_out_gets_its_day_and_without_one_the_doctor_asks(
    site: TestSite, server: SshdPayer
) -> None:
    """Else its end would come untold. A key has none, so it is left alone."""
    declare(site, "alpha", "habits=Habits(wire=Wire(password_days=60))", folders=server.folders)
    assert not asked(site)
    assert rotated(site, "--credential", "alpha_edi").exit_code == 0
    assert "password_changed" not in account(site).read_text()
    (site.root / "secrets" / "alpha_edi").write_text("a password\n")
    assert [one["what"] for one in asked(site)] == [
        "lane alpha_edi/production: a password lasts 60 days there, and nobody says since when ours does"
    ]
    text = 'user = "us"\ncredential = "old"\nstage = "test"\n'
    new = with_credential(text, "new", date(2026, 11, 10), dated=True)
    assert new == 'user = "us"\npassword_changed = 2026-11-10\ncredential = "new"\nstage = "test"\n'


def asked(site: TestSite) -> list[dict[str, str]]:
    return [one for one in site.ask("doctor") if "password" in one["what"]]


def test_rotating_to_a_password_begins_its_countdown(tmp_path: Path) -> None:
    """Where the partner says how long one lasts, though the account kept no day so far."""
    with PayerSimulator(tmp_path / "payer") as payer:
        site = make_site(tmp_path / "site", {"alpha": payer})
        declare(site, "alpha", "habits=Habits(wire=Wire(password_days=60))")
        new = site.root / "secrets" / "new"
        new.touch(mode=0o600)
        new.write_text(payer.password)
        done = rotated(site, "--credential", "new")
        assert done.exit_code == 0, done.output
    today = datetime.now(ZoneInfo("America/Chicago")).date()
    assert f"password_changed = {today}\n" in account(site).read_text()


@pytest.mark.parametrize(("days", "told"), [(15, 0), (14, 1), (0, 1), (-3, 1)])
def test_an_announced_host_key_is_told_before_its_day_and_until_it_is_pinned(
    site: TestSite, server: SshdPayer, days: int, told: int
) -> None:
    """In the status and by the doctor, with the command that takes it over."""
    clock = Clock()
    day = clock().astimezone(ZoneInfo("America/Chicago")).date() + timedelta(days=days)
    key = server.server.host_keys["ecdsa"]
    account(site).write_text(account(site).read_text() + f'\n[[next_host_keys]]\nkey = "{key}"\nvalid_from = {day}\n')
    assert len([one for one in order(site, clock, "status")["warnings"] if "host key" in one]) == told
    found = [one["next"] for one in order(site, clock, "doctor") if "host key" in one["what"]]
    assert len(found) == told
    assert all("gateway payer rotate alpha_edi --stage production --next-key" in step for step in found)


@pytest.mark.parametrize(("days", "state"), [(1, "SUSPENDED"), (0, "ACTIVE")])
def test_a_lane_goes_on_through_the_night_in_which_the_announced_key_comes(
    tmp_path: Path, site: TestSite, server: SshdPayer, days: int, state: str
) -> None:
    """Nobody has to be there: a person staged what the partner published. A day too early it is a stranger's key."""
    clock = Clock()
    day = clock().astimezone(ZoneInfo("America/Chicago")).date() + timedelta(days=days)
    text = account(site).read_text().replace(server.host_key, make_key(tmp_path / "old", "ed25519"))
    account(site).write_text(f'{text}\n[[next_host_keys]]\nkey = "{server.host_key}"\nvalid_from = {day}\n')
    run(site, clock)
    (lane,) = order(site, clock, "lanes")
    assert (lane["state"], bool(lane["polled_at"])) == (state, state == "ACTIVE")

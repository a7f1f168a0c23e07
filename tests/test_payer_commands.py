"""gateway payer show and trust, as people use them: against a real SSH server."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.partnership.prints import prints
from tests.commands import gateway
from tests.config.conftest import HOST_KEY, SiteFiles
from tests.servers import Sshd, make_key, require_sshd, running_sshd

ACCOUNT = "conf/partners/alpha_edi.toml"
DAY = (date.today() + timedelta(days=20)).isoformat()


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    require_sshd()
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, sshd: Sshd) -> SiteFiles:
    """A site whose partner is that server, with no key pinned as yet."""
    site = SiteFiles(tmp_path)
    site.change("plugins/alpha.toml", '"edi.alpha.example"', '"127.0.0.1"')
    site.change(ACCOUNT, f'host_keys = ["{HOST_KEY}"]', "host_keys = []  # ask Ann")
    site.change(ACCOUNT, 'stage = "production"', f'stage = "production"\nendpoint = {{port = {sshd.port}}}')
    return site


def on(site: SiteFiles, *words: str) -> str:
    """What a command says, well or badly."""
    done = gateway("-c", str(site.config), "payer", *words)
    return done.stdout + done.stderr


def pinned(site: SiteFiles) -> list[str]:
    found: list[str] = tomllib.loads((site.root / ACCOUNT).read_text())["host_keys"]
    return found


def test_trust_shows_every_fingerprint_and_writes_nothing(site: SiteFiles, sshd: Sshd) -> None:
    """Somebody has to compare."""
    said = on(site, "trust", "alpha_edi")
    for key in sshd.host_keys.values():
        assert all(print_ in said for print_ in (key, *prints(key).values()))
    assert "(pinned)" not in said
    assert pinned(site) == []


@pytest.mark.parametrize("name", ["SHA256", "SHA1", "MD5"])
def test_the_key_that_the_partner_published_is_pinned_when_a_person_says_so(
    site: SiteFiles, sshd: Sshd, name: str
) -> None:
    """In any form; the file's comments stay."""
    key = sshd.host_keys["ed25519"]
    said = on(site, "trust", "alpha_edi", "--fingerprint", prints(key)[name])
    assert "It matches, and can be pinned: add it to host_keys" in said
    assert pinned(site) == []
    assert "It matches, and stands now" in on(site, "trust", "alpha_edi", "--fingerprint", prints(key)[name], "--pin")
    assert pinned(site) == [key]
    assert "# ask Ann" in (site.root / ACCOUNT).read_text()
    again = on(site, "trust", "alpha_edi", "--fingerprint", prints(key)[name], "--pin")
    assert "(pinned)" in again
    assert "is pinned already" in again
    assert pinned(site) == [key]


def test_a_fingerprint_of_another_key_pins_nothing(site: SiteFiles) -> None:
    """That is what an attacker would look like."""
    before = (site.root / ACCOUNT).read_bytes()
    done = gateway("-c", str(site.config), "payer", "trust", "alpha_edi", "--pin", "--fingerprint",
                   prints(HOST_KEY)["SHA256"])  # fmt: skip
    assert done.returncode == 1
    assert "none of these keys has the fingerprint" in done.stderr
    assert "Do not trust it" in done.stderr
    assert (site.root / ACCOUNT).read_bytes() == before


def test_what_is_no_fingerprint_raises_no_alarm_and_is_shown_how_one_looks(site: SiteFiles) -> None:
    """Nobody stands between for a slip of the pen; nothing is dialled for it."""
    for typed in ("zzz", prints(HOST_KEY)["SHA256"][:-1]):
        done = gateway("-c", str(site.config), "payer", "trust", "alpha_edi", "--pin", "--fingerprint", typed)
        assert done.returncode == 1
        assert "this is no fingerprint, or not the whole of one" in done.stderr
        assert "it looks like SHA256:47DEQpj8HBSa" in done.stderr
        assert "stand between" not in done.stderr
        assert "presents" not in done.stdout
    assert pinned(site) == []


@pytest.mark.parametrize(
    "words", [("--pin",), ("--next",), ("--from", "2026-12-22"), ("--pin", "--next", "--from", "2026-12-22"),
              ("--next", "--from", "2026-12-22")],
)  # fmt: skip
def test_nothing_is_trusted_by_itself(site: SiteFiles, words: tuple[str, ...]) -> None:
    """Without what the partner published, there is nothing to compare with."""
    done = gateway("-c", str(site.config), "payer", "trust", "alpha_edi", *words)
    assert done.returncode == 2
    assert pinned(site) == []
    assert "next_host_keys" not in (site.root / ACCOUNT).read_text()


def test_an_announced_key_is_staged_with_its_day_without_dialling(site: SiteFiles, tmp_path: Path) -> None:
    """The server does not present it as yet; the file that the partner sent is enough, and its print is compared."""
    key = make_key(tmp_path / "announced", "ed25519")
    words = ("trust", "alpha_edi", "--key", str(tmp_path / "announced.pub"), "--next", "--from", DAY)
    assert "none of these keys" in on(site, *words, "--fingerprint", prints(HOST_KEY)["MD5"])
    assert "stands now" in on(site, *words, "--fingerprint", prints(key)["MD5"])
    account = site.load()[2].lanes["alpha_edi/production"].account
    assert [(found, str(day)) for found, day in account.next_host_keys] == [(key, DAY)]
    assert account.host_keys == ()
    assert f"announced already, for {DAY}" in on(site, *words)


def test_an_announced_key_is_for_a_day_to_come_and_a_match_is_told_only_where_one_was_made(
    site: SiteFiles, tmp_path: Path
) -> None:
    """A wrong year would have it trusted at once."""
    make_key(tmp_path / "announced", "ed25519")
    words = ("trust", "alpha_edi", "--key", str(tmp_path / "announced.pub"), "--next", "--from")
    today = datetime.now(ZoneInfo(site.load()[0].site.time_zone)).date()
    assert "is no day to come" in on(site, *words, today.isoformat())
    assert "next_host_keys" not in (site.root / ACCOUNT).read_text()
    said = on(site, *words, DAY)
    assert "Nothing was compared with a fingerprint; it stands now" in said
    assert "It matches" not in said


def test_show_says_a_partner_back_without_anything_secret(site: SiteFiles) -> None:
    """The declaration, our account, and the next name."""
    said = on(site, "show", "alpha_edi")
    for words in ("Partner alpha_edi, declared by alpha.toml", "Production account", "We log in as cffm01",
                  "837P (005010X222A1)", "_000000001.837", "No host key is pinned"):  # fmt: skip
        assert words in said
    assert on(site, "show", "alpha").count("First by ALPHA HEALTH PLAN (alpha_edi), as 77001") == 1


def test_show_says_the_same_to_programs(site: SiteFiles) -> None:
    """With the declaration itself beside the words."""
    (found,) = json.loads(on(site, "show", "alpha_edi", "--json"))
    assert found["declaration"]["expects"]["999"]["sends"] == "always"
    assert found["lanes"][0]["example_name"].startswith("CFFM01_")
    assert {topic["heading"] for topic in found["says"]} >= {"Who", "Names", "Answers", "Production account"}


def test_show_knows_what_it_does_not_know(site: SiteFiles) -> None:
    """And says what there is."""
    assert "Payers are alpha; partners are alpha_edi." in on(site, "show", "alfa")

"""OpenPGP with GnuPG at the other end, which is what payers mostly have: each opens what the other wrapped."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

import pysequoia
import pytest

from gateway.errors import Malformed, Refused
from gateway.wrapping import pgp_wrapping
from gateway.wrapping.pgp import Pgp, new_pgp_key
from tests.test_wrapping import Held, joined

pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="GnuPG is not installed")

CLAIMS, ANSWER = [b"ISA*00*" * 1000, b"IEA~"], b"TA1*" * 5000
JANUARY, FEBRUARY = datetime(2020, 1, 15, tzinfo=UTC), datetime(2020, 2, 2, tzinfo=UTC)
OURS, OUR_KEY = new_pgp_key("practice")


class GnuPG:
    """A payer's keyring, with a key of its own and ours."""

    def __init__(self, home: Path) -> None:
        (home / "gpg-agent.conf").write_text("s2k-count 65536\n")  # else it measures how slow it may be
        self._environment = os.environ | {"GNUPGHOME": str(home)}
        self.run("--import", given=OUR_KEY)

    def run(self, *words: str, given: bytes = b"", passphrase: str = "") -> subprocess.CompletedProcess[bytes]:
        quiet = ("gpg", "--batch", "--yes", "--trust-model", "always", "--pinentry-mode", "loopback")
        return subprocess.run(
            [*quiet, "--passphrase", passphrase, *words],
            input=given,
            capture_output=True,
            env=self._environment,
            check=True,
        )

    def key(self, name: str, algorithm: str, until: str = "never", *how: str, passphrase: str = "") -> str:
        """Makes a key; the public one in its armor."""
        self.run(*how, "--quick-gen-key", name, algorithm, "default", until, passphrase=passphrase)
        if algorithm.startswith("rsa"):
            listed = self.run("--list-keys", "--with-colons", name).stdout.decode().splitlines()
            made = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
            self.run("--quick-add-key", made, algorithm, "encr", until)
        return self.run("--armor", "--export", name).stdout.decode()


@pytest.fixture(scope="module")
def payer() -> Iterator[GnuPG]:
    home = tempfile.mkdtemp(prefix="gpg-", dir="/tmp")  # the agent's socket allows no long path
    yield GnuPG(Path(home))
    subprocess.run(["gpgconf", "--kill", "all"], env=os.environ | {"GNUPGHOME": home}, check=False)
    shutil.rmtree(home, ignore_errors=True)


def wrapping(recipient: str, secret: bytes = OURS) -> Pgp:
    options = {"recipient": recipient, "sign_with": "ours", "open_with": "ours"}
    return pgp_wrapping(options, lambda name: Held(secret))


@pytest.mark.parametrize("algorithm", ["rsa2048", "future-default"])
def test_gnupg_opens_what_we_wrap_and_knows_who_signed_it(payer: GnuPG, algorithm: str) -> None:
    wrapped = joined(wrapping(payer.key(f"payer {algorithm}", algorithm)).wrap(CLAIMS, "a.837"))
    opened = payer.run("--status-fd", "2", "--decrypt", given=wrapped)
    assert opened.stdout == b"".join(CLAIMS)
    assert b"GOODSIG" in opened.stderr
    assert b"practice" in opened.stderr


@pytest.mark.parametrize(
    "how",
    [
        ("-r", "practice"),
        ("-R", "practice"),
        ("-r", "practice", "--armor"),
        ("-r", "practice", "--compress-algo", "zip"),
    ],
    ids=["plain", "hidden recipient", "armored", "compressed"],
)
def test_we_open_what_gnupg_wraps(payer: GnuPG, how: tuple[str, ...]) -> None:
    wrapped = payer.run("--encrypt", *how, given=ANSWER).stdout
    ours = wrapping(OUR_KEY.decode())
    assert ours.opens(wrapped[:100])
    assert joined(ours.unwrap([wrapped])) == ANSWER


def test_a_message_of_gnupg_that_was_changed_on_the_way_is_told(payer: GnuPG) -> None:
    wrapped = bytearray(payer.run("--encrypt", "-r", "practice", given=ANSWER).stdout)
    wrapped[-30] ^= 1
    with pytest.raises(Malformed, match="cannot be opened"):
        joined(wrapping(OUR_KEY.decode()).unwrap([bytes(wrapped)]))


def test_nothing_is_wrapped_to_a_key_that_expired(payer: GnuPG) -> None:
    """Nor does GnuPG; and until that day it is."""
    made = payer.key("lapsed", "future-default", "2020-02-01", "--faked-system-time", "20200101T120000!")
    library, key = import_module("pysequoia"), pysequoia.Cert.from_bytes(made.encode())
    days = [Pgp(library, key, None, None, armor=False, clock=lambda day=day: day) for day in (JANUARY, FEBRUARY)]
    assert days[0].ends == date(2020, 2, 1)
    assert joined(days[0].wrap(CLAIMS, "a.837"))
    with pytest.raises(Refused, match="expired on 2020-02-01"):
        joined(days[1].wrap(CLAIMS, "a.837"))


def test_nothing_is_wrapped_to_a_key_that_was_revoked() -> None:
    key = pysequoia.Tsk.generate("gone <gone@example.invalid>")
    public = key.extract_certificate()
    revoked = pysequoia.Cert.from_bytes(bytes(public) + bytes(public.revoke(key.certifier())))
    with pytest.raises(Refused, match="revoked"):
        joined(wrapping(str(revoked)).wrap(CLAIMS, "a.837"))


def test_a_secret_key_with_a_passphrase_is_told_before_anything_is_sent(payer: GnuPG) -> None:
    """GnuPG exports it so unless it is asked not to."""
    payer.key("protected", "future-default", passphrase="fictional")
    secret = payer.run("--armor", "--export-secret-keys", "protected", passphrase="fictional").stdout
    with pytest.raises(Refused, match="sign_with names cannot be used: it has a passphrase"):
        wrapping(OUR_KEY.decode(), secret)

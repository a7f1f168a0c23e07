"""Fingerprints, in every form in which partners publish them."""

from __future__ import annotations

import subprocess
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.partnership.prints import EXAMPLES, is_one, matching, prints
from tests.servers import KEY_TYPES, make_key, require_sshd

KEYS = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFK",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFL",
)
FORMS = [
    lambda print_: print_,
    lambda print_: print_.split(":", 1)[1],
    lambda print_: f"  {print_}  ",
    lambda print_: print_ + "=" if print_.startswith("SHA") else print_.upper(),
    lambda print_: print_.replace("SHA", "SHA-").replace(":", ": ", 1) if print_.startswith("SHA") else print_,
]


@pytest.mark.parametrize("kind", KEY_TYPES)
def test_fingerprints_are_the_ones_that_openssh_prints(tmp_path: Path, kind: str) -> None:
    """Of every type of key, in all three digests."""
    require_sshd()
    key = make_key(tmp_path / "key", kind)
    for name, print_ in prints(key).items():
        shown = subprocess.run(["ssh-keygen", "-l", "-E", name.lower(), "-f", str(tmp_path / "key.pub")],
                               capture_output=True, text=True, check=True)  # fmt: skip
        assert print_ in shown.stdout.split()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["SHA256", "SHA1", "MD5"])
def test_a_fingerprint_is_known_however_it_is_written(name: str, form: object) -> None:
    """With or without its name, colons, blanks, and padding."""
    for key in KEYS:
        assert callable(form)
        assert matching(form(prints(key)[name]), KEYS) == [key]


@pytest.mark.parametrize("name", ["SHA256", "SHA1", "MD5"])
def test_a_fingerprint_is_known_in_the_line_that_openssh_prints(name: str) -> None:
    """As partners copy it: the bits before it, a comment and the type behind it."""
    for key in KEYS:
        assert matching(f"256 {prints(key)[name]} sftp.partner.example (ED25519)", KEYS) == [key]
        assert matching(f"ssh-ed25519 256 {prints(key)[name]}", KEYS) == [key]


def test_a_fingerprint_in_hex_is_known_of_every_digest() -> None:
    """As some portals show SHA256."""
    plain = sha256(b64decode(KEYS[0].split()[1])).hexdigest()
    spaced = " ".join(plain[at : at + 2] for at in range(0, len(plain), 2)).upper()
    assert matching(plain, KEYS) == matching(spaced, KEYS) == matching(f"SHA256:{plain}", KEYS) == [KEYS[0]]


def test_a_whole_key_is_known_with_or_without_a_comment() -> None:
    """What a partner sends may end in anything."""
    assert matching(f"{KEYS[0]} sftp@partner", KEYS) == [KEYS[0]]


@given(st.text(max_size=80))
def test_nothing_else_is_ever_taken_for_a_fingerprint(said: str) -> None:
    """Least of all nothing, or a part of one."""
    assert matching(said, KEYS) == []


@pytest.mark.parametrize("name", ["SHA256", "SHA1", "MD5"])
def test_a_part_of_a_fingerprint_is_none(name: str) -> None:
    """Nor is one in which letters changed their case, where case counts."""
    whole = prints(KEYS[0])[name]
    assert matching(whole[:-1], KEYS) == matching(whole[len(name) + 3 :], KEYS) == []
    if name != "MD5":
        assert matching(whole.swapcase(), KEYS) == []


@pytest.mark.parametrize("name", ["SHA256", "SHA1", "MD5"])
def test_a_fingerprint_of_any_key_is_one_however_it_is_written(name: str) -> None:
    """Else the alarm for a key that is not the partner's would not be raised."""
    whole = prints(KEYS[0])[name]
    lines = (f"256 {whole} sftp.partner.example (ED25519)", f"ssh-ed25519 256 {whole}", f"{KEYS[0]} sftp@partner")
    assert all(is_one(text) for text in (*lines, *[form(whole) for form in FORMS], *EXAMPLES))
    plain = sha256(b64decode(KEYS[0].split()[1])).hexdigest()
    assert is_one(" ".join(plain[at : at + 2] for at in range(0, len(plain), 2)).upper())


@pytest.mark.parametrize(
    "said", ["zzz", "SHA256:", "SHA256:zzz", "ssh-ed25519", "ask Ann", *[text[:-1] for text in EXAMPLES]]
)
def test_what_is_no_whole_fingerprint_is_none(said: str) -> None:
    """It says nothing of any key."""
    assert not is_one(said)

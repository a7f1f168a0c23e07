"""Files in a wrapping: what goes in comes out, and keys that will not do stop nothing but their lane."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pysequoia
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Malformed, Refused
from gateway.wrapping import pgp_wrapping, zip_wrapping


class Held:
    """A secret in memory."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def reveal(self) -> bytes:
        return self._secret


def nobody(name: str) -> Held:
    raise AssertionError(f"nobody asked for {name}")


PARTNER, OURS, OTHER = (pysequoia.Tsk.generate(f"{name} <{name}@example.invalid>") for name in ("them", "us", "other"))


def armored(key: pysequoia.Tsk) -> str:
    return str(key.extract_certificate())


def joined(blocks: Iterable[bytes]) -> bytes:
    return b"".join(blocks)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_an_archive_holds_the_file_under_the_name_the_partner_wants(blocks: list[bytes]) -> None:
    """And the same bytes make the same archive."""
    zipped = zip_wrapping({"member": "{stem}.CLM"}, nobody)
    archive = joined(zipped.wrap(blocks, "PGAP0001.ZIP"))
    assert archive == joined(zipped.wrap(blocks, "PGAP0001.ZIP"))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.namelist() == ["PGAP0001.CLM"]
        assert opened.read("PGAP0001.CLM") == b"".join(blocks)


def test_other_programs_open_the_archive(tmp_path: Path) -> None:
    """It is written straight on, with the sizes behind the bytes, which not every reader understands."""
    path = tmp_path / "a.zip"
    path.write_bytes(joined(zip_wrapping({}, nobody).wrap([b"ISA*00~" * 10_000], "a.zip")))
    listing = subprocess.run(["python3", "-m", "zipfile", "-t", str(path)], capture_output=True, text=True, check=True)
    assert "Done" in listing.stdout
    assert path.stat().st_size < 2000


@pytest.mark.parametrize("options", [{"member": "../{stem}"}, {"member": ""}, {"member": "{name}"}, {"level": "9"}])
def test_options_of_an_archive_that_will_not_do_are_refused(options: dict[str, str]) -> None:
    """With what would be right."""
    with pytest.raises(Refused) as refused:
        zip_wrapping(options, nobody)
    assert "{stem}.837" in refused.value.message


@pytest.mark.parametrize("armor", ["yes", "no"])
def test_a_message_is_for_the_partner_alone_and_signed_by_us(armor: str) -> None:
    """Their key opens it, ours does not, and they can tell that it is from us."""
    options = {"recipient": armored(PARTNER), "sign_with": "our_key", "armor": armor}
    wrapped = joined(pgp_wrapping(options, lambda name: Held(bytes(OURS))).wrap([b"ISA*", b"IEA~"], "a.pgp"))
    assert wrapped.startswith(b"-----BEGIN PGP MESSAGE-----") is (armor == "yes")
    opened = pysequoia.decrypt(wrapped, PARTNER.decryptor(), lambda ids: [OURS.extract_certificate()])
    assert opened.bytes == b"ISA*IEA~"
    assert [str(sig.certificate).upper() for sig in opened.valid_sigs] == [
        OURS.extract_certificate().fingerprint.upper()
    ]
    with pytest.raises(Exception, match=r"."):
        pysequoia.decrypt(wrapped, OTHER.decryptor())


def test_what_the_partner_encrypts_to_us_is_opened() -> None:
    """Recognised by how it begins, armored or not; anything else is none of it."""
    wrapping = pgp_wrapping({"open_with": "our_key"}, lambda name: Held(bytes(OURS)))
    for armor in (True, False):
        sent = pysequoia.encrypt(b"ISA*", [OURS.extract_certificate()], None, armor=armor)
        assert wrapping.opens(sent[:64])
        assert joined(wrapping.unwrap([sent[:10], sent[10:]])) == b"ISA*"
    assert not any(wrapping.opens(head) for head in (b"", b"ISA*00*", b"PK\x03\x04", b"%PDF-1.7", b"Dear customer"))


def test_a_message_for_somebody_else_or_a_changed_one_is_told() -> None:
    """Nothing of it is believed."""
    wrapping = pgp_wrapping({"open_with": "our_key"}, lambda name: Held(bytes(OURS)))
    stranger = pysequoia.encrypt(b"ISA*", [OTHER.extract_certificate()], None, armor=False)
    changed = bytearray(pysequoia.encrypt(b"ISA*" * 50, [OURS.extract_certificate()], None, armor=False))
    changed[-30] ^= 1
    for broken in (stranger, bytes(changed), b"\x85garbage"):
        with pytest.raises(Malformed) as caught:
            joined(wrapping.unwrap([broken]))
        assert caught.value.code == "PGP_UNREADABLE"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "needs `recipient`"),
        ({"recipient": "no key"}, "option recipient is no key"),
        ({"recipient": armored(PARTNER), "sign_with": "bad"}, "option sign_with names is no secret key"),
        ({"recipient": armored(PARTNER), "cipher": "x"}, "no option cipher"),
    ],
)
def test_keys_that_will_not_do_are_refused_without_a_word_of_the_secret(options: dict[str, str], says: str) -> None:
    """A person corrects the declaration."""
    with pytest.raises(Refused) as refused:
        pgp_wrapping(options, lambda name: Held(b"SECRET WORDS"))
    assert says in refused.value.message
    assert "SECRET" not in str(refused.value)

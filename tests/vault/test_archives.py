"""Archives: unpacked within limits, whole or not at all, and never onto the disk."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.vault import Vault, unpacked
from gateway.vault.archives import ArchiveLimits
from tests.mailboxes import zipped

FILES = {"a.txt": b"A" * 300_000, "b/c.txt": b"", "d.txt": bytes(range(256)) * 1000}


def opened(vault: Vault, archive: bytes, kind: str = "zip", limits: ArchiveLimits | None = None) -> dict[str, bytes]:
    name = vault.seal([archive]).name
    return {name: b"".join(blocks) for name, blocks in unpacked(vault, name, kind, limits)}


def code(vault: Vault, archive: bytes, kind: str = "zip", limits: ArchiveLimits | None = None) -> str:
    with pytest.raises(Malformed) as wrong:
        opened(vault, archive, kind, limits)
    return wrong.value.code


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_member_comes_out_as_it_went_in(vault: Vault, method: int) -> None:
    assert opened(vault, zipped(FILES, method)) == FILES
    assert opened(vault, zipped({})) == {}


def test_gzip_is_one_document_however_many_pieces_it_has(vault: Vault) -> None:
    noise = random.Random(1).randbytes(700_000)
    assert opened(vault, gzip.compress(noise) + gzip.compress(b"end") + bytes(40), "gzip") == {"": noise + b"end"}


def test_names_are_data(vault: Vault) -> None:
    """Whatever they say, nothing is written under them."""
    names = {"../../x": b"1", "/etc/y": b"2", "C:\\z": b"3", "a\x1b[2J": b"4"}
    assert list(opened(vault, zipped(names)).values()) == [b"1", b"2", b"3", b"4"]


def test_an_encrypted_archive_is_refused(vault: Vault) -> None:
    """By its flag: nobody here has the password."""
    archive = bytearray(zipped({"a.txt": b"secret"}))
    archive[6] |= 1
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    assert code(vault, bytes(archive)) == "ARCHIVE_ENCRYPTED"


def test_other_ways_of_packing_are_refused(vault: Vault) -> None:
    """LZMA may ask for gigabytes of memory."""
    assert code(vault, zipped(FILES, zipfile.ZIP_LZMA)) == "ARCHIVE_METHOD"
    assert code(vault, zipped(FILES, zipfile.ZIP_BZIP2)) == "ARCHIVE_METHOD"


def test_bombs_go_off_early(vault: Vault) -> None:
    """By the bytes that come, whatever the archive says of their number; one that overlaps itself counts as often as it
    is unpacked."""
    bomb = zipped({"zeros": bytes(50_000_000)})
    assert code(vault, bomb) == "ARCHIVE_TOO_LARGE"
    lying = bomb.replace(struct.pack("<I", 50_000_000), struct.pack("<I", 500))
    assert code(vault, lying) in ("ARCHIVE_TOO_LARGE", "ARCHIVE_DAMAGED")
    assert code(vault, gzip.compress(bytes(50_000_000)), "gzip") == "ARCHIVE_TOO_LARGE"
    assert code(vault, zipped({"a": random.Random(1).randbytes(3_000_000)}), limits=ArchiveLimits(total=2_000_000)) == (
        "ARCHIVE_TOO_LARGE"
    )
    assert code(vault, zipped({f"{n}": b"" for n in range(1001)})) == "ARCHIVE_TOO_LARGE"


def test_a_directory_that_would_fill_the_memory_is_not_read(vault: Vault) -> None:
    """Before anything of it is unpacked."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(30_000):
            archive.writestr(zipfile.ZipInfo(f"{number:060}"), b"")
    assert code(vault, held.getvalue()) == "ARCHIVE_TOO_LARGE"


@pytest.mark.parametrize("kind", ["zip", "gzip"])
def test_an_archive_without_its_end_may_still_be_growing(vault: Vault, kind: str) -> None:
    whole = zipped(FILES) if kind == "zip" else gzip.compress(FILES["d.txt"])
    assert code(vault, whole[: len(whole) // 2], kind) == "ARCHIVE_CUT"


def test_a_changed_byte_is_noticed(vault: Vault) -> None:
    archive = zipped({"a.txt": b"A" * 1000}, zipfile.ZIP_STORED).replace(b"A" * 9, b"B" * 9, 1)
    assert code(vault, archive) == "ARCHIVE_DAMAGED"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255), st.sampled_from(["zip", "gzip"]))
def test_no_nonsense_breaks_anything(vault: Vault, at: int, change: int, kind: str) -> None:
    """Any byte may be any other: either everything is as it was, or it is refused with a code."""
    files = {"a.txt": b"claims " * 40, "b.txt": b"more"}
    archive = bytearray(zipped(files) if kind == "zip" else gzip.compress(files["a.txt"]))
    archive[at % len(archive)] ^= change
    codes = []
    try:
        opened(vault, bytes(archive), kind)
    except Malformed as wrong:
        codes.append(wrong.code)
    assert all(each.startswith("ARCHIVE_") for each in codes)


def test_nothing_of_it_lies_on_disk_in_the_clear(vault: Vault, tmp_path: Path) -> None:
    name = vault.seal([zipped({"a.txt": b"Ada Sample " * 9000})]).name
    for _, blocks in unpacked(vault, name, "zip"):
        vault.seal(blocks)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"Ada Sample" in path.read_bytes()]

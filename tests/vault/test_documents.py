"""The vault on a real disk: durable before it counts, found whole or not at all."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import GatewayError, Malformed, Refused
from gateway.model.x12 import Span
from gateway.vault import Keyring, RootKey, Vault
from gateway.vault.sealing import CHUNK
from tests.vault.disk import killed_before_step, noted_steps

CLAIM = b"CLM*26A0001*125***11:B:1*Y*A*Y*Y~DTP*431*D8*20260301~"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def rewrite(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def test_a_document_is_named_by_a_keyed_hash_and_described(vault: Vault, keyring: Keyring) -> None:
    """The name confirms no guess; the plain digest and the size go to the database."""
    content = CLAIM * 3000
    sealed = vault.seal([content[:7], b"", content[7:]])
    assert sealed.name == hmac.digest(keyring.key("idx").secret, content, "sha256").hex()
    assert sealed.sha256 == hashlib.sha256(content).digest()
    assert (sealed.size, sealed.kid) == (len(content), keyring.key("doc").kid)
    assert b"".join(vault.open(sealed.name)) == content
    assert vault.verify(sealed.name) == sealed
    assert vault.names() == [sealed.name]


def test_a_sealed_file_is_read_only_in_a_folder_of_ours_alone(vault: Vault, tmp_path: Path) -> None:
    """0400 in 0700 under the first two digits of its name, and nothing beside it."""
    name = vault.seal([CLAIM]).name
    assert files(tmp_path / "vault") == [tmp_path / "vault" / name[:2] / name] == [vault.path(name)]
    assert stat.S_IMODE(vault.path(name).stat().st_mode) == 0o400
    assert vault.path(name).stat().st_nlink == 1
    assert stat.S_IMODE(vault.path(name).parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "vault").stat().st_mode) == 0o700


def test_the_same_content_is_kept_once(vault: Vault) -> None:
    """Sealing again gives the same answer and does not touch the file."""
    first = vault.seal([CLAIM])
    before = vault.path(first.name).stat()
    assert vault.seal([CLAIM]) == first
    after = vault.path(first.name).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(vault.names()) == 1


def test_the_same_content_makes_a_damaged_document_whole_again(vault: Vault) -> None:
    """Keeping the damaged copy would lose what was just handed in."""
    sealed = vault.seal([CLAIM])
    rewrite(vault.path(sealed.name), vault.path(sealed.name).read_bytes()[:-1])
    assert vault.seal([CLAIM]).name == sealed.name
    assert b"".join(vault.open(sealed.name)) == CLAIM


def test_a_document_sealed_under_a_retired_key_is_still_read(vault: Vault, keyring: Keyring, root: RootKey) -> None:
    """After a rotation the old key reads, the new one seals, and sealing the same again names the old key."""
    old = vault.seal([CLAIM])
    keyring.rotate("doc", root)
    new = vault.seal([CLAIM, CLAIM])
    assert new.kid == keyring.key("doc").kid != old.kid
    assert b"".join(vault.open(old.name)) == CLAIM
    assert vault.seal([CLAIM]) == old


def test_many_threads_seal_at_once(vault: Vault) -> None:
    """Also the same content, where one of them is first and all get the same answer."""
    contents = [CLAIM * (number % 5 + 1) for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(lambda content: vault.seal([content]), contents))
    assert len({document.name for document in sealed}) == len(vault.names()) == 5
    assert [b"".join(vault.open(document.name)) for document in sealed] == contents


def test_a_source_that_fails_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    """Its error passes through, and no half document lies anywhere."""

    def blocks() -> Iterator[bytes]:
        yield CLAIM * 5000
        raise Refused("the file changed", code="FILE_CHANGED")

    with pytest.raises(Refused, match="changed"):
        vault.seal(blocks())
    assert files(tmp_path / "vault") == []


def test_memory_stays_flat(vault: Vault) -> None:
    """A document of 32 MB is sealed and read in a few chunks of memory."""
    block = CLAIM * 4000
    tracemalloc.start()
    try:
        sealed = vault.seal(block for _ in range(32 * 1024 * 1024 // len(block)))
        assert sum(len(piece) for piece in vault.open(sealed.name)) == sealed.size
        assert tracemalloc.get_traced_memory()[1] < 2 * 1024 * 1024
    finally:
        tracemalloc.stop()


CONTENT = os.urandom(CHUNK) + CLAIM * 4000 + os.urandom(1000)


@given(st.lists(st.tuples(st.integers(0, len(CONTENT)), st.integers(0, len(CONTENT))), min_size=1, max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_a_span_is_a_slice(vault: Vault, ends: list[tuple[int, int]]) -> None:
    """Any span in any order, over chunk borders, empty ones too."""
    with vault.reader(vault.seal([CONTENT]).name) as document:
        assert document.size == len(CONTENT)
        for pair in ends:
            span = Span(min(pair), max(pair))
            assert document.read(span) == CONTENT[span.start : span.end]


@pytest.mark.parametrize("span", [Span(0, len(CLAIM) + 1), Span(-1, 2), Span(3, 2), Span(CHUNK, CHUNK + 1)])
def test_a_span_outside_the_document_is_an_error(vault: Vault, span: Span) -> None:
    """Nothing shorter than what was asked for is ever given."""
    with vault.reader(vault.seal([CLAIM]).name) as document, pytest.raises(Malformed) as caught:
        document.read(span)
    assert caught.value.code == "VAULT_SPAN"


def test_a_span_reads_whole_though_another_chunk_is_damaged(vault: Vault) -> None:
    """Only what a span touches is decrypted; what is damaged is refused when it is touched."""
    name = vault.seal([CONTENT]).name
    sealed = bytearray(vault.path(name).read_bytes())
    sealed[1000] ^= 1
    rewrite(vault.path(name), bytes(sealed))
    with vault.reader(name) as document:
        assert document.read(Span(CHUNK, CHUNK + 10)) == CONTENT[CHUNK : CHUNK + 10]
        with pytest.raises(Malformed) as caught:
            document.read(Span(CHUNK - 1, CHUNK + 1))
        assert (caught.value.code, caught.value.place) == ("VAULT_DAMAGED", "chunk 0")


def exchange(vault: Vault, name: str) -> None:
    other = vault.path(vault.seal([b"another document"]).name)
    rewrite(vault.path(name), other.read_bytes())


def link(vault: Vault, name: str) -> None:
    path = vault.path(name)
    path.rename(path.with_suffix(".aside"))
    path.symlink_to(path.with_suffix(".aside"))


def pipe(vault: Vault, name: str) -> None:
    vault.path(name).unlink()
    os.mkfifo(vault.path(name))


def folder(vault: Vault, name: str) -> None:
    vault.path(name).unlink()
    vault.path(name).mkdir()


def cut(vault: Vault, name: str) -> None:
    rewrite(vault.path(name), vault.path(name).read_bytes()[:-1])


def empty(vault: Vault, name: str) -> None:
    rewrite(vault.path(name), b"")


def remove(vault: Vault, name: str) -> None:
    vault.path(name).unlink()


def seal_with_unknown_key(vault: Vault, name: str) -> None:
    sealed = vault.path(name).read_bytes()
    rewrite(vault.path(name), sealed[:7] + b"ffffffff" + sealed[15:])


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (exchange, "VAULT_DAMAGED"),
        (link, "VAULT_DAMAGED"),
        (pipe, "VAULT_DAMAGED"),
        (folder, "VAULT_DAMAGED"),
        (cut, "VAULT_DAMAGED"),
        (empty, "VAULT_DAMAGED"),
        (remove, "VAULT_MISSING"),
        (seal_with_unknown_key, "KEY_UNKNOWN"),
    ],
)
def test_harm_is_found_in_every_way_of_reading(vault: Vault, harm: Callable[[Vault, str], None], code: str) -> None:
    """Before the first byte is given, by open, verify and reader alike, with a next step."""
    name = vault.seal([CLAIM]).name
    harm(vault, name)

    def opened() -> object:
        return next(vault.open(name))

    def entered() -> object:
        with vault.reader(name) as document:
            return document

    for way in (opened, entered, lambda: vault.verify(name)):
        with pytest.raises(GatewayError) as caught:
            way()
        assert caught.value.code == code
        assert caught.value.next_step
        assert code == "KEY_UNKNOWN" or name in caught.value.message


def test_a_key_of_another_purpose_opens_no_document(vault: Vault, keyring: Keyring) -> None:
    """A header that names one is not tried with it."""
    name = vault.seal([CLAIM]).name
    sealed = vault.path(name).read_bytes()
    rewrite(vault.path(name), sealed[:7] + keyring.key("audit").kid.encode() + sealed[15:])
    with pytest.raises(Refused) as caught:
        vault.verify(name)
    assert caught.value.code == "KEY_UNKNOWN"


@pytest.mark.parametrize("name", ["", "..", "../keyring.json", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 64 + "/.."])
def test_what_is_no_document_s_name_leads_nowhere(vault: Vault, name: str) -> None:
    """No text leads out of the vault, and the error does not repeat it."""
    with pytest.raises(Refused) as caught:
        next(vault.open(name))
    assert caught.value.code == "VAULT_NAME"
    assert not name or name not in caught.value.message


def test_another_site_s_keyring_opens_nothing(vault: Vault, tmp_path: Path, root: RootKey) -> None:
    """Documents and keyring belong together."""
    name = vault.seal([CLAIM]).name
    stranger = Vault(tmp_path / "vault", Keyring.create(tmp_path / "other.json", root))
    with pytest.raises(Refused) as caught:
        stranger.verify(name)
    assert caught.value.code == "KEY_UNKNOWN"


def test_sweeping_removes_drafts_and_nothing_else(vault: Vault, tmp_path: Path) -> None:
    """A draft that was killed while it was written, and one killed after it had been given its name."""
    name = vault.seal([CLAIM]).name
    (tmp_path / "vault" / ".tmp.0123").write_bytes(b"GWV1 and no more")
    os.link(vault.path(name), tmp_path / "vault" / ".tmp.4567")
    assert vault.names() == [name]
    assert vault.sweep() == 2
    assert files(tmp_path / "vault") == [vault.path(name)]
    assert b"".join(vault.open(name)) == CLAIM
    assert vault.sweep() == 0


def test_content_is_durable_before_its_name_and_its_name_before_the_answer(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is synced, then linked, then its folder and the folder above, and only then the draft goes; a second
    sealing syncs the folders again, since nobody knows whether the first one lived to do so."""
    seen = noted_steps(tmp_path / "vault", monkeypatch)
    name = vault.seal([CLAIM]).name
    expected = ["sync .tmp.", f"link {name}", f"sync {name[:2]}", "sync .", "unlink .tmp."]
    assert seen == expected
    seen.clear()
    vault.seal([CLAIM])
    assert seen == expected


def test_a_kill_between_any_two_steps_leaves_nothing_or_the_whole_document(tmp_path: Path, keyring: Keyring) -> None:
    """Killed before every single step in turn: after the sweep there is no document or a whole one, and sealing
    again ends well."""
    content = CLAIM * 3000
    outcomes = []
    number = 1
    while True:
        vault = Vault(tmp_path / f"vault{number}", keyring)
        killed = killed_before_step(number, lambda vault=vault: vault.seal([content]))  # type: ignore[misc]
        vault.sweep()
        names = vault.names()
        assert len(files(tmp_path / f"vault{number}")) == len(names)
        assert [b"".join(vault.open(name)) for name in names] == [content] * len(names)
        assert b"".join(vault.open(vault.seal([content]).name)) == content
        assert len(vault.names()) == 1
        outcomes.append(len(names))
        if not killed:
            break
        number += 1
    assert outcomes == sorted(outcomes)
    assert outcomes[0] == 0
    assert outcomes[-1] == 1
    assert len(outcomes) > 8


def test_a_failing_disk_leaves_nothing_that_counts(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of a full disk passes through, the draft is gone, and the next try succeeds."""

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        vault.seal([CLAIM])
    monkeypatch.undo()
    assert files(tmp_path / "vault") == []
    assert b"".join(vault.open(vault.seal([CLAIM]).name)) == CLAIM

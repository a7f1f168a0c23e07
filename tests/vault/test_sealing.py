"""The sealed form: whatever was done to it, what is read is what was sealed or an error."""

from __future__ import annotations

import os
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.vault.sealing import CHUNK, Opener, Sealer, chunks_of

KID, SECRET, NAME = "0a1b2c3d", b"s" * 32, "ab" * 32
HEADER = 48
SIZES = [0, 1, 65535, 65536, 65537, 131072]


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def text(size: int) -> bytes:
    return (b"SV1*HC:99213*125*UN*1*11**1~DTP*472*D8*20260301~" * (size // 48 + 1))[:size]


def seal(content: bytes, name: str = NAME, salt: bytes = b"") -> bytes:
    sealer = Sealer(KID, SECRET, salt or os.urandom(32))
    pieces = [sealer.header]
    pieces += [sealer.last_chunk(plain, name) if last else sealer.chunk(plain) for plain, last in chunks_of([content])]
    return b"".join(pieces)


def opener(sealed: bytes, name: str = NAME, secret: bytes = SECRET) -> Opener:
    return Opener(lambda offset, length: sealed[offset : offset + length], len(sealed), name, lambda kid: secret)


def read(sealed: bytes, name: str = NAME, secret: bytes = SECRET) -> bytes:
    opened = opener(sealed, name, secret)
    content = b"".join(opened.chunk(number) for number in range(opened.chunks))
    assert len(content) == opened.size
    return content


def parts(sealed: bytes) -> list[bytes]:
    """The header and then each chunk with its length."""
    found, at = [sealed[:HEADER]], HEADER
    while at < len(sealed):
        end = at + 4 + int.from_bytes(sealed[at : at + 4], "big")
        found.append(sealed[at:end])
        at = end
    return found


def assert_damaged(sealed: bytes, **how: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read(sealed, **how)  # type: ignore[arg-type]
    assert caught.value.code == "VAULT_DAMAGED"
    assert NAME in caught.value.message
    assert caught.value.next_step


@pytest.mark.parametrize("make", [text, noise])
@pytest.mark.parametrize("size", SIZES)
def test_every_size_around_a_chunk_comes_back(size: int, make: Callable[[int], bytes]) -> None:
    """Also where a document ends exactly with a chunk, and where compression gains nothing."""
    content = make(size)
    sealed = seal(content)
    assert read(sealed) == content
    assert len(parts(sealed)) - 1 == max(1, -(-size // CHUNK))


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(0, 3 * CHUNK), st.integers(0, 8))
def test_how_a_document_is_cut_into_blocks_does_not_matter(pieces: list[bytes], bulk: int, where: int) -> None:
    """Chunks are full but for the last one, and only an empty document has an empty one."""
    blocks = [*pieces[:where], text(bulk), *pieces[where:]]
    chunks = list(chunks_of(blocks))
    assert b"".join(plain for plain, _ in chunks) == b"".join(blocks)
    assert [last for _, last in chunks] == [False] * (len(chunks) - 1) + [True]
    assert all(len(plain) == CHUNK for plain, last in chunks if not last)
    assert len(chunks[-1][0]) <= CHUNK
    assert chunks[-1][0] or len(chunks) == 1


def test_text_becomes_smaller_and_noise_hardly_larger() -> None:
    """A chunk that zlib cannot shrink is stored as it is: 21 bytes more for each, and the header."""
    assert len(seal(text(4 * CHUNK))) < CHUNK
    assert len(seal(noise(4 * CHUNK))) == 4 * CHUNK + 4 * (4 + 1 + 16) + HEADER


def test_the_same_document_sealed_twice_looks_different() -> None:
    """Each sealing has a key of its own."""
    one, two = seal(text(100)), seal(text(100))
    assert one[HEADER:] != two[HEADER:]


def test_nothing_of_the_document_stands_in_its_sealed_form() -> None:
    """Neither a chunk stored as it is nor a packed one shows its bytes."""
    content = noise(CHUNK) + text(CHUNK)
    sealed = seal(content)
    assert content[100:116] not in sealed
    assert b"SV1*" not in sealed


FLIPPED = seal(noise(CHUNK) + text(CHUNK) + noise(300))


def flips() -> Iterator[int]:
    """Every byte of the header, every byte of each length, one byte in each chunk and in each tag."""
    yield from range(HEADER)
    at = HEADER
    for part in parts(FLIPPED)[1:]:
        yield from range(at, at + 4)
        yield at + len(part) // 2
        at += len(part)
        yield at - 1


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_every_flipped_byte_is_found(mask: int) -> None:
    """In the header, in a length, in a chunk and in its tag, also where the key of the flipped id is known."""
    for position in flips():
        changed = bytearray(FLIPPED)
        changed[position] ^= mask
        assert_damaged(bytes(changed))


@given(st.integers(0, len(FLIPPED) - 1), st.integers(1, 255))
def test_a_flip_anywhere_is_found(position: int, mask: int) -> None:
    """No byte of the sealed form is without meaning."""
    changed = bytearray(FLIPPED)
    changed[position] ^= mask
    assert_damaged(bytes(changed))


HEAD, *CHUNKS = parts(seal(text(2 * CHUNK) + noise(CHUNK) + text(500), salt=b"1" * 32))
OTHER_HEAD, *OTHER_CHUNKS = parts(seal(text(2 * CHUNK) + noise(CHUNK) + text(500), salt=b"2" * 32))
A, B, C, D = CHUNKS
TAMPERED = {
    "nothing": b"",
    "part of a header": HEAD[:20],
    "header only": HEAD,
    "cut at a chunk's end": HEAD + A + B + C,
    "cut after the first chunk": HEAD + A,
    "cut inside a chunk": (HEAD + A + B + C + D)[:-200],
    "cut inside a tag": (HEAD + A + B + C + D)[:-1],
    "cut inside a length": HEAD + A + B + C + D[:3],
    "cut after a length": HEAD + A + B + C + D[:4],
    "first chunk left out": HEAD + B + C + D,
    "middle chunk left out": HEAD + A + C + D,
    "swapped": HEAD + B + A + C + D,
    "last ones swapped": HEAD + A + B + D + C,
    "repeated": HEAD + A + B + B + C + D,
    "last one repeated": HEAD + A + B + C + D + D,
    "chunk appended": HEAD + A + B + C + D + A,
    "byte appended": HEAD + A + B + C + D + b"\x00",
    "length appended": HEAD + A + B + C + D + (17).to_bytes(4, "big"),
    "zeros appended": HEAD + A + B + C + D + bytes(CHUNK),
    "whole document appended": (HEAD + A + B + C + D) * 2,
    "chunk of another document": HEAD + OTHER_CHUNKS[0] + B + C + D,
    "last chunk of another document": HEAD + A + B + C + OTHER_CHUNKS[3],
    "header of another document": OTHER_HEAD + A + B + C + D,
    "two chunks joined": HEAD + (len(A) + len(B) - 4).to_bytes(4, "big") + A[4:] + B + C + D,
    "a huge length": HEAD + A + b"\xff\xff\xff\xff" + B[4:] + C + D,
    "a length of nothing": HEAD + A + bytes(4) + B[4:] + C + D,
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_cut_moved_repeated_or_added_is_found(how: str) -> None:
    """The whole matrix of what can be done to chunks without the key."""
    assert read(HEAD + A + B + C + D)
    assert_damaged(TAMPERED[how])


@pytest.mark.parametrize("how", ["swapped", "repeated", "middle chunk left out", "chunk of another document"])
def test_a_moved_chunk_is_found_when_it_is_read_alone(how: str) -> None:
    """A chunk's number is part of its nonce: none can be read at another's place, whatever stands before it."""
    try:
        opened = opener(TAMPERED[how])
    except Malformed:
        return
    original = text(2 * CHUNK) + noise(CHUNK) + text(500)
    wrong = 0
    for number in range(opened.chunks):
        try:
            assert opened.chunk(number) == original[number * CHUNK : (number + 1) * CHUNK]
        except Malformed:
            wrong += 1
    assert wrong


def test_another_data_key_opens_nothing() -> None:
    """Without the key that sealed it a document is only noise."""
    assert_damaged(seal(b"content"), secret=b"t" * 32)


def test_a_document_cannot_stand_in_another_s_place() -> None:
    """The name is proved before the first byte: two files whose names were exchanged are both refused."""
    with pytest.raises(Malformed) as caught:
        opener(seal(text(3 * CHUNK), name="cd" * 32))
    assert caught.value.code == "VAULT_DAMAGED"


def test_a_file_that_shrinks_while_it_is_read_is_found() -> None:
    """What is no longer there is never given as if it were."""
    sealed = bytearray(HEAD + A + B + C + D)
    opened = Opener(lambda at, length: bytes(sealed[at : at + length]), len(sealed), NAME, lambda kid: SECRET)
    del sealed[HEADER + 100 :]
    for number in range(4):
        with pytest.raises(Malformed, match="damaged"):
            opened.chunk(number)


def test_a_chunk_is_read_without_what_stands_before_it() -> None:
    """Only the header, the lengths and the last chunk are touched besides."""
    sealed, asked = HEAD + A + B + C + D, []

    def read_at(offset: int, length: int) -> bytes:
        asked.append(length)
        return sealed[offset : offset + length]

    opened = Opener(read_at, len(sealed), NAME, lambda kid: SECRET)
    assert opened.chunk(1) == text(2 * CHUNK)[CHUNK:]
    assert sum(asked) == HEADER + 4 * 4 + (len(D) - 4) + (len(B) - 4)


def by_hand(bodies: list[bytes]) -> bytes:
    """A sealed document made after the description of the form alone, chunk bodies as given."""
    header = b"GWV1" + bytes([1, 1, 0]) + KID.encode() + b"n" * 32 + b"\x00"
    key = AESGCM(HKDF(SHA256(), 32, salt=b"n" * 32, info=b"gwv1 file" + header).derive(SECRET))
    sealed = header
    for number, body in enumerate(bodies):
        last = number == len(bodies) - 1
        nonce = bytes(7) + number.to_bytes(4, "big") + bytes([last])
        chunk = key.encrypt(nonce, body, NAME.encode() if last else b"")
        sealed += len(chunk).to_bytes(4, "big") + chunk
    return sealed


def test_the_form_is_the_one_described() -> None:
    """What a second program writes after the description is read, and is byte for byte what we write."""
    content = text(CHUNK) + noise(10)
    sealed = by_hand([b"\x01" + zlib.compress(content[:CHUNK], 1), b"\x00" + content[CHUNK:]])
    assert read(sealed) == content
    assert sealed == seal(content, salt=b"n" * 32)


@pytest.mark.parametrize(
    "body",
    [
        b"\x02" + b"x" * 100,
        b"\x01" + b"not zlib",
        b"\x01" + zlib.compress(b"x" * 100)[:-1],
        b"\x01" + zlib.compress(bytes(CHUNK + 1)),
        b"\x01" + zlib.compress(bytes(50_000_000), 9),
    ],
)
def test_a_chunk_that_no_sealer_writes_is_refused_even_under_the_right_key(body: bytes) -> None:
    """Unknown storage, broken or endless compression, as any chunk and as the last."""
    assert_damaged(by_hand([body, b"\x00end"]))
    assert_damaged(by_hand([body]))


def test_a_short_chunk_before_another_is_refused() -> None:
    """Every later span would be read at the wrong place."""
    assert_damaged(by_hand([b"\x00" + bytes(CHUNK - 1), b"\x00end"]))


def test_endless_compression_costs_no_memory() -> None:
    """No more than a chunk is ever unpacked from a chunk."""
    sealed = by_hand([b"\x01" + zlib.compress(bytes(50_000_000), 9)])
    tracemalloc.start()
    try:
        assert_damaged(sealed)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


def test_no_length_makes_it_read_more_than_a_chunk() -> None:
    """A length that was tampered with costs no memory."""
    sealed, asked = HEAD + (8 * CHUNK).to_bytes(4, "big") + bytes(8 * CHUNK), []

    def read_at(offset: int, length: int) -> bytes:
        asked.append(length)
        return sealed[offset : offset + length]

    with pytest.raises(Malformed, match="length"):
        Opener(read_at, len(sealed), NAME, lambda kid: SECRET)
    assert max(asked) <= CHUNK

"""The document vault: sealed files that are written once, named by a keyed hash of what they hold."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from gateway.durable import sync_folder
from gateway.errors import Malformed, Refused
from gateway.model.x12 import Span
from gateway.vault.files import NotPlain, open_plain
from gateway.vault.keyring import DataKey, Keyring
from gateway.vault.sealing import CHUNK, SALT, Opener, Sealer, chunks_of, damaged

_DRAFT = ".tmp."
_NAME = re.compile("[0-9a-f]{64}")
_CACHED_CHUNKS = 16


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """`name` is the HMAC-SHA256 of the content in hex, `sha256` its plain digest (for the encrypted database only: it
    would confirm a guess), `size` its bytes, `kid` the key that sealed it."""

    name: str
    sha256: bytes
    size: int
    kid: str


class DocumentReader:
    """Random access to one document: decrypts only the chunks that a span touches and keeps the last few."""

    def __init__(self, file: BinaryIO, name: str, secret_of: Callable[[str], bytes]) -> None:
        def read_at(offset: int, length: int) -> bytes:
            return os.pread(file.fileno(), length, offset)

        self._name = name
        self._opener = Opener(read_at, os.fstat(file.fileno()).st_size, name, secret_of)
        self._chunk = lru_cache(_CACHED_CHUNKS)(self._opener.chunk)
        self.size, self.kid = self._opener.size, self._opener.kid

    def read(self, span: Span) -> bytes:
        """The bytes of a span. Raises Malformed VAULT_DAMAGED, or VAULT_SPAN for one outside the document."""
        if not 0 <= span.start <= span.end <= self.size:
            raise Malformed(
                f"document {self._name} has no such span",
                code="VAULT_SPAN",
                place=f"bytes {span.start} to {span.end}",
                next_step="Please report this: a stored place points outside its document.",
            )
        first = span.start // CHUNK
        numbers = range(first, -(-span.end // CHUNK))
        joined = b"".join(self._chunk(number) for number in numbers)
        return joined[span.start - first * CHUNK : span.end - first * CHUNK]

    def blocks(self) -> Iterator[bytes]:
        """The whole document, chunk by chunk, each proved before it is given. Raises Malformed VAULT_DAMAGED."""
        for number in range(self._opener.chunks):
            yield self._opener.chunk(number)


class Vault:
    """Sealed documents in a folder of one's own. Blocking; safe to use from several threads.

    A disk that is full or fails raises OSError and leaves nothing behind that counts.
    """

    def __init__(self, root_dir: Path, keyring: Keyring) -> None:
        self._root, self._keyring = root_dir, keyring
        root_dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    def seal(self, blocks: Iterable[bytes]) -> SealedDocument:
        """Seal a document; when this returns it is durable. Content that is here already stays as it is.

        Memory stays flat. An error of `blocks` passes through, and nothing was sealed.
        """
        draft = self._root / f"{_DRAFT}{secrets.token_hex(8)}"
        try:
            return self._put(draft, self._write(draft, blocks, self._keyring.key("doc")))
        finally:
            draft.unlink(missing_ok=True)

    def _write(self, draft: Path, blocks: Iterable[bytes], key: DataKey) -> SealedDocument:
        naming = hmac.new(self._keyring.key("idx").secret, digestmod=hashlib.sha256)
        digest, size = hashlib.sha256(), 0
        sealer = Sealer(key.kid, key.secret, os.urandom(SALT))
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o400)
        with os.fdopen(fd, "wb") as file:
            file.write(sealer.header)
            for plain, last in chunks_of(blocks):
                naming.update(plain)
                digest.update(plain)
                size += len(plain)
                file.write(sealer.last_chunk(plain, naming.hexdigest()) if last else sealer.chunk(plain))
            file.flush()
            os.fsync(fd)
        return SealedDocument(naming.hexdigest(), digest.digest(), size, key.kid)

    def _put(self, draft: Path, sealed: SealedDocument) -> SealedDocument:
        """Give a durable draft its name. The folders are synced in any case: whoever linked an earlier copy may have
        died before that."""
        target = self.path(sealed.name)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        try:
            os.link(draft, target)
        except FileExistsError:
            sealed = self._keep(draft, sealed)
        sync_folder(target.parent)
        sync_folder(self._root)
        return sealed

    def _keep(self, draft: Path, sealed: SealedDocument) -> SealedDocument:
        """The document of this name that is here already; only a damaged one gives way to the same content, whole."""
        try:
            return self.verify(sealed.name)
        except Malformed:
            os.replace(draft, self.path(sealed.name))
            return sealed

    def open(self, name: str) -> Iterator[bytes]:
        """A document from its start in blocks, each proved before it is given; that it is complete and the one of this
        name is proved before the first. Raises, when first asked for a block, as `reader` does."""
        with self.reader(name) as document:
            yield from document.blocks()

    @contextmanager
    def reader(self, name: str) -> Iterator[DocumentReader]:
        """Random access to a document. Raises Refused VAULT_MISSING or KEY_UNKNOWN, Malformed VAULT_DAMAGED."""
        with self._sealed_file(name) as file:
            yield DocumentReader(file, name, self._secret_of)

    def verify(self, name: str) -> SealedDocument:
        """Read a whole document and say what it is. Raises as `reader` does."""
        digest = hashlib.sha256()
        with self.reader(name) as document:
            for block in document.blocks():
                digest.update(block)
            return SealedDocument(name, digest.digest(), document.size, document.kid)

    def names(self) -> list[str]:
        """The name of every document that is here, sorted."""
        found = (path for path in self._root.glob("??/*") if _NAME.fullmatch(path.name))
        return sorted(path.name for path in found if path.parent.name == path.name[:2])

    def sweep(self) -> int:
        """Remove what a stopped process left half written, at start, before anything is sealed; returns how many."""
        drafts = list(self._root.glob(f"{_DRAFT}*"))
        for draft in drafts:
            draft.unlink(missing_ok=True)
        return len(drafts)

    def path(self, name: str) -> Path:
        """Where a document's sealed bytes lie, or would lie. Raises Refused VAULT_NAME."""
        if not _NAME.fullmatch(name):
            raise Refused("this is no document's name", code="VAULT_NAME", next_step="Name it by its 64 hex digits.")
        return self._root / name[:2] / name

    def _sealed_file(self, name: str) -> BinaryIO:
        try:
            return open_plain(self.path(name))
        except FileNotFoundError:
            raise Refused(
                f"document {name} is not in the vault",
                code="VAULT_MISSING",
                next_step="Restore this document's file in the vault from the latest backup.",
            ) from None
        except NotPlain:
            raise damaged(name, "something that is no plain file stands in its place") from None

    def _secret_of(self, kid: str) -> bytes:
        return self._keyring.by_kid(kid, "doc").secret

"""Read a sealed document with the first reader that recognises it, and tell a broken reader from a broken document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from gateway.errors import Malformed
from gateway.guides.validator import Validator
from gateway.hosting.plugin import PluginFailed
from gateway.logs import logger
from gateway.model.answers import HEAD_BYTES, Answer, Note, Reader
from gateway.workers.site import Site
from gateway.x12.answers.kinds import opening_envelope
from gateway.x12.syntax import PADDING, runs

READER_BROKEN = "READER_BROKEN"

MOST_FLAGS = 20
"""A partner whose documents keep to another guide is told once for each kind of fault, and not more often than this."""


def answers_in(site: Site, vault_name: str) -> Iterator[Answer]:
    """Everything a document answers. Raises Malformed as its reader does, or with READER_BROKEN where a reader raises
    something else or gives what is no answer, and whatever opening the vault raises. A plugin's reader that fails to say
    whether a document is its own is passed over; what then is no X12 may have been its, and raises READER_BROKEN too."""
    blocks = _Blocks(site.vault.open(vault_name))
    kind = ""
    try:
        head, rest = _headed(blocks)
        missing = ""
        for reader in site.registry.readers:
            kind = reader.kind
            try:
                mine = reader.recognises(head)
            except PluginFailed:
                missing = missing or kind
                continue
            if mine and missing and opening_envelope(head) is None:
                raise _broken(missing, "its plugin failed or is disabled")
            if mine:
                yield from _read(reader, rest)
                break
    except (Exception, SystemExit) as failure:
        if blocks.failure is None and not isinstance(failure, Malformed):
            logger().error("reader.broken", err=kind, code=READER_BROKEN, exc_info=failure)
            raise _broken(kind, type(failure).__name__) from None
        if blocks.failure is None:
            raise
    if blocks.failure is not None:
        raise blocks.failure


def guide_flags(site: Site, vault_name: str) -> list[Note]:
    """What a partner's document has otherwise than its guide: told beside its answers, never a reason to refuse them."""
    validator, seen = Validator(site.guides, site.guides.lists()), dict[str, None]()
    try:
        for run in runs(site.vault.open(vault_name)):
            pieces = [text for piece in run.pieces() if (text := piece.lstrip(PADDING))]
            for fault in validator.take(run, pieces):
                seen.setdefault(f"flag:{fault.finding.place} {fault.finding.code}")
    except Malformed:
        return []  # no X12, or none that can be followed: its reader has had its say
    return [Note(kind) for kind in list(seen)[:MOST_FLAGS]]


class _Blocks:
    """A document's blocks, and what kept us from reading them: no reader may hide that, or be blamed for it."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = blocks
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._blocks
        except Exception as failure:
            self.failure = failure
            raise


def _headed(blocks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The beginning of a document, and all its blocks from the first."""
    rest, taken, size = iter(blocks), [], 0
    for block in rest:
        taken.append(block)
        size += len(block)
        if size >= HEAD_BYTES:
            break
    return b"".join(taken)[:HEAD_BYTES], chain(taken, rest)


def _read(reader: Reader, blocks: Iterator[bytes]) -> Iterator[Answer]:
    for answer in reader.reads(blocks):
        if not isinstance(answer, Answer):
            raise TypeError
        yield answer


def _broken(kind: str, failure: str) -> Malformed:
    return Malformed(
        f"the reader {kind} broke: {failure}",
        code=READER_BROKEN,
        place=f"reader {kind}",
        next_step="The document is kept. Have the plugin corrected that brings this reader.",
    )

"""What came packed: each file of an archive, and what a wrapping held, becomes a document of its own."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch

from gateway.errors import GatewayError, Malformed
from gateway.logs import logger
from gateway.model.partners import Lane
from gateway.model.sending import RemoteFile
from gateway.store import pickups
from gateway.store.connection import Row
from gateway.vault import SealedDocument, unpacked
from gateway.workers.site import Site

WRAPPED = "wrapped"

Member = tuple[str, SealedDocument]


async def unpack(site: Site, lane: Lane, row: Row, kind: str) -> bool:
    """Seal every file of an archive, then commit them at once; False for an archive that holds none. Raises Malformed as
    the archive does, and then nothing of it counts."""
    members = await site.thread(_sealed, site, row["vault_name"], kind)
    if members:
        await _enter(site, lane, row, kind, members)
    return bool(members)


def _sealed(site: Site, vault_name: str, kind: str) -> list[Member]:
    return [(name, site.vault.seal(blocks)) for name, blocks in unpacked(site.vault, vault_name, kind)]


async def unwrap(site: Site, lane: Lane, row: Row, head: bytes) -> bool:
    """Open what this partner wraps its files in, where a wrapping says that it can; False where none does."""
    if row["within"] == WRAPPED:
        return False
    try:
        sealed = await site.thread(_unwrapped, site, lane, head, row["vault_name"]) if lane.partner.habits.wraps else []
    except OSError:
        raise
    except Exception as failure:
        raise _broken(failure) from None
    for one in sealed:
        await _enter(site, lane, row, WRAPPED, [("", one)])
    return bool(sealed)


def _unwrapped(site: Site, lane: Lane, head: bytes, vault_name: str) -> list[SealedDocument]:
    able = [wrapping for wrapping in site.wrappings(lane.partner) if wrapping.opens(head)]
    return [site.vault.seal(wrapping.unwrap(site.vault.open(vault_name))) for wrapping in able[:1]]


def _broken(failure: Exception) -> Malformed:
    """What a wrapping raises beside Malformed: a person mends it, and has the document read again."""
    if isinstance(failure, Malformed):
        return failure
    step = "The document is kept. Mend what wraps this partner's files, then `gateway mail again`."
    if isinstance(failure, GatewayError):
        return Malformed(failure.message, code=failure.code, place=failure.place, next_step=failure.next_step or step)
    logger().error("wrapping.broken", code="WRAPPING_BROKEN", exc_info=failure)
    return Malformed("what should unwrap it broke", code="WRAPPING_BROKEN", place="wrapping", next_step=step)


async def _enter(site: Site, lane: Lane, row: Row, kind: str, members: list[Member]) -> None:
    named = list(_named(row["path"], members, lane.partner.habits.mailbox.mail))
    await site.store.write(pickups.unpacked, row["id"], lane.key, row["document"], kind, named)


def _named(
    path: str, members: list[Member], patterns: tuple[str, ...]
) -> Iterator[tuple[RemoteFile, SealedDocument, str]]:
    """Where each lay: the archive's path, its place within, and the name it has there, which is no path of ours."""
    for number, (name, sealed) in enumerate(members, 1):
        inner = name or path
        yield RemoteFile(f"{path}#{number}!{name}", sealed.size, None), sealed, pattern_of(patterns, inner)


def pattern_of(patterns: tuple[str, ...], path: str) -> str:
    """The first declared pattern that a file's name matches: a hint for whoever reads the mail, and nothing else."""
    name = path.rsplit("/", 1)[-1].lower()
    return next((pattern for pattern in patterns if fnmatch(name, pattern.lower())), "")

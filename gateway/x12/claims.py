"""An 837 to its claims: the hierarchy walked by HL02, each claim with what it inherits (005010X222, X223, X224)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.model.claims import Claim
from gateway.model.x12 import FunctionalGroup, Interchange, Level, Span, TransactionSet
from gateway.x12.claims_build import claim_of
from gateway.x12.claims_fingerprint import Digest, digest_under
from gateway.x12.claims_levels import inherited
from gateway.x12.claims_quick import quick
from gateway.x12.extract import extract
from gateway.x12.extract_findings import Faults, FileFinding
from gateway.x12.extract_records import RawClaim, RawLevel

__all__ = ["Faults", "FileFinding", "Item", "read_claims"]

Item = Interchange | FunctionalGroup | TransactionSet | Level | Claim | FileFinding


_SOME = 64


def read_claims(blocks: Iterable[bytes], faults: Faults | None = None) -> Iterator[Item]:
    """Everything of an 837 file that has an identity, in document order; ordinals count from 0 in the file.

    An interchange and a group come at their headers, a transaction set at its BHT, a level before the claims and
    levels below it, a claim when all of it was read. What makes one claim wrong is a finding of that claim; what
    makes the document unreadable raises Malformed: X12_VERSION (a set that is none of the three guides, or whose ST03
    and GS08 differ), X12_HIERARCHY (HL or CLM), X12_STRUCTURE, X12_INCOMPLETE, or a code of `syntax.segments`. Counts
    and control numbers are `envelope.check_envelope`'s. Memory grows with the parents in one transaction set only.

    `faults` is shown each run before it is read. A fault in a claim is a finding of that claim, one in a level of every
    claim below it, one in a set's header of every claim of the set. What belongs to no claim comes as FileFinding: such
    faults of the guide, HIERARCHY_CHILD_CODE, LEVEL_EMPTY, SET_TOO_LARGE.
    """
    digest: Digest | None = None
    waiting: list[Item | RawClaim] = []
    for item in extract(blocks, faults):
        if isinstance(item, RawLevel):
            assert digest
            item.given = inherited(item, digest)
            waiting.append(_level(item))
        elif isinstance(item, Interchange):
            yield from _made_of(waiting, digest)
            digest = digest_under(item.delimiters)
            yield item
        else:
            waiting.append(item)
        if len(waiting) >= _SOME:
            yield from _made_of(waiting, digest)
    yield from _made_of(waiting, digest)


def _made_of(waiting: list[Item | RawClaim], digest: Digest | None) -> list[Item]:
    """Items whose claims were raw. Many together, for code that runs over and over is faster than code by turns."""
    made = [claim_of(item, digest) if digest and isinstance(item, RawClaim) else item for item in waiting]
    waiting.clear()
    return made  # type: ignore[return-value]  # a raw claim comes within an interchange


_made, _new = quick(Level), tuple.__new__


def _level(raw: RawLevel) -> Level:
    parent = raw.above.ordinal if raw.above else None
    span = _new(Span, (raw.start, raw.end))
    return _made(raw.ordinal, raw.transaction_set, raw.kind.decode("ascii"), parent, span)

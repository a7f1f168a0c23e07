"""That what an amendment wrote says what it said before: it is read again and compared, or nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gateway.errors import Malformed, Refused
from gateway.model.claims import Claim
from gateway.partnership.typed import RESUME
from gateway.x12.claims import read_claims
from gateway.x12.envelope import check_envelope
from gateway.x12.syntax import PADDING, runs

_ENVELOPE = frozenset({b"IS", b"GS", b"GE", b"IE"})

Says = Callable[[list[bytes]], object]
"""What an interchange says, in a form that equals another's which says the same. Raises Malformed."""


def compare(before: Iterable[bytes], after: Iterable[bytes], says: Says) -> None:
    """Raises Refused AMENDMENT_CHANGED unless both say the same, in whole envelopes."""
    try:
        kept = (check_envelope(kept_blocks := list(after)), says(kept_blocks))
        written = (check_envelope(written_blocks := list(before)), says(written_blocks))
    except Malformed as broken:
        raise _changed(broken.message) from None
    if kept != written:
        raise _changed("it changed claims, charges, counts or questions")


def prove_whole(blocks: Iterable[bytes]) -> None:
    """What no amendment touched has only its envelopes looked at. Raises as `compare` does."""
    try:
        check_envelope(blocks)
    except Malformed as broken:
        raise _changed(broken.message) from None


def claims(blocks: list[bytes]) -> object:
    """The claims of an 837. A claim's fingerprint leaves out line breaks and delimiters, and nothing else."""
    found = (item for item in read_claims(blocks) if isinstance(item, Claim))
    return [(claim.control_number, str(claim.charge), claim.fingerprint) for claim in found]


def questions(blocks: list[bytes]) -> object:
    """The sets of a 276, without line breaks and without the names of who asks (2100B)."""
    said = []
    for run in runs(blocks):
        own = run.delimiters.element.join((b"NM1", b"41", b""))
        pieces = (piece.lstrip(PADDING) for piece in run.pieces())
        said += [piece for piece in pieces if piece[:2] not in _ENVELOPE and not piece.startswith(own)]
    return said


def _changed(how: str) -> Refused:
    return Refused(
        f"an amendment may change how an interchange is written, never what it says: {how}",
        code="AMENDMENT_CHANGED",
        next_step=f"Correct the plugin that registers the amendment, then `{RESUME}`.",
    )

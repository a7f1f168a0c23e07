"""Line breaks as a partner wants them, and nothing else changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.amendments import LINE_BREAKS, amended
from gateway.errors import Refused
from gateway.faithful import claims, compare
from gateway.model.partners import Endpoint, LineBreak, Partner
from gateway.model.x12 import Address, Delimiters
from gateway.testing.builders import ClaimSpec, batch837p

BATCH = batch837p([ClaimSpec("A1"), ClaimSpec("A2", dependent=True)])


def partner(line_break: LineBreak | None) -> Partner:
    return Partner("p", "P", {}, Address("ZZ", "P"), Endpoint("sftp", "p.example"), line_break=line_break)


def written(data: bytes, line_break: LineBreak | None, size: int = 1 << 18) -> bytes:
    blocks = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(amended(blocks, partner(line_break), [LINE_BREAKS]))


@pytest.mark.parametrize("source", ["", "\n", "\r\n"])
@pytest.mark.parametrize(
    ("wanted", "line_break"), [(LineBreak.NONE, b""), (LineBreak.LF, b"\n"), (LineBreak.CRLF, b"\r\n")]
)
def test_every_segment_ends_as_the_partner_wants(source: str, wanted: LineBreak, line_break: bytes) -> None:
    """Whatever the source had; the claims are what they were."""
    batch = batch837p([ClaimSpec("A1"), ClaimSpec("A2", dependent=True)], line_break=source)
    found = written(batch, wanted)
    assert found == BATCH.replace(b"~", b"~" + line_break)
    compare([batch], [found], claims)


@given(st.integers(1, 300))
def test_the_size_of_blocks_changes_nothing(size: int) -> None:
    """A stream is cut anywhere."""
    assert written(BATCH, LineBreak.CRLF, size) == written(BATCH, LineBreak.CRLF)


def test_nothing_declared_changes_nothing() -> None:
    """The source's own breaks are copied."""
    assert written(BATCH, None) == BATCH


def test_a_line_break_that_is_the_terminator_stays_alone() -> None:
    """There is nothing to add or take away."""
    batch = batch837p([ClaimSpec("A1")], delimiters=Delimiters(b"*", b":", b"\n", b"^"))
    assert written(batch, LineBreak.CRLF, 50) == batch


@pytest.mark.parametrize(
    "spoilt",
    [
        BATCH.replace(b"CLM*A1*120", b"CLM*A1*121"),
        BATCH.replace(b"CLM*A2*", b"CLM*A3*"),
        BATCH.replace(b"99213", b"99214", 1),
        BATCH[: BATCH.index(b"SE*")],
        BATCH + b"THE END",
        BATCH.replace(b"CLM*A1*", b"clm*A1*"),
        BATCH.replace(b"~CLM*A1*", b"~ CLM*A1*"),
    ],
)
def test_a_changed_claim_is_noticed(spoilt: bytes) -> None:
    """A charge, a number, a code, or the end of it."""
    assert spoilt != BATCH
    with pytest.raises(Refused) as refused:
        compare([BATCH], [spoilt], claims)
    assert refused.value.code == "AMENDMENT_CHANGED"

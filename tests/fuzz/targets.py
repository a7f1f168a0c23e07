"""What reads documents from outside, and what must hold of every document whatsoever."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from itertools import zip_longest
from pathlib import Path

from gateway.errors import Malformed
from gateway.guidebook import Guidebook, standard_lists
from gateway.screening import Screening
from gateway.x12.answers import read_answers
from gateway.x12.claims import read_claims
from gateway.x12.envelope import check_envelope
from gateway.x12.syntax import segments
from tests.answers import (
    CLAIM_REFUSED,
    CLAIM_TAKEN,
    DENIED_CLAIM,
    PAID_CLAIM,
    PROVIDER,
    STATUS_OF_DEPENDENT,
    STATUS_OF_SUBSCRIBER,
    SUBMITTER,
    TAKEN_AT_SUBMITTER,
    acknowledgment,
    group,
    interchange,
    one_set,
    payment_of,
    status_report,
    status_response,
    ta1,
)
from tests.defects.everything import CLEAN

SECONDS = 1.0
"""Of processor time, so that a busy machine is no fault of a document."""

MEMORY = 10
"""Times the size of the document, beside `CONSTANT` bytes for what any document needs."""

CONSTANT = 4 << 20
_GUIDES = Path("build/guides")


class Broken(Exception):
    """A document that is read in other ways than it may be."""


def tried(target: str, data: bytes, *, weighed: bool = False, seconds: float = SECONDS) -> bool:
    """Whether the document was read to its end; False where it was refused. Raises Broken, or what the reader raised.
    Weighing takes several times as long, which is not counted; what took too long is read three times in all, for on a
    busy core a second holds less."""
    if weighed:
        tracemalloc.start()
    begun = time.process_time()
    try:
        TARGETS[target](data)
        whole = True
    except Malformed:
        whole = False
    finally:
        took = time.process_time() - begun
        peak = tracemalloc.get_traced_memory()[1] if weighed else 0
        tracemalloc.stop()
    if peak > MEMORY * len(data) + CONSTANT:
        raise Broken(f"{peak:,} bytes of memory for {len(data):,}")
    if took > seconds and not weighed:
        took = min(took, _took(target, data), _took(target, data))
    if took > seconds and not weighed:
        raise Broken(f"{took:.2f} s for {len(data):,} bytes")
    return whole


def _took(target: str, data: bytes) -> float:
    begun = time.process_time()
    with suppress(Malformed):
        TARGETS[target](data)
    return time.process_time() - begun


def reader(data: bytes) -> None:
    """Segments, envelopes and claims; and the segments are the same however the document comes in."""
    if any(one != other for one, other in zip_longest(_read([data]), _read(_cut(data)))):
        raise Broken("cut into blocks, the document reads otherwise")
    for _ in read_claims([data]):
        pass
    check_envelope([data])


def screening(data: bytes) -> None:
    """All that `gateway check` looks at."""
    one = Screening(_guides(), standard_lists())
    for _ in one.items([data]):
        pass
    if one.envelope is None:
        raise Broken("the document was read to its end, and its envelope was not judged")


def answers(data: bytes) -> None:
    """TA1, 999, 997, 277CA and 835, and what is none of them."""
    for _ in read_answers([data]):
        pass


TARGETS: dict[str, Callable[[bytes], None]] = {"reader": reader, "screening": screening, "answers": answers}


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Documents as they should be, to begin with."""
    batches = tuple(clean.data for clean in CLEAN if len(clean.data) < 20_000)
    return _answers() if target == "answers" else batches + _answers() if target == "reader" else batches


def _answers() -> tuple[bytes, ...]:
    rejected = ("AK2*837*0001*005010X222A1", "IK3*CLM*18*2300*8", "IK4*2*782*1", "IK5*R*5")
    report = status_report(*SUBMITTER, TAKEN_AT_SUBMITTER, *PROVIDER, *CLAIM_TAKEN, *CLAIM_REFUSED)
    old = group("FA", "005010", one_set("997", "AK1*HC*71", "AK2*837*0001", "AK5*A", "AK9*A*1*1*1"))
    return (
        interchange(ta1(), acknowledgment(*rejected, code="R")),
        interchange(report),
        interchange(status_response(*STATUS_OF_SUBSCRIBER, *STATUS_OF_DEPENDENT)),
        interchange(payment_of(*PAID_CLAIM, *DENIED_CLAIM)),
        interchange(old, separators="|>'!"),
        interchange(ta1(), acknowledgment(), report, payment_of(*PAID_CLAIM)),
        b"nothing to report today\r\n",
    )


@cache
def _guides() -> Guidebook:
    return Guidebook(_GUIDES)


def _read(blocks: Iterable[bytes]) -> Iterator[object]:
    """Every segment with its place, and at last why the document is refused."""
    try:
        yield from segments(blocks)
    except Malformed as wrong:
        yield wrong.code, wrong.place


def _cut(data: bytes) -> Iterator[bytes]:
    """Into blocks of a size that follows from the document."""
    size = max(1 + sum(data[-64:]) % 200, len(data) // 500)
    return (data[at : at + size] for at in range(0, len(data), size))

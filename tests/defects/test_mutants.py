"""Whatever is done to a file, reading it gives findings or a refusal, and the same ones however it is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.errors import Malformed
from tests.defects.bases import base
from tests.defects.catalogue import Defect
from tests.defects.editing import recounted
from tests.defects.everything import DEFECTS
from tests.defects.noticing import screened, stopped
from tests.oracle import pyx12_verdict

_OTHER_DELIMITERS = bytes.maketrans(b"*:^~", b"|>!'")
_SWAPPED = "NM1*IL"  # pyx12 wants 2010BA before 2010BB, which share a position: any order is legal
_BODIES = [defect for defect in DEFECTS if not defect.of_envelope and defect.by == "screen"]


def mutants(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every segment left out, bare, doubled, and behind its neighbour; every element emptied, and filled with nonsense."""
    segments = data.decode("latin-1").removesuffix("~").split("~")
    for at, segment in enumerate(segments):
        around = segments[:at], segments[at + 1 :]
        yield f"{segment} dropped", _written(*around)
        yield f"{segment} bare", _written(around[0], [segment.split("*")[0]], around[1])
        yield f"{segment} doubled", _written(around[0], [segment, segment], around[1])
        if around[1] and not segment.startswith(_SWAPPED):
            yield f"{segment} late", _written(around[0], [around[1][0], segment], around[1][1:])
        elements = segment.split("*")
        for number in range(1, len(elements)):
            for value in ("", "!Q"):
                changed = "*".join([*elements[:number], value, *elements[number + 1 :]]).rstrip("*")
                yield f"{segment} with {value!r} as element {number}", _written(around[0], [changed], around[1])


@pytest.mark.parametrize("name", ["P", "secondary", "I", "D"])
def test_no_mutant_breaks_the_reader(name: str) -> None:
    """Bad input raises nothing but Malformed: a sample of the mutants."""
    for _, data in list(mutants(base(name)))[::19]:
        _words(data)


@pytest.mark.parametrize("name", ["P", "secondary", "I"])
def test_what_the_other_validator_sees_we_see(name: str) -> None:
    """Of a sample of mutants, each that pyx12 does not pass is stopped by us."""
    unseen = [what for what, data in list(mutants(base(name)))[::41] if _passes(data) and not pyx12_verdict(data)[0]]
    assert unseen == []


@pytest.mark.parametrize("defect", _BODIES[::19], ids=[defect.name for defect in _BODIES[::19]])
def test_the_same_is_said_however_the_file_is_written(defect: Defect) -> None:
    """With other delimiters, or with a line break after each segment."""
    data = defect.spoiled(base(defect.base))
    said = _words(data)
    assert _words(data.translate(_OTHER_DELIMITERS)) == said
    assert _words(data.replace(b"~", b"~\r\n")) == said


def _written(*parts: list[str]) -> bytes:
    return recounted("".join(f"{segment}~" for part in parts for segment in part).encode("latin-1"))


def _passes(data: bytes) -> bool:
    try:
        return not stopped(screened(data))
    except Malformed:
        return False


def _words(data: bytes) -> list[str]:
    """What is said of a file, in order, without the words for people."""
    try:
        return [f"{finding.code} {finding.place} {finding.segment}" for finding in screened(data)]
    except Malformed as refused:
        return [refused.code]

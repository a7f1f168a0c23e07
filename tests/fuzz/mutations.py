"""One mutated document from another: bytes, elements and segments lost, doubled, changed, moved, and cut anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

LONGEST = 1 << 18
"""No mutation makes a document longer."""

_DEFAULT = (b"*", b":", b"~")
_ODD = (
    *(b"", b" ", b"0", b"-", b".", b"00", b"-1", b"1E9", b"NaN", b"Infinity", b"1_0", b"+5", b"9" * 40, b"X" * 90),
    *(b"20260230", b"00000000", b"20261103-20261101", b"202611032460", b"ABK", b"HC:", b":::::::", b"^^^", b"1" * 5000),
    *(b"\x00", b"\r\n", b"\xff", b"\xb2", "\u0661".encode(), "\xc9".encode()),
    *(b"20", b"22", b"23", b"82", b"IL", b"QC", b"PR", b"D9", b"F8", b"472", b"005010X222A1", b"005010X999"),
)
_IDS = (
    b"ISA GS ST BHT HL CLM LX SV1 SV2 SV3 HI NM1 REF DTP SBR CAS SVD AMT SE GE IEA TA1 AK1 AK2 IK5 AK9 CLP SVC STC ZZZ"
).split()

Mutation = Callable[[bytes, Random], bytes]


def mutated(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Some mutations one after the other; `others` lend segments."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        data = random.choice(MUTATIONS)(data, random) if random.random() < 0.95 else spliced(data, random, others)
    return data[:LONGEST]


def marks(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Element, component and segment delimiter, by the positions of an ISA."""
    return (data[3:4], data[104:105], data[105:106]) if data.startswith(b"ISA") and len(data) > 105 else _DEFAULT


def byte_changed(data: bytes, random: Random) -> bytes:
    """One byte is another."""
    at = random.randrange(len(data) + 1)
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def bytes_lost(data: bytes, random: Random) -> bytes:
    """A few bytes are gone."""
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.randint(1, 4) :]


def bytes_added(data: bytes, random: Random) -> bytes:
    """A few bytes came in, delimiters more often than not."""
    at = random.randrange(len(data) + 1)
    added = random.choice([*marks(data), b"\n", b"\r", b"\x00", b"\xef\xbb\xbf", random.randbytes(2)])
    return data[:at] + added * random.choice((1, 1, 2, 40)) + data[at:]


def cut_off(data: bytes, random: Random) -> bytes:
    """The document ends, or begins, anywhere."""
    at = random.randrange(len(data) + 1)
    return data[:at] if random.random() < 0.7 else data[at:]


def segment_lost(data: bytes, random: Random) -> bytes:
    """Some segments in a row are gone."""
    segments, terminator, at = _segments(data, random)
    del segments[at : at + random.choice((1, 1, 1, 3))]
    return terminator.join(segments)


def segment_doubled(data: bytes, random: Random) -> bytes:
    """A segment, or a stretch of them, stands several times."""
    segments, terminator, at = _segments(data, random)
    stretch = segments[at : at + random.choice((1, 1, 5))]
    return terminator.join([*segments[:at], *stretch * random.choice((1, 1, 3)), *segments[at:]])


def stretch_repeated(data: bytes, random: Random) -> bytes:
    """A stretch stands so often that whatever grows faster than the document is seen."""
    segments, terminator, at = _segments(data, random)
    stretch = terminator.join(segments[at : at + random.randint(1, 4)]) + terminator
    times = LONGEST // len(stretch) if random.random() < 0.02 else 50
    return terminator.join(segments[:at]) + terminator + stretch * times + terminator.join(segments[at:])


def segments_swapped(data: bytes, random: Random) -> bytes:
    """Two segments have changed places."""
    segments, terminator, at = _segments(data, random)
    other = random.randrange(len(segments))
    segments[at], segments[other] = segments[other], segments[at]
    return terminator.join(segments)


def segment_renamed(data: bytes, random: Random) -> bytes:
    """A segment is of another kind."""
    segments, terminator, at = _segments(data, random)
    element = marks(data)[0]
    segments[at] = random.choice(_IDS) + element + segments[at].partition(element)[2]
    return terminator.join(segments)


def element_changed(data: bytes, random: Random) -> bytes:
    """An element, or a component of it, is odd."""
    segments, terminator, at = _segments(data, random)
    element, component, _ = marks(data)
    elements = segments[at].split(element)
    index = random.randrange(len(elements))
    parts = elements[index].split(component)
    parts[random.randrange(len(parts))] = random.choice(_ODD)
    elements[index] = component.join(parts) if random.random() < 0.5 else random.choice(_ODD)
    segments[at] = element.join(elements)
    return terminator.join(segments)


def elements_moved(data: bytes, random: Random) -> bytes:
    """An element more, or one less."""
    segments, terminator, at = _segments(data, random)
    element = marks(data)[0]
    elements = segments[at].split(element)
    index = random.randrange(len(elements) + 1)
    elements[index : index + random.randint(0, 2)] = [random.choice(_ODD)] * random.choice((0, 1, 1, 30))
    segments[at] = element.join(elements)
    return terminator.join(segments)


def ids_lowered(data: bytes, random: Random) -> bytes:
    """The ids of one segment or of all are in lower case."""
    segments, terminator, at = _segments(data, random)
    element = marks(data)[0]
    chosen = range(len(segments)) if random.random() < 0.5 else (at,)
    for index in chosen:
        id, mark, rest = segments[index].partition(element)
        segments[index] = id.lower() + mark + rest
    return terminator.join(segments)


def rubbish_behind(data: bytes, random: Random) -> bytes:
    """Text stands behind the document, and the document may come again behind that."""
    words = (b"END", b"*** ", b"1", b"\r\n", b"IS", b"ISA", b"isa*", b"ST*837", b"GS*HC*", b" ", b"\x00", b"CL", b"M*")
    text = b"".join(random.choices(words, k=random.randint(1, 9)))
    return data + text + data[: random.choice((0, 50, 106, len(data)))]


def delimiters_changed(data: bytes, random: Random) -> bytes:
    """A delimiter is another byte everywhere."""
    old = random.choice(marks(data))
    return data.translate(bytes.maketrans(old, bytes([random.randrange(256)])))


def spliced(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """A stretch of another document came in; it may have other delimiters."""
    other = random.choice(others)
    begin, at = random.randrange(len(other) + 1), random.randrange(len(data) + 1)
    return data[:at] + other[begin : begin + random.choice((50, 400, 4000))] + data[at:]


MUTATIONS: tuple[Mutation, ...] = (
    *(
        byte_changed,
        bytes_lost,
        bytes_added,
        cut_off,
        segment_lost,
        segment_doubled,
        stretch_repeated,
        segments_swapped,
    ),
    *(segment_renamed, element_changed, element_changed, element_changed, elements_moved, delimiters_changed),
    *(ids_lowered, rubbish_behind),
)


def _segments(data: bytes, random: Random) -> tuple[list[bytes], bytes, int]:
    """The document in segments, the terminator, and the index of one of them."""
    terminator = marks(data)[2]
    segments = data.split(terminator)
    return segments, terminator, random.randrange(len(segments))

"""Whatever is written is read back, however it is written; and whatever is done to it raises nothing but Malformed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.guidebook import Guidebook, standard_lists
from gateway.model.claims import Claim
from gateway.model.x12 import Delimiters, Span
from gateway.screening import screen
from gateway.testing.builders import DELIMITERS, ClaimSpec, Person, batch837d, batch837i, batch837p, realistic_batch
from gateway.x12.answers import read_answers
from gateway.x12.envelope import check_envelope
from gateway.x12.syntax import segments
from tests.defects.bases import NAMES, base
from tests.fuzz.mutations import MUTATIONS, Mutation, mutated
from tests.fuzz.targets import TARGETS, Broken, seeds, tried

GUIDES = Guidebook()
LINE_BREAKS = (b"", b"\n", b"\r\n", b"\r", b"\n\n", b"\r\n \t\r\n")
BEFORE = (b"", b"\xef\xbb\xbf", b"\r\n\n", b"\xef\xbb\xbf\n")
AFTER = (b"", b"\n", b"\r\n\r\n", b"\x1a", b"\x00" * 40)
WORDS = (b"BHT", b"HL", b"NM1", b"REF", b"CLM", b"LX", b"nm1", b"Ref", b"ZZ9", b"TA1", b"SE")
# A blank is none; NUL and Ctrl-Z behind a document could not be told from its last terminator.
MARKS = st.sampled_from([m for n in range(1, 256) if not (m := bytes([n])).isalnum() and m not in {b" ", b"\x1a"}])
FILLINGS = (
    b"~",
    b" ",
    b"\r\n",
    b"~ ",
    b" IEA*",
    b"\tst*",
    b"IEA*1~",
    b"ISA*",
    b"~isa*",
    b"*",
    b":",
    b"^",
    b"\x00",
    b"HL*",
    b"~LX*1",
)
OF_DIGESTS = b"\x1c\x1d\x1e\x1f"
"""What a claim's fingerprint puts in the place of delimiters. Where one of them is a component or repetition separator
of a document, its fingerprints are of their own."""

# What a grammar makes


@dataclass(frozen=True)
class Written:
    """A document, and what it was written from."""

    data: bytes
    content: list[tuple[list[bytes], Delimiters]]


@st.composite
def delimiters(draw: st.DrawFn) -> Delimiters:
    """Any four marks, or three where ISA11 declares none."""
    element, component, segment, repetition = draw(st.lists(MARKS, min_size=4, max_size=4, unique=True))
    return Delimiters(element, component, segment, draw(st.sampled_from([repetition, None])))


@st.composite
def documents(draw: st.DrawFn) -> Written:
    """One to three interchanges, each with delimiters, line breaks and segments of its own."""
    data, content = draw(st.sampled_from(BEFORE)), []
    for _ in range(draw(st.integers(1, 3))):
        marks, line_break = draw(delimiters()), draw(st.sampled_from(LINE_BREAKS))
        found = [_isa(marks), *draw(st.lists(_segment(marks), max_size=6)), [b"IEA", b"1", b"000000101"]]
        line_break = line_break if marks.segment not in line_break.strip(b"\r\n") else b""
        data += b"".join(marks.element.join(elements) + marks.segment + line_break for elements in found)
        content += [(elements, marks) for elements in found]
    return Written(data + draw(st.sampled_from(AFTER)), content)


def _isa(marks: Delimiters) -> list[bytes]:
    address = b"Cedar\xe9 1"
    ids = [each for each in (address, b"GATE01") for _ in "1"]
    return [
        *(b"ISA", b"00", b" " * 10, b"00", b" " * 10, b"ZZ", _free(ids[0], marks).ljust(15), b"ZZ", ids[1].ljust(15)),
        *(b"261110", b"0815", marks.repetition or b"U", b"00501", b"000000101", b"0", b"P", marks.component),
    ]


def _free(text: bytes, marks: Delimiters) -> bytes:
    return text.translate(None, marks.element + marks.component + marks.segment + (marks.repetition or b""))


@st.composite
def _segment(draw: st.DrawFn, marks: Delimiters) -> list[bytes]:
    """Any bytes as elements, components and repetitions too."""
    elements = draw(st.lists(st.binary(max_size=8), min_size=1, max_size=5))
    return [draw(st.sampled_from(WORDS)), *(each.translate(None, marks.element + marks.segment) for each in elements)]


@settings(max_examples=200, deadline=None)
@given(documents(), st.integers(1, 400))
def test_what_was_written_is_read_back(written: Written, size: int) -> None:
    """Elements and delimiters of every segment, ids in capitals, whatever stands around them, in blocks of any size."""
    blocks = [written.data[at : at + size] for at in range(0, len(written.data), size)]
    found = list(segments(blocks))
    assert [(segment.elements, marks) for segment, marks in found] == in_capitals(written.content)
    for (one, _), (other, _) in pairwise(found):
        assert one.span.end == other.span.start or other.elements[0] == b"ISA"
    for segment, marks in found:
        there = written.data[segment.span.start : segment.span.end]
        assert in_capitals([(there.split(marks.segment)[0].split(marks.element), marks)]) == [(segment.elements, marks)]


@settings(max_examples=60, deadline=None)
@given(documents(), st.binary(min_size=1, max_size=30).filter(lambda text: text.strip(b"\r\n \t\x00\x1a\xef\xbb\xbf")))
def test_rubbish_behind_the_last_interchange_changes_nothing_before_it(written: Written, rubbish: bytes) -> None:
    """It comes after all that was written, or the document is refused."""
    found = []
    try:
        for segment, marks in segments([written.data + rubbish]):
            found.append((segment.elements, marks))
    except Malformed:
        found = found or in_capitals(written.content)
    before = len(written.content) - 1  # the last IEA may lack its terminator now
    assert found[:before] == in_capitals(written.content)[:before]


def in_capitals(content: Sequence[tuple[list[bytes], Delimiters]]) -> list[tuple[list[bytes], Delimiters]]:
    """Segments as they are read."""
    return [([elements[0].upper(), *elements[1:]], marks) for elements, marks in content]


# Batches, however they are written


@st.composite
def batches(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """The same claims as a builder writes them, and written otherwise."""
    kind = draw(st.sampled_from([batch837p, batch837i, batch837d]))
    person = Person(draw(st.sampled_from(["DOE", "Doe", "O'Neill", "PE\xd1A", "de la Cruz"])), "DANA")
    specs = [
        ClaimSpec(f"G{number}", member_id=draw(st.sampled_from(["M1", "m2"])), subscriber=person, dependent=dependent)
        for number, dependent in enumerate(draw(st.lists(st.booleans(), min_size=1, max_size=5)))
    ]
    plain = kind(specs)
    marks = draw(delimiters().filter(lambda d: not set(_marks(d)) & set(plain.translate(None, b"*:~^"))))
    written = kind(specs, delimiters=marks)
    line_break = draw(st.sampled_from(LINE_BREAKS)).translate(None, marks.segment)
    if not set(line_break) & set(marks.element + marks.component + (marks.repetition or b"")):
        written = written.replace(marks.segment, marks.segment + line_break)
    return plain, draw(st.sampled_from(BEFORE)) + written + draw(st.sampled_from(AFTER))


def _marks(d: Delimiters) -> bytes:
    return d.element + d.component + d.segment + (d.repetition or b"")


@settings(max_examples=100, deadline=None)
@given(batches())
def test_claims_are_the_same_however_they_are_written(pair: tuple[bytes, bytes]) -> None:
    """Delimiters, line breaks and what stands around change no claim, no finding and no fingerprint."""
    plain, written = (_claims(data) for data in pair)
    marks = next(delimiters for _, delimiters in segments([pair[1]]))
    if set(marks.component + (marks.repetition or b"")) & set(OF_DIGESTS):
        plain, written = ([replace(claim, fingerprint=b"") for claim in claims] for claims in (plain, written))
    assert plain == written
    assert plain


def _claims(data: bytes) -> list[Claim]:
    """The claims without where they lie."""
    found = [item for item in screen([data], GUIDES, standard_lists()) if isinstance(item, Claim)]
    return [replace(claim, span=Span(0, 0)) for claim in found]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([DELIMITERS, Delimiters(b"|", b">", b"'", None)]), st.integers(1, 4)),
        min_size=2,
        max_size=4,
    )
)
def test_every_interchange_of_a_document_is_read_by_its_own_delimiters(parts: list[tuple[Delimiters, int]]) -> None:
    """Claims of one after the other, as if each stood alone."""
    alone = [
        b"".join(realistic_batch(claims, seed, delimiters=marks, control=seed))
        for seed, (marks, claims) in enumerate(parts, start=1)
    ]
    together = [claim.control_number for claim in _claims(b"\r\n".join(alone))]
    assert together == [claim.control_number for each in alone for claim in _claims(each)]
    assert len(together) == sum(claims for _, claims in parts)


# Whatever is done to them


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_document_cut_off_anywhere_is_not_taken_for_a_whole_one(name: str, data: st.DataObject) -> None:
    """Only its last terminator may be missing."""
    document = base(name)
    first_end = document.index(b"IEA*")  # of two interchanges, the first alone is whole
    at = data.draw(st.integers(0, first_end + len("IEA*1*00000010")))
    with pytest.raises(Malformed):
        check_envelope([document[:at]])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_one_byte_more_less_or_other_is_a_finding_or_a_refusal(name: str, data: st.DataObject) -> None:
    """It never stops the gateway."""
    document = base(name)
    at, byte = data.draw(st.integers(0, len(document))), data.draw(st.binary(max_size=1))
    for target in ("reader", "screening"):
        tried(target, document[:at] + byte + document[at + data.draw(st.integers(0, 1)) :])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("mutation", sorted(set(MUTATIONS), key=lambda each: each.__name__), ids=lambda m: m.__name__)
def test_every_mutation_is_read_or_refused(mutation: Mutation, target: str) -> None:
    """Within a second and ten times the document's size, on samples from fixed seeds."""
    known = seeds(target)
    for number in range(25):
        random = Random(number)
        tried(target, mutation(random.choice(known), random), weighed=number == 0)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("filling", FILLINGS)
def test_nothing_that_comes_over_and_over_takes_longer_than_it_is_long(filling: bytes, target: str) -> None:
    """Behind a segment, within one and at the end; in capitals and in small letters. A second for 50 KB."""
    known = seeds(target)[0]
    middle = known.index(b"~", len(known) // 2) + 1
    many = filling * (50_000 // len(filling))
    for at in (middle, middle - 5, len(known)):
        document = known[:at] + many + known[at:]
        tried(target, document)
        tried(target, document.lower())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(TARGETS)), st.integers(0, 1 << 32))
def test_several_mutations_are_read_or_refused(target: str, seed: int) -> None:
    """The same that `make fuzz` does a million times."""
    random = Random(seed)
    tried(target, mutated(random.choice(seeds(target)), random, seeds(target)))


@pytest.mark.parametrize(("reads", "why"), [(lambda d: d * 4_000_000, "memory"), (lambda d: _spin(), " s for ")])
def test_the_fuzzer_sees_what_it_looks_for(
    reads: Callable[[bytes], object], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that takes too much memory or time is noticed, and so is one that raises."""
    monkeypatch.setitem(TARGETS, "answers", reads)
    with pytest.raises(Broken, match=why):
        tried("answers", b"ab", weighed=why == "memory", seconds=0.01)
    monkeypatch.setitem(TARGETS, "answers", lambda data: data[5])
    with pytest.raises(IndexError):
        tried("answers", b"ab")


def _spin() -> None:
    sum(range(3_000_000))


def test_an_answer_never_comes_from_a_batch() -> None:
    """A mutated batch that lies among the answers is a note, or is refused."""
    for name in NAMES:
        assert {type(answer).__name__ for answer in read_answers([base(name)])} == {"Note"}

"""What is composed reads back as what was stored, for every kind of claim, however often it is split and put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.claims import Claim
from gateway.model.sending import OutboundClaim, OutboundEnvelope, OutboundLevel, PlacedSpan
from gateway.model.x12 import Delimiters, Level, Span, TransactionSet
from gateway.testing.builders import (
    DELIMITERS,
    VERSIONS,
    BillingSpec,
    ClaimSpec,
    Person,
    batch837d,
    batch837i,
    batch837p,
    realistic_claims,
    valid_npi,
)
from gateway.x12.claims import read_claims
from gateway.x12.envelope import check_envelope
from gateway.x12.outbound import Composition
from tests.x12.test_outbound import ENVELOPE

KINDS = {"P": batch837p, "I": batch837i, "D": batch837d}
MARKS = [
    Delimiters(b"|", b">", b"'", b"!"),
    Delimiters(b"*", b":", b"\n", None),
    Delimiters(b"\x1d", b"\x1f", b"\x1c", b"\x1e"),
]


class Source:
    """Documents as the store keeps them, and every claim by its number with the version of its set."""

    def __init__(self, documents: Sequence[bytes]) -> None:
        self.documents = documents
        self.levels: dict[int, OutboundLevel] = {}
        self.outbound: dict[str, OutboundClaim] = {}
        self.claims: dict[str, Claim] = {}
        self.bytes: dict[str, bytes] = {}
        rows, attempts = count(100), count(1)
        for number, data in enumerate(documents):
            row_of: dict[int, int] = {}
            for item in read_claims([data]):
                if isinstance(item, Level):
                    row = row_of[item.ordinal] = next(rows)
                    parent = None if item.parent is None else row_of[item.parent]
                    self.levels[row] = OutboundLevel(row, item.kind, parent, PlacedSpan(number, item.span))
                elif isinstance(item, Claim):
                    self._claim(item, number, next(attempts), tuple(row_of[level] for level in item.levels))

    def _claim(self, claim: Claim, document: int, attempt: int, levels: tuple[int, ...]) -> None:
        name, source = claim.control_number, PlacedSpan(document, claim.span)
        assert name not in self.claims
        self.claims[name], self.bytes[name] = claim, self.read(source)
        self.outbound[name] = OutboundClaim(attempt, f"T{attempt:09d}", levels, source)

    def read(self, placed: PlacedSpan) -> bytes:
        return self.documents[placed.document][placed.span.start : placed.span.end]

    def composed(self, names: Sequence[str], envelope: OutboundEnvelope) -> bytes:
        """One interchange with these claims."""
        chosen = [self.outbound[name] for name in names]
        return b"".join(Composition(envelope, self.levels, chosen, self.read).blocks())


def content(claim: Claim) -> Claim:
    """A claim without where it stands, what stands beside it, and the trace that names an attempt."""
    bare = replace(
        claim, span=Span(0, 0), levels=(), transaction_set=0, position=0, trace="", findings=(), payer_segment=0
    )
    return replace(
        bare,
        billing=replace(bare.billing, segment=0),
        patient=replace(bare.patient, segment=0, subscriber_billed=False),
        providers=tuple(replace(each, segment=0) for each in bare.providers),
        coverages=tuple(replace(each, segment=0) for each in bare.coverages),
        other_dates=tuple(each._replace(segment=0) for each in bare.other_dates),
        lines=tuple(
            replace(line, segment=0, adjudications=tuple(replace(each, segment=0) for each in line.adjudications))
            for line in bare.lines
        ),
    )


def untraced(data: bytes, delimiters: Delimiters) -> list[bytes]:
    """The segments of a claim that are no REF*D9."""
    pieces = [piece.strip(b"\r\n") for piece in data.split(delimiters.segment)]
    trace = delimiters.element.join((b"REF", b"D9"))
    return [piece for piece in pieces if piece and not piece.startswith(trace)]


# Any claims

CHARGES = st.integers(1, 999_999).map(lambda cents: f"{cents // 100}.{cents % 100:02}")


@st.composite
def specs(draw: st.DrawFn, prefix: str) -> list[ClaimSpec]:
    """From claims of a realistic batch, with what its claims seldom have."""
    base = list(realistic_claims(draw(st.integers(1, 9)), draw(st.integers(1, 10_000))))
    return [
        replace(
            spec,
            control_number=f"{prefix}{number}",
            member_id=draw(st.sampled_from(["AHP1", "AHP2", "AHP3"])),
            payer_id=draw(st.sampled_from(["ALPHA1", "BETA1"])),
            patient=draw(st.sampled_from([Person("DOE", "ROBIN"), Person("DOE", "ROSE")])),
            frequency=draw(st.sampled_from(["1", "7", "8"])),
            payer_control_number=draw(st.sampled_from(["", "PCN1"])),
            trace=draw(st.sampled_from(["", "THEIRS"])),
            other_payer_id=draw(st.sampled_from(["", "OMEGA1"])),
            attending=valid_npi(draw(st.integers(1, 5))),
            lines=[replace(line, charge=draw(CHARGES), tooth="3") for line in spec.lines],
            billing=draw(
                st.sampled_from([BillingSpec(), BillingSpec(valid_npi(901), "RIVER BEND", tax_id="999990002")])
            ),
        )
        for number, spec in enumerate(base)
    ]


@st.composite
def sources(draw: st.DrawFn) -> tuple[Source, OutboundEnvelope]:
    """One to three documents, each of one or several sets, all with the same delimiters."""
    kind, marks = draw(st.sampled_from(sorted(KINDS))), draw(st.sampled_from([DELIMITERS, *MARKS]))
    line_break = draw(st.sampled_from(["", "\r\n", "\n"])) if marks.segment != b"\n" else ""
    documents = [
        KINDS[kind](
            draw(specs(f"D{number}C")),
            claims_per_set=draw(st.integers(1, 9)),
            control=101 + number,
            delimiters=marks,
            line_break=line_break,
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    version = next(version for each, version in VERSIONS.items() if each.value == kind)
    return Source(documents), replace(ENVELOPE, delimiters=marks, version=version)


@st.composite
def shares(draw: st.DrawFn, source: Source) -> list[list[str]]:
    """Its claims in any order, dealt out to any number of partners."""
    dealt: dict[int, list[str]] = {}
    for name in draw(st.permutations(sorted(source.claims))):
        dealt.setdefault(draw(st.integers(0, 3)), []).append(name)
    return list(dealt.values())


@st.composite
def splits(draw: st.DrawFn) -> tuple[Source, OutboundEnvelope, list[list[str]], list[list[str]]]:
    """A source, and two ways to deal out its claims."""
    source, envelope = draw(sources())
    return source, envelope, draw(shares(source)), draw(shares(source))


Split = tuple[Source, OutboundEnvelope, list[list[str]], list[list[str]]]


@settings(max_examples=80, deadline=None)
@given(splits())
def test_what_is_composed_reads_back_as_what_was_stored(split: Split) -> None:
    """Every noun of every claim, for each partner; what a claim holds does not depend on who else travels along."""
    source, envelope, parts, _ = split
    for names in parts:
        found = list(_read_back(source.composed(names, envelope)))
        assert sorted(claim.control_number for claim in found) == sorted(names)
        for claim in found:
            assert content(claim) == content(source.claims[claim.control_number])
            assert claim.trace == source.outbound[claim.control_number].trace


@settings(max_examples=80, deadline=None)
@given(splits())
def test_no_split_of_a_split_loses_or_changes_a_claim(split: Split) -> None:
    """Composed for some, and what came out dealt out again otherwise: bytes, charges, levels and counts all hold."""
    source, envelope, first, second = split
    middle = Source([source.composed(names, envelope) for names in first])
    found: list[str] = []
    for names in second:
        out = middle.composed(names, envelope)
        summary = check_envelope([out])  # SE01, GE01, IEA01 and the control numbers
        assert (summary.sets, len(summary.groups), len(summary.interchanges)) == (1, 1, 1)
        last = Source([out])
        assert sum(_charges(last)) == sum(_charges(source, names))
        for name in names:
            assert untraced(last.bytes[name], envelope.delimiters) == untraced(source.bytes[name], envelope.delimiters)
            assert _above(last, name, envelope.delimiters) == _above(source, name, envelope.delimiters)
        _assert_in_order(out, envelope.delimiters)
        found += last.claims
    assert sorted(found) == sorted(source.claims)


@settings(max_examples=40, deadline=None)
@given(splits())
def test_composing_what_is_composed_changes_nothing(split: Split) -> None:
    """All of it once more, in the order it came out: the same bytes but for the break behind a claim's new trace."""
    source, envelope, parts, _ = split
    once = source.composed(parts[0], envelope)
    again = Source([once])
    order = [claim.control_number for claim in _read_back(once)]
    for name in order:
        again.outbound[name] = replace(again.outbound[name], trace=source.outbound[name].trace)
    assert again.composed(order, envelope) == once


def _read_back(data: bytes) -> Iterator[Claim]:
    for item in read_claims([data]):
        if isinstance(item, Claim):
            yield item
        assert not isinstance(item, TransactionSet) or item.reference == ENVELOPE.reference


def _charges(source: Source, names: Sequence[str] | None = None) -> Iterator[Decimal]:
    for name in source.claims if names is None else names:
        charge = source.claims[name].charge
        assert charge is not None
        assert charge == sum((line.charge or Decimal() for line in source.claims[name].lines), Decimal())
        yield charge


def _above(source: Source, name: str, delimiters: Delimiters) -> list[list[bytes]]:
    """The levels that a claim hangs on, from 2000A down, without their HLs."""
    blocks = (source.read(source.levels[row].source) for row in source.outbound[name].levels)
    return [untraced(block.partition(delimiters.segment)[2], delimiters) for block in blocks]


def _assert_in_order(out: bytes, delimiters: Delimiters) -> None:
    """HL01 counts from 1, HL02 points back, HL04 says whether a level hangs below."""
    mark = re.escape(delimiters.element)
    levels = re.findall(rb"HL%b(\d+)%b(\d*)%b(\d+)%b(\d)" % (mark, mark, mark, mark), out)
    parents = {parent for _, parent, _, _ in levels}
    assert [int(number) for number, _, _, _ in levels] == list(range(1, len(levels) + 1))
    for number, parent, kind, children in levels:
        assert (parent == b"") == (kind == b"20")
        assert int(parent or 0) < int(number)
        assert (children == b"1") == (number in parents)

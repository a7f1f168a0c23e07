"""A replacement or void is the claim's own bytes: CLM05-3 and REF*F8 change, and nothing else, whatever the claim is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.guidebook import Guidebook
from gateway.model.claims import Claim, ClaimKind, Outcome
from gateway.model.sending import OutboundClaim, OutboundEnvelope, OutboundLevel, PlacedSpan
from gateway.model.x12 import Delimiters, Interchange, Level
from gateway.screening import screen
from gateway.testing.builders import ClaimSpec, LineSpec, batch837d, batch837i, batch837p
from gateway.x12.claims import read_claims
from gateway.x12.correcting import Correction
from gateway.x12.envelope import check_envelope

GUIDES = Guidebook()
MAKERS: dict[ClaimKind, tuple[Callable[..., bytes], str]] = {
    ClaimKind.PROFESSIONAL: (batch837p, "005010X222A1"),
    ClaimKind.INSTITUTIONAL: (batch837i, "005010X223A2"),
    ClaimKind.DENTAL: (batch837d, "005010X224A2"),
}
NUMBER = "ICN-2026/77"


def envelope(delimiters: Delimiters, version: str) -> OutboundEnvelope:
    return OutboundEnvelope(
        delimiters, "ZZ", "RESUBMISSION", "ZZ", "GATEWAY", "OGT77", "OGT77", "OPENGATE", "5555550100", "OPENGATE",
        datetime(2026, 11, 26, 9, 30), 7, "RS7", "CH", version, "P", False,
    )  # fmt: skip


def corrected(data: bytes, number: str, frequency: str = "7", payer_number: str = NUMBER) -> bytes:
    """The claim of that CLM01 as its replacement or void."""
    delimiters, levels, found = None, {}, None
    for item in read_claims([data]):
        if isinstance(item, Interchange):
            delimiters = item.delimiters
        elif isinstance(item, Level):
            levels[item.ordinal] = OutboundLevel(item.ordinal, item.kind, item.parent, PlacedSpan(1, item.span))
        elif isinstance(item, Claim) and item.control_number == number:
            found = item
    assert delimiters
    assert found
    kind = found.kind
    claim = OutboundClaim(1, "R1", found.levels, PlacedSpan(1, found.span))
    made = Correction(
        envelope(delimiters, MAKERS[kind][1]), {n: levels[n] for n in found.levels}, claim,
        lambda source: data[source.span.start : source.span.end],
        kind=kind, frequency=frequency, number=payer_number,
    )  # fmt: skip
    content = b"".join(made.blocks())
    assert b"".join(made.blocks()) == content
    return content


def segments(data: bytes, delimiters: bytes = b"~*") -> Iterator[list[str]]:
    """From the first HL to SE, HL numbers apart."""
    inside = False
    for piece in data.split(delimiters[:1]):
        elements = piece.strip().decode().split(delimiters[1:].decode())
        inside = (inside or elements[0] == "HL") and elements[0] != "SE"
        if inside:
            yield ["HL", elements[3]] if elements[0] == "HL" else elements


@st.composite
def specs(draw: st.DrawFn) -> ClaimSpec:
    words = st.sampled_from(["", "X1"])
    return ClaimSpec(
        "A2",
        lines=[LineSpec(charge=n + 1) for n in range(draw(st.integers(1, 3)))],
        dependent=draw(st.booleans()),
        prior_authorization=draw(words),
        trace=draw(words),
        record_number=draw(words),
        frequency=draw(st.sampled_from(["1", "7"])),
        payer_control_number=draw(st.sampled_from(["", "OLD9"])),
        notes=draw(st.sampled_from([(), (("NTE", "ADD", "A NOTE"),)])),
        other_payer_id=draw(words),
    )


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ClaimKind), specs(), st.sampled_from(["7", "8"]), st.booleans())
def test_only_frequency_and_payer_number_change(kind: ClaimKind, spec: ClaimSpec, frequency: str, breaks: bool) -> None:
    """Of any kind of claim, among others of its file: every other segment is as it was, in its order."""
    make = MAKERS[kind][0]
    source = make([ClaimSpec("A1", member_id="M0"), spec, ClaimSpec("A3", member_id="M3")])
    if breaks:
        source = source.replace(b"~", b"~\r\n")
    content = corrected(source, "A2", frequency)
    check_envelope([content])
    alone = list(segments(make([spec])))
    made = list(segments(content))
    expected = [
        [*s[:5], f"{s[5][:-1]}{frequency}", *s[6:]] if s[0] == "CLM" else s for s in alone if s[:2] != ["REF", "F8"]
    ]
    assert [s for s in made if s[:2] != ["REF", "F8"]] == expected
    assert [s for s in made if s[:2] == ["REF", "F8"]] == [["REF", "F8", NUMBER]]
    (claim,) = [item for item in read_claims([content]) if isinstance(item, Claim)]
    assert (claim.frequency, claim.payer_control_number, claim.trace) == (frequency, NUMBER, spec.trace)


@pytest.mark.parametrize("kind", ClaimKind)
@pytest.mark.parametrize("there", ["", "OLD9"])
def test_the_number_stands_where_the_guide_has_it(kind: ClaimKind, there: str) -> None:
    """Behind G1 and before EA (in dental before G1); one that stands there is replaced; and our own validation agrees."""
    spec = ClaimSpec("A2", prior_authorization="X1", trace="T1", record_number="" if kind is ClaimKind.DENTAL else "E1",
                     payer_control_number=there, frequency="7" if there else "1")  # fmt: skip
    content = corrected(MAKERS[kind][0]([spec]), "A2")
    order = [s[1] for s in segments(content) if s[0] == "REF" and s[1] in ("G1", "F8", "EA")]
    before = {ClaimKind.DENTAL: ["F8", "G1"]}.get(kind, ["G1", "F8", "EA"])
    assert there or order == before
    assert sorted(order) == sorted(before)
    found = [item for item in screen([content], GUIDES, GUIDES.lists()) if isinstance(item, Claim)]
    assert [f for claim in found for f in claim.findings if f.outcome >= Outcome.REJECT] == []


def test_a_number_that_would_break_the_file_is_refused() -> None:
    """A payer's number comes from outside: a delimiter in it, or nothing, or too much of it."""
    source = batch837p([ClaimSpec("A2")])
    for number in ("A*B", "A~B", "A:B", "", "N" * 51, "N\n1"):
        with pytest.raises(Malformed) as wrong:
            corrected(source, "A2", payer_number=number)
        assert number not in str(wrong.value) or not number


def test_a_claim_without_a_frequency_is_refused() -> None:
    """Nothing is made up."""
    source = batch837p([ClaimSpec("A2")]).replace(b"11:B:1", b"11:B")
    with pytest.raises(Malformed) as wrong:
        corrected(source, "A2")
    assert wrong.value.code == "FREQUENCY_MISSING"

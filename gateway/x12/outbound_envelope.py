"""What an outbound 837 has that is not copied: ISA, GS, ST, BHT, 1000A, 1000B, and their trailers."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.errors import Malformed
from gateway.model.sending import OutboundEnvelope, set_control, set_reference
from gateway.model.x12 import Delimiters

CONTACT = "EDI DESK"
"""1000A PER02: a desk, not a person."""

# Place, field, least and most characters. GS02 is 1000A NM109 as well, GS03 is 1000B NM109.
_ELEMENTS = (
    ("ISA05", "sender_qualifier", 2, 2),
    ("ISA06", "sender", 1, 15),
    ("ISA07", "receiver_qualifier", 2, 2),
    ("ISA08", "receiver", 1, 15),
    ("ISA15", "usage", 1, 1),
    ("GS02", "group_sender", 2, 15),
    ("GS03", "group_receiver", 2, 15),
    ("GS08", "version", 1, 12),
    ("BHT03", "reference", 1, 25),
    ("BHT06", "mode", 2, 2),
    ("1000A/NM103", "submitter_name", 1, 60),
    ("1000A/PER04", "contact_phone", 1, 256),
    ("1000B/NM103", "receiver_name", 1, 60),
)


def check_written(envelope: OutboundEnvelope) -> None:
    """Raise Malformed where an element would break the interchange or the standard's lengths."""
    _check_delimiters(envelope.delimiters)
    for place, name, least, most in _ELEMENTS:
        check_element(envelope.delimiters, str(getattr(envelope, name)), place, least, most)
    for payer_id in envelope.payer_ids.values():
        check_element(envelope.delimiters, payer_id, "2010BB/NM109", 2, 80)
    if not 1 <= envelope.control <= 999_999_999:
        raise _refused("ISA13", "is not a number from 1 to 999999999")


def check_element(delimiters: Delimiters, value: str, place: str, least: int, most: int) -> None:
    """Raise Malformed unless the value has `least` to `most` printable ASCII characters, none of them a delimiter."""
    if not least <= len(value) <= most:
        raise _refused(place, f"does not have {least} to {most} characters")
    if not (value.isascii() and value.isprintable()):
        raise _refused(place, "has a character that X12 does not have")
    if any(byte in value.encode("ascii") for byte in _bytes(delimiters)):
        raise _refused(place, "holds a delimiter of the claims that it would travel with")


def _check_delimiters(delimiters: Delimiters) -> None:
    used = _bytes(delimiters)
    if len(set(used)) < len(used) or any(len(byte) != 1 or byte.isalnum() or byte in b" +-." for byte in used):
        raise _refused("ISA", "has delimiters that cannot be told from data")


def _bytes(delimiters: Delimiters) -> list[bytes]:
    used = (delimiters.element, delimiters.component, delimiters.segment, delimiters.repetition)
    return [byte for byte in used if byte is not None]


def _refused(place: str, what: str) -> Malformed:
    return Malformed(
        f"an outbound element {what}",
        code="OUTBOUND_ELEMENT",
        place=place,
        next_step="Correct this account's or partner's settings; nothing was sent.",
    )


def segment(delimiters: Delimiters, *elements: str) -> bytes:
    """One segment with its terminator."""
    return delimiters.element.join(element.encode("ascii") for element in elements) + delimiters.segment


def interchange_header(envelope: OutboundEnvelope) -> bytes:
    """ISA (106 bytes) and GS. ISA11 is U where the claims' own interchange declared no repetition separator."""
    d, moment = envelope.delimiters, envelope.moment
    isa = segment(
        d,
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(envelope.sender_qualifier, f"{envelope.sender:<15}", envelope.receiver_qualifier, f"{envelope.receiver:<15}"),
        *(f"{moment:%y%m%d}", f"{moment:%H%M}", (d.repetition or b"U").decode("ascii"), "00501"),
        *(f"{envelope.control:09d}", "1" if envelope.ack_requested else "0", envelope.usage),
        d.component.decode("ascii"),
    )
    addresses = (envelope.group_sender, envelope.group_receiver)
    when = (f"{moment:%Y%m%d}", f"{moment:%H%M}")
    return isa + segment(d, "GS", "HC", *addresses, *when, str(envelope.control), "X", envelope.version)


def set_header(envelope: OutboundEnvelope, number: int) -> bytes:
    """ST, BHT, 1000A and 1000B of one set. Each transmission is an original (BHT02 00), whatever the source's was."""
    d, moment = envelope.delimiters, envelope.moment
    when = (f"{moment:%Y%m%d}", f"{moment:%H%M}")
    return b"".join(
        segment(d, *elements)
        for elements in (
            ("ST", "837", set_control(number), envelope.version),
            ("BHT", "0019", "00", set_reference(envelope.reference, number), *when, envelope.mode),
            ("NM1", "41", "2", envelope.submitter_name, "", "", "", "", "46", envelope.group_sender),
            ("PER", "IC", CONTACT, "TE", envelope.contact_phone),
            ("NM1", "40", "2", envelope.receiver_name, "", "", "", "", "46", envelope.group_receiver),
        )
    )


def set_trailer(envelope: OutboundEnvelope, number: int, segments: int) -> bytes:
    """SE with its count from ST to itself."""
    return segment(envelope.delimiters, "SE", str(segments), set_control(number))


def trailers(envelope: OutboundEnvelope, sets: int) -> bytes:
    """GE and IEA."""
    closing: Iterable[tuple[str, ...]] = (
        ("GE", str(sets), str(envelope.control)),
        ("IEA", "1", f"{envelope.control:09d}"),
    )
    return b"".join(segment(envelope.delimiters, *elements) for elements in closing)

"""What we put on the wire: submissions and the attempts they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.model.x12 import Delimiters, Span


class Seen(StrEnum):
    """One thing that was seen of a file at its partner, each kept with its first moment. WRITTEN: the server confirmed
    every byte and the closing. SIZE: it shows the size that was sent. UNVERIFIED: it shows no size, or nothing can be
    looked at. LISTED: its name stands in the folder. VANISHED: it is gone after closing, as this server does. RECEIPT
    and FAILED: a mark of the partner says so. ACKNOWLEDGED: a TA1, 999, 277CA or 835 speaks of it. TOLD: a person says
    that it arrived."""

    WRITTEN = "written"
    SIZE = "size"
    UNVERIFIED = "unverified"
    LISTED = "listed"
    VANISHED = "vanished"
    RECEIPT = "receipt"
    FAILED = "failed"
    ACKNOWLEDGED = "acknowledged"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class PlacedSpan:
    """Bytes of one stored document: `document` is its id in the database."""

    document: int
    span: Span


@dataclass(frozen=True, slots=True)
class OutboundLevel:
    """A source level that an outbound set carries. `id` is its row, `kind` HL03, `parent` the row above it."""

    id: int
    kind: str
    parent: int | None
    source: PlacedSpan


@dataclass(frozen=True, slots=True)
class OutboundClaim:
    """A claim to write. `levels` are level rows from 2000A down; `trace` is the REF*D9 of this attempt (17 characters
    or fewer, A-Z and 0-9); `attempt` is its row, `set_number` which set of its interchange carries it, from 1."""

    attempt: int
    trace: str
    levels: tuple[int, ...]
    source: PlacedSpan
    set_number: int = 1


@dataclass(frozen=True, slots=True)
class OutboundEnvelope:
    """Everything of an outbound interchange that is not copied: one ISA, one GS, and the same for each ST.

    `moment` fills ISA09/10, GS04/05 and BHT04/05 (in the local time of the site); `control` fills ISA13 and GS06
    (the number, unpadded in GS06); `reference` is BHT03 of the first set; `mode` BHT06 and `version` GS08/ST03 as the
    source had them. `payer_ids` are the ids that 2010BB NM109 gets, by the ids that stand there.
    """

    delimiters: Delimiters
    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    group_sender: str
    group_receiver: str
    submitter_name: str
    contact_phone: str
    receiver_name: str
    moment: datetime
    control: int
    reference: str
    mode: str
    version: str
    usage: str
    ack_requested: bool = True
    payer_ids: Mapping[str, str] = field(default_factory=dict)


def set_control(number: int) -> str:
    """ST02 of a set, by its number in its interchange."""
    return f"{number:04d}"


def set_reference(reference: str, number: int) -> str:
    """BHT03 of a set: the submission's own for the first, and never the same for two sets."""
    return reference if number == 1 else f"{reference}S{number}"


def submission_reference(reference: str) -> str:
    """The submission's own reference, by the BHT03 of any of its sets."""
    own, _, number = reference.rpartition("S")
    return own if own and number.isascii() and number.isdigit() else reference


@dataclass(frozen=True, slots=True)
class PlacedAttempt:
    """Where an attempt's claim stands in its outbound set: segment numbers with ST = 1, both ends inclusive.

    `levels` holds the same for each level above it, from 2000A down. A 999 speaks of claims by these numbers.
    """

    attempt: int
    first: int
    last: int
    levels: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One entry of a remote listing. `size` and `modified` are None where the server does not tell."""

    path: str
    size: int | None
    modified: int | None

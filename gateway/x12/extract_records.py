"""What is read of an 837 before anything is decoded: levels, claims and lines as bytes, one light record each."""

from __future__ import annotations

from gateway.model.claims import ClaimKind, Finding
from gateway.model.x12 import Delimiters
from gateway.x12.syntax import ABSENT

BILLING, SUBSCRIBER, DEPENDENT = b"20", b"22", b"23"
"""HL03 of 2000A, 2000B, 2000C."""

Elements = list[bytes]
"""A segment's elements, its id first, with empty ones added behind for those that it leaves out."""


class Piece:
    """A segment that comes again and again, taken apart once. `kind` says where it goes (`extract_kinds`), `value` is
    free for who makes nouns of it."""

    __slots__ = ("elements", "kind", "value")

    def __init__(self, elements: Elements, kind: int) -> None:
        self.elements, self.kind = elements, kind
        self.value: object = None


class RawLevel:
    """An HL with what stands under it. `position` is that of its HL in the set (ST = 1), `start` and `end` its bytes.

    `npi`, `tax_id` and `payer_id`, `member_id` are those of the level or of the level above it. `findings` are the
    guide's on the set's header, the levels above and this one; the last `own` of them are this one's. `promise` is
    HL04. `pieces` are its segments without padding, `content` the same in one, both there until the next item is asked
    for; `unsaid` are the places of the pieces that are no part of what the level says. `lost` is the position of the
    first segment of a claim that has no CLM, 0 for none; `robbed` is whether there is one here or below.
    """

    __slots__ = (
        "above", "billing", "children", "claims", "content", "end", "findings", "given", "kind", "lost", "member_id",
        "npi", "ordinal", "own", "own_claims", "payer_id", "pieces", "position", "promise", "robbed", "start", "tax_id",
        "transaction_set", "unsaid",
    )  # fmt: skip

    start: int  # known from its HL on; what follows, from its end on
    end: int
    pieces: list[bytes]
    content: bytes

    def __init__(
        self, kind: bytes, promise: bytes, above: RawLevel | None, ordinal: int, transaction_set: int, position: int
    ) -> None:
        self.kind, self.promise, self.above, self.ordinal = kind, promise, above, ordinal
        self.transaction_set, self.position = transaction_set, position
        self.own = self.lost = 0
        self.children = self.claims = self.own_claims = False  # what stands below it, at any depth; claims of its own
        self.robbed = False
        self.billing = False  # the reading is in 2010AA
        self.unsaid: tuple[int, ...] = ()
        self.given: object = None  # free for who makes nouns of it
        if above is None:
            self.npi = self.tax_id = self.payer_id = self.member_id = b""
            self.findings: tuple[Finding, ...] = ()
        else:
            self.npi, self.tax_id, self.findings = above.npi, above.tax_id, above.findings
            self.payer_id, self.member_id = above.payer_id, above.member_id

    def add(self, findings: tuple[Finding, ...]) -> None:
        """Findings of this level's own. Of what a claim without CLM says, nothing: that it is lost is enough."""
        if self.lost:
            findings = tuple(found for found in findings if (found.segment or 0) < self.lost)
        if findings:
            self.findings, self.own = self.findings + findings, len(findings)


class RawProvider:
    """A provider of a claim, or of a line: its NM1 and whatever PRV follows."""

    __slots__ = ("line", "nm1", "position", "prv")

    def __init__(self, nm1: Piece, position: int, line: RawLine | None) -> None:
        self.nm1, self.position, self.line = nm1, position, line
        self.prv: Piece | None = None

    @property
    def role(self) -> bytes:
        """NM101."""
        return self.nm1.elements[1]

    @property
    def npi(self) -> bytes:
        """NM109 where it is one."""
        return self.nm1.elements[9] if self.nm1.elements[8] == b"XX" else b""


class RawPayer:
    """What another payer did: a 2320 opened by SBR, or a 2430 opened by SVD. `cas` are its adjustments."""

    __slots__ = ("amounts", "cas", "elements", "paid_on", "payer_id", "position")

    def __init__(self, elements: Elements, position: int) -> None:
        self.elements, self.position = elements, position
        self.payer_id = b""  # 2330B NM109
        self.paid_on: Elements | None = None  # DTP*573
        self.amounts: dict[bytes, bytes] = {}  # AMT02 by AMT01
        self.cas: list[Elements] = []


class RawLine:
    """A 2400: its LX and that one's position, SV1, SV2 or SV3, DTP*472, what stands in REF*6R behind the qualifier, and
    each 2430. `value` is free for who makes nouns of it."""

    __slots__ = ("adjudications", "control", "days", "lx", "position", "service", "value")

    def __init__(self, lx: Piece, position: int) -> None:
        self.lx, self.position = lx, position
        self.service: Piece | None = None
        self.days: Piece | None = None
        self.control = b""
        self.value = 0
        self.adjudications: list[RawPayer] | None = None


class RawClaim:
    """A CLM with what stands under it, and the level it hangs on. `position` is that of its CLM in the set (ST = 1),
    `start` and `end` its bytes, `pieces` its segments without padding, so that piece n has the position plus n, and
    `content` the same in one.

    `references` are REF02 by REF01 of the claim alone, `dates` its DTPs, `amounts` its AMT02 by AMT01. `own` holds while
    no party and no other payer was named. `unsaid` are the places of the pieces that are no part of what the claim says,
    such as REF*D9. `findings` are the guide's on the claim.
    """

    __slots__ = (
        "amounts", "clm", "content", "coverages", "dates", "delimiters", "diagnoses", "end", "findings", "kind", "level",
        "lines", "own", "pieces", "position", "providers", "references", "start", "transaction_set", "unsaid",
    )  # fmt: skip

    start: int  # known from its CLM on; what follows, from its end on
    end: int
    pieces: list[bytes]
    content: bytes

    def __init__(
        self,
        kind: ClaimKind,
        transaction_set: int,
        level: RawLevel,
        delimiters: Delimiters,
        position: int,
        clm: Elements,
    ) -> None:
        self.kind, self.transaction_set, self.level, self.delimiters = kind, transaction_set, level, delimiters
        self.position, self.clm = position, clm
        self.own = True
        self.references: dict[bytes, bytes] = {}
        self.amounts: dict[bytes, bytes] | None = None
        self.dates: tuple[Piece, ...] = ()
        self.diagnoses: tuple[Piece, ...] = ()
        self.providers: list[RawProvider] = []
        self.coverages: list[RawPayer] | None = None
        self.lines: list[RawLine] = []
        self.unsaid: tuple[int, ...] = ()
        self.findings: tuple[Finding, ...] = ()

    @property
    def control_number(self) -> bytes:
        """CLM01."""
        return self.clm[1]

    @property
    def charge(self) -> bytes:
        """CLM02."""
        return self.clm[2]

    @property
    def place(self) -> bytes:
        """CLM05: place or facility, its qualifier, frequency."""
        return self.clm[5]

    def position_of(self, piece: Piece, after: int) -> int:
        """The position of a piece of this claim, the first from a position on."""
        element = self.delimiters.element
        texts = self.pieces[after - self.position :]
        return after + next(place for place, text in enumerate(texts) if text.split(element) + ABSENT == piece.elements)

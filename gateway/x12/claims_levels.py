"""Loops 2000A, 2000B and 2000C: what a claim inherits from the levels above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.model.claims import BillingProvider, Finding
from gateway.model.x12 import Delimiters
from gateway.x12.claims_findings import bad_date
from gateway.x12.claims_fingerprint import digest_of
from gateway.x12.syntax import ABSENT, date_of, text_of

BILLING, SUBSCRIBER, DEPENDENT = b"20", b"22", b"23"
"""HL03 of 2000A, 2000B, 2000C."""

PARENT_OF = {BILLING: b"", SUBSCRIBER: BILLING, DEPENDENT: SUBSCRIBER}
"""On which level each level hangs."""

_LOOPS = {
    (BILLING, b"85"): "2010AA",
    (SUBSCRIBER, b"IL"): "2010BA",
    (SUBSCRIBER, b"PR"): "2010BB",
    (DEPENDENT, b"QC"): "2010CA",
}


@dataclass(frozen=True, slots=True)
class Inherited:
    """What levels give to the claims below them. `levels` are ordinals from 2000A down, `digest` stands for the content
    of all of them without HL numbers."""

    kind: bytes
    levels: tuple[int, ...]
    digest: bytes
    billing: BillingProvider
    payer_id: str = ""
    payer_responsibility: str = ""
    filing_indicator: str = ""
    member_id: str = ""
    findings: tuple[Finding, ...] = ()


class LevelLoops:
    """One level while its segments come in. `above` is what the level it hangs on gives."""

    def __init__(self, kind: bytes, ordinal: int, above: Inherited | None, delimiters: Delimiters) -> None:
        self.kind = kind
        self.ordinal = ordinal
        self._above = above
        self._delimiters = delimiters
        self._content: list[list[bytes]] = []
        self._loop = ""  # which 2010 we are in
        self._taxonomy = self._npi = self._entity_type = self._tax_id = self._secondary_id = ""
        self._responsibility = self._filing_indicator = self._member_id = self._payer_id = ""
        self._findings: list[Finding] = []

    def take(self, elements: list[bytes], position: int) -> None:
        """One segment of the level; `position` counts from ST = 1."""
        self._content.append(elements)
        read = _READ.get(elements[0])
        if read:
            read(self, elements + ABSENT, position)

    def inherited(self) -> Inherited:
        """What the level gives, once all of it came in."""
        above = self._above
        digest = digest_of(self._content, self._delimiters, above.digest if above else b"")
        if above is None:
            billing = BillingProvider(self._npi, self._entity_type, self._tax_id, self._taxonomy)
            return Inherited(self.kind, (self.ordinal,), digest, billing)
        levels, findings = (*above.levels, self.ordinal), (*above.findings, *self._findings)
        if self.kind == DEPENDENT:
            return replace(above, kind=self.kind, levels=levels, digest=digest, findings=findings)
        billing = above.billing
        return Inherited(
            kind=self.kind,
            levels=levels,
            digest=digest,
            billing=replace(billing, secondary_id=self._secondary_id) if self._secondary_id else billing,
            payer_id=self._payer_id,
            payer_responsibility=self._responsibility,
            filing_indicator=self._filing_indicator,
            member_id=self._member_id,
            findings=findings,
        )

    def _prv(self, elements: list[bytes], position: int) -> None:
        if elements[1] == b"BI":
            self._taxonomy = text_of(elements[3])

    def _sbr(self, elements: list[bytes], position: int) -> None:
        self._responsibility = text_of(elements[1])
        self._filing_indicator = text_of(elements[9])

    def _nm1(self, elements: list[bytes], position: int) -> None:
        self._loop = _LOOPS.get((self.kind, elements[1]), "")
        identifier = text_of(elements[9])
        if self._loop == "2010AA":
            self._entity_type = text_of(elements[2])
            self._npi = identifier if elements[8] == b"XX" else ""
        elif self._loop == "2010BA":
            self._member_id = identifier
        elif self._loop == "2010BB":
            self._payer_id = identifier

    def _ref(self, elements: list[bytes], position: int) -> None:
        qualifier = elements[1]
        if self._loop == "2010AA" and qualifier in {b"EI", b"SY"}:
            self._tax_id = text_of(elements[2]).replace("-", "")
        elif self._loop == "2010BB" and qualifier == b"G2":
            self._secondary_id = text_of(elements[2])

    def _dmg(self, elements: list[bytes], position: int) -> None:
        born = elements[2]
        if born and self._loop in {"2010BA", "2010CA"} and date_of(born) is None:
            self._findings.append(bad_date("DMG02", self._loop, "birth date", position))


_READ: dict[bytes, Callable[[LevelLoops, list[bytes], int], None]] = {
    b"PRV": LevelLoops._prv,
    b"SBR": LevelLoops._sbr,
    b"NM1": LevelLoops._nm1,
    b"REF": LevelLoops._ref,
    b"DMG": LevelLoops._dmg,
}

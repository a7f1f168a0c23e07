"""Loop 2300: a claim with its providers and its service lines."""

from __future__ import annotations

from collections.abc import Callable

from gateway.model.claims import Claim, ClaimKind, Provider, ServiceLine
from gateway.model.x12 import Delimiters, Span
from gateway.x12.claims_findings import bad_date, not_a_number
from gateway.x12.claims_fingerprint import digest_of
from gateway.x12.claims_levels import Inherited
from gateway.x12.claims_lines import SERVICES, Days, LineLoop
from gateway.x12.syntax import ABSENT, decimal_of, period_of, text_of

_PLACES = {b"PW", b"45"}
"""NM101 of an ambulance's pick-up and drop-off: addresses, no providers."""

_CLAIM, _PROVIDERS, _OTHER_COVERAGE, _LINES = range(4)
"""The parts of a 2300 in their order: its own segments, 2310, 2320 with 2330, 2400 with all below."""


class ClaimLoops:
    """A claim while its segments come in. `position` is that of its CLM in the set, ST = 1."""

    def __init__(
        self, kind: ClaimKind, inherited: Inherited, delimiters: Delimiters, clm: list[bytes], position: int
    ) -> None:
        self._kind = kind
        self._inherited = inherited
        self._delimiters = delimiters
        self._clm = clm + ABSENT
        self._position = position
        self._content = [clm]
        self._part = _CLAIM
        self._references: dict[bytes, str] = {}
        self._days: Days | None = None
        self._providers: list[Provider] = []
        self._named = False  # the last NM1 named a provider
        self._line: LineLoop | None = None
        self._lines: list[LineLoop] = []
        self._findings = list(inherited.findings)
        self._charge = decimal_of(self._clm[2])
        if self._charge is None:
            self._findings.append(not_a_number("CLM02", "2300", position))

    def take(self, elements: list[bytes], position: int) -> None:
        """One segment of the claim."""
        self._content.append(elements)
        read = _READ.get(elements[0])
        if read:
            read(self, elements + ABSENT, position)

    def built(self, span: Span, transaction_set: int) -> Claim:
        """The claim, once all of it came in."""
        above, clm = self._inherited, self._clm
        where = clm[5].split(self._delimiters.component)
        default = self._days if self._days and self._kind is ClaimKind.DENTAL else (None, None)
        lines = tuple([line.built(default) for line in self._lines])
        first, last = self._range(lines)
        return Claim(
            kind=self._kind,
            transaction_set=transaction_set,
            levels=above.levels,
            span=span,
            position=self._position,
            control_number=text_of(clm[1]),
            charge=self._charge,
            place_of_service=text_of(where[0]),
            frequency=text_of((where + ABSENT)[2]),
            payer_id=above.payer_id,
            payer_responsibility=above.payer_responsibility,
            filing_indicator=above.filing_indicator,
            member_id=above.member_id,
            billing=above.billing,
            providers=tuple(self._providers),
            lines=lines,
            first_day=first,
            last_day=last,
            payer_control_number=self._references.get(b"F8", ""),
            prior_authorization=self._references.get(b"G1", ""),
            trace=self._references.get(b"D9", ""),
            delay_reason=text_of(clm[20]),
            fingerprint=digest_of(self._content, self._delimiters, above.digest),
            findings=tuple(self._findings),
        )

    def _range(self, lines: tuple[ServiceLine, ...]) -> Days:
        if self._days is not None and (self._kind is ClaimKind.INSTITUTIONAL or not lines):
            return self._days
        firsts = [line.first_day for line in lines if line.first_day]
        lasts = [line.last_day for line in lines if line.last_day]
        return (min(firsts), max(lasts)) if firsts and lasts else (None, None)

    def _ref(self, elements: list[bytes], position: int) -> None:
        qualifier = elements[1]
        if self._part == _CLAIM:
            self._references[qualifier] = text_of(elements[2])
            if qualifier == b"D9":
                self._content.pop()  # it names one way that a claim went, and is no part of what the claim says
        elif self._line and qualifier == b"6R":
            self._line.control = text_of(elements[2])

    def _dtp(self, elements: list[bytes], position: int) -> None:
        qualifier = elements[1]
        if self._line and qualifier == b"472":
            self._line.served(elements, position)
        elif self._part == _CLAIM and qualifier == _CLAIM_DATES.get(self._kind):
            self._days = period_of(elements[2], elements[3]) or (None, None)
            if self._days[0] is None:
                self._findings.append(bad_date("DTP03", "2300", "date of service", position))

    def _nm1(self, elements: list[bytes], position: int) -> None:
        role = elements[1]
        self._named = self._part != _OTHER_COVERAGE and role not in _PLACES
        self._part = max(self._part, _PROVIDERS)
        if self._named:
            npi = text_of(elements[9]) if elements[8] == b"XX" else ""
            line = self._line.number if self._line else None
            self._providers.append(Provider(text_of(role), npi, text_of(elements[2]), line=line))

    def _prv(self, elements: list[bytes], position: int) -> None:
        if self._named:
            named = self._providers[-1]
            taxonomy = text_of(elements[3])
            self._providers[-1] = Provider(named.role, named.npi, named.entity_type, taxonomy, named.line)

    def _sbr(self, elements: list[bytes], position: int) -> None:
        self._part = max(self._part, _OTHER_COVERAGE)

    def _lx(self, elements: list[bytes], position: int) -> None:
        self._part = _LINES
        stated = elements[1]
        number = int(stated) if stated.isdigit() and len(stated) <= 6 else None
        self._line = LineLoop(number or len(self._lines) + 1, self._delimiters.component, self._findings)
        self._lines.append(self._line)
        if not number:
            self._findings.append(not_a_number("LX01", "2400", position, self._line.number))

    def _service(self, elements: list[bytes], position: int) -> None:
        if self._line:
            self._line.service(elements, position)


_CLAIM_DATES = {ClaimKind.INSTITUTIONAL: b"434", ClaimKind.DENTAL: b"472"}
"""DTP01 of the days at the claim: the statement's, and the default for dental lines."""

_READ: dict[bytes, Callable[[ClaimLoops, list[bytes], int], None]] = {
    b"REF": ClaimLoops._ref,
    b"DTP": ClaimLoops._dtp,
    b"NM1": ClaimLoops._nm1,
    b"PRV": ClaimLoops._prv,
    b"SBR": ClaimLoops._sbr,
    b"LX": ClaimLoops._lx,
    **dict.fromkeys(SERVICES, ClaimLoops._service),
}

"""A 277CA: what a payer or clearinghouse says of a batch, its billing providers and its claims (005010X214)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from gateway.model.answers import Answer, ClaimStatus, Status, StatusReport
from gateway.x12.answers.sets import HandledSet, SetHeader
from gateway.x12.syntax import date_of, decimal_of, period_of, text_of

_LEVELS = {b"20": "2200A", b"21": "2200B", b"19": "2200C", b"PT": "2200D"}
_TAKEN = {"A2", "A5"}  # a claim that was taken is not untaken by what is said of one of its lines


@dataclass(slots=True)
class _Level:
    """One 2200 loop. Statuses of 2220D are reasons for what the claim's own status says."""

    name: str
    npi: str = ""
    claim: str = ""
    trace: str = ""
    number: str = ""
    charge: Decimal | None = None
    days: tuple[date, date] | None = None
    statuses: list[Status] = field(default_factory=list)
    of_lines: list[Status] = field(default_factory=list)

    def built(self) -> ClaimStatus:
        taken = any(status.category in _TAKEN for status in self.statuses)
        first, last = self.days or (None, None)
        return ClaimStatus(
            level=self.name,
            statuses=tuple(dict.fromkeys(self.statuses if taken else [*self.statuses, *self.of_lines])),
            billing_npi=self.npi,
            claim=self.claim,
            trace=self.trace,
            payer_control_number=self.number,
            charge=self.charge,
            first_day=first,
            last_day=last,
        )


@dataclass(slots=True)
class _Report:
    """One 2000B with what hangs on it."""

    reference: str = ""
    levels: list[_Level] = field(default_factory=list)


class StatusReader(HandledSet):
    """One 277CA gives one report for each 2000B. `certain`: the version says 277CA; else BHT01 and BHT06 decide."""

    def __init__(self, header: SetHeader, certain: bool) -> None:
        super().__init__(header, _HANDLERS)
        self._certain = certain
        self._created = self._issuer = self._issuer_id = ""
        self._made_on: date | None = None
        self._processed_on: date | None = None
        self._reports: list[_Report] = []
        self._npi_of: dict[str, str] = {}  # billing provider by HL01
        self._number = self._parent = ""
        self._level: _Level | None = None
        self._in_line = False

    def answers(self) -> tuple[Answer, ...]:
        """The set's reports; a Note where it is no 277CA after all."""
        if not self._certain:
            return (self._header.note(),)
        return tuple(self._built(report) for report in self._reports or [_Report()])

    def _built(self, report: _Report) -> StatusReport:
        """Levels above the claim without a status say nothing; a claim without one is named all the same."""
        claims = [level for level in report.levels if level.name == "2200D"]
        if claims and not any(level.name == "2200C" and level.statuses for level in report.levels):
            self.flags.append("2200C")
        statuses = [level.built() for level in report.levels if level.statuses or level.name == "2200D"]
        return StatusReport(
            envelope=self._header.envelope,
            issuer=self._issuer,
            issuer_id=self._issuer_id,
            reference=report.reference,
            created=self._created,
            processed_on=self._processed_on or self._made_on,
            statuses=tuple(statuses),
        )

    def _bht(self, bht: list[bytes]) -> None:
        self._created = text_of(bht[4]) + text_of(bht[5])
        self._made_on = date_of(bht[4].strip(b" "))
        self._certain |= text_of(bht[1]) == "0085" and text_of(bht[6]) == "TH"

    def _hl(self, hl: list[bytes]) -> None:
        self._number, self._parent, name = text_of(hl[1]), text_of(hl[2]), _LEVELS.get(hl[3].strip())
        self._in_line, self._level = False, None
        if name is None:
            self.flags.append("HL03")
        elif name == "2200B":
            self._reports.append(_Report())
        if name:
            self._open(name)

    def _open(self, name: str) -> None:
        self._level = _Level(name, self._npi_of.get(self._parent, ""))
        if name != "2200A":
            if not self._reports:
                self._reports.append(_Report())
            self._reports[-1].levels.append(self._level)

    def _nm1(self, nm1: list[bytes]) -> None:
        """Only parties; a patient's name and number are not kept."""
        entity = text_of(nm1[1])
        if self._level is None:
            return
        if self._level.name == "2200A":
            self._issuer, self._issuer_id = entity, text_of(nm1[9])
        elif self._level.name == "2200C" and nm1[8].strip() == b"XX":
            self._level.npi = self._npi_of[self._number] = text_of(nm1[9])

    def _trn(self, trn: list[bytes]) -> None:
        level, trace = self._level, text_of(trn[2])
        if level is None:
            return
        if level.name == "2200B":
            self._reports[-1].reference = trace
        elif level.name == "2200D":
            if level.claim:  # a second claim of the same patient
                self._open("2200D")
            self._in_line = False
            self._claim.claim = trace

    def _stc(self, stc: list[bytes]) -> None:
        level = self._level
        if level is None:
            return
        statuses = self._read.statuses(stc, action=text_of(stc[3]))
        (level.of_lines if self._in_line else level.statuses).extend(statuses)
        if not self._in_line and level.charge is None:
            level.charge = decimal_of(stc[4].strip(b" "))

    def _ref(self, ref: list[bytes]) -> None:
        if self._level is None or self._level.name != "2200D" or self._in_line:
            return
        if ref[1].strip() == b"1K":
            self._level.number = text_of(ref[2])
        elif ref[1].strip() == b"D9":
            self._level.trace = text_of(ref[2])

    def _dtp(self, dtp: list[bytes]) -> None:
        qualifier, level = dtp[1].strip(), self._level
        if level is None or self._in_line or qualifier not in {b"009", b"472"}:
            return
        days = period_of(dtp[2].strip(), dtp[3].strip())
        if days is None:
            self.flags.append("DTP03")
        elif level.name == "2200A" and qualifier == b"009":
            self._processed_on = days[0]
        elif level.name == "2200D" and qualifier == b"472":
            level.days = days

    def _svc(self, svc: list[bytes]) -> None:
        self._in_line = True

    @property
    def _claim(self) -> _Level:
        assert self._level
        return self._level


_HANDLERS: dict[bytes, Callable[[StatusReader, list[bytes]], None]] = {
    b"BHT": StatusReader._bht,
    b"HL": StatusReader._hl,
    b"NM1": StatusReader._nm1,
    b"TRN": StatusReader._trn,
    b"STC": StatusReader._stc,
    b"REF": StatusReader._ref,
    b"DTP": StatusReader._dtp,
    b"SVC": StatusReader._svc,
}

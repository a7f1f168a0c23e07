"""A 277: what a payer answers to our claim status request (005010X212)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from gateway.model.answers import Answer, Status, StatusResponse, ToldStatus
from gateway.x12.answers.sets import HandledSet, SetHeader
from gateway.x12.syntax import date_of, decimal_of, period_of, text_of

_LEVELS = {b"20": "2200A", b"21": "2200B", b"19": "2200C", b"22": "2200D", b"23": "2200E"}
_CLAIMS = ("2200D", "2200E")


@dataclass(slots=True)
class _Told:
    """One 2200 loop. Statuses of 2220 are reasons, and speak for the claim only where it has none of its own."""

    level: str
    provider: str
    trace: str = ""
    references: dict[str, str] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    of_lines: list[Status] = field(default_factory=list)
    amounts: dict[str, Decimal | None] = field(default_factory=dict)
    dates: dict[str, date | None] = field(default_factory=dict)
    payment: str = ""
    days: tuple[date, date] | None = None

    def built(self) -> ToldStatus:
        first, last = self.days or (None, None)
        return ToldStatus(
            level=self.level,
            statuses=tuple(dict.fromkeys(self.statuses or self.of_lines)),
            trace=self.trace,
            claim=self.references.get("EJ", ""),
            attempt=self.references.get("D9", ""),
            number=self.references.get("1K", ""),
            provider=self.provider,
            charge=self.amounts.get("charge"),
            paid=self.amounts.get("paid"),
            effective_on=self.dates.get("effective"),
            finalized_on=self.dates.get("finalized"),
            remitted_on=self.dates.get("remitted"),
            payment=self.payment,
            first_day=first,
            last_day=last,
        )


@dataclass(slots=True)
class _Response:
    """One 2000A with what hangs on it."""

    payer_id: str = ""
    reference: str = ""
    told: list[_Told] = field(default_factory=list)


class ResponseReader(HandledSet):
    """One 277 gives one response for each payer in it. No name and no member's number is kept."""

    def __init__(self, header: SetHeader) -> None:
        super().__init__(header, _HANDLERS)
        self._created = ""
        self._made_on: date | None = None
        self._responses: list[_Response] = []
        self._level = self._provider = ""
        self._told: _Told | None = None
        self._in_line = False

    def answers(self) -> tuple[Answer, ...]:
        """The set's responses. A claim without a status is named all the same; levels above without one say nothing."""
        return tuple(
            StatusResponse(
                envelope=self._header.envelope,
                payer_id=each.payer_id,
                reference=each.reference,
                created=self._created,
                made_on=self._made_on,
                statuses=tuple(
                    told.built() for told in each.told if told.level in _CLAIMS or told.statuses or told.of_lines
                ),
            )
            for each in self._responses or [_Response()]
        )

    def _bht(self, bht: list[bytes]) -> None:
        self._created = text_of(bht[4]) + text_of(bht[5])
        self._made_on = date_of(bht[4].strip(b" "))

    def _hl(self, hl: list[bytes]) -> None:
        self._level, self._told, self._in_line = _LEVELS.get(hl[3].strip(), ""), None, False
        if not self._level:
            self.flags.append("HL03")
        elif self._level == "2200A":
            self._responses.append(_Response())
            self._provider = ""
        elif self._level == "2200C":
            self._provider = ""

    def _nm1(self, nm1: list[bytes]) -> None:
        if self._level == "2200A":
            self._response.payer_id = text_of(nm1[9])
        elif self._level == "2200C" and not self._provider:
            self._provider = text_of(nm1[9])

    def _trn(self, trn: list[bytes]) -> None:
        if self._level in ("", "2200A"):
            return
        self._told = _Told(self._level, self._provider, trace=text_of(trn[2]))
        self._response.told.append(self._told)
        self._in_line = False
        if self._level == "2200B":
            self._response.reference = text_of(trn[2])

    def _stc(self, stc: list[bytes]) -> None:
        told = self._told
        if told is None:
            return
        (told.of_lines if self._in_line else told.statuses).extend(self._read.statuses(stc))
        if self._in_line:
            return
        for name, amount in (("charge", stc[4]), ("paid", stc[5])):
            told.amounts.setdefault(name, decimal_of(amount.strip(b" ")))
        for name, day, place in (("effective", 2, "STC02"), ("finalized", 6, "STC06"), ("remitted", 8, "STC08")):
            told.dates[name] = self._read.day(stc[day], place) or told.dates.get(name)
        told.payment = text_of(stc[9]) or told.payment

    def _ref(self, ref: list[bytes]) -> None:
        if self._told is not None and self._level in _CLAIMS and not self._in_line:
            self._told.references.setdefault(text_of(ref[1]), text_of(ref[2]))

    def _dtp(self, dtp: list[bytes]) -> None:
        if self._told is None or self._in_line or dtp[1].strip() != b"472":
            return
        self._told.days = period_of(dtp[2].strip(), dtp[3].strip())
        if self._told.days is None:
            self.flags.append("DTP03")

    def _svc(self, svc: list[bytes]) -> None:
        self._in_line = True

    @property
    def _response(self) -> _Response:
        if not self._responses:
            self._responses.append(_Response())
        return self._responses[-1]


_HANDLERS: dict[bytes, Callable[[ResponseReader, list[bytes]], None]] = {
    b"BHT": ResponseReader._bht,
    b"HL": ResponseReader._hl,
    b"NM1": ResponseReader._nm1,
    b"TRN": ResponseReader._trn,
    b"STC": ResponseReader._stc,
    b"REF": ResponseReader._ref,
    b"DTP": ResponseReader._dtp,
    b"SVC": ResponseReader._svc,
}

"""Loop 2400 as a noun: one service line of a claim with its adjudications."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from gateway.model.claims import Adjudication, Finding, ServiceLine
from gateway.x12.claims_findings import bad_date, leading_zero, not_a_number
from gateway.x12.claims_quick import quick
from gateway.x12.extract_records import Elements, Piece, RawClaim, RawLine, RawPayer
from gateway.x12.syntax import decimal_of, period_of, text_of

Days = tuple[date, date] | tuple[None, None]
"""First and last day, or neither."""

NO_DAYS: Days = (None, None)


class _Layout(NamedTuple):
    """Which elements of a service segment hold what; 0 where none does."""

    procedure: int
    charge: int
    units: int
    unit: int = 0
    place: int = 0
    pointers: int = 0
    emergency: int = 0
    revenue: int = 0


_LAYOUTS = {
    b"SV1": _Layout(procedure=1, charge=2, units=4, unit=3, place=5, pointers=7, emergency=9),
    b"SV2": _Layout(procedure=2, charge=3, units=5, unit=4, revenue=1),
    b"SV3": _Layout(procedure=1, charge=2, units=6, place=3, pointers=11),
}
"""Professional, institutional, dental."""


class Service(NamedTuple):
    """What a service segment says; `wrong` names the elements that are no numbers."""

    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    charge: Decimal | None = None
    units: Decimal | None = None
    place: str = ""
    emergency: bool = False
    revenue: str = ""
    qualifier: str = ""
    unit: str = ""
    pointers: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


_ZERO = ord("0")
_NO_SERVICE = Service()
_line = quick(ServiceLine)


def service_of(piece: Piece | None, component: bytes) -> Service:
    """SV1, SV2 or SV3, read once for all lines that say the same. Units may be absent, a charge may not."""
    if piece is None:
        return _NO_SERVICE
    if not isinstance(piece.value, Service):
        piece.value = _service(piece.elements, _LAYOUTS[piece.elements[0]], component)
    return piece.value


def _service(elements: Elements, layout: _Layout, component: bytes) -> Service:
    def text(index: int) -> str:
        return text_of(elements[index]) if index else ""

    qualifier, *procedure = [text_of(part) for part in elements[layout.procedure].split(component)]
    charge, units = decimal_of(elements[layout.charge]), decimal_of(elements[layout.units])
    wrong = [layout.charge] if charge is None else []
    if units is None and elements[layout.units]:
        wrong.append(layout.units)
    pointers = elements[layout.pointers].split(component) if layout.pointers else []
    return Service(
        procedure=procedure[0] if procedure else "",
        modifiers=_modifiers(procedure[1:5]),
        charge=charge,
        units=units,
        place=text(layout.place),
        emergency=layout.emergency > 0 and elements[layout.emergency] == b"Y",
        revenue=text(layout.revenue),
        qualifier=qualifier,
        unit=text(layout.unit),
        pointers=tuple([text_of(pointer) for pointer in pointers if pointer]),
        wrong=tuple([f"{elements[0].decode()}{index:02}" for index in wrong]),
    )


def _modifiers(stated: list[str]) -> tuple[str, ...]:
    """An empty place before one that is filled is kept, as something to object to."""
    while stated and not stated[-1]:
        stated.pop()
    return tuple(stated)


def days_of(piece: Piece) -> Days:
    """A DTP, read once for all that say the same; neither day where it is invalid."""
    if not isinstance(piece.value, tuple):
        piece.value = period_of(piece.elements[2], piece.elements[3]) or NO_DAYS
    return piece.value


def statement_of(piece: Piece) -> Days:
    """DTP*434, of which published examples state one day for a range."""
    days, form, value = days_of(piece), piece.elements[2], piece.elements[3]
    return (period_of(b"D8", value) or NO_DAYS) if days is NO_DAYS and form == b"RD8" else days


def number_of(lx: Piece) -> int | None:
    """LX01, where it is the number of a line: 0 is none, nor is one with zeros in front."""
    if lx.value is None:
        stated = lx.elements[1]
        lx.value = int(stated) if stated.isdigit() and len(stated) <= 6 and stated[0] != _ZERO else 0
    return lx.value or None  # type: ignore[return-value]  # nothing else is kept there


def line_of(raw: RawLine, service: Service, days: Days, element: bytes) -> ServiceLine:
    """The line, numbered by its `value`. By position, for the sake of speed."""
    procedure, modifiers, charge, units, place, emergency, revenue, qualifier, unit, pointers, _ = service
    first, last = days
    return _line(
        raw.value,
        procedure,
        modifiers,
        charge,
        units,
        first,
        last,
        place,
        emergency,
        revenue,
        text_of(raw.control.partition(element)[0]) if raw.control else "",
        qualifier,
        unit,
        pointers,
        adjudications_of(raw) if raw.adjudications else (),
        raw.position,
    )


def findings_of(claim: RawClaim, raw: RawLine, service: Service) -> list[Finding]:
    """What is wrong with a line: elements that are no numbers, and no days."""
    found: list[Finding] = []
    number = raw.value
    if number_of(raw.lx) is None:
        stated = raw.lx.elements[1]
        told = leading_zero if stated.isdigit() and stated[0] == _ZERO and stated.strip(b"0") else not_a_number
        found.append(told("LX01", "2400", raw.position, number))
    if raw.service and service.wrong:
        position = claim.position_of(raw.service, raw.position)
        found += [not_a_number(element, "2400", position, number) for element in service.wrong]
    if raw.days and days_of(raw.days) is NO_DAYS:
        position = claim.position_of(raw.days, raw.position)
        found.append(bad_date("DTP03", "2400", "date of service", position, number))
    return found


def adjudications_of(raw: RawLine) -> tuple[Adjudication, ...]:
    """Each 2430 of the line."""
    return tuple([_adjudication(payer) for payer in raw.adjudications or ()])


def _adjudication(raw: RawPayer) -> Adjudication:
    _, payer_id, paid, _, _, units, *_ = raw.elements
    return Adjudication(
        payer_id=text_of(payer_id),
        paid=decimal_of(paid),
        adjusted=adjusted(raw),
        units=decimal_of(units),
        paid_on=paid_on(raw),
        segment=raw.position,
    )


def paid_on(raw: RawPayer) -> date | None:
    """DTP*573 as a day."""
    period = period_of(raw.paid_on[2], raw.paid_on[3]) if raw.paid_on else None
    return period[0] if period else None


def adjusted(raw: RawPayer) -> Decimal | None:
    """The sum of CAS03, CAS06 ... CAS18; None where one of them is no number."""
    total = Decimal(0)
    for cas in raw.cas:
        for reason, amount in zip(cas[2:18:3], cas[3:19:3], strict=True):
            number = decimal_of(amount)
            if number is None and (reason or amount):
                return None
            total += number or 0
    return total

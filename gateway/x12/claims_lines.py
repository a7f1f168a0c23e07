"""Loop 2400: one service line of a claim."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from gateway.model.claims import Finding, ServiceLine
from gateway.x12.claims_findings import bad_date, not_a_number
from gateway.x12.syntax import decimal_of, period_of, text_of

Days = tuple[date, date] | tuple[None, None]
"""First and last day, or neither."""


class _Service(NamedTuple):
    """Which elements of a service segment hold what; 0 where none does."""

    procedure: int
    charge: int
    units: int
    place: int = 0
    emergency: int = 0
    revenue: int = 0


SERVICES = {
    b"SV1": _Service(procedure=1, charge=2, units=4, place=5, emergency=9),
    b"SV2": _Service(procedure=2, charge=3, units=5, revenue=1),
    b"SV3": _Service(procedure=1, charge=2, units=6, place=3),
}
"""Professional, institutional, dental."""


class LineLoop:
    """A service line while its segments come in. What is wrong with it goes to `findings`, the claim's own list."""

    def __init__(self, number: int, component: bytes, findings: list[Finding]) -> None:
        self.number = number
        self.control = ""
        self._component = component
        self._findings = findings
        self._procedure = self._place = self._revenue = ""
        self._modifiers: tuple[str, ...] = ()
        self._charge: Decimal | None = None
        self._units: Decimal | None = None
        self._emergency = False
        self._days: Days | None = None

    def service(self, elements: list[bytes], position: int) -> None:
        """SV1, SV2 or SV3, its absent elements empty. Units may be absent, a charge may not."""
        segment_id, layout = elements[0], SERVICES[elements[0]]
        procedure = elements[layout.procedure].split(self._component)
        self._procedure = text_of(procedure[1]) if len(procedure) > 1 else ""
        self._modifiers = tuple([text_of(modifier) for modifier in procedure[2:6] if modifier])
        self._charge = self._number(segment_id, layout.charge, elements[layout.charge], position)
        if units := elements[layout.units]:
            self._units = self._number(segment_id, layout.units, units, position)
        if layout.place:
            self._place = text_of(elements[layout.place])
        if layout.emergency:
            self._emergency = elements[layout.emergency] == b"Y"
        if layout.revenue:
            self._revenue = text_of(elements[layout.revenue])

    def served(self, elements: list[bytes], position: int) -> None:
        """DTP*472, its absent elements empty."""
        self._days = period_of(elements[2], elements[3]) or (None, None)
        if self._days[0] is None:
            self._findings.append(bad_date("DTP03", "2400", "date of service", position, self.number))

    def built(self, default: Days) -> ServiceLine:
        """The line, on the days of `default` where it has no DTP*472 of its own."""
        first, last = default if self._days is None else self._days
        return ServiceLine(
            number=self.number,
            procedure=self._procedure,
            modifiers=self._modifiers,
            charge=self._charge,
            units=self._units,
            first_day=first,
            last_day=last,
            place_of_service=self._place,
            emergency=self._emergency,
            revenue_code=self._revenue,
            control=self.control,
        )

    def _number(self, segment_id: bytes, index: int, element: bytes, position: int) -> Decimal | None:
        number = decimal_of(element)
        if number is None:
            name = f"{segment_id.decode()}{index:02}"
            self._findings.append(not_a_number(name, "2400", position, self.number))
        return number

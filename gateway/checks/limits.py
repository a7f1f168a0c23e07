"""Procedures that are for some places, ages or one sex: what payers deny others for (claim adjustment reasons 5, 6, 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Limit(NamedTuple):
    """`never_at` are places of service where the procedure is not done, `ages` the first and last whole year of the
    patient's, `sex` the one that it is for; None and empty where it has no such limit."""

    never_at: frozenset[str] = frozenset()
    ages: tuple[int, int] | None = None
    sex: str = ""


_OFFICE, _WARDS = frozenset({"11", "12", "20", "81"}), frozenset({"21", "22", "23", "24"})
_EMERGENCY = Limit(never_at=_OFFICE | {"31", "32"})
_HOSPITAL, _NURSING = Limit(never_at=_OFFICE | {"32"}), Limit(never_at=_OFFICE | _WARDS)
_HOME = Limit(never_at=(_OFFICE - {"12"}) | _WARDS)
_WOMEN, _MEN = Limit(sex="F"), Limit(sex="M")
_RANGES = (
    (99281, 99285, _EMERGENCY),
    (99221, 99223, _HOSPITAL),
    (99231, 99236, _HOSPITAL),
    (99238, 99239, _HOSPITAL),
    (99304, 99316, _NURSING),
    (99341, 99350, _HOME),
    (56405, 59899, _WOMEN),
    (76801, 76828, _WOMEN),
    (88141, 88155, _WOMEN),
    (88164, 88167, _WOMEN),
    (88174, 88175, _WOMEN),
    (54000, 55899, _MEN),
)
_AMBULANCES = {f"A0{code}": Limit(never_at=_OFFICE) for code in range(425, 437)}
_SINGLE = {"G0101": _WOMEN, "Q0091": _WOMEN, "G0102": _MEN, "G0103": _MEN}
# Preventive visits of new (9938x) and known patients (9939x), by age.
_AGES = ((0, 0), (1, 4), (5, 11), (12, 17), (18, 39), (40, 64), (65, 130))


def _all() -> Iterator[tuple[str, Limit]]:
    for first, last, limit in _RANGES:
        yield from ((str(code), limit) for code in range(first, last + 1))
    for number, ages in enumerate(_AGES, 1):
        yield from ((code, Limit(ages=ages)) for code in (f"9938{number}", f"9939{number}"))


LIMITS: Mapping[str, Limit] = MappingProxyType(dict(_all()) | _SINGLE | _AMBULANCES)
"""By procedure code."""

"""The roster that an organization sends to CAQH: who the providers are, and when they are to be credentialed again.

It proves no enrollment and no attestation. Of each line a few named columns are looked at; the rest, social security
number and birth date among it, is dropped as it is read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from gateway.sheets import AT, SHEET

_NPI, _LAST, _FIRST = "Provider_NPI", "Provider_Last_Name", "Provider_First_Name"
_ID, _DUE = "CAQH_Provider_ID", "Next_Recredential_Date"
_KNOWN_BY = {_NPI, _ID, _DUE}
SOURCE = "CAQH roster"


def is_caqh(text: str) -> bool:
    """By its header: columns between pipes, among them those that no other roster has."""
    names = text.partition("\n")[0].strip().split("|")
    return set(names) >= _KNOWN_BY


def read_caqh(text: str) -> list[dict[str, str]]:
    """A provider for each line, and where it names a day of recredentialing, a credential that runs until then."""
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter="|", quoting=csv.QUOTE_NONE)
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        if any((line.get(name) or "").strip() for name in (_NPI, _LAST, _ID)):
            for row in _rows(line, f"row {lines.line_num}"):
                found.setdefault(repr({k: v for k, v in row.items() if k != AT}), row)
    return list(found.values())


def _rows(line: dict[str, str], at: str) -> Iterator[dict[str, str]]:
    cell = {name: (line.get(name) or "").strip() for name in (_NPI, _LAST, _FIRST, _ID, _DUE)}
    own = {"provider_npi": cell[_NPI], "source": SOURCE, AT: at}
    yield {**own, SHEET: "providers", "entity_type": "1", "last_name": cell[_LAST], "first_name": cell[_FIRST]}
    if cell[_DUE]:
        # A number of its own and no first day: the attestation under the same CAQH id is another clock, which runs from it.
        number = f"{cell[_ID]} recredentialing".strip()
        yield {**own, SHEET: "credentials", "kind": "caqh", "number": number, "last_day": _iso(cell[_DUE])}


def _iso(text: str) -> str:
    """YYYYMMDD as a roster has it; anything else stays as it is, to be reported."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdecimal() else text

"""One row of a list: the few words of it that are kept, and the noun that they make later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from gateway.lists.values import BadValue, as_day, day_of, name_key, npi_of
from gateway.model.lists import Exclusion, ListKind, MedicareEnrollment, NppesEntry, OptOut, OrderRefer

_ONE_DAY = timedelta(days=1)


class Stored(NamedTuple):
    """What is kept of one row: its NPI as a number (0 where it has none), what else it is found by, and what it says, in
    words parted by bars."""

    npi: int
    key: str
    said: str


class BadRow(Exception):
    """A row with a value that cannot be right in this column. `kept` is what is kept of it all the same, where leaving it
    out would hide somebody."""

    def __init__(self, column: str, kept: Stored | None = None) -> None:
        super().__init__(column)
        self.column, self.kept = column, kept


Values = Sequence[str]


def _said(*words: str) -> str:
    """Words that may not hold the bar that parts them."""
    text = "|".join(words)
    return text if text.count("|") == len(words) - 1 else "|".join(word.replace("|", " ") for word in words)


def _npi(text: str, column: str = "NPI") -> int:
    try:
        found = npi_of(text)
    except BadValue:
        raise BadRow(column) from None
    if not found:
        raise BadRow(column)
    return found


def _day(text: str, column: str) -> str:
    try:
        return day_of(text)
    except BadValue:
        raise BadRow(column) from None


def nppes(v: Values) -> Stored:
    """Kind of provider, deactivation, taxonomies with the primary one first, name, state of practice."""
    taxonomies = v[8] if not v[10] and not any(v[10::2]) else _ordered(v[8::2], v[9::2])
    deactivated, reactivated = _day(v[6], "NPI Deactivation Date"), _day(v[7], "NPI Reactivation Date")
    return Stored(_npi(v[0]), "", _said(v[1], deactivated, reactivated, taxonomies, v[2] or v[3], v[4], v[5]))


def _ordered(codes: Values, switches: Values) -> str:
    pairs = sorted(zip(codes, switches, strict=True), key=lambda pair: pair[1] != "Y")
    return " ".join(dict.fromkeys(code for code, _ in pairs if code))


def leie(v: Values) -> Stored:
    """An exclusion with the day it ended, if it did, and whether a waiver limits it."""
    last, first, business, npi, state, section, begun, ended, waived, waived_in = v
    key = name_key(last, first) if last.strip() else name_key(business)
    waiver = waived.strip().strip("0") != ""
    reason = section.strip() + (f", waiver in {waived_in.strip()}" if waiver and waived_in.strip() else "")
    return _exclusion(npi, key, begun, ended, ("EXCLDATE", "REINDATE"), waiver, state, reason)


def sam(v: Values) -> Stored | None:
    """An exclusion of a person or firm; nobody bills as a vessel."""
    classification, name, first, last, state, agency, kind, begun, ended, npi = v
    if classification.strip().lower() == "vessel":
        return None
    key = name_key(last, first) if last.strip() and first.strip() else name_key(name or last)
    reason = ", ".join(word for word in (kind.strip(), agency.strip()) if word)
    return _exclusion(npi, key, begun, ended, ("Active Date", "Termination Date"), False, state, reason)


def _exclusion(
    npi: str, key: str, begun: str, ended: str, columns: tuple[str, str], waiver: bool, state: str, reason: str
) -> Stored:
    """A value that cannot be right is taken for unknown, and the row is kept: nobody drops off the list by a slip."""
    bad = []

    def taken(text: str, column: str) -> str:
        try:
            return str(npi_of(text) or "") if column == "NPI" else day_of(text)
        except BadValue:
            bad.append(column)
            return ""

    number, first, end = taken(npi, "NPI"), taken(begun, columns[0]), taken(ended, columns[1])
    said = _said(first, end, "W" if waiver else "", state.strip().upper(), reason)
    row = Stored(int(number or 0), "" if number else key, said)
    if bad:
        raise BadRow(bad[0], row)
    return row


def _deactivated(v: Values) -> Stored:
    return Stored(_npi(v[0]), "", _day(v[1], "NPPES Deactivation Date"))


def _order_refer(v: Values) -> Stored:
    flags = "".join("Y" if flag.strip().upper() in ("Y", "YES") else "N" for flag in v[3:])
    return Stored(_npi(v[0]), "", _said(flags, v[1], v[2]))


def _opt_out(v: Values) -> Stored:
    orders = "Y" if v[3].strip().upper() in ("Y", "YES") else ""
    begun, ended = _day(v[1], "Optout Effective Date"), _day(v[2], "Optout End Date")
    return Stored(_npi(v[0]), "", f"{begun}|{ended}|{orders}")


def _revalidation(v: Values) -> Stored | None:
    due = _day(v[2], "Adjusted Due Date") or _day(v[1], "Revalidation Due Date")
    npi = _npi(v[0], "National Provider Identifier")
    return Stored(npi, "", due) if due else None


def _reassignment(v: Values) -> Stored:
    return Stored(_npi(v[0], "Individual NPI"), v[2].strip(), _said(v[1].strip(), v[4].strip(), v[3].strip()))


def _ppef(v: Values) -> Stored:
    enrollment = v[1].strip()
    return Stored(_npi(v[0]), enrollment, _said(enrollment, v[2].strip(), v[3].strip()))


def _ppef_reassignment(v: Values) -> Stored:
    giving, receiving = v[0].strip(), v[1].strip()
    if not giving or not receiving:
        raise BadRow("RCV_BNFT_ENRLMT_ID" if giving else "REASGN_BNFT_ENRLMT_ID")
    return Stored(0, receiving, giving)


def _revoked(v: Values) -> Stored:
    return Stored(_npi(v[0]), "", _day(v[1], "REVOCATION_EFCTV_DT"))


def _taxonomy(v: Values) -> Stored:
    code, classification, specialization, display = (word.strip() for word in v)
    if not code:
        raise BadRow("Code")
    name = display or ", ".join(word for word in (classification, specialization) if word)
    return Stored(0, code, name)


ROWS: Mapping[ListKind, Callable[[Values], Stored | None]] = {
    ListKind.NPPES: nppes,
    ListKind.NPPES_WEEKLY: nppes,
    ListKind.NPPES_DEACTIVATED: _deactivated,
    ListKind.LEIE: leie,
    ListKind.SAM: sam,
    ListKind.ORDER_REFER: _order_refer,
    ListKind.OPT_OUT: _opt_out,
    ListKind.REVALIDATION: _revalidation,
    ListKind.REASSIGNMENT: _reassignment,
    ListKind.PPEF: _ppef,
    ListKind.PPEF_REASSIGNMENT: _ppef_reassignment,
    ListKind.REVOKED: _revoked,
    ListKind.TAXONOMY: _taxonomy,
}
"""From a row's values, in the order of its layout, to what is kept; None where it says nothing here. They raise BadRow."""


def as_nppes(said: str) -> NppesEntry:
    """What an NPPES row says."""
    kind, deactivated, reactivated, taxonomies, last, first, state = said.split("|")
    return NppesEntry(
        kind, as_day(deactivated), as_day(reactivated), tuple(taxonomies.split()), last, first, state.strip().upper()
    )


def as_exclusion(kind: ListKind, said: str, *, by_name: bool = False) -> Exclusion:
    """What an exclusion row says. The day on which it ended is no day of exclusion any more."""
    first, ended, waiver, _, reason = said.split("|")
    end = as_day(ended)
    return Exclusion(kind, as_day(first), end and end - _ONE_DAY, reason, waiver == "W", by_name)


def state_of(said: str) -> str:
    """The state in the address of an exclusion row, empty where it has none."""
    return said.split("|")[3]


def as_order_refer(said: str) -> OrderRefer:
    """What an Order and Referring row allows."""
    flags, last, first = said.split("|")
    part_b, dme, home_health, power_mobility, hospice = (flag == "Y" for flag in flags)
    return OrderRefer(part_b, dme, home_health, power_mobility, hospice, last, first)


def as_opt_out(said: str) -> OptOut:
    """What an opt-out row says."""
    first, last, orders = said.split("|")
    return OptOut(as_day(first), as_day(last), orders == "Y")


def as_enrollment(said: str) -> MedicareEnrollment:
    """What a row of the base file says, or a reassignment with the NPI of its group behind it."""
    enrollment, provider_type, state, *group = said.split("|")
    return MedicareEnrollment(enrollment, provider_type, state, tuple(npi for npi in group if npi))

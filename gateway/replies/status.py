"""277CA: what became of each claim of the sets that were taken (005010X214)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal

from gateway.model.answers import Status
from gateway.model.reports import ClaimReport, InterchangeReport, Party, SetReport, Stamp
from gateway.replies import writing
from gateway.replies.faults import acknowledged
from gateway.replies.statuses import RECEIVED, statuses_of
from gateway.replies.writing import Element, Writer, functional_group, plain

_GUIDE = writing.Guide("HN", "277", "005010X214")
_LONGEST = {"name": 60, "first": 35, "middle": 25, "suffix": 10, "id": 80}
_LONGEST_REFERENCE = 50
_QUALIFIERS = {"AY": ("46",), "41": ("46",), "85": ("XX", "FI", "SV"), "QC": ("MI", "II")}
"""NM108 by NM101; the first is what an unknown one becomes."""

_UNKNOWN = "UNKNOWN"
_UNTRACED = "0"
_MOST = Decimal(10) ** 15
_PER_SEGMENT = 3
"""STC01, STC10 and STC11."""


def claim_acknowledgment(report: InterchangeReport, stamp: Stamp, source: Party, received: date) -> bytes:
    """One interchange with one 277 for each set that was taken and has claims; empty where there is none.

    `source` names us (name and id), `received` is the day the file came in. Held claims are received like accepted
    ones; rejected ones and duplicates are refused with the reason's status code. The patient's name and member id stand
    in it, as the guide asks: it is for the submitter alone.
    """
    sets = [each for group in report.groups for each in group.sets if _is_taken(each)]
    if report.refused or not sets:
        return b""
    writer = Writer(report.interchange.delimiters)
    bodies = (
        _Report(writer, stamp, f"CA{stamp.control:09d}{number:04d}").segments(each, source, received)
        for number, each in enumerate(sets, start=1)
    )
    return functional_group(report, stamp, _GUIDE, bodies)


def _is_taken(report: SetReport) -> bool:
    return len(report.claims) > 0 and acknowledged(report).code != "R"


class _Report:
    """One 277 and its HL numbers."""

    def __init__(self, writer: Writer, stamp: Stamp, reference: str) -> None:
        self._writer, self._stamp, self._reference = writer, stamp, reference
        self._day = f"{stamp.moment:%Y%m%d}"
        self._level = 0

    def segments(self, report: SetReport, source: Party, received: date) -> Iterator[bytes]:
        """What stands between ST and SE."""
        write = self._writer.segment
        yield write("BHT", "0085", "08", self._reference, self._day, f"{self._stamp.moment:%H%M}", "TH")
        yield self._hl("", "20", "1")
        yield self._nm1("AY", source)
        yield write("TRN", "1", self._reference)
        yield write("DTP", "050", "D8", f"{received:%Y%m%d}")
        yield write("DTP", "009", "D8", self._day)
        yield self._hl("1", "21", "1")
        yield self._nm1("41", report.submitter or Party())
        yield write("TRN", "2", self._cut(report.set.reference) or _UNTRACED)
        yield self._stc([RECEIVED], self._day, _charge(report.claims))
        yield from self._totals(report.claims, "90", "AA")
        for billing, claims in _by_provider(report.claims).items():
            yield from self._provider(billing, claims, received)

    def _provider(self, billing: Party, claims: Collection[ClaimReport], received: date) -> Iterator[bytes]:
        yield self._hl("2", "19", "1")
        level = str(self._level)
        yield self._nm1("85", billing)
        yield self._writer.segment("TRN", "1", _UNTRACED)
        yield self._stc([RECEIVED], "", _charge(claims))
        yield from self._totals(claims, "QA", "QC")
        for claim in claims:
            yield from self._claim(claim, level, received)

    def _claim(self, claim: ClaimReport, level: str, received: date) -> Iterator[bytes]:
        write = self._writer.segment
        yield self._hl(level, "PT", "")
        yield self._nm1("QC", claim.patient)
        yield write("TRN", "2", self._cut(claim.control_number) or _UNTRACED)
        statuses = statuses_of(claim)
        for start in range(0, len(statuses), _PER_SEGMENT):
            yield self._stc(statuses[start : start + _PER_SEGMENT], self._day, _stated(claim))
        if claim.trace:
            yield write("REF", "D9", self._cut(claim.trace))
        if claim.bill_type:
            yield write("REF", "BLT", claim.bill_type)
        yield write("DTP", "472", *_period(claim, received))

    def _hl(self, above: str, kind: str, children: str) -> bytes:
        self._level += 1
        return self._writer.segment("HL", str(self._level), above, kind, children)

    def _nm1(self, role: str, party: Party) -> bytes:
        """A name and an id must stand; what is not known is said to be unknown. A patient is a person always."""
        cut = {name: self._writer.clean(getattr(party, name))[:most].rstrip() for name, most in _LONGEST.items()}
        kind = "1" if role == "QC" or (party.entity_type == "1" and role != "AY") else "2"
        names = (cut["name"] or cut["id"] or _UNKNOWN, cut["first"], cut["middle"], "", cut["suffix"])
        allowed = _QUALIFIERS[role]
        qualifier = party.qualifier if party.qualifier in allowed else allowed[0]
        id = cut["id"] if len(cut["id"]) > 1 else _UNKNOWN
        return self._writer.segment("NM1", role, kind, *names, qualifier, id)

    def _cut(self, text: str) -> str:
        """A reference as TRN02 and REF02 hold it."""
        return self._writer.clean(text)[:_LONGEST_REFERENCE].rstrip()

    def _stc(self, statuses: Iterable[Status], day: str, charge: Decimal | None) -> bytes:
        """One STC of up to three statuses, which agree on STC03."""
        first, *more = statuses
        others: list[Element] = [_code(status) for status in more]
        gap = [""] * 5 if others else []
        return self._writer.segment("STC", _code(first), day, first.action, plain(charge), *gap, *others)

    def _totals(self, claims: Iterable[ClaimReport], taken: str, refused: str) -> Iterator[bytes]:
        """QTY, then AMT; a count of none is left out with its amount."""
        some = [
            (quantity, amount, [claim for claim in claims if claim.verdict.taken is wanted])
            for quantity, amount, wanted in ((taken, "YU", True), (refused, "YY", False))
        ]
        yield from (self._writer.segment("QTY", quantity, str(len(those))) for quantity, _, those in some if those)
        yield from (self._writer.segment("AMT", amount, plain(_charge(those))) for _, amount, those in some if those)


def _by_provider(claims: Iterable[ClaimReport]) -> dict[Party, list[ClaimReport]]:
    found: dict[Party, list[ClaimReport]] = {}
    for claim in claims:
        found.setdefault(claim.billing, []).append(claim)
    return found


def _charge(claims: Iterable[ClaimReport]) -> Decimal:
    return sum((_stated(claim) for claim in claims), Decimal(0))


def _stated(claim: ClaimReport) -> Decimal:
    """The charge where an amount of X12 can hold it, else none."""
    return claim.charge if claim.charge is not None and abs(claim.charge) < _MOST else Decimal(0)


def _code(status: Status) -> tuple[str, ...]:
    return (status.category, status.code, status.entity)


def _period(claim: ClaimReport, received: date) -> tuple[str, str]:
    """DTP02 and DTP03. The guide wants a day in every case: where the claim states none, the day it came in stands."""
    first = claim.first_day or claim.last_day or received
    last = claim.last_day or first
    if first == last:
        return "D8", f"{first:%Y%m%d}"
    return "RD8", f"{first:%Y%m%d}-{last:%Y%m%d}"

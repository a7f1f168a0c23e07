"""Writes TA1, 999 and 277CA from what was received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from gateway.testing.payer.claims import Line
from gateway.testing.payer.edits import GroupVerdict, Judged, SegmentError
from gateway.testing.payer.envelope import Elements, Set, Stamp, composite, plain
from gateway.testing.payer.scenario import Reject277, Scenario
from gateway.testing.payer.segments import find
from gateway.testing.payer.wire import Interchange, TransactionSet

_UNKNOWN = "UNKNOWN"
"""The member of a claim that names none, as in workers' compensation: the 277CA wants one."""


def interchange_acknowledgment(received: Interchange, verdict: tuple[str, str]) -> Elements:
    """TA1: it repeats ISA13, ISA09 and ISA10."""
    isa = received.header
    return ["TA1", isa[13], isa[9], isa[10], *verdict]


def functional_acknowledgment(received: Interchange, verdict: GroupVerdict) -> Set:
    """The 999 of one group."""
    group = verdict.group.header
    segments: Set = [["AK1", group[1], group[6], group[8]]]
    for each in verdict.sets:
        header = each.set.header
        segments.append(["AK2", header[1], header[2], header[3] or group[8]])
        for error in each.errors:
            segments += _error(received, error)
        segments.append(["IK5", each.code, *each.notes])
    present = len(verdict.group.sets)
    stated = verdict.group.trailer[1] or str(present)
    return [*segments, ["AK9", verdict.code, stated, str(present), str(len(verdict.accepted)), *verdict.notes]]


def of_a_stranger(verdict: GroupVerdict) -> Set:
    """The 999 of a group that came to the payer by another door."""
    group = verdict.group.header
    return [
        ["AK1", group[1], "987654321", group[8]],
        ["AK2", "837", "0001", group[8]],
        ["IK5", "A"],
        ["AK9", "A", *"111"],
    ]


def _error(received: Interchange, error: SegmentError) -> Iterator[Elements]:
    yield ["IK3", error.segment.id, str(error.segment.position), error.segment.loop, error.code]
    if error.context[1]:
        yield ["CTX", composite(received, *error.context)]
    if error.element:
        yield ["IK4", error.element, error.reference, error.element_code, error.value]


def status_report(
    received: Interchange,
    transaction_set: TransactionSet,
    judged: Sequence[Judged],
    scenario: Scenario,
    stamp: Stamp,
    taken_on: str,
    stage: str = "",
) -> Set:
    """The 277CA of one set, which arrived on `taken_on` (CCYYMMDD). 2100A is who reports at this `stage`: clearinghouse or
    payer; without one the payer, or a clearinghouse where the scenario says so or the set names several payers."""
    writer = _StatusReport(received, judged, stamp, scenario.without_2200c, stage)
    payer = judged[0].claim.payer
    mixed = scenario.clearinghouse or len({one.claim.payer[9] for one in judged}) > 1
    mixed = stage == "clearinghouse" if stage else mixed
    receiver = find(transaction_set.segments, "NM1", "40")
    issuer = ["AY", "2", receiver[3], *[""] * 4, "46", receiver[9]] if mixed else ["PR", "2", *payer.elements[3:10]]
    reference = f"ACK{stamp.control:09d}"
    return [
        ["BHT", "0085", "08", reference, stamp.day, stamp.time, "TH"],
        ["HL", "1", "", "20", "1"],
        ["NM1", *issuer],
        ["TRN", "1", reference],
        ["DTP", "050", "D8", taken_on],
        ["DTP", "009", "D8", stamp.day],
        *writer.submitter(transaction_set, "AY" if mixed else "PR"),
    ]


class _StatusReport:
    """The levels from the submitter down, with their HL numbers."""

    def __init__(
        self, received: Interchange, judged: Sequence[Judged], stamp: Stamp, without_2200c: bool, stage: str
    ) -> None:
        self.received, self.judged, self.stamp, self.without_2200c = received, judged, stamp, without_2200c
        self.passed_on, self.level = stage == "clearinghouse", 1

    def submitter(self, transaction_set: TransactionSet, issuer: str) -> Iterator[Elements]:
        """2000B with everything under it."""
        refused = _refused_at("submitter", self.judged)
        name = find(transaction_set.segments, "NM1", "41").elements[2:10]
        yield self.hl(1, "21", not refused)
        yield ["NM1", "41", *name]
        yield ["TRN", "2", transaction_set.reference]
        yield self.status(refused, "A1", "19", issuer, _charge(self.judged))
        yield from _totals(self.judged, "90", "AA")
        if not refused:
            above = self.level
            for _, claims in groupby(self.judged, key=lambda one: one.claim.billing.elements):
                yield from self.provider(list(claims), above, issuer)

    def provider(self, judged: list[Judged], above: int, issuer: str) -> Iterator[Elements]:
        """2000C with its claims."""
        refused = _refused_at("provider", judged)
        billing = judged[0].claim.billing
        identifier = [billing[8], billing[9]] if billing[9] else ["FI", judged[0].claim.tax_id]
        yield self.hl(above, "19", not refused)
        yield ["NM1", "85", *billing.elements[2:8], *[""] * (8 - len(billing.elements)), *identifier]
        if refused or not self.without_2200c:
            yield ["TRN", "1", "0"]
            yield self.status(refused, "A1", "19", issuer, _charge(judged), dated=False)
            yield from _totals(judged, "QA", "QC")
        if not refused:
            above = self.level
            for one in judged:
                yield from self.claim(one, above)

    def claim(self, judged: Judged, above: int) -> Iterator[Elements]:
        """2000D."""
        claim = judged.claim
        name, member = claim.patient.elements, claim.subscriber
        yield self.hl(above, "PT", None)
        yield ["NM1", "QC", "1", *name[3:8], *[""] * (8 - len(name)), "MI", member[9] or _UNKNOWN]
        yield ["TRN", "2", claim.control]
        yield self.status(judged.refused, *(("A0", "16", "PR") if self.passed_on else ("A2", "20", "")), claim.charge)
        if not judged.refused and not self.passed_on:
            yield ["REF", "1K", judged.number]
        if claim.trace:
            yield ["REF", "D9", claim.trace]
        place, qualifier, frequency, *_ = [*claim.clm[5].split(self.received.delimiters.component), "", "", ""]
        if qualifier == "A":
            yield ["REF", "BLT", place + frequency]
        if claim.first:
            one_day = claim.first == claim.last
            yield ["DTP", "472", "D8" if one_day else "RD8", claim.first if one_day else f"{claim.first}-{claim.last}"]
        if judged.refused and judged.refused.level == "line" and claim.lines:
            yield from self.line(judged.refused, claim.lines[-1])

    def line(self, refused: Reject277, line: Line) -> Iterator[Elements]:
        """2220D: which line is at fault."""
        mark = self.received.delimiters.component
        procedure = mark.join(line.procedure.split(mark)[:6])
        service, revenue = (procedure, line.revenue) if procedure else (f"NU{mark}{line.revenue}", "")
        yield ["SVC", service, plain(line.charge), "", revenue, "", "", line.units or "1"]
        yield ["STC", composite(self.received, refused.category, refused.code, refused.entity), self.stamp.day, "U"]
        yield ["REF", "FJ", line.control]
        if line.first:
            one_day = line.first == line.last
            yield ["DTP", "472", "D8" if one_day else "RD8", line.first if one_day else f"{line.first}-{line.last}"]

    def hl(self, above: int, kind: str, children: bool | None) -> Elements:
        """The next HL; at the claim HL04 is left out."""
        self.level += 1
        return ["HL", str(self.level), str(above), kind, "" if children is None else str(int(children))]

    def status(
        self, refused: Reject277 | None, category: str, code: str, entity: str, charge: Decimal, dated: bool = True
    ) -> Elements:
        """STC: refused, or accepted with the given codes."""
        if refused:
            category, code, entity = refused.category, refused.code, refused.entity
        what = composite(self.received, category, code, entity)
        return ["STC", what, self.stamp.day if dated else "", "U" if refused else "WQ", plain(charge)]


def _refused_at(level: str, judged: Sequence[Judged]) -> Reject277 | None:
    return next((one.refused for one in judged if one.refused and one.refused.level == level), None)


def _charge(judged: Sequence[Judged]) -> Decimal:
    return sum((one.claim.charge for one in judged), Decimal(0))


def _totals(judged: Sequence[Judged], taken: str, refused: str) -> Iterator[Elements]:
    """QTY then AMT: how many and how much were accepted and refused; a count of none is left out."""
    good, bad = ([one for one in judged if (one.refused is None) is wanted] for wanted in (True, False))
    yield from (["QTY", name, str(len(some))] for name, some in ((taken, good), (refused, bad)) if some)
    yield from (["AMT", name, plain(_charge(some))] for name, some in (("YU", good), ("YY", bad)) if some)

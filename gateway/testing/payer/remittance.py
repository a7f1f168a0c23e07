"""Writes 835 transaction sets from what was adjudicated."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from gateway.testing.payer.adjudication import Adjudicated, AdjudicatedLine
from gateway.testing.payer.adjudication import Adjustment as Reduction
from gateway.testing.payer.envelope import Elements, Set, Stamp, plain
from gateway.testing.payer.scenario import Adjustment, Scenario
from gateway.testing.payer.segments import Segment
from gateway.testing.payer.wire import Interchange

_ADDRESS = (["N3", "PO BOX 1"], ["N4", "DES MOINES", "IA", "50309"])
_BANKS = ["CCP", "01", "999999992", "DA", "000111", "{origin}", "", "01", "999999992", "DA", "000222"]
_PAIRS = 6
_NOTHING = (Reduction("CO", "45", Decimal(0)),)
_INPATIENT = ("11", "18", "21", "41")
# Claim filing indicators an 835 takes as they came; a PPO's 12 stands for any other.
_FILING = frozenset(
    {*map(str, range(12, 18)), "AM", "CH", "DS", "HM", "LM", "MA", "MB", "MC", "OF", "TV", "VA", "WC", "ZZ"}
)


def remittances(
    received: Interchange, adjudicated: Sequence[Adjudicated], scenario: Scenario, stamp: Stamp, taken_on: str
) -> list[Set]:
    """One set for each payer and payee, in order of appearance; `taken_on` is the day the file arrived."""
    payments: dict[tuple[str, str], list[Adjudicated]] = {}
    for each in adjudicated:
        billing = each.claim.billing[9] or each.claim.tax_id
        payments.setdefault((each.claim.payer[9], billing), []).append(each)
    return [
        list(_Remittance(received, tuple(claims), scenario, stamp, taken_on, number).segments())
        for number, claims in enumerate(payments.values(), 1)
    ]


@dataclass(frozen=True, slots=True)
class _Remittance:
    received: Interchange
    claims: tuple[Adjudicated, ...]
    scenario: Scenario
    stamp: Stamp
    taken_on: str
    number: int

    def segments(self) -> Iterator[Elements]:
        """BPR to the last PLB."""
        first = self.claims[0].claim
        adjustments = self.provider_adjustments()
        origin = f"1{zlib.crc32(first.payer[9].encode('latin-1')) % 10**9:09d}"
        yield self.payment(origin, adjustments)
        yield ["TRN", "1", f"EFT{self.stamp.control:09d}{self.number:02d}", origin]
        yield ["REF", "EV", self.received.header[6].strip()]
        yield ["DTM", "405", self.stamp.day]
        yield from self.parties()
        yield ["LX", "1"]
        for each in self.claims:
            yield from self.claim(each)
        yield from self.plb(adjustments)

    def payment(self, origin: str, adjustments: Sequence[Adjustment]) -> Elements:
        """BPR: the claims' payments less the provider adjustments; NON where no money moves."""
        total = self.paid - sum((each.amount for each in adjustments), Decimal(0))
        if self.scenario.faults.unbalanced_835 == "transaction":
            total += 1
        effective = f"{self.stamp.moment + timedelta(days=3):%Y%m%d}"
        if not total:
            return ["BPR", "H", "0", "C", "NON", *[""] * 11, effective]
        banks = [part.format(origin=origin) for part in _BANKS]
        return ["BPR", "I", plain(total), "C", "ACH", *banks, effective]

    @property
    def paid(self) -> Decimal:
        """The sum of CLP04 as written."""
        return sum((self.claim_payment(each) for each in self.claims), Decimal(0))

    def claim_payment(self, each: Adjudicated) -> Decimal:
        """CLP04, one dollar off in an 835 that is to be out of balance at the claim."""
        level = self.scenario.faults.unbalanced_835
        off = level == "claim" or (level == "line" and self.wrong_line is None)
        return each.paid + (off and each is self.claims[0])

    @property
    def wrong_line(self) -> AdjudicatedLine | None:
        """The first that is written, to be out of balance where lines are to be."""
        return next((line for each in self.claims if not each.alone for line in each.lines), None)

    def provider_adjustments(self) -> list[Adjustment]:
        """Those of the scenario; what would make the payment negative is carried forward (PLB FB)."""
        reference = self.claims[0].number
        found = [Adjustment(a.reason, a.amount, a.reference or reference) for a in self.scenario.provider_adjustments]
        found += [Adjustment("L6", -each.interest, each.number) for each in self.claims if each.interest]
        found += [Adjustment("WO", each.takeback, each.number) for each in self.claims if each.takeback]
        found = found if len(found) < _PAIRS else _summed_up(found)
        total = self.paid - sum((each.amount for each in found), Decimal(0))
        return [*found, Adjustment("FB", total, reference)] if total < 0 else found

    def parties(self) -> Iterator[Elements]:
        """1000A and 1000B: the payer and the payee as the claims named them."""
        claim = self.claims[0].claim
        address = [list(segment.elements) for segment in claim.payer_address if segment.id]
        yield ["N1", "PR", claim.payer[3]]
        yield from address if len(address) == 2 else _ADDRESS
        yield ["REF", "2U", claim.payer[9]]
        yield ["PER", "BL", "EDI SUPPORT", "TE", "5555550111"]
        billing = claim.billing
        name = " ".join(filter(None, (billing[3], billing[4])))
        if not billing[9]:
            yield ["N1", "PE", name, "FI", claim.tax_id]
            return
        yield ["N1", "PE", name, "XX", billing[9]]
        if claim.tax_id:
            yield ["REF", "TJ", claim.tax_id]

    def claim(self, each: Adjudicated) -> Iterator[Elements]:
        """Loop 2100 with its lines."""
        claim, mark = each.claim, self.received.delimiters.component
        place, _, frequency = [*claim.clm[5].split(mark), "", "", ""][:3]
        filing = claim.filing if claim.filing in _FILING else "12"
        patient = plain(each.patient) if each.patient else ""
        amounts = [plain(each.charge), plain(self.claim_payment(each)), patient]
        yield ["CLP", claim.control, each.status, *amounts, filing, each.number, place, frequency]
        yield from self.adjusted(each.adjustments, Decimal(0))
        member = ["MI", claim.subscriber[9]] if claim.subscriber[9] else []
        yield ["NM1", "QC", "1", *_name(claim.patient), *member]
        if member and claim.patient is not claim.subscriber:
            yield ["NM1", "IL", claim.subscriber[2], *_name(claim.subscriber), *member]
        rendering = claim.rendering
        if rendering[9] and rendering[9] != claim.billing[9]:
            yield ["NM1", "82", rendering[2], *_name(rendering), rendering[8], rendering[9]]
        if each.onward[0]:
            yield ["NM1", "TT", "2", each.onward[1], *[""] * 4, "PI", each.onward[0]]
        yield from _remarks(each, mark)
        if claim.original_number:
            yield ["REF", "F8", claim.original_number]
        if claim.statement[0]:
            yield from (["DTM", code, day] for code, day in zip(("232", "233"), claim.statement, strict=True))
        yield ["DTM", "050", self.taken_on]
        if each.interest:
            yield ["AMT", "I", plain(each.interest)]
        for line in () if each.alone else each.lines:
            yield from self.line(each, line)

    def line(self, each: Adjudicated, line: AdjudicatedLine) -> Iterator[Elements]:
        """Loop 2110. A denied line pays no units and says how many were billed."""
        sent, mark = line.line, self.received.delimiters.component
        units = sent.units or "1"
        units = units if line.sign > 0 else f"-{units}"
        counted = ["0", "", units] if line.charge and not line.paid and line.remark else [units]
        procedure = mark.join(sent.procedure.split(mark)[:6])
        service, revenue = (procedure, sent.revenue) if procedure else (f"NU{mark}{sent.revenue}", "")
        yield ["SVC", service, plain(line.charge), plain(line.paid), revenue, *counted]
        yield from _service_dates(sent.first, sent.last)
        off = self.scenario.faults.unbalanced_835 == "line" and line is self.wrong_line
        yield from self.adjusted(line.adjustments or _NOTHING * off, Decimal(off))
        yield ["REF", "6R", sent.control]
        if sent.rendering and sent.rendering != each.claim.rendering[9]:
            yield ["REF", "HPI", sent.rendering]
        if line.paid > 0:
            yield ["AMT", "B6", plain(line.paid + line.patient)]
        if line.remark:
            yield ["LQ", "HE", line.remark]

    def adjusted(self, adjustments: Sequence[Reduction], off: Decimal) -> Iterator[Elements]:
        """One CAS for each group code, its triplets side by side, each wrong by `off`."""
        groups: dict[str, list[Reduction]] = {}
        for adjustment in adjustments:
            groups.setdefault(adjustment.group, []).append(adjustment)
        for group, some in groups.items():
            triplets = [part for a in some for part in (a.reason, plain(a.amount + off), "")]
            yield ["CAS", group, *triplets]

    def plb(self, adjustments: Sequence[Adjustment]) -> Iterator[Elements]:
        """PLB, as many pairs to a segment as it holds."""
        billing, mark = self.claims[0].claim.billing, self.received.delimiters.component
        provider = billing[9] or self.claims[0].claim.tax_id
        for start in range(0, len(adjustments), _PAIRS):
            some = adjustments[start : start + _PAIRS]
            pairs = [part for a in some for part in (f"{a.reason}{mark}{a.reference}", plain(a.amount))]
            yield ["PLB", provider, f"{self.stamp.moment:%Y}1231", *pairs]


def _summed_up(adjustments: Sequence[Adjustment]) -> list[Adjustment]:
    """One for each reason, under the first one's reference: one PLB holds them, and pyx12 takes no second."""
    sums: dict[str, Adjustment] = {}
    for each in adjustments:
        before = sums.get(each.reason)
        sums[each.reason] = replace(before, amount=before.amount + each.amount) if before else each
    return list(sums.values())


def _remarks(each: Adjudicated, mark: str) -> Iterator[Elements]:
    """MIA for an inpatient claim, else MOA; five remarks are all there is room for."""
    if not each.remarks:
        return
    place, qualifier = [*each.claim.clm[5].split(mark), "", ""][:2]
    some = list(each.remarks[:5])
    if qualifier == "A" and place in _INPATIENT:
        yield ["MIA", "0", "", "", "", some[0], *[""] * 14, *some[1:]]
    else:
        yield ["MOA", "", "", *some]


def _name(nm1: Segment) -> list[str]:
    """NM103 to NM107, without NM106, which no answer uses."""
    return [nm1[3], nm1[4], nm1[5], "", nm1[7]]


def _service_dates(first: str, last: str) -> Iterator[Elements]:
    if not first:
        return
    if first == last:
        yield ["DTM", "472", first]
    else:
        yield from (["DTM", "150", first], ["DTM", "151", last])

"""Composes the answers of one kind to one received interchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gateway.testing.payer import answers
from gateway.testing.payer.adjudication import Adjudicated, adjudicate
from gateway.testing.payer.claims import Claim
from gateway.testing.payer.edits import GroupVerdict, Judged, group_verdict, judge
from gateway.testing.payer.envelope import ACKNOWLEDGMENT, CLAIM_STATUS, REMITTANCE, Guide, Set, Stamp
from gateway.testing.payer.envelope import grouped as in_group
from gateway.testing.payer.envelope import interchange as in_interchange
from gateway.testing.payer.remittance import remittances
from gateway.testing.payer.scenario import Rule, Scenario
from gateway.testing.payer.wire import Interchange

CORRECTION = "correction"  # a second 835, which reverses the first and corrects it
NOBODY = "SOMEBODYELSE"


@dataclass(frozen=True, slots=True)
class Case:
    """An interchange to answer: `verdict` is its TA1's, `arrival` the number of its file, `taken_on` CCYYMMDD."""

    received: Interchange
    verdict: tuple[str, str]
    arrival: int
    taken_on: str
    scenario: Scenario

    def replies(self, kind: str, stamps: Callable[[], Stamp]) -> Iterator[tuple[Stamp, bytes]]:
        """The interchanges of that kind, each with its own stamp."""
        if kind == "TA1":
            stamp = stamps()
            ta1 = answers.interchange_acknowledgment(self.received, self.verdict)
            yield stamp, in_interchange(self.received, [ta1], stamp, self.to)
            return
        write = {"999": self._acknowledge, "277CA": self._report, "835": self._remit, CORRECTION: self._correct}[kind]
        for group in self.received.groups:
            yield from write(group_verdict(self.received, group, self.scenario), stamps)

    def has_corrections(self) -> bool:
        """Whether a rule adjudicates any of its claims anew."""
        return any(self._rule(claim).then for claim in self.received.claims)

    @property
    def to(self) -> str:
        """ISA08, where it is to be wrong."""
        return NOBODY if self.scenario.faults.wrong_receiver else ""

    @property
    def _mark(self) -> str:
        return self.received.delimiters.component

    def _rule(self, claim: Claim) -> Rule:
        return self.scenario.rule(claim, self._mark)

    def _number(self, claim: Claim) -> str:
        """The payer's claim number: the same in the 277CA and the 835, and after a restart."""
        return f"{self.scenario.number_prefix}{self.arrival:06d}{claim.ordinal:04d}"

    def _enclose(self, verdict: GroupVerdict, guide: Guide, sets: list[Set], stamp: Stamp) -> tuple[Stamp, bytes]:
        content = in_group(self.received, verdict.group, guide, sets, stamp)
        return stamp, in_interchange(self.received, content, stamp, self.to)

    def _acknowledge(self, verdict: GroupVerdict, stamps: Callable[[], Stamp]) -> Iterator[tuple[Stamp, bytes]]:
        if verdict.code == "A" and "999" in self.scenario.negative_only:
            return
        sets = [answers.functional_acknowledgment(self.received, verdict)]
        yield self._enclose(verdict, ACKNOWLEDGMENT, sets, stamps())

    def _judge(self, claims: tuple[Claim, ...]) -> list[Judged]:
        return judge(claims, self.scenario, self._mark, self._number)

    def _report(self, verdict: GroupVerdict, stamps: Callable[[], Stamp]) -> Iterator[tuple[Stamp, bytes]]:
        for accepted in verdict.accepted:
            judged = self._judge(accepted.claims)
            bad_news = any(one.refused for one in judged)
            if not judged or (not bad_news and "277CA" in self.scenario.negative_only):
                continue
            stamp = stamps()
            report = answers.status_report(self.received, accepted, judged, self.scenario, stamp, self.taken_on)
            yield self._enclose(verdict, CLAIM_STATUS, [report], stamp)

    def _payable(self, verdict: GroupVerdict) -> list[Judged]:
        judged = (one for accepted in verdict.accepted for one in self._judge(accepted.claims))
        return [one for one in judged if not one.refused]

    def _remit(self, verdict: GroupVerdict, stamps: Callable[[], Stamp]) -> Iterator[tuple[Stamp, bytes]]:
        payable = self._payable(verdict)
        yield from self._pay(verdict, [self._first(one) for one in payable], stamps, self.scenario)

    def _correct(self, verdict: GroupVerdict, stamps: Callable[[], Stamp]) -> Iterator[tuple[Stamp, bytes]]:
        """Each reversal is followed by its correction under a new number; provider adjustments were made before."""
        corrected = []
        for one in self._payable(verdict):
            then = self._rule(one.claim).then
            if then:
                corrected += [self._first(one).reversed(), adjudicate(one.claim, then, f"{one.number}C")]
        yield from self._pay(verdict, corrected, stamps, replace(self.scenario, provider_adjustments=()))

    def _first(self, one: Judged) -> Adjudicated:
        return adjudicate(one.claim, self._rule(one.claim).action, one.number)

    def _pay(
        self, verdict: GroupVerdict, adjudicated: list[Adjudicated], stamps: Callable[[], Stamp], scenario: Scenario
    ) -> Iterator[tuple[Stamp, bytes]]:
        if not adjudicated:
            return
        stamp = stamps()
        sets = remittances(self.received, adjudicated, scenario, stamp, self.taken_on)
        yield self._enclose(verdict, REMITTANCE, sets, stamp)

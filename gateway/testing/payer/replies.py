"""Composes the answers of one kind to one received interchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from gateway.testing.payer import answers
from gateway.testing.payer.adjudication import Adjudicated, adjudicate
from gateway.testing.payer.claims import Claim
from gateway.testing.payer.edits import GroupVerdict, Judged, group_verdict, judge
from gateway.testing.payer.envelope import (
    ACKNOWLEDGMENT,
    CLAIM_STATUS,
    CLAIM_STATUS_RESPONSE,
    REMITTANCE,
    Guide,
    Set,
    Stamp,
)
from gateway.testing.payer.envelope import grouped as in_group
from gateway.testing.payer.envelope import interchange as in_interchange
from gateway.testing.payer.inquiries import STATUS, Known, Look, Say, is_request, response
from gateway.testing.payer.remittance import remittances
from gateway.testing.payer.scenario import Deny, Reject277, Reverse, Rule, Scenario
from gateway.testing.payer.wire import Interchange

CORRECTION = "correction"  # a second 835, which reverses the first and corrects it
LATE = "late"  # an 835 of its own for the claims of one rule
PAYER_REPORT = "payer_277CA"  # the payer's own, after the clearinghouse's
NOBODY = "SOMEBODYELSE"
_CORRECTING, _VOID = ("7", "8"), "8"


@dataclass(frozen=True, slots=True)
class Case:
    """An interchange to answer: `verdict` is its TA1's, `arrival` the number of its file, `taken_on` CCYYMMDD, `repeats`
    the claims that came before, by their ordinal. `earlier` is what was decided of an earlier claim, by its number here."""

    received: Interchange
    verdict: tuple[str, str]
    arrival: int
    taken_on: str
    scenario: Scenario
    repeats: frozenset[int] = frozenset()
    earlier: Callable[[str], Adjudicated | None] = field(default=lambda number: None, compare=False)

    def kinds(self, *, tested: bool) -> list[str]:
        """What it is answered with once its TA1 did not refuse it; a test is only acknowledged."""
        if tested:
            return ["999"]
        if is_request(self.received):
            return ["999", STATUS]
        kinds = ["999", "277CA", "835", *([PAYER_REPORT] if self.scenario.two_reports else [])]
        kinds += [LATE] if self.late_rules() else []
        return kinds + ([CORRECTION] if self.has_corrections() else [])

    def replies(self, kind: str, stamps: Callable[[], Stamp], rule: int = -1) -> Iterator[tuple[Stamp, bytes]]:
        """The interchanges of that kind, each with its own stamp; of a late 835 for the claims of that rule."""
        if kind == "TA1":
            stamp = stamps()
            ta1 = answers.interchange_acknowledgment(self.received, self.verdict)
            yield stamp, in_interchange(self.received, [ta1], stamp, self.to)
            return
        for group in self.received.groups:
            yield from self._write(kind, group_verdict(self.received, group, self.scenario), stamps, rule)

    def _write(
        self, kind: str, verdict: GroupVerdict, stamps: Callable[[], Stamp], rule: int
    ) -> Iterator[tuple[Stamp, bytes]]:
        if kind == "999":
            return self._acknowledge(verdict, stamps)
        if kind in ("277CA", PAYER_REPORT):
            first = "clearinghouse" if self.scenario.two_reports else ""
            return self._report(verdict, stamps, "payer" if kind == PAYER_REPORT else first)
        return self._correct(verdict, stamps) if kind == CORRECTION else self._remit(verdict, stamps, rule)

    def accepted_claims(self) -> list[Claim]:
        """The claims in sets that the 999 accepts."""
        verdicts = [group_verdict(self.received, group, self.scenario) for group in self.received.groups]
        return [claim for verdict in verdicts for each in verdict.accepted for claim in each.claims]

    def known(self, *, settled: bool) -> Iterator[Known]:
        """The claims that the payer has, and what it decided of them."""
        for group in self.received.groups:
            for one in self._payable(group_verdict(self.received, group, self.scenario)):
                yield Known(one.claim, one.number, settled, self._first(one).paid)

    def statuses(self, look: Look, say: Say, stamps: Callable[[], Stamp]) -> Iterator[tuple[Stamp, bytes]]:
        """The 277s to the questions in it, one interchange for each group."""
        for group in self.received.groups:
            verdict = group_verdict(self.received, group, self.scenario)
            if verdict.accepted:
                stamp = stamps()
                sets = [response(self.received, asked, look, say, stamp) for asked in verdict.accepted]
                yield self._enclose(verdict, CLAIM_STATUS_RESPONSE, sets, stamp)

    def late_rules(self) -> list[int]:
        """The rules that pay claims of it late, by their place."""
        rules = [self._rule(claim) for claim in self.received.claims]
        return [n for n, rule in enumerate(self.scenario.rules) if rule.late and any(rule is each for each in rules)]

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
            if self.scenario.server.strangers:
                yield self._enclose(verdict, ACKNOWLEDGMENT, [answers.of_a_stranger(verdict)], stamps())
            return
        sets = [answers.functional_acknowledgment(self.received, verdict)]
        yield self._enclose(verdict, ACKNOWLEDGMENT, sets, stamps())
        if self.scenario.server.strangers:
            yield self._enclose(verdict, ACKNOWLEDGMENT, [answers.of_a_stranger(verdict)], stamps())

    def _judge(self, claims: tuple[Claim, ...]) -> list[Judged]:
        judged = judge(claims, self.scenario, self._mark, self._number)
        if self.scenario.repeats != "277CA":
            return judged
        again = Reject277("A7", "78", "")
        return [replace(one, refused=one.refused or again) if self._is_repeat(one) else one for one in judged]

    def _is_repeat(self, one: Judged) -> bool:
        return one.claim.ordinal in self.repeats

    def _report(self, verdict: GroupVerdict, stamps: Callable[[], Stamp], stage: str) -> Iterator[tuple[Stamp, bytes]]:
        """Where two report, the clearinghouse knows only of its own refusals, and the payer only of what it passed on."""
        for accepted in verdict.accepted:
            judged = _seen_at(stage, self._judge(accepted.claims))
            bad_news = any(one.refused for one in judged)
            if not judged or (not bad_news and "277CA" in self.scenario.negative_only):
                continue
            stamp = stamps()
            report = answers.status_report(self.received, accepted, judged, self.scenario, stamp, self.taken_on, stage)
            yield self._enclose(verdict, CLAIM_STATUS, [report], stamp)

    def _payable(self, verdict: GroupVerdict) -> list[Judged]:
        judged = (one for accepted in verdict.accepted for one in self._judge(accepted.claims))
        return [one for one in judged if not one.refused]

    def _remit(self, verdict: GroupVerdict, stamps: Callable[[], Stamp], rule: int) -> Iterator[tuple[Stamp, bytes]]:
        """The first 835: of claims that are not paid late, or of those of one rule that are."""
        wanted = self.scenario.rules[rule] if 0 <= rule < len(self.scenario.rules) else None
        payable = [
            one
            for one in self._payable(verdict)
            if (self._rule(one.claim) is wanted if wanted else not self._rule(one.claim).late)
        ]
        decided = [each for one in payable for each in self._decided(one)]
        yield from self._pay(verdict, decided, stamps, self.scenario)

    def _decided(self, one: Judged) -> Iterator[Adjudicated]:
        """A replacement or void of a claim that is known here first takes that one's decision back; a void does no more."""
        frequency = one.claim.frequency(self._mark)
        before = self.earlier(one.claim.original_number) if frequency in _CORRECTING else None
        if before:
            yield before.reversed()
        if before is None or frequency != _VOID:
            yield self._first(one)

    def decision(self, number: str) -> Adjudicated | None:
        """What the first 835 says of the claim that has this number here."""
        verdicts = [group_verdict(self.received, group, self.scenario) for group in self.received.groups]
        payable = (one for verdict in verdicts for one in self._payable(verdict))
        return next((self._first(one) for one in payable if one.number == number), None)

    def _correct(self, verdict: GroupVerdict, stamps: Callable[[], Stamp]) -> Iterator[tuple[Stamp, bytes]]:
        """Each reversal is followed by its correction under a new number; provider adjustments were made before."""
        corrected = []
        for one in self._payable(verdict):
            then = self._rule(one.claim).then
            if then and not (self.scenario.repeats == "835" and self._is_repeat(one)):
                corrected.append(self._first(one).reversed())
                corrected += [] if isinstance(then, Reverse) else [adjudicate(one.claim, then, f"{one.number}C")]
        yield from self._pay(verdict, corrected, stamps, replace(self.scenario, provider_adjustments=()))

    def _first(self, one: Judged) -> Adjudicated:
        action = self._rule(one.claim).action
        if self.scenario.repeats == "835" and self._is_repeat(one):
            action = Deny("18", "", "OA")
        return adjudicate(one.claim, action, one.number)

    def _pay(
        self, verdict: GroupVerdict, adjudicated: list[Adjudicated], stamps: Callable[[], Stamp], scenario: Scenario
    ) -> Iterator[tuple[Stamp, bytes]]:
        if not adjudicated:
            return
        stamp = stamps()
        sets = remittances(self.received, adjudicated, scenario, stamp, self.taken_on)
        yield self._enclose(verdict, REMITTANCE, sets, stamp)


def _seen_at(stage: str, judged: list[Judged]) -> list[Judged]:
    """The claims that this stage speaks of, refused only where it refuses them itself."""
    if not stage:
        return judged
    own = [replace(one, refused=one.refused if one.refused and one.refused.by == stage else None) for one in judged]
    if stage == "clearinghouse":
        return own
    return [mine for mine, one in zip(own, judged, strict=True) if not one.refused or one.refused.by == "payer"]

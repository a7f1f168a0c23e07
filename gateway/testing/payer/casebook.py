"""Everything received, as cases to judge and to answer, and what was among them before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple

from gateway.testing.payer.adjudication import Adjudicated
from gateway.testing.payer.claims import Claim
from gateway.testing.payer.edits import known_as
from gateway.testing.payer.inquiries import TRUTH, Known, Say, questions
from gateway.testing.payer.journal import Arrival, Journal
from gateway.testing.payer.reception import Finding, inspect
from gateway.testing.payer.replies import Case
from gateway.testing.payer.scenario import Scenario
from gateway.testing.payer.segments import find
from gateway.testing.payer.state import State
from gateway.testing.payer.wire import Interchange
from gateway.testing.payer.wrapping import Unwrap

_REMEMBERED = 16
_ARRIVAL = 6  # digits of the payer's claim number that count the file


class ReceivedClaim(NamedTuple):
    """One sighting of a claim: `claim` CLM01, `trace` REF*D9, `digest` of its content in any wrapper, `file` the name
    it arrived under, `control` ISA13."""

    claim: str
    trace: str
    digest: str
    file: str
    control: str


class Casebook:
    """Reads from the journal whatever it is asked for; only the last few files are kept in memory."""

    def __init__(self, journal: Journal, scenario: Scenario, state: State, wrappings: Mapping[str, Unwrap]) -> None:
        self._journal, self._state, self._wrappings = journal, state, wrappings
        self.scenario = scenario
        self._seen: dict[str, datetime] = {}
        self._digests: dict[str, tuple[int, int]] = {}
        for arrival in journal.arrivals:
            for index, case in enumerate(self.cases(arrival)):
                if case.verdict[0] in ("A", "E"):
                    self.remember(arrival, index, case.received)

    @property
    def scenario(self) -> Scenario:
        """What the payer does now."""
        return self._scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._found: dict[int, Finding] = {}

    def received_claims(self, *, accepted_only: bool = False) -> list[ReceivedClaim]:
        """Every claim in everything that arrived, in order of arrival; or only those in interchanges that a tick
        judged and no TA1 refused."""
        return [
            _sighted(claim, arrival, case)
            for arrival, case in self._all()
            if not accepted_only or case.verdict[0] in ("A", "E")
            for claim in case.received.claims
        ]

    def claims_taken(self) -> list[ReceivedClaim]:
        """Those of the received claims that neither a TA1 nor a 999 refused: what must never come twice."""
        return [
            _sighted(claim, arrival, case)
            for arrival, case in self._all()
            if case.verdict[0] in ("A", "E")
            for claim in case.accepted_claims()
        ]

    def _all(self) -> Iterator[tuple[Arrival, Case]]:
        return ((arrival, case) for arrival in self._journal.arrivals for case in self.cases(arrival))

    def known(self, before: Arrival) -> list[Known]:
        """The claims that came before, the latest first; settled once no 835 of theirs is due any more."""
        waits = {(due.arrival, due.interchange) for due in self._state.due if due.kind not in ("TA1", "999", "277CA")}
        remits = "835" in self.scenario.answers
        found = [
            one
            for arrival in self._journal.arrivals[: before.number - 1]
            for index, case in enumerate(self.cases(arrival))
            if case.verdict[0] in ("A", "E")
            for one in case.known(settled=remits and (arrival.number, index) not in waits)
        ]
        return found[::-1]

    def saying(self, before: Arrival) -> Say:
        """What the scenario has a 277 say of a claim, by how often it was asked about before."""
        asked = Counter(
            find(question, "REF", "EJ")[2]
            for arrival in self._journal.arrivals[: before.number - 1]
            for case in self.cases(arrival)
            for group in case.received.groups
            for each in group.sets
            for question in questions(each)
        )

        def say(known: Known | None, control: str) -> str:
            rules = [rule for rule in self.scenario.rules if fnmatchcase(control, rule.claim) and rule.claim_status]
            words = rules[0].claim_status if rules else self.scenario.claim_status
            return words[min(asked[control], len(words) - 1)] if words else TRUTH

        return say

    def finding(self, arrival: Arrival) -> Finding:
        """What becomes of one file; the last few are remembered."""
        if arrival.number not in self._found:
            earlier = self._journal.arrivals[: arrival.number - 1] if self.scenario.server.names.once else []
            before = {each.name: each.moment for each in earlier}
            data = self._journal.read(arrival)
            found = inspect(arrival, data, self.scenario.server, self._wrappings, before)
            self._found = {**dict(list(self._found.items())[1 - _REMEMBERED :]), arrival.number: found}
        return self._found[arrival.number]

    def cases(self, arrival: Arrival) -> list[Case]:
        """The interchanges of one file; the verdict of one not yet judged is empty."""
        verdicts, taken_on = self._state.verdicts, arrival.at[:10].replace("-", "")
        return [
            Case(
                received,
                verdicts.get(f"{arrival.number}/{n}", ("", "")),
                arrival.number,
                taken_on,
                self.scenario,
                self._repeats(arrival.number, n, received.claims),
                self._decided_before(arrival.number),
            )
            for n, received in enumerate(self.finding(arrival).interchanges)
        ]

    def _decided_before(self, arrival: int) -> Callable[[str], Adjudicated | None]:
        """What was decided of a claim of an earlier file, by the number it was given."""

        def decided(number: str) -> Adjudicated | None:
            found = number.removeprefix(self.scenario.number_prefix)[:_ARRIVAL]
            if not found.isdecimal() or not 0 < int(found) < arrival:
                return None
            cases = self.cases(self._journal.arrivals[int(found) - 1])
            return next((made for case in cases if (made := case.decision(number))), None)

        return decided

    def _repeats(self, arrival: int, index: int, claims: tuple[Claim, ...]) -> frozenset[int]:
        """The claims that came before in another interchange, by their place in the file."""
        if not self.scenario.repeats:
            return frozenset()
        here = (arrival, index)
        return frozenset(c.ordinal for c in claims if self._digests.get(c.digest, here) < here)

    def remember(self, arrival: Arrival, index: int, received: Interchange) -> None:
        """One interchange was accepted."""
        self._seen[known_as(received)] = arrival.moment
        for claim in received.claims:
            self._digests.setdefault(claim.digest, (arrival.number, index))

    def recent(self, arrival: Arrival) -> set[str]:
        """The interchanges whose numbers may not come again now."""
        days = self.scenario.server.duplicate_days
        return {name for name, at in self._seen.items() if not days or at > arrival.moment - timedelta(days=days)}


def _sighted(claim: Claim, arrival: Arrival, case: Case) -> ReceivedClaim:
    return ReceivedClaim(claim.control, claim.trace, claim.digest, arrival.name, case.received.control)

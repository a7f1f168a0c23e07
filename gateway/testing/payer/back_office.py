"""The payer's back office: takes what arrived, judges it, and puts answers into /out when they are due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from gateway.testing.payer.edits import interchange_verdict, known_as
from gateway.testing.payer.envelope import Stamp
from gateway.testing.payer.journal import Arrival, Journal
from gateway.testing.payer.replies import CORRECTION, Case
from gateway.testing.payer.scenario import KINDS, Delay, Scenario
from gateway.testing.payer.state import Due, State
from gateway.testing.payer.wire import read

_ORDER = (*KINDS, CORRECTION)


class ReceivedClaim(NamedTuple):
    """One sighting of a claim: `claim` CLM01, `trace` REF*D9, `digest` of its content in any wrapper, `file` the name
    it arrived under, `control` ISA13."""

    claim: str
    trace: str
    digest: str
    file: str
    control: str


def is_final(name: str) -> bool:
    """Whether a file of that name counts as arrived: it is neither hidden nor *.part."""
    return not name.startswith(".") and not name.endswith(".part")


class BackOffice:
    """One at a time: whoever touches the folders holds `lock`. `writing` names the uploads under way."""

    def __init__(self, root: Path, scenario: Scenario, clock: Callable[[], datetime]) -> None:
        self.inbox, self.outbox, self._drafts = root / "in", root / "out", root / "drafts"
        for folder in (self.inbox, self.outbox, self._drafts):
            folder.mkdir(parents=True, exist_ok=True)
        self.scenario, self.journal = scenario, Journal(root / "received")
        self.lock = threading.RLock()
        self.writing: list[Path] = []
        self._clock, self._state_file = clock, root / "state.json"
        self._state = State.load(self._state_file)
        self._seen = {known_as(case.received) for case in self._cases() if case.verdict[0] in ("A", "E")}

    def arrived(self, path: Path) -> None:
        """A file stands in /in under its final name: note it, then do to it what this payer does at once."""
        with self.lock:
            self.journal.add(path, self._clock())
            if self.scenario.faults.vanish_on_close:
                path.unlink()
            elif self.scenario.faults.rename_on_arrival:
                path.rename(path.with_name(path.name + ".processed"))

    def tick(self) -> tuple[str, ...]:
        """Take what arrived, judge it, and write the answers that are due. Returns their names in /out."""
        with self.lock:
            self._state.ticks += 1
            self._take()
            for arrival in self.journal.arrivals[self._state.judged :]:
                for index, case in enumerate(self._of(arrival)):
                    self._judge(arrival, index, case)
                self._state.judged = arrival.number
            self._state.save(self._state_file)
            return tuple(name for due in self._ready() for name in self._answer(due))

    def received_claims(self, *, accepted_only: bool = False) -> list[ReceivedClaim]:
        """Every claim in everything that arrived, in order of arrival; or only those in interchanges that a tick
        judged and no TA1 refused."""
        with self.lock:
            return [
                ReceivedClaim(
                    claim.control,
                    claim.trace,
                    claim.digest,
                    self.journal.arrivals[case.arrival - 1].name,
                    case.received.control,
                )
                for case in self._cases()
                if not accepted_only or case.verdict[0] in ("A", "E")
                for claim in case.received.claims
            ]

    def _cases(self) -> Iterator[Case]:
        return (case for arrival in self.journal.arrivals for case in self._of(arrival))

    def _of(self, arrival: Arrival) -> list[Case]:
        """The interchanges of one file; the verdict of one not yet judged is empty."""
        verdicts, taken_on = self._state.verdicts, arrival.at[:10].replace("-", "")
        return [
            Case(received, verdicts.get(f"{arrival.number}/{n}", ("", "")), arrival.number, taken_on, self.scenario)
            for n, received in enumerate(read(self.journal.read(arrival)))
        ]

    def _take(self) -> None:
        """Files that came past the server, or whose noting a kill prevented, are found here."""
        for path in sorted(self.inbox.iterdir()):
            if not is_final(path.name) or path in self.writing or not path.is_file():
                continue
            if not self.journal.knows(path):
                self.arrived(path)
            if self.scenario.faults.sweep:
                path.unlink(missing_ok=True)

    def _judge(self, arrival: Arrival, index: int, case: Case) -> None:
        verdict = interchange_verdict(case.received, self._seen, self.scenario)
        self._state.verdicts[f"{arrival.number}/{index}"] = verdict
        wanted = case.received.header[14] == "1" and "TA1" not in self.scenario.negative_only
        kinds = ["TA1"] if verdict[0] != "A" or wanted else []
        if verdict[0] != "R":
            self._seen.add(known_as(case.received))
            kinds += [*KINDS[1:], *([CORRECTION] if case.has_corrections() else [])]
        self._state.due += [
            self._due(kind, arrival, index) for kind in kinds if _sent_as(kind) in self.scenario.answers
        ]

    def _due(self, kind: str, arrival: Arrival, index: int) -> Due:
        """A correction waits after the 835 for a delay of its own, a tick unless told otherwise."""
        delays = [self.scenario.delays.get(_sent_as(kind), Delay())]
        if kind == CORRECTION:
            delays.append(self.scenario.delays.get(CORRECTION, Delay(ticks=1)))
        at = self._clock() + timedelta(seconds=sum(delay.seconds for delay in delays))
        tick = self._state.ticks + sum(delay.ticks for delay in delays)
        return Due(kind, arrival.number, index, tick, at.isoformat())

    def _ready(self) -> list[Due]:
        now = self._clock()
        ready = [due for due in self._state.due if due.is_ready(self._state.ticks, now)]
        backwards = self.scenario.faults.out_of_order
        return sorted(ready, key=lambda due: (_ORDER.index(due.kind), due.arrival), reverse=backwards)

    def _answer(self, due: Due) -> list[str]:
        """Write first, forget the due answer after: a kill in between repeats it under the same number."""
        case = self._of(self.journal.arrivals[due.arrival - 1])[due.interchange]
        names = []
        for stamp, content in case.replies(due.kind, self._stamp):
            for suffix in ("", "_again") if self.scenario.faults.duplicate_answers else ("",):
                names.append(f"{stamp.control:09d}_{_sent_as(due.kind)}{suffix}.x12")
                self._publish(names[-1], content)
        self._state.due.remove(due)
        self._state.save(self._state_file)
        return names

    def _stamp(self) -> Stamp:
        self._state.control += 1
        return Stamp(self._state.control, self._clock())

    def _publish(self, name: str, content: bytes) -> None:
        draft = self._drafts / name
        draft.write_bytes(content)
        draft.rename(self.outbox / name)


def _sent_as(kind: str) -> str:
    """A correction is an 835 like any other."""
    return "835" if kind == CORRECTION else kind

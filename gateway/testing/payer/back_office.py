"""The payer's back office: takes what arrived, judges it, and puts answers into the mailbox when they are due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from gateway.testing.payer.casebook import Casebook
from gateway.testing.payer.drops import Drops
from gateway.testing.payer.edits import interchange_verdict
from gateway.testing.payer.envelope import Stamp
from gateway.testing.payer.hours import is_open
from gateway.testing.payer.inquiries import STATUS, known_of
from gateway.testing.payer.journal import Arrival
from gateway.testing.payer.mailroom import Mailroom, Tell
from gateway.testing.payer.naming import answer_name, stem
from gateway.testing.payer.reception import Finding
from gateway.testing.payer.replies import CORRECTION, LATE, PAYER_REPORT, Case
from gateway.testing.payer.scenario import Delay, Scenario
from gateway.testing.payer.state import Due, State
from gateway.testing.payer.summaries import error_report, readable, report
from gateway.testing.payer.wrapping import Unwrap, zipped

_ORDER = ("TA1", "999", "277CA", PAYER_REPORT, "835", LATE, CORRECTION, STATUS)
_SENT_AS = {PAYER_REPORT: "277CA", LATE: "835", CORRECTION: "835"}


def _silent(what: str, **facts: object) -> None:
    """Tells nobody."""


class BackOffice:
    """What it does at a tick. The server looks after `drops` meanwhile; whoever touches the folders holds their lock."""

    def __init__(
        self,
        root: Path,
        scenario: Scenario,
        clock: Callable[[], datetime],
        wrappings: Mapping[str, Unwrap] | None = None,
        tell: Tell = _silent,
    ) -> None:
        self.root, self.clock, self._tell = root, clock, tell
        (root / "drafts").mkdir(parents=True, exist_ok=True)
        self._state_file = root / "state.json"
        self._state = State.load(self._state_file)
        self.drops = Drops(root, scenario, self._state, self._save, clock, tell)
        self.casebook = Casebook(self.drops.journal, scenario, self._state, {} if wrappings is None else wrappings)
        self._mailroom = Mailroom(root, self._state, clock, tell)

    @property
    def scenario(self) -> Scenario:
        """What the payer does now."""
        return self.drops.scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        with self.drops.lock:
            self.drops.scenario = self.casebook.scenario = scenario

    def _save(self) -> None:
        self._state.save(self._state_file)

    @property
    def is_idle(self) -> bool:
        """Whether no answer is due any more, now or later."""
        with self.drops.lock:
            return not self._state.due

    def tick(self) -> tuple[str, ...]:
        """Take what arrived, judge it, and write the answers that are due. Returns the names of all it laid down."""
        with self.drops.lock:
            self._state.ticks += 1
            self._mailroom.grow()
            self.drops.take()
            laid = list(self._mailroom.mail(self.scenario))
            if is_open(self.scenario.server, self.clock()):
                for arrival in self.drops.journal.arrivals[self._state.judged :]:
                    laid += self._work_on(arrival)
                    self._state.judged = arrival.number
            self._save()
            laid += [name for due in self._ready() for name in self._answer(due)]
            self._mailroom.purge(self.scenario)
            self._save()
            return tuple(laid)

    def _work_on(self, arrival: Arrival) -> Iterator[str]:
        """Judge one file, mark it, and say so in words where this payer does."""
        found, server = self.casebook.finding(arrival), self.scenario.server
        if found.outcome in ("ignored", "lost"):
            self._tell(found.outcome, name=arrival.name)
            return
        cases = self.casebook.cases(arrival)
        if found.tested:
            self._state.tests.append(arrival.number)
        for index, case in enumerate(cases):
            self._judge(arrival, index, case)
        failed = found.outcome == "refused" or any(v[0] == "R" for v in self._verdicts(arrival, len(cases)))
        self._tell("refused" if failed else "worked on", name=arrival.name, **_counts(found))
        self._state.judged = arrival.number  # marking saves the state: a kill after it must not judge once more
        self.drops.mark(arrival, failed=failed)
        words = {"stem": stem(arrival.name), "name": arrival.name, "file": f"{arrival.number:09d}"}
        letters = [mail for mail in server.mail if mail.every == "file"]
        letters += (
            [error_report(arrival, found)] if found.reasons else [report(arrival, found)] if server.reports else []
        )
        for mail in letters:
            yield from self._mailroom.letter(mail, self.scenario, arrival.folder, **words)

    def _verdicts(self, arrival: Arrival, count: int) -> list[tuple[str, str]]:
        return [self._state.verdicts[f"{arrival.number}/{n}"] for n in range(count)]

    def _judge(self, arrival: Arrival, index: int, case: Case) -> None:
        verdict = interchange_verdict(case.received, self.casebook.recent(arrival), self.scenario)
        self._state.verdicts[f"{arrival.number}/{index}"] = verdict
        wanted = case.received.header[14] == "1" and "TA1" not in self.scenario.negative_only
        kinds = ["TA1"] if verdict[0] != "A" or wanted else []
        if verdict[0] != "R":
            self.casebook.remember(arrival, index, case.received)
            kinds += case.kinds(tested=arrival.number in self._state.tests)
        late = [self._due(LATE, arrival, index, rule) for rule in case.late_rules() if LATE in kinds]
        plain = [self._due(kind, arrival, index) for kind in kinds if kind != LATE]
        self._state.due += [due for due in plain + late if sent_as(due.kind) in self.scenario.answers]

    def _due(self, kind: str, arrival: Arrival, index: int, rule: int = -1) -> Due:
        """A correction waits after the 835 for a delay of its own, a tick unless told otherwise; so does a payer's report
        after the clearinghouse's."""
        delays = [self.scenario.delays.get(sent_as(kind), Delay())]
        if kind in (CORRECTION, PAYER_REPORT):
            delays.append(self.scenario.delays.get(kind, Delay(ticks=1)))
        if kind == CORRECTION:
            lates = [each.late for each in self.scenario.rules if each.late and each.then]
            delays += sorted(lates, key=lambda late: (late.ticks, late.seconds))[-1:]
        if rule >= 0:
            delays.append(self.scenario.rules[rule].late or Delay())
        at = self.clock() + timedelta(seconds=sum(delay.seconds for delay in delays))
        tick = self._state.ticks + sum(delay.ticks for delay in delays)
        return Due(kind, arrival.number, index, tick, at.isoformat(), rule)

    def _ready(self) -> list[Due]:
        now = self.clock()
        ready = [due for due in self._state.due if due.is_ready(self._state.ticks, now)]
        backwards = self.scenario.faults.out_of_order
        return sorted(ready, key=lambda due: (_ORDER.index(due.kind), due.arrival), reverse=backwards)

    def _answer(self, due: Due) -> list[str]:
        """Write first, forget the due answer after: a kill in between repeats it under the same number."""
        arrival = self.drops.journal.arrivals[due.arrival - 1]
        cases = self.casebook.cases(arrival)
        laid: list[str] = []
        for case in cases[due.interchange : due.interchange + 1]:
            for stamp, content in self._replies(arrival, due, case):
                laid += self._post(arrival, due, case, stamp, content)
        self._state.due.remove(due)
        self._save()
        return laid

    def _replies(self, arrival: Arrival, due: Due, case: Case) -> Iterator[tuple[Stamp, bytes]]:
        if due.kind != STATUS:
            return case.replies(due.kind, self._stamp, due.rule)
        look = known_of(self.casebook.known(arrival))
        return case.statuses(look, self.casebook.saying(arrival), self._stamp)

    def _post(self, arrival: Arrival, due: Due, case: Case, stamp: Stamp, content: bytes) -> Iterator[str]:
        """One answer in all its forms."""
        server, kind = self.scenario.server, sent_as(due.kind)
        folder = server.folder(arrival.folder).gives_to(kind)
        name = answer_name(server.answer_names.get(kind, ""), kind, arrival, case.received, stamp)
        forms = [(name, content)]
        if self.scenario.faults.duplicate_answers:
            ending = name.removeprefix(stem(name))
            forms.append((f"{stem(name)}_again{ending}", content))
        if kind == "835" and server.readable_835:
            forms.append((f"{name}.txt", readable(content)))
        if kind in server.zipped:
            forms = [(f"{each}.zip", zipped(each, data)) for each, data in forms]
        for each, data in forms:
            laid = self._mailroom.lay(folder, each, data, self.scenario, kind=kind, answers=arrival.name)
            yield from [laid] if laid else []

    def _stamp(self) -> Stamp:
        self._state.control += 1
        return Stamp(self._state.control, self.clock())


def sent_as(kind: str) -> str:
    """A correction is an 835 like any other."""
    return _SENT_AS.get(kind, kind)


def _counts(found: Finding) -> dict[str, int]:
    claims = sum(len(each.claims) for each in found.interchanges)
    return {"interchanges": len(found.interchanges), "claims": claims}

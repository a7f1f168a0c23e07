"""The payer's back office: takes what arrived, judges it, and puts answers into the mailbox when they are due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from gateway.testing.payer.claims import Claim
from gateway.testing.payer.edits import interchange_verdict, known_as
from gateway.testing.payer.envelope import Stamp
from gateway.testing.payer.hours import is_open
from gateway.testing.payer.journal import Arrival, Journal
from gateway.testing.payer.mailroom import Mailroom, Tell
from gateway.testing.payer.naming import answer_name, mark_name, stem
from gateway.testing.payer.reception import Finding, inspect
from gateway.testing.payer.replies import CORRECTION, LATE, PAYER_REPORT, Case
from gateway.testing.payer.scenario import Delay, Scenario
from gateway.testing.payer.state import Due, State
from gateway.testing.payer.summaries import error_report, readable, report
from gateway.testing.payer.wire import Interchange
from gateway.testing.payer.wrapping import Unwrap, zipped

_ORDER = ("TA1", "999", "277CA", PAYER_REPORT, "835", LATE, CORRECTION)
_SENT_AS = {PAYER_REPORT: "277CA", LATE: "835", CORRECTION: "835"}


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


def _silent(what: str, **facts: object) -> None:
    """Tells nobody."""


class BackOffice:
    """One at a time: whoever touches the folders holds `lock`. `writing` names the uploads under way, `held` what counts
    only once its session has ended."""

    def __init__(
        self,
        root: Path,
        scenario: Scenario,
        clock: Callable[[], datetime],
        wrappings: Mapping[str, Unwrap] | None = None,
        tell: Tell = _silent,
    ) -> None:
        self.root, self.clock, self._wrappings, self._tell = root, clock, wrappings or {}, tell
        (root / "drafts").mkdir(parents=True, exist_ok=True)
        self.scenario, self.journal = scenario, Journal(root / "received")
        self.lock = threading.RLock()
        self.writing: list[Path] = []
        self.held: list[Path] = []
        self._state_file = root / "state.json"
        self._state = State.load(self._state_file)
        self._mailroom = Mailroom(root, self._state, clock, tell)
        self._found: dict[int, Finding] = {}
        self._seen: dict[str, datetime] = {}
        self._digests: dict[str, tuple[int, int]] = {}
        for arrival in self.journal.arrivals:
            for index, case in enumerate(self._of(arrival)):
                if case.verdict[0] in ("A", "E"):
                    self._remember(arrival, index, case.received)

    @property
    def scenario(self) -> Scenario:
        """What the payer does now."""
        return self._scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._scenario, self._found = scenario, {}
        for path in self.folders():
            self.local(path).mkdir(parents=True, exist_ok=True)

    def folders(self) -> tuple[str, ...]:
        """Every folder that a partner sees."""
        server = self.scenario.server
        found = [path for each in server.folders for path in (each.takes, each.gives, *each.by_kind.values())]
        found += [
            *server.staging,
            *server.other_folders,
            *([server.receipts.folder] if server.receipts and server.receipts.folder else []),
        ]
        return tuple(dict.fromkeys(found))

    def local(self, folder: str) -> Path:
        """The local folder behind one that a partner sees."""
        return self.root / folder.strip("/")

    def takes(self, path: Path) -> str | None:
        """The drop folder that a local file lies in, if it lies in one."""
        found = (each.takes for each in self.scenario.server.folders if self.local(each.takes) == path.parent)
        return next(found, None)

    def counts(self, name: str) -> bool:
        """Whether a file of that name is looked at."""
        return self.scenario.server.temporary_names_count or is_final(name)

    def arrived(self, path: Path, *, in_session: bool = False) -> None:
        """A file stands in a drop folder under its final name: note it, then do to it what this payer does at once."""
        with self.lock:
            faults = self.scenario.faults
            if faults.swallow:
                path.unlink()
                self._tell("swallowed", name=path.name)
            elif in_session and self.scenario.server.commit_on_logout:
                self.held.append(path)
            else:
                self._note(path)

    def _note(self, path: Path) -> None:
        faults, folder = self.scenario.faults, self.takes(path) or self.scenario.server.folders[0].takes
        arrival = self.journal.add(path, self.clock(), folder)
        self._tell("received", name=arrival.name, folder=folder, bytes=path.stat().st_size)
        if faults.vanish_on_close:
            path.unlink()
        elif faults.rename_on_arrival:
            path.rename(path.with_name(path.name + ".processed"))

    def logged_out(self) -> None:
        """A session ended: what it wrote counts now."""
        with self.lock:
            held, self.held = self.held, []
            for path in held:
                if path.exists():
                    self._note(path)

    @property
    def is_idle(self) -> bool:
        """Whether no answer is due any more, now or later."""
        with self.lock:
            return not self._state.due

    def tick(self) -> tuple[str, ...]:
        """Take what arrived, judge it, and write the answers that are due. Returns the names of all it laid down."""
        with self.lock:
            self._state.ticks += 1
            self._mailroom.grow()
            self._take()
            laid = list(self._mailroom.mail(self.scenario))
            if is_open(self.scenario.server, self.clock()):
                for arrival in self.journal.arrivals[self._state.judged :]:
                    laid += self._work_on(arrival)
                    self._state.judged = arrival.number
            self._state.save(self._state_file)
            laid += [name for due in self._ready() for name in self._answer(due)]
            self._mailroom.purge(self.scenario)
            self._state.save(self._state_file)
            return tuple(laid)

    def received_claims(self, *, accepted_only: bool = False) -> list[ReceivedClaim]:
        """Every claim in everything that arrived, in order of arrival; or only those in interchanges that a tick
        judged and no TA1 refused."""
        with self.lock:
            return [
                ReceivedClaim(claim.control, claim.trace, claim.digest, arrival.name, case.received.control)
                for arrival in self.journal.arrivals
                for case in self._of(arrival)
                if not accepted_only or case.verdict[0] in ("A", "E")
                for claim in case.received.claims
            ]

    def claims_taken(self) -> list[ReceivedClaim]:
        """Those of the received claims that neither a TA1 nor a 999 refused: what must never come twice."""
        with self.lock:
            return [
                ReceivedClaim(claim.control, claim.trace, claim.digest, arrival.name, case.received.control)
                for arrival in self.journal.arrivals
                for case in self._of(arrival)
                if case.verdict[0] in ("A", "E")
                for claim in case.accepted_claims()
            ]

    def _finding(self, arrival: Arrival) -> Finding:
        """What becomes of one file; the last few are remembered."""
        if arrival.number not in self._found:
            earlier = self.journal.arrivals[: arrival.number - 1] if self.scenario.server.names.once else []
            before = {each.name: each.moment for each in earlier}
            data = self.journal.read(arrival)
            found = inspect(arrival, data, self.scenario.server, self._wrappings, before)
            self._found = {**dict(list(self._found.items())[-15:]), arrival.number: found}
        return self._found[arrival.number]

    def _of(self, arrival: Arrival) -> list[Case]:
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
            )
            for n, received in enumerate(self._finding(arrival).interchanges)
        ]

    def _repeats(self, arrival: int, index: int, claims: tuple[Claim, ...]) -> frozenset[int]:
        """The claims that came before in another interchange, by their place in the file."""
        if not self.scenario.repeats:
            return frozenset()
        here = (arrival, index)
        return frozenset(c.ordinal for c in claims if self._digests.get(c.digest, here) < here)

    def _remember(self, arrival: Arrival, index: int, received: Interchange) -> None:
        self._seen[known_as(received)] = arrival.moment
        for claim in received.claims:
            self._digests.setdefault(claim.digest, (arrival.number, index))

    def _take(self) -> None:
        """Files that came past the server, or whose noting a kill prevented, are found here."""
        for folder in self.scenario.server.folders:
            for path in sorted(self.local(folder.takes).iterdir()):
                busy = path in self.writing or path in self.held or not path.is_file()
                if not self.counts(path.name) or busy or self._is_ours(path):
                    continue
                if not self.journal.knows(path):
                    self.arrived(path)
                if self.scenario.faults.sweep:
                    path.unlink(missing_ok=True)

    def _is_ours(self, path: Path) -> bool:
        return str(path.relative_to(self.root)) in self._state.laid

    def _work_on(self, arrival: Arrival) -> Iterator[str]:
        """Judge one file, mark it, and say so in words where this payer does."""
        found, server = self._finding(arrival), self.scenario.server
        if found.outcome in ("ignored", "lost"):
            self._tell(found.outcome, name=arrival.name)
            return
        cases = self._of(arrival)
        if found.tested:
            self._state.tests.append(arrival.number)
        for index, case in enumerate(cases):
            self._judge(arrival, index, case)
        failed = found.outcome == "refused" or any(v[0] == "R" for v in self._verdicts(arrival, len(cases)))
        self._tell("refused" if failed else "worked on", name=arrival.name, **_counts(found))
        self._mark(arrival, failed=failed)
        words = {"stem": stem(arrival.name), "name": arrival.name, "file": f"{arrival.number:09d}"}
        letters = [mail for mail in server.mail if mail.every == "file"]
        letters += (
            [error_report(arrival, found)] if found.reasons else [report(arrival, found)] if server.reports else []
        )
        for mail in letters:
            yield from self._mailroom.letter(mail, self.scenario, arrival.folder, **words)

    def _verdicts(self, arrival: Arrival, count: int) -> list[tuple[str, str]]:
        return [self._state.verdicts[f"{arrival.number}/{n}"] for n in range(count)]

    def _mark(self, arrival: Arrival, *, failed: bool) -> None:
        """A receipt beside the file, and another name for the file, as this payer does."""
        server = self.scenario.server
        if server.receipts:
            pattern = server.receipts.failed if failed else server.receipts.arrived
            if pattern:
                folder = self.local(server.receipts.folder or arrival.folder)
                self._own(folder / mark_name(pattern, arrival)).touch()
        suffix = server.mark_error if failed else server.mark_processed
        lying = self.local(arrival.folder) / arrival.name
        if suffix and lying.exists():
            lying.rename(self._own(lying.with_name(lying.name + suffix)))

    def _own(self, path: Path) -> Path:
        self._state.laid.append(str(path.relative_to(self.root)))
        return path

    def _judge(self, arrival: Arrival, index: int, case: Case) -> None:
        verdict = interchange_verdict(case.received, self._recent(arrival), self.scenario)
        self._state.verdicts[f"{arrival.number}/{index}"] = verdict
        wanted = case.received.header[14] == "1" and "TA1" not in self.scenario.negative_only
        kinds = ["TA1"] if verdict[0] != "A" or wanted else []
        if verdict[0] != "R":
            self._remember(arrival, index, case.received)
            kinds += case.kinds(tested=arrival.number in self._state.tests)
        late = [self._due(LATE, arrival, index, rule) for rule in case.late_rules() if LATE in kinds]
        plain = [self._due(kind, arrival, index) for kind in kinds if kind != LATE]
        self._state.due += [due for due in plain + late if sent_as(due.kind) in self.scenario.answers]

    def _recent(self, arrival: Arrival) -> set[str]:
        """The interchanges whose numbers may not come again now."""
        days = self.scenario.server.duplicate_days
        return {name for name, at in self._seen.items() if not days or at > arrival.moment - timedelta(days=days)}

    def _due(self, kind: str, arrival: Arrival, index: int, rule: int = -1) -> Due:
        """A correction waits after the 835 for a delay of its own, a tick unless told otherwise; so does a payer's report
        after the clearinghouse's."""
        delays = [self.scenario.delays.get(sent_as(kind), Delay())]
        if kind in (CORRECTION, PAYER_REPORT):
            delays.append(self.scenario.delays.get(kind, Delay(ticks=1)))
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
        arrival = self.journal.arrivals[due.arrival - 1]
        cases = self._of(arrival)
        laid: list[str] = []
        for stamp, content in cases[due.interchange].replies(due.kind, self._stamp, due.rule) if cases else ():
            laid += self._post(arrival, due, cases[due.interchange], stamp, content)
        self._state.due.remove(due)
        self._state.save(self._state_file)
        return laid

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

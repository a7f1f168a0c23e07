"""A row's verdict as a finding: its words, and the evidence with its source and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache

from gateway.enrollment.case import Case, Cited, Verdict
from gateway.enrollment.codes import Code
from gateway.enrollment.exemptions import excuse
from gateway.enrollment.policies import weighed
from gateway.enrollment.rows import Row
from gateway.enrollment.subjects import Subject
from gateway.enrollment.words import WORDS
from gateway.model.claims import Finding, Outcome
from gateway.model.enrollment import Enrollment
from gateway.model.evidence import Question
from gateway.model.lists import Exclusion, Generation, ListKind
from gateway.model.partners import Policy, Rule
from gateway.model.registry import Credential, Membership, ProviderRecord
from gateway.x12.claims_quick import quick

_CODES = {code: code.value for code in Code}
_OUTCOMES = {code: words.outcome for code, words in WORDS.items()}
_finding = quick(Finding)
_HOLD = Outcome.HOLD
_RECORDS = (Enrollment, Credential, Membership, ProviderRecord)


Editions = Mapping[ListKind, Generation]


class Said:
    """A finding before it is known of which lines it is true."""

    __slots__ = ("finding", "place")

    def __init__(self, finding: Finding) -> None:
        self.finding, self.place = finding, finding.place

    def __hash__(self) -> int:
        one = self.finding
        return hash((one.code, one.place, one.evidence))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and self.finding == other.finding

    def on(self, line: int | None) -> Finding:
        """The same of one line."""
        one = self.finding
        return _finding(one.code, one.outcome, one.place, one.message, one.next_step, one.evidence, line)


class Speaker:
    """What is said of one subject. Most often several rows rest on one record: of that the words are at hand."""

    __slots__ = ("_case", "_of_record", "_record", "_subject")

    def __init__(self, case: Case, subject: Subject) -> None:
        self._case, self._subject = case, subject
        self._record: Cited | None = None
        self._of_record = _NOTHING

    def said(self, rule: Rule | None, policy: Policy, found: Verdict) -> Said:
        """By the payer's policy and the exceptions that stand on the claim."""
        code, cited = found
        outcome = _OUTCOMES[code]
        if outcome < _HOLD and len(cited) == 1:
            one = cited[0]
            if one is not self._record and isinstance(one, _RECORDS):
                subject, self._record = self._subject, one
                self._of_record = _of_record(subject.place, subject.role, one.id, one.source, one.observed_on)
            if one is self._record:
                return self._of_record[code]
        return self._weighed(rule, policy, code, outcome, cited)

    def _weighed(self, rule: Rule | None, policy: Policy, code: Code, outcome: Outcome, cited: Sequence[Cited]) -> Said:
        subject, because = self._subject, ""
        if outcome >= _HOLD:
            outcome = weighed(outcome, code, policy)
            if outcome >= _HOLD and (because := excuse(self._case, subject, rule)):
                outcome = Outcome.WARN
        text = "; ".join(sorted({_cite(one) for one in cited}))  # each once, in an order of their own
        return saying(code, outcome, subject.place, subject.role, text, because)


class _Cleared:
    """What rows that found nothing say of a whole claim, by the editions that are loaded: worked out once, since these
    are the same for claim after claim."""

    def __init__(self) -> None:
        self._last: tuple[Editions, dict[Row, Finding | None]] = ({}, {})

    def __call__(self, row: Row, loaded: Editions) -> Finding | None:
        """None where no list was there to look in."""
        known, findings = self._last
        if loaded is not known:
            findings = {}
            self._last = (loaded, findings)
        if row not in findings:
            findings[row] = self._said(row, loaded)
        return findings[row]

    @staticmethod
    def _said(row: Row, loaded: Editions) -> Finding | None:
        editions = sorted([str(loaded[kind]) for kind in row.lists if kind in loaded])
        if not editions or row.clear is None:
            return None
        return saying(row.clear, Outcome.PASS, "", "", "; ".join(editions)).finding


cleared = _Cleared()


def saying(code: Code, outcome: Outcome, place: str, who: str, evidence: str, because: str = "") -> Said:
    """The words of a code with their evidence."""
    message = _message(code, who, because)
    return Said(_finding(_CODES[code], outcome, place, message, WORDS[code].next_step, evidence))


class _OfPlace(dict[Code, tuple[str, Outcome, str, str, str]]):
    """What a finding of a role at one place begins with, before its evidence."""

    __slots__ = ("place", "who")

    def __init__(self, place: str, who: str) -> None:
        self.place, self.who = place, who

    def __missing__(self, code: Code) -> tuple[str, Outcome, str, str, str]:
        words = WORDS[code]
        self[code] = begun = (_CODES[code], words.outcome, self.place, _message(code, self.who, ""), words.next_step)
        return begun


class _OfRecord(dict[Code, Said]):
    """What is said of one record at one place, each code when it is first asked for."""

    __slots__ = ("begun", "evidence")

    def __init__(self, begun: _OfPlace, evidence: str) -> None:
        self.begun, self.evidence = begun, evidence

    def __missing__(self, code: Code) -> Said:
        self[code] = made = Said(_finding(*self.begun[code], self.evidence))
        return made


_NOTHING = _OfRecord(_OfPlace("", ""), "")
_of_place = cache(_OfPlace)


@lru_cache(maxsize=16384)  # of a provider at a payer the same is said of claim after claim
def _of_record(place: str, who: str, id: int, source: str, observed_on: date | None) -> _OfRecord:
    return _OfRecord(_of_place(place, who), _cite_record(id, source, observed_on))


@cache
def _message(code: Code, who: str, because: str) -> str:
    message = WORDS[code].message.format(who=who)
    return f"{message} {because}" if because else message


def _cite(one: Cited) -> str:
    if isinstance(one, _RECORDS):
        return _cite_record(one.id, one.source, one.observed_on)
    if isinstance(one, Generation):
        return str(one)
    if isinstance(one, Question):
        return f"proposal {one.proposal}"
    return one if isinstance(one, str) else _cite_exclusion(*one)


def _cite_record(id: int, source: str, observed_on: date | None) -> str:
    name = f"record {id}" if id else "a record not yet stored"
    seen = f"observed {observed_on.isoformat()}" if observed_on else "day observed not recorded"
    return f"{name}, source {source or 'not recorded'}, {seen}"


def _cite_exclusion(edition: Generation, hit: Exclusion) -> str:
    since = f"since {hit.first_day}" if hit.first_day else "for an unknown time"
    return f"{edition}, entry {hit.reason or 'without a reason'} in force {since}"

"""What a practice measures itself by: pure sums over what became of each claim, each with its definition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

_SOON, _QUARTER = timedelta(days=30), 90
_AGES, AGES = (30, 60, 90, 120), ("0-30", "31-60", "61-90", "91-120", "over 120")
_STILL_OPEN = frozenset({"", "paid", "appealed_won"})
PREVENTABLE = frozenset({"CRED", "INFO", "AUTH", "ELIG", "TIME", "DUP"})
"""Categories of denials that somebody here could have prevented."""

DEFINITIONS: Mapping[str, str] = {
    "received": "claims received, duplicates and test claims left out, and their charges",
    "clean_claims": "received claims that nothing here held or rejected and the first 277CA accepted, of all received",
    "first_pass": "first attempts whose latest acknowledgment is a 277CA that accepts, or that a remittance followed, of"
    " those with a 277CA, a refusal or a remittance",
    "rejections": "sent claims that any TA1, 999 or 277CA rejected, of all sent",
    "denials": "claims whose first adjudication is denied or has a denied line, of all adjudicated",
    "denied_dollars": "what first adjudications denied, of their charges",
    "denied_lines": "lines that first adjudications denied, of their charged lines",
    "preventable": "claims first denied for CRED, INFO, AUTH, ELIG, TIME or DUP, of all first denied",
    "enrollment_missed": "claims denied for enrollment that the gate let go without a word, of all denied for enrollment",
    "overturned": "denials that the payer paid later, by its remittance, of those that somebody worked on or that it paid",
    "days_to_999": "days from sending to the first TA1 or 999",
    "days_to_277ca": "days from sending to the first 277CA",
    "days_to_remittance": "days from sending to the first remittance",
    "days_to_pay": "days from sending to the first remittance with money",
    "hold_days": "days that held claims were held, up to now where they still are",
    "held": "claims that are held now, and their charges",
    "open_balance": "charges less payments, contractual reductions and denials that people closed; what somebody closed as"
    " paid or as an appeal won is open until a remittance says so",
    "days_in_ar": "the open balance by the charges of a day, of the last 90 days",
    "collected": "payments of adjudicated claims, of their charges less contractual reductions",
    "late_risk": "claims that no payer has taken whose filing limit is in 30 days or passed, and their charges",
}


@dataclass(frozen=True, slots=True)
class Denied:
    """An item of work: its category, dollars, whether somebody worked on it, and how it ended, empty while it is open.
    While the payer's denial `stands`, only a person can have ended it."""

    category: str
    amount: Decimal
    worked: bool
    outcome: str
    stands: bool = True

    @property
    def overturned(self) -> bool:
        """Whether a remittance paid it. A person's word that it is paid is no remittance."""
        return self.outcome == "paid" and not self.stands

    @property
    def lost(self) -> Decimal:
        """Dollars that by a person's word will not come. What the payer decided otherwise is in the ledger's sums."""
        closed = self.stands and self.outcome not in _STILL_OPEN
        return self.amount if closed else Decimal(0)


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one claim. Waits are in days, None where that did not happen. `passed` is whether its first attempt
    was taken, None while nobody said; `decided` whether anything was adjudicated, and `first_` what the first of that said;
    `missed` whether the gate let a claim go that was denied for enrollment (None: it was not); `waiting` whether no
    payer has taken it; `replaced` whether a later version of it counts in its place."""

    payer: str
    npi: str
    charge: Decimal
    received_on: date
    service_on: date | None = None
    stopped: bool = False
    held: bool = False
    holds: tuple[str, ...] = ()
    held_days: Decimal | None = None
    sent: bool = False
    first_status: bool | None = None
    passed: bool | None = None
    rejected: bool = False
    to_999: Decimal | None = None
    to_277ca: Decimal | None = None
    to_remittance: Decimal | None = None
    to_pay: Decimal | None = None
    decided: bool = False
    first_denied: bool = False
    first_categories: tuple[str, ...] = ()
    first_charge: Decimal = Decimal(0)
    first_refused: Decimal = Decimal(0)
    first_lines: int = 0
    first_denied_lines: int = 0
    paid: Decimal = Decimal(0)
    contractual: Decimal = Decimal(0)
    denials: tuple[Denied, ...] = ()
    missed: bool | None = None
    waiting: bool = False
    replaced: bool = False
    due: date | None = None

    @property
    def balance(self) -> Decimal:
        """What is still to come. A claim that ended unsent has none, nor has one that was replaced or voided."""
        if self.replaced:
            return Decimal(0)
        lost = sum((each.lost for each in self.denials), Decimal(0))
        if not self.decided:
            return self.charge if self.sent or self.waiting else Decimal(0)
        return max(self.charge - self.paid - self.contractual - lost, Decimal(0))


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole; nothing is said where the whole is nothing."""

    part: Decimal
    whole: Decimal

    @property
    def percent(self) -> Decimal | None:
        """With one decimal."""
        return round(100 * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True, slots=True)
class Spread:
    """Waits in days: how many there were, half of them at most `median`, nine of ten at most `p90`."""

    count: int
    median: Decimal | None
    p90: Decimal | None


@dataclass(frozen=True, slots=True)
class Sum:
    """How many claims, and dollars."""

    count: int
    dollars: Decimal


Value = Ratio | Spread | Sum | Decimal | None


@dataclass
class Tally:
    """Takes courses one by one, in any order. `aging` is the open balance by days since service (30, 60, 90, 120 and
    beyond), `by_category` counts claims first denied, `by_hold` dollars held now by reason."""

    today: date
    sums: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [Decimal(0), Decimal(0)]))
    waits: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    by_category: Counter[str] = field(default_factory=Counter)
    by_hold: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    aging: dict[str, Decimal] = field(default_factory=lambda: {name: Decimal(0) for name in AGES})
    recent: Decimal = Decimal(0)

    def add(self, course: Course) -> None:
        """Count one claim."""
        self._of_sending(course)
        self._of_money(course)
        if course.decided:
            self._of_decision(course)
        for name in ("to_999", "to_277ca", "to_remittance", "to_pay"):
            self._wait(f"days_{name}", getattr(course, name))
        self._wait("hold_days", course.held_days)

    def values(self) -> dict[str, Value]:
        """Every metric by its name, in the order of DEFINITIONS."""
        return {name: self._value(name) for name in DEFINITIONS}

    def _of_sending(self, course: Course) -> None:
        one = course.charge
        self._pair("received", 1, one)
        self._pair("clean_claims", not course.stopped and course.first_status is True, 1)
        if course.passed is not None:
            self._pair("first_pass", course.passed, 1)
        if course.sent:
            self._pair("rejections", course.rejected, 1)
        if course.held:
            self._pair("held", 1, one)
            for code in course.holds:
                self.by_hold[code] += one
        if course.waiting and course.due and course.due <= self.today + _SOON:
            self._pair("late_risk", 1, one)

    def _of_decision(self, course: Course) -> None:
        self._pair("denials", course.first_denied, 1)
        self._pair("denied_dollars", course.first_refused, course.first_charge)
        self._pair("denied_lines", course.first_denied_lines, course.first_lines)
        self._pair("collected", course.paid, course.charge - course.contractual)
        if course.first_denied:
            self._pair("preventable", bool(PREVENTABLE & {*course.first_categories}), 1)
            self.by_category.update(course.first_categories)
        if course.missed is not None:
            self._pair("enrollment_missed", course.missed, 1)
        for each in course.denials:
            if each.worked or each.overturned:
                self._pair("overturned", each.overturned, 1)

    def _of_money(self, course: Course) -> None:
        balance = course.balance
        self._pair("open_balance", bool(balance), balance)
        if (self.today - course.received_on).days < _QUARTER:
            self.recent += course.charge
        age = (self.today - (course.service_on or course.received_on)).days
        self.aging[next((name for last, name in zip(_AGES, AGES, strict=False) if age <= last), AGES[-1])] += balance

    def _pair(self, name: str, part: Decimal | int, whole: Decimal | int) -> None:
        pair = self.sums[name]
        pair[0] += part
        pair[1] += whole

    def _wait(self, name: str, days: Decimal | None) -> None:
        if days is not None:
            self.waits[name].append(days)

    def _value(self, name: str) -> Value:
        if name.startswith("days_to") or name == "hold_days":
            return spread(self.waits.get(name, ()))
        part, whole = self.sums.get(name, (Decimal(0), Decimal(0)))
        if name in _SUMS:
            return Sum(int(part), whole)
        if name == "days_in_ar":
            balance = self.sums.get("open_balance", [Decimal(0)] * 2)[1]
            return round(balance / (self.recent / _QUARTER), 1) if self.recent else None
        return Ratio(part, whole)


_SUMS = frozenset({"received", "held", "open_balance", "late_risk"})


def measure(courses: Iterable[Course], today: date) -> Tally:
    """All of them together."""
    tally = Tally(today)
    for course in courses:
        tally.add(course)
    return tally


def spread(days: Sequence[Decimal]) -> Spread:
    """Median and ninth decile, by nearest rank: both are waits that there were."""
    ordered = sorted(days)
    if not ordered:
        return Spread(0, None, None)
    median, p90 = (ordered[max(-(-len(ordered) * percent // 100) - 1, 0)] for percent in (50, 90))
    return Spread(len(ordered), round(median, 1), round(p90, 1))


def as_data(tally: Tally) -> dict[str, object]:
    """The same as plain data: numbers as text, what is not known as None."""
    data: dict[str, object] = {name: _plain(value) for name, value in tally.values().items()}
    return data | {
        "by_category": dict(tally.by_category.most_common()),
        "by_hold": {code: _text(amount) for code, amount in sorted(tally.by_hold.items())},
        "aging": {name: _text(amount) for name, amount in tally.aging.items()},
    }


def _plain(value: Value) -> object:
    match value:
        case Ratio():
            return {"part": _text(value.part), "whole": _text(value.whole), "percent": _text(value.percent)}
        case Spread():
            return {"count": value.count, "median": _text(value.median), "p90": _text(value.p90)}
        case Sum():
            return {"count": value.count, "dollars": _text(value.dollars)}
    return _text(value)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")

"""How a trading partner's server behaves: names, layout, hours, answers, mail, keys; each a word of a declaration.

Everything here is data, true for everybody who sends to that partner. The defaults are the commonest habit, so that an
ordinary partner needs none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class Period(StrEnum):
    """When a counter begins anew, in the local days of the site, as `{day}` has them."""

    DAY = "day"
    YEAR = "year"
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class Counter:
    """The `{n}` of a file name: each value once in its period, durable. Values are written in the digits of `alphabet`,
    from `first` to `last`. Both as long: fixed width (`01` to `99`); else growing (`A` to `Z`, then `AA` to `ZZ`).
    When they are used up, what waits goes in the next period."""

    first: str = "001"
    last: str = "999"
    alphabet: str = "0123456789"
    period: Period = Period.DAY


class Case(StrEnum):
    """In which letters a partner wants file names."""

    KEEP = "keep"
    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class NameRules:
    """What a file name may be: its letters, how many characters it has at most (the extension included), and which
    characters it may have beside letters and digits."""

    case: Case = Case.KEEP
    longest: int = 100
    punctuation: str = "._-+=@"


class SetBy(StrEnum):
    """What may share a transaction set. BILLING_PROVIDER: claims of one 2000A only."""

    ANY = "any"
    BILLING_PROVIDER = "billing_provider"


@dataclass(frozen=True, slots=True)
class StageMarks:
    """What tells test from production at this partner, beside ISA15. What is empty is the same at both. `outbound`,
    `inbound` and `filename` stand instead of the partner's own; `sender` is a pattern (`*`, `?`) that ISA06 must match."""

    outbound: str = ""
    inbound: tuple[str, ...] = ()
    filename: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Receipts:
    """Marks that a server lays down for what it took: patterns of names in `folder` (the outbound folder where empty),
    where `{name}` is our file's whole name and `{stem}` the same without its extension."""

    arrived: str
    failed: str = ""
    folder: str = ""


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week, as declarations write them; a day's place is `date.weekday()`."""


@dataclass(frozen=True, slots=True)
class Business:
    """When a partner works on what it has, for what is expected of it: days of the week (`mon` to `sun`), holidays beside
    the federal ones, the local time `HH:MM` after which a file counts as of the next business day (empty: none)."""

    zone: str = "UTC"
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    holidays: tuple[date, ...] = ()
    cutoff: str = ""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a partner announced that it takes nothing: from `begins` up to `ends`, both with a zone."""

    begins: datetime
    ends: datetime
    reason: str = ""


class Sends(StrEnum):
    """Whether an answer comes: for each file, only with bad news, or not at all."""

    ALWAYS = "always"
    NEGATIVE_ONLY = "negative_only"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What to expect of one kind of answer. It is overdue `within` after sending, counted in business time where
    `business` says so; None: nobody knows when."""

    sends: Sends = Sends.ALWAYS
    within: timedelta | None = None
    business: bool = False


class Discard(StrEnum):
    """When what was fetched is removed at the partner; always after it is committed here."""

    NEVER = "never"
    AFTER_COMMIT = "after_commit"
    AFTER_DAYS = "after_days"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a partner's inbound folders are like. `mail` are patterns of names that are no EDI and are kept as mail;
    `retention_days` is when the partner removes files by itself (0: not known), `reading_removes` that fetching a file
    does, `grows` that one may be listed before it is whole, so that two listings must agree on it, `quiet_days` after how
    many business days without any new file somebody should look (0: never)."""

    discard: Discard = Discard.NEVER
    discard_after_days: int = 0
    retention_days: int = 0
    reading_removes: bool = False
    grows: bool = False
    quiet_days: int = 0
    mail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Legacy:
    """Old algorithms, by their SSH names, that this partner's server still needs, until a day: after it they are refused
    again, whatever the server says."""

    algorithms: tuple[str, ...]
    until: date


NOT_SPOKEN = frozenset(
    {"ssh-rsa", "ssh-dss", "diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1",
     "diffie-hellman-group-exchange-sha1"}
)  # fmt: skip
"""Old algorithms that paramiko speaks no more since 5.0: a server that has nothing else cannot be reached."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How a session is held. `packet_size` is the most bytes of one write request; `one_session` that all our accounts
    there share one session at a time; `commit_on_logout` that files count only once we have logged out, so that nothing
    of them can be observed in the session that wrote them; `settle_for` how long answers and marks need at least;
    `from_networks` from which of this machine's addresses alone we are let in, by a VPN or a network vendor."""

    packet_size: int = 32_768
    one_session: bool = False
    commit_on_logout: bool = False
    settle_for: timedelta = timedelta(0)
    legacy: Legacy | None = None
    password_days: int = 0
    password_rule: str = ""
    from_networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brake:
    """When to ask a person before sending on: a run of more than `claims` claims that is `times` as large as any that
    this lane sent, or more than `rejected` of 100 claims of the last 30 days refused (0: never)."""

    claims: int = 500
    times: int = 10
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Agreements:
    """Which payers want an EDI agreement with this partner before it may send for a provider, and how many days one
    usually takes."""

    payers: tuple[str, ...] = ()
    days: int = 0


@dataclass(frozen=True, slots=True)
class StatusRequests:
    """That it answers claim status requests (276, 005010X212) with a 277. `payers` are those it answers for, all that it
    reaches where empty. Of a silent claim is asked `after` its acceptance, or when its remittance is overdue where that is
    not said; again after `every`, and `at_most` so often by itself. A 277 is overdue after `within`. `filename` are the
    names of such files, those of claims where empty."""

    payers: tuple[str, ...] = ()
    after: timedelta | None = None
    every: timedelta = timedelta(days=7)
    at_most: int = 4
    within: timedelta = timedelta(days=2)
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Habits:
    """All of it. `largest_file` is the most bytes that it takes in one file (0: nobody said so). `wraps` names what a file
    is wrapped in, in that order (`zip`, `pgp`, a plugin's own), with `options` of each; `sources` says where these facts
    stand and `unverified` what nobody has seen to be so; `setup` what must be asked of the partner before the first file.
    `status_requests` is None where it answers none."""

    counter: Counter | None = None
    names: NameRules = NameRules()
    set_by: SetBy = SetBy.ANY
    sets_per_file: int = 1
    largest_file: int = 0
    stages: Mapping[str, StageMarks] = field(default_factory=dict)
    staging: str = ""
    receipts: Receipts | None = None
    business: Business = Business()
    outages: tuple[Outage, ...] = ()
    mailbox: Mailbox = Mailbox()
    wire: Wire = Wire()
    brake: Brake = Brake()
    agreements: Agreements = Agreements()
    status_requests: StatusRequests | None = None
    wraps: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()

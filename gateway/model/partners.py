"""Who adjudicates and who receives: payer, trading partner, our account there, and the route between them.

Payers and partners are declarations that hold for everybody; account and route are this site's own. A payer id is
given by a partner and never global.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from gateway.model.claims import ClaimKind
from gateway.model.habits import WEEK, Expectation, Habits, Sends, Wire
from gateway.model.x12 import Address


class Stage(StrEnum):
    """A test lane takes only ISA15 = T interchanges, a production lane only P."""

    TEST = "test"
    PRODUCTION = "production"

    @property
    def usage(self) -> str:
        """The ISA15 that travels on such a lane."""
        return "T" if self is Stage.TEST else "P"


class Policy(StrEnum):
    """How a payer's claims are judged by one rule of the gate. STRICT: as the rule says. LEARNING: what is merely not
    known warns instead of holding. WARN: nothing of the rule does more than warn. OFF: the rule is not asked."""

    STRICT = "strict"
    LEARNING = "learning"
    WARN = "warn"
    OFF = "off"


class Rule(StrEnum):
    """The rules of the gate whose policy a payer's declaration may set, by the name it goes by there."""

    NPI = "npi"
    EXCLUSION = "exclusion"
    OPT_OUT = "opt_out"
    ENROLLMENT = "enrollment"
    LINK = "link"
    RECREDENTIALING = "recredentialing"
    MEDICARE_FILE = "medicare_file"
    ORDER_REFER = "order_refer"
    SUPERVISION = "supervision"
    LOCATION = "location"
    TAXONOMY = "taxonomy"
    LICENCE = "licence"
    EDI = "edi"
    ERA = "era"


class Anchor(StrEnum):
    """What a filing limit runs from."""

    DOS_FROM = "dos_from"
    DOS_THROUGH = "dos_through"
    DISCHARGE = "discharge"
    PRIMARY_REMIT = "primary_remit"
    DENIAL = "denial"


class Unit(StrEnum):
    """What a filing limit counts. YEAR_ENDS: until 31 December of so many years later."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    YEAR_ENDS = "year_ends"


@dataclass(frozen=True, slots=True)
class FilingRule:
    """One filing limit: the payer must have the claim `count` units after the anchor, that day included; with `roll` a
    day that is no business day moves to the next one. It is about claims of this `line_of_business` (SBR09, `*` any)
    and of this class: `original`, `corrected` (frequency 7 or 8) or `secondary` (not the first payer). `source` and
    `verified_on` say who says so, and when somebody looked last."""

    anchor: Anchor
    count: int
    unit: Unit = Unit.DAYS
    line_of_business: str = "*"
    claims: str = "original"
    roll: bool = False
    source: str = ""
    verified_on: date | None = None


class WriteHabit(StrEnum):
    """How a server takes a file. TEMP_RENAME: a hidden name, then rename. STAGED: into another folder (`habits.staging`),
    then moved by rename. DIRECT: straight to its final name."""

    TEMP_RENAME = "temp_rename"
    STAGED = "staged"
    DIRECT = "direct"


class Verify(StrEnum):
    """What can be observed after a file was written: its size by stat, its name in a listing, that it is gone because the
    server takes it away at once, or nothing at all."""

    STAT = "stat"
    LISTING = "listing"
    VANISHES = "vanishes"
    NOTHING = "nothing"


class LineBreak(StrEnum):
    """What stands after the segments of what we send."""

    NONE = "none"
    LF = "lf"
    CRLF = "crlf"


@dataclass(frozen=True, slots=True)
class Payer:
    """Adjudicates claims. `filing_limit` runs from the earliest date of service of a professional claim, from the
    statement's last day of an institutional one; `filing_rules` say it more exactly and go first. `policy` is how an
    enrollment that nobody told us about is taken, `policies` the same by rule where it differs. `approval` is how
    long four of five of its approvals take. `delegated` says that a delegate's committee decides, whose date counts.
    `phone` is whom to call about enrollment. `appeal` is how long after its decision an appeal is heard, None where nobody
    said so. `no_replacements` are the kinds of claims of which it takes no replacement and no void; Medicare takes none of
    professional ones in any case."""

    key: str
    name: str
    filing_limit: timedelta = timedelta(days=90)
    policy: Policy = Policy.STRICT
    federal: bool = False
    out_of_network_billable: bool = False
    medicare: bool = False
    policies: Mapping[Rule, Policy] = field(default_factory=dict)
    filing_rules: tuple[FilingRule, ...] = ()
    approval: timedelta = timedelta(days=90)
    delegated: bool = False
    phone: str = ""
    appeal: timedelta | None = None
    no_replacements: tuple[ClaimKind, ...] = ()

    def takes_replacements(self, kind: ClaimKind, filing_indicator: str = "") -> bool:
        """Whether it takes frequency 7 and 8 of such claims. Medicare Part B (SBR09 MB) and its DME contractors mend
        professional claims by reopening."""
        professional = kind is ClaimKind.PROFESSIONAL
        return kind not in self.no_replacements and not (professional and (self.medicare or filing_indicator == "MB"))


@dataclass(frozen=True, slots=True)
class Window:
    """A span of local time, `HH:MM` to `HH:MM`, in an IANA time zone, on these days of the week; one that passes midnight
    belongs to the day on which it opens, and midnight to midnight is all day."""

    opens: str
    closes: str
    zone: str = "UTC"
    days: tuple[str, ...] = WEEK


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a partner's server stands. `outbound` is the folder we write to, `inbound` the folders we read.
    `sweeps` says the server takes files away by itself after they arrive."""

    scheme: str
    host: str
    port: int = 22
    outbound: str = "/in"
    inbound: tuple[str, ...] = ("/out",)
    sweeps: bool = False


def _usual_answers() -> Mapping[str, Expectation]:
    return {kind: Expectation() for kind in ("999", "277CA", "835")}


@dataclass(frozen=True, slots=True)
class Partner:
    """Receives files, for itself or for many payers.

    `payers` gives for each payer key the ids it goes by at this partner; `receiver` is ISA07/08, `group_receiver`
    GS03 (receiver id where empty), `name` 1000B NM103; `accepts` lists guide versions by their X-number (any
    addendum suffix is accepted and echoed); `expects` is keyed by TA1, 999, 277CA, 835 (where not given the last three
    come, nobody knows when); without `line_break` lines break as in the sources. It takes files in its `windows`
    (always, where it has none) and not during `maintenance`. `habits` are what is peculiar to its server.
    """

    key: str
    name: str
    payers: Mapping[str, tuple[str, ...]]
    receiver: Address
    endpoint: Endpoint
    group_receiver: str = ""
    accepts: tuple[str, ...] = ("005010X222A1",)
    filename: str = "{sender}_{day:%Y%m%d}_{isa13}.837"
    write: WriteHabit = WriteHabit.TEMP_RENAME
    verify: Verify = Verify.STAT
    temporary_suffix: str = ".part"
    line_break: LineBreak | None = None
    claims_per_set: int = 500
    windows: tuple[Window, ...] = ()
    maintenance: tuple[Window, ...] = ()
    expects: Mapping[str, Expectation] = field(default_factory=_usual_answers)
    habits: Habits = field(default_factory=Habits)

    def sends(self, kind: str) -> bool:
        """Whether it ever answers with this."""
        expected = self.expects.get(kind)
        return expected is not None and expected.sends is not Sends.NEVER


@dataclass(frozen=True, slots=True)
class Account:
    """What we are at one partner. `sender` is ISA05/06, `submitter_id` GS02 and 1000A NM109, `submitter_name` 1000A
    NM103; `credential` names a secret that is looked up when it is used; `host_keys` are the pinned public keys
    (`ssh-ed25519 AAAA...`), and without one nothing is dialled. `endpoint` is the partner's, with this site's
    overrides applied. `password_changed` is when the password was last set, `next_host_keys` are keys that the partner
    announced, each with the day from which it may be met, `wire` how the partner wants a session held."""

    partner: str
    sender: Address
    submitter_id: str
    submitter_name: str
    contact_phone: str
    user: str
    credential: str
    host_keys: tuple[str, ...]
    stage: Stage
    endpoint: Endpoint
    password_changed: date | None = None
    next_host_keys: tuple[tuple[str, date], ...] = ()
    wire: Wire = field(default_factory=Wire)

    @property
    def old_algorithms(self) -> tuple[str, ...]:
        """Those that the partner's server still needs, by their SSH names."""
        return self.wire.legacy.algorithms if self.wire.legacy else ()

    def on(self, day: date) -> Account:
        """The account as of this day: an announced host key counts beside the pinned ones, once its day has come, and old
        algorithms are refused, once theirs is over."""
        met = tuple(key for key, first in self.next_host_keys if first <= day and key not in self.host_keys)
        ended = self.wire.legacy is not None and self.wire.legacy.until < day
        wire = replace(self.wire, legacy=None) if ended else self.wire
        return replace(self, host_keys=(*self.host_keys, *met), wire=wire) if met or ended else self


@dataclass(frozen=True, slots=True)
class Lane:
    """One partner, one account, one stage: in a lane one thing happens at a time. `key` is `partner/stage`. `payer_ids`
    are the ids that conf/routes.toml names for payers here, by payer key."""

    partner: Partner
    account: Account
    payer_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name people see and the database stores."""
        return f"{self.partner.key}/{self.account.stage.value}"

    @property
    def filename(self) -> str:
        """The template of names here: the partner's, or its own for this stage."""
        marks = self.partner.habits.stages.get(self.account.stage.value)
        return (marks and marks.filename) or self.partner.filename

    def id_of(self, payer: str, named: str) -> str:
        """The id that a claim to this payer goes with: the one it names where the partner knows the payer by that, for a
        payer id is given by a partner and may mean somebody else at another; else that of the route, or none."""
        known = {each.strip().upper() for each in self.partner.payers.get(payer, ())}
        return named if named.strip().upper() in known else self.payer_ids.get(payer, "")

    @property
    def longest_id(self) -> int:
        """How many bytes a level can grow by because its payer goes by another id."""
        return max(map(len, self.payer_ids.values()), default=0)


@dataclass(frozen=True, slots=True)
class Route:
    """By which partner a payer is reached. `rank` 0 is the primary route. `payer_id`, where there is one, is the id that
    claims go with which name none of the payer's ids there."""

    payer: str
    partner: str
    rank: int = 0
    payer_id: str = ""

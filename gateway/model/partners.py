"""Who adjudicates and who receives: payer, trading partner, our account there, and the route between them.

Payers and partners are declarations that hold for everybody; account and route are this site's own. A payer id is
given by a partner and never global.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

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
    """What an enrollment nobody told us about means at this payer: hold it, or warn and let it go."""

    STRICT = "strict"
    LEARNING = "learning"


class WriteHabit(StrEnum):
    """How a server takes a file. TEMP_RENAME: a hidden name, then rename. DIRECT: straight to its final name."""

    TEMP_RENAME = "temp_rename"
    DIRECT = "direct"


class Verify(StrEnum):
    """What can be observed after a file was written: its size by stat, its name in a listing, or nothing because the
    server takes it away at once."""

    STAT = "stat"
    LISTING = "listing"
    VANISHES = "vanishes"


class LineBreak(StrEnum):
    """What stands after the segments of what we send."""

    NONE = "none"
    LF = "lf"
    CRLF = "crlf"


@dataclass(frozen=True, slots=True)
class Payer:
    """Adjudicates claims. `filing_limit` runs from the earliest date of service of a professional claim, from the
    statement's last day of an institutional one."""

    key: str
    name: str
    filing_limit: timedelta = timedelta(days=90)
    policy: Policy = Policy.STRICT
    federal: bool = False
    out_of_network_billable: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A daily span of local time, `HH:MM` to `HH:MM`, in an IANA time zone."""

    opens: str
    closes: str
    zone: str = "UTC"


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


@dataclass(frozen=True, slots=True)
class Partner:
    """Receives files, for itself or for many payers.

    `payers` gives for each payer key the ids it goes by at this partner; `receiver` is ISA07/08, `group_receiver`
    GS03 (receiver id where empty), `name` 1000B NM103; `accepts` lists guide versions by their X-number (any
    addendum suffix is accepted and echoed); `answer_within` is keyed by TA1, 999, 277CA, 835; without
    `line_break` lines break as in the sources.
    """

    key: str
    name: str
    payers: Mapping[str, tuple[str, ...]]
    receiver: Address
    endpoint: Endpoint
    group_receiver: str = ""
    accepts: tuple[str, ...] = ("005010X222A1",)
    answers: tuple[str, ...] = ("999", "277CA", "835")
    filename: str = "{sender}_{day:%Y%m%d}_{isa13}.837"
    write: WriteHabit = WriteHabit.TEMP_RENAME
    verify: Verify = Verify.STAT
    temporary_suffix: str = ".part"
    line_break: LineBreak | None = None
    claims_per_set: int = 500
    windows: tuple[Window, ...] = ()
    answer_within: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """What we are at one partner. `sender` is ISA05/06, `submitter_id` GS02 and 1000A NM109, `submitter_name` 1000A
    NM103; `credential` names a secret that is looked up when it is used; `host_keys` are the pinned public keys
    (`ssh-ed25519 AAAA...`), and without one nothing is dialled. `endpoint` is the partner's, with this site's
    overrides applied."""

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


@dataclass(frozen=True, slots=True)
class Lane:
    """One partner, one account, one stage: in a lane one thing happens at a time. `key` is `partner/stage`."""

    partner: Partner
    account: Account

    @property
    def key(self) -> str:
        """The name people see and the database stores."""
        return f"{self.partner.key}/{self.account.stage.value}"


@dataclass(frozen=True, slots=True)
class Route:
    """By which partner a payer is reached, and the id it has there. `rank` 0 is the primary route."""

    payer: str
    partner: str
    payer_id: str
    rank: int = 0

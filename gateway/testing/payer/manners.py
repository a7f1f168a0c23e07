"""How a payer's server and mailbox are by habit: each a switch, and none of it a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of local time, `HH:MM` to `HH:MM`, in an IANA time zone; past midnight it belongs to the day it opens on."""

    opens: str
    closes: str
    zone: str = "UTC"
    days: tuple[str, ...] = WEEK


@dataclass(frozen=True, slots=True)
class Away:
    """Once, from `begins` up to `ends`, both with a zone."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Folder:
    """A drop folder and where the answers to its files go. Where `usage` is set, only interchanges with one of these
    ISA15 are worked on, and others are lost without a word. `by_kind` names other folders for answers of one kind (TA1,
    999, 277CA, 835) or for `mail`."""

    takes: str = "/in"
    gives: str = "/out"
    usage: str = ""
    by_kind: Mapping[str, str] = field(default_factory=dict)

    def gives_to(self, kind: str) -> str:
        """The folder for an answer of that kind."""
        return self.by_kind.get(kind, self.gives)


@dataclass(frozen=True, slots=True)
class Names:
    """What a received file must be called; one that breaks a rule is not worked on, and an error report comes instead.

    `extensions` are the only endings that are looked at: what has another one is ignored without a word. `longest` counts
    characters with the extension (0: any), `case` is upper or lower, `punctuation` what may stand beside letters and digits
    (where `plain` is set), `pattern` a regular expression for the whole name. `once` is how long a name may not come
    again: day or ever. `test` is a shell pattern of names that are tests: acknowledged, and never adjudicated.
    `largest` is the most bytes; an empty file always breaks the rules.
    """

    extensions: tuple[str, ...] = ()
    longest: int = 0
    case: str = ""
    plain: bool = False
    punctuation: str = "._-"
    pattern: str = ""
    once: str = ""
    test: str = ""
    largest: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """How what a file holds must be laid out; one that is not is refused with an error report. 0 or empty: any.
    `line_break` is what stands after each segment: none, lf or crlf; `one_provider` that a set holds the claims of one
    2000A only."""

    sets_per_file: int = 0
    claims_per_set: int = 0
    one_provider: bool = False
    line_break: str = ""


@dataclass(frozen=True, slots=True)
class Receipts:
    """Marks laid down for each file once it is worked on, in `folder` (the drop folder where empty): `{name}` is the whole
    name, `{stem}` it without extension, `{batch}` or `*` the number of the arrival. `failed` is for files that break a
    rule, cannot be unwrapped, or whose interchange is refused."""

    arrived: str = "{name}-{batch}-success"
    failed: str = "{name}-{batch}-FAILED"
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A file that is no EDI. `name` may hold `{day:%y%m}`; `every` is once, day, or file (for each file worked on)."""

    name: str = "bcast.txt"
    text: str = "Our office is closed on public holidays."
    every: str = "once"


@dataclass(frozen=True, slots=True)
class Server:
    """All of it.

    Folders: `folders`, `staging` (files are written there and then moved), `other_folders` (seen, and nothing happens
    there).
    Taking: `names`, `layout`, `receipts`, `wraps` (what arrives is wrapped: zip, or what the simulator was given),
    `commit_on_logout` (files count once the session ended), `temporary_names_count` (hidden and .part names are files
    like any other), `mark_processed` and `mark_error` (suffixes that a file in the drop folder gets when it was worked
    on), `workdays_only` and `hours` (such as 08:00-17:00, UTC: when files are worked on at all), `duplicate_days` (for how
    long an ISA13 may not come again; 0: ever).
    Replying: `stat_fails` (no such file for one that counts, though a listing shows it), `keeps_attributes` (chmod
    and utime work), `makes_folders` (mkdir works), `packet_size` (the most bytes of one write), `max_sessions`,
    `idle_seconds`,
    `maintenance` (such as 02:00-04:00, UTC: connections are closed at once), `closures` and `outages` (the same in any
    zone and on some days, or once), `windows` (when files are taken at all: opening one for writing is refused else).
    Mailbox: `mail`, `reports` (a text report for each file), `readable_835` (each remittance a second time as text),
    `zipped` (kinds that come zipped), `strangers` (each 999 is followed by one for somebody else's file),
    `answer_names` (templates by kind), `reading_removes`, `stolen` (the share of answers that another reader takes
    first), `purge_days`, `grows` (an answer is written in two parts, a tick apart).
    Accounts: `password_days`, `logins` (refused after so many), `lock_after` wrong logins (for good),
    `new_host_key_on` (a day), `algorithms` (the only ones of their kind that the server speaks, by SSH names).
    """

    folders: tuple[Folder, ...] = (Folder(),)
    staging: tuple[str, ...] = ()
    other_folders: tuple[str, ...] = ()
    names: Names = field(default_factory=Names)
    layout: Layout = field(default_factory=Layout)
    receipts: Receipts | None = None
    wraps: tuple[str, ...] = ()
    commit_on_logout: bool = False
    temporary_names_count: bool = False
    mark_processed: str = ""
    mark_error: str = ""
    workdays_only: bool = False
    hours: str = ""
    maintenance: str = ""
    windows: tuple[Hours, ...] = ()
    closures: tuple[Hours, ...] = ()
    outages: tuple[Away, ...] = ()
    duplicate_days: int = 0
    stat_fails: bool = False
    keeps_attributes: bool = False
    makes_folders: bool = False
    packet_size: int = 0
    max_sessions: int = 0
    idle_seconds: float = 0
    mail: tuple[Mail, ...] = ()
    reports: bool = False
    readable_835: bool = False
    zipped: tuple[str, ...] = ()
    strangers: bool = False
    answer_names: Mapping[str, str] = field(default_factory=dict)
    reading_removes: bool = False
    stolen: float = 0
    purge_days: int = 0
    grows: bool = False
    password_days: int = 0
    logins: int = 0
    lock_after: int = 0
    new_host_key_on: date | None = None
    algorithms: tuple[str, ...] = ()

    def folder(self, takes: str) -> Folder:
        """The drop folder of that path; the first one where it is no longer there."""
        return next((each for each in self.folders if each.takes == takes), self.folders[0])

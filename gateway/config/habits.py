"""The tables of a partner's habits: its names, marks, hours, mailbox, session, each as a declaration says it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from gateway.config.settings import Section
from gateway.config.values import (
    SOME,
    Algorithm,
    ClockOrNone,
    Day,
    Days,
    Flag,
    Folder,
    FolderOrNone,
    Key,
    Moment,
    Networks,
    Number,
    Pattern,
    PatternOrNone,
    TimeZone,
    Whole,
    Word,
    like,
    size,
)
from gateway.model.habits import (
    Agreements,
    Brake,
    Business,
    Case,
    Counter,
    Discard,
    Expectation,
    Legacy,
    Mailbox,
    NameRules,
    Outage,
    Period,
    Receipts,
    Sends,
    StageMarks,
    StatusRequests,
    Wire,
)

Numerals = Annotated[str, like(r"[A-Za-z0-9]{1,12}", "must be 1 to 12 letters or digits")]
Digits = Annotated[str, like(r"[A-Za-z0-9]{2,62}", "must be the letters and digits to count with, in order")]
Punctuation = Annotated[str, like(r"[._+=@-]*", "must be some of . _ - + = @, which are safe on every server")]


class CounterTable(Section):
    """[partner.counter]: the {n} in names."""

    first: Numerals = Field("001", description="The first value.", examples=["01"])
    last: Numerals = Field(
        "999", description="The last value: as long as the first for a fixed width, else it grows (A to Z, AA to ZZ).",
        examples=["99"],
    )  # fmt: skip
    alphabet: Digits = Field(
        "0123456789", description="What it counts with, in order.", examples=["ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]
    )
    period: Period = Field(Period.DAY, description="When it begins anew: day, year or ever.", examples=["year"])

    def noun(self) -> Counter:
        """The noun."""
        return Counter(**dict(self))


class NamesTable(Section):
    """[partner.names]: what a file name may be."""

    case: Case = Field(Case.KEEP, description="Letters of names: keep, upper or lower.", examples=["upper"])
    longest: Whole = Field(
        100, gt=0, le=255, description="The most characters of a name, its extension included.", examples=[50]
    )
    punctuation: Punctuation = Field(
        "._-+=@", description="What names may have beside letters and digits.", examples=["._"]
    )

    def noun(self) -> NameRules:
        """The noun."""
        return NameRules(**dict(self))


class StageTable(Section):
    """[partner.stages.test] and [partner.stages.production]: what differs there."""

    outbound: FolderOrNone = Field("", description="The folder we write to at this stage.",
                                           examples=["/TEST/in"])  # fmt: skip
    inbound: tuple[Folder, ...] = Field((), description="The folders we read at this stage.",
                                        examples=[["/TEST/out"]])  # fmt: skip
    filename: str = Field("", description="The names of what we send at this stage.", examples=["OATEST_{isa13}.837"])
    sender: PatternOrNone = Field("", description="What ISA06 looks like at this stage, with * and ?.", examples=["T*"])

    def noun(self) -> StageMarks:
        """The noun."""
        return StageMarks(**dict(self))


class ReceiptsTable(Section):
    """[partner.receipts]: marks that the server lays down for what it took."""

    arrived: Pattern = Field(
        description="The mark of a file taken: {name} is our file's name, {stem} the same without extension.",
        examples=["{name}-*-success"],
    )
    failed: PatternOrNone = Field("", description="The mark of one refused.", examples=["{name}-*-FAILED"])
    folder: FolderOrNone = Field("", description="Where marks lie, if not where we write.", examples=["/receipts"])

    def noun(self) -> Receipts:
        """The noun."""
        return Receipts(**dict(self))


class BusinessTable(Section):
    """[partner.business]: when it works on what it has."""

    zone: TimeZone = Field("UTC", description="An IANA time zone.", examples=["America/Chicago"])
    days: Days = Field(
        ("mon", "tue", "wed", "thu", "fri"), description="The days of the week on which it works.",
        examples=[["mon", "tue", "wed", "thu", "fri", "sat"]],
    )  # fmt: skip
    holidays: tuple[Day, ...] = Field(
        (), description="Days on which it does not, beside federal holidays.", examples=[["2026-12-24"]]
    )
    cutoff: ClockOrNone = Field(
        "", description="Local time after which a file counts as of the next business day.", examples=["17:00"]
    )

    def noun(self) -> Business:
        """The noun."""
        return Business(**dict(self))


class OutageTable(Section):
    """One of `outages`: a time in which it takes nothing, as announced."""

    begins: Moment = Field(description="From then on, with a zone.", examples=["2026-12-05T22:00:00-06:00"])
    ends: Moment = Field(description="Up to then, with a zone.", examples=["2026-12-06T04:00:00-06:00"])
    reason: str = Field("", description="What it said about it.", examples=["move to a new data centre"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends <= self.begins:
            raise ValueError("must end after it begins")
        return self

    def noun(self) -> Outage:
        """The noun."""
        return Outage(**dict(self))


class ExpectationTable(Section):
    """One of `expects`: an answer that comes."""

    sends: Sends = Field(
        Sends.ALWAYS, description="Whether it comes: always, negative_only or never.", examples=["negative_only"]
    )
    within_hours: Annotated[Number, Field(gt=0, le=8760)] | None = Field(
        None, description="Hours after sending at which it is overdue; nobody knows, where not given.", examples=[24.0]
    )
    business: Flag = Field(False, description="Hours count on business days only.", examples=[True])

    def noun(self) -> Expectation:
        """The noun."""
        within = None if self.within_hours is None else timedelta(hours=self.within_hours)
        return Expectation(self.sends, within, self.business)


class MailboxTable(Section):
    """[partner.mailbox]: what its inbound folders are like."""

    discard: Discard = Field(
        Discard.NEVER, description="When we remove what was fetched: never, after_commit or after_days.",
        examples=["after_commit"],
    )  # fmt: skip
    discard_after_days: Whole = Field(0, ge=0, le=3650, description="After how many days, with after_days.",
                                      examples=[14])  # fmt: skip
    retention_days: Whole = Field(0, ge=0, le=3650, description="After how many days it removes files by itself.",
                                  examples=[30])  # fmt: skip
    reading_removes: Flag = Field(False, description="Fetching a file removes it.", examples=[True])
    grows: Flag = Field(False, description="Files may be listed before they are whole: two listings must agree.",
                        examples=[True])  # fmt: skip
    quiet_days: Whole = Field(
        0, ge=0, le=365, description="Business days without any new file after which somebody should look.",
        examples=[3],
    )  # fmt: skip
    mail: tuple[Pattern, ...] = Field(
        (), description="Names of files that are no EDI, with * and ?; kept as mail.", examples=[["bcast.txt"]]
    )

    def noun(self) -> Mailbox:
        """The noun."""
        return Mailbox(**dict(self))


class LegacyTable(Section):
    """[partner.wire.legacy]: old algorithms that its server still needs, until a day."""

    algorithms: Annotated[tuple[Algorithm, ...], SOME] = Field(
        description="Their SSH names; nothing else is allowed by it.", examples=[["ssh-rsa"]]
    )
    until: Day = Field(description="The last day on which we accept them.", examples=["2027-06-30"])

    def noun(self) -> Legacy:
        """The noun."""
        return Legacy(**dict(self))


class WireTable(Section):
    """[partner.wire]: how a session is held."""

    packet_size: Whole = Field(32_768, ge=1024, le=262_144, description="The most bytes of one write request.",
                               examples=[16_384])  # fmt: skip
    one_session: Flag = Field(False, description="All our accounts there share one session at a time.", examples=[True])
    commit_on_logout: Flag = Field(False, description="Files count only once we have logged out.", examples=[True])
    settle_minutes: Number = Field(
        0.0, ge=0, le=1440, description="Minutes that answers and marks need at least.", examples=[15.0]
    )
    legacy: LegacyTable | None = Field(
        None, description="Old algorithms that it still needs, until a day.",
        examples=[{"algorithms": ["aes256-cbc"], "until": "2027-06-30"}],
    )  # fmt: skip
    password_days: Whole = Field(0, ge=0, le=3650, description="Days that a password lasts.", examples=[60])
    password_rule: str = Field("", description="What a new password must be like.",
                               examples=["exactly 8 capitals and digits, at least 4 of them new"])  # fmt: skip
    from_networks: Networks = Field(
        (), description="It lets us in from these networks of ours alone, such as a VPN's; `gateway doctor` looks.",
        examples=[["10.20.0.0/16"]],
    )  # fmt: skip

    def noun(self) -> Wire:
        """The noun."""
        plain: dict[str, Any] = dict(self)
        minutes, legacy = plain.pop("settle_minutes"), plain.pop("legacy")
        return Wire(**plain, settle_for=timedelta(minutes=minutes), legacy=legacy and legacy.noun())


class BrakeTable(Section):
    """[partner.brake]: when to ask a person before sending on."""

    claims: Whole = Field(500, ge=0, description="A run of no more claims than this is never asked about.",
                          examples=[200])  # fmt: skip
    times: Whole = Field(10, ge=2, le=1000, description="How many times as large as any run before it may be.",
                         examples=[5])  # fmt: skip
    rejected: Whole = Field(
        0, ge=0, le=100, description="How many of 100 claims of the last 30 days may be refused; 0 never asks.",
        examples=[5],
    )  # fmt: skip

    def noun(self) -> Brake:
        """The noun."""
        return Brake(**dict(self))


class AgreementsTable(Section):
    """[partner.agreements]: EDI agreements that this partner needs before it may send."""

    payers: tuple[Key, ...] = Field((), description="The payers that want one for each provider.",
                                    examples=[["prairie"]])  # fmt: skip
    days: Whole = Field(0, ge=0, le=1000, description="How many days one usually takes.", examples=[14])

    def noun(self) -> Agreements:
        """The noun."""
        return Agreements(**dict(self))


class StatusRequestsTable(Section):
    """[partner.status_requests]: it answers a 276 with a 277, and we ask of silent claims."""

    payers: tuple[Key, ...] = Field((), description="The payers it answers for; all that it reaches, where none is given.",
                                    examples=[["prairie"]])  # fmt: skip
    after_days: Annotated[Whole, Field(ge=7, le=365)] | None = Field(
        None, description="Days after a claim's acceptance at which we ask, 7 at least and 14 of Medicare; when the 835 is"
        " overdue, where not given.", examples=[21],
    )  # fmt: skip
    every_days: Whole = Field(7, ge=1, le=365, description="Days until we ask of the same claim again.", examples=[14])
    at_most: Whole = Field(4, ge=1, le=50, description="How often we ask of a claim by ourselves.", examples=[3])
    within_hours: Annotated[Number, Field(gt=0, le=8760)] = Field(
        48.0, description="Hours after sending at which its 277 is overdue.", examples=[24.0]
    )
    filename: str = Field("", description="The names of such files; those of claims, where not given.",
                          examples=["{sender}_{isa13}.276"])  # fmt: skip

    def noun(self) -> StatusRequests:
        """The noun."""
        after = None if self.after_days is None else timedelta(days=self.after_days)
        return StatusRequests(
            self.payers,
            after,
            timedelta(days=self.every_days),
            self.at_most,
            timedelta(hours=self.within_hours),
            self.filename,
        )


Line = Annotated[Word, size(1, 300)]
"""A sentence for people."""

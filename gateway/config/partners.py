"""[[partner]]: who receives files and how, as a declaration says it; what is peculiar to its server stands in habits."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from gateway.config.filenames import strange_in, wrong_with
from gateway.config.habits import (
    AgreementsTable,
    BrakeTable,
    BusinessTable,
    CounterTable,
    ExpectationTable,
    Line,
    MailboxTable,
    NamesTable,
    OutageTable,
    ReceiptsTable,
    StageTable,
    StatusRequestsTable,
    WireTable,
)
from gateway.config.settings import Section
from gateway.config.values import (
    SOME,
    Answer,
    Clock,
    Days,
    Flag,
    Folder,
    FolderOrNone,
    Folders,
    Guide,
    Host,
    Key,
    Port,
    Qualifier,
    TimeZone,
    Whole,
    Word,
    X12Text,
    like,
    size,
)
from gateway.model.habits import Habits, NameRules, SetBy
from gateway.model.partners import Endpoint, LineBreak, Partner, Verify, Window, WriteHabit
from gateway.model.x12 import Address

PLAIN = ("key", "name", "payers", "group_receiver", "accepts", "filename", "write", "verify", "temporary_suffix",
         "line_break", "claims_per_set")  # fmt: skip
"""What a partner's table and the noun call by the same name."""


def _one_meaning(payers: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Ids are compared without case and the blanks around them."""
    ids = Counter(payer_id.strip().upper() for ids in payers.values() for payer_id in ids)
    if twice := sorted(payer_id for payer_id, count in ids.items() if count > 1):
        raise ValueError(f"must give each id once; twice here: {', '.join(twice)}")
    return payers


def _template(template: str) -> str:
    """What can be said of it without knowing the counter."""
    counted = "{n" in template
    if wrong := strange_in(template) if counted else wrong_with(template, rules=NameRules(longest=255)):
        raise ValueError(wrong)
    return template


PayerIds = Annotated[tuple[Annotated[Word, size(2, 80)], ...], SOME]


class WindowTable(Section):
    """One of `windows` or `maintenance`. One that closes before it opens passes midnight; 00:00 to 00:00 is all day."""

    opens: Clock = Field(description="Local time.", examples=["06:00"])
    closes: Clock = Field(description="Local time.", examples=["20:00"])
    zone: TimeZone = Field("UTC", description="An IANA time zone.", examples=["America/Chicago"])
    days: Days = Field(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), description="The days of the week on which it opens.",
        examples=[["sun"]],
    )  # fmt: skip

    @model_validator(mode="after")
    def _ever_open(self) -> Self:
        if self.opens == self.closes != "00:00":
            raise ValueError(
                "never opens; 00:00 to 00:00 is all day, and a partner that always takes files needs no window"
            )
        return self

    def noun(self) -> Window:
        """The noun."""
        return Window(**dict(self))


class EndpointTable(Section):
    """[partner.endpoint]."""

    scheme: Word = Field("sftp", description="The transport; plugins may bring others.", examples=["as2"])
    host: Host = Field(description="The server's name.", examples=["sftp.partner.example"])
    port: Port = Field(22, description="Its port.", examples=[2222])
    outbound: Folder = Field("/in", description="The folder we write to.", examples=["/inbound"])
    inbound: Folders = Field(("/out",), description="The folders we read.", examples=[["/outbound"]])
    sweeps: Flag = Field(False, description="The server takes files away after they arrive.", examples=[True])


def _usual_answers() -> dict[Answer, ExpectationTable]:
    return {"999": ExpectationTable(), "277CA": ExpectationTable(), "835": ExpectationTable()}


class PartnerTable(Section):
    """One [[partner]]."""

    key: Key = Field(description="Its short name everywhere.", examples=["bluestem"])
    name: Annotated[X12Text, size(1, 60)] = Field(
        description="Its name, in loop 1000B.", examples=["BLUESTEM EXCHANGE"]
    )
    payers: Annotated[dict[Key, PayerIds], AfterValidator(_one_meaning)] = Field(
        description="Each payer it reaches, with the ids that payer goes by here.", examples=[{"prairie": ["77001"]}]
    )
    receiver_qualifier: Qualifier = Field("ZZ", description="ISA07.", examples=["30"])
    receiver: Annotated[X12Text, size(2, 15)] = Field(description="ISA08.", examples=["BLUESTEM"])
    group_receiver: Annotated[str, like(r"|[A-Za-z0-9][A-Za-z0-9 ._/-]{1,14}", "must have 2 to 15 characters")] = Field(
        "", description="GS03, where it differs from ISA08.", examples=["BLUE"]
    )
    accepts: Annotated[tuple[Guide, ...], SOME] = Field(("005010X222A1",), description="The guides it takes.",
                                       examples=[["005010X222A1", "005010X223A2"]])  # fmt: skip
    expects: dict[Answer, ExpectationTable] = Field(
        default_factory=_usual_answers,
        description="What it answers with, by TA1, 999, 277CA and 835, and when; what is not named never comes.",
        examples=[{"999": {"within_hours": 24}, "277CA": {}}],
    )
    endpoint: EndpointTable = Field(description="Where its server stands.", examples=[{"host": "sftp.partner.example"}])

    filename: Annotated[str, AfterValidator(_template)] = Field(
        "{sender}_{day:%Y%m%d}_{isa13}.837",
        description="The name of what we send, made from {sender} (ISA06), {submitter} (GS02), {isa13}, {day}, {n} (see"
        " counter), {type} (P, I or D) and {stage} (T or P).",
        examples=["{submitter}.{isa13}.dat"],
    )
    counter: CounterTable | None = Field(None, description="The {n} in names.",
                                         examples=[{"first": "01", "last": "99"}])  # fmt: skip
    names: NamesTable = Field(NamesTable(), description="What a file name may be.", examples=[{"longest": 50}])
    stages: dict[Literal["test", "production"], StageTable] = Field(
        default_factory=dict, description="What tells test from production, beside ISA15.",
        examples=[{"test": {"outbound": "/TEST/in", "inbound": ["/TEST/out"]}}],
    )  # fmt: skip

    write: WriteHabit = Field(WriteHabit.TEMP_RENAME, description="How it takes a file: temp_rename, staged or direct.",
                              examples=["direct"])  # fmt: skip
    temporary_suffix: Annotated[str, like(r"[A-Za-z0-9._-]{0,20}", "must be letters, digits, dots, - and _")] = Field(
        ".part", description="Ends the hidden name of a file being written.", examples=[".tmp"]
    )
    staging: FolderOrNone = Field("", description="With write = \"staged\": the folder to write to first.",
                                          examples=["/staging"])  # fmt: skip
    verify: Verify = Field(
        Verify.STAT, description="What can be seen of a file after it was written: stat, listing, vanishes or nothing.",
        examples=["vanishes"],
    )  # fmt: skip
    receipts: ReceiptsTable | None = Field(None, description="Marks that it lays down for what it took.",
                                           examples=[{"arrived": "{name}.processed"}])  # fmt: skip
    wire: WireTable = Field(WireTable(), description="How a session is held.", examples=[{"one_session": True}])

    line_break: LineBreak | None = Field(
        None, description="What stands after each segment: none, lf or crlf; as in the source files, where not given.",
        examples=["none"],
    )  # fmt: skip
    claims_per_set: Whole = Field(500, gt=0, le=5000, description="At most so many claims in an ST.", examples=[100])
    set_by: SetBy = Field(
        SetBy.ANY, description="What may share an ST: any, or billing_provider for claims of one 2000A only.",
        examples=["billing_provider"],
    )  # fmt: skip
    sets_per_file: Whole = Field(1, gt=0, le=1000, description="At most so many STs in a file.", examples=[10])
    largest_file: Whole = Field(
        0, ge=0, description="The most bytes of a file; more claims go in the next one. 0: nobody said so.",
        examples=[100_000_000],
    )  # fmt: skip
    wraps: tuple[Key, ...] = Field((), description="What a file is wrapped in, in that order.", examples=[["zip"]])
    options: dict[Key, dict[Key, str]] = Field(
        default_factory=dict, description="Options of each wrapping.",
        examples=[{"pgp": {"recipient": "-----BEGIN PGP PUBLIC KEY BLOCK-----..."}}],
    )  # fmt: skip

    windows: tuple[WindowTable, ...] = Field((), description="When it takes files; always, where none is given.",
                                             examples=[[{"opens": "06:00", "closes": "20:00"}]])  # fmt: skip
    maintenance: tuple[WindowTable, ...] = Field(
        (), description="When it regularly takes nothing.",
        examples=[[{"opens": "02:00", "closes": "06:00", "days": ["sun"]}]],
    )  # fmt: skip
    outages: tuple[OutageTable, ...] = Field(
        (), description="When it announced to take nothing.",
        examples=[[{"begins": "2026-12-05T22:00:00-06:00", "ends": "2026-12-06T04:00:00-06:00"}]],
    )  # fmt: skip
    business: BusinessTable = Field(BusinessTable(), description="When it works on what it has.",
                                    examples=[{"zone": "America/Chicago", "cutoff": "17:00"}])  # fmt: skip
    mailbox: MailboxTable = Field(MailboxTable(), description="What its inbound folders are like.",
                                  examples=[{"retention_days": 30}])  # fmt: skip
    brake: BrakeTable = Field(BrakeTable(), description="When to ask a person before sending on.",
                              examples=[{"claims": 200}])  # fmt: skip
    agreements: AgreementsTable = Field(AgreementsTable(), description="EDI agreements that it needs beforehand.",
                                        examples=[{"payers": ["prairie"], "days": 14}])  # fmt: skip
    status_requests: StatusRequestsTable | None = Field(
        None, description="It answers claim status requests (276); none are sent, where not given.",
        examples=[{"every_days": 14}],
    )  # fmt: skip

    sources: tuple[Line, ...] = Field((), description="Where all this is written.",
                                      examples=[["companion guide 3.1, page 7"]])  # fmt: skip
    unverified: tuple[Line, ...] = Field((), description="What nobody has seen to be so.",
                                         examples=[["that a 277CA comes at all"]])  # fmt: skip
    setup: tuple[Line, ...] = Field((), description="What to ask of it before the first file.",
                                    examples=[["switch on the 277CA"]])  # fmt: skip

    def partner(self) -> Partner:
        """The noun."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in PLAIN}
        habits = {field.name: _noun(getattr(self, field.name)) for field in fields(Habits)}
        return Partner(
            **plain,
            receiver=Address(self.receiver_qualifier, self.receiver),
            endpoint=Endpoint(**self.endpoint.model_dump()),
            expects=_noun(self.expects),
            windows=_noun(self.windows),
            maintenance=_noun(self.maintenance),
            habits=Habits(**habits),
        )


def _noun(value: Any) -> Any:
    """What a key holds, with nouns for tables."""
    if isinstance(value, Section):
        return value.noun()  # type: ignore[attr-defined]
    if isinstance(value, tuple):
        return tuple(map(_noun, value))
    return {key: _noun(inner) for key, inner in value.items()} if isinstance(value, dict) else value

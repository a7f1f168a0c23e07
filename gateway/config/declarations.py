"""A payer or partner that needs no code: a TOML file in the plugins folder, as complete as a declaration in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from gateway.config.filenames import wrong_with
from gateway.config.reading import read_model
from gateway.config.settings import Section
from gateway.config.values import (
    SOME,
    Answer,
    Clock,
    Flag,
    Folder,
    Folders,
    Guide,
    Host,
    Key,
    Number,
    Port,
    Qualifier,
    TimeZone,
    Whole,
    Word,
    X12Text,
    like,
    size,
)
from gateway.errors import PluginError
from gateway.model.partners import (
    Anchor,
    Endpoint,
    FilingRule,
    LineBreak,
    Partner,
    Payer,
    Policy,
    Rule,
    Unit,
    Verify,
    Window,
    WriteHabit,
)
from gateway.model.x12 import Address

PLAIN = ("key", "name", "payers", "group_receiver", "accepts", "answers", "filename", "write", "verify",
         "temporary_suffix", "line_break", "claims_per_set")  # fmt: skip
"""What a partner's table and the noun call by the same name."""


def _template(template: str) -> str:
    if wrong := wrong_with(template):
        raise ValueError(wrong)
    return template


def _one_meaning(payers: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Ids are compared without case and the blanks around them."""
    ids = Counter(payer_id.strip().upper() for ids in payers.values() for payer_id in ids)
    if twice := sorted(payer_id for payer_id, count in ids.items() if count > 1):
        raise ValueError(f"must give each id once; twice here: {', '.join(twice)}")
    return payers


PayerIds = Annotated[tuple[Word, ...], SOME]


class FilingRuleTable(Section):
    """One of `filing_rules`."""

    anchor: Anchor = Field(description="What the limit runs from.", examples=["dos_from"])
    count: Whole = Field(gt=0, le=36_500, description="How many days, months or years.", examples=[180])
    unit: Unit = Field(Unit.DAYS, examples=["months"], description="What is counted: days, months, years, or year_ends"
                       " (until 31 December of so many years later).")  # fmt: skip
    line_of_business: Word = Field("*", description="SBR09 of the claims it is about; * is any.", examples=["MB"])
    claims: Literal["original", "corrected", "secondary"] = Field(
        "original", description="Which claims it is about.", examples=["corrected"]
    )
    roll: Flag = Field(False, description="A due day that is no business day moves to the next one.", examples=[True])
    source: str = Field("", description="Who says so.", examples=["provider manual, section 7"])
    verified_on: date | None = Field(None, description="When somebody looked last.", examples=["2026-01-15"])


class PayerTable(Section):
    """One [[payer]]."""

    key: Key = Field(description="Its short name everywhere.", examples=["prairie"])
    name: Word = Field(description="Its name for people.", examples=["Prairie Health Plan"])
    filing_limit_days: Whole = Field(90, gt=0, le=36_500, examples=[120],
                                     description="Days from the date of service to the filing limit.")  # fmt: skip
    policy: Policy = Field(Policy.STRICT, description="What an unknown enrollment means: strict holds, learning warns.",
                           examples=["learning"])  # fmt: skip
    federal: Flag = Field(False, description="A federal program, such as Medicare.", examples=[True])
    out_of_network_billable: Flag = Field(False, description="Takes claims of providers who decided not to join.",
                                          examples=[True])  # fmt: skip

    medicare: Flag = Field(False, description="Medicare itself: its own files and rules speak of its providers.",
                           examples=[True])  # fmt: skip
    policies: dict[Rule, Policy] = Field(
        default_factory=dict,
        description="The policy of single rules, where it is another: strict, learning, warn or off.",
        examples=[{"location": "strict", "era": "off"}],
    )
    filing_rules: tuple[FilingRuleTable, ...] = Field(
        (), description="Filing limits by line of business and class of claim; they go before filing_limit_days.",
        examples=[[{"anchor": "dos_from", "count": 1, "unit": "years", "source": "42 CFR 424.44"}]],
    )  # fmt: skip
    approval_days: Whole = Field(90, gt=0, le=1000, examples=[60],
                                 description="Days within which four of five of its approvals come.")  # fmt: skip
    delegated: Flag = Field(False, description="A delegate's committee decides for it, and its date counts.",
                            examples=[True])  # fmt: skip
    phone: str = Field("", description="Whom to call about enrollment.", examples=["555-555-0142"])

    def payer(self) -> Payer:
        """The noun."""
        return Payer(
            key=self.key,
            name=self.name,
            filing_limit=timedelta(days=self.filing_limit_days),
            policy=self.policy,
            federal=self.federal,
            out_of_network_billable=self.out_of_network_billable,
            medicare=self.medicare,
            policies=dict(self.policies),
            filing_rules=tuple(FilingRule(**rule.model_dump()) for rule in self.filing_rules),
            approval=timedelta(days=self.approval_days),
            delegated=self.delegated,
            phone=self.phone,
        )


class WindowTable(Section):
    """One of `windows`. One that closes before it opens passes midnight."""

    opens: Clock = Field(description="Local time.", examples=["06:00"])
    closes: Clock = Field(description="Local time.", examples=["20:00"])
    zone: TimeZone = Field("UTC", description="An IANA time zone.", examples=["America/Chicago"])

    @model_validator(mode="after")
    def _ever_open(self) -> Self:
        if self.opens == self.closes:
            raise ValueError("never opens; a partner that always takes files needs no window")
        return self


class EndpointTable(Section):
    """[partner.endpoint]."""

    scheme: Word = Field("sftp", description="The transport; plugins may bring others.", examples=["as2"])
    host: Host = Field(description="The server's name.", examples=["sftp.partner.example"])
    port: Port = Field(22, description="Its port.", examples=[2222])
    outbound: Folder = Field("/in", description="The folder we write to.", examples=["/inbound"])
    inbound: Folders = Field(("/out",), description="The folders we read.", examples=[["/outbound"]])
    sweeps: Flag = Field(False, description="The server takes files away after they arrive.", examples=[True])


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
    answers: tuple[Answer, ...] = Field(("999", "277CA", "835"), description="What it answers with.",
                                        examples=[["TA1", "999"]])  # fmt: skip
    filename: Annotated[str, AfterValidator(_template)] = Field(
        "{sender}_{day:%Y%m%d}_{isa13}.837",
        description="The name of what we send, made from {sender} (ISA06), {submitter} (GS02), {isa13} and {day}.",
        examples=["{submitter}.{isa13}.dat"],
    )
    write: WriteHabit = Field(WriteHabit.TEMP_RENAME, description="How it takes a file.", examples=["direct"])
    verify: Verify = Field(Verify.STAT, description="What can be seen of a file after it was written.",
                           examples=["vanishes"])  # fmt: skip
    temporary_suffix: Annotated[str, like(r"[A-Za-z0-9._-]{0,20}", "must be letters, digits, dots, - and _")] = Field(
        ".part", description="Ends the hidden name of a file being written.", examples=[".tmp"]
    )
    line_break: LineBreak | None = Field(
        None, description="What stands after each segment: none, lf or crlf; as in the source files, where not given.",
        examples=["none"],
    )  # fmt: skip
    claims_per_set: Whole = Field(500, gt=0, le=5000, description="At most so many claims in an ST.", examples=[100])
    windows: tuple[WindowTable, ...] = Field((), description="When it takes files; always, where none is given.",
                                             examples=[[{"opens": "06:00", "closes": "20:00"}]])  # fmt: skip
    answer_within_hours: dict[Answer, Annotated[Number, Field(gt=0, le=8760)]] = Field(
        default_factory=dict, description="When each answer is overdue.", examples=[{"999": 24}]
    )
    endpoint: EndpointTable = Field(description="Where its server stands.", examples=[{"host": "sftp.partner.example"}])

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if never := sorted(self.answer_within_hours.keys() - set(self.answers)):
            raise ValueError(f"answer_within_hours waits for {', '.join(never)}, which is not among its answers")
        if self.temporary_suffix and self.filename.endswith(self.temporary_suffix):
            raise ValueError("filename ends like an unfinished file, with temporary_suffix")
        return self

    def partner(self) -> Partner:
        """The noun."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in PLAIN}
        return Partner(
            **plain,
            receiver=Address(self.receiver_qualifier, self.receiver),
            endpoint=Endpoint(**self.endpoint.model_dump()),
            windows=tuple(Window(**window.model_dump()) for window in self.windows),
            answer_within={kind: timedelta(hours=hours) for kind, hours in self.answer_within_hours.items()},
        )


class DeclarationFile(Section):
    """A declaration: any number of payers and partners."""

    payer: tuple[PayerTable, ...] = Field(
        (), description="Payers: who adjudicates.", examples=[[{"key": "prairie", "name": "Prairie Health Plan"}]]
    )
    partner: tuple[PartnerTable, ...] = Field(
        (), description="Trading partners: who receives.",
        examples=[[{"key": "bluestem", "name": "BLUESTEM EXCHANGE", "receiver": "BLUESTEM",
                    "payers": {"prairie": ["77001"]}, "endpoint": {"host": "sftp.partner.example"}}]],
    )  # fmt: skip


def read_declaration(path: Path) -> tuple[Sequence[Payer], Sequence[Partner]]:
    """The payers and partners of one file. Raises PluginError with all its problems."""
    problems: list[str] = []
    file = read_model(DeclarationFile, path, problems)
    if file is None:
        raise PluginError(
            "; ".join(problems),
            code="PLUGIN_DECLARATION",
            place=str(path),
            next_step="Correct the keys named here; nothing of the file was taken.",
        )
    return tuple(p.payer() for p in file.payer), tuple(p.partner() for p in file.partner)

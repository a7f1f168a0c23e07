"""A payer or partner that needs no code: a TOML file in the plugins folder, as complete as a declaration in Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from gateway.config.accounts import Word
from gateway.config.reading import read_toml, validated
from gateway.config.settings import Section
from gateway.errors import PluginError
from gateway.model.partners import Endpoint, Partner, Payer, Policy, Verify, Window, WriteHabit
from gateway.model.x12 import Address

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class PayerTable(Section):
    """One [[payer]]."""

    key: Key = Field(description="Its short name everywhere.", examples=["prairie"])
    name: Word = Field(description="Its name for people.", examples=["Prairie Health Plan"])
    filing_limit_days: int = Field(90, gt=0, description="Days from the date of service to the filing limit.",
                                   examples=[120])  # fmt: skip
    policy: Policy = Field(Policy.STRICT, description="What an unknown enrollment means: strict holds, learning warns.",
                           examples=["learning"])  # fmt: skip
    federal: bool = Field(False, description="A federal program: exclusions reject.", examples=[True])
    out_of_network_billable: bool = Field(False, description="Takes claims of providers who decided not to join.",
                                          examples=[True])  # fmt: skip

    def payer(self) -> Payer:
        """The noun."""
        return Payer(
            key=self.key,
            name=self.name,
            filing_limit=timedelta(days=self.filing_limit_days),
            policy=self.policy,
            federal=self.federal,
            out_of_network_billable=self.out_of_network_billable,
        )


class WindowTable(Section):
    """One of `windows`."""

    opens: Annotated[str, StringConstraints(pattern=r"^[0-2]\d:[0-5]\d$")] = Field(
        description="Local time.", examples=["06:00"]
    )
    closes: Annotated[str, StringConstraints(pattern=r"^[0-2]\d:[0-5]\d$")] = Field(
        description="Local time.", examples=["20:00"]
    )
    zone: Word = Field("UTC", description="An IANA time zone.", examples=["America/Chicago"])


class EndpointTable(Section):
    """[partner.endpoint]."""

    scheme: Word = Field("sftp", description="Which transport.", examples=["sftp"])
    host: Word = Field(description="The server's name.", examples=["sftp.partner.example"])
    port: int = Field(22, gt=0, lt=65536, description="Its port.", examples=[2222])
    outbound: Word = Field("/in", description="The folder we write to.", examples=["/inbound"])
    inbound: tuple[str, ...] = Field(("/out",), description="The folders we read.", examples=[["/outbound"]])
    sweeps: bool = Field(False, description="The server takes files away after they arrive.", examples=[True])


class PartnerTable(Section):
    """One [[partner]]."""

    key: Key = Field(description="Its short name everywhere.", examples=["bluestem"])
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        description="Its name, in loop 1000B.", examples=["BLUESTEM EXCHANGE"]
    )
    payers: dict[Key, tuple[str, ...]] = Field(
        description="Each payer it reaches, with the ids that payer goes by here.", examples=[{"prairie": ["77001"]}]
    )
    receiver_qualifier: Annotated[str, StringConstraints(min_length=2, max_length=2)] = Field(
        "ZZ", description="ISA07.", examples=["30"]
    )
    receiver: Annotated[str, StringConstraints(min_length=1, max_length=15)] = Field(
        description="ISA08.", examples=["BLUESTEM"]
    )
    group_receiver: Annotated[str, StringConstraints(max_length=15)] = Field(
        "", description="GS03, where it differs from ISA08.", examples=["BLUE"]
    )
    accepts: tuple[str, ...] = Field(("005010X222A1",), description="The guides it takes.",
                                     examples=[["005010X222A1", "005010X223A2"]])  # fmt: skip
    answers: tuple[str, ...] = Field(("999", "277CA", "835"), description="What it answers with.",
                                     examples=[["TA1", "999"]])  # fmt: skip
    filename: Word = Field("{sender}_{day:%Y%m%d}_{isa13}.837", description="The name of what we send.",
                           examples=["{submitter}.{isa13}.dat"])  # fmt: skip
    write: WriteHabit = Field(WriteHabit.TEMP_RENAME, description="How it takes a file.", examples=["direct"])
    verify: Verify = Field(Verify.STAT, description="What can be seen of a file after it was written.",
                           examples=["vanishes"])  # fmt: skip
    temporary_suffix: str = Field(".part", description="Ends the hidden name of a file being written.",
                                  examples=[".tmp"])  # fmt: skip
    claims_per_set: int = Field(500, gt=0, le=5000, description="At most so many claims in an ST.", examples=[100])
    windows: tuple[WindowTable, ...] = Field((), description="When it takes files; always, where none is given.",
                                             examples=[[{"opens": "06:00", "closes": "20:00"}]])  # fmt: skip
    answer_within_hours: dict[str, float] = Field(default_factory=dict, description="When each answer is overdue.",
                                                  examples=[{"999": 24}])  # fmt: skip
    endpoint: EndpointTable = Field(description="Where its server stands.", examples=[{"host": "sftp.partner.example"}])

    def partner(self) -> Partner:
        """The noun."""
        plain: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("key", "name", "payers", "group_receiver", "accepts", "answers", "filename", "write", "verify",
                         "temporary_suffix", "claims_per_set")
        }  # fmt: skip
        return Partner(
            **plain,
            receiver=Address(self.receiver_qualifier, self.receiver),
            endpoint=Endpoint(**self.endpoint.model_dump()),
            windows=tuple(Window(**window.model_dump()) for window in self.windows),
            answer_within={kind: timedelta(hours=hours) for kind, hours in self.answer_within_hours.items()},
        )


class DeclarationFile(Section):
    """A declaration: any number of payers and partners."""

    payer: tuple[PayerTable, ...] = Field((), description="Payers.", examples=[[]])
    partner: tuple[PartnerTable, ...] = Field((), description="Trading partners.", examples=[[]])


def read_declaration(path: Path) -> tuple[Sequence[Payer], Sequence[Partner]]:
    """The payers and partners of one file. Raises PluginError with all its problems."""
    problems: list[str] = []
    data = read_toml(path, problems)
    file = validated(DeclarationFile, data, path, problems) if data is not None else None
    if file is None:
        raise PluginError(
            "; ".join(problems),
            code="PLUGIN_DECLARATION",
            place=str(path),
            next_step="Correct the keys named here; nothing of the file was taken.",
        )
    return tuple(p.payer() for p in file.payer), tuple(p.partner() for p in file.partner)

"""The keys of gateway.toml: each with what it means and an example, frozen once read."""

from __future__ import annotations

import grp
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from gateway.config.values import SOME, Flag, Number, Place, Port, SiteName, TimeZone, Topic, Whole, Word, like


class Section(BaseModel):
    """A table of the file: no other keys, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _group(name: str) -> str:
    if name:
        try:
            grp.getgrnam(name)
        except KeyError:
            raise ValueError("must be a group of this machine; this one does not exist") from None
    return name


def _firm(severity: dict[str, str]) -> dict[str, str]:
    if severity:
        from gateway.config.severities import may_change  # all the checks: only who changes one waits for them

        may_change(severity)
    return severity


FindingCode = Annotated[str, like(r"[A-Z][A-Z0-9_]*", "must be a finding's code, as listings show it")]


class SiteSection(Section):
    """Who and where this site is."""

    name: SiteName = Field("practice", description="What people call this site; used in news and listings.",
                      examples=["cedar-falls"])  # fmt: skip
    time_zone: TimeZone = Field(
        "America/Chicago",
        description="The practice's time zone: calendar days, and the dates in outbound envelopes, are of this zone.",
        examples=["America/New_York"],
    )
    data: Place = Field(
        Path("state"), description="Where the database and the vault lie. Back it up.", examples=["/var/lib/gateway"]
    )


class KeysSection(Section):
    """Where keys and secrets are found. A secret itself never stands in a configuration file."""

    key_file: Place = Field(
        Path("state/master.key"),
        description="The root key, readable by the service alone. Under systemd the credential master.key goes first.",
        examples=["/etc/gateway/master.key"],
    )
    keyring: Place = Field(
        Path("state/keyring.json"), description="Data keys, wrapped by the root key. It belongs into every backup.",
        examples=["/var/lib/gateway/keyring.json"],
    )  # fmt: skip
    secrets_dir: Place = Field(
        Path("secrets"),
        description="Files named as the accounts' credentials: an SSH private key or a password each, mode 0600."
        " Under systemd a credential of that name goes first.",
        examples=["/etc/gateway/secrets"],
    )


class SpoolSection(Section):
    """The folder that the billing software drops claim files into."""

    root: Place = Field(Path("spool"), description="Holds incoming, work, handback, reports and refused.",
                       examples=["/srv/gateway/spool"])  # fmt: skip
    scan_seconds: Number = Field(
        2.0, gt=0, le=3600, description="Seconds between two looks into incoming/.", examples=[5.0]
    )
    settle_seconds: Number = Field(
        3.0, ge=0, le=3600, description="A file must stand still this long before it is taken.", examples=[10.0]
    )
    quarantine_minutes: Number = Field(
        60.0,
        gt=0,
        le=10_080,
        description="A file that stands still this long without being whole is refused.",
        examples=[15.0],
    )
    max_megabytes: Whole = Field(2048, gt=0, le=100_000, description="Larger files are refused unread.", examples=[500])
    patterns: Annotated[tuple[Word, ...], SOME] = Field(("*",), description="Only names that match one of these are taken.",
                                      examples=[["*.837", "*.txt"]])  # fmt: skip
    group: Annotated[str, AfterValidator(_group)] = Field(
        "", description="The group that the billing software runs as: it may drop files and read what is handed back.",
        examples=["gateway-spool"],
    )  # fmt: skip

    @property
    def max_bytes(self) -> int:
        """`max_megabytes` in bytes."""
        return self.max_megabytes * 1_000_000

    @property
    def group_id(self) -> int | None:
        """The group's number, or None where none is named."""
        return grp.getgrnam(self.group).gr_gid if self.group else None


class PluginsSection(Section):
    """Where payers, partners and checks come from, beside installed packages."""

    directory: Place = Field(
        Path("plugins"),
        description="Every .py and .toml file and every package in it is a plugin, unless its name begins with . or _.",
        examples=["/etc/gateway/plugins"],
    )
    named: tuple[Word, ...] = Field((), description="Python modules to load as plugins, by name.",
                                   examples=[["practice_edits"]])  # fmt: skip
    failures: Whole = Field(
        3, gt=0, le=1000, description="So many failures in a row disable a plugin in Python.", examples=[5]
    )
    check_seconds: Number = Field(
        2.0, gt=0, le=60, description="How long a plugin may look at one claim, or at the beginning of a document.",
        examples=[5.0],
    )  # fmt: skip
    step_seconds: Number = Field(
        60.0, gt=0, le=3600, description="How long a plugin may give no sign of life while it reads, writes or tells.",
        examples=[120.0],
    )  # fmt: skip
    transport_seconds: Number = Field(
        120.0, gt=0, le=3600, description="The same for a plugin's transport, whose partner may be slow.",
        examples=[300.0],
    )  # fmt: skip
    memory_megabytes: Whole = Field(
        512, ge=256, le=65_536, description="How much memory each process of a plugin may have.", examples=[2048]
    )


class ServiceSection(Section):
    """The running daemon."""

    socket: Place | None = Field(
        Path("run/gateway.sock"),
        description="Where commands reach the running service. Its directory's permissions say who may.",
        examples=["/run/gateway/gateway.sock"],
    )
    poll_seconds: Number = Field(
        300.0, gt=0, le=86_400, description="Seconds between two looks for answers at each partner.", examples=[900.0]
    )
    stuck_seconds: Number = Field(
        600.0, gt=0, le=86_400,
        description="A loop that did not come round for so long makes the service manager restart us.",
        examples=[300.0],
    )  # fmt: skip


class LogsSection(Section):
    """Where the log goes. It never holds a patient's data."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least level that is written.",
                                                                examples=["WARNING"])  # fmt: skip
    file: Place | None = Field(None, description="A file to append to; standard output, and so the journal, where absent.",
                              examples=["/var/log/gateway/gateway.log"])  # fmt: skip


class ChecksSection(Section):
    """How grave findings are at this site."""

    severity: Annotated[dict[FindingCode, Literal["PASS", "WARN", "HOLD", "REJECT"]], AfterValidator(_firm)] = Field(
        default_factory=dict,
        description="Another outcome for a finding, by its code: PASS, WARN, HOLD or REJECT.",
        examples=[{"CLAIM_NUMBER_LONG": "HOLD"}],
    )


class RepliesSection(Section):
    """What the billing software gets back for each dropped file, once all its claims were judged."""

    formats: tuple[Literal["TA1", "999", "277CA", "text", "csv"], ...] = Field(
        ("text",),
        description="TA1, 999 and 277CA go into handback/ as X12; text and csv go into reports/.",
        examples=[["999", "277CA"]],
    )


class MqttSection(Section):
    """News over MQTT, for whoever listens: never with a patient's data. Off while no broker is named."""

    host: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        "", description="The broker.", examples=["mqtt.practice.example"]
    )
    port: Port = Field(8883, description="The broker's port.", examples=[1883])
    prefix: Topic = Field("gateway", description="What every topic begins with; the site's name follows.",
                          examples=["practice/gateway"])  # fmt: skip
    username: str = Field("", description="Our name at the broker, where it wants one.", examples=["gateway"])
    credential: str = Field(
        "", description="The name of the secret with our password at the broker.", examples=["mqtt"]
    )
    tls_ca: Place | None = Field(
        None,
        description="The authority that signed the broker's certificate, in PEM form. Without one news go to a broker on"
        " this machine only.",
        examples=["/etc/gateway/mqtt-ca.pem"],
    )
    tls_cert: Place | None = Field(None, description="Our certificate, where the broker wants one.",
                                   examples=["/etc/gateway/mqtt.pem"])  # fmt: skip
    tls_key: Place | None = Field(None, description="Our certificate's private key, where it has a file of its own.",
                                  examples=["/etc/gateway/mqtt.key"])  # fmt: skip


class RosterSection(Section):
    """Where enrollment records come from by themselves, beside `gateway roster`."""

    file: Place | None = Field(
        None,
        description="A roster file, CSV or XLSX, as `gateway roster import` takes it. It is applied each time it changed"
        " and then stood still; what is wrong with it is told in reports/roster-problems.txt.",
        examples=["/srv/gateway/roster.csv"],
    )
    folder: Place | None = Field(
        None,
        description="A folder for roster files, CSV or XLSX. Each file that stands still in it is applied once and moves"
        " to done/, or to refused/ with all its problems; an answer lies beside it. A file for CAQH is deleted once it was"
        " applied. One in preview/ is only answered: what would change, and which claims would move.",
        examples=["/srv/gateway/rosters"],
    )


class DeadlinesSection(Section):
    """Clocks that run out: filing limits, holds, and what providers hold."""

    calendar: Place | None = Field(
        None,
        description="An iCalendar file with every deadline, written anew when something changed, for calendar programs to"
        " subscribe to. It names payers, NPIs and totals, and no claim. Choose a folder that the service may write to.",
        examples=["/srv/gateway/spool/reports/deadlines.ics"],
    )
    holidays: tuple[date, ...] = Field(
        (),
        description="Days on which nobody works, beside weekends and federal holidays, for filing rules that roll to the"
        " next business day.",
        examples=[["2026-11-27", "2026-12-24"]],
    )

    @property
    def closed(self) -> frozenset[date]:
        """The holidays as a set."""
        return frozenset(self.holidays)


class BankSection(Section):
    """The headings of the bank's statement, a CSV file; empty where they are usual ones."""

    date: tuple[Word, ...] = Field((), description="The day of the deposit.", examples=[["Posted On"]])
    amount: tuple[Word, ...] = Field((), description="The money that came in; one column, the first that is there.",
                                    examples=[["Credit USD"]])  # fmt: skip
    description: tuple[Word, ...] = Field(
        (),
        description="What names the payment: the trace, a check number, the addenda. All that are there are read together.",
        examples=[["Narrative", "Addenda Record"]],
    )


class HandbackSection(Section):
    """What the billing software gets by itself beside the untouched 999, 277CA and 835, in handback/."""

    export: tuple[Literal["postings.csv", "postings.jsonl", "events.csv", "events.jsonl"], ...] = Field(
        (),
        description="Postings as they come, and events of each day that is over: files of rows that come once and in"
        " order. `gateway export --schema` explains the columns.",
        examples=[["postings.csv", "events.jsonl"]],
    )


class DigestSection(Section):
    """Where `gateway digest --mail` sends the morning's digest: without a patient's data. Off while `to` is empty."""

    to: tuple[Word, ...] = Field((), description="Who gets it.", examples=[["billing@practice.example"]])
    sender: str = Field("", description="Whom it comes from.", examples=["gateway@practice.example"])
    host: str = Field("", description="The mail server.", examples=["mail.practice.example"])
    port: Port = Field(587, description="Its port.", examples=[25])
    starttls: Flag = Field(
        True,
        description="Encrypt, and check the server's certificate. Without it mail goes to a server on this machine only.",
        examples=[False],
    )
    username: str = Field("", description="Our name at the server, where it wants one.", examples=["gateway"])
    credential: str = Field("", description="The name of the secret with our password there.", examples=["mail"])
    page: Flag = Field(True, description="Whether the page with plots goes along as an attachment.", examples=[False])


class Settings(Section):
    """The whole of gateway.toml, paths resolved."""

    site: SiteSection = SiteSection()
    keys: KeysSection = KeysSection()
    spool: SpoolSection = SpoolSection()
    plugins: PluginsSection = PluginsSection()
    service: ServiceSection = ServiceSection()
    logs: LogsSection = LogsSection()
    checks: ChecksSection = ChecksSection()
    replies: RepliesSection = RepliesSection()
    mqtt: MqttSection = MqttSection()
    roster: RosterSection = RosterSection()
    deadlines: DeadlinesSection = DeadlinesSection()
    bank: BankSection = BankSection()
    handback: HandbackSection = HandbackSection()
    digest: DigestSection = DigestSection()

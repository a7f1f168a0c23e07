"""The five sheets of a roster: which columns each has, which record a row of it is, and what tells records apart."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.model.enrollment import ANY, Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.registry import Credential, CredentialKind, GroupRecord, Membership, ProviderRecord, Statement
from gateway.sheets import columns as c
from gateway.sheets.columns import Column

Record = Enrollment | Statement


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `needed` are the columns that its header must have to be recognised. `key` are the fields in which
    two records speak of the same thing; `first` and `last` name the fields with its days, empty where a record has
    none and simply follows the one before it."""

    name: str
    makes: type[Record]
    columns: tuple[Column, ...]
    needed: frozenset[str]
    key: tuple[str, ...]
    first: str = ""
    last: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def dated(self) -> bool:
        """Whether its records hold from a day to a day."""
        return bool(self.first)


def _same(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, name, c.words) for name in names)


def _days(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, name, c.day, "day", None) for name in names)


_SOURCE = (Column("source", "source", c.words), Column("observed_on", "observed_on", c.day, "day", None))
_PERSON = Column("provider_npi", "npi", c.npi, "digits", needed=True)

ENROLLMENTS = Sheet(
    "enrollments",
    Enrollment,
    (
        Column("provider_npi", "provider_npi", c.npi, "digits", needed=True),
        Column("payer", "payer", c.payer, needed=True),
        Column("state", "state", c.choice(EnrollmentState), empty=EnrollmentState.ACTIVE),
        *_days("effective_from", "effective_to"),
        Column("retro_from", "retro_from", c.retro, "day", None),
        Column("tax_id", "tax_id", c.tin_or_any, "digits", ANY),
        Column("billing_npi", "billing_npi", c.npi_or_any, "digits", ANY),
        *_SOURCE,
        Column("kind", "kind", c.choice(EnrollmentKind), empty=EnrollmentKind.PARTICIPATION),
        Column("line_of_business", "line_of_business", c.code, empty=ANY),
        Column("location", "location", c.words, "digits", ANY),
        Column("submitter", "submitter", c.words, empty=ANY),
        Column("taxonomy", "taxonomy", c.code),
        *_same("payer_assigned_id"),
        *_days("submitted_on", "decided_on", "revalidation_due", "recred_due", "loads_on"),
    ),
    frozenset({"provider_npi", "payer"}),
    ("provider_npi", "payer", "kind", "tax_id", "billing_npi", "line_of_business", "location", "submitter"),
    "effective_from",
    "effective_to",
)

PROVIDERS = Sheet(
    "providers",
    ProviderRecord,
    (
        _PERSON,
        Column("entity_type", "entity_type", c.entity, empty="1"),
        *_same("last_name", "first_name"),
        Column("taxonomies", "taxonomies", c.listed, empty=()),
        *_SOURCE,
    ),
    frozenset({"provider_npi", "entity_type"}),
    ("npi",),
)

GROUPS = Sheet(
    "groups",
    GroupRecord,
    (
        Column("tax_id", "tax_id", c.tin, "digits", needed=True),
        Column("group_npi", "npi", c.npi, "digits", needed=True),
        *_same("name"),
        Column("locations", "locations", c.listed, empty=()),
        *_SOURCE,
    ),
    frozenset({"tax_id", "group_npi"}),
    ("tax_id", "npi"),
)

LINKS = Sheet(
    "links",
    Membership,
    (
        _PERSON,
        Column("tax_id", "tax_id", c.tin, "digits", needed=True),
        Column("group_npi", "group_npi", c.npi_or_any, "digits", ANY),
        Column("payer", "payer", c.payer_or_any, empty=ANY),
        *_days("first_day", "last_day"),
        *_SOURCE,
    ),
    frozenset({"provider_npi", "tax_id"}),
    ("npi", "tax_id", "group_npi", "payer"),
    "first_day",
    "last_day",
)

CREDENTIALS = Sheet(
    "credentials",
    Credential,
    (
        _PERSON,
        Column("kind", "kind", c.choice(CredentialKind), needed=True),
        *_same("number"),
        Column("state", "state", c.code),
        *_days("first_day", "last_day"),
        *_SOURCE,
    ),
    frozenset({"provider_npi", "kind"}),
    ("npi", "kind", "number", "state"),
    "first_day",
    "last_day",
)

SHEETS = {sheet.name: sheet for sheet in (ENROLLMENTS, PROVIDERS, GROUPS, LINKS, CREDENTIALS)}


def sheet_of(record: Record) -> Sheet:
    """The sheet that a record stands in."""
    return next(sheet for sheet in SHEETS.values() if isinstance(record, sheet.makes))

"""Everything the gate may know of the providers that one claim names, gathered before it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gateway.model.enrollment import Enrollment, EnrollmentKind
from gateway.model.lists import EMPTY_SHELF, Shelf
from gateway.model.registry import Credential, GroupRecord, Membership, ProviderRecord


@dataclass(frozen=True, slots=True)
class Question:
    """A payer's answer that contradicts our records about a provider, until a person decides (a correction proposal).
    It speaks of dates of service in the range; None is open."""

    proposal: int
    npi: str
    payer: str
    first_day: date | None = None
    last_day: date | None = None


Recollection = dict[tuple[object, ...], tuple[object, object]]
"""What was said already, with the payer that it was said of; only whoever says it knows how it is kept."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The records believed now, of any payer, and what the loaded lists say. Superseded records are not among them.

    `away_since` is, by the NPI of a regular physician, the first day of the present stretch of services that a
    substitute did (modifiers Q5 and Q6). `submitter` is our own id in the lane that the claim would go by. `pairs` has
    the same enrollments by provider and payer, where whoever gathered them for many claims has such an index; it may
    have those of other providers too. `kept` are the payers with which somebody's agreement about files (an enrollment
    of that kind) is on record: where none is, nobody keeps them, and that there is none says nothing. `recollection` is
    given to claims that are judged together, from one reading of the records and lists: what is said of a provider in one
    of them need not be worked out again for the next.
    """

    enrollments: tuple[Enrollment, ...] = ()
    memberships: tuple[Membership, ...] = ()
    credentials: tuple[Credential, ...] = ()
    providers: tuple[ProviderRecord, ...] = ()
    groups: tuple[GroupRecord, ...] = ()
    questions: tuple[Question, ...] = ()
    shelf: Shelf = EMPTY_SHELF
    away_since: Mapping[str, date] = field(default_factory=dict)
    submitter: str = ""
    kept: frozenset[tuple[str, EnrollmentKind]] = frozenset()
    pairs: Mapping[tuple[str, str], tuple[Enrollment, ...]] | None = None
    recollection: Recollection | None = field(default=None, compare=False, repr=False)


NOTHING = Evidence()

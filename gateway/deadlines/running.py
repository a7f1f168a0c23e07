"""One clock that runs: of a claim that waits, or of something that a provider holds and must renew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from gateway.deadlines.days import add_days, add_months, days_left
from gateway.deadlines.ladders import LADDERS, Kind, Step, steps_due
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.registry import Credential, CredentialKind

RECREDENTIALING_MONTHS = 36
"""At the latest, without grace (NCQA)."""

CAQH_DAYS, CAQH_DAYS_OF = timedelta(days=120), {"IL": timedelta(days=180)}
"""How long an attestation holds, and in which states longer."""

ACTIVE = frozenset({EnrollmentState.ACTIVE, EnrollmentState.ACTIVE_REVALIDATION_DUE})
# A renewed one has another number and takes the place of the old one; of the others a provider may hold several.
_ONE_A_STATE = frozenset({CredentialKind.LICENCE, CredentialKind.DEA, CredentialKind.MALPRACTICE, CredentialKind.CAQH})


@dataclass(frozen=True, slots=True)
class Deadline:
    """`subject` is what it is about, and stays the same when the record of it is renewed; `due` its last day, of a hold
    the first. `payer` is empty where it is about every payer. A claim has `claim`, `state` (where it stands), `code` (why
    it waits), `charge` and `limit` (its filing limit); a denial of it has what was refused as `charge`, its own last day as
    `limit`, and `record`. Anything else has `record`, what says so, and `npi`, or `lane` where it is of our account at a
    partner."""

    kind: Kind
    subject: str
    due: date
    payer: str = ""
    claim: int = 0
    state: str = ""
    code: str = ""
    charge: Decimal | None = None
    limit: date | None = None
    npi: str = ""
    record: str = ""
    lane: str = ""

    @property
    def who(self) -> str:
        """Our id of the claim, the NPI, or the lane."""
        return f"C{self.claim}" if self.claim else self.npi or self.lane

    @property
    def stops_claims(self) -> bool:
        """Whether a provider's claims stop when it lapses. Remittances and payments have enrollments of their own."""
        return bool(self.npi) and not self.subject.endswith((f" {EnrollmentKind.ERA_835}", f" {EnrollmentKind.EFT}"))

    def left(self, today: date) -> int:
        """Days until the last day; of a claim, until its filing limit."""
        return days_left(self.limit or self.due, today)

    def steps(self, today: date) -> tuple[Step, ...]:
        """The steps of its ladder that have come, the last one the furthest."""
        return steps_due(self.due, today, LADDERS[self.kind])

    def daily(self, today: date) -> str:
        """The step that is told again on this day, once the furthest was; empty where none is."""
        return next((step.name for step in self.steps(today) if step.daily and today <= self.due), "")


def of_enrollments(records: Iterable[Enrollment], today: date) -> Iterator[Deadline]:
    """When these enrollments end, and when a payer wants their holders to be credentialed or validated anew. Only active
    records have a clock, and only an end that is not long past; a record that another one continues is to be left out."""
    for record in records:
        if record.state not in ACTIVE:
            continue
        if record.effective_to:
            yield _of(Kind.ENROLLMENT, record, record.effective_to)
        if record.effective_to is None or record.effective_to >= today:
            if record.revalidation_due:
                yield _of(Kind.REVALIDATION, record, record.revalidation_due)
            if recredentialed := recredentialing_due(record):
                yield _of(Kind.RECREDENTIALING, record, recredentialed)


def recredentialing_due(record: Enrollment) -> date | None:
    """The day on record, or 36 months after the payer's decision. Medicare, Medicaid and what only moves files and money
    are not recredentialed."""
    if record.recred_due or record.kind is not EnrollmentKind.PARTICIPATION or record.decided_on is None:
        return record.recred_due
    return add_months(record.decided_on, RECREDENTIALING_MONTHS)


def _of(kind: Kind, record: Enrollment, due: date) -> Deadline:
    key = (record.provider_npi, record.payer, record.tax_id, record.billing_npi, record.line_of_business,
           record.location, record.submitter, record.kind.value)  # fmt: skip
    where = f"enrollment {record.id}"
    return Deadline(kind, " ".join(key), due, record.payer, npi=record.provider_npi, record=where)


def of_credentials(records: Iterable[Credential]) -> Iterator[Deadline]:
    """When licences, registrations, policies and attestations run out: the latest of each counts."""
    latest: dict[tuple[str, ...], tuple[date, Credential]] = {}
    for record in records:
        number = "" if record.kind in _ONE_A_STATE else record.number
        key: tuple[str, ...] = (record.npi, record.kind.value, record.state, number)
        last = last_day(record)
        if key not in latest or last >= latest[key][0]:
            latest[key] = last, record
    for parts, (last, record) in latest.items():
        if last < date.max:
            subject = " ".join(part or "*" for part in parts)
            yield Deadline(Kind(record.kind.value), subject, last, npi=record.npi, record=f"statement {record.id}")


def last_day(record: Credential) -> date:
    """The last day on which it is good; the end of the calendar where none is known."""
    if record.last_day or record.kind is not CredentialKind.CAQH or record.first_day is None:
        return record.last_day or date.max
    return add_days(record.first_day, CAQH_DAYS_OF.get(record.state, CAQH_DAYS))

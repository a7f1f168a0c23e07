"""One claim before the table, and one provider of it in one role: all that the rows may look at, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from gateway.enrollment.codes import Code
from gateway.enrollment.coverage import Coverage, coverage
from gateway.enrollment.overruling import SAYS_NO
from gateway.enrollment.spans import Days
from gateway.enrollment.subjects import PAID, Subject
from gateway.model.claims import Claim
from gateway.model.enrollment import ANY, BILLING_KINDS, Enrollment
from gateway.model.evidence import Evidence, Question
from gateway.model.lists import NOT_LISTED, Exclusion, Generation, ListKind
from gateway.model.partners import Payer
from gateway.model.registry import Credential, Membership, ProviderRecord
from gateway.named import billing_key

Cited = (
    Enrollment | Membership | Credential | ProviderRecord | Question | Generation | tuple[Generation, Exclusion] | str
)
"""What a verdict may rest on: a record, an edition of a list, a payer's answer in question, or words."""


Verdict = tuple[Code, tuple[Cited, ...]]
"""A row's answer, and what it rests on."""


class Standing(NamedTuple):
    """What the records say of one provider on some days: under this tax id and billing NPI (None where none speaks of
    it), and under whatever tax id; `best` is the one that releases, the nearer one first, or else the nearer reason."""

    here: Coverage | None
    anywhere: Coverage
    best: Coverage


_new = tuple.__new__
_UNASKED = Standing(None, Coverage(Code.UNKNOWN), Coverage(Code.UNKNOWN))


@dataclass(slots=True)
class Case:
    """`pairs` are the records by provider and payer; `billing` is whom the claim is billed by. `mode` is BHT06;
    `original_paid` says that a replacement changes a claim that the payer paid."""

    claim: Claim
    payer: Payer
    evidence: Evidence
    today: date
    mode: str
    original_paid: bool
    billing: str
    pairs: Mapping[tuple[str, str], Sequence[Enrollment]]
    loaded: Mapping[ListKind, Generation]

    def records_of(self, npi: str) -> Sequence[Enrollment]:
        """This payer's, of one provider."""
        return self.pairs.get((npi, self.payer.key), ())

    def is_of_business(self, record: Enrollment) -> bool:
        """About the claim's line of business (SBR09). A claim that states none contradicts no record."""
        business = record.line_of_business
        return business == ANY or self.claim.filing_indicator in (business, "")

    def is_here(self, record: Enrollment) -> bool:
        """For the tax id and the billing NPI of the claim."""
        billing, tax_id = record.billing_npi, record.tax_id
        if billing not in (ANY, self.billing):
            return False
        return tax_id in (ANY, self.claim.billing.tax_id) or self.names_tax_id(tax_id)

    def names_tax_id(self, tax_id: str) -> bool:
        """Whether this is the claim's own, however it is written."""
        return tax_id.replace("-", "") == self.claim.billing.tax_id

    def refusals(self, here: Sequence[Enrollment], subject: Subject) -> Sequence[Enrollment]:
        """Of records for this billing provider, those that say no and mean this very claim in all that they name."""
        noes = [record for record in here if record.state in SAYS_NO]
        if not noes:
            return ()
        business, places = (ANY, self.claim.filing_indicator), (ANY, self.place_of(subject))
        return [one for one in noes if one.line_of_business in business and one.location in places]

    def place_of(self, subject: Subject) -> str:
        """The NPI of the place of service: the facility's, or that of who bills."""
        return subject.location or self.billing

    def standing(self, records: Sequence[Enrollment], days: Days, subject: Subject) -> Standing:
        """By the kinds of enrollment that let a provider bill, for the claim's line of business."""
        known, here = [], []
        for record in records:
            if record.kind in BILLING_KINDS and (record.line_of_business == ANY or self.is_of_business(record)):
                known.append(record)
                if self.is_here(record):
                    here.append(record)
        noes = self.refusals(here, subject) if len(here) > 1 else ()  # one alone has none to contradict
        found = coverage(days, here, self.payer, self.today, noes) if here else None
        if found is not None and len(here) == len(known):
            return _new(Standing, (found, found, found))
        anywhere = coverage(days, known, self.payer, self.today, noes)
        return Standing(
            found, anywhere, anywhere if found is None or (anywhere.releases and not found.releases) else found
        )


class Ask:
    """One provider of a case in one role on some days: its records at the payer and what the loaded lists say of it.
    `standing` is what several rows ask for of those who are paid; of others nothing is known by it."""

    __slots__ = ("case", "days", "listed", "npi", "records", "standing", "subject")

    def __init__(self, case: Case, subject: Subject, days: Days) -> None:
        npi = subject.npi
        self.case, self.subject, self.days, self.npi = case, subject, days, npi
        self.records = records = case.pairs.get((npi, case.payer.key), ())
        self.listed = case.evidence.shelf.entries.get(npi, NOT_LISTED)
        self.standing = case.standing(records, days, subject) if subject.role in PAID else _UNASKED


Pairs = Mapping[tuple[str, str], Sequence[Enrollment]]


def case_of(
    claim: Claim, payer: Payer, evidence: Evidence, today: date, mode: str, original_paid: bool = False
) -> Case:
    """The claim with what concerns it of the evidence."""
    pairs = evidence.pairs if evidence.pairs is not None else _paired(payer, evidence)
    return Case(claim, payer, evidence, today, mode, original_paid, billing_key(claim), pairs, evidence.shelf.loaded)


def _paired(payer: Payer, evidence: Evidence) -> Pairs:
    """A provider without a number has no record."""
    key = payer.key
    found: dict[tuple[str, str], list[Enrollment]] = {}
    for record in [record for record in evidence.enrollments if record.payer == key]:
        if record.provider_npi:
            found.setdefault((record.provider_npi, key), []).append(record)
    return found

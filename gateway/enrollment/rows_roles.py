"""Rows 11 to 13 and 18: who supervised or attended, where and as what a provider works, what it holds, who stood in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from gateway.enrollment.case import Ask, Verdict
from gateway.enrollment.codes import Code
from gateway.enrollment.coverage import coverage
from gateway.enrollment.rows_medicare import opted_out_to_order
from gateway.enrollment.spans import overlap
from gateway.enrollment.subjects import Role
from gateway.items import Item, item_of
from gateway.model.enrollment import ANY, BILLING_KINDS, Enrollment, EnrollmentKind
from gateway.model.lists import Generation, ListKind
from gateway.model.registry import Credential, CredentialKind, ProviderRecord

EXPIRES_SOON = timedelta(days=30)
LONGEST_ABSENCE = timedelta(days=60)
"""How long a substitute may be billed for in the regular physician's name without a break."""

_KNOWN_KINDS = BILLING_KINDS | {EnrollmentKind.ORDER_REFER}
_NONE = timedelta(0)
_LICENCE, _DEA = CredentialKind.LICENCE, CredentialKind.DEA


def provider_known(ask: Ask) -> Verdict:
    """Row 11. Who supervised, attended or operated is enrolled, in whatever way. Medicare pays home health and hospice
    only where it knows who attended."""
    case = ask.case
    records = [record for record in ask.records if record.kind in _KNOWN_KINDS]
    found = coverage(ask.days, records, case.payer, case.today)
    if found.releases:
        return Code.PROVIDER_KNOWN, found.cited
    if case.payer.medicare:
        if edition := _known_to_medicare(ask):
            return Code.PROVIDER_KNOWN, (edition,)
        if ask.subject.role is Role.ATTENDING and item_of(case.claim, None) in (Item.HOME_HEALTH, Item.HOSPICE):
            return Code.ATTENDING_UNKNOWN, found.cited
    return Code.PROVIDER_UNKNOWN, found.cited


def works_there(ask: Ask) -> Verdict | None:
    """Row 12. The payer has the place of service on file. Silent where no record names one, or one is for any."""
    best = ask.standing.best
    named = [record for record in best.cited if record.location != ANY] if best.releases else ()
    if not named or len(named) < len(best.cited):
        return None
    place = ask.case.place_of(ask.subject)
    here = [record for record in named if record.location == place]
    return (Code.LOCATION_OK, tuple(here)) if _covers(ask, here, named) else (Code.LOCATION_DIFFERS, best.cited)


def works_as_that(ask: Ask) -> Verdict | None:
    """Row 12. The taxonomy on the claim is enrolled with the payer; where the payer's records name none, it is at least
    one of the provider's own. Silent where nothing is on record, or one record of several is for any."""
    stated, best = ask.subject.taxonomy, ask.standing.best
    if not stated or not best.releases:
        return None
    as_that = [record for record in best.cited if record.taxonomy == stated]
    if len(as_that) == len(best.cited):
        return Code.TAXONOMY_OK, best.cited
    named = [record for record in best.cited if record.taxonomy]
    if not named:
        return _own_taxonomy(ask)
    if len(named) < len(best.cited):
        return None
    fits = coverage(ask.days, as_that, ask.case.payer, ask.case.today).releases
    return (Code.TAXONOMY_OK, tuple(as_that)) if fits else (Code.TAXONOMY_DIFFERS, best.cited)


def licensed(ask: Ask) -> Verdict | None:
    """Row 13. A licence is valid on the last day of service, and for a month after. Silent where none is on record."""
    lasting, until = _lasting(ask, _LICENCE)
    if not lasting:
        return None
    left = until - ask.days.last
    code = (
        Code.LICENCE_VALID if left > EXPIRES_SOON else Code.LICENCE_EXPIRING if left >= _NONE else Code.LICENCE_EXPIRED
    )
    return code, lasting


def may_prescribe(ask: Ask) -> Verdict | None:
    """Row 13. No DEA registration on record, or one that is valid on the last day of service."""
    lasting, until = _lasting(ask, _DEA)
    return (Code.DEA_EXPIRED, lasting) if lasting and until < ask.days.last else None


def substitute_in_time(ask: Ask) -> Verdict | None:
    """Row 18. A substitute stands in for the regular physician for 60 days at most."""
    since, last = ask.case.evidence.away_since.get(ask.npi) if ask.subject.substitute else None, ask.days.last
    if since is None or last - since < LONGEST_ABSENCE:
        return None
    return Code.SUBSTITUTE_LONG, (f"{(last - since).days + 1} days without a break",)


def not_in_question(ask: Ask) -> Verdict | None:
    """No answer of this payer contradicts the records of this provider on a day of service."""
    asked = [
        question
        for question in ask.case.evidence.questions
        if question.npi == ask.npi
        and question.payer == ask.case.payer.key
        and overlap(question.first_day, question.last_day, ask.days)
    ]
    return (Code.IN_QUESTION, tuple(asked)) if asked else None


def _known_to_medicare(ask: Ask) -> Generation | None:
    """The list that says so."""
    says = ((ListKind.PPEF, ask.listed.medicare), (ListKind.ORDER_REFER, ask.listed.order_refer))
    loaded = ask.case.loaded
    found = next((loaded[kind] for kind, what in says if what and kind in loaded), None)
    return found or opted_out_to_order(ask)


def _covers(ask: Ask, some: Sequence[Enrollment], every: Sequence[Enrollment]) -> bool:
    """Whether these hold every day, of all that do."""
    return len(some) == len(every) or coverage(ask.days, some, ask.case.payer, ask.case.today).releases


def _own_taxonomy(ask: Ask) -> Verdict | None:
    stated, edition = ask.subject.taxonomy, ask.case.loaded.get(ListKind.NPPES)
    ours = [known for known in ask.case.evidence.providers if known.npi == ask.npi and known.taxonomies]
    if any(stated in known.taxonomies for known in ours):
        return Code.TAXONOMY_OK, tuple(ours)
    public = ask.listed.nppes.taxonomies if ask.listed.nppes and edition else ()
    if edition and stated in public:
        return Code.TAXONOMY_OK, (edition,)
    cited: tuple[ProviderRecord | Generation, ...] = (*ours, edition) if edition and public else tuple(ours)
    return (Code.TAXONOMY_DIFFERS, cited) if cited else None


def _lasting(ask: Ask, kind: CredentialKind) -> tuple[tuple[Credential, ...], date]:
    """Those of a kind that last longest, whatever state they are of, and until when."""
    npi = ask.npi
    held = [one for one in ask.case.evidence.credentials if one.npi == npi and one.kind is kind]
    if len(held) < 2:
        return tuple(held), (held[0].last_day or date.max) if held else date.max
    until = max([one.last_day or date.max for one in held])
    return tuple([one for one in held if (one.last_day or date.max) == until]), until

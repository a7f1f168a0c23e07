"""What a person's word on a payer's answer makes of the enrollment records: through their own succession."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gateway.enrollment.history import succession
from gateway.model.enrollment import BILLING_KINDS, Enrollment, EnrollmentKind, EnrollmentState

_DAY = timedelta(days=1)
ENDING = frozenset(
    {
        EnrollmentState.LAPSED,
        EnrollmentState.STAY,
        EnrollmentState.DEACTIVATED,
        EnrollmentState.REVOKED,
        EnrollmentState.TERMED,
    }
)
"""States of an enrollment that there was, and that ended."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person learned from the payer about one provider. An ending `state` has the last enrolled day in `ended`;
    any other begins on `effective`, and from `refused_from` (None: ever) to the day before nothing was on file. `kind`
    is the kind of a record that is new; those that let a provider bill are corrected alike."""

    provider_npi: str
    payer: str
    state: EnrollmentState
    source: str
    observed_on: date
    ended: date | None = None
    effective: date | None = None
    refused_from: date | None = None
    kind: EnrollmentKind = EnrollmentKind.PARTICIPATION


def correct(current: Sequence[Enrollment], said: Correction) -> tuple[list[Enrollment], list[Enrollment]]:
    """(added, superseded) among the records of that provider at that payer. Each tax id, line of business and location
    that the records tell apart is corrected by itself; days before those in question stay what they were."""
    kinds = BILLING_KINDS if said.kind in BILLING_KINDS else {said.kind}
    mine = [r for r in current if (r.provider_npi, r.payer) == (said.provider_npi, said.payer) and r.kind in kinds]
    added, superseded = [], []
    for alike in _by_key(mine, said):
        new, old = _ended(alike, said) if said.state in ENDING else _begun(alike, said)
        added += new
        superseded += old
    return added, superseded


def _by_key(mine: Sequence[Enrollment], said: Correction) -> Iterable[list[Enrollment]]:
    groups: dict[Enrollment, list[Enrollment]] = {}
    for record in mine:
        groups.setdefault(_blank(record, said), []).append(record)
    return groups.values() if groups else [[]]


def _blank(record: Enrollment | None, said: Correction) -> Enrollment:
    """A record of the same key that states nothing yet."""
    made = Enrollment(
        said.provider_npi,
        said.payer,
        said.state,
        None,
        source=said.source,
        observed_on=said.observed_on,
        kind=said.kind,
    )
    if record is None:
        return made
    return replace(
        made,
        tax_id=record.tax_id,
        billing_npi=record.billing_npi,
        kind=record.kind,
        line_of_business=record.line_of_business,
        location=record.location,
        submitter=record.submitter,
    )


def _ended(alike: list[Enrollment], said: Correction) -> tuple[list[Enrollment], list[Enrollment]]:
    """What reached past the last day ends on it, in the state that the payer says. So does what had ended already and
    nobody knew when."""
    assert said.ended is not None
    blank = _blank(alike[0] if alike else None, said)
    after = replace(blank, effective_from=said.ended + _DAY)
    open_ones = [replace(r, state=EnrollmentState.ACTIVE) if r.state in ENDING else r for r in alike]
    added, superseded = succession(open_ones, [after])
    told = [
        replace(rest, state=said.state, source=said.source, observed_on=said.observed_on)
        for rest in added
        if rest.effective_to == said.ended
    ]
    agreed = any(record.effective_to and record.effective_to <= said.ended for record in alike)
    return told or ([] if agreed else [replace(blank, effective_to=said.ended)]), superseded


def _begun(alike: list[Enrollment], said: Correction) -> tuple[list[Enrollment], list[Enrollment]]:
    """The new state from its first day on. What was believed of the days refused before that day is believed no more."""
    begin = said.effective or said.refused_from
    wanted = replace(_blank(alike[0] if alike else None, said), effective_from=begin)
    cut = min(begin, said.refused_from) if begin and said.refused_from else None
    since = replace(wanted, effective_from=cut)
    added, superseded = succession(alike, [since])
    return [wanted if record == since else record for record in added], superseded

"""Loop 2300 as a noun: a raw claim with what it inherits, its providers, other payers and lines."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from gateway.model.claims import (
    Claim,
    ClaimKind,
    ClaimText,
    Coverage,
    Diagnosis,
    Finding,
    Outcome,
    Provider,
    ServiceLine,
)
from gateway.model.x12 import Span
from gateway.x12.claims_dates import other_dates
from gateway.x12.claims_findings import bad_date, not_a_number
from gateway.x12.claims_fingerprint import Digest
from gateway.x12.claims_levels import Inherited
from gateway.x12.claims_lines import (
    NO_DAYS,
    Days,
    Service,
    adjusted,
    days_of,
    findings_of,
    line_of,
    number_of,
    paid_on,
    service_of,
    statement_of,
)
from gateway.x12.claims_quick import quick
from gateway.x12.extract_records import Elements, Piece, RawClaim, RawPayer, RawProvider
from gateway.x12.syntax import code_of, decimal_of, text_of

_ILLNESS = frozenset({b"ABK", b"BK", b"ABF", b"BF", b"ABJ", b"BJ", b"APR", b"PR", b"ABN", b"BN", b"TQ"})
"""HI qualifiers of diagnoses: principal, other, admitting, reason for visit, external cause; TQ in dental claims."""

_ACCIDENTS = frozenset({b"AA", b"OA"})
"""CLM11: auto accident, other accident."""

_HOME = frozenset({b"", b"US"})
"""CLM11-5 of an accident in one of our states."""

_SERVED = {ClaimKind.INSTITUTIONAL: b"434", ClaimKind.DENTAL: b"472"}
"""DTP01 of the days at the claim: the statement's, and the default for dental lines."""


_DATE = b"DTP"
"""May stand within other words too: then there is no more to be found than was thought."""

_claim, _made_provider = quick(Claim), quick(Provider)


def claim_of(raw: RawClaim, digest: Digest) -> Claim:
    """The noun of a claim whose level's `given` holds what it inherits. By position, for the sake of speed."""
    above, clm, delimiters = raw.level.given, raw.clm, raw.delimiters
    assert isinstance(above, Inherited)
    charge = decimal_of(clm[2])
    found = [] if charge is not None else [not_a_number("CLM02", "2300", raw.position)]
    days, admitted, discharged, accident_day = _dates(raw, found) if raw.dates else (None, None, None, None)
    lines, of_lines = _lines(raw, days, found)
    in_statement = days is not None and (raw.kind is ClaimKind.INSTITUTIONAL or not lines)
    first, last = days if days is not None and in_statement else of_lines
    place, frequency, assignment, accident, delay, auto, state = _said(
        clm[5], clm[7], clm[11], clm[20], delimiters.component
    )
    references = raw.references
    diagnoses, gaps = _diagnoses(raw.diagnoses, delimiters.component)
    content = raw.content
    if raw.unsaid:
        content = delimiters.segment.join([piece for n, piece in enumerate(raw.pieces) if n not in raw.unsaid])
    return _claim(
        raw.kind,
        raw.transaction_set,
        above.levels,
        _new(Span, (raw.start, raw.end)),
        raw.position,
        text_of(clm[1]),
        charge,
        place,
        frequency,
        above.payer_id,
        above.payer_responsibility,
        above.filing_indicator,
        above.member_id,
        above.billing,
        tuple([_provider(provider) for provider in raw.providers]),
        lines,
        first,
        last,
        text_of(references[b"F8"]) if b"F8" in references else "",
        text_of(references[b"G1"]) if b"G1" in references else "",
        text_of(references[b"D9"]) if b"D9" in references else "",
        delay,
        digest.of(content, above.digest),
        _told_once((*raw.level.findings, *raw.findings), (*above.findings, *found)),
        above.patient,
        diagnoses,
        tuple([_coverage(payer) for payer in raw.coverages]) if raw.coverages else (),
        assignment,
        decimal_of(raw.amounts[b"F5"]) if raw.amounts and b"F5" in raw.amounts else None,
        admitted,
        discharged,
        accident,
        raw.kind is ClaimKind.DENTAL and clm[19] == b"PB",
        auto,
        state,
        accident_day,
        above.payer_segment,
        other_dates(raw) if raw.dates or content.count(_DATE) > len(lines) else (),
        gaps,
        _new(ClaimText, (above.texts, raw.content, delimiters)),
    )


def _told_once(guide: tuple[Finding, ...], own: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The guide's findings, and those of reading on elements of which the guide said nothing as grave."""
    if not own or not guide:
        return guide or own
    told = {(found.segment, found.place) for found in guide if found.outcome is Outcome.REJECT}
    return (*guide, *(found for found in own if (found.segment, found.place) not in told))


_new = tuple.__new__  # what Span() comes to, in half the time


@lru_cache(maxsize=1024)
def _said(
    facility: bytes, assignment: bytes, causes: bytes, delay: bytes, component: bytes
) -> tuple[str, str, str, bool, str, bool, str]:
    """CLM05-1, CLM05-3, CLM07, whether CLM11 names an accident, CLM20, whether it was one by car and not
    abroad, and in which state: most claims say the same there."""
    place, _, frequency, *_ = (*map(text_of, facility.split(component)), "", "")
    named = [*causes.split(component), b"", b"", b"", b""]
    accident = not _ACCIDENTS.isdisjoint(named[:3])
    return (
        place,
        frequency,
        text_of(assignment),
        accident,
        text_of(delay),
        b"AA" in named[:3] and named[4] in _HOME,
        text_of(named[3]),
    )


def _dates(raw: RawClaim, found: list[Finding]) -> tuple[Days | None, date | None, date | None, date | None]:
    """The days at the claim, None where it states none; its admission; its discharge; its accident."""
    days, admitted, discharged, accident, served = None, None, None, None, _SERVED.get(raw.kind)
    for piece in raw.dates:
        qualifier = piece.elements[1]
        if qualifier == served:
            days = statement_of(piece) if qualifier == b"434" else days_of(piece)
            if days is NO_DAYS:
                found.append(bad_date("DTP03", "2300", "date of service", raw.position_of(piece, raw.position)))
        elif qualifier == b"435":
            admitted = days_of(piece)[0]
        elif qualifier == b"096":
            discharged = days_of(piece)[0]
        elif qualifier == b"439":
            accident = days_of(piece)[0]
    return days, admitted, discharged, accident


def _lines(raw: RawClaim, days: Days | None, found: list[Finding]) -> tuple[tuple[ServiceLine, ...], Days]:
    """The lines, on the days of the claim where a dental one has none, and the days from the first of any to the last
    of any."""
    default = days if days is not None and raw.kind is ClaimKind.DENTAL else NO_DAYS
    component, element, lines = raw.delimiters.component, raw.delimiters.element, list[ServiceLine]()
    least: date | None = None
    most: date | None = None
    for raw_line in raw.lines:
        lx, sv, dtp = raw_line.lx, raw_line.service, raw_line.days  # most say what one before them said
        number: int | None = lx.value or number_of(lx)  # type: ignore[assignment]
        raw_line.value = number or len(lines) + 1
        service: Service = (sv and sv.value) or service_of(sv, component)  # type: ignore[assignment]
        served: Days = (dtp.value or days_of(dtp)) if dtp else default  # type: ignore[assignment]
        first, last = served
        lines.append(line_of(raw_line, service, served, element))
        if first is None or last is None:
            found += findings_of(raw, raw_line, service)
            continue
        if number is None or service.wrong:
            found += findings_of(raw, raw_line, service)
        if least is None or first < least:
            least = first
        if most is None or last > most:
            most = last
    return tuple(lines), (least, most) if least and most else NO_DAYS


def _provider(raw: RawProvider) -> Provider:
    role, npi, entity_type = _named(raw.nm1)
    taxonomy = code_of(raw.prv.elements[3]) if raw.prv else ""
    return _made_provider(role, npi, entity_type, taxonomy, raw.line.value if raw.line else None, raw.position)


def _named(nm1: Piece) -> tuple[str, str, str]:
    """NM101, the NPI, NM102; read once for all claims that name the same."""
    value = nm1.value
    if value is None:
        elements = nm1.elements
        npi = elements[9] if elements[8] == b"XX" else b""
        value = nm1.value = (text_of(elements[1]), text_of(npi), text_of(elements[2]))
    return value  # type: ignore[return-value]  # nothing else is kept there


def _diagnoses(pieces: tuple[Piece, ...], component: bytes) -> tuple[tuple[Diagnosis, ...], tuple[int, ...]]:
    """All of them, and the places before one of them that were left empty."""
    if len(pieces) == 1 and isinstance(listed := pieces[0].value, _Listed):
        return listed
    found: tuple[Diagnosis, ...] = ()
    gaps: tuple[int, ...] = ()
    for piece in pieces:
        if not isinstance(piece.value, _Listed):
            piece.value = _listed(piece.elements, component)
        own, empty = piece.value
        if empty:
            before = len(found) + len(gaps)
            gaps += tuple([before + place for place in empty])
        found += own
    return found, gaps


class _Listed(NamedTuple):
    """The diagnoses of one HI, and which of its places before the last of them are empty."""

    diagnoses: tuple[Diagnosis, ...]
    gaps: tuple[int, ...]


def _listed(hi: Elements, component: bytes) -> _Listed:
    own: list[Diagnosis] = []
    gaps: list[int] = []
    empty: list[int] = []
    for place, composite in enumerate(hi[1:], 1):
        code = composite.split(component)
        if code[0] in _ILLNESS:
            own.append(Diagnosis(text_of(code[0]), text_of((*code, b"")[1])))
            gaps, empty = gaps + empty, []
        elif not composite:
            empty.append(place)
    return _Listed(tuple(own), tuple(gaps))


def _coverage(raw: RawPayer) -> Coverage:
    paid, non_covered = raw.amounts.get(b"D"), raw.amounts.get(b"A8")
    return Coverage(
        responsibility=text_of(raw.elements[1]),
        payer_id=text_of(raw.payer_id),
        filing_indicator=text_of(raw.elements[9]),
        paid=decimal_of(paid) if paid else None,
        adjusted=adjusted(raw) if raw.cas else None,
        non_covered=decimal_of(non_covered) if non_covered else None,
        paid_on=paid_on(raw),
        segment=raw.position,
    )

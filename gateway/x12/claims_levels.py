"""Loops 2000A, 2000B and 2000C as nouns: what a claim inherits from the levels above it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from gateway.model.claims import BillingProvider, Finding, Patient, PostalAddress
from gateway.x12.claims_findings import bad_date
from gateway.x12.claims_fingerprint import Digest
from gateway.x12.claims_quick import quick
from gateway.x12.extract_records import DEPENDENT, RawLevel
from gateway.x12.syntax import ABSENT, code_of, date_of, text_of

_patient = quick(Patient)


class Inherited(NamedTuple):
    """What levels give to the claims below them. `levels` are ordinals from 2000A down, `digest` stands for the content
    of all of them without HL numbers, `texts` are the segments of each with the position of its HL, `findings` are what
    reading them found beside the guide."""

    levels: tuple[int, ...]
    digest: bytes
    billing: BillingProvider
    patient: Patient
    texts: tuple[tuple[int, bytes], ...]
    payer_id: str = ""
    payer_responsibility: str = ""
    filing_indicator: str = ""
    member_id: str = ""
    findings: tuple[Finding, ...] = ()
    payer_segment: int = 0


def inherited(level: RawLevel, digest: Digest) -> Inherited:
    """What a level gives, given that `given` of the level above it holds what that one gives."""
    content, element = level.content[len(level.pieces[0]) + 1 :], digest.delimiters.element
    if level.unsaid:
        said = [piece for n, piece in enumerate(level.pieces) if n and n not in level.unsaid]
        content = digest.delimiters.segment.join(said)
    above = level.above.given if level.above else None
    if not isinstance(above, Inherited):
        texts = ((level.position, level.content),)
        return Inherited((level.ordinal,), digest.of(content), _billing(level, element), Patient(), texts)
    print_, levels = digest.of(content, above.digest), (*above.levels, level.ordinal)
    if level.kind == DEPENDENT:
        return _dependent(level, above, print_, levels, element)
    return _subscriber(level, above, print_, levels, element)


def _subscriber(level: RawLevel, above: Inherited, digest: bytes, levels: tuple[int, ...], element: bytes) -> Inherited:
    read = _read(level, b"IL", element)
    responsibility, relationship, group, filing = _subscription(read.sbr, element)
    entity_type = code_of(read.entity_type)
    return Inherited(
        levels,
        digest,
        _known_as(above.billing, read.secondary_id) if read.secondary_id else above.billing,
        _treated(level, read, (relationship, relationship, entity_type, group), element),
        (*above.texts, (level.position, level.content)),
        code_of(level.payer_id),
        responsibility,
        filing,
        text_of(level.member_id),
        _findings(level, read, "2010BA"),
        read.payer,
    )


def _dependent(level: RawLevel, above: Inherited, digest: bytes, levels: tuple[int, ...], element: bytes) -> Inherited:
    read, insured = _read(level, b"QC", element), above.patient
    relation = (
        text_of(read.relationship),
        insured.subscriber_relationship,
        insured.subscriber_entity_type,
        insured.group_number,
    )
    return Inherited(
        levels,
        digest,
        above.billing,
        _treated(level, read, relation, element),
        (*above.texts, (level.position, level.content)),
        above.payer_id,
        above.payer_responsibility,
        above.filing_indicator,
        above.member_id,
        above.findings + _findings(level, read, "2010CA"),
        above.payer_segment,
    )


class _Read:
    """What the segments of a level say of its party (2010AA, 2010BA or 2010CA): the positions of its NM1 and DMG, its
    elements; and of the level itself, with the position of the payer's NM1."""

    __slots__ = (
        "birth", "born", "born_at", "city", "demographics", "died", "entity_type", "named", "payer", "relationship",
        "sbr", "secondary_id", "sex", "street", "taxonomy",
    )  # fmt: skip

    def __init__(self) -> None:
        self.named = self.born_at = self.payer = 0
        self.entity_type = self.born = self.sex = self.died = self.relationship = self.sbr = b""
        self.street = self.city = self.secondary_id = self.taxonomy = b""
        self.demographics = False
        self.birth: date | None = None  # `born` as a day


def _read(level: RawLevel, party: bytes, element: bytes) -> _Read:
    """One loop, for the sake of speed."""
    read, position, here, payer = _Read(), level.position, False, False
    street, city = b"N3" + element, b"N4" + element
    for piece in level.pieces[1:]:
        position += 1
        head = piece[:3]
        if head == b"NM1":
            named = piece.split(element, 3)
            role = named[1] if len(named) > 1 else b""
            here, payer = role == party, role == b"PR"
            if here:
                read.named, read.entity_type = position, named[2] if len(named) > 2 else b""
            elif payer:
                read.payer = position
        elif head == street:
            if here:
                read.street = piece
        elif head == city:
            if here:
                read.city = piece
        elif head == b"DMG":
            if here:
                read.born, read.sex = (piece.split(element, 4) + ABSENT)[2:4]
                read.birth, read.born_at, read.demographics = _birth(read.born), position, True
        elif head == b"SBR":
            read.sbr = piece
        elif head in _RARE:
            _read_rare(read, payer, piece.split(element) + ABSENT)
    return read


_RARE = frozenset({b"PAT", b"PRV", b"REF"})
_HOME = frozenset({b"", b"US"})


def _read_rare(read: _Read, payer: bool, elements: list[bytes]) -> None:
    """PAT, PRV*BI, and below the payer REF*G2."""
    id, qualifier = elements[0], elements[1]
    if id == b"PAT":
        read.relationship, read.died = qualifier, elements[6]
    elif id == b"PRV" and qualifier == b"BI":
        read.taxonomy = elements[3]
    elif id == b"REF" and payer and qualifier == b"G2":
        read.secondary_id = elements[2]


def _treated(level: RawLevel, read: _Read, relation: tuple[str, str, str, str], element: bytes) -> Patient:
    relationship, of_subscriber, entity_type, group = relation
    return _patient(
        level.kind == DEPENDENT,
        relationship,
        of_subscriber,
        entity_type,
        read.birth,
        code_of(read.sex),
        read.demographics,
        read.street != b"" or read.city != b"",
        date_of(read.died) if read.died else None,
        group,
        read.named,
        level.kind == DEPENDENT and level.above is not None and level.above.own_claims,
        *_located(read.street != b"", read.city, element),
    )


@lru_cache(maxsize=4096)
def _located(n3: bool, n4: bytes, element: bytes) -> tuple[str, str]:
    """N403, where N404 names no other country than ours, and what the address lacks; `n3` is whether there is an N3. Few
    N4s differ."""
    if not n4:
        return "", "N4" if n3 else ""
    elements = n4.split(element, 5)
    if len(elements) > 4 and elements[4] not in _HOME:
        return "", "" if n3 else "N3"
    state, zip_code = (*elements[2:4], b"", b"")[:2]
    return text_of(zip_code), "N402" if not state else "N403" if not zip_code else "" if n3 else "N3"


def _birth(element: bytes) -> date | None:
    """What `date_of` gives, without its memory: hardly two patients are born on one day."""
    if len(element) != 8 or not element.isdigit():
        return None
    try:
        return date.fromisoformat(element.decode("ascii"))
    except ValueError:
        return None


def _findings(level: RawLevel, read: _Read, loop: str) -> tuple[Finding, ...]:
    """A birth date that is absent is the guide's matter."""
    if read.birth or not read.born:
        return ()
    return (bad_date("DMG02", loop, "birth date", read.born_at),)


@lru_cache(maxsize=1024)
def _subscription(sbr: bytes, element: bytes) -> tuple[str, str, str, str]:
    """SBR01, SBR02, SBR03 and SBR09; few SBRs differ."""
    elements = sbr.split(element) + ABSENT
    return text_of(elements[1]), text_of(elements[2]), text_of(elements[3]), text_of(elements[9])


def _billing(level: RawLevel, element: bytes) -> BillingProvider:
    read = _read(level, b"85", element)
    address = _address(read.street, read.city, element) if read.street or read.city else None
    npi, tax_id = text_of(level.npi), text_of(level.tax_id)
    return BillingProvider(
        npi, text_of(read.entity_type), tax_id, text_of(read.taxonomy), address=address, segment=read.named
    )


def _address(n3: bytes, n4: bytes, element: bytes) -> PostalAddress:
    _, street, street2, *_ = map(text_of, n3.split(element) + ABSENT)
    _, city, state, zip_code, country, *_ = map(text_of, n4.split(element) + ABSENT)
    return PostalAddress(street, street2, city, state, zip_code, country)


def _known_as(billing: BillingProvider, secondary_id: bytes) -> BillingProvider:
    return BillingProvider(
        billing.npi,
        billing.entity_type,
        billing.tax_id,
        billing.taxonomy,
        text_of(secondary_id),
        billing.address,
        billing.segment,
    )

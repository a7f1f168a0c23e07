"""Who a status request is about, from the levels of the claim as it was sent: 2010AA, 2010BA, 2010BB, 2010CA."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.model.inquiries import Party, QuestionSource
from gateway.x12.syntax import ABSENT, PADDING, text_of

_PROVIDER, _SUBSCRIBER, _PAYER, _PATIENT = "85", "IL", "PR", "QC"
_TAX_IDS = ("EI", "SY")
_OWN_NUMBERS = ("G2", "LU")

Pieces = list[list[bytes]]


def parties(source: QuestionSource) -> dict[str, Party]:
    """`provider`, `subscriber`, `payer`, and `patient` of a dependent's claim; one that the claim does not name is not
    there. A provider without an NPI goes by the payer's own number for it, else by its tax id."""
    levels = [_pieces(block, source) for block in source.levels]
    found: dict[str, Party] = {}
    for name, entity, level in (
        ("provider", _PROVIDER, 0),
        ("subscriber", _SUBSCRIBER, 1),
        ("payer", _PAYER, 1),
        ("patient", _PATIENT, 2),
    ):
        loop = _loop(levels[level], entity) if level < len(levels) else []
        if loop:
            found[name] = _party(loop)
    if "provider" in found and not found["provider"].id and len(levels) > 1:
        found["provider"] = _numbered(found["provider"], levels)
    return found


def _pieces(block: bytes, source: QuestionSource) -> Pieces:
    marks = source.delimiters
    cut = (piece.lstrip(PADDING) for piece in block.split(marks.segment))
    return [piece.split(marks.element) for piece in cut if piece]


def _loop(pieces: Pieces, entity: str) -> Pieces:
    """The first NM1 of that role and what follows it up to the next."""
    for at, piece in enumerate(pieces):
        if piece[0].upper() == b"NM1" and _at(piece, 1) == entity:
            ends = next((n for n in range(at + 1, len(pieces)) if pieces[n][0].upper() == b"NM1"), len(pieces))
            return pieces[at:ends]
    return []


def _party(loop: Pieces) -> Party:
    nm1, dmg = loop[0], next((piece for piece in loop if piece[0].upper() == b"DMG"), [])
    return Party(
        entity_type=_at(nm1, 2),
        name=_at(nm1, 3),
        first=_at(nm1, 4),
        middle=_at(nm1, 5),
        suffix=_at(nm1, 7),
        qualifier=_at(nm1, 8),
        id=_at(nm1, 9),
        born=_at(dmg, 2) if _at(dmg, 1) == "D8" else "",
        sex=_at(dmg, 3),
    )


def _numbered(provider: Party, levels: Sequence[Pieces]) -> Party:
    own = _reference(_loop(levels[1], _PAYER), _OWN_NUMBERS)
    tax = _reference(_loop(levels[0], _PROVIDER), _TAX_IDS).replace("-", "")
    qualifier, number = ("SV", own) if own else ("FI", tax)
    return Party(
        provider.entity_type, provider.name, provider.first, provider.middle, provider.suffix, qualifier, number
    )


def _reference(loop: Pieces, qualifiers: Sequence[str]) -> str:
    found = (_at(piece, 2) for piece in loop if piece[0].upper() == b"REF" and _at(piece, 1) in qualifiers)
    return next(found, "")


def _at(piece: list[bytes], number: int) -> str:
    return text_of([*piece, *ABSENT][number])

"""Which of the three implementation guides for an 837 a transaction set follows."""

from __future__ import annotations

import re

from gateway.errors import Malformed
from gateway.model.claims import ClaimKind
from gateway.model.x12 import TransactionSet

_KINDS = {
    "005010X222": ClaimKind.PROFESSIONAL,
    "005010X223": ClaimKind.INSTITUTIONAL,
    "005010X224": ClaimKind.DENTAL,
}
_ANSWERS = frozenset({"277", "835", "997", "999"})
_VERSION = re.compile(r"(005010X[0-9]{3})(?:[A-Z][0-9])?")
_ACCEPTED = (
    "Set the billing software to 837 version 5010: 005010X222A1 (professional), 005010X223A2 (institutional) or "
    "005010X224A2 (dental), then create the file again."
)


def kind_of(transaction_set: TransactionSet, group_version: str, place: str) -> ClaimKind:
    """The guide's claims; GS08 and ST03 may differ in nothing but the addendum. Raises Malformed X12_VERSION."""
    if transaction_set.code != "837":
        raise _no_claims(transaction_set.code, f"{place}/ST01")
    guides = {_VERSION.fullmatch(version) for version in (transaction_set.version, group_version)}
    names = {guide[1] if guide else "" for guide in guides}
    if len(names) != 1:
        raise _unread("GS08 and ST03 name different implementation guides", f"{place}/ST03")
    kind = _KINDS.get(names.pop())
    if kind is None:
        raise _unread("GS08 and ST03 name an implementation guide that is not read here", f"{place}/ST03")
    return kind


def _no_claims(code: str, place: str) -> Malformed:
    answer = code in _ANSWERS
    return Malformed(
        f"it is an answer of a payer ({code}) and holds no claims" if answer else "ST01 is not 837: it holds no claims",
        code="X12_VERSION",
        place=place,
        next_step="Nothing is to be sent; the gateway picks up payers' answers by itself." if answer else _ACCEPTED,
    )


def _unread(message: str, place: str) -> Malformed:
    return Malformed(message, code="X12_VERSION", place=place, next_step=_ACCEPTED)

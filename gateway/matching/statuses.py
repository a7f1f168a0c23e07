"""What a 277CA status says: which class it is of, and whether a rejection speaks of enrollment (005010X214)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from gateway.data import STATUS_CODES, StatusCodes
from gateway.model.answers import Status


class StatusClass(StrEnum):
    """Only `accepted` and `rejected` decide; `unknown` is for a person and never a success."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RECEIVED = "received"
    IN_TRANSIT = "in_transit"
    UNKNOWN = "unknown"


_REFUSED = "U"
_TAKEN = "WQ"


def status_class(status: Status, codes: StatusCodes = STATUS_CODES) -> StatusClass:
    """The class of its category; unknown where STC03 says the opposite (U refuses, WQ takes)."""
    said = StatusClass(codes.classes.get(status.category, StatusClass.UNKNOWN))
    opposite = _TAKEN if said is StatusClass.REJECTED else _REFUSED
    return StatusClass.UNKNOWN if status.action == opposite else said


def claim_class(statuses: Iterable[Status], codes: StatusCodes = STATUS_CODES) -> StatusClass:
    """The class of all statuses of one claim together: a rejection decides, unless something also accepts; what is
    not understood prevents an acceptance."""
    found = {status_class(status, codes) for status in statuses}
    if {StatusClass.REJECTED, StatusClass.ACCEPTED} <= found:
        return StatusClass.UNKNOWN
    order = (
        StatusClass.REJECTED,
        StatusClass.UNKNOWN,
        StatusClass.ACCEPTED,
        StatusClass.RECEIVED,
        StatusClass.IN_TRANSIT,
    )
    return next((each for each in order if each in found), StatusClass.UNKNOWN)


def enrollment_kind(status: Status, codes: StatusCodes = STATUS_CODES) -> str:
    """`ENROLLMENT` where a rejection speaks of a provider's enrollment, `EDI_ENROLLMENT` where it speaks of the
    submitter's agreement with the payer, else empty. Without its entity a code says of nobody that he is not enrolled."""
    if status_class(status, codes) is not StatusClass.REJECTED:
        return ""
    if status.code in codes.edi_codes and status.entity in codes.edi_entities:
        return "EDI_ENROLLMENT"
    named = status.code in codes.enrollment_codes and status.entity in codes.enrollment_entities
    return "ENROLLMENT" if named else ""


def is_enrollment_reject(status: Status, codes: StatusCodes = STATUS_CODES) -> bool:
    """Whether the rejection is enrollment's work, of either kind."""
    return bool(enrollment_kind(status, codes))

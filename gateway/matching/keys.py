"""The keys by which to look up what an answer may speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.model.answers import (
    Answer,
    ClaimPayment,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    Remittance,
    StatusReport,
    StatusResponse,
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Each is looked up in an index of its own; the rows found by any of them are candidates.

    `controls` are ISA13 of ours, `group_controls` GS06, `references` BHT03, `traces` REF*D9; `claims` are CLM01 in
    upper case (our own may be in any case), `prefixes` those that a payer may have cut to 20 characters: rows whose
    CLM01 begins with one are candidates too. `payer_control_numbers` are the payer's (REF*1K, CLP07, REF*F8).
    """

    controls: tuple[int, ...] = ()
    group_controls: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    payer_control_numbers: tuple[str, ...] = ()


def keys_of(answer: Answer) -> Keys:
    """What to look up for this answer; nothing for a Note."""
    if isinstance(answer, InterchangeAcknowledgment):
        return Keys(controls=tuple(control_of(answer.control)))
    if isinstance(answer, GroupAcknowledgment):
        return Keys(group_controls=_distinct([answer.control]))
    if isinstance(answer, StatusReport):
        claims = _claims(status.claim for status in answer.statuses)
        return Keys(
            references=_distinct([answer.reference]),
            traces=_distinct(status.trace for status in answer.statuses),
            claims=claims,
            prefixes=_prefixes(claims),
        )
    if isinstance(answer, StatusResponse):
        claims = _claims(told.claim for told in answer.statuses)
        return Keys(
            traces=_distinct(told.attempt for told in answer.statuses),
            claims=claims,
            prefixes=_prefixes(claims),
            payer_control_numbers=_distinct(told.number for told in answer.statuses),
        )
    if isinstance(answer, Remittance):
        return keys_of_payments(answer.claims)
    return Keys()


def keys_of_payments(payments: Sequence[ClaimPayment]) -> Keys:
    """What to look up for these claims of a remittance."""
    claims = _claims(payment.claim for payment in payments)
    numbers = [(payment.payer_control_number, payment.original_reference) for payment in payments]
    return Keys(
        claims=claims,
        prefixes=_prefixes(claims),
        payer_control_numbers=_distinct(number for pair in numbers for number in pair),
    )


def control_of(text: str) -> list[int]:
    """An ISA13 as our counter has it; empty where it is none."""
    return [int(text)] if text.isascii() and text.isdigit() and len(text) <= 9 else []


def _claims(numbers: Iterable[str]) -> tuple[str, ...]:
    return _distinct(number.strip().upper() for number in numbers)


def _prefixes(claims: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(number for number in claims if len(number) == 20)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value in dict.fromkeys(values) if value)

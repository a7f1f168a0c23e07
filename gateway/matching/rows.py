"""What must be known of our own work to match an answer: small rows, fetched by the keys an answer gives.

Control numbers and BHT03 are ours per partner, so rows come from the partner that gave the answer; for a remittance
they may come from every lane.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gateway.model.sending import PlacedAttempt


class Says(StrEnum):
    """The word of a TA1 or 999. DUPLICATE is a TA1 025: the latest transmission alone was refused."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"


class Unmatched(StrEnum):
    """Why an answer was matched to nothing."""

    NONE = ""
    NOT_OURS = "not_ours"
    SEVERAL = "several"
    CONTRADICTS = "contradicts"
    OTHER_USAGE = "other_usage"


@dataclass(frozen=True, slots=True)
class SentAttempt:
    """One claim, once on the wire. Ids grow with time.

    `control_number` is CLM01, `charge` CLM02, `reference` BHT03 and `usage` ISA15 of its interchange, `family` the
    first version of the claim, `rendering` every rendering NPI of claim and lines, `placed` its segments in its set,
    `payer_control_number` REF*1K of its 277CA and `payer_accepted_on` the day of that acceptance. `waiting`: no 277CA
    has decided it; `ended`: it was rejected for good. `frequency` is CLM05-3.
    """

    id: int
    claim: int
    submission: int
    control_number: str
    charge: Decimal | None
    payer: str
    trace: str = ""
    reference: str = ""
    usage: str = "P"
    set_control: str = "0001"
    family: int = 0
    first_day: date | None = None
    last_day: date | None = None
    member_id: str = ""
    billing_npi: str = ""
    rendering: tuple[str, ...] = ()
    placed: PlacedAttempt | None = None
    payer_control_number: str = ""
    payer_accepted_on: date | None = None
    waiting: bool = True
    ended: bool = False
    frequency: str = "1"


@dataclass(frozen=True, slots=True)
class SentSubmission:
    """One interchange on the wire, with one group. `control` is ISA13, `date` and `time` ISA09 and ISA10 as written,
    `group_control` GS06, `functional_id` GS01; `our_ids` are the ids we go by at this partner (ISA06, GS02), not checked
    where empty."""

    id: int
    control: int
    date: str
    time: str
    group_control: str
    usage: str = "P"
    our_ids: frozenset[str] = frozenset()
    attempts: tuple[SentAttempt, ...] = ()
    functional_id: str = "HC"


@dataclass(frozen=True, slots=True)
class EarlierPayment:
    """A payment in the ledger: `reference` is its CLP07, `usage` ISA15 of its remittance, `reversal` that it takes back."""

    claim: int
    family: int
    payer: str
    reference: str
    usage: str = "P"
    reversal: bool = False


def number_key(number: str) -> str:
    """Equal for any two numbers that `same_number` may hold equal."""
    return number.strip().upper()[:20]


def same_number(given: str, ours: str) -> bool:
    """Whether a payer's CLM01 is ours: case does not count, and receivers need to keep 20 characters only."""
    given, ours = given.strip().upper(), ours.strip().upper()
    return bool(given) and (given == ours or (len(given) == 20 and ours.startswith(given)))


def overlap(first: date | None, last: date | None, other_first: date | None, other_last: date | None) -> bool:
    """Whether two ranges of days share one; False where either is not stated."""
    if first is None or other_first is None:
        return False
    return first <= (other_last or other_first) and other_first <= (last or first)

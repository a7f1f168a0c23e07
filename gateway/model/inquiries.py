"""Claim status: what a 276 asks of a claim (005010X212), and what the payer's word on it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gateway.model.x12 import Delimiters


class Word(StrEnum):
    """What a payer says of a claim. Stored by name. RECEIVED: it has it (A0, A1, A2, A5). PENDING: it works on it (P).
    FINALIZED: it has decided (F), so that an 835 exists or is due. REQUESTED: it waits for us (R, P3). REFUSED: it did not
    take the claim (A3, A6, A7, A8). NOT_FOUND: not found by what was asked with (D0, A4). UNABLE: its system cannot answer
    now (E1, E2). UNASKABLE: it cannot answer what was asked (any other E). UNCLEAR: a category that nobody here knows."""

    RECEIVED = "RECEIVED"
    PENDING = "PENDING"
    FINALIZED = "FINALIZED"
    REQUESTED = "REQUESTED"
    REFUSED = "REFUSED"
    NOT_FOUND = "NOT_FOUND"
    UNABLE = "UNABLE"
    UNASKABLE = "UNASKABLE"
    UNCLEAR = "UNCLEAR"


@dataclass(frozen=True, slots=True)
class Party:
    """NM1 of a person or organization, as the claim has it: NM102 to NM105 and NM107, with NM108 and NM109; `born` and
    `sex` are DMG02 and DMG03 as written, empty where the loop has none."""

    entity_type: str
    name: str
    first: str = ""
    middle: str = ""
    suffix: str = ""
    qualifier: str = ""
    id: str = ""
    born: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One claim that a 276 asks of. `trace` comes back in the 277. `patient` is None where the patient is the subscriber.
    `number` is the payer's own (REF*1K), `bill_type` of an institutional claim only, `claim` CLM01, `attempt` REF*D9."""

    trace: str
    payer: Party
    provider: Party
    subscriber: Party
    patient: Party | None
    number: str
    bill_type: str
    claim: str
    attempt: str
    charge: Decimal | None
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class QuestionSource:
    """Where the names of one question come from: a level's bytes each, from 2000A down, in the delimiters of their
    document."""

    levels: tuple[bytes, ...]
    delimiters: Delimiters

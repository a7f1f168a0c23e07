"""One claim before the gate: everything that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

from gateway.marks import Mark
from gateway.model.claims import Claim
from gateway.model.evidence import NOTHING, Evidence


class Replaced(Enum):
    """What our own records say of the claim that a replacement or void (frequency 7 or 8) changes."""

    ON_FILE = "on file"
    """The payer's claim number stands in an acknowledgment or remittance of ours."""

    PAID = "paid"
    """The payer paid it, by our remittances."""

    NEVER_ADJUDICATED = "never adjudicated"
    """Our claim of that number was refused before the payer filed it."""

    NEW_CLAIM_WANTED = "new claim wanted"
    """The payer denied it and said that a new claim must be sent, not a replacement."""

    OWN_NUMBER = "own number"
    """REF*F8 holds our number of the claim and not the payer's."""

    OTHER_NUMBER = "other number"
    """The payer told us a number of that claim, and REF*F8 names another."""

    UNANSWERED = "unanswered"
    """It is here or on its way, and no payer has said yet that it has it, so nobody can know its number."""

    UNKNOWN = "unknown"
    """It did not go through this gateway, or the payer took it and told no number."""


class Ground(NamedTuple):
    """One thing that holds a claim: a finding's code and place, its line (0: not of one line), whom it is about (an NPI,
    empty where it is about no provider) and on what evidence."""

    code: str
    place: str
    line: int
    npi: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Case:
    """One claim with all that speaks for and against it. `usage`, `mode`, `version` are ISA15, BHT06 and GS08 of its
    source; `evidence` what is known of its providers; `original` an earlier claim of equal content that still stands;
    `sent_before` an earlier original claim of the same number, provider, payer and first day that is on its way or at
    the payer, with other content; `newer` a later version of it that may go or went; `similar` an earlier claim of
    another number for the same service; `may_have_arrived` that an attempt of it was given up in doubt; `payer` the key
    it was judged under last and `grounds` what held it then; `replaces` what is known of the claim that a
    replacement or void names, and `adjudicated_on` when the payer decided about that one; `weight` the most bytes that it
    has as it is sent, with its levels."""

    id: int
    claim: Claim
    state: str
    code: str
    lane: str
    usage: str
    mode: str
    version: str
    evidence: Evidence = NOTHING
    marks: tuple[Mark, ...] = ()
    original: int | None = None
    sent_before: int | None = None
    similar: int | None = None
    newer: int | None = None
    may_have_arrived: bool = False
    payer: str = ""
    grounds: tuple[Ground, ...] = ()
    replaces: Replaced | None = None
    adjudicated_on: date | None = None
    weight: int = 0

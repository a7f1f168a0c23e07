"""How strong a proof of filing is, in words, and what no packet proves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from gateway.inquiries.meaning import HAS_IT
from gateway.model.inquiries import Word


class Strength(StrEnum):
    """What the strongest evidence of a packet is."""

    PAYER = "payer"
    REFUSED = "refused"
    HAD = "had"
    NOT_TAKEN = "not_taken"
    CLEARINGHOUSE = "clearinghouse"
    TURNED_AWAY = "turned_away"
    RECEIVED = "received"
    SYNTAX = "syntax"
    RETURNED = "returned"
    SENT = "sent"


STRENGTH: Mapping[Strength, str] = {
    Strength.PAYER: "The payer's own 277CA says that it accepted this claim into adjudication. This is proof of filing.",
    Strength.REFUSED: "The payer's own 277CA refused this claim: the payer had it on that day, and did NOT file it."
    " A refused claim counts as never filed; the corrected one needs its own proof.",
    Strength.HAD: "The payer's own 277, its answer to a status request, names this claim by the payer's claim number as one"
    " that it has. This is evidence that the payer had received it by the day of that 277. It is NOT proof of the day on"
    " which it was received, nor that it was accepted into adjudication then: the payer's own 277CA is.",
    Strength.NOT_TAKEN: "The payer's own 277, its answer to a status request, says that it did not take this claim: it was"
    " NOT filed. The corrected one needs its own proof.",
    Strength.CLEARINGHOUSE: "Only a clearinghouse's 277CA accepted this claim. It is NOT proof that the payer had it: ask"
    " the clearinghouse for the payer's 277CA.",
    Strength.TURNED_AWAY: "A clearinghouse's 277CA refused this claim: it did NOT go on to the payer and was never filed.",
    Strength.RECEIVED: "A 277CA says that this claim was received or passed on, and none says that the payer accepted it."
    " That is weak evidence, and NOT proof of filing.",
    Strength.RETURNED: "A TA1 or 999 refused the file: the claim was NOT filed by it.",
    Strength.SYNTAX: "Only a TA1 or 999 speaks of the file. A 999 alone is NOT proof of filing: it says that a translator"
    " could read the file, not that the payer has the claim.",
    Strength.SENT: "Nothing but our own record says that this claim was sent. That is the weakest evidence, and NOT proof"
    " of filing.",
}  # fmt: skip

LIMITS = (
    "A 999 alone is not proof of timely filing; only the payer's own 277CA is.",
    "A 277 shows that the payer had the claim on the day on which it answered, and not since when. It names the payer as"
    " its source; where it came through a clearinghouse, only the payer can say that it wrote it.",
    "The payer signed none of these files. They are kept as they came; the payer can compare them with its own.",
    "The SHA-256 chain shows that no event of this packet was changed, left out or put elsewhere since the packet was made,"
    " if its seal is the one on the printed page. It does not show that the events were true when they were recorded, nor"
    " that the packet holds every event.",
    "Each event also carries the keyed code (mac) of the site's own journal. Only the site can check it, with its key:"
    " `gateway audit`. There the event proof.given holds this packet's seal.",
    "Whoever changes every file and the sums with them leaves no trace in the folder. Compare the seal with the printed"
    " page or ask the site.",
    "The moments are of the site's own clock, in UTC.",
)


def strength(acknowledgments: Iterable[Mapping[str, Any]]) -> Strength:
    """By the acknowledgments that name the claim, the oldest first; a later word of the same stage replaces an earlier
    one. `accepted` is None where one decides nothing."""
    told = list(acknowledgments)
    last = {_stage(one): bool(one["accepted"]) for one in told if one["accepted"] is not None}
    for stage, took, refused in _ORDER:
        if stage in last:
            if stage == "syntax" and any(one["form"] == "277CA" for one in told):
                break
            return took if last[stage] else refused
    return Strength.RECEIVED if any(one["form"] == "277CA" for one in told) else Strength.SENT


def received(word: Word, code: str, number: str) -> bool | None:
    """Whether a status of a 277 says that the payer has the claim, under its own `number`; False where it says that it did
    not take it. None where it decides nothing: without a number, only passed on (A0), not found, or not answered. `code`
    are its statuses as written."""
    if word is Word.REFUSED:
        return False
    passed_on = all(status.startswith("A0") for status in code.split())
    return True if word in HAS_IT and number and not passed_on else None


def _stage(told: Mapping[str, Any]) -> str:
    return "status" if told["form"] == "277" else told["stage"] or "syntax"


_ORDER = (
    ("payer", Strength.PAYER, Strength.REFUSED),
    ("status", Strength.HAD, Strength.NOT_TAKEN),
    ("clearinghouse", Strength.CLEARINGHOUSE, Strength.TURNED_AWAY),
    ("syntax", Strength.SYNTAX, Strength.RETURNED),
)

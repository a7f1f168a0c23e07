"""How strong a proof of filing is, in words, and what no packet proves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class Strength(StrEnum):
    """What the strongest evidence of a packet is."""

    PAYER = "payer"
    REFUSED = "refused"
    CLEARINGHOUSE = "clearinghouse"
    SYNTAX = "syntax"
    SENT = "sent"


STRENGTH: Mapping[Strength, str] = {
    Strength.PAYER: "The payer's own 277CA says that it accepted this claim into adjudication. This is proof of filing.",
    Strength.REFUSED: "The payer's own 277CA refused this claim: the payer had it on that day, and did NOT file it."
    " A refused claim counts as never filed; the corrected one needs its own proof.",
    Strength.CLEARINGHOUSE: "Only a clearinghouse's 277CA accepted this claim. It is NOT proof that the payer had it: ask"
    " the clearinghouse for the payer's 277CA.",
    Strength.SYNTAX: "Only a TA1 or 999 speaks of the file. A 999 alone is NOT proof of filing: it says that a translator"
    " could read the file, not that the payer has the claim.",
    Strength.SENT: "Nothing but our own record says that this claim was sent. That is the weakest evidence, and NOT proof"
    " of filing.",
}  # fmt: skip

LIMITS = (
    "A 999 alone is not proof of timely filing; only the payer's own 277CA is.",
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
    """By the acknowledgments that name the claim, the oldest first; a later word of the payer replaces an earlier one."""
    told = list(acknowledgments)
    reports = [one for one in told if one["form"] == "277CA"]
    if of_payer := [one for one in reports if one["stage"] == "payer"]:
        return Strength.PAYER if of_payer[-1]["accepted"] else Strength.REFUSED
    if any(one["accepted"] for one in reports):
        return Strength.CLEARINGHOUSE
    return Strength.SYNTAX if any(one["form"] != "277CA" and one["accepted"] for one in told) else Strength.SENT

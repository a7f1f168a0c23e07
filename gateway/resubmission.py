"""What may be done to correct a claim: a new original, a replacement (frequency 7), a void (8), or something else.

A claim that was refused before the payer filed it was never adjudicated: nothing of it can be replaced. What a replacement
of unchanged content is good for is a denial whose cause was mended elsewhere, such as an enrollment that is retroactive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.families import CORRECTING, REPLACEMENT, VOID
from gateway.lifecycle import Standing
from gateway.model.claims import ClaimKind
from gateway.model.partners import Payer


class Wanted(StrEnum):
    """What a person asks for."""

    REPLACE = "replace"
    VOID = "void"

    @property
    def frequency(self) -> str:
        """CLM05-3 of it."""
        return REPLACEMENT if self is Wanted.REPLACE else VOID


@dataclass(frozen=True, slots=True)
class Denied:
    """One denial that stands: its `category`, the letters of its `fix` (data/carc.toml), the remarks beside it."""

    code: str
    category: str = ""
    fix: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides it. `stands` is a claim's standing, or its state before it was sent; `number` the payer's own number
    of it, empty where nobody told one; `new_claim` the remarks that ask for a new claim; `later` another version of the
    claim with where it stands, which counts now or will; `ordered` that one was ordered and is not taken in yet;
    `corrects` the version that it was to change; `elsewhere` that the payer decided it though it never left here;
    `code` why it stands where it does."""

    claim: int
    kind: ClaimKind
    frequency: str
    filing_indicator: str
    stands: str
    number: str = ""
    payer: Payer | None = None
    denials: tuple[Denied, ...] = ()
    new_claim: tuple[str, ...] = ()
    later: tuple[int, str] | None = None
    ordered: bool = False
    corrects: int | None = None
    elsewhere: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why it is not done, and what is done instead."""

    code: str
    says: str
    next: str


NEW_ORIGINAL = "NEW_ORIGINAL"
_CORRECT = "Correct it in the billing software and send it as a new original: frequency 1, without REF*F8."
_AS_REPLACEMENT = (
    "Correct it in the billing software as a replacement (frequency 7, REF*F8 with the payer's number of this claim),"
    " and drop that file."
)

_UNSENT: Mapping[str, tuple[str, str]] = {
    "RECEIVED": ("It was not judged yet and not sent.", "Drop the corrected claim; `gateway withdraw` this."),
    "HELD": ("It is held here and was never sent.", "Drop the corrected claim, then `gateway withdraw` this one."),
    "READY": ("It waits here and was not sent yet.", "`gateway hold` it, drop the corrected one, `gateway withdraw` it."),
    "ASSIGNED": ("It is about to be sent.", "`gateway hold` may still stop it; else wait for the payer's answer."),
    "WITHDRAWN": ("It was withdrawn and never sent.", "To bill it after all, send it again as a new claim."),
    "DUPLICATE": ("It is a copy of a claim that was sent.", "`gateway why` names that one; ask about it."),
}  # fmt: skip
_UNDECIDED = (Standing.SENT, Standing.ACKNOWLEDGED, Standing.ACCEPTED)


def objection(of: Situation, wanted: Wanted) -> Objection | None:
    """The first thing that stands against it; None where it may be ordered."""
    found = (rule(of, wanted) for rule in RULES)
    return next((each for each in found if each), None)


def sent_elsewhere(of: Situation, _: Wanted) -> Objection | None:
    """It reached the payer by another way, or the payer's is another claim."""
    if not of.elsewhere:
        return None
    says = "The payer has decided it, although it never went out from here."
    return Objection("SENT_ELSEWHERE", says, elsewhere_step(of.claim, of.stands))


def elsewhere_step(claim: int, stands: str) -> str:
    """What to do about a claim that the payer has though it never went out from here."""
    compare = "Find out by which way it reached the payer, and whether it is this claim."
    if stands in ("RECEIVED", "HELD", "READY"):
        return f'{compare} If it is, `gateway withdraw C{claim} --reason "..."`; only if it is another may this one go.'
    return f"{compare} If it is, send nothing: a corrected one would be denied as a copy."


def of_the_envelope(stands: str, code: str) -> bool:
    """Whether a TA1 returned a claim with its file: that looks at the envelope, and at no claim."""
    return stands == Standing.RETURNED and code.startswith("TA1 ")


def envelope_refused(of: Situation, _: Wanted) -> Objection | None:
    """It goes again as it is once its lane is resumed: a corrected claim beside it would be a second one."""
    if not of_the_envelope(of.stands, of.code):
        return None
    says = "The partner refused the envelope of its file (TA1); nobody there looked at the claim."
    return Objection("ENVELOPE_REFUSED", says, f"Correct nothing: `gateway why C{of.claim}` says how it goes again.")


def never_filed(of: Situation, _: Wanted) -> Objection | None:
    """It was rejected here, by a 999, or by a 277CA."""
    if of.frequency in CORRECTING and of.stands in ("REJECTED", Standing.DECLINED, Standing.RETURNED):
        which = f" (`gateway resubmit C{of.corrects}` tells about it)" if of.corrects else ""
        says = "It is a correction that was refused before anybody filed it: what it was to change stands as it did."
        return Objection("CORRECTION_REFUSED", says, f"Correct it, and send it for the same claim again{which}.")
    if of.stands == "REJECTED":
        return Objection(NEW_ORIGINAL, "It was rejected here; the payer knows nothing of it.", _CORRECT)
    if of.stands == Standing.DECLINED:
        return Objection(NEW_ORIGINAL, "The payer refused it before filing it; nothing is there to replace.", _CORRECT)
    if of.stands == Standing.RETURNED:
        step = f"{_CORRECT} If the file was at fault and not this claim, `gateway resend` sends it again unchanged."
        return Objection(NEW_ORIGINAL, "The file came back before anybody filed it; there is nothing to replace.", step)
    return None


def unsent(of: Situation, _: Wanted) -> Objection | None:
    """It has not left."""
    if of.stands not in _UNSENT:
        return None
    says, step = _UNSENT[of.stands]
    return Objection("NOT_SENT", says, step)


def superseded(of: Situation, _: Wanted) -> Objection | None:
    """Another version counts now, or is under way."""
    if of.ordered:
        step = "It is taken in when the gateway runs next; `gateway why` shows it then."
        return Objection("ORDERED", "A replacement or void of it was ordered and is not taken in yet.", step)
    if of.later is None:
        return None
    claim, stands = of.later
    step = f"Decide about that one: `gateway resubmit C{claim}` or `gateway why C{claim}`."
    return Objection("LATER_VERSION", f"A later version, C{claim}, is {stands}.", step)


def undecided(of: Situation, _: Wanted) -> Objection | None:
    """A payer that has not decided finds no original to change."""
    if of.stands not in _UNDECIDED:
        return None
    step = "Wait for its remittance; `gateway overdue` tells when it is late, and `gateway why` what was heard of it."
    return Objection("NOT_ADJUDICATED", "It is at the payer, who has not decided it yet.", step)


def taken_back(of: Situation, _: Wanted) -> Objection | None:
    """A reversal came, and its correction may follow."""
    if of.stands != Standing.REVERSED:
        return None
    says = "The payer took its decision back already; nothing stands that could be changed."
    return Objection("REVERSED", says, TAKEN_BACK_STEP)


TAKEN_BACK_STEP = (
    "If no correction follows, ask the payer for it; a claim that is to be paid after all is sent as a new original."
)


def a_void(of: Situation, _: Wanted) -> Objection | None:
    """What takes a claim back is not itself replaced."""
    if of.frequency != VOID:
        return None
    return Objection("IS_VOID", "It is a void itself.", "To bill the service again, send a new original.")


def not_taken(of: Situation, _: Wanted) -> Objection | None:
    """This payer mends such claims in another way."""
    if of.payer is None or of.payer.takes_replacements(of.kind, of.filing_indicator):
        return None
    step = (
        "Ask the payer for a reopening (a clerical error) or an adjustment; where a remark calls the claim unprocessable"
        " (MA130), correct it and send a new original."
    )
    return Objection("PAYER_TAKES_NONE", f"{of.payer.name} takes no replacement and no void of such claims.", step)


def number_unknown(of: Situation, _: Wanted) -> Objection | None:
    """Without it the payer does not find the original; our own number is none."""
    if of.number:
        return None
    step = "Ask the payer for its claim number (the 835 has it in CLP07), or for the 835 once more."
    return Objection(
        "NO_PAYER_NUMBER", "Nobody told us the payer's own number of the claim, which REF*F8 must hold.", step
    )


def paid_in_full(of: Situation, wanted: Wanted) -> Objection | None:
    """A replacement of the same content gets the same payment."""
    if wanted is Wanted.VOID or of.stands != Standing.PAID:
        return None
    step = f"To take it back say --void. To change what was billed: {_AS_REPLACEMENT[0].lower()}{_AS_REPLACEMENT[1:]}"
    return Objection(
        "PAID_IN_FULL", "It is paid and nothing of it is denied; unchanged it would be paid the same.", step
    )


def new_claim_wanted(of: Situation, wanted: Wanted) -> Objection | None:
    """The payer's remark says so (MA130, N142, N517)."""
    if wanted is Wanted.VOID or not of.new_claim:
        return None
    says = f"The payer's remark {of.new_claim[0]} asks for a new claim, not a replacement."
    return Objection("NEW_CLAIM_WANTED", says, _CORRECT)


_UNFOUND = frozenset({"M47", "N152"})
_NEVER_AGAIN = frozenset({"N185"})


def original_unfound(of: Situation, wanted: Wanted) -> Objection | None:
    """It denied a claim for its number of the original: with the same number it would do so again."""
    remarks = _remarks(of) & _UNFOUND
    if wanted is Wanted.VOID or not remarks:
        return None
    step = (
        "Ask the payer under which number it has the original. With that one send the replacement from the billing"
        " software; if it has none, send a new original."
    )
    return Objection("ORIGINAL_NOT_FOUND", f"The payer did not find the original ({sorted(remarks)[0]}).", step)


def not_again(of: Situation, wanted: Wanted) -> Objection | None:
    """The payer says that it must not come again."""
    remarks = _remarks(of) & _NEVER_AGAIN
    if wanted is Wanted.VOID or not remarks:
        return None
    step = "Ask the payer what it waits for, or appeal; a claim that comes all the same is denied as a duplicate."
    return Objection("NOT_AGAIN", f"The payer's remark {sorted(remarks)[0]} says that it must not be sent again.", step)


_OTHER_WAYS: Mapping[str, tuple[str, str, str]] = {
    "A": ("APPEAL", "An appeal answers what was denied, not the same claim.", "Appeal in time; see `gateway denials`."),
    "D": ("DOCUMENTS", "The payer waits for documents.", "Send what it asked for; see `gateway denials`."),
    "N": ("NEXT_PAYER", "Another payer is to pay it.", "Bill the next payer, with this decision beside it."),
    "P": ("PATIENT", "What was denied is the patient's.", "Bill the patient where the contract allows it."),
    "W": ("NOTHING_TO_WIN", "What was taken off is no error.", "Write it off, or ask the payer why."),
    "X": ("FIND_OUT", "Why it was denied is not clear enough to send it again.", "Ask the payer first."),
}  # fmt: skip
_MENDED, _CORRECTED = "E", "R"


def other_way(of: Situation, wanted: Wanted) -> Objection | None:
    """Nothing that was denied is answered by the same content once more. A code that nobody here knows leaves it to the
    person."""
    fixes = [each.fix for each in of.denials]
    if wanted is Wanted.VOID or not fixes or any(not fix or _MENDED in fix for fix in fixes):
        return None
    if any(_CORRECTED in fix for fix in fixes):
        says = (
            "What was denied needs other content, and the gateway changes none: the same claim would be denied again."
        )
        return Objection("NEEDS_CORRECTION", says, _AS_REPLACEMENT)
    return Objection(*_OTHER_WAYS.get(fixes[0][0], _OTHER_WAYS["X"]))


def _remarks(of: Situation) -> frozenset[str]:
    return frozenset(code for each in of.denials for code in each.remarks)


RULES: Sequence[Callable[[Situation, Wanted], Objection | None]] = (
    sent_elsewhere, unsent, envelope_refused, never_filed, superseded, a_void, undecided, taken_back, not_taken,
    number_unknown, paid_in_full, new_claim_wanted, original_unfound, not_again, other_way,
)  # fmt: skip
"""In this order; the first that objects is told."""

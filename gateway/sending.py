"""What stands against sending a claim that has nothing to do with its content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gateway.cases import Case, Replaced
from gateway.families import CORRECTING, VOID
from gateway.layout import too_large
from gateway.model.claims import Finding, Outcome
from gateway.model.partners import Lane, Payer, Stage
from gateway.partnership.phrases import listed

ROUTE_MISSING = Finding(
    "ROUTE_MISSING",
    Outcome.HOLD,
    "2010BB/NM109",
    "No {stage} lane leads to this payer.",
    "Add a route in conf/routes.toml and an account at its partner in conf/partners/.",
)
VERSION_NOT_ACCEPTED = Finding(
    "VERSION_NOT_ACCEPTED",
    Outcome.HOLD,
    "GS08",
    "This partner does not take this implementation guide.",
    "Route the payer to a partner that does, or ask the partner to accept it.",
)
CLAIM_TOO_LARGE = Finding(
    "CLAIM_TOO_LARGE",
    Outcome.HOLD,
    "2300/CLM01",
    "This claim alone could make a larger file than the partner takes.",
    "Send it as two claims, or ask the partner how to send it; where its declaration is wrong, correct `largest_file`.",
)
PAYER_ID_OTHER = Finding(
    "PAYER_ID_OTHER",
    Outcome.HOLD,
    "2010BB/NM109",
    "At the partner that it would go to, the claim's payer goes by another id than the claim names.",
    "Name the payer's id there as `payer_id` in that [[route]] of conf/routes.toml, and its claims go with it; or have the"
    " payer go by its other partner again. If this id is right there too, add it to the partner's payers.",
)
CHANGED_AFTER_SENDING = Finding(
    "CHANGED_AFTER_SENDING",
    Outcome.HOLD,
    "2300/CLM01",
    "This claim was sent before with other content; sent again as an original it would be a duplicate.",
    "If the payer adjudicated it, send a replacement (`gateway resubmit CLAIM` tells how); as it is, release it.",
)
SIMILAR_CLAIM = Finding(
    "SIMILAR_CLAIM",
    Outcome.WARN,
    "2300/CLM01",
    "A claim of another number was let go for the same patient, provider, days, procedures and charge.",
    "See that it is another service (modifier 59, 76 or 77 says so), or withdraw it: payers deny duplicates.",
)
NEVER_ADJUDICATED = Finding(
    "NEVER_ADJUDICATED",
    Outcome.HOLD,
    "2300/CLM05-3",
    "It replaces or voids a claim that was rejected before the payer filed it, so the payer knows no original.",
    "Send the corrected claim as a new original (frequency 1); if the payer does have one, release it.",
)
NEW_CLAIM_WANTED = Finding(
    "NEW_CLAIM_WANTED",
    Outcome.HOLD,
    "2300/CLM05-3",
    "The payer denied the claim that it replaces and asked for a new claim, not for a replacement.",
    "Send the corrected claim as a new original (frequency 1, without REF*F8).",
)
PAYER_NUMBER_OURS = Finding(
    "PAYER_NUMBER_OURS",
    Outcome.HOLD,
    "2300/REF02",
    "REF*F8 holds our own claim number (CLM01); the payer will not find the original.",
    "Enter the payer's claim number from the remittance (CLP07) and send the claim again.",
)
ORIGINAL_UNANSWERED = Finding(
    "ORIGINAL_UNANSWERED",
    Outcome.HOLD,
    "2300/REF02",
    "It replaces or voids a claim that the payer has not taken yet by any answer: REF*F8 is no number of it.",
    "Wait for the payer's 277CA or remittance; if its number is known from elsewhere, release it. What was not sent yet is"
    " withdrawn and sent corrected.",
)
PAYER_NUMBER_OTHER = Finding(
    "PAYER_NUMBER_OTHER",
    Outcome.WARN,
    "2300/REF02",
    "REF*F8 names another number than the payer gave the claim that this one replaces or voids.",
    "Compare REF*F8 with the payer's number on the latest remittance; with a wrong one it is denied (M47, N152).",
)
NEWER_VERSION = Finding(
    "NEWER_VERSION",
    Outcome.HOLD,
    "2300/CLM01",
    "A newer version of this claim came in; if both went, the payer would have it twice.",
    "Withdraw this one; or withdraw the newer one, and this one goes on.",
)
ORIGINAL_UNKNOWN = Finding(
    "ORIGINAL_UNKNOWN",
    Outcome.WARN,
    "2300/REF02",
    "Nothing here shows that the payer adjudicated the claim that this one replaces or voids.",
    "Compare REF*F8 with the payer's number on the remittance.",
)
PAYER_TAKES_NO_REPLACEMENT = Finding(
    "PAYER_TAKES_NO_REPLACEMENT",
    Outcome.HOLD,
    "2300/CLM05-3",
    "The claim is a replacement or void, and this payer takes none of claims of this kind (its declaration says so).",
    "Ask it for a reopening or an adjustment, or send a new original where it says so.",
)
MAY_HAVE_ARRIVED = Finding(
    "MAY_HAVE_ARRIVED",
    Outcome.HOLD,
    "",
    "An earlier transmission was given up in doubt; the payer may have this claim.",
    "Ask the payer whether it has the claim; then release or withdraw it.",
)


_OF_REPLACED: Mapping[Replaced | None, Finding] = {
    Replaced.NEVER_ADJUDICATED: NEVER_ADJUDICATED,
    Replaced.NEW_CLAIM_WANTED: NEW_CLAIM_WANTED,
    Replaced.OWN_NUMBER: PAYER_NUMBER_OURS,
    Replaced.OTHER_NUMBER: PAYER_NUMBER_OTHER,
    Replaced.UNANSWERED: ORIGINAL_UNANSWERED,
    Replaced.UNKNOWN: ORIGINAL_UNKNOWN,
}


def of_sending(case: Case, payer: Payer | None, lane: Lane | None) -> Iterator[Finding]:
    """Every objection, in the order in which people should see them."""
    position = case.claim.position or None
    if payer and not lane:
        named = ROUTE_MISSING.message.format(stage=stage_of(case.usage).value)
        yield replace(ROUTE_MISSING, message=named, segment=case.claim.payer_segment or None)
    if lane and not _accepts(lane.partner.accepts, case.version):
        yield VERSION_NOT_ACCEPTED
    if lane and too_large(weight := case.weight + lane.longest_id, lane.partner):
        sizes = f"up to {weight:,} bytes, of a file's {lane.partner.habits.largest_file:,}"
        yield replace(CLAIM_TOO_LARGE, evidence=sizes, segment=position)
    if payer and lane and not lane.id_of(payer.key, case.claim.payer_id):
        yield replace(PAYER_ID_OTHER, next_step=_id_step(payer, lane), segment=case.claim.payer_segment or None)
    if case.sent_before is not None:
        earlier = f"C{case.sent_before}"
        step = CHANGED_AFTER_SENDING.next_step.replace("CLAIM", earlier)
        yield replace(CHANGED_AFTER_SENDING, next_step=step, evidence=f"claim {earlier}", segment=position)
    if case.similar is not None:
        yield replace(SIMILAR_CLAIM, evidence=f"claim C{case.similar}", segment=position)
    if case.newer is not None:
        yield replace(NEWER_VERSION, evidence=f"claim C{case.newer}", segment=position)
    if case.replaces in _OF_REPLACED:
        yield replace(_OF_REPLACED[case.replaces], segment=position)
    if payer and case.claim.frequency in CORRECTING and case.claim.kind in payer.no_replacements:
        void = case.claim.frequency == VOID
        outcome = Outcome.WARN if void else PAYER_TAKES_NO_REPLACEMENT.outcome
        yield replace(PAYER_TAKES_NO_REPLACEMENT, outcome=outcome, segment=position)
    if case.may_have_arrived:
        yield MAY_HAVE_ARRIVED


def stage_of(usage: str) -> Stage:
    """The stage that an interchange of this ISA15 goes to."""
    return Stage.TEST if usage == "T" else Stage.PRODUCTION


def _id_step(payer: Payer, lane: Lane) -> str:
    """Which line to add, and where."""
    ids = lane.partner.payers.get(payer.key, ())
    if not ids:
        return PAYER_ID_OTHER.next_step
    which = f"{listed(ids, 'or')}: whichever is right" if len(ids) > 1 else ids[0]
    return (
        f'Add the line `payer_id = "{ids[0]}"` to the [[route]] of payer {payer.key} to partner {lane.partner.key} in'
        f" conf/routes.toml (the payer is {which} there) and restart the service: its claims go with that id. Or have the"
        " payer go by its other partner again; or, if this id is right there too, add it to the partner's payers."
    )


def _accepts(versions: Sequence[str], version: str) -> bool:
    """By X-number: any addendum suffix of an accepted guide is accepted."""
    return any(version[:10] == accepted[:10] for accepted in versions)

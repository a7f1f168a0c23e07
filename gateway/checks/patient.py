"""Checks of the patient: who it is beside the subscriber, what is known of him or her, and a life that fits the dates."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.checks.billing import is_zip
from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import DEPENDENT, SUBSCRIBER, element_of, of_claim, of_level, of_patient
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome

SELF = "18"
OLDEST = 120
"""Years. Nobody was much older."""

_PARTS = {"N3": "street", "N4": "city", "N402": "state", "N403": "ZIP code"}
_OF_CITY = frozenset({"N402", "N403"})
SEXES = frozenset({"F", "M", "U"})


def subscriber_is_patient(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A claim for a dependent, while the subscriber's level says that the subscriber is the patient. It only warns where
    the subscriber has claims of his own at that level: of those it says so rightly."""
    patient = claim.patient
    if not patient.dependent or patient.subscriber_relationship != SELF:
        return ()
    return [
        Finding(
            "SUBSCRIBER_IS_PATIENT",
            Outcome.WARN if patient.subscriber_billed else Outcome.HOLD,
            "2000B/SBR02",
            "The claim is for a dependent, but the subscriber is said to be the patient.",
            "Correct the subscriber's relationship, or bill the subscriber, and send the claim again.",
            segment=of_level(claim, SUBSCRIBER, "SBR"),
        )
    ]


def subscriber_not_patient(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A claim under the subscriber's level, which does not say that the subscriber is the patient."""
    patient = claim.patient
    if patient.dependent or patient.subscriber_relationship == SELF:
        return ()
    return [
        Finding(
            "SUBSCRIBER_NOT_PATIENT",
            Outcome.REJECT,
            "2000B/SBR02",
            "The claim is for the subscriber, who is not said to be the patient.",
            "Mark the subscriber as the patient, or bill the dependent, and send the claim again.",
            segment=of_level(claim, SUBSCRIBER, "SBR"),
        )
    ]


def subscriber_not_person(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An organization, as an employer in workers' compensation, is nobody's patient."""
    patient = claim.patient
    if patient.dependent or patient.subscriber_entity_type != "2":
        return ()
    return [
        Finding(
            "SUBSCRIBER_NOT_PERSON",
            Outcome.WARN,
            "2010BA/NM102",
            "The subscriber is an organization, and the patient at once.",
            "Bill the patient below the subscriber's level, or mark the subscriber as a person.",
            segment=of_patient(claim, "NM1"),
        )
    ]


def demographics_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Birth date and sex of the patient are stated."""
    if claim.patient.demographics:
        return ()
    return [
        Finding(
            "DEMOGRAPHICS_MISSING",
            Outcome.REJECT,
            f"{_loop(claim)}/DMG",
            "The patient's birth date and sex are missing.",
            "Enter both and send the claim again.",
            segment=of_patient(claim, "DMG"),
        )
    ]


def patient_address_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The guide asks for the patient's address; few payers do."""
    if claim.patient.address:
        return ()
    return [
        Finding(
            "PATIENT_ADDRESS_MISSING",
            Outcome.WARN,
            f"{_loop(claim)}/N3",
            "The patient's address is missing.",
            "Enter the address in the patient's record.",
            segment=of_patient(claim, "N3"),
        )
    ]


def patient_address_part_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An address in the United States has a state and a ZIP code; payers take one without a street, or without a city,
    more often than not."""
    lacks = claim.patient.address_lacks
    if not lacks:
        return ()
    return [
        Finding(
            "PATIENT_ADDRESS_PART_MISSING",
            Outcome.REJECT if lacks in _OF_CITY else Outcome.WARN,
            f"{_loop(claim)}/{lacks}",
            f"The patient's address has no {_PARTS[lacks]}.",
            "Enter all of the address and send the claim again.",
            segment=of_patient(claim, "N4" if lacks in _OF_CITY else "NM1"),
        )
    ]


def patient_zip_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Five digits or nine, and not all of them zeros. One that is not there is PATIENT_ADDRESS_PART_MISSING's."""
    if not claim.patient.zip or is_zip(claim.patient.zip):
        return ()
    return [
        Finding(
            "PATIENT_ZIP_INVALID",
            Outcome.REJECT,
            f"{_loop(claim)}/N403",
            "The ZIP code of the patient has neither five nor nine digits, or is all zeros.",
            "Enter the ZIP code of the patient's address without a dash and send the claim again.",
            segment=of_patient(claim, "N4"),
        )
    ]


def sex_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The guide knows F, M and U. Whoever has no demographics at all is DEMOGRAPHICS_MISSING's."""
    patient = claim.patient
    if patient.sex in SEXES or not patient.demographics:
        return ()
    return [
        Finding(
            "SEX_INVALID",
            Outcome.REJECT,
            f"{_loop(claim)}/DMG03",
            "The patient's sex is not F, M or U.",
            "Enter one of the three as the payer has it on file and send the claim again.",
            segment=of_patient(claim, "DMG"),
        )
    ]


def born_after_service(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Nobody is treated before birth; a newborn is on the day."""
    born = claim.patient.born
    if born is None or claim.first_day is None or born <= claim.first_day or claim.predetermination:
        return ()
    return [
        Finding(
            "BORN_AFTER_SERVICE",
            Outcome.REJECT,
            f"{_loop(claim)}/DMG02",
            "The patient was born after the date of service.",
            "Correct the birth date or the date of service and send the claim again.",
            segment=of_patient(claim, "DMG"),
        )
    ]


def age_impossible(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Nobody is older than 120 years: a century was mistyped."""
    born = claim.patient.born
    if born is None or claim.first_day is None or claim.first_day.year - born.year <= OLDEST:
        return ()
    return [
        Finding(
            "AGE_IMPOSSIBLE",
            Outcome.WARN,
            f"{_loop(claim)}/DMG02",
            "By the birth date the patient is older than anybody was.",
            "Check the year of the birth date.",
            segment=of_patient(claim, "DMG"),
        )
    ]


def service_after_death(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Some rental and disposal is billed after a patient's death, little else."""
    died = claim.patient.died
    if died is None or claim.last_day is None or claim.last_day <= died:
        return ()
    return [
        Finding(
            "SERVICE_AFTER_DEATH",
            Outcome.WARN,
            "2000C/PAT06" if claim.patient.dependent else "2000B/PAT06",
            "The patient died before the last date of service.",
            "Check both dates.",
            segment=of_level(claim, DEPENDENT if claim.patient.dependent else SUBSCRIBER, "PAT"),
        )
    ]


def died_before_birth(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A century, or the two dates, were mistyped."""
    born, died = claim.patient.born, claim.patient.died
    if born is None or died is None or died >= born:
        return ()
    return [
        Finding(
            "DIED_BEFORE_BIRTH",
            Outcome.REJECT,
            "2000C/PAT06" if claim.patient.dependent else "2000B/PAT06",
            "The patient died before birth.",
            "Correct the two dates and send the claim again.",
            segment=of_level(claim, DEPENDENT if claim.patient.dependent else SUBSCRIBER, "PAT"),
        )
    ]


def pregnancy_of_man(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Pregnancy (PAT09) and a last menstrual period (DTP*484) are told of women."""
    if claim.patient.sex != "M":
        return ()
    level, text = DEPENDENT if claim.patient.dependent else SUBSCRIBER, claim.text
    pat = (
        text is not None and text.delimiters.element + b"Y" in text.levels[level][1]
    )  # hardly ever: nothing else is cheaper
    if not (pat or claim.other_dates):
        return ()
    told = [other.segment for other in claim.other_dates if other.qualifier == "484"]
    place, segment = "2300/DTP01", next(iter(told), None)
    if segment is None and pat:
        told += [1] * (element_of(claim, level, "PAT", 9) == "Y")
        place, segment = f"2000{'C' if claim.patient.dependent else 'B'}/PAT09", of_level(claim, level, "PAT")
    if not told:
        return ()
    return [
        Finding(
            "PREGNANCY_OF_MAN",
            Outcome.HOLD,
            place,
            "The claim tells of a pregnancy or a last menstrual period, and the patient is male.",
            "Correct the patient's sex as the payer has it on file, or leave the other out, and send the claim again.",
            segment=segment or None,
        )
    ]


def accident_day_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Another insurer may have to pay for an accident, so payers ask for its day; 837I has codes of its own for it."""
    if not claim.accident_related or claim.accident_day or claim.kind is ClaimKind.INSTITUTIONAL:
        return ()
    return [
        Finding(
            "ACCIDENT_DATE_MISSING",
            Outcome.REJECT,
            "2300/DTP03",
            "The claim is said to be related to an accident, and its day is missing or no valid date.",
            "Enter the day of the accident and send the claim again.",
            segment=of_claim(claim, "DTP", "439"),
        )
    ]


def accident_state_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A car accident has its state (CLM11-4), for car insurance is a matter of the state."""
    if not claim.auto_accident or claim.accident_state:
        return ()
    return [
        Finding(
            "ACCIDENT_STATE_MISSING",
            Outcome.REJECT,
            "2300/CLM11",
            "The claim is said to be related to a car accident, and its state is missing.",
            "Enter the state in which the accident happened and send the claim again.",
            segment=claim.position,
        )
    ]


def _loop(claim: Claim) -> str:
    return "2010CA" if claim.patient.dependent else "2010BA"


CHECKS = (
    Check("SUBSCRIBER_IS_PATIENT", subscriber_is_patient, worst=Outcome.HOLD, once=True),
    Check("SUBSCRIBER_NOT_PATIENT", subscriber_not_patient, worst=Outcome.REJECT, once=True),
    Check("DEMOGRAPHICS_MISSING", demographics_missing, worst=Outcome.REJECT, once=True),
    Check("PATIENT_ADDRESS_MISSING", patient_address_missing, worst=Outcome.WARN, once=True),
    Check("PATIENT_ADDRESS_PART_MISSING", patient_address_part_missing, worst=Outcome.REJECT, once=True),
    Check("PATIENT_ZIP_INVALID", patient_zip_invalid, worst=Outcome.REJECT, once=True),
    Check("SEX_INVALID", sex_invalid, worst=Outcome.REJECT, once=True),
    Check("BORN_AFTER_SERVICE", born_after_service, worst=Outcome.REJECT, once=True),
    Check("AGE_IMPOSSIBLE", age_impossible, worst=Outcome.WARN, once=True),
    Check("SERVICE_AFTER_DEATH", service_after_death, worst=Outcome.WARN, once=True),
    Check("DIED_BEFORE_BIRTH", died_before_birth, worst=Outcome.REJECT, once=True),
    Check("PREGNANCY_OF_MAN", pregnancy_of_man, worst=Outcome.HOLD, once=True),
    Check("SUBSCRIBER_NOT_PERSON", subscriber_not_person, worst=Outcome.WARN, once=True),
    Check("ACCIDENT_DATE_MISSING", accident_day_missing, worst=Outcome.REJECT, once=True),
    Check("ACCIDENT_STATE_MISSING", accident_state_missing, worst=Outcome.REJECT, once=True),
)

"""What a biller reads for each code: an expectation with its reason, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gateway.enrollment.codes import Code
from gateway.model.claims import Outcome


class Words(NamedTuple):
    """How grave it is where no policy, exception or severity says otherwise, and the text: `{who}` is the provider's
    role."""

    outcome: Outcome
    message: str
    next_step: str = ""


PASS, WARN, HOLD, REJECT = Outcome.PASS, Outcome.WARN, Outcome.HOLD, Outcome.REJECT

_OF_LISTS = {
    Code.NPI_FOUND: Words(PASS, "NPPES shows every provider of the claim as active on the days of service."),
    Code.NPI_NOT_FOUND: Words(
        HOLD,
        "Expected to be denied because NPPES has no such NPI as the one of {who}.",
        "Look the NPI up in the NPPES registry: correct it, or load a newer NPPES file if it is new.",
    ),
    Code.NPI_UNCONFIRMED: Words(
        WARN,
        "The NPI of {who} is not in the NPPES file, but that file is older than 35 days.",
        "Load a newer NPPES file, or look the NPI up in the NPPES registry.",
    ),
    Code.NPI_DEACTIVATED: Words(
        HOLD,
        "Expected to be denied because the NPI of {who} was deactivated before the last day of service.",
        "Ask the provider: if it was reactivated load a newer NPPES file; else bill who really gave the service.",
    ),
    Code.NPI_DEACTIVATED_LATER: Words(
        WARN,
        "The NPI of {who} was deactivated after the days of service.",
        "Send the claim soon, and keep the provider off later ones.",
    ),
    Code.NPI_TYPE_DIFFERS: Words(
        WARN,
        "The claim calls {who} a person where NPPES has an organization, or the other way round.",
        "Compare NM102 and the NPI with the provider's NPPES record.",
    ),
    Code.NOT_EXCLUDED: Words(PASS, "No exclusion of a provider of the claim is in force on the days of service."),
    Code.EXCLUDED: Words(
        HOLD,
        "Expected to be denied because {who} is excluded from federal programs on a day of service.",
        "Give it to compliance: two people must decide. No deadline releases it.",
    ),
    Code.EXCLUDED_FEDERAL: Words(
        REJECT,
        "A federal program pays for nothing that an excluded provider bills, renders or orders, and {who} is excluded.",
        "Give it to compliance. Do not bill this service under another provider.",
    ),
    Code.EXCLUDED_WAIVER: Words(
        HOLD,
        "Expected to be denied because {who} is excluded, unless the waiver on the list covers this service.",
        "Give it to compliance: compare the waiver's state and scope. No deadline releases it.",
    ),
    Code.EXCLUSION_NAME: Words(
        WARN,
        "Somebody of the same name as {who} is on an exclusion list that shows no NPI.",
        "Compare birth date and address with the list's entry, and note the result.",
    ),
    Code.NOT_OPTED_OUT: Words(PASS, "Nobody who bills or renders has opted out of Medicare on the days of service."),
    Code.OPTED_OUT: Words(
        REJECT,
        "Medicare pays nothing because {who} has opted out of it on a day of service.",
        "Bill the patient by the private contract; only an emergency is billed to Medicare.",
    ),
    Code.MEDICARE_AGREES: Words(PASS, "Medicare's public enrollment file lists {who}, as the records say."),
    Code.MEDICARE_UNLISTED: Words(
        WARN,
        "The records show {who} enrolled, but Medicare's public enrollment file does not list this NPI.",
        "Look in PECOS. The public file lags up to a quarter behind, so a new enrollment may be missing from it.",
    ),
    Code.MEDICARE_REVOKED: Words(
        HOLD,
        "Expected to be denied because Medicare's file says that it revoked {who} before the last day of service.",
        "Decide: show the reinstatement and release the claim, or withdraw it and settle the charge.",
    ),
    Code.MEDICARE_REVALIDATION_DUE: Words(
        WARN,
        "Medicare's list says that the revalidation of {who} was due and is not done.",
        "Revalidate in PECOS now: services in a gap are never payable.",
    ),
    Code.ORDER_LISTED: Words(PASS, "Medicare's list allows {who} to order or refer this."),
    Code.ORDER_NOT_LISTED: Words(
        HOLD,
        "Expected to be denied because Medicare's list does not allow {who} to order or refer this kind of item.",
        "Correct the NPI, or have that provider enroll in PECOS to order and refer.",
    ),
    Code.ORDER_UNCHECKED: Words(
        WARN,
        "Medicare's list does not name {who} for this; the service is not one that Medicare checks by it.",
        "Check the NPI; for laboratory, imaging, equipment or home health it would be denied.",
    ),
    Code.ORDER_NAME_DIFFERS: Words(
        WARN,
        "Medicare's list and the records spell the name of {who} differently.",
        "Put the name on the claim as Medicare's list has it.",
    ),
}

_OF_RECORDS = {
    Code.OK: Words(PASS, "The records show {who} enrolled with this payer on every day of service."),
    Code.LISTED: Words(PASS, "Medicare's public enrollment file lists {who}; there is no record of our own."),
    Code.LINKED: Words(PASS, "The records link {who} on every day of service."),
    Code.VOID: Words(PASS, "A void takes a claim back, so it is never held for enrollment."),
    Code.AGREEMENT: Words(PASS, "A recorded agreement with this payer on this case covers {who}; the claim names it."),
    Code.EVIDENCE_OLD: Words(
        WARN,
        "The records show {who} enrolled, but nobody has looked at the source for more than 180 days.",
        "Look again in the payer's portal or roster and record what it says.",
    ),
    Code.RECREDENTIALING_DUE: Words(
        WARN,
        "The recredentialing of {who} was due after the days of service, and no record says that it was done.",
        "Record the payer's decision with its day, or the end of the enrollment.",
    ),
    Code.RECREDENTIALING_OVER: Words(
        HOLD,
        "Expected to be denied because the recredentialing of {who} was due before the last day of service, and no record"
        " says that it was done.",
        "Record the payer's decision with its day, or the end of the enrollment.",
    ),
    Code.REVALIDATION_DUE: Words(
        WARN,
        "The records show {who} enrolled, but the payer waits for a revalidation.",
        "Send it before the payer ends the enrollment.",
    ),
    Code.LOAD_EXPECTED: Words(
        WARN,
        "The payer approved {who} and was to have loaded it by now; nobody has recorded that it did.",
        "Look in the payer's portal and record the enrollment as active.",
    ),
    Code.RETRO_ASSUMED: Words(
        WARN,
        "Only the 30 days that Medicare usually allows before the effective date cover {who}; no record says so.",
        "Record the retrospective billing date. If the letter's date is that date already, enter it as both.",
    ),
    Code.LIST_OLD: Words(
        WARN,
        "Only Medicare's public enrollment file knows {who}, and that file is older than a quarter.",
        "Load a newer file, or record the enrollment with its dates.",
    ),
    Code.LINK_UNDATED: Words(
        WARN,
        "The link of {who} is known, but not since when.",
        "Find the dates in the payer's portal and record them.",
    ),
    Code.OUT_OF_NETWORK_BILLABLE: Words(
        WARN,
        "The records show {who} out of network on some day of service; this payer can be billed all the same.",
        "Expect out-of-network payment, and check what the patient was told.",
    ),
    Code.UNKNOWN: Words(
        HOLD,
        "Expected to be denied because no record says that {who} is enrolled with this payer on the date of service.",
        "Ask the payer or look in its portal, then record the enrollment with its dates.",
    ),
    Code.PENDING: Words(
        HOLD,
        "Expected to be denied because the payer has not completed the enrollment of {who}.",
        "Follow up the application; record the approval with its effective date when it comes.",
    ),
    Code.UNDATED: Words(
        HOLD,
        "Expected to be denied because the record for {who} has no usable effective dates.",
        "Find the effective date in the approval letter or the payer's portal and record it.",
    ),
    Code.OTHER_BUSINESS: Words(
        HOLD,
        "Expected to be denied because the records show {who} enrolled only for another line of business.",
        "Check SBR09 on the claim, or have the payer add this line of business and record it.",
    ),
    Code.NOT_LINKED: Words(
        HOLD,
        "Expected to be denied because the payer knows {who} only under another tax id or billing NPI.",
        "Ask the payer to add the link, or record it if it is already there.",
    ),
    Code.LINK_OTHER_DAYS: Words(
        HOLD,
        "Expected to be denied because the records link {who} on other days than those of the service.",
        "Decide: correct the dates of the link, or withdraw the claim and settle the charge.",
    ),
    Code.NO_DATE: Words(
        HOLD,
        "Without a valid date of service nobody can tell whether {who} was enrolled on it.",
        "Correct the date of service and send the claim again.",
    ),
    Code.SPLIT_NEEDED: Words(
        HOLD,
        "Expected to be denied because the records show {who} enrolled on some days of service and not on others.",
        "Split the service at the day the enrollment changes and send the parts as lines or claims of their own.",
    ),
    Code.STARTS_LATER: Words(
        HOLD,
        "Expected to be denied because the enrollment of {who} starts after the date of service.",
        "Decide: ask the payer for an earlier effective date, or withdraw the claim and settle the charge.",
    ),
    Code.ENDED: Words(
        HOLD,
        "Expected to be denied because the enrollment of {who} ended or was suspended before the last day of service.",
        "Decide: have the payer reinstate it for that day, or withdraw the claim and settle the charge.",
    ),
    Code.DENIED: Words(
        HOLD,
        "Expected to be denied because the payer turned down the enrollment of {who}.",
        "Decide now: appeal the payer's decision, or withdraw the claim and settle the charge.",
    ),
    Code.OUT_OF_NETWORK: Words(
        HOLD,
        "Expected to be denied because {who} is out of network and this payer is not billed out of network.",
        "Decide: ask the payer for an agreement on this case, or withdraw the claim and settle the charge.",
    ),
    Code.IN_QUESTION: Words(
        HOLD,
        "Expected to be denied because an answer of this payer contradicts the records about {who}.",
        "Accept or dismiss the correction: `gateway proposals` shows the answer beside the records.",
    ),
    Code.SUBSTITUTE_LONG: Words(
        WARN,
        "A substitute has done the work of {who} for more than 60 days without a break.",
        "Enroll the substitute and bill under that name; after 60 days the modifier covers it no more.",
    ),
    Code.PROVIDER_KNOWN: Words(PASS, "The records know {who} on every day of service."),
    Code.PROVIDER_UNKNOWN: Words(
        WARN,
        "No record shows {who} enrolled with this payer on the day of service.",
        "Record the enrollment if there is one; some payers deny for it.",
    ),
    Code.ATTENDING_UNKNOWN: Words(
        HOLD,
        "Expected to be denied because Medicare must know {who} of home health or hospice, and no record or list does.",
        "Correct the NPI, or record the enrollment or opt-out of the certifying physician.",
    ),
    Code.LOCATION_OK: Words(PASS, "The payer has this place of service on file for {who}."),
    Code.LOCATION_DIFFERS: Words(
        HOLD,
        "Expected to be denied because the payer has {who} on file only at other places of service.",
        "Ask the payer to add the place, or record it if it is already there.",
    ),
    Code.TAXONOMY_OK: Words(PASS, "The taxonomy on the claim is one that is on file for {who}."),
    Code.TAXONOMY_DIFFERS: Words(
        HOLD,
        "Expected to be denied because the taxonomy on the claim is not one that is on file for {who}.",
        "Correct the taxonomy on the claim, or have the payer add it and record it.",
    ),
    Code.LICENCE_VALID: Words(PASS, "The records show a licence of {who} valid on the days of service."),
    Code.LICENCE_EXPIRED: Words(
        HOLD,
        "Expected to be denied because the last licence on record of {who} ran out before the last day of service.",
        "Record the renewed licence; if there is none, withdraw the claim.",
    ),
    Code.LICENCE_EXPIRING: Words(
        WARN,
        "The licence of {who} runs out within 30 days of the service.",
        "Renew it, and record the new date.",
    ),
    Code.DEA_EXPIRED: Words(
        WARN,
        "The DEA registration of {who} ran out before the last day of service.",
        "Renew it, and record the new date.",
    ),
    Code.EDI_AGREED: Words(PASS, "The payer takes electronic claims of {who} from our submitter id."),
    Code.EDI_MISSING: Words(
        HOLD,
        "Expected to be denied because no agreement on record lets our submitter id send electronic claims for {who}.",
        "Enroll this billing NPI with the payer for electronic claims, then record the agreement.",
    ),
    Code.ERA_AGREED: Words(PASS, "The payer sends electronic remittances of {who}."),
    Code.ERA_MISSING: Words(
        WARN,
        "No agreement on record has the payer send electronic remittances of {who}: expect paper.",
        "Enroll this billing NPI with the payer for electronic remittances.",
    ),
}

WORDS: Mapping[Code, Words] = {**_OF_LISTS, **_OF_RECORDS}

"""What the gate can say about an enrollment: the codes of its findings, and what kind of word each is."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Stable codes of findings, row by row of the decision table. A site may change the severity of each."""

    # 3: does the NPI exist?
    NPI_FOUND = "NPI_FOUND"
    NPI_NOT_FOUND = "NPI_NOT_FOUND"
    NPI_UNCONFIRMED = "NPI_UNCONFIRMED"
    NPI_DEACTIVATED = "NPI_DEACTIVATED"
    NPI_DEACTIVATED_LATER = "NPI_DEACTIVATED_LATER"
    NPI_TYPE_DIFFERS = "NPI_TYPE_DIFFERS"
    # 4: exclusions, 5: Medicare opt-out
    NOT_EXCLUDED = "NOT_EXCLUDED"
    EXCLUDED = "EXCLUDED"
    EXCLUDED_FEDERAL = "EXCLUDED_FEDERAL"
    EXCLUDED_WAIVER = "EXCLUDED_WAIVER"
    EXCLUSION_NAME = "EXCLUSION_NAME"
    NOT_OPTED_OUT = "NOT_OPTED_OUT"
    OPTED_OUT = "OPTED_OUT"
    # 6 to 8: enrolled on the day, and under this billing provider
    OK = "ENROLLMENT_OK"
    LISTED = "ENROLLMENT_LISTED"
    LINKED = "ENROLLMENT_LINKED"
    VOID = "ENROLLMENT_VOID"
    EVIDENCE_OLD = "ENROLLMENT_EVIDENCE_OLD"
    REVALIDATION_DUE = "ENROLLMENT_REVALIDATION_DUE"
    LOAD_EXPECTED = "ENROLLMENT_LOAD_EXPECTED"
    RETRO_ASSUMED = "ENROLLMENT_RETRO_ASSUMED"
    LIST_OLD = "ENROLLMENT_LIST_OLD"
    LINK_UNDATED = "ENROLLMENT_LINK_UNDATED"
    OUT_OF_NETWORK_BILLABLE = "OUT_OF_NETWORK_BILLABLE"
    AGREEMENT = "SINGLE_CASE_AGREEMENT"
    UNKNOWN = "ENROLLMENT_UNKNOWN"
    PENDING = "ENROLLMENT_PENDING"
    UNDATED = "ENROLLMENT_UNDATED"
    OTHER_BUSINESS = "ENROLLMENT_OTHER_BUSINESS"
    NOT_LINKED = "ENROLLMENT_NOT_LINKED"
    LINK_OTHER_DAYS = "ENROLLMENT_LINK_OTHER_DAYS"
    NO_DATE = "ENROLLMENT_NO_DATE"
    SPLIT_NEEDED = "ENROLLMENT_SPLIT_NEEDED"
    STARTS_LATER = "ENROLLMENT_STARTS_LATER"
    ENDED = "ENROLLMENT_ENDED"
    DENIED = "ENROLLMENT_DENIED"
    OUT_OF_NETWORK = "OUT_OF_NETWORK"
    IN_QUESTION = "ENROLLMENT_IN_QUESTION"
    SUBSTITUTE_LONG = "SUBSTITUTE_OVER_60_DAYS"
    # 9: Medicare's file against the roster
    MEDICARE_AGREES = "MEDICARE_FILE_AGREES"
    MEDICARE_UNLISTED = "MEDICARE_FILE_UNLISTED"
    MEDICARE_REVOKED = "MEDICARE_REVOKED"
    MEDICARE_REVALIDATION_DUE = "MEDICARE_REVALIDATION_DUE"
    # 10: who ordered or referred, 11: who supervised or attended
    ORDER_LISTED = "ORDER_REFER_LISTED"
    ORDER_NOT_LISTED = "ORDER_REFER_NOT_LISTED"
    ORDER_UNCHECKED = "ORDER_REFER_NOT_LISTED_HERE"
    ORDER_NAME_DIFFERS = "ORDER_REFER_NAME_DIFFERS"
    PROVIDER_KNOWN = "PROVIDER_KNOWN"
    PROVIDER_UNKNOWN = "PROVIDER_UNKNOWN"
    ATTENDING_UNKNOWN = "ATTENDING_UNKNOWN"
    # 12: location and taxonomy, 13: licence and DEA
    LOCATION_OK = "LOCATION_OK"
    LOCATION_DIFFERS = "LOCATION_DIFFERS"
    TAXONOMY_OK = "TAXONOMY_OK"
    TAXONOMY_DIFFERS = "TAXONOMY_DIFFERS"
    LICENCE_VALID = "LICENCE_VALID"
    LICENCE_EXPIRED = "LICENCE_EXPIRED"
    LICENCE_EXPIRING = "LICENCE_EXPIRING"
    DEA_EXPIRED = "DEA_EXPIRED"
    # 14 and 15: files and remittances
    EDI_AGREED = "EDI_AGREED"
    EDI_MISSING = "EDI_NOT_AGREED"
    ERA_AGREED = "ERA_AGREED"
    ERA_MISSING = "ERA_NOT_AGREED"


EXCLUSIONS = frozenset({Code.EXCLUDED, Code.EXCLUDED_FEDERAL, Code.EXCLUDED_WAIVER})
"""An exclusion is compliance's work: no deadline and no single person lets such a claim go."""

NEEDS_DECISION = EXCLUSIONS | frozenset(
    {
        Code.SPLIT_NEEDED,
        Code.STARTS_LATER,
        Code.ENDED,
        Code.DENIED,
        Code.OUT_OF_NETWORK,
        Code.LINK_OTHER_DAYS,
        Code.MEDICARE_REVOKED,
        Code.NPI_DEACTIVATED,
    }
)
"""Never payable as the records stand: waiting changes nothing, a person must decide. Every other hold is "not yet"."""

NOT_KNOWN = frozenset(
    {
        Code.UNKNOWN,
        Code.NPI_NOT_FOUND,
        Code.ORDER_NOT_LISTED,
        Code.ATTENDING_UNKNOWN,
        Code.EDI_MISSING,
        Code.ERA_MISSING,
    }
)
"""What is merely not known: a learning payer's claims are not held for it."""

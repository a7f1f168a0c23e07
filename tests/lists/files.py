"""Small files of public lists about fictional people, with the published columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from gateway.testing.nppes import NPPES_COLUMNS, nppes_row, quoted

Row = Mapping[str, str]

LEIE = (
    "LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,GENERAL,SPECIALTY,UPIN,NPI,DOB,ADDRESS,CITY,STATE,ZIP,EXCLTYPE,EXCLDATE,REINDATE,"
    "WAIVERDATE,WVRSTATE"
)
SAM = (
    "Classification,Name,Prefix,First,Middle,Last,Suffix,Address 1,Address 2,Address 3,Address 4,City,State / Province,"
    "Country,Zip Code,Open Data Flag,Blank (Deprecated),Unique Entity ID,Exclusion Program,Excluding Agency,CT Code,"
    "Exclusion Type,Additional Comments,Active Date,Termination Date,Record Status,Cross-Reference,SAM Number,CAGE,NPI,"
    "Creation_Date"
)
ORDER_REFER = "NPI,LAST_NAME,FIRST_NAME,PARTB,DME,HHA,PMD,HOSPICE"
OPT_OUT = (
    "First Name,Last Name,NPI,Specialty,Optout Effective Date,Optout End Date,First Line Street Address,City Name,"
    "State Code,Zip code,Eligible to Order and Refer,Last updated"
)
REVALIDATION = (
    "Enrollment ID,National Provider Identifier,First Name,Last Name,Organization Name,Enrollment State Code,"
    "Enrollment Type,Provider Type Text,Enrollment Specialty,Revalidation Due Date,Adjusted Due Date,"
    "Individual Total Reassign To,Receiving Benefits Reassignment"
)
REASSIGNMENT = (
    "Group PAC ID,Group Enrollment ID,Group Legal Business Name,Group State Code,Group Due Date,"
    "Group Reassignments and Physician Assistants,Record Type,Individual PAC ID,Individual Enrollment ID,Individual NPI,"
    "Individual First Name,Individual Last Name,Individual State Code,Individual Specialty Description,"
    "Individual Due Date,Individual Total Employer Associations"
)
PPEF = (
    "NPI,MULTIPLE_NPI_FLAG,PECOS_ASCT_CNTL_ID,ENRLMT_ID,PROVIDER_TYPE_CD,PROVIDER_TYPE_DESC,STATE_CD,FIRST_NAME,MDL_NAME,"
    "LAST_NAME,ORG_NAME"
)
PPEF_REASSIGNMENT = "REASGN_BNFT_ENRLMT_ID,RCV_BNFT_ENRLMT_ID"
REVOKED = (
    "ENRLMT_ID,NPI,FIRST_NAME,MDL_NAME,LAST_NAME,ORG_NAME,MULTIPLE_NPI_FLAG,STATE_CD,PROVIDER_TYPE_DESC,REVOCATION_RSN,"
    "REVOCATION_EFCTV_DT,REENROLLMENT_BAR_EXPRTN_DT"
)
TAXONOMY = "Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section"


def text(columns: str, rows: Sequence[Row]) -> str:
    """A CSV file with these columns, named with commas between; what a row does not say is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns.split(","), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def leie(*rows: Row) -> str:
    """An LEIE file; a row without an NPI has ten zeros, as the published one, and no reinstatement or waiver."""
    blank = {"NPI": "0000000000", "EXCLDATE": "20200101", "REINDATE": "00000000", "WAIVERDATE": "00000000",
             "EXCLTYPE": "1128a1", "DOB": "19600101"}  # fmt: skip
    return text(LEIE, [{**blank, **row} for row in rows])


def nppes(*rows: dict[str, str]) -> str:
    """An NPPES file as published; each row is its NPI under `npi` and values by column."""
    return "\n".join([quoted(list(NPPES_COLUMNS)), *(quoted(nppes_row(**row)) for row in rows)]) + "\n"


def person(npi: str, last: str = "ROE", first: str = "JANE", state: str = "OH", **more: str) -> dict[str, str]:
    """A person's row for `nppes`."""
    return {
        "npi": npi,
        "entity_type_code": "1",
        "provider_last_name_legal_name": last,
        "provider_first_name": first,
        "provider_business_practice_location_address_state_name": state,
        **more,
    }

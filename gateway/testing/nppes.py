"""NPPES files of fictional providers with all 330 columns of the published layout, at any size."""

from __future__ import annotations

from collections.abc import Iterator

_PEOPLE = ("ROE", "DOE", "MILLER", "GARCIA", "O'BRIEN", "VAN DYKE", "LEE", "SMITH-JONES")
_GIVEN = ("JANE", "JOHN", "MARIA", "WEI", "OMAR", "ANNA")
_CODES = ("207Q00000X", "208D00000X", "363L00000X", "225100000X", "1041C0700X")
_STATES = ("OH", "IA", "IL", "TX", "NY")


def _address(kind: str) -> list[str]:
    begin = f"Provider Business {kind} Address"
    return [
        f"Provider First Line Business {kind} Address",
        f"Provider Second Line Business {kind} Address",
        *(f"{begin} {part}" for part in ("City Name", "State Name", "Postal Code", "Country Code (If outside U.S.)")),
        *(f"{begin} {part}" for part in ("Telephone Number", "Fax Number")),
    ]


def _columns() -> list[str]:
    official = "Authorized Official"
    names = ("Last Name", "First Name", "Middle Name", "Name Prefix Text", "Name Suffix Text", "Credential Text")
    return [
        "NPI",
        "Entity Type Code",
        "Replacement NPI",
        "Employer Identification Number (EIN)",
        "Provider Organization Name (Legal Business Name)",
        "Provider Last Name (Legal Name)",
        *(f"Provider {name}" for name in names[1:]),
        "Provider Other Organization Name",
        "Provider Other Organization Name Type Code",
        *(f"Provider Other {name}" for name in names),
        "Provider Other Last Name Type Code",
        *_address("Mailing"),
        *_address("Practice Location"),
        "Provider Enumeration Date",
        "Last Update Date",
        "NPI Deactivation Reason Code",
        "NPI Deactivation Date",
        "NPI Reactivation Date",
        "Provider Sex Code",
        *(f"{official} {part}" for part in ("Last Name", "First Name", "Middle Name", "Title or Position")),
        f"{official} Telephone Number",
        *(
            name
            for n in range(1, 16)
            for name in (
                f"Healthcare Provider Taxonomy Code_{n}",
                f"Provider License Number_{n}",
                f"Provider License Number State Code_{n}",
                f"Healthcare Provider Primary Taxonomy Switch_{n}",
            )
        ),
        *(
            f"Other Provider Identifier{part}_{n}"
            for n in range(1, 51)
            for part in ("", " Type Code", " State", " Issuer")
        ),
        "Is Sole Proprietor",
        "Is Organization Subpart",
        "Parent Organization LBN",
        "Parent Organization TIN",
        *(f"{official} {part}" for part in ("Name Prefix Text", "Name Suffix Text", "Credential Text")),
        *(f"Healthcare Provider Taxonomy Group_{n}" for n in range(1, 16)),
        "Certification Date",
    ]


NPPES_COLUMNS = tuple(_columns())
_AT = {name: place for place, name in enumerate(NPPES_COLUMNS)}


def nppes_row(npi: str, **values: str) -> list[str]:
    """One row by column, empty but for the NPI and these values; a column is named by its words joined with `_`."""
    row = [""] * len(NPPES_COLUMNS)
    row[0] = npi
    known = {_word(name): place for name, place in _AT.items()}
    for name, value in values.items():
        row[known[name.lower()]] = value
    return row


def _word(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name).lower().split())


def quoted(row: list[str]) -> str:
    """A line as NPPES writes it: every value in quotes."""
    return ",".join('"' + value.replace('"', '""') + '"' for value in row)


def nppes_lines(rows: int, first: int = 2_000_000_000) -> Iterator[str]:
    """A header and that many rows: people and organizations, some of them deactivated, as full as real ones. Their NPIs
    count up from `first` in steps, as though in the order of enumeration; their check digits are of no account."""
    yield quoted(list(NPPES_COLUMNS))
    for number in range(rows):
        yield quoted(_filled(number, first))


def _filled(number: int, first: int) -> list[str]:
    row = [""] * len(NPPES_COLUMNS)
    row[0] = str(first + number * 7919 % 900_000_000)
    if number % 40 == 39:
        row[_AT["NPI Deactivation Date"]] = "03/14/2019"
        return row
    organization = number % 5 == 4
    row[1] = "2" if organization else "1"
    if organization:
        row[4] = f"CEDAR {_PEOPLE[number % 8]} CLINIC {number % 977}, INC."
    else:
        row[5], row[6], row[10] = f"{_PEOPLE[number % 8]}{number % 1009}", _GIVEN[number % 6], "MD"
    for begin in (20, 28):
        row[begin], row[begin + 2], row[begin + 3] = f"{number % 9000} MAIN ST", "CEDAR FALLS", _STATES[number % 5]
        row[begin + 4], row[begin + 5], row[begin + 6] = "506130000", "US", "5555550100"
    row[36], row[37] = f"{number % 12 + 1:02}/{number % 28 + 1:02}/2007", "07/08/2020"
    for taxonomy in range(1 if number % 8 else 3):
        place = 47 + 4 * taxonomy
        row[place : place + 4] = _CODES[(number + taxonomy) % 5], f"L{number % 99991}", "OH", "N" if taxonomy else "Y"
    row[107], row[108], row[307], row[329] = f"00{number % 997}", "05", "N", "07/08/2020"
    return row

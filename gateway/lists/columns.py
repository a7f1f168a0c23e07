"""The columns of each list that the gate needs, and where they stand in a file that orders and spells them its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.errors import Malformed
from gateway.model.lists import ListKind

MOST_TITLE_ROWS = 10
"""So many rows may stand above the one that names the columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column by its name, in every spelling. One that is not `needed` may be missing, and is empty then."""

    names: tuple[str, ...]
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one list, in the order in which its rows are read. The first `head` of them are filled in nearly
    every row, those behind them seldom."""

    columns: tuple[Column, ...]
    head: int = 0


def _needed(*names: str) -> tuple[Column, ...]:
    return tuple(Column(tuple(name.split("|"))) for name in names)


def _maybe(*names: str) -> tuple[Column, ...]:
    return tuple(Column(tuple(name.split("|")), needed=False) for name in names)


def _taxonomies(number: int) -> tuple[Column, ...]:
    wanted = _needed if number == 1 else _maybe
    return wanted(
        f"Healthcare Provider Taxonomy Code_{number}", f"Healthcare Provider Primary Taxonomy Switch_{number}"
    )


_NPPES = Layout(
    (
        *_needed("NPI", "Entity Type Code", "Provider Organization Name (Legal Business Name)"),
        *_needed("Provider Last Name (Legal Name)", "Provider First Name"),
        *_needed("Provider Business Practice Location Address State Name"),
        *_needed("NPI Deactivation Date", "NPI Reactivation Date"),
        *(column for number in range(1, 16) for column in _taxonomies(number)),
    ),
    head=10,
)

LAYOUTS: Mapping[ListKind, Layout] = {
    ListKind.NPPES: _NPPES,
    ListKind.NPPES_WEEKLY: _NPPES,
    ListKind.NPPES_DEACTIVATED: Layout(_needed("NPI", "NPPES Deactivation Date|NPI Deactivation Date")),
    ListKind.LEIE: Layout(
        _needed("LASTNAME", "FIRSTNAME", "BUSNAME", "NPI", "STATE", "EXCLTYPE", "EXCLDATE", "REINDATE", "WAIVERDATE")
        + _maybe("WVRSTATE|WAIVERSTATE")
    ),
    ListKind.SAM: Layout(
        _needed("Classification", "Name", "First", "Last", "State / Province", "Excluding Agency", "Exclusion Type")
        + _needed("Active Date", "Termination Date", "NPI")
    ),
    ListKind.ORDER_REFER: Layout(
        _needed("NPI", "LAST_NAME", "FIRST_NAME", "PARTB", "DME", "HHA") + _maybe("PMD", "HOSPICE")
    ),
    ListKind.OPT_OUT: Layout(
        _needed("NPI", "Optout Effective Date", "Optout End Date") + _maybe("Eligible to Order and Refer")
    ),
    ListKind.REVALIDATION: Layout(
        _needed("National Provider Identifier|NPI", "Revalidation Due Date|Due Date") + _maybe("Adjusted Due Date")
    ),
    ListKind.REASSIGNMENT: Layout(
        _needed("Individual NPI", "Individual Enrollment ID", "Group Enrollment ID")
        + _maybe("Individual State Code", "Individual Specialty Description")
    ),
    ListKind.PPEF: Layout(_needed("NPI", "ENRLMT_ID", "PROVIDER_TYPE_DESC", "STATE_CD")),
    ListKind.PPEF_REASSIGNMENT: Layout(_needed("REASGN_BNFT_ENRLMT_ID", "RCV_BNFT_ENRLMT_ID")),
    ListKind.REVOKED: Layout(_needed("NPI", "REVOCATION_EFCTV_DT|Revocation Effective Date")),
    ListKind.TAXONOMY: Layout(_needed("Code", "Classification") + _maybe("Specialization", "Display Name")),
}


def places(kind: ListKind, header: Sequence[str]) -> tuple[int, ...]:
    """Where each column of the list's layout stands under this header; -1 for one that may be missing and is.

    Raises Malformed LIST_COLUMNS naming those that may not be missing.
    """
    at = {_plain(name): index for index, name in reversed(list(enumerate(header)))}
    found = [
        next((at[_plain(name)] for name in column.names if _plain(name) in at), -1) for column in LAYOUTS[kind].columns
    ]
    missing = [
        column.names[0]
        for column, index in zip(LAYOUTS[kind].columns, found, strict=True)
        if index < 0 and column.needed
    ]
    if missing:
        raise Malformed(
            f"the file is no {kind.value} list: it has no column {', '.join(missing)}",
            code="LIST_COLUMNS",
            next_step="Check that it is the file you mean, unchanged as it was downloaded, and its kind the right one.",
        )
    return tuple(found)


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())

"""What was ordered: the kinds of items that Medicare pays only where its Order and Referring list names who ordered."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from gateway.model.claims import Claim, ClaimKind, ServiceLine
from gateway.model.lists import OrderRefer

# The first two digits of the bill types.
_HOME_HEALTH, _HOSPICE = frozenset({"32", "33", "34"}), frozenset({"81", "82"})

# The modifier of reading an image only: nobody checks who ordered that.
_PROFESSIONAL_COMPONENT = "26"


class Item(StrEnum):
    """What kind of item a line is, by its procedure code or bill type."""

    EQUIPMENT = "equipment"
    POWER_MOBILITY = "power mobility"
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    HOME_HEALTH = "home health"
    HOSPICE = "hospice"
    OTHER = "other"


def item_of(claim: Claim, line: ServiceLine | None) -> Item:
    """Of one line, or of a whole institutional claim."""
    if claim.kind is ClaimKind.INSTITUTIONAL:
        facility = claim.place_of_service[:2]
        return Item.HOME_HEALTH if facility in _HOME_HEALTH else Item.HOSPICE if facility in _HOSPICE else Item.OTHER
    if line is None:
        return Item.OTHER
    item = _of_procedure(line.procedure)
    return Item.OTHER if item is Item.IMAGING and _PROFESSIONAL_COMPONENT in line.modifiers else item


def may_order(listed: OrderRefer, item: Item) -> bool:
    """Whether the list has the column of this item marked."""
    match item:
        case Item.EQUIPMENT:
            return listed.dme
        case Item.POWER_MOBILITY:
            return listed.power_mobility
        case Item.HOME_HEALTH:
            return listed.home_health
        case Item.HOSPICE:
            return listed.hospice
        case _:
            return listed.part_b


@lru_cache(maxsize=4096)
def _of_procedure(code: str) -> Item:
    """HCPCS level II by its letter, CPT by its section."""
    if len(code) != 5:
        return Item.OTHER
    if "K0800" <= code <= "K0899":
        return Item.POWER_MOBILITY
    if code[0] in "EKL" or "A4206" <= code <= "A8999" or "B4034" <= code <= "B9999":
        return Item.EQUIPMENT
    if code[0] == "P" or "80047" <= code <= "89398" or (code[:4].isdecimal() and code[4] == "U"):
        return Item.LABORATORY
    return Item.IMAGING if "70010" <= code <= "79999" else Item.OTHER

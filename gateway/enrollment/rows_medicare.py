"""Rows 9 and 10: Medicare's own files against the records, and whether who ordered may order. Of Medicare's claims only."""

from __future__ import annotations

from gateway.enrollment.case import Ask, Verdict
from gateway.enrollment.codes import Code
from gateway.enrollment.coverage import coverage
from gateway.enrollment.spans import overlap
from gateway.items import Item, may_order
from gateway.model.enrollment import EnrollmentKind
from gateway.model.lists import Generation, ListKind, OrderRefer

# What Medicare denies where the list does not allow the one who ordered it.
_CHECKED = frozenset(Item) - {Item.OTHER}


def not_revoked(ask: Ask) -> Verdict | None:
    """Row 9. Medicare's list does not have the provider revoked by the last day of service."""
    edition, since = ask.case.loaded.get(ListKind.REVOKED), ask.listed.revoked_on
    return (Code.MEDICARE_REVOKED, (edition,)) if edition and since and since <= ask.days.last else None


def medicare_agrees(ask: Ask) -> Verdict | None:
    """Row 9. Whom the records show enrolled is in Medicare's public file too, which lags up to a quarter."""
    edition = ask.case.loaded.get(ListKind.PPEF)
    if edition is None or not ask.standing.best.releases:
        return None
    return Code.MEDICARE_AGREES if ask.listed.medicare else Code.MEDICARE_UNLISTED, (edition,)


def medicare_revalidated(ask: Ask) -> Verdict | None:
    """Row 9. The due date of Medicare's list of revalidations has not passed."""
    edition, due = ask.case.loaded.get(ListKind.REVALIDATION), ask.listed.revalidation_due
    return (Code.MEDICARE_REVALIDATION_DUE, (edition,)) if edition and due and due < ask.case.today else None


def may_order_or_refer(ask: Ask) -> Verdict | None:
    """Row 10. Who ordered or referred is on Medicare's list for this kind of item, or on record as enrolled for it."""
    case, edition = ask.case, ask.case.loaded.get(ListKind.ORDER_REFER)
    if edition is None:
        return None
    listed, item = ask.listed.order_refer, ask.subject.item or Item.OTHER
    if listed and may_order(listed, item):
        return Code.ORDER_NAME_DIFFERS if _is_another_name(ask, listed) else Code.ORDER_LISTED, (edition,)
    if by_affidavit := opted_out_to_order(ask):
        return Code.ORDER_LISTED, (by_affidavit,)
    orders = [record for record in ask.records if record.kind is EnrollmentKind.ORDER_REFER]
    if (recorded := coverage(ask.days, orders, case.payer, case.today)).releases:
        return Code.ORDER_LISTED, recorded.cited
    return Code.ORDER_NOT_LISTED if item in _CHECKED else Code.ORDER_UNCHECKED, (edition,)


def opted_out_to_order(ask: Ask) -> Generation | None:
    """The list of opt-outs, where it says that an affidavit in force lets the person order and refer."""
    allowed = any(one.may_order and overlap(one.first_day, one.last_day, ask.days) for one in ask.listed.opt_outs)
    return ask.case.loaded.get(ListKind.OPT_OUT) if allowed else None


def _is_another_name(ask: Ask, listed: OrderRefer) -> bool:
    """Medicare compares the first four letters of the last name and the first of the first, where both are known."""
    for known in ask.case.evidence.providers:
        if known.npi == ask.npi and known.entity_type == "1":
            pairs = ((known.last_name, listed.last_name, 4), (known.first_name, listed.first_name, 1))
            return any(ours and theirs and _letters(ours, n) != _letters(theirs, n) for ours, theirs, n in pairs)
    return False


def _letters(name: str, count: int) -> str:
    return "".join(letter for letter in name.upper() if letter.isalpha())[:count]

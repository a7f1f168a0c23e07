"""Which deposit pays which remittance: by the trace, else by amount and day (CORE 370).

An amount that differs, a trace that says otherwise, or a second candidate joins nothing. Each deposit and each
remittance is used once at most.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from gateway.deadlines.days import business_days

WINDOW = 3
"""Business days between the day of payment (BPR16) and the deposit, either way (CORE 370)."""

LATE_AFTER = 4
"""A remittance or its money is late on this business day after the other (CORE 370)."""

CHECK = "CHK"
NO_PAYMENT = "NON"
_CHECK_WINDOW = 10
"""A check travels by mail and is carried to the bank."""

_SHORTEST = 4
"""Shorter numbers stand in too many descriptions to be a trace."""

_TRN = re.compile(r"TRN\*1\*([^*\\~|]+)(?:\*([^*\\~|\s]+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money that came in. `description` is the bank's, with a check number or the TRN of a CCD+ addenda record."""

    id: int
    day: date
    amount: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A remittance whose money may come. `amount` BPR02, `method` BPR04, `paid_on` BPR16, `trace` TRN02, `originator`
    TRN03."""

    id: int
    amount: Decimal
    method: str
    paid_on: date | None
    trace: str
    originator: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """`how` is `trace` (TRN02 and amount), or `amount` (amount and day of payment)."""

    deposit: int
    remittance: int
    how: str


def needs_money(method: str, amount: Decimal) -> bool:
    """Whether a deposit is to be expected: not of a payment of nothing, nor of one that is said to be none."""
    return amount > 0 and method != NO_PAYMENT


def reassociate(
    deposits: Iterable[Deposit], remittances: Iterable[Expected], parted: Collection[tuple[int, int]] = ()
) -> tuple[Pair, ...]:
    """Pairs by the strongest evidence first; `parted` (deposit, remittance) are never joined. The order of neither side
    matters."""
    free = sorted(deposits, key=lambda each: each.id)
    open_ones = sorted((r for r in remittances if needs_money(r.method, r.amount)), key=lambda each: each.id)
    found: list[Pair] = []
    for how, fits in (("trace", _close_trace), ("trace", _traced), ("amount", _near)):
        joined = _unambiguous(free, open_ones, parted, fits)
        found += [Pair(deposit, remittance, how) for deposit, remittance in joined]
        used = {deposit for deposit, _ in joined}, {remittance for _, remittance in joined}
        free = [each for each in free if each.id not in used[0]]
        open_ones = [each for each in open_ones if each.id not in used[1]]
    return tuple(sorted(found, key=lambda pair: (pair.deposit, pair.remittance)))


def misstated(deposits: Iterable[Deposit], remittances: Iterable[Expected]) -> dict[int, list[Expected]]:
    """By the id of each deposit the remittances whose trace it names, and whose amount is not its own."""
    expected = list(remittances)
    found: dict[int, list[Expected]] = {}
    for each in deposits:
        words = each.description.upper()
        named = [one for one in expected if _bare(one.trace) in words and _traced(each, one)]
        if differing := [one for one in named if one.amount != each.amount]:
            found[each.id] = differing
    return found


def _unambiguous(
    deposits: Sequence[Deposit],
    remittances: Sequence[Expected],
    parted: Collection[tuple[int, int]],
    fits: Callable[[Deposit, Expected], bool],
) -> list[tuple[int, int]]:
    """Those that fit each other and nobody else."""
    by_amount: dict[Decimal, list[Expected]] = defaultdict(list)
    for each in remittances:
        by_amount[each.amount].append(each)
    fitting = [
        (deposit.id, each.id)
        for deposit in deposits
        for each in by_amount.get(deposit.amount, ())
        if (deposit.id, each.id) not in parted and fits(deposit, each)
    ]
    of_deposit, of_remittance = _counted(d for d, _ in fitting), _counted(r for _, r in fitting)
    return [(d, r) for d, r in fitting if of_deposit[d] == of_remittance[r] == 1]


def _counted(ids: Iterable[int]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for each in ids:
        counts[each] += 1
    return counts


def _close_trace(deposit: Deposit, remittance: Expected) -> bool:
    return _traced(deposit, remittance) and _near(deposit, remittance)


def _traced(deposit: Deposit, remittance: Expected) -> bool:
    """The addenda's own TRN decides where there is one; else the number stands by itself in the description."""
    stated = _TRN.search(deposit.description)
    if stated:
        return not _says_otherwise(deposit, remittance)
    number = _bare(remittance.trace)
    words = rf"(?<![A-Z0-9])0*{re.escape(number)}(?![A-Z0-9])"
    return len(number) >= _SHORTEST and re.search(words, deposit.description.upper()) is not None


def _near(deposit: Deposit, remittance: Expected) -> bool:
    if remittance.paid_on is None or _says_otherwise(deposit, remittance):
        return False
    if abs((deposit.day - remittance.paid_on).days) > 2 * _CHECK_WINDOW:
        return False
    apart = business_days(remittance.paid_on, deposit.day)
    return -WINDOW <= apart <= (_CHECK_WINDOW if remittance.method == CHECK else WINDOW)


def _says_otherwise(deposit: Deposit, remittance: Expected) -> bool:
    """The addenda names another payment, or another payer's."""
    stated = _TRN.search(deposit.description)
    if stated is None:
        return False
    number, originator = stated.group(1), stated.group(2) or ""
    other_payer = originator and remittance.originator and _bare(originator) != _bare(remittance.originator)
    return _bare(number) != _bare(remittance.trace) or bool(other_payer)


def _bare(number: str) -> str:
    """Banks and payers pad numbers with zeros."""
    return number.strip().upper().lstrip("0")


def usual_interval(days: Iterable[date]) -> int | None:
    """How many days usually lie between a payer's remittances, learned from at least five of them: the median gap."""
    known = sorted(set(days))
    gaps = sorted((later - earlier).days for earlier, later in pairwise(known))
    return gaps[len(gaps) // 2] if len(gaps) >= 4 else None


def quiet_for(days: Sequence[date], today: date) -> int | None:
    """Days since the last remittance, where that is more than twice the usual interval and three days; else None."""
    usual = usual_interval(days)
    if usual is None:
        return None
    since = (today - max(days)).days
    return since if since > patience(usual) else None


def patience(usual: int) -> int:
    """Days after which a payer with this usual interval is quiet."""
    return 2 * usual + 3

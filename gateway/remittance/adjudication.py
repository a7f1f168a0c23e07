"""What one claim payment of an 835 decides: paid, partly paid, denied or reversed, and what its denials mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from gateway.data import DENIAL_CODES, Category, DenialCodes, Reason
from gateway.lifecycle import Standing
from gateway.model.answers import Adjustment, ClaimPayment, LinePayment

PROCESSED = frozenset({"1", "2", "3", "19", "20", "21"})
"""CLP02: processed as primary, secondary or tertiary, from 19 on with a copy to a further payer."""

CROSSED_OVER = frozenset({"19", "20", "21"})
_DENIED, _REVERSAL, _FORWARDED, _PREDETERMINATION = "4", "22", "23", "25"
_CRED = "CRED"


class Work(StrEnum):
    """Why a payment decides nothing and a person looks at it."""

    NONE = ""
    FORWARDED = "FORWARDED"
    PREDETERMINATION = "PREDETERMINATION"
    STATUS_UNKNOWN = "STATUS_UNKNOWN"
    NEGATIVE_PAYMENT = "NEGATIVE_PAYMENT"


@dataclass(frozen=True, slots=True)
class Denial:
    """One adjustment that refuses money. `line` counts from 1, None at the claim; `rarcs` stand beside it; `category`
    is empty where neither CARC nor RARC is known; `meaning` and `next_step` are for people, `desk` is whose work it is.
    `decisive` is the remark that gave the category, empty where the reason did; `fix` as carc.toml explains it; `final`
    that there is no appeal; `npi` who rendered the service, where the payer says it."""

    line: int | None
    group: str
    carc: str
    amount: Decimal
    rarcs: tuple[str, ...]
    category: str
    meaning: str
    next_step: str
    desk: str
    fix: str = ""
    decisive: str = ""
    final: bool = False
    npi: str = ""

    @property
    def code(self) -> str:
        """As billers say it: `CO-B7 N570`."""
        return " ".join((f"{self.group}-{self.carc}", *self.rarcs))

    @property
    def place(self) -> str:
        """Where it stands in the 835."""
        return "2100/CAS" if self.line is None else f"2110[{self.line}]/CAS"


@dataclass(frozen=True, slots=True)
class Adjudication:
    """`outcome` is PAID, PARTLY_PAID, DENIED, REVERSED, or NONE, and then `work` says why nothing is decided.

    `denial_amount` sums every adjustment that refuses money, `denials` are these, line by line and then the claim's,
    the weightiest category first within each; `denied_lines` count from 1. `crossed_over`: the payer passed the claim
    on to the next one. `alerts` are announcements about the provider's records that deny nothing yet.
    """

    outcome: Standing
    work: Work = Work.NONE
    denial_amount: Decimal = Decimal(0)
    denials: tuple[Denial, ...] = ()
    denied_lines: tuple[int, ...] = ()
    crossed_over: bool = False
    alerts: tuple[str, ...] = ()

    @property
    def standing_denials(self) -> tuple[Denial, ...]:
        """Those that deny a line, or the claim when it is denied: what there is to work on."""
        if self.outcome is Standing.DENIED:
            return self.denials
        if self.outcome is not Standing.PARTLY_PAID:
            return ()
        denied = {*self.denied_lines}
        by_the_claim = denied - {each.line for each in self.denials}
        return tuple(each for each in self.denials if (by_the_claim if each.line is None else each.line in denied))

    def gravest(self, codes: DenialCodes = DENIAL_CODES) -> Denial | None:
        """The standing denial to work on first, by category, then by amount."""
        return min(self.standing_denials, key=lambda each: (_weight(each.category, codes), -each.amount), default=None)


def adjudge(payment: ClaimPayment, codes: DenialCodes = DENIAL_CODES) -> Adjudication:
    """What this claim payment decides. CLP02 4 denies whatever else it says, unless money came with it: some payers
    send 4 for every denial, the guide only for a patient who is not known."""
    if payment.status == _REVERSAL:
        return Adjudication(Standing.REVERSED)
    open_work = _open_work(payment)
    if open_work is not Work.NONE:
        return Adjudication(Standing.NONE, open_work)
    denials = tuple(_denials(payment, codes))
    denied = _denied_lines(payment, denials)
    return Adjudication(
        outcome=_outcome(payment, denials, denied),
        denial_amount=sum((each.amount for each in denials), Decimal(0)),
        denials=denials,
        denied_lines=denied,
        crossed_over=payment.status in CROSSED_OVER,
        alerts=tuple(dict.fromkeys(_alerts(payment, codes))),
    )


def enrollment_denial(adjudication: Adjudication) -> bool:
    """Whether a denial that stands speaks of enrollment or credentialing: it contradicts the practice's records."""
    return any(each.category == _CRED for each in adjudication.standing_denials)


def _open_work(payment: ClaimPayment) -> Work:
    if payment.status == _FORWARDED:
        return Work.FORWARDED
    if payment.status == _PREDETERMINATION:
        return Work.PREDETERMINATION
    if payment.status not in PROCESSED and payment.status != _DENIED:
        return Work.STATUS_UNKNOWN
    return Work.NEGATIVE_PAYMENT if payment.paid < 0 else Work.NONE


def _outcome(payment: ClaimPayment, denials: Iterable[Denial], denied: tuple[int, ...]) -> Standing:
    """Denied where nothing was paid and every charged line is denied, or without any the claim itself."""
    if payment.paid:
        return Standing.PARTLY_PAID if denied else Standing.PAID
    if payment.status == _DENIED:
        return Standing.DENIED
    charged = {number for number, line in enumerate(payment.lines, 1) if line.charge > 0}
    if charged <= {*denied} if charged else _refused(denials)[None] > 0:
        return Standing.DENIED
    return Standing.PARTLY_PAID if denied else Standing.PAID


def _denied_lines(payment: ClaimPayment, denials: Iterable[Denial]) -> tuple[int, ...]:
    """Lines that were charged, paid nothing, and have money refused; also those whose payment a denial of the whole
    claim took back."""
    refused = _refused(denials)
    taken_back = not payment.paid and refused[None] > 0
    return tuple(
        number
        for number, line in enumerate(payment.lines, 1)
        if line.charge > 0 and ((taken_back and line.paid > 0) or (not line.paid and refused[number] > 0))
    )


def _refused(denials: Iterable[Denial]) -> Mapping[int | None, Decimal]:
    """How much is refused at each line, and under None at the claim."""
    refused: dict[int | None, Decimal] = defaultdict(Decimal)
    for each in denials:
        refused[each.line] += each.amount
    return refused


def _denials(payment: ClaimPayment, codes: DenialCodes) -> Iterator[Denial]:
    for number, line in enumerate(payment.lines, 1):
        who = line.rendering_npi or payment.rendering_npi
        yield from (replace(each, npi=who) for each in _refusals(line, number, payment.remarks, codes))
    yield from (replace(each, npi=payment.rendering_npi) for each in _refusals(payment, None, (), codes))


def _refusals(
    holder: LinePayment | ClaimPayment, line: int | None, above: tuple[str, ...], codes: DenialCodes
) -> list[Denial]:
    """A line's remarks speak of its own adjustments; the claim's speak of them only where a reason needs a remark
    and the line has none."""
    found = []
    for each in holder.adjustments:
        if each.reason in codes.non_denial or not each.amount:
            continue
        reason = codes.reasons.get(each.reason)
        wants = reason is None or reason.remark
        remarks = holder.remarks or (above if wants else ())
        found.append(_denial(each, line, remarks, codes))
    return sorted(found, key=lambda each: _weight(each.category, codes))


def _denial(adjustment: Adjustment, line: int | None, remarks: tuple[str, ...], codes: DenialCodes) -> Denial:
    reason = codes.reasons.get(adjustment.reason)
    known = {code: codes.remarks[code] for code in remarks if code in codes.remarks}
    speaking = [code for code, each in known.items() if not each.alert and each.category in codes.categories]
    decisive = min(speaking, key=lambda code: _weight(known[code].category, codes), default="")
    name = known[decisive].category if decisive else (reason.category if reason else "")
    category = codes.categories.get(name)
    own = reason.desk if reason and reason.category == name else ""
    return Denial(
        line=line,
        group=adjustment.group,
        carc=adjustment.reason,
        amount=adjustment.amount,
        rarcs=remarks,
        category=name,
        meaning="; ".join(([reason.meaning] if reason else []) + [each.meaning for each in known.values()]),
        next_step=_step(category, reason, remarks, any(each.new_claim for each in known.values())),
        desk=own or (category.desk if category else _ANYBODYS),
        fix=reason.fix if reason else "",
        decisive=decisive,
        final=any(each.final for each in known.values()),
    )


_ANYBODYS = "biller"


def _step(category: Category | None, reason: Reason | None, remarks: tuple[str, ...], new_claim: bool) -> str:
    """What to do: a reason that leaves everything to its remarks says nothing without one."""
    if reason and reason.remark and not remarks:
        return "The payer gave no detail: call it and ask what is wrong."
    step = category.next_step if category else "Look the code up in the payer's own list, or call the payer."
    return f"{step} Send it as a new claim, not as a replacement." if new_claim else step


def _alerts(payment: ClaimPayment, codes: DenialCodes) -> Iterator[str]:
    for code in (*payment.remarks, *(code for line in payment.lines for code in line.remarks)):
        remark = codes.remarks.get(code)
        if remark and remark.alert and remark.category == _CRED:
            yield code


def _weight(category: str, codes: DenialCodes) -> int:
    known = codes.categories.get(category)
    return known.weight if known else len(codes.categories)

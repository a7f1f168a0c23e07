"""An 835: one payment with the claims and provider adjustments it is made of (005010X221)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from gateway.model.answers import ClaimPayment, ProviderAdjustment, Remittance
from gateway.model.packed import Packer
from gateway.x12.answers.payments import ClaimLoop, LineLoop, triplets
from gateway.x12.answers.sets import HandledSet, SetHeader
from gateway.x12.syntax import text_of

_CARRIERS = frozenset({"TT", "PR"})
_ORGANIZATION = "2"


class RemittanceReader(HandledSet):
    """One 835. Claims are collected until its SE, many of them packed; AMT and QTY take no part in any sum."""

    def __init__(self, header: SetHeader) -> None:
        super().__init__(header, _HANDLERS)
        self._bpr: tuple[str, Decimal, str, date | None] | None = None
        self._trn = ("", "")
        self._party = ""
        self._payer_name = ""
        self._ids: dict[str, str] = {}
        self._produced_on: date | None = None
        self._claim: ClaimLoop | None = None  # the one that is read just now; those before it are packed
        self._claims: Packer[ClaimPayment] = Packer()
        self._adjustments: list[ProviderAdjustment] = []

    def answers(self) -> tuple[Remittance, ...]:
        """The one remittance of the set."""
        if self._bpr is None:
            raise self._read.fault("X12_STRUCTURE", "a remittance has no BPR, so nobody knows its amount", "BPR")
        handling, amount, method, payment_date = self._bpr
        trace, originator = self._trn
        ids = self._ids
        remittance = Remittance(
            envelope=self._header.envelope,
            handling=handling,
            amount=amount,
            method=method,
            payment_date=payment_date,
            trace=trace,
            originator=originator,
            payer_name=self._payer_name,
            payer_id=ids.get("PR 2U") or ids.get("PR XV", ""),
            payee_npi=ids.get("PE XX", ""),
            payee_tax_id=ids.get("PE TJ") or ids.get("PE FI", ""),
            produced_on=self._produced_on,
            claims=self._packed(),
            provider_adjustments=tuple(self._adjustments),
        )
        return (remittance,)

    def _packed(self) -> Sequence[ClaimPayment]:
        self._finish()
        return self._claims.packed()

    def _finish(self) -> None:
        if self._claim:
            self._claims.add(self._claim.built())

    @property
    def _line(self) -> LineLoop | None:
        return self._claim.lines[-1] if self._claim and self._claim.lines else None

    def _take_bpr(self, bpr: list[bytes]) -> None:
        amount, paid_on = self._read.money(bpr[2], "BPR02"), self._read.day(bpr[16], "BPR16")
        self._bpr = (text_of(bpr[1]), amount, text_of(bpr[4]), paid_on)

    def _take_trn(self, trn: list[bytes]) -> None:
        self._trn = text_of(trn[2]), text_of(trn[3])

    def _take_n1(self, n1: list[bytes]) -> None:
        """The payer or the payee; of others nothing is kept."""
        self._party = text_of(n1[1])
        if self._party == "PR":
            self._payer_name = text_of(n1[2])
        self._ids.setdefault(f"{self._party} {text_of(n1[3])}", text_of(n1[4]))

    def _take_ref(self, ref: list[bytes]) -> None:
        qualifier, value = text_of(ref[1]), text_of(ref[2])
        loop = self._line or self._claim
        if loop:
            loop.ref(qualifier, value)
        elif self._party:
            self._ids.setdefault(f"{self._party} {qualifier}", value)

    def _take_dtm(self, dtm: list[bytes]) -> None:
        qualifier, day = text_of(dtm[1]), self._read.day(dtm[2], "DTM02")
        loop = self._line or self._claim
        if loop:
            loop.dtm(qualifier, day)
        elif qualifier == "405":
            self._produced_on = day

    def _take_clp(self, clp: list[bytes]) -> None:
        charge, paid, patient = (self._read.money(clp[n], f"CLP0{n}") for n in (3, 4, 5))
        self._finish()
        self._claim = ClaimLoop(
            claim=text_of(clp[1]),
            status=text_of(clp[2]),
            charge=charge,
            paid=paid,
            patient=patient,
            filing_indicator=text_of(clp[6]),
            number=text_of(clp[7]),
        )

    def _take_svc(self, svc: list[bytes]) -> None:
        charge, paid = self._read.money(svc[2], "SVC02"), self._read.money(svc[3], "SVC03")
        procedure, submitted = (_code(self._read.components(svc[n])) for n in (1, 6))
        self._within("SVC").lines.append(LineLoop(procedure, charge, paid, submitted))

    def _take_cas(self, cas: list[bytes]) -> None:
        claim = self._within("CAS")
        (self._line or claim).adjustments.extend(triplets(cas, self._read))

    def _take_nm1(self, nm1: list[bytes]) -> None:
        if not self._claim or self._line:
            return
        entity, number = text_of(nm1[1]), text_of(nm1[9])
        self._claim.nm1(entity, text_of(nm1[8]), number)
        if entity in _CARRIERS and text_of(nm1[2]) == _ORGANIZATION:
            self._claim.carrier(entity, text_of(nm1[3]), number)

    def _take_mia(self, mia: list[bytes]) -> None:
        self._within("MIA").remarks += filter(None, map(text_of, (mia[5], *mia[20:24])))

    def _take_moa(self, moa: list[bytes]) -> None:
        self._within("MOA").remarks += filter(None, map(text_of, moa[3:8]))

    def _take_lq(self, lq: list[bytes]) -> None:
        if self._line and text_of(lq[1]) == "HE":
            self._line.remarks.append(text_of(lq[2]))

    def _take_plb(self, plb: list[bytes]) -> None:
        for n in range(3, 15, 2):
            reason, reference = self._read.components(plb[n])[:2]
            amount = self._read.money(plb[n + 1], f"PLB{n + 1:02}")
            if reason or amount:
                self._adjustments.append(ProviderAdjustment(text_of(plb[1]), reason, reference, amount))

    def _within(self, segment_id: str) -> ClaimLoop:
        if self._claim is None:
            raise self._read.fault("X12_STRUCTURE", "a segment of a claim stands before any CLP", segment_id)
        return self._claim


def _code(composite: list[str]) -> str:
    """The code of a procedure composite, without qualifier and modifiers."""
    return composite[1] or composite[0]


_HANDLERS: dict[bytes, Callable[[RemittanceReader, list[bytes]], None]] = {
    b"BPR": RemittanceReader._take_bpr,
    b"TRN": RemittanceReader._take_trn,
    b"N1": RemittanceReader._take_n1,
    b"REF": RemittanceReader._take_ref,
    b"DTM": RemittanceReader._take_dtm,
    b"CLP": RemittanceReader._take_clp,
    b"SVC": RemittanceReader._take_svc,
    b"CAS": RemittanceReader._take_cas,
    b"NM1": RemittanceReader._take_nm1,
    b"MIA": RemittanceReader._take_mia,
    b"MOA": RemittanceReader._take_moa,
    b"LQ": RemittanceReader._take_lq,
    b"PLB": RemittanceReader._take_plb,
}

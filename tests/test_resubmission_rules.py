"""What may be done to correct a claim: one table, and that nothing false is ever built."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle import CLAIM, Standing
from gateway.model.claims import ClaimKind
from gateway.model.partners import Payer
from gateway.resubmission import Denied, Situation, Wanted, objection

P, I = ClaimKind.PROFESSIONAL, ClaimKind.INSTITUTIONAL  # noqa: E741
ACME = Payer("acme", "Acme")
B7 = Denied("CO-B7", "CRED", "E")
DENIED = Situation(17, P, "1", "CI", "DENIED", "ICN1", ACME, (B7,))
PAID = replace(DENIED, stands="PAID", denials=())
STANDS = [*(state for state in CLAIM if state != "SENT"), *(each.value for each in Standing if each)]


def denied(code: str, fix: str, *remarks: str) -> Situation:
    return replace(DENIED, denials=(Denied(code, "", fix, remarks),))


@pytest.mark.parametrize(
    ("of", "replaced", "voided"),
    [
        (DENIED, "", ""),
        (PAID, "PAID_IN_FULL", ""),
        (replace(DENIED, stands="PARTLY_PAID"), "", ""),
        *((replace(DENIED, stands=s), "NEW_ORIGINAL", "NEW_ORIGINAL") for s in ("REJECTED", "DECLINED", "RETURNED")),
        *((replace(DENIED, stands="RETURNED", code="TA1 006", frequency=f), *["ENVELOPE_REFUSED"] * 2) for f in "17"),
        *((replace(DENIED, stands=s), "NOT_SENT", "NOT_SENT") for s in ("RECEIVED", "HELD", "READY", "ASSIGNED")),
        *((replace(DENIED, stands=s), "NOT_SENT", "NOT_SENT") for s in ("WITHDRAWN", "DUPLICATE")),
        *((replace(DENIED, stands=s), *["NOT_ADJUDICATED"] * 2) for s in ("SENT", "ACKNOWLEDGED", "ACCEPTED")),
        (replace(DENIED, stands="REVERSED"), "REVERSED", "REVERSED"),
        *((replace(DENIED, stands=s, elsewhere=True), *["SENT_ELSEWHERE"] * 2) for s in ("REJECTED", "HELD", "WITHDRAWN")),
        (replace(DENIED, number=""), "NO_PAYER_NUMBER", "NO_PAYER_NUMBER"),
        (replace(DENIED, later=(18, "ACCEPTED")), "LATER_VERSION", "LATER_VERSION"),
        (replace(DENIED, ordered=True), "ORDERED", "ORDERED"),
        (replace(DENIED, frequency="8"), "IS_VOID", "IS_VOID"),
        *(
            (replace(DENIED, frequency=f, stands=s, corrects=16), *["CORRECTION_REFUSED"] * 2)
            for f in "78" for s in ("REJECTED", "DECLINED", "RETURNED")
        ),
        (replace(DENIED, filing_indicator="MB"), "PAYER_TAKES_NONE", "PAYER_TAKES_NONE"),
        (replace(DENIED, filing_indicator="MB", kind=I), "", ""),
        (replace(DENIED, payer=replace(ACME, medicare=True)), "PAYER_TAKES_NONE", "PAYER_TAKES_NONE"),
        (replace(DENIED, payer=replace(ACME, no_replacements=(I,)), kind=I), "PAYER_TAKES_NONE", "PAYER_TAKES_NONE"),
        (replace(DENIED, payer=replace(ACME, no_replacements=(I,))), "", ""),
        (replace(denied("CO-16 MA130", "E", "MA130"), new_claim=("MA130",)), "NEW_CLAIM_WANTED", ""),
        (denied("CO-16 M47", "E", "M47"), "ORIGINAL_NOT_FOUND", ""),
        (denied("CO-16 N152", "R", "N152"), "ORIGINAL_NOT_FOUND", ""),
        (denied("CO-B7 N185", "E", "N185"), "NOT_AGAIN", ""),
        (denied("CO-4", "R"), "NEEDS_CORRECTION", ""),
        (denied("CO-50", "A"), "APPEAL", ""),
        (denied("CO-29", "AW"), "APPEAL", ""),
        (denied("CO-252", "D"), "DOCUMENTS", ""),
        (denied("CO-22", "N"), "NEXT_PAYER", ""),
        (denied("PR-96", "P"), "PATIENT", ""),
        (denied("CO-97", "W"), "NOTHING_TO_WIN", ""),
        (denied("CO-18", "X"), "FIND_OUT", ""),
        (denied("CO-999", ""), "", ""),
        (replace(DENIED, denials=(Denied("CO-4", "", "R"), B7)), "", ""),
    ],
)  # fmt: skip
def test_what_stands_against_a_replacement_and_a_void(of: Situation, replaced: str, voided: str) -> None:
    """By where it stands, what the payer said, and what the payer takes; each with the next step in words."""
    for wanted, expected in ((Wanted.REPLACE, replaced), (Wanted.VOID, voided)):
        found = objection(of, wanted)
        assert (found.code if found else "") == expected
        assert found is None or (found.says.endswith(".") and len(found.next) > 10)


_SITUATIONS = st.builds(
    Situation,
    claim=st.just(17),
    kind=st.sampled_from(ClaimKind),
    frequency=st.sampled_from(["1", "7", "8", "2"]),
    filing_indicator=st.sampled_from(["CI", "MB", "MA", ""]),
    stands=st.sampled_from(STANDS),
    number=st.sampled_from(["", "ICN1"]),
    payer=st.sampled_from([None, ACME, replace(ACME, medicare=True), replace(ACME, no_replacements=tuple(ClaimKind))]),
    denials=st.lists(st.builds(Denied, st.just("CO-1"), st.just(""), st.text("REANPWDX", max_size=2)), max_size=2).map(
        tuple
    ),
    new_claim=st.sampled_from([(), ("MA130",)]),
    later=st.sampled_from([None, (18, "HELD")]),
    ordered=st.booleans(),
)


@given(_SITUATIONS, st.sampled_from(Wanted))
def test_nothing_is_built_of_what_the_payer_never_decided_or_without_its_number(of: Situation, wanted: Wanted) -> None:
    """Whatever else is the case."""
    if objection(of, wanted) is not None:
        return
    assert of.stands in ("DENIED", "PARTLY_PAID", "PAID")
    assert of.number
    assert of.later is None
    assert not of.ordered
    assert of.payer is None or of.payer.takes_replacements(of.kind, of.filing_indicator)
    assert wanted is Wanted.VOID or not (of.new_claim or of.stands == "PAID")

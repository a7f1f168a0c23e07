"""What the simulated payer's 277CA and 835 can say beyond paid and denied; pyx12 and sums of our own judge all of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from gateway.testing.builders import BillingSpec, ClaimSpec, LineSpec, batch837i, batch837p, valid_npi
from gateway.testing.payer import (
    Delay,
    Deny,
    Forward,
    Pay,
    PayerSimulator,
    PayPartly,
    Price,
    Reject277,
    Reverse,
    Rule,
    Scenario,
)
from tests.oracle import pyx12_verdict
from tests.testing.payer_client import answered, kind_of, lines, sets
from tests.testing.test_payer_answers import imbalance

TWO_LINES = (LineSpec(charge=120), LineSpec("36415", 15))
SHARED = {"contract": Decimal("0.1"), "copay": Decimal(10), "coinsurance": Decimal("0.2")}

ACTIONS = {
    "deductible": Pay(deductible=Decimal(50)),
    "nothing left": Pay(deductible=Decimal(10_000)),
    "all shares": Pay(deductible=Decimal(5), sequestration=Decimal("0.02"), **SHARED),
    "at the claim": Pay(at="claim", remarks=("MA01", "N425"), **SHARED),
    "alone": Pay(at="alone"),
    "denied at the claim": Deny("29", "N211", at="claim"),
    "denied alone": Deny("27", "N30", "PR", at="alone"),
    "partly at the claim": PayPartly(at="claim"),
    "interest": Pay(interest=Decimal("1.25")),
    "taken back": Pay(takeback=Decimal(30)),
    "taken back too much": Pay(takeback=Decimal(3000), interest=Decimal(1)),
    "crossover": Pay(crossover="77042", remarks=("MA18",)),
    "forwarded": Forward(),
    "priced": Price(),
    "not known here": Deny("31", "N382", "PR", status="4"),
    "as secondary": Pay(status="2"),
    "reversed only": Reverse(),
}


@pytest.mark.parametrize("batch", [batch837p, batch837i], ids=["837P", "837I"])
@pytest.mark.parametrize("name", ACTIONS)
def test_every_kind_of_payment_is_valid_and_balances(
    payer: PayerSimulator, batch: Callable[..., bytes], name: str
) -> None:
    """With one line and two, for the first payer and the second, and reversed and corrected afterwards."""
    payer.scenario = Scenario(rules=(Rule(ACTIONS[name], claim="A*", then=Pay()), Rule(ACTIONS[name], then=Reverse())))
    claims = [ClaimSpec("A1"), ClaimSpec("A2", TWO_LINES, responsibility="S"), ClaimSpec("B1", TWO_LINES)]
    found = answered(payer, batch(claims))
    remittances = found["835"] + [(payer.outbox / each).read_bytes() for each in payer.tick()]
    assert len(remittances) == 2
    for remittance in remittances:
        assert [imbalance(each) for each in sets(remittance)] == [set()]
        valid, why = pyx12_verdict(remittance)
        assert valid, why
    assert claim_amounts(remittances[1], reversals=True) == {
        claim: [-amount for amount in amounts] for claim, amounts in claim_amounts(remittances[0]).items()
    }


def claim_amounts(remittance: bytes, *, reversals: bool = False) -> dict[str, list[Decimal]]:
    """CLP03 to CLP05 and every CAS amount of each claim that is a reversal, or is none."""
    found: dict[str, list[Decimal]] = {}
    wanted = None
    for line in lines(remittance, "CLP", "CAS"):
        parts = line.split("*")
        if parts[0] == "CLP":
            wanted = found.setdefault(parts[1], []) if (parts[2] == "22") is reversals else None
        if wanted is not None:
            wanted += map(Decimal, [part or "0" for part in parts[3:6]] if parts[0] == "CLP" else parts[3::3])
    return found


def pay(payer: PayerSimulator, action: object, batch: Callable[..., bytes] = batch837p, **claim: object) -> str:
    payer.scenario = Scenario(default=action)  # type: ignore[arg-type]
    (remittance,) = answered(payer, batch([ClaimSpec("A1", TWO_LINES, **claim)]))["835"]  # type: ignore[arg-type]
    return "~".join(lines(remittance, "BPR", "CLP", "CAS", "NM1", "MIA", "MOA", "AMT", "SVC", "PLB"))


def test_adjustments_may_stand_at_the_claim(payer: PayerSimulator) -> None:
    """Then its lines are paid in full, and only the claim knows better."""
    text = pay(payer, Pay(at="claim", remarks=("MA01", "N425")))
    assert "CLP*A1*1*135*81.25*20*12*" in text
    assert "~CAS*CO*45*33.75~CAS*PR*3*20~" in text
    assert "SVC*HC:99213*120*120**1" in text
    assert "MOA***MA01*N425" in text


def test_a_claim_may_come_without_lines(payer: PayerSimulator) -> None:
    """The denial stands at the claim, its remark in MOA, or in MIA of an inpatient claim."""
    assert "SVC" not in pay(payer, Deny("29", "N211", at="alone"))


def test_an_inpatient_claim_has_an_mia(payer: PayerSimulator) -> None:
    """Five remarks are all there is room for."""
    remarks = ("MA01", "N1", "N2", "N3", "N4", "N5")
    text = pay(payer, Pay(remarks=remarks), batch837i, facility_type="11")
    assert "~MIA*0****MA01***************N1*N2*N3*N4~" in text


def test_interest_and_takebacks_are_the_transactions(payer: PayerSimulator) -> None:
    """The claim's own payment does not know of them."""
    text = pay(payer, Pay(interest=Decimal("1.25"), takeback=Decimal(30)))
    assert text.startswith("BPR*I*52.5*C*ACH*")
    assert "CLP*A1*1*135*81.25*20" in text
    assert "AMT*I*1.25" in text
    assert "PLB*1234567893*20261231*L6:SIM0000010001*-1.25*WO:SIM0000010001*30" in text


def test_a_crossover_names_the_next_payer(payer: PayerSimulator) -> None:
    """CLP02 says that and in which place the claim was processed."""
    text = pay(payer, Pay(crossover="77042"), responsibility="S")
    assert "CLP*A1*20*" in text
    assert "NM1*TT*2*SECONDARY PAYER*****PI*77042" in text


def test_what_goes_onward_or_is_only_priced_pays_nothing(payer: PayerSimulator) -> None:
    """CLP02 23 and 25 are no denials."""
    text = pay(payer, Forward("77042", "OTHER PLAN"))
    assert "BPR*H*0*C*NON" in text
    assert "CLP*A1*23*135*0*" in text
    assert "NM1*TT*2*OTHER PLAN*****PI*77042" in text
    assert "CAS*OA*B11*120" in text


def test_a_deductible_reaches_as_far_as_it_reaches(payer: PayerSimulator) -> None:
    """What is left of it is taken from the next line."""
    assert "CLP*A1*1*135*0*101.25*" in pay(payer, Pay(deductible=Decimal(500)))


def test_a_payment_may_be_taken_back_and_nothing_follow(payer: PayerSimulator) -> None:
    """A set cannot pay less than nothing: the rest is carried forward."""
    payer.scenario = Scenario(rules=(Rule(Pay(), then=Reverse()),))
    answered(payer, batch837p([ClaimSpec("A1")]))
    (name,) = payer.tick()
    remittance = (payer.outbox / name).read_bytes()
    assert [clp.split("*")[2] for clp in lines(remittance, "CLP")] == ["22"]
    assert lines(remittance, "BPR")[0].startswith("BPR*H*0*C*NON")
    assert "FB:" in lines(remittance, "PLB")[0]


def test_some_claims_are_paid_later_than_others(payer: PayerSimulator) -> None:
    """In an 835 of their own; nothing is paid twice or forgotten."""
    payer.scenario = Scenario(
        rules=(Rule(Pay(), claim="L*", late=Delay(ticks=2)), Rule(Deny(), claim="M*", late=Delay(ticks=1)))
    )
    claims = [ClaimSpec(name) for name in ("A1", "L1", "L2", "M1")]
    paid = [answered(payer, batch837p(claims))["835"]]
    paid += [[(payer.outbox / name).read_bytes() for name in payer.tick()] for _ in range(3)]
    found = [[clp.split("*")[1] for remittance in some for clp in lines(remittance, "CLP")] for some in paid]
    assert found == [["A1"], ["M1"], ["L1", "L2"], []]


def test_each_payee_has_a_payment_of_its_own(payer: PayerSimulator) -> None:
    """By the billing provider, with a trace number of its own."""
    other = BillingSpec(npi=valid_npi(7), name="OTHER CLINIC", tax_id="999990007")
    claims = [ClaimSpec("A1"), ClaimSpec("B1", billing=other)]
    (remittance,) = answered(payer, batch837p(claims))["835"]
    assert [line.split("*")[4] for line in lines(remittance, "N1") if "*PE*" in line] == ["1234567893", valid_npi(7)]
    assert len(set(lines(remittance, "TRN"))) == 2
    assert pyx12_verdict(remittance)[0]


def test_chance_is_the_same_for_the_same_seed(payer: PayerSimulator) -> None:
    """And another for another."""

    def denied(seed: int, control: int) -> list[str]:
        payer.scenario = Scenario(rules=(Rule(Deny(), share=0.5),), seed=seed)
        claims = [ClaimSpec(f"A{n}") for n in range(40)]
        (remittance,) = answered(payer, batch837p(claims, control=control), f"{control}.837")["835"]
        return [clp.split("*")[1] for clp in lines(remittance, "CLP") if clp.split("*")[4] == "0"]

    first = denied(1, 201)
    assert 5 < len(first) < 35
    assert denied(1, 202) == first != denied(2, 203)


def test_a_277ca_may_name_the_line_at_fault(payer: PayerSimulator) -> None:
    """2220D under the refused claim, with our own line control number; accepted claims have none."""
    payer.scenario = Scenario(rules=(Rule(Reject277("A7", "507", "", "line"), claim="A1"),))
    (report,) = answered(payer, batch837p([ClaimSpec("A1", TWO_LINES), ClaimSpec("A2", TWO_LINES)]))["277CA"]
    assert lines(report, "SVC") == ["SVC*HC:36415*15*****1"]
    assert "REF*FJ*A1L2" in lines(report, "REF")
    valid, why = pyx12_verdict(report)
    assert valid, why


def test_a_clearinghouse_reports_before_the_payer(payer: PayerSimulator) -> None:
    """It refuses what is its to refuse and forwards the rest; the payer never hears of what it refused."""
    rules = (Rule(Reject277(by="clearinghouse"), claim="C*"), Rule(Reject277("A3", "116", ""), claim="P*"))
    payer.scenario = Scenario(rules=rules, two_reports=True)
    (first,) = answered(payer, batch837p([ClaimSpec("A1"), ClaimSpec("C1"), ClaimSpec("P1")]))["277CA"]
    (name,) = payer.tick()
    assert kind_of(name) == "277CA"
    second = (payer.outbox / name).read_bytes()
    assert [nm1.split("*")[1] for nm1 in (lines(first, "NM1")[0], lines(second, "NM1")[0])] == ["AY", "PR"]
    assert claim_statuses(first) == {"A1": "A0:16:PR", "C1": "A7:562:82", "P1": "A0:16:PR"}
    assert claim_statuses(second) == {"A1": "A2:20", "P1": "A3:116"}
    assert [sum("REF*1K" in ref for ref in lines(each, "REF")) for each in (first, second)] == [0, 1]
    for report in (first, second):
        valid, why = pyx12_verdict(report)
        assert valid, why


def claim_statuses(report: bytes) -> dict[str, str]:
    """STC01 of each 2200D, by its CLM01."""
    found, name, at_claim = {}, "", False
    for line in lines(report, "HL", "TRN", "STC"):
        parts = line.split("*")
        if parts[0] == "HL":
            at_claim = parts[3] == "PT"
        elif parts[0] == "TRN":
            name = parts[2]
        elif at_claim:
            found[name] = parts[1]
    return found


@pytest.mark.parametrize("where", ["", "277CA", "835"])
def test_a_claim_that_came_before_is_known_again(payer: PayerSimulator, where: str) -> None:
    """Under another ISA13 and another D9; where nobody looks, it is paid twice."""
    payer.scenario = Scenario(repeats=where)
    answered(payer, batch837p([ClaimSpec("A1", trace="T1")]))
    again = answered(payer, batch837p([ClaimSpec("A1", trace="T2"), ClaimSpec("A2")], control=102), "two.837")
    paid = {clp.split("*")[1]: clp.split("*")[4] for clp in lines(again["835"][0], "CLP")}
    assert claim_statuses(again["277CA"][0])["A1"] == ("A7:78" if where == "277CA" else "A2:20")
    assert paid == {"": {"A1": "70", "A2": "70"}, "277CA": {"A2": "70"}, "835": {"A1": "0", "A2": "70"}}[where]
    assert lines(again["835"][0], "CAS").count("CAS*OA*18*120") == (where == "835")

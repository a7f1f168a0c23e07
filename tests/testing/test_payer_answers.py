"""The answers of the payer simulator: TA1, 999, 277CA and 835 by the standards, made from what it received."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from gateway.model.x12 import Delimiters
from gateway.testing.builders import BillingSpec, ClaimSpec, LineSpec, batch837d, batch837i, batch837p, valid_npi
from gateway.testing.payer import (
    Adjustment,
    Delay,
    Deny,
    Faults,
    Note999,
    Pay,
    PayerSimulator,
    PayPartly,
    Reject277,
    Reject999,
    Rule,
    Scenario,
    Silent,
)
from gateway.testing.payer.scenario import Action
from gateway.testing.payer.wire import read
from tests.oracle import pyx12_verdict
from tests.testing.payer_client import Clock, answered, fetched, kind_of, lines, session, sets, upload

TWO_LINES = (LineSpec(charge=120), LineSpec("36415", 15))


def test_an_accepted_interchange_is_answered_in_its_own_terms(payer: PayerSimulator) -> None:
    """Sender and receiver change places, ISA13 is the payer's own, usage and delimiters are kept."""
    marks = Delimiters(element=b"|", component=b">", segment=b"\x1c", repetition=b"!")
    data = batch837p([ClaimSpec("A*1")], usage="T", delimiters=marks, sender="US", receiver="THEM")
    (ta1,) = answered(payer, data)["TA1"]
    text = ta1.decode()
    isa, body, iea = text.split("\x1c")[:3]
    assert isa == (
        "ISA|00|          |00|          |ZZ|THEM           |ZZ|US             |261110|0905|!|00501|000000001|0|T|>"
    )
    assert body == "TA1|000000101|261110|0815|A|000"
    assert iea == "IEA|0|000000001"


@pytest.mark.parametrize(
    ("pattern", "replacement", "verdict"),
    [
        (rb"IEA\*1\*000000101~", b"", "R*023"),
        (rb"IEA\*1\*000000101", b"IEA*1*000000102", "R*001"),
        (rb"IEA\*1", b"IEA*2", "R*021"),
        (rb"\*P\*:", b"*X*:", "R*020"),
        (rb"000000101\*1\*P", b"000000101*7*P", "E*019"),
        (rb"000000101", b"00000010A", "R*018"),
        (rb"CFFM01 ", b"SOMEBOD", "R*006"),
        (rb"OPENGATE  ", b"ELSEWHERE ", "R*008"),
        (rb"^", b"", "A*000"),
    ],
)
def test_the_ta1_names_what_is_wrong_with_the_envelope(
    payer: PayerSimulator, pattern: bytes, replacement: bytes, verdict: str
) -> None:
    """A refused interchange gets no other answer, an accepted one all of them."""
    payer.scenario = Scenario(receiver="OPENGATE", senders=("CFFM01",))
    data = re.sub(pattern, replacement, batch837p([ClaimSpec("A1")]))
    found = answered(payer, data)
    assert lines(found["TA1"][0], "TA1")[0].endswith(verdict)
    assert set(found) == ({"TA1"} if verdict[0] == "R" else {"TA1", "999", "277CA", "835"})


def test_a_repeated_control_number_is_refused_by_the_name_of_the_first(payer: PayerSimulator) -> None:
    """025 names the accepted ISA13; the same number in a test interchange is another one."""
    first = batch837p([ClaimSpec("A1")])
    answered(payer, first)
    again = answered(payer, first, "two.837")
    assert lines(again["TA1"][0], "TA1") == ["TA1*000000101*261110*0815*R*025"]
    assert set(again) == {"TA1"}
    test = answered(payer, batch837p([ClaimSpec("A1")], usage="T"), "three.837")
    assert lines(test["TA1"][0], "TA1")[0].endswith("A*000")


def test_a_truncated_interchange_does_not_use_up_its_number(payer: PayerSimulator) -> None:
    """The whole file sent again is accepted."""
    data = batch837p([ClaimSpec("A1")])
    answered(payer, data[:-10])
    assert lines(answered(payer, data, "two.837")["TA1"][0], "TA1")[0].endswith("A*000")


def test_a_forced_verdict_needs_no_reason(payer: PayerSimulator) -> None:
    """So that any note can be met by a test."""
    payer.scenario = Scenario(ta1="R/006")
    assert lines(answered(payer, batch837p([ClaimSpec("A1")]))["TA1"][0], "TA1")[0].endswith("R*006")


def test_several_interchanges_in_one_file_are_answered_one_by_one(payer: PayerSimulator) -> None:
    """Each by its own delimiters and number, with what is no X12 between them passed over."""
    other = Delimiters(element=b"|", component=b">", segment=b"!", repetition=b"^")
    second = batch837p([ClaimSpec("A2")], control=102, delimiters=other)
    found = answered(payer, batch837p([ClaimSpec("A1")]) + b"\r\n\x1a\r\n" + second)
    assert [re.findall(rb"TA1.(\d+)", ta1) for ta1 in found["TA1"]] == [[b"000000101"], [b"000000102"]]
    assert [claim.claim for claim in payer.received_claims()] == ["A1", "A2"]


def test_what_is_no_x12_is_kept_and_not_answered(payer: PayerSimulator) -> None:
    """There is nobody to answer."""
    assert answered(payer, b"Dear payer, please pay.") == {}
    assert len(payer.arrivals()) == 1


def test_an_impossible_birth_date_fails_its_set_at_the_right_segment(payer: PayerSimulator) -> None:
    """IK302 counts ST as 1, IK303 holds four characters, and no claim of the set goes further."""
    data = batch837p([ClaimSpec("A1"), ClaimSpec("A2", member_id="AHP2")]).replace(b"D8*19800214", b"D8*19800230", 1)
    found = answered(payer, data)
    text = data.decode().split("~")
    position = next(n for n, s in enumerate(text) if s.startswith("DMG")) - 1  # ISA and GS stand before ST
    assert set(found) == {"TA1", "999"}
    assert lines(found["999"][0], "AK1", "AK2", "IK3", "CTX", "IK4", "IK5", "AK9") == [
        "AK1*HC*101*005010X222A1",
        "AK2*837*0001*005010X222A1",
        f"IK3*DMG*{position}*2010*8",
        "CTX*SUBSCRIBER NAME NM109:AHP000001",
        "IK4*2*1251*8*19800230",
        "IK5*R*5",
        "AK9*R*1*1*0",
    ]


@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        (rb"DTP\*472\*D8\*20261103", b"DTP*472*D8*20261131", ["DTP", "2400", "3:1251:8"]),
        (rb"DTP\*472\*D8\*20261103", b"DTP*472*RD8*20261103-2026110", ["DTP", "2400", "3:1251:8"]),
        (rb"CLM\*A1\*120", b"CLM*A1*ALL", ["CLM", "2300", "2:782:6"]),
        (rb"SV1\*HC:99213\*120", b"SV1*HC:99213*", ["SV1", "2400", "2:782:6"]),
        (rb"HL\*2\*1\*22", b"HL*2*9\x2a22", ["HL", "2000", "2:734:7"]),
    ],
)
def test_simple_mistakes_are_pointed_at(
    payer: PayerSimulator, pattern: bytes, replacement: bytes, expected: list[str]
) -> None:
    """Segment, loop and element: whoever reads the 999 finds the place."""
    data = re.sub(pattern, replacement, batch837p([ClaimSpec("A1")]))
    found = answered(payer, data)
    segment_id, loop, element = expected
    position = next(n for n, s in enumerate(data.split(b"~")) if s.startswith(replacement[:8])) - 1
    (ik3,), (ik4,) = lines(found["999"][0], "IK3"), lines(found["999"][0], "IK4")
    assert ik3 == f"IK3*{segment_id}*{position}*{loop}*8"
    assert ik4.split("*")[1:4] == element.split(":")


def test_every_segment_knows_its_loop() -> None:
    """What IK303 says, four characters at most, wherever an error may stand."""
    line = LineSpec(rendering=valid_npi(7), ordering=valid_npi(3))
    claim = ClaimSpec("A1", (line,), dependent=True, referring=valid_npi(5), other_payer_id="OTHER1")
    (interchange,) = read(batch837p([claim]))
    found = [(s[1], s.loop) for s in interchange.groups[0].sets[0].segments if s.id == "NM1"]
    assert found == [
        *(("41", "1000"), ("40", "1000"), ("85", "2010"), ("IL", "2010"), ("PR", "2010"), ("QC", "2010")),
        *(("DN", "2310"), ("82", "2310"), ("IL", "2330"), ("PR", "2330"), ("82", "2420"), ("DK", "2420")),
    ]


def test_a_claim_without_lines_lacks_a_segment(payer: PayerSimulator) -> None:
    """Code 3 at the place where LX should stand."""
    data = re.sub(rb"LX\*1~.*~SE\*\d+", b"SE*00", batch837p([ClaimSpec("A1")]))
    position = next(n for n, s in enumerate(data.split(b"~")) if s.startswith(b"SE")) - 1
    data = data.replace(b"SE*00", b"SE*%d" % position)
    assert lines(answered(payer, data)["999"][0], "IK3", "CTX", "IK5") == [
        f"IK3*LX*{position}*2400*3",
        "CTX*CLM01:A1",
        "IK5*R*5",
    ]


@pytest.mark.parametrize(
    ("pattern", "replacement", "ik5"),
    [
        (rb"~SE\*\d+\*0001", b"~SE*99*0001", "IK5*R*4"),
        (rb"~SE\*(\d+)\*0001", rb"~SE*\g<1>*0002", "IK5*R*3"),
        (rb"~SE\*\d+\*0001", b"", "IK5*R*2"),
        (rb"005010X222A1", b"004010X098A1", "IK5*R*I6"),
        (rb"ST\*837", b"ST*838", "IK5*R*1"),
    ],
)
def test_a_set_whose_own_envelope_is_wrong_is_rejected(
    payer: PayerSimulator, pattern: bytes, replacement: bytes, ik5: str
) -> None:
    """IK502 says in which way."""
    data = re.sub(pattern, replacement, batch837p([ClaimSpec("A1")]))
    found = answered(payer, data)
    assert lines(found["999"][0], "IK5", "AK9") == [ik5, "AK9*R*1*1*0"]
    assert "277CA" not in found


@pytest.mark.parametrize(
    ("pattern", "replacement", "ak9"),
    [
        (rb"GE\*1\*101", b"GE*1*999", "AK9*R*1*1*0*4"),
        (rb"GE\*1\*101", b"GE*3*101", "AK9*R*3*1*0*5"),
        (rb"GE\*1\*101~", b"", "AK9*R*1*1*0*3"),
        (rb"GS\*HC", b"GS*HX", "AK9*R*1*1*0*1"),
    ],
)
def test_a_refused_group_names_no_sets(payer: PayerSimulator, pattern: bytes, replacement: bytes, ak9: str) -> None:
    """AK9 R without AK2 refuses them all."""
    found = answered(payer, re.sub(pattern, replacement, batch837p([ClaimSpec("A1")])))
    assert lines(found["999"][0], "AK2", "AK9") == [ak9]


def test_one_rejected_set_leaves_the_others_alone(payer: PayerSimulator) -> None:
    """AK9 P; only the claims of the accepted set go on."""
    payer.scenario = Scenario(rules=(Rule(Reject999(), claim="A2"),))
    found = answered(payer, batch837p([ClaimSpec("A1"), ClaimSpec("A2"), ClaimSpec("A3")], claims_per_set=1))
    assert lines(found["999"][0], "AK2", "CTX", "IK4", "IK5", "AK9") == [
        "AK2*837*0001*005010X222A1",
        "IK5*A",
        "AK2*837*0002*005010X222A1",
        "CTX*CLM01:A2",
        "IK4*5:3*1325*7*1",
        "IK5*R*5",
        "AK2*837*0003*005010X222A1",
        "IK5*A",
        "AK9*P*3*3*2",
    ]
    assert [lines(each, "TRN")[-1] for each in found["277CA"]] == ["TRN*2*A1", "TRN*2*A3"]
    assert [line.split("*")[1] for line in lines(found["835"][0], "CLP")] == ["A1", "A3"]


def test_errors_noted_are_no_rejection(payer: PayerSimulator) -> None:
    """IK5 E and AK9 E: the claims are paid all the same."""
    payer.scenario = Scenario(rules=(Rule(Note999(), claim="A1"),))
    found = answered(payer, batch837p([ClaimSpec("A1")]))
    assert lines(found["999"][0], "IK5", "AK9") == ["IK5*E*5", "AK9*E*1*1*1"]
    assert len(lines(found["835"][0], "CLP")) == 1


def test_accepted_and_rejected_claims_stand_in_one_277ca(payer: PayerSimulator) -> None:
    """REF*1K only on acceptance, REF*D9 echoed on both, totals right at submitter and provider."""
    payer.scenario = Scenario(rules=(Rule(Reject277("A7", "562", "82"), rendering=valid_npi(4)),))
    claims = [
        ClaimSpec("A1", TWO_LINES, trace="D9A1"),
        ClaimSpec("A2", member_id="M2", dependent=True, trace="D9A2", rendering=valid_npi(4)),
    ]
    (report,) = answered(payer, batch837p(claims))["277CA"]
    assert lines(report, "HL", "NM1", "TRN", "STC", "QTY", "AMT", "REF", "DTP") == [
        "HL*1**20*1",
        "NM1*PR*2*ALPHA HEALTH PLAN*****PI*ALPHA1",
        "TRN*1*ACK000000003",
        "DTP*050*D8*20261110",
        "DTP*009*D8*20261110",
        "HL*2*1*21*1",
        "NM1*41*2*CEDAR FALLS FAMILY MEDICINE*****46*CFFM01",
        "TRN*2*CF20261110A",
        "STC*A1:19:PR*20261110*WQ*255",
        "QTY*90*1",
        "QTY*AA*1",
        "AMT*YU*135",
        "AMT*YY*120",
        "HL*3*2*19*1",
        "NM1*85*2*CEDAR FALLS FAMILY MEDICINE*****XX*1234567893",
        "TRN*1*0",
        "STC*A1:19:PR**WQ*255",
        "QTY*QA*1",
        "QTY*QC*1",
        "AMT*YU*135",
        "AMT*YY*120",
        "HL*4*3*PT",
        "NM1*QC*1*DOE*DANA****MI*AHP000001",
        "TRN*2*A1",
        "STC*A2:20*20261110*WQ*135",
        "REF*1K*SIM0000010001",
        "REF*D9*D9A1",
        "DTP*472*D8*20261103",
        "HL*5*3*PT",
        "NM1*QC*1*DOE*ROBIN****MI*M2",
        "TRN*2*A2",
        "STC*A7:562:82*20261110*U*120",
        "REF*D9*D9A2",
        "DTP*472*D8*20261103",
    ]


def test_a_rejection_may_stop_at_the_provider_or_the_submitter(payer: PayerSimulator) -> None:
    """Then no claim is named below it, and none of them is paid."""
    other = BillingSpec(npi=valid_npi(5), name="WILLOW CLINIC")
    claims = [ClaimSpec("A1"), ClaimSpec("A2"), ClaimSpec("A3", billing=other)]
    payer.scenario = Scenario(rules=(Rule(Reject277("A8", "496", "85", "provider"), claim="A1"),))
    found = answered(payer, batch837p(claims))
    assert lines(found["277CA"][0], "HL", "STC") == [
        "HL*1**20*1",
        "HL*2*1*21*1",
        "STC*A1:19:PR*20261110*WQ*360",
        "HL*3*2*19*0",
        "STC*A8:496:85**U*240",
        "HL*4*2*19*1",
        "STC*A1:19:PR**WQ*120",
        "HL*5*4*PT",
        "STC*A2:20*20261110*WQ*120",
    ]
    assert [line.split("*")[1] for line in lines(found["835"][0], "CLP")] == ["A3"]
    payer.scenario = Scenario(rules=(Rule(Reject277("A8", "24", "41", "submitter"), claim="A1"),))
    found = answered(payer, batch837p(claims, control=102))
    assert lines(found["277CA"][0], "HL", "STC", "QTY", "AMT") == [
        "HL*1**20*1",
        "HL*2*1*21*0",
        "STC*A8:24:41*20261110*U*360",
        "QTY*AA*3",
        "AMT*YY*360",
    ]
    assert "835" not in found


@pytest.mark.parametrize(("level", "entity"), [("claim", "82"), ("line", "82"), ("submitter", "41"), ("submitter", "")])
@pytest.mark.parametrize("batch", [batch837p, batch837i, batch837d])
def test_refusals_and_errors_noted_are_valid_by_pyx12(
    payer: PayerSimulator, batch: Callable[..., bytes], level: str, entity: str
) -> None:
    """At every level, beside a set that the 999 refuses and one in which it notes errors. Where all is refused at the
    submitter its HL04 says that nothing follows, and pyx12 misses what follows all the same; and nothing else."""
    refused = Rule(Reject277("A7", "562", entity, level), claim="A1")
    payer.scenario = Scenario(rules=(refused, Rule(Reject999(), claim="B*"), Rule(Note999(), claim="C*")))
    numbers = ("A1", "A2", "B1", "C1")
    found = answered(payer, batch([ClaimSpec(n, member_id=f"M{n}") for n in numbers], claims_per_set=1))
    assert {"999", "277CA"} <= found.keys()
    for answer in (*found["999"], *found["277CA"]):
        valid, why = pyx12_verdict(answer)
        missed = re.findall(r"IK[34]\*[^~]*", why)
        assert valid or (level == "submitter" and all(re.fullmatch(r"IK3\*HL\*\d+\*\*3", each) for each in missed)), why


def test_lines_that_do_not_add_up_are_refused_by_themselves(payer: PayerSimulator) -> None:
    """A7:400, claim out of balance: otherwise no remittance could balance."""
    (report,) = answered(payer, batch837p([ClaimSpec("A1", charge=121)]))["277CA"]
    assert lines(report, "STC")[-1] == "STC*A7:400*20261110*U*121"


def test_several_payers_are_answered_by_a_clearinghouse(payer: PayerSimulator) -> None:
    """2100A is AY; the 835 has one set for each payer."""
    beta = ClaimSpec("B1", payer_id="BETA1", payer_name="BETA MUTUAL")
    found = answered(payer, batch837p([ClaimSpec("A1"), beta]))
    assert lines(found["277CA"][0], "NM1")[0] == "NM1*AY*2*OPENGATE GATEWAY*****46*OPENGATE"
    (remittance,) = found["835"]
    assert lines(remittance, "N1")[::2] == ["N1*PR*ALPHA HEALTH PLAN", "N1*PR*BETA MUTUAL"]
    traces = lines(remittance, "TRN")
    assert len(set(traces)) == 2
    payer.scenario = Scenario(clearinghouse=True, without_2200c=True)
    (alone,) = answered(payer, batch837p([ClaimSpec("A1")], control=102))["277CA"]
    assert lines(alone, "NM1")[0].startswith("NM1*AY")
    assert len(lines(alone, "STC")) == 2


def test_silence_is_an_answer_too(payer: PayerSimulator) -> None:
    """A claim nobody speaks of, in a set that was accepted."""
    payer.scenario = Scenario(rules=(Rule(Silent(), claim="A1"),))
    found = answered(payer, batch837p([ClaimSpec("A1"), ClaimSpec("A2")]))
    assert "A1" not in found["277CA"][0].decode().split("TRN*2*")[2]
    assert [line.split("*")[1] for line in lines(found["835"][0], "CLP")] == ["A2"]
    found = answered(payer, batch837p([ClaimSpec("A1")], control=102))
    assert set(found) == {"TA1", "999"}


@dataclass
class Sums:
    """Charge, payment and adjustments of one claim or line; `own` are those of the claim itself."""

    charge: Decimal
    paid: Decimal
    adjusted: Decimal = Decimal(0)
    own: Decimal = Decimal(0)
    lines: list[Sums] = field(default_factory=list)

    def balances(self) -> bool:
        return self.charge - self.adjusted == self.paid


def imbalance(remittance: list[list[str]]) -> set[str]:
    """The levels at which one 835 set does not balance, by sums of its own."""
    total, provider, claims = Decimal(0), Decimal(0), list[Sums]()
    for s in remittance:
        if s[0] == "BPR":
            total = Decimal(s[2])
        elif s[0] == "CLP":
            claims.append(Sums(Decimal(s[3]), Decimal(s[4])))
        elif s[0] == "SVC":
            claims[-1].lines.append(Sums(Decimal(s[2]), Decimal(s[3])))
        elif s[0] == "CAS":
            amount = sum(map(Decimal, s[3::3]), Decimal(0))
            claims[-1].adjusted += amount
            if claims[-1].lines:
                claims[-1].lines[-1].adjusted += amount
            else:
                claims[-1].own += amount
        elif s[0] == "PLB":
            provider += sum(map(Decimal, s[4::2]), Decimal(0))
    wrong = {"line" for claim in claims for line in claim.lines if not line.balances()}
    for claim in claims:
        charge, paid = (sum(getattr(line, name) for line in claim.lines) for name in ("charge", "paid"))
        if not claim.balances() or (claim.lines and (charge, paid - claim.own) != (claim.charge, claim.paid)):
            wrong.add("claim")
    if total != sum(claim.paid for claim in claims) - provider or total < 0:
        wrong.add("transaction")
    return wrong


EVERYTHING = Scenario(
    rules=(
        Rule(PayPartly(rarc="M62"), claim="P*"),
        Rule(Deny("B7", "N570"), claim="D*", then=Pay()),
        Rule(Deny("27", "N30", "PR", "4"), claim="E*"),
        Rule(Pay(Decimal("0.333"), Decimal(0)), claim="R*", then=Pay(Decimal("0.1"))),
        Rule(Reject277("A6", "164", "IL"), claim="X*"),
    ),
    provider_adjustments=(Adjustment("L6", Decimal("-1.25")), Adjustment("WO", Decimal(25), "OLD1")),
)


def every_kind(prefix: str) -> list[ClaimSpec]:
    """One claim for every rule above, for two payers, with one and several lines."""
    many = (*TWO_LINES, LineSpec("20610", "99.99", modifiers=("RT",), rendering=valid_npi(7)))
    ranged = (LineSpec(charge="10.01", last_day=date(2026, 11, 5)),)
    claims = [
        ClaimSpec(f"{kind}{prefix}{n}", lines_, member_id=f"M{kind}{n}", dependent=n == 2, payer_id=payer_id)
        for kind in "APDERX"
        for n, lines_ in enumerate((TWO_LINES, many, ranged, (LineSpec(charge=0),)))
        for payer_id in ("ALPHA1",)
    ]
    replacement = ClaimSpec("A9", frequency="7", payer_control_number="OLD9", responsibility="S", trace="T9")
    return [*claims, replacement, ClaimSpec("D8", payer_id="BETA1", payer_name="BETA MUTUAL", filing_indicator="MB")]


@pytest.mark.parametrize("batch", [batch837p, batch837i])
def test_every_remittance_balances_and_pyx12_finds_every_answer_valid(
    payer: PayerSimulator, batch: Callable[..., bytes]
) -> None:
    """Paid, partly paid, denied, reversed, corrected, adjusted: nothing invents or loses a cent."""
    payer.scenario = EVERYTHING
    with session(payer) as client:
        upload(client, batch(every_kind("1")))
        names = payer.tick() + payer.tick()
        found = fetched(client, names)
    assert [len(sets(remittance)) for remittance in found["835"]] == [2, 2]
    for remittance in found["835"]:
        assert [imbalance(each) for each in sets(remittance)] == [set(), set()]
    for kind in ("999", "277CA", "835"):
        for answer in found[kind]:
            valid, why = pyx12_verdict(answer)
            assert valid, why


def test_what_each_action_pays(payer: PayerSimulator) -> None:
    """Line by line as the trade writes it."""
    payer.scenario = replace(EVERYTHING, provider_adjustments=())
    copay_once = (*TWO_LINES, LineSpec(charge=100))
    claims = [ClaimSpec("A1", copay_once, dependent=True), ClaimSpec("P1", TWO_LINES), ClaimSpec("P2"), ClaimSpec("D1")]
    (remittance,) = answered(payer, batch837p(claims))["835"]
    text = "~".join(lines(remittance, "CLP", "NM1", "SVC", "CAS", "LQ"))
    assert "CLP*A1*1*235*156.25*20*12*SIM0000010004*11*1~NM1*QC*1*DOE*ROBIN****MI*AHP000001~NM1*IL*1*DOE*DANA" in text
    assert "SVC*HC:99213*120*70**1~CAS*CO*45*30~CAS*PR*3*20~SVC*HC:36415*15*11.25**1~CAS*CO*45*3.75~" in text
    assert "CAS*CO*45*3.75~SVC*HC:99213*100*75**1~CAS*CO*45*25" in text
    assert "CLP*P1*1*135*70*20*12*" in text
    assert "SVC*HC:36415*15*0**0**1~CAS*CO*197*15~LQ*HE*M62~" in text
    assert "SVC*HC:99213*120*45**1~CAS*CO*45*15**197*60~LQ*HE*M62" in text
    assert "CLP*D1*1*120*0**12*" in text
    assert "SVC*HC:99213*120*0**0**1~CAS*CO*B7*120~LQ*HE*N570" in text


@pytest.mark.parametrize("action", [Deny("50"), PayPartly(carc="50"), Deny("29", at="claim")])
def test_a_denial_without_a_rarc_sends_none(payer: PayerSimulator, action: Deny | PayPartly) -> None:
    """A remark of its own would make another denial of it, and somebody else's work."""
    payer.scenario = Scenario(action)
    (remittance,) = answered(payer, batch837p([ClaimSpec("A1")]))["835"]
    denials = [line for line in lines(remittance, "CAS") if f"*{action.carc}*" in line]
    assert denials
    assert lines(remittance, "LQ", "MOA", "MIA") == []


def test_the_payers_claim_number_is_the_same_in_277ca_and_835(payer: PayerSimulator) -> None:
    """REF*1K comes back as CLP07: the strongest key there is."""
    found = answered(payer, batch837p([ClaimSpec("A1"), ClaimSpec("A2", dependent=True)]))
    given = [line.split("*")[2] for line in lines(found["277CA"][0], "REF") if line.startswith("REF*1K")]
    paid = [line.split("*")[7] for line in lines(found["835"][0], "CLP")]
    assert given == paid
    assert len(set(given)) == 2


def test_pyx12_is_awake(payer: PayerSimulator) -> None:
    """The judge of the tests above fails what it should fail."""
    found = answered(payer, batch837p([ClaimSpec("A1")]))
    for kind, good, bad in (
        ("277CA", b"A2:20", b"A9:20"),
        ("835", b"*12*SIM", b"*CI*SIM"),
        ("999", b"IK5*A", b"IK5*Q"),
    ):
        assert pyx12_verdict(found[kind][0])[0]
        assert good in found[kind][0]
        assert not pyx12_verdict(found[kind][0].replace(good, bad))[0]


def test_the_money_of_provider_adjustments_never_makes_a_payment_negative(payer: PayerSimulator) -> None:
    """What is left over is carried forward by PLB FB, and no money moves."""
    payer.scenario = Scenario(Deny(), provider_adjustments=(Adjustment("WO", Decimal(25), "OLD1"),))
    (remittance,) = answered(payer, batch837p([ClaimSpec("A1")]))["835"]
    assert lines(remittance, "BPR") == ["BPR*H*0*C*NON************20261113"]
    assert lines(remittance, "PLB") == ["PLB*1234567893*20261231*WO:OLD1*25*FB:SIM0000010001*-25"]
    assert imbalance(sets(remittance)[0]) == set()


def test_a_correction_reverses_first_and_comes_a_tick_later(payer: PayerSimulator) -> None:
    """Every amount negated under the old number, then the new decision under a new one."""
    payer.scenario = Scenario(rules=(Rule(Pay(), claim="A1", then=Pay(copay=Decimal(15))),))
    with session(payer) as client:
        upload(client, batch837p([ClaimSpec("A1", TWO_LINES), ClaimSpec("A2")]))
        first, second = (fetched(client, payer.tick())["835"] for _ in range(2))
        assert payer.tick() == ()
    assert len(lines(first[0], "CLP")) == 2
    assert lines(second[0], "BPR", "CLP", "SVC", "CAS") == [
        lines(second[0], "BPR")[0],
        "CLP*A1*22*-135*-81.25*-20*12*SIM0000010001*11*1",
        "SVC*HC:99213*-120*-70**-1",
        "CAS*CO*45*-30",
        "CAS*PR*3*-20",
        "SVC*HC:36415*-15*-11.25**-1",
        "CAS*CO*45*-3.75",
        "CLP*A1*1*135*86.25*15*12*SIM0000010001C*11*1",
        "SVC*HC:99213*120*75**1",
        "CAS*CO*45*30",
        "CAS*PR*3*15",
        "SVC*HC:36415*15*11.25**1",
        "CAS*CO*45*3.75",
    ]
    assert lines(second[0], "BPR")[0].startswith("BPR*I*5*C*ACH*")


@pytest.mark.parametrize(
    ("where", "levels"),
    [("transaction", {"transaction"}), ("claim", {"claim"}), ("line", {"line", "claim"})],
)
def test_an_unbalanced_remittance_is_out_where_it_was_told_to_be(
    payer: PayerSimulator, where: str, levels: set[str]
) -> None:
    """One dollar, at one level; a line that is out takes its claim with it."""
    payer.scenario = Scenario(faults=Faults(unbalanced_835=where))
    (remittance,) = answered(payer, batch837p([ClaimSpec("A1", TWO_LINES), ClaimSpec("A2")]))["835"]
    assert imbalance(sets(remittance)[0]) == levels


@pytest.mark.parametrize(
    ("action", "levels"),
    [
        (Pay(contract=Decimal(0), copay=Decimal(0)), {"line", "claim"}),
        (Pay(at="claim"), {"line", "claim"}),
        (Deny(at="alone"), {"claim"}),
    ],
)
@pytest.mark.parametrize("charge", [120, 0])
def test_a_line_is_out_of_balance_whatever_stands_on_it(
    payer: PayerSimulator, action: Action, levels: set[str], charge: int
) -> None:
    """Nothing, or all of it at the claim; where no line is written its claim is out. Reversed and corrected too."""
    payer.scenario = Scenario(rules=(Rule(action, then=action),), faults=Faults(unbalanced_835="line"))
    data = batch837p([ClaimSpec("A1", (LineSpec(charge=charge),)), ClaimSpec("A2")])
    with session(payer) as client:
        upload(client, data)
        found = fetched(client, payer.tick() + payer.tick())
    assert [imbalance(sets(each)[0]) for each in found["835"]] == [levels, levels]


@pytest.mark.parametrize("batch", [batch837p, batch837i])
def test_a_member_without_a_number_is_answered_validly(payer: PayerSimulator, batch: Callable[..., bytes]) -> None:
    """As in workers' compensation: 2010BA NM109 is not always there."""
    found = answered(
        payer, batch([ClaimSpec("A1"), ClaimSpec("A2", dependent=True)]).replace(b"****MI*AHP000001~", b"~")
    )
    assert lines(found["835"][0], "NM1")[0] == "NM1*QC*1*DOE*DANA"
    for kind in ("277CA", "835"):
        valid, why = pyx12_verdict(found[kind][0])
        assert valid, why


def test_institutional_claims_are_answered_as_such(payer: PayerSimulator) -> None:
    """Bill type in the 277CA, statement period and revenue codes in the 835."""
    claim = ClaimSpec(
        "I1", (LineSpec(charge=120), LineSpec("", 15)), first_day=date(2026, 11, 1), last_day=date(2026, 11, 4)
    )
    found = answered(payer, batch837i([claim]))
    assert lines(found["277CA"][0], "REF", "DTP")[-2:] == ["REF*BLT*131", "DTP*472*RD8*20261101-20261104"]
    assert lines(found["835"][0], "SVC") == ["SVC*HC:99213*120*70*0450*1", "SVC*NU:0450*15*11.25**1"]
    assert lines(found["835"][0], "DTM")[1:3] == ["DTM*232*20261101", "DTM*233*20261104"]


def test_dental_claims_are_answered_too(payer: PayerSimulator) -> None:
    """By the same rules, with the procedure as it was sent."""
    found = answered(payer, batch837d([ClaimSpec("D1", (LineSpec("D1110", 80),))]))
    assert lines(found["835"][0], "SVC") == ["SVC*AD:D1110*80*40**1"]
    assert imbalance(sets(found["835"][0])[0]) == set()


def test_answers_are_made_from_what_came_not_from_what_was_expected(payer: PayerSimulator) -> None:
    """Change the bytes, and the answers change with them."""
    data = batch837p([ClaimSpec("A1", trace="D9A")])
    for old, new in (
        (b"A1*120", b"QQ*120"),
        (b"D9A", b"D9Z"),
        (b"CF20261110A", b"OTHERBATCH1"),
        (b"AHP000001", b"ZZ9"),
    ):
        data = data.replace(old, new)
    found = answered(payer, data)
    assert {"TRN*2*QQ", "TRN*2*OTHERBATCH1", "REF*D9*D9Z"} <= set(lines(found["277CA"][0], "TRN", "REF"))
    assert lines(found["277CA"][0], "NM1")[-1].endswith("MI*ZZ9")
    assert lines(found["835"][0], "CLP")[0].startswith("CLP*QQ*")


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        (Rule(Silent(), claim="A*"), ["A1", "A2"]),
        (Rule(Silent(), rendering=valid_npi(7)), ["A2"]),
        (Rule(Silent(), rendering="1234567893"), []),
        (Rule(Silent(), payer="BETA1"), ["B1"]),
        (Rule(Silent(), procedure="36415"), ["A1"]),
        (Rule(Silent(), claim="A*", procedure="99213", payer="ALPHA1"), ["A1", "A2"]),
        (Rule(Silent(), claim="A*", payer="BETA1"), []),
    ],
)
def test_a_rule_decides_the_claims_that_meet_all_its_conditions(
    payer: PayerSimulator, rule: Rule, hit: list[str]
) -> None:
    """The first that matches wins over those behind it and over the default."""
    claims = [
        ClaimSpec("A1", TWO_LINES),
        ClaimSpec("A2", (LineSpec(rendering=valid_npi(7)),)),
        ClaimSpec("B1", payer_id="BETA1"),
    ]
    payer.scenario = Scenario(rules=(rule, Rule(Reject277(), claim="A*")), default=Pay())
    (report,) = answered(payer, batch837p(claims))["277CA"] or [b""]
    named = [line.split("*")[2] for line in lines(report, "TRN")[3:]]
    assert [claim.control_number for claim in claims if claim.control_number not in named] == hit


def test_it_sends_only_the_kinds_it_is_told_to(payer: PayerSimulator) -> None:
    """Many payers never send a TA1, and some a 999 only with bad news."""
    payer.scenario = Scenario(answers=("999", "835"))
    assert set(answered(payer, batch837p([ClaimSpec("A1")]))) == {"999", "835"}
    payer.scenario = Scenario(negative_only=("TA1", "999", "277CA"), rules=(Rule(Reject277(), claim="A2"),))
    assert set(answered(payer, batch837p([ClaimSpec("A1")], control=102))) == {"835"}
    assert set(answered(payer, batch837p([ClaimSpec("A2")], control=103))) == {"277CA"}
    assert set(answered(payer, batch837p([ClaimSpec("A2")], control=103))) == {"TA1"}
    bad = batch837p([ClaimSpec("A2")], control=104).replace(b"19800214", b"19800230")
    assert set(answered(payer, bad)) == {"999"}


def test_no_ta1_is_sent_where_none_was_asked_for(payer: PayerSimulator) -> None:
    """ISA14 of 0: only a refusal is told."""
    data = batch837p([ClaimSpec("A1")]).replace(b"*000000101*1*P", b"*000000101*0*P")
    assert "TA1" not in answered(payer, data)
    assert set(answered(payer, data)) == {"TA1"}


def test_answers_wait_for_their_ticks_and_seconds(payer: PayerSimulator, clock: Clock) -> None:
    """Ticks count from the one that took the file, seconds from its moment; both must have passed."""
    payer.scenario = Scenario(delays={"277CA": Delay(ticks=2), "835": Delay(seconds=60, ticks=1)})
    with session(payer) as client:
        upload(client, batch837p([ClaimSpec("A1")]))
        assert set(fetched(client, payer.tick())) == {"TA1", "999"}
        assert payer.tick() == ()
        assert set(fetched(client, payer.tick())) == {"277CA"}
        clock.now += timedelta(seconds=59)
        assert payer.tick() == ()
        clock.now += timedelta(seconds=1)
        assert set(fetched(client, payer.tick())) == {"835"}
        assert payer.tick() == ()


def test_answers_can_come_twice_backwards_and_to_somebody_else(payer: PayerSimulator) -> None:
    """All of it happens; the bytes of a double are the same."""
    payer.scenario = Scenario(faults=Faults(out_of_order=True, duplicate_answers=True, wrong_receiver=True))
    with session(payer) as client:
        upload(client, batch837p([ClaimSpec("A1")]))
        names = payer.tick()
        found = fetched(client, names)
    assert [kind_of(name) for name in names[::2]] == ["835", "277CA", "999", "TA1"]
    assert all(first == second for first, second in found.values())
    assert b"*ZZ*SOMEBODYELSE   *" in found["835"][0]


def test_every_answer_has_a_control_number_of_its_own(payer: PayerSimulator) -> None:
    """ISA13, GS06, IEA02 and GE02 agree, and none is ever given twice."""
    found = [answered(payer, batch837p([ClaimSpec("A1")], control=n)) for n in (101, 102)]
    assert lines(found[0]["999"][0], "GS") == ["GS*FA*OPENGATE*CFFM01*20261110*0905*2*X*005010X231A1"]
    controls = []
    for answer in (each for answers in found for some in answers.values() for each in some):
        (isa,), (iea,) = lines(answer, "ISA"), lines(answer, "IEA")
        controls.append(isa.split("*")[13])
        assert iea.split("*")[2] == controls[-1]
        for gs, ge in zip(lines(answer, "GS"), lines(answer, "GE"), strict=True):
            assert gs.split("*")[6] == ge.split("*")[2] == str(int(controls[-1]))
    assert sorted(controls) == [f"{n:09d}" for n in range(1, 9)]


def test_equal_claims_are_equal_in_any_wrapper(payer: PayerSimulator) -> None:
    """HL numbers, REF*D9 and the envelope are the wrapper's; everything else is the claim's."""
    claim = ClaimSpec("A2", TWO_LINES, trace="D9A", dependent=True)
    for number, batch in enumerate(
        (
            [claim],
            [ClaimSpec("A1", member_id="M1"), replace(claim, trace="D9B")],
            [replace(claim, trace="")],
            [replace(claim, lines=(LineSpec(charge=121), TWO_LINES[1]))],
            [replace(claim, member_id="OTHER")],
        )
    ):
        answered(payer, batch837p(batch, control=200 + number))
    digests = [seen.digest for seen in payer.received_claims() if seen.claim == "A2"]
    assert digests[0] == digests[1] == digests[2]
    assert len(set(digests)) == 3

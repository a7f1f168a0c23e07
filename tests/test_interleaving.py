"""Answers of every kind to one submission, in any order and however often: the same state, postings and work in the end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import Refused
from gateway.matching.words import meaning
from gateway.model.answers import Adjustment, Carrier, ClaimPayment, LinePayment, Remittance
from gateway.model.sending import set_control, set_reference
from gateway.store import Tx, answers, ledger
from gateway.store.payment_codec import as_payment, payment_text
from gateway.testing.payer import PayerSimulator, Scenario
from gateway.workers.site import open_site
from gateway.x12.answers import read_answers
from tests.answers import group, interchange, one_set
from tests.commands import on
from tests.sites import TestSite, make_site
from tests.test_answers import batch, run
from tests.test_money import paying, pays

NAMES = ("A", "B", "C", "D", "E", "F", "G")
"""Two to a set: A B, C D, E F, G. All lie at the payer, which has said nothing so far; H is held here and never sent."""


@dataclass(frozen=True)
class Wire:
    """What our submission went out under, as a payer repeats it."""

    control: int
    moment: str
    reference: str
    traces: dict[str, str]
    segments: dict[str, int]


@dataclass(frozen=True)
class Sent:
    """A closed site whose one submission awaits its answers."""

    site: TestSite
    wire: Wire


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    root = tmp_path_factory.mktemp("interleaving")
    with PayerSimulator(root / "payer", Scenario(answers=())) as payer:
        site = make_site(root / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        declared = site.root / "plugins" / "alpha.toml"
        declared.write_text(declared.read_text() + "claims_per_set = 2\nsets_per_file = 9\n")
        site.drop("a.837", batch(*NAMES))
        site.drop("h.837", batch("H", control=102, rendering="2000000028"))
        run(site)
        yield Sent(site, _wire(site))


def _wire(site: TestSite) -> Wire:
    (row,) = site.query("SELECT * FROM submissions")
    carried = site.query(
        "SELECT c.control_number, a.trace, a.first_segment FROM attempts a JOIN claims c ON c.id = a.claim ORDER BY a.id"
    )
    assert [each["control_number"] for each in carried] == [*NAMES]
    return Wire(
        row["isa13"],
        row["moment"],
        row["reference"],
        {each["control_number"]: each["trace"] for each in carried},
        {each["control_number"]: each["first_segment"] for each in carried},
    )


# What the payer and the clearinghouse say, each document by itself.


def ta1(wire: Wire, code: str, note: str, control: int) -> bytes:
    day, clock = wire.moment.split("T")
    when = f"{day.replace('-', '')[-6:]}*{clock.replace(':', '')[:4]}"
    return interchange(f"TA1*{wire.control:09}*{when}*{code}*{note}~", control=control, receiver="OPENGATE")


def partial(wire: Wire, control: int) -> bytes:
    """A, B and the last set taken; C named as the culprit of its set, so that D travelled with it in innocence."""
    sets = [
        *("AK2*HC*" + set_control(1), "IK5*A"),
        *("AK2*HC*" + set_control(2), f"IK3*CLM*{wire.segments['C']}*2300*8", "IK4*1**7", "IK5*R*5"),
        *("AK2*HC*" + set_control(3), "IK5*E*5"),
        *("AK2*HC*" + set_control(4), "IK5*A"),
    ]
    body = ("AK1*HC*" + str(wire.control) + "*005010X222A1", *sets, "AK9*P*4*4*3")
    text = group("FA", "005010X231A1", one_set("999", *body, version="005010X231A1"))
    return interchange(text, control=control, receiver="OPENGATE")


def report(wire: Wire, number: int, issuer: str, day: str, *claims: tuple[str, str, str], control: int) -> bytes:
    """A 277CA for one of our sets: of each claim its number, STC and REF*1K."""
    head = [
        f"BHT*0085*08*R{control}*{day}*{control:04}*TH", "HL*1**20*1", f"NM1*{issuer}*2*ALPHA HEALTH*****PI*77001",
        f"TRN*1*R{control}", f"DTP*050*D8*{day}", f"DTP*009*D8*{day}", "HL*2*1*21*1",
        "NM1*41*2*OPENGATE GATEWAY*****46*OGT77", f"TRN*2*{set_reference(wire.reference, number)}",
    ]  # fmt: skip
    body = [] if claims else [f"STC*A7:23*{day}*U*270"]
    body += ["HL*3*2*19*1", "NM1*85*2*BIRCH LANE CLINIC*****XX*1234567893"] if claims else []
    for place, (claim, status, payer_number) in enumerate(claims, 4):
        body += [f"HL*{place}*3*PT", "NM1*QC*1*DOE*DANA****MI*M1", f"TRN*2*{claim}", f"STC*{status}*{day}*WQ*135"]
        if status.startswith(("A3", "A7")):
            body[-1] = f"STC*{status}*{day}*U*135"
        body += [f"REF*1K*{payer_number}"] * bool(payer_number)
        body += [f"REF*D9*{wire.traces[claim]}", "DTP*472*D8*20261109"]
    text = group("HN", "005010X214", one_set("277", *head, *body, version="005010X214"))
    return interchange(text, control=control, receiver="OPENGATE")


def documents(wire: Wire) -> list[bytes]:
    """Everything that was ever said of the eight claims."""
    return [
        ta1(wire, "A", "000", 21),
        ta1(wire, "R", "025", 22),
        partial(wire, 23),
        report(wire, 1, "AY", "20261116", ("A", "A1:19", "CH1"), ("B", "A3:21", "CH2"), control=24),
        report(wire, 1, "PR", "20261117", ("A", "A2:20", "PA"), ("B", "A2:20", "PB"), control=25),
        report(wire, 2, "PR", "20261117", ("D", "A2:20", "PD"), control=26),
        report(wire, 3, "PR", "20261117", ("E", "A2:20", "PE"), ("F", "A2:20", ""), control=27),
        report(wire, 3, "PR", "20261119", ("E", "A7:562:82", ""), control=28),
        report(wire, 4, "AY", "20261116", control=29),
        paying("E1", pays("A", 100, number="PA"), pays("B", 0, number="PB"), amount="100", control=31),
        paying(
            "E2",
            pays("A", 100, "22", "PA"),
            pays("A", 80, number="PA2"),
            amount="0",
            plb=["PLB*1234567893*20261231*WO:PA*-20"],
            control=32,
        ),
        paying("E3", pays("B", 60, number="PB2"), amount="60", control=33),
        paying(
            "E4", pays("B", 60, "22", "PB2"), plb=["PLB*1234567893*20261231*FB:PB2*-60"], day="20261208", control=34
        ),
        paying("E5", pays("0", 90, number="PD"), pays("UNKNOWN", 10), amount="100", day="20261208", control=35),
        paying("E6", pays("F", 90), amount="91", day="20261209", control=36),
        paying("E7", pays("H", 0, number="PH").replace("CO*29", "CO*B7"), day="20261209", control=37),
        paying("E8", pays("0", 0, "22", "PH").replace("CO*29", "CO*B7"), day="20261215", control=38),
    ]


IN_ALL = {"A": "PAID", "B": "DENIED", "C": "RETURNED", "D": "PAID", "E": "DECLINED", "F": "ACCEPTED", "G": "DECLINED"}


# Where all of it ends.


def post_all(tx: Tx, lane: Any, some: Sequence[bytes]) -> dict[str, Any]:
    for number, each in enumerate(some):
        row = tx.run(
            "INSERT INTO documents (name, sha256, size, kid, sealed_at) VALUES (?, x'', 0, '', '')", f"t{number}"
        )
        for ordinal, answer in enumerate(read_answers([each])):
            answers.post(tx, lane, row, ordinal, answer)
    return ended(tx)


_ENDS = {
    "claims": "SELECT control_number, state, standing, code, place, next, judge_on FROM claims ORDER BY id",
    "numbers": "SELECT id, payer_control_number FROM attempts ORDER BY id",
    "said": "SELECT DISTINCT attempt, form, accepted, stage, dated, sequence, code, place FROM verdicts"
    " ORDER BY 1, 2, 3, 4, 5, 6",
    "ledger": "SELECT r.trace, a.ordinal, a.control_number, a.status, a.paid, a.outcome, c.control_number AS ours"
    " FROM adjudications a JOIN remittances r ON r.id = a.remittance LEFT JOIN claims c ON c.id = a.claim ORDER BY 1, 2",
    "provider level": "SELECT r.trace, p.reason, p.amount, c.control_number, o.trace AS origin FROM provider_adjustments p"
    " JOIN remittances r ON r.id = p.remittance LEFT JOIN claims c ON c.id = p.claim LEFT JOIN remittances o"
    " ON o.id = p.origin ORDER BY 1, p.ordinal",
    "denials": "SELECT c.control_number, d.cause, d.code, d.places, d.amount, d.statement, d.times, d.state, d.outcome,"
    " d.npi FROM denials d JOIN claims c ON c.id = d.claim ORDER BY 1, 2",
    "proposals": "SELECT payer, npi, role, cause, state, first_day, last_day FROM proposals ORDER BY 1, 2, 3, 4",
    "questions": "SELECT claim, statement, code, place FROM proposal_claims ORDER BY 1, 2, 3, 4",
    "marks": "SELECT claim, mark, reason FROM marks ORDER BY 1, 2, 3",
    "lanes": "SELECT key, state FROM lanes",
    "submissions": "SELECT id, state FROM submissions",
}


def ended(tx: Tx) -> dict[str, Any]:
    return {name: [tuple(row) for row in tx.all(sql)] for name, sql in _ENDS.items()}


def rehearsed(site: TestSite, orders: Sequence[Sequence[bytes]]) -> list[dict[str, Any]]:
    async def rehearse() -> list[dict[str, Any]]:
        async with open_site(site.config) as opened:
            (lane,) = opened.directory.lanes.values()
            return [await opened.store.rehearse(None, post_all, lane, order) for order in orders]

    return asyncio.run(rehearse())


COUNT = 17


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    orders=st.lists(
        st.tuples(st.permutations(range(COUNT)), st.lists(st.integers(0, COUNT - 1), max_size=6)),
        min_size=6,
        max_size=6,
    )
)
def test_every_interleaving_of_all_answers_ends_alike(sent: Sent, orders: list[tuple[list[int], list[int]]]) -> None:
    """Acknowledgments of every kind, payments, reversals and corrections: the sum knows no order and no repetition."""
    said = documents(sent.wire)
    assert len(said) == COUNT
    mixed = [[*order, *again] for order, again in orders]
    once, *others = rehearsed(sent.site, [said, *([said[place] for place in order] for order in mixed)])
    stand = {claim: standing for claim, state, standing, *_ in once["claims"] if state == "SENT"}
    assert stand == IN_ALL
    for order, other in zip(mixed, others, strict=True):
        different = {name: (once[name], other[name]) for name in once if once[name] != other[name]}
        assert not different, f"{order} ends otherwise"


@pytest.mark.parametrize("code", ["A", "E"])
def test_what_took_the_envelope_keeps_no_innocent_claim_here(sent: Sent, code: str) -> None:
    """D travelled with the culprit: it goes again by itself, whether a TA1 came before the 999, after it or never."""
    taken, rejected = ta1(sent.wire, code, "000", 21), partial(sent.wire, 23)
    ends = rehearsed(sent.site, [[rejected], [taken, rejected], [rejected, taken], [rejected, rejected, taken]])
    assert [claim[1:3] for end in ends for claim in end["claims"] if claim[0] == "D"] == [("RECEIVED", "")] * 4


def test_an_innocent_claim_that_stays_here_says_so(sent: Sent) -> None:
    """What a 999 took before it rejected it waits for a person, with the command; nobody is told that it goes by itself."""
    taken = partial(sent.wire, 22).replace(b"IK5*R*5", b"IK5*E*5").replace(b"AK9*P*4*4*3", b"AK9*E*4*4*4")
    (end,) = rehearsed(sent.site, [[taken, partial(sent.wire, 23)]])
    (d,) = [claim for claim in end["claims"] if claim[0] == "D"]
    assert d[1:4] == ("SENT", "RETURNED", "SET_REJECTED")
    assert "gateway resend C4 --reason" in d[5]


def test_a_999_that_names_no_claim_blames_none(sent: Sent) -> None:
    """A whole set rejected for its envelope: the step is to ask the partner, and the command that sends it again."""
    whole = partial(sent.wire, 23)
    begin, end = whole.index(b"IK3*CLM"), whole.index(b"IK5*R*5")
    (ended,) = rehearsed(sent.site, [[whole[:begin] + whole[end:]]])
    (c,) = [claim for claim in ended["claims"] if claim[0] == "C"]
    assert c[2:4] == ("RETURNED", "IK501 R 5")
    assert c[5].startswith("The 999 names no claim")
    assert "gateway resend C3 --reason" in c[5]


def test_a_number_that_was_seen_before_and_nobody_took_is_for_a_person(tmp_path: Path) -> None:
    """TA1 025 without a positive answer: what the partner has under that number may be another file. The digest says so
    until something good is heard; a person hears that the claims are not there, and each goes again once released."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=())) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        site.drop("a.837", batch("A", "B"))
        run(site)
        (row,) = site.query("SELECT * FROM submissions")
        wire = Wire(row["isa13"], row["moment"], row["reference"], {}, {})
        with pytest.raises(Refused):
            site.ask("settle", submission=1, arrived=False, reason="they say so")
        (payer.outbox / "1.x12").write_bytes(ta1(wire, "R", "025", 22))
        run(site)
        (told,) = [
            line for each in site.ask("digest")["sections"] if each["title"] == "In doubt" for line in each["lines"]
        ]
        assert told["command"] == "gateway submissions show 1"
        (step,) = [
            each["next"]
            for each in site.ask("submissions show", submission=1)["events"]
            if "duplicate" in each["event"]
        ]
        assert "gateway settle 1 --not-arrived" in step
        site.ask("settle", submission=1, arrived=False, reason="they do not have it")
        assert [(c["stands"], c["code"]) for c in site.ask("claims")] == [("HELD", "MAY_HAVE_ARRIVED")] * 2
        site.ask("release", claim="A", reason="they do not have it")
        run(site)
        assert [c["stands"] for c in site.ask("claims")] == ["SENT", "HELD"]
        assert [s["isa13"] for s in site.ask("submissions")] == ["000000002", "000000001"]
        (payer.outbox / "2.x12").write_bytes(ta1(wire, "A", "000", 23))
        run(site)
        assert site.ask("claims")[1]["stands"] == "ACKNOWLEDGED"
        assert site.ask("audit")["intact"]


def test_a_person_may_say_that_what_was_called_a_duplicate_is_there(tmp_path: Path) -> None:
    """By command line: the word is kept, the digest is quiet, until the partner says so again; the claims go nowhere."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=())) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        site.drop("a.837", batch("A"))
        run(site)
        (row,) = site.query("SELECT * FROM submissions")
        wire = Wire(row["isa13"], row["moment"], row["reference"], {}, {})
        for control in (22, 24):
            (payer.outbox / f"{control}.x12").write_bytes(ta1(wire, "R", "025", control))
            run(site)
            step = doubts(site)
            assert step == ["gateway submissions show 1"]
            shown = on(site, "submissions", "show", "1").stdout
            assert re.findall("gateway settle 1 --[a-z-]+", " ".join(shown.split()))[-2:] == [
                "gateway settle 1 --arrived", "gateway settle 1 --not-arrived",
            ]  # fmt: skip
            done = on(site, "settle", "1", "--arrived", "--reason", "Ann at the partner sees both claims")
            assert (done.returncode, doubts(site)) == (0, []), done.stderr
        assert on(site, "settle", "1", "--arrived", "--reason", "again").returncode != 0
        assert [(c["stands"], c["code"]) for c in site.ask("claims")] == [("SENT", "")]
        (told,) = [each for each in site.ask("submissions show", submission=1)["seen"] if each["seen"] == "told"]
        assert told["evidence"] == "a person's word: Ann at the partner sees both claims"
        assert site.ask("audit")["intact"]


def doubts(site: TestSite) -> list[str]:
    """What the digest has people look at."""
    sections = [each for each in site.ask("digest")["sections"] if each["title"] == "In doubt"]
    return [line["command"] for each in sections for line in each["lines"]]


def test_a_number_that_was_taken_before_asks_nothing_of_anybody(sent: Sent) -> None:
    """The first transmission was taken: nobody is told to look for its claims, and nobody can give them up."""
    for order in ([ta1(sent.wire, "A", "000", 21), ta1(sent.wire, "R", "025", 22)],
                  [ta1(sent.wire, "R", "025", 22), ta1(sent.wire, "A", "000", 21)]):  # fmt: skip
        (end,) = rehearsed(sent.site, [order])
        assert {state for _, state, standing, *_ in end["claims"] if standing == "ACKNOWLEDGED"} == {"SENT"}


def test_what_was_said_of_a_claim_is_told_in_words(tmp_path: Path) -> None:
    """TA1, 999 and 277CA by whom and on which day, each with loop and element or status in words; what is neither yes nor
    no stands in the digest until something settles the claim."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=())) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        declared = site.root / "plugins" / "alpha.toml"
        declared.write_text(declared.read_text() + "claims_per_set = 2\nsets_per_file = 9\n")
        site.drop("a.837", batch(*NAMES))
        run(site)
        wire = _wire(site)
        strange = report(wire, 3, "PR", "20261118", ("E", "A2:20", ""), control=41).replace(b"*WQ*135", b"*U*135")
        for number, each in enumerate([ta1(wire, "A", "000", 21), partial(wire, 23), *documents(wire)[3:5], strange]):
            (payer.outbox / f"{number}.x12").write_bytes(each)
            run(site)
        said = {name: site.ask("why", claim=name)["acknowledged"] for name in ("A", "C", "E")}
        noted = [
            line
            for each in site.ask("digest")["sections"]
            if each["title"] == "Not understood"
            for line in each["lines"]
        ]
        assert [(each["what"].split(",")[0], each["command"]) for each in noted] == [
            ("1 claim at alpha: a 277CA says A2:20", "gateway why C5")
        ]
        (payer.outbox / "later.x12").write_bytes(report(wire, 3, "PR", "20261119", ("E", "A2:20", ""), control=42))
        run(site)
        assert "Not understood" not in {each["title"] for each in site.ask("digest")["sections"]}
    told = {
        name: [(e["form"], e["by"], e["says"], e["dated"], e["means"]) for e in words] for name, words in said.items()
    }
    assert told["A"] == [
        ("TA1", "partner", "accepted", None, ""),
        ("999", "partner", "accepted", None, ""),
        ("277CA", "clearinghouse", "noted", "2026-11-16", "received, not yet accepted; receipt is acknowledged"),
        ("277CA", "payer", "accepted", "2026-11-17", ""),
    ]
    assert told["C"][1][2:] == ("refused", None, "element 1 of CLM in loop 2300: its code is not in the list")
    assert "element 1 of CLM in loop 2300" in site.ask("why", claim="C")["next"]
    assert told["E"][-1][2:] == ("noted", "2026-11-18", "accepted into adjudication; accepted for processing")


@pytest.mark.parametrize(
    ("code", "place", "said"),
    [
        ("IK304 8 IK403 8", "2010/DMG02", "element 2 of DMG in loop 2010: it is no valid date"),
        ("IK304 3", "2010/N3", "N3 in loop 2010: a required segment is missing"),
        ("IK304 I6", "REF", "REF: a segment is missing that this situation requires"),
        ("IK304 8 IK403 77", "2300/CLM05", "element 5 of CLM in loop 2300: code 77"),
        ("IK501 R 5 I5", "ST 0001", "the whole set was rejected: segments are wrong, segments break the guide"),
        ("AK901 R", "ST 0001", "the whole group was rejected"),
        ("A7:562:82 A7:21", "", "refused: something is invalid; NPI; missing or invalid; another code says what"),
        ("Z9:1", "", "category Z9, which nobody here knows"),
    ],
)
def test_codes_of_acknowledgments_have_words(code: str, place: str, said: str) -> None:
    """A code that nobody knows is said as it came."""
    assert meaning(code, place) == said


def test_a_set_of_many_claims_is_posted_in_pieces_and_ends_alike(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked up together makes no difference, also where a reversal and its correction are apart."""
    said = documents(sent.wire)
    (whole,) = rehearsed(sent.site, [said])
    monkeypatch.setattr(ledger, "AT_ONCE", 1)
    assert rehearsed(sent.site, [said]) == [whole]


def test_what_needs_no_claim_here_is_kept_as_it_was_said(sent: Sent) -> None:
    """Money that nobody can place can be matched again: nothing of it is lost on the way to the store and back."""
    for each in read_answers([documents(sent.wire)[13]]):
        if isinstance(each, Remittance):
            assert [as_payment(payment_text(payment)) for payment in each.claims] == list(each.claims)
    full = ClaimPayment(
        "X", "1", Decimal("10.50"), Decimal(3), Decimal(0), "MC", "P1",
        (Adjustment("CO", "45", Decimal("7.5"), Decimal(2)),),
        (LinePayment("99213", Decimal(1), Decimal(1), (Adjustment("PR", "1", Decimal("0.01")),), ("N570",), "L1",
                     date(2026, 1, 2), None, "99212", "1234567893"),),
        "OLD", "2000000010", "M1", ("MA18",), date(2026, 1, 2), date(2026, 1, 3), (Carrier("TT", "SECOND", "9"),),
    )  # fmt: skip
    assert as_payment(payment_text(full)) == full

"""Claim status on a real site: what is asked of whom and when, what the 277 changes, and what it never changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import Refused
from gateway.testing.builders import BillingSpec, ClaimSpec, Person, batch837i, batch837p
from gateway.testing.payer import Delay, Faults, PayerSimulator, Rule, Scenario
from tests.answers import group, interchange, one_set
from tests.commands import on as typed
from tests.guides.judging import said
from tests.habits import Clock, declare, order, run
from tests.sites import TestSite, make_site
from tests.status_maps import verdict

SAID = (
    'expects={"999": Expectation(within=timedelta(hours=24)), "277CA": Expectation(within=timedelta(hours=48)),'
    ' "835": Expectation()}, habits=Habits(status_requests=StatusRequests(%s))'
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def payer(tmp_path: Path, clock: Clock) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer", clock=clock) as running:
        yield running


def site_at(tmp_path: Path, payer: PayerSimulator, asks: str = "", claims: int = 1) -> TestSite:
    site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])
    declare(site, "alpha", SAID % asks)
    specs = [ClaimSpec(f"A{n}", payer_id="77001", member_id=f"M{n}") for n in range(claims)]
    site.drop("a.837", batch837p(specs))
    return site


def exchange(site: TestSite, payer: PayerSimulator, clock: Clock) -> list[str]:
    """Send, let the payer answer, fetch; returns the names of the events."""
    sent = run(site, clock)
    payer.tick()
    return sent + run(site, clock)


def asked(events: list[str]) -> list[str]:
    """What of them is about claim status."""
    return [name for name in events if name.startswith(("inquiry", "claim.status", "claim.awaits", "claim.remit"))]


ASKED_AND_TOLD = ["inquiry.opened", "inquiry.planned", "claim.status_told"]


def test_a_silent_claim_is_asked_about_until_it_is_decided(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """The 835 is overdue after 30 days: a 276 goes by itself. The payer has it pending, so the next goes a week later, and
    hears that it is decided. Then the 835 is missed, and only when it comes the claim is paid."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"), claim_status=("pending", "paid"))
    site = site_at(tmp_path, payer)
    assert "claim.accepted" in exchange(site, payer, clock)
    clock.move(days=29)
    assert asked(exchange(site, payer, clock)) == []
    clock.move(days=2)
    assert asked(exchange(site, payer, clock)) == ASKED_AND_TOLD
    (silent,) = order(site, clock, "overdue")
    assert (silent["answer"], silent["excuse"], silent["command"]) == ("835", "PENDING", "gateway inquiries")
    clock.move(days=5)
    assert asked(exchange(site, payer, clock)) == []
    clock.move(days=2)
    assert asked(exchange(site, payer, clock)) == ASKED_AND_TOLD
    assert order(site, clock, "why", claim="C1")["stands"] == "ACCEPTED"
    clock.move(days=8)
    assert asked(exchange(site, payer, clock)) == ["claim.remittance_missing"]
    assert order(site, clock, "inquiries work")[0]["claim"] == "C1"
    (payer.outbox / "late.835").write_bytes(remittance(site))
    assert "claim.paid" in run(site, clock)
    clock.move(days=60)
    assert asked(exchange(site, payer, clock)) == []
    assert order(site, clock, "inquiries work") == []
    numbers = [(one["form"], one["isa13"]) for one in reversed(order(site, clock, "submissions"))]
    assert numbers == [("837", "000000001"), ("276", "000000002"), ("276", "000000003")]


def remittance(site: TestSite) -> bytes:
    """The payer's 835 of the first claim, at last."""
    body = (
        "BPR*I*120*C*ACH*CCP*01*999999992*DA*1*1512345678**01*999999992*DA*2*20270115", "TRN*1*PAY1*1512345678",
        "DTM*405*20270115", "N1*PR*ALPHA HEALTH PLAN", "N3*1 PLAN ST", "N4*CEDAR FALLS*IA*50613",
        "PER*BL*HELP*TE*5555550111",
        "N1*PE*CEDAR FALLS FAMILY MEDICINE*XX*1234567893", "LX*1", "CLP*A0*1*120*120**CI*SIM0000010001*11*1",
        "NM1*QC*1*DOE*DANA****MI*M0", "SVC*HC:99213*120*120**1", "DTM*472*20261103", "REF*6R*A0L1",
    )  # fmt: skip
    return interchange(group("HP", "005010X221A1", one_set("835", *body)), control=9001, receiver="OPENGATE")


# This partner wants a password in ISA04 of whatever it gets, its own way to write our name, and CRLF.
AMENDING = """

from gateway.amendments import Amendment


def _amend(blocks, partner):
    whole = b"".join(blocks).replace(b"ISA*00*          *00*          *", b"ISA*00*          *01*OPENSESAME*")
    whole = whole.replace(b"NM1*41*2*OPENGATE GATEWAY*", b"NM1*41*2*OPENGATE*")
    yield %s


@hookimpl
def register_amendments():
    return (Amendment("ours", _amend, "alpha_edi"),)
"""


def amend(site: TestSite, what: str) -> None:
    """Partner alpha_edi amends what goes there: `what` is an expression of the bytes `whole`."""
    said = SAID % "" + ", line_break=LineBreak.CRLF"
    declare(site, "alpha", said)
    with (site.root / "plugins" / "alpha.py").open("a") as plugin:
        plugin.write(AMENDING % what)


def test_a_request_is_written_as_the_partner_wants_it(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """Its ISA, our name and the line breaks are those of the claims that go there; the question is what it was."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    site = site_at(tmp_path, payer)
    amend(site, "whole")
    exchange(site, payer, clock)
    order(site, clock, "inquire", claim="A0", reason="to see")
    assert "claim.status_told" in exchange(site, payer, clock)
    claims, request = sorted((path.read_bytes() for path in payer.inbox.iterdir()), key=lambda sent: sent[90:99])
    assert b"ST*276*" in request
    assert claims[:90] == request[:90]
    assert request.startswith(b"ISA*00*          *01*OPENSESAME*ZZ*OPENGATE       *ZZ*ALPHAHP        *")
    assert b"\r\nGS*HR*OGT77*ALPHAHP*" in request
    assert b"~\r\nNM1*41*2*OPENGATE*****46*OGT77~\r\n" in request
    assert verdict(request)[0]


@pytest.mark.parametrize("spoils", [("REF*EJ*A0", "REF*EJ*A1"), ("TRN*1*GWQ0000000001", "TRN*1*GWQ0000000002"),
                                    ("NM1*QC*1*DOE", "NM1*QC*1*ROE"), ("SE*", "REF*D9*X~SE*")])  # fmt: skip
def test_a_request_that_an_amendment_changes_is_not_sent(
    tmp_path: Path, payer: PayerSimulator, clock: Clock, spoils: tuple[str, str]
) -> None:
    """Another claim, number or patient, or one segment more: the lane stops, and says what to mend."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])
    other = tuple(text.encode() for text in spoils)
    amend(site, f"whole.replace(*{other!r}) if b'ST*276' in whole else whole")
    site.drop("a.837", batch837p([ClaimSpec("A0", payer_id="77001", member_id="M0", dependent=True)]))
    exchange(site, payer, clock)
    order(site, clock, "inquire", claim="A0", reason="to see")
    exchange(site, payer, clock)
    assert requests(payer) == []
    (lane,) = order(site, clock, "lanes")
    assert (lane["state"], lane["code"]) == ("SUSPENDED", "AMENDMENT_CHANGED")


def requests(payer: PayerSimulator) -> list[bytes]:
    """The 276s that arrived, the first sent first."""
    files = sorted(payer.inbox.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return [data for data in (path.read_bytes() for path in files) if b"*276*" in data or b"ST*276" in data]


def answered(payer: PayerSimulator) -> list[bytes]:
    """The 277s that it laid out."""
    return [path.read_bytes() for path in sorted(payer.outbox.iterdir()) if "_277." in path.name]


def test_what_is_asked_and_answered_is_valid(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """Subscribers and dependents, two billing providers, one without an NPI, a hospital: by pyx12's maps and by our guide,
    the questions and the simulated answers alike. Each family of levels stands once."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha"), ("2000000028", "alpha")])
    declare(site, "alpha", SAID % "")
    other = BillingSpec(npi="2000000028", name="BIRCH LANE CLINIC", tax_id="999990002")
    specs = [
        ClaimSpec("S1", payer_id="77001", member_id="M1"),
        ClaimSpec("S2", payer_id="77001", member_id="M1"),
        ClaimSpec("D1", payer_id="77001", member_id="M1", dependent=True),
        ClaimSpec("D2", payer_id="77001", member_id="M1", dependent=True, patient=Person("DOE", "KIT")),
        ClaimSpec("O1", payer_id="77001", member_id="M2", billing=other),
    ]
    site.drop("p.837", batch837p(specs))
    site.drop("i.837", batch837i([ClaimSpec("H1", payer_id="77001", member_id="M3")], control=2))
    exchange(site, payer, clock)
    sent = order(site, clock, "claims", stands=("ACCEPTED",))
    assert len(sent) == 6
    for claim in sent:
        order(site, clock, "inquire", claim=claim["claim"], reason="to see")
    assert asked(exchange(site, payer, clock)).count("claim.status_told") == 6
    ((question,), (answer,)) = requests(payer), answered(payer)
    for document in (question, answer):
        assert verdict(document)[0], verdict(document)[1]
        assert said(document) == []
    assert question.count(b"NM1*1P*") == 2
    assert question.count(b"NM1*IL*") == 4  # M1 for herself and for her children, M2, M3
    assert question.count(b"REF*BLT*131~") == 1


WORDS = {
    "received": ("RECEIVED", "claim.status_told"),
    "pending": ("PENDING", "claim.status_told"),
    "paid": ("FINALIZED", "claim.status_told"),
    "denied": ("FINALIZED", "claim.status_told"),
    "no_payment": ("FINALIZED", "claim.status_told"),
    "unavailable": ("UNABLE", "claim.status_told"),
    "documents": ("REQUESTED", "claim.awaits_us"),
    "returned": ("REFUSED", "claim.awaits_us"),
    "not_found": ("NOT_FOUND", "claim.awaits_us"),
    "wrong": ("UNASKABLE", "claim.awaits_us"),
}


def test_each_status_says_whose_turn_it_is_and_moves_no_claim(
    tmp_path: Path, payer: PayerSimulator, clock: Clock
) -> None:
    """Whatever a 277 says of a claim, it stands as before: what it paid is the 835's to say. What asks for work is listed
    until somebody is done with it, and is in the timeline, with the next step."""
    rules = tuple(Rule(Scenario().default, claim=f"A{n}", claim_status=(word,)) for n, word in enumerate(WORDS))
    payer.scenario = Scenario(answers=("999", "277CA", "277"), rules=rules)
    site = site_at(tmp_path, payer, "after=timedelta(days=7)", claims=len(WORDS))
    exchange(site, payer, clock)
    clock.move(days=8)
    events = exchange(site, payer, clock)
    assert events.count("claim.status_told") == 6
    assert events.count("claim.awaits_us") == 4
    assert {claim["stands"] for claim in order(site, clock, "claims")} == {"ACCEPTED"}
    work = {row["control_number"]: row for row in order(site, clock, "inquiries work")}
    for number, (word, event) in enumerate(WORDS.values()):
        status = order(site, clock, "why", claim=f"A{number}")["status"]
        assert (status["word"], [one["state"] for one in status["asked"]]) == (word, ["ANSWERED"])
        assert (f"A{number}" in work) == (event == "claim.awaits_us")
        assert event in [one["event"] for one in order(site, clock, "timeline", claim=f"A{number}")]
    assert "does not prove" in work["A8"]["next"]
    assert [verdict(document)[1] for document in answered(payer) if not verdict(document)[0]] == []
    digest = {section["title"]: section["lines"] for section in order(site, clock, "digest")["sections"]}
    assert len(digest["Payers' statuses"]) == 4
    known = site.query("SELECT count(*) AS n FROM attempts WHERE payer_control_number <> ''")
    assert known[0]["n"] == len(WORDS)


def test_what_a_person_did_lets_the_payer_be_asked_again(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """While somebody has work with an answer, nobody is asked; once it is done, the cadence goes on, up to its end."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"), claim_status=("documents", "pending"))
    site = site_at(tmp_path, payer, "after=timedelta(days=7), at_most=2")
    exchange(site, payer, clock)
    clock.move(days=8)
    assert "claim.awaits_us" in exchange(site, payer, clock)
    clock.move(days=30)
    assert asked(exchange(site, payer, clock)) == []
    assert order(site, clock, "inquiries done", claim="A0", reason="sent the report")["claim"] == "C1"
    assert order(site, clock, "inquiries work") == []
    with pytest.raises(Refused, match="asks for nothing"):
        order(site, clock, "inquiries done", claim="A0", reason="again")
    assert asked(exchange(site, payer, clock)) == ["claim.status_worked"]
    clock.move(days=8)
    assert asked(exchange(site, payer, clock)) == ASKED_AND_TOLD
    clock.move(days=60)
    assert asked(exchange(site, payer, clock)) == []


def refused(site: TestSite, clock: Clock, claim: str) -> str:
    with pytest.raises(Refused) as caught:
        order(site, clock, "inquire", claim=claim, reason="to see")
    return caught.value.code


def test_nobody_is_asked_without_need(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """Not where the partner does not declare it, not of claims that are held or decided, and not twice at once."""
    site = site_at(tmp_path, payer, claims=2)
    declare(site, "alpha", SAID.partition(", habits")[0])
    site.drop("b.837", batch837p([ClaimSpec("B0", payer_id="77001", rendering="2000000051")], control=2))
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    exchange(site, payer, clock)
    clock.move(days=40)
    assert asked(exchange(site, payer, clock)) == []
    assert refused(site, clock, "A0") == "NOT_SUPPORTED"
    declare(site, "alpha", SAID % "payers=('alpha',)")
    assert refused(site, clock, "B0") == "NOT_SILENT"
    shown = order(site, clock, "inquire preview", claim="A0")
    assert (shown["names"]["REF*EJ"], shown["names"]["AMT*T3"]) == ("A0", "120")
    order(site, clock, "inquire", claim="A0", reason="to see")
    assert refused(site, clock, "A0") == "ASKED_ALREADY"
    (payer.outbox / "early.835").write_bytes(remittance(site))
    events = run(site, clock)
    assert events.index("claim.paid") > events.index("inquiry.planned")
    assert refused(site, clock, "A0") == "NOT_SILENT"


def test_a_question_is_dropped_when_its_answer_comes_first(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """The lane cannot send, the 835 comes: the question that waits is never put, and no number is spent on it."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    site = site_at(tmp_path, payer)
    exchange(site, payer, clock)
    order(site, clock, "inquire", claim="A0", reason="to see")
    payer.scenario = Scenario(answers=("999", "277CA", "277"), faults=Faults(permission_denied=True))
    (payer.outbox / "early.835").write_bytes(remittance(site))
    run(site, clock)
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    if any(lane["state"] == "SUSPENDED" for lane in order(site, clock, "lanes")):
        order(site, clock, "resume", lane="alpha_edi/production", reason="mended")
    clock.move(days=1)
    exchange(site, payer, clock)
    assert requests(payer) == []
    assert [one["state"] for one in order(site, clock, "inquiries")] == ["DROPPED"]


def test_a_lane_that_takes_no_questions_any_more_is_sent_none(
    tmp_path: Path, payer: PayerSimulator, clock: Clock
) -> None:
    """What waited when the declaration was taken back is dropped."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    site = site_at(tmp_path, payer)
    exchange(site, payer, clock)
    order(site, clock, "inquire", claim="A0", reason="to see")
    declare(site, "alpha", SAID.partition(", habits")[0])
    assert asked(exchange(site, payer, clock)) == ["inquiry.opened", "inquiry.dropped"]
    assert requests(payer) == []


def test_an_answer_that_does_not_come_is_told_and_asked_for_again(
    tmp_path: Path, payer: PayerSimulator, clock: Clock
) -> None:
    """After two days the question is closed, a week later another is put, under new numbers; the late answer to the first
    is read all the same."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"), delays={"277": Delay(ticks=4)})
    site = site_at(tmp_path, payer, "after=timedelta(days=7)")
    exchange(site, payer, clock)
    clock.move(days=8)
    assert asked(exchange(site, payer, clock)) == ASKED_AND_TOLD[:2]
    clock.move(days=1)
    assert asked(exchange(site, payer, clock)) == []
    clock.move(days=2)
    assert asked(run(site, clock)) == ["inquiry.unanswered"]
    clock.move(days=8)
    assert asked(run(site, clock)) == ASKED_AND_TOLD[:2]
    for _ in range(6):
        payer.tick()
    assert asked(run(site, clock)) == ["claim.status_told"] * 2
    assert {one["state"] for one in order(site, clock, "inquiries")} == {"ANSWERED"}
    isa = [data[90:99] for data in requests(payer)]
    assert isa == [b"000000002", b"000000003"]


def test_a_partner_that_takes_no_276_is_not_asked_again(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """Its 999 refuses the file: told with the code, and only a person asks once more. The claim itself is untouched."""
    payer.scenario = Scenario(answers=("999", "277CA"))
    site = site_at(tmp_path, payer, "after=timedelta(days=7)")
    exchange(site, payer, clock)
    clock.move(days=8)
    events = exchange(site, payer, clock)
    assert asked(events) == ["inquiry.opened", "inquiry.planned", "inquiry.refused"]
    assert "answer.unmatched" not in events
    clock.move(days=60)
    assert asked(exchange(site, payer, clock)) == []
    assert order(site, clock, "why", claim="A0")["stands"] == "ACCEPTED"
    order(site, clock, "inquire", claim="A0", reason="they say it works now")
    assert "inquiry.planned" in exchange(site, payer, clock)


@pytest.mark.parametrize("cut", ["before_rename", "after_rename", "after_close"])
def test_a_276_goes_through_doubt_like_any_file(tmp_path: Path, payer: PayerSimulator, clock: Clock, cut: str) -> None:
    """The line breaks while it is written: it arrives once, under the number it was given, and its answer finds it."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    site = site_at(tmp_path, payer)
    exchange(site, payer, clock)
    order(site, clock, "inquire", claim="A0", reason="to see")
    payer.scenario = Scenario(answers=("999", "277CA", "277"), faults=Faults(cut=(cut,)))
    run(site, clock)
    assert "could not be made" not in str(order(site, clock, "digest"))
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    told: list[str] = []
    for _ in range(4):
        clock.move(hours=1)
        told += exchange(site, payer, clock)
    assert "claim.status_told" in told
    assert [data[90:99] for data in requests(payer)] == [b"000000002"]
    assert [one["state"] for one in order(site, clock, "submissions")] == ["SENT", "SENT"]


def response(*segments: str, control: int, day: str = "20270110") -> bytes:
    """A 277 of the payer for these claims; the segments are TRN and what follows."""
    head = (
        f"BHT*0010*08*S{control}*{day}*0810*DG", "HL*1**20*1", "NM1*PR*2*ALPHA HEALTH PLAN*****PI*77001",
        "HL*2*1*21*1", "NM1*41*2*OPENGATE*****46*OGT77", "HL*3*2*19*1", "NM1*1P*2*CLINIC*****XX*1234567893",
        "HL*4*3*22*0", "NM1*IL*1*DOE*DANA****MI*M0",
    )  # fmt: skip
    version = "005010X212"
    return interchange(
        group("HN", version, one_set("277", *head, *segments, version=version)), control=control, receiver="OPENGATE"
    )


def lay(site: TestSite, payer: PayerSimulator, clock: Clock, *documents: bytes) -> list[str]:
    """One document after the other."""
    found: list[str] = []
    for number, document in enumerate(documents):
        (payer.outbox / f"{len(list(payer.outbox.iterdir())):04d}_{number}.277").write_bytes(document)
        found += run(site, clock)
    return found


def unmatched(site: TestSite) -> list[Any]:
    rows = site.query("SELECT body FROM events WHERE name = 'answer.unmatched' ORDER BY seq")
    return [row["body"] for row in rows]


def test_a_status_that_nobody_asked_for_finds_its_claim_or_is_kept(
    tmp_path: Path, payer: PayerSimulator, clock: Clock
) -> None:
    """By REF*D9, by the payer's own number, by CLM01 with charge and day; and by none of them where they contradict, where
    the charge is another, or where it is somebody else's claim."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    site = site_at(tmp_path, payer, claims=3)
    exchange(site, payer, clock)
    status, day = "STC*P1:20*20270109**120", "DTP*472*D8*20261103"
    lay(
        site, payer, clock,
        response("TRN*2*THEIRS1", status, "REF*EJ*A0", "REF*D9*GW00000000001", control=801),
        response("TRN*2*THEIRS2", status, "REF*1K*SIM0000010002", control=802),
        response("TRN*2*THEIRS3", status, "REF*EJ*A2", day, control=803),
    )  # fmt: skip
    assert [order(site, clock, "why", claim=f"A{n}")["status"]["word"] for n in range(3)] == ["PENDING"] * 3
    assert unmatched(site) == []
    lay(
        site, payer, clock,
        response("TRN*2*THEIRS4", status, "REF*EJ*A1", "REF*D9*GW00000000001", control=804),
        response("TRN*2*THEIRS5", "STC*P1:20*20270109**999", "REF*EJ*A2", day, control=805),
        response("TRN*2*THEIRS6", status, "REF*EJ*SOMEBODY", day, control=806),
    )  # fmt: skip
    assert len(unmatched(site)) == 3
    assert site.query("SELECT count(*) AS n FROM statuses")[0]["n"] == 3


def test_every_order_of_a_claims_statuses_ends_the_same(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """Three 277s of three days for each of six claims, each claim in another order, and the last again in a new file: the
    payer's latest word counts, and the same word again tells nothing."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"))
    site = site_at(tmp_path, payer, claims=6)
    exchange(site, payer, clock)
    said_on = {"20270108": "P1:20", "20270109": "R0:21", "20270110": "F1:20"}
    orders, documents = list(permutations(said_on)), []
    for place in range(3):
        for claim, days in enumerate(orders):
            day = days[place]
            segments = (
                "TRN*2*0",
                f"STC*{said_on[day]}*{day}**120",
                f"REF*EJ*A{claim}",
                f"REF*D9*GW0000000000{claim + 1}",
            )
            documents.append(response(*segments, control=700 + 10 * place + claim, day=day))
    lay(site, payer, clock, *documents)
    assert [order(site, clock, "why", claim=f"A{n}")["status"]["word"] for n in range(6)] == ["FINALIZED"] * 6
    again = response("TRN*2*0", "STC*F1:20*20270110**120", "REF*EJ*A0", "REF*D9*GW00000000001", control=777)
    assert asked(lay(site, payer, clock, again)) == []


def test_a_level_above_the_claims_answers_every_open_question(
    tmp_path: Path, payer: PayerSimulator, clock: Clock
) -> None:
    """The payer's system was away: it says so of our file as a whole, and each claim is asked about again."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"), delays={"277": Delay(ticks=9)})
    site = site_at(tmp_path, payer, "after=timedelta(days=7)", claims=2)
    exchange(site, payer, clock)
    clock.move(days=8)
    assert asked(exchange(site, payer, clock)) == ["inquiry.opened"] * 2 + ["inquiry.planned"]
    day = f"{clock():%Y%m%d}"
    whole = interchange(
        group("HN", "005010X212", one_set(
            "277", f"BHT*0010*08*S1*{day}*0810*DG", "HL*1**20*1", "NM1*PR*2*ALPHA HEALTH PLAN*****PI*77001", "HL*2*1*21*0",
            "NM1*41*2*OPENGATE*****46*OGT77", "TRN*2*GW000000002", f"STC*E1:20*{day}", version="005010X212",
        )), control=990, receiver="OPENGATE",
    )  # fmt: skip
    assert asked(lay(site, payer, clock, whole)) == ["claim.status_told"] * 2
    clock.move(days=2)
    assert asked(run(site, clock)) == ["inquiry.opened"] * 2 + ["inquiry.planned"]


def test_a_claim_without_a_277ca_is_asked_about_after_five_business_days(
    tmp_path: Path, payer: PayerSimulator, clock: Clock
) -> None:
    """The 999 was good and nobody said that it is filed; a denied one is a denial's work, and not asked about."""
    payer.scenario = Scenario(answers=("999", "277"), claim_status=("received",))
    site = site_at(tmp_path, payer)
    assert "claim.acknowledged" in exchange(site, payer, clock)
    clock.move(days=4)
    assert asked(exchange(site, payer, clock)) == []
    clock.move(days=6)
    assert asked(exchange(site, payer, clock)) == ASKED_AND_TOLD
    why = order(site, clock, "why", claim="A0")
    assert (why["stands"], why["status"]["asked"][0]["why"]) == ("ACKNOWLEDGED", "277CA")


def on(site: TestSite, *words: str) -> str:
    """What the command line says, in the real present."""
    done = typed(site, *words)
    return done.stdout + done.stderr


def test_what_a_person_types(tmp_path: Path, payer: PayerSimulator, clock: Clock) -> None:
    """Look first, ask with a reason, see what came, and be done with it; `payer show` says what is declared."""
    payer.scenario = Scenario(answers=("999", "277CA", "277"), claim_status=("documents",))
    site = site_at(tmp_path, payer, "after=timedelta(days=21)")
    exchange(site, payer, clock)
    assert "No payer was asked" in on(site, "inquiries")
    assert "Say why with --reason" in on(site, "inquire", "A0")
    looked = on(site, "inquire", "A0", "--dry-run")
    assert "REF*1K  SIM0000010001" in looked
    assert "less than 7 days ago" in looked
    assert order(site, clock, "inquiries") == []
    assert "Inquiry 1 waits for the next file" in on(site, "inquire", "A0", "--reason", "to see", "--yes")
    assert "asked already" in on(site, "inquire", "A0", "--reason", "to see", "--yes")
    exchange(site, payer, clock)
    assert "REQUESTED" in on(site, "inquiries")
    assert "the payer waits for us" in on(site, "inquiries", "--work").lower().replace("\n", " ").replace("  ", " ")
    why = on(site, "why", "A0")
    assert "GWQ0000000001" in why
    assert "R0:21" in why
    assert "is done" not in on(site, "inquiries", "done", "A0", "--reason", "sent")
    assert "No payer waits for us" in on(site, "inquiries", "--work")
    assert "We ask" not in on(site, "payer", "show", "alpha")
    assert "21 days after its acceptance" in on(site, "payer", "show", "alpha_edi").replace("\n", " ")
    assert "276" in on(site, "submissions")

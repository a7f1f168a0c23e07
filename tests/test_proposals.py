"""A payer's answer against the records: one proposal for each root cause, and nobody else's claims in its way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import serve
from gateway.errors import Refused
from gateway.logs import set_up
from gateway.model.answers import StatusReport
from gateway.model.partners import Lane
from gateway.store import Tx, answers
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import Deny, Faults, Pay, PayerSimulator, PayPartly, Reject277, Rule, Scenario, Silent
from gateway.workers.reading import answers_in
from gateway.workers.site import open_site
from tests.commands import on
from tests.sites import PRACTICE_NPI, TestSite, make_site

ASSISTANT, DOCTOR = "2000000010", "2000000028"
APRIL = date(2026, 4, 3)
QUESTION = "ENROLLMENT_IN_QUESTION"


@pytest.fixture
def payers(tmp_path: Path) -> Iterator[dict[str, PayerSimulator]]:
    with PayerSimulator(tmp_path / "alpha") as alpha, PayerSimulator(tmp_path / "beta") as beta:
        yield {"alpha": alpha, "beta": beta}


@pytest.fixture
def site(tmp_path: Path, payers: dict[str, PayerSimulator]) -> TestSite:
    """Both providers are enrolled with both payers since 2020."""
    enrolled = [(npi, payer) for npi in (ASSISTANT, DOCTOR) for payer in payers]
    made = make_site(tmp_path / "site", payers, enrolled=enrolled)
    plugin = made.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace("filing_limit_days", 'phone = "555-555-0123"\nfiling_limit_days', 1))
    return made


def run(site: TestSite) -> list[dict[str, Any]]:
    stream = set_up(file=site.root / "gateway.log")
    asyncio.run(serve(site.config, until_idle=True))
    stream.close()
    return [json.loads(line) for line in (site.root / "gateway.log").read_text().splitlines()]


def exchange(site: TestSite, payer: PayerSimulator, rounds: int = 5) -> list[dict[str, Any]]:
    for _ in range(rounds):
        log = run(site)
        if not payer.tick():
            break
    return log


def claim(name: str, npi: str = ASSISTANT, day: date = APRIL, lines: int = 1, payer: str = "77001") -> ClaimSpec:
    days = [LineSpec(charge=100, first_day=day + timedelta(n)) for n in range(lines)]
    return ClaimSpec(name, days, payer_id=payer, member_id=f"M{name}", rendering=npi)


def drop(site: TestSite, control: int, *claims: ClaimSpec) -> None:
    site.drop(f"{control}.837", batch837p(claims, control=control))


def stands(site: TestSite) -> dict[str, str]:
    return {c["control_number"]: c["stands"] for c in site.ask("claims")}


def frozen(site: TestSite) -> list[str]:
    return sorted(c["control_number"] for c in site.ask("claims") if c["stands"] == "HELD" and c["code"] == QUESTION)


def the(site: TestSite, **more: Any) -> dict[str, Any]:
    (found,) = site.ask("proposals", **more)
    return found


def window(site: TestSite, *, opened: bool, payer: str = "alpha") -> None:
    """Let a payer take files now, or only in some hours; it answers all the time."""
    now = datetime.now(UTC)
    hours = [f"{now + timedelta(hours=n):%H:%M}" for n in (3, 4)]
    plugin = site.root / "plugins" / f"{payer}.toml"
    lines = [each for each in plugin.read_text().splitlines() if not each.startswith("windows")]
    plugin.write_text(
        "\n".join(lines) + ("\n" if opened else f'\nwindows = [{{opens = "{hours[0]}", closes = "{hours[1]}"}}]\n')
    )


def records(site: TestSite, npi: str = ASSISTANT, payer: str = "alpha") -> list[tuple[str, str, str]]:
    found = [(r["state"], r["effective_from"], r["effective_to"]) for r in site.ask("roster", npi=npi, payer=payer)]
    return sorted(found, key=lambda each: each[1])


def table(site: TestSite) -> list[tuple[Any, ...]]:
    """Everything that is kept of proposals, row numbers of answers aside."""
    found = site.query(
        "SELECT q.payer, q.npi, q.role, q.cause, q.state, q.first_day, q.last_day, w.claim, w.statement, w.code, w.place,"
        " w.first_day, w.last_day, w.amount, w.role_said, w.missed FROM proposals q JOIN proposal_claims w"
        " ON w.proposal = q.id ORDER BY q.cause, w.claim, w.statement, w.code, w.place"
    )
    return [tuple(row) for row in found]


# One root cause, from its first line to the claims that are paid after all.

WAITING = [f"W{n}" for n in range(6)]


def questioned(site: TestSite, alpha: PayerSimulator) -> list[dict[str, Any]]:
    """Eleven CO-B7 lines come for one provider at one payer while six of that provider's claims are ready there, one of
    an earlier day, one is at the payer, and others are of another provider or payer. The log of it."""
    alpha.scenario = Scenario(rules=(Rule(Silent(), claim="RISK"), Rule(Deny("B7", ""), claim="D?")))
    denied = (claim("D1", lines=4), claim("D2", lines=4), claim("D3", lines=3))
    drop(site, 1, *denied, claim("RISK"), claim("FINE", DOCTOR))
    run(site)
    window(site, opened=False)
    ready = [claim(name, day=APRIL + timedelta(n)) for n, name in enumerate(WAITING)]
    drop(site, 2, *ready, claim("MARCH", day=APRIL - timedelta(1)), claim("X1", DOCTOR), claim("X2", payer="77002"))
    run(site)
    assert {name for name, stood in stands(site).items() if stood == "READY"} == {"MARCH", "X1", *WAITING}
    return exchange(site, alpha)


def test_eleven_lines_are_one_root_cause(site: TestSite, payers: dict[str, PayerSimulator]) -> None:
    """One proposal freezes that provider's six unsent claims at that payer from the first refused day, nobody else's."""
    log = questioned(site, payers["alpha"])
    found = the(site)
    assert (found["payer"], found["npi"], found["cause"]) == ("alpha", ASSISTANT, "enrollment")
    assert (found["lines"], found["claims"], found["answers"], found["refused"]) == (11, 3, 1, "1100")
    assert (found["first_day"], found["last_day"]) == ("2026-04-03", "2026-04-06")
    assert (found["role"], found["role_said"]) == ("rendering provider", False)
    assert (found["phone"], found["frozen"], found["at_risk"]) == ("555-555-0123", 6, 1)
    assert frozen(site) == WAITING
    assert site.query("SELECT count(*) AS n FROM events WHERE name = 'claim.held'")[0]["n"] == 6
    assert {stands(site)[name] for name in ("MARCH", "X1")} == {"READY"}
    (opened,) = (each for each in log if each["event"] == "proposal.opened")
    assert (opened["proposal"], opened["payer"], opened["cause"], opened["count"]) == (1, "alpha", "enrollment", 11)
    assert not any(npi in (site.root / "gateway.log").read_text() for npi in (ASSISTANT, PRACTICE_NPI))
    shown = site.ask("proposals show", proposal=1)
    assert [(each["control_number"], each["covered"]) for each in shown["reprocess"]] == [
        ("D1", False), ("D2", False), ("D3", False),
    ]  # fmt: skip
    assert site.ask("proposals reprocess") == []
    assert [each["control_number"] for each in shown["at_risk"]] == ["RISK"]
    assert [(r["state"], r["source"]) for r in shown["records"]] == [("active", "test")]
    assert {each["place"] for each in shown["answers_said"]} == {f"2110[{n}]/CAS" for n in range(1, 5)}
    assert all(each["document"] and each["code"] == "CO-B7" for each in shown["answers_said"])
    told = [
        (m["npi"], m["refused"], m["missed"], m["missed_dollars"], m["percent"]) for m in site.ask("proposals misses")
    ]
    assert told == [(ASSISTANT, 3, 3, "1100", 100), ("", 3, 3, "1100", 100)]


def test_an_accepted_end_holds_by_the_record_until_an_approval_comes(
    site: TestSite, payers: dict[str, PayerSimulator]
) -> None:
    """A person's word ends the record from the day after, the frozen claims are held by it, and a later retroactive
    approval lets them go and lists what is to be reprocessed."""
    alpha = payers["alpha"]
    questioned(site, alpha)
    done = site.ask("proposals accept", proposal=1, reason="Ms. Lane of Alpha, by phone", ended="2026-04-02")
    assert (done["added"], done["superseded"]) == (1, 1)
    assert records(site) == [("termed", "2020-01-01", "2026-04-02")]
    (record,) = site.ask("roster", npi=ASSISTANT, payer="alpha")
    assert record["source"].startswith("proposal 1: 835 of ")
    assert records(site, payer="beta") == [("active", "2020-01-01", "")]
    run(site)
    codes = {c["control_number"]: c["code"] for c in site.ask("claims")}
    assert {codes[name] for name in WAITING} == {"ENROLLMENT_ENDED"}
    assert {stands(site)[name] for name in ("MARCH", "X1")} == {"READY"}
    assert site.ask("proposals") == []
    kept = the(site, decided=True)
    assert (kept["state"], kept["reason"], kept["decided_by"]) == ("ACCEPTED", "Ms. Lane of Alpha, by phone", "tester")
    assert site.ask("proposals reprocess") == []
    done = on(site, "roster", "set", ASSISTANT, "alpha", "--effective", "2026-06-01", "--retro", "2026-04-03")
    assert (
        f"3 claims, for the payer to reprocess:\ngateway proposals reprocess --payer alpha --npi {ASSISTANT}"
        in done.stdout
    )
    again_payable = site.ask("proposals reprocess", payer="alpha")
    assert [row["control_number"] for row in again_payable] == ["D1", "D2", "D3"]
    assert site.ask("proposals reprocess", npi=DOCTOR, everything=True) == []
    alpha.scenario = Scenario()
    window(site, opened=True)
    run(site)
    assert not any(stood in ("HELD", "READY") for stood in stands(site).values())
    assert site.ask("audit")["intact"]


def test_what_is_dismissed_goes_on_and_only_a_new_answer_asks_again(
    site: TestSite, payers: dict[str, PayerSimulator]
) -> None:
    """A dismissal releases what waited; the same answer in another file adds nothing, another claim's denial does."""
    alpha = payers["alpha"]
    alpha.scenario = Scenario(rules=(Rule(Deny("B7", "N570"), claim="D?"),))
    drop(site, 1, claim("D1"))
    exchange(site, alpha)
    window(site, opened=False, payer="beta")
    drop(site, 2, claim("W1"), claim("W2", payer="77002"))
    run(site)
    assert frozen(site) == ["W1"]
    with pytest.raises(Refused, match="reason"):
        site.ask("proposals dismiss", proposal=1, reason=" ")
    site.ask("proposals dismiss", proposal=1, reason="their clerk erred; reprocessing promised")
    assert [row["control_number"] for row in site.query("SELECT * FROM claims WHERE judge_on <= date('now')")] == ["W1"]
    run(site)
    assert stands(site)["W1"] == "SENT"
    before = table(site)
    again(site, alpha)
    assert table(site) == before
    assert site.ask("proposals") == []
    for order in ("dismiss", "accept"):
        with pytest.raises(Refused, match="decided before: DISMISSED"):
            site.ask(f"proposals {order}", proposal=1, reason="again")
    drop(site, 3, claim("D2"))
    exchange(site, alpha)
    assert [(q["proposal"], q["claims"]) for q in site.ask("proposals")] == [(2, 1)]


def test_an_earlier_refusal_freezes_from_its_day_on(site: TestSite, payers: dict[str, PayerSimulator]) -> None:
    """It extends the proposal there is, and has those claims judged that are in question by it alone."""
    alpha = payers["alpha"]
    alpha.scenario = Scenario(rules=(Rule(Deny("B7", ""), claim="D?"),), answers=("TA1", "999", "835"))
    drop(site, 1, claim("D1"))
    exchange(site, alpha)
    drop(site, 2, claim("D2", day=APRIL - timedelta(9)))
    run(site)
    window(site, opened=False)
    drop(site, 3, claim("W1", day=APRIL - timedelta(5)), claim("W2", day=APRIL - timedelta(10)), claim("W3"))
    run(site)
    assert frozen(site) == ["W3"]
    log = exchange(site, alpha)
    assert frozen(site) == ["W1", "W3"]
    assert (the(site)["claims"], the(site)["answers"], the(site)["first_day"]) == (2, 2, "2026-03-25")
    assert [each["count"] for each in log if each["event"] == "proposal.extended"] == [1]


def test_what_was_on_its_way_belongs_to_what_was_accepted(site: TestSite, payers: dict[str, PayerSimulator]) -> None:
    """The denial of a claim that was sent before a person decided asks nothing anew; that of an earlier day does."""
    alpha = payers["alpha"]
    refused = Deny("B7", "")
    taken_back = (Rule(Pay(), claim="LATER", then=refused), Rule(Pay(), claim="MARCH", then=refused))
    alpha.scenario = Scenario(rules=(*taken_back, Rule(refused, claim="D1")))
    drop(site, 1, claim("D1"), claim("LATER", day=APRIL + timedelta(9)), claim("MARCH", day=APRIL - timedelta(9)))
    while not site.ask("proposals"):
        run(site)
        alpha.tick()
    assert stands(site) == {"D1": "DENIED", "LATER": "PAID", "MARCH": "PAID"}
    assert [each["control_number"] for each in site.ask("proposals show", proposal=1)["paid"]] == ["LATER"]
    site.ask("proposals accept", proposal=1, reason="letter of 9 May", state="lapsed", effective="2026-04-03")
    assert records(site) == [("lapsed", "2020-01-01", "2026-04-02")]
    exchange(site, alpha)
    assert set(stands(site).values()) == {"DENIED"}
    found = {q["proposal"]: q for q in site.ask("proposals", decided=True)}
    assert {number: (q["state"], q["claims"], q["first_day"]) for number, q in found.items()} == {
        1: ("ACCEPTED", 2, "2026-04-03"),
        2: ("OPEN", 1, "2026-03-25"),
    }


def test_a_provider_nobody_knows_and_a_missing_agreement_are_causes_of_their_own(
    site: TestSite, payers: dict[str, PayerSimulator]
) -> None:
    """A 277CA says the role itself; what says nothing of days freezes every day, and an agreement on files every claim of
    the practice."""
    alpha = payers["alpha"]
    alpha.scenario = Scenario(
        rules=(
            Rule(Reject277("A7", "562", "82"), claim="N1"),
            Rule(Reject277("A7", "507", "82"), claim="N2"),
            Rule(Reject277("A7", "562", "IL"), claim="N3"),
            Rule(PayPartly(carc="45", rarc=""), claim="N4"),
        )
    )
    drop(site, 1, *(claim(f"N{n}", lines=2) for n in range(1, 5)))
    exchange(site, alpha)
    found = the(site)
    assert (found["cause"], found["npi"], found["role_said"], found["claims"]) == ("identifier", ASSISTANT, True, 1)
    drop(site, 2, claim("MARCH", day=APRIL - timedelta(9)), claim("X1", DOCTOR, day=APRIL))
    run(site)
    assert frozen(site) == ["MARCH"]
    assert stands(site)["X1"] == "SENT"
    alpha.scenario = Scenario(rules=(Rule(Reject277("A8", "496", "85", level="provider"), claim="E1"),))
    drop(site, 3, claim("E1", DOCTOR), claim("E2", DOCTOR))
    exchange(site, alpha)
    edi = next(q for q in site.ask("proposals") if q["cause"] == "edi_agreement")
    assert (edi["npi"], edi["role"], edi["claims"], edi["answers"]) == (PRACTICE_NPI, "billing provider", 2, 1)
    drop(site, 4, claim("E3", DOCTOR), claim("B1", DOCTOR, payer="77002"))
    run(site)
    assert frozen(site) == ["E3", "MARCH"]
    assert stands(site)["B1"] == "SENT"
    site.ask("proposals accept", proposal=edi["proposal"], reason="form sent", state="denied")
    kinds = {
        row["state"]: row["kind"]
        for row in site.query("SELECT state, kind FROM enrollments WHERE superseded_at IS NULL")
    }
    assert kinds == {"active": "participation", "denied": "edi_837"}


def test_answers_twice_and_in_any_order_give_the_same_proposals(
    tmp_path: Path, site: TestSite, payers: dict[str, PayerSimulator]
) -> None:
    """A refused line within a paid claim counts alone; nothing that is read again adds a word, nor does the order."""
    alpha = payers["alpha"]
    rules = (
        Rule(PayPartly(carc="185", rarc=""), claim="A"),
        Rule(Deny("8", ""), claim="B"),
        Rule(Reject277("A7", "562", "82"), claim="C"),
        Rule(Deny("B7", "N570"), claim="D"),
    )
    names = ("A", "B", "C", "D")
    alpha.scenario = Scenario(rules=rules)
    drop(site, 1, *(claim(name, lines=2) for name in names))
    exchange(site, alpha)
    once = table(site)
    assert [(row[3], row[7], row[10]) for row in once] == [
        ("enrollment", 1, "2110[2]/CAS"),
        ("enrollment", 4, "2110[1]/CAS"),
        ("enrollment", 4, "2110[2]/CAS"),
        ("identifier", 3, "2200D/STC"),
        ("scope", 2, "2110[1]/CAS"),
        ("scope", 2, "2110[2]/CAS"),
    ]
    again(site, alpha)
    assert table(site) == once
    assert [q["frozen"] for q in site.ask("proposals")] == [0, 0, 0]
    scope = next(q["proposal"] for q in site.ask("proposals") if q["cause"] == "scope")
    for proposal in {1, 2, 3} - {scope}:
        site.ask("proposals dismiss", proposal=proposal, reason="only the service is in question")
    alpha.scenario = Scenario()
    drop(site, 2, claim("W1"))
    run(site)
    assert stands(site)["W1"] == "SENT"
    with PayerSimulator(tmp_path / "gamma", Scenario(rules=rules, faults=Faults(out_of_order=True))) as other:
        enrolled = [(ASSISTANT, "alpha")]
        second = make_site(tmp_path / "second", {"alpha": other}, enrolled=enrolled)
        drop(second, 1, *(claim(name, lines=2) for name in names))
        exchange(second, other, rounds=8)
        assert [row[:8] + row[9:] for row in table(second)] == [row[:8] + row[9:] for row in once]


def test_a_proposal_stands_or_falls_with_the_posting_of_its_answer(
    site: TestSite, payers: dict[str, PayerSimulator]
) -> None:
    """Both are one transaction: what dies in between leaves neither, and the answer is read again whole."""
    alpha = payers["alpha"]
    alpha.scenario = Scenario(rules=(Rule(Reject277("A7", "562", "82"), claim="C"),))
    drop(site, 1, claim("C"))
    exchange(site, alpha)
    before = table(site)

    def post_and_die(tx: Tx, lane: Lane, document: int, said: StatusReport) -> None:
        tx.run("DELETE FROM proposal_claims")
        answers.post(tx, lane, document, 1000, said)
        assert tx.one("SELECT 1 FROM proposal_claims")
        raise InterruptedError

    async def dying() -> None:
        async with open_site(site.config) as opened:
            (lane,) = (each for each in opened.directory.lanes.values() if each.partner.key == "alpha_edi")
            (row,) = await opened.store.read(
                lambda tx: tx.all("SELECT d.id, d.name FROM documents d JOIN answers a ON a.document = d.id"
                                  " WHERE a.form = '277CA'")
            )  # fmt: skip
            (said,) = (each for each in answers_in(opened, row["name"]) if isinstance(each, StatusReport))
            with pytest.raises(InterruptedError):
                await opened.store.write(post_and_die, lane, row["id"], said)

    asyncio.run(dying())
    assert len(before) == 1
    assert table(site) == before
    assert site.query("SELECT count(*) AS n FROM answers WHERE ordinal = 1000")[0]["n"] == 0


def test_a_test_claim_questions_nothing(tmp_path: Path, payers: dict[str, PayerSimulator]) -> None:
    """What a payer's test system says moves nothing that is meant in earnest."""
    alpha = payers["alpha"]
    site = make_site(tmp_path / "test", {"alpha": alpha}, enrolled=[(ASSISTANT, "alpha")], stage="test")
    alpha.scenario = Scenario(rules=(Rule(Deny("B7", ""), claim="D1"),))
    site.drop("t.837", batch837p([claim("D1")], usage="T"))
    exchange(site, alpha)
    assert stands(site) == {"D1": "DENIED"}
    assert site.ask("proposals", decided=True) == []


def test_what_the_gate_warned_of_is_no_miss(site: TestSite, payers: dict[str, PayerSimulator]) -> None:
    """A claim that a person released past a hold was seen coming."""
    alpha = payers["alpha"]
    alpha.scenario = Scenario(rules=(Rule(Deny("B7", "")),))
    site.ask("roster apply", source="x", rows=[{"provider_npi": DOCTOR, "payer": "alpha", "state": "submitted"}])
    drop(site, 1, claim("D1"), claim("D2", DOCTOR))
    run(site)
    assert stands(site) == {"D1": "SENT", "D2": "HELD"}
    site.ask("release", claim="D2", reason="the payer promised to pay")
    exchange(site, alpha)
    told = {m["npi"]: (m["refused"], m["missed"]) for m in site.ask("proposals misses")}
    assert told == {ASSISTANT: (1, 1), DOCTOR: (1, 0), "": (2, 1)}
    assert site.ask("proposals misses", since="2199-12-31") == []


def test_that_evidence_is_old_is_no_warning_of_a_denial(site: TestSite, payers: dict[str, PayerSimulator]) -> None:
    """What the gate let go with that word alone, and the payer denied, it had missed."""
    alpha = payers["alpha"]
    alpha.scenario = Scenario(rules=(Rule(Deny("B7", "")),))
    old = {"provider_npi": ASSISTANT, "payer": "alpha", "state": "active", "effective_from": "2020-01-01"}
    site.ask("roster apply", source="x", rows=[{**old, "source": "an old letter", "observed_on": "2021-01-01"}])
    drop(site, 1, claim("D1"))
    exchange(site, alpha)
    assert stands(site) == {"D1": "DENIED"}
    codes = {f["code"] for f in site.ask("why", claim="D1")["findings"] if f["outcome"] == "WARN"}
    assert codes == {"ENROLLMENT_EVIDENCE_OLD"}
    assert [(m["npi"], m["missed"]) for m in site.ask("proposals misses")] == [(ASSISTANT, 1), ("", 1)]


@pytest.mark.parametrize(
    "said",
    [
        {"state": "nonsense"},
        {"ended": "soon"},
        {"ended": "0001-01-01"},
        {"effective": "2026-01-01"},
        {"state": "termed"},
        {"state": "denied", "ended": "2026-01-01"},
    ],
    ids=str,
)
def test_an_acceptance_that_leaves_something_open_changes_nothing(site: TestSite, said: dict[str, str]) -> None:
    """All of it is refused in words before anything is looked up."""
    with pytest.raises(Refused) as caught:
        site.ask("proposals accept", proposal=1, reason="x", **said)
    assert caught.value.code != "NO_SUCH_PROPOSAL"


def test_people_see_what_to_do_next(site: TestSite, payers: dict[str, PayerSimulator]) -> None:
    """The command line shows the phone number, the words, and the exact commands; JSON for programs."""
    alpha = payers["alpha"]
    assert "No payer contradicts" in on(site, "proposals").stdout
    alpha.scenario = Scenario(rules=(Rule(Deny("B7", ""), claim="D1"),))
    drop(site, 1, claim("D1"))
    exchange(site, alpha)
    drop(site, 2, claim("W1"))
    run(site)
    shown = on(site, "proposals", "show", "1").stdout
    for words in ("555-555-0123", "was not enrolled", "not said by the payer", "CO-B7", "C1", "W1", "test",
                  "gateway proposals accept 1 --ended", "gateway proposals dismiss 1 --reason"):  # fmt: skip
        assert words in shown, words
    assert json.loads(on(site, "proposals", "--json").stdout)[0]["frozen"] == 1
    assert on(site, "proposals", "show", "9").returncode == 1
    assert on(site, "proposals", "accept", "1").returncode == 2
    done = on(site, "proposals", "accept", "1", "--ended", "2026-04-02", "--reason", "by phone")
    assert "1 record added, 1 superseded; 1 waiting claim is to be judged again: `gateway run` does it" in done.stdout
    assert "D1" in on(site, "proposals", "reprocess", "--all").stdout
    assert "100" in on(site, "proposals", "misses").stdout


def again(site: TestSite, payer: PayerSimulator) -> None:
    """The payer gives all its answers once more, each in an interchange of a new number."""
    for number, path in enumerate(sorted(payer.outbox.iterdir()), 900_000_000):
        text, new = path.read_bytes(), b"*%09d" % number
        control = b"*" + text.split(b"*")[13]
        first, last = text.index(control), text.rindex(control)
        middle = text[first + len(control) : last]
        path.with_name(f"again{path.name}").write_bytes(text[:first] + new + middle + new + text[last + len(control) :])
    run(site)

"""Answers: whatever payers say, in whatever order and however often, ends in the standing that the facts add up to."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import serve
from gateway.logs import set_up
from gateway.testing.builders import ClaimSpec, LineSpec, batch837i, batch837p
from gateway.testing.payer import (
    Deny,
    Faults,
    PayerSimulator,
    PayPartly,
    Reject277,
    Reject999,
    Rule,
    Scenario,
    Silent,
)
from gateway.testing.payer.replies import NOBODY
from tests.answers import acknowledgment, interchange
from tests.sites import TestSite, make_site


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


def run(site: TestSite) -> list[dict[str, Any]]:
    stream = set_up(file=site.root / "gateway.log")
    asyncio.run(serve(site.config, until_idle=True))
    stream.close()
    return [json.loads(line) for line in (site.root / "gateway.log").read_text().splitlines()]


def exchange(site: TestSite, payer: PayerSimulator, rounds: int = 4) -> list[dict[str, Any]]:
    """Let both sides take turns until the payer has nothing to say."""
    for _ in range(rounds):
        log = run(site)
        if not payer.tick():
            break
    return log


def batch(*names: str, control: int = 101, **changes: Any) -> bytes:
    lines = (LineSpec(charge=120), LineSpec("36415", charge=15))
    return batch837p(
        [ClaimSpec(name, lines, payer_id="77001", member_id=f"M{name}", **changes) for name in names], control=control
    )


def stands(site: TestSite) -> dict[str, str]:
    return {claim["control_number"]: claim["stands"] for claim in site.ask("claims")}


def test_each_outcome_reaches_its_claim(site: TestSite, payer: PayerSimulator) -> None:
    """Paid, partly paid, denied, declined and silent in one batch, each with its code and next step."""
    payer.scenario = Scenario(
        rules=(
            Rule(PayPartly(), claim="B"),
            Rule(Deny("B7", "N570"), claim="C"),
            Rule(Reject277("A7", "562", "82"), claim="D"),
            Rule(Silent(), claim="E"),
        )
    )
    site.drop("a.837", batch("A", "B", "C", "D", "E"))
    log = exchange(site, payer)
    assert stands(site) == {"A": "PAID", "B": "PARTLY_PAID", "C": "DENIED", "D": "DECLINED", "E": "ACKNOWLEDGED"}
    rejections = {e["event"]: e for e in log if e.get("kind") == "rejection"}
    assert set(rejections) == {"claim.partly_paid", "claim.denied", "claim.declined"}
    assert all(e["code"] and e["place"] and e["next"] for e in rejections.values())
    assert rejections["claim.denied"]["code"] == "CO-B7 N570"
    assert {d["control_number"]: d["stands"] for d in site.ask("denials")} == {"B": "PARTLY_PAID", "C": "DENIED"}
    assert site.ask("audit")["intact"]


def test_an_institutional_claim_is_paid(site: TestSite, payer: PayerSimulator) -> None:
    """837I travels the same way."""
    site.drop("i.837", batch837i([ClaimSpec("I1", payer_id="77001")]))
    exchange(site, payer)
    assert stands(site) == {"I1": "PAID"}


def test_a_rejected_set_returns_the_culprit_and_sends_the_innocent_again(site: TestSite, payer: PayerSimulator) -> None:
    """The 999 points at a segment; whoever it does not name goes again with fresh numbers, once."""
    payer.scenario = Scenario(rules=(Rule(Reject999(), claim="BAD"),))
    site.drop("a.837", batch("G1", "BAD", "G2"))
    exchange(site, payer, rounds=6)
    assert stands(site) == {"G1": "PAID", "BAD": "RETURNED", "G2": "PAID"}
    accepted = [claim.claim for claim in payer.received_claims(accepted_only=True)]
    numbers = {c.control for c in payer.received_claims()}
    traces = [c.trace for c in payer.received_claims()]
    assert accepted.count("BAD") == 1
    assert len(numbers) == 2
    assert len(set(traces)) == len(traces) == 5
    assert {c["code"] for c in site.ask("claims") if c["stands"] == "RETURNED"} != {""}


def test_a_rejection_that_is_taken_back_once_the_innocent_went_again_is_an_alarm(
    site: TestSite, payer: PayerSimulator
) -> None:
    """The partner accepts the first file after all: it has the innocent claim twice, and somebody has to say so, once."""
    payer.scenario = Scenario(rules=(Rule(Reject999(), claim="BAD"),), answers=("999",))
    site.drop("a.837", batch("G1", "BAD"))
    exchange(site, payer, rounds=6)
    after_all = acknowledgment("AK2*837*0001*005010X222A1", "IK5*A", control="1")
    for control in (9001, 9002):
        (payer.outbox / f"again{control}").write_bytes(interchange(after_all, control=control, receiver="OPENGATE"))
        run(site)
    assert stands(site) == {"G1": "ACKNOWLEDGED", "BAD": "ACKNOWLEDGED"}
    told = site.query("SELECT claim, body ->> 'code' AS code FROM events WHERE name = 'claim.contradicted'")
    assert [(row["claim"], row["code"]) for row in told] == [(1, "TAKEN_TWICE")]
    lines = [line["what"] for each in site.ask("digest")["sections"] for line in each["lines"]]
    assert "C1 at alpha lies there twice (TAKEN_TWICE)." in lines


def test_a_returned_claim_goes_again_only_on_a_persons_word(site: TestSite, payer: PayerSimulator) -> None:
    """`resend` sends what was returned, unchanged, in a new attempt."""
    payer.scenario = Scenario(rules=(Rule(Reject999(), claim="BAD"),))
    site.drop("a.837", batch("BAD"))
    exchange(site, payer)
    assert stands(site) == {"BAD": "RETURNED"}
    payer.scenario = Scenario()
    site.ask("resend", claim="BAD", reason="the payer mended its edit")
    exchange(site, payer)
    assert stands(site) == {"BAD": "PAID"}
    first, second = payer.received_claims()
    assert first.digest == second.digest
    assert first.trace != second.trace


def test_a_rejected_interchange_suspends_the_lane_and_goes_again_when_it_is_mended(
    site: TestSite, payer: PayerSimulator
) -> None:
    """Every claim of it waits; resuming the lane sends them in new interchanges."""
    payer.scenario = Scenario(answers=("TA1", "999", "277CA", "835"), ta1="R/006")
    site.drop("a.837", batch("A", "B"))
    exchange(site, payer)
    assert stands(site) == {"A": "RETURNED", "B": "RETURNED"}
    (lane,) = site.ask("lanes")
    assert (lane["state"], lane["code"]) == ("SUSPENDED", "TA1 006")
    assert "we say OPENGATE there (sender in conf/partners/alpha_edi.toml)" in lane["next"]
    said, advice = site.ask("why", claim="A"), site.ask("resubmit advice", claim="A")
    assert (said["correct"], said["next"]) == (None, lane["next"])
    assert "again in a new file" in said["next"]
    assert advice["next"] == "Correct nothing: `gateway why C1` says how it goes again."
    site.drop("c.837", batch("C", control=102))
    run(site)
    assert stands(site)["C"] == "READY"
    payer.scenario = Scenario()
    site.ask("resume", lane=lane["lane"], reason="the sender id was mended")
    exchange(site, payer)
    assert set(stands(site).values()) == {"PAID"}
    assert len({control for claim in payer.received_claims() for control in [claim.control]}) >= 2
    (rejection,) = [path for path in payer.outbox.iterdir() if b"~TA1*000000001*" in path.read_bytes()]
    (payer.outbox / "once-more.ta1").write_bytes(rejection.read_bytes() + b"\n")
    run(site)
    assert site.ask("answers")[0]["form"] == "TA1"
    assert site.ask("lanes")[0]["state"] == "ACTIVE"


@pytest.mark.parametrize("faults", [Faults(duplicate_answers=True), Faults(out_of_order=True)])
def test_order_and_repetition_change_nothing(site: TestSite, payer: PayerSimulator, faults: Faults) -> None:
    """Answers twice or backwards end in the same standings, and money is posted once."""
    payer.scenario = Scenario(rules=(Rule(Deny(), claim="B"),), faults=faults)
    site.drop("a.837", batch("A", "B"))
    exchange(site, payer)
    assert stands(site) == {"A": "PAID", "B": "DENIED"}
    assert sum(a["matched"] for a in site.ask("answers") if a["form"] == "835") == 2


def test_a_reversal_and_its_correction_are_summed(site: TestSite, payer: PayerSimulator) -> None:
    """Paid, taken back, and decided anew: the claim stands as the last word."""
    payer.scenario = Scenario(rules=(Rule(replace(Scenario().default), claim="A", then=Deny("29", "")),))
    site.drop("a.837", batch("A"))
    exchange(site, payer, rounds=6)
    assert stands(site) == {"A": "DENIED"}
    names = [e["event"] for e in site.ask("timeline", claim="A")]
    assert "claim.paid" in names
    assert "claim.denied" in names


@pytest.mark.parametrize("level", ["line", "claim", "transaction"])
def test_an_unbalanced_remittance_posts_nothing(site: TestSite, payer: PayerSimulator, level: str) -> None:
    """Not a cent is moved, and an alarm is told."""
    payer.scenario = Scenario(faults=Faults(unbalanced_835=level))
    site.drop("a.837", batch("A"))
    log = exchange(site, payer)
    assert stands(site) == {"A": "ACCEPTED"}
    assert "remittance.unbalanced" in {e["event"] for e in log}
    assert [a["balanced"] for a in site.ask("answers") if a["form"] == "835"] == [False]


def test_answers_that_are_not_ours_are_kept_and_move_nothing(site: TestSite, payer: PayerSimulator) -> None:
    """For another receiver, text, rubbish and a cut-off file: each is shown, the next is read all the same."""
    payer.scenario = Scenario(faults=Faults(wrong_receiver=True), answers=("TA1", "999"))
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    assert stands(site) == {"A": "SENT"}
    assert [(each["form"], each["addressed_to"]) for each in site.ask("answers")] == [("999", NOBODY)]
    lines = [line["what"] for each in site.ask("digest")["sections"] for line in each["lines"]]
    told = "alpha_edi/production: addressed to somebody else: 1 answer (ISA08 is not OPENGATE)."
    assert f"{told} Nothing of it is posted: ask the partner." in lines
    (payer.outbox / "report.txt").write_text("Your mailbox is 80 % full.\n")
    (payer.outbox / "x.bin").write_bytes(bytes(range(256)))
    (payer.outbox / "cut.999").write_bytes(b"ISA*00*          *00*          *ZZ*ALPHAHP        *ZZ*OPENGATE")
    payer.scenario = Scenario()
    site.drop("b.837", batch("B", control=102))
    log = exchange(site, payer)
    assert stands(site) == {"A": "SENT", "B": "PAID"}
    assert {each["addressed_to"] for each in site.ask("answers") if each["matched"]} == {""}
    events = [e["event"] for e in log]
    assert events.count("answer.unreadable") == 1
    assert "answer.unmatched" in events


def test_what_a_document_has_otherwise_than_its_guide_is_told_beside_its_answers(
    site: TestSite, payer: PayerSimulator
) -> None:
    """And is none of them."""
    payer.scenario = Scenario(answers=())
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    odd = acknowledgment().replace("GE*1*", "GE*2*")
    (payer.outbox / "odd.999").write_bytes(interchange(odd, receiver="OPENGATE"))
    exchange(site, payer)
    (answer,) = site.ask("answers")
    assert answer["form"] == "999"
    assert "GE01" in answer["flags"]


def test_an_answer_settles_doubt(tmp_path: Path) -> None:
    """A server that swallows the file without being known for it leaves doubt; the 999 proves the arrival."""
    with PayerSimulator(tmp_path / "payer", Scenario(faults=Faults(vanish_on_close=True))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        plugin = site.root / "plugins" / "alpha.toml"
        plugin.write_text(plugin.read_text().replace("sweeps = true", "sweeps = false"))
        site.drop("a.837", batch("A"))
        run(site)
        assert site.ask("submissions")[0]["state"] == "IN_DOUBT"
        assert stands(site) == {"A": "ASSIGNED"}
        exchange(site, payer)
        assert site.ask("submissions")[0]["state"] == "SENT"
        assert stands(site) == {"A": "PAID"}
        assert len(payer.received_claims()) == 1


def test_what_was_given_up_and_had_arrived_is_not_sent_again(tmp_path: Path) -> None:
    """The late answer proves the arrival, and the held claim stands as the payer says."""
    with PayerSimulator(tmp_path / "payer", Scenario(faults=Faults(vanish_on_close=True))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        plugin = site.root / "plugins" / "alpha.toml"
        plugin.write_text(plugin.read_text().replace("sweeps = true", "sweeps = false"))
        site.drop("a.837", batch("A"))
        run(site)
        (submission,) = site.ask("submissions")
        site.ask("settle", submission=submission["submission"], arrived=False, reason="they say so")
        assert stands(site) == {"A": "HELD"}
        exchange(site, payer)
        assert stands(site) == {"A": "PAID"}
        assert len(payer.received_claims()) == 1


def test_read_answers_are_handed_back_untouched(site: TestSite, payer: PayerSimulator) -> None:
    """999, 277CA and 835 lie byte for byte in handback/, readable by the group, each once."""
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    run(site)
    given = sorted((site.spool / "handback").iterdir())
    sent = sorted(path.read_bytes() for path in payer.outbox.iterdir())
    assert sorted(path.read_bytes() for path in given) == sent
    assert {path.suffix for path in given} == {".999", ".277CA", ".835"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in given} == {0o640}


def test_a_declined_claim_may_come_again_unchanged(site: TestSite, payer: PayerSimulator) -> None:
    """It was never filed; what the payer has is no duplicate of it."""
    payer.scenario = Scenario(rules=(Rule(Reject277("A7", "164", "IL"), claim="A"),))
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    assert stands(site) == {"A": "DECLINED"}
    payer.scenario = Scenario()
    site.drop("b.837", batch("A", control=102))
    exchange(site, payer)
    assert [c["stands"] for c in site.ask("claims")] == ["DECLINED", "PAID"]


def test_no_value_of_an_answer_reaches_the_log(site: TestSite, payer: PayerSimulator) -> None:
    """Names, member ids, claim numbers, charges and NPIs stay inside."""
    payer.scenario = Scenario(rules=(Rule(Reject999(), claim="CANARYB"), Rule(Deny(), claim="CANARYC")))
    site.drop("a.837", batch("CANARYA", "CANARYB", "CANARYC"))
    exchange(site, payer, rounds=6)
    text = (site.root / "gateway.log").read_text()
    for secret in ("CANARY", "DOE", "DANA", "2000000010", "1234567893", "135.00"):
        assert secret not in text
    assert "claim.denied" in text

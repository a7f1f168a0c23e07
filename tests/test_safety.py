"""Ways in which a claim could be lost, doubled or falsely settled, each closed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from gateway.daemon import serve
from gateway.errors import Refused
from gateway.logs import set_up
from gateway.testing.builders import BillingSpec, ClaimSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Reject277, Reject999, Rule, Scenario
from tests.sites import TestSite, make_site

FULL = Scenario(faults=Faults(disk_full_after=100))


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


def run(site: TestSite) -> str:
    """Run until idle; returns the log as text."""
    stream = set_up(file=site.root / "gateway.log")
    asyncio.run(serve(site.config, until_idle=True))
    stream.close()
    return (site.root / "gateway.log").read_text()


def exchange(site: TestSite, payer: PayerSimulator) -> None:
    for _ in range(6):
        run(site)
        if not payer.tick():
            return


def batch(*names: str, control: int = 101, **changes: Any) -> bytes:
    return batch837p([ClaimSpec(n, payer_id="77001", member_id=f"M{n}", **changes) for n in names], control=control)


def stands(site: TestSite) -> list[tuple[str, str, str]]:
    return [(c["control_number"], c["stands"], c["code"]) for c in site.ask("claims")]


def test_a_sent_claim_with_changed_content_is_not_sent_again_by_itself(site: TestSite, payer: PayerSimulator) -> None:
    """A new billing street in the billing software must not double a day's claims; a person may release one."""
    site.drop("a.837", batch("A", "B"))
    exchange(site, payer)
    site.drop("b.837", batch("A", "B", control=102, billing=BillingSpec(street="99 OTHER WAY")))
    exchange(site, payer)
    assert stands(site)[2:] == [("A", "HELD", "CHANGED_AFTER_SENDING"), ("B", "HELD", "CHANGED_AFTER_SENDING")]
    assert "`gateway resubmit C1` tells how" in site.ask("why", claim="C3")["next"]
    assert len(payer.received_claims()) == 2
    site.ask("release", claim="C3", reason="the payer asked for it")
    exchange(site, payer)
    assert len(payer.received_claims()) == 3


def test_a_replacement_of_a_sent_claim_goes(site: TestSite, payer: PayerSimulator) -> None:
    """Frequency 7 with the payer's own number is how changed content is sent."""
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    site.drop("b.837", batch("A", control=102, frequency="7", payer_control_number="PCN1"))
    exchange(site, payer)
    assert len(payer.received_claims()) == 2


def test_a_file_of_somebody_elses_proves_nothing(site: TestSite, payer: PayerSimulator) -> None:
    """While our hidden file lies there, an equal name of equal size is not ours."""
    payer.scenario = Scenario(faults=Faults(cut=("before_rename",)))
    site.drop("a.837", batch("A"))
    run(site)
    (hidden,) = [path for path in payer.inbox.iterdir() if path.name.startswith(".")]
    other = payer.inbox / hidden.name[1:].removesuffix(".part")
    other.write_bytes(b"x" * hidden.stat().st_size)
    site.skip_waits()
    run(site)
    assert site.ask("submissions")[0]["state"] != "SENT"
    assert stands(site)[0][1] == "ASSIGNED"


def test_a_renamed_partner_goes_on_with_its_numbers(site: TestSite, payer: PayerSimulator) -> None:
    """The other side knows us by our ids: it never sees an ISA13 twice, whatever we call it."""
    site.drop("a.837", batch("A"))
    run(site)
    conf, plugin = site.root / "conf", site.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace("alpha_edi", "alpha_x"))
    (conf / "routes.toml").write_text((conf / "routes.toml").read_text().replace("alpha_edi", "alpha_x"))
    (conf / "partners" / "alpha_edi.toml").rename(conf / "partners" / "alpha_x.toml")
    site.drop("b.837", batch("B", control=102))
    exchange(site, payer)
    assert [s["isa13"] for s in site.ask("submissions")] == ["000000002", "000000001"]
    assert sorted(c.claim for c in payer.received_claims()) == ["A", "B"]


def test_what_the_payer_accepted_meanwhile_does_not_go_out_again(site: TestSite, payer: PayerSimulator) -> None:
    """A requeued claim whose first attempt is accepted after all is the payer's, as if that had come first."""
    payer.scenario = Scenario(rules=(Rule(Reject999(), claim="BAD"),), answers=("999",))
    site.drop("a.837", batch("G", "BAD"))
    run(site)
    payer.tick()
    payer.scenario = FULL
    run(site)
    assert {n: s for n, s, _ in stands(site)}["G"] == "ASSIGNED"
    first = next(c for c in payer.received_claims() if c.claim == "G")
    (payer.outbox / "late.277").write_bytes(_accepted("G", first.trace))
    site.skip_waits()
    run(site)
    payer.scenario = Scenario(answers=())
    site.skip_waits()
    run(site)
    assert [submission["state"] for submission in site.ask("submissions")] == ["ABANDONED", "SENT"]
    assert [c.claim for c in payer.received_claims()].count("G") == 1
    assert ("G", "ACCEPTED", "") in stands(site)
    told = [event["event"] for event in site.ask("timeline", claim="G") if event["event"].startswith("claim.")]
    assert told[-2:] == ["claim.arrived", "claim.accepted"]


def _accepted(claim: str, trace: str) -> bytes:
    """A 277CA that accepts one claim by our trace."""
    return (
        b"ISA*00*          *00*          *ZZ*ALPHAHP        *ZZ*OPENGATE       *261124*0700*^*00501*000000999*0*P*:~"
        b"GS*HN*ALPHAHP*OGT77*20261124*0700*999*X*005010X214~ST*277*0001*005010X214~"
        b"BHT*0085*08*ACK1*20261124*0700*TH~HL*1**20*1~NM1*PR*2*ALPHA*****PI*77001~TRN*1*ACK1~"
        b"HL*2*1*21*1~NM1*41*2*US*****46*OGT77~TRN*2*UNKNOWN~HL*3*2*19*1~NM1*85*2*CEDAR*****XX*1234567893~"
        b"HL*4*3*PT~NM1*QC*1*DOE*DANA~TRN*2*"
        + claim.encode()
        + b"~STC*A2:20*20261124*WQ*120~REF*D9*"
        + trace.encode()
        + b"~"
        b"SE*17*0001~GE*1*999~IEA*1*000000999~"
    )


def given_up(site: TestSite, payer: PayerSimulator) -> None:
    """The first file, of A and B, is settled as not arrived, and A is released."""
    payer.scenario = Scenario(faults=Faults(vanish_on_close=True), answers=())
    site.drop("a.837", batch("A", "B"))
    run(site)
    payer.scenario = Scenario(answers=())
    site.ask("settle", submission=1, arrived=False, reason="they do not find it")
    site.ask("release", claim="A", reason="so it goes again")


def test_what_had_arrived_after_all_once_its_claims_went_again_is_told_as_received_twice(
    site: TestSite, payer: PayerSimulator
) -> None:
    """In the answer, in the digest, and of the claim; the other one just is there."""
    given_up(site, payer)
    run(site)
    said = site.ask("settle", submission=1, arrived=True, reason="they found it")
    assert (said["state"], said["received_twice"]) == ("SENT", ["C1"])
    assert "drop one" in said["next"]
    lines = [line["what"] for each in site.ask("digest")["sections"] for line in each["lines"]]
    assert "C1 at alpha lies there twice (TAKEN_TWICE)." in lines
    assert "two transmissions" in site.ask("why", claim="A")["next"]
    assert site.ask("why", claim="B")["next"] == ""


def test_what_had_arrived_before_its_claims_went_again_is_not_sent_twice(site: TestSite, payer: PayerSimulator) -> None:
    """A person's word calls back what is only planned, as an answer does."""
    given_up(site, payer)
    payer.stop()
    run(site)
    assert {n: s for n, s, _ in stands(site)}["A"] == "ASSIGNED"
    said = site.ask("settle", submission=1, arrived=True, reason="they found it")
    assert said["received_twice"] == []
    assert [submission["state"] for submission in site.ask("submissions")] == ["ABANDONED", "SENT"]
    assert {n: s for n, s, _ in stands(site)} == {"A": "SENT", "B": "SENT"}


def test_a_persons_word_settles_doubt_only(site: TestSite, payer: PayerSimulator) -> None:
    """A typo must not declare sent what still waits to be sent."""
    payer.scenario = FULL
    site.drop("a.837", batch("A"))
    run(site)
    with pytest.raises(Refused):
        site.ask("settle", submission=1, arrived=True, reason="typo")
    payer.scenario = Scenario()
    site.skip_waits()
    exchange(site, payer)
    assert stands(site) == [("A", "PAID", "")]


def test_answers_for_somebody_else_move_nothing(site: TestSite, payer: PayerSimulator) -> None:
    """Also a 277CA and an 835 whose ISA08 is not us."""
    payer.scenario = Scenario(faults=Faults(wrong_receiver=True))
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    assert stands(site) == [("A", "SENT", "")]


def test_money_for_a_claim_we_hold_is_an_alarm_and_keeps_it_here(
    tmp_path: Path, site: TestSite, payer: PayerSimulator
) -> None:
    """It reached the payer by another way: paid there, it must not be sent by us later."""
    site.drop("h.837", batch("H", rendering="2000000028"))
    run(site)
    with PayerSimulator(tmp_path / "twin") as twin:
        other = make_site(tmp_path / "other", {"alpha": twin}, enrolled=[("2000000028", "alpha")])
        other.drop("h.837", batch("H", rendering="2000000028"))
        exchange(other, twin)
        (remittance,) = [p for p in twin.outbox.iterdir() if "835" in p.name]
        (payer.outbox / "stray.835").write_bytes(remittance.read_bytes())
    assert "claim.contradicted" in run(site)
    assert [line["paid"] for line in site.ask("why", claim="H")["ledger"]] != []
    lines = [line["command"] for section in site.ask("digest")["sections"] for line in section["lines"]]
    assert "gateway why C1" in lines
    rows = [{"provider_npi": "2000000028", "payer": "alpha", "effective_from": "2020-01-01"}]
    site.ask("roster apply", rows=rows, source="letter")
    run(site)
    assert stands(site) == [("H", "HELD", "HELD_BY_PERSON")]
    assert payer.received_claims() == []


def test_claims_of_a_lane_that_is_gone_are_judged_anew(site: TestSite, payer: PayerSimulator) -> None:
    """They are held for want of a route, where a person sees them."""
    payer.scenario = FULL
    site.drop("a.837", batch("A"))
    run(site)
    (site.root / "conf" / "routes.toml").write_text("")
    (site.root / "conf" / "partners" / "alpha_edi.toml").unlink()
    run(site)
    assert stands(site) == [("A", "HELD", "ROUTE_MISSING")]


def test_the_same_bytes_come_again_when_nothing_of_them_stands(site: TestSite, payer: PayerSimulator) -> None:
    """All its claims were declined: the file is taken and judged claim by claim."""
    payer.scenario = Scenario(default=Reject277("A7", "164", "IL"))
    site.drop("a.837", batch("A"))
    exchange(site, payer)
    payer.scenario = Scenario()
    site.drop("b.837", batch("A"))
    exchange(site, payer)
    assert [s for _, s, _ in stands(site)] == ["DECLINED", "PAID"]


def test_what_a_partner_writes_into_a_code_is_not_logged(site: TestSite, payer: PayerSimulator) -> None:
    """A name where a code should stand becomes a question mark."""
    site.drop("a.837", batch("A"))
    run(site)
    trace = payer.received_claims()[0].trace
    said = _accepted("A", trace).replace(b"STC*A2:20*20261124*WQ", b"STC*A7:SECRETNAME:DANADOE*20261124*U")
    (payer.outbox / "x.277").write_bytes(said)
    log = run(site)
    assert "SECRETNAME" not in log
    assert "DANADOE" not in log
    assert stands(site)[0][1:] == ("DECLINED", "A7:?:?")


@pytest.mark.parametrize("name", [b"\xff\xfe.837", b"x" * 255])
@pytest.mark.parametrize("content", [batch("O"), b"no X12"])
def test_no_file_name_stops_anything(site: TestSite, payer: PayerSimulator, name: bytes, content: bytes) -> None:
    """Names that are no text or as long as a name can be; the other file goes."""
    (Path(os.fsencode(site.spool / "incoming").decode()) / os.fsdecode(name)).write_bytes(content)
    site.drop("good.837", batch("G", control=102))
    run(site)
    assert "G" in [c.claim for c in payer.received_claims()]
    assert list((site.spool / "incoming").iterdir()) == []
    assert list((site.spool / "work").iterdir()) == []


def test_one_broken_answer_stops_no_other(site: TestSite, payer: PayerSimulator) -> None:
    """Superscripts are no digits."""
    site.drop("a.837", batch("A"))
    run(site)
    payer.tick()
    ta1 = (
        b"ISA*00*          *00*          *ZZ*ALPHAHP        *ZZ*OPENGATE       *261124*0700*^*00501*000000998*0*P*:~"
        b"TA1*00000007\xb2*261124*0700*A*000~IEA*0*000000998~"
    )
    (payer.outbox / "0.ta1").write_bytes(ta1)
    exchange(site, payer)
    assert stands(site) == [("A", "PAID", "")]


def test_a_lost_database_beside_its_documents_is_no_new_site(site: TestSite, payer: PayerSimulator) -> None:
    """Numbers would start again and everything dropped would go twice: refused, with what to do."""
    site.drop("a.837", batch("A"))
    run(site)
    for path in (site.root / "state").glob("gateway.db*"):
        path.unlink()
    with pytest.raises(Refused) as refused:
        run(site)
    assert refused.value.code == "STORE_MISSING"
    rmtree(site.root / "state" / "vault")
    assert site.ask("claims") == []


def test_a_person_holds_a_claim_that_waits_in_a_submission(site: TestSite, payer: PayerSimulator) -> None:
    """It leaves the submission before that is sent; the others of it go. What was sent cannot be held."""
    payer.scenario = FULL
    site.drop("a.837", batch("A", "B"))
    run(site)
    site.ask("hold", claim="A", reason="the patient called")
    payer.scenario = Scenario()
    site.skip_waits()
    exchange(site, payer)
    assert [(n, s) for n, s, _ in stands(site)] == [("A", "HELD"), ("B", "PAID")]
    assert [c.claim for c in payer.received_claims()] == ["B"]
    with pytest.raises(Refused):
        site.ask("hold", claim="B", reason="too late")

"""Corrected claims, end to end: what a biller is told, what goes out, and where the family stands in the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway
from gateway.daemon import serve
from gateway.desk.commands import answer
from gateway.desk.families import family_of
from gateway.errors import Refused
from gateway.logs import set_up
from gateway.model.answers import ClaimPayment, Remittance
from gateway.model.x12 import Address
from gateway.store import Tx, answers, awaiting
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import Deny, Faults, Pay, PayerSimulator, Reject277, Rule, Scenario
from gateway.testing.payer.claims import Claim
from gateway.workers.intake import Intake, judge_due
from gateway.workers.site import Site, open_site
from tests.sites import TestSite, make_site
from tests.test_money import paying
from tests.test_remittance import claim, line, remittance

DOCTOR = "2000000010"
LINES = (LineSpec(charge=120), LineSpec("36415", charge=15))
SPEC = ClaimSpec("A1", LINES, payer_id="77001", member_id="M1", prior_authorization="AUTH1", record_number="EA1")
DENIES = Rule(Deny("B7", ""), claim="A1", frequency="1")


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer", Scenario(rules=(DENIES,))) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(DOCTOR, "alpha")])


def exchange(site: TestSite, payer: PayerSimulator, rounds: int = 6) -> list[dict[str, Any]]:
    """Let both sides take turns until the payer has nothing to say; the log."""
    stream = set_up(file=site.root / "gateway.log")
    for _ in range(rounds):
        asyncio.run(serve(site.config, until_idle=True))
        if not payer.tick():
            break
    stream.close()
    return [json.loads(line) for line in (site.root / "gateway.log").read_text().splitlines()]


def received(payer: PayerSimulator) -> list[Claim]:
    """Every claim that arrived, in order."""
    book = payer._office.casebook
    return [
        claim for arrival in book._journal.arrivals for case in book.cases(arrival) for claim in case.received.claims
    ]


def stands(site: TestSite) -> list[tuple[str, str, str]]:
    return [(c["claim"], c["stands"], c["version"]) for c in site.ask("claims")]


def accept(site: TestSite) -> None:
    """The records cover it now, so that nothing of the roster holds it."""
    for proposal in site.ask("proposals"):
        site.ask("proposals dismiss", proposal=proposal["proposal"], reason="their clerk erred")


def test_a_denied_claim_is_replaced_and_paid(site: TestSite, payer: PayerSimulator) -> None:
    """Denied by an 835, replaced with the payer's own number, reversed and corrected: the family stands PAID."""
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    assert stands(site) == [("C1", "DENIED", "")]
    accept(site)
    advice = site.ask("resubmit advice", claim="A1")
    assert [(w["way"], w["may"]) for w in advice["ways"]] == [("replace", True), ("void", True)]
    assert "no money goes back" in advice["ways"][1]["says"]
    number = advice["payer_number"]
    assert number.startswith("SIM")

    before = site.ask("resubmit preview", claim="A1", way="replace")
    assert before["would"] == "RELEASED"
    assert [(c["place"], c["was"], c["becomes"]) for c in before["changes"]] == [
        ("2300/CLM05-3", "1", "7"), ("2300/REF*F8", "", number),
    ]  # fmt: skip
    assert stands(site) == [("C1", "DENIED", "")]
    done = site.ask("resubmit", claim="C1", way="replace", reason="enrolled since January, by letter")
    with pytest.raises(Refused, match="ordered"):
        site.ask("resubmit", claim="C1", way="replace", reason="twice")
    log = exchange(site, payer)

    first, second = received(payer)
    assert second.clm[5].endswith(":7")
    assert second.original_number == number != second.control == "A1"
    assert [s.elements for s in second.segments if s.id not in ("CLM", "REF")] == [
        s.elements for s in first.segments if s.id not in ("CLM", "REF")
    ]
    order = [s[1] for s in second.segments if s.id == "REF" and s[1] in ("G1", "F8", "EA", "D9")]
    assert order == ["D9", "G1", "F8", "EA"]
    assert stands(site) == [("C1", "REVERSED", "1 of 2"), ("C2", "PAID", "2 of 2")]
    family = site.ask("why", claim="A1")["family"]
    assert (family["stands"], family["counts"], family["pending"]) == ("PAID", "C2", None)
    assert family["paid"] == family_paid(site)
    assert [v["how"] for v in family["versions"]] == ["", "ordered here"]
    open_balance = site.ask("metrics")["total"]["open_balance"]
    assert (open_balance["count"], float(open_balance["dollars"])) == (1, 20)
    assert [(d["claim"], d["outcome"]) for d in site.ask("denials", closed=True)] == [("C1", "reversed")]
    names = [e["event"] for e in log]
    assert names.count("claim.resubmission_ordered") == names.count("claim.linked") == 1
    assert "enrolled since January" not in (site.root / "gateway.log").read_text()
    assert [f.name for f in (site.spool / "reports").iterdir()] == ["B00000001.txt"]
    told = [e["event"] for e in site.ask("timeline", claim="C1", family=True)]
    assert "claim.resubmission_ordered" in told
    assert told.count("claim.linked") == 1
    assert site.ask("batches")[0]["batch"] == done["batch"]
    assert site.ask("audit")["intact"]
    with pytest.raises(Refused) as again:
        site.ask("resubmit preview", claim="C1", way="replace")
    assert again.value.code == "LATER_VERSION"


def family_paid(site: TestSite) -> str:
    rows = site.query("SELECT paid FROM adjudications WHERE claim IN (1, 2)")
    return format(sum(float(r["paid"]) for r in rows), ".2f")


def test_a_paid_claim_is_voided_only_by_who_says_so(site: TestSite, payer: PayerSimulator) -> None:
    """The payer takes its money back; the void itself is answered by that alone."""
    payer.scenario = Scenario()
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    advice = site.ask("resubmit advice", claim="A1")
    assert [(w["way"], w["may"], w["code"]) for w in advice["ways"]] == [
        ("replace", False, "PAID_IN_FULL"), ("void", True, ""),
    ]  # fmt: skip
    assert "takes its decision back, and the $" in advice["ways"][1]["says"]
    before = site.ask("resubmit preview", claim="A1", way="void")
    assert any("take that back" in warning for warning in before["warnings"])
    site.ask("resubmit", claim="A1", way="void", reason="billed for the wrong patient")
    exchange(site, payer)
    second = received(payer)[1]
    assert (second.clm[5][-1], second.original_number) == ("8", advice["payer_number"])
    assert stands(site) == [("C1", "REVERSED", "1 of 2"), ("C2", "ACCEPTED", "2 of 2")]
    family = site.ask("why", claim="C1")["family"]
    assert (family["stands"], family["voided_by"], family["pending"]) == ("REVERSED", "C2", None)
    assert float(family["paid"]) == float(site.ask("metrics")["total"]["open_balance"]["dollars"]) == 0
    (awaited,) = site.query("SELECT * FROM awaited WHERE submission = 2 AND kind = '835'")
    assert asyncio.run(_silent(site, awaited)) == []
    assert {w["code"] for w in site.ask("resubmit advice", claim="C1")["ways"]} == {"REVERSED"}
    assert {w["code"] for w in site.ask("resubmit advice", claim="C2")["ways"]} == {"IS_VOID"}
    site.drop("b.837", batch837p([SPEC], control=102))
    exchange(site, payer)
    assert stands(site)[2] == ("C3", "PAID", "3 of 3")
    assert site.ask("why", claim="A1")["family"]["counts"] == "C3"


def test_a_denied_copy_takes_no_money_back(site: TestSite, payer: PayerSimulator) -> None:
    """A claim that was paid came there twice, and the copy is denied: what was paid stands, in every order, and a void
    names the number under which it was paid."""
    payer.scenario = Scenario(answers=())
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    charge = int(float(site.ask("claims")[0]["charge"]))
    copy = f"CLP*A1*1*{charge}*0**12*COPY*11*1~CAS*CO*18*{charge}"
    first = f"CLP*A1*1*{charge}*{charge - 35}**12*FIRST*11*1~CAS*CO*45*35"
    said = [paying("E2", copy, day="20261202", control=12), paying("E1", first, amount=str(charge - 35), control=11)]
    for number, each in enumerate(said):
        (payer.outbox / f"{number}.835").write_bytes(each)
        exchange(site, payer, rounds=1)
    why = site.ask("why", claim="A1")
    assert (why["stands"], why["code"]) == ("PARTLY_PAID", "CO-18")
    assert [(d["code"], d["state"]) for d in site.ask("denials")] == [("CO-18", "OPEN")]
    shown = site.ask("resubmit preview", claim="A1", way="void")
    assert (shown["payer_number"], int(shown["paid"])) == ("FIRST", charge - 35)
    advice = site.ask("resubmit advice", claim="A1")
    assert [(w["way"], w["may"], w["code"]) for w in advice["ways"]] == [
        ("replace", False, "FIND_OUT"),
        ("void", True, ""),
    ]
    open_balance = site.ask("metrics")["total"]["open_balance"]["dollars"]
    assert float(open_balance) == 0


async def _silent(site: TestSite, row: Any) -> list[int]:
    """The claims of a submission for which a remittance is still awaited."""
    async with open_site(site.config) as opened:
        return await opened.store.read(awaiting.silent_claims, row, True)


def test_an_order_is_taken_in_by_a_running_service_and_stands_in_the_journal(
    site: TestSite, payer: PayerSimulator
) -> None:
    """Without a restart, by the next sweep, in the name of who ordered it; a second one is refused, and a void may follow
    a replacement only of the version that counts."""
    payer.scenario = Scenario()
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)

    async def running() -> list[Any]:
        async with open_site(site.config) as opened:
            intake = Intake(opened)
            assert await intake.sweep(0.0) == 0
            await answer(opened, "resubmit", {"claim": "A1", "way": "void", "reason": "wrong patient"}, "ann")
            assert await intake.sweep(1.0) == 1
            assert await intake.sweep(2.0) == 0
            await judge_due(opened)
            with pytest.raises(Refused) as again:
                await answer(opened, "resubmit", {"claim": "C1", "way": "void", "reason": "once more"}, "ann")
            assert again.value.code == "LATER_VERSION"
            with pytest.raises(Refused) as nothing:
                await answer(opened, "resubmit", {"claim": "C1", "way": "void", "reason": " "}, "ann")
            assert nothing.value.code == "NO_REASON"
            sql = "SELECT actor, body FROM events WHERE name = 'claim.resubmission_ordered'"
            return await opened.store.read(lambda tx: tx.all(sql))

    ((actor, body),) = asyncio.run(running())
    assert actor == "ann"
    assert json.loads(body)["mark"] == "void"
    assert stands(site) == [("C1", "PAID", "1 of 2"), ("C2", "READY", "2 of 2")]
    assert not list((site.spool / "work").iterdir())
    assert site.ask("why", claim="A1")["family"]["says"] == "Of 2 versions C1 counts: PAID. C2 is to take it back."
    site.ask("withdraw", claim="C2", reason="it was the right patient")
    assert [w["may"] for w in site.ask("resubmit advice", claim="C1")["ways"]] == [False, True]


def test_the_command_advises_looks_and_orders(site: TestSite, payer: PayerSimulator) -> None:
    """As a biller types it."""

    def type_(*words: str, answers: str = "") -> Result:
        return CliRunner().invoke(gateway, ["-c", str(site.config), *words], input=answers)

    both = type_("resubmit", "A1", "--replace", "--void", "--reason", "x")
    assert (both.exit_code, "not both" in both.output) == (2, True)

    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    accept(site)
    told = type_("resubmit", "A1")
    assert told.exit_code == 0
    for words in ("Replacement: It may be replaced", "Void: It may be voided", "CO-B7", "SIM0000010001"):
        assert words in told.output
    assert "gateway resubmit C1" in type_("why", "A1").output
    assert type_("resubmit", "A1", "--replace").exit_code == 2
    looked = type_("resubmit", "A1", "--replace", "--dry-run")
    assert "By the gate it would be: RELEASED" in looked.output
    assert "2300/REF*F8" in looked.output
    assert type_("resubmit", "A1", "--replace", "--reason", "by letter", answers="n\n").exit_code == 1
    assert len(site.ask("batches")) == 1
    done = type_("resubmit", "A1", "--replace", "--reason", "by letter", "--json")
    assert json.loads(done.output)["done"]["frequency"] == "7"
    refused = type_("resubmit", "A1", "--void", "--reason", "by letter", "--yes")
    assert isinstance(refused.exception, Refused)
    exchange(site, payer)
    shown = type_("why", "A1")
    assert "Versions of this claim" in shown.output
    assert "Of 2 versions C2 counts: PAID." in shown.output
    assert "2 of 2" in type_("claims").output
    assert "claim.linked" in type_("timeline", "A1", "--family").output


def test_any_order_of_a_familys_remittances_ends_alike(tmp_path: Path) -> None:
    """Denial, reversal and correction, each an 835 of its own, in every order and each twice: the same standings, money and
    work."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=("999", "277CA"))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(DOCTOR, "alpha")])
        orders = list(permutations(range(3)))
        specs = [replace(SPEC, control_number=f"F{n}", member_id=f"M{n}") for n in range(len(orders))]
        site.drop("a.837", batch837p(specs))
        exchange(site, payer)
        corrected = [replace(s, frequency="7", payer_control_number=f"SIM000001{n:04}") for n, s in enumerate(specs, 1)]
        site.drop("b.837", batch837p(corrected, control=102))
        exchange(site, payer)
        found = asyncio.run(_posted(site, orders))
    assert len({json.dumps(each) for each in found}) == 1
    assert found[0] == ["PAID", 2, "100", ["REVERSED", "PAID"], [["CODE CO-4", "CLOSED", "reversed"]]]


async def _posted(site: TestSite, orders: list[tuple[int, ...]]) -> list[Any]:
    """What each family comes to whose remittances were posted in that order."""
    found = []
    async with open_site(site.config) as opened:
        for n, order in enumerate(orders, 1):
            name, first, second = f"F{n - 1}", f"SIM000001{n:04}", f"SIM000002{n:04}"
            taken_back = claim(-135, 0, line(-120, 0, "CO-4 -120"), line(-15, 0, "CO-4 -15"), status="22")
            said = [
                (claim(135, 0, line(120, 0, "CO-4 120"), line(15, 0, "CO-4 15")), first, date(2026, 11, 20)),
                (taken_back, first, date(2026, 11, 25)),
                (claim(135, 100, line(120, 90, "CO-45 30"), line(15, 10, "CO-45 5")), second, date(2026, 11, 25)),
            ]  # fmt: skip
            for k in (*order, *order):
                payment, reference, day = said[k]
                made = remittance(
                    replace(payment, claim=name, payer_control_number=reference), amount=max(payment.paid, 0)
                )
                envelope = replace(made.envelope, receiver=Address("ZZ", "OPENGATE"), usage="P")
                made = replace(made, envelope=envelope, trace=f"T{n}{k}", produced_on=day, payment_date=day)
                await opened.store.write(_post, opened, made)
            found.append(await _told(opened, n))
    return found


def _post(tx: Tx, site: Site, said: Remittance) -> None:
    (lane,) = site.directory.lanes.values()
    (document,) = tx.all("SELECT min(id) AS id FROM documents")
    (last,) = tx.all("SELECT coalesce(max(ordinal), 0) AS n FROM answers")
    answers.post(tx, lane, document["id"], last["n"] + 1, said)


def test_a_correction_that_keeps_the_originals_number_finds_the_replacement(tmp_path: Path) -> None:
    """The replacement had a CLM01 of its own, and no 277CA told a number of it."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=("999",))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(DOCTOR, "alpha")])
        site.drop("a.837", batch837p([SPEC]))
        exchange(site, payer)
        refused = claim(135, 0, line(120, 0, "CO-4 120"), line(15, 0, "CO-4 15"))
        asyncio.run(_pay(site, refused, "R1", 1))
        site.drop(
            "b.837",
            batch837p([replace(SPEC, control_number="B7", frequency="7", payer_control_number="R1")], control=102),
        )
        exchange(site, payer)
        decided = claim(135, 100, line(120, 90, "CO-45 30"), line(15, 10, "CO-45 5"))
        asyncio.run(_pay(site, replace(decided, original_reference="R1"), "R2", 2))
        assert stands(site) == [("C1", "DENIED", "1 of 2"), ("C2", "PAID", "2 of 2")]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_payer_that_keeps_one_number_swaps_no_versions(tmp_path: Path, order: tuple[int, int]) -> None:
    """The denial of the original and the payment of its correction, whichever 835 comes first."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=("999",))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(DOCTOR, "alpha")])
        site.drop("a.837", batch837p([SPEC]))
        exchange(site, payer)
        asyncio.run(_number(site, "R1"))
        lines = (LineSpec(charge=Decimal(120)),)
        site.drop(
            "b.837", batch837p([replace(SPEC, lines=lines, frequency="7", payer_control_number="R1")], control=102)
        )
        exchange(site, payer)
        said = {
            1: claim(135, 0, line(120, 0, "CO-4 120"), line(15, 0, "CO-4 15")),
            2: claim(120, 90, line(120, 90, "CO-45 30")),
        }
        for number in order:
            asyncio.run(_pay(site, said[number], "R1", number))
        assert stands(site) == [("C1", "DENIED", "1 of 2"), ("C2", "PAID", "2 of 2")]


async def _number(site: TestSite, number: str) -> None:
    """What a 277CA told of the original."""
    async with open_site(site.config) as opened:
        await opened.store.write(lambda tx: tx.run("UPDATE attempts SET payer_control_number = ?", number))


async def _pay(site: TestSite, said: ClaimPayment, reference: str, number: int) -> None:
    async with open_site(site.config) as opened:
        made = remittance(replace(said, claim="A1", payer_control_number=reference), amount=said.paid)
        envelope = replace(made.envelope, receiver=Address("ZZ", "OPENGATE"), usage="P")
        made = replace(made, envelope=envelope, trace=f"T{number}", produced_on=date(2026, 11, 20 + number))
        await opened.store.write(_post, opened, made)


async def _told(site: Site, claim: int) -> list[Any]:
    family = await family_of(site, claim)
    assert family
    denials = await site.store.read(
        lambda tx: tx.all("SELECT cause, state, outcome FROM denials WHERE claim IN (?, ?)", claim, claim + 6)
    )
    counts = [v["claim"] for v in family["versions"]].index(family["counts"]) + 1
    versions = [v["stands"] for v in family["versions"]]
    return [family["stands"], counts, family["paid"], versions, [list(row) for row in denials]]


def test_a_rejected_claim_is_told_to_come_anew_and_then_is_the_next_version(
    site: TestSite, payer: PayerSimulator
) -> None:
    """Never adjudicated: nothing is built, the payer's reasons are told, and the corrected claim goes."""
    payer.scenario = Scenario(rules=(Rule(Reject277(), rendering="2000000028"),))
    rows = [
        {
            "provider_npi": "2000000028",
            "payer": "alpha",
            "state": "active",
            "effective_from": "2020-01-01",
            "source": "x",
        }
    ]
    site.ask("roster apply", rows=rows, source="test")
    site.drop("a.837", batch837p([replace(SPEC, rendering="2000000028")]))
    exchange(site, payer)
    assert stands(site) == [("C1", "DECLINED", "")]
    advice = site.ask("resubmit advice", claim="A1")
    assert {w["code"] for w in advice["ways"]} == {"NEW_ORIGINAL"}
    assert "frequency 1" in advice["next"]
    assert [(r["by"], r["code"], r["place"]) for r in advice["reasons"]] == [("277CA", "A7:562:82", "2200D/STC")]
    assert advice["filing_due"]
    with pytest.raises(Refused) as no:
        site.ask("resubmit", claim="A1", way="replace", reason="try")
    assert no.value.code == "NEW_ORIGINAL"
    site.drop("b.837", batch837p([SPEC], control=102))
    exchange(site, payer)
    assert stands(site) == [("C1", "DECLINED", "1 of 2"), ("C2", "PAID", "2 of 2")]
    assert site.ask("why", claim="A1")["claim"] == "C2"


def test_of_a_corrected_batch_of_200_only_the_one_that_changed_goes(site: TestSite, payer: PayerSimulator) -> None:
    """One was refused, corrected, and the billing software exports all of them again."""
    payer.scenario = Scenario(rules=(Rule(Reject277(), claim="N077", rendering="2000000028"),))
    rows = [
        {
            "provider_npi": "2000000028",
            "payer": "alpha",
            "state": "active",
            "effective_from": "2020-01-01",
            "source": "x",
        }
    ]
    site.ask("roster apply", rows=rows, source="test")
    specs = [ClaimSpec(f"N{n:03}", LINES, payer_id="77001", member_id=f"M{n}") for n in range(200)]
    wrong = [replace(s, rendering="2000000028") if s.control_number == "N077" else s for s in specs]
    site.drop("a.837", batch837p(wrong))
    exchange(site, payer)
    assert [c["control_number"] for c in site.ask("claims") if c["stands"] == "DECLINED"] == ["N077"]
    assert len(received(payer)) == 200
    site.drop("b.837", batch837p(specs, control=102))
    exchange(site, payer)
    assert [c.control for c in received(payer)[200:]] == ["N077"]
    again = [c for c in site.ask("claims", batch=2) if c["stands"] != "DUPLICATE"]
    assert [(c["control_number"], c["stands"], c["version"]) for c in again] == [("N077", "PAID", "2 of 2")]


def test_a_correction_overtakes_what_was_not_sent(site: TestSite, payer: PayerSimulator) -> None:
    """It was planned, and the partner's disk is full; the corrected claim comes before that is mended, and alone goes."""
    payer.scenario = Scenario(faults=Faults(disk_full_after=100))
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    assert stands(site) == [("C1", "ASSIGNED", "")]
    site.drop("b.837", batch837p([replace(SPEC, diagnoses=("J00",))], control=102))
    exchange(site, payer)
    payer.scenario = Scenario()
    for _ in range(3):
        site.skip_waits()
        exchange(site, payer)
    assert stands(site) == [("C1", "HELD", "1 of 2"), ("C2", "PAID", "2 of 2")]
    assert len(received(payer)) == 1
    assert site.ask("why", claim="C1")["code"] == "NEWER_VERSION"


def test_a_dropped_replacement_ends_the_denial_of_what_it_replaces(site: TestSite, payer: PayerSimulator) -> None:
    """Led there by REF*F8, although CLM01 is another; the denial is linked when it comes in and ends when it is paid, also
    where the payer sends no reversal."""
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    accept(site)
    number = site.ask("resubmit advice", claim="A1")["payer_number"]
    payer.scenario = replace(payer.scenario, number_prefix="NEW")  # so that it does not know the original
    new = replace(
        SPEC, control_number="B7", lines=(LineSpec("99214", charge=150),), frequency="7", payer_control_number=number
    )
    site.drop("b.837", batch837p([new], control=102))
    stream = set_up(file=site.root / "gateway.log")
    asyncio.run(serve(site.config, until_idle=True))
    stream.close()
    (denial,) = site.ask("denials")
    said = site.ask("denials show", denial=denial["denial"])["said"]
    assert [each["said"] for each in said] == ["C2 (frequency 7) was taken in to correct it"]
    assert denial["worked"]
    exchange(site, payer)
    assert stands(site) == [("C1", "DENIED", "1 of 2"), ("C2", "PAID", "2 of 2")]
    assert site.ask("denials") == []
    assert [(d["claim"], d["outcome"]) for d in site.ask("denials", closed=True)] == [("C1", "replaced")]
    assert site.ask("why", claim="C1")["family"]["stands"] == "PAID"


def test_a_refused_correction_does_not_hide_that_the_payer_decided_the_claim(
    site: TestSite, payer: PayerSimulator
) -> None:
    """The first replacement forgot REF*F8 and was rejected here; the second names a number that we do not know. The payer
    has the original all the same, so nobody is told to send a new one."""
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    accept(site)
    again = replace(SPEC, lines=(LineSpec("99214", charge=150),), frequency="7")
    site.drop("b.837", batch837p([again], control=102))
    site.drop("c.837", batch837p([replace(again, payer_control_number="ELSE9")], control=103))
    exchange(site, payer, rounds=1)
    assert [stand for _, stand, _ in stands(site)] == ["DENIED", "REJECTED", "SENT"]
    found = {each["code"] for each in site.ask("why", claim="C3")["findings"]}
    assert "PAYER_NUMBER_OTHER" in found
    assert "NEVER_ADJUDICATED" not in found


def test_where_the_payer_wants_a_new_claim_the_same_content_goes_again(site: TestSite, payer: PayerSimulator) -> None:
    """MA130: no replacement is made, one that is dropped is held, and the claim sent anew is no copy."""
    payer.scenario = Scenario(rules=(Rule(Deny("16", "MA130"), claim="A1"),))
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    advice = site.ask("resubmit advice", claim="A1")
    assert advice["ways"][0]["code"] == "NEW_CLAIM_WANTED"
    number = advice["payer_number"]
    site.drop("b.837", batch837p([replace(SPEC, frequency="7", payer_control_number=number)], control=102))
    exchange(site, payer)
    assert [(c["stands"], c["code"]) for c in site.ask("claims")][1] == ("HELD", "NEW_CLAIM_WANTED")
    site.ask("withdraw", claim="C2", reason="a new claim is wanted")
    payer.scenario = Scenario(rules=(Rule(Pay(), claim="A1"),))
    site.drop("c.837", batch837p([SPEC], control=103))
    exchange(site, payer)
    assert stands(site)[2] == ("C3", "PAID", "3 of 3")


def test_a_payer_that_takes_none_is_asked_otherwise(site: TestSite, payer: PayerSimulator) -> None:
    """By its declaration; a dropped replacement is held there."""
    plugin = site.root / "plugins" / "alpha.toml"
    plugin.write_text(
        plugin.read_text().replace("filing_limit_days = 3650", 'filing_limit_days = 3650\nno_replacements = ["P"]')
    )
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    advice = site.ask("resubmit advice", claim="A1")
    assert {w["code"] for w in advice["ways"]} == {"PAYER_TAKES_NONE"}
    number = advice["payer_number"]
    site.drop("b.837", batch837p([replace(SPEC, frequency="7", payer_control_number=number)], control=102))
    exchange(site, payer)
    assert site.ask("claims")[1]["code"] in ("PAYER_TAKES_NO_REPLACEMENT", "ENROLLMENT_IN_QUESTION")
    assert "PAYER_TAKES_NO_REPLACEMENT" in [f["code"] for f in site.ask("why", claim="C2")["findings"]]


def test_the_limit_for_a_replacement_is_told_and_warned_of(site: TestSite, payer: PayerSimulator) -> None:
    """By the payer's rule for corrected claims; whoever orders it all the same is warned, and a void has none."""
    plugin = site.root / "plugins" / "alpha.toml"
    rule = 'filing_rules = [{anchor = "dos_from", count = 5, claims = "corrected"}]'
    plugin.write_text(plugin.read_text().replace("filing_limit_days = 3650", f"filing_limit_days = 3650\n{rule}"))
    site.drop("a.837", batch837p([SPEC]))
    exchange(site, payer)
    accept(site)
    assert site.ask("resubmit advice", claim="A1")["corrected_due"] == "2026-11-08"
    told = site.ask("resubmit preview", claim="A1", way="replace")
    assert any("passed on 2026-11-08" in warning for warning in told["warnings"])
    assert not any("passed" in warning for warning in site.ask("resubmit preview", claim="A1", way="void")["warnings"])


def test_an_ordered_void_of_a_test_claim_stays_a_test(tmp_path: Path) -> None:
    """ISA15 is kept, so that nothing of it goes to production."""
    with PayerSimulator(tmp_path / "payer") as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(DOCTOR, "alpha")], stage="test")
        site.drop("a.837", batch837p([SPEC], usage="T"))
        exchange(site, payer)
        assert stands(site) == [("C1", "PAID", "")]
        site.ask("resubmit", claim="A1", way="void", reason="a trial")
        exchange(site, payer)
        assert [c["test"] for c in site.ask("claims")] == [True, True]
        assert stands(site)[0] == ("C1", "REVERSED", "1 of 2")

"""Journeys from end to end on a clock that the test moves: a file refused as a whole, and a recredentialing that lapses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import Deny, PayerSimulator, Rule, Scenario
from tests.habits import Clock, order, run
from tests.sites import TestSite, make_site

CHICAGO = ZoneInfo("America/Chicago")
DOCTOR = "2000000010"
MENDED = "OGT77"


def tomorrow_at(hour: int, minute: int = 0) -> Clock:
    """By the practice's own clock."""
    day = datetime.now(CHICAGO).date() + timedelta(days=1)
    return Clock(datetime.combine(day, time(hour, minute), CHICAGO).astimezone(UTC))


@pytest.fixture
def clock() -> Clock:
    return tomorrow_at(16, 30)


@pytest.fixture
def payer(tmp_path: Path, clock: Clock) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer", clock=clock) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(DOCTOR, "alpha")])


def claims(site: TestSite) -> dict[str, str]:
    return {claim["control_number"]: claim["stands"] for claim in site.ask("claims")}


def test_a_file_that_a_ta1_refuses_at_five_past_five_goes_again_once_it_is_mended(
    site: TestSite, payer: PayerSimulator, clock: Clock
) -> None:
    """The partner knows us by another sender id. Nobody is at work: nothing goes meanwhile, the alarm names the element and
    our value of it, and the next morning all 140 go again under a new ISA13, each once."""
    payer.scenario = Scenario(answers=("TA1", "999", "277CA"), senders=(MENDED,))
    names = [f"N{n:03}" for n in range(140)]
    site.drop("a.837", batch837p([ClaimSpec(name, payer_id="77001", member_id=f"M{name}") for name in names]))
    run(site, clock)
    assert set(claims(site).values()) == {"SENT"}
    clock.move(minutes=35)
    payer.tick()
    told = run(site, clock)
    assert told.count("lane.interchange_rejected") == 1
    assert (set(claims(site).values()), len(claims(site))) == ({"RETURNED"}, 140)
    (lane,) = order(site, clock, "lanes")
    assert (lane["state"], lane["code"]) == ("SUSPENDED", "TA1 006")
    for word in ("ISA06", "OPENGATE", "sender in conf/partners/alpha_edi.toml", "gateway resume alpha_edi/production"):
        assert word in lane["next"]
    alarms = [line["what"] for s in order(site, clock, "digest")["sections"] for line in s["lines"]]
    assert any("alpha_edi/production" in each for each in alarms)
    why = order(site, clock, "why", claim="N007")
    assert (why["place"], why["code"]) == ("ISA06", "TA1 006")

    site.drop("b.837", batch837p([ClaimSpec("LATE", payer_id="77001", member_id="M9")], control=2))
    clock.move(hours=14)
    run(site, clock)
    payer.tick()
    assert (claims(site)["LATE"], len(payer.arrivals())) == ("READY", 1)

    account = site.root / "conf" / "partners" / "alpha_edi.toml"
    account.write_text(account.read_text().replace('sender = "OPENGATE"', f'sender = "{MENDED}"'))
    order(site, clock, "resume", lane=lane["lane"], reason="the sender id of their letter was put in")
    for _ in range(3):
        run(site, clock)
        payer.tick()
        clock.move(minutes=20)
    run(site, clock)
    assert (set(claims(site).values()), len(claims(site))) == ({"ACCEPTED"}, 141)
    taken = [claim for claim in payer.received_claims() if claim.control != "000000001"]
    assert sorted(claim.claim for claim in taken) == sorted([*names, "LATE"])
    assert len({claim.trace for claim in payer.received_claims()}) == 281
    sent = order(site, clock, "submissions")
    assert len({each["isa13"] for each in sent}) == len(sent) >= 2
    story = [each["event"] for each in order(site, clock, "timeline", claim="N007")]
    assert story.count("submission.sent") == 2
    assert story.index("claim.returned") < story.index("lane.resumed" if "lane.resumed" in story else "claim.requeued")
    (payer.outbox / "again.ta1").write_bytes(
        next(p for p in payer.outbox.iterdir() if "ta1" in p.name.lower()).read_bytes()
    )
    run(site, clock)
    assert (set(claims(site).values()), order(site, clock, "lanes")[0]["state"]) == ({"ACCEPTED"}, "ACTIVE")


def declared(site: TestSite, policy: str) -> None:
    """What the payer says of a missed recredentialing."""
    plugin = site.root / "plugins" / "alpha.toml"
    said = f'policies = {{recredentialing = "{policy}"}}\nfiling_limit_days'
    plugin.write_text(plugin.read_text().replace("filing_limit_days", said, 1))


def record(site: TestSite, clock: Clock, **days: date | None) -> Any:
    """A letter, put in by hand."""
    said = {name: day.isoformat() for name, day in days.items() if day}
    row = {"provider_npi": DOCTOR, "payer": "alpha", "state": "active", "source": "letter", **said}
    return order(site, clock, "roster apply", rows=[row], source="letter", said_by_person=True)


@pytest.mark.parametrize(("policy", "stands"), [("strict", "HELD"), ("warn", "DENIED")])
def test_a_recredentialing_that_lapses_is_told_in_time_stops_by_policy_and_is_made_good(
    site: TestSite, payer: PayerSimulator, clock: Clock, policy: str, stands: str
) -> None:
    """The doctor's cycle ends in 121 days. Four warnings with what is at stake; behind the day claims wait or go with a
    warning, as the payer's policy says; an approval from the day after releases what waits, and says what was denied
    meanwhile and is to be reprocessed."""
    due = clock().date() + timedelta(days=121)
    declared(site, policy)
    record(site, clock, effective_from=date(2020, 1, 1), recred_due=due)
    control = iter(range(200, 300))

    def works(*names: str) -> None:
        """One day's claims go to the payer, and its answers come."""
        day = LineSpec(charge=120, first_day=clock().date())
        some = [ClaimSpec(name, [day], payer_id="77001", member_id=f"M{name}", rendering=DOCTOR) for name in names]
        site.drop(f"{clock():%m%d%H}.837", batch837p(some, control=next(control)))
        for _ in range(3):
            run(site, clock)
            payer.tick()
        run(site, clock)

    told = []
    for left in (120, 90, 60, 30):
        works(*(f"W{left}N{n}" for n in range(26)))
        clock.now = datetime.combine(due - timedelta(days=left), time(18), UTC)
        run(site, clock)
        run(site, clock)
    for row in site.query("SELECT body FROM events WHERE name = 'deadline.expiry_near' ORDER BY seq"):
        body = json.loads(row["body"])
        told.append((body["code"], body["step"], body["count"] > 0, body["dollars"] > 0))
    assert told == [("RECREDENTIALING", f"days_{left}", True, True) for left in (120, 90, 60, 30)]
    lines = [line["what"] for s in order(site, clock, "digest")["sections"] for line in s["lines"]]
    assert any("recredentialing" in line and "a week" in line for line in lines)

    payer.scenario = Scenario(rules=(Rule(Deny("B7", "N570"), rendering=DOCTOR),))
    clock.now = datetime.combine(due, time(18), UTC)
    works("LASTDAY")
    assert claims(site)["LASTDAY"] == "DENIED"
    clock.move(days=2)
    for proposal in order(site, clock, "proposals"):
        order(site, clock, "proposals dismiss", proposal=proposal["proposal"], reason="it is renewed, says their clerk")
    works("BEHIND")
    assert claims(site)["BEHIND"] == stands
    found = {each["code"] for each in order(site, clock, "why", claim="BEHIND")["findings"]}
    assert "ENROLLMENT_RECREDENTIALING_OVER" in found
    assert ("BEHIND" in {claim.claim for claim in payer.received_claims()}) is (policy == "warn")

    clock.move(days=20)
    payer.scenario = Scenario()
    for proposal in order(site, clock, "proposals"):
        order(site, clock, "proposals dismiss", proposal=proposal["proposal"], reason="the letter came")
    done = record(site, clock, effective_from=due, recred_due=due + timedelta(days=3 * 365), decided_on=clock().date())
    assert done["reprocess"] == {"claims": 2 if policy == "warn" else 1, "commands": [
        f"gateway proposals reprocess --payer alpha --npi {DOCTOR}"]}  # fmt: skip
    for _ in range(3):
        run(site, clock)
        payer.tick()
    run(site, clock)
    denied = {"LASTDAY"} | ({"BEHIND"} if policy == "warn" else set())
    assert {name for name, where in claims(site).items() if where != "PAID"} == denied
    listed = order(site, clock, "proposals reprocess", payer="alpha", npi=DOCTOR)
    assert {row["control_number"] for row in listed} == denied

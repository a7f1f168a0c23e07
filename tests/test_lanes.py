"""Lanes: an outage is told calmly, people are asked in time, no login is tried twice, nobody waits for another."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.daemon import Daemon
from gateway.store import lanes
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Reject277, Rule, Scenario
from gateway.workers.site import open_site
from tests.habits import Clock, SshdPayer, declare, order, run, stands, states
from tests.servers import FaultProxy, require_sshd, running_sshd
from tests.sites import TestSite, make_site

LANE = "alpha_edi/production"
ENROLLED = [("2000000010", "alpha"), ("2000000010", "beta")]


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshdPayer]:
    require_sshd()
    (tmp_path / "sshd").mkdir()
    with running_sshd(tmp_path / "sshd") as running:
        yield SshdPayer.of(running, tmp_path / "sshd")


def batch(name: str, count: int, control: int = 1, payer_id: str = "77001") -> bytes:
    claims = [ClaimSpec(f"{name}{n}", payer_id=payer_id, member_id=f"M{name}{n}") for n in range(count)]
    return batch837p(claims, control=control)


def site_at(tmp_path: Path, payer: PayerSimulator, said: str = "") -> TestSite:
    site = make_site(tmp_path / "site", {"alpha": payer}, ENROLLED)
    declare(site, "alpha", said)
    return site


def lane_of(site: TestSite) -> tuple[str, str]:
    (lane,) = site.ask("lanes")
    return lane["state"], lane["code"]


def test_an_outage_is_told_when_it_begins_when_it_lasts_and_when_it_is_over(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    """Three failures, the breaker, then silence for hours, one incident, and one word when all is well; all goes."""
    site = site_at(tmp_path, payer)
    site.drop("a.837", batch("A", 3))
    clock, told = Clock(), list[tuple[float, str]]()
    payer.stop()
    begun = clock.now
    for minutes in (1, 2, 6, 20, *[75] * 8):
        told += [
            ((clock.now - begun).total_seconds(), event) for event in run(site, clock) if event.startswith("lane.")
        ]
        clock.move(minutes=minutes)
    assert [event for _, event in told] == ["lane.unreachable"] * 3 + ["lane.breaker_opened", "lane.outage"]
    opened, lasting = told[3][0], told[4][0]
    assert 4 * 3600 <= lasting - opened <= 6 * 3600
    assert (lane_of(site)[0], stands(site)) == ("ACTIVE", {"ASSIGNED"})
    assert site.ask("lanes")[0]["outage_since"]
    payer.start()
    clock.move(hours=2)
    assert [event for event in run(site, clock) if event.startswith("lane.")] == ["lane.breaker_closed"]
    assert stands(site) == {"SENT"}
    assert len(payer.received_claims()) == 3


def test_a_server_that_only_refuses_to_take_files_opens_the_breaker_too(tmp_path: Path, payer: PayerSimulator) -> None:
    """Fetching works all the while, and does not make it forget that writing fails; one file is tried now and then."""
    site = site_at(tmp_path, payer)
    payer.scenario = Scenario(faults=Faults(disk_full_after=100))
    site.drop("a.837", batch("A", 3))
    clock, told = Clock(), list[str]()
    for _ in range(10):
        told += run(site, clock)
        clock.move(hours=2)
    assert told.count("lane.breaker_opened") == 1
    assert "lane.breaker_closed" not in told
    payer.scenario = Scenario()
    assert "lane.breaker_closed" in run(site, clock)
    assert stands(site) == {"SENT"}
    assert len(payer.received_claims()) == 3


def test_doubt_again_and_again_opens_the_breaker(tmp_path: Path, payer: PayerSimulator) -> None:
    """Every file in doubt is one that a person may have to settle: after a few, no more are sent."""
    site = site_at(tmp_path, payer, "claims_per_set=1")
    payer.scenario = Scenario(faults=Faults(vanish_on_close=True), answers=())
    site.drop("a.837", batch("A", 9))
    told = run(site)
    assert told.count("submission.in_doubt") == 4
    assert told.count("lane.breaker_opened") == 1
    assert stands(site) == {"ASSIGNED", "READY"}


def test_before_a_run_far_larger_than_any_a_person_is_asked_and_the_yes_is_kept(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    """Nothing of it goes and answers are fetched meanwhile; a run of the same size never asks again."""
    site = site_at(tmp_path, payer, "habits=Habits(brake=Brake(claims=4, times=3))")
    clock = Clock()
    site.drop("a.837", batch("A", 3))
    assert "lane.asks" not in run(site, clock)
    payer.tick()
    clock.move(days=1)
    site.drop("b.837", batch("B", 9, control=2))
    told = run(site, clock)
    assert told.count("lane.asks") == 1
    assert "answer.received" in told
    assert lane_of(site) == ("ASKING", "RUN_LARGE")
    assert "run is of 9 claims, and the most that went or was let go on a day is 3." in site.ask("lanes")[0]["next"]
    assert len(payer.received_claims()) == 3
    assert "lane.asks" not in run(site, clock)
    done = CliRunner().invoke(gateway, ["-c", str(site.config), "resume", LANE, "--reason", "the backlog of March"])
    assert done.exit_code == 0, done.output
    run(site, clock)
    assert len(payer.received_claims()) == 12
    (kept,) = site.query("SELECT body, actor FROM events WHERE name = 'lane.resumed'")
    assert "the backlog of March" in kept["body"]
    clock.move(days=1)
    site.drop("c.837", batch("C", 9, control=3))
    assert "lane.asks" not in run(site, clock)
    assert len(payer.received_claims()) == 21


def test_when_too_much_was_refused_of_late_a_person_is_asked_before_more_goes(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    """A yes lets the day's claims go; the next day it is asked again while the share has not fallen."""
    site = site_at(tmp_path, payer, "habits=Habits(brake=Brake(rejected=5))")
    payer.scenario = Scenario(rules=(Rule(Reject277("A7", "187", ""), claim="A[01]"),))
    clock = Clock()
    site.drop("a.837", batch("A", 20))
    run(site, clock)
    payer.tick()
    run(site, clock)
    assert "DECLINED" in stands(site)
    clock.move(days=1)
    site.drop("b.837", batch("B", 2, control=2))
    assert "lane.asks" in run(site, clock)
    assert lane_of(site) == ("ASKING", "REFUSED_MANY")
    assert "Of 20 claims of the last 30 days 2 were refused." in site.ask("lanes")[0]["next"]
    order(site, clock, "resume", lane=LANE, reason="the taxonomy is mended")
    run(site, clock)
    assert len(payer.received_claims()) == 22
    clock.move(days=1)
    site.drop("c.837", batch("C", 2, control=3))
    assert "lane.asks" in run(site, clock)
    clock.move(days=31)
    order(site, clock, "resume", lane=LANE, reason="last month is past")
    assert "lane.asks" not in run(site, clock)
    site.drop("d.837", batch("D", 2, control=4))
    clock.move(days=1)
    assert "lane.asks" not in run(site, clock)


def twin(site: TestSite, **more: str) -> None:
    """A second account at alpha's, for tests, with the same user unless it is said otherwise."""
    partners = site.root / "conf" / "partners"
    text = (partners / "alpha_edi.toml").read_text().replace('"production"', '"test"')
    for key, value in more.items():
        text = "\n".join(f'{key} = "{value}"' if line.startswith(f"{key} =") else line for line in text.splitlines())
    (partners / "alpha_edi.test.toml").write_text(text)


def refusals(server: SshdPayer) -> int:
    """How many logins the server refused."""
    return server.server.log().count("Connection closed by authenticating user")


@pytest.mark.parametrize(("user", "tries"), [("", 1), ("somebody", 2)])
def test_a_refused_login_is_tried_once_by_all_lanes_of_its_user_over_every_restart(
    tmp_path: Path, server: SshdPayer, user: str, tries: int
) -> None:
    """Two accounts of one user are one login at the server; those of two users are two."""
    site = make_site(tmp_path / "site", {"alpha": server}, ENROLLED)  # type: ignore[dict-item]
    declare(site, "alpha", "", folders=server.folders)
    twin(site, **({"user": user} if user else {}))
    (server.server.incoming.parent / "authorized_keys").write_text("")
    site.drop("a.837", batch("A", 3))
    for _ in range(3):
        site.skip_waits()
        run(site)
    assert server.server.log().count("Connection from") - 1 == tries  # one is the test's own look at the port
    suspended = [lane["lane"] for lane in site.ask("lanes") if lane["state"] == "SUSPENDED"]
    assert len(suspended) in ({1, 2} if not user else {2})
    (server.server.incoming.parent / "authorized_keys").write_text(
        (server.server.incoming.parent / "user_ed25519.pub").read_text()
    )
    for lane in suspended:
        site.ask("resume", lane=lane, reason="the key is installed again")
    run(site)
    assert stands(site) == {"SENT"}


@pytest.mark.parametrize(
    ("said", "host"),
    [("", "127.0.0.1"), ("habits=Habits(wire=Wire(one_session=True))", "localhost")],
    ids=["one user", "one partner"],
)
def test_two_lanes_hold_one_session_at_a_time_of_one_user_or_where_the_partner_allows_only_one(
    tmp_path: Path, server: SshdPayer, said: str, host: str
) -> None:
    """On a slow line, where two would surely meet. A server under two names has two users, as far as anybody can tell."""
    site = make_site(tmp_path / "site", {"alpha": server}, ENROLLED)  # type: ignore[dict-item]
    declare(site, "alpha", said, folders=server.folders)
    twin(site)
    second = site.root / "conf" / "partners" / "alpha_edi.test.toml"
    second.write_text(second.read_text().replace("{port", f'{{host = "{host}", port'))

    async def running() -> None:
        async with FaultProxy(server.port, delay=0.05) as proxy:
            for account in (site.root / "conf" / "partners").iterdir():
                account.write_text(account.read_text().replace(str(server.port), str(proxy.port)))
            async with open_site(site.config) as opened:
                await Daemon(opened).run_until_idle()

    asyncio.run(running())
    held = most = sessions = 0
    for line in server.server.log().splitlines():
        held += line.startswith("Starting session") - line.startswith("Close session")
        sessions += line.startswith("Starting session")
        most = max(most, held)
    assert sessions >= 2, server.server.log()
    assert most == 1


@pytest.mark.parametrize("sender", ["OPENGATE", "OTHERID"])
@pytest.mark.parametrize("code", ["A", "R/006"])
def test_answers_to_both_stages_in_one_folder_reach_each_its_own(
    tmp_path: Path, payer: PayerSimulator, sender: str, code: str
) -> None:
    """Many partners tell tests by ISA15, by names or by the sender alone. Whichever lane looks first fetches the answers
    of both, and a rejection of the other's file must stop that other."""
    payer.scenario = Scenario(answers=("999",) if code == "A" else ("TA1",), ta1="" if code == "A" else code)
    site = site_at(tmp_path, payer)
    twin(site, sender=sender, submitter_id=sender)
    site.drop("p.837", batch("P", 2))
    site.drop("t.837", batch837p([ClaimSpec("T1", payer_id="77001")], control=2, usage="T"))
    run(site)
    payer.tick()
    assert "answer.unmatched" not in run(site)
    assert {(answer["lane"], answer["form"]) for answer in site.ask("answers")} == {
        (lane, form) for lane in (LANE, "alpha_edi/test") for form in payer.scenario.answers
    }
    if code == "A":
        assert stands(site) == {"ACKNOWLEDGED"}
    else:
        assert {lane["code"] for lane in site.ask("lanes")} == {"TA1 006"}


def test_a_slow_payer_and_a_dead_one_delay_nobody(tmp_path: Path, payer: PayerSimulator) -> None:
    """While one takes forever for its file and one does not answer at all, the third has all five of its own."""
    slow = PayerSimulator(tmp_path / "slow", Scenario(faults=Faults(slow=60)))
    silent = PayerSimulator(tmp_path / "silent")
    with slow, socket.create_server(("127.0.0.1", 0)) as hole:
        silent.port = hole.getsockname()[1]
        people = [*ENROLLED, ("2000000010", "gamma")]
        site = make_site(tmp_path / "site", {"alpha": payer, "beta": slow, "gamma": silent}, people)
        plugin = site.root / "plugins" / "alpha.toml"
        plugin.write_text(plugin.read_text().replace("[[partner]]", "[[partner]]\nclaims_per_set = 1"))
        for number, key in enumerate("ABG", 77001):
            site.drop(f"{key}.837", batch(key, 5, control=number, payer_id=str(number)))

        async def running() -> None:
            async with open_site(site.config) as opened:
                daemon = Daemon(opened)
                work = asyncio.create_task(daemon.run())
                try:
                    for _ in range(600):
                        if len(payer.received_claims()) == 5:
                            break
                        await asyncio.sleep(0.1)
                    # They are still being waited for: none has failed yet.
                    assert {row["failures"] for row in await opened.store.read(lanes.rows)} == {0}
                finally:
                    daemon.stop()
                    slow.hang_up()
                    hole.close()  # what nobody accepted is reset
                    await work

        asyncio.run(running())
    assert len(payer.received_claims()) == 5
    assert slow.received_claims() == silent.received_claims() == []
    sent = {one["lane"]: one["state"] for one in site.ask("submissions")}
    assert "SENT" not in {state for lane, state in sent.items() if lane != LANE}


def test_a_lane_goes_on_in_the_order_of_filing_limits(tmp_path: Path, payer: PayerSimulator) -> None:
    """Of what waits, the oldest service goes first."""
    site = site_at(tmp_path, payer, "claims_per_set=1")
    claims = [
        ClaimSpec(f"A{n}", payer_id="77001", member_id=f"M{n}", lines=(LineSpec(first_day=day),))
        for n, day in enumerate((date(2026, 10, 20), date(2026, 9, 1), date(2026, 10, 1)))
    ]
    site.drop("a.837", batch837p(claims))
    run(site)
    assert states(site) == ["SENT"] * 3
    assert [claim.claim for claim in payer.received_claims()] == ["A1", "A2", "A0"]

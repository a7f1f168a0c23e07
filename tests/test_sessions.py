"""Sessions: what a lane does next it does in the session it has, and logs out when it has nothing more to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.daemon import Daemon
from gateway.model.partners import Account, Endpoint, Lane, Partner, Stage
from gateway.model.x12 import Address
from gateway.sftp import SftpTransport
from gateway.store import lanes
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator, Scenario
from gateway.testing.payer.manners import Server
from gateway.workers.lanes import work_lane
from gateway.workers.sessions import Sessions
from gateway.workers.site import Site, open_site
from tests.habits import declare
from tests.sites import make_site

LANE, FILES, SELDOM = "alpha_edi/production", 3, timedelta(hours=1)
Opens = Callable[..., AbstractAsyncContextManager[tuple[Site, PayerSimulator]]]


@pytest.fixture
def opens(tmp_path: Path) -> Opens:
    """Open a site with files to send, each with one claim, to a partner that is like this."""

    @asynccontextmanager
    async def opened(said: str = "", packet_size: int = 0) -> AsyncIterator[tuple[Site, PayerSimulator]]:
        with PayerSimulator(tmp_path / "payer", Scenario(server=Server(packet_size=packet_size))) as payer:
            site = await asyncio.to_thread(make_site, tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])
            declare(site, "alpha", f"claims_per_set=1, {said}")
            lines = tuple(LineSpec(first_day=date(2026, 10, day)) for day in range(1, 9))
            claims = [ClaimSpec(f"A{n}", payer_id="77001", member_id=f"MA{n}", lines=lines) for n in range(FILES)]
            site.drop("a.837", batch837p(claims))
            async with open_site(site.config) as running:
                daemon = Daemon(running)
                while not await daemon._intake():
                    pass
                yield running, payer

    return opened


async def test_files_that_follow_each_other_go_in_one_session(opens: Opens) -> None:
    """And the mailbox is looked into in the same; then the lane logs out."""
    async with opens() as (site, payer):
        while await work_lane(site, LANE, SELDOM):
            pass
        assert len(payer.received_claims()) == FILES
        assert payer.login_attempts == 1
        assert not site.sessions._kept


async def test_a_partner_that_acts_when_we_log_out_has_a_session_for_each_file(opens: Opens) -> None:
    said = "verify=Verify.LISTING, habits=Habits(wire=Wire(commit_on_logout=True, settle_for=timedelta(hours=1)))"
    async with opens(said) as (site, payer):
        while await work_lane(site, LANE, SELDOM):
            assert not site.sessions._kept
        assert payer.login_attempts == FILES + 1  # and one to look into the mailbox


async def test_a_session_that_the_server_ended_is_not_used_again(opens: Opens) -> None:
    """The next file goes in a new one, and nothing has failed."""
    async with opens() as (site, payer):
        assert await work_lane(site, LANE, SELDOM)
        [kept] = site.sessions._kept.values()
        payer.hang_up()
        while kept.session.alive:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        while await work_lane(site, LANE, SELDOM):
            pass
        assert len(payer.received_claims()) == FILES
        assert payer.login_attempts == 2
        assert [row["failures"] for row in await site.store.read(lanes.rows)] == [0]


async def test_no_write_request_is_larger_than_the_partner_allows(opens: Opens) -> None:
    """Its server refuses a larger one."""
    async with opens("habits=Habits(wire=Wire(packet_size=1024))", packet_size=1024) as (site, payer):
        while await work_lane(site, LANE, SELDOM):
            pass
        assert {len(data) > 1024 for _, data in payer.arrivals()} == {True}
        assert len(payer.received_claims()) == FILES


class Slow(SftpTransport):
    """A session that ends when it may, and that tells how many there were at once."""

    open = most = 0

    def __init__(self, may_end: asyncio.Event) -> None:
        self._may_end = may_end

    async def connect(self) -> None:
        Slow.open += 1
        Slow.most = max(Slow.most, Slow.open)

    async def close(self) -> None:
        await self._may_end.wait()
        Slow.open -= 1

    @property
    def alive(self) -> bool:
        return True


async def test_while_a_lane_logs_out_no_other_logs_in_as_the_same_user() -> None:
    """Some partners allow one session, and say no to the second one before they noticed the end of the first."""
    sessions, may_end = Sessions(), asyncio.Event()
    first, second = lane_of(Stage.PRODUCTION), lane_of(Stage.TEST)
    async with sessions.of(first, lambda: Slow(may_end)):
        pass
    leaving = asyncio.create_task(sessions.let_go(first.key))
    await asyncio.sleep(0)

    async def goes_on() -> None:
        async with sessions.of(second, lambda: Slow(may_end)):
            pass

    coming = asyncio.create_task(goes_on())
    for _ in range(10):
        await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(leaving, coming)
    await sessions.close()
    assert (Slow.open, Slow.most) == (0, 1)


def lane_of(stage: Stage) -> Lane:
    """A lane of the one user that there is."""
    endpoint = Endpoint("odd", "edi.example")
    partner = Partner("alpha_edi", "ALPHA", {"alpha": ("77001",)}, Address("ZZ", "ALPHAHP"), endpoint)
    account = Account("alpha_edi", Address("ZZ", "US"), "US", "US", "5555550100", "u", "c", ("k",), stage, endpoint)
    return Lane(partner, account)

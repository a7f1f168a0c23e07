"""A lane that meets another host key on a machine so busy that it gives up before it saw the key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.sftp import SftpTransport
from gateway.sftp.faults import fault
from gateway.testing.kit.checking import _judged
from gateway.testing.kit.hostkeys import past_it
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.loading import Loaded, load
from gateway.testing.kit.report import Outcome
from gateway.testing.kit.stand import Stand, standing, template

PLUGIN = Path(__file__).parents[2] / "plugins" / "generic_sftp.toml"


@pytest.fixture
def loaded() -> Loaded:
    return load(PLUGIN)


@pytest.fixture
async def stand(tmp_path: Path, loaded: Loaded) -> AsyncIterator[Stand]:
    """A partner whose payer shows another host key, and a batch for it."""
    template(tmp_path)
    async with standing(tmp_path, loaded, loaded.partners[0]) as built:
        built.payer.change_host_key()
        built.drop()
        yield built


class Late(SftpTransport):
    """Gives up before the handshake, as on a machine that has no time for it."""

    async def connect(self) -> None:
        raise fault("TIMED_OUT", "the payer")


def busy(stand: Stand, times: int) -> None:
    """So many sessions have no time for the handshake."""
    left = iter(range(times))

    def dialled(*given: Any) -> SftpTransport:
        return SftpTransport(*given) if next(left, None) is None else Late(*given)

    registry = stand.site.registry
    stand.site.registry = replace(registry, transports={**registry.transports, "sftp": dialled})


async def tried(stand: Stand) -> Judge:
    judge = Judge()
    await stand.run()
    await past_it(stand, judge, "another host key", 0, stand.payer.login_attempts)
    return judge


async def test_it_tries_again_until_it_saw_the_key(stand: Stand) -> None:
    busy(stand, 2)
    judge = await tried(stand)
    assert not judge.wrong
    assert not judge.untried
    assert [row["code"] for row in await stand.ask("lanes") if row["lane"] == stand.lane()] == ["HOST_KEY_CHANGED"]


async def test_one_that_never_saw_the_key_proves_nothing_and_is_not_accused(
    stand: Stand, loaded: Loaded, tmp_path: Path
) -> None:
    busy(stand, 1000)
    judge = await tried(stand)
    assert not judge.wrong
    told = {"wrong": judge.wrong, "untried": judge.untried, "limits": []}
    (tmp_path / stand.partner.key).symlink_to(tmp_path)
    results, _ = _judged(loaded, {stand.partner.key: told}, tmp_path)
    pinned = next(result for result in results if result.rule == "pinned_key")
    assert pinned.outcome is Outcome.NOT_PROVEN
    assert "never came as far as the key" in pinned.details[0]

"""Backup and restore: what may have been sent since is never sent again by itself."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import serve
from gateway.desk.safekeeping import SKIPPED_NUMBERS, restore
from gateway.errors import GatewayError, Malformed, Refused
from gateway.store.submissions import take
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Scenario
from gateway.workers.site import open_site
from tests.sites import TestSite, make_site

NEW_SCOPE = "isa13 ZZ OPENGATE ZZ NEWHP"


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


def run(site: TestSite) -> None:
    asyncio.run(serve(site.config, until_idle=True))


def back_up(site: TestSite) -> Path:
    copy = site.root.parent / "copy"
    site.ask("backup", folder=str(copy))
    return copy


def empty(site: TestSite) -> None:
    """Lose the disk of the data folder; the root key was in a safe."""
    state = site.root / "state"
    for found in state.iterdir():
        if found.name != "master.key":
            shutil.rmtree(found) if found.is_dir() else found.unlink()


def put_back(site: TestSite, copy: Path) -> dict[str, Any]:
    return asyncio.run(restore(site.config, copy))


def lose_and_restore(site: TestSite) -> dict[str, Any]:
    copy = back_up(site)
    empty(site)
    return put_back(site, copy)


def files(folder: Path) -> dict[str, str]:
    """Every file under a folder by what it holds."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def one_claim(name: str = "A1", control: int = 1) -> bytes:
    return batch837p([ClaimSpec(name, payer_id="77001", member_id=f"M{name}")], control=control)


def planned(site: TestSite, payer: PayerSimulator) -> None:
    """A submission that the partner's server did not let us write."""
    payer.scenario = Scenario(faults=Faults(permission_denied=True))
    site.drop("a.837", one_claim())
    run(site)


def in_doubt(site: TestSite, payer: PayerSimulator) -> None:
    """A submission that was taken away unseen."""
    payer.scenario = replace(payer.scenario, faults=Faults(vanish_on_close=True))
    site.drop("a.837", one_claim())
    run(site)


def sent(site: TestSite, payer: PayerSimulator) -> None:
    """A submission that lies at the payer, without an answer yet."""
    payer.scenario = Scenario(answers=())
    site.drop("a.837", one_claim())
    run(site)


def states(site: TestSite) -> list[str]:
    return [s["state"] for s in site.ask("submissions")]


@pytest.mark.parametrize(
    ("prepare", "before", "after"),
    [(planned, "PLANNED", "IN_DOUBT"), (in_doubt, "IN_DOUBT", "IN_DOUBT"), (sent, "SENT", "SENT")],
)
def test_nothing_is_sent_by_itself_after_a_restore(
    site: TestSite, payer: PayerSimulator, prepare: Any, before: str, after: str
) -> None:
    """What was planned may have been sent since: it is in doubt, and a person settles it; what was sent stays sent."""
    prepare(site, payer)
    assert states(site) == [before]
    arrived = len(payer.received_claims())
    lose_and_restore(site)
    assert states(site) == [after]
    payer.scenario = Scenario(answers=())
    for lane in site.ask("lanes"):
        if lane["state"] == "SUSPENDED":
            site.ask("resume", lane=lane["lane"], reason="mended")
    for _ in range(3):
        site.skip_waits()
        run(site)
    assert states(site) == [after]
    assert len(payer.received_claims()) == arrived
    assert site.ask("audit")["intact"]


def test_claims_that_waited_are_held_until_a_person_releases_them(site: TestSite, payer: PayerSimulator) -> None:
    """Ready at the backup, they may have gone since; released, each goes once, under a number nobody has seen."""
    payer.stop()
    site.drop("a.837", one_claim())
    run(site)
    assert [c["stands"] for c in site.ask("claims")] == ["READY"]
    done = lose_and_restore(site)
    payer.start()
    payer.scenario = Scenario(answers=())
    site.skip_waits()
    run(site)
    assert [(c["stands"], c["code"]) for c in site.ask("claims")] == [("HELD", "HELD_BY_PERSON")]
    assert payer.received_claims() == []
    site.ask("release", claim="A1", reason="the payer does not have it")
    run(site)
    assert [c.claim for c in payer.received_claims()] == ["A1"]
    assert int(site.ask("submissions")[0]["isa13"]) > done["skipped"] >= SKIPPED_NUMBERS


def test_every_control_number_moves_on(site: TestSite, payer: PayerSimulator) -> None:
    """Each counter by what was skipped, and one first used after the backup starts above it too."""
    sent(site, payer)
    before = {row["scope"]: row["last"] for row in site.query("SELECT scope, last FROM counters")}
    skipped = lose_and_restore(site)["skipped"]
    after = {row["scope"]: row["last"] for row in site.query("SELECT scope, last FROM counters")}
    assert skipped >= SKIPPED_NUMBERS
    assert len(before) == 2
    assert after == {scope: last + skipped for scope, last in before.items()}
    assert first_of_a_new_counter(site) == skipped + 1


def first_of_a_new_counter(site: TestSite) -> int:
    async def taking() -> int:
        async with open_site(site.config) as opened:
            return await opened.store.write(take, NEW_SCOPE, 1)

    return asyncio.run(taking())


def test_a_site_restored_twice_starts_new_counters_higher_each_time(site: TestSite, payer: PayerSimulator) -> None:
    """A backup of a restored site knows how far its numbers had moved."""
    sent(site, payer)
    first = lose_and_restore(site)["skipped"]
    shutil.rmtree(site.root.parent / "copy")
    second = lose_and_restore(site)["skipped"]
    assert first_of_a_new_counter(site) == first + second + 1


def test_a_site_that_holds_data_is_never_restored_over(site: TestSite) -> None:
    """Neither the one that made the backup nor the one just restored from it."""
    copy = back_up(site)
    for restored in (False, True):
        before = files(site.root / "state")
        with pytest.raises(Refused) as caught:
            put_back(site, copy)
        assert caught.value.code == "SITE_HAS_DATA"
        assert files(site.root / "state") == before
        if not restored:
            empty(site)
            put_back(site, copy)


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [damage, cut, Path.unlink])
def test_a_document_that_is_not_whole_refuses_the_restore_before_anything_is_written(
    site: TestSite, payer: PayerSimulator, harm: Any
) -> None:
    """One changed, cut or missing file in the backup's vault, and the site's folder stays empty."""
    sent(site, payer)
    copy = back_up(site)
    empty(site)
    before = files(site.root)
    documents = [p for p in sorted((copy / "vault").rglob("*")) if p.is_file()]
    assert documents
    harm(documents[-1])
    with pytest.raises(GatewayError):
        put_back(site, copy)
    assert files(site.root) == before


def test_a_document_missing_from_the_backup_asks_for_another_backup(site: TestSite, payer: PayerSimulator) -> None:
    """Not to look in the latest backup, which is the one at hand."""
    sent(site, payer)
    copy = back_up(site)
    empty(site)
    next(p for p in (copy / "vault").rglob("*") if p.is_file()).unlink()
    with pytest.raises(GatewayError) as caught:
        put_back(site, copy)
    assert caught.value.next_step == "Use another backup."


def test_a_restore_leaves_the_backup_as_it_was(site: TestSite, payer: PayerSimulator) -> None:
    """It may be needed again; only what the database engine keeps beside its file may come and go."""
    sent(site, payer)
    copy = back_up(site)
    before = lasting(copy)
    empty(site)
    put_back(site, copy)
    assert lasting(copy) == before


def lasting(copy: Path) -> dict[str, str]:
    return {name: held for name, held in files(copy).items() if not name.endswith(("-wal", "-shm"))}


def test_a_restore_that_was_cut_off_can_be_done_again(site: TestSite, payer: PayerSimulator) -> None:
    """What a first try left behind stands in nobody's way, and the numbers move on all the same."""
    sent(site, payer)
    copy = back_up(site)
    empty(site)
    left = site.root / "state" / "restoring"
    left.mkdir(mode=0o700)
    (left / "gateway.db").write_bytes(b"half")
    assert put_back(site, copy)["skipped"] >= SKIPPED_NUMBERS
    assert not left.exists()
    assert states(site) == ["SENT"]


@pytest.mark.parametrize(
    "lacking",
    [
        "keyring.json",
        "gateway.db",
    ],
)
def test_a_folder_that_is_no_backup_is_refused(site: TestSite, lacking: str) -> None:
    """With words a person can act on, and nothing written."""
    copy = back_up(site)
    empty(site)
    before = files(site.root)
    (copy / lacking).unlink()
    with pytest.raises(GatewayError):
        put_back(site, copy)
    assert files(site.root) == before


def test_a_backup_that_was_cut_off_leaves_no_folder_of_its_name(site: TestSite, payer: PayerSimulator) -> None:
    """A damaged document stops it: what bears the name is always whole. Mended, it goes through."""
    sent(site, payer)
    document = next(p for p in sorted((site.root / "state" / "vault").rglob("*")) if p.is_file())
    whole = document.read_bytes()
    damage(document)
    with pytest.raises(Malformed):
        back_up(site)
    assert not (site.root.parent / "copy").exists()
    assert site.query("SELECT seq FROM events WHERE name = 'backup.taken'") == []
    document.write_bytes(whole)
    assert files(back_up(site))
    assert not (site.root.parent / "copy.part").exists()


def test_a_backup_never_overwrites_another(site: TestSite) -> None:
    """A new folder each time."""
    before = files(back_up(site))
    with pytest.raises(Refused) as caught:
        back_up(site)
    assert caught.value.code == "BACKUP_EXISTS"
    assert files(site.root.parent / "copy") == before

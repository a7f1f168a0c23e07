"""How far a file was seen to come: each thing that was observed is kept with its moment, and doubt ends by evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.errors import Refused
from gateway.model.sending import Seen
from gateway.sftp import Limits, SftpTransport
from gateway.store import submissions
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Scenario, Server
from gateway.workers.site import open_site
from tests.habits import Clock, SshdPayer, declare, run, seen, stands, states
from tests.servers import require_sshd, running_sshd
from tests.sites import TestSite, make_site

BATCH = batch837p([ClaimSpec(f"A{n}", payer_id="77001", member_id=f"M{n}") for n in range(3)])
RECEIPTS = (
    'filename="{{sender}}_{{isa13}}.837", habits=Habits(names=NameRules(punctuation="._"),'
    ' receipts=Receipts(arrived="{{name}}-*-success", failed="{{name}}-*-FAILED"))'
)
LANE = "alpha_edi/production"
ENROLLED = [("2000000010", "alpha")]


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


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What real sessions do, in order: the step, and the folder it is about."""
    done: list[str] = []

    def told(name: str, place: int | None) -> None:
        act = getattr(SftpTransport, name)

        async def acting(*args: Any, **kwargs: Any) -> Any:
            folder = Path(args[place]).parent.name if place and name != "listing" else args[1:] and Path(args[1]).name
            done.append(f"{name} {folder}" if place else name)
            return await act(*args, **kwargs)

        monkeypatch.setattr(SftpTransport, name, acting)

    for name, place in (("put", 3), ("rename", None), ("listing", 1), ("close", None)):
        told(name, place)
    return done


def site_at(tmp_path: Path, payer: PayerSimulator | SshdPayer, said: str) -> TestSite:
    """A site with one batch dropped, whose partner has these habits."""
    site = make_site(tmp_path / "site", {"alpha": payer}, ENROLLED)  # type: ignore[dict-item]
    declare(site, "alpha", said.replace("{{", "{").replace("}}", "}"), folders=getattr(payer, "folders", ""))
    site.drop("a.837", BATCH)
    return site


@pytest.mark.parametrize(
    ("said", "faults", "ladder"),
    [
        ("", Faults(), ["size", "written"]),
        ("verify=Verify.LISTING", Faults(), ["listed", "size", "written"]),
        ("verify=Verify.NOTHING", Faults(), ["size", "unverified", "written"]),
        ("", Faults(hide_sizes=True), ["unverified", "written"]),
        ("write=WriteHabit.DIRECT", Faults(), ["size", "written"]),
        ("write=WriteHabit.DIRECT, verify=Verify.NOTHING", Faults(), ["unverified", "written"]),
        ("verify=Verify.VANISHES", Faults(vanish_on_close=True), ["size", "vanished", "written"]),
        ("write=WriteHabit.DIRECT, verify=Verify.VANISHES", Faults(vanish_on_close=True), ["vanished", "written"]),
    ],
)
def test_what_was_seen_is_kept_and_nothing_else(
    tmp_path: Path, payer: PayerSimulator, said: str, faults: Faults, ladder: list[str]
) -> None:
    """By every way of writing and of looking: no rung is claimed that was not observed."""
    payer.scenario = Scenario(faults=faults)
    site = site_at(tmp_path, payer, said)
    run(site)
    assert states(site) == ["SENT"]
    assert seen(site) == ladder
    assert len(payer.received_claims()) == 3


def test_the_ladder_is_shown_with_its_moments_wherever_people_look(tmp_path: Path, payer: PayerSimulator) -> None:
    """In the listing, of one submission, for one claim, and in its timeline; an acknowledgment is its last rung."""
    site = site_at(tmp_path, payer, "")
    run(site)
    payer.tick()
    events = run(site)
    assert events.count("submission.observed") == 1
    assert seen(site) == ["acknowledged", "size", "written"]
    assert site.ask("submissions")[0]["seen"] == "written, size, acknowledged"
    why = site.ask("why", claim="A1")
    assert [one["seen"] for one in why["seen"]][-1] == "acknowledged"
    assert why["seen"] == sorted(why["seen"], key=lambda one: one["at"])
    assert "submission.observed" in {event["event"] for event in site.ask("timeline", claim="A1")}
    for words in (["submissions"], ["submissions", "show", "1"], ["why", "A1"]):
        told = CliRunner().invoke(gateway, ["-c", str(site.config), *words])
        assert told.exit_code == 0, told.output
        assert "acknowledged" in told.output


def test_a_staged_file_is_written_aside_and_then_moved(tmp_path: Path, server: SshdPayer, order: list[str]) -> None:
    """On a real sshd: nothing bears its name in the outbound folder before it is whole, and nothing is left aside."""
    staging = server.server.incoming.parent / "staging"
    staging.mkdir()
    site = site_at(tmp_path, server, f'write=WriteHabit.STAGED, habits=Habits(staging="{staging}")')
    run(site)
    assert states(site) == ["SENT"]
    (name,) = (file.name for file in server.server.incoming.iterdir())
    assert list(staging.iterdir()) == []
    assert [step for step in order if step.startswith(("put", "rename"))] == ["put staging", "rename"]
    assert (server.server.incoming / name).read_bytes().rstrip().endswith(b"~")


@pytest.mark.parametrize("write", ["DIRECT", "STAGED"])
def test_a_name_that_is_taken_is_never_written_over(tmp_path: Path, server: SshdPayer, write: str) -> None:
    """Whatever lies there is somebody else's: it stays as it is, the lane waits for a person, and then the file goes."""
    folder = server.server.incoming.parent / "staging"
    folder.mkdir()
    staging = str(folder)
    site = site_at(
        tmp_path,
        server,
        f'filename="{{{{isa13}}}}.837", write=WriteHabit.{write}, habits=Habits(staging="{staging * (write == "STAGED")}")',
    )
    taken = (server.server.incoming if write == "DIRECT" else folder) / "000000001.837"
    taken.write_bytes(b"somebody else's")
    run(site)
    run(site)
    assert taken.read_bytes() == b"somebody else's"
    assert [(lane["state"], lane["code"]) for lane in site.ask("lanes")] == [("SUSPENDED", "NAME_TAKEN")]
    assert stands(site) == {"ASSIGNED"}
    taken.unlink()
    site.ask("resume", lane=LANE, reason="they moved it away")
    run(site)
    assert (server.server.incoming / "000000001.837").read_bytes().startswith(b"ISA")
    assert stands(site) == {"SENT"}


@pytest.mark.parametrize(
    ("faults", "then"),
    [
        (Faults(disk_full_after=0), ["PLANNED", "SENT"]),
        (Faults(hang=("open",)), ["IN_DOUBT", "IN_DOUBT"]),
        (Faults(drop_after=200), ["IN_DOUBT", "IN_DOUBT"]),
    ],
)
def test_a_direct_write_is_in_doubt_from_its_first_byte_and_not_before(
    tmp_path: Path, payer: PayerSimulator, monkeypatch: pytest.MonkeyPatch, faults: Faults, then: list[str]
) -> None:
    """A server that says no to opening it was given nothing of it, so it goes again by itself, once; one that falls silent
    then may hold an empty file of that name."""
    monkeypatch.setattr("gateway.sftp.transport.Limits", partial(Limits, reply=1.0))
    site = site_at(tmp_path, payer, "write=WriteHabit.DIRECT")
    payer.scenario = Scenario(faults=faults)
    run(site)
    found = states(site)
    payer.scenario = Scenario()
    site.skip_waits()
    run(site)
    assert [*found, *states(site)] == then
    assert sum(data.rstrip().endswith(b"~") and b"IEA" in data for _, data in payer.arrivals()) == then.count("SENT")


@pytest.mark.parametrize("hours", [0, 3])
def test_what_counts_only_after_logging_out_is_looked_at_in_a_new_session(
    tmp_path: Path, server: SshdPayer, hours: int, order: list[str]
) -> None:
    """The writing session is closed first; until it has settled the file is neither sent nor in doubt, also over a
    restart."""
    site = site_at(
        tmp_path,
        server,
        f"verify=Verify.LISTING, habits=Habits(wire=Wire(commit_on_logout=True, settle_for=timedelta(hours={hours})))",
    )
    clock = Clock()
    run(site, clock)
    if hours:
        assert (states(site), stands(site)) == (["TRANSMITTING"], {"ASSIGNED"})
        clock.move(hours=hours, seconds=-1)
        run(site, clock)
        assert states(site) == ["TRANSMITTING"]
        clock.move(seconds=1)
        run(site, clock)
    assert (states(site), stands(site)) == (["SENT"], {"SENT"})
    assert seen(site) == ["listed", "size", "written"]
    assert order.index("close", order.index("rename")) < order.index("listing incoming")


def test_what_is_not_there_after_logging_out_is_in_doubt(tmp_path: Path, payer: PayerSimulator) -> None:
    """The write was confirmed and the file is gone: only the partner knows."""
    payer.scenario = Scenario(faults=Faults(vanish_on_close=True))
    site = site_at(tmp_path, payer, "verify=Verify.LISTING, habits=Habits(wire=Wire(commit_on_logout=True))")
    run(site)
    assert states(site) == ["IN_DOUBT"]


def marks(payer: PayerSimulator, word: str) -> None:
    """The payer lays down a mark for every file that it has."""
    for file in list(payer.inbox.iterdir()):
        if file.suffix == ".837":
            (payer.inbox / f"{file.name}-20261110.001-{word}").touch()


def mark(site: TestSite, seen_: Seen) -> None:
    """A mark was read, as if each came at a time of its own."""

    async def marking() -> None:
        async with open_site(site.config) as opened:
            await opened.store.write(submissions.marked, 1, seen_, "a mark")

    asyncio.run(marking())


def test_a_mark_of_arrival_is_one_more_rung(tmp_path: Path, payer: PayerSimulator) -> None:
    """It is looked for after sending, seen once, and then no more looked for."""
    site = site_at(tmp_path, payer, RECEIPTS)
    run(site)
    assert seen(site) == ["size", "written"]
    marks(payer, "success")
    assert run(site).count("submission.observed") == 1
    assert seen(site) == ["receipt", "size", "written"]
    assert run(site).count("submission.observed") == 0
    (evidence,) = [one["evidence"] for one in site.ask("submissions show", submission=1)["seen"] if one["evidence"]]
    assert evidence.endswith("-20261110.001-success")


def test_a_folder_of_marks_that_is_not_there_is_told_once_and_stops_nothing(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    """The partner is reached all the same; once the folder is there the marks are seen."""
    away = RECEIPTS.replace('failed="', 'folder="/marks", failed="')
    site, clock = site_at(tmp_path, payer, away), Clock()
    told = run(site, clock)
    assert (told.count("mailbox.troubled"), told.count("lane.unreachable"), states(site)) == (1, 0, ["SENT"])
    site.drop("b.837", batch837p([ClaimSpec("B1", payer_id="77001", member_id="MB")], control=2))
    clock.move(minutes=5)
    told = run(site, clock)
    assert (told.count("mailbox.troubled"), told.count("lane.unreachable"), states(site)) == (0, 0, ["SENT", "SENT"])
    payer.scenario = Scenario(server=Server(other_folders=("/marks",)))
    (payer.inbox.parent / "marks").mkdir(exist_ok=True)
    (payer.inbox.parent / "marks" / f"{site.ask('submissions')[0]['file']}-1-success").touch()
    clock.move(minutes=5)
    assert {"mailbox.recovered", "submission.observed"} <= set(run(site, clock))


def test_a_mark_of_arrival_ends_doubt(tmp_path: Path, payer: PayerSimulator) -> None:
    """A file that vanished undeclared is in doubt; the mark proves that it arrived, and nothing is sent again."""
    site = site_at(tmp_path, payer, RECEIPTS)
    payer.scenario = Scenario(faults=Faults(cut=("after_rename",), vanish_on_close=True))
    run(site)
    assert states(site) == ["IN_DOUBT"]
    payer.scenario = Scenario()
    (payer.inbox / f"{site.ask('submissions')[0]['file']}-1-success").touch()
    assert "submission.proven" in run(site)
    assert (states(site), stands(site)) == (["SENT"], {"SENT"})
    assert len(payer.received_claims()) == 3


def test_a_mark_of_failure_waits_for_a_person_with_the_claims_safe(tmp_path: Path, payer: PayerSimulator) -> None:
    """Nothing goes again before somebody mended it; then all go, once each, under a new number and name."""
    site = site_at(tmp_path, payer, RECEIPTS)
    run(site)
    marks(payer, "FAILED")
    assert "submission.file_refused" in run(site)
    run(site)
    assert (states(site), stands(site)) == (["ABANDONED"], {"READY"})
    assert [(lane["state"], lane["code"]) for lane in site.ask("lanes")] == [("SUSPENDED", "FILE_REFUSED")]
    assert len(payer.arrivals()) == 1
    site.ask("resume", lane=LANE, reason="they had a full disk")
    run(site)
    (first, _), (second, _) = payer.arrivals()
    assert first.name != second.name
    assert (states(site), stands(site)) == (["ABANDONED", "SENT"], {"SENT"})
    assert len({claim.digest for claim in payer.received_claims()}) == 3


def test_a_mark_of_failure_while_in_doubt_ends_the_doubt(tmp_path: Path, payer: PayerSimulator) -> None:
    """The partner had it and could not take it: its claims are free again, and the lane waits."""
    site = site_at(tmp_path, payer, RECEIPTS)
    payer.scenario = Scenario(faults=Faults(cut=("after_rename",), vanish_on_close=True))
    run(site)
    payer.scenario = Scenario()
    (payer.inbox / f"{site.ask('submissions')[0]['file']}-1-FAILED").touch()
    run(site)
    assert (states(site), stands(site)) == (["ABANDONED"], {"READY"})
    assert site.ask("lanes")[0]["state"] == "SUSPENDED"


def test_an_acknowledgment_of_what_was_marked_as_failed_proves_that_it_arrived(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    """A suspended lane still fetches: the claims are the payer's, and nothing goes again."""
    site = site_at(tmp_path, payer, RECEIPTS)
    run(site)
    marks(payer, "FAILED")
    run(site)
    assert stands(site) == {"READY"}
    for mark in payer.inbox.glob("*-FAILED"):
        mark.unlink()
    payer.tick()
    run(site)
    assert states(site) == ["SENT"]
    site.ask("resume", lane=LANE, reason="the mark was wrong")
    run(site)
    assert len(payer.arrivals()) == 1


def test_a_mark_of_failure_never_undoes_an_acknowledgment(tmp_path: Path, payer: PayerSimulator) -> None:
    """The claims stay the payer's; a person looks at the lane."""
    site = site_at(tmp_path, payer, RECEIPTS)
    run(site)
    payer.tick()
    marks(payer, "FAILED")
    (payer.inbox / f"{site.ask('submissions')[0]['file']}-1-FAILED").touch()
    assert "submission.file_refused" not in run(site)
    assert (states(site), stands(site)) == (["SENT"], {"PAID"})
    assert seen(site) == ["acknowledged", "size", "written"]
    (payer.inbox / f"{site.ask('submissions')[0]['file']}-1-FAILED").unlink()


def test_a_mark_of_failure_after_one_of_arrival_is_for_a_person_to_look_at(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    """The partner contradicts itself: the claims stay where they are, and the lane waits."""
    site = site_at(tmp_path, payer, RECEIPTS)
    run(site)
    mark(site, Seen.RECEIPT)
    mark(site, Seen.FAILED)
    assert "submission.file_refused" not in [event["event"] for event in site.ask("timeline", claim="A1")]
    assert (states(site), stands(site)) == (["SENT"], {"SENT"})
    assert site.ask("lanes")[0]["code"] == "FILE_REFUSED"
    assert {"receipt", "failed"} <= set(seen(site))


@pytest.mark.parametrize("form", ["TA1", "999", "277CA"])
def test_an_answer_ends_doubt(tmp_path: Path, payer: PayerSimulator, form: str) -> None:
    """Whatever the partner says of a submission, it has it."""
    site = site_at(tmp_path, payer, "expects={'TA1': Expectation(), '999': Expectation(), '277CA': Expectation()}")
    payer.scenario = Scenario(faults=Faults(vanish_on_close=True), answers=(form,))
    run(site)
    assert states(site) == ["IN_DOUBT"]
    payer.tick()
    run(site)
    assert (states(site), "acknowledged" in seen(site)) == (["SENT"], True)
    assert len(payer.received_claims()) == 3


def test_a_person_hears_of_doubt_once_when_the_acknowledgment_is_overdue(tmp_path: Path, payer: PayerSimulator) -> None:
    """Not before, with what was seen and what to do; nothing is sent meanwhile; then the partner's word settles it."""
    site = site_at(tmp_path, payer, "expects={'999': Expectation(within=timedelta(hours=6))}")
    payer.scenario = Scenario(faults=Faults(vanish_on_close=True))
    clock = Clock()
    assert "submission.in_doubt" in run(site, clock)
    clock.move(hours=5, minutes=59)
    assert "submission.doubt_lasts" not in run(site, clock)
    clock.move(minutes=1)
    assert run(site, clock).count("submission.doubt_lasts") == 1
    clock.move(days=2)
    assert "submission.doubt_lasts" not in run(site, clock)
    (told,) = [
        event
        for event in site.ask("submissions show", submission=1)["events"]
        if event["event"].endswith("doubt_lasts")
    ]
    assert told["count"] == 3
    assert "written, size" in told["next"] or "size, written" in told["next"]
    assert "gateway settle 1" in told["next"]
    assert len(payer.received_claims()) == 3
    for command, words in (("settle", {"submission": 1, "arrived": True}), ("resume", {"lane": told["lane"]})):
        with pytest.raises(Refused, match="a reason is missing"):
            site.ask(command, reason=" ", **words)
    site.ask("settle", submission=1, arrived=True, reason="they read the ISA13 back to me")
    run(site, clock)
    assert (states(site), stands(site)) == (["SENT"], {"SENT"})
    assert "told" in seen(site)
    assert len(payer.received_claims()) == 3

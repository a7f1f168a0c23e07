"""Every habit of a payer's server that a scenario can switch on, met by a real SFTP client."""

from __future__ import annotations

import io
import re
import socket
import time
import zipfile
from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import paramiko
import pytest

from gateway.testing.builders import BillingSpec, ClaimSpec, batch837p, valid_npi
from gateway.testing.payer import (
    Adjustment,
    Delay,
    Faults,
    Folder,
    Layout,
    Mail,
    Names,
    PayerSimulator,
    Receipts,
    Rule,
    Scenario,
    Server,
    read_scenario,
)
from gateway.testing.payer.settings import ACTIONS, SHIPPED, load_scenario
from gateway.testing.payer.wrapping import zipped
from tests.testing.payer_client import LOST, Clock, answered, kind_of, lines, session, upload, wait_for

BATCH = batch837p([ClaimSpec("A1")])


def serves(payer: PayerSimulator, **server: Any) -> None:
    payer.scenario = Scenario(server=Server(**server))


def out(payer: PayerSimulator) -> list[str]:
    return sorted(path.name for path in payer.outbox.iterdir())


def put(client: paramiko.SFTPClient, path: str, data: bytes = BATCH) -> None:
    with client.open(path, "wb") as file:
        file.write(data)


# --- taking -----------------------------------------------------------------------------------------------------------


def test_files_count_only_once_the_session_has_ended(payer: PayerSimulator) -> None:
    """Until then nothing arrived, however long the client waits; a tick in between changes nothing."""
    serves(payer, commit_on_logout=True, mark_processed=".processed")
    with session(payer) as client:
        upload(client, BATCH)
        put(client, "/in/two.837", batch837p([ClaimSpec("A2")], control=102))
        payer.tick()
        assert payer.arrivals() == ()
        assert client.listdir("/in") == ["one.837", "two.837"]
    wait_for(lambda: len(payer.arrivals()) == 2)
    payer.tick()
    with session(payer) as client:
        assert client.listdir("/in") == ["one.837.processed", "two.837.processed"]
    assert [claim.claim for claim in payer.received_claims()] == ["A1", "A2"]


def test_one_sessions_logout_commits_nothing_of_anothers(payer: PayerSimulator) -> None:
    """Each has its own."""
    serves(payer, commit_on_logout=True)
    with session(payer) as first:
        put(first, "/in/first.837")
        with session(payer) as second:
            put(second, "/in/second.837", batch837p([ClaimSpec("A2")], control=102))
        wait_for(lambda: payer.arrivals() != ())
        payer.tick()
        assert [arrival.name for arrival, _ in payer.arrivals()] == ["second.837"]
    wait_for(lambda: len(payer.arrivals()) == 2)


def test_a_lost_connection_is_a_logout_too(payer: PayerSimulator) -> None:
    """A file that was whole under its final name counts, whatever the client knows of it."""
    serves(payer, commit_on_logout=True)
    with session(payer) as client:
        upload(client, BATCH)
        payer.hang_up()
    wait_for(lambda: len(payer.arrivals()) == 1)


def test_what_was_worked_on_is_marked_and_so_is_what_was_not(payer: PayerSimulator) -> None:
    """`.processed` and `.error` are the server's own names: they are no new arrivals."""
    serves(payer, mark_processed=".processed", mark_error=".error", names=Names(longest=10))
    with session(payer) as client:
        put(client, "/in/one.837")
        put(client, "/in/much-too-long.837")
        payer.tick()
        assert client.listdir("/in") == ["much-too-long.837.error", "one.837.processed"]
    payer.tick()
    assert len(payer.arrivals()) == 2


def test_a_refused_interchange_is_marked_as_an_error(payer: PayerSimulator) -> None:
    """The TA1 says why, the name only that."""
    payer.scenario = Scenario(ta1="R/006", server=Server(mark_error=".error", receipts=Receipts()))
    answered(payer, BATCH)
    assert sorted(path.name for path in payer.inbox.iterdir()) == ["one.837-000001-FAILED", "one.837.error"]


@pytest.mark.parametrize(
    ("receipts", "folder", "name"),
    [
        (Receipts(), "/in", "one.837-000001-success"),
        (Receipts("{stem}.*.rcpt", folder="/receipts"), "/receipts", "one.000001.rcpt"),
    ],
)
def test_a_receipt_lies_where_the_server_puts_it(
    payer: PayerSimulator, receipts: Receipts, folder: str, name: str
) -> None:
    """In the upload folder or another one; it is itself no arrival, also not after a restart."""
    serves(payer, receipts=receipts)
    with session(payer) as client:
        upload(client, BATCH)
        payer.tick()
        assert name in client.listdir(folder)
    again = PayerSimulator(payer.root, payer.scenario)
    again.tick()
    assert len(again.arrivals()) == 1


def test_only_files_with_the_agreed_ending_are_worked_on(payer: PayerSimulator) -> None:
    """Another one lies there for ever, and nobody says a word."""
    serves(payer, names=Names(extensions=(".dat",)), mark_processed=".processed", reports=True)
    assert answered(payer, BATCH, "one.DAT") == {}
    assert set(answered(payer, BATCH, "one.dat")) >= {"999", "277CA", "835"}
    assert sorted(path.name for path in payer.inbox.iterdir()) == ["one.DAT", "one.dat.processed"]


@pytest.mark.parametrize(
    ("names", "name", "reason"),
    [
        (Names(longest=8), "longer.837", "more than 8 characters"),
        (Names(case="upper"), "ONE.dat", "upper case"),
        (Names(case="lower"), "One.dat", "lower case"),
        (Names(plain=True, punctuation="."), "one_1.837", "not allowed"),
        (Names(pattern=r"T\d{5}\.dat"), "T123.dat", "not made as agreed"),
        (Names(largest=100), "one.837", "more than 100 bytes"),
    ],
)
def test_a_name_that_breaks_a_rule_brings_an_error_report(
    payer: PayerSimulator, names: Names, name: str, reason: str
) -> None:
    """And no X12: whoever waits for a 999 waits in vain."""
    serves(payer, names=names)
    with session(payer) as client:
        put(client, f"/in/{name}")
    payer.tick()
    (said,) = out(payer)
    assert said.endswith("_ErrorReport.txt")
    assert reason in (payer.outbox / said).read_text()


def test_an_empty_file_is_always_wrong(payer: PayerSimulator) -> None:
    """Some clients leave one behind when they fail."""
    with session(payer) as client:
        put(client, "/in/one.837", b"")
    payer.tick()
    assert "empty" in (payer.outbox / out(payer)[0]).read_text()


@pytest.mark.parametrize(("once", "next_day"), [("day", True), ("ever", False)])
def test_a_name_comes_only_once(payer: PayerSimulator, clock: Clock, once: str, next_day: bool) -> None:
    """In a day, or ever."""
    serves(payer, names=Names(once=once))
    answered(payer, BATCH)
    again = batch837p([ClaimSpec("A2")], control=102)
    payer.inbox.joinpath("one.837").unlink()
    assert "999" not in answered(payer, again)
    payer.inbox.joinpath("one.837").unlink()
    clock.now += timedelta(days=1)
    assert ("999" in answered(payer, again)) is next_day


def test_a_test_by_name_is_acknowledged_and_goes_no_further(payer: PayerSimulator) -> None:
    """Whatever its ISA15 says."""
    serves(payer, names=Names(test="*OATEST*"))
    assert set(answered(payer, BATCH, "OATEST_one.837")) == {"TA1", "999"} - {"TA1"} | {"TA1"}
    assert set(answered(payer, batch837p([ClaimSpec("A2")], control=102), "two.837")) >= {"277CA", "835"}


@pytest.mark.parametrize(
    ("layout", "reason"),
    [
        (Layout(sets_per_file=1), "more than 1 set"),
        (Layout(claims_per_set=1), "more than 1 claim"),
        (Layout(one_provider=True), "several billing providers"),
        (Layout(line_break="crlf"), "crlf"),
    ],
)
def test_a_file_laid_out_otherwise_is_refused(payer: PayerSimulator, layout: Layout, reason: str) -> None:
    """How ISA, GS and ST stand is the payer's to say."""
    serves(payer, layout=layout)
    other = BillingSpec(npi=valid_npi(7), name="OTHER CLINIC")
    claims = [ClaimSpec("A1"), ClaimSpec("A2"), ClaimSpec("A3", billing=other)]
    assert answered(payer, batch837p(claims, claims_per_set=3 if not layout.sets_per_file else 1)) != {}
    assert reason in (payer.outbox / out(payer)[0]).read_text()


def test_temporary_names_are_picked_up_as_files(payer: PayerSimulator) -> None:
    """Whoever writes to a hidden name and renames finds it gone, and a half of a file taken."""
    payer.scenario = Scenario(faults=Faults(vanish_on_close=True), server=Server(temporary_names_count=True))
    with session(payer) as client, pytest.raises(FileNotFoundError):
        upload(client, BATCH)
    assert [arrival.name for arrival, _ in payer.arrivals()] == [".one.837.part"]


def test_writing_succeeds_and_nothing_arrives(payer: PayerSimulator) -> None:
    """Only an answer that never comes tells."""
    payer.scenario = Scenario(faults=Faults(swallow=True))
    with session(payer) as client:
        upload(client, BATCH)
        assert client.listdir("/in") == []
    assert payer.tick() == ()
    assert payer.received_claims() == []


def test_wrapped_files_are_opened_and_others_refused(payer: PayerSimulator) -> None:
    """Zip by itself; what else there is, by what the simulator was given."""
    serves(payer, wraps=("zip",))
    assert set(answered(payer, zipped("one.837", BATCH), "one.zip")) >= {"999", "835"}
    assert [claim.claim for claim in payer.received_claims()] == ["A1"]
    with session(payer) as client:
        put(client, "/in/two.837")
    (report,) = payer.tick()
    assert "could not be opened" in (payer.outbox / report).read_text()


def test_a_wrapping_of_ones_own_is_taken_off_too(tmp_path: Path) -> None:
    """The last one put on comes off first."""
    scenario = Scenario(server=Server(wraps=("zip", "backwards")))
    payer = PayerSimulator(tmp_path, scenario, wrappings={"backwards": lambda data: data[::-1]})
    assert "999" in answered(payer, zipped("one.837", BATCH)[::-1], "one.zip.bak")


def test_a_folder_for_each_stage_loses_what_is_for_the_other(payer: PayerSimulator) -> None:
    """A production file in a test folder is gone without a word; spaces belong to names."""
    production = Folder("/PROD/HIPAA_Inbound", "/PROD/HIPAA_Outbound", "P", {"999": "/PROD/HIPAA_Ack"})
    test = Folder("/TEST/HIPAA_Inbound", "/TEST/HIPAA_Outbound", "T")
    serves(payer, folders=(production, test), other_folders=("/HIPAA Working",))
    with session(payer) as client:
        assert client.listdir("/") == ["HIPAA Working", "PROD", "TEST"]
        assert client.listdir("/PROD") == ["HIPAA_Ack", "HIPAA_Inbound", "HIPAA_Outbound"]
        assert client.listdir("/HIPAA Working") == []
        put(client, "/TEST/HIPAA_Inbound/lost.837")
        put(client, "/PROD/HIPAA_Inbound/one.837")
        with pytest.raises(PermissionError):
            put(client, "/HIPAA Working/one.837")
        payer.tick()
        assert client.listdir("/TEST/HIPAA_Outbound") == []
        assert [kind_of(name) for name in client.listdir("/PROD/HIPAA_Ack")] == ["999"]
        assert sorted(map(kind_of, client.listdir("/PROD/HIPAA_Outbound"))) == ["277CA", "835", "TA1"]


def test_a_staged_file_arrives_when_it_is_moved(payer: PayerSimulator) -> None:
    """What lies in the staging folder is nothing yet."""
    serves(payer, staging=("/staging",))
    with session(payer) as client:
        put(client, "/staging/one.837")
        payer.tick()
        assert payer.arrivals() == ()
        client.rename("/staging/one.837", "/in/one.837")
    assert [arrival.name for arrival, _ in payer.arrivals()] == ["one.837"]


def test_the_server_takes_files_at_any_time_and_works_in_business_hours(payer: PayerSimulator, clock: Clock) -> None:
    """2026-11-10 is a Tuesday; the fourteenth a Saturday."""
    serves(payer, hours="09:00-17:00", workdays_only=True)
    clock.now = clock.now.replace(hour=8)
    assert answered(payer, BATCH) == {}
    assert len(payer.arrivals()) == 1
    clock.now = clock.now.replace(hour=9)
    assert len(payer.tick()) == 4
    clock.now = clock.now.replace(day=14)
    assert answered(payer, batch837p([ClaimSpec("A2")], control=102), "two.837") == {}


def test_nobody_gets_in_during_maintenance(payer: PayerSimulator, clock: Clock) -> None:
    """A span may pass midnight."""
    serves(payer, maintenance="22:00-04:00")
    with session(payer) as client:
        client.listdir("/")
    clock.now = clock.now.replace(hour=3)
    with pytest.raises(LOST), session(payer):
        pass


@pytest.mark.parametrize(("days", "verdict"), [(0, "R*025"), (30, "A*000")])
def test_an_interchange_number_may_come_again_after_a_while(
    payer: PayerSimulator, clock: Clock, days: int, verdict: str
) -> None:
    """At some payers; at others never."""
    serves(payer, duplicate_days=days)
    answered(payer, BATCH)
    clock.now += timedelta(days=29)
    soon = answered(payer, BATCH, "two.837")["TA1"]
    clock.now += timedelta(days=2)
    later = answered(payer, BATCH, "three.837")["TA1"]
    assert [lines(ta1[0], "TA1")[0][-5:] for ta1 in (soon, later)] == ["R*025", verdict]


# --- replying ---------------------------------------------------------------------------------------------------------


def test_a_stat_that_fails_says_nothing_of_the_file(payer: PayerSimulator) -> None:
    """It is listed all the same."""
    serves(payer, stat_fails=True)
    with session(payer) as client:
        put(client, "/in/one.837")
        with pytest.raises(FileNotFoundError):
            client.stat("/in/one.837")
        assert client.listdir("/in") == ["one.837"]


def test_attributes_and_folders_may_be_the_servers_own(payer: PayerSimulator) -> None:
    """Refused unless switched on; a changed time makes no second arrival."""
    acts: list[Callable[[paramiko.SFTPClient], object]] = [
        lambda client: client.chmod("/in/one.837", 0o600),
        lambda client: client.utime("/in/one.837", (1, 1)),
        lambda client: client.mkdir("/in/sub"),
    ]
    with session(payer) as client:
        put(client, "/in/one.837")
        for act in acts:
            with pytest.raises(OSError, match="unsupported"):
                act(client)
        serves(payer, keeps_attributes=True, makes_folders=True)
        for act in acts:
            act(client)
        assert client.stat("/in/one.837").st_mtime == 1
        assert "sub" in client.listdir("/in")
    payer.tick()
    assert len(payer.arrivals()) == 1


def test_a_write_larger_than_a_packet_is_refused(payer: PayerSimulator) -> None:
    """Smaller ones are taken."""
    serves(payer, packet_size=4096)
    with session(payer) as client:
        with client.open("/in/one.837", "wb") as file, pytest.raises(OSError, match="Bad message"):
            file.write(b"x" * 5000)
        with client.open("/in/two.837", "wb") as file:
            file.write(b"x" * 4096)
            file.write(b"x" * 4096)
        assert client.stat("/in/two.837").st_size == 8192


def test_no_more_sessions_than_there_may_be(payer: PayerSimulator) -> None:
    """The one too many is refused, and may come once the other has gone."""
    serves(payer, max_sessions=1)
    with session(payer) as first:
        first.listdir("/")
        with pytest.raises(paramiko.SSHException), session(payer):
            pass
        first.listdir("/")
    wait_for(lambda: _comes_in(payer))


def _comes_in(payer: PayerSimulator) -> bool:
    try:
        with session(payer) as client:
            return client.listdir("/") != []
    except paramiko.SSHException:
        return False


def test_who_does_nothing_is_hung_up_on(payer: PayerSimulator) -> None:
    """And who does something is not, however long it takes."""
    serves(payer, idle_seconds=0.3)
    with session(payer) as client:
        for _ in range(4):
            time.sleep(0.1)
            client.listdir("/")
        wait_for(lambda: not client.get_channel().get_transport().is_active())
        with pytest.raises(LOST):
            client.listdir("/")


@pytest.mark.parametrize("step", ["open", "write", "rename", "list", "stat", "read"])
def test_a_server_may_fall_silent_at_any_step(payer: PayerSimulator, step: str) -> None:
    """The connection stands, and no reply ever comes."""
    (payer.outbox / "answer").write_bytes(b"x")
    acts = {
        "open": lambda c: c.open("/in/one.837", "wb"),
        "write": lambda c: put(c, "/in/one.837"),
        "rename": upload_one,
        "list": lambda c: c.listdir("/in"),
        "stat": lambda c: c.stat("/in"),
        "read": lambda c: c.open("/out/answer").read(),
    }
    with session(payer) as client:
        client.get_channel().settimeout(0.4)
        payer.scenario = Scenario(faults=Faults(hang=(step,)))
        with pytest.raises(LOST):
            acts[step](client)
        assert client.get_channel().get_transport().is_active()
        payer.scenario = Scenario()


def test_a_server_that_falls_silent_at_a_close_has_not_taken_the_file(payer: PayerSimulator) -> None:
    """Until the connection ends: then it was whole after all."""
    payer.scenario = Scenario(faults=Faults(hang=("close",)))
    with session(payer) as client:
        client.get_channel().settimeout(0.4)
        put(client, "/in/one.837")  # this client passes over what it hears, or does not hear, of a close
        assert payer.arrivals() == ()
    wait_for(lambda: len(payer.arrivals()) == 1)


def upload_one(client: paramiko.SFTPClient) -> None:
    upload(client, BATCH)


def test_a_server_may_say_nothing_from_the_start(payer: PayerSimulator) -> None:
    """It takes the connection, and no banner comes; or the banner comes and no login ends."""
    payer.scenario = Scenario(faults=Faults(hang=("connect",)))
    with socket.create_connection((payer.host, payer.port), timeout=0.4) as connection, pytest.raises(TimeoutError):
        connection.recv(1)
    payer.scenario = Scenario(faults=Faults(hang=("login",)))
    transport = paramiko.Transport((payer.host, payer.port))
    transport.auth_timeout = 0.4
    with pytest.raises(paramiko.SSHException):
        transport.connect(username="x", password="y")
    transport.close()


def test_it_speaks_only_the_algorithms_it_is_told_to(payer: PayerSimulator) -> None:
    """Of one kind only those; of others what it would speak anyway."""
    serves(payer, algorithms=("aes128-cbc", "diffie-hellman-group14-sha256"))
    with session(payer) as client:
        transport = client.get_channel().get_transport()
        assert transport.remote_cipher == "aes128-cbc"
        client.listdir("/")
    transport = paramiko.Transport((payer.host, payer.port))
    transport.get_security_options().ciphers = ("aes256-ctr",)
    with pytest.raises(paramiko.SSHException):
        transport.connect(username="x", password="y")
    transport.close()


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_a_password_expires_and_a_key_does_not(payer: PayerSimulator, clock: Clock) -> None:
    """Until somebody sets a new one."""
    serves(payer, password_days=60)
    clock.now += timedelta(days=59)
    with session(payer, password=payer.password):
        pass
    clock.now += timedelta(days=1)
    with pytest.raises(paramiko.AuthenticationException), session(payer, password=payer.password):
        pass
    with session(payer):
        pass
    payer.renew_password()
    with session(payer, password=payer.password):
        pass


def test_logins_are_counted_and_wrong_ones_lock(payer: PayerSimulator) -> None:
    """The right password opens nothing any more."""
    serves(payer, logins=2)
    for _ in range(2):
        with session(payer):
            pass
    with pytest.raises(paramiko.AuthenticationException), session(payer):
        pass
    serves(payer, lock_after=2)
    for _ in range(2):
        with pytest.raises(paramiko.AuthenticationException), session(payer, password="wrong"):
            pass
    with pytest.raises(paramiko.AuthenticationException), session(payer, password=payer.password):
        pass


def test_the_host_key_changes_on_the_announced_day(payer: PayerSimulator, clock: Clock) -> None:
    """The next one is known before; it stays from then on."""
    old, new = payer.host_key, payer.next_host_key
    serves(payer, new_host_key_on=date(2026, 11, 12))
    assert payer.host_key == old != new
    clock.now += timedelta(days=2)
    assert payer.host_key == new
    with session(payer) as client:
        found = client.get_channel().get_transport().get_remote_server_key()
    assert f"ssh-ed25519 {found.get_base64()}" == new


# --- the mailbox ------------------------------------------------------------------------------------------------------


def test_mail_lies_beside_the_answers(payer: PayerSimulator, clock: Clock) -> None:
    """Once, every day, and for each file; in a folder of its own where it has one."""
    mail = (Mail("bcast.txt"), Mail("user{day:%y%m%d}.txt", every="day"), Mail("FS_{file}_IN_C.txt", every="file"))
    serves(payer, mail=mail, folders=(Folder(by_kind={"mail": "/mail"}),))
    payer.tick()
    payer.tick()
    clock.now += timedelta(days=1)
    answered(payer, BATCH)
    names = sorted(path.name for path in payer.folder("/mail").iterdir())
    assert names == ["FS_000000001_IN_C.txt", "bcast.txt", "user261110.txt", "user261111.txt"]
    assert {kind_of(name) for name in out(payer)} == {"TA1", "999", "277CA", "835"}


def test_a_report_in_words_comes_for_each_file(payer: PayerSimulator) -> None:
    """It counts, and shows nothing of a claim."""
    serves(payer, reports=True)
    answered(payer, BATCH, "one.837")
    assert (payer.outbox / "one_IN_C.txt").read_text() == "File one.837\nInterchanges 1\nClaims 1\n"


def test_one_remittance_comes_in_two_forms_and_zipped(payer: PayerSimulator) -> None:
    """Readable and X12, each in an archive of its own."""
    serves(payer, readable_835=True, zipped=("835",))
    answered(payer, BATCH)
    forms = [name for name in out(payer) if "835" in name]
    assert [name.split("_")[1] for name in forms] == ["835.x12.txt.zip", "835.x12.zip"]
    opened = [zipfile.ZipFile(io.BytesIO((payer.outbox / name).read_bytes())) for name in forms]
    assert [archive.namelist()[0] for archive in opened] == [name.removesuffix(".zip") for name in forms]
    text, x12 = (archive.read(archive.namelist()[0]) for archive in opened)
    assert lines(x12, "TRN")[0].split("*")[2].encode() in text


def test_answers_are_named_as_the_payer_does(payer: PayerSimulator) -> None:
    """A file number can be any digits: who reads types from names is led astray."""
    serves(payer, answer_names={"835": "{payer}_{npi}_{file}.835", "999": "{file}_{stem}_999.999", "277CA": "{id}.x12"})
    answered(payer, BATCH)
    names = out(payer)
    assert "ALPHA1_1234567893_000000001.835" in names
    assert "000000001_one_999.999" in names
    assert any(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.x12", name) for name in names)
    answered(payer, batch837p([ClaimSpec("A2")], control=102), "one.837")
    assert len(out(payer)) == 8


def test_somebody_elses_999_comes_too(payer: PayerSimulator) -> None:
    """Also where ours is kept back because it is good news."""
    serves(payer, strangers=True)
    found = answered(payer, BATCH)["999"]
    assert [lines(each, "AK1")[0].split("*")[2] for each in found] == ["101", "987654321"]
    payer.scenario = Scenario(negative_only=("999",), server=Server(strangers=True))
    found = answered(payer, batch837p([ClaimSpec("A2")], control=102), "two.837")["999"]
    assert [lines(each, "AK1")[0].split("*")[2] for each in found] == ["987654321"]


def test_fetching_removes(payer: PayerSimulator) -> None:
    """Only what was read to its end."""
    serves(payer, reading_removes=True)
    answered(payer, BATCH)
    with session(payer) as client:
        first, second, *_ = client.listdir("/out")
        with client.open(f"/out/{first}") as file:
            file.read(10)
        with client.open(f"/out/{second}") as file:
            file.read()
        assert first in client.listdir("/out")
        assert second not in client.listdir("/out")


def test_another_reader_takes_some_of_the_answers(tmp_path: Path, clock: Clock) -> None:
    """The same ones for the same seed."""

    def left(seed: int, name: str) -> list[str]:
        payer = PayerSimulator(tmp_path / name, Scenario(seed=seed, server=Server(stolen=0.5)), clock=clock)
        for n in range(5):
            answered(payer, batch837p([ClaimSpec(f"A{n}")], control=200 + n), f"{n}.837")
        return out(payer)

    first = left(1, "a")
    assert 0 < len(first) < 20
    assert left(1, "b") == first != left(2, "c")


def test_answers_are_purged_after_a_while(payer: PayerSimulator, clock: Clock) -> None:
    """Read or not."""
    serves(payer, purge_days=30)
    answered(payer, BATCH)
    clock.now += timedelta(days=29)
    payer.tick()
    assert len(out(payer)) == 4
    clock.now += timedelta(days=1)
    payer.tick()
    assert out(payer) == []


def test_an_answer_grows_under_its_final_name(payer: PayerSimulator) -> None:
    """Half of it is to be read at first; a tick later all."""
    serves(payer, grows=True)
    found = answered(payer, BATCH)
    payer.tick()
    for kind, (half,) in found.items():
        (whole,) = [(payer.outbox / name).read_bytes() for name in out(payer) if kind_of(name) == kind]
        assert whole.startswith(half)
        assert len(half) < len(whole)
        assert whole.rstrip().endswith(b"~")
        assert b"IEA*" in whole


# --- scenarios --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_is_in_order(path: Path) -> None:
    """It is the first thing that somebody tries."""
    assert isinstance(load_scenario(path), Scenario)


@pytest.mark.parametrize(
    "kind",
    [Scenario, Rule, Delay, Adjustment, Faults, Server, Folder, Names, Layout, Receipts, Mail, *ACTIONS.values()],
    ids=lambda kind: kind.__name__,
)
def test_the_example_shows_every_key(kind: type[Any]) -> None:
    """So that `--example` is the reference."""
    text = (SHIPPED / "everything.toml").read_text()
    for each in fields(kind):
        assert re.search(rf"^(# )?(\[+[a-z.]*\b)?{each.name}\b|\b{each.name} =", text, re.MULTILINE), each.name


def test_every_problem_of_a_server_is_told_with_its_place() -> None:
    """Paths, patterns, hours, templates, shares, words."""
    from gateway.errors import ConfigError

    wrong = {
        "folders": [{"takes": "in", "gives": "/keys", "usage": "X", "by_kind": {"997": "/a"}}],
        "names": {"pattern": "(", "case": "middle", "once": "weekly"},
        "layout": {"line_break": "cr"},
        "receipts": {"arrived": "{nam}"},
        "hours": "8-17",
        "stolen": 2,
        "answer_names": {"835": "{colour}"},
        "mail": [{"name": "{", "every": "hour"}],
        "algorithms": ["rot13"],
        "zipped": ["997"],
        "new_host_key_on": "soon",
    }
    with pytest.raises(ConfigError) as caught:
        read_scenario({"server": wrong, "faults": {"hang": ["lunch"]}, "repeats": "x"})
    assert caught.value.problems[0] == "server.new_host_key_on: must be a day, such as 2026-03-01"
    assert len(caught.value.problems) == 19

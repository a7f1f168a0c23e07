"""The bus: what is told, who hears it, and what may never be said."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from gateway import events as e
from gateway.bus.notifier import MqttNotifier
from gateway.bus.settings import MqttSettings, Tls
from gateway.bus.told import payload, told_of
from gateway.errors import ConfigError, Refused, Transient
from gateway.model.claims import Finding, Outcome
from gateway.ports import Notifier, Told
from gateway.store import AuditKey, Store, journal
from gateway.store.record import event_text
from tests.bus.conftest import TIMEOUT, UP, Authority, authority, closed_door, eventually, listening, news, seconds_of
from tests.servers import FaultProxy, Mosquitto, free_port, require_mosquitto

ALLOWED = {
    "batch", "submission", "claim", "payer", "lane", "count", "added", "superseded", "skipped", "documents", "state",
    "attempt", "code", "place", "wait", "dollars", "subject", "step", "proposal", "cause",
    "list", "number", "rows", "partner", "observed", "document", "mail", "denial", "times", "category", "owner",
    "outcome", "plugin", "deposit", "remittance", "inquiry",
}  # fmt: skip
EVENTS = [kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, e.Event) and kind.name]


def row_of(event: e.Event, seq: int = 7) -> dict[str, Any]:
    """As the journal has it."""
    subjects = {key: getattr(event, key, None) for key in ("batch", "claim", "submission", "lane")}
    body = event_text(event)
    return {"seq": seq, "at": "2026-11-10T09:02:00.000Z", "name": event.name, "actor": "jane", "body": body} | subjects


# What may leave the house.


def test_an_event_tells_its_ids_keys_code_and_place() -> None:
    """Whoever listens learns which claim, at whom, why and where; the practice's own screens tell the rest."""
    held = e.ClaimHeld(
        claim=41, payer="acme", code="ENROLLMENT_UNKNOWN", place="2310B/NM109", next="Ask.", until=date(2026, 12, 1)
    )
    told = told_of(row_of(held))
    facts: dict[str, str | int] = {"claim": 41, "payer": "acme", "code": "ENROLLMENT_UNKNOWN", "place": "2310B/NM109"}
    assert told == Told(7, "2026-11-10T09:02:00.000Z", "claim.held", "", facts)
    assert json.loads(payload(told)) == {
        "id": 7,
        "type": "claim.held",
        "time": "2026-11-10T09:02:00.000Z",
        **facts,
    }


def test_a_rejection_says_that_it_is_one() -> None:
    """One filter finds everything that rejects a claim."""
    declined = e.ClaimDeclined(claim=41, payer="acme", answer=3, code="A3:562:85", place="2010AA/NM109", next="Ask.")
    told = told_of(row_of(declined))
    assert told
    assert json.loads(payload(told))["kind"] == "rejection"


def test_an_event_of_another_version_is_not_told() -> None:
    """Nobody here can say what of it may leave the house."""
    assert told_of(row_of(e.BackupTaken(documents=1)) | {"name": "claim.transformed"}) is None
    assert not MqttNotifier(MqttSettings("localhost", "millpond")).wants("claim.transformed")


def test_a_claims_deadline_is_told_without_its_step() -> None:
    """With the payer's filing limit the step would give away the day of service; what expires of a provider may say it."""
    near = e.DeadlineNear(claim=7, payer="alpha", days=5, step="must_decide", next="Decide.")
    told = told_of(row_of(near))
    assert told
    assert (told.facts["claim"], "step" in told.facts) == (7, False)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.name)
def test_no_event_lets_free_text_or_a_date_out(kind: type[e.Event]) -> None:
    """Whatever stands in any of its fields, only permitted keys leave, and no text that a person or a payer wrote."""
    secret = Finding("DOE JANE", Outcome.HOLD, "Doe, Jane", "Doe, Jane", "Doe, Jane", "Doe, Jane")
    given: dict[object, object] = {
        int: 12,
        int | None: 12,
        str: "Doe, Jane 1987-04-12",
        date | None: date(2026, 11, 3),
        date: date(2026, 11, 3),
    }
    given |= {tuple[Finding, ...]: (secret,), tuple[str, ...]: ("Doe, Jane",)}
    hints = get_type_hints(kind)
    filled: dict[str, Any] = {field.name: given[hints[field.name]] for field in fields(kind)}
    told = told_of(row_of(kind(**filled)))
    assert told
    assert set(told.facts) <= ALLOWED
    assert all(value == 12 for value in told.facts.values())
    text = payload(told).decode().lower()
    assert not [word for word in ("doe", "jane", "1987", "2026-11-03") if word in text]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("npi", "1234567893"),
        ("clm01", "PT-00017"),
        ("control_number", "PT-00017"),
        ("reason", "The mother called"),
        ("message", "The member is not covered"),
        ("next", "Call Jane Doe"),
        ("file_name", "doe_jane.837"),
        ("source", "doe_jane.csv"),
        ("first_day", "2026-11-03"),
        ("until", "2026-12-01"),
        ("days", 12),  # with a filing limit it tells the date of service
        ("isa13", 17),
        ("form", "277CA"),
        ("answer", 3),
        ("charge", "125.00"),
        ("actor", "jane"),
        ("id", 99),
        ("type", "claim.paid"),
        ("claim", 1234567893),  # an NPI
        ("subject", "1234567893"),
        ("subject", "enrollment 1234567893"),
        ("subject", "lane acme_edi"),
        ("subject", "lane acme_edi/JANE DOE"),
        ("step", "14"),
        ("step", "doe_jane"),
        ("due", "2026-12-01"),
        ("claim", "PT-00017"),
        ("claim", True),
        ("count", -1),
        ("count", 1.5),
        ("payer", "1234567893"),
        ("payer", "Acme Health Plan"),
        ("lane", "acme_edi"),
        ("code", "1234567893"),
        ("code", "20261103"),
        ("code", "2026-11-03"),
        ("code", "D8:20261103"),
        ("code", "99213"),
        ("code", "not covered"),
        ("code", ""),
        ("place", "1234567893"),
        ("place", "2010BA/NM109 1234567893"),
        ("place", "2300/DTP03 = 2026-11-03"),
        ("place", "incoming/doe_jane.837"),
        ("place", "DOE JANE"),
        ("place", "NM109 123456789"),
        ("place", "2300/DTP03 20261103"),
        ("state", "held since 2026-11-03"),
        ("payer", ["acme"]),
    ],
)
def test_what_is_not_permitted_is_dropped_even_when_somebody_made_it_a_fact(key: str, value: object) -> None:
    """The fence stands at the publishing too: a key it does not know, or a value that is no such thing, stays here."""
    told = Told(7, "2026-11-10T09:02:00.000Z", "claim.held", "", {"batch": 2, key: value})  # type: ignore[dict-item]
    said = json.loads(payload(told))
    assert said == {"id": 7, "type": "claim.held", "time": "2026-11-10T09:02:00.000Z", "batch": 2}
    row = row_of(e.BackupTaken(documents=1)) | {"body": json.dumps({"wait": 2, key: value})}
    again = told_of(row)
    assert again
    assert again.facts == {"wait": 2}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("code", "ENROLLMENT_UNKNOWN"),
        ("code", "CO-45"),
        ("code", "A3:562:85"),
        ("code", "999"),
        ("code", "X12_SEGMENT_LENGTH"),
        ("code", "N290"),
        ("place", "2310B/NM109"),
        ("place", "2300/CLM05-3"),
        ("place", "ISA 1/GS 2/ST 13/SE01"),
        ("place", "ISA15"),
        ("place", "byte 1048576"),
        ("lane", "acme_edi/production"),
        ("subject", "lane acme_edi/production"),
        ("payer", "acme"),
        ("state", "IN_DOUBT"),
        ("attempt", 3),
        ("wait", 900),
        ("step", "must_decide"),
        ("subject", "enrollment 4"),
        ("dollars", 9310),
    ],
)
def test_what_operators_need_gets_through(key: str, value: str | int) -> None:
    """Codes, places and keys of the shapes that the gateway writes are not mistaken for something else."""
    assert json.loads(payload(Told(7, "", "claim.held", "", {key: value})))[key] == value


# What is heard.


async def test_events_are_heard_once_each_in_order_under_their_names(broker: Mosquitto, notifier: MqttNotifier) -> None:
    """A topic for each kind of event, below the site; nothing but up is retained."""
    held = told_of(row_of(e.ClaimHeld(claim=41, payer="acme", code="X", place="", next=""), seq=4))
    assert held
    async with listening(broker.port) as heard:
        await notifier.tell([*news(1, 3), held])
        assert await eventually(lambda: len(heard.messages) == 5)
        assert heard.messages[0] == (UP, b"true", False)
        assert heard.ids() == [1, 2, 3]
        [text] = heard.texts("gateway/millpond/events/claim/held")
        assert json.loads(text)["claim"] == 41
    async with listening(broker.port) as late:
        assert await eventually(lambda: late.messages == [(UP, b"true", True)])


async def test_one_connection_serves_every_telling(broker: Mosquitto, settings: MqttSettings) -> None:
    """A login for each event would be slow here and noisy there."""
    async with FaultProxy(broker.port) as proxy, listening(broker.port) as heard:
        notifier = MqttNotifier(replace(settings, port=proxy.port))
        for seq in range(1, 6):
            await notifier.tell(news(seq))
        assert await eventually(lambda: heard.ids() == [1, 2, 3, 4, 5])
        assert proxy.connections == 1
        await notifier.close()


async def test_an_unknown_event_is_passed_over(broker: Mosquitto, notifier: MqttNotifier) -> None:
    """What is not wanted cannot become a topic, whoever tells it."""
    async with listening(broker.port) as heard:
        await notifier.tell([replace(news(1)[0], name="claim/#"), *news(2)])
        assert await eventually(lambda: heard.ids() == [2])
        assert {topic for topic, _, _ in heard.messages} == {UP, "gateway/millpond/events/claim/accepted"}


async def test_telling_nothing_makes_sure_that_we_are_seen(broker: Mosquitto, notifier: MqttNotifier) -> None:
    """A quiet night is told from a dead gateway."""
    async with listening(broker.port) as heard:
        await notifier.tell([])
        assert await eventually(lambda: heard.texts(UP) == [b"true"])


# A broker that goes away.


async def test_a_broker_killed_between_tellings_costs_nothing(broker: Mosquitto, notifier: MqttNotifier) -> None:
    """While it is away we are told so at once; when it is back the connection is made again, and nothing is doubled."""
    async with listening(broker.port) as before:
        await notifier.tell(news(1, 2))
        assert await eventually(lambda: before.ids() == [1, 2])
        broker.kill()
    with pytest.raises(Transient) as failure:
        await notifier.tell(news(3))
    assert failure.value.code in {"MQTT_UNREACHABLE", "MQTT_LOST"}
    broker.start()
    async with listening(broker.port) as after:
        await notifier.tell(news(3, 4))
        assert await eventually(lambda: after.ids() == [3, 4])
        assert after.texts(UP) == [b"true"]


async def test_a_restart_that_nobody_noticed_is_mended_by_the_next_telling(
    broker: Mosquitto, notifier: MqttNotifier
) -> None:
    """A connection that broke while there was no news is not used for the next."""
    await notifier.tell(news(1))
    broker.kill()
    broker.start()
    async with listening(broker.port) as heard:
        await asyncio.sleep(0.05)
        await notifier.tell(news(2))
        assert await eventually(lambda: heard.ids() == [2])


async def test_a_broker_killed_amid_a_telling_doubles_but_loses_nothing(
    broker: Mosquitto, notifier: MqttNotifier
) -> None:
    """What was told twice was told in the same order, and only because it was told again."""
    async with listening(broker.port) as first:
        telling = asyncio.create_task(notifier.tell(news(1, 600)))
        assert await eventually(lambda: len(first.ids()) >= 50)
        broker.kill()
        with pytest.raises(Transient):
            await telling
        half = first.ids()
        assert half == list(range(1, len(half) + 1))
        assert len(half) < 600
    broker.start()
    async with listening(broker.port) as second:
        await notifier.tell(news(1, 600))
        assert await eventually(lambda: len(second.ids()) == 600)
        assert second.ids() == list(range(1, 601))


async def test_a_broker_that_falls_silent_holds_us_no_longer_than_the_timeout(
    broker: Mosquitto, notifier: MqttNotifier
) -> None:
    """It is left without a word, so that it says we are down, and found again when it speaks."""
    await notifier.tell(news(1))
    broker.signal(signal.SIGSTOP)
    start = time.monotonic()
    with pytest.raises(Transient) as silent:
        await notifier.tell(news(2, 9))
    with pytest.raises(Transient) as still:
        await notifier.tell(news(2, 9))
    assert 1.9 * TIMEOUT < time.monotonic() - start < 3 * TIMEOUT
    assert (silent.value.code, still.value.code) == ("MQTT_LOST", "MQTT_SILENT")
    await asyncio.sleep(0.3)  # for the second dial to give up too
    broker.signal(signal.SIGCONT)
    async with listening(broker.port) as heard:
        assert await eventually(lambda: heard.texts(UP)[-1:] == [b"false"])
        await notifier.tell(news(3))
        assert await eventually(lambda: 3 in heard.ids())
        assert await eventually(lambda: heard.texts(UP)[-1:] == [b"true"])


async def test_an_old_connection_that_dies_late_does_not_say_that_we_are_down(
    broker: Mosquitto, settings: MqttSettings
) -> None:
    """The broker may hold a broken connection for minutes; its last will must not come after our return."""
    async with FaultProxy(broker.port) as proxy:
        notifier = MqttNotifier(replace(settings, port=proxy.port, timeout=0.5))
        await notifier.tell(news(1))
        proxy.swallow("up", 0)
        with pytest.raises(Transient):
            await notifier.tell(news(2))
        elsewhere = MqttNotifier(settings)  # the same site, by a way that works
        await elsewhere.tell(news(2))
    async with listening(broker.port) as heard:
        assert await eventually(lambda: heard.texts(UP) == [b"true"])
        assert not await eventually(lambda: b"false" in heard.texts(UP), 0.2)
        await elsewhere.close()
        await notifier.close()


async def test_nobody_at_the_port_is_transient_at_once(settings: MqttSettings) -> None:
    """A closed port answers by itself."""
    notifier = MqttNotifier(replace(settings, port=free_port()))
    with pytest.raises(Transient) as failure:
        await notifier.tell(news(1))
    assert failure.value.code == "MQTT_UNREACHABLE"
    assert failure.value.next_step
    assert await seconds_of(notifier.close()) < TIMEOUT


@pytest.mark.parametrize("host", ["a" * 64 + ".invalid", "bro\x00ker"])
async def test_a_name_that_cannot_be_looked_up_is_transient(ours: Authority, host: str) -> None:
    """Odd names fail in odd ways, and none of them stops the caller."""
    notifier = MqttNotifier(MqttSettings(host, "millpond", tls=Tls(ours.file), timeout=TIMEOUT))
    with pytest.raises(Transient):
        await notifier.tell(news(1))


async def test_a_port_that_answers_nothing_is_left_in_time_and_entirely() -> None:
    """We wait as long as we said, and hang up."""
    told = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.append(await reader.read())  # to the end
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as silent:
        notifier = MqttNotifier(MqttSettings("127.0.0.1", "millpond", silent.sockets[0].getsockname()[1], timeout=0.4))
        start = time.monotonic()
        with pytest.raises(Transient) as failure:
            await notifier.tell(news(1))
        assert time.monotonic() - start < 0.8
        assert failure.value.code == "MQTT_SILENT"
        assert await eventually(lambda: len(told) == 1)
        assert b"claim" not in told[0]
        assert await seconds_of(notifier.close()) < 0.8
        assert await eventually(lambda: len(told) == 2)


# Up and down.


async def test_leaving_says_that_we_are_down(broker: Mosquitto, notifier: MqttNotifier) -> None:
    """A stopped service shows as down, also to who asks later; leaving twice is harmless."""
    async with listening(broker.port) as heard:
        await notifier.tell(news(1))
        await notifier.close()
        await notifier.close()
        assert await eventually(lambda: heard.texts(UP) == [b"true", b"false"])
    async with listening(broker.port) as late:
        assert await eventually(lambda: late.messages == [(UP, b"false", True)])


async def test_leaving_without_having_said_anything_says_nothing(broker: Mosquitto, notifier: MqttNotifier) -> None:
    """A command that only looks does not announce itself."""
    async with listening(broker.port) as heard:
        await notifier.close()
        assert not await eventually(lambda: bool(heard.messages), 0.1)


async def test_leaving_after_the_connection_broke_still_says_that_we_are_down(
    broker: Mosquitto, settings: MqttSettings
) -> None:
    """A broker that restarted has forgotten our last will."""
    notifier = MqttNotifier(settings)
    await notifier.tell(news(1))
    broker.kill()
    broker.start()
    async with listening(broker.port) as heard:
        await asyncio.sleep(0.05)
        await notifier.close()
        assert await eventually(lambda: heard.texts(UP)[-1:] == [b"false"])


CLIENT = """
import asyncio, sys
from gateway.bus.notifier import MqttNotifier
from gateway.bus.settings import MqttSettings
from tests.bus.conftest import news
async def main():
    notifier = MqttNotifier(MqttSettings("127.0.0.1", "millpond", int(sys.argv[1])))
    await notifier.tell(news(1))
    print("told", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_killed_gateway_is_seen_to_be_down(broker: Mosquitto) -> None:
    """SIGKILL leaves no time for a word; the broker says it for us."""
    root = Path(__file__).parents[2]
    async with listening(broker.port) as heard:
        command = [sys.executable, "-c", CLIENT, str(broker.port)]
        process = await asyncio.create_subprocess_exec(*command, cwd=root, stdout=asyncio.subprocess.PIPE)
        assert process.stdout
        assert await process.stdout.readline() == b"told\n"
        assert await eventually(lambda: heard.ids() == [1] and heard.texts(UP) == [b"true"])
        process.kill()
        await process.wait()
        assert await eventually(lambda: heard.texts(UP) == [b"true", b"false"])
    async with listening(broker.port) as late:
        assert await eventually(lambda: late.messages == [(UP, b"false", True)])


# Who may listen on the way, and who is who.


@pytest.mark.parametrize("host", ["broker.example", "192.0.2.1", "0.0.0.0", "localhost.example", "::", "2001:db8::1"])
def test_news_do_not_leave_the_machine_in_the_clear(host: str) -> None:
    """Without TLS only this machine's own broker will do."""
    with pytest.raises(ConfigError) as failure:
        MqttNotifier(MqttSettings(host, "millpond"))
    assert [problem.split(":")[0] for problem in failure.value.problems] == ["mqtt.tls"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_a_broker_on_this_machine_needs_no_tls(host: str) -> None:
    """There is no way on which anybody could listen."""
    assert MqttNotifier(MqttSettings(host, "millpond")).name == "mqtt"


def test_every_problem_of_the_settings_is_told_at_once(tmp_path: Path) -> None:
    """One start shows all that must be mended."""
    tls = Tls(tmp_path / "absent.pem", key=tmp_path / "absent.key")
    with pytest.raises(ConfigError) as failure:
        MqttNotifier(MqttSettings("broker.example", "mill/pond", tls=tls, username="gateway", prefix="a//b"))
    keys = [problem.split(":")[0] for problem in failure.value.problems]
    assert keys == ["mqtt.site", "mqtt.prefix", "mqtt.password", "mqtt.tls.cert", "mqtt.tls.ca"]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls") / "theirs")


ACL = "user gateway\ntopic readwrite gateway/millpond/#\n\nuser listener\ntopic read #\n"


@pytest.fixture
def locked(tmp_path: Path, ours: Authority) -> Iterator[Mosquitto]:
    """A broker that lets in only who shows a certificate of our authority, and knows him by its name."""
    require_mosquitto()
    certificate, key = ours.issue("broker")
    (tmp_path / "acl").write_text(ACL, encoding="ascii")
    lines = (
        f"cafile {ours.file}\ncertfile {certificate}\nkeyfile {key}\nrequire_certificate true\n"
        f"use_identity_as_username true\nacl_file {tmp_path / 'acl'}"
    )
    with Mosquitto(tmp_path, lines) as running:
        yield running


def secured(broker: Mosquitto, ca: Authority, files: tuple[Path, Path] | None = None) -> MqttSettings:
    tls = Tls(ca.file, *(files or ()))
    return MqttSettings("127.0.0.1", "millpond", broker.port, tls, timeout=TIMEOUT)


async def test_both_sides_prove_who_they_are(locked: Mosquitto, ours: Authority) -> None:
    """With certificates of one authority the news are told, encrypted, and the broker knows us by our certificate."""
    notifier = MqttNotifier(secured(locked, ours, ours.issue("gateway")))
    await notifier.tell(news(1, 3))
    await notifier.close()
    log = locked.log_file.read_text(encoding="utf-8")
    assert "u'gateway'" in log
    assert log.count("Received PUBLISH from gateway/millpond") == 5


async def test_a_way_in_that_is_slower_than_our_patience_is_used_once_it_is_there(
    locked: Mosquitto, ours: Authority
) -> None:
    """Each telling gives up in time, none dials beside a dial that is still under way, and the last gets through."""
    async with closed_door(locked.port) as door:
        settings = replace(secured(locked, ours, ours.issue("gateway")), port=door.port)
        notifier = MqttNotifier(replace(settings, timeout=0.3))
        for _ in range(2):
            with pytest.raises(Transient) as failure:
                await notifier.tell(news(1))
            assert failure.value.code == "MQTT_SILENT"
        door.opened.set()
        await notifier.tell(news(1))
        assert door.knocks == 1
        await notifier.close()


async def test_a_way_in_that_opens_after_we_left_is_not_taken(locked: Mosquitto, ours: Authority) -> None:
    """Nobody would ever take back that we are up."""
    async with closed_door(locked.port) as door:
        settings = replace(secured(locked, ours, ours.issue("gateway")), port=door.port)
        notifier = MqttNotifier(replace(settings, timeout=0.3))
        with pytest.raises(Transient):
            await notifier.tell(news(1))
        assert await seconds_of(notifier.close()) < 0.6
        door.opened.set()
        assert await eventually(lambda: "Sending PUBACK" in locked.log_file.read_text(encoding="utf-8"))
        assert await eventually(lambda: "closed its connection" in locked.log_file.read_text(encoding="utf-8"))


async def test_a_broker_of_another_authority_is_told_nothing(locked: Mosquitto, theirs: Authority) -> None:
    """Whoever sits on the way cannot pass for the broker; a person must look."""
    notifier = MqttNotifier(secured(locked, theirs, theirs.issue("gateway")))
    with pytest.raises(Refused) as failure:
        await notifier.tell(news(1))
    assert failure.value.code == "MQTT_CERTIFICATE"
    assert "PUBLISH" not in locked.log_file.read_text(encoding="utf-8")


async def test_a_broker_that_refuses_our_certificate_gets_nothing(locked: Mosquitto, ours: Authority) -> None:
    """TLS 1.3 tells a client so only after its own greeting, and the news stay here."""
    notifier = MqttNotifier(replace(secured(locked, ours), timeout=0.5))
    with pytest.raises(Transient) as failure:
        await notifier.tell(news(1))
    assert "certificate" in failure.value.message
    assert "PUBLISH" not in locked.log_file.read_text(encoding="utf-8")


async def test_a_port_without_tls_is_refused(broker: Mosquitto, ours: Authority) -> None:
    """There is no falling back."""
    notifier = MqttNotifier(secured(broker, ours))
    with pytest.raises((Refused, Transient)) as failure:
        await notifier.tell(news(1))
    assert failure.value.code in {"MQTT_NO_TLS", "MQTT_UNREACHABLE"}
    assert "PUBLISH" not in broker.log_file.read_text(encoding="utf-8")


def test_a_key_that_others_may_read_is_refused(ours: Authority) -> None:
    """Whoever reads it can pass for us."""
    certificate, key = ours.issue("careless")
    key.chmod(0o644)
    with pytest.raises(ConfigError, match=r"mqtt\.tls\.key"):
        MqttNotifier(MqttSettings("broker.example", "millpond", tls=Tls(ours.file, certificate, key)))


def test_a_locked_key_is_refused_and_nobody_is_asked(ours: Authority, tmp_path: Path) -> None:
    """A service has no terminal to ask for a passphrase."""
    certificate, key = ours.issue("locked")
    locked = tmp_path / "locked.key"
    command = ["openssl", "pkcs8", "-topk8", "-in", str(key), "-out", str(locked), "-passout", "pass:Mill-Pond"]
    subprocess.run(command, check=True)
    with pytest.raises(ConfigError, match=r"mqtt\.tls\.cert"):
        MqttNotifier(MqttSettings("broker.example", "millpond", tls=Tls(ours.file, certificate, locked)))


@dataclass(frozen=True)
class Kept:
    """A secret in memory."""

    value: bytes

    def reveal(self) -> bytes:
        return self.value


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that asks for a password."""
    require_mosquitto()
    users = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(users), "gateway", "Mill-Pond-2031"], check=True)
    users.chmod(0o600)
    with Mosquitto(tmp_path, f"allow_anonymous false\npassword_file {users}") as running:
        yield running


async def test_the_password_is_looked_up_when_it_is_used_and_a_wrong_one_needs_a_person(guarded: Mosquitto) -> None:
    """A changed password counts at the next connection, and no error shows it."""
    kept = {"broker": Kept(b"Mill-Pond-2030")}
    settings = MqttSettings("127.0.0.1", "millpond", guarded.port, timeout=TIMEOUT)
    notifier = MqttNotifier(replace(settings, username="gateway", password="broker", secrets=kept.__getitem__))
    with pytest.raises(Refused) as failure:
        await notifier.tell(news(1))
    assert failure.value.code == "MQTT_LOGIN_REFUSED"
    assert "Mill-Pond" not in f"{failure.value!r} {failure.value.next_step} {notifier._settings}"
    kept["broker"] = Kept(b"Mill-Pond-2030\xff")
    with pytest.raises(Refused) as unreadable:
        await notifier.tell(news(1))
    assert unreadable.value.code == "MQTT_KEYS"
    assert unreadable.value.__cause__ is None
    assert unreadable.value.__suppress_context__
    kept["broker"] = Kept(b"Mill-Pond-2031")
    await notifier.tell(news(1))
    await notifier.close()


# With the journal it tells from.


@asynccontextmanager
async def journal_of(folder: Path, count: int) -> AsyncIterator[Store]:
    """A real store in which so many events stand."""
    store = await Store.open(
        folder / "gateway.db", b"\x01" * 32, AuditKey("a1", {"a1": b"\x02" * 32}), lambda: datetime.now(UTC)
    )
    await store.write(journal.happened, [e.BackupTaken(documents=seq) for seq in range(1, count + 1)])
    try:
        yield store
    finally:
        await store.close()


async def tell_page(store: Store, notifier: Notifier) -> int:
    """As the shell does: read what was not told, tell it, and only then move on. Returns how many were told."""
    rows = await store.read(journal.untold, notifier.name, 40)
    await notifier.tell([told for row in rows if (told := told_of(dict(row)))])
    if rows:
        await store.write(journal.told, notifier.name, rows[-1]["seq"])
    return len(rows)


async def test_a_journal_is_told_to_its_end_over_the_death_of_a_broker(
    broker: Mosquitto, notifier: MqttNotifier, tmp_path: Path
) -> None:
    """The journal is the outbox: what could not be told waits there, and goes on where it stopped."""
    topic = "gateway/millpond/events/backup/taken"
    async with journal_of(tmp_path, 100) as store:
        async with listening(broker.port) as before:
            assert await tell_page(store, notifier) == 40
            assert await eventually(lambda: len(before.texts(topic)) == 40)
            broker.kill()
        for _ in range(2):
            with pytest.raises(Transient):
                await tell_page(store, notifier)
        broker.start()
        async with listening(broker.port) as after:
            assert [await tell_page(store, notifier) for _ in range(3)] == [40, 20, 0]
            assert await eventually(lambda: len(after.texts(topic)) == 60)
    said = [json.loads(text) for text in before.texts(topic) + after.texts(topic)]
    assert [(text["id"], text["documents"]) for text in said] == [(seq, seq) for seq in range(1, 101)]

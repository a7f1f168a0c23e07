"""Payers and partners, declared in TOML or in Python: the same nouns by the same rules."""

from __future__ import annotations

import textwrap
import tomllib
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from gateway.config.declarations import read_declaration
from gateway.config.partners import PartnerTable
from gateway.config.payers import PayerTable
from gateway.config.site import load_site
from gateway.errors import PluginError
from gateway.model.habits import (
    Agreements,
    Brake,
    Business,
    Case,
    Counter,
    Discard,
    Expectation,
    Habits,
    Legacy,
    Mailbox,
    NameRules,
    Outage,
    Period,
    Receipts,
    Sends,
    SetBy,
    StageMarks,
    StatusRequests,
    Wire,
)
from gateway.model.partners import Endpoint, LineBreak, Partner, Payer, Policy, Verify, Window, WriteHabit
from gateway.model.x12 import Address
from tests.config.conftest import SiteFiles

PAYER = Payer(
    key="prairie",
    name="Prairie Health Plan",
    filing_limit=timedelta(days=120),
    policy=Policy.LEARNING,
    federal=True,
    out_of_network_billable=True,
)
PARTNER = Partner(
    key="prairie_direct",
    name="PRAIRIE HEALTH PLAN",
    payers={"prairie": ("77001", "PRAIRIE1")},
    receiver=Address("30", "PRAIRIEHP"),
    group_receiver="PHP",
    accepts=("005010X222A1", "005010X223A2"),
    filename="{submitter}_{day:%y%m%d}_{n}.dat",
    write=WriteHabit.STAGED,
    verify=Verify.LISTING,
    temporary_suffix=".tmp",
    line_break=LineBreak.CRLF,
    claims_per_set=100,
    windows=(Window("06:00", "20:00", "America/Chicago", ("mon", "fri")), Window("22:00", "02:00")),
    maintenance=(Window("02:00", "06:00", "America/Chicago", ("sun",)),),
    expects={
        "TA1": Expectation(Sends.NEVER),
        "999": Expectation(Sends.NEGATIVE_ONLY, timedelta(hours=24), True),
        "277CA": Expectation(within=timedelta(minutes=90)),
    },
    endpoint=Endpoint("sftp", "edi.prairie.example", 2222, "/inbound", ("/outbound", "/reports"), True),
    habits=Habits(
        counter=Counter("a", "zz", "abcdefghijklmnopqrstuvwxyz", Period.YEAR),
        names=NameRules(Case.LOWER, 50, "._"),
        set_by=SetBy.BILLING_PROVIDER,
        sets_per_file=10,
        largest_file=100_000_000,
        stages={
            "test": StageMarks("/TEST/in", ("/TEST/out",), "oatest_{isa13}.dat", "T*"),
            "production": StageMarks(sender="P*"),
        },
        staging="/staging",
        receipts=Receipts("{name}-*-success", "{name}-*-failed", "/receipts"),
        business=Business("America/Chicago", ("mon", "sat"), (date(2026, 12, 25),), "17:00"),
        outages=(Outage(datetime(2026, 12, 5, 22, tzinfo=UTC), datetime(2026, 12, 6, 4, tzinfo=UTC), "a move"),),
        mailbox=Mailbox(Discard.AFTER_DAYS, 14, 30, False, True, 3, ("bcast.txt",)),
        wire=Wire(
            16_384,
            True,
            True,
            timedelta(minutes=15),
            Legacy(("ssh-rsa",), date(2027, 6, 30)),
            60,
            "8 capitals",
            ("10.20.0.0/16",),
        ),
        brake=Brake(200, 5, 5),
        agreements=Agreements(("prairie",), 14),
        status_requests=StatusRequests(
            ("prairie",), timedelta(days=21), timedelta(days=14), 3, timedelta(hours=24), "{sender}_{isa13}.276"
        ),
        wraps=("zip", "pgp"),
        options={"pgp": {"recipient": "TO-BE-GIVEN"}},
        sources=("companion guide 3.1",),
        unverified=("that a 277CA comes at all",),
        setup=("switch on the 277CA",),
    ),
)
TOML = """
    [[payer]]
    key = "prairie"
    name = "Prairie Health Plan"
    filing_limit_days = 120
    policy = "learning"
    federal = true
    out_of_network_billable = true

    [[partner]]
    key = "prairie_direct"
    name = "PRAIRIE HEALTH PLAN"
    receiver_qualifier = "30"
    receiver = "PRAIRIEHP"
    group_receiver = "PHP"
    accepts = ["005010X222A1", "005010X223A2"]
    filename = "{submitter}_{day:%y%m%d}_{n}.dat"
    write = "staged"
    staging = "/staging"
    verify = "listing"
    temporary_suffix = ".tmp"
    line_break = "crlf"
    claims_per_set = 100
    set_by = "billing_provider"
    sets_per_file = 10
    largest_file = 100_000_000
    wraps = ["zip", "pgp"]
    sources = ["companion guide 3.1"]
    unverified = ["that a 277CA comes at all"]
    setup = ["switch on the 277CA"]

    [partner.expects]
    TA1 = {sends = "never"}
    999 = {sends = "negative_only", within_hours = 24, business = true}
    277CA = {within_hours = 1.5}

    [partner.payers]
    prairie = ["77001", "PRAIRIE1"]

    [partner.endpoint]
    scheme = "sftp"
    host = "edi.prairie.example"
    port = 2222
    outbound = "/inbound"
    inbound = ["/outbound", "/reports"]
    sweeps = true

    [[partner.windows]]
    opens = "06:00"
    closes = "20:00"
    zone = "America/Chicago"
    days = ["mon", "fri"]

    [[partner.windows]]
    opens = "22:00"
    closes = "02:00"

    [[partner.maintenance]]
    opens = "02:00"
    closes = "06:00"
    zone = "America/Chicago"
    days = ["sun"]

    [[partner.outages]]
    begins = 2026-12-05T22:00:00Z
    ends = 2026-12-06T04:00:00Z
    reason = "a move"

    [partner.counter]
    first = "a"
    last = "zz"
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    period = "year"

    [partner.names]
    case = "lower"
    longest = 50
    punctuation = "._"

    [partner.stages.test]
    outbound = "/TEST/in"
    inbound = ["/TEST/out"]
    filename = "oatest_{isa13}.dat"
    sender = "T*"

    [partner.stages.production]
    sender = "P*"

    [partner.receipts]
    arrived = "{name}-*-success"
    failed = "{name}-*-failed"
    folder = "/receipts"

    [partner.business]
    zone = "America/Chicago"
    days = ["mon", "sat"]
    holidays = [2026-12-25]
    cutoff = "17:00"

    [partner.mailbox]
    discard = "after_days"
    discard_after_days = 14
    retention_days = 30
    reading_removes = false
    grows = true
    quiet_days = 3
    mail = ["bcast.txt"]

    [partner.wire]
    packet_size = 16384
    one_session = true
    commit_on_logout = true
    settle_minutes = 15
    password_days = 60
    password_rule = "8 capitals"
    from_networks = ["10.20.0.0/16"]
    legacy = {algorithms = ["ssh-rsa"], until = 2027-06-30}

    [partner.brake]
    claims = 200
    times = 5
    rejected = 5

    [partner.agreements]
    payers = ["prairie"]
    days = 14

    [partner.status_requests]
    payers = ["prairie"]
    after_days = 21
    every_days = 14
    at_most = 3
    within_hours = 24
    filename = "{sender}_{isa13}.276"

    [partner.options.pgp]
    recipient = "TO-BE-GIVEN"
"""


def declaration(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "declaration.toml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(PluginError) as wrong:
        read_declaration(declaration(tmp_path, text))
    assert wrong.value.code == "PLUGIN_DECLARATION"
    return wrong.value.message.replace(f"{tmp_path}/declaration.toml: ", "")


def test_a_declaration_in_toml_equals_the_same_in_python(tmp_path: Path) -> None:
    """With every key set to something else than its default: no Python is needed for any of them."""
    assert read_declaration(declaration(tmp_path, TOML)) == ((PAYER,), (PARTNER,))


def test_what_a_declaration_leaves_out_is_what_the_noun_leaves_out(tmp_path: Path) -> None:
    """Each default stands in two places, and they agree."""
    text = """
        payer = [{key = "a", name = "A"}]
        [[partner]]
        key = "a_edi"
        name = "A"
        receiver = "AHP"
        payers = {a = ["77"]}
        endpoint = {host = "edi.example"}
    """
    noun = Partner("a_edi", "A", {"a": ("77",)}, Address("ZZ", "AHP"), Endpoint("sftp", "edi.example"))
    assert read_declaration(declaration(tmp_path, text)) == ((Payer("a", "A"),), (noun,))


PAIRS = [(PayerTable, Payer), (PartnerTable, Partner)]
SPANS = {"within_hours": "within", "settle_minutes": "settle_for", "filing_limit_days": "filing_limit",
         "approval_days": "approval", "appeal_days": "appeal", "after_days": "after", "every_days": "every"}  # fmt: skip


def inner(annotation: Any, fits: Any) -> Any:
    """What of this kind an annotation holds, at any depth."""
    found = (hit for hint in typing.get_args(annotation) if (hit := inner(hint, fits)))
    return annotation if isinstance(annotation, type) and fits(annotation) else next(found, None)


def pairs(table: Any, noun: Any) -> Iterator[tuple[Any, Any]]:
    """A table with its noun, and so on for all that they hold."""
    yield table, noun
    hints = typing.get_type_hints(noun)
    for key, field in table.model_fields.items():
        below = inner(field.annotation, lambda kind: issubclass(kind, BaseModel))
        owner = hints if SPANS.get(key, key) in hints else typing.get_type_hints(Habits)
        if below is not None:
            yield from pairs(below, inner(owner[SPANS.get(key, key)], is_dataclass))


@pytest.mark.parametrize(("table", "noun"), [pair for both in PAIRS for pair in pairs(*both)])
def test_every_field_of_the_noun_has_a_key(table: Any, noun: Any) -> None:
    """What Python can declare, TOML can, at any depth. A partner's habits stand in the partner's own table."""
    keys = {SPANS.get(key, key) for key in table.model_fields} - {"receiver_qualifier"}
    fields = set(noun.__dataclass_fields__)
    if "habits" in fields:
        fields = fields - {"habits"} | set(Habits.__dataclass_fields__)
    assert keys == fields


def test_the_sample_sets_every_field_to_something_else_than_its_default() -> None:
    """Or it would prove nothing of the others. Only what contradicts another field is left as it is."""
    same = [f"{type(noun).__name__}.{name}" for noun in nouns(PARTNER) for name in left_alone(noun)]
    assert same == ["Mailbox.reading_removes"]


def nouns(noun: Any) -> Iterator[Any]:
    """The partner's own nouns, where it has one of a kind."""
    yield noun
    parts = [value for held in (noun, PARTNER.habits) for value in vars_of(held).values() if is_dataclass(value)]
    yield from (part for part in (*parts, PARTNER.habits.wire.legacy) if not isinstance(part, Address | Habits))


def vars_of(noun: Any) -> dict[str, Any]:
    return {field.name: getattr(noun, field.name) for field in fields(noun)}


def left_alone(noun: Any) -> Iterator[str]:
    """The fields of a noun that say what they would say by themselves."""
    for field in fields(noun):
        usual = field.default if field.default_factory is MISSING else field.default_factory()
        if usual is not MISSING and getattr(noun, field.name) == usual:
            yield field.name


def test_what_python_declares_is_judged_by_the_same_rules(site: SiteFiles) -> None:
    """A plugin in Python is as easily mistaken as a file; all its problems are told with its name."""
    site.write(
        "plugins/gamma.py",
        """
        from datetime import timedelta
        from gateway import hookimpl
        from gateway.model.habits import Habits, Wire
        from gateway.model.partners import Endpoint, Partner, Payer, Window
        from gateway.model.x12 import Address

        @hookimpl
        def register_payers():
            return [Payer("gamma", "Gamma", timedelta(hours=36)), Payer("Delta", ""), Payer("eta", "Eta", 90)]

        @hookimpl
        def register_partners():
            return [Partner("gamma_edi", "GAMMA", {"gamma": "77001"}, Address("ZZ", "GAMMAHP"),
                            Endpoint("sftp", "edi.gamma.example", outbound="in"), filename="claims.837",
                            windows=(Window("06:00", "24:00", "Iowa"),), habits=Habits(wire=Wire(settle_for=5)))]
        """,
    )
    of = "plugin gamma.py: partner gamma_edi"
    starts = [
        "plugin gamma.py: payer gamma: filing_limit_days: must be a whole number",
        "plugin gamma.py: payer Delta: key: must be lower-case letters, digits and _ only, a letter first",
        "plugin gamma.py: payer Delta: name: must not be empty",
        "plugin gamma.py: payer eta: filing_limit_days: must be a whole number",
        f"{of}: payers.gamma: must be a list",
        f"{of}: endpoint.outbound: must be an absolute path",
        f"{of}: filename: must have the whole {{isa13}} in it",
        f"{of}: wire.settle_minutes: must be a number",
        f"{of}: windows[0].closes: must be a time of day from 00:00 to 23:59",
        f"{of}: windows[0].zone: must be an IANA time zone",
    ]
    found = site.problems()
    assert len(found) == len(starts)
    for problem, start in zip(found, starts, strict=True):
        assert problem.startswith(start)


def test_what_python_declares_loosely_is_settled(site: SiteFiles) -> None:
    """Lists for tuples, and text for a policy, mean what they would mean in TOML; nothing compares unequal later."""
    site.write(
        "plugins/gamma.py",
        """
        from gateway import hookimpl
        from gateway.model.partners import Endpoint, Partner, Payer
        from gateway.model.x12 import Address

        @hookimpl
        def register_payers():
            return [Payer("gamma", "Gamma", policy="learning")]

        @hookimpl
        def register_partners():
            return [Partner("gamma_edi", "GAMMA", {"gamma": ["77002"]}, Address("ZZ", "GAMMAHP"),
                            Endpoint("sftp", "edi.gamma.example", inbound=["/out"]), write="direct")]
        """,
    )
    registry = site.load()[1]
    assert registry.payers["gamma"].policy is Policy.LEARNING
    assert registry.partners["gamma_edi"].write is WriteHabit.DIRECT
    assert registry.partners["gamma_edi"].payers == {"gamma": ("77002",)}
    assert registry.partners["gamma_edi"].endpoint.inbound == ("/out",)


def test_what_python_declares_rightly_is_kept_as_it_is(site: SiteFiles) -> None:
    """Judging it changes nothing."""
    site.write("plugins/prairie.toml", TOML)
    registry = site.load()[1]
    assert registry.payers["prairie"] == PAYER
    assert registry.partners["prairie_direct"] == PARTNER


@given(st.integers(1, 8760 * 60))
def test_a_time_to_answer_in_minutes_survives_being_told_in_hours(minutes: int) -> None:
    """Python says timedeltas, TOML hours: no answer is overdue sooner because of it."""
    within = timedelta(minutes=minutes)
    table = PartnerTable.model_validate(
        {"key": "a", "name": "A", "receiver": "AHP", "payers": {"a": ["77"]}, "endpoint": {"host": "edi.example"},
         "expects": {"999": {"within_hours": within / timedelta(hours=1)}}}
    )  # fmt: skip
    assert table.partner().expects == {"999": Expectation(within=within)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('zone = "America/Chicago"', 'zone = "America"', "partner[0].windows[0].zone: must be an IANA time zone"),
        ('opens = "06:00"', 'opens = "6:00"', "partner[0].windows[0].opens: must be a time of day from 00:00 to 23:59"),
        ('closes = "20:00"', 'closes = "24:00"', "partner[0].windows[0].closes: must be a time of day"),
        ('closes = "20:00"', 'closes = "29:00"', "partner[0].windows[0].closes: must be a time of day"),
        ('closes = "20:00"', "closes = 20:00:00", "partner[0].windows[0].closes: must be text in quotes"),
        ('closes = "20:00"', 'closes = "06:00"', "partner[0].windows[0]: never opens"),
        ('outbound = "/inbound"', 'outbound = "inbound"', "partner[0].endpoint.outbound: must be an absolute path"),
        ('"/reports"', '"reports"', "partner[0].endpoint.inbound[1]: must be an absolute path"),
        ('inbound = ["/outbound", "/reports"]', "inbound = []", "partner[0].endpoint.inbound: must not be empty"),
        ("port = 2222", "port = 65536", "partner[0].endpoint.port: must be less than 65536"),
        ("sweeps = true", 'sweeps = "no"', "partner[0].endpoint.sweeps: must be true or false"),
        ('prairie = ["77001", "PRAIRIE1"]', "prairie = []", "partner[0].payers.prairie: must not be empty"),
        ('"PRAIRIE1"]', '" "]', "partner[0].payers.prairie[1]: must not be empty"),
        ('"PRAIRIE1"]', '" 77001 "]', "partner[0].payers: must give each id once; twice here: 77001"),
        ('"PRAIRIE1"]', '"PRAIRIE1"]\nloess = ["Prairie1"]', "partner[0].payers: must give each id once; twice here:"
         " PRAIRIE1"),
        ('prairie = ["77001"', 'Prairie = ["77001"', "partner[0].payers.Prairie: must be lower-case letters"),
        ('"005010X223A2"', '"X223"', "partner[0].accepts[1]: must be the number of a 5010 implementation guide"),
        ("277CA = {within_hours = 1.5}", "277 = {}", "partner[0].expects.277: must be 'TA1', '999', '277CA' or '835'"),
        ("within_hours = 1.5", "within_hours = 0", "partner[0].expects.277CA.within_hours: must be greater than 0"),
        ("within_hours = 1.5", "within_hours = inf", "partner[0].expects.277CA.within_hours: must be a number"),
        ("within_hours = 1.5", "hours = 1.5", "partner[0].expects.277CA.hours: unknown key; known are business, sends,"),
        ('"negative_only"', '"bad"', "partner[0].expects.999.sends: must be 'always', 'negative_only' or 'never'"),
        ('set_by = "billing_provider"', 'answers = ["999"]', "partner[0].answers: is no key any more; expects says what"),
        ('set_by = "billing_provider"', "answer_within_hours = {999 = 24}",
         "partner[0].answer_within_hours: is no key any more; expects says when"),
        ('days = ["sun"]', 'days = ["sunday"]', "partner[0].maintenance[0].days[0]: must be 'mon', 'tue', 'wed', 'thu',"),
        ('days = ["sun"]', "days = []", "partner[0].maintenance[0].days: must not be empty"),
        ("begins = 2026-12-05T22:00:00Z", "begins = 2026-12-05T22:00:00", "partner[0].outages[0].begins: must be a day and"
         " time with its zone"),
        ("begins = 2026-12-05T22:00:00Z", "begins = 2026-12-05", "partner[0].outages[0].begins: must be a day and time"),
        ("[2026-12-25]", "[20261225]", "partner[0].business.holidays[0]: must be a day, as in 2026-12-25"),
        ("[2026-12-25]", '["86400"]', "partner[0].business.holidays[0]: must be a day, as in 2026-12-25"),
        ("begins = 2026-12-05T22:00:00Z", 'begins = "2026"', "partner[0].outages[0].begins: must be a day and time"),
        ('cutoff = "17:00"', 'cutoff = "5 pm"', "partner[0].business.cutoff: must be a time of day"),
        ("[partner.stages.test]", "[partner.stages.tst]", "partner[0].stages.tst: must be 'test' or 'production'"),
        ('sender = "P*"', 'folder = "/P"', "partner[0].stages.production.folder: unknown key here; it belongs under"
         " [partner.receipts]"),
        ('["10.20.0.0/16"]', '["10.20.0.1/16"]', "partner[0].wire.from_networks[0]: must be a network, as in 10.20.0.0/16"),
        ('["ssh-rsa"]', '["ssh-rsa2"]', "partner[0].wire.legacy.algorithms[0]: must be an old algorithm by its SSH name"),
        ("packet_size = 16384", "packet_size = 12", "partner[0].wire.packet_size: must be greater than or equal to 1024"),
        ('punctuation = "._"', 'punctuation = "/"', "partner[0].names.punctuation: must be some of . _ - + = @"),
        ('first = "a"', 'first = ""', "partner[0].counter.first: must be 1 to 12 letters or digits"),
        ('period = "year"', 'period = "week"', "partner[0].counter.period: must be 'day', 'year' or 'ever'"),
        ('arrived = "{name}-*-success"', 'arrived = "a/{name}"', "partner[0].receipts.arrived: must be a file name"),
        ('discard = "after_days"', 'discard = "soon"', "partner[0].mailbox.discard: must be 'never', 'after_commit' or"),
        ("rejected = 5", "rejected = 101", "partner[0].brake.rejected: must be less than or equal to 100"),
        ('temporary_suffix = ".tmp"', 'temporary_suffix = "/tmp"', "partner[0].temporary_suffix: must be letters"),
        ("claims_per_set = 100", "claims_per_set = 5001", "partner[0].claims_per_set: must be less than or equal to"),
        ('filename = "{submitter}_{day:%y%m%d}_{n}.dat"', 'filename = "{day:%D}"', "partner[0].filename: must have the"),
        ('filename = "{submitter}_{day:%y%m%d}_{n}.dat"', 'filename = "{name}_{n}.dat"', "partner[0].filename: has no"),
        ('filename = "{submitter}_{day:%y%m%d}_{n}.dat"', 'filename = "{n"', "partner[0].filename: is no template"),
        ('write = "staged"', 'write = "append"', "partner[0].write: must be 'temp_rename', 'staged' or 'direct'"),
        ("filing_limit_days = 120", "filing_limit_days = 1e9", "payer[0].filing_limit_days: must be a whole number"),
        ("filing_limit_days = 120", "filing_limit_days = 999999999", "payer[0].filing_limit_days: must be less than"),
        ("filing_limit_days = 120", "filing_limit = 120", "payer[0].filing_limit: unknown key; did you mean"
         " filing_limit_days?"),
        ("sweeps = true", "sweeps = true\nfilename = '{isa13}'", "partner[0].endpoint.filename: unknown key here; it"
         " belongs under [[partner]] or under [partner.stages.test]"),
        ("claims_per_set = 100", 'host = "edi.example"', "partner[0].host: unknown key here; it belongs under"
         " [partner.endpoint]"),
        ("[[payer]]", "[payer]", "payer: must be a list"),
        ("[[payer]]", "[[payers]]", "payers: unknown key; did you mean payer?"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_declaration_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    """And with an example of what is right, wherever a key has a wrong value."""
    assert old in TOML
    found = refused(tmp_path, TOML.replace(old, new, 1))
    assert found.startswith(said)
    if "unknown key" not in said and not said.startswith("partner[0]: ") and "windows[0]: " not in said:
        assert "(for example: " in found


def test_a_declaration_tells_all_its_problems(tmp_path: Path) -> None:
    """One file, all of it."""
    found = refused(tmp_path, TOML.replace("2222", "0").replace('"20:00"', '"x"').replace('"learning"', '"lax"'))
    assert found.count("for example") == 3


def test_a_partner_is_bound_to_payers_that_somebody_declares(site: SiteFiles) -> None:
    """Not necessarily its own plugin."""
    site.change("plugins/alpha.toml", '{alpha = ["77001"]}', '{alpha = ["77001"], beta = ["77002"]}')
    assert site.problem() == (
        "plugin alpha.toml: partner alpha_edi reaches payer beta, which nobody declares; known are alpha"
    )
    site.write("plugins/beta.toml", '[[payer]]\nkey = "beta"\nname = "Beta Mutual"')
    assert load_site(site.config)[2].warnings == ()


def test_a_transport_that_no_plugin_brings_is_told(site: SiteFiles) -> None:
    """Not first when something is to be sent."""
    site.change("plugins/alpha.toml", '{host = "', '{scheme = "sfpt", host = "')
    assert site.problem() == (
        "plugin alpha.toml: partner alpha_edi: endpoint.scheme: no plugin brings the transport sfpt; did you mean sftp?"
    )


def test_a_check_for_a_payer_that_nobody_declares_is_told(site: SiteFiles) -> None:
    """It would never look at anything."""
    site.write(
        "plugins/edits.py",
        """
        from gateway import hookimpl
        from gateway.checks import Check

        @hookimpl
        def register_checks():
            return [Check("REFERRAL_MISSING", lambda claim, context: (), payer="alfa")]
        """,
    )
    assert site.problem() == (
        "plugin edits.py: check REFERRAL_MISSING looks at payer alfa, which nobody declares; did you mean alpha?"
    )


def test_the_example_in_the_project_has_every_key(tmp_path: Path) -> None:
    """plugins/_every_key.toml: it loads as a declaration, and no key of a partner is missing in it."""
    example = Path(__file__).parents[2] / "plugins" / "_every_key.toml"
    data = tomllib.loads(example.read_text(encoding="utf-8"))["partner"][0]
    assert read_declaration(example)[1]
    assert list(missing(PartnerTable, data)) == []


def missing(table: Any, data: dict[str, Any], place: str = "") -> Iterator[str]:
    """Keys of a table that this one leaves out, at any depth."""
    for key, field in table.model_fields.items():
        below = inner(field.annotation, lambda kind: issubclass(kind, BaseModel))
        if key not in data:
            yield f"{place}{key}"
        elif below is not None:
            held = data[key]
            many = typing.get_origin(field.annotation) is dict
            parts = held if isinstance(held, list) else held.values() if many else [held]
            together = {name: value for part in parts for name, value in part.items()}
            yield from missing(below, together, f"{place}{key}.")

"""Payers and partners, declared in TOML or in Python: the same nouns by the same rules."""

from __future__ import annotations

import textwrap
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config import load_site
from gateway.config.declarations import PartnerTable, PayerTable, read_declaration
from gateway.errors import PluginError
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
    answers=("TA1", "999", "277CA"),
    filename="{submitter}.{isa13}.dat",
    write=WriteHabit.DIRECT,
    verify=Verify.LISTING,
    temporary_suffix=".tmp",
    line_break=LineBreak.CRLF,
    claims_per_set=100,
    windows=(Window("06:00", "20:00", "America/Chicago"), Window("22:00", "02:00")),
    answer_within={"999": timedelta(hours=24), "277CA": timedelta(minutes=90)},
    endpoint=Endpoint("sftp", "edi.prairie.example", 2222, "/inbound", ("/outbound", "/reports"), True),
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
    answers = ["TA1", "999", "277CA"]
    filename = "{submitter}.{isa13}.dat"
    write = "direct"
    verify = "listing"
    temporary_suffix = ".tmp"
    line_break = "crlf"
    claims_per_set = 100
    answer_within_hours = {999 = 24, 277CA = 1.5}

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

    [[partner.windows]]
    opens = "22:00"
    closes = "02:00"
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
        payers = {a = ["1"]}
        endpoint = {host = "edi.example"}
    """
    noun = Partner("a_edi", "A", {"a": ("1",)}, Address("ZZ", "AHP"), Endpoint("sftp", "edi.example"))
    assert read_declaration(declaration(tmp_path, text)) == ((Payer("a", "A"),), (noun,))


@pytest.mark.parametrize(("table", "noun"), [(PayerTable, Payer), (PartnerTable, Partner)])
def test_every_field_of_the_noun_has_a_key(table: Any, noun: Any) -> None:
    """What Python can declare, TOML can."""
    keys = {key.removesuffix("_days").removesuffix("_hours") for key in table.model_fields} - {"receiver_qualifier"}
    assert keys == set(noun.__dataclass_fields__)


def test_what_python_declares_is_judged_by_the_same_rules(site: SiteFiles) -> None:
    """A plugin in Python is as easily mistaken as a file; all its problems are told with its name."""
    site.write(
        "plugins/gamma.py",
        """
        from datetime import timedelta
        from gateway import hookimpl
        from gateway.model.partners import Endpoint, Partner, Payer, Window
        from gateway.model.x12 import Address

        @hookimpl
        def register_payers():
            return [Payer("gamma", "Gamma", timedelta(hours=36)), Payer("Delta", ""), Payer("eta", "Eta", 90)]

        @hookimpl
        def register_partners():
            return [Partner("gamma_edi", "GAMMA", {"gamma": "77001"}, Address("ZZ", "GAMMAHP"),
                            Endpoint("sftp", "edi.gamma.example", outbound="in"), filename="claims.837",
                            windows=(Window("06:00", "24:00", "Iowa"),))]
        """,
    )
    of = "plugin gamma.py: partner gamma_edi"
    starts = [
        "plugin gamma.py: payer gamma: filing_limit_days: must be a whole number",
        "plugin gamma.py: payer Delta: key: must be lower-case letters, digits and _ only, a letter first",
        "plugin gamma.py: payer Delta: name: must not be empty",
        "plugin gamma.py: payer eta: is not filled in as Payer wants it: ",
        f"{of}: payers.gamma: must be a list",
        f"{of}: filename: must have the whole {{isa13}} in it",
        f"{of}: windows[0].closes: must be a time of day from 00:00 to 23:59",
        f"{of}: windows[0].zone: must be an IANA time zone",
        f"{of}: endpoint.outbound: must be an absolute path",
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
        {"key": "a", "name": "A", "receiver": "AHP", "payers": {"a": ["1"]}, "endpoint": {"host": "edi.example"},
         "answer_within_hours": {"999": within / timedelta(hours=1)}}
    )  # fmt: skip
    assert table.partner().answer_within == {"999": within}


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
        ('"277CA"]', '"277"]', "partner[0].answers[2]: must be 'TA1', '999', '277CA' or '835'"),
        ('"277CA"]', "]", "partner[0]: answer_within_hours waits for 277CA, which is not among its answers"),
        ("277CA = 1.5", "277CA = 0", "partner[0].answer_within_hours.277CA: must be greater than 0"),
        ("277CA = 1.5", "277CA = inf", "partner[0].answer_within_hours.277CA: must be a number"),
        ("277CA = 1.5", "277 = 1.5", "partner[0].answer_within_hours.277: must be 'TA1', '999', '277CA' or '835'"),
        ('temporary_suffix = ".tmp"', 'temporary_suffix = "/tmp"', "partner[0].temporary_suffix: must be letters"),
        ("claims_per_set = 100", "claims_per_set = 5001", "partner[0].claims_per_set: must be less than or equal to"),
        ('filename = "{submitter}.{isa13}.dat"', 'filename = "{day:%D}"', "partner[0].filename: must have the whole"),
        ('write = "direct"', 'write = "append"', "partner[0].write: must be 'temp_rename' or 'direct'"),
        ("filing_limit_days = 120", "filing_limit_days = 1e9", "payer[0].filing_limit_days: must be a whole number"),
        ("filing_limit_days = 120", "filing_limit_days = 999999999", "payer[0].filing_limit_days: must be less than"),
        ("filing_limit_days = 120", "filing_limit = 120", "payer[0].filing_limit: unknown key; did you mean"
         " filing_limit_days?"),
        ("sweeps = true", "sweeps = true\nfilename = '{isa13}'", "partner[0].endpoint.filename: unknown key here; it"
         " belongs under [[partner]]"),
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

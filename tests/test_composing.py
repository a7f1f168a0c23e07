"""How files are laid out, named and wrapped for a partner, up to what really arrives there."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pysequoia
import pytest

from gateway.daemon import Daemon
from gateway.errors import ConfigError
from gateway.testing.builders import BillingSpec, ClaimSpec, LineSpec, batch837i, batch837p, valid_npi
from gateway.testing.payer import PayerSimulator, Reject999, Rule, Scenario
from gateway.workers.site import open_site
from tests.oracle import pyx12_verdict
from tests.sites import TestSite, make_site

PLUGIN = """\
from datetime import timedelta
from gateway import hookimpl
from gateway.model.habits import *
from gateway.model.partners import *
from gateway.model.x12 import Address

@hookimpl
def register_payers():
    return (Payer("alpha", "Alpha Health", timedelta(days=3650)),)

@hookimpl
def register_partners():
    return (Partner(
        key="alpha_edi", name="ALPHA HEALTH", receiver=Address("ZZ", "ALPHAHP"), payers={"alpha": ("77001",)},
        accepts=("005010X222A1", "005010X223A2"), endpoint=Endpoint("sftp", "127.0.0.1"), FIELDS
    ),)
"""
OTHER = BillingSpec(valid_npi(901), "RIVER BEND PEDIATRICS", tax_id="999990002")
EVENING = datetime(2026, 11, 11, 5, 30, tzinfo=UTC)  # 23:30 of the 10th in Chicago


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


def site_of(tmp_path: Path, payer: PayerSimulator, fields: str, enrolled: tuple[str, ...] = ()) -> TestSite:
    """A site whose partner has these fields of its noun."""
    site = make_site(
        tmp_path / "site", {"alpha": payer}, enrolled=[(npi, "alpha") for npi in ("2000000010", *enrolled)]
    )
    (site.root / "plugins" / "alpha.toml").unlink()
    plugin = site.root / "plugins" / "alpha.py"
    plugin.write_text(PLUGIN.replace("FIELDS", fields))
    plugin.chmod(0o644)
    return site


def run(site: TestSite, now: datetime | None = None) -> None:
    """Do all there is to do, with the clock standing still at `now`."""

    async def running() -> None:
        async with open_site(site.config, **({"clock": lambda: now} if now else {})) as opened:
            await Daemon(opened).run_until_idle()

    asyncio.run(running())


def claims(count: int, prefix: str = "A", **changes: Any) -> list[ClaimSpec]:
    return [ClaimSpec(f"{prefix}{n}", payer_id="77001", member_id=f"{prefix}M{n}", **changes) for n in range(count)]


def clm(data: bytes) -> list[list[str]]:
    """The claims of each set, by CLM01."""
    sets = re.findall(rb"ST\*.*?SE\*", data, re.DOTALL)
    return [[found.decode() for found in re.findall(rb"CLM\*([^*]+)", one)] for one in sets]


def test_a_file_has_as_many_sets_as_the_partner_takes(tmp_path: Path, payer: PayerSimulator) -> None:
    """Two claims in a set, two sets in a file: five claims are two files, each valid to a second reader."""
    site = site_of(tmp_path, payer, "claims_per_set=2, habits=Habits(sets_per_file=2)")
    site.drop("a.837", batch837p(claims(5)))
    run(site)
    assert [clm(data) for _, data in payer.arrivals()] == [[["A0", "A1"], ["A2", "A3"]], [["A4"]]]
    for _, data in payer.arrivals():
        valid, answer = pyx12_verdict(data)
        assert valid, answer


def test_every_billing_provider_has_a_set_of_its_own(tmp_path: Path, payer: PayerSimulator) -> None:
    """Where the partner wants that; and with one set to a file, a file of its own."""
    both = [*claims(2), *claims(2, "B", billing=OTHER)]
    site = site_of(tmp_path, payer, "habits=Habits(set_by=SetBy.BILLING_PROVIDER, sets_per_file=5)", (OTHER.npi,))
    site.drop("a.837", batch837p(both))
    run(site)
    assert [clm(data) for _, data in payer.arrivals()] == [[["A0", "A1"], ["B0", "B1"]]]


@pytest.mark.parametrize("line_break", ["", "line_break=LineBreak.CRLF,"])
def test_no_file_is_larger_than_the_partner_takes(tmp_path: Path, payer: PayerSimulator, line_break: str) -> None:
    """What waits goes in several; a claim that would make a larger one by itself is held, and no person lets it go."""
    lines = tuple(LineSpec(charge=Decimal(10)) for _ in range(50))
    site = site_of(tmp_path, payer, f"{line_break} habits=Habits(largest_file=5000)", (OTHER.npi,))
    site.drop("a.837", batch837p([*claims(6), *claims(6, "B", billing=OTHER), *claims(1, "L", lines=lines)]))
    run(site)
    sizes = [len(data) for _, data in payer.arrivals()]
    assert max(sizes) <= 5000
    assert len(sizes) > 1
    assert sum(sizes) > 2000 * len(sizes)
    assert sorted(one for _, data in payer.arrivals() for one in clm(data)[0]) == sorted(
        [f"{owner}{n}" for owner in "AB" for n in range(6)]
    )
    [held] = [claim for claim in site.ask("claims") if claim["stands"] == "HELD"]
    assert (held["control_number"], held["code"]) == ("L0", "CLAIM_TOO_LARGE")
    [finding] = [one for one in site.ask("why", claim="L0")["findings"] if one["code"] == "CLAIM_TOO_LARGE"]
    assert "of a file's 5,000" in finding["evidence"]


LARGER = """
class Larger:
    def __init__(self, options, secrets): pass
    def wrap(self, blocks, name): return [b"".join(blocks).ljust(50_000)]
    def unwrap(self, blocks): return blocks
    def opens(self, head): return False

@hookimpl
def register_wrappings():
    return [("larger", Larger)]
"""


def test_a_file_that_a_plugin_makes_too_large_is_not_sent(tmp_path: Path, payer: PayerSimulator) -> None:
    """Its lane stops and says whom to ask."""
    site = site_of(tmp_path, payer, 'habits=Habits(wraps=("larger",), largest_file=40_000)')
    plugin = site.root / "plugins" / "alpha.py"
    plugin.write_text(plugin.read_text() + LARGER)
    site.drop("a.837", batch837p(claims(2)))
    run(site)
    assert not payer.arrivals()
    [lane] = site.query("SELECT state, code FROM lanes")
    assert (lane["state"], lane["code"]) == ("SUSPENDED", "FILE_TOO_LARGE")


def test_a_999_that_rejects_the_second_set_names_its_claims_and_no_others(tmp_path: Path) -> None:
    """The innocent claim of the rejected set goes again by itself; the first set is accepted and stays so."""
    scenario = Scenario(rules=(Rule(Reject999(), claim="A2"),))
    with PayerSimulator(tmp_path / "payer", scenario) as payer:
        site = site_of(tmp_path, payer, "claims_per_set=2, habits=Habits(sets_per_file=2)")
        site.drop("a.837", batch837p(claims(4)))
        for _ in range(4):
            run(site)
            payer.tick()
        run(site)
        stands = {claim["control_number"]: claim["stands"] for claim in site.ask("claims")}
        assert stands == {"A0": "PAID", "A1": "PAID", "A2": "RETURNED", "A3": "PAID"}
        assert sorted(c.claim for c in payer.received_claims()) == ["A0", "A1", "A2", "A3", "A3"]


COUNTED = (
    'filename="T{sender}_{type}_{day:%m%d}_{n}.dat", claims_per_set=1,'
    ' habits=Habits(counter=Counter("01", "03"), names=NameRules(longest=40))'
)


def test_names_count_from_one_each_day_and_what_finds_none_waits_for_the_next(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    """By the site's own days; that is told once a day, and the claims stay free to be judged again."""
    site = site_of(tmp_path, payer, COUNTED)
    site.drop("a.837", batch837p(claims(4)))
    run(site, EVENING)
    run(site, EVENING.replace(minute=45))
    assert [a.name for a, _ in payer.arrivals()] == [f"TOPENGATE_P_1110_0{n}.dat" for n in (1, 2, 3)]
    assert [c["stands"] for c in site.ask("claims") if c["control_number"] == "A3"] == ["READY"]
    told = site.query("SELECT * FROM events WHERE name = 'lane.names_used_up'")
    assert len(told) == 1
    run(site, EVENING.replace(hour=6))
    assert [a.name for a, _ in payer.arrivals()][3:] == ["TOPENGATE_P_1111_01.dat"]


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ("", True),
        ('filename="{submitter}_{n}.dat", habits=Habits(counter=Counter("01", "02", period=Period.EVER))', False),
    ],
)
def test_the_name_that_is_told_beforehand_is_the_next_files(
    tmp_path: Path, payer: PayerSimulator, fields: str, left: bool
) -> None:
    """By the number or by the counter; telling takes neither, and tells no name where none is left."""
    site = site_of(tmp_path, payer, fields)
    for n in (1, 2):
        told = [site.ask("next names")["alpha_edi/production"] for _ in range(2)]
        site.drop(f"{n}.837", batch837p(claims(1, f"N{n}C"), control=n))
        run(site)
        assert [payer.arrivals()[-1][0].name] * 2 == told
    assert bool(site.ask("next names")["alpha_edi/production"]) == left


@pytest.mark.parametrize(
    ("period", "step"), [("Period.DAY", "Nothing: "), ("Period.EVER", "Ask the partner "), ("Period.YEAR", "Nothing: ")]
)
def test_whoever_has_no_name_left_is_told_what_ends_that(
    tmp_path: Path, payer: PayerSimulator, period: str, step: str
) -> None:
    """Names that never begin anew want a person."""
    fields = (
        f'filename="{{submitter}}_{{day:%Y%m%d}}_{{n}}.dat", habits=Habits(counter=Counter("1", "1", period={period}))'
    )
    site = site_of(tmp_path, payer, f"claims_per_set=1, {fields}")
    site.drop("a.837", batch837p(claims(2)))
    run(site, EVENING)
    [told] = site.query("SELECT body FROM events WHERE name = 'lane.names_used_up'")
    assert json.loads(told["body"])["next"].startswith(step)


def test_a_name_without_a_year_comes_again_after_a_year(tmp_path: Path, payer: PayerSimulator) -> None:
    """Nothing in the store stands in its way."""
    site = site_of(tmp_path, payer, COUNTED)
    for year in (2026, 2027):
        site.drop(f"{year}.837", batch837p(claims(1, f"Y{year}C"), control=year))
        run(site, EVENING.replace(year=year))
        (payer.inbox / "TOPENGATE_P_1110_01.dat").unlink()
    assert [a.name for a, _ in payer.arrivals()] == ["TOPENGATE_P_1110_01.dat"] * 2


def test_the_type_in_a_name_is_the_claims(tmp_path: Path, payer: PayerSimulator) -> None:
    """Institutional claims are I, and never share a file with professional ones."""
    site = site_of(tmp_path, payer, COUNTED)
    site.drop("i.837", batch837i(claims(1)))
    site.drop("p.837", batch837p(claims(1, "B"), control=102))
    run(site, EVENING)
    assert sorted(a.name.split("_")[1] for a, _ in payer.arrivals()) == ["I", "P"]


def test_a_zipped_file_holds_the_interchange(tmp_path: Path, payer: PayerSimulator) -> None:
    """What arrives is the archive; what is kept to compare answers with is what it holds."""
    site = site_of(
        tmp_path,
        payer,
        'filename="{isa13}.zip", habits=Habits(wraps=("zip",), options={"zip": {"member": "{stem}.clm"}})',
    )
    site.drop("a.837", batch837p(claims(2)))
    run(site)
    [(arrival, data)] = payer.arrivals()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        [member] = archive.namelist()
        assert member == arrival.name.replace(".zip", ".clm")
        assert clm(archive.read(member)) == [["A0", "A1"]]
    [sent] = site.query("SELECT s.size, d.size AS plain, w.size AS wire FROM submissions s"
                        " JOIN documents d ON d.id = s.document JOIN documents w ON w.id = s.wire")  # fmt: skip
    assert sent["size"] == sent["wire"] == len(data) != sent["plain"]


def test_an_encrypted_file_is_opened_by_the_partner_alone(tmp_path: Path, payer: PayerSimulator) -> None:
    """Not a byte of a claim lies readable at the partner's server."""
    key = pysequoia.Tsk.generate("payer <payer@example.invalid>")
    options = {"pgp": {"recipient": str(key.extract_certificate())}}
    site = site_of(tmp_path, payer, f'filename="{{isa13}}.837.PGP", habits=Habits(wraps=("pgp",), options={options})')
    site.drop("a.837", batch837p(claims(2)))
    run(site)
    [(_, data)] = payer.arrivals()
    assert b"CLM" not in data
    assert clm(pysequoia.decrypt(data, key.decryptor()).bytes) == [["A0", "A1"]]


def test_a_wrapping_that_cannot_be_made_stops_the_lane_and_sends_nothing(tmp_path: Path, payer: PayerSimulator) -> None:
    """A person mends it and resumes; the claims are where they were."""
    options = {"pgp": {"recipient": "-----BEGIN PGP PUBLIC KEY BLOCK-----"}}
    site = site_of(tmp_path, payer, f'habits=Habits(wraps=("pgp",), options={options})')
    [told] = site.ask("doctor")
    assert told["what"] == "lane alpha_edi/production: OpenPGP option recipient is no key in its armor"
    site.drop("a.837", batch837p(claims(2)))
    run(site)
    assert not payer.arrivals()
    [lane] = site.query("SELECT state, code FROM lanes")
    assert (lane["state"], lane["code"]) == ("SUSPENDED", "WRAPPING_OPTIONS")


@pytest.mark.parametrize(("days", "told"), [(10, True), (30, False)])
def test_a_partners_key_that_expires_soon_is_told_before_it_stops_anything(
    tmp_path: Path, payer: PayerSimulator, days: int, told: bool
) -> None:
    """As the end of a password is: on the day itself nothing could be sent."""
    key, ends = pysequoia.Tsk.generate("payer <payer@example.invalid>"), datetime.now(UTC) + timedelta(days=days)
    options = {"pgp": {"recipient": str(key.extract_certificate().set_expiration(ends, key.certifier()))}}
    site = site_of(tmp_path, payer, f'habits=Habits(wraps=("pgp",), options={options})')
    assert [found["what"] for found in site.ask("doctor")] == [
        f"lane alpha_edi/production: the partner's OpenPGP key expires on {ends:%Y-%m-%d}; nothing is sent from then on"
    ] * told


def test_a_wrapping_that_nobody_brings_stops_the_start(tmp_path: Path, payer: PayerSimulator) -> None:
    """With its name and the ones there are."""
    with pytest.raises(ConfigError, match="no plugin brings the wrapping rot13") as refused:
        run(site_of(tmp_path, payer, 'habits=Habits(wraps=("rot13",))'))
    assert "pgp, zip" in str(refused.value)

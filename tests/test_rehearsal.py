"""A rehearsal tells what would happen, by the code that makes it happen, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli.checking import Checked, Checker, OtherRoster, at_site
from gateway.desk.commands import answer
from gateway.guidebook import Guidebook
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.intake import Intake, judge_due
from gateway.workers.site import Site, open_site
from tests.sites import PRACTICE_NPI, TestSite, make_site

PROVIDERS = ("2000000010", "2000000028", "2000000036")
PAYERS = {"alpha": "77001", "beta": "77002"}
NOON = timedelta(hours=18)
EARLIEST = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda n: EARLIEST + timedelta(days=n))
GUIDES = Guidebook()


class World:
    """A site that stays open, with a clock to set."""

    def __init__(self, site: TestSite) -> None:
        self.runner = asyncio.Runner()
        self.today = date(2026, 6, 1)
        self._open = open_site(site.config, self.clock)
        self.site: Site = self.runner.run(self._open.__aenter__())
        self.test_site, self.files = site, 0

    def clock(self) -> datetime:
        return datetime.combine(self.today, datetime.min.time(), UTC) + NOON

    def ask(self, command: str, **arguments: Any) -> Any:
        return self.runner.run(answer(self.site, command, arguments, "tester"))

    def query(self, sql: str, *values: object) -> list[Any]:
        found: list[Any] = self.runner.run(self.site.store.read(lambda tx: tx.all(sql, *values)))
        return found

    def check(self, data: bytes, as_of: date, roster: list[dict[str, str]] | None) -> list[tuple[str, str]]:
        """What `gateway check --as-of --roster` would say of each claim."""
        other = None if roster is None else OtherRoster.of(roster)

        def asked(claims: list[dict[str, Any]], rows: list[dict[str, str]] | None) -> list[dict[str, Any]]:
            sheets = list(other.sheets) if other else []
            day = as_of.isoformat()
            said: list[dict[str, Any]] = self.ask("check", claims=claims, as_of=day, roster=rows, sheets=sheets)
            return said

        checker = Checker(GUIDES, at_site(asked, other))
        found = [checked for checked in checker.check([data]) if isinstance(checked, Checked)]
        return [(c.would, leading(c)) for c in found]

    def take_in(self, data: bytes) -> list[tuple[str, str]]:
        """What the service does with the same file now."""
        self.files += 1
        self.test_site.drop(f"batch{self.files}.837", data)
        intake = Intake(self.site)

        async def work() -> None:
            assert await intake.sweep(time.monotonic()) or await intake.sweep(time.monotonic() + 1)
            while await judge_due(self.site):
                pass

        self.runner.run(work())
        rows = self.query("SELECT state, code FROM claims WHERE batch = (SELECT max(id) FROM batches) ORDER BY id")
        return [("RELEASED" if row["state"] == "READY" else row["state"], row["code"]) for row in rows]

    def reopen(self, between: Callable[[Path, bytes], None]) -> None:
        """Close the site, do that to its database (path and key), and open it again."""
        settings, key = self.site.settings, self.site.keyring.key("db").secret
        self.runner.run(self._open.__aexit__(None, None, None))
        between(settings.site.data / "gateway.db", key)
        self._open = open_site(self.test_site.config, self.clock)
        self.site = self.runner.run(self._open.__aenter__())

    def close(self) -> None:
        self.runner.run(self._open.__aexit__(None, None, None))
        self.runner.close()


def leading(checked: Checked) -> str:
    """The code a claim is listed with."""
    if checked.would == "DUPLICATE":
        return "DUPLICATE"
    worst = max(checked.findings, key=lambda finding: finding.outcome, default=None)
    return worst.code if worst and checked.would in ("HELD", "REJECTED") else ""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("rehearsal")
    with PayerSimulator(root / "alpha") as alpha, PayerSimulator(root / "beta") as beta:
        made = World(make_site(root / "site", {"alpha": alpha, "beta": beta}))
        yield made
        made.close()


def row(npi: str, payer: str, **more: str) -> dict[str, str]:
    return {"provider_npi": npi, "payer": payer, "state": "active", "source": "letter", **more}


@st.composite
def rosters(draw: st.DrawFn) -> list[dict[str, str]]:
    """The practice's own row for each payer, and some rows of its providers, no two of which overlap in their key."""
    rows = [row(PRACTICE_NPI, payer, effective_from="2020-01-01") for payer in PAYERS]
    for npi in PROVIDERS:
        for payer in PAYERS:
            if draw(st.booleans()):
                begin = draw(DAYS)
                end = draw(st.none() | st.integers(0, 200).map(lambda n, b=begin: b + timedelta(days=n)))
                state = draw(st.sampled_from(["active", "active", "submitted", "termed", "denied"]))
                days = {"effective_from": begin.isoformat(), "effective_to": end.isoformat() if end else ""}
                rows.append(row(npi, payer, state=state, **days))
    return rows


@st.composite
def batches(draw: st.DrawFn) -> list[ClaimSpec]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        lines = [LineSpec(first_day=draw(DAYS)) for _ in range(draw(st.integers(1, 2)))]
        made.append(
            ClaimSpec(
                f"N{number}",
                lines=lines,
                payer_id=draw(st.sampled_from([*PAYERS.values(), "NOBODY"])),
                rendering=draw(st.sampled_from(PROVIDERS)),
                frequency=draw(st.sampled_from(["1", "1", "1", "8"])),
                payer_control_number="77",
            )
        )
        if draw(st.booleans()):
            made.append(made[-1])
    return made


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs=batches(), roster=rosters(), as_of=DAYS, today=DAYS)
def test_a_check_on_another_day_with_another_roster_says_what_the_service_does_then(
    world: World, specs: list[ClaimSpec], roster: list[dict[str, str]], as_of: date, today: date
) -> None:
    """Claim by claim the same outcome for the same reason, whatever is on file when the question is asked."""
    world.files += 1
    numbered = [replace_number(spec, f"F{world.files}{spec.control_number}") for spec in specs]
    data = batch837p(numbered, control=world.files)
    world.today = today
    said = world.check(data, as_of, roster)
    world.today = as_of
    world.ask("roster apply", rows=roster, source="test", replace_all=True)
    assert world.take_in(data) == said


def replace_number(spec: ClaimSpec, number: str) -> ClaimSpec:
    return ClaimSpec(**{**{name: getattr(spec, name) for name in spec.__dataclass_fields__}, "control_number": number})


def test_a_check_leaves_nothing_behind(world: World) -> None:
    """No claim, batch, document or event more than before, and the chain of events stays whole."""
    tables = ("claims", "batches", "documents", "events", "enrollments", "counters")

    def counted() -> list[int]:
        return [world.query(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in tables]

    before = counted()
    world.check(batch837p([ClaimSpec("LEFT1", payer_id="77001")]), date(2026, 12, 1), [row(PROVIDERS[0], "alpha")])
    assert counted() == before
    assert world.ask("audit")["intact"]
    world.take_in(batch837p([ClaimSpec("LEFT2", payer_id="77001")], control=990))
    assert world.ask("audit")["intact"]


# What a change of the roster would do.


def test_a_preview_names_the_claims_that_a_change_releases_and_holds(world: World) -> None:
    """Nothing is changed by looking; applying it then does exactly that."""
    world.today = date(2026, 8, 20)
    nobody = [row(PRACTICE_NPI, payer, effective_from="2020-01-01") for payer in PAYERS]
    world.ask("roster apply", rows=nobody, source="test", replace_all=True)
    specs = [ClaimSpec(f"EARLY{n}", lines=[LineSpec(first_day=date(2026, 6, 10))], payer_id="77001") for n in range(2)]
    specs += [ClaimSpec(f"LATE{n}", lines=[LineSpec(first_day=date(2026, 7, 5))], payer_id="77001") for n in range(3)]
    assert {would for would, _ in world.take_in(batch837p(specs, control=991))} == {"HELD"}

    july = [row(PROVIDERS[0], "alpha", effective_from="2026-07-01")]
    claims = world.ask("roster preview", rows=july)["claims"]
    mine = [moved for moved in claims["moved"] if moved["control_number"].startswith(("EARLY", "LATE"))]
    assert {(m["control_number"], m["after"], m["after_code"]) for m in mine} == {
        *((f"LATE{n}", "RELEASED", "") for n in range(3)),
        *((f"EARLY{n}", "HELD", "ENROLLMENT_STARTS_LATER") for n in range(2)),
    }
    assert {row["state"] for row in world.query("SELECT state FROM claims WHERE control_number LIKE 'LATE_'")} == {
        "HELD"
    }

    world.ask("roster apply", rows=july, source="test")
    while world.runner.run(judge_due(world.site)):
        pass
    after = world.query(
        "SELECT control_number AS n, state FROM claims WHERE control_number GLOB '[EL]A*[0-9]' ORDER BY 1"
    )
    assert [(r["n"], r["state"]) for r in after if r["n"][0] == "L" and r["n"][:4] == "LATE"] == [
        (f"LATE{n}", "READY") for n in range(3)
    ]

    held = world.ask("roster preview", rows=nobody, replace_all=True)["claims"]
    assert {m["control_number"] for m in held["moved"] if m["before"] == "RELEASED" and m["after"] == "HELD"} >= {
        f"LATE{n}" for n in range(3)
    }

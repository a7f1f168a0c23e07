"""History replayed: what was believed on a day gives again what was decided on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.model.claims import Outcome
from gateway.model.enrollment import Enrollment
from gateway.model.evidence import Evidence
from gateway.sheets import ENROLLMENTS
from gateway.store import claims, rosters
from gateway.store.connection import Tx
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.intake import judge_due
from tests.sites import PRACTICE_NPI, make_site
from tests.test_rehearsal import World, row

PROVIDERS = ("2000000010", "2000000028")
START = date(2026, 3, 1)
STATES = ("active", "submitted", "termed", "denied", "lapsed")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("replay")
    with PayerSimulator(root / "alpha") as alpha:
        made = World(make_site(root / "site", {"alpha": alpha}))
        made.today = START
        yield made
        made.close()


days = st.integers(-60, 20).map(lambda n: (START + timedelta(days=n)).isoformat())
records = st.builds(
    lambda npi, state, begin, end: row(npi, "alpha", state=state, effective_from=begin, effective_to=max(begin, end)),
    st.sampled_from(PROVIDERS), st.sampled_from(STATES), days, days,
)  # fmt: skip
steps = st.lists(st.tuples(st.integers(1, 9), st.lists(records, max_size=2)), min_size=1, max_size=6)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=steps)
def test_what_was_believed_on_a_day_gives_again_what_was_decided_on_it(
    world: World, history: list[tuple[int, list[dict[str, str]]]]
) -> None:
    """Records come and are superseded; each evening's decisions follow from that evening's beliefs alone."""
    world.files += 1
    specs = [
        ClaimSpec(f"R{world.files}N{n}", [LineSpec(first_day=START - timedelta(days=days))], payer_id="77001",
                  rendering=PROVIDERS[n % 2])
        for n, days in enumerate((1, 15, 30, 45))
    ]  # fmt: skip
    nobody = [row(PRACTICE_NPI, "alpha", effective_from="2020-01-01")]
    world.today += timedelta(days=1)
    world.ask("roster apply", rows=nobody, source="test", replace_all=True)
    world.take_in(batch837p(specs, control=world.files))
    decided = {world.today: standing(world)}
    for later, rows in history:
        world.today += timedelta(days=later)
        for each in rows:
            world.ask("roster apply", rows=[each], source="test")
        while world.runner.run(judge_due(world.site)):
            pass
        decided[world.today] = standing(world)
    for day, then in decided.items():
        assert replayed(world, day) == then


def standing(world: World) -> list[tuple[str, str]]:
    found = world.query(
        "SELECT state, code FROM claims WHERE batch = (SELECT max(id) FROM batches) AND state <> 'DUPLICATE' ORDER BY id"
    )
    return [("RELEASED" if r["state"] == "READY" else r["state"], r["code"]) for r in found]


def replayed(world: World, day: date) -> list[tuple[str, str]]:
    """Judged on that day by the records of that evening."""

    def judge(tx: Tx) -> list[tuple[str, str]]:
        believed = rosters.believed(tx, ENROLLMENTS, day=day)
        known = Evidence(tuple(record for record in believed if isinstance(record, Enrollment)))
        ids = [r["id"] for r in tx.all("SELECT id FROM claims WHERE batch = (SELECT max(id) FROM batches) ORDER BY id")]
        found = []
        for case in sorted(claims.cases(tx, ids), key=lambda case: case.id):
            said = world.site.gate.judge(replace(case, evidence=known, state="RECEIVED"), day)
            worst = max(said.findings, key=lambda finding: finding.outcome)
            found.append((said.would, worst.code if worst.outcome >= Outcome.HOLD else ""))
        return found

    result: list[tuple[str, str]] = world.runner.run(world.site.store.read(judge))
    return result

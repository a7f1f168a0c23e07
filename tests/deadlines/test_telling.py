"""Once each step: on a real database, whatever the clock does and however often the service starts."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.deadlines import LADDERS, Deadline, Kind
from gateway.store import Store, deadlines
from tests.store.conftest import AUDIT, KEY, Clock

DUE = date(2027, 3, 1)
PROVIDER_KINDS = [kind for kind in Kind if list(Kind).index(kind) > 3]


async def told_on(path: Path, deadline: Deadline, days: list[tuple[date, bool]]) -> list[str]:
    """Look on each of these days, where it says so after a restart; the steps that were told, in order."""
    store = await Store.open(path, KEY, AUDIT, Clock())
    for day, restart in days:
        if restart:
            await store.close()
            store = await Store.open(path, KEY, AUDIT, Clock())
        for _ in range(2):
            news = await store.read(deadlines.untold, [deadline], day)
            assert await store.write(deadlines.tell, [deadline], {}, day) == len(news)
    rows = await store.read(lambda tx: tx.all("SELECT body FROM events WHERE name LIKE 'deadline.%' ORDER BY seq"))
    await store.close()
    return [json.loads(row["body"])["step"] for row in rows]


def told(deadline: Deadline, days: list[tuple[date, bool]]) -> list[str]:
    with TemporaryDirectory() as folder:
        return asyncio.run(told_on(Path(folder) / "gateway.db", deadline, days))


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(PROVIDER_KINDS),
    st.lists(st.tuples(st.integers(-150, 20).map(lambda n: DUE + timedelta(days=n)), st.booleans()), max_size=8),
)
def test_each_step_is_told_once_and_only_forward(kind: Kind, days: list[tuple[date, bool]]) -> None:
    """A clock that jumps ahead tells the furthest step alone, one that jumps back nothing, a restart nothing again."""
    deadline = Deadline(kind, "2000000010 alpha", DUE, "alpha", npi="2000000010", record="enrollment 4")
    names = [step.name for step in LADDERS[kind]]
    expected: list[str] = []
    for day, _ in days:
        reached = [step.name for step in LADDERS[kind] if (DUE - day) <= step.before]
        if reached and (not expected or names.index(reached[-1]) > names.index(expected[-1])):
            expected.append(reached[-1])
    assert told(deadline, days) == expected


def test_a_renewed_day_starts_a_new_ladder_and_the_same_day_on_a_new_record_does_not() -> None:
    """What was told of a day stays told, however often the roster is imported."""
    first = Deadline(Kind.LICENCE, "2000000010 licence IA", DUE, npi="2000000010", record="statement 4")
    again = Deadline(Kind.LICENCE, first.subject, DUE, npi="2000000010", record="statement 5")
    renewed = Deadline(Kind.LICENCE, first.subject, DUE + timedelta(days=10), npi="2000000010", record="statement 6")

    async def story(path: Path) -> list[tuple[str, str]]:
        store = await Store.open(path, KEY, AUDIT, Clock())
        for deadline in (first, again, renewed):
            await store.write(deadlines.tell, [deadline], {}, DUE)
        rows = await store.read(lambda tx: tx.all("SELECT body FROM events ORDER BY seq"))
        await store.close()
        return [(body["subject"], body["step"]) for body in (json.loads(row["body"]) for row in rows)]

    with TemporaryDirectory() as folder:
        found = asyncio.run(story(Path(folder) / "gateway.db"))
    assert found == [("statement 4", "last_day"), ("statement 6", "days_14")]

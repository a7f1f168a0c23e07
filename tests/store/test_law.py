"""The law in a real store: every row moves what the table says, and a missing row changes nothing at all."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields

import pytest

from gateway import events as e
from gateway.errors import Unlawful
from gateway.lifecycle import MACHINES, hears
from gateway.store import Store, Tx, journal
from gateway.store.record import record

LANE, OTHER_LANE = "alpha/production", "beta/production"
TABLES = {
    "batch": "batches",
    "lane": "lanes",
    "submission": "submissions",
    "claim": "claims",
    "inquiry": "inquiries",
}
KEYS = {"batch": 2, "lane": LANE, "submission": 1, "claim": 1, "inquiry": 1}
RESTING = {"batch": "OPEN", "lane": "ACTIVE", "submission": "SENT", "claim": "SENT", "inquiry": "ANSWERED"}
Row = tuple[str, str, type[e.Event]]


def lawful() -> list[Row]:
    return [(m, state, kind) for m, table in MACHINES.items() for state, row in table.items() for kind in row]


def missing() -> Iterator[Row]:
    """What a machine hears in some state, in every state that has no row for it. The proof of an arrival is apart: it
    comes late by nature, and passes by the claims that have gone elsewhere; so does whatever happens to a submission by the
    questions that it carries no more, or that are closed."""
    for machine, table in MACHINES.items():
        for kind in sorted({kind for row in table.values() for kind in row}, key=lambda kind: kind.__name__):
            for state in table:
                apart = (machine, kind) == ("claim", e.ArrivalProven) or (machine == "inquiry" and not names_one(kind))
                if kind not in table[state] and not apart:
                    yield machine, state, kind


def names_one(kind: type[e.Event]) -> bool:
    """Whether it is about one question, not about a submission of them."""
    return "inquiry" in kind.__annotations__


def name_of(value: object) -> str:
    return value.__name__ if isinstance(value, type) else str(value)


def event_of(kind: type[e.Event]) -> e.Event:
    """An event of this class about the batch, lane, submission and claim of `KEYS`."""
    hints = typing.get_type_hints(kind)
    plain: dict[object, object] = {int: 1, str: "X", tuple[str, ...]: ()}
    needed = [f.name for f in fields(kind) if f.default is MISSING]
    return kind(**{name: KEYS.get(name, plain.get(hints[name])) for name in needed})


def companions(machine: str, kind: type[e.Event]) -> dict[str, str]:
    """States of the other machines in which they have a row for this event."""
    return {
        other: next((state for state, row in table.items() if kind in row), RESTING[other])
        for other, table in MACHINES.items()
        if other != machine
    }


def build(tx: Tx, states: dict[str, str], claims: dict[int, int] | None = None) -> None:
    """The least that holds: two batches, two lanes, two submissions, and claims with the submission of each."""
    tx.run("INSERT INTO documents VALUES (1, 'd', x'00', 1, 'k', 't')")
    for batch, state in ((1, "OPEN"), (KEYS["batch"], states["batch"])):
        tx.run(
            "INSERT INTO batches (id, document, file_name, work_name, state, received_at)"
            " VALUES (?, 1, 'f', ?, ?, 't')",
            batch,
            f"w{batch}",
            state,
        )
    tx.run("INSERT INTO interchanges VALUES (1, 1, 'ZZ A', 'ZZ B', '1', 'P', '2a 3a 7e')")
    tx.run("INSERT INTO sets VALUES (1, 1, 1, '1', '1', '005010X222A1', 'r', 'CH', '[]')")
    for lane, state in ((LANE, states["lane"]), (OTHER_LANE, "ACTIVE")):
        tx.run("INSERT INTO lanes (key, state, since) VALUES (?, ?, 't')", lane, state)
    for submission, state in ((1, states["submission"]), (2, "SENT")):
        tx.run(
            "INSERT INTO submissions (id, lane, state, isa13, reference, moment, version, mode, usage, delimiters,"
            " remote_name, claims, planned_at) VALUES (?, ?, ?, ?, 'r', 't', 'v', 'CH', 'P', '', ?, 1, 't')",
            submission,
            LANE,
            state,
            submission,
            f"{submission}.837",
        )
    for claim, submission in (claims or {1: 1, 2: 2}).items():
        state = states["claim"] if submission == 1 else "ASSIGNED"
        put_claim(tx, claim, submission, state)
    put_inquiry(tx, 1, 1, states["inquiry"])


def put_inquiry(tx: Tx, inquiry: int, submission: int, state: str) -> None:
    tx.run(
        "INSERT INTO inquiries (id, claim, attempt, trace, lane, payer, state, code, actor, submission, opened_at)"
        " VALUES (?, 1, 1, ?, ?, 'alpha', ?, '835', 'system', ?, 't')",
        inquiry,
        f"GWQ{inquiry}",
        LANE,
        state,
        submission,
    )


def put_claim(tx: Tx, claim: int, submission: int, state: str) -> None:
    tx.run(
        "INSERT INTO claims (id, batch, transaction_set, family, control_number, kind, frequency, payer_id, billing_npi,"
        " levels, first_byte, last_byte, fingerprint, facts, state, submission, received_at, changed_at)"
        " VALUES (?, 1, 1, ?, 'A', 'P', '1', '77001', '', '', 0, 1, x'00', x'00', ?, ?, 't', 't')",
        claim,
        claim,
        state,
        submission,
    )
    tx.run("INSERT INTO attempts (id, claim, submission, trace) VALUES (?, ?, ?, ?)", claim, claim, submission, claim)


def everything(tx: Tx) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, the chain among them."""
    tables = [row["name"] for row in tx.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {table: sorted((tuple(row) for row in tx.all(f"SELECT * FROM {table}")), key=repr) for table in tables}


def state_of(tx: Tx, machine: str) -> str:
    key = "key" if machine == "lane" else "id"
    row = tx.one(f"SELECT state FROM {TABLES[machine]} WHERE {key} = ?", KEYS[machine])
    assert row
    return str(row["state"])


def claim_states(tx: Tx) -> dict[int, str]:
    return {row["id"]: row["state"] for row in tx.all("SELECT id, state FROM claims")}


@pytest.mark.parametrize(("machine", "state", "kind"), lawful(), ids=name_of)
async def test_a_row_of_the_table_moves_what_it_names(
    store: Store, machine: str, state: str, kind: type[e.Event]
) -> None:
    """The event is in the chain, and the row in the database is in the state the table says."""
    await store.write(build, {**companions(machine, kind), machine: state})
    seq = await store.write(record, event_of(kind))
    assert await store.read(state_of, machine) == MACHINES[machine][state][kind]
    written = await store.read(lambda tx: tx.all("SELECT seq, name FROM events"))
    assert [tuple(row) for row in written] == [(seq, kind.name)]
    assert (await store.read(journal.verify)).broken_at is None


@pytest.mark.parametrize(("machine", "state", "kind"), list(missing()), ids=name_of)
async def test_a_missing_row_changes_nothing(store: Store, machine: str, state: str, kind: type[e.Event]) -> None:
    """Though every other machine had a row for the event, not one byte of database or chain is changed."""
    await store.write(build, {**companions(machine, kind), machine: state})
    before = await store.read(everything)
    with pytest.raises(Unlawful):
        await store.write(record, event_of(kind))
    assert await store.read(everything) == before
    await store.write(record, e.BackupTaken(documents=0))
    report = await store.read(journal.verify)
    assert (report.events, report.broken_at) == (1, None)


@pytest.mark.parametrize("machine", MACHINES)
async def test_an_event_about_nothing_we_have_changes_nothing(store: Store, machine: str) -> None:
    """A batch, lane, submission or claim that is not there has no state to leave."""
    kind = next(kind for row in MACHINES[machine].values() for kind in row if machine in kind.__annotations__)
    before = await store.read(everything)
    with pytest.raises(Unlawful):
        await store.write(record, event_of(kind))
    assert await store.read(everything) == before


FAN_OUT = sorted(
    {
        kind
        for row in MACHINES["claim"].values()
        for kind in row
        if "submission" in kind.__annotations__ and "claim" not in kind.__annotations__
    },
    key=lambda kind: kind.__name__,
)


def test_the_events_that_reach_all_claims_of_a_submission_are_known() -> None:
    """A new one must be looked at here before it moves anything."""
    assert {kind.__name__ for kind in FAN_OUT} == {
        "ArrivalProven", "FileRefused", "SubmissionAbandoned", "SubmissionAbandonedInDoubt", "SubmissionPlanned",
        "Transmitted",
    }  # fmt: skip


@pytest.mark.parametrize("kind", FAN_OUT, ids=name_of)
async def test_a_submissions_event_moves_exactly_its_own_claims(store: Store, kind: type[e.Event]) -> None:
    """All claims of that submission, and none of another that stands in the same state."""
    state = next(state for state, row in MACHINES["claim"].items() if kind in row and state != "RECEIVED")
    await store.write(build, {**companions("claim", kind), "claim": state}, {1: 1, 2: 2, 3: 1, 4: 1})
    await store.write(lambda tx: tx.run("UPDATE claims SET state = ? WHERE id = 2", state))
    await store.write(record, event_of(kind))
    moved = MACHINES["claim"][state][kind]
    assert await store.read(claim_states) == {1: moved, 2: state, 3: moved, 4: moved}


@pytest.mark.parametrize("kind", [k for k in FAN_OUT if k is not e.ArrivalProven], ids=name_of)
async def test_one_claim_without_a_row_stops_the_event_for_all(store: Store, kind: type[e.Event]) -> None:
    """A submission's event moves all of its claims or none: the lawful ones stay with the unlawful one."""
    state = next(state for state, row in MACHINES["claim"].items() if kind in row)
    await store.write(build, {**companions("claim", kind), "claim": state}, {1: 1, 3: 1})
    await store.write(lambda tx: tx.run("UPDATE claims SET state = 'WITHDRAWN' WHERE id = 3"))
    before = await store.read(everything)
    with pytest.raises(Unlawful):
        await store.write(record, event_of(kind))
    assert await store.read(everything) == before


@pytest.mark.parametrize("state", MACHINES["claim"])
async def test_a_late_proof_moves_only_the_claims_that_still_wait(store: Store, state: str) -> None:
    """An abandoned submission had arrived after all: waiting claims are sent by it, those gone elsewhere stay."""
    elsewhere = state in ("ASSIGNED", "SENT")
    await store.write(build, {**RESTING, "submission": "ABANDONED", "claim": state}, {1: 1})
    await store.write(lambda tx: tx.run("UPDATE claims SET submission = ?", 2 if elsewhere else None))
    await store.write(record, e.ArrivalProven(submission=1, evidence="999"))
    row = await store.read(lambda tx: tx.one("SELECT state, submission FROM claims"))
    waits = state in ("RECEIVED", "HELD", "READY")
    assert row
    assert tuple(row) == (("SENT", 1) if waits else (state, 2 if elsewhere else None))


async def test_a_late_proof_moves_no_claim_that_submission_never_carried(store: Store) -> None:
    """A stranger that waits in the same state, in no submission either, goes on waiting."""
    await store.write(build, {**RESTING, "submission": "ABANDONED", "claim": "READY"}, {1: 1, 2: 2})
    await store.write(lambda tx: tx.run("UPDATE claims SET submission = NULL, state = 'READY'"))
    await store.write(record, e.ArrivalProven(submission=1, evidence="999"))
    assert await store.read(claim_states) == {1: "SENT", 2: "READY"}


@pytest.mark.parametrize("kind", [kind for kind in MACHINES["inquiry"]["PLANNED"] if not names_one(kind)], ids=name_of)
async def test_a_submissions_event_moves_its_open_questions_alone(store: Store, kind: type[e.Event]) -> None:
    """Not those of another submission, and not one that was answered meanwhile."""
    await store.write(build, {**companions("inquiry", kind), "inquiry": "PLANNED"})
    await store.write(put_inquiry, 2, 1, "ANSWERED")
    await store.write(lambda tx: tx.run("DROP INDEX inquiries_open"))
    await store.write(put_inquiry, 3, 2, "PLANNED")
    await store.write(record, event_of(kind))
    rows = await store.read(lambda tx: tx.all("SELECT state, submission FROM inquiries ORDER BY id"))
    after = MACHINES["inquiry"]["PLANNED"][kind]
    own = (after, None if after == "WAITING" else 1)
    assert [tuple(row) for row in rows] == [own, ("ANSWERED", 1), ("PLANNED", 2)]


async def test_an_event_no_machine_hears_is_only_written_down(store: Store) -> None:
    """Taking a backup moves nothing, yet it is in the chain."""
    assert not any(hears(machine, e.BackupTaken) for machine in MACHINES)
    await store.write(build, RESTING)
    before = await store.read(everything)
    await store.write(record, e.BackupTaken(documents=1))
    after = await store.read(everything)
    assert len(after.pop("events")) == len(before.pop("events")) + 1
    assert after == before

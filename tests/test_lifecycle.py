"""The law: its tables have no holes, and a standing is a sum."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import events as e
from gateway.errors import Unlawful
from gateway.lifecycle import (
    BIRTH,
    CLAIM,
    MACHINES,
    SUBMISSION,
    Adjudicated,
    Standing,
    Verdict,
    advance,
    hears,
    standing,
)

ENDS = {
    "batch": {"REFUSED", "DUPLICATE", "CLOSED"},
    "lane": {"ACTIVE"},
    "submission": {"SENT", "ABANDONED"},
    "claim": {"SENT", "REJECTED", "WITHDRAWN", "DUPLICATE"},
    "inquiry": {"ANSWERED", "UNANSWERED", "REFUSED", "DROPPED"},
}
DAY = date(2026, 11, 10)


def reachable(machine: str, start: str) -> set[str]:
    found, new = {start}, {start}
    while new:
        new = {nxt for state in new for nxt in MACHINES[machine][state].values()} - found
        found |= new
    return found


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_reachable_from_birth(machine: str) -> None:
    """A state nothing leads to would be dead law."""
    assert reachable(machine, BIRTH[machine]) == set(MACHINES[machine])


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_can_come_to_rest(machine: str) -> None:
    """From everywhere there is a way to an end, so nothing is stuck by law."""
    for state in MACHINES[machine]:
        assert reachable(machine, state) & ENDS[machine], state


@pytest.mark.parametrize("machine", MACHINES)
def test_an_event_without_a_row_raises(machine: str) -> None:
    """A missing row is an alarm that names machine, state and event."""
    for state, row in MACHINES[machine].items():
        for kind in {k for r in MACHINES[machine].values() for k in r} - set(row):
            with pytest.raises(Unlawful) as alarm:
                advance(machine, state, kind)
            assert (alarm.value.machine, alarm.value.state) == (machine, state)


def test_no_event_of_a_submission_leaves_a_claim_behind() -> None:
    """Submission and claim walked together: whatever a submission does, its assigned claims know the event too."""
    moves = {(state, kind, nxt) for state, row in SUBMISSION.items() for kind, nxt in row.items()}
    for state, kind, nxt in moves:
        if state == "PLANNED" and nxt in {"PLANNED", "TRANSMITTING"}:
            continue
        if nxt in {"SENT", "ABANDONED"} and state not in {"SENT", "ABANDONED"}:
            assert kind in CLAIM["ASSIGNED"], f"{kind.__name__} moves the submission to {nxt} and strands its claims"
        if nxt not in {"SENT", "ABANDONED"}:
            assert not hears("claim", kind), f"{kind.__name__} must not move claims"


def test_proof_of_an_abandoned_submission_reaches_claims_wherever_they_wait() -> None:
    """What was given up and had arrived after all is sent, from every state in which a claim waits."""
    for state in ("RECEIVED", "HELD", "READY", "ASSIGNED"):
        assert advance("claim", state, e.ArrivalProven) == "SENT"


def verdict(attempt: int, form: str, accepted: bool, stage: int = 1, day: date = DAY) -> Verdict:
    return Verdict(attempt, form, accepted, stage, day, "1")


def paid(reference: str, amount: int, place: int = 0, outcome: Standing = Standing.PAID) -> Adjudicated:
    return Adjudicated(outcome, reference, DAY, (place, 0), "", Decimal(135), Decimal(amount))


def reversal(reference: str, amount: int, original: str = "") -> Adjudicated:
    """Under a number of its own."""
    amounts = (Decimal(-135), Decimal(-amount))
    return Adjudicated(Standing.REVERSED, reference, DAY, (9, 0), original, *amounts)


@pytest.mark.parametrize(
    ("attempts", "verdicts", "ledger", "expected"),
    [
        ([], [], [], Standing.NONE),
        ([1], [], [], Standing.SENT),
        ([1], [verdict(1, "999", True)], [], Standing.ACKNOWLEDGED),
        ([1], [verdict(1, "999", False)], [], Standing.RETURNED),
        ([1], [verdict(1, "TA1", True, 0), verdict(1, "999", False)], [], Standing.RETURNED),
        ([1], [verdict(1, "277CA", True)], [], Standing.ACCEPTED),
        ([1], [verdict(1, "277CA", True), verdict(1, "999", False)], [], Standing.ACCEPTED),
        ([1], [verdict(1, "277CA", True, 0), verdict(1, "277CA", False, 1)], [], Standing.DECLINED),
        ([1], [verdict(1, "277CA", True), verdict(1, "277CA", False, 1, date(2026, 11, 12))], [], Standing.DECLINED),
        ([1, 2], [verdict(1, "999", False)], [], Standing.SENT),
        ([1, 2], [verdict(1, "277CA", True), verdict(2, "999", False)], [], Standing.ACCEPTED),
        ([1], [verdict(1, "277CA", False)], [Adjudicated(Standing.PAID, "A", DAY)], Standing.PAID),
        (
            [1],
            [],
            [Adjudicated(Standing.PAID, "A", DAY), Adjudicated(Standing.REVERSED, "A", DAY, (0, 1))],
            Standing.REVERSED,
        ),
        (
            [1],
            [],
            [
                Adjudicated(Standing.PAID, "A", DAY),
                Adjudicated(Standing.REVERSED, "A", DAY, (0, 1)),
                Adjudicated(Standing.DENIED, "B", DAY, (0, 2)),
            ],
            Standing.DENIED,
        ),
        ([1], [], [paid("A", 90), reversal("R", 90)], Standing.REVERSED),
        ([1], [], [paid("A", 90), reversal("R", 80)], Standing.PAID),
        ([1], [], [paid("A", 90), reversal("R", 80, "A")], Standing.REVERSED),
        ([1], [], [paid("A", 80), paid("B", 90, 1), reversal("R", 80)], Standing.PAID),
        ([1], [], [paid("A", 0, outcome=Standing.DENIED), paid("B", 90, 1), reversal("R", 90)], Standing.DENIED),
        ([1], [], [paid("A", 90), paid("B", 0, 1, Standing.DENIED)], Standing.PARTLY_PAID),
        ([1], [], [paid("A", 90), paid("B", 0, 1, Standing.DENIED), reversal("R", 90, "A")], Standing.DENIED),
        ([1], [], [paid("A", 0, outcome=Standing.DENIED), paid("B", 90, 1)], Standing.PAID),
        # The payer keeps its number, and the correction is told before the reversal.
        ([1], [], [paid("A", 90), paid("A", 0, 1, Standing.DENIED), reversal("A", 90)], Standing.DENIED),
        ([1], [], [paid("A", 90), paid("A", 90, 1), reversal("A", 90)], Standing.PAID),
        ([1], [], [paid("A", 90), paid("A", 80, 1), reversal("A", 70)], Standing.REVERSED),
    ],
)
def test_where_a_sent_claim_stands(
    attempts: list[int], verdicts: list[Verdict], ledger: list[Adjudicated], expected: Standing
) -> None:
    """Adjudications first, then 277CA by stage and date, then 999 and TA1, else sent."""
    assert standing(attempts, verdicts, ledger) is expected


def on_one_day(ledger: list[tuple[str, int]], places: list[int]) -> list[Adjudicated]:
    """Payments and, of less than nothing, reversals, each in a remittance of its own whose trace sorts at this place."""
    return [
        Adjudicated(
            Standing.PAID if amount > 0 else Standing.REVERSED,
            reference,
            DAY,
            (place, 0),
            "",
            Decimal(135 if amount > 0 else -135),
            Decimal(amount),
            remittance=place + 1,
        )
        for (reference, amount), place in zip(ledger, places, strict=True)
    ]


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from([60, 80, 90]), st.booleans()), min_size=1, max_size=4),
    st.data(),
)
def test_a_reversal_of_the_same_day_takes_back_whatever_its_trace_is(
    payments: list[tuple[str, int, bool]], data: st.DataObject
) -> None:
    """Of two payments of one day nobody says which came first: what was paid and not taken back stands."""
    ledger = [(reference, amount) for reference, amount, _ in payments]
    ledger += [(reference, -amount) for reference, amount, reversed_ in payments if reversed_]
    places = data.draw(st.permutations(range(len(ledger))))
    left = [each for *each, reversed_ in payments if not reversed_]
    assert standing([1], [], on_one_day(ledger, places)) is (Standing.PAID if left else Standing.REVERSED)


def test_a_correction_behind_its_reversal_in_one_remittance_stands() -> None:
    """Of the same money, and of a claim whose first payment nobody here knows."""
    ledger = on_one_day([("A", -90), ("A", 90)], [0, 1])
    assert standing([1], [], ledger) is Standing.REVERSED
    assert standing([1], [], [replace(each, remittance=1) for each in ledger]) is Standing.PAID


VERDICTS = st.builds(
    Verdict,
    attempt=st.integers(1, 3),
    form=st.sampled_from(["TA1", "999", "277CA"]),
    accepted=st.booleans(),
    stage=st.integers(0, 1),
    dated=st.dates(date(2026, 1, 1), date(2026, 1, 4)),
    sequence=st.sampled_from(["1", "2"]),
)
LEDGER = st.builds(
    Adjudicated,
    outcome=st.sampled_from([Standing.PAID, Standing.PARTLY_PAID, Standing.DENIED, Standing.REVERSED]),
    reference=st.sampled_from("AB"),
    produced=st.dates(date(2026, 1, 1), date(2026, 1, 3)),
    sequence=st.tuples(st.integers(1, 2), st.integers(1, 9)),
    original=st.sampled_from(["", "A"]),
    charge=st.sampled_from([Decimal(9), Decimal(-9)]),
    paid=st.sampled_from([Decimal(5), Decimal(-5)]),
)


@given(st.lists(VERDICTS), st.lists(LEDGER, unique_by=lambda a: (a.produced, a.sequence)), st.randoms())
def test_order_and_repetition_of_facts_change_nothing(
    verdicts: list[Verdict], ledger: list[Adjudicated], random: object
) -> None:
    """Late, twice, out of order: the same facts give the same standing."""
    once = standing([1, 2, 3], verdicts, ledger)
    shuffled, again = verdicts * 2, ledger * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert standing([3, 1, 2, 2], shuffled, again) is once


def test_event_names_are_stable_and_unique() -> None:
    """People filter logs by these names."""
    kinds = [kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, e.Event) and kind.name]
    names = sorted(kind.name for kind in kinds)
    assert all(before != after for before, after in pairwise(names))
    assert {kind.name for kind in kinds if kind.kind == "rejection"} == {
        "batch.refused",
        "claim.declined",
        "claim.denied",
        "claim.partly_paid",
        "claim.rejected",
        "claim.returned",
        "lane.interchange_rejected",
        "submission.file_refused",
    }

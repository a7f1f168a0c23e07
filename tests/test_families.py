"""Versions of one claim: known as such by whatever names them, and standing together whatever order answers come in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.daemon import Daemon
from gateway.families import How, Known, Link, Version, follows, standing_of
from gateway.lifecycle import Adjudicated, Standing
from gateway.store import claims
from gateway.store.connection import connect
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.sites import make_site
from tests.store.aging import age
from tests.test_rehearsal import World, row

DAY = date(2026, 5, 4)
ANN = ("M1", date(1980, 2, 14))
BEN = ("M2", date(1980, 2, 14))
CHARGE = Decimal(120)
FIRST = Known(1, 1, "1", ANN, DAY, CHARGE)


# Which earlier claim a new one corrects


@pytest.mark.parametrize(
    ("frequency", "patient", "day", "charge", "known", "expected"),
    [
        ("7", BEN, None, None, [replace(FIRST, numbered=True, named=False)], Link(1, 1, How.PAYER_NUMBER)),
        ("8", ANN, DAY, CHARGE, [FIRST], Link(1, 1, How.CLAIM_NUMBER)),
        ("1", ANN, DAY, Decimal(99), [FIRST], Link(1, 1, How.CLAIM_NUMBER)),
        ("1", BEN, DAY, CHARGE, [FIRST], None),
        ("1", ANN, DAY + timedelta(1), CHARGE, [FIRST], None),
        ("7", ANN, DAY + timedelta(1), CHARGE, [FIRST], Link(1, 1, How.CLAIM_NUMBER)),
        ("7", ANN, DAY + timedelta(1), CHARGE, [FIRST, replace(FIRST, id=2, family=2)], None),
        ("7", ANN, DAY, CHARGE, [FIRST, replace(FIRST, id=2, frequency="7")], Link(2, 1, How.CLAIM_NUMBER)),
        ("1", ANN, DAY, CHARGE, [replace(FIRST, numbered=True, named=False)], None),
        ("3", ANN, DAY, CHARGE, [FIRST], None),
        ("1", ANN, DAY, CHARGE, [replace(FIRST, patient=("M1", None))], Link(1, 1, How.CLAIM_NUMBER)),
        ("1", BEN, DAY, CHARGE, [replace(FIRST, patient=("M1", None))], None),
        ("1", ("", None), DAY, CHARGE, [replace(FIRST, patient=("", None))], None),
        ("1", BEN, DAY, CHARGE, [replace(FIRST, unfiled=True)], Link(1, 1, How.CLAIM_NUMBER)),
        ("1", BEN, DAY, Decimal(99), [replace(FIRST, unfiled=True)], None),
        ("1", BEN, DAY, CHARGE, [replace(FIRST, unfiled=True, patient=("M1", date(2001, 1, 1)))], None),
        ("1", ("M2", None), DAY, CHARGE, [replace(FIRST, unfiled=True, patient=("M1", None))], None),
    ],
    ids=["by the payer's number", "void by ours", "original again", "another patient", "another visit", "corrected day",
         "corrected day of one of two visits", "third version", "an original names no payer's number", "interim bill",
         "a birth date that was not kept", "another member, with one that was not kept", "nothing known of a patient",
         "a corrected member id of what was never filed", "and another charge", "and another birth date", "and none"],
)  # fmt: skip
def test_a_claim_follows_the_one_it_corrects(
    frequency: str, patient: Any, day: date | None, charge: Decimal | None, known: list[Known], expected: Link | None
) -> None:
    """By the payer's number before ours, and by CLM01 alone never: it may be the patient's account."""
    assert follows(frequency, patient, day, charge, known) == expected


# Where a family stands


def entry(outcome: Standing, reference: str, day: int, place: int) -> Adjudicated:
    return Adjudicated(outcome, reference, DAY + timedelta(day), (place, 0))


DENIED = Version(1, "1", "SENT", "DENIED", (entry(Standing.DENIED, "R1", 1, 0),))
REVERSED = replace(
    DENIED, standing="REVERSED", ledger=(*DENIED.ledger, entry(Standing.REVERSED, "R1", 9, 1)), paid=Decimal(0)
)
PAID = Version(2, "7", "SENT", "PAID", (entry(Standing.PAID, "R2", 9, 2),), Decimal(80), Decimal(20))
STILL = replace(PAID, id=1, frequency="1", ledger=(entry(Standing.PAID, "R1", 1, 0),))
COPY = replace(DENIED, id=2, frequency="7", ledger=(entry(Standing.DENIED, "R2", 9, 2),))
WAITS = Version(2, "7", "SENT", "ACCEPTED")


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([DENIED], ("DENIED", 1, None, None, 0)),
        ([DENIED, WAITS], ("DENIED", 1, 2, None, 0)),
        ([DENIED, replace(WAITS, standing="DECLINED")], ("DENIED", 1, None, None, 0)),
        ([DENIED, PAID], ("PAID", 2, None, None, 80)),
        ([REVERSED, PAID], ("PAID", 2, None, None, 80)),
        ([REVERSED, replace(WAITS, frequency="8")], ("REVERSED", 1, None, 2, 0)),
        ([REVERSED], ("REVERSED", 1, None, None, 0)),
        ([replace(DENIED, state="REJECTED", standing="", ledger=()), replace(WAITS, id=3)], ("ACCEPTED", 3, None, None, 0)),
        ([replace(WAITS, id=1, standing="DECLINED")], ("DECLINED", 1, None, None, 0)),
        ([STILL, COPY], ("PARTLY_PAID", 2, None, None, 80)),
        ([STILL, replace(COPY, frequency="8")], ("PAID", 1, None, None, 80)),
        ([REVERSED, COPY], ("DENIED", 2, None, None, 0)),
    ],
    ids=["one", "a replacement waits", "a replacement was refused", "replaced without a reversal", "reversed and corrected",
         "voided", "taken back by the payer", "rejected here, then sent", "declined",
         "a replacement is denied beside what is paid", "a void is denied", "a replacement of what was reversed is denied"],
)  # fmt: skip
def test_a_family_stands_by_the_last_word_on_any_version(versions: list[Version], expected: tuple[Any, ...]) -> None:
    """In whatever order the versions are looked at."""
    for order in permutations(versions):
        found = standing_of(order)
        assert (found.stands, found.version, found.pending, found.voided_by, found.paid) == expected


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(["PAID", "DENIED", "REVERSED"]), st.integers(0, 500)), min_size=1
    )
)
def test_the_money_of_a_family_is_the_sum_of_its_versions(said: list[tuple[int, str, int]]) -> None:
    """And it stands by a version that is one of them."""
    ids = sorted({id for id, _, _ in said})
    made = [
        Version(
            id, "1" if id == ids[0] else "7", "SENT", "SENT",
            tuple(entry(Standing(o), "R", n, n) for n, (i, o, _) in enumerate(said) if i == id),
            sum((Decimal(p) for i, _, p in said if i == id), Decimal(0)),
        )
        for id in ids
    ]  # fmt: skip
    found = standing_of(made)
    assert found.paid == sum(p for _, _, p in said)
    assert found.version in ids
    assert standing_of(made[::-1]) == found


# At a site


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("families")
    with PayerSimulator(root / "alpha") as alpha:
        made = World(make_site(root / "site", {"alpha": alpha}, [("2000000010", "alpha")]))
        made.today = DAY + timedelta(days=3)
        yield made
        made.close()


SPEC = ClaimSpec("A1", lines=[LineSpec(first_day=DAY)], payer_id="77001", member_id="M1")


def take(world: World, spec: ClaimSpec, control: int) -> tuple[str, str]:
    ((stands, code),) = world.take_in(batch837p([spec], control=control))
    return stands, code


def versions(world: World, claim: str) -> list[tuple[str, str, str | None]]:
    family = world.ask("why", claim=claim)["family"]
    return [(v["claim"], v["stands"], v["corrects"]) for v in family["versions"]] if family else []


def test_a_corrected_original_takes_the_place_of_one_that_was_rejected_here(world: World) -> None:
    """CLM01 means the version that counts now, and a copy of one is none."""
    wrong = replace(SPEC, lines=[LineSpec(first_day=DAY)], charge=999)
    assert take(world, wrong, 1) == ("REJECTED", "CHARGE_SUM")
    assert take(world, SPEC, 2) == ("RELEASED", "")
    assert take(world, replace(SPEC), 3)[0] == "DUPLICATE"
    assert versions(world, "A1") == [("C1", "REJECTED", None), ("C2", "READY", "C1")]
    listed = {c["claim"]: c["version"] for c in world.ask("claims")}
    assert listed == {"C1": "1 of 2", "C2": "2 of 2", "C3": ""}
    assert [e["event"] for e in world.ask("timeline", claim="C1")][-1] == "claim.linked"
    assert "C2" in world.ask("why", claim="C1")["family"]["says"]


def test_a_corrected_member_id_takes_the_place_of_what_was_rejected(world: World) -> None:
    """And of two corrections that wait the newer goes."""
    wrong = replace(SPEC, control_number="A7", member_id="WRONG", place_of_service="00", rendering="2000000036")
    assert take(world, wrong, 1)[0] == "REJECTED"
    for number, member in ((2, "M7"), (3, "M77")):
        assert take(world, replace(wrong, member_id=member, place_of_service="11"), number)[0] == "HELD"
    assert [claim for claim, *_ in versions(world, "A7")] == ["C1", "C2", "C3"]
    assert world.ask("why", claim="C2")["code"] == "NEWER_VERSION"


def test_of_two_versions_that_wait_only_the_newer_goes(world: World) -> None:
    """What is held, and corrected meanwhile, does not go beside its correction when its hold ends."""
    held = replace(SPEC, rendering="2000000028")
    assert take(world, held, 1) == ("HELD", "ENROLLMENT_UNKNOWN")
    assert take(world, SPEC, 2) == ("RELEASED", "")
    world.ask("roster apply", rows=[row("2000000028", "alpha", effective_from="2020-01-01")], source="test")
    take(world, replace(SPEC, control_number="OTHER", member_id="M9"), 3)
    assert world.ask("why", claim="C1")["code"] == "NEWER_VERSION"
    world.ask("withdraw", claim="C2", reason="the first one was right")
    take(world, replace(SPEC, control_number="OTHER2", member_id="M8"), 4)
    assert world.ask("why", claim="C1")["stands"] == "READY"


def test_a_visit_of_the_same_account_is_no_version(world: World) -> None:
    """Many practices write the patient's account into CLM01."""
    take(world, SPEC, 1)
    assert take(world, replace(SPEC, lines=[LineSpec(first_day=DAY + timedelta(1))]), 2) == ("RELEASED", "")
    assert versions(world, "C2") == []


def test_a_replacement_of_a_claim_that_is_not_ours_goes_and_says_so(world: World) -> None:
    """It was sent by another channel."""
    spec = replace(SPEC, frequency="7", payer_control_number="ELSEWHERE7")
    assert take(world, spec, 1) == ("RELEASED", "")
    told = world.ask("why", claim="C1")
    assert "ORIGINAL_UNKNOWN" in [f["code"] for f in told["findings"]]
    assert "did not go through this gateway" in told["family"]["says"]


CORRECTED = replace(
    SPEC, frequency="7", payer_control_number="PAYERS7", lines=[LineSpec(first_day=DAY, charge=Decimal(99))]
)


def forget_patients(path: Path, key: bytes) -> None:
    """And facts as they were kept before patients were."""
    age(path, key)
    conn = connect(path, key)
    for stored in conn.execute("SELECT id, facts FROM claims").fetchall():
        conn.execute(
            "UPDATE claims SET facts = ? WHERE id = ?", (json.dumps(json.loads(stored[1])[:20]).encode(), stored[0])
        )
    conn.close()


@pytest.mark.parametrize("as_it_was", [age, forget_patients])
def test_a_correction_finds_its_family_in_a_store_that_is_older_than_families(world: World, as_it_was: Any) -> None:
    """What came before, and what comes now; a claim of another day stays alone, and nothing is looked at twice."""
    take(world, SPEC, 1)
    take(world, replace(SPEC, lines=[LineSpec(first_day=DAY + timedelta(1))]), 2)
    take(world, CORRECTED, 3)
    world.reopen(as_it_was)
    assert [corrects for _, _, corrects in versions(world, "C3")] == [None]
    while world.runner.run(world.site.store.write(claims.link_earlier)):
        pass
    assert [(v, corrects) for v, _, corrects in versions(world, "C3")] == [("C1", None), ("C3", "C1")]
    assert [e["event"] for e in world.ask("timeline", claim="C1")][-1] == "claim.linked"
    take(world, replace(CORRECTED, payer_control_number="PAYERS8"), 4)
    assert [(v, corrects) for v, _, corrects in versions(world, "C1")] == [("C1", None), ("C3", "C1"), ("C4", "C3")]
    assert versions(world, "C2") == []
    assert world.query("SELECT * FROM unlinked") == []


def test_a_correction_that_came_before_its_family_was_looked_for_is_led_into_it(world: World) -> None:
    """A start does not wait for the whole store to be looked at."""
    take(world, SPEC, 1)
    take(world, CORRECTED, 2)
    world.reopen(age)
    take(world, replace(CORRECTED, payer_control_number="PAYERS8"), 3)
    assert versions(world, "C1") == []
    world.runner.run(Daemon(world.site)._clockwork())
    assert [(v, corrects) for v, _, corrects in versions(world, "C1")] == [("C1", None), ("C2", "C1"), ("C3", "C2")]


def test_our_own_number_in_the_place_of_the_payers_is_held(world: World) -> None:
    """The commonest mistake with REF*F8."""
    take(world, SPEC, 1)
    spec = replace(SPEC, frequency="7", payer_control_number="A1")
    assert take(world, spec, 2) == ("HELD", "PAYER_NUMBER_OURS")
    assert versions(world, "C2") == [("C1", "HELD", None), ("C2", "HELD", "C1")]

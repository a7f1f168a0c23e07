"""Denials as work: each root cause of a claim once, whatever comes in whatever order, until somebody ends it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli.main import gateway
from gateway.daemon import serve
from gateway.data import DENIAL_CODES
from gateway.deadlines import Kind, filing_limit
from gateway.denials import Entry, Open, Refusal, deadlines_of, dues_of, items_of, weight
from gateway.denials.clocks import business_days_after, nearest
from gateway.errors import Malformed, Refused
from gateway.lifecycle import Adjudicated, Standing
from gateway.model.answers import ClaimPayment, Remittance
from gateway.model.partners import Anchor, FilingRule, Payer
from gateway.model.x12 import Address
from gateway.store import Tx, answers, courses, denials
from gateway.store.denial_rows import replacing
from gateway.store.standings import of
from gateway.telling import words
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import Deny, PayerSimulator, Scenario
from gateway.workers.deadlines import tell
from tests.enrollment.world import claim as a_claim
from tests.sites import make_site
from tests.test_rehearsal import World
from tests.test_remittance import claim, line, remittance

RENDERING = "2000000010"
DAY = date(2026, 6, 1)
NOW = Decimal(1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("denials")
    with PayerSimulator(root / "alpha") as alpha:
        made = World(make_site(root / "site", {"alpha": alpha}, enrolled=[(RENDERING, "alpha")]))
        yield made
        made.close()


class Desk:
    """One claim at the site, and remittances of it."""

    def __init__(self, world: World, usage: str = "P") -> None:
        self.world = world
        self.name = f"D{world.files + 1}"
        lines = (LineSpec(charge=120, first_day=DAY), LineSpec("36415", charge=15, first_day=DAY))
        spec = ClaimSpec(self.name, lines, payer_id="77001", member_id=f"M{self.name}", rendering=RENDERING)
        world.take_in(batch837p([spec], control=world.files + 1, usage=usage))
        (row,) = world.query("SELECT max(id) AS id FROM claims")
        self.id: int = row["id"]

    def pays(self, payment: ClaimPayment, trace: str = "T1", day: date = DAY, reference: str = "R1") -> Remittance:
        """A remittance with one claim payment."""
        said = replace(payment, claim=self.name, payer_control_number=f"{reference}-{self.name}")
        made = remittance(
            said, amount=max(payment.paid, Decimal(0)), plb=(str(payment.paid),) if payment.paid < 0 else ()
        )
        envelope = replace(made.envelope, receiver=Address("ZZ", "OPENGATE"), usage="P")
        return replace(made, envelope=envelope, trace=trace, produced_on=day, payment_date=day + timedelta(1))

    def post(self, *said: Remittance) -> None:
        for each in said:
            self.world.runner.run(self.world.site.store.write(self._post, each))

    def _post(self, tx: Tx, said: Remittance) -> None:
        (lane,) = self.world.site.directory.lanes.values()
        (document,) = tx.all("SELECT min(id) AS id FROM documents")
        (last,) = tx.all("SELECT coalesce(max(ordinal), 0) AS n FROM answers")
        answers.post(tx, lane, document["id"], last["n"] + 1, said)

    def items(self) -> list[dict[str, Any]]:
        found = self.world.query("SELECT * FROM denials WHERE claim = ? ORDER BY cause", self.id)
        return [dict(row) for row in found]

    def facts(self) -> list[tuple[Any, ...]]:
        """What no arrival may change."""
        names = ("cause", "category", "owner", "npi", "code", "places", "amount", "fix", "final", "statement", "denied_on",
                 "times", "stands", "state", "outcome")  # fmt: skip
        return [tuple(item[name] for name in names) for item in self.items()]

    def events(self) -> list[str]:
        found = self.world.query(
            "SELECT name FROM events WHERE claim = ? AND name LIKE 'denial.%' ORDER BY seq", self.id
        )
        return [row["name"] for row in found]


def denied(*codes: str, remarks: tuple[str, ...] = ()) -> ClaimPayment:
    """Both lines refused for one reason each."""
    first, second = codes if len(codes) == 2 else codes * 2
    lines = line(120, 0, f"{first} 120", remarks=remarks), line(15, 0, f"{second} 15", remarks=remarks)
    return claim(135, 0, *lines)


PAID = claim(135, 100, line(120, 90, "CO-45 30"), line(15, 10, "CO-45 5"))
PARTLY = claim(135, 90, line(120, 90, "CO-45 30"), line(15, 0, "CO-197 15"))
REVERSED = claim(-135, 0, line(-120, 0, "CO-197 -120"), line(-15, 0, "CO-197 -15"), status="22")
PATIENTS = claim(135, 0, line(120, 0, "PR-1 120"), line(15, 0, "CO-45 15"))


# What a remittance makes of a claim


def test_a_denial_for_filing_names_the_proof(world: World) -> None:
    """The command that writes it is typed next; for another cause it is none."""
    late, other = Desk(world), Desk(world)
    late.post(late.pays(denied("CO-29")))
    other.post(other.pays(denied("CO-197")))
    typed = [world.ask("denials show", denial=desk.items()[0]["id"])["commands"] for desk in (late, other)]
    assert [[line for line in some if "proof" in line] for some in typed] == [
        [f"gateway proof C{late.id} --out DIR --to alpha"], []
    ]  # fmt: skip
    assert "`gateway proof`" in late.items()[0]["next"]


def test_lines_of_one_cause_are_one_item_and_a_denied_line_of_a_paid_claim_is_seen(world: World) -> None:
    """Money, owner and step of the whole cause; a claim that was paid otherwise is work all the same."""
    whole, partly = Desk(world), Desk(world)
    whole.post(whole.pays(denied("CO-197")))
    partly.post(partly.pays(PARTLY))
    assert [(i["cause"], i["amount"], i["owner"], i["places"]) for i in whole.items()] == [
        ("AUTH CO-197", "135", "front_desk", "2110[1]/CAS 2110[2]/CAS")
    ]
    assert [(i["cause"], i["amount"], i["state"]) for i in partly.items()] == [("AUTH CO-197", "15", "OPEN")]
    assert whole.events() == ["denial.opened"]


def test_what_the_patient_owes_and_the_contract_takes_is_no_work(world: World) -> None:
    """PR-1 that leaves nothing to pay, and CO-45; PR-96 is a denial, although the patient owes it."""
    clear, owed = Desk(world), Desk(world)
    clear.post(clear.pays(PATIENTS))
    owed.post(owed.pays(denied("PR-96", remarks=("N569",))))
    assert clear.items() == []
    assert [(i["cause"], i["category"]) for i in owed.items()] == [("BEN PR-96 N569", "BEN")]
    shown = world.ask("denials show", denial=owed.items()[0]["id"])
    assert "patient may be billed" in shown["patient"]


def test_two_causes_are_two_items(world: World) -> None:
    """Each has its own desk and its own money."""
    desk = Desk(world)
    desk.post(desk.pays(denied("CO-50", "CO-4")))
    assert [(i["cause"], i["owner"], i["amount"]) for i in desk.items()] == [
        ("CODE CO-4", "biller", "15"),
        ("MEDN CO-50", "physician", "120"),
    ]


def test_denials_for_enrollment_are_one_cause_for_each_provider(world: World) -> None:
    """B7 and N570 of one provider are mended together; the question to the payer is shown beside it."""
    desk = Desk(world)
    desk.post(desk.pays(denied("CO-B7", "CO-16", remarks=("N570",))))
    (item,) = desk.items()
    assert (item["category"], item["owner"], item["cause"]) == ("CRED", "credentialing", f"CRED {RENDERING}")
    shown = world.ask("denials show", denial=item["id"])
    assert shown["questions"][0]["npi"] == RENDERING


def test_a_denial_without_any_reason_is_work(world: World) -> None:
    """CLP02 4 says by itself that the payer does not know the patient."""
    desk = Desk(world)
    desk.post(desk.pays(claim(135, 0, own=("CO-45 135",), status="4")))
    assert [(i["cause"], i["amount"]) for i in desk.items()] == [("ELIG CLP02-4", "135")]


def test_a_reason_that_leaves_all_to_its_remarks_asks_to_call_where_there_are_none(world: World) -> None:
    """CARC 16 alone says nothing."""
    desk = Desk(world)
    desk.post(desk.pays(denied("CO-16")))
    assert desk.items()[0]["next"].startswith("The payer gave no detail: call it")


def test_a_test_claim_is_no_work(tmp_path_factory: pytest.TempPathFactory, world: World) -> None:
    """What a payer's test system denies concerns nobody."""
    desk = Desk(world, usage="T")
    desk.post(replace(said := desk.pays(denied("CO-197")), envelope=replace(said.envelope, usage="T")))
    assert world.query("SELECT outcome FROM adjudications WHERE claim = ?", desk.id)
    assert desk.items() == []


# How it ends


def test_the_payers_later_word_closes_it_and_a_new_denial_opens_it_again(world: World) -> None:
    """Paid after a denial; then that is denied once more."""
    desk = Desk(world)
    desk.post(desk.pays(denied("CO-197")))
    desk.post(desk.pays(PAID, "T2", DAY + timedelta(9), "R2"))
    assert [(i["state"], i["outcome"]) for i in desk.items()] == [("CLOSED", "paid")]
    desk.post(desk.pays(denied("CO-197"), "T3", DAY + timedelta(20), "R3"))
    assert [(i["state"], i["outcome"], i["times"]) for i in desk.items()] == [("OPEN", "", 2)]
    assert desk.events() == ["denial.opened", "denial.closed", "denial.opened"]


def test_why_shows_the_denials_of_a_claim_and_what_is_closed_runs_no_more(tmp_path: Path) -> None:
    """Whose work it is and until when, beside what was posted; nothing to do where all of them are closed."""
    with PayerSimulator(tmp_path / "payer", Scenario(Deny("197"))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        site.drop("a.837", batch837p([ClaimSpec("D1", payer_id="77001")]))
        for _ in range(2):
            asyncio.run(serve(site.config, until_idle=True))
            payer.tick()
        asyncio.run(serve(site.config, until_idle=True))
    told = site.ask("why", claim="D1")
    (item,) = told["denials"]
    assert (item["state"], item["owner"], item["days_left"] > 0) == ("OPEN", "front_desk", True)
    assert "authorization" in told["next"]
    site.ask("denials assign", denial=1, to="Ms. Lane")
    shown = site.ask("denials close", denial=1, outcome="written_off", reason="small")
    assert (shown["dues"], shown["due"], shown["next"]) == ([], None, "")
    told = site.ask("why", claim="D1")
    assert [(each["state"], each["assignee"]) for each in told["denials"]] == [("CLOSED", "Ms. Lane")]
    assert told["next"] == "Nothing: its denials are closed. `gateway denials show 1` says how."
    said = CliRunner().invoke(gateway, ["-c", str(site.config), "why", "D1"]).output
    assert "Denials of it" in said


def test_a_person_who_closes_it_as_paid_is_told_apart_from_a_remittance_that_paid(world: World) -> None:
    """Metrics count as overturned only what the payer paid."""
    paid, said = Desk(world), Desk(world)
    paid.post(paid.pays(denied("CO-197")), paid.pays(PAID, "T2", DAY + timedelta(9), "R2"))
    said.post(said.pays(denied("CO-197")))
    world.ask("denials close", denial=said.items()[0]["id"], outcome="paid", reason="a check by post")
    found = []
    for desk in (paid, said):
        (course, *_), _ = world.runner.run(world.site.store.read(courses.courses, desk.id - 1))
        (item,) = course.denials
        found.append((item.outcome, item.overturned, course.balance))
    assert found == [("paid", True, Decimal(0)), ("paid", False, Decimal(135))]


def test_a_reversal_closes_it_and_another_cause_takes_its_place(world: World) -> None:
    """Nothing stands after a reversal; of a second denial only the latest does."""
    desk, other = Desk(world), Desk(world)
    desk.post(desk.pays(denied("CO-197")), desk.pays(REVERSED, "T2", DAY + timedelta(3)))
    assert [(i["state"], i["outcome"]) for i in desk.items()] == [("CLOSED", "reversed")]
    other.post(other.pays(denied("CO-197")), other.pays(denied("CO-29"), "T2", DAY + timedelta(3), "R2"))
    assert [(i["cause"], i["state"], i["outcome"]) for i in other.items()] == [
        ("AUTH CO-197", "CLOSED", "changed"), ("TIME CO-29", "OPEN", "")
    ]  # fmt: skip


def test_a_person_ends_it_for_the_denial_that_stands_and_no_repetition_opens_it(world: World) -> None:
    """The same remittance again changes nothing; a new denial opens it; what is closed cannot be closed."""
    desk = Desk(world)
    first = desk.pays(denied("CO-197"))
    desk.post(first)
    number = desk.items()[0]["id"]
    world.ask("denials assign", denial=number, to="Ms. Lane")
    world.ask("denials note", denial=number, text="called, they have no record")
    shown = world.ask("denials close", denial=number, outcome="appealed_lost", reason="letter of 9 June")
    assert [(each["kind"], each["actor"]) for each in shown["said"]] == [
        ("assigned", "tester"), ("note", "tester"), ("closed", "tester")
    ]  # fmt: skip
    desk.post(first)
    world.runner.run(world.site.store.write(denials.compute, 0, desk.id))
    assert [(i["state"], i["outcome"], i["assignee"]) for i in desk.items()] == [
        ("CLOSED", "appealed_lost", "Ms. Lane")
    ]
    with pytest.raises(Refused):
        world.ask("denials close", denial=number, outcome="written_off", reason="again")
    with pytest.raises(Refused):
        world.ask("denials show", denial=10**6)
    desk.post(desk.pays(denied("CO-197"), "T8", DAY + timedelta(30), "R8"))
    assert [(i["state"], i["worked"]) for i in desk.items()] == [("OPEN", 0)]


def test_no_word_of_a_person_and_no_money_is_told_abroad(world: World) -> None:
    """The journal's events have ids, codes and our own words alone."""
    desk = Desk(world)
    desk.post(desk.pays(denied("CO-197")))
    number = desk.items()[0]["id"]
    world.ask("denials assign", denial=number, to="CANARY")
    world.ask("denials note", denial=number, text="CANARY was called")
    bodies = world.query("SELECT body FROM events WHERE claim = ? AND name LIKE 'denial.%'", desk.id)
    assert len(bodies) == 3
    assert not any(
        word in json.dumps([row["body"] for row in bodies]) for word in ("CANARY", "135", "120.00", desk.name)
    )


# Projections


payments = st.sampled_from([PAID, PARTLY, PATIENTS, REVERSED, denied("CO-197"), denied("CO-B7"), denied("CO-50", "CO-4"),
                            denied("CO-16", remarks=("N290",))])  # fmt: skip
said = st.lists(st.tuples(payments, st.integers(0, 3), st.sampled_from(["R1", "R2"])), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=said, data=st.data())
def test_any_order_and_repetition_ends_in_the_same_items(
    world: World, said: Sequence[tuple[ClaimPayment, int, str]], data: st.DataObject
) -> None:
    """The same remittances, two of them of one day too, shuffled and doubled: the same items and the same standing."""
    once, again = Desk(world), Desk(world)

    def facts_of(desk: Desk, order: Sequence[int]) -> Any:
        made = [desk.pays(p, f"T{n}", DAY + timedelta(day), ref) for n, (p, day, ref) in enumerate(said)]
        desk.post(*(made[n] for n in order))
        return json.loads(json.dumps(desk.facts()).replace(desk.name, "IT")), standing(desk)

    places = list(range(len(said)))
    shuffled = data.draw(st.permutations(places + data.draw(st.lists(st.sampled_from(places), max_size=3))))
    assert facts_of(once, places) == facts_of(again, shuffled)


def standing(desk: Desk) -> str:
    """By the ledger, wherever our own claim is."""
    return desk.world.runner.run(desk.world.site.store.read(of, desk.id)).value


def test_items_computed_anew_from_the_ledger_are_the_same(world: World) -> None:
    """Whatever a row came to say, the ledger and people's words say it again, also for what came before items."""
    desk = Desk(world)
    desk.post(desk.pays(denied("CO-50", "CO-4")), desk.pays(PAID, "T2", DAY + timedelta(1), "R2"))
    desk.post(desk.pays(denied("CO-50", "CO-197"), "T3", DAY + timedelta(2), "R3"))
    world.ask("denials close", denial=desk.items()[0]["id"], outcome="written_off", reason="small")
    before = desk.facts()

    def spoil(tx: Tx) -> None:
        tx.run(
            "UPDATE denials SET state = 'OPEN', outcome = 'x', amount = '0', times = 0, code = '?' WHERE claim = ?",
            desk.id,
        )
        tx.run("INSERT INTO denials_to_compute VALUES (?)", desk.id)

    world.runner.run(world.site.store.write(spoil))
    assert desk.facts() != before
    assert world.runner.run(world.site.store.write(denials.catch_up)) == 1
    assert desk.facts() == before
    assert len(before) == 3


def test_documents_posted_anew_give_the_same_items(world: World) -> None:
    """The ledger and all items of a claim gone, and the same remittances read again, last first."""
    desk = Desk(world)
    made = [
        desk.pays(denied("CO-197")),
        desk.pays(PARTLY, "T2", DAY + timedelta(1), "R2"),
        desk.pays(REVERSED, "T3", DAY),
    ]
    desk.post(*made)
    before = desk.facts()

    def forget(tx: Tx) -> None:
        tx.run("DELETE FROM denials WHERE claim = ?", desk.id)
        gone = [row["remittance"] for row in tx.all("SELECT remittance FROM adjudications WHERE claim = ?", desk.id)]
        tx.run("DELETE FROM adjudications WHERE claim = ?", desk.id)
        tx.many("DELETE FROM remittances WHERE id = ?", [(each,) for each in gone])

    world.runner.run(world.site.store.write(forget))
    desk.post(*reversed(made))
    assert before
    assert desk.facts() == before


@given(st.permutations(range(4)), st.lists(st.integers(0, 3), max_size=4))
def test_a_set_of_entries_has_one_sum(order: list[int], more: list[int]) -> None:
    """Pure: order and repetition say nothing. A denial behind a payment ends nothing of what that left denied."""
    entries = [
        entry(Standing.DENIED, "A", 0, refusal("AUTH", "CO-197", 10)),
        entry(Standing.REVERSED, "A", 1),
        entry(Standing.PARTLY_PAID, "B", 2, refusal("AUTH", "CO-197", 5), refusal("TIME", "CO-29", 7)),
        entry(Standing.DENIED, "C", 3, refusal("TIME", "CO-29", 9)),
    ]
    wanted = items_of(entries)
    assert items_of([entries[n] for n in (*order, *more)]) == wanted
    assert [(item.cause, int(item.amount), item.ended.value, item.times) for item in wanted] == [
        ("AUTH CO-197", 5, "", 2), ("TIME CO-29", 9, "", 2)
    ]  # fmt: skip


def refusal(category: str, reason: str, amount: int) -> Refusal:
    return Refusal(reason, reason, "2100/CAS", Decimal(amount), category, "biller", "", "")


def entry(outcome: Standing, reference: str, place: int, *refusals: Refusal) -> Entry:
    return Entry(Adjudicated(outcome, reference, DAY, (place, 0)), f"S{place}", DAY, refusals)


# Until when, and what comes first


def an_open(**changes: Any) -> Open:
    facts: dict[str, Any] = {
        "id": 7, "claim": 3, "payer": "alpha", "code": "CO-50", "amount": Decimal(100), "fix": "A", "final": False,
        "worked": True, "denied_on": DAY, "opened_on": DAY, "claim_state": "DENIED", "filing_due": DAY + timedelta(40),
    }  # fmt: skip
    return Open(**(facts | changes))


@pytest.mark.parametrize(
    ("item", "payer", "dues"),
    [
        (an_open(), Payer("alpha", "A"), [("appeal", 180, False)]),
        (an_open(), Payer("alpha", "A", medicare=True), [("appeal", 125, False)]),
        (an_open(), Payer("alpha", "A", appeal=timedelta(60)), [("appeal", 60, True)]),
        (an_open(final=True), Payer("alpha", "A"), []),
        (an_open(fix="R"), None, [("correction", 40, False)]),
        (
            an_open(fix="RA", corrected_due=DAY + timedelta(200)),
            None,
            [("appeal", 180, False), ("correction", 200, True)],
        ),
        (an_open(fix=""), None, [("correction", 40, False), ("appeal", 180, False)]),
        (an_open(fix="W"), None, []),
        (an_open(fix="A", denied_on=None), None, []),
    ],
)
def test_what_may_be_done_until_when(item: Open, payer: Payer | None, dues: list[tuple[str, int, bool]]) -> None:
    """By the ways that the reason leaves open; what the payer declares goes before what is usual."""
    assert [(d.kind.value, (d.due - DAY).days, d.declared) for d in dues_of(item, payer)] == dues


def test_the_nearest_limit_that_has_not_passed_counts() -> None:
    """Where all have passed, the last."""
    dues = dues_of(an_open(fix="RA"), None)
    found = [nearest(dues, DAY + timedelta(day)) for day in (0, 40, 41, 400)]
    assert [each.kind for each in found if each] == [Kind.CORRECTION, Kind.CORRECTION, Kind.APPEAL, Kind.APPEAL]
    assert nearest((), DAY) is None


def test_nobody_begins_for_five_business_days_then_for_half_of_the_time() -> None:
    """A note or a name ends that clock."""
    assert business_days_after(date(2026, 7, 2), 1) == date(2026, 7, 6)  # Friday the 3rd is a holiday
    found = {
        day: [(d.kind, (d.due - DAY).days) for d in deadlines_of([an_open(worked=False)], {}, DAY + timedelta(day))]
        for day in (0, 90)
    }
    assert found == {0: [(Kind.APPEAL, 180), (Kind.DENIAL, 7)], 90: [(Kind.APPEAL, 180), (Kind.DENIAL, 90)]}
    assert [d.kind for d in deadlines_of([an_open()], {}, DAY)] == [Kind.APPEAL]


def test_money_times_urgency() -> None:
    """Dollars by days left; what has passed, and what has no day, waits behind what can be lost."""
    assert weight(Decimal(100), 0) == 100
    assert weight(Decimal(10_000), 100) < 100 < weight(Decimal(10_000), 98)
    assert weight(Decimal(181), None) == weight(Decimal(181), -3) == weight(Decimal(181), 400) == NOW


def test_the_list_is_sorted_filtered_and_grouped(world: World) -> None:
    """By weight; by desk, payer, cause and person; by root cause with the sums of all its claims."""
    for number in range(3):
        desk = Desk(world)
        desk.post(desk.pays(denied("CO-31"), f"G{number}", world.today))
    rows = world.ask("denials", owner="front_desk", cause="ELIG CO-31")
    assert [row["cause"] for row in rows] == ["ELIG CO-31"] * 3
    everything = world.ask("denials")
    weights = [Decimal(row["weight"]) for row in everything]
    assert weights == sorted(weights, reverse=True)
    (group,) = (each for each in world.ask("denials causes") if each["cause"] == "ELIG CO-31")
    assert (group["claims"], group["amount"], group["owner"]) == (3, "405", "front_desk")
    assert world.ask("denials", payer="alpha") == everything
    late = Desk(world)
    late.post(late.pays(denied("CO-31"), "G9", world.today - timedelta(400)))
    (now,) = (each for each in world.ask("denials causes") if each["cause"] == "ELIG CO-31")
    assert (now["claims"], now["due"]) == (4, group["due"])  # one whose days have passed is not what runs first
    world.ask("denials assign", denial=rows[0]["denial"], to="Kim")
    assert [row["denial"] for row in world.ask("denials", assignee="Kim")] == [rows[0]["denial"]]
    assert {row["state"] for row in world.ask("denials", closed=True)} == {"CLOSED"}


def test_its_days_stand_among_all_deadlines_and_are_told_once(world: World) -> None:
    """One engine: `gateway deadlines` shows the appeal, and the step that has come is news, until it is closed."""
    desk = Desk(world)
    desk.post(desk.pays(denied("CO-50"), day=world.today - timedelta(160)))
    (item,) = desk.items()
    who = f"C{desk.id}"
    (row,) = (each for each in world.ask("deadlines") if each["who"] == who and "appeal" in each["kinds"])
    assert (row["days_left"], row["money"], row["command"]) == (20, "135", f"gateway denials show {item['id']}")
    assert world.runner.run(tell(world.site, world.today)) > 0
    assert world.runner.run(tell(world.site, world.today)) == 0
    told = world.query("SELECT body FROM events WHERE claim = ? AND name = 'deadline.near'", desk.id)
    bodies = {body["code"]: body for body in (json.loads(each["body"]) for each in told)}
    said = {code: words("deadline.near", {"claim": desk.id} | body) for code, body in bodies.items()}
    assert said == {
        "APPEAL": f"{who}: the last day to appeal is in 20 days", "DENIAL": f"{who}: nobody works on its denial"
    }  # fmt: skip
    world.ask("denials close", denial=item["id"], outcome="written_off", reason="small")
    assert [
        each for each in world.ask("deadlines", within=400) if each["who"] == who and "appeal" in each["kinds"]
    ] == []


# The lists


def test_a_site_takes_a_newer_edition_and_goes_by_it_from_then_on(world: World) -> None:
    """What it names goes before ours; an older, a broken or a contradictory one is refused and changes nothing."""
    with pytest.raises(Malformed):
        world.ask("lists load codes", text='name = "carc"\nsource = "x"\nversion = "2"\ndate = 2031-01-01\n[codes]\n'
                                           'ZZ1 = { category = "NOWHERE", meaning = "m" }\n')  # fmt: skip
    with pytest.raises(Refused):
        world.ask("lists load codes", text='name = "rarc"\nsource = "x"\nversion = "2"\ndate = 2020-01-01\n[codes]\n')
    newer = 'name = "carc"\nsource = "X12"\nversion = "2"\ndate = 2031-01-01\n[codes]\n'
    newer += 'ZZ1 = { category = "TIME", fix = "A", meaning = "too late on a new planet" }\n'
    assert world.ask("lists load codes", text=newer)["list"] == "carc"
    desk, usual = Desk(world), Desk(world)
    desk.post(desk.pays(denied("CO-ZZ1")))
    usual.post(usual.pays(denied("CO-197")))
    assert [(i["category"], i["meaning"]) for i in desk.items()] == [("TIME", "too late on a new planet")]
    assert [i["category"] for i in usual.items()] == ["AUTH"]
    assert {row["list"]: row["version"] for row in world.ask("lists codes")}["carc"] == "2"
    world.runner.run(world.site.store.write(lambda tx: tx.run("DELETE FROM denial_lists")))


CARCS = """
1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18 19 20 21 22 23 24 26 27 29 31 32 33 35 38 39 45 49 50 55 56 58 59 96
97 107 109 119 129 133 138 140 146 147 149 150 151 152 163 164 167 170 171 172 177 181 182 183 184 185 197 198
200 204 206 207 208 226 227 231 234 236 242 243 250 251 252 253 256 279 283 284 285 286 287 288 296 299 302 A1
B6 B7 B9 B11 B13 B15 B16 B20 B23 P16
"""
RARCS = """
N570 N831 N550 N767 N198 N95 N808 N94 N255 N288 N251 N284 N516 N852 N257 N290 N297 N253 N262 N280 N256 N289 N258
N264 N265 N285 N286 N574 N575 N544 N613 N77 MA112 M143 N665 N732 N790 M115 N132 N612 N32 MA120 MA130 N142 N517
N152 M47 N382 MA36 MA61 N329 MA27 N30 N52 N216 N104 N105 MA04 N4 N479 MA92 N48 MA18 MA07 N522 M51 M20 N56 N657
N822 N519 M76 MA63 M64 M77 MA114 MA115 M52 M53 M54 M79 N362 N430 M62 N54 M127 N29 N706 N179 N205 M15 N19 N20 M80
N390 N525 M86 N702 N435 N640 N115 N386 N130 N381 N59 N210 N211 N704 MA01 N185 N569
"""
ORDER = "CRED TIME ROUTE ELIG COB AUTH INFO CODE DUP DOC MEDN BUND BEN NET CON PR"


def test_every_code_that_denials_are_known_to_come_with_is_listed() -> None:
    """All reasons and remarks of the trade's notes, each with a meaning, and the categories in their order."""
    assert not {*CARCS.split()} - {*DENIAL_CODES.reasons}
    assert not {*RARCS.split()} - {*DENIAL_CODES.remarks}
    assert [name for name in DENIAL_CODES.categories if name != "PEND"] == ORDER.split()
    assert DENIAL_CODES.reasons["11"].desk == "physician"


def test_a_declared_limit_for_corrected_claims_counts() -> None:
    """The engine's own rule, for the claim as a replacement would be."""
    rule = FilingRule(Anchor.DENIAL, 60, claims="corrected")
    payer = Payer("alpha", "A", filing_rules=(rule,))
    limit = filing_limit(replacing(a_claim()), payer, (), DAY)
    assert limit
    assert (limit.due, limit.firm) == (DAY + timedelta(60), True)

"""Money: what was posted is what was paid, in whatever order it came, and every dollar is looked for at the bank."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli.main import gateway
from gateway.codec import as_money, money
from gateway.deadlines.days import business_days
from gateway.deadlines.stakes import dollars
from gateway.errors import Malformed, Refused
from gateway.model.answers import Answer
from gateway.remittance.reassociation import (
    Deposit,
    Expected,
    Pair,
    needs_money,
    quiet_for,
    reassociate,
    usual_interval,
)
from gateway.sheets.statement import Statement
from gateway.store import Tx, answers
from gateway.testing.payer import PayerSimulator, Scenario
from gateway.workers.site import open_site
from gateway.x12.answers import read_answers
from tests.answers import group, interchange, one_set
from tests.habits import Clock, order
from tests.habits import run as run_at
from tests.remittances import check
from tests.sites import TestSite, make_site
from tests.test_answers import batch, run

TUESDAY = date(2026, 12, 1)


# Which deposit pays which remittance.


def deposit(amount: str = "95", text: str = "", day: date = TUESDAY, id: int = 1) -> Deposit:
    return Deposit(id, day, Decimal(amount), text)


def awaited(
    amount: str = "95", trace: str = "EFT0088", day: date | None = TUESDAY, id: int = 1, **more: str
) -> Expected:
    return Expected(id, Decimal(amount), more.get("method", "ACH"), day, trace, more.get("originator", "1770001234"))


@pytest.mark.parametrize(
    ("money", "remittance", "how"),
    [
        (deposit(text="HARBOR HCCLAIMPMT TRN*1*EFT0088*1770001234\\"), awaited(), "trace"),
        (deposit(text="trn*1*00eft0088*1770001234~"), awaited(trace="EFT0088"), "trace"),
        (deposit(text="Harbor eft0088 pmt", day=TUESDAY + timedelta(40)), awaited(), "trace"),
        (deposit(text="Check 0004711"), awaited(trace="4711", method="CHK", day=TUESDAY - timedelta(14)), "trace"),
        (deposit(text="HARBOR HCCLAIMPMT", day=TUESDAY + timedelta(3)), awaited(), "amount"),
        (deposit(text="HARBOR", day=TUESDAY + timedelta(6)), awaited(), None),
        (deposit(text="MOBILE DEPOSIT", day=TUESDAY + timedelta(13)), awaited(method="CHK"), "amount"),
        (deposit(text="TRN*1*EFT0099*1770001234\\"), awaited(), None),
        (deposit(text="TRN*1*EFT0088*1990000000\\"), awaited(), None),
        (deposit("94.99", "TRN*1*EFT0088*1770001234\\"), awaited(), None),
        (deposit(text="EFT00881", day=TUESDAY + timedelta(40)), awaited(), None),
        (deposit(text="ref 12", day=TUESDAY + timedelta(40)), awaited(trace="12"), None),
        (deposit(), awaited(method="NON"), None),
        (deposit("0"), awaited("0"), None),
        (deposit(), awaited(day=None), None),
    ],
)
def test_a_trace_or_amount_and_day_join_and_nothing_else(money: Deposit, remittance: Expected, how: str | None) -> None:
    """The addenda decides where it speaks; an amount that differs by a cent is another payment."""
    assert reassociate([money], [remittance]) == ((Pair(1, 1, how),) if how else ())


def test_two_that_fit_join_nobody_until_the_trace_tells() -> None:
    """Two payments of the same amount on the same day are told apart by their trace, and guessed at never."""
    two = [awaited(trace="EFT0001", id=1), awaited(trace="EFT0002", id=2)]
    assert reassociate([deposit(text="HARBOR")], two) == ()
    assert reassociate([deposit(text="HARBOR EFT0002")], two) == (Pair(1, 2, "trace"),)
    assert reassociate([deposit(text="A"), deposit(text="A", id=2)], [two[0]]) == ()
    assert reassociate([deposit(text="EFT0001")], [two[0]], {(1, 1)}) == ()


texts = st.sampled_from(["", "EFT0001", "TRN*1*EFT0002*1770001234\\", "TRN*1*EFT0001*9\\", "CHECK 0003", "HARBOR"])
some_days = st.integers(0, 30).map(lambda n: TUESDAY + timedelta(n))
some_money = st.sampled_from(["0", "10", "10.00", "25.01"])
some_deposits = st.lists(st.tuples(some_money, texts, some_days), max_size=7).map(
    lambda rows: [deposit(*row, id=n) for n, row in enumerate(rows)]
)
some_awaited = st.lists(
    st.tuples(
        some_money, st.sampled_from(["EFT0001", "EFT0002", "3"]), some_days, st.sampled_from(["ACH", "CHK", "NON"])
    ),
    max_size=7,
).map(lambda rows: [awaited(*row[:3], id=n, method=row[3]) for n, row in enumerate(rows)])


@given(some_deposits, some_awaited, st.randoms())
def test_each_side_is_used_once_and_nothing_is_invented(
    money: list[Deposit], remittances: list[Expected], random: Any
) -> None:
    """Whatever comes, in whatever order: every pair is of equal amounts that move, and nobody is in two."""
    pairs = reassociate(money, remittances)
    assert len({pair.deposit for pair in pairs}) == len({pair.remittance for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert money[pair.deposit].amount == remittances[pair.remittance].amount > 0
        assert needs_money(remittances[pair.remittance].method, remittances[pair.remittance].amount)
    mixed, also = random.sample(money, len(money)), random.sample(remittances, len(remittances))
    assert reassociate(mixed, also) == pairs
    parted = {(pair.deposit, pair.remittance) for pair in pairs}
    assert not parted & {(pair.deposit, pair.remittance) for pair in reassociate(money, remittances, parted)}


def test_business_days_skip_weekends_and_holidays() -> None:
    """Thanksgiving lies between, and a week-end."""
    assert business_days(date(2026, 11, 25), date(2026, 11, 30)) == 2
    assert business_days(date(2026, 11, 30), date(2026, 11, 25)) == -2
    assert business_days(TUESDAY, TUESDAY) == 0


def test_a_payer_is_quiet_by_its_own_usual_interval() -> None:
    """A weekly payer is missed after seventeen days; one that nobody knows yet is not."""
    weekly = [TUESDAY + timedelta(7 * n) for n in range(6)]
    assert usual_interval(weekly) == 7
    assert quiet_for(weekly, max(weekly) + timedelta(17)) is None
    assert quiet_for(weekly, max(weekly) + timedelta(18)) == 18
    assert quiet_for(weekly[:4], max(weekly) + timedelta(900)) is None


# Statements.


def test_a_statement_gives_its_deposits_and_all_its_problems() -> None:
    """A title, money out, brackets, dollars; each bad cell by line and column, and no value of it."""
    text = (
        "Account 1\nPosted Date,Description,Credit,Addenda\n11/25/2026,HARBOR,\"$1,234.50\",TRN*1*E1*2\n"
        "2026-11-26,FEE,(12.00),\n2026-11-27,NONE,,\n31/31/2026,BAD,SECRET,\n"
    )  # fmt: skip
    statement = Statement()
    rows = list(statement.rows(text.splitlines(keepends=True)))
    assert rows == [(date(2026, 11, 25), Decimal("1234.50"), "HARBOR TRN*1*E1*2")]
    assert statement.passed == 2
    assert [problem.split(":")[0] for problem in statement.problems] == ["line 6, amount", "line 6, date"]
    assert "SECRET" not in str(statement.problems)


@pytest.mark.parametrize("between", [";", "\t"])
def test_a_statement_may_have_something_else_than_commas_between_its_cells(between: str) -> None:
    """A title above, money in two columns, thousands in quotes."""
    rows = [("Account ending 1234",), ("Posting Date", "Details", "Credit", "Debit"),
            ("11/30/2026", "HCCLAIMPMT", '"1,568.75"', ""), ("12/02/2026", "RENT", "", "900.00")]  # fmt: skip
    read = Statement()
    assert list(read.rows([between.join(row) + "\n" for row in rows])) == [
        (date(2026, 11, 30), Decimal("1568.75"), "HCCLAIMPMT")
    ]
    assert (read.passed, read.problems) == (1, [])


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ('2026-11-02,"ACME,1\n2026-11-03,B,2\n', []),
        ('2026-11-02,"ACME,1\n2026-11-03,B,2\n2026-11-04,"C,3\n', []),
        ('2026-11-02,"ACME,1\n', []),
        ('2026-11-02,"ACME,\nSECOND LINE",1\n2026-11-03,5" PIPE,2\n', [Decimal(1), Decimal(2)]),
    ],
    ids=["to the end", "to the next one", "the last row", "closed"],
)
def test_a_quotation_mark_that_is_not_closed_hides_no_deposit(rows: str, read: list[Decimal]) -> None:
    """Neither are rows lost, nor does one have the amount of another."""
    statement = Statement()
    found = list(statement.rows(f"Date,Description,Amount\n{rows}".splitlines(keepends=True)))
    assert [amount for _, amount, _ in found] == read
    assert ["not closed" in problem for problem in statement.problems] == [True] * (not read)
    with pytest.raises(Malformed, match="no end"):
        list(Statement().rows(["Date,Description,Amount\n", '2026-11-02,"ACME,1\n', *["2026-11-03,B,2\n"] * 20_000]))


def test_columns_that_nobody_names_are_asked_for() -> None:
    """A heading of the bank's own is named once."""
    with pytest.raises(Malformed) as refused:
        list(Statement().rows(["Wann,Wieviel,Was\n"]))
    assert refused.value.code == "BANK_COLUMNS"
    named = Statement({"date": ["Wann"], "amount": ["Wieviel"], "description": ["Was"]})
    assert len(list(named.rows(["Wann,Wieviel,Was\n", "2026-11-25,7,x\n"]))) == 1


# A real site.


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSite]:
    """Three claims, A, B and C, lie at the payer, which says nothing."""
    root = tmp_path_factory.mktemp("money")
    with PayerSimulator(root / "payer", Scenario(answers=())) as payer:
        site = make_site(root / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        site.drop("a.837", batch("A", "B", "C"))
        run(site)
        yield site


def paying(
    trace: str, *claims: str, day: str = "20261201", plb: Sequence[str] = (), amount: str = "0", control: int = 1
) -> bytes:
    head = [
        f"BPR*I*{amount}*C*ACH*CCP*01*999999992*DA*0001*1770001234**01*999999992*DA*0002*{day}",
        f"TRN*1*{trace}*1770001234", f"DTM*405*{day}", "N1*PR*ALPHA HEALTH", "REF*2U*77001",
        "N1*PE*BIRCH LANE CLINIC*XX*1234567893", "LX*1",
    ]  # fmt: skip
    text = group("HP", "005010X221A1", one_set("835", *head, *claims, *plb))
    return interchange(text, control=control, receiver="OPENGATE")


def pays(claim: str, paid: int, status: str = "1", number: str = "") -> str:
    """A claim of 135 dollars, what it does not pay is denied or, where anything is paid, by contract."""
    sign = "-" if status == "22" else ""
    reason = "CO*45" if paid else "CO*29"
    left = f"~CAS*{reason}*{sign}{135 - paid}" if paid < 135 else ""
    return f"CLP*{claim}*{status}*{sign}135*{sign}{paid}**12*{number or 'P' + claim}*11*1{left}"


ANSWERS = (
    paying("E1", pays("A", 100), pays("B", 0), amount="100", control=11),
    paying(
        "E2", pays("A", 100, "22"), pays("A", 80, number="PA2"), plb=["PLB*1234567893*20261231*WO:PA*-20"], control=12
    ),
    paying("E3", pays("B", 60, number="PB2"), amount="60", control=13),
    paying("E4", pays("B", 60, "22", "PB2"), plb=["PLB*1234567893*20261231*FB*-60"], control=14, day="20261208"),
    paying("E5", pays("C", 90), pays("UNKNOWN", 10), amount="100", day="20261208", control=15),
    paying("E6", pays("C", 90), amount="91", day="20261209", control=16),
)
IN_ALL = {"A": "PAID", "B": "DENIED", "C": "PAID"}


def post_all(tx: Tx, lane: Any, documents: Sequence[bytes]) -> dict[str, Any]:
    """Post them in that order, and read where all ended."""
    for number, each in enumerate(documents):
        row = tx.run(
            "INSERT INTO documents (name, sha256, size, kid, sealed_at) VALUES (?, x'', 0, '', '')", f"t{number}"
        )
        for ordinal, answer in enumerate(read_answers([each])):
            answers.post(tx, lane, row, ordinal, answer)
    return ended(tx)


def ended(tx: Tx) -> dict[str, Any]:
    ledger = tx.all(
        "SELECT a.control_number, a.status, a.paid, a.outcome, c.control_number AS ours, r.trace FROM adjudications a"
        " JOIN remittances r ON r.id = a.remittance LEFT JOIN claims c ON c.id = a.claim ORDER BY r.trace, a.ordinal"
    )
    provider = tx.all("SELECT r.trace, p.reason, p.amount FROM provider_adjustments p JOIN remittances r"
                      " ON r.id = p.remittance ORDER BY r.trace, p.ordinal")  # fmt: skip
    stands = tx.all("SELECT control_number, state, standing, code FROM claims ORDER BY control_number")
    return {
        "ledger": [tuple(r) for r in ledger],
        "plb": [tuple(r) for r in provider],
        "stands": [tuple(r) for r in stands],
    }


def rehearsed(site: TestSite, orders: Sequence[Sequence[bytes]]) -> list[dict[str, Any]]:
    async def rehearse() -> list[dict[str, Any]]:
        async with open_site(site.config) as opened:
            (lane,) = opened.directory.lanes.values()
            return [await opened.store.rehearse(None, post_all, lane, order) for order in orders]

    return asyncio.run(rehearse())


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    orders=st.lists(
        st.tuples(st.permutations(ANSWERS), st.lists(st.sampled_from(ANSWERS), max_size=4)), min_size=6, max_size=6
    )
)
def test_every_order_and_repetition_of_remittances_ends_alike(
    site: TestSite, orders: list[tuple[list[bytes], list[bytes]]]
) -> None:
    """Payment, reversal, correction, a denial and its second thought, one that does not balance: the sum is the same."""
    given_once, *others = rehearsed(site, [ANSWERS, *([*order, *again] for order, again in orders)])
    assert {claim: standing for claim, _, standing, _ in given_once["stands"]} == IN_ALL
    assert others == [given_once] * len(orders)


def test_a_zero_has_no_sign_however_it_was_stated(site: TestSite) -> None:
    """A reversal of what paid nothing states -0, and nobody is to read that as a debt."""
    stated = paying("E7", pays("B", 0), pays("B", 0, "22"), plb=["PLB*1234567893*20261231*FB*-0.00"], amount="-0")
    (ended_as,) = rehearsed(site, [[stated]])
    assert len(ended_as["ledger"]) == 2
    assert not re.search(r"-0(\.0*)?\b(?!\.)", json.dumps([ended_as["ledger"], ended_as["plb"]]))
    assert {row[2] for row in ended_as["ledger"]} | {row[2] for row in ended_as["plb"]} == {"0", "0.00"}


@pytest.mark.parametrize("text", ["-0", "-0.00", "-0.004"])
def test_money_that_was_kept_with_the_sign_of_a_zero_is_shown_without(text: str) -> None:
    """As older editions kept it."""
    assert not dollars(Decimal(text)).startswith("$-")
    assert money(as_money(text)) == {"-0": "0", "-0.00": "0.00"}.get(text, text)


def test_a_reversal_of_the_same_day_counts_wherever_its_trace_sorts(site: TestSite) -> None:
    """It sorts before the payment that it takes back, and the correction between them: in every order of arrival only the
    correction stands, and without one nothing."""
    day = "20261208"
    payment = paying("E5", pays("C", 90), amount="90", day=day, control=21)
    plb = ["PLB*1234567893*20261231*FB*-90"]
    reversal = paying("D1", pays("C", 90, "22"), plb=plb, day=day, control=22)
    denial = paying("E4", pays("C", 0), day=day, control=23)
    for some, expected in (((payment, reversal), "REVERSED"), ((payment, reversal, denial), "DENIED")):
        ends = rehearsed(site, list(permutations(some)))
        assert {{name: s for name, _, s, _ in each["stands"]}["C"] for each in ends} == {expected}
        assert ends == ends[:1] * len(ends)


def test_what_was_posted_is_paid_to_the_cent(site: TestSite, tmp_path: Path) -> None:
    """Sixty random documents with every CLP02, up to eight triplets and PLBs, for our claims and others."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=())) as payer:
        other = make_site(tmp_path / "site", {"alpha": payer})
        sent, _ = asyncio.run(check(other.config, range(1, 61), ("A", "B", "C")))
    assert sent >= 60


@pytest.fixture
def paid(tmp_path: Path) -> Iterator[TestSite]:
    """The same site after all answers."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=())) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        site.drop("a.837", batch("A", "B", "C"))
        run(site)
        for number, each in enumerate(ANSWERS):
            (payer.outbox / f"{number}.835").write_bytes(each)
        run(site)
        yield site


def test_the_ledger_is_replayed_from_the_documents(paid: TestSite) -> None:
    """Everything that answers made is thrown away and made again from the sealed bytes: nothing differs."""

    def replayed(tx: Tx, lane: Any, documents: list[tuple[int, list[Answer]]]) -> tuple[dict[str, Any], dict[str, Any]]:
        live = ended(tx)
        for table in ("provider_adjustments", "adjudications", "remittances", "verdicts"):
            tx.run(f"DELETE FROM {table}")
        tx.run("DELETE FROM answers")
        tx.run("UPDATE claims SET standing = 'SENT', code = ''")
        for document, found in documents:
            for ordinal, answer in enumerate(found):
                answers.post(tx, lane, document, ordinal, answer)
        return live, ended(tx)

    async def replay() -> tuple[dict[str, Any], dict[str, Any]]:
        async with open_site(paid.config) as site:
            (lane,) = site.directory.lanes.values()
            rows = await site.store.read(lambda tx: tx.all(
                "SELECT d.id, d.name FROM documents d JOIN pickups p ON p.document = d.id ORDER BY d.id"))  # fmt: skip
            documents = [(row["id"], list(read_answers(site.vault.open(row["name"])))) for row in rows]
            return await site.store.rehearse(None, replayed, lane, documents)

    live, again = asyncio.run(replay())
    assert live["ledger"]
    assert again == live


def test_a_remittance_shows_its_balance_and_what_its_plb_points_to(paid: TestSite) -> None:
    """The differences of one that does not balance, the claim that a recovery names, and no posting of the former."""
    by_trace = {row["trace"]: row["remittance"] for row in paid.ask("remits")}
    wrong = paid.ask("remits show", remittance=by_trace["E6"])
    assert (wrong["balanced"], wrong["claims"]) == (False, [])
    assert [(each["level"], each["difference"]) for each in wrong["differences"]] == [("transaction", "1")]
    (recovery,) = paid.ask("remits show", remittance=by_trace["E2"])["provider_level"]
    assert (recovery["control_number"], recovery["remittance"]) == ("A", by_trace["E1"])
    assert recovery["meaning"] == "overpayment taken back"
    said = CliRunner().invoke(gateway, ["-c", str(paid.config), "remits", "show", str(by_trace["E6"])]).output
    assert "CLP04 in all - PLB = BPR02" in said
    asked = ["-c", str(paid.config), "remits", "show", str(by_trace["E1"]), "--limit", "1"]
    assert "Only the first 1 of 2 are listed" in CliRunner().invoke(gateway, asked).output
    with pytest.raises(Refused):
        paid.ask("remits show", remittance=999)


def test_a_claim_tells_its_money_and_what_was_taken_back_for_it(paid: TestSite) -> None:
    """Payment, reversal and correction in the order that counts, and beside them the PLB that names the claim."""
    told = paid.ask("why", claim="A")
    assert [(line["trace"], line["status"], line["paid"]) for line in told["ledger"]] == [
        ("E1", "1", "100"), ("E2", "22", "-100"), ("E2", "1", "80"),
    ]  # fmt: skip
    assert [(line["reason"], line["amount"], line["reference"]) for line in told["provider_level"]] == [
        ("WO", "-20", "PA")
    ]
    said = CliRunner().invoke(gateway, ["-c", str(paid.config), "why", "A"]).output
    assert "overpayment taken back" in said


CROSSED = pays("A", 100, "19", "PA9") + "~NM1*TT*2*SECOND MUTUAL*****PI*44009"
FORWARDED = pays("B", 0, "23", "PB9") + "~NM1*TT*2*ELM HEALTH*****PI*44010"
FIRST = pays("C", 0, "1", "PC9") + "~NM1*PR*2*OTHER PLAN*****PI*44011"


def test_whom_a_claim_was_passed_on_to_is_told(paid: TestSite) -> None:
    """Who gets it next, and whether the practice has to bill it there."""
    post(paid, paying("E9", CROSSED, FORWARDED, FIRST, amount="100", day="20261210", control=19))
    said = {name: paid.ask("why", claim=name)["ledger"][-1]["passed_on"] for name in "ABC"}
    assert "Sent on to SECOND MUTUAL (44009)" in said["A"]
    assert "do not bill that payer yourself" in said["A"]
    assert "sent on to ELM HEALTH (44010)" in said["B"]
    assert "OTHER PLAN (44011) comes before it" in said["C"]
    post(paid, paying("E10", pays("A", 0, "25"), pays("B", 0, "17"), day="20261211", control=20))
    assert "decided nothing (CLP02 25)" in paid.ask("why", claim="A")["ledger"][-1]["passed_on"]
    assert "CLP02 17" in paid.ask("why", claim="B")["ledger"][-1]["passed_on"]
    (shown,) = [row for row in paid.ask("remits") if row["trace"] == "E9"]
    output = CliRunner().invoke(gateway, ["-c", str(paid.config), "remits", "show", str(shown["remittance"])]).output
    assert "SECOND MUTUAL" in output


def post(site: TestSite, *documents: bytes) -> None:
    """Post what a payer sent, into the closed site."""

    def posted(tx: Tx, lane: Any) -> None:
        for each in documents:
            row = tx.run("INSERT INTO documents (name, sha256, size, kid, sealed_at) VALUES (?, x'', 0, '', '')",
                         f"p{sha256(each).hexdigest()}")  # fmt: skip
            for ordinal, answer in enumerate(read_answers([each])):
                answers.post(tx, lane, row, ordinal, answer)

    async def posting() -> None:
        async with open_site(site.config) as opened:
            (lane,) = opened.directory.lanes.values()
            await opened.store.write(posted, lane)

    asyncio.run(posting())


def test_the_same_remittance_in_another_form_is_posted_once(paid: TestSite) -> None:
    """Its claims in another order, another ISA13, another originator: trace, amount, payer and claims are the same."""
    again = paying("E1", pays("B", 0), pays("A", 100), amount="100.00", control=91).replace(b"*1770001234~", b"*9~")
    before = paid.query("SELECT count(*) AS n FROM adjudications")[0]["n"]
    post(paid, again)
    assert paid.query("SELECT count(*) AS n FROM adjudications")[0]["n"] == before
    told = [(row["repeats"], row["unmatched"]) for row in paid.ask("remits") if row["trace"] == "E1"]
    assert [repeats is not None for repeats, _ in told] == [True, False]
    assert told[0][1] == 0  # its claims are ours: nobody is told otherwise


@pytest.mark.parametrize(
    "again",
    [
        paying("E1", pays("A", 100), pays("B", 0), pays("C", 0), amount="100", control=31),
        paying("E1", pays("A", 100), pays("B", 0), pays("C", 5), amount="105", control=31),
        paying("E1", pays("CUT", 100, number="PA"), pays("B", 0), amount="100", control=31),
        paying("E1", pays("A", 90), pays("B", 0), amount="90", control=31),
        paying("E1", pays("A", 0), pays("B", 70), amount="70", control=31),
    ],
    ids=["a claim more", "another amount", "another number of ours", "other money", "money for another claim"],
)
def test_a_payment_that_is_stated_otherwise_is_posted_once_and_is_an_alarm(paid: TestSite, again: bytes) -> None:
    """The same trace with money of the same claim: it cannot have been paid twice. What it says else nobody believes."""
    before = {name: paid.ask("why", claim=name)["ledger"] for name in "ABC"}
    post(paid, again)
    assert {name: paid.ask("why", claim=name)["ledger"] for name in "ABC"} == before
    shown = paid.ask("remits")[0]
    assert (shown["restated"], shown["repeats"], shown["matched"]) == (True, 1, 0)
    assert [row["trace"] for row in paid.ask("remits", unbalanced=True)] == ["E1", "E6"]
    (told,) = paid.query("SELECT body FROM events WHERE name = 'remittance.restated'")
    assert f"gateway remits show {shown['remittance']}" in told["body"]
    lines = {
        line["command"]
        for s in paid.ask("digest")["sections"]
        for line in s["lines"]
        if "posted payment" in line["what"]
    }
    assert lines == {f"gateway remits show {shown['remittance']}"}


def test_what_a_second_statement_says_otherwise_is_shown_claim_by_claim(paid: TestSite) -> None:
    """Whoever asks the payer which of both holds need not read X12."""
    again = paying("E1", pays("A", 90), pays("B", 0), pays("C", 5), amount="95", control=31)
    (paid.root.parent / "payer" / "out" / "again.835").write_bytes(again)
    run(paid)
    number = paid.ask("remits")[0]["remittance"]
    assert paid.ask("remits show", remittance=number)["otherwise"] == [
        {"control_number": "A", "payer_number": "PA", "status": "1", "posted": "100", "stated": "90"},
        {"control_number": "C", "payer_number": "PC", "status": "1", "posted": None, "stated": "5"},
    ]
    said = CliRunner().invoke(gateway, ["-c", str(paid.config), "remits", "show", str(number)]).output
    assert "Otherwise than remittance 1" in said


def test_money_for_what_never_went_out_says_not_to_send_it(paid: TestSite) -> None:
    """One claim is held, one was rejected here, and the payer paid both: the next step is to compare, and never to correct
    and send what would be a copy."""
    paid.drop("h.837", batch("H", control=102, rendering="2000000028"))
    paid.drop("r.837", batch("R", control=103).replace(b"CLM*R*135", b"CLM*R*136"))
    run(paid)
    assert {c["control_number"]: c["stands"] for c in paid.ask("claims")}.items() >= {
        "H": "HELD",
        "R": "REJECTED",
    }.items()
    post(
        paid, paying("E8", pays("H", 100), pays("R", 100).replace("*135*", "*136*").replace("*35", "*36"), amount="200")
    )
    for name, step in (("H", "gateway withdraw C"), ("R", "send nothing")):
        why = paid.ask("why", claim=name)
        assert [line["paid"] for line in why["ledger"]] == ["100"]
        assert step in why["next"]
        assert (why["correct"], why["commands"]) == (None, [])
        ways = paid.ask("resubmit advice", claim=name)["ways"]
        assert [way["code"] for way in ways] == ["SENT_ELSEWHERE"] * 2
    lines = [line["what"] for each in paid.ask("digest")["sections"] for line in each["lines"]]
    assert sum("lies there although it was not sent" in line for line in lines) == 2


def test_a_claim_that_is_paid_twice_is_told(paid: TestSite) -> None:
    """Under another number of the payer's, without a reversal: nothing is invented, and somebody is told; the reversal ends
    it."""
    assert not any("was charged" in line for line in money_lines(paid))
    post(paid, paying("E8", pays("C", 90, number="PC8"), amount="90", day="20261215", control=31))
    assert "C3 at alpha: paid $180 in all, and $135 was charged." in money_lines(paid)
    why = paid.ask("why", claim="C")
    assert (why["stands"], "more than was charged" in why["next"]) == ("PAID", True)
    post(
        paid,
        paying("E9", pays("C", 90, "22", "PC8"), plb=["PLB*1234567893*20261231*FB*-90"], day="20261216", control=32),
    )
    assert not any("was charged" in line for line in money_lines(paid))
    assert paid.ask("why", claim="C")["next"] == ""


def test_a_correction_that_is_paid_beside_what_it_replaces_is_told(paid: TestSite) -> None:
    """Each was paid less than was charged, both together more: the sum is that of all versions."""
    paid.drop("c.837", batch("C", control=102, frequency="7", payer_control_number="PC"))
    run(paid)
    post(paid, paying("E8", pays("C", 60, number="PC7"), amount="60", day="20261215", control=31))
    assert [line["paid"] for line in paid.ask("why", claim="C4")["ledger"]] == ["60"]
    assert "C3 at alpha: paid $150 in all, and $135 was charged." in money_lines(paid)
    assert "more than was charged" in paid.ask("why", claim="C4")["next"]


def test_a_denied_correction_beside_what_is_still_paid_leaves_the_claim_partly_paid(paid: TestSite) -> None:
    """Only a reversal takes money back."""
    paid.drop("c.837", batch("C", control=102, frequency="7", payer_control_number="PC"))
    run(paid)
    post(paid, paying("E8", pays("C", 0, number="PC7"), day="20261215", control=31))
    family = paid.ask("why", claim="C")["family"]
    assert [version["stands"] for version in family["versions"]] == ["PAID", "DENIED"]
    assert (family["stands"], family["counts"], family["still_paid"]) == ("PARTLY_PAID", "C4", "C3")
    assert "C4 is denied, and C3 is still paid" in family["says"]


def test_a_payment_that_finds_no_claim_says_why(paid: TestSite) -> None:
    """Our number is not enough: where neither charge nor days agree it names the claim, to be compared."""
    other = pays("A", 100, number="X9").replace("*135*", "*500*").replace("*35", "*400")
    nobodys = pays("NOBODY", 10, number="X8")
    post(paid, paying("E8", other, nobodys, amount="110", control=31))
    row = next(row for row in paid.ask("remits") if row["trace"] == "E8")
    first, second = paid.ask("remits show", remittance=row["remittance"])["claims"]
    assert (first["claim"], second["claim"]) == (None, None)
    assert first["not_ours"].startswith("C1 has this number, but neither its charge nor its days agree")
    assert second["not_ours"] == "No claim here has this number at this payer."
    typed = CliRunner().invoke(gateway, ["-c", str(paid.config), "remits", "show", str(row["remittance"])])
    assert "A: C1 has this number" in typed.output


def test_what_was_taken_back_has_a_next_step(paid: TestSite) -> None:
    """Nothing follows a reversal by itself: somebody asks for the correction, until another decision comes."""
    post(paid, paying("E8", pays("C", 90, "22"), plb=["PLB*1234567893*20261231*FB*-90"], day="20261215", control=31))
    why = paid.ask("why", claim="C")
    assert (why["stands"], "ask the payer for it" in why["next"]) == ("REVERSED", True)
    taken = "1 claim at alpha: taken back, and not decided anew (C3)."
    assert taken in money_lines(paid)
    post(paid, paying("E9", pays("C", 80, number="PC2"), amount="80", day="20261216", control=32))
    assert taken not in money_lines(paid)
    assert paid.ask("why", claim="C")["next"] == ""


def money_lines(site: TestSite) -> list[str]:
    sections = site.ask("digest")["sections"]
    return [line["what"] for each in sections if each["title"] == "Money that wants a look" for line in each["lines"]]


CAPITATION = "PLB*1234567893*20261231*CT*-10"


@pytest.mark.parametrize(
    ("change", "posted"),
    [
        ((b"N1*PR*ALPHA HEALTH~REF*2U*77001", b"N1*PR*BETA HEALTH~REF*2U*77002"), True),
        ((b"N1*PR*ALPHA HEALTH~REF*2U*77001", b"N1*PR*GAMMA HEALTH~REF*2U*1"), True),
        ((b"*0*P*:~", b"*0*T*:~"), True),
        ((b"DTM*405*20261201", b"DTM*405*20261202"), False),
    ],
    ids=["another payer", "a payer that nobody declared", "a test of it", "the same"],
)
def test_an_equal_trace_is_another_payment_where_another_pays(
    tmp_path: Path, change: tuple[bytes, bytes], posted: bool
) -> None:
    """One clearinghouse brings the payments of two payers, with the same number and amount, and neither says who it is in
    TRN03; and a test that came first is no payment. What repeats is posted once, and exported once."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=())) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer})
    plugin = site.root / "plugins" / "alpha.toml"
    plugin.write_text(
        plugin.read_text().replace('{alpha = ["77001"]}', '{alpha = ["77001"], beta = ["77002"]}')
        + '[[payer]]\nkey = "beta"\nname = "Beta"\n'
    )
    one = paying("700", plb=[CAPITATION], amount="10").replace(b"*1770001234~D", b"~D")
    post(site, one.replace(*change), one.replace(b"BPR*I*10*", b"BPR*I*10.00*"))
    rows = site.query("SELECT repeats FROM remittances ORDER BY id")
    assert [row["repeats"] is None for row in rows] == [True, posted]
    assert len(site.query("SELECT * FROM provider_adjustments")) == 1 + posted
    exported = site.ask("export", table="postings")
    tests = [change[1] == b"*0*T*:~", False]
    assert [(row["paid"], row["usage"] == "T") for row in exported] == [("10", test) for test in tests[: 1 + posted]]
    sections = {each["title"]: each["lines"] for each in site.ask("digest")["sections"]}
    earnest = 1 + (posted and change[1] != b"*0*T*:~")
    assert sections["Posted"][0]["what"].startswith(f"${10 * earnest}")


def test_a_reversal_that_does_not_say_when_it_was_produced_comes_after_what_it_takes_back(paid: TestSite) -> None:
    """Without DTM*405 the day of payment is its place in the ledger, not the beginning of time."""
    undated = paying("E8", pays("C", 90, "22"), plb=["PLB*1234567893*20261231*FB*-90"], day="20261215", control=31)
    post(paid, undated.replace(b"DTM*405*20261215~", b"").replace(b"SE*11*", b"SE*10*"))
    assert [line["trace"] for line in paid.ask("why", claim="C")["ledger"]] == ["E5", "E8"]
    assert paid.ask("why", claim="C")["stands"] == "REVERSED"


def test_two_parts_of_one_payment_are_both_posted(paid: TestSite) -> None:
    """A partner that cuts a remittance in two keeps its trace: what has no claim in common is no repetition."""
    post(paid, paying("E1", pays("C", 7), amount="7", control=31))
    assert [line["trace"] for line in paid.ask("why", claim="C")["ledger"]].count("E1") == 1


def test_a_remittance_finds_the_money_that_came_before_it(paid: TestSite, tmp_path: Path) -> None:
    """The deposit was imported first; nobody has to ask for it again."""
    statement = tmp_path / "bank.csv"
    statement.write_text("Date,Description,Amount\n2026-12-11,HCCLAIMPMT TRN*1*E9*1770001234\\,100.00\n")
    CliRunner().invoke(gateway, ["-c", str(paid.config), "bank", "import", str(statement)])
    assert len(paid.ask("bank")["without_remittance"]) == 1
    post(paid, paying("E9", CROSSED, amount="100", day="20261210", control=19))
    assert [(row["trace"], row["how"]) for row in paid.ask("bank links")] == [("E9", "trace")]


def test_remittances_that_stop_are_told_once(paid: TestSite) -> None:
    """A payer that paid daily is silent for weeks while a claim waits there: one event, and a line wherever one looks."""
    weekly = [
        paying(f"W{n}", pays("UNKNOWN", 10 + n), amount=str(10 + n), day=f"202611{10 + n}", control=50 + n)
        for n in range(6)
    ]
    post(paid, *weekly)
    paid.drop("d.837", batch("D", control=105))
    run(paid)
    clock = Clock(datetime(2026, 12, 20, 15, tzinfo=UTC))
    assert [name for name in run_at(paid, clock) if name == "remittance.missing"] == ["remittance.missing"]
    clock.now += timedelta(days=1)
    assert "remittance.missing" not in run_at(paid, clock)
    (row,) = [each for each in order(paid, clock, "overdue") if each["code"] == "QUIET"]
    assert (row["payer"], row["claims"]) == ("alpha", 1)
    sections = {each["title"]: each["lines"] for each in order(paid, clock, "digest")["sections"]}
    assert any("No remittance at alpha" in line["what"] for line in sections["Money against the bank"])


def test_money_is_looked_for_at_the_bank(paid: TestSite, tmp_path: Path) -> None:
    """By trace, by amount and day, once for each; the rest is listed with its age, and a person has the last word."""
    by_trace = {row["trace"]: row["remittance"] for row in paid.ask("remits")}
    statement = tmp_path / "bank.csv"
    statement.write_text(
        "Date,Description,Amount\n2026-12-01,HCCLAIMPMT TRN*1*E1*1770001234\\,100.00\n2026-12-03,ALPHA,60.00\n"
        "2026-11-05,NOBODY,77.00\n2026-12-02,RENT,-900.00\n"
    )
    asked = ["-c", str(paid.config), "bank", "import", str(statement), "--json"]
    first, again = (json.loads(CliRunner().invoke(gateway, asked).output) for _ in range(2))
    assert first == {"new": 3, "known": 0, "linked": 2, "passed": 1}
    assert again == {"new": 0, "known": 3, "linked": 0, "passed": 1}
    assert {(row["trace"], row["how"]) for row in paid.ask("bank links")} == {("E1", "trace"), ("E3", "amount")}
    listed = paid.ask("bank")
    assert [row["amount"] for row in listed["without_remittance"]] == ["77.00"]
    assert {row["trace"] for row in listed["without_money"]} == {"E5", "E6"}  # E2 and E4 pay nothing
    assert listed.pop("imported")
    assert all(row["next"] for rows in listed.values() for row in rows)
    paid.ask("bank unlink", remittance=by_trace["E3"], reason="that was another one")
    assert paid.ask("bank join") == {"linked": 0}
    alone = next(row["deposit"] for row in paid.ask("bank")["without_remittance"] if row["amount"] == "60.00")
    done = paid.ask("bank link", deposit=alone, remittance=by_trace["E5"], reason="a short check")
    assert done["left"] == "-40.00"
    with pytest.raises(Refused, match="has its deposit"):
        paid.ask("bank link", deposit=alone, remittance=by_trace["E5"], reason="again")
    names = [row["name"] for row in paid.query("SELECT name FROM events WHERE name LIKE 'bank.%' ORDER BY seq")]
    assert names == ["bank.imported", "bank.linked", "bank.linked", "bank.unlinked", "bank.linked"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_statement_is_read_as_spreadsheets_save_it(paid: TestSite, tmp_path: Path, encoding: str) -> None:
    """With tabs in UTF-16, or with a mark before UTF-8."""
    statement = tmp_path / "bank.csv"
    mark = "\ufeff" if encoding.endswith("be") else ""
    statement.write_text(f"{mark}Date\tDescription\tAmount\n2026-11-05\tNOBODY\t77.00\n", encoding=encoding)
    asked = ["-c", str(paid.config), "bank", "import", str(statement), "--json"]
    assert json.loads(CliRunner().invoke(gateway, asked).output)["new"] == 1


def test_a_deposit_that_names_a_remittance_of_another_amount_is_told_with_the_difference(
    paid: TestSite, tmp_path: Path
) -> None:
    """Nothing joins, and nobody is told to wait: by the addenda, by the number in the text, never by another payer's."""
    statement = tmp_path / "bank.csv"
    statement.write_text(
        "Date,Description,Amount\n2026-11-23,HCCLAIMPMT TRN*1*E5*1770001234\\,87.50\n2026-11-24,CHECK LONG0044,33.00\n"
        "2026-11-24,TRN*1*E6*1990000000\\,12.00\n2026-12-24,SOON,13.00\n"
    )
    post(paid, paying("LONG0044", pays("UNKNOWN", 30), amount="30", control=61))
    CliRunner().invoke(gateway, ["-c", str(paid.config), "bank", "import", str(statement)], catch_exceptions=False)
    assert paid.ask("bank links") == []
    of = {row["trace"]: row for row in paid.ask("remits")}
    found = paid.ask("bank")
    alone = {row["amount"]: row for row in found["without_remittance"]}
    assert {amount: (row["names"], row["more"]) for amount, row in alone.items()} == {
        "87.50": (of["E5"]["remittance"], "-12.50"), "33.00": (of["LONG0044"]["remittance"], "3.00"),
        "12.00": (None, None), "13.00": (None, None),
    }  # fmt: skip
    assert "is $12.50 less than its $100" in alone["87.50"]["next"]
    assert f"`gateway bank link {alone['87.50']['deposit']} {of['E5']['remittance']} --reason" in alone["87.50"]["next"]
    awaited = {row["trace"]: row for row in found["without_money"]}
    assert (
        awaited["E5"]["next"] == f"Deposit {alone['87.50']['deposit']} names its trace with another amount: see above."
    )
    assert (awaited["E6"]["age"], alone["13.00"]["age"]) == (None, None)  # of a day to come
    assert awaited["E6"]["next"] == "Its money is announced for 2026-12-09: wait."
    lines = {each["title"]: each["lines"] for each in paid.ask("digest")["sections"]}["Money against the bank"]
    assert f"names remittance {of['E5']['remittance']}, which is over $100." in lines[0]["what"]


@pytest.mark.parametrize("deposited", ["between", "after"])
def test_a_remittance_that_was_corrected_is_paid_once(paid: TestSite, tmp_path: Path, deposited: str) -> None:
    """It did not balance, and its correction has the same trace and amount: one deposit is of both, whenever it came."""
    statement = tmp_path / "bank.csv"
    statement.write_text("Date,Description,Amount\n2026-12-09,HCCLAIMPMT TRN*1*E6*1770001234\\,91.00\n")
    corrected = paying("E6", pays("C", 91), amount="91", day="20261209", control=17)
    if deposited == "after":
        post(paid, corrected)
    CliRunner().invoke(gateway, ["-c", str(paid.config), "bank", "import", str(statement)], catch_exceptions=False)
    if deposited == "between":
        post(paid, corrected)
    assert [row["trace"] for row in paid.ask("bank links")] == ["E6"]
    found = paid.ask("bank")
    assert "E6" not in {row["trace"] for row in found["without_money"]}
    assert found["without_remittance"] == []


def test_a_statement_with_a_bad_row_imports_nothing(paid: TestSite, tmp_path: Path) -> None:
    """Every problem at once, and not one deposit."""
    statement = tmp_path / "bank.csv"
    statement.write_text("Date,Description,Amount\n2026-12-01,x,1\n12,x,y\n")
    done = CliRunner().invoke(gateway, ["-c", str(paid.config), "bank", "import", str(statement)])
    assert isinstance(done.exception, Malformed)
    assert "line 3, amount" in done.output
    assert "line 3, date" in done.output
    assert paid.query("SELECT * FROM deposits") == []
    shown = CliRunner().invoke(gateway, ["-c", str(paid.config), "bank"]).output
    assert "No deposit is known here: `gateway bank import FILE.csv`" in shown
    assert "Every deposit has its remittance" not in shown

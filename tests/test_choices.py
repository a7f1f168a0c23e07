"""Two statements of one payment: a person says which holds, what was posted of the other is taken back line by line, and
another choice undoes it. No money comes or goes by that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.errors import Refused
from gateway.testing.payer import PayerSimulator, Scenario
from tests.sites import TestSite, make_site
from tests.test_answers import batch, run
from tests.test_money import paying, pays

FIRST = paying("E1", pays("A", 100), pays("B", 0), pays("X", 7), amount="107", control=11)
OTHER = paying(
    "E1", pays("A", 90), pays("B", 70), pays("C", 0), plb=["PLB*1234567893*20261231*WO:PA*20"], amount="140", control=12
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestSite]:
    """A, B and C lie at the payer, which says nothing of them yet."""
    with PayerSimulator(tmp_path / "payer", Scenario(answers=())) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        site.drop("a.837", batch("A", "B", "C"))
        run(site)
        yield site


def comes(site: TestSite, *documents: bytes) -> int:
    """These lie in the payer's mailbox and are read; the number of the last one."""
    for number, each in enumerate(documents):
        (site.root.parent / "payer" / "out" / f"{len(site.ask('remits'))}-{number}.835").write_bytes(each)
        run(site)
    return int(site.ask("remits")[0]["remittance"])


def use(site: TestSite, remittance: int) -> Any:
    return site.ask("remits use", remittance=remittance, reason="the payer said so by telephone")


def exported(site: TestSite, after: int = 0) -> list[dict[str, Any]]:
    return list(site.ask("export", table="postings", after=after))


def net(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    """What the books of a practice come to that took in these rows, by claim number or PLB."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[f"{row['control_number']}{row['payer_control_number']}"] += Decimal(row["paid"])
    return {name: amount for name, amount in found.items() if amount}


def standing(site: TestSite) -> dict[str, str]:
    return {each["control_number"]: each["stands"] for each in site.ask("claims")}


def alarms(site: TestSite) -> list[str]:
    return [line["what"] for s in site.ask("digest")["sections"] for line in s["lines"] if "otherwise" in line["what"]]


SAYS_FIRST = {"APA": Decimal(100), "XPX": Decimal(7)}
SAYS_OTHER = {"APA": Decimal(90), "BPB": Decimal(70), "PA": Decimal(-20)}


def test_the_chosen_statement_is_posted_and_the_other_taken_back_to_the_cent(site: TestSite) -> None:
    """Whoever took in the rows before the choice takes in the rest, and has what holds; the second choice undoes the
    first."""
    other = comes(site, FIRST, OTHER)
    taken = exported(site)
    assert (net(taken), standing(site)) == (SAYS_FIRST, {"A": "PAID", "B": "DENIED", "C": "SENT"})
    assert use(site, other) == {"remittance": other, "taken_back": [other - 1], "postings": [other + 1, other + 2]}
    later = exported(site, after=taken[-1]["seq"])
    assert net(taken + later) == net(exported(site)) == SAYS_OTHER
    assert standing(site) == {"A": "PAID", "B": "PAID", "C": "DENIED"}
    backwards = [row for row in later if row["takes_back"]]
    assert [(r["takes_back"], r["line"], Decimal(r["paid"]), Decimal(r["charge"])) for r in backwards] == [
        (t["seq"], t["line"], -Decimal(t["paid"]), -Decimal(t["charge"])) for t in taken
    ]
    for seq in {row["seq"] for row in later}:
        rows = [row for row in later if row["seq"] == seq]
        assert sum(Decimal(row["paid"]) for row in rows) == Decimal(rows[0]["payment"])
    assert use(site, other - 1)["taken_back"] == [other + 2]
    assert (net(exported(site)), standing(site)) == (SAYS_FIRST, {"A": "PAID", "B": "DENIED", "C": "SENT"})
    use(site, other)
    assert (net(exported(site)), standing(site)["C"]) == (SAYS_OTHER, "DENIED")


def test_the_alarm_ends_with_the_choice_and_who_and_why_are_told(site: TestSite) -> None:
    """Also where what was posted holds: then nothing is posted."""
    other = comes(site, FIRST, OTHER)
    assert len(alarms(site)) == 1
    assert [row["remittance"] for row in site.ask("remits", unbalanced=True)] == [other]
    assert (
        "remits use" in site.query("SELECT body ->> 'next' AS n FROM events WHERE name = 'remittance.restated'")[0]["n"]
    )
    before = len(exported(site))
    assert use(site, other - 1)["postings"] == []
    assert (alarms(site), site.ask("remits", unbalanced=True), len(exported(site))) == ([], [], before)
    use(site, other)
    shown = site.ask("remits show", remittance=other - 1)
    assert [(c["remittance"], c["by"]) for c in shown["chosen"]] == [(other - 1, "tester"), (other, "tester")]
    assert {c["reason"] for c in shown["chosen"]} == {"the payer said so by telephone"}
    assert shown["taken_back_by"] == other + 1
    ledger = site.ask("why", claim="A")["ledger"]
    assert [(line["paid"], line["outcome"]) for line in ledger] == [
        ("100", "PAID"),
        ("-100", "TAKEN_BACK"),
        ("90", "PAID"),
    ]
    assert "claim.restated" in [each["event"] for each in site.ask("timeline", claim="A")]
    assert any("holds, said tester" in line["what"] for s in site.ask("digest")["sections"] for line in s["lines"])


def test_choosing_again_changes_nothing(site: TestSite) -> None:
    """Nor does naming the posting or a copy of the statement instead."""
    other = comes(site, FIRST, OTHER)
    made = use(site, other)["postings"]
    rows = exported(site)
    for same in (other, made[1]):
        assert use(site, same) == {"remittance": other, "taken_back": [], "postings": []}
    assert exported(site) == rows
    assert len(site.query("SELECT 1 FROM choices")) == 1


def test_what_was_taken_back_is_known_when_it_comes_again(site: TestSite) -> None:
    """In another file: a person has said that it does not hold. A third word is an alarm again."""
    other = comes(site, FIRST, OTHER)
    use(site, other)
    copy = comes(site, FIRST.replace(b"000000011", b"000000021"))
    assert (alarms(site), net(exported(site))) == ([], SAYS_OTHER)
    assert use(site, copy)["remittance"] == other - 1
    comes(site, paying("E1", pays("A", 80), amount="80", control=31))
    assert len(alarms(site)) == 1
    assert net(exported(site)) == SAYS_FIRST


def test_a_denial_of_the_statement_that_does_not_hold_is_no_work_any_more(site: TestSite) -> None:
    """And it is work again once that statement holds after all."""
    other = comes(site, FIRST, OTHER)
    use(site, other)
    assert [d["control_number"] for d in site.ask("denials")] == ["C"]
    assert [row["outcome"] for row in site.query("SELECT outcome FROM denials WHERE state = 'CLOSED'")] == ["reversed"]
    use(site, other - 1)
    assert [d["control_number"] for d in site.ask("denials")] == ["B"]


def test_parts_of_a_payment_stand_again_with_the_one_that_is_chosen(site: TestSite) -> None:
    """Two 835s state a part each, a third states all of it otherwise: nothing is paid twice, and nothing is left behind."""
    whole = comes(
        site,
        paying("E1", pays("A", 100), amount="100", control=11),
        paying("E1", pays("B", 70), amount="70", control=12),
        paying("E1", pays("A", 60), pays("B", 50), amount="110", control=13),
    )
    assert use(site, whole)["taken_back"] == [whole - 2, whole - 1]
    assert net(exported(site)) == {"APA": Decimal(60), "BPB": Decimal(50)}
    use(site, whole - 1)
    assert net(exported(site)) == {"APA": Decimal(100), "BPB": Decimal(70)}


def test_the_deposit_goes_on_to_what_was_posted_instead(site: TestSite) -> None:
    """Of the same amount; else both are told as what they are."""
    first = comes(site, paying("E1", pays("A", 100), pays("B", 0), amount="100", control=11))
    site.ask("bank import", rows=[("2026-12-01", "100", "HARBOR TRN*1*E1*1770001234\\")])
    other = comes(
        site, paying("E1", pays("B", 100), amount="100", control=12), paying("E1", pays("B", 90), amount="90")
    )
    assert [link["remittance"] for link in site.ask("bank links")] == [first]
    made = use(site, other - 1)["postings"]
    assert [link["remittance"] for link in site.ask("bank links")] == [made[-1]]
    with pytest.raises(Refused, match="taken back"):
        site.ask("bank link", deposit=1, remittance=first, reason="x")
    use(site, other)
    bank = site.ask("bank")
    assert (site.ask("bank links"), len(bank["without_money"]), bank["without_remittance"][0]["more"]) == (
        [],
        1,
        "10.00",
    )


@pytest.mark.parametrize(
    ("which", "code"), [(1, "NOT_CONTRADICTED"), (2, "UNBALANCED"), (9, "NOT_FOUND"), (5, "NOT_A_STATEMENT")]
)
def test_what_cannot_be_chosen_is_refused_with_what_to_do(site: TestSite, which: int, code: str) -> None:
    comes(
        site,
        paying("E7", pays("C", 100), amount="100", control=11),
        paying("E8", pays("A", 100), amount="99", control=12),
        paying("E1", pays("A", 100), amount="100", control=13),
        paying("E1", pays("A", 90), amount="90", control=14),
    )
    use(site, 4)
    with pytest.raises(Refused) as refused:
        use(site, which)
    assert refused.value.code == code
    assert refused.value.next_step


def test_it_is_said_on_the_command_line(site: TestSite) -> None:
    other = comes(site, FIRST, OTHER)

    def said(*words: str) -> str:
        return CliRunner().invoke(gateway, ["-c", str(site.config), "remits", *words]).output

    assert f"gateway remits use {other}" in said("show", str(other))
    assert "Nothing" not in said("use", str(other), "--reason", "by telephone")
    assert "by telephone" in said("show", str(other))
    assert f"takes {other - 1} back" in said("show", str(other + 1))
    assert f"posts what remittance {other} says" in said("show", str(other + 2))

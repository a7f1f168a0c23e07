"""Random 835s that add up, written as bytes: `python -m tests.remittances --count 10000` posts so many to a real store and
compares what was posted with BPR02, to the cent."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

from gateway.model.answers import Remittance
from gateway.store import Tx, answers
from gateway.testing.payer import PayerSimulator, Scenario
from gateway.workers.site import open_site
from gateway.x12.answers import read_answers
from tests.answers import group, interchange, one_set
from tests.sites import make_site

_REASONS = ("45", "1", "2", "3", "97", "197", "29", "B7", "253", "23")
_PLB = ("WO", "FB", "72", "L6", "IR", "CS", "AP", "LS")


def _cents(random: Random, least: int, most: int) -> Decimal:
    return Decimal(random.randint(least, most)) / 100


def _text(amount: Decimal) -> str:
    """As payers write it: without a point, with one digit or two."""
    return format(amount.normalize(), "f") if amount == amount.to_integral() else format(amount, "f")


def cas(random: Random, amount: Decimal) -> Iterator[str]:
    """CAS segments that sum up to the amount, of up to eight triplets, six in a segment."""
    left, triplets = amount, []
    for _ in range(random.randint(0, 7)):
        part = _cents(random, -2000, 5000) or Decimal(1)
        triplets.append((random.choice(_REASONS), part))
        left -= part
    if left:
        triplets.append((random.choice(_REASONS), left))
    for start in range(0, len(triplets), 6):
        some = triplets[start : start + 6]
        yield f"CAS*{random.choice(('CO', 'PR', 'OA', 'PI'))}*" + "*".join(f"{c}*{_text(a)}*" for c, a in some).rstrip(
            "*"
        )


def _claim(random: Random, name: str, number: str) -> tuple[list[str], Decimal]:
    """One claim, now and then a reversal or one without lines; what it pays."""
    status = random.choice(("1", "1", "1", "2", "3", "4", "19", "20", "21", "22", "23", "25"))
    sign = -1 if status == "22" else 1
    lines: list[str] = []
    charge = paid = Decimal(0)
    for n in range(random.randint(0, 4)):
        billed, got = sign * _cents(random, 100, 50000), sign * _cents(random, 0, 30000)
        lines += [f"SVC*HC:9921{n}*{_text(billed)}*{_text(got)}**1", "DTM*472*20261109", *cas(random, billed - got)]
        charge, paid = charge + billed, paid + got
    own: list[str] = []
    if not lines:
        charge = sign * _cents(random, 100, 90000)
        paid = sign * _cents(random, 0, 30000)
        own = list(cas(random, charge - paid))
    elif random.random() < 0.3:
        taken = sign * _cents(random, 1, 500)
        own, paid = list(cas(random, taken)), paid - taken
    head = f"CLP*{name}*{status}*{_text(charge)}*{_text(paid)}**12*{number}*11*1"
    return [head, *own, "NM1*QC*1*SAMPLE*ADA****MI*M1", *lines], paid


def document(seed: int, names: tuple[str, ...] = ()) -> bytes:
    """One 835 of one to three sets, each another payment; `names` are CLP01s to use beside others."""
    random = Random(seed)
    sets = []
    for number in range(1, random.randint(1, 3) + 1):
        body, total = ["LX*1"], Decimal(0)
        for n in range(random.randint(1, 6)):
            name = random.choice(names) if names and random.random() < 0.5 else f"X{seed}-{number}-{n}"
            segments, paid = _claim(random, name, f"P{seed}-{number}-{n}")
            body, total = body + segments, total + paid
        plb = [(random.choice(_PLB), _cents(random, -5000, 5000)) for _ in range(random.randint(0, 8))]
        plb = [(reason, amount) for reason, amount in plb if amount]
        total -= sum((amount for _, amount in plb), Decimal(0))
        if total < 0:  # BPR02 is never negative: what is owed goes on to the next payment
            plb, total = [*plb, ("FB", total)], Decimal(0)
        for start in range(0, len(plb), 6):
            some = plb[start : start + 6]
            body.append("PLB*1234567893*20261231*" + "*".join(f"{r}:REF{seed}*{_text(a)}" for r, a in some))
        head = [
            f"BPR*I*{_text(total)}*C*{'ACH' if total else 'NON'}*CCP*01*999999992*DA*1*1770001234**01*999999992*DA*2"
            "*20261201",
            f"TRN*1*E{seed}-{number}*1770001234", "DTM*405*20261130", "N1*PR*ALPHA HEALTH", "REF*2U*77001",
            "N1*PE*BIRCH LANE CLINIC*XX*1234567893",
        ]  # fmt: skip
        sets.append(one_set("835", *head, *body, control=f"{number:04}"))
    return interchange(group("HP", "005010X221A1", *sets), control=seed % 900_000_000 + 1, receiver="OPENGATE")


def read(seed: int, names: tuple[str, ...] = ()) -> list[Remittance]:
    """The same, as read from its bytes."""
    return [each for each in read_answers([document(seed, names)]) if isinstance(each, Remittance)]


def posted(tx: Tx) -> list[tuple[Decimal, Decimal]]:
    """Of each remittance that was posted: BPR02, and what its lines of the ledger come to."""
    found = []
    for row in tx.all("SELECT id, amount FROM remittances WHERE balanced AND repeats IS NULL"):
        paid = [Decimal(r["paid"]) for r in tx.all("SELECT paid FROM adjudications WHERE remittance = ?", row["id"])]
        taken = [
            Decimal(r["amount"])
            for r in tx.all("SELECT amount FROM provider_adjustments WHERE remittance = ?", row["id"])
        ]
        found.append((Decimal(row["amount"]), sum(paid, Decimal(0)) - sum(taken, Decimal(0))))
    return found


async def check(config: Path, seeds: range, names: tuple[str, ...] = ()) -> tuple[int, Decimal]:
    """Post them and compare; returns how many remittances there were and their money in all."""
    async with open_site(config) as site:
        (lane,) = site.directory.lanes.values()
        sent = 0

        def post(tx: Tx, some: range) -> int:
            count = 0
            for seed in some:
                row = tx.run("INSERT INTO documents (name, sha256, size, kid, sealed_at) VALUES (?, x'', 0, '', '')",
                             f"r{seed}")  # fmt: skip
                for ordinal, each in enumerate(read(seed, names)):
                    answers.post(tx, lane, row, ordinal, each)
                    count += 1
            return count

        for first in range(seeds.start, seeds.stop, 200):
            sent += await site.store.write(post, range(first, min(first + 200, seeds.stop)))
        found = await site.store.read(posted)
    assert len(found) == sent, f"{sent - len(found)} of {sent} remittances were not posted"
    wrong = [pair for pair in found if pair[0] != pair[1]]
    assert not wrong, f"{len(wrong)} of {sent} remittances were posted with another sum than BPR02"
    return sent, sum((amount for amount, _ in found), Decimal(0))


def main() -> None:
    """Post the asked number of documents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="documents, each of one to three remittances")
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as root, PayerSimulator(Path(root) / "payer", Scenario(answers=())) as payer:
        site = make_site(Path(root) / "site", {"alpha": payer})
        sent, money = asyncio.run(check(site.config, range(1, count + 1)))
    print(f"{count:,} documents, {sent:,} remittances, {money:,} dollars: each posted to the cent")


if __name__ == "__main__":
    main()

"""Answers against a large store: how fast a 277CA and an 835 find their claims and post, and what a large 835 costs.

The claims are a thousand real ones, taken in and sent, then multiplied in the database: each copy has a number, an
attempt and a trace of its own.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import rmtree

from gateway.model.answers import Answer
from gateway.model.partners import Lane
from gateway.store import Tx, answers, documents
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator, Scenario
from gateway.workers.site import Site, open_site
from gateway.x12.answers import read_answers
from tests.bench.measuring import Watch
from tests.sites import TestSite, make_site

BASE = 1_000
SMALL, STORED = 10_000, 1_000_000
ANSWERED = 5_000
"""Claims of one answer."""

LATELY = {"277CA": 10_000, "835": 50_000}
"""Those lie among so many of the last stored: a 277CA speaks of the last files, an 835 of the last weeks."""

ROUNDS = 3
LARGE = 100_000_000
OF_A_SET = 10_000
"""As many claims as the guide lets one 835 set carry."""


def measure_matching() -> dict[str, float]:
    """`match_277ca_per_s` and `match_835_per_s`: claims a second that a read answer posts with 1,000,000 stored, from its
    keys to its committed events, the best of three; its claims are among the last stored (LATELY). `..._anywhere_per_s`:
    the same of claims at equal distances in the whole store, which no answer has. `match_cost_1m_vs_10k`: the dearer of
    the two first against 10,000 stored.
    `remit_100mb_peak_mb`: memory of a process that reads and posts a 100 MB 835."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        site = _sent(root)
        small, large, anywhere = asyncio.run(_measured(site.config))
        peak, seconds, claims = _large(site, root, OF_A_SET)
        one_peak, one_seconds, _ = _large(site, root, 0)
    finally:
        rmtree(root)
    return {
        "match_277ca_per_s": large[0],
        "match_835_per_s": large[1],
        "match_277ca_anywhere_per_s": anywhere[0],
        "match_835_anywhere_per_s": anywhere[1],
        "match_277ca_per_s_10k": small[0],
        "match_835_per_s_10k": small[1],
        "match_cost_anywhere_1m_vs_10k": max(small[0] / anywhere[0], small[1] / anywhere[1]),
        "match_cost_1m_vs_10k": max(small[0] / large[0], small[1] / large[1]),
        "remit_100mb_peak_mb": max(peak, one_peak),
        "remit_100mb_one_set_peak_mb": one_peak,
        "remit_100mb_one_set_s": one_seconds,
        "remit_100mb_s": seconds,
        "remit_100mb_claims": claims,
    }


def _sent(root: Path) -> TestSite:
    lines = (LineSpec(charge=120), LineSpec("36415", charge=15))
    specs = [ClaimSpec(f"M{n}", lines, payer_id="77001", member_id=f"MEM{n}") for n in range(BASE)]
    with PayerSimulator(root / "payer", Scenario(answers=())) as payer:
        site = make_site(root / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        site.drop("sent.837", batch837p(specs))
        _run(site)
        if (lane := site.ask("lanes")[0])["state"] == "ASKING":  # it asks before it sends more than ever before
            site.ask("resume", lane=lane["lane"], reason="bench")
            _run(site)
    return site


def _run(site: TestSite) -> None:
    command = [sys.executable, "-m", "gateway", "-c", str(site.config), "run", "--until-idle"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


async def _measured(config: Path) -> tuple[tuple[float, float], ...]:
    """With few claims stored, with many, and with many where the answered ones lie anywhere."""
    async with open_site(config) as site:
        (lane,) = site.directory.lanes.values()
        await _multiply(site, SMALL)
        small = await _rates(site, lane, SMALL, 1, LATELY)
        await _multiply(site, STORED)
        large = await _rates(site, lane, STORED, 2, LATELY)
        return small, large, await _rates(site, lane, STORED, 3, dict.fromkeys(LATELY, STORED))


async def _multiply(site: Site, wanted: int) -> None:
    have = (await site.store.read(lambda tx: tx.one("SELECT count(*) AS n FROM claims")))["n"]  # type: ignore[index]
    for copy in range(have // BASE, wanted // BASE):
        await site.store.write(_copied, copy)


def _copied(tx: Tx, copy: int) -> None:
    """A thousand claims more in submissions of their own."""
    shift = copy * BASE
    last = tx.one(f"SELECT max(submission) AS id FROM attempts WHERE claim <= {BASE}")
    assert last
    assert last["id"], "nothing was sent"
    further = copy * last["id"]
    _copy(tx, "submissions", last["id"], {
        "id": f"id + {further}", "isa13": f"isa13 + {copy * 10_000}", "reference": f"reference || '-{copy}'",
        "remote_name": f"remote_name || '-{copy}'",
    })  # fmt: skip
    _copy(tx, "claims", BASE, {
        "id": f"id + {shift}", "family": f"family + {shift}", "control_number": f"control_number || '-{copy}'",
        "fingerprint": "randomblob(16)", "likeness": "randomblob(16)", "submission": f"submission + {further}",
        "standing": "'SENT'",
    })  # fmt: skip
    first = tx.one("SELECT max(id) AS id FROM attempts")
    assert first
    _copy(tx, "attempts", BASE, {
        "id": f"{first['id']} + row_number() OVER ()", "claim": f"claim + {shift}", "trace": f"trace || '-{copy}'",
        "submission": f"submission + {further}", "payer_control_number": "''",
    }, "claim")  # fmt: skip


def _copy(tx: Tx, table: str, most: int, changed: dict[str, str], key: str = "id") -> None:
    columns = [row["name"] for row in tx.all(f"PRAGMA table_info({table})")]
    values = ", ".join(changed.get(name, name) for name in columns)
    tx.run(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {key} <= {most}")


async def _rates(site: Site, lane: Lane, stored: int, run: int, among: Mapping[str, int]) -> tuple[float, float]:
    """Claims a second of a 277CA and of an 835, each time of other claims of the store."""
    best, cpu = [0.0, 0.0], [0.0, 0.0]
    for turn in range(ROUNDS):
        trace = f"{run}{turn}"
        for place, (kind, written) in enumerate({"277CA": report, "835": remittance}.items()):
            rows = await site.store.read(_some, stored, turn, among[kind])
            document = written(rows, trace)
            (answer,) = [each for each in read_answers([document]) if not hasattr(each, "kind")]
            begun, worked = time.perf_counter(), time.process_time()
            await _post(site, lane, answer, f"{trace}{place}")
            best[place] = max(best[place], len(rows) / (time.perf_counter() - begun))
            cpu[place] = max(cpu[place], len(rows) / (time.process_time() - worked))
        print(f"{stored:,} stored, round {turn + 1}: 277CA {best[0]:,.0f}, 835 {best[1]:,.0f} claims/s;"
              f" by CPU time {cpu[0]:,.0f}, {cpu[1]:,.0f}", flush=True)  # fmt: skip
    paid = await site.store.read(lambda tx: tx.one("SELECT count(*) AS n FROM claims WHERE standing = 'PAID'"))
    assert paid, "no claim was paid"
    assert paid["n"] >= ANSWERED // 5 * ROUNDS, f"only {paid['n']} claims were paid"
    return best[0], best[1]


def _some(tx: Tx, stored: int, turn: int, among: int) -> list[tuple[str, str]]:
    """CLM01 and REF*D9 of claims at equal distances, among so many of the last."""
    among = min(stored, among)
    step = max(1, among // ANSWERED)
    return [
        (row["control_number"], row["trace"])
        for row in tx.all(
            "SELECT c.control_number, a.trace FROM claims c JOIN attempts a ON a.claim = c.id WHERE c.id % ? = ?"
            " AND c.id > ? AND c.id <= ? LIMIT ?",
            step,
            turn % step,
            stored - among,
            stored,
            ANSWERED,
        )
    ]


async def _post(site: Site, lane: Lane, answer: Answer, name: str) -> None:
    await site.store.write(_posted, lane, answer, name)


def _posted(tx: Tx, lane: Lane, answer: Answer, name: str) -> None:
    document = tx.run(
        "INSERT INTO documents (name, sha256, size, kid, sealed_at) VALUES (?, x'00', 0, '', ?)", name, tx.at
    )
    answers.post(tx, lane, document, 0, answer)


def _interchange(group: str, version: str, body: list[str], code: str, control: int) -> bytes:
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'ALPHAHP':15}*ZZ*{'OPENGATE':15}*261116*0640*^*00501*{control:09}*0*P*:~"
    sets = "".join(body)
    count = sum(each.startswith("ST*") for each in body)
    return (
        f"{isa}GS*{group}*ALPHAHP*OPENGATE*20261116*0640*9*X*{version}~{sets}GE*{count}*9~IEA*1*{control:09}~".encode()
    )


def payers(claim: str) -> str:
    """The payer's number of a claim: the same in every answer."""
    return "P" + claim.replace("-", "X")


def report(rows: list[tuple[str, str]], trace: str) -> bytes:
    """A 277CA that accepts these claims."""
    head = [
        "ST*277*0001*005010X214~", f"BHT*0085*08*ACK{trace}*20261116*0640*TH~", "HL*1**20*1~",
        "NM1*PR*2*ALPHA HEALTH*****PI*77001~", f"TRN*1*ACK{trace}~", "DTP*050*D8*20261115~", "DTP*009*D8*20261116~",
        "HL*2*1*21*1~", "NM1*41*2*OPENGATE GATEWAY*****46*OGT77~", f"TRN*2*NONE{trace}~", "STC*A1:19:PR*20261116*WQ*1~",
        "HL*3*2*19*1~", "NM1*85*2*BIRCH LANE CLINIC*****XX*1234567893~",
    ]  # fmt: skip
    body = [
        f"HL*{n}*3*PT~NM1*QC*1*DOE*DANA****MI*MEM1~TRN*2*{claim}~STC*A2:20*20261116*WQ*135~REF*1K*{payers(claim)}~"
        f"REF*D9*{d9}~DTP*472*D8*20261109~"
        for n, (claim, d9) in enumerate(rows, 4)
    ]
    segments = sum(each.count("~") for each in (*head, *body)) + 1
    return _interchange("HN", "005010X214", [*head, *body, f"SE*{segments}*0001~"], "277", 900 + int(trace))


def remittance(rows: list[tuple[str, str]], trace: str) -> bytes:
    """An 835 that pays four of five of these claims, and of each fifth one line."""
    return _interchange("HP", "005010X221A1", list(one_set(rows, trace)), "835", 700 + int(trace))


def one_set(rows: list[tuple[str, str]], trace: str, control: str = "0001") -> Iterator[str]:
    """ST to SE."""
    body = [_claim(claim, payers(claim), n % 5 == 0) for n, (claim, _) in enumerate(rows, 4)]
    amount = sum(60 if n % 5 == 0 else 70 for n, _ in enumerate(rows, 4))
    head = [
        f"ST*835*{control}~", f"BPR*I*{amount}*C*ACH*CCP*01*999999992*DA*0001*1770001234**01*999999992*DA*0002*20261201~",
        f"TRN*1*EFT{trace}*1770001234~", "DTM*405*20261130~", "N1*PR*ALPHA HEALTH~", "REF*2U*77001~",
        "N1*PE*BIRCH LANE CLINIC*XX*1234567893~", "REF*TJ*999990007~", "LX*1~",
    ]  # fmt: skip
    yield "".join(head)
    yield from body
    yield f"SE*{sum(each.count('~') for each in (*head, *body)) + 1}*{control}~"


def _claim(claim: str, number: str, denied: bool) -> str:
    paid, second = (60, "SVC*HC:36415*15*0**1~DTM*472*20261109~CAS*CO*197*15~REF*6R*2~") if denied else (
        70, "SVC*HC:36415*15*10**1~DTM*472*20261109~CAS*CO*45*5~REF*6R*2~")  # fmt: skip
    return (
        f"CLP*{claim}*1*135*{paid}*40*12*{number}*11*1~NM1*QC*1*DOE*DANA****MI*MEM1~DTM*232*20261109~"
        f"SVC*HC:99213*120*60**1~DTM*472*20261109~CAS*CO*45*20~CAS*PR*3*40~REF*6R*1~AMT*B6*100~{second}"
    )


def _large(site: TestSite, root: Path, of_a_set: int) -> tuple[float, float, int]:
    """A 100 MB 835 of sets of so many claims, or of one set (0), read and posted by a process of its own."""
    path = root / f"large-{of_a_set}.835"
    claims = write_large(path, of_a_set)
    command = [sys.executable, "-m", "tests.bench.matching", str(site.config), str(path)]
    begun = time.perf_counter()
    with subprocess.Popen(command) as child:
        watch = Watch(child.pid)
        code = child.wait()
        watch.stop()
    if code:
        raise SystemExit(f"reading and posting ended with {code}")
    return watch.peak_mb, time.perf_counter() - begun, claims


def write_large(path: Path, of_a_set: int, size: int = LARGE) -> int:
    """Write it, of claims that are stored; returns how many claims it has."""
    in_one = of_a_set or size // len(_claim("M9-9", "P8199999", False)) + 1
    claims = sets = 0
    with path.open("wb") as file:
        isa, rest = _interchange("HP", "005010X221A1", [], "835", 800).split(b"GE*0*9~")
        file.write(isa)
        while file.tell() < size:
            rows = [(f"M{n % BASE}-{n // BASE % 900 + 1}", "") for n in range(claims, claims + in_one)]
            sets, claims = sets + 1, claims + in_one
            for some in one_set(rows, f"9{sets}" if of_a_set else f"8{sets}", f"{sets:04}"):
                file.write(some.encode())
        file.write(f"GE*{sets}*9~".encode() + rest)
    return claims


async def _read_and_post(config: Path, path: Path) -> None:
    """As the mailbox does: seal, look through the whole, then post one answer after the other."""
    from gateway.workers.mail import _looked_through, _post_all

    async with open_site(config) as site:
        (lane,) = site.directory.lanes.values()
        with path.open("rb") as file:
            sealed = site.vault.seal(iter(lambda: file.read(1 << 16), b""))
        document = await site.store.write(documents.enter, sealed)
        await site.thread(_looked_through, site, sealed.name)
        await _post_all(site, lane, document, sealed.name)
        rows = await site.store.read(lambda tx: tx.all("SELECT r.balanced, r.id FROM remittances r JOIN answers a"
                                                       " ON a.id = r.answer WHERE a.document = ?", document))  # fmt: skip
        assert rows, "no remittance was posted"
        assert all(row["balanced"] for row in rows), "a remittance does not balance"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(_read_and_post(Path(sys.argv[1]), Path(sys.argv[2])))
    else:
        for name, value in measure_matching().items():
            print(f"{name:<34} {value:>12,.3f}")

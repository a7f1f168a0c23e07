"""Claims that wait, many of them: what a change of the roster costs, and how soon `why` answers.

The claims are real ones, taken in and held by the gate, then multiplied in the database: each copy is another provider's,
and has a number, a content and a decision of its own.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from shutil import rmtree

from gateway.desk.commands import answer
from gateway.store import Tx, claims
from gateway.testing.builders import ClaimSpec, batch837p, realistic_claims, valid_npi
from gateway.testing.payer import PayerSimulator
from gateway.workers.intake import Intake, judge_due
from gateway.workers.site import Site, open_site
from tests.sites import make_site

BASE = 1_000
HELD = 100_000
STORED = 1_000_000
FIRST = valid_npi(90_000_000)


def measure_holding() -> dict[str, float]:
    """`reevaluate_s` and `reevaluated`: 100,000 claims are held, and a record comes that concerns 1,000 of them.
    `reevaluate_all_s`: all are judged anew. `why_ms_1m`: the slowest of 50 answers with 1,000,000 claims stored."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with PayerSimulator(root / "payer") as payer:
            site = make_site(root / "site", {"alpha": payer})
            return asyncio.run(_measured(site.config, site.spool))
    finally:
        rmtree(root)


async def _measured(config: Path, spool: Path) -> dict[str, float]:
    async with open_site(config) as site:
        await _held(site, spool)
        await _multiply(site, HELD)
        reevaluated, seconds = await _change(site)
        all_of_them, all_seconds = await _all(site)
        await _multiply(site, STORED)
        return {
            "reevaluated": reevaluated,
            "reevaluate_s": seconds,
            "reevaluate_all_s": all_seconds,
            "reevaluate_all_claims_per_s": all_of_them / all_seconds,
            "why_ms_1m": await _why(site),
        }


async def _held(site: Site, spool: Path) -> None:
    """The claims that all others are copies of: of one provider whom nobody has on record."""
    specs = [
        ClaimSpec(
            f"H{n}",
            [replace(line, rendering="", ordering="") for line in spec.lines],
            payer_id="77001",
            member_id=spec.member_id,
            rendering=FIRST,
        )
        for n, spec in enumerate(realistic_claims(BASE))
    ]
    (spool / "incoming" / "held.837").write_bytes(batch837p(specs))
    intake = Intake(site)
    await intake.sweep(1e9)
    await intake.sweep(2e9)
    await _judge(site)


async def _judge(site: Site) -> int:
    judged = 0
    while some := await judge_due(site):
        judged += some
    return judged


async def _multiply(site: Site, wanted: int) -> None:
    have = (await site.store.read(lambda tx: tx.one("SELECT count(*) AS n FROM claims")))["n"]  # type: ignore[index]
    for copy in range(have // BASE, wanted // BASE):
        await site.store.write(_copied, copy)


def _copied(tx: Tx, copy: int) -> None:
    """One more provider's thousand."""
    npi, shift = valid_npi(90_000_000 + copy), copy * BASE
    columns = [row["name"] for row in tx.all("PRAGMA table_info(claims)")]
    changed = {
        "id": f"id + {shift}",
        "family": f"family + {shift}",
        "control_number": f"control_number || '-{copy}'",
        "fingerprint": "randomblob(16)",
        "grounds": f"replace(grounds, '{FIRST}', '{npi}')",
        "facts": f"CAST(replace(CAST(facts AS TEXT), '{FIRST}', '{npi}') AS BLOB)",
    }
    values = ", ".join(changed.get(name, name) for name in columns)
    tx.run(f"INSERT INTO claims ({', '.join(columns)}) SELECT {values} FROM claims WHERE id <= {BASE}")
    tx.run(
        f"INSERT INTO claim_providers (npi, claim) SELECT CASE npi WHEN '{FIRST}' THEN '{npi}' ELSE npi END,"
        f" claim + {shift} FROM claim_providers WHERE claim <= {BASE}"
    )
    tx.run(
        "INSERT INTO events (seq, at, name, actor, batch, claim, submission, lane, body, kid, mac)"
        f" SELECT (SELECT max(seq) FROM events) + claim, at, name, actor, batch, claim + {shift}, submission, lane, body,"
        f" kid, mac FROM events WHERE name = 'claim.held' AND claim <= {BASE}"
    )


async def _change(site: Site) -> tuple[int, float]:
    """A record of one provider comes: until his claims may go."""
    row = {"provider_npi": valid_npi(90_000_017), "payer": "alpha", "effective_from": "2020-01-01", "source": "letter"}
    begun = time.perf_counter()
    await answer(site, "roster apply", {"rows": [row], "source": "bench"}, "bench")
    judged = await _judge(site)
    seconds = time.perf_counter() - begun
    freed = await site.store.read(lambda tx: tx.one("SELECT count(*) AS n FROM claims WHERE state = 'READY'"))
    assert freed, "nobody was freed"
    assert freed["n"] == BASE, f"{freed['n']} were freed"
    return judged, seconds


async def _all(site: Site) -> tuple[int, float]:
    await site.store.write(claims.judge_all)
    begun = time.perf_counter()
    judged = await _judge(site)
    return judged, time.perf_counter() - begun


async def _why(site: Site) -> float:
    times = []
    for copy in range(1, 51):
        number = f"H{copy * 19 % BASE}-{copy * 997 % (STORED // BASE) or 1}"
        begun = time.perf_counter()
        found = await answer(site, "why", {"claim": number}, "bench")
        times.append(1000 * (time.perf_counter() - begun))
        assert found["control_number"] == number
    print(f"why: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms")
    return max(times)


if __name__ == "__main__":
    for name, value in measure_holding().items():
        print(f"{name:<34} {value:>12,.3f}")

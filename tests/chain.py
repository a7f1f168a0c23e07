"""Run a worked chain of example files, 837 to 835, through a real site: `make chain`.

The folder holds files named as in EXAMPLES. Payers are silent simulators into whose outbox the example's answers are laid
as they stand; our own numbers are set to those that the answers speak of.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gateway.daemon import Daemon
from gateway.desk import claims
from gateway.logs import set_up
from gateway.store import Tx, submissions
from gateway.testing.payer import PayerSimulator, Scenario
from gateway.workers.site import Site, open_site
from tests.sites import TestSite, make_site

BATCH, BETA_BAD, BETA_FIXED, AGAIN = (
    "01_batch_in.837p", "03a_out_beta_bad.837p", "03b_out_beta_fixed.837p", "10_out_alpha_cf1002_again.837p",
)  # fmt: skip
FIRST_ANSWERS = {
    "alpha": (
        "04a_ta1_accept_alpha.ta1",
        "05_999_accept_alpha.999",
        "04b_ta1_reject_alpha_duplicate.ta1",
        "08_277ca_alpha.277",
    ),
    "beta": ("06_999_reject_beta.999",),
}
SECOND_ANSWERS = {
    "alpha": ("11_277ca_alpha_cf1002.277", "12_835_alpha.835"),
    "beta": ("07_999_accept_beta.999", "09_277ca_beta.277", "13_835_beta.835"),
}
LAST_ANSWERS = {"alpha": ("14_835_alpha_reversal.835",)}
CHARLIE, MISTYPED, MENDED, CYPRESS = "2000000010", "2000000044", "2000000028", "2000000036"
EXPECTED = {
    "CF1001": ["PAID"],
    "CF1002": ["DECLINED", "DENIED"],
    "CF1003": ["RETURNED", "PARTLY_PAID"],
}


@dataclass
class Clock:
    """Stands at the moment the examples were written."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 10, 15, 2, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


def run_chain(folder: Path, root: Path, variant: str = "") -> tuple[dict[str, list[str]], list[str]]:
    """Run it all in a site under `root`; returns where each CLM01 stands, oldest version first, and what was alarming.

    `variant` names another file to use in the place of the first remittance.
    """
    set_up(file=root / "chain.log")
    silent = Scenario(answers=())
    with PayerSimulator(root / "alpha", silent) as alpha, PayerSimulator(root / "beta", silent) as beta:
        payers = {"alpha": alpha, "beta": beta}
        enrolled = [(npi, p) for npi in (CHARLIE, MISTYPED, MENDED, CYPRESS) for p in payers]
        site = make_site(root / "site", payers, enrolled)
        _as_in_the_examples(site)
        return asyncio.run(_play(site, folder, payers, variant))


def _as_in_the_examples(site: TestSite) -> None:
    """The date check only warns, so that the bad claim goes out; envelopes carry the examples' ids."""
    with site.config.open("a") as settings:
        settings.write('\n[checks]\nseverity = {DATE_INVALID = "WARN"}\n')
    beta = site.root / "conf" / "partners" / "beta_edi.toml"
    beta.write_text(beta.read_text().replace("OGT77", "OGT78"))


async def _play(
    test_site: TestSite, folder: Path, payers: Mapping[str, PayerSimulator], variant: str
) -> tuple[dict[str, list[str]], list[str]]:
    clock = Clock()
    async with open_site(test_site.config, clock) as site:
        first = {"alpha_edi": 500, "beta_edi": 600}
        lanes = site.directory.lanes.values()
        await site.store.write(_number, {submissions.scope_of(lane): first[lane.partner.key] for lane in lanes})
        await _drop(site, folder / BATCH)
        await site.store.write(_rename, {501: "OG26J10A00000000{}", 601: "OG26J10A000000003"})
        await _answer(site, folder, payers, FIRST_ANSWERS)
        clock.now = datetime(2026, 11, 10, 17, 30, tzinfo=UTC)
        await _drop(site, folder / BETA_FIXED)
        await _drop(site, folder / AGAIN)
        await site.store.write(_rename, {502: "OG26J12A000000007", 602: "OG26J10A000000004"})
        second = {
            k: tuple(variant if variant and n.startswith("12_") else n for n in v) for k, v in SECOND_ANSWERS.items()
        }
        await _answer(site, folder, payers, second)
        await _answer(site, folder, payers, LAST_ANSWERS)
        stands: dict[str, list[str]] = {}
        for row in await claims.listing(site):
            stands.setdefault(row["control_number"], []).append(row["stands"])
        return stands, await site.store.read(_alarms)


def _number(tx: Tx, counters: Mapping[str, int]) -> None:
    for scope, number in counters.items():
        submissions.take(tx, scope, number)


def _rename(tx: Tx, traces: Mapping[int, str]) -> None:
    """Give what we sent the BHT03 and REF*D9 that the example's answers repeat."""
    for isa13, trace in traces.items():
        tx.run("UPDATE submissions SET reference = ? WHERE isa13 = ?", f"OG{isa13:010d}", isa13)
        rows = tx.all(
            "SELECT a.id FROM attempts a JOIN submissions s ON s.id = a.submission WHERE s.isa13 = ? ORDER BY a.id",
            isa13,
        )
        for number, row in enumerate(rows, 1):
            tx.run("UPDATE attempts SET trace = ? WHERE id = ?", trace.format(number), row["id"])


def _alarms(tx: Tx) -> list[str]:
    wanted = ("submission.duplicate_reported", "claim.contradicted", "answer.unmatched", "remittance.unbalanced")
    rows = tx.all("SELECT name, body FROM events ORDER BY seq")
    return [f"{row['name']} {row['body']}" for row in rows if row["name"] in wanted]


async def _drop(site: Site, file: Path) -> None:
    (site.spool.folder("incoming") / file.name).write_bytes(file.read_bytes())
    await Daemon(site).run_until_idle()


async def _answer(
    site: Site, folder: Path, payers: Mapping[str, PayerSimulator], answers: Mapping[str, tuple[str, ...]]
) -> None:
    """Lay answers out one after the other, in the order in which they are named."""
    for payer, names in answers.items():
        for name in names:
            (payers[payer].outbox / name).write_bytes((folder / name).read_bytes())
            await Daemon(site).run_until_idle()


def main() -> int:
    """Run the chain twice, the second time with the payer that writes CLP02 4 on a denial."""
    folder = Path(sys.argv[1])
    if not (folder / BATCH).exists():
        print(f"No examples in {folder}: nothing to do.")
        return 0
    wrong = 0
    for variant in ("", "12b_835_alpha_clp02_4.835"):
        stands, alarms = run_chain(folder, Path(tempfile.mkdtemp(prefix="chain-")), variant)
        print(f"\n{variant or 'the chain'}")
        for number, found in sorted(stands.items()):
            fits = found == EXPECTED.get(number)
            wrong += not fits
            print(f"  {number}  {', '.join(found)}{'' if fits else f'   EXPECTED {EXPECTED.get(number)}'}")
        for alarm in alarms:
            print(f"  {alarm}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

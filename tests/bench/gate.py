"""The gate alone: claims of a realistic batch judged against a large registry with every list loaded."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random
from statistics import median

from gateway.enrollment import judge_enrollment
from gateway.model.claims import Claim
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.evidence import Evidence, Recollection
from gateway.model.lists import Generation, Listed, ListKind, MedicareEnrollment, NppesEntry, OrderRefer, Shelf
from gateway.model.partners import Payer
from gateway.model.registry import Credential, CredentialKind, Membership, ProviderRecord
from gateway.named import npis_of
from gateway.testing.builders import realistic_batch, valid_npi
from gateway.x12.claims import read_claims

_SELF = (sys.executable, "-m", "tests.bench.gate")
PROVIDERS, PAYERS, CLAIMS, BATCH = 2_000, 50, 10_000, 500
TODAY = date(2026, 11, 23)
BEGAN, SEEN = date(2020, 1, 1), date(2026, 10, 1)
TAX_ID = "999990001"
NPIS = tuple(valid_npi(10_000 + number) for number in range(PROVIDERS))
GROUP = NPIS[0]


def gate_decisions() -> float:
    """Claims a second through the decision table with every row of it asked, in a process of its own; the median of three.
    Claims come by the batch, as the store has them judged, each with all the evidence of whom it names."""
    runs = [subprocess.run(_SELF, stdout=subprocess.PIPE, text=True, check=True).stdout for _ in range(3)]
    return median(float(said) for said in runs)


def decided() -> float:
    """One run. Every claim of a batch is billed by the one group, and next to none shares who renders and the payer with
    another; what was said is remembered within a batch, as the store has it, and no longer."""
    seconds = 0.0
    for begin in range(0, CLAIMS, BATCH):
        recollection: Recollection = {}
        cases = [(claim, payer, evidence_of(claim, recollection)) for claim, payer in claims()[begin : begin + BATCH]]
        gc.collect()
        begun = time.perf_counter()
        for claim, payer, evidence in cases:
            judge_enrollment(claim, payer, evidence, TODAY)
        seconds += time.perf_counter() - begun
    return CLAIMS / seconds


@cache
def payers() -> tuple[Payer, ...]:
    """One in ten is Medicare, one in five a federal program."""
    return tuple(
        Payer(f"payer{number}", "Payer", medicare=number % 10 == 0, federal=number % 5 == 0) for number in range(PAYERS)
    )


@cache
def claims() -> tuple[tuple[Claim, Payer], ...]:
    """Read from a file, then billed by one group for providers and to payers of this registry."""
    random = Random(4)
    read = (item for item in read_claims(realistic_batch(CLAIMS)) if isinstance(item, Claim))
    return tuple((_here(claim, random), random.choice(payers())) for claim in read)


def _here(claim: Claim, random: Random) -> Claim:
    renamed: dict[str, str] = {}
    providers = tuple(
        replace(one, entity_type="1", npi=renamed.setdefault(one.npi, random.choice(NPIS[1:])))
        for one in claim.providers
    )
    billing = replace(claim.billing, npi=GROUP, entity_type="2", tax_id=TAX_ID, taxonomy="207Q00000X")
    return replace(claim, providers=providers, billing=billing)


def evidence_of(claim: Claim, recollection: Recollection | None = None) -> Evidence:
    """All that is known of the providers whom the claim names, at every payer."""
    npis = sorted(npis_of(claim))
    return Evidence(
        enrollments=tuple(record for npi in npis for record in enrollments(npi)),
        memberships=tuple(Membership(npi, TAX_ID, GROUP, first_day=BEGAN, id=7) for npi in npis if npi != GROUP),
        credentials=tuple(one for npi in npis if npi != GROUP for one in credentials(npi)),
        providers=tuple(person(npi) for npi in npis),
        shelf=shelf(),
        submitter="CFFM01",
        pairs=pairs(),
        recollection=recollection,
    )


@cache
def enrollments(npi: str) -> tuple[Enrollment, ...]:
    """One provider at every payer: 100,000 of all, and what a group has beside them."""
    number = NPIS.index(npi) * PAYERS
    found = [
        Enrollment(
            npi, payer.key, EnrollmentState.ACTIVE, BEGAN, tax_id=TAX_ID, source="portal",
            observed_on=SEEN - timedelta(days=count), taxonomy="207Q00000X", id=number + count,
        )
        for count, payer in enumerate(payers(), 1)
    ]  # fmt: skip
    if npi == GROUP:
        kinds = (EnrollmentKind.EDI_837, EnrollmentKind.ERA_835)
        found += [replace(record, kind=kind, submitter="CFFM01") for record in found for kind in kinds]
    return tuple(found)


@cache
def pairs() -> dict[tuple[str, str], tuple[Enrollment, ...]]:
    """The index of them that the store makes for the claims that it has judged together."""
    found: dict[tuple[str, str], tuple[Enrollment, ...]] = {}
    for npi in NPIS:
        for record in enrollments(npi):
            found[npi, record.payer] = (*found.get((npi, record.payer), ()), record)
    return found


def credentials(npi: str) -> tuple[Credential, ...]:
    """A licence and a DEA registration."""
    last = date(2028, 1, 31)
    return tuple(
        Credential(npi, kind, last_day=last, source="letter", observed_on=SEEN, id=NPIS.index(npi))
        for kind in (CredentialKind.LICENCE, CredentialKind.DEA)
    )


def person(npi: str) -> ProviderRecord:
    """The provider as the practice knows it."""
    return ProviderRecord(npi, "1", "ASH", "ALEX", ("207Q00000X",), id=NPIS.index(npi))


@cache
def shelf() -> Shelf:
    """Every list, of last week, with an entry of every provider."""
    loaded = {kind: Generation(kind, 3, TODAY - timedelta(days=7), 1_000_000) for kind in ListKind}
    return Shelf(loaded, {npi: _listed(npi) for npi in NPIS})


def _listed(npi: str) -> Listed:
    return Listed(
        nppes=NppesEntry("2" if npi == GROUP else "1", taxonomies=("207Q00000X",)),
        order_refer=OrderRefer(part_b=True, dme=True, last_name="ASH", first_name="ALEX"),
        medicare=(MedicareEnrollment("I20180101000001", groups=(GROUP,)),),
    )


if __name__ == "__main__":
    pairs()
    gc.freeze()
    print(f"{decided():.1f}")

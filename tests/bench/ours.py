"""One of our own stages over one file, in a process of its own: prints the seconds of the work alone, imports left out.

Each stage imports what it needs and nothing else, as the peers' stages do: the seconds of the whole process and its peak
of memory are then those of the stage.

python -m tests.bench.ours validate FILE
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

BLOCK = 256 * 1024
CACHE = Path("build/guides")


def blocks(path: str) -> Iterator[bytes]:
    """The file as the gateway reads it."""
    with open(path, "rb", buffering=0) as stream:
        while block := stream.read(BLOCK):
            yield block


def read(path: str) -> int:
    """Every segment split off, nothing looked at."""
    from gateway.x12.syntax import runs

    return timed(lambda: sum(len(run.pieces()) for run in runs(blocks(path))))


def take_out(path: str) -> int:
    """Payer, providers, ids, amounts, dates of every line of every claim, as bytes."""
    from gateway.x12.extract import extract
    from gateway.x12.extract_records import RawClaim

    return timed(lambda: sum(isinstance(item, RawClaim) for item in extract(blocks(path))))


def claims(path: str) -> int:
    """Whole claims as the gate sees them."""
    from gateway.model.claims import Claim
    from gateway.x12.claims import read_claims

    return timed(lambda: sum(isinstance(item, Claim) for item in read_claims(blocks(path))))


def validate(path: str) -> int:
    """Everything `gateway check` does alone: envelopes, guide, content; the compiled tables are on disk. Two processes."""
    from gateway.guidebook import Guidebook, standard_lists
    from gateway.model.claims import Claim
    from gateway.screening import Screening
    from gateway.workers.screener import settle_in
    from gateway.workers.validating import JudgeAhead

    def work() -> int:
        with JudgeAhead(Guidebook(CACHE), standard_lists()) as ahead:
            screening = Screening(Guidebook(CACHE), standard_lists(), judge=ahead)
            found = sum(isinstance(item, Claim) for item in screening.items(ahead.fed(blocks(path))))
        assert screening.envelope
        return found

    settle_in()
    return timed(work)


def validate_alone(path: str) -> int:
    """The same in one process."""
    from gateway.guidebook import Guidebook, standard_lists
    from gateway.model.claims import Claim
    from gateway.screening import Screening
    from gateway.workers.screener import settle_in

    def work() -> int:
        screening = Screening(Guidebook(CACHE), standard_lists())
        return sum(isinstance(item, Claim) for item in screening.items(blocks(path)))

    settle_in()
    return timed(work)


def compile_guides(_: str) -> int:
    """Every guide made into tables, none of them on disk."""
    from gateway.guidebook import Guidebook

    def work() -> int:
        book = Guidebook(None)
        guides = (("837", "005010X222"), ("837", "005010X223"), ("837", "005010X224"), ("835", "005010X221"))
        return sum(book(*guide) is not None for guide in (*guides, ("277", "005010X214"), ("999", "005010X231")))

    return timed(work)


def timed(work: Callable[[], int]) -> int:
    """Do it once and print its seconds."""
    begun = time.perf_counter()
    done = work()
    print(f"{time.perf_counter() - begun:.6f}")
    return done


STAGES: dict[str, Callable[[str], int]] = {
    "read": read,
    "extract": take_out,
    "claims": claims,
    "validate": validate,
    "validate_alone": validate_alone,
    "compile": compile_guides,
}

if __name__ == "__main__":
    STAGES[sys.argv[1]](sys.argv[2])

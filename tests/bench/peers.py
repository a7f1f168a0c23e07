"""One peer over one file, run by the peers' own interpreter: prints the seconds of the work alone, imports left out.

python tests/bench/peers.py pyx12_validate FILE
"""

from __future__ import annotations

import io
import logging
import sys
import time


def pyx12_validate(path: str) -> int:
    """The whole of what it does: the guide walked, elements checked, its 999 written."""
    import pyx12.params
    import pyx12.x12n_document

    logging.disable(logging.CRITICAL)

    def work() -> int:
        answer = io.StringIO()
        with open(path, encoding="latin-1", newline="") as source:
            return int(pyx12.x12n_document.x12n_document(pyx12.params.params(), source, answer, None))

    return timed(work)


def pyx12_reader(path: str) -> int:
    """Its segments with envelope counts."""
    import pyx12.x12file

    def work() -> int:
        with open(path, encoding="latin-1", newline="") as source:
            return sum(1 for _ in pyx12.x12file.X12Reader(source))

    return timed(work)


def lfh_segments(path: str) -> int:
    """Its bare segment reader."""
    from linuxforhealth.x12.io import X12SegmentReader

    def work() -> int:
        with X12SegmentReader(path) as reader:
            return sum(1 for _ in reader.segments())

    return timed(work)


def lfh_models(path: str) -> int:
    """A tree of models for each transaction set."""
    from linuxforhealth.x12.io import X12ModelReader

    def work() -> int:
        with X12ModelReader(path) as reader:
            return sum(1 for _ in reader.models())

    return timed(work)


def timed(work) -> int:  # type: ignore[no-untyped-def]
    """Do it once and print its seconds."""
    begun = time.perf_counter()
    done = work()
    print(f"{time.perf_counter() - begun:.6f}")
    return done


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])

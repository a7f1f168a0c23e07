"""The same targets under atheris, which follows the branches that an input takes. One target in a process of its own.

python -m tests.fuzz.guided TARGET [libFuzzer's options] [FOLDER OF INPUTS]
"""

from __future__ import annotations

import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["gateway.x12", "gateway.guides", "gateway.checks", "gateway.screening"]):
    from tests.fuzz.targets import SECONDS, seeds, tried

from tests.fuzz.mutations import mutated

_SLOWER = 5  # by its instruments


def main() -> None:
    """Until libFuzzer is satisfied; an input that breaks a target ends it, and is kept."""
    target = sys.argv.pop(1)
    done = 0

    def once(data: bytes) -> None:
        nonlocal done
        done += 1
        tried(target, data, weighed=done % 200 == 0, seconds=SECONDS * _SLOWER)

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        if seed % 3 == 0:
            return bytes(atheris.Mutate(data, longest))
        return mutated(data, Random(seed), seeds(target))[:longest]

    atheris.Setup(sys.argv, once, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

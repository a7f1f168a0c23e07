"""Check one plugin: the tiers in order, its exemptions, and the report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from gateway.testing.kit.declaration import facts_of, first_tier
from gateway.testing.kit.exemptions import excused, exemptions
from gateway.testing.kit.hours import has_hours
from gateway.testing.kit.loading import Loaded, load
from gateway.testing.kit.questions import is_asked
from gateway.testing.kit.report import Outcome, Report, Result
from gateway.testing.kit.rules import OF_ALL_FAULTS, RULES, Tier
from gateway.testing.kit.samples import read_samples
from gateway.testing.kit.showing import shown_in
from gateway.testing.kit.silence import PATIENCE
from gateway.testing.kit.sizes import is_limited
from gateway.testing.kit.trials import refuse_strange

LONGEST = 600.0
"""Seconds after which a plugin on the wire counts as hanging."""

_PLACES = {"gateway.log": "the log", "said": "an exception or repr", "events": "what people are shown",
           "names": "a file name", "out": "the output"}  # fmt: skip


def check_plugin(
    path: Path,
    samples: Path | None = None,
    tiers: Sequence[Tier] = tuple(Tier),
    trials: Sequence[str] = (),
    longest: float = LONGEST,
    patience: float = PATIENCE,
) -> Report:
    """Prove one plugin: a TOML declaration, a module, or a folder with `__init__.py`. `samples` holds the payer's own
    answers; by default the folder `_samples` or `samples` beside the plugin, or one there of the plugin's name.
    `trials` limits the wire to some of its faults, by name (`disk full`; `none` tries none), for whoever mends one: Refused
    where there is none of that name. `longest` is in s, and
    so is `patience` with a server that falls silent."""
    refuse_strange(trials)
    loaded = load(path)
    results = first_tier(loaded)
    reasons, wrong = exemptions(loaded.source)
    results = [_also(results[0], wrong), *results[1:]]
    limits: list[str] = []
    if Tier.WIRE in tiers:
        found, limits = _wire(loaded, trials, longest, patience)
        results += found
    rows: list[dict[str, Any]] = []
    if Tier.SAMPLES in tiers:
        result, rows = read_samples(loaded, samples or _beside(path))
        results.append(result)
    return Report(path.name, excused(results, reasons), facts_of(loaded), tuple(rows), tuple(limits))


def _also(result: Result, wrong: list[str]) -> Result:
    return Result(result.rule, Outcome.FAILED, (*result.details, *wrong)) if wrong else result


def _beside(path: Path) -> Path:
    """A folder that begins with _ is no plugin of the site."""
    places = [path.parent / name / own for name in ("_samples", "samples") for own in (path.stem, "")]
    return next((place for place in places if place.is_dir()), places[0])


def _wire(loaded: Loaded, trials: Sequence[str], longest: float, patience: float) -> tuple[list[Result], list[str]]:
    """Every rule of the second tier."""
    if loaded.registry is None:
        return _unproven("it does not load"), []
    if not loaded.partners:
        return _unproven("it has no partner, so that there is no wire"), []
    with tempfile.TemporaryDirectory(prefix="gateway-kit-") as name:
        folder = Path(name)
        order = folder / "order.json"
        asked = {
            "plugin": str(loaded.path.resolve()),
            "trials": list(trials),
            "patience": patience,
            "parent": os.getpid(),
        }
        order.write_text(json.dumps(asked))
        ended = _ran(order, longest)
        if ended:
            return [_result("arrives", [ended], loaded), *_unproven("the trial did not come to its end", "arrives")], []
        found = json.loads((folder / "found.json").read_text())
        results, limits = _judged(loaded, found, folder)
        results = [_tried_in_part(result, trials) for result in results] if trials else results
        return results, [*limits, *([f"no other faults were tried than: {', '.join(trials)}"] if trials else [])]


def _ran(order: Path, longest: float) -> str:
    """Run the trial in a process group of its own; returns what went wrong with the process itself."""
    command = [sys.executable, "-m", "gateway.testing.kit.trying", str(order)]
    with (order.parent / "out").open("wb") as out:
        child = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, env=_environment()
        )
        try:
            code = child.wait(longest)
        except subprocess.TimeoutExpired:
            return f"it hangs: nothing came of it within {longest:.0f} seconds"
        finally:
            with suppress(ProcessLookupError):  # what it started may go on though it has ended
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if code or not (order.parent / "found.json").exists():
        return f"it ended the process (exit code {code}): {_last_line(order.parent / 'out')}"
    return ""


def _environment() -> dict[str, str]:
    """Compiled code would be files that it writes."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


def _last_line(out: Path) -> str:
    """The class of the exception alone, for its text may hold anything."""
    lines = out.read_text(errors="replace").strip().splitlines()
    return lines[-1].partition(":")[0][:80] if lines else "it said nothing"


def _judged(loaded: Loaded, found: dict[str, Any], folder: Path) -> tuple[list[Result], list[str]]:
    wrong, untried = _by_rule(found, "wrong"), _by_rule(found, "untried")
    for key in found:
        shown = shown_in(_texts(folder / key, folder / "out"), (folder / key / "payer/keys/password").read_text())
        wrong.setdefault("secrets_hidden", []).extend(f"{_head(found, key)}{place}" for place in shown)
    results = [
        _result(rule.name, wrong.get(rule.name, []), loaded, untried.get(rule.name, []))
        for rule in RULES.values()
        if rule.tier is Tier.WIRE
    ]
    if "arrives" in wrong:
        results = [_after_failure(result) for result in results]
    return results, [f"{_head(found, key)}{limit}" for key, told in found.items() for limit in told["limits"]]


def _by_rule(found: dict[str, Any], what: str) -> dict[str, list[str]]:
    """The details of every partner, by rule."""
    details: dict[str, list[str]] = {}
    for key, told in found.items():
        for rule, said in told[what].items():
            details.setdefault(rule, []).extend(f"{_head(found, key)}{detail}" for detail in said)
    return details


def _head(found: dict[str, Any], key: str) -> str:
    """Which partner, where there are several."""
    return f"{key}: " if len(found) > 1 else ""


def _texts(place: Path, out: Path) -> dict[str, str]:
    files = {place / name: said for name, said in _PLACES.items() if name != "out"} | {out: _PLACES["out"]}
    return {said: file.read_text(errors="replace") for file, said in files.items() if file.exists()}


def _result(rule: str, wrong: list[str], loaded: Loaded, untried: Sequence[str] = ()) -> Result:
    if wrong:
        return Result(rule, Outcome.FAILED, tuple(dict.fromkeys(wrong)))
    if untried:
        return Result(rule, Outcome.NOT_PROVEN, tuple(dict.fromkeys(untried)))
    if rule == "receipts_noticed" and all(one.habits.receipts is None for one in loaded.partners):
        return Result(rule, Outcome.NOT_PROVEN, ("no marks are declared",))
    if rule == "hours_kept" and not any(has_hours(one) for one in loaded.partners):
        return Result(rule, Outcome.NOT_PROVEN, ("no hours are declared",))
    if rule == "sizes_kept" and not any(is_limited(one) for one in loaded.partners):
        return Result(rule, Outcome.NOT_PROVEN, ("no largest file is declared",))
    if rule == "status_asked" and not any(is_asked(one) for one in loaded.partners):
        return Result(rule, Outcome.NOT_PROVEN, ("no status requests are declared",))
    if rule in ("parts_hold", "stays_within") and loaded.source.suffix == ".toml":
        return Result(rule, Outcome.NOT_PROVEN, ("a declaration has no parts of its own",))
    return Result(rule, Outcome.PROVEN)


def _after_failure(result: Result) -> Result:
    """Where nothing arrives as declared, no fault was tried."""
    tried = result.outcome is not Outcome.PROVEN or result.rule == "secrets_hidden"
    return result if tried else Result(result.rule, Outcome.NOT_PROVEN, ("not tried: nothing arrives as declared",))


def _tried_in_part(result: Result, trials: Sequence[str]) -> Result:
    """What only all faults together prove."""
    if result.rule not in OF_ALL_FAULTS or result.outcome is not Outcome.PROVEN:
        return result
    return Result(
        result.rule, Outcome.NOT_PROVEN, (f"it held, and no other faults were tried than: {', '.join(trials)}",)
    )


def _unproven(why: str, *but: str) -> list[Result]:
    names = [rule.name for rule in RULES.values() if rule.tier is Tier.WIRE and rule.name not in but]
    return [Result(name, Outcome.NOT_PROVEN, (why,)) for name in names]

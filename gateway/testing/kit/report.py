"""What the kit found, for the author, for a reviewer and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gateway.partnership.phrases import counted
from gateway.testing.kit.rules import RULES, Tier


class Outcome(StrEnum):
    """FAILED counts against a plugin; NOT_PROVEN says that nobody tried, and why."""

    PROVEN = "proven"
    FAILED = "failed"
    EXEMPT = "exempt"
    NOT_PROVEN = "not proven"


@dataclass(frozen=True, slots=True)
class Result:
    """One rule. `details` point to places and never show a value of a claim or a secret; `reason` is the author's own,
    for an exemption."""

    rule: str
    outcome: Outcome
    details: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a plugin says of itself. `open` are values that a site must still be given by the payer."""

    sources: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """`samples` has a row for each sample answer: file, kind, balance, unknown codes; `limits` are what the simulated
    payer could not show."""

    plugin: str
    results: tuple[Result, ...]
    facts: Facts = Facts()
    samples: tuple[Mapping[str, Any], ...] = ()
    limits: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return not any(result.outcome is Outcome.FAILED for result in self.results)

    def of(self, rule: str) -> Result:
        """The result of one rule."""
        return next(result for result in self.results if result.rule == rule)

    def failed(self) -> tuple[str, ...]:
        """The names of the rules that it breaks."""
        return tuple(result.rule for result in self.results if result.outcome is Outcome.FAILED)

    def data(self) -> dict[str, Any]:
        """All of it, for JSON."""
        results = [{**asdict(one), "tier": int(RULES[one.rule].tier)} for one in self.results]
        return {"plugin": self.plugin, "passed": self.passed, "results": results, **asdict(self.facts),
                "samples": [dict(sample) for sample in self.samples], "limits": list(self.limits)}  # fmt: skip

    def text(self) -> str:
        """For a terminal."""
        return "\n".join(_lines(self)) + "\n"

    def markdown(self) -> str:
        """For a reviewer's file."""
        return "\n".join(_marked(self)) + "\n"


_TITLES = {Tier.DECLARATION: "The declaration", Tier.WIRE: "The wire", Tier.SAMPLES: "The payer's own sample answers"}
_SAID = (("sources", "Sources"), ("unverified", "Not verified, by its own word"), ("setup", "To ask before the first file"),
         ("open", "To fill in before it is used"))  # fmt: skip


def _verdict(report: Report) -> str:
    proven, broken, exempt, untried = (
        sum(result.outcome is outcome for result in report.results)
        for outcome in (Outcome.PROVEN, Outcome.FAILED, Outcome.EXEMPT, Outcome.NOT_PROVEN)
    )
    also = [f"{exempt} exempt"] if exempt else []
    also += [f"{untried} not proven"] if untried else []
    return ", ".join((f"{counted(proven, 'rule')} proven", f"{broken} broken" if broken else "none broken", *also))


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.plugin}: {_verdict(report)}"
    for tier, title in _TITLES.items():
        found = [result for result in report.results if RULES[result.rule].tier is tier]
        yield from ("", f"{int(tier)}. {title}") if found else ()
        for result in found:
            yield f"  {result.outcome.value:<11} {result.rule:<17} {_says(result)}"
            yield from (f"  {'':<29} - {detail}" for detail in result.details)
        if tier is Tier.SAMPLES:
            yield from (f"  {_sample(sample)}" for sample in report.samples)
    for title, said in _beside(report):
        yield from ("", title, *(f"  - {each}" for each in said))


def _marked(report: Report) -> Iterator[str]:
    yield from (f"# {report.plugin}", "", f"{_verdict(report)}.")
    for tier, title in _TITLES.items():
        found = [result for result in report.results if RULES[result.rule].tier is tier]
        yield from ("", f"## {title}", "", "| rule | outcome | |", "|---|---|---|") if found else ()
        for result in found:
            words = "<br>".join((_says(result), *result.details)).replace("|", r"\|")
            yield f"| `{result.rule}` | {result.outcome.value} | {words} |"
        if tier is Tier.SAMPLES and report.samples:
            yield from ("", *(f"- {_sample(sample)}" for sample in report.samples))
    for title, said in _beside(report):
        yield from ("", f"## {title}", "", *(f"- {each}" for each in said))


def _says(result: Result) -> str:
    if result.outcome is Outcome.EXEMPT:
        return f"exempt: {result.reason}"
    return RULES[result.rule].proves


def _beside(report: Report) -> Iterator[tuple[str, Sequence[str]]]:
    """What a reviewer must know beside the rules; what is not stated is said to be missing."""
    for name, title in _SAID:
        said = getattr(report.facts, name)
        if said or name == "sources":
            yield title, said or ("none stated",)
    if report.limits:
        yield "What the simulated payer could not show", report.limits


def _sample(sample: Mapping[str, Any]) -> str:
    unknown = ", ".join(sample["unknown"])
    return (
        f"{sample['file']}: {sample['kind']}"
        f"{', ' + sample['balance'] if sample['balance'] else ''}"
        f"{', unknown codes: ' + unknown if unknown else ''}"
    )

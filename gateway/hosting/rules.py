"""What of a plugin runs where rules run: checks, amendments, readers and wrappings, each as a function of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.amendments import Amendment
from gateway.checks import Check, CheckContext
from gateway.errors import Malformed
from gateway.hosting.ahead import Ahead
from gateway.hosting.plugin import Plugin, PluginFailed
from gateway.hosting.process import Means
from gateway.hosting.wire import Blocks, Call
from gateway.model.answers import Answer, Reader
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.partners import Partner
from gateway.ports import Secret

GARBLED, SHOWS = "PLUGIN_GARBLED", "PLUGIN_SHOWS"
_SHORT = 4
"""Shorter values of a claim stand in many words that say nothing of it."""


def check_of(plugin: Plugin, ahead: Ahead, code: str, payer: str | None, once: bool, worst: Outcome | None) -> Check:
    """The check; while its plugin fails, what it looks at is held, and says so."""

    def looks_at(claim: Claim, context: CheckContext) -> Iterable[Finding]:
        return ahead.found(code, claim, context, lambda: look(claim, context))

    def look(claim: Claim, context: CheckContext) -> tuple[Finding, ...]:
        call = Call("check", code, "looks_at", (claim, context), many=True)
        limit = plugin.limits.check
        try:
            return tuple(plugin.each(call, Means(limit, limit, judge=_judge_of(claim), says=())))
        except PluginFailed as failed:
            return (_unknown(code, plugin, failed),)

    return Check(code, looks_at, payer, once, worst)


def _unknown(code: str, plugin: Plugin, failed: PluginFailed) -> Finding:
    what = f"The plugin {plugin.name} failed or is disabled, so nothing is known about what its check {code} looks for."
    return Finding("CHECK_FAILED", Outcome.HOLD, "", what, failed.next_step, f"{code}: {failed.code}")


def _judge_of(claim: Claim) -> Callable[[bool, Any], str]:
    def judge(last: bool, value: Any) -> str:
        if last:
            return ""
        if not _is_finding(value):
            return GARBLED
        said = " ".join((value.code, value.place, value.next_step))
        return SHOWS if any(shown in said for shown in _values(claim)) else ""

    return judge


def _is_finding(value: Any) -> bool:
    if not (isinstance(value, Finding) and isinstance(value.outcome, Outcome)):
        return False
    texts = (value.code, value.place, value.message, value.next_step, value.evidence)
    numbers = (value.line, value.segment)
    return all(type(text) is str for text in texts) and all(number is None or type(number) is int for number in numbers)


def _values(claim: Claim) -> Iterator[str]:
    """What tells whose claim it is, as it might be written."""
    texts = [claim.control_number, claim.member_id, claim.payer_control_number, claim.prior_authorization, claim.trace]
    texts += [claim.patient.group_number, claim.billing.npi, *(provider.npi for provider in claim.providers)]
    yield from (text for text in texts if len(text) >= _SHORT)
    days = (claim.patient.born, claim.patient.died, claim.first_day, claim.last_day, claim.admitted, claim.accident_day)
    for day in days:
        if isinstance(day, date):
            yield from (day.isoformat(), f"{day:%Y%m%d}")


def amendment_of(plugin: Plugin, code: str, partner: str | None) -> Amendment:
    """The amendment."""

    def amends(blocks: Iterable[bytes], to: Partner) -> Iterable[bytes]:
        call = Call("amendment", code, "amends", (Blocks(), to), many=True)
        return plugin.each(call, Means(plugin.limits.step, blocks=iter(blocks), judge=only(bytes)))

    return Amendment(code, amends, partner)


def reader_of(plugin: Plugin, kind: str) -> Reader:
    """The reader. Both functions raise PluginFailed beside what the contract says."""

    def recognises(head: bytes) -> bool:
        limit = plugin.limits.check
        return bool(
            plugin.ask(Call("reader", kind, "recognises", (head,)), Means(limit, limit, judge=last(bool), says=()))
        )

    def reads(blocks: Iterable[bytes]) -> Iterator[Answer]:
        call = Call("reader", kind, "reads", (Blocks(),), many=True)
        return plugin.each(call, Means(plugin.limits.step, blocks=iter(blocks), judge=only(Answer), says=(Malformed,)))

    return Reader(kind, recognises, reads)


def wrapping_of(
    plugin: Plugin, key: str, options: Mapping[str, str], secrets: Callable[[str], Secret]
) -> HostedWrapping:
    """The wrapping with these options. Raises Refused where they will not do."""
    found = HostedWrapping(plugin, key, dict(options), secrets)
    found.ask("made")
    return found


@dataclass(frozen=True, slots=True)
class HostedWrapping:
    """A Wrapping that gets those secrets that its options name."""

    plugin: Plugin
    key: str
    options: dict[str, str]
    secrets: Callable[[str], Secret]

    def wrap(self, blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
        """As the contract says."""
        return self._each("wrap", blocks, name)

    def opens(self, head: bytes) -> bool:
        """As the contract says."""
        return bool(self.ask("opens", head))

    def unwrap(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """As the contract says."""
        return self._each("unwrap", blocks)

    def ask(self, method: str, *args: Any) -> Any:
        """What is answered quickly."""
        limit = self.plugin.limits.check
        means = Means(limit, limit, secrets=self.secrets, may=self._may)
        return self.plugin.ask(self._call(method, *args), means)

    def _each(self, method: str, blocks: Iterable[bytes], *args: Any) -> Iterator[bytes]:
        means = Means(
            self.plugin.limits.step, blocks=iter(blocks), secrets=self.secrets, may=self._may, judge=only(bytes)
        )
        return self.plugin.each(self._call(method, Blocks(), *args, many=True), means)

    def _call(self, method: str, *args: Any, many: bool = False) -> Call:
        name = f"wrapping {self.key} {sorted(self.options.items())}"
        return Call("wrapping", self.key, method, args, many, name, (self.options,))

    def _may(self, name: str) -> bool:
        return name in self.options.values()


def only(kind: Any) -> Callable[[bool, Any], str]:
    """Each of many is of this kind."""
    return lambda at_end, value: "" if at_end or isinstance(value, kind) else GARBLED


def last(kind: Any) -> Callable[[bool, Any], str]:
    """The value is of this kind, and true of false for what is only true or false."""
    return lambda at_end, value: "" if at_end and (kind is bool or isinstance(value, kind)) else GARBLED

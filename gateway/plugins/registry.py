"""Ask every plugin what it registers, and keep it by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

import pluggy

from gateway.amendments import Amendment
from gateway.checks import Check
from gateway.errors import PluginError
from gateway.model.answers import Reader
from gateway.model.partners import Partner, Payer
from gateway.plugins.entering import broken
from gateway.ports import Edge, EnrollmentSourceMaker, NotifierMaker, WrappingMaker

BUILT_IN = "built in"
"""What the gateway's own registrations go by among plugins."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What all plugins registered. `readers` are in the order they are asked, `origins` names the plugin that gave each
    `kind key`."""

    payers: Mapping[str, Payer]
    partners: Mapping[str, Partner]
    checks: Sequence[Check]
    transports: Mapping[str, Any]
    notifiers: Mapping[str, NotifierMaker]
    amendments: Sequence[Amendment]
    wrappings: Mapping[str, WrappingMaker]
    readers: Sequence[Reader]
    enrollment_sources: Mapping[str, EnrollmentSourceMaker]
    commands: Mapping[str, Any]
    origins: Mapping[str, str]

    @property
    def gate_checks(self) -> tuple[Check, ...]:
        """What the gate runs whenever it judges: all but those of ours that were run when the claim was read."""
        return tuple(check for check in self.checks if not (check.once and self._ours(check)))

    def _ours(self, check: Check) -> bool:
        return self.origins[f"check {check.code}"] == BUILT_IN


@dataclass(frozen=True, slots=True)
class Kind:
    """What one hook gives: `shape` says in words what each item is, `fits` whether it is, `key` what it is called."""

    hook: str
    name: str
    shape: str
    fits: Callable[[Any], bool]
    key: Callable[[Any], Any]


def _is_named_maker(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and callable(item[1])


PAYER = Kind("register_payers", "payer", "a Payer", lambda item: isinstance(item, Payer), attrgetter("key"))
PARTNER = Kind("register_partners", "partner", "a Partner", lambda item: isinstance(item, Partner), attrgetter("key"))
CHECK = Kind(
    "register_checks",
    "check",
    "a Check(code, looks_at)",
    lambda item: isinstance(item, Check) and callable(item.looks_at),
    attrgetter("code"),
)
TRANSPORT = Kind(
    "register_transports",
    "transport",
    "a pair (scheme, class)",
    lambda item: isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], type | Edge),
    itemgetter(0),
)
NOTIFIER = Kind(
    "register_notifiers",
    "notifier",
    "a pair (name, maker)",
    _is_named_maker,
    itemgetter(0),
)
AMENDMENT = Kind(
    "register_amendments",
    "amendment",
    "an Amendment(code, amends)",
    lambda item: isinstance(item, Amendment) and callable(item.amends),
    attrgetter("code"),
)
WRAPPING = Kind(
    "register_wrappings",
    "wrapping",
    "a pair (name, maker)",
    _is_named_maker,
    itemgetter(0),
)
READER = Kind(
    "register_readers",
    "reader",
    "a Reader(kind, recognises, reads)",
    lambda item: isinstance(item, Reader) and callable(item.recognises) and callable(item.reads),
    attrgetter("kind"),
)
ENROLLMENT_SOURCE = Kind(
    "register_enrollment_sources",
    "enrollment source",
    "a pair (name, maker)",
    _is_named_maker,
    itemgetter(0),
)
COMMAND = Kind(
    "register_commands",
    "command",
    "a click command with a name",
    lambda item: isinstance(getattr(item, "name", None), str) and callable(item),
    attrgetter("name"),
)


def collect(manager: pluggy.PluginManager, failures: list[PluginError]) -> Registry:
    """Ask every plugin by itself, so that two that claim one key can both be named; what is wrong goes to `failures`."""
    origins: dict[str, str] = {}

    def gathered(kind: Kind) -> dict[str, Any]:
        return _gathered(manager, kind, origins, failures)

    return Registry(
        payers=gathered(PAYER),
        partners=gathered(PARTNER),
        checks=tuple(gathered(CHECK).values()),
        transports=_second(gathered(TRANSPORT)),
        notifiers=_second(gathered(NOTIFIER)),
        amendments=tuple(gathered(AMENDMENT).values()),
        wrappings=_second(gathered(WRAPPING)),
        readers=sorted(gathered(READER).values(), key=lambda reader: origins[f"reader {reader.kind}"] == BUILT_IN),
        enrollment_sources=_second(gathered(ENROLLMENT_SOURCE)),
        commands=gathered(COMMAND),
        origins=origins,
    )


def _second(pairs: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, (_, value) in pairs.items()}


def _gathered(
    manager: pluggy.PluginManager, kind: Kind, origins: dict[str, str], failures: list[PluginError]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for implementation in getattr(manager.hook, kind.hook).get_hookimpls():
        try:
            for item in _given(kind, implementation):
                key = kind.key(item)
                _claim(origins, kind, key, implementation.plugin_name)
                found[key] = item
        except PluginError as failure:
            failures.append(failure)
    return found


def _given(kind: Kind, implementation: pluggy.HookImpl) -> Sequence[Any]:
    """What one plugin gives for one hook, all of the right kind and with a key."""
    name = implementation.plugin_name
    try:
        given = implementation.function()
        items = tuple(given) if isinstance(given, Iterable) else (given,)
    except (Exception, SystemExit) as failure:
        raise broken(name, f"breaks in {kind.hook}", failure) from failure
    wrong = [item for item in items if not (kind.fits(item) and isinstance(kind.key(item), str))]
    if wrong or not isinstance(given, Iterable):
        raise PluginError(
            f"plugin {name} returns {_shape(given, wrong)} from {kind.hook}",
            code="PLUGIN_RETURNS",
            place=name,
            next_step=f"Return a tuple from {kind.hook}, each item {kind.shape}; an empty tuple for none.",
        )
    return items


def _shape(given: object, wrong: Sequence[object]) -> str:
    outer = "None" if given is None else type(given).__name__
    return f"{outer} of {type(wrong[0]).__name__}" if isinstance(given, Iterable) else outer


def _claim(origins: dict[str, str], kind: Kind, key: str, plugin: str) -> None:
    other = origins.get(f"{kind.name} {key}")
    if other is not None:
        both = f"plugin {plugin} registers" if other == plugin else f"plugins {other} and {plugin} both register"
        raise PluginError(
            f"{both} the {kind.name} {key!r}{' twice' if other == plugin else ''}",
            code="PLUGIN_KEY_TAKEN",
            place=plugin,
            next_step="Give one of them another key, or remove it.",
        )
    origins[f"{kind.name} {key}"] = plugin

"""What goes wrong at each step of the protocol, one trial for each, and what must hold while it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import Refused
from gateway.model.partners import Endpoint, Partner, Verify, WriteHabit
from gateway.model.x12 import Address
from gateway.testing.payer import Scenario

_SOME_BYTES = 200
"""Less than any file of the kit has, zipped or not, and more than an ISA."""


@dataclass(frozen=True, slots=True)
class Trial:
    """`faults` are switches of the simulated payer. `refuses`: the server takes nothing, so nothing may be told as sent;
    `other_key`: it presents a key that nobody pinned; `silent`: it says nothing any more from a step on."""

    name: str
    faults: Mapping[str, Any] = field(default_factory=dict)
    refuses: bool = False
    other_key: bool = False
    silent: bool = False


def trials_for(partner: Partner, scenario: Scenario) -> Iterator[Trial]:
    """Those that can be told apart from what this partner's server does by habit."""
    direct, declared = partner.write is WriteHabit.DIRECT, scenario.faults
    yield Trial("another host key", other_key=True, refuses=True)
    yield Trial("login refused", {"refuse_login": True}, refuses=True)
    yield Trial("opening a file refused", {"permission_denied": True}, refuses=True)
    yield Trial("disk full", {"disk_full_after": _SOME_BYTES}, refuses=True)
    yield Trial("cut while writing", {"drop_after": _SOME_BYTES}, refuses=True)
    yield Trial("cut after closing", {"cut": ("after_close",)})
    if not direct:
        yield Trial("rename refused", {"refuse_rename": True}, refuses=True)
        yield Trial("cut before the rename", {"cut": ("before_rename",)}, refuses=True)
        yield Trial("cut after the rename", {"cut": ("after_rename",)})
        yield Trial("cut after the rename, and taken away", {"cut": ("after_rename",), "vanish_on_close": True})
    if not (declared.vanish_on_close or declared.sweep):
        yield Trial("taken away at once", {"vanish_on_close": True})
        yield Trial("renamed on arrival", {"rename_on_arrival": True})
        if partner.verify in (Verify.STAT, Verify.LISTING):
            yield Trial("told as written, and not there", {"swallow": True}, refuses=True)
    yield Trial("silent while writing", {"hang": ("write",)}, refuses=True, silent=True)
    if partner.endpoint.scheme == "sftp":  # of a transport of the plugin's own one will do, for it waits long
        last = "close" if direct else "rename"
        yield Trial("silent at the login", {"hang": ("login",)}, refuses=True, silent=True)
        yield Trial(f"silent at the {last}", {"hang": (last,)}, silent=True)
    yield Trial("sizes hidden", {"hide_sizes": True})
    yield Trial("answers twice and backwards", {"duplicate_answers": True, "out_of_order": True})


NO_FAULT = "none"
"""Names no trial: only what is ordinary is tried."""


def refuse_strange(names: Sequence[str]) -> None:
    """Raises Refused where a fault is asked for that there is not: nothing would be tried, and all look proven."""
    known = (
        NO_FAULT,
        *dict.fromkeys(trial.name for write in WriteHabit for trial in trials_for(_any(write), Scenario())),
    )
    for name in names:
        if name not in known:
            step = f"There are {', '.join(known)}."
            raise Refused(f"there is no fault {name!r} to try", code="NO_SUCH_FAULT", next_step=step)


def _any(write: WriteHabit) -> Partner:
    return Partner("any", "ANY", {}, Address("ZZ", "ANY"), Endpoint("sftp", "any.invalid"), write=write)

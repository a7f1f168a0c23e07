"""Every way to extend the gateway. Hooks are called once, at start, and return frozen descriptions or classes.

A plugin implements a hook with `from gateway import hookimpl`, under the hook's own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from gateway.amendments import Amendment
    from gateway.checks import Check
    from gateway.model.answers import Reader
    from gateway.model.partners import Partner, Payer
    from gateway.ports import EnrollmentSourceMaker, NotifierMaker, WrappingMaker

PROJECT = "gateway"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_payers() -> Sequence[Payer]:  # type: ignore[empty-body]
    """Payers: what enrollment, filing limits and remittances speak of."""


@hookspec
def register_partners() -> Sequence[Partner]:  # type: ignore[empty-body]
    """Trading partners: endpoint, envelope, habits. Bound to this site by an account and routes."""


@hookspec
def register_checks() -> Sequence[Check]:  # type: ignore[empty-body]
    """Checks of claims before they are sent; pure functions that yield findings."""


@hookspec
def register_transports() -> Sequence[tuple[str, type]]:  # type: ignore[empty-body]
    """Transports by the scheme of an endpoint; each class meets `gateway.ports.Transport`."""


@hookspec
def register_notifiers() -> Sequence[tuple[str, NotifierMaker]]:  # type: ignore[empty-body]
    """Notifiers by name: each maker gets the settings and a way to secrets, and gives a `gateway.ports.Notifier`, or
    None where the settings do not ask for one. No notifier sees a patient's data."""


@hookspec
def register_amendments() -> Sequence[Amendment]:  # type: ignore[empty-body]
    """Amendments: how an outbound interchange, of claims or of status requests, is written for a partner. What one
    changes of claims, charges, counts or questions is noticed, and nothing is sent."""


@hookspec
def register_wrappings() -> Sequence[tuple[str, WrappingMaker]]:  # type: ignore[empty-body]
    """Wrappings by the name that a partner's `wraps` gives: each maker gets the partner's options for it and a way to
    secrets, and gives a `gateway.ports.Wrapping`."""


@hookspec
def register_readers() -> Sequence[Reader]:  # type: ignore[empty-body]
    """Readers of what partners lay out for us; pure. The first that recognises a document reads it: plugins' readers are
    asked in the order their plugins were found, the built-in reader of X12 comes last and takes whatever is left."""


@hookspec
def register_enrollment_sources() -> Sequence[tuple[str, EnrollmentSourceMaker]]:  # type: ignore[empty-body]
    """Enrollment sources by name: each maker gets the settings and a way to secrets, and gives a
    `gateway.ports.EnrollmentSource`, or None where the settings do not ask for one."""


@hookspec
def register_commands() -> Sequence[Any]:  # type: ignore[empty-body]
    """Commands of the command line: click commands or groups, each with a name that no other command has."""

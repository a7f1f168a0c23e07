"""A clearinghouse gateway: credentialing and billing kept in step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.hookspecs import hookimpl

__all__ = ["__version__", "hookimpl"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The marker for plugins, loaded when one asks for it: the command line begins without."""
    if name == "hookimpl":
        from gateway.hookspecs import hookimpl as marker

        return marker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

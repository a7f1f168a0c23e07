"""What a file is wrapped in on its way to a partner: a zip archive, OpenPGP."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.wrapping.archive import wrong_zip_options, zip_wrapping
from gateway.wrapping.pgp import new_pgp_key, pgp_wrapping, wrong_pgp_options

__all__ = ["WRONG_OPTIONS", "new_pgp_key", "pgp_wrapping", "zip_wrapping"]

WRONG_OPTIONS: Mapping[str, Callable[[Mapping[str, str]], str]] = {"zip": wrong_zip_options, "pgp": wrong_pgp_options}
"""What is wrong with a wrapping's options, as a declaration is read: without its secrets, and without a library."""

"""What a file is wrapped in on its way to a partner: a zip archive, OpenPGP."""

from __future__ import annotations

from gateway.wrapping.archive import zip_wrapping
from gateway.wrapping.pgp import new_pgp_key, pgp_wrapping

__all__ = ["new_pgp_key", "pgp_wrapping", "zip_wrapping"]

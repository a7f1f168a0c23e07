"""A root key, a keyring and a vault of one's own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.vault import Keyring, RootKey, Vault


@pytest.fixture
def root() -> RootKey:
    return RootKey(bytes(range(32)))


@pytest.fixture
def keyring(tmp_path: Path, root: RootKey) -> Keyring:
    return Keyring.create(tmp_path / "keyring.json", root)


@pytest.fixture
def vault(tmp_path: Path, keyring: Keyring) -> Vault:
    return Vault(tmp_path / "vault", keyring)

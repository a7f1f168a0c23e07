"""The keyring: one key in use for each purpose, wrapped so that none passes for another."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest

from gateway.errors import Refused
from gateway.vault import Keyring, Purpose, RootKey
from tests.vault.disk import killed_before_step

OTHER = RootKey(b"o" * 32)
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def edited(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_bytes())
    edit(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def code_of_opening(path: Path, root: RootKey) -> str:
    with pytest.raises(Refused) as caught:
        Keyring.open(path, root)
    return caught.value.code


def test_each_purpose_has_a_random_key_of_its_own_that_comes_back(
    tmp_path: Path, keyring: Keyring, root: RootKey
) -> None:
    """Six purposes, six secrets, the same after opening, under ids of 8 hex digits."""
    opened = Keyring.open(tmp_path / "keyring.json", root)
    keys = [keyring.key(purpose) for purpose in PURPOSES]
    assert [opened.key(purpose) for purpose in PURPOSES] == keys
    assert [opened.by_kid(key.kid) for key in keys] == keys
    assert len({key.secret for key in keys}) == len({key.kid for key in keys}) == 6
    assert all(len(key.secret) == 32 and len(bytes.fromhex(key.kid)) == 4 for key in keys)
    second = Keyring.create(tmp_path / "second.json", root)
    assert not {key.secret for key in keys} & {second.key(purpose).secret for purpose in PURPOSES}


def test_the_file_is_private_and_holds_no_secret_in_clear(tmp_path: Path, keyring: Keyring, root: RootKey) -> None:
    """What a backup copies is of no use without the root key."""
    path = tmp_path / "keyring.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    assert not [purpose for purpose in PURPOSES if keyring.key(purpose).secret.hex() in text]
    assert root.secret.hex() not in text


def test_a_key_shows_nothing_of_itself(keyring: Keyring) -> None:
    """Neither the key nor the keyring tells its secret by repr."""
    key = keyring.key("db")
    assert key.kid in repr(key)
    for text in (repr(key), repr(keyring), str(vars(keyring))):
        assert key.secret.hex() not in text
        assert repr(key.secret)[2:-1] not in text


def test_another_root_key_is_told_from_damage(tmp_path: Path, keyring: Keyring) -> None:
    """The refusal names both check values, so that a person can find the right key."""
    with pytest.raises(Refused) as caught:
        Keyring.open(tmp_path / "keyring.json", OTHER)
    assert caught.value.code == "KEYRING_ROOT"
    assert "check value" in caught.value.message


def swap_purposes(document: dict[str, Any]) -> None:
    one, two = list(document["keys"].values())[:2]
    one["purpose"], two["purpose"] = two["purpose"], one["purpose"]


def swap_ids(document: dict[str, Any]) -> None:
    keys = document["keys"]
    one, two = list(keys)[:2]
    keys[one], keys[two] = keys[two], keys[one]


def swap_secrets(document: dict[str, Any]) -> None:
    one, two = list(document["keys"].values())[:2]
    one["wrapped"], two["wrapped"] = two["wrapped"], one["wrapped"]


def flip_secret(document: dict[str, Any]) -> None:
    entry = next(iter(document["keys"].values()))
    entry["wrapped"] = entry["wrapped"][:-1] + format(int(entry["wrapped"][-1], 16) ^ 1, "x")


def set_entry(field: str, value: object) -> Callable[[dict[str, Any]], None]:
    def edit(document: dict[str, Any]) -> None:
        next(iter(document["keys"].values()))[field] = value

    edit.__name__ = f"{field}={value}"
    return edit


EDITS: list[Callable[[dict[str, Any]], object]] = [
    swap_purposes,
    swap_ids,
    swap_secrets,
    flip_secret,
    set_entry("wrapped", ""),
    set_entry("wrapped", "zz"),
    set_entry("wrapped", None),
    set_entry("purpose", "payroll"),
    set_entry("created", "yesterday"),
    set_entry("retired", "2026-01-01T00:00:00+00:00"),
    lambda document: document["keys"].popitem(),
    lambda document: document.pop("keys"),
    lambda document: document.pop("root"),
    lambda document: document.update(keys=[]),
    lambda document: document.update(format="gateway keyring 2"),
]


@pytest.mark.parametrize("edit", EDITS)
def test_a_keyring_that_was_changed_does_not_open(
    tmp_path: Path, keyring: Keyring, root: RootKey, edit: Callable[[dict[str, Any]], object]
) -> None:
    """A key unwraps only for its own purpose and id, and no purpose goes without."""
    edited(tmp_path / "keyring.json", edit)
    assert code_of_opening(tmp_path / "keyring.json", root) == "KEYRING_DAMAGED"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe"])
def test_what_is_no_keyring_does_not_open(tmp_path: Path, root: RootKey, content: bytes) -> None:
    """No content of the file crashes."""
    path = tmp_path / "keyring.json"
    path.write_bytes(content)
    path.chmod(0o600)
    assert code_of_opening(path, root) == "KEYRING_DAMAGED"


def test_a_missing_keyring_and_one_open_to_others_are_refused(tmp_path: Path, keyring: Keyring, root: RootKey) -> None:
    """Each with its own next step."""
    assert code_of_opening(tmp_path / "nowhere.json", root) == "KEYRING_MISSING"
    (tmp_path / "keyring.json").chmod(0o644)
    assert code_of_opening(tmp_path / "keyring.json", root) == "SECRET_FILE_MODE"


def test_a_keyring_is_never_written_over(tmp_path: Path, keyring: Keyring, root: RootKey) -> None:
    """Creating a second one in the same place is refused: the first one's keys would be lost."""
    before = (tmp_path / "keyring.json").read_bytes()
    with pytest.raises(Refused) as caught:
        Keyring.create(tmp_path / "keyring.json", OTHER)
    assert caught.value.code == "KEYRING_EXISTS"
    assert (tmp_path / "keyring.json").read_bytes() == before


def test_an_unknown_id_and_one_of_another_purpose_are_refused(keyring: Keyring) -> None:
    """A key is handed out only for what it is for."""
    kid = keyring.key("audit").kid
    assert keyring.by_kid(kid, "audit") == keyring.key("audit")
    for asked in (("ffff", None), (kid, "doc")):
        with pytest.raises(Refused) as caught:
            keyring.by_kid(*asked)
        assert caught.value.code == "KEY_UNKNOWN"


def test_a_new_root_key_opens_the_same_keys_and_the_old_one_no_more(
    tmp_path: Path, keyring: Keyring, root: RootKey
) -> None:
    """Changing the root key re-encrypts nothing but the keyring."""
    path = tmp_path / "keyring.json"
    keyring.rewrap(OTHER)
    assert code_of_opening(path, root) == "KEYRING_ROOT"
    opened = Keyring.open(path, OTHER)
    assert [opened.key(purpose) for purpose in PURPOSES] == [keyring.key(purpose) for purpose in PURPOSES]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_rewrap_that_cannot_be_written_leaves_the_old_keyring(
    tmp_path: Path, keyring: Keyring, root: RootKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails at the last moment costs nothing, and no draft stays behind."""

    def failing(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="space"):
        keyring.rewrap(OTHER)
    monkeypatch.undo()
    Keyring.open(tmp_path / "keyring.json", root)
    assert [path.name for path in tmp_path.iterdir()] == ["keyring.json"]


def test_a_kill_during_a_rewrap_leaves_the_old_keyring_or_the_new(tmp_path: Path, root: RootKey) -> None:
    """Killed before every single step in turn, exactly one of the two root keys opens it, with all its keys."""
    number, outcomes, killed = 0, [], True
    while killed:
        number += 1
        path = tmp_path / f"ring{number}.json"
        ring = Keyring.create(path, root)
        killed = killed_before_step(number, partial(ring.rewrap, OTHER))
        try:
            opened, winner = Keyring.open(path, root), "old"
        except Refused:
            opened, winner = Keyring.open(path, OTHER), "new"
        assert opened.secrets("db") == ring.secrets("db")
        outcomes.append(winner)
    assert outcomes == sorted(outcomes, reverse=True)
    assert (outcomes[0], outcomes[-1]) == ("old", "new")


def test_a_rotated_key_goes_on_reading_what_it_wrote(tmp_path: Path, keyring: Keyring, root: RootKey) -> None:
    """The new key is in use, every older one is found by its id, and the newest comes first."""
    path = tmp_path / "keyring.json"
    first = keyring.key("audit")
    second = keyring.rotate("audit", root, now=datetime.now(UTC) + timedelta(days=1))
    third = keyring.rotate("audit", root, now=datetime.now(UTC) + timedelta(days=2))
    for ring in (keyring, Keyring.open(path, root)):
        assert ring.key("audit") == third
        assert list(ring.secrets("audit").items()) == [(key.kid, key.secret) for key in (third, second, first)]
        assert ring.by_kid(first.kid).retired == second.created
        assert ring.secrets("doc") == {ring.key("doc").kid: ring.key("doc").secret}


def test_a_rotation_under_another_root_key_is_refused(tmp_path: Path, keyring: Keyring, root: RootKey) -> None:
    """It would wrap every key under a root key that nobody meant to use."""
    before = (tmp_path / "keyring.json").read_bytes()
    with pytest.raises(Refused) as caught:
        keyring.rotate("doc", OTHER)
    assert caught.value.code == "KEYRING_ROOT"
    assert (tmp_path / "keyring.json").read_bytes() == before


def test_the_clock_is_a_parameter(tmp_path: Path, root: RootKey) -> None:
    """The moment of creation is the one that was given, and it is kept."""
    Keyring.create(tmp_path / "ring.json", root, now=MOMENT)
    assert Keyring.open(tmp_path / "ring.json", root).key("db").created == MOMENT

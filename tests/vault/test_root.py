"""The root key: its sources in their order, its refusals, and its form on paper."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import ConfigError, Malformed, Refused
from gateway.vault import RootKey, check_value, create_root_key, recovery_text, root_from_recovery_text, root_key

roots = st.binary(min_size=32, max_size=32).map(RootKey)


def test_a_new_root_key_is_random_private_and_read_back(tmp_path: Path) -> None:
    """What was created is what the next start reads."""
    made = create_root_key(tmp_path / "one")
    assert made != create_root_key(tmp_path / "two")
    assert root_key(tmp_path / "one", {}) == made
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600


def test_a_root_key_is_never_written_over(tmp_path: Path) -> None:
    """A second creation is refused and leaves the first key as it was."""
    made = create_root_key(tmp_path / "key")
    with pytest.raises(Refused) as caught:
        create_root_key(tmp_path / "key")
    assert caught.value.code == "KEY_FILE_EXISTS"
    assert root_key(tmp_path / "key", {}) == made


def test_the_service_manager_s_key_goes_before_the_key_file(tmp_path: Path) -> None:
    """A credential called master.key wins; where there is none, the key file serves."""
    (tmp_path / "given").mkdir()
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "given")}
    file = create_root_key(tmp_path / "file")
    assert root_key(tmp_path / "file", environ) == file
    credential = create_root_key(tmp_path / "given" / "master.key")
    assert root_key(tmp_path / "file", environ) == credential
    assert root_key(None, environ) == credential


def test_no_root_key_at_all_is_a_matter_of_settings(tmp_path: Path) -> None:
    """The error names the setting."""
    for key_file in (None, tmp_path / "nowhere"):
        with pytest.raises(ConfigError) as caught:
            root_key(key_file, {})
        assert caught.value.problems[0].startswith("keys.key_file: ")


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_root_key_has_exactly_32_bytes(tmp_path: Path, size: int) -> None:
    """A line break or a hex form would be another key."""
    path = tmp_path / "master.key"
    path.write_bytes(b"k" * size)
    path.chmod(0o600)
    for key_file, environ in ((path, dict[str, str]()), (None, {"CREDENTIALS_DIRECTORY": str(tmp_path)})):
        with pytest.raises(Refused) as caught:
            root_key(key_file, environ)
        assert caught.value.code == "KEY_FILE_SIZE"
        assert f" {size} bytes" in caught.value.message


def test_a_root_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    """The rules of private files hold for the key file."""
    create_root_key(tmp_path / "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(Refused) as caught:
        root_key(tmp_path / "key", {})
    assert caught.value.code == "SECRET_FILE_MODE"


def test_the_check_value_tells_keys_apart_and_is_not_part_of_them(root: RootKey) -> None:
    """Eight bytes, the same each time, another for another key."""
    assert len(check_value(root)) == 8
    assert check_value(root) == check_value(RootKey(root.secret))
    assert check_value(root) != check_value(RootKey(b"\xff" + root.secret[1:]))
    assert check_value(root) not in root.secret


def test_a_root_key_shows_nothing_of_itself(root: RootKey) -> None:
    """Neither repr nor str holds a byte of the secret in any form."""
    assert repr(root) == str(root) == "RootKey()"


@given(roots)
def test_the_paper_form_gives_the_key_back_however_it_is_typed(root: RootKey) -> None:
    """Lower case, dashes, other line breaks and look-alike digits are no slips."""
    text = recovery_text(root)
    assert root_from_recovery_text(text) == root
    assert root_from_recovery_text(text.lower().replace("\n", " ").replace(" ", "-")) == root
    assert root_from_recovery_text(text.replace("O", "0").replace("I", "1").replace("B", "8")) == root


def test_the_paper_form_is_a_small_grid(root: RootKey) -> None:
    """Four lines of four groups of four letters."""
    assert [[len(group) for group in line.split(" ")] for line in recovery_text(root).split("\n")] == [[4] * 4] * 4


@given(roots, st.integers(0, 63), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_wrong_letter_is_found_in_its_line(root: RootKey, position: int, letter: str) -> None:
    """The error says which line to compare, and shows none of it."""
    letters = recovery_text(root).replace(" ", "").replace("\n", "")
    if letters[position] == letter:
        return
    typed = letters[:position] + letter + letters[position + 1 :]
    with pytest.raises(Malformed) as caught:
        root_from_recovery_text(typed)
    assert caught.value.place == f"line {position // 16 + 1}"
    assert typed[:16] not in str(caught.value)


def test_lines_in_another_order_are_found(root: RootKey) -> None:
    """A line is checked together with its number."""
    lines = recovery_text(root).split("\n")
    with pytest.raises(Malformed, match="slip"):
        root_from_recovery_text("\n".join([lines[1], lines[0], *lines[2:]]))


@pytest.mark.parametrize("text", ["", "ABCD", "9" * 64, "é" * 64, "A" * 65])
def test_what_is_no_paper_form_is_malformed(text: str) -> None:
    """No text that a person may type crashes."""
    with pytest.raises(Malformed) as caught:
        root_from_recovery_text(text)
    assert caught.value.code == "RECOVERY_TEXT"

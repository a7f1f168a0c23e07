"""Writing a host key into an account file: nothing else of it changes."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.pinning import account_file, replace_file, with_key, with_next_key
from gateway.errors import Refused
from gateway.model.partners import Stage
from tests.config.conftest import HOST_KEY

OTHER = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAA="


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("host_keys = []            # `gateway payer trust`\n", 'host_keys = ["K"]            # `gateway payer trust`\n'),
        ('host_keys = ["O"]\n', 'host_keys = ["O", "K"]\n'),
        ('host_keys = ["O",]\n', 'host_keys = ["O","K"]\n'),
        ('host_keys = [\n  "O",  # until ] June\n]\n', 'host_keys = [\n  "O",  # until ] June\n"K"]\n'),
        ('host_keys = [\n  "O"  # old, and ]\n]\n', 'host_keys = [\n  "O"  # old, and ]\n, "K"]\n'),
        ("host_keys = ['O']\n", "host_keys = ['O', \"K\"]\n"),
        ('user = "a"\n\n[endpoint]\nport = 22\n', 'user = "a"\n\nhost_keys = ["K"]\n[endpoint]\nport = 22\n'),
        ('user = "a"', 'user = "a"\nhost_keys = ["K"]\n'),
        ('# ours\r\nhost_keys = []\r\nuser = "a"\r\n', '# ours\r\nhost_keys = ["K"]\r\nuser = "a"\r\n'),
    ],
)  # fmt: skip
def test_a_key_is_added_where_it_belongs(before: str, after: str) -> None:
    """Comments, order and line ends stay."""
    long = {"K": HOST_KEY, "O": OTHER}
    before, after = (
        text.replace('"K"', f'"{long["K"]}"').replace('"O"', f'"{long["O"]}"').replace("'O'", f"'{long['O']}'")
        for text in (before, after)
    )
    assert with_key(before, HOST_KEY) == after


@pytest.mark.parametrize(
    "text",
    ['note = """\nhost_keys = [\n"""\n', '[endpoint]\nport = 22\nhost_keys = []\n', '"host_keys" = []\n',
     "x = 'host_keys = ["],
)  # fmt: skip
def test_a_file_that_is_written_oddly_is_left_alone(text: str) -> None:
    """A person adds the line by hand; what we cannot read back is never written."""
    with pytest.raises((Refused, tomllib.TOMLDecodeError)):
        with_key(text, HOST_KEY)


@given(st.lists(st.sampled_from(['"a"', "'b'", '"]"', "# c ]\n", ",", "\n", " ", '"#"']), max_size=8).map("".join))
def test_whatever_stands_in_the_list_only_the_key_comes_to_it(held: str) -> None:
    """Or it is refused."""
    text = f'user = "u"\nhost_keys = [{held}]\nstage = "test"\n'
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    try:
        after = tomllib.loads(with_key(text, HOST_KEY))
    except Refused:
        return
    assert after == {**before, "host_keys": [*before["host_keys"], HOST_KEY]}


def test_an_announced_key_stands_at_the_end_with_its_day() -> None:
    """And a second one after it."""
    once = with_next_key('user = "a"\n[endpoint]\nport = 22', HOST_KEY, date(2026, 12, 22))
    assert once.endswith(f'port = 22\n\n[[next_host_keys]]\nkey = "{HOST_KEY}"\nvalid_from = 2026-12-22\n')
    twice = tomllib.loads(with_next_key(once, OTHER, date(2027, 1, 5)))
    assert [entry["valid_from"] for entry in twice["next_host_keys"]] == [date(2026, 12, 22), date(2027, 1, 5)]
    with pytest.raises(Refused):
        with_next_key(f'next_host_keys = [{{key = "{OTHER}", valid_from = 2026-12-22}}]\n', HOST_KEY, date(2027, 1, 5))


def test_the_file_keeps_its_permissions_and_leaves_no_draft(tmp_path: Path) -> None:
    """Replaced at once; nobody reads half of it."""
    path = tmp_path / "alpha_edi.toml"
    path.write_text("old")
    path.chmod(0o640)
    replace_file(path, "new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_the_account_of_a_stage_is_found_whatever_its_file_is_called(tmp_path: Path) -> None:
    """Its stage stands in it, and is test where nothing is said."""
    (tmp_path / "alpha_edi.toml").write_text('stage = "production"\n')
    (tmp_path / "alpha_edi.test.toml").write_text("")
    (tmp_path / "alpha_edi2.toml").write_text("")
    assert account_file(tmp_path, "alpha_edi", Stage.PRODUCTION).name == "alpha_edi.toml"
    assert account_file(tmp_path, "alpha_edi", Stage.TEST).name == "alpha_edi.test.toml"

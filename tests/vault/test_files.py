"""Private files: who may own them, who may read them, and that a crash leaves the old or the new."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gateway.errors import Refused
from gateway.vault.files import read_given, read_private, write_private

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def private(path: Path, content: bytes = b"secret", mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_file_that_only_its_owner_may_touch_is_read(tmp_path: Path, mode: int) -> None:
    """Whatever the owner may do is the owner's business."""
    assert read_private(private(tmp_path / "key", mode=mode)) == b"secret"


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o660])
def test_a_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    """Each single permission of group or others is one too many, and the answer says how to take it away."""
    path = private(tmp_path / "key", mode=mode)
    with pytest.raises(Refused) as caught:
        read_private(path)
    assert caught.value.code == "SECRET_FILE_MODE"
    assert f"chmod 600 {path}" in caught.value.next_step


@as_root
def test_a_stranger_s_file_is_refused(tmp_path: Path) -> None:
    """Who owns a file can change it at any time."""
    path = private(tmp_path / "key")
    os.chown(path, 12345, 12345)
    with pytest.raises(Refused) as caught:
        read_private(path)
    assert caught.value.code == "SECRET_FILE_OWNER"


def test_a_link_a_folder_and_a_pipe_are_refused_at_once(tmp_path: Path) -> None:
    """Nothing but a plain file is read, and a pipe without a writer does not hang the start."""
    (tmp_path / "link").symlink_to(private(tmp_path / "key"))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe", 0o600)
    codes = []
    for name in ("link", "folder", "pipe"):
        with pytest.raises(Refused) as caught:
            read_private(tmp_path / name)
        codes.append(caught.value.code)
    assert codes == ["SECRET_FILE_KIND"] * 3


def test_a_file_far_too_large_for_a_secret_is_refused(tmp_path: Path) -> None:
    """Naming the wrong file does not fill the memory."""
    path = private(tmp_path / "key")
    os.truncate(path, 1 << 40)
    with pytest.raises(Refused) as caught:
        read_private(path)
    assert caught.value.code == "SECRET_FILE_SIZE"


def test_what_the_service_manager_gives_is_read_though_its_access_list_looks_like_group_permissions(
    tmp_path: Path,
) -> None:
    """Credentials may show as 0440; their folder is guarded by the service manager."""
    private(tmp_path / "one", mode=0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert read_given("one", environ) == b"secret"
    assert read_given("two", environ) is None
    assert read_given("one", {}) is None


def test_a_private_file_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    """Not even a generous umask opens it, and no draft stays behind."""
    before = os.umask(0)
    try:
        write_private(tmp_path / "key", b"one")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_private_file_that_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    """A key that is written over is lost for ever."""
    write_private(tmp_path / "key", b"one")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "key", b"two")
    assert (tmp_path / "key").read_bytes() == b"one"
    write_private(tmp_path / "key", b"three", replace=True)
    assert (tmp_path / "key").read_bytes() == b"three"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]

"""What is written for people is there whole, or not at all, whenever the writer dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gateway import durable
from gateway.durable import named, whole
from tests.vault.disk import noted_steps

KILLED = """
import sys
from pathlib import Path
from gateway.durable import whole
from tests.vault.disk import noted_steps
with whole(Path(sys.argv[1])) as file:
    file.write(b"half of it")
    file.flush()
    print("written", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With files that have no name yet, and as where a file system has none."""
    if request.param == "named":
        monkeypatch.setattr(durable, "_nameless", lambda folder: None)
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_a_file_is_there_whole_with_its_mode_and_no_draft(tmp_path: Path) -> None:
    """Over what was there, where that is meant; a name of the longest kind too."""
    path = tmp_path / "out.csv"
    path.write_text("old")
    with whole(path, 0o640) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert (path.read_bytes(), path.stat().st_mode & 0o7777) == (b"new", 0o640)
    with pytest.raises(FileExistsError) as raised, whole(path, over=False) as file:
        file.write(b"never")
    assert raised.value.filename == str(path)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("way")
def test_a_name_without_a_folder_is_in_the_present_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As people type it."""
    monkeypatch.chdir(tmp_path)
    for over in (False, True):
        with whole(Path("out.csv"), over=over) as file:
            file.write(b"here")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.usefixtures("way")
def test_an_error_meanwhile_leaves_what_was_there(tmp_path: Path) -> None:
    """And no draft."""
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(IsADirectoryError), whole(path) as file:
        file.write(tmp_path.read_bytes())
    assert [one.read_text() for one in tmp_path.iterdir()] == ["old"]


@pytest.mark.usefixtures("way")
def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_given(tmp_path: Path) -> None:
    """Nobody knows the draft's."""
    path = tmp_path / "nowhere" / "out.csv"
    with pytest.raises(FileNotFoundError) as raised, whole(path):
        pass
    assert raised.value.filename == str(path)


def test_content_is_on_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut behind a rename alone would leave an empty file of that name."""
    seen = noted_steps(tmp_path, monkeypatch)
    with whole(tmp_path / "new", over=False) as file:
        file.write(b"one")
    began = {"nameless": ["sync nameless", "link .tmp."], "named": ["sync .tmp."]}[way]
    assert seen == [*began, "link new", "sync .", "unlink .tmp."]
    seen.clear()
    with whole(tmp_path / "new") as file:
        file.write(b"two")
    assert seen == [*began, "replace new", "sync .", "unlink .tmp."]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_who_is_killed_while_writing_leaves_nothing(tmp_path: Path, how: signal.Signals) -> None:
    """Neither half a file nor a draft with what only a few may see."""
    if (fd := durable._nameless(tmp_path)) is None:
        pytest.skip("this file system has no files without names")
    os.close(fd)
    command = [sys.executable, "-c", KILLED, str(tmp_path / "out.csv")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        writer.send_signal(how)
    assert writer.returncode == -how
    assert list(tmp_path.iterdir()) == []


def test_what_a_person_names_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    """A new one gets the mode that is meant for it."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    for name, mode in (("link", 0o640), ("new", 0o604)):
        with named(tmp_path / name, 0o604) as file:
            file.write(b"new")
        assert ((tmp_path / name).read_text(), (tmp_path / name).stat().st_mode & 0o777) == ("new", mode)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_file_in_memory_that_a_person_names_keeps_its_mode() -> None:
    """/dev/shm is a folder like any other, though it lies among the devices."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        old, kept = Path(folder) / "old", Path(folder) / "kept"
        old.write_text("old")
        kept.hardlink_to(old)
        with named(old, 0o600) as file:
            file.write(b"new")
        assert (old.read_text(), kept.read_text()) == ("new", "old")


def test_a_pipe_that_a_person_names_is_written_to(tmp_path: Path) -> None:
    """And stays a pipe; so does /dev/stdout, which a rename would take away from everybody."""
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    for path in (tmp_path / "pipe", Path("/dev/null")):
        with named(path, 0o600) as file:
            file.write(b"all of it")
        assert not path.is_file()
    assert os.read(reading, 100) == b"all of it"
    os.close(reading)

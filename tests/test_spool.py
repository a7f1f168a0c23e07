"""The spool: what is dropped is noticed when it stands still, claimed once, and given back readable."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gateway.errors import Refused
from gateway.spool import Spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    os.umask(0o077)
    spool = Spool(tmp_path / "spool", settle=3.0, max_bytes=1000)
    spool.prepare()
    return spool


def drop(spool: Spool, name: str, content: bytes = b"ISA*~") -> Path:
    path = spool.folder("incoming") / name
    path.write_bytes(content)
    return path


def test_a_file_is_settled_once_it_stood_still(spool: Spool) -> None:
    """Two scans and the settle time, by a clock that only goes forward."""
    drop(spool, "a.837")
    assert spool.settled(0) == []
    assert spool.settled(2.9) == []
    assert spool.settled(3.0) == ["a.837"]


def test_a_file_that_grows_starts_over(spool: Spool) -> None:
    """A slow writer is waited for."""
    path = drop(spool, "a.837")
    spool.settled(0)
    path.write_bytes(b"ISA*more~")
    assert spool.settled(5) == []
    assert spool.settled(8) == ["a.837"]


@pytest.mark.parametrize("name", [".a.837", "a.tmp", "a.837.part", "a.filepart", "a.837~"])
def test_unfinished_names_are_left_alone(spool: Spool, name: str) -> None:
    """Hidden and temporary names are the billing software's own business."""
    drop(spool, name)
    spool.settled(0)
    assert spool.settled(100) == []
    assert spool.unsettled() == 0


def test_files_that_were_there_before_the_start_are_found(spool: Spool) -> None:
    """The scan is the truth: nothing depends on having seen a file arrive."""
    drop(spool, "old.837")
    later = Spool(spool.root, settle=0, max_bytes=1000)
    later.settled(0)
    assert later.settled(0.1) == ["old.837"]


def strange(spool: Spool, kind: str) -> str:
    incoming = spool.folder("incoming")
    if kind == "symlink":
        (incoming / "x").symlink_to("/etc/hostname")
    elif kind == "fifo":
        os.mkfifo(incoming / "x")
    elif kind == "folder":
        (incoming / "x").mkdir()
    elif kind == "hard link":
        os.link(drop(spool, ".y"), incoming / "x")
    else:
        drop(spool, "x", b"y" * 1001)
    return "x"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("symlink", "FILE_UNREADABLE"),
        ("fifo", "FILE_NOT_PLAIN"),
        ("folder", "FILE_NOT_PLAIN"),
        ("hard link", "FILE_LINKED"),
        ("too large", "FILE_TOO_LARGE"),
    ],
)
def test_what_is_no_plain_file_is_never_read(spool: Spool, kind: str, code: str) -> None:
    """It is refused with a code, and can be set aside with an answer beside it."""
    name = strange(spool, kind)
    with pytest.raises(Refused) as refused:
        list(spool.read_incoming(name))
    assert refused.value.code == code
    spool.set_aside(name, "why")
    assert not os.path.lexists(spool.folder("incoming") / name)
    assert (spool.folder("refused") / "x.txt").read_text() == "why"


def test_a_claimed_file_is_found_after_a_crash(spool: Spool) -> None:
    """What lies in work/ is known by its unique name and keeps its own."""
    drop(spool, "a.837")
    taken = spool.take("a.837")
    assert spool.taken() == [taken]
    assert b"".join(spool.read(taken)) == b"ISA*~"
    spool.finish(taken)
    assert spool.taken() == []
    assert list(spool.folder("work").iterdir()) == []


def test_a_writer_that_held_on_to_the_file_is_noticed(spool: Spool) -> None:
    """Bytes that changed while they were read are not what we sealed."""
    path = drop(spool, "a.837")
    with path.open("ab") as writer:
        taken = spool.take("a.837")
        blocks = spool.read(taken)
        next(blocks)
        writer.write(b"late")
        writer.flush()
        with pytest.raises(Refused) as refused:
            list(blocks)
    assert refused.value.code == "FILE_CHANGED"


def test_a_refused_file_lies_beside_its_answer_for_the_group(spool: Spool) -> None:
    """The billing software's group reads both although the service's umask is 0077; a second one of that name gets
    another."""
    for _ in range(2):
        drop(spool, "a.837")
        spool.refuse(spool.take("a.837"), "because")
    refused = spool.folder("refused")
    assert sorted(p.name for p in refused.iterdir()) == ["a.837", "a.837.2", "a.837.2.txt", "a.837.txt"]
    for path in refused.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(refused.stat().st_mode) == 0o2750
    assert stat.S_IMODE(spool.folder("work").stat().st_mode) == 0o700


def test_what_is_published_is_whole(spool: Spool) -> None:
    """Written under a hidden name first; nothing else is left behind."""
    spool.publish("handback", "x.999", [b"ISA", b"*"])
    assert [p.name for p in spool.folder("handback").iterdir()] == ["x.999"]
    assert (spool.folder("handback") / "x.999").read_bytes() == b"ISA*"

"""A reader of a plugin reads documents of its own kind, and breaks nothing but them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import Daemon
from gateway.errors import Malformed
from gateway.logs import set_up
from gateway.model.answers import HEAD_BYTES, Answer, Note, Reader
from gateway.testing.payer import PayerSimulator
from gateway.workers.reading import answers_in
from gateway.workers.site import open_site
from tests.plugins.conftest import Folder
from tests.sites import TestSite, make_site

READER = """
    from gateway import hookimpl
    from gateway.model.answers import Reader

    @hookimpl
    def register_readers():
        return (Reader("{kind}", lambda head: True, lambda blocks: iter(())),)
"""


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer})


def reading(site: TestSite, *readers: Reader) -> list[dict[str, Any]]:
    """Run the site until idle with these readers before its own; returns the log."""

    async def run() -> None:
        async with open_site(site.config) as opened:
            opened.registry = replace(opened.registry, readers=(*readers, *opened.registry.readers))
            await Daemon(opened).run_until_idle()

    stream = set_up(file=site.root / "gateway.log")
    asyncio.run(run())
    stream.close()
    return [json.loads(line) for line in (site.root / "gateway.log").read_text().splitlines()]


def lay_out(payer: PayerSimulator, **documents: bytes) -> None:
    for name, content in documents.items():
        (payer.root / "out" / f"{name}.txt").write_bytes(content)


def begins(word: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(word)


def raising(failure: BaseException) -> Callable[[Iterable[bytes]], Iterator[Answer]]:
    def reads(blocks: Iterable[bytes]) -> Iterator[Answer]:
        yield Note("never counts")
        raise failure

    return reads


def test_plugins_are_asked_in_their_order_and_x12_last(folder: Folder) -> None:
    """The order in which their files are found, whatever they call their readers."""
    folder.write("a.py", READER.format(kind="zebra"))
    folder.write("b.py", READER.format(kind="aardvark"))
    assert [reader.kind for reader in folder.load().readers] == ["zebra", "aardvark", "x12"]


@pytest.mark.parametrize(
    "reads",
    [
        raising(ValueError("MEMBER QX4711")),
        raising(SystemExit("MEMBER QX4711")),
        raising(StopIteration()),
        lambda blocks: iter(["MEMBER QX4711"]),
        lambda blocks: None,
    ],
    ids=["raises", "exits", "stops", "gives no answer", "gives nothing"],
)
def test_a_broken_reader_keeps_its_document_aside_and_the_next_is_read(
    site: TestSite, payer: PayerSimulator, reads: Callable[[Iterable[bytes]], Iterator[Answer]]
) -> None:
    """With a code of its own, once, and nothing of what it had given; what it said never reaches the log."""
    lay_out(payer, a=b"SLIP QX4711", b=b"We are closed on Friday.")
    log = reading(site, Reader("slip", begins(b"SLIP"), reads))
    (unreadable,) = [line for line in log if line["event"] == "answer.unreadable"]
    assert (unreadable["code"], unreadable["place"]) == ("READER_BROKEN", "reader slip")
    assert unreadable["next"]
    assert [row["form"] for row in site.ask("answers") if row["form"]] == ["text"]
    assert "QX4711" not in (site.root / "gateway.log").read_text()
    (broken,) = [line for line in log if line["event"] == "reader.broken"]
    assert broken["exc_where"]


def test_what_a_reader_calls_malformed_is_told_in_its_words(site: TestSite, payer: PayerSimulator) -> None:
    """Then it is the document that is broken, not the reader."""
    lay_out(payer, a=b"SLIP QX4711")
    wrong = Malformed("cut off", code="SLIP_CUT_OFF", place="line 2", next_step="Ask for it again.")
    log = reading(site, Reader("slip", begins(b"SLIP"), raising(wrong)))
    (unreadable,) = [line for line in log if line["event"] == "answer.unreadable"]
    assert (unreadable["code"], unreadable["place"], unreadable["next"]) == (
        "SLIP_CUT_OFF",
        "line 2",
        "Ask for it again.",
    )
    assert "reader.broken" not in {line["event"] for line in log}


def test_a_reader_sees_the_beginning_to_recognise_and_then_the_whole(site: TestSite) -> None:
    """Whatever the size of the document is, and also when another reader looked first."""
    heads: list[bytes] = []

    def looks(head: bytes) -> bool:
        heads.append(head)
        return len(heads) % 2 == 0

    async def read(content: bytes) -> list[Answer]:
        async with open_site(site.config) as opened:

            def kept(blocks: Iterable[bytes]) -> Iterator[Answer]:
                yield Note(str(b"".join(blocks) == content))

            readers = (Reader("first", looks, kept), Reader("second", looks, kept))
            opened.registry = replace(opened.registry, readers=readers)
            return list(answers_in(opened, opened.vault.seal([content]).name))

    for content in (b"", b"short", bytes(range(256)) * 5000):
        heads.clear()
        assert asyncio.run(read(content)) == [Note("True")]
        assert heads == [content[:HEAD_BYTES]] * 2


def test_a_damaged_vault_is_not_blamed_on_the_reader(site: TestSite) -> None:
    """Also where the reader would have swallowed what it met."""

    def swallows(blocks: Iterable[bytes]) -> Iterator[Answer]:
        try:
            yield Note(str(len(b"".join(blocks))))
        except Exception:
            yield Note("all is well")

    async def read() -> list[Answer]:
        async with open_site(site.config) as opened:
            sealed = opened.vault.seal([bytes(3_000_000)])
            (file,) = [p for p in (site.root / "state" / "vault").rglob("*") if p.is_file() and sealed.name in p.name]
            damaged = bytearray(file.read_bytes())
            damaged[-100] ^= 1
            file.chmod(0o600)
            file.write_bytes(damaged)
            opened.registry = replace(opened.registry, readers=(Reader("any", lambda head: True, swallows),))
            return list(answers_in(opened, sealed.name))

    with pytest.raises(Malformed) as wrong:
        asyncio.run(read())
    assert wrong.value.code == "VAULT_DAMAGED"

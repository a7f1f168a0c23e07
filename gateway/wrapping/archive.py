"""A zip archive around one file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gateway.errors import Refused
from gateway.partnership.typed import RESUME
from gateway.ports import Secret

_MEMBER = "{stem}.837"


def wrong_zip_options(options: Mapping[str, str]) -> str:
    """What is wrong with them, as far as they show by themselves; empty where nothing is."""
    named = options.get("member", _MEMBER).replace("{stem}", "a")
    wrong = {*options} - {"member"} or not named or set("{}/\\") & set(named)
    return "a zip archive has one option, `member`: the name of the file within, such as {stem}.837" if wrong else ""


def zip_wrapping(options: Mapping[str, str], secrets: Callable[[str], Secret]) -> Zip:
    """Option `member` is the name of the file within, where `{stem}` is the archive's name without its extension. Raises
    Refused for any other option, and for a member that is no plain name."""
    if wrong := wrong_zip_options(options):
        raise Refused(
            wrong,
            code="WRAPPING_OPTIONS",
            next_step="Correct options.zip of the partner's declaration (`gateway doctor` says what is wrong), then"
            f" `{RESUME}`.",
        )
    return Zip(options.get("member", _MEMBER))


class Zip:
    """Meets ports.Wrapping. The same bytes under the same name give the same archive."""

    def __init__(self, member: str) -> None:
        self._member = member

    def wrap(self, blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
        """The archive as it grows; nothing is held but one block."""
        grown = _Grown()
        info = ZipInfo(self._member.replace("{stem}", name.rpartition(".")[0] or name))
        info.compress_type = ZIP_DEFLATED
        with ZipFile(grown, "w") as archive:
            with archive.open(info, "w", force_zip64=False) as member:
                for block in blocks:
                    member.write(block)
                    yield grown.taken()
            yield grown.taken()
        yield grown.taken()

    def opens(self, head: bytes) -> bool:
        """Never: an archive that a partner lays out may hold many files, and pickup opens those itself."""
        return False

    def unwrap(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """See `opens`."""
        raise NotImplementedError


class _Grown(io.RawIOBase):
    """What was written since it was last taken. It cannot be gone back in, so the archive is written straight on."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, block: bytes, /) -> int:  # type: ignore[override]
        self._blocks.append(bytes(block))
        return len(block)

    def taken(self) -> bytes:
        """All of it, once."""
        block = b"".join(self._blocks)
        self._blocks.clear()
        return block

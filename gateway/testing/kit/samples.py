"""The third tier: the payer's own sample answers, each read, classified and added up; nothing of them is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gateway.data import DENIAL_CODES, STATUS_CODES
from gateway.errors import Malformed
from gateway.model.answers import (
    HEAD_BYTES,
    Answer,
    ClaimPayment,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    LinePayment,
    Note,
    Reader,
    Remittance,
    StatusReport,
    StatusResponse,
    code_of,
)
from gateway.model.x12 import Span
from gateway.remittance.balance import balance
from gateway.testing.kit.loading import Loaded
from gateway.testing.kit.report import Outcome, Result
from gateway.vault import ARCHIVES, members, nested

_KINDS = {
    InterchangeAcknowledgment: "TA1", GroupAcknowledgment: "999", StatusReport: "277CA", StatusResponse: "277",
    Remittance: "835",
}  # fmt: skip


def read_samples(loaded: Loaded, folder: Path) -> tuple[Result, list[dict[str, Any]]]:
    """The rule, and a row for each file: its kind, whether its remittances add up, and codes that no list of ours has."""
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    if not files or loaded.registry is None:
        why = "it does not load" if loaded.registry is None else "there are no samples; ask the payer for some"
        return Result("samples_read", Outcome.NOT_PROVEN, (why,)), []
    rows = [row for file in files for row in _rows(file.name, file.read_bytes(), loaded.registry.readers)]
    wrong = [f"{row['file']}: {row['wrong']}" for row in rows if row["wrong"]]
    return Result("samples_read", Outcome.FAILED if wrong else Outcome.PROVEN, tuple(wrong)), rows


def _rows(name: str, data: bytes, readers: Sequence[Reader], *, within: bool = False) -> Iterator[dict[str, Any]]:
    """One file, or the members of an archive, as the running site unpacks them."""
    try:
        answers = _read(data, readers)
        kind = _archive(answers)
        if kind and within:
            raise nested()
        files = [b"".join(blocks) for _, blocks in members(_Bytes(data), kind)] if kind else []
    except Malformed as wrong:
        yield _made(name, "unreadable", wrong=f"{wrong.code} at {wrong.place or 'its beginning'}")
    except Exception as failure:
        yield _made(name, "unreadable", wrong=f"its reader raises {type(failure).__name__}")
    else:
        for number, file in enumerate(files, 1):
            yield from _rows(f"{name}[{number}]", file, readers, within=True)
        if not files:
            yield _row(name, answers)


class _Bytes:
    """A sample as what archives are unpacked from."""

    def __init__(self, data: bytes) -> None:
        self._data, self.size = data, len(data)

    def read(self, span: Span) -> bytes:
        return self._data[span.start : span.end]

    def blocks(self) -> Iterator[bytes]:
        yield self._data


def _archive(answers: Sequence[Answer]) -> str:
    """`zip` or `gzip` where a file is one and nothing else."""
    kinds = [answer.kind if isinstance(answer, Note) and answer.envelope is None else "" for answer in answers]
    return next((kind for kind in kinds if kind in ARCHIVES), "") if all(kinds) else ""


def _row(name: str, answers: Sequence[Answer]) -> dict[str, Any]:
    told = [answer for answer in answers if not isinstance(answer, Note)]
    kinds = [_KINDS.get(type(answer), "other") for answer in told]
    kinds = kinds or [f"mail: {note.kind.partition(' ')[0]}" for note in answers if isinstance(note, Note)][:1]
    said = ", ".join(f"{kind} ({kinds.count(kind)})" for kind in dict.fromkeys(kinds)) or "empty"
    return _made(name, said, _balance(told), sorted(set(_unknown(told))))


def _read(data: bytes, readers: Sequence[Reader]) -> list[Answer]:
    reader = next(reader for reader in readers if reader.recognises(data[:HEAD_BYTES]))
    found = list(reader.reads([data]))
    if any(not isinstance(one, Answer) for one in found):
        raise TypeError
    return found


def _balance(answers: Sequence[Answer]) -> str:
    """The verdict on all remittances: which sums fail, by place."""
    found = [balance(answer) for answer in answers if isinstance(answer, Remittance)]
    wrong = [f"{one.place or one.level.value} ({one.equation})" for each in found for one in each.imbalances]
    if not found:
        return ""
    return f"does not balance: {'; '.join(wrong[:5])}" if wrong else "balances"


def _unknown(answers: Sequence[Answer]) -> Iterator[str]:
    for answer in answers:
        if isinstance(answer, StatusReport):
            for status in (status for level in answer.statuses for status in level.statuses):
                if status.category not in STATUS_CODES.classes:
                    yield f"status category {code_of(status.category)}"
                if status.code and status.code not in STATUS_CODES.meanings:
                    yield f"status {code_of(status.code, 4)}"
        elif isinstance(answer, Remittance):
            yield from _unknown_reasons(answer)


def _unknown_reasons(remittance: Remittance) -> Iterator[str]:
    for claim in remittance.claims:
        parts: tuple[ClaimPayment | LinePayment, ...] = (claim, *claim.lines)
        for part in parts:
            for adjustment in part.adjustments:
                if adjustment.reason not in DENIAL_CODES.reasons and adjustment.reason not in DENIAL_CODES.non_denial:
                    yield f"CARC {code_of(adjustment.reason, 5)}"
            yield from (f"RARC {code_of(code, 5)}" for code in part.remarks if code not in DENIAL_CODES.remarks)


def _made(name: str, kind: str, balanced: str = "", unknown: Sequence[str] = (), wrong: str = "") -> dict[str, Any]:
    return {"file": name, "kind": kind, "balance": balanced, "unknown": list(unknown), "wrong": wrong}

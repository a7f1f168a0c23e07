"""structlog, set up once: one JSON object a line, and a fence that lets only known keys through.

A key that is not on the list is dropped and counted, an exception is reduced to its class and place: no value of a
claim, no local variable and no library's text can reach the log.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

# fmt: off
ALLOWED = frozenset({
    "event", "kind", "level", "timestamp", "seq", "batch", "claim", "submission", "document", "answer", "lane", "payer",
    "partner", "isa13", "state", "mark", "code", "place", "next", "form", "count", "bytes", "wait", "until", "days",
    "original", "observed", "added", "superseded", "notifier", "documents", "skipped", "err", "dur_ms", "exc_type",
    "exc_where", "version", "pid", "head", "subject", "step", "due", "dollars", "proposal", "cause",
    "list", "number", "dated", "rows", "sha256", "mail", "denial", "category", "owner", "outcome", "times", "plugin",
    "deposit", "remittance", "inquiry",
})
# fmt: on
_TYPED = ("reason", "source", "evidence", "message")
_QUIET = ("aiosqlite", "paramiko", "asyncio", "aiomqtt", "pyx12")


def fence(_: Any, __: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before the line is written."""
    error = said.pop("exc_info", None)
    if error:
        said.update(_place_of(sys.exc_info() if error is True else error))
    strangers = [key for key in said if key not in ALLOWED]
    for key in strangers:
        del said[key]
    if strangers:
        said["dropped"] = len(strangers)
    return said


def _place_of(error: Any) -> dict[str, str]:
    """Class and innermost place of an exception; never its text."""
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    kind, _, trace = error
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return {"exc_type": getattr(kind, "__name__", ""), "exc_where": where}


def set_up(level: str = "INFO", file: Path | None = None) -> TextIO:
    """Send every log line of this process through the fence, to a file or to standard output. Returns the stream."""
    stream: TextIO = open(file, "a", encoding="utf-8", buffering=1) if file else sys.stdout  # noqa: SIM115
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            fence,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Fenced()], level=logging.WARNING, force=True)
    for library in map(logging.getLogger, _QUIET):
        library.setLevel(max(logging.WARNING, library.level))  # one that was made quieter stays so
    sys.excepthook = _report
    threading.excepthook = lambda args: _report(args.exc_type, args.exc_value, args.exc_traceback)
    return stream


class _Fenced(logging.Handler):
    """Other libraries' log records: their name and place, never their text."""

    def emit(self, record: logging.LogRecord) -> None:
        logger().warning("library.warned", err=record.name, exc_where=f"{record.filename}:{record.lineno}")


def _report(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    logger().error("process.failed", exc_info=(kind, error, trace))


def logger() -> Any:
    """The one logger."""
    return structlog.get_logger()


def tell(event: Mapping[str, Any], kind: str) -> None:
    """Write one committed event as a log line. Free text that a person typed stays in the database."""
    body = {key: value for key, value in json.loads(event["body"]).items() if key not in _TYPED}
    body.pop("findings", None)
    subjects = {key: event[key] for key in ("batch", "claim", "submission", "lane") if event[key] is not None}
    line = {**subjects, **body, "seq": event["seq"]}
    if kind:
        line["kind"] = kind
    logger().info(event["name"], **line)

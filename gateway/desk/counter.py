"""The counter: answers commands beside a running service, over its UNIX socket, which knows who asks (SO_PEERCRED).

One question a connection: a line of JSON in, a line of JSON out.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from gateway.desk.calling import user_name
from gateway.desk.commands import answer, load_all
from gateway.errors import GatewayError
from gateway.logs import logger
from gateway.workers.site import Site

_LIMIT = 64 * 1024 * 1024


@asynccontextmanager
async def open_counter(site: Site, path: Path) -> AsyncIterator[None]:
    """Answer commands at this socket while the site is open. Its group may ask: the directory's mode says who."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            reply = await _reply(site, await reader.readline(), _peer(writer))
            writer.write(json.dumps(reply, default=str).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError):
            pass  # the asker went away, or sent more than a line may hold
        finally:
            writer.close()

    load_all()
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.unlink()
    server = await asyncio.start_unix_server(serve, path, limit=_LIMIT)
    path.chmod(0o660)
    try:
        yield
    finally:
        server.close()
        with suppress(FileNotFoundError):
            path.unlink()


async def _reply(site: Site, line: bytes, actor: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        return {"answer": await answer(site, asked["command"], asked["arguments"], actor)}
    except GatewayError as problem:
        return {"error": {"message": problem.message, "code": problem.code, "next": problem.next_step}}
    except Exception:
        logger().warning("counter.not_understood", exc_info=True)
        return {
            "error": {
                "message": "the service does not know this command, or not with these arguments",
                "code": "UNKNOWN_COMMAND",
                "next": "Use the gateway command of the same version as the service.",
            }
        }


def _peer(writer: asyncio.StreamWriter) -> str:
    """Who is at the other end, as the kernel knows it."""
    raw = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", raw)
    return user_name(uid)

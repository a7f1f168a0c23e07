"""Call at the counter of a running service: nothing of the site itself is needed for that."""

from __future__ import annotations

import json
import os
import pwd
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.errors import Refused


def user_name(uid: int | None = None) -> str:
    """A user's name, or the number where it has none."""
    number = os.getuid() if uid is None else uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def ask(path: Path, command: str, arguments: Mapping[str, Any]) -> Any:
    """Ask a running service. Raises ConnectionError or FileNotFoundError when none answers, Refused as it says."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(path))
        line.sendall(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        with line.makefile("rb") as received:
            reply = json.loads(
                received.readline() or b'{"error": {"message": "the service hung up", "code": "HUNG_UP"}}'
            )
    if "error" in reply:
        error = reply["error"]
        raise Refused(error["message"], code=error["code"], next_step=error.get("next", ""))
    return reply["answer"]

"""What can go wrong with a server, and whose turn it then is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.errors import GatewayError, InDoubt, Refused, Transient
from gateway.partnership.typed import ACCOUNT
from gateway.sftp.packets import ProtocolError, Status, StatusError

_LATER = "It is tried again by itself; if this lasts, ask the partner whether the server is up."
_HABIT = "Ask the partner how files must be delivered; where renaming is not allowed, declare write = direct."
_LOOK = "Look at what the server has and wait for the payer's answers; do not send it again before that."

FAULTS: Final[dict[str, tuple[type[GatewayError], str, str]]] = {
    "UNREACHABLE": (Transient, "the server cannot be reached", "Check host name, port, network and any VPN."),
    "CONNECTION_LOST": (Transient, "the connection broke off", _LATER),
    "TIMED_OUT": (Transient, "the server stopped answering", _LATER),
    "NOT_CONNECTED": (Transient, "the session has ended", "Open a new one."),
    "SESSION_REFUSED": (Transient, "the server opened no session after the login", _LATER),
    "PROTOCOL": (Transient, "the server's answer could not be understood", _LATER),
    "SERVER_FAILURE": (Transient, "the server reported a failure, such as a full disk", _LATER),
    "DISK_FULL": (Transient, "the server has no room left for us", _LATER),
    "NO_SUCH_FILE": (Transient, "the file is no longer there", "The next listing tells what is there."),
    "NOT_A_FILE": (Transient, "what was listed is no file", "Nothing: folders and the like are left alone."),
    "FILE_CHANGED": (Transient, "the file changed while it was read", "It is fetched again once it is still."),
    "UNEXPECTED": (Transient, "an unexpected failure", "Please report it with its place if it comes again."),
    "LOGIN_UNANSWERED": (
        Transient,
        "the connection was lost before the server answered the login",
        "Retry slowly: should this be a refusal after all, repeated logins lock the account.",
    ),
    "LOGIN_REFUSED": (
        Refused,
        "the server refused the login",
        "Check user and credential with the partner (expired password, key not installed, second factor) before "
        "resuming: repeated refusals lock the account.",
    ),
    "CREDENTIAL_UNREADABLE": (
        Refused,
        "the credential is neither a password nor a private key that can be used",
        "Store a password, or a private key as `ssh-keygen -t ed25519 -N '' -C gateway` makes it: no passphrase, and "
        "with a comment, for paramiko misreads some keys without one.",
    ),
    "HOST_KEY_UNPINNED": (
        Refused,
        "no host key is pinned, so nothing was dialled",
        f"Run `gateway payer trust {ACCOUNT}` and compare the fingerprint with the one the partner publishes.",
    ),
    "HOST_KEY_UNREADABLE": (
        Refused,
        "a pinned host key is not of the form `ssh-ed25519 AAAA...`, so nothing was dialled",
        f"Run `gateway payer trust {ACCOUNT}` and pin it again.",
    ),
    "HOST_KEY_CHANGED": (
        Refused,
        "the server is not the pinned one, so no login was sent",
        f"Ask the partner, by telephone, whether the key was changed; only then `gateway payer trust {ACCOUNT}` pins"
        " the new one.",
    ),
    "NO_COMMON_ALGORITHM": (
        Refused,
        "the server offers only algorithms that are not safe (ssh-rsa with SHA-1, DSA, CBC, SHA-1 or MD5 codes)",
        "Ask the partner for a current SSH server; until it has one, wire.legacy in its declaration may allow an old one.",
    ),
    "NO_SFTP": (Refused, "the server offers no SFTP to this user", "Ask the partner to enable SFTP."),
    "PERMISSION": (
        Refused,
        "the server denies permission",
        "Ask the partner for access to this folder; where nobody may look at what lies there, declare verify = nothing.",
    ),
    "NO_SUCH_FOLDER": (Refused, "there is no such folder", "Check the folders of this partner's endpoint."),
    "UNSUPPORTED": (Refused, "the server does not support this request", _HABIT),
    "TARGET_EXISTS": (Refused, "another file of this name is there", "Find out with the partner whose file it is."),
    "RENAME_REFUSED": (Refused, "the server refused to rename the file", _HABIT),
    "TOO_LARGE": (Refused, "the file is larger than any answer can be", "Ask the partner what this file is."),
    "SOURCE_UNREADABLE": (Refused, "what should be sent cannot be read here", "Run `gateway doctor`."),
    "SOURCE_SIZE": (Refused, "what should be sent is not of its recorded size", "Run `gateway doctor`."),
}

DOUBTS: Final[dict[str, str]] = {
    "OUTCOME_LOST": "whether the server took the file was not learnt",
    "SOURCE_GONE": "the file is gone from its temporary name, and not by our renaming",
    "TARGET_EXISTS": "a file of this name is already there, and it may be ours",
}

_STATUS: Final[dict[int, str]] = {
    Status.NO_SUCH_FILE: "NO_SUCH_FILE",
    Status.NO_SUCH_PATH: "NO_SUCH_FOLDER",
    Status.PERMISSION_DENIED: "PERMISSION",
    Status.WRITE_PROTECT: "PERMISSION",
    Status.BAD_MESSAGE: "PROTOCOL",
    Status.NO_CONNECTION: "CONNECTION_LOST",
    Status.CONNECTION_LOST: "CONNECTION_LOST",
    Status.OP_UNSUPPORTED: "UNSUPPORTED",
    Status.FILE_ALREADY_EXISTS: "TARGET_EXISTS",
    Status.NO_SPACE_ON_FILESYSTEM: "DISK_FULL",
    Status.QUOTA_EXCEEDED: "DISK_FULL",
}

GONE: Final = (Status.NO_SUCH_FILE, Status.NO_SUCH_PATH)


def fault(code: str, server: str, detail: str = "") -> GatewayError:
    """Transient or Refused. `server` is `host:port`; `detail` must be ours: never a server's text or a file name."""
    turn, text, next_step = FAULTS[code]
    return turn(f"{text}: {detail}" if detail else text, code=code, place=server, next_step=next_step)


def doubt(code: str, server: str, detail: str = "") -> InDoubt:
    """The other side may have taken the file."""
    text = DOUBTS[code]
    return InDoubt(f"{text}: {detail}" if detail else text, code=code, place=server, next_step=_LOOK)


def classified(error: Exception, server: str, expired: bool = False) -> GatewayError:
    """Any failure of a conversation. `expired` says that we hung up because time was up, whatever it looks like."""
    if isinstance(error, StatusError):  # FAILURE and what is not known say only that it failed
        return fault(_STATUS.get(error.code, "SERVER_FAILURE"), server)
    if expired or isinstance(error, TimeoutError):
        return fault("TIMED_OUT", server)
    if isinstance(error, ProtocolError):
        return fault("PROTOCOL", server)
    if isinstance(error, EOFError | OSError):
        return fault("CONNECTION_LOST", server)
    return fault("UNEXPECTED", server, _where(error))


def _where(error: Exception) -> str:
    """The kind of an exception and the line it came from, without its text, which may hold anything."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    line = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + line

"""Who may come in, and what a session may do before the server loses patience."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import paramiko

from gateway.testing.payer.back_office import BackOffice

_HEARTBEAT = 0.02


class Guard:
    """What is counted over all connections: logins, wrong ones, and since when the password is valid. `attempts` are all
    that were ever tried, `silences` how often a step was reached from which on nothing is said."""

    def __init__(self, office: BackOffice) -> None:
        self._office, self._logins, self._wrong, self.attempts, self.silences = office, 0, 0, 0, 0
        self._since = office.root / "password_since"
        if not self._since.exists():
            self.renew_password()

    def renew_password(self) -> None:
        """The password counts as new, and the account as unlocked."""
        self._since.write_text(self._office.clock().isoformat())
        self._logins = self._wrong = 0

    def admits(self, *, proven: bool, by_password: bool) -> bool:
        """Whether this login succeeds; both ways it counts."""
        server, faults = self._office.scenario.server, self._office.scenario.faults
        locked = bool(server.lock_after) and self._wrong >= server.lock_after
        used_up = bool(server.logins) and self._logins >= server.logins
        expired = by_password and self._has_expired()
        welcome = proven and not (locked or used_up or expired or faults.refuse_login)
        self.attempts += 1
        self._logins += welcome
        self._wrong += not proven
        return welcome

    def _has_expired(self) -> bool:
        days = self._office.scenario.server.password_days
        since = datetime.fromisoformat(self._since.read_text())
        return bool(days) and self._office.clock() >= since + timedelta(days=days)


class Door(paramiko.ServerInterface):  # type: ignore[misc]
    """Any user name may come in, with the one key or the one password. One for each connection; `sessions` tells how many
    others have one."""

    def __init__(
        self,
        office: BackOffice,
        guard: Guard,
        transport: paramiko.Transport,
        password: str,
        key: paramiko.PKey,
        sessions: Callable[[], int] = lambda: 0,
    ) -> None:
        self.office, self.transport = office, transport
        self._guard, self._password, self._key, self._sessions = guard, password, key, sessions
        self.written = 0
        self.session: threading.Thread | None = None
        self.active_at = time.monotonic()

    @property
    def in_session(self) -> bool:
        """Whether somebody is logged in here and can be told something."""
        return self.session is not None and self.session.is_alive() and self.transport.is_active()

    def get_allowed_auths(self, username: str) -> str:
        return "publickey,password"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._decide(key == self._key, by_password=False)

    def check_auth_password(self, username: str, password: str) -> int:
        return self._decide(hmac.compare_digest(password.encode(), self._password.encode()), by_password=True)

    def _decide(self, proven: bool, *, by_password: bool) -> int:
        self.reaches("login")
        welcome = self._guard.admits(proven=proven, by_password=by_password)
        return int(paramiko.AUTH_SUCCESSFUL if welcome else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind != "session":
            return int(paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED)
        most = self.office.scenario.server.max_sessions
        crowded = bool(most) and self._sessions() >= most
        return int(paramiko.OPEN_FAILED_RESOURCE_SHORTAGE if crowded else paramiko.OPEN_SUCCEEDED)

    def reaches(self, step: str) -> None:
        """A client asked for something: here the server may fall silent until the connection ends."""
        self.active_at = time.monotonic()
        self._guard.silences += step in self.office.scenario.faults.hang
        while step in self.office.scenario.faults.hang and self.transport.is_active():
            time.sleep(_HEARTBEAT)

    def hang_up(self) -> int:
        """The connection dies; whatever is returned here is never sent."""
        self.transport.close()
        return int(paramiko.SFTP_FAILURE)

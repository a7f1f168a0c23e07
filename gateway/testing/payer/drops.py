"""The drop folders: which files stand there, when one counts as arrived, and what becomes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gateway.testing.payer.journal import Arrival, Journal
from gateway.testing.payer.mailroom import Tell
from gateway.testing.payer.naming import mark_name
from gateway.testing.payer.scenario import Scenario
from gateway.testing.payer.state import State


def is_final(name: str) -> bool:
    """Whether a file of that name counts as arrived: it is neither hidden nor *.part."""
    return not name.startswith(".") and not name.endswith(".part")


class Drops:
    """One at a time: whoever touches the folders holds `lock`. `writing` names the uploads under way, `held` what counts
    only once its session has ended, with that session; `save` keeps the state."""

    def __init__(
        self,
        root: Path,
        scenario: Scenario,
        state: State,
        save: Callable[[], None],
        clock: Callable[[], datetime],
        tell: Tell,
    ) -> None:
        self.root, self.journal = root, Journal(root / "received")
        self.lock = threading.RLock()
        self.writing: list[Path] = []
        self.held: dict[Path, object] = {}
        self._state, self._save, self._clock, self._tell = state, save, clock, tell
        self.scenario = scenario

    @property
    def scenario(self) -> Scenario:
        """What the payer does now."""
        return self._scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._scenario = scenario
        for path in self.folders():
            self.local(path).mkdir(parents=True, exist_ok=True)

    def folders(self) -> tuple[str, ...]:
        """Every folder that a partner sees."""
        server = self.scenario.server
        found = [path for each in server.folders for path in (each.takes, each.gives, *each.by_kind.values())]
        found += [
            *server.staging,
            *server.other_folders,
            *([server.receipts.folder] if server.receipts and server.receipts.folder else []),
        ]
        return tuple(dict.fromkeys(found))

    def local(self, folder: str) -> Path:
        """The local folder behind one that a partner sees."""
        return self.root / folder.strip("/")

    def takes(self, path: Path) -> str | None:
        """The drop folder that a local file lies in, if it lies in one."""
        found = (each.takes for each in self.scenario.server.folders if self.local(each.takes) == path.parent)
        return next(found, None)

    def counts(self, name: str) -> bool:
        """Whether a file of that name is looked at."""
        return self.scenario.server.temporary_names_count or is_final(name)

    def arrived(self, path: Path, session: object = None) -> None:
        """A file stands in a drop folder under its final name: note it, then do to it what this payer does at once. Without
        a `session` that goes on nobody's logout is waited for."""
        with self.lock:
            faults = self.scenario.faults
            if faults.swallow:
                path.unlink()
                self._tell("swallowed", name=path.name)
            elif session is not None and self.scenario.server.commit_on_logout:
                self.held[path] = session
            else:
                self._note(path)

    def _note(self, path: Path) -> None:
        faults, folder = self.scenario.faults, self.takes(path) or self.scenario.server.folders[0].takes
        arrival = self.journal.add(path, self._clock(), folder)
        self._tell("received", name=arrival.name, folder=folder, bytes=path.stat().st_size)
        if faults.vanish_on_close:
            path.unlink()
        elif faults.rename_on_arrival:
            path.rename(path.with_name(path.name + ".processed"))

    def logged_out(self, session: object) -> None:
        """A session ended: what it wrote counts now."""
        with self.lock:
            for path in [path for path, holder in self.held.items() if holder is session]:
                del self.held[path]
                if path.exists():
                    self._note(path)

    def take(self) -> None:
        """Files that came past the server, or whose noting a kill prevented, are found here."""
        for folder in self.scenario.server.folders:
            for path in sorted(self.local(folder.takes).iterdir()):
                busy = path in self.writing or path in self.held or not path.is_file()
                if not self.counts(path.name) or busy or self._is_ours(path):
                    continue
                if not self.journal.knows(path):
                    self.arrived(path)
                if self.scenario.faults.sweep:
                    path.unlink(missing_ok=True)

    def _is_ours(self, path: Path) -> bool:
        return str(path.relative_to(self.root)) in self._state.laid

    def mark(self, arrival: Arrival, *, failed: bool) -> None:
        """A receipt beside the file, and another name for the file, as this payer does."""
        server = self.scenario.server
        if server.receipts:
            pattern = server.receipts.failed if failed else server.receipts.arrived
            if pattern:
                folder = self.local(server.receipts.folder or arrival.folder)
                self._own(folder / mark_name(pattern, arrival)).touch()
        suffix = server.mark_error if failed else server.mark_processed
        lying = self.local(arrival.folder) / arrival.name
        if suffix and lying.exists():
            lying.rename(self._own(lying.with_name(lying.name + suffix)))

    def _own(self, path: Path) -> Path:
        """Known as the payer's own before it is there."""
        self._state.laid.append(str(path.relative_to(self.root)))
        self._save()
        return path

"""The mailbox side: lays files into the folders that partners read, lets them grow, be stolen and be purged."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from gateway.testing.payer.manners import Mail
from gateway.testing.payer.scenario import Scenario
from gateway.testing.payer.state import State

Tell = Callable[..., None]


class Mailroom:
    """Whoever calls holds the back office's lock, and saves the state afterwards."""

    def __init__(self, root: Path, state: State, clock: Callable[[], datetime], tell: Tell) -> None:
        self._root, self._drafts, self._state, self._clock, self._tell = root, root / "drafts", state, clock, tell

    def lay(self, folder: str, name: str, content: bytes, scenario: Scenario, **facts: object) -> str | None:
        """Lay one file down and return its name; None where somebody else took it first."""
        if scenario.server.stolen and scenario.chance("stolen", name) < scenario.server.stolen:
            self._tell("stolen", name=name, **facts)
            return None
        target = self._free(self._root / folder.strip("/") / name)
        draft = self._drafts / target.name
        draft.write_bytes(content)
        at = self._clock().timestamp()
        os.utime(draft, (at, at))
        if scenario.server.grows and len(content) > 1:
            target.write_bytes(content[: len(content) // 2])
            self._state.growing.append(str(target.relative_to(self._root)))
        else:
            draft.rename(target)
        self._tell("laid down", name=target.name, folder=folder, **facts)
        return target.name

    def _free(self, target: Path) -> Path:
        """Never over an answer that nobody may have read yet."""
        others = (target.with_name(f"{target.name}.{n}") for n in itertools.count(2))
        return next(path for path in itertools.chain((target,), others) if not path.exists())

    def grow(self) -> None:
        """Write the rest of what was begun at an earlier tick, unless it was taken away meanwhile."""
        growing, self._state.growing[:] = list(self._state.growing), []
        for path in growing:
            target, draft = self._root / path, self._drafts / Path(path).name
            if target.exists() and draft.exists():
                with target.open("r+b") as file:
                    file.write(draft.read_bytes())
            draft.unlink(missing_ok=True)

    def purge(self, scenario: Scenario) -> None:
        """Remove what lay long enough."""
        if not scenario.server.purge_days:
            return
        before = (self._clock() - timedelta(days=scenario.server.purge_days)).timestamp()
        for folder in scenario.server.folders:
            for path in {folder.gives, *folder.by_kind.values()}:
                for file in sorted((self._root / path.strip("/")).iterdir()):
                    if file.is_file() and file.stat().st_mtime <= before:
                        file.unlink()
                        self._tell("purged", name=file.name)

    def mail(self, scenario: Scenario) -> Iterator[str]:
        """What comes by itself: once, or every day."""
        now = self._clock()
        for mail in scenario.server.mail:
            key = f"{mail.name}/{now.date() if mail.every == 'day' else mail.every}"
            if mail.every != "file" and key not in self._state.mailed:
                self._state.mailed.append(key)
                yield from self.letter(mail, scenario, "")

    def letter(self, mail: Mail, scenario: Scenario, takes: str, **words: object) -> Iterator[str]:
        """One file that is no EDI, into the folder for mail."""
        name = mail.name.format(day=self._clock(), **{"stem": "", "name": "", "file": "", **words})
        laid = self.lay(scenario.server.folder(takes).gives_to("mail"), name, mail.text.encode(), scenario)
        yield from [laid] if laid else []

"""What kinds of partner the gateway is killed at, and at which steps: each writes, looks and asks in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.testing.payer.manners import Server
from tests.sites import TestSite


@dataclass(frozen=True)
class Manner:
    """`points` are the steps to be killed at, `declared` what the partner's declaration says of it, as TOML, and `server`
    the payer's side. A kill at one of `first` is what leads to the steps. Where `sweeps` is false the payer takes no file
    away at random, for then nothing would be left to look at. `times` are those at which it is killed when it comes to the
    step, by chance."""

    points: tuple[str, ...]
    declared: str = ""
    server: Server = field(default_factory=Server)
    first: tuple[str, ...] = ()
    sweeps: bool = True
    times: tuple[int, ...] = (1,)

    def bind(self, site: TestSite) -> None:
        """Have the site's partners declare it."""
        for plugin in (site.root / "plugins").glob("*.toml"):
            plugin.write_text(plugin.read_text().replace("[[partner]]", f"[[partner]]\n{self.declared}"))


_SENDING = (
    "within sftp.put",
    "after sftp.put",
    "after submissions.happened.UploadConfirmed",
    "after submissions.happened.RenameBegun",
    "after sftp.rename",
    "before submissions.happened.Transmitted",
)

MANNERS = {
    "intake": Manner(
        (
            "after Spool.take",
            "after Vault.seal",
            "before batches.spool",
            "after batches.spool",
            "after batches.begin_reading",
            "after reading.add",
            "after batches.parsed",
            "before Spool.finish",
            "after claims.judge_next",
        ),
        times=(1, 1, 1, 2),
    ),
    "renamed": Manner(
        (
            "after planning.plan",
            "before submissions.composed",
            "after submissions.composed",
            "after submissions.begin",
            *_SENDING,
            "after submissions.happened.Transmitted",
        )
    ),
    "staged": Manner(
        _SENDING,
        'write = "staged"\nstaging = "/staging"',
        Server(staging=("/staging",)),
    ),
    # Not within put: half a file under the name that is taken is what this habit costs, and is told as doubt.
    "direct": Manner(
        ("after submissions.begin", "before sftp.put", "after sftp.put", "before submissions.happened.Transmitted"),
        'write = "direct"',
    ),
    "looked at after logout": Manner(
        (
            "after sftp.rename",
            "before submissions.happened.SessionClosed",
            "after submissions.happened.SessionClosed",
            "before submissions.happened.Transmitted",
        ),
        'verify = "listing"\nwire = {commit_on_logout = true}',
        Server(commit_on_logout=True),
        sweeps=False,
    ),
    "doubt": Manner(
        (
            "before submissions.happened.OutcomeLost",
            "after submissions.happened.OutcomeLost",
            "before submissions.happened.ArrivalProven",
            "after submissions.happened.ArrivalProven",
        ),
        first=("after sftp.rename", "before submissions.happened.Transmitted"),
        sweeps=False,
    ),
    "doubt that nothing arrived": Manner(
        ("before submissions.happened.ArrivalDisproven", "after submissions.happened.ArrivalDisproven"),
        first=("after submissions.happened.RenameBegun",),
    ),
    "a large run": Manner(
        ("before submissions.happened.LaneAsks", "after submissions.happened.LaneAsks"),
        "brake = {claims = 1, times = 2}",
    ),
}
"""All that happens before and while a file is sent."""

PICKUP = {
    "answers": Manner(("before pickups.fetched", "after pickups.fetched", "after answers.post", "before answers.done")),
    "answers removed": Manner(
        ("before sftp.discard", "after sftp.discard", "after pickups.discarded"),
        'mailbox = {discard = "after_commit"}',
    ),
}
"""All that happens once the payer has answered."""

ALL = MANNERS | PICKUP
POINTS = [(manner, step) for manner, each in ALL.items() for step in each.points]

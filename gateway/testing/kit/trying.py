"""The wire in a process of its own: `python -m gateway.testing.kit.trying ORDER` writes what it found beside the order."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway.hosting.leash import die_with
from gateway.testing.kit.judge import Judge
from gateway.testing.kit.loading import Loaded, load
from gateway.testing.kit.parts import parts
from gateway.testing.kit.silence import PATIENCE
from gateway.testing.kit.stand import standing, template
from gateway.testing.kit.strays import RULE, Strays
from gateway.testing.kit.wire import wire_tier


async def try_partners(
    loaded: Loaded, folder: Path, only: Sequence[str], strays: Strays, patience: float = PATIENCE
) -> dict[str, object]:
    """Every partner of a plugin, each at a site of its own made from one template; with `only` these trials."""
    found: dict[str, object] = {}
    template(folder / "template")
    for partner in loaded.partners:
        place = folder / partner.key
        shutil.copytree(folder / "template", place)
        judge = Judge()
        async with standing(place, loaded, partner) as stand:
            stand.patience = patience
            strays.ports.add(stand.payer.port)
            await wire_tier(stand, judge, only)
            said = await parts(stand, loaded, judge)
            events = json.dumps([await stand.ask("lanes"), await stand.ask("mail", everything=True)], default=str)
            names = "\n".join(arrival.name for arrival, _ in stand.payer.arrivals())
        for stray in await asyncio.to_thread(list, strays.ended()):
            judge.say(RULE, stray)
        (place / "said").write_text(said)
        (place / "events").write_text(events)
        (place / "names").write_text(names)
        found[partner.key] = {"wrong": judge.wrong, "untried": judge.untried, "limits": stand.limits}
    return found


def main() -> None:
    """Do as the order file says; the result goes to a file beside it, since a plugin may print what it likes."""
    order = Path(sys.argv[1])
    wanted = json.loads(order.read_text())
    die_with(wanted["parent"])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whatever the plugin did to it where it was loaded before
    plugin = Path(wanted["plugin"])
    strays = Strays(plugin, order.parent)
    if plugin.suffix != ".toml":
        strays.begin()
    loaded = load(plugin, rehearsed=True)
    strays.loaded()
    found = asyncio.run(try_partners(loaded, order.parent, wanted["trials"], strays, wanted["patience"]))
    (order.parent / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()

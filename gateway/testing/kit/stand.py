"""A whole temporary site with one plugin in it, and the simulated payer that its partner's declaration describes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.config.directory import bind
from gateway.config.writing import toml
from gateway.daemon import Daemon
from gateway.desk.commands import answer
from gateway.desk.founding import found
from gateway.errors import GatewayError
from gateway.logs import set_up
from gateway.model.habits import Agreements, Brake
from gateway.model.partners import Account, Partner, Payer, Policy, Route, Rule, Stage
from gateway.testing.declared import as_declared
from gateway.testing.kit.accounts import CREDENTIAL, kit_account, stages_of
from gateway.testing.kit.claims import batch_for
from gateway.testing.kit.loading import Loaded, copied
from gateway.testing.payer import Delay, PayerSimulator, Scenario
from gateway.testing.payer.scenario import KINDS
from gateway.workers.site import Site, open_site
from gateway.wrapping import new_pgp_key

KIT_PAYER = "kit_payer"
_PGP = "kit_pgp"
_SETTINGS = """\
[site]
name = "kit"
time_zone = "America/Chicago"

[spool]
settle_seconds = 0.0
quarantine_minutes = 0.02
"""


@dataclass
class Clock:
    """Moves only when told; it begins at noon, so that no name changes its day by itself."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Stand:
    """One partner at one site: as it is fitted for the wire, and as it is `declared`. `scenario` is the payer as it is
    declared, without its hours and without faults of the kit's; `limits` are what it cannot show, `raised` what escaped
    from the daemon's lanes, `patience` how many seconds a silent server is borne."""

    site: Site
    payer: PayerSimulator
    partner: Partner
    declared: Partner
    scenario: Scenario
    clock: Clock
    payer_key: str
    payer_id: str
    limits: list[str]
    openers: Mapping[str, Any] = field(default_factory=dict)
    laid: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    dropped: int = 0
    patience: float = 0.0

    def lane(self, stage: Stage = Stage.PRODUCTION) -> str:
        """The lane's key."""
        return f"{self.partner.key}/{stage.value}"

    def drop(self, stage: Stage = Stage.PRODUCTION, claims: int = 2, payer: str = "") -> list[str]:
        """Put a batch into the spool, for this payer where one is named; returns the CLM01 of its claims."""
        numbers = [f"KIT{self.dropped + n:04d}" for n in range(1, claims + 1)]
        self.dropped += claims
        version = self.partner.accepts[0]
        payer_id = self.partner.payers[payer][0] if payer else self.payer_id
        batch = batch_for(version, numbers, payer_id, stage.usage, 100 + self.dropped, self.clock().date())
        (self.site.settings.spool.root / "incoming" / f"kit{self.dropped}.837").write_bytes(batch)
        return numbers

    async def run(self) -> None:
        """The real daemon, until there is nothing more to do now."""
        try:
            await Daemon(self.site).run_until_idle()
        except Exception as failure:  # a plugin may raise anything, and a trial goes on
            self.raised.append(type(failure).__name__)

    async def ask(self, command: str, **arguments: Any) -> Any:
        """One command, as a person gives it."""
        return await answer(self.site, command, arguments, "kit")

    async def order(self, command: str, **arguments: Any) -> None:
        """One that may not be needed."""
        try:
            await self.ask(command, reason="the plugin kit", **arguments)
        except GatewayError:
            return

    def move(self, **span: float) -> None:
        """The clock goes on."""
        self.clock.now += timedelta(**span)
        self.payer.renew_password()

    async def tick(self) -> tuple[str, ...]:
        """The payer works on what it has, and answers; `laid` are the names of all that it ever laid down for us."""
        names = await asyncio.to_thread(self.payer.tick)
        self.laid += names
        return names


def template(folder: Path) -> None:
    """What every stand begins with: settings, keys and folders."""
    found(folder, _SETTINGS)


@asynccontextmanager
async def standing(folder: Path, loaded: Loaded, partner: Partner) -> AsyncIterator[Stand]:
    """Build it in this folder, which `template` filled, with a log at `gateway.log`."""
    clock = Clock()
    limits: list[str] = []
    openers: dict[str, Any] = {}  # filled once the site is open, which brings the wrappings
    payer = PayerSimulator(folder / "payer", Scenario(), clock=clock, wrappings=openers)
    with payer:
        _bind(folder, loaded, partner, payer)
        stream = set_up(file=folder / "gateway.log")
        try:
            async with open_site(folder / "conf" / "gateway.toml", clock, installed=False) as site:
                fitted = _fitted(site, partner, limits)
                payer_key = next(iter(fitted.payers))
                openers.update(_openers(site, fitted))
                declared = as_declared(fitted, Scenario(delays=_delays(fitted)), tuple(openers))
                payer.scenario = declared.scenario
                limits += declared.left_out
                stand = Stand(
                    site,
                    payer,
                    fitted,
                    partner,
                    declared.scenario,
                    clock,
                    payer_key,
                    fitted.payers[payer_key][0],
                    limits,
                    openers,
                )
                yield stand
        finally:
            stream.close()


def _bind(folder: Path, loaded: Loaded, partner: Partner, payer: PayerSimulator) -> None:
    """The plugin, the payers that it borrows, and an account for each stage."""
    copied(loaded.path, folder / "plugins")
    lent = "".join(f"[[payer]]\nkey = {toml(key)}\nname = {toml(key)}\n\n" for key in (*loaded.borrowed, KIT_PAYER))
    (folder / "plugins" / "zz_kit_payers.toml").write_text(lent)
    (folder / "plugins" / "zz_kit_payers.toml").chmod(0o644)
    for stage in stages_of(partner):
        account = kit_account(partner, stage, user=payer.user, host_keys=(payer.host_key,))
        name = f"{partner.key}{'.test' if stage is Stage.TEST else ''}.toml"
        (folder / "conf" / "partners" / name).write_text(_account_text(account, payer))
    secret = folder / "secrets" / CREDENTIAL
    secret.touch(mode=0o600)
    secret.write_text(payer.password)


def _account_text(account: Account, payer: PayerSimulator) -> str:
    values = {
        "sender": account.sender.id, "submitter_id": account.submitter_id, "submitter_name": account.submitter_name,
        "contact_phone": account.contact_phone, "user": account.user, "credential": account.credential,
        "stage": account.stage.value,
    }  # fmt: skip
    text = "".join(f"{key} = {toml(value)}\n" for key, value in values.items())
    return f'{text}host_keys = [{toml(payer.host_key)}]\nendpoint = {{host = "{payer.host}", port = {payer.port}}}\n'


def _fitted(site: Site, partner: Partner, limits: list[str]) -> Partner:
    """The site's directory with this one partner's lanes, whose payers ask nothing of enrollment: the kit tries the wire.
    Its hours are tried by themselves, so they are open here; its brake asks a person, whom there is none of."""
    if "pgp" in partner.habits.wraps:
        partner = _to_our_key(site, partner, limits)
    payers = dict(partner.payers) or {KIT_PAYER: ("KITPAYER",)}
    fitted = replace(
        partner, payers=payers, windows=(), maintenance=(),
        habits=replace(
            partner.habits, outages=(), agreements=Agreements(), brake=Brake(), wraps=_wraps(site, partner, limits)
        ),
    )  # fmt: skip
    take(site, fitted)
    return fitted


def _to_our_key(site: Site, partner: Partner, limits: list[str]) -> Partner:
    """Files for the payer's own OpenPGP key are for a key of the kit's here, which opens them again."""
    try:
        secret, public = new_pgp_key("plugin-kit")
    except GatewayError:
        return partner  # without the library it is left off, and that is said
    held = site.settings.keys.secrets_dir / _PGP
    held.touch(mode=0o600)
    held.write_bytes(secret)
    asked = partner.habits.options.get("pgp", {})
    ours = {"recipient": public.decode(), "open_with": _PGP, "armor": asked.get("armor", "no")}
    limits.append("what is wrapped in pgp was encrypted to a key of the kit's own, and not signed")
    options = {**partner.habits.options, "pgp": ours}
    return replace(partner, habits=replace(partner.habits, options=options))


def take(site: Site, partner: Partner) -> None:
    """From now on the site has this one partner, as it is given here."""
    lenient = {key: _lenient(site.registry.payers[key]) for key in partner.payers}
    routes = [Route(key, partner.key) for key in partner.payers]
    accounts = [lane.account for lane in site.directory.lanes.values() if lane.partner.key == partner.key]
    site.base = bind({**site.registry.payers, **lenient}, {partner.key: partner}, accounts, routes, [])
    site.reroute({})


def _lenient(payer: Payer) -> Payer:
    off = dict.fromkeys(Rule, Policy.OFF)
    return replace(payer, policy=Policy.OFF, policies=off, filing_limit=timedelta(days=3650), filing_rules=())


def _delays(partner: Partner) -> dict[str, Delay]:
    """Where marks are laid down answers come later, for nobody looks for a mark once an answer speaks of the file."""
    return {kind: Delay(ticks=1) for kind in KINDS} if partner.habits.receipts else {}


def _wraps(site: Site, partner: Partner, limits: list[str]) -> tuple[str, ...]:
    """The wrappings that can be put on and taken off here; one that needs the payer's own key cannot."""
    kept = []
    for name in partner.habits.wraps:
        if name == "zip":  # the simulated payer opens it itself
            kept.append(name)
            continue
        try:
            wrapping = site.registry.wrappings[name](partner.habits.options.get(name, {}), site._secret)
            if b"".join(wrapping.unwrap([b"".join(wrapping.wrap([b"ISA*kit~"], "kit.837"))])) == b"ISA*kit~":
                kept.append(name)
                continue
        except Exception as failure:
            limits.append(f"the wrapping {name} was left off, for it cannot be tried here ({type(failure).__name__})")
            continue
        limits.append(f"the wrapping {name} was left off, for what it wraps does not come back the same")
    return tuple(kept)


def _openers(site: Site, partner: Partner) -> Mapping[str, Any]:
    """For the simulated payer: how it takes off what a plugin wraps."""

    def opener(name: str) -> Any:
        made = site.registry.wrappings[name](partner.habits.options.get(name, {}), site._secret)
        return lambda data: b"".join(made.unwrap([data]))

    return {name: opener(name) for name in partner.habits.wraps if name != "zip"}


__all__ = ["KIT_PAYER", "Clock", "Stand", "standing", "take", "template"]

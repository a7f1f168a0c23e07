"""Makes a simulated payer behave as a trading partner is declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.model.habits import Case, Habits, Period, Sends, SetBy
from gateway.model.partners import Partner, Stage, Verify, Window, WriteHabit
from gateway.testing.payer.algorithms import unknown
from gateway.testing.payer.manners import Away, Folder, Hours, Layout, Mail, Names, Receipts, Server
from gateway.testing.payer.scenario import KINDS, Faults, Scenario

_KNOWN_WRAPS = ("zip",)
_ORDINARY_PACKET = 32_768


@dataclass(frozen=True, slots=True)
class Declared:
    """A scenario, and in words what of the declaration it does not show."""

    scenario: Scenario
    left_out: tuple[str, ...] = ()


def as_declared(partner: Partner, base: Scenario | None = None, wrappings: tuple[str, ...] = ()) -> Declared:
    """The scenario `base` with the server, the answers and the folders of this partner. `wrappings` are those that the
    simulator can open beside zip."""
    scenario = base or Scenario()
    marks = tuple(mark.sender for mark in partner.habits.stages.values() if mark.sender)
    made = replace(
        scenario,
        server=_server(partner, scenario.server),
        faults=_faults(partner, scenario.faults),
        answers=_answers(partner),
        negative_only=_negative_only(partner, scenario),
        receiver=partner.receiver.id,
        senders=scenario.senders or marks,
    )
    return Declared(made, tuple(_left_out(partner, wrappings)))


def _server(partner: Partner, server: Server) -> Server:
    habits, wire, mailbox = partner.habits, partner.habits.wire, partner.habits.mailbox
    legacy = wire.legacy.algorithms if wire.legacy else ()
    return replace(
        server,
        folders=tuple(_folders(partner)),
        staging=(habits.staging,) if partner.write is WriteHabit.STAGED and habits.staging else (),
        names=_names(partner),
        layout=_layout(partner),
        receipts=_receipts(habits),
        wraps=habits.wraps,
        commit_on_logout=wire.commit_on_logout,
        temporary_names_count=partner.write is WriteHabit.DIRECT,
        stat_fails=partner.verify in (Verify.LISTING, Verify.NOTHING),
        packet_size=0 if wire.packet_size == _ORDINARY_PACKET else wire.packet_size,
        max_sessions=1 if wire.one_session else 0,
        password_days=wire.password_days,
        algorithms=tuple(name for name in legacy if name not in set(unknown(legacy))),
        purge_days=mailbox.retention_days,
        reading_removes=mailbox.reading_removes,
        grows=mailbox.grows,
        windows=_hours(partner.windows),
        closures=_hours(partner.maintenance),
        outages=tuple(Away(outage.begins, outage.ends) for outage in habits.outages),
        mail=server.mail + tuple(Mail(_example(pattern)) for pattern in mailbox.mail),
    )


def _hours(windows: Sequence[Window]) -> tuple[Hours, ...]:
    return tuple(Hours(window.opens, window.closes, window.zone, window.days) for window in windows)


def _faults(partner: Partner, faults: Faults) -> Faults:
    """A server that is written to directly is one that does not rename."""
    vanishes = partner.verify in (Verify.VANISHES, Verify.NOTHING)
    return replace(
        faults,
        refuse_rename=faults.refuse_rename or partner.write is WriteHabit.DIRECT,
        vanish_on_close=faults.vanish_on_close or vanishes,
        sweep=faults.sweep or partner.endpoint.sweeps,
    )


def _folders(partner: Partner) -> Iterator[Folder]:
    """One for each stage that has folders of its own, else one for both. Mail comes to the last inbound folder."""
    endpoint, stages = partner.endpoint, partner.habits.stages
    own = [(name, mark) for name, mark in stages.items() if mark.outbound or mark.inbound]
    for name, mark in own:
        yield _folder(mark.outbound or endpoint.outbound, mark.inbound or endpoint.inbound, Stage(name).usage)
    left = [stage.usage for stage in Stage if stage.value not in {name for name, _ in own}]
    if left:
        yield _folder(endpoint.outbound, endpoint.inbound, "".join(left) if own else "")


def _folder(takes: str, gives: tuple[str, ...], usage: str) -> Folder:
    return Folder(_path(takes), _path(gives[0]), usage, {"mail": _path(gives[-1])} if gives[1:] else {})


def _path(path: str) -> str:
    return "/" + path.strip("/")


def _names(partner: Partner) -> Names:
    rules, counter = partner.habits.names, partner.habits.counter
    once = "" if counter is None else "day" if counter.period is Period.DAY else "ever"
    return Names(
        extensions=tuple(_extensions(partner)),
        longest=rules.longest,
        case="" if rules.case is Case.KEEP else rules.case.value,
        plain=True,
        punctuation=rules.punctuation,
        once=once,
        largest=partner.habits.largest_file,
    )


def _extensions(partner: Partner) -> Iterator[str]:
    """The endings of its templates. What a wrapping puts behind them is its own, so then any will do."""
    case = {Case.UPPER: str.upper, Case.LOWER: str.lower}.get(partner.habits.names.case, str)
    templates = [partner.filename, *(mark.filename for mark in partner.habits.stages.values() if mark.filename)]
    asks = partner.habits.status_requests
    templates += [asks.filename] if asks and asks.filename else []
    endings = [template.rpartition(".")[2] for template in templates]
    if not partner.habits.wraps and not any("{" in each or "}" in each for each in endings):
        yield from dict.fromkeys(f".{case(each)}" for each in endings)


def _layout(partner: Partner) -> Layout:
    return Layout(
        sets_per_file=partner.habits.sets_per_file,
        claims_per_set=partner.claims_per_set,
        one_provider=partner.habits.set_by is SetBy.BILLING_PROVIDER,
        line_break=partner.line_break.value if partner.line_break else "",
    )


def _receipts(habits: Habits) -> Receipts | None:
    given = habits.receipts
    return Receipts(given.arrived, given.failed, _path(given.folder) if given.folder else "") if given else None


def _answers(partner: Partner) -> tuple[str, ...]:
    never = {kind for kind, each in partner.expects.items() if each.sends is Sends.NEVER}
    wanted = {*partner.expects, "TA1", *(["277"] if partner.habits.status_requests else [])}
    return tuple(kind for kind in KINDS if kind in wanted and kind not in never)


def _negative_only(partner: Partner, scenario: Scenario) -> tuple[str, ...]:
    declared = [kind for kind, each in partner.expects.items() if each.sends is Sends.NEGATIVE_ONLY and kind != "835"]
    silent = () if "TA1" in partner.expects else ("TA1",)
    return tuple(dict.fromkeys((*scenario.negative_only, *declared, *silent)))


def _example(pattern: str) -> str:
    """A name that a pattern of names matches."""
    return pattern.replace("*", "0001").replace("?", "1").replace("{", "").replace("}", "")


def _left_out(partner: Partner, wrappings: tuple[str, ...]) -> Iterator[str]:
    habits = partner.habits
    for name in habits.wraps:
        if name not in (*_KNOWN_WRAPS, *wrappings):
            yield f"files wrapped in {name} cannot be opened here, and are refused"
    for name in unknown(habits.wire.legacy.algorithms if habits.wire.legacy else ()):
        yield f"the algorithm {name} is not spoken here"
    if partner.endpoint.scheme != "sftp":
        yield f"it speaks SFTP, not {partner.endpoint.scheme}"

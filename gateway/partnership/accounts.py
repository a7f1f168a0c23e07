"""Our account at a partner in plain words: who we are there, how we log in, and what of it runs out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from gateway.deadlines.accounts import password_ends, unpinned
from gateway.model.habits import Period
from gateway.model.partners import Lane
from gateway.naming import remote_name, type_of
from gateway.partnership.phrases import Topic, countdown, counted, listed, topic
from gateway.partnership.prints import prints
from gateway.partnership.typed import as_typed


def account_says(lane: Lane, now: datetime, next_name: str | None = None) -> Topic:
    """One lane. `now` is local, for the example of a name where the next one is not known; empty, none is left."""
    account = lane.account
    at = account.endpoint
    return topic(
        f"{account.stage.value.capitalize()} account",
        f"We are {account.sender.id} (ISA05 {account.sender.qualifier}), GS02 {account.submitter_id},"
        f" {account.submitter_name}, telephone {account.contact_phone}.",
        f"Only interchanges with ISA15 = {account.stage.usage} go here: to {at.host}, port {at.port}, into {at.outbound};"
        f" answers come from {listed(at.inbound)}.",
        _name(lane, now, next_name),
        f"We log in as {account.user}, with the secret that is called {account.credential}.",
        *_keys(lane, now.date()),
        *_password(lane, now.date()),
    )


def _name(lane: Lane, now: datetime, next_name: str | None) -> str:
    counter = lane.partner.habits.counter
    if next_name == "" and counter:
        anew = "" if counter.period is Period.EVER else f" until names begin anew, by the {counter.period.value}"
        return f"No file name is left{anew}: what is more waits."
    if next_name:
        return f"The next file would be called {next_name}."
    return f"The first file of all would be called {example_name(lane, now)}."


def example_name(lane: Lane, now: datetime) -> str:
    """The name of the first file of all, were it sent now."""
    return remote_name(lane, now, 1, 0, type_of(lane.partner.accepts[0]))


def _keys(lane: Lane, today: date) -> Iterator[str]:
    account = lane.account
    if not account.host_keys:
        yield f"No host key is pinned, so that nothing is dialled: gateway payer trust {as_typed(lane.key)}"
    for key in account.host_keys:
        yield f"Its host key is {key.split()[0]} {prints(key)['SHA256']}."
    for key, day in unpinned(lane):
        yield f"A new host key counts {countdown(day, today)}: {key.split()[0]} {prints(key)['SHA256']}."


def _password(lane: Lane, today: date) -> Iterator[str]:
    changed, days = lane.account.password_changed, lane.partner.habits.wire.password_days
    if changed:
        yield f"The password was set on {changed}."
    if ends := password_ends(lane):
        yield f"The password {'ended' if ends < today else 'ends'} {countdown(ends, today)}."
        yield (
            "Have a new one set there, store it beside the old one, and try it:"
            f" gateway payer rotate {as_typed(lane.key)} --credential NAME"
        )
    elif days:
        yield f"A password lasts {counted(days, 'day')}, and password_changed does not say since when this one runs."

"""Who the kit is at a partner: an account that fits whatever the declaration asks of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.config.filenames import wrong_with
from gateway.model.habits import StageMarks
from gateway.model.partners import Account, Partner, Stage
from gateway.model.x12 import Address

CREDENTIAL = "kit"
_IDS = ("KITS01", "KIT01", "KIT1", "KI1", "K1")


def stages_of(partner: Partner) -> tuple[Stage, ...]:
    """Production, and test where the declaration tells them apart."""
    return (Stage.PRODUCTION, Stage.TEST) if partner.habits.stages else (Stage.PRODUCTION,)


def kit_account(partner: Partner, stage: Stage, **where: Any) -> Account:
    """An account there. `where` are the host, port, user and host key of the simulated payer."""
    marks = partner.habits.stages.get(stage.value, StageMarks())
    changed: dict[str, Any] = {k: v for k, v in (("outbound", marks.outbound), ("inbound", marks.inbound)) if v}
    changed |= {k: where[k] for k in ("host", "port") if k in where}
    own = _own_id(partner, marks.filename or partner.filename)
    sender = next(iter(_made(marks.sender)), own)
    return Account(
        partner=partner.key,
        sender=Address("ZZ", sender),
        submitter_id=sender if marks.sender else own,
        submitter_name="KIT TEST PRACTICE",
        contact_phone="5555550100",
        user=where.get("user", "kit"),
        credential=CREDENTIAL,
        host_keys=where.get("host_keys", ()),
        stage=stage,
        endpoint=replace(partner.endpoint, **changed),
        wire=partner.habits.wire,
    )


def _own_id(partner: Partner, template: str) -> str:
    """The longest of the kit's ids whose names are as short as the partner wants: who gives names of twelve characters
    gives ids of three."""
    counter, rules = partner.habits.counter, partner.habits.names
    fitting = (one for one in _IDS if wrong_with(template, counter, rules, sender=one, submitter=one) is None)
    return next(fitting, _IDS[0])


def _made(pattern: str) -> Iterator[str]:
    """An id that a pattern matches."""
    if pattern:
        yield pattern.replace("*", "KIT01"[: max(1, 15 - len(pattern))]).replace("?", "1").ljust(2, "1")[:15]

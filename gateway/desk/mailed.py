"""Whether the digest by mail can go, and went."""

from __future__ import annotations

import json
from datetime import timedelta

from gateway.errors import GatewayError
from gateway.events import DigestFailed, DigestMailed
from gateway.mailing import look_over
from gateway.store import journal
from gateway.store.connection import moment
from gateway.vault import resolve_credential
from gateway.workers.site import Site

_REMEMBERED = timedelta(days=7)


async def troubles(site: Site) -> list[dict[str, str]]:
    """What would keep the mail from going, or kept the last one; nothing where nobody is to get one."""
    settings = site.settings.digest
    if not settings.to:
        return []
    try:
        look_over(settings)
        if settings.credential:
            resolve_credential(settings.credential, site.settings.keys.secrets_dir)
    except GatewayError as problem:
        return [{"what": f"the digest by mail: {problem.message}", "next": problem.next_step}]
    since = moment(site.clock() - _REMEMBERED)
    names = [DigestMailed.name, DigestFailed.name]
    told = await site.store.read(
        journal.tail, after=0, since=since, names=names, payer="", claim=None, lane="", limit=1
    )
    failed = [json.loads(row["body"]) for row in told if row["name"] == DigestFailed.name]
    return [{"what": f"the last digest could not be mailed ({each['code']})", "next": each["next"]} for each in failed]

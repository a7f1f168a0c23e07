"""The proof of one claim's filing: gathered from the store and the vault, and given to a person on the record."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from typing import Any

from gateway.codec import as_delimiters
from gateway.desk.claims import choose
from gateway.desk.submissions import ladder
from gateway.errors import Malformed, Refused
from gateway.families import VOID
from gateway.model.inquiries import Word
from gateway.model.sending import set_control, set_reference
from gateway.partnership.phrases import counted
from gateway.proof import naming, packet_of, received, sent_excerpts
from gateway.store import claims, proofs
from gateway.store.connection import Row, moment
from gateway.workers.site import Site

Data = dict[str, Any]

README = """\
Proof of filing of one claim. proof.pdf is the page for people; packet.json is the same for programs.
Verify it offline: python3 -I verify.py
The other files are whole documents as they were sent and came, and may speak of OTHER PATIENTS: give them only to whoever
has them already, the payer or clearinghouse that took or wrote them. For anybody else the page is enough.
All of it is patient data in the clear. Remove this folder when you are done.
"""


async def give(site: Site, claim: str, actor: str, given_to: str = "") -> Data:
    """The packet's own files in base64, and the documents that belong to it by their numbers. A CLM01 means the latest
    version that was sent, and `chosen` says so. The journal keeps who was given it. Raises Refused for a claim that reached
    no partner, or where several may be meant."""
    row, chosen = await _meant(site, claim)
    attempts = await site.store.read(proofs.attempts, row["id"])
    if not attempts:
        raise Refused(
            f"claim C{row['id']} reached no partner: there is nothing to prove",
            code="NOT_SENT",
            next_step=f"`gateway why C{row['id']}` tells where it stands.",
        )
    given_to = given_to or actor
    packet, documents = await _packet(site, row, attempts, actor, given_to)
    content = json.dumps(packet, indent=1, ensure_ascii=True).encode()
    seal = hashlib.sha256(content).hexdigest()
    from gateway.paper import proof_pdf, verifier  # here, or every command would wait for its library to load

    pdf = await site.thread(proof_pdf, packet, seal)
    await site.store.write_as(actor, proofs.given, row["id"], given_to, seal)
    files = {"packet.json": content, "proof.pdf": pdf, "verify.py": verifier(), "README.txt": README.encode()}
    return {
        "claim": f"C{row['id']}",
        "chosen": chosen,
        "strength": packet["strength"],
        "proves": packet["proves"],
        "seal": seal,
        "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
        "documents": documents,
    }


async def _meant(site: Site, reference: str) -> tuple[Row, str]:
    """The claim, and which one that is where a CLM01 is several's: of those that were sent and are one family the latest,
    and a void only where nothing else was, for a void files nothing."""
    found = await site.store.read(claims.find, reference)
    sent = [row for row in found if await site.store.read(proofs.attempts, row["id"])]
    named = all(row["control_number"].upper() == reference.upper() for row in found)
    if len(found) < 2 or not named or len({row["family"] for row in sent}) != 1:
        return await choose(site, reference), ""
    row = max(sent, key=lambda each: (each["frequency"] != VOID, each["id"]))
    others = ", ".join(f"C{each['id']}" for each in sent if each is not row)
    also = f" {others} went too: name it for its own proof." if others else ""
    all_of_them = counted(len(found), "claim")
    return row, f"Of {all_of_them} that are called {reference} this is C{row['id']}, the latest that was sent.{also}"


async def _packet(site: Site, row: Row, attempts: list[Row], actor: str, given_to: str) -> tuple[Data, dict[str, int]]:
    sent, told = list[Data](), list[Data]()
    documents: dict[str, int] = {}
    for attempt in attempts:
        one = await _sent(site, attempt)
        sent.append(one)
        documents[one["file"]] = attempt["document"]
        for word in await site.store.read(proofs.words, attempt["id"]):
            if answer := await _told(site, word, one, row["control_number"], attempt["payer_control_number"]):
                told.append(answer)
                documents[answer["file"]] = word["document"]
    payer = site.registry.payers.get(row["payer"])
    claim = {name: row[name] for name in ("control_number", "payer", "charge", "first_day", "billing_npi", "frequency")}
    claim |= {"claim": f"C{row['id']}", "payer_name": payer.name if payer else "", "stands": row["stands"]}
    about = {
        "made_at": moment(site.clock()),
        "site": site.settings.site.name,
        "made_by": actor,
        "given_to": given_to,
        "test": row["usage"] == "T",
    }
    events = [dict(event) for event in await site.store.read(proofs.journal_of, row["id"])]
    return packet_of(about, claim, sent, told, events), documents


async def _sent(site: Site, attempt: Row) -> Data:
    """One submission that carried the claim, with every rung that was seen of it."""
    content = await site.thread(_content, site, attempt["vault_name"])
    excerpts = sent_excerpts(
        content, attempt["set_number"], attempt["first_segment"], attempt["last_segment"], attempt["level_segments"]
    )
    lane = site.directory.lanes.get(attempt["lane"])
    marks = as_delimiters(attempt["delimiters"])
    return {
        "submission": attempt["submission"],
        "file": f"submission-{attempt['submission']}.837",
        "sha256": bytes(attempt["sha256"]).hex(),
        "wire_sha256": bytes(attempt["wire_sha256"] or b"").hex(),
        "bytes": attempt["size"],
        "lane": attempt["lane"],
        "receiver": lane.partner.name if lane else attempt["lane"],
        "remote_name": attempt["remote_name"],
        "isa13": f"{attempt['isa13']:09d}",
        "gs06": str(attempt["isa13"]),
        "st02": set_control(attempt["set_number"]),
        "bht03": set_reference(attempt["reference"], attempt["set_number"]),
        "trace": attempt["trace"],
        "sent_at": attempt["sent_at"],
        "seen": [
            {name: one[name] for name in ("seen", "at", "evidence")}
            for one in await ladder(site, attempt["submission"])
        ],
        "delimiters": (marks.element + marks.segment).decode("latin-1"),
        "excerpts": [asdict(one) for one in excerpts],
    }


async def _told(site: Site, word: Row, sent: Data, claim: str, payer_number: str) -> Data | None:
    """One acknowledgment with the segments that name the claim; None where it names it by no number of ours."""
    content = await site.thread(_content, site, word["vault_name"])
    numbers = {name: sent[name] for name in ("isa13", "gs06", "st02", "bht03", "trace")}
    try:
        names, excerpts = naming(
            content, word["form"], claim=claim, number=word["number"], code=word["code"], **numbers
        )
    except Malformed:
        return None
    if not names:
        return None
    begun = content.find(b"ISA")
    report = word["form"] in ("277CA", "277")
    return {
        "submission": sent["submission"],
        "form": word["form"],
        "stage": ("payer" if word["stage"] else "clearinghouse") if report else "",
        "accepted": _accepted(word),
        "code": word["code"],
        "dated": word["dated"],
        "isa13": word["control"],
        "read_at": word["read_at"],
        "payer_control_number": word["number"] or (payer_number if word["form"] == "277CA" and word["stage"] else ""),
        "file": f"{word['form']}-{word['document']}.x12",
        "sha256": bytes(word["sha256"]).hex(),
        "names": names,
        "delimiters": (content[begun + 3 : begun + 4] + content[begun + 105 : begun + 106]).decode("latin-1"),
        "excerpts": [asdict(one) for one in excerpts],
    }


def _accepted(word: Row) -> bool | None:
    if word["word"]:
        return received(Word(word["word"]), word["code"], word["number"])
    return None if word["accepted"] is None else bool(word["accepted"])


def _content(site: Site, name: str) -> bytes:
    return b"".join(site.vault.open(name))

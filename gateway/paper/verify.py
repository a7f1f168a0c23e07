"""Verify a proof packet offline: python3 -I verify.py [FOLDER]. Exit 0: everything holds; 1: something does not."""

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
sums = files.pop("SHA256SUMS", b"")
broken: list[str] = []


def check(what: str, holds: bool) -> None:
    print("holds " if holds else "BROKEN", what)
    if not holds:
        broken.append(what)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def excerpted(where: dict[str, Any]) -> set[str]:
    content = files.get(where["file"], b"")
    check(f"{where['file']}: its SHA-256", digest(content) == where["sha256"])
    for one in where["excerpts"]:
        same = content[one["start"] : one["end"]] == one["text"].encode("latin-1") != b""
        check(f"{where['file']}: {one['what']} stands there byte for byte", same)
    marks = "[" + re.escape(where["delimiters"]) + "]"
    return {part.strip() for one in where["excerpts"] for part in re.split(marks, one["text"].upper())}


listed = "".join(f"{digest(content)}  {name}\n" for name, content in files.items())
check("SHA256SUMS: these files, all of them and no other", sums == listed.encode())
if broken:
    sys.exit("The files are not those that were packed.")
packet = json.loads(files["packet.json"])
sent = {one["submission"]: excerpted(one) for one in packet["submissions"]}
for one in packet["submissions"]:
    named = {packet["claim"]["control_number"].upper(), one["trace"]} <= sent[one["submission"]]
    check(f"{one['file']}: the excerpt is of this claim", named)
for one in packet["acknowledgments"]:
    names = {name.upper() for name in one["names"]}
    both = names <= sent.get(one["submission"], set()) & excerpted(one)
    check(f"{one['file']}: this {one['form']} names what was sent, by {', '.join(one['names'])}", bool(names) and both)
link = ""
for event in packet["events"]:
    plain = {key: value for key, value in event.items() if key != "link"}
    link = digest(link.encode() + json.dumps(plain, sort_keys=True, separators=(",", ":")).encode())
    check(f"event {event['seq']} {event['name']} is linked to the one before", link == event["link"])
check("the last event is the head of the chain", link == packet["head"])
print("Seal (compare it with the printed page):", digest(files["packet.json"]))
print(packet["proves"], *packet["does_not_prove"], sep="\n- ")
sys.exit(1 if broken else 0)

"""What the kit asks of a plugin: each rule by name, with its tier and the sentence that a passing plugin has proven."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Tier(IntEnum):
    """How far the kit goes."""

    DECLARATION = 1
    WIRE = 2
    SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """`proves` completes "it was proven that ..."."""

    name: str
    tier: Tier
    proves: str


_D, _W, _S = Tier.DECLARATION, Tier.WIRE, Tier.SAMPLES

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("loads", _D, "it loads, every key is valid, and nothing in it contradicts"),
        Rule("file_names", _D, "file names are unique and possible on every day of a year"),
        Rule("stages_agree", _D, "what tells test from production agrees"),
        Rule("sources_stated", _D, "it says where its facts stand, and which nobody has seen"),
        Rule("no_secrets", _D, "no secret, host key or fingerprint stands in it"),
        Rule("arrives", _W, "files arrive once each, whole, and their claims with them"),
        Rule("names_kept", _W, "each file arrives under the one name that was planned for it, in the right folder"),
        Rule("whole_files", _W, "no part of a file ever bears a name that the payer takes"),
        Rule("pinned_key", _W, "nothing is sent, and nobody logs in, where another host key is presented"),
        Rule("refusals_told", _W, "what the server refused is never told as sent"),
        Rule("nothing_lost", _W, "every claim arrives after every fault, once a person has answered what was in doubt"),
        Rule("nothing_doubled", _W, "no claim reaches the payer twice after any fault"),
        Rule("silence_ends", _W, "a server that falls silent is given up, and nothing is lost or told as sent"),
        Rule("hours_kept", _W, "nobody writes out of its hours or dials while it is away, and what waited goes then"),
        Rule("sizes_kept", _W, "no file has more bytes than it takes, and what waits goes in as many as it needs"),
        Rule("receipts_noticed", _W, "the marks that the payer lays down are seen"),
        Rule("answers_read", _W, "answers are fetched and posted, also twice and backwards, and mail is kept as mail"),
        Rule("status_asked", _W, "a claim's status is asked with one 276, named as planned, and its 277 is read"),
        Rule(
            "deletes_late",
            _W,
            "fetching leaves a file where it is: it is removed after a commit that held, as declared",
        ),
        Rule("secrets_hidden", _W, "no secret and no patient is shown in output, log, repr, exception or file name"),
        Rule(
            "parts_hold",
            _W,
            "its transports, checks, readers, wrappings, amendments and the like do and raise only what theirs may",
        ),
        Rule(
            "stays_within",
            _W,
            "it reaches its payer alone, starts no process, leaves no thread, and writes and changes nothing of others",
        ),
        Rule("samples_read", _S, "each sample answer is read without a crash, and is what it should be"),
    )
}

OF_ALL_FAULTS = frozenset(
    {"whole_files", "pinned_key", "refusals_told", "nothing_lost", "nothing_doubled", "silence_ends"}
)
"""Proven only where every fault was tried."""

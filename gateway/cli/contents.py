"""The contents that `gateway --help` shows: every command of our own once, by what it is for. What a command says of itself
stands with it."""

CONTENTS = {
    "Every day": {
        "digest": "what somebody should look at, and what to type next",
        "status": "the site in one look",
        "tail": "what happened, a line each; --follow goes on",
        "claims": "claims: where each stands, why, what to do next",
        "held": "held claims; --causes says what they wait for",
        "deadlines": "what runs out when, first what costs most",
        "overdue": "answers that do not come",
        "mail": "what partners sent that is no answer",
    },
    "One claim": {
        "why": "where it stands, why, and what to do next",
        "timeline": "everything that happened to it",
        "release": "let it go past what holds it, in your name",
        "hold": "keep it here until somebody releases it",
        "withdraw": "take it back before it is sent",
        "resend": "send what a TA1 or 999 returned, unchanged",
        "resubmit": "how a decided one is corrected or taken back",
        "inquire": "ask its payer for its status now",
        "proof": "prove that it was filed in time",
    },
    "Providers and payers": {
        "roster": "who may bill which payer since when",
        "proposals": "where a payer contradicts the roster",
        "lists": "public lists: exclusions, NPPES, Medicare's files",
        "payer": "payers and partners: show, try, trust, move",
        "plugin": "add a payer, or write and prove one",
    },
    "Money": {
        "denials": "what was denied, whose work it is, until when",
        "remits": "remittances: do they add up, what they paid",
        "bank": "deposits against remittances",
        "metrics": "clean claims, denials, waits, open money",
        "export": "postings, events or claims for other programs",
    },
    "Files in and out": {
        "check": "what would happen to a file; nothing is sent",
        "batches": "files that came in",
        "submissions": "files that went out, and how far they came",
        "answers": "what partners answered",
        "inquiries": "what payers were asked of claims, and said",
        "document": "take a sealed document out",
        "settle": "say whether a file in doubt arrived",
        "resume": "use a lane again that was stopped or asks",
    },
    "The site": {
        "init": "make a new one: settings, keys, spool",
        "run": "run it: the service",
        "doctor": "look for what would keep it from working",
        "backup": "write a backup while the service goes on",
        "restore": "put a backup where the data is missing",
        "keys": "its root key: new, recovery copy, recovered",
        "audit": "prove that no event was changed",
    },
}

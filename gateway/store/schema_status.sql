-- Claim status: what was asked of whom with a 276, and what a 277 (005010X212) said.

ALTER TABLE submissions ADD COLUMN form TEXT NOT NULL DEFAULT '837';    -- what it carries: claims, or questions (276)

-- One question for one claim's status.
CREATE TABLE inquiries (
    id INTEGER PRIMARY KEY,             -- from counters, so that a restored site never gives one twice
    claim INTEGER NOT NULL REFERENCES claims(id),
    attempt INTEGER NOT NULL REFERENCES attempts(id),   -- which transmission it asks about
    trace TEXT NOT NULL UNIQUE,         -- TRN02
    lane TEXT NOT NULL,
    payer TEXT NOT NULL,
    state TEXT NOT NULL,
    code TEXT NOT NULL,                 -- the answer whose silence is the reason (silence.Awaited), or PERSON
    reason TEXT NOT NULL DEFAULT '',    -- a person's
    actor TEXT NOT NULL,
    submission INTEGER REFERENCES submissions(id),      -- NULL until it has a file
    opened_at TEXT NOT NULL,
    closed_at TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX inquiries_open ON inquiries(claim) WHERE state IN ('WAITING', 'PLANNED', 'ASKED');
CREATE INDEX inquiries_by_claim ON inquiries(claim);
CREATE INDEX inquiries_by_state ON inquiries(state, lane) WHERE state IN ('WAITING', 'ASKED');
CREATE INDEX inquiries_by_submission ON inquiries(submission) WHERE submission IS NOT NULL;

-- Each status that a 277 told of a claim, whether anybody had asked or not. The claim's status is the sum of them.
CREATE TABLE statuses (
    answer INTEGER NOT NULL REFERENCES answers(id),
    place INTEGER NOT NULL,             -- in that answer
    claim INTEGER NOT NULL REFERENCES claims(id),
    inquiry INTEGER REFERENCES inquiries(id),
    word TEXT NOT NULL,                 -- model.inquiries.Word
    code TEXT NOT NULL,                 -- STC01, STC10 and STC11 as written
    made_on TEXT NOT NULL,
    sequence TEXT NOT NULL,             -- BHT04, BHT05 and ISA13: its own order
    charge TEXT,
    paid TEXT,
    finalized_on TEXT,
    remitted_on TEXT,
    payment TEXT NOT NULL DEFAULT '',   -- STC09: check or EFT
    number TEXT NOT NULL DEFAULT '',    -- REF*1K
    PRIMARY KEY (answer, place, claim)
) STRICT, WITHOUT ROWID;
CREATE INDEX statuses_by_claim ON statuses(claim);

-- The latest of them, and what follows from it.
CREATE TABLE claim_statuses (
    claim INTEGER PRIMARY KEY REFERENCES claims(id),
    word TEXT NOT NULL,
    code TEXT NOT NULL,
    made_on TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answers(id),
    told_at TEXT NOT NULL,
    quiet_until TEXT NOT NULL DEFAULT '',   -- up to then nothing else need be heard of it
    missed_at TEXT NOT NULL DEFAULT '',     -- when it was told that a finalized claim has no 835
    done_at TEXT NOT NULL DEFAULT '',       -- when a person was done with what it asks for
    done_by TEXT NOT NULL DEFAULT '',
    done_why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX claim_statuses_due ON claim_statuses(quiet_until) WHERE word = 'FINALIZED' AND missed_at = '';
CREATE INDEX claim_statuses_work ON claim_statuses(word) WHERE done_at = '';

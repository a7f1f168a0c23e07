-- What delivery knows of its partners beyond each submission.

-- What was seen of a submission at its partner (model.sending.Seen), each with its first moment.
CREATE TABLE observations (
    submission INTEGER NOT NULL REFERENCES submissions(id),
    seen TEXT NOT NULL,
    at TEXT NOT NULL,
    evidence TEXT NOT NULL DEFAULT '',  -- by what: `listing`, a form, a mark's name, a person's words
    PRIMARY KEY (submission, seen)
) STRICT, WITHOUT ROWID;
INSERT INTO observations (submission, seen, at) SELECT id, observed, sent_at FROM submissions
    WHERE sent_at IS NOT NULL AND observed IN ('size', 'listed', 'vanished');
ALTER TABLE submissions ADD COLUMN doubted_at TEXT NOT NULL DEFAULT '';  -- since when it is in doubt
ALTER TABLE submissions ADD COLUMN told_at TEXT NOT NULL DEFAULT '';     -- when a person was told that this lasts
CREATE INDEX submissions_by_day ON submissions(lane, sent_at) WHERE sent_at IS NOT NULL;

-- How many claims a lane sent on each of the site's days, so that a run far larger than any is noticed.
CREATE TABLE lane_days (
    lane TEXT NOT NULL REFERENCES lanes(key),
    day TEXT NOT NULL,
    claims INTEGER NOT NULL,
    PRIMARY KEY (lane, day)
) STRICT, WITHOUT ROWID;
INSERT INTO lane_days (lane, day, claims) SELECT lane, substr(moment, 1, 10), sum(claims) FROM submissions
    WHERE state = 'SENT' GROUP BY 1, 2;

-- The breaker of each lane, and what a person let go.
ALTER TABLE lanes ADD COLUMN opened_at TEXT NOT NULL DEFAULT '';         -- since when its breaker is open
ALTER TABLE lanes ADD COLUMN outage_told INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lanes ADD COLUMN writing_fails INTEGER NOT NULL DEFAULT 0;   -- it was reached when it failed last
ALTER TABLE lanes ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;           -- the claims it asks about
ALTER TABLE lanes ADD COLUMN allowed INTEGER NOT NULL DEFAULT 0;         -- the largest run that a person let go
ALTER TABLE lanes ADD COLUMN waved_on TEXT NOT NULL DEFAULT '';          -- the day whose run a person let go

-- Payers that a person has go by another of their routes than the first.
CREATE TABLE moved_payers (
    payer TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    moved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Whoever plans a file looks at every claim that may go, again and again, and at nothing of it but this.
DROP INDEX claims_ready;
CREATE INDEX claims_ready ON claims(lane, filing_due, id, transaction_set, billing_npi) WHERE state = 'READY';

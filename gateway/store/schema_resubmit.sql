-- Versions of a claim, and what was prepared to correct it.

-- A claim that corrects an earlier one. The first version of a family has no row.
CREATE TABLE versions (
    claim INTEGER PRIMARY KEY REFERENCES claims(id),
    family INTEGER NOT NULL,            -- its first version, as in claims
    original INTEGER NOT NULL REFERENCES claims(id),    -- the version before it
    how TEXT NOT NULL,                  -- ORDER, PAYER_NUMBER, CLAIM_NUMBER
    linked_at TEXT NOT NULL
) STRICT;
CREATE INDEX versions_by_family ON versions(family);
CREATE INDEX versions_by_original ON versions(original);

-- Claims that were stored before there were versions, and may correct another: those nobody looked at yet.
CREATE TABLE unlinked (claim INTEGER PRIMARY KEY REFERENCES claims(id)) STRICT;

-- Replacements and voids that people ordered, each a batch of our own.
CREATE TABLE resubmissions (
    batch INTEGER PRIMARY KEY REFERENCES batches(id),
    claim INTEGER NOT NULL REFERENCES claims(id),       -- which it replaces or voids
    frequency TEXT NOT NULL,            -- 7 or 8
    number TEXT NOT NULL,               -- the payer's of that claim (REF*F8)
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    ordered_at TEXT NOT NULL
) STRICT;
CREATE INDEX resubmissions_by_claim ON resubmissions(claim);

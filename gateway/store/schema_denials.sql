-- Denials as work: one row for each claim and root cause, computed from the ledger and from what people said of it.
CREATE TABLE denials (
    id INTEGER PRIMARY KEY,
    claim INTEGER NOT NULL REFERENCES claims(id),
    cause TEXT NOT NULL,                -- what denials of one root cause have in common at a payer
    payer TEXT NOT NULL,
    category TEXT NOT NULL,
    owner TEXT NOT NULL,
    npi TEXT NOT NULL,                  -- whom it is about, where it is about a provider
    code TEXT NOT NULL,
    places TEXT NOT NULL,               -- in the 835
    amount TEXT NOT NULL,               -- refused
    fix TEXT NOT NULL,
    final INTEGER NOT NULL,             -- no appeal
    meaning TEXT NOT NULL,
    next TEXT NOT NULL,
    statement TEXT NOT NULL,            -- which adjudication says so: originator, trace and place
    denied_on TEXT,                     -- what an appeal counts from
    times INTEGER NOT NULL,
    stands INTEGER NOT NULL,            -- no later adjudication took its place
    state TEXT NOT NULL,                -- OPEN, CLOSED
    outcome TEXT NOT NULL,              -- how it ended
    assignee TEXT NOT NULL DEFAULT '',
    worked INTEGER NOT NULL DEFAULT 0,  -- whether a person did anything about that statement
    opened_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    UNIQUE (claim, cause)
) STRICT;
CREATE INDEX denials_by_state ON denials(state);
CREATE INDEX denials_by_cause ON denials(payer, cause) WHERE state = 'OPEN';

-- What people did about them. A closing holds for the adjudication it speaks of, so that a new denial opens it again.
CREATE TABLE denial_words (
    id INTEGER PRIMARY KEY,
    denial INTEGER NOT NULL REFERENCES denials(id),
    kind TEXT NOT NULL,                 -- assigned, note, closed
    said TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    statement TEXT NOT NULL DEFAULT '',
    actor TEXT NOT NULL,
    said_at TEXT NOT NULL
) STRICT;
CREATE INDEX denial_words_by_denial ON denial_words(denial);

-- Claims whose denials are still to be computed: those that were adjudicated before there were work items.
CREATE TABLE denials_to_compute (claim INTEGER PRIMARY KEY REFERENCES claims(id)) STRICT;
INSERT INTO denials_to_compute SELECT DISTINCT claim FROM adjudications
    WHERE claim IS NOT NULL AND outcome IN ('DENIED', 'PARTLY_PAID');

ALTER TABLE adjudications ADD COLUMN lines INTEGER NOT NULL DEFAULT 0;          -- charged service lines
ALTER TABLE adjudications ADD COLUMN denied_lines INTEGER NOT NULL DEFAULT 0;
ALTER TABLE adjudications ADD COLUMN contractual TEXT NOT NULL DEFAULT '0';     -- CO, OA, PI that is no denial

-- A site's own newer editions of the CARC and RARC lists, as TOML.
CREATE TABLE denial_lists (
    name TEXT PRIMARY KEY,
    dated TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the gate knows beside enrollments, and what it has told. Shaped as schema.sql says.

-- What the practice states of its own people and groups. `subject` is an NPI or a TIN, `key` tells apart what may stand
-- beside each other (the kind of a credential with its state and number, the group of a membership).
CREATE TABLE statements (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                 -- provider, group, membership, credential
    subject TEXT NOT NULL,
    key TEXT NOT NULL DEFAULT '',
    first_day TEXT,
    last_day TEXT,
    body TEXT NOT NULL DEFAULT '{}',    -- the rest of the noun
    source TEXT NOT NULL DEFAULT '',
    observed_on TEXT,
    document INTEGER REFERENCES documents(id),
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    superseded_at TEXT,                 -- nothing is overwritten
    superseded_by INTEGER REFERENCES statements(id),
    superseded_who TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX statements_current ON statements(subject, kind) WHERE superseded_at IS NULL;
CREATE INDEX statements_by_document ON statements(document) WHERE document IS NOT NULL;

-- A payer's answers that contradict the registry, one row for each root cause. While it is OPEN it freezes the unsent
-- claims of that provider at that payer.
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY,
    payer TEXT NOT NULL,
    npi TEXT NOT NULL,
    role TEXT NOT NULL,                 -- NM101 of the provider that the answer is about
    cause TEXT NOT NULL,                -- what the answers have in common
    first_day TEXT,                     -- dates of service that were refused
    last_day TEXT,
    state TEXT NOT NULL,                -- OPEN, ACCEPTED, DISMISSED
    reason TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at TEXT,
    opened_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX proposals_open ON proposals(payer, npi, role, cause) WHERE state = 'OPEN';
CREATE INDEX proposals_by_npi ON proposals(npi, payer);

-- The answers that speak for a proposal, line by line. The same word of a payer counts once, however often and in
-- whatever files it comes: `statement` says which word it is (the BHT04 and BHT05 of a 277CA, the trace of an 835).
CREATE TABLE proposal_claims (
    claim INTEGER NOT NULL REFERENCES claims(id),
    statement TEXT NOT NULL,
    code TEXT NOT NULL,
    place TEXT NOT NULL,
    proposal INTEGER NOT NULL REFERENCES proposals(id),
    answer INTEGER NOT NULL REFERENCES answers(id),
    first_day TEXT,
    last_day TEXT,
    amount TEXT,                        -- refused
    role_said INTEGER NOT NULL,         -- whether the payer named the role, or we took who rendered
    missed INTEGER NOT NULL,            -- the gate had let the claim pass without a word
    told_on TEXT NOT NULL,
    PRIMARY KEY (claim, statement, code, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_claims_by_proposal ON proposal_claims(proposal);
CREATE INDEX claims_waiting ON claims(payer) WHERE state IN ('HELD', 'READY');

-- Which step of a ladder was told of which deadline: once each, a daily one by its day as well. `subject` is what runs
-- out (`claim 17`, `enrollment 4`).
CREATE TABLE deadlines_told (
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    due TEXT NOT NULL,
    step TEXT NOT NULL,
    told_at TEXT NOT NULL,
    PRIMARY KEY (subject, kind, due, step)
) STRICT, WITHOUT ROWID;

-- Services that a substitute did in a regular physician's name (modifiers Q5 and Q6), by the physician.
CREATE TABLE absences (
    npi TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (npi, day)
) STRICT, WITHOUT ROWID;

-- Which edition of each public list is in force; the rows themselves lie in files of their own.
CREATE TABLE list_generations (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    dated TEXT NOT NULL,
    rows INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    file TEXT NOT NULL,                 -- its name in the folder of lists
    imported_at TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    retired_at TEXT,                    -- when a newer one took its place
    UNIQUE (kind, number)
) STRICT;

-- Rosters that came by themselves, so that none is applied again: of a watched file the last, of dropped files each.
CREATE TABLE roster_deliveries (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    digest BLOB NOT NULL,
    applied_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX roster_deliveries_by_digest ON roster_deliveries(source, digest);

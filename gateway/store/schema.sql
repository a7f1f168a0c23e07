-- The whole state of a site. States are stored by name, days as YYYY-MM-DD, moments as UTC ISO 8601, money as
-- decimal text. Bytes of documents lie in the vault; rows point into them by spans.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Numbers that are never given twice. `scope` is `isa13` with ISA05 to ISA08, `attempt`, or `name` with a lane and a
-- period.
CREATE TABLE counters (scope TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,          -- in the vault: a keyed hash of the content
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    kid TEXT NOT NULL,
    sealed_at TEXT NOT NULL
) STRICT;

CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents(id),
    file_name TEXT NOT NULL,            -- as the billing software named it; may name a patient, never logged
    work_name TEXT NOT NULL UNIQUE,     -- the name it was claimed under
    state TEXT NOT NULL,
    claims INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    next TEXT NOT NULL DEFAULT '',
    original INTEGER REFERENCES batches(id),
    received_at TEXT NOT NULL,
    replied INTEGER NOT NULL DEFAULT 0  -- whether the submitter has our own answers to it
) STRICT;
CREATE INDEX batches_by_document ON batches(document);
CREATE INDEX batches_by_state ON batches(state);
CREATE INDEX batches_to_reply ON batches(id) WHERE replied = 0;

CREATE TABLE interchanges (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches(id),
    sender TEXT NOT NULL,               -- qualifier and id
    receiver TEXT NOT NULL,
    control TEXT NOT NULL,
    usage TEXT NOT NULL,
    delimiters TEXT NOT NULL            -- element, component, segment, repetition ('' for none), hexadecimal, by blanks
) STRICT;
CREATE INDEX interchanges_by_control ON interchanges(sender, control);
CREATE INDEX interchanges_by_batch ON interchanges(batch);

CREATE TABLE sets (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches(id),
    interchange INTEGER NOT NULL REFERENCES interchanges(id),
    group_control TEXT NOT NULL,
    control TEXT NOT NULL,
    version TEXT NOT NULL,
    reference TEXT NOT NULL,
    mode TEXT NOT NULL,
    findings TEXT NOT NULL DEFAULT '[]' -- what belongs to no claim of it
) STRICT;
CREATE INDEX sets_by_batch ON sets(batch);

CREATE TABLE levels (
    id INTEGER PRIMARY KEY,
    transaction_set INTEGER NOT NULL REFERENCES sets(id),
    kind TEXT NOT NULL,
    parent INTEGER REFERENCES levels(id),
    first_byte INTEGER NOT NULL,
    last_byte INTEGER NOT NULL          -- exclusive
) STRICT;
CREATE INDEX levels_by_set ON levels(transaction_set);

CREATE TABLE claims (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches(id),
    transaction_set INTEGER NOT NULL REFERENCES sets(id),
    family INTEGER NOT NULL,            -- the first version of this claim
    control_number TEXT NOT NULL,       -- CLM01
    kind TEXT NOT NULL,
    frequency TEXT NOT NULL,
    charge TEXT,
    payer_id TEXT NOT NULL,             -- as written in 2010BB
    first_day TEXT,
    last_day TEXT,
    billing_npi TEXT NOT NULL,
    levels TEXT NOT NULL,               -- level rows from 2000A down, by blanks
    first_byte INTEGER NOT NULL,
    last_byte INTEGER NOT NULL,         -- exclusive
    fingerprint BLOB NOT NULL,
    facts BLOB NOT NULL,                -- the claim as read
    state TEXT NOT NULL,
    standing TEXT NOT NULL DEFAULT '',
    payer TEXT NOT NULL DEFAULT '',
    lane TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',      -- why it is held, rejected, returned, declined or denied
    place TEXT NOT NULL DEFAULT '',
    next TEXT NOT NULL DEFAULT '',
    original INTEGER REFERENCES claims(id),
    submission INTEGER REFERENCES submissions(id),  -- the latest
    filing_due TEXT,
    judge_on TEXT,                      -- the day on which it is judged again; NULL when only the world can move it
    received_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    likeness BLOB NOT NULL DEFAULT x'', -- digest of what makes two claims the same service; empty where not known
    holds TEXT NOT NULL DEFAULT '[]',   -- codes of all findings that hold it, by its last judgement
    grounds TEXT NOT NULL DEFAULT '[]'  -- each of them: code, place, line, NPI that it is about, evidence
) STRICT;
CREATE INDEX claims_by_likeness ON claims(likeness) WHERE likeness <> x'';
CREATE INDEX claims_by_batch ON claims(batch);
CREATE INDEX claims_by_control_number ON claims(control_number COLLATE NOCASE);
CREATE INDEX claims_by_fingerprint ON claims(fingerprint);
CREATE INDEX claims_to_judge ON claims(judge_on, filing_due) WHERE judge_on IS NOT NULL;
CREATE INDEX claims_ready ON claims(lane, filing_due) WHERE state = 'READY';
CREATE INDEX claims_by_state ON claims(state, standing);
CREATE INDEX claims_by_submission ON claims(submission) WHERE submission IS NOT NULL;

-- Which providers a claim depends on, so that a changed enrollment finds its claims.
CREATE TABLE claim_providers (
    npi TEXT NOT NULL,
    claim INTEGER NOT NULL REFERENCES claims(id),
    PRIMARY KEY (npi, claim)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_providers_by_claim ON claim_providers(claim);

-- What a person decided about a claim: hold it, or let these findings pass.
CREATE TABLE marks (
    id INTEGER PRIMARY KEY,
    claim INTEGER NOT NULL REFERENCES claims(id),
    mark TEXT NOT NULL,
    codes TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    made_at TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '[]'    -- of a release each code with the NPI that it was about; [] is whomever
) STRICT;
CREATE INDEX marks_by_claim ON marks(claim);

CREATE TABLE enrollments (
    id INTEGER PRIMARY KEY,
    provider_npi TEXT NOT NULL,
    payer TEXT NOT NULL,
    tax_id TEXT NOT NULL,
    billing_npi TEXT NOT NULL,
    state TEXT NOT NULL,
    effective_from TEXT,
    effective_to TEXT,
    retro_from TEXT,
    source TEXT NOT NULL,
    observed_on TEXT,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    superseded_at TEXT,                 -- nothing is overwritten: what did we believe on a day is a query
    superseded_by INTEGER REFERENCES enrollments(id),
    kind TEXT NOT NULL DEFAULT 'participation',
    line_of_business TEXT NOT NULL DEFAULT '*',
    location TEXT NOT NULL DEFAULT '*',
    submitter TEXT NOT NULL DEFAULT '*',
    taxonomy TEXT NOT NULL DEFAULT '',
    payer_assigned_id TEXT NOT NULL DEFAULT '',
    submitted_on TEXT,
    decided_on TEXT,
    revalidation_due TEXT,
    recred_due TEXT,
    loads_on TEXT,
    document INTEGER REFERENCES documents(id),
    superseded_who TEXT NOT NULL DEFAULT ''
) STRICT;
-- Records that somebody took back, with the reason.
CREATE TABLE withdrawals (
    sheet TEXT NOT NULL,
    record INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (sheet, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX enrollments_current ON enrollments(provider_npi, payer) WHERE superseded_at IS NULL;
CREATE INDEX enrollments_agreements ON enrollments(kind, payer)
    WHERE superseded_at IS NULL AND kind IN ('edi_837', 'era_835');

CREATE TABLE lanes (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    code TEXT NOT NULL DEFAULT '',
    next TEXT NOT NULL DEFAULT '',
    since TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    not_before TEXT NOT NULL DEFAULT '',
    polled_at TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL REFERENCES lanes(key),
    state TEXT NOT NULL,
    step TEXT NOT NULL DEFAULT '',
    isa13 INTEGER NOT NULL,
    reference TEXT NOT NULL,            -- BHT03
    moment TEXT NOT NULL,               -- local time of the site, fills ISA09/10, GS04/05, BHT04/05
    version TEXT NOT NULL,
    mode TEXT NOT NULL,
    usage TEXT NOT NULL,
    delimiters TEXT NOT NULL,
    remote_name TEXT NOT NULL,
    document INTEGER REFERENCES documents(id),
    wire INTEGER REFERENCES documents(id),  -- the same as the partner wants it wrapped
    size INTEGER,                           -- of what goes on the wire
    claims INTEGER NOT NULL,
    filing_due TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    not_before TEXT NOT NULL DEFAULT '',
    observed TEXT NOT NULL DEFAULT '',
    sent_at TEXT,
    planned_at TEXT NOT NULL,
    UNIQUE (lane, isa13)
) STRICT;
CREATE INDEX submissions_by_name ON submissions(lane, remote_name);
CREATE INDEX submissions_open ON submissions(state, lane) WHERE state IN ('PLANNED', 'TRANSMITTING', 'IN_DOUBT');
CREATE INDEX submissions_by_reference ON submissions(reference);

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,             -- from counters, so that a restored site never gives one twice
    claim INTEGER NOT NULL REFERENCES claims(id),
    submission INTEGER NOT NULL REFERENCES submissions(id),
    trace TEXT NOT NULL UNIQUE,         -- REF*D9
    first_segment INTEGER,              -- in its set, ST = 1; a 999 speaks of claims by these
    last_segment INTEGER,
    level_segments TEXT,                -- first-last of each level from 2000A down, by blanks
    payer_control_number TEXT NOT NULL DEFAULT '',
    set_number INTEGER NOT NULL DEFAULT 1,  -- which set of its interchange carries it
    payer_id TEXT NOT NULL DEFAULT ''       -- 2010BB NM109 that it goes with in the place of the claim's own
) STRICT;
CREATE INDEX attempts_by_claim ON attempts(claim);
CREATE INDEX attempts_by_submission ON attempts(submission);
CREATE INDEX attempts_by_payer_control_number ON attempts(payer_control_number) WHERE payer_control_number <> '';

-- What was taken from a partner. A file is known by where it lay and what it held.
CREATE TABLE pickups (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL REFERENCES lanes(key),
    path TEXT NOT NULL,
    size INTEGER,
    modified INTEGER,
    document INTEGER NOT NULL REFERENCES documents(id),
    state TEXT NOT NULL,                -- FETCHED, READ, UNREADABLE, KNOWN
    discarded INTEGER NOT NULL DEFAULT 0,
    fetched_at TEXT NOT NULL,
    UNIQUE (lane, path, size, modified)
) STRICT;
CREATE INDEX pickups_open ON pickups(state) WHERE state = 'FETCHED';
CREATE INDEX pickups_by_document ON pickups(document);

CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents(id),
    ordinal INTEGER NOT NULL,           -- in its document
    lane TEXT NOT NULL,
    form TEXT NOT NULL,                 -- TA1, 999, 277CA, 835, or what else it is
    sender TEXT NOT NULL DEFAULT '',
    control TEXT NOT NULL DEFAULT '',
    usage TEXT NOT NULL DEFAULT '',
    matched INTEGER NOT NULL DEFAULT 0, -- claims or submissions it moved
    unmatched INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL DEFAULT '{}',
    read_at TEXT NOT NULL,
    UNIQUE (document, ordinal)
) STRICT;

-- What acknowledgments say of attempts, and remittances of claims: the facts a standing is the sum of.
CREATE TABLE verdicts (
    answer INTEGER NOT NULL REFERENCES answers(id),
    attempt INTEGER NOT NULL REFERENCES attempts(id),
    form TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    dated TEXT,
    sequence TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    next TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (attempt, answer, form, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE remittances (
    id INTEGER PRIMARY KEY,
    answer INTEGER NOT NULL REFERENCES answers(id),
    payer TEXT NOT NULL,
    trace TEXT NOT NULL,                -- TRN02
    originator TEXT NOT NULL,           -- TRN03
    amount TEXT NOT NULL,               -- BPR02
    paid_on TEXT,
    produced_on TEXT,
    balanced INTEGER NOT NULL,
    adjustments TEXT NOT NULL DEFAULT '[]'   -- PLB
) STRICT;
CREATE INDEX remittances_by_trace ON remittances(trace);

CREATE TABLE adjudications (
    id INTEGER PRIMARY KEY,
    remittance INTEGER NOT NULL REFERENCES remittances(id),
    ordinal INTEGER NOT NULL,
    claim INTEGER REFERENCES claims(id),    -- NULL while unmatched: kept, shown, and the remittance still balances
    outcome TEXT NOT NULL,
    reference TEXT NOT NULL,            -- CLP07
    control_number TEXT NOT NULL,       -- CLP01
    status TEXT NOT NULL,               -- CLP02
    charge TEXT NOT NULL,
    paid TEXT NOT NULL,
    patient TEXT NOT NULL,
    code TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    next TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT '{}',
    UNIQUE (remittance, ordinal)
) STRICT;
CREATE INDEX adjudications_by_claim ON adjudications(claim);
CREATE INDEX adjudications_by_reference ON adjudications(reference);

-- Everything that happened. `mac` chains each event to the one before it under the audit key `kid`.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    name TEXT NOT NULL,
    actor TEXT NOT NULL,
    batch INTEGER,
    claim INTEGER,
    submission INTEGER,
    lane TEXT,
    body TEXT NOT NULL,
    kid TEXT NOT NULL,
    mac BLOB NOT NULL
) STRICT;
CREATE INDEX events_by_batch ON events(batch) WHERE batch IS NOT NULL;
CREATE INDEX events_by_claim ON events(claim) WHERE claim IS NOT NULL;
CREATE INDEX events_by_submission ON events(submission) WHERE submission IS NOT NULL;

-- How far each notifier has told the events. The events are the outbox: one that fails is retried from here, alone.
CREATE TABLE cursors (
    notifier TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    not_before TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

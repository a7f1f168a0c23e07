-- Remittances and what of them belongs to no claim; deposits, and the remittances they pay.

ALTER TABLE remittances ADD COLUMN handling TEXT NOT NULL DEFAULT '';     -- BPR01
ALTER TABLE remittances ADD COLUMN method TEXT NOT NULL DEFAULT '';       -- BPR04
ALTER TABLE remittances ADD COLUMN payer_name TEXT NOT NULL DEFAULT '';
ALTER TABLE remittances ADD COLUMN payee_npi TEXT NOT NULL DEFAULT '';
ALTER TABLE remittances ADD COLUMN payee_tax_id TEXT NOT NULL DEFAULT '';
ALTER TABLE remittances ADD COLUMN sums TEXT NOT NULL DEFAULT '{}';       -- what its balance was reckoned from
ALTER TABLE remittances ADD COLUMN imbalances TEXT NOT NULL DEFAULT '[]'; -- level, place, equation, difference
ALTER TABLE remittances ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
ALTER TABLE remittances ADD COLUMN repeats INTEGER REFERENCES remittances(id);  -- posted before, in another form
ALTER TABLE remittances ADD COLUMN restated INTEGER NOT NULL DEFAULT 0;   -- what it repeats was posted with other claims
CREATE INDEX remittances_by_payment ON remittances(paid_on);
CREATE INDEX adjudications_by_number ON adjudications(control_number COLLATE NOCASE);

-- The ledger at the provider's level: one row for each pair of a PLB, with what its reference names.
CREATE TABLE provider_adjustments (
    id INTEGER PRIMARY KEY,
    remittance INTEGER NOT NULL REFERENCES remittances(id),
    ordinal INTEGER NOT NULL,
    provider TEXT NOT NULL,             -- PLB01
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount TEXT NOT NULL,               -- positive lowers the payment
    claim INTEGER REFERENCES claims(id),
    origin INTEGER REFERENCES remittances(id),  -- the earlier remittance that it names or that paid the claim
    UNIQUE (remittance, ordinal)
) STRICT;
CREATE INDEX provider_adjustments_by_claim ON provider_adjustments(claim) WHERE claim IS NOT NULL;

INSERT INTO provider_adjustments (remittance, ordinal, provider, reason, reference, amount)
    SELECT r.id, j.key, j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3
    FROM remittances r JOIN json_each(r.adjustments) j WHERE r.balanced;

-- What the bank says came in. The n-th of equal rows of a statement is the same deposit whenever it is imported.
CREATE TABLE deposits (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    amount TEXT NOT NULL,
    description TEXT NOT NULL,          -- as the bank wrote it, with its trace or addenda
    nth INTEGER NOT NULL,
    imported_at TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    UNIQUE (day, amount, description, nth)
) STRICT;

-- A link is ended, never erased, and a pair that a person parted is not joined again by itself.
CREATE TABLE bank_links (
    id INTEGER PRIMARY KEY,
    deposit INTEGER NOT NULL REFERENCES deposits(id),
    remittance INTEGER NOT NULL REFERENCES remittances(id),
    how TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT NOT NULL DEFAULT '',
    ended_why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX bank_links_of_remittance ON bank_links(remittance) WHERE ended_at IS NULL;
CREATE INDEX bank_links_of_deposit ON bank_links(deposit);

-- The number of an attempt comes from the 277CA of the highest rank: stage, day, its own order within the day.
ALTER TABLE attempts ADD COLUMN number_rank TEXT NOT NULL DEFAULT '';

-- Money that nobody could place yet keeps what was said, to be matched again once more is known.
ALTER TABLE adjudications ADD COLUMN original TEXT NOT NULL DEFAULT '';     -- REF*F8
ALTER TABLE adjudications ADD COLUMN payment TEXT;                          -- loop 2100, where no claim is known
CREATE INDEX adjudications_alone ON adjudications(reference) WHERE payment IS NOT NULL;
CREATE INDEX adjudications_alone_by_original ON adjudications(original) WHERE payment IS NOT NULL;
CREATE INDEX provider_adjustments_by_reference ON provider_adjustments(reference COLLATE NOCASE);

-- Whom the payer names beside itself: NM101 (TT the claim was passed on to, PR should have come first), name and number.
ALTER TABLE adjudications ADD COLUMN carriers TEXT NOT NULL DEFAULT '[]';

-- Payers whose remittances stopped: told once for each last day.
CREATE TABLE quiet_payers (
    payer TEXT PRIMARY KEY,
    last TEXT NOT NULL,
    told_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

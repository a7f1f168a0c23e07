-- Which of several statements of one payment a person says holds. What was posted is never changed: it is taken back by
-- the opposite of each of its lines.

CREATE TABLE choices (
    id INTEGER PRIMARY KEY,
    remittance INTEGER NOT NULL REFERENCES remittances(id),
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;

ALTER TABLE remittances ADD COLUMN states INTEGER REFERENCES remittances(id);   -- the statement that this posts or takes back
ALTER TABLE remittances ADD COLUMN opposite INTEGER REFERENCES remittances(id); -- both together are nothing
ALTER TABLE remittances ADD COLUMN choice INTEGER REFERENCES choices(id);       -- made by it; of a statement, settled by it
CREATE INDEX remittances_undecided ON remittances(id) WHERE restated = 1 AND choice IS NULL;

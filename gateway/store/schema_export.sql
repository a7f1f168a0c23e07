-- What was handed back, and how far.

-- Files that lie whole and hidden in handback/ and are about to get their name. `target` and `upto` are of exports.
CREATE TABLE handovers (
    name TEXT PRIMARY KEY,
    target TEXT NOT NULL DEFAULT '',
    upto INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The last row of each export that was handed over.
CREATE TABLE exported (target TEXT PRIMARY KEY, upto INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What pickup knows of each partner's mailbox.

ALTER TABLE pickups ADD COLUMN container INTEGER REFERENCES pickups(id);    -- the archive it was unpacked from
ALTER TABLE pickups ADD COLUMN kind TEXT NOT NULL DEFAULT '';       -- of mail: what its content looks like
ALTER TABLE pickups ADD COLUMN pattern TEXT NOT NULL DEFAULT '';    -- of mail: which declared pattern its name matches
ALTER TABLE pickups ADD COLUMN code TEXT NOT NULL DEFAULT '';       -- why it is unreadable, or seems cut off
ALTER TABLE pickups ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE pickups ADD COLUMN next TEXT NOT NULL DEFAULT '';
ALTER TABLE pickups ADD COLUMN opened_at TEXT NOT NULL DEFAULT '';  -- when a person first looked at it
ALTER TABLE pickups ADD COLUMN done_at TEXT NOT NULL DEFAULT '';    -- when a person was done with it
CREATE INDEX pickups_to_look_at ON pickups(lane, state) WHERE state IN ('CUT', 'MAIL', 'UNREADABLE');
CREATE INDEX pickups_by_lane ON pickups(lane, fetched_at);

-- The last listing of each folder.
CREATE TABLE mailboxes (
    lane TEXT NOT NULL,
    folder TEXT NOT NULL,
    listed_at TEXT NOT NULL,
    files INTEGER NOT NULL,
    waiting INTEGER NOT NULL,           -- listed and not fetched
    held_since TEXT NOT NULL,           -- since when it was never found empty; '' while it is
    vanished INTEGER NOT NULL DEFAULT 0,    -- files gone before they could be fetched, since one could
    PRIMARY KEY (lane, folder)
) STRICT, WITHOUT ROWID;

-- Files that are listed and could not be fetched yet: still growing, or failing.
CREATE TABLE sightings (
    lane TEXT NOT NULL,
    path TEXT NOT NULL,
    size INTEGER,
    modified INTEGER,
    seen_at TEXT NOT NULL,              -- since when it looks like this
    failures INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (lane, path)
) STRICT, WITHOUT ROWID;

-- What is wrong with a mailbox just now: told once, and once more when it is over. `place` is a folder or empty.
CREATE TABLE mailbox_troubles (
    lane TEXT NOT NULL,
    code TEXT NOT NULL,
    place TEXT NOT NULL,
    next TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (lane, code, place)
) STRICT, WITHOUT ROWID;

-- The control numbers of what partners sent: `level` is ISA13 or GS06. One is settled once it was looked at for gaps.
CREATE TABLE control_numbers (
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    level TEXT NOT NULL,
    number INTEGER NOT NULL,
    lane TEXT NOT NULL,
    form TEXT NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sender, receiver, level, number, lane)
) STRICT, WITHOUT ROWID;
CREATE INDEX control_numbers_to_settle ON control_numbers(lane) WHERE settled = 0;

CREATE TABLE number_series (
    lane TEXT NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    level TEXT NOT NULL,
    form TEXT NOT NULL,
    last INTEGER NOT NULL,
    run INTEGER NOT NULL,
    needed INTEGER NOT NULL,
    PRIMARY KEY (lane, sender, receiver, level, form)
) STRICT, WITHOUT ROWID;

CREATE TABLE number_gaps (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    level TEXT NOT NULL,
    form TEXT NOT NULL,                 -- of the answer behind the gap
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    told_at TEXT NOT NULL,
    closed_at TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX number_gaps_open ON number_gaps(sender, receiver, level) WHERE closed_at = '';

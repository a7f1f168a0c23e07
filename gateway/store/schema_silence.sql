-- What is awaited from partners, and what was told of it.

-- One row for each answer that a sent submission still waits for; those of the payer by payer. A row goes when nothing
-- of its submission is silent any more, so that only what is open is looked at, and only when it is due.
CREATE TABLE awaited (
    submission INTEGER NOT NULL REFERENCES submissions(id),
    kind TEXT NOT NULL,                 -- silence.Awaited
    payer TEXT NOT NULL DEFAULT '',
    lane TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    look_at TEXT NOT NULL,              -- when it is judged next
    due_at TEXT NOT NULL DEFAULT '',    -- of the step that was reached
    step TEXT NOT NULL DEFAULT '',      -- the furthest that was told
    code TEXT NOT NULL DEFAULT '',      -- LATE or NEVER_SEEN
    excuse TEXT NOT NULL DEFAULT '',    -- what explains it just now
    PRIMARY KEY (submission, kind, payer)
) STRICT, WITHOUT ROWID;
CREATE INDEX awaited_to_look_at ON awaited(look_at);
CREATE INDEX awaited_told ON awaited(lane, kind) WHERE step <> '' OR excuse <> '';

-- Which answers each lane ever got: since when, and when its absence was told ('' while not).
CREATE TABLE heard (
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    first_at TEXT NOT NULL DEFAULT '',
    missed_at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (lane, kind)
) STRICT, WITHOUT ROWID;

-- What a 277CA said of an attempt without deciding: received, passed on, or not understood.
CREATE TABLE mentions (
    attempt INTEGER NOT NULL REFERENCES attempts(id),
    answer INTEGER NOT NULL REFERENCES answers(id),
    stage INTEGER NOT NULL,
    dated TEXT,
    sequence TEXT NOT NULL,
    code TEXT NOT NULL,
    understood INTEGER NOT NULL DEFAULT 1,  -- 0: neither yes, no, received nor passed on
    PRIMARY KEY (attempt, answer, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_not_understood ON mentions(answer) WHERE understood = 0;

INSERT INTO heard (lane, kind, first_at) SELECT lane, form, min(read_at) FROM answers
    WHERE form IN ('TA1', '999', '277CA', '835') GROUP BY lane, form;
INSERT INTO heard (lane, kind, first_at) SELECT n.lane, '277CA_PAYER', min(n.read_at) FROM verdicts v
    JOIN answers n ON n.id = v.answer WHERE v.form = '277CA' AND v.stage = 1 GROUP BY n.lane;
INSERT INTO awaited (submission, kind, payer, lane, sent_at, look_at)
    SELECT DISTINCT s.id, k.value, iif(k.value IN ('277CA_PAYER', '835'), c.payer, ''), s.lane, s.sent_at, ''
    FROM submissions s JOIN claims c ON c.submission = s.id, json_each('["TA1", "999", "277CA", "277CA_PAYER", "835"]') k
    WHERE s.state = 'SENT' AND s.sent_at IS NOT NULL AND c.state = 'SENT'
    AND c.standing IN ('SENT', 'ACKNOWLEDGED', 'ACCEPTED') AND (k.value <> '835' OR s.usage <> 'T');

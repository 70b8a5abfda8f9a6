-- The ledger, version 1. Amounts are whole numbers in the smallest unit of the program (`scale` decimal places); figures that
-- aren't money are exact decimals as text, and never summed here.

-- A program by name, with what its amounts are counted in; and the programs that arrangements make of it, each with the last
-- entry before it was there.
CREATE TABLE program (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    arrangement TEXT NOT NULL,
    unit TEXT NOT NULL,
    scale INTEGER NOT NULL,
    behind INTEGER NOT NULL,
    UNIQUE (name, arrangement)
) STRICT;

-- Texts and tables that rules were made of, each once, compressed.
CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;

-- A version of a program's rules. `layout` says which figures its decisions name by number.
CREATE TABLE rules (
    id INTEGER PRIMARY KEY,
    program INTEGER NOT NULL REFERENCES program (id),
    fingerprint TEXT NOT NULL UNIQUE,
    layout BLOB NOT NULL
) STRICT;

-- The files of a version of the rules, by their paths in the workspace.
CREATE TABLE rules_file (
    rules INTEGER NOT NULL REFERENCES rules (id),
    path TEXT NOT NULL,
    content INTEGER NOT NULL REFERENCES content (id),
    PRIMARY KEY (rules, path)
) STRICT, WITHOUT ROWID;

-- A file of claims that was posted. `done` claims of its order are; the run is whole once all of them are. `last` is
-- the last entry that was let stand by then, and `seal` the hash over that.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    program INTEGER NOT NULL REFERENCES program (id),
    rules INTEGER NOT NULL REFERENCES rules (id),
    file TEXT NOT NULL,
    file_hash BLOB NOT NULL,
    done INTEGER NOT NULL,
    is_whole INTEGER NOT NULL,
    last INTEGER NOT NULL,
    seal BLOB NOT NULL
) STRICT;

-- The arrangements beside a run, by their rules.
CREATE TABLE run_beside (
    run INTEGER NOT NULL REFERENCES run (id),
    rules INTEGER NOT NULL REFERENCES rules (id),
    PRIMARY KEY (run, rules)
) STRICT, WITHOUT ROWID;

-- Who is awarded. Erasing takes the name away.
CREATE TABLE participant (
    id INTEGER PRIMARY KEY,
    name TEXT UNIQUE
) STRICT;

-- Decisions and acts, one behind the other. `hash` is made of the entry, of what its rules and its run say, and of the hash
-- before it; `row_hash` of its row and the participant's name.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    program INTEGER NOT NULL REFERENCES program (id),
    rules INTEGER NOT NULL REFERENCES rules (id),
    run INTEGER REFERENCES run (id),
    kind INTEGER NOT NULL,
    claim TEXT NOT NULL,
    participant INTEGER REFERENCES participant (id),
    content BLOB NOT NULL,
    disposition INTEGER NOT NULL,
    award INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    reversed INTEGER NOT NULL,
    detail BLOB NOT NULL,
    row_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX entry_by_claim ON entry (claim, program);

-- The cells that a decision was made on, and the words of its reasons: what erasing takes away.
CREATE TABLE row (
    entry INTEGER PRIMARY KEY REFERENCES entry (id),
    cells BLOB NOT NULL,
    words BLOB NOT NULL
) STRICT;

-- Which entries changed what became of a claim by taking some of it back.
CREATE TABLE taken (
    claim TEXT NOT NULL,
    program INTEGER NOT NULL REFERENCES program (id),
    entry INTEGER NOT NULL REFERENCES entry (id),
    PRIMARY KEY (claim, program, entry)
) STRICT, WITHOUT ROWID;

-- A running figure of a program by name: a total, the base of a component, the use of a limit.
CREATE TABLE accumulator (
    id INTEGER PRIMARY KEY,
    program INTEGER NOT NULL REFERENCES program (id),
    name TEXT NOT NULL,
    UNIQUE (program, name)
) STRICT;

-- What it stands at for a key; with a part (a day, a value) where it keeps parts.
CREATE TABLE figure (
    accumulator INTEGER NOT NULL REFERENCES accumulator (id),
    key BLOB NOT NULL,
    part BLOB NOT NULL,
    count INTEGER NOT NULL,
    sum TEXT NOT NULL,
    awarded TEXT NOT NULL,
    PRIMARY KEY (accumulator, key, part)
) STRICT, WITHOUT ROWID;

-- Up to which entry figures hold what entries moved. What those behind it moved is added by whoever reads; the run that posts
-- them writes it when it ends, and otherwise whoever opens the ledger next to post.
CREATE TABLE summed (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    entry INTEGER NOT NULL
) STRICT;
INSERT INTO summed VALUES (1, 0);

CREATE TRIGGER entry_is_kept BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'entries are never removed'); END;
CREATE TRIGGER rules_are_kept BEFORE UPDATE ON rules BEGIN SELECT raise(ABORT, 'rules are never changed'); END;
CREATE TRIGGER rules_stay BEFORE DELETE ON rules BEGIN SELECT raise(ABORT, 'rules are never removed'); END;
CREATE TRIGGER content_is_kept BEFORE UPDATE ON content BEGIN SELECT raise(ABORT, 'contents are never changed'); END;
CREATE TRIGGER content_stays BEFORE DELETE ON content BEGIN SELECT raise(ABORT, 'contents are never removed'); END;
CREATE TRIGGER file_is_kept BEFORE UPDATE ON rules_file BEGIN SELECT raise(ABORT, 'rules are never changed'); END;
CREATE TRIGGER file_stays BEFORE DELETE ON rules_file BEGIN SELECT raise(ABORT, 'rules are never removed'); END;

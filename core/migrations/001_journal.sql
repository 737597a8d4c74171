-- The journal of one employee on one phone.
--
-- In the clear: ids, numbers, kinds, states, due times. Everything else is in the columns named `sealed`, each AES-256-GCM for
-- its own table and row (adapters/sqlite/seal.rs), so that no row can take another's place.

CREATE TABLE identity (
    -- There is one row.
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- Random: seals of one database do not open in another one with the same key.
    store BLOB NOT NULL CHECK (length(store) = 16),
    -- Opens with the right sealing key only.
    key_check BLOB NOT NULL
) STRICT;

-- The same row on another page: without `store` no seal opens, so one damaged page must not take it away.
CREATE TABLE identity_copy (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    store BLOB NOT NULL CHECK (length(store) = 16),
    key_check BLOB NOT NULL
) STRICT;

CREATE TABLE entry (
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    -- A kind's number on the wire; a number beyond i64 is kept as its two's complement.
    kind INTEGER NOT NULL,
    -- The punch that it is or is about.
    punch BLOB CHECK (length(punch) = 16),
    -- 0 waiting, 1 received, 2 put aside, 3 refused.
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    -- [h, payload, seed or salts, groups]
    sealed BLOB NOT NULL,
    UNIQUE (epoch, seq)
) STRICT;

-- What is not received is always little, however long the journal grows.
CREATE INDEX entry_open ON entry (state, epoch, seq) WHERE state <> 1;
CREATE INDEX entry_kind ON entry (kind, epoch, seq);
CREATE INDEX entry_punch ON entry (punch, epoch, seq) WHERE punch IS NOT NULL;

CREATE TABLE head (
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    -- The signed head.
    sealed BLOB NOT NULL,
    PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
    epoch INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    -- 0 for the first receipt of a range; a restored server gives another one in another log.
    nth INTEGER NOT NULL,
    -- [J, origin, size, receipt]
    sealed BLOB NOT NULL,
    PRIMARY KEY (epoch, from_seq, to_seq, nth)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
    -- The order in which they came.
    nth INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    -- [checkpoint, consistency proof]
    sealed BLOB NOT NULL,
    UNIQUE (origin, size)
) STRICT;

CREATE TABLE capture (
    nonce BLOB NOT NULL PRIMARY KEY CHECK (length(nonce) = 16),
    -- [session, reading, digest of the photo that used it or null]
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE photo (
    -- The order in which they came.
    nth INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    punch BLOB CHECK (length(punch) = 16),
    -- 0 draft, 1 waiting, 2 received.
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
    -- [evidence, URL of the upload or null]
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX photo_state ON photo (state, nth);

CREATE TABLE value (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE due (
    task TEXT NOT NULL PRIMARY KEY,
    -- Due at this reading of the elapsed clock in the run of the system that `sealed` names, at this wall time in another one.
    elapsed_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    -- [attempts, run of the system, reason]
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

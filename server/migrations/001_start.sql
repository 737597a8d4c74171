-- Every table carries the tenant, and what belongs to a journal also its bucket: the first 12 bits of SHA-256(tenant ‖ J).
-- Times are milliseconds since 1970, digests 32 bytes, h a chain's digest.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant (
    tenant       TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    root_spki    BLOB NOT NULL,
    log_n        INTEGER NOT NULL,   -- the n of the current origins
    zone         TEXT NOT NULL,
    policy       BLOB NOT NULL,      -- CBOR, as published next
    created_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per origin; the newest checkpoint only, because a log's checkpoints follow from its leaves.
CREATE TABLE log (
    id         INTEGER PRIMARY KEY,
    tenant     TEXT NOT NULL,
    origin     TEXT NOT NULL UNIQUE,
    size       INTEGER NOT NULL,
    signed     INTEGER NOT NULL,     -- the size that the checkpoint speaks of
    root       BLOB NOT NULL,
    key_hash   BLOB NOT NULL,
    signature  BLOB NOT NULL
) STRICT;

CREATE TABLE log_leaf (
    tenant TEXT NOT NULL,
    log    INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    leaf   BLOB NOT NULL,
    salt   BLOB,                     -- kept where the leaf is published whole
    body   BLOB,
    PRIMARY KEY (tenant, log, idx)
) STRICT, WITHOUT ROWID;

-- Hashes of complete subtrees: level 0 are the leaves' nodes, level k at idx covers leaves idx·2^k … (idx+1)·2^k − 1.
CREATE TABLE log_node (
    tenant TEXT NOT NULL,
    log    INTEGER NOT NULL,
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (tenant, log, level, idx)
) STRICT, WITHOUT ROWID;

-- Key sets, rule sets and sites as they were published.
CREATE TABLE publication (
    tenant       TEXT NOT NULL,
    kind         INTEGER NOT NULL,   -- the leaf's kind
    digest       BLOB NOT NULL,
    serial       INTEGER NOT NULL,   -- of key sets and rule sets; 0 for sites
    number       INTEGER NOT NULL,   -- what the leaf's body holds beside the digest
    document     BLOB NOT NULL,
    salt         BLOB NOT NULL,
    log          INTEGER NOT NULL,
    idx          INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX publication_by_serial ON publication (tenant, kind, serial);

CREATE TABLE employee (
    tenant    TEXT NOT NULL,
    employee  TEXT NOT NULL,
    name      TEXT NOT NULL,
    name_salt BLOB NOT NULL,
    pseudonym BLOB NOT NULL,
    added_ms  INTEGER NOT NULL,
    left_ms   INTEGER,
    PRIMARY KEY (tenant, employee)
) STRICT, WITHOUT ROWID;

CREATE TABLE site (
    tenant    TEXT NOT NULL,
    site      BLOB NOT NULL,
    name      TEXT NOT NULL,
    digest    BLOB NOT NULL,         -- its publication in force
    added_ms  INTEGER NOT NULL,
    PRIMARY KEY (tenant, site)
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
    tenant     TEXT NOT NULL,
    id         BLOB NOT NULL,
    hint       BLOB NOT NULL,
    code       BLOB,                 -- needed to check the HMAC; gone once used or burnt
    employee   TEXT NOT NULL,
    short      INTEGER NOT NULL,     -- typed by hand: the device waits for approval
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0,
    used_ms    INTEGER,
    mac        BLOB,                 -- of the request it was used by, so that a lost answer can be asked for again
    journal    BLOB,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
-- The one query without a tenant: a code says nothing but itself.
CREATE INDEX code_by_hint ON code (hint);

CREATE TABLE device (
    tenant      TEXT NOT NULL,
    bucket      INTEGER NOT NULL,
    journal     BLOB NOT NULL,
    employee    TEXT NOT NULL,
    kid         BLOB NOT NULL,
    state       INTEGER NOT NULL,    -- 1 active, 2 pending, 3 revoked
    statement   BLOB NOT NULL,
    certificate BLOB NOT NULL,
    enrolled_ms INTEGER NOT NULL,
    PRIMARY KEY (tenant, bucket, journal)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_by_employee ON device (tenant, employee, enrolled_ms);

-- By a key's id or by J; also for devices that this database does not know (yet).
CREATE TABLE revocation (
    tenant       TEXT NOT NULL,
    subject      BLOB NOT NULL,
    issued_ms    INTEGER NOT NULL,
    effective_ms INTEGER NOT NULL,   -- the larger of issued_ms and the received_ms of the leaf before it
    effective_segment INTEGER NOT NULL, -- the last segment row before it
    reason       INTEGER NOT NULL,
    PRIMARY KEY (tenant, subject)
) STRICT, WITHOUT ROWID;

-- Time tokens, and with them the heads that a journal must not lose.
CREATE TABLE token (
    tenant    TEXT NOT NULL,
    bucket    INTEGER NOT NULL,
    journal   BLOB NOT NULL,
    origin    TEXT NOT NULL,
    counter   INTEGER NOT NULL,
    nonce     BLOB NOT NULL,
    epoch     INTEGER NOT NULL,
    head_seq  INTEGER NOT NULL,
    head_h    BLOB NOT NULL,
    session   BLOB NOT NULL,
    server_ms INTEGER NOT NULL,
    state     INTEGER NOT NULL,      -- 0 its head has not come yet, 1 it has, 2 it was left out
    request   BLOB NOT NULL,
    message   BLOB NOT NULL,
    PRIMARY KEY (tenant, bucket, journal, origin, counter)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX token_by_nonce ON token (tenant, bucket, journal, nonce);
CREATE INDEX token_open ON token (tenant, bucket, journal, epoch, head_seq) WHERE state = 0;

-- The epochs of a journal as far as they are stored; the highest one's last entry is the journal's head.
CREATE TABLE epoch (
    tenant   TEXT NOT NULL,
    bucket   INTEGER NOT NULL,
    journal  BLOB NOT NULL,
    epoch    INTEGER NOT NULL,
    prev_seq INTEGER NOT NULL,
    prev_h   BLOB NOT NULL,
    last_seq INTEGER NOT NULL,
    last_h   BLOB NOT NULL,
    PRIMARY KEY (tenant, bucket, journal, epoch)
) STRICT, WITHOUT ROWID;

-- The flow: entries on the chain. What they count as is in `result`.
CREATE TABLE entry (
    id      INTEGER PRIMARY KEY,
    tenant  TEXT NOT NULL,
    bucket  INTEGER NOT NULL,
    journal BLOB NOT NULL,
    epoch   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    h       BLOB NOT NULL,
    digest  BLOB NOT NULL,
    payload BLOB,                    -- absent once erased whole
    secret  BLOB,                    -- CBOR: the seed, or {group: salt}
    groups  BLOB,                    -- CBOR: {group: bytes}
    segment INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX entry_by_seq ON entry (tenant, bucket, journal, epoch, seq);

-- Entries beside the chain: other branches, and what cannot be placed. Kept for a person, never overwritten.
CREATE TABLE kept (
    id      INTEGER PRIMARY KEY,
    tenant  TEXT NOT NULL,
    bucket  INTEGER NOT NULL,
    journal BLOB NOT NULL,
    epoch   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    h       BLOB,                    -- absent where the entry before is not known
    digest  BLOB NOT NULL,
    payload BLOB,
    secret  BLOB,
    groups  BLOB,
    segment INTEGER NOT NULL
) STRICT;
CREATE INDEX kept_by_seq ON kept (tenant, bucket, journal, epoch, seq);

-- What the log's segment leaves say.
CREATE TABLE segment (
    id          INTEGER PRIMARY KEY,
    tenant      TEXT NOT NULL,
    bucket      INTEGER NOT NULL,
    journal     BLOB NOT NULL,
    epoch       INTEGER NOT NULL,
    from_seq    INTEGER NOT NULL,
    to_seq      INTEGER NOT NULL,
    h           BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    eps_ms      INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    reason      INTEGER NOT NULL,
    last_token  INTEGER NOT NULL,
    main        INTEGER NOT NULL,    -- 1 on the chain, 0 beside it
    head        BLOB NOT NULL,       -- the signed head it came with
    log         INTEGER NOT NULL,
    idx         INTEGER NOT NULL
) STRICT;
CREATE INDEX segment_by_seq ON segment (tenant, bucket, journal, epoch, to_seq);

-- Photos that entries name; only these are taken.
CREATE TABLE evidence (
    tenant  TEXT NOT NULL,
    bucket  INTEGER NOT NULL,
    journal BLOB NOT NULL,
    digest  BLOB NOT NULL,
    punch   BLOB NOT NULL,
    PRIMARY KEY (tenant, bucket, journal, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE photo (
    tenant      TEXT NOT NULL,
    id          BLOB NOT NULL,
    bucket      INTEGER NOT NULL,
    journal     BLOB NOT NULL,
    digest      BLOB NOT NULL,
    length      INTEGER NOT NULL,
    created_ms  INTEGER NOT NULL,
    complete_ms INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX photo_by_digest ON photo (tenant, bucket, journal, digest);

-- The result: what punches count as, worked out from the flow and made anew at any time.
CREATE TABLE result (
    tenant        TEXT NOT NULL,
    bucket        INTEGER NOT NULL,
    journal       BLOB NOT NULL,
    epoch         INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    employee      TEXT NOT NULL,
    sort_ms       INTEGER NOT NULL,  -- the interval's midpoint, or its known end, or the wall clock
    punch         BLOB NOT NULL,
    json          TEXT NOT NULL,
    PRIMARY KEY (tenant, bucket, journal, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX result_by_time ON result (tenant, sort_ms);

-- Journals whose results are older than their flow.
CREATE TABLE stale (
    tenant  TEXT NOT NULL,
    bucket  INTEGER NOT NULL,
    journal BLOB NOT NULL,
    PRIMARY KEY (tenant, bucket, journal)
) STRICT, WITHOUT ROWID;

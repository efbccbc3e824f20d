-- Since version 5: the live board. Positions of units may be thinned out of the log, and
-- nothing else of it may go; who may deliver; what was answered to a delivery that may come
-- again; boards kept on the way, so that nobody has to fold the log from its beginning.

DROP TRIGGER events_are_kept;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events WHEN OLD.kind <> 'unit_moved'
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only');
END;

-- Which event was the last by an instant.
CREATE INDEX events_at ON events (at);

-- Which positions may be thinned.
CREATE INDEX events_of_positions ON events (sequence) WHERE kind = 'unit_moved';

-- How a call ended that was no incident of its own: it counts in no surface and no list.
ALTER TABLE incidents ADD COLUMN ending TEXT CHECK (ending IN ('cancelled', 'merged'));

CREATE TABLE api_keys (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    feed TEXT NOT NULL CHECK (feed <> ''),
    hash TEXT NOT NULL UNIQUE,
    per_second INTEGER NOT NULL CHECK (per_second > 0),
    made_at DATETIME NOT NULL,
    revoked_at DATETIME
);

CREATE TABLE idempotent_answers (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    feed TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    at DATETIME NOT NULL,
    answer TEXT NOT NULL,
    UNIQUE (feed, idempotency_key)
);
CREATE INDEX idempotent_answers_at ON idempotent_answers (at);

CREATE TABLE board_snapshots (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    sequence INTEGER NOT NULL UNIQUE,
    at DATETIME NOT NULL,
    board BLOB NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('api_keys', 'attributes', 'API keys 接口密钥', 'which feeds may deliver; hashes only', NULL);

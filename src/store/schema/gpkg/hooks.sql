-- Since version 8: who is told of what as it happens. What is told waits in a table until it
-- has arrived, so that whoever ends in between loses nothing. Address and secret of a hook are
-- kept apart from it: an address may hold a password, and who has the secret speaks for this
-- service. They are no layer.

CREATE TABLE hooks (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    target TEXT NOT NULL CHECK (target <> ''),
    settings TEXT NOT NULL,
    after_sequence INTEGER NOT NULL,
    made_at DATETIME NOT NULL,
    ended_at DATETIME,
    ended_why TEXT CHECK (ended_why IN ('revoked', 'gone'))
);

CREATE TABLE hook_secrets (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hook TEXT NOT NULL UNIQUE REFERENCES hooks (id),
    url TEXT NOT NULL,
    secret BLOB NOT NULL
);

CREATE TABLE hook_deliveries (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hook TEXT NOT NULL REFERENCES hooks (id),
    message TEXT NOT NULL UNIQUE CHECK (message <> ''),
    event TEXT NOT NULL CHECK (event <> ''),
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    tries INTEGER NOT NULL CHECK (tries >= 0),
    made_at DATETIME NOT NULL,
    next_at DATETIME NOT NULL,
    tried_at DATETIME,
    status INTEGER,
    fault TEXT
);
CREATE INDEX hook_deliveries_pending ON hook_deliveries (hook, next_at) WHERE state = 'pending';
CREATE INDEX hook_deliveries_oldest ON hook_deliveries (hook, fid) WHERE state = 'pending';
CREATE INDEX hook_deliveries_of_hook ON hook_deliveries (hook, fid);
CREATE INDEX hook_deliveries_made_at ON hook_deliveries (made_at);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('hooks', 'attributes', 'hooks 推送', 'who is told of what as it happens', NULL),
    ('hook_deliveries', 'attributes', 'hook deliveries 推送记录', 'what was told to whom, and what is waiting', NULL);

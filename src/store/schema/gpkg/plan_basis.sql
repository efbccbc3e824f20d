-- Since version 4: what a plan was made on (its problem and rounds, deflated JSON), so that
-- it can be changed while its shift runs. Not a layer: programs read plans, routes and stops.

CREATE TABLE plan_bases (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    plan TEXT NOT NULL UNIQUE REFERENCES plans (id) ON DELETE CASCADE,
    basis BLOB NOT NULL
);

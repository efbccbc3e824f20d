-- Since version 4: what a plan was made on (its problem and rounds, deflated JSON), so that
-- it can be changed while its shift runs. Not a layer: programs read plans, routes and stops.

CREATE TABLE plan_bases (
    plan TEXT PRIMARY KEY NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    basis BLOB NOT NULL
);

-- What was decided and what changed: shifts, forecasts, plans, the log. A plan's document
-- is the truth; its routes and stops are layers for GIS programs.

CREATE TABLE shifts (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
);

CREATE TABLE forecasts (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    made_at DATETIME NOT NULL,
    window_start DATETIME NOT NULL,
    window_end DATETIME NOT NULL,
    data_until DATETIME NOT NULL,
    model TEXT NOT NULL,
    resolution INTEGER NOT NULL,
    expected_total DOUBLE NOT NULL,
    provenance TEXT NOT NULL,
    cells BLOB NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE plans (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    made_at DATETIME NOT NULL,
    window_start DATETIME NOT NULL,
    window_end DATETIME NOT NULL,
    units INTEGER NOT NULL,
    stops INTEGER NOT NULL,
    risk_covered DOUBLE NOT NULL,
    risk_total DOUBLE NOT NULL,
    document TEXT NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

-- A unit that stays where it is has no line.
CREATE TABLE plan_routes (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom LINESTRING,
    plan TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    unit TEXT NOT NULL,
    call_sign TEXT NOT NULL,
    stops INTEGER NOT NULL,
    length_m DOUBLE NOT NULL,
    driving_s DOUBLE NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE INDEX plan_routes_plan ON plan_routes (plan);

CREATE TABLE plan_stops (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    plan TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    unit TEXT NOT NULL,
    call_sign TEXT NOT NULL,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    arrival DATETIME NOT NULL,
    departure DATETIME NOT NULL,
    drive_s DOUBLE NOT NULL,
    gain DOUBLE NOT NULL,
    reason TEXT NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE INDEX plan_stops_plan ON plan_stops (plan);

CREATE TABLE events (
    sequence INTEGER PRIMARY KEY NOT NULL,
    at DATETIME NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE TRIGGER events_are_kept BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only');
END;

CREATE TRIGGER events_are_final BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only');
END;

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('shifts', 'attributes', 'shifts 班次', 'local time of day', NULL),
    ('forecasts', 'attributes', 'forecasts 预测', 'risk surfaces frozen before their window', NULL),
    ('plans', 'attributes', 'patrol plans 巡逻方案', 'one document a plan', NULL),
    ('plan_routes', 'features', 'patrol routes 巡逻路线', 'lines driven, by plan and unit', 4326),
    ('plan_stops', 'features', 'patrol stops 停靠点', 'stops with arrival and reason', 4326),
    ('events', 'attributes', 'event log 事件日志', 'append-only, numbered without gaps', NULL);

INSERT INTO gpkg_geometry_columns VALUES
    ('plan_routes', 'geom', 'LINESTRING', 4326, 0, 0),
    ('plan_stops', 'geom', 'POINT', 4326, 0, 0);

-- What happened. Times stand twice: as text for GIS programs, and as milliseconds since
-- 1970 for fast filters. Only the latter is indexed; ties by id are sorted when read.

CREATE TABLE incident_categories (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL UNIQUE CHECK (code <> ''),
    parent TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL
);

CREATE TABLE incidents (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    at_ms INTEGER NOT NULL,
    until_ms INTEGER,
    category TEXT NOT NULL REFERENCES incident_categories (code),
    origin TEXT NOT NULL
        CHECK (origin IN ('citizen_call', 'alarm_pillar', 'sensor', 'patrol_discovered', 'counter')),
    state TEXT NOT NULL
        CHECK (state IN ('received', 'dispatched', 'arrived', 'handling', 'closed')),
    priority INTEGER NOT NULL CHECK (priority IN (1, 2, 3)),
    id TEXT NOT NULL CHECK (id <> ''),
    at DATETIME NOT NULL,
    until DATETIME,
    source_id TEXT,
    synthetic TEXT NOT NULL DEFAULT ''
);

-- Also in store/incidents.rs, which rebuilds them around a large import.
CREATE UNIQUE INDEX incidents_id ON incidents (id);
CREATE INDEX incidents_at ON incidents (at_ms);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('incident_categories', 'attributes', 'incident categories 警情类别', 'two levels: parent and parent/child', NULL),
    ('incidents', 'features', 'incidents 警情', 'reported events: place, time, category', 4326);

INSERT INTO gpkg_geometry_columns VALUES ('incidents', 'geom', 'POINT', 4326, 0, 0);

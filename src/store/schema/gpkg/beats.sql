-- Since version 6: planners' drafts of beats and zones, and every version that was published.
-- Documents are deflated JSON: the layers `beats` and `zones` hold what is in force.

CREATE TABLE scenarios (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    layer TEXT NOT NULL CHECK (layer IN ('beats', 'zones')),
    version INTEGER NOT NULL,
    base INTEGER NOT NULL,
    made_at DATETIME NOT NULL,
    changed_at DATETIME NOT NULL,
    document BLOB NOT NULL
);

CREATE TABLE area_versions (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    layer TEXT NOT NULL CHECK (layer IN ('beats', 'zones')),
    number INTEGER NOT NULL,
    published_at DATETIME NOT NULL,
    reason TEXT NOT NULL,
    scenario TEXT,
    areas INTEGER NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (layer, number)
);

CREATE TRIGGER area_versions_are_kept BEFORE DELETE ON area_versions
BEGIN
    SELECT RAISE(ABORT, 'a published version is kept');
END;

CREATE TRIGGER area_versions_are_final BEFORE UPDATE ON area_versions
BEGIN
    SELECT RAISE(ABORT, 'a published version is final; a later one stands beside it');
END;

-- Publishing changes what layers and figures are made of.
DROP INDEX events_of_data;
CREATE INDEX events_of_data ON events (sequence)
    WHERE kind IN ('workspace_made', 'imported', 'quarantined', 'quarantine_lifted', 'areas_published');

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('scenarios', 'attributes', 'scenarios 规划草案', 'drafts of beats and zones', NULL),
    ('area_versions', 'attributes', 'published versions 已发布版本', 'beats and zones as they were published', NULL);

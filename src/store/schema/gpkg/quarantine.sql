-- Since version 2: which import an incident came with (the number of its event in the
-- log), and what is kept out of all learning.

ALTER TABLE incidents ADD COLUMN batch INTEGER;

-- Of older files the import is known where there was only one.
UPDATE incidents SET batch = (SELECT sequence FROM events
    WHERE kind = 'imported' AND json_extract(body, '$.layer') = 'incidents')
WHERE (SELECT count(*) FROM events
    WHERE kind = 'imported' AND json_extract(body, '$.layer') = 'incidents') = 1;

CREATE TABLE quarantines (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    batch INTEGER,
    start_ms INTEGER,
    end_ms INTEGER,
    categories TEXT NOT NULL DEFAULT '[]',
    reason TEXT NOT NULL CHECK (reason <> ''),
    added_at DATETIME NOT NULL,
    lifted_at DATETIME,
    CHECK ((batch IS NULL) <> (start_ms IS NULL)),
    CHECK ((start_ms IS NULL) = (end_ms IS NULL))
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('quarantines', 'attributes', 'quarantines 数据隔离', 'incidents that nobody learns from', NULL);

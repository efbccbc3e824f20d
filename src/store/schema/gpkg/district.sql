-- What the workspace is about: one row, and the boundary as a layer of its own.

CREATE TABLE district (
    fid INTEGER PRIMARY KEY NOT NULL CHECK (fid = 1),
    name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    synthetic TEXT NOT NULL CHECK (synthetic IN ('', 'SYNTHETIC 模拟数据'))
);

CREATE TABLE boundary (
    fid INTEGER PRIMARY KEY NOT NULL CHECK (fid = 1),
    geom MULTIPOLYGON NOT NULL,
    name TEXT NOT NULL,
    synthetic TEXT NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('district', 'attributes', 'district 辖区', 'name and time zone', NULL),
    ('boundary', 'features', 'boundary 辖区边界', 'the area of the district', 4326);

INSERT INTO gpkg_geometry_columns VALUES ('boundary', 'geom', 'MULTIPOLYGON', 4326, 0, 0);

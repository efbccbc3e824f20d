-- How to get there, and what to draw under the map. The network is the program's own
-- binary form; the basemap is ordinary layers.

CREATE TABLE speeds (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    class TEXT NOT NULL UNIQUE,
    kmh DOUBLE NOT NULL
);

CREATE TABLE road_network (
    fid INTEGER PRIMARY KEY NOT NULL CHECK (fid = 1),
    imported_at DATETIME NOT NULL,
    attribution TEXT NOT NULL,
    network BLOB NOT NULL
);

CREATE TABLE basemap_lines (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom LINESTRING NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    name TEXT NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE basemap_areas (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POLYGON NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    name TEXT NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE basemap_labels (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    name TEXT NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('speeds', 'attributes', 'driving speeds 行车速度', 'free speed by road class, km/h', NULL),
    ('road_network', 'attributes', 'road network 路网', 'the drivable graph, in binary form', NULL),
    ('basemap_lines', 'features', 'basemap lines 底图线', 'streets, railways, rivers', 4326),
    ('basemap_areas', 'features', 'basemap areas 底图面', 'water, green, buildings', 4326),
    ('basemap_labels', 'features', 'basemap labels 底图注记', 'names of suburbs, squares, stations', 4326);

INSERT INTO gpkg_geometry_columns VALUES
    ('basemap_lines', 'geom', 'LINESTRING', 4326, 0, 0),
    ('basemap_areas', 'geom', 'POLYGON', 4326, 0, 0),
    ('basemap_labels', 'geom', 'POINT', 4326, 0, 0);

-- What stands or moves in the district. A reference to another layer is text without a
-- foreign key: files come in any order, and a beat may name a station not imported so far.

CREATE TABLE stations (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE beats (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom MULTIPOLYGON NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    station TEXT,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE zones (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom MULTIPOLYGON NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE posts (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    hours TEXT NOT NULL DEFAULT '',
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE joint_duty_posts (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    commercial_district TEXT,
    visit_every_s DOUBLE,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE commercial_districts (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom MULTIPOLYGON NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE pillars (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('online', 'pressed', 'answered', 'offline')),
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE cameras (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    view_m DOUBLE NOT NULL,
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE places (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name TEXT NOT NULL,
    place_kind TEXT NOT NULL,
    tier TEXT NOT NULL CHECK (tier IN ('blue', 'green', 'yellow')),
    synthetic TEXT NOT NULL DEFAULT ''
);

CREATE TABLE units (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    geom POINT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    call_sign TEXT NOT NULL,
    unit_kind TEXT NOT NULL CHECK (unit_kind IN ('car', 'motorcycle', 'foot')),
    station TEXT,
    status TEXT NOT NULL
        CHECK (status IN ('idle', 'dispatched', 'on_scene', 'break', 'off_duty')),
    synthetic TEXT NOT NULL DEFAULT ''
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('stations', 'features', 'police stations 派出所', 'where units start from', 4326),
    ('beats', 'features', 'beats 警务区', 'the smallest areas of responsibility', 4326),
    ('zones', 'features', 'patrol zones 巡区', 'drawn by a planner, may cross beats', 4326),
    ('posts', 'features', 'police posts 警务岗', 'manned points with hours', 4326),
    ('joint_duty_posts', 'features', 'joint-duty posts 联勤岗', 'shared posts in commercial districts', 4326),
    ('commercial_districts', 'features', 'commercial districts 商圈', 'what joint-duty posts serve', 4326),
    ('pillars', 'features', 'alarm pillars 一键报警柱', 'points with an intercom', 4326),
    ('cameras', 'features', 'camera sites 监控点位', 'position and view distance in metres, never pictures', 4326),
    ('places', 'features', 'places of interest 场所', 'shops, markets, schools, hospitals', 4326),
    ('units', 'features', 'units 处警单元', 'cars, motorcycles, foot teams', 4326);

INSERT INTO gpkg_geometry_columns VALUES
    ('stations', 'geom', 'POINT', 4326, 0, 0),
    ('beats', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
    ('zones', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
    ('posts', 'geom', 'POINT', 4326, 0, 0),
    ('joint_duty_posts', 'geom', 'POINT', 4326, 0, 0),
    ('commercial_districts', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
    ('pillars', 'geom', 'POINT', 4326, 0, 0),
    ('cameras', 'geom', 'POINT', 4326, 0, 0),
    ('places', 'geom', 'POINT', 4326, 0, 0),
    ('units', 'geom', 'POINT', 4326, 0, 0);

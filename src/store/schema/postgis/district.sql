-- What the workspace is about: one row, and the boundary as a layer of its own. Texts that
-- are compared have the collation "C": the order of their bytes, as in a file.

CREATE TABLE frontbeat_schema (
    version bigint PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE frontbeat_schema IS 'versions of the tables of this workspace';

CREATE TABLE district (
    fid bigint PRIMARY KEY CHECK (fid = 1),
    name text NOT NULL,
    timezone text NOT NULL,
    synthetic text NOT NULL CHECK (synthetic IN ('', 'SYNTHETIC 模拟数据'))
);
COMMENT ON TABLE district IS 'district 辖区: name and time zone';
COMMENT ON COLUMN district.timezone IS 'IANA name';
COMMENT ON COLUMN district.synthetic IS 'SYNTHETIC 模拟数据 where every record is made up';

CREATE TABLE boundary (
    fid bigint PRIMARY KEY CHECK (fid = 1),
    geom geometry(MultiPolygon, 4326) NOT NULL,
    name text NOT NULL,
    synthetic text NOT NULL
);
COMMENT ON TABLE boundary IS 'boundary 辖区边界: the area of the district';
COMMENT ON COLUMN boundary.geom IS 'WGS 84, longitude and latitude';

-- What refuses a change: the reason is the trigger's argument.
CREATE FUNCTION frontbeat_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END
$$;

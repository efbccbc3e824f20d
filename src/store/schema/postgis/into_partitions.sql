-- Since version 9, after `others.sql` and `partitions.sql`: incidents and the log move.

-- Incidents -----------------------------------------------------------------------------------

ALTER VIEW incidents_named RENAME TO incidents_named_before;
ALTER TABLE incidents RENAME TO incidents_before;
ALTER TABLE incidents_before DROP CONSTRAINT incidents_pkey, DROP CONSTRAINT incidents_id;
DROP INDEX incidents_at, incidents_time, incidents_geom;

CREATE SEQUENCE incidents_fid;
SELECT frontbeat_take_grants(pg_get_serial_sequence('incidents_before', 'fid'), 'incidents_fid');
ALTER TABLE incidents_before ALTER COLUMN fid DROP IDENTITY;
CREATE TABLE incidents (
    fid bigint NOT NULL DEFAULT nextval('incidents_fid'),
    geom geometry(Point, 4326) NOT NULL,
    at_ms bigint NOT NULL,
    until_ms bigint,
    category text COLLATE "C" NOT NULL,
    origin text COLLATE "C" NOT NULL
        CHECK (origin IN ('citizen_call', 'alarm_pillar', 'sensor', 'patrol_discovered', 'counter')),
    state text NOT NULL
        CHECK (state IN ('received', 'dispatched', 'arrived', 'handling', 'closed')),
    priority bigint NOT NULL CHECK (priority IN (1, 2, 3)),
    id text COLLATE "C" NOT NULL CHECK (id <> ''),
    at timestamptz NOT NULL,
    until timestamptz,
    source_id text,
    synthetic text NOT NULL DEFAULT '',
    batch bigint,
    ending text CHECK (ending IN ('cancelled', 'merged'))
) PARTITION BY RANGE (at_ms);
ALTER SEQUENCE incidents_fid OWNED BY incidents.fid;
SELECT frontbeat_take_grants('incidents_before', 'incidents');
CREATE TABLE incidents_old PARTITION OF incidents FOR VALUES FROM (MINVALUE) TO (0);
SELECT frontbeat_belong_to('incidents', 'incidents_old');
COMMENT ON TABLE incidents_old IS 'a partition of incidents: before 1970';
ALTER TABLE incidents_old REPLICA IDENTITY FULL;
INSERT INTO partitions (name, parent, from_ms, until_ms)
    VALUES ('incidents_old', 'incidents', -9223372036854775808, 0);
SELECT frontbeat_make_partition('incidents', days.ms) FROM (
    SELECT DISTINCT floor(extract(epoch FROM date_trunc('day', at, 'UTC')) * 1000)::bigint AS ms
    FROM incidents_before WHERE at >= '1970-01-01T00:00:00Z'
) AS days;
INSERT INTO incidents (fid, geom, at_ms, until_ms, category, origin, state, priority, id, at,
                       until, source_id, synthetic, batch, ending)
    SELECT fid, geom, at_ms, until_ms, category, origin, state, priority, id, at,
           until, source_id, synthetic, batch, ending
    FROM incidents_before ORDER BY at_ms, fid;
SELECT setval('incidents_fid', max(fid)) FROM incidents HAVING max(fid) > 0;
-- No primary key: GDAL complains of one of two columns. QGIS finds the numbers by this.
CREATE UNIQUE INDEX incidents_number ON incidents (fid, at_ms);
ALTER TABLE incidents ADD CONSTRAINT incidents_category
    FOREIGN KEY (category) REFERENCES incident_categories (code);
CREATE INDEX incidents_at ON incidents (at_ms, id);
-- For an analyst's filters on the readable time: a few pages for millions of rows.
CREATE INDEX incidents_time ON incidents USING brin (at);
CREATE INDEX incidents_geom ON incidents USING gist (geom);
COMMENT ON TABLE incidents IS 'incidents 警情: reported events, by place, time and category';
COMMENT ON COLUMN incidents.geom IS 'WGS 84, longitude and latitude';
COMMENT ON COLUMN incidents.at IS 'when it happened, or when the span of time began 发生时间';
COMMENT ON COLUMN incidents.until IS 'end of the span of time, where only that is known 截止时间';
COMMENT ON COLUMN incidents.at_ms IS 'at, in milliseconds since 1970';
COMMENT ON COLUMN incidents.until_ms IS 'until, in milliseconds since 1970';
COMMENT ON COLUMN incidents.category IS 'code of the category 警情类别';
COMMENT ON COLUMN incidents.origin IS 'how it became known 来源';
COMMENT ON COLUMN incidents.state IS 'call state 处警状态';
COMMENT ON COLUMN incidents.priority IS '1, 2 or 3 警情等级';
COMMENT ON COLUMN incidents.batch IS 'number of the import''s event in the log';
COMMENT ON COLUMN incidents.synthetic IS 'SYNTHETIC 模拟数据 where it is made up';
COMMENT ON COLUMN incidents.ending IS 'cancelled or merged: a call that was no incident of its own';

INSERT INTO incident_ids (id, at_ms) SELECT id, at_ms FROM incidents_before;
ALTER TABLE incident_ids ADD CONSTRAINT incidents_id PRIMARY KEY (id);

-- The ids follow whatever writes to the table, once a statement.
CREATE FUNCTION frontbeat_keep_ids() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('INSERT INTO %I.incident_ids (id, at_ms) SELECT id, at_ms FROM touched',
                       TG_TABLE_SCHEMA);
    ELSE
        EXECUTE format('DELETE FROM %I.incident_ids WHERE id IN (SELECT id FROM touched)',
                       TG_TABLE_SCHEMA);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER incidents_have_ids AFTER INSERT ON incidents
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION frontbeat_keep_ids();
CREATE TRIGGER incidents_give_ids_back AFTER DELETE ON incidents
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION frontbeat_keep_ids();
CREATE TRIGGER incidents_keep_their_ids BEFORE UPDATE ON incidents FOR EACH ROW
    WHEN (OLD.id <> NEW.id OR OLD.at_ms <> NEW.at_ms)
    EXECUTE FUNCTION frontbeat_refuse('an incident keeps its id and its time');
CREATE TRIGGER incidents_are_not_truncated BEFORE TRUNCATE ON incidents
    FOR EACH STATEMENT EXECUTE FUNCTION frontbeat_refuse('incidents go by DELETE or by frontbeat_drop_incidents');
SELECT frontbeat_guard_partition('incidents_old');

CREATE VIEW incidents_named AS
SELECT i.fid, i.geom, i.id, i.at, i.until, i.category, c.name_en, c.name_zh, i.priority,
       i.origin, i.state, i.synthetic,
       i.at AT TIME ZONE (SELECT timezone FROM district) AS local_time
FROM incidents i LEFT JOIN incident_categories c ON c.code = i.category;
COMMENT ON VIEW incidents_named IS 'incidents with the names of their categories and local time 警情';
SELECT frontbeat_take_grants('incidents_named_before', 'incidents_named');
DROP VIEW incidents_named_before;
DROP TABLE incidents_before;

-- The log ----------------------------------------------------------------------------------------

ALTER TABLE events RENAME TO events_before;
ALTER TABLE events_before DROP CONSTRAINT events_pkey;
DROP INDEX events_of_data, events_at, events_of_positions;

CREATE TABLE events (
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    body json NOT NULL
) PARTITION BY LIST (kind);
SELECT frontbeat_take_grants('events_before', 'events');
CREATE TABLE events_positions PARTITION OF events FOR VALUES IN ('unit_moved')
    PARTITION BY RANGE (at);
CREATE TABLE events_kept PARTITION OF events DEFAULT PARTITION BY RANGE (at);
CREATE TABLE events_positions_old PARTITION OF events_positions
    FOR VALUES FROM (MINVALUE) TO ('1970-01-01T00:00:00Z');
CREATE TABLE events_kept_old PARTITION OF events_kept
    FOR VALUES FROM (MINVALUE) TO ('1970-01-01T00:00:00Z');
SELECT frontbeat_belong_to('events', 'events_positions'), frontbeat_belong_to('events', 'events_kept'),
    frontbeat_belong_to('events_positions', 'events_positions_old'),
    frontbeat_belong_to('events_kept', 'events_kept_old');
INSERT INTO partitions (name, parent, from_ms, until_ms) VALUES
    ('events_positions_old', 'events_positions', -9223372036854775808, 0),
    ('events_kept_old', 'events_kept', -9223372036854775808, 0);
SELECT frontbeat_make_partition(days.parent, days.ms) FROM (
    SELECT DISTINCT CASE kind WHEN 'unit_moved' THEN 'events_positions' ELSE 'events_kept' END AS parent,
        floor(extract(epoch FROM date_trunc('day', at, 'UTC')) * 1000)::bigint AS ms
    FROM events_before WHERE at >= '1970-01-01T00:00:00Z'
) AS days;
INSERT INTO events (sequence, at, kind, body)
    SELECT sequence, at, kind, body FROM events_before ORDER BY sequence;
ALTER TABLE events ADD PRIMARY KEY (sequence, kind, at);
-- The last event that changed what is learned from is asked for often, in a log of many.
CREATE INDEX events_of_data ON events_kept (sequence)
    WHERE kind IN ('workspace_made', 'imported', 'quarantined', 'quarantine_lifted', 'areas_published');
CREATE INDEX events_time ON events USING brin (at);
COMMENT ON TABLE events IS 'event log 事件日志: append-only, numbered without gaps';
COMMENT ON TABLE events_kept IS 'the partitions of events that are kept for ever';
COMMENT ON TABLE events_positions IS 'the partitions of positions of units, which are thinned out and dropped';
COMMENT ON TABLE events_kept_old IS 'a partition of events_kept: before 1970';
COMMENT ON TABLE events_positions_old IS 'a partition of events_positions: the last position of units that stood still since';

-- The number of the last event: no two have one number, whoever writes.
CREATE TABLE event_log_end (
    fid bigint PRIMARY KEY CHECK (fid = 1),
    sequence bigint NOT NULL
);
COMMENT ON TABLE event_log_end IS 'number of the last event: the next one is greater';
INSERT INTO event_log_end SELECT 1, coalesce(max(sequence), 0) FROM events_before;
DROP TABLE events_before;

CREATE FUNCTION frontbeat_number_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ascend boolean;
BEGIN
    EXECUTE format(
        'UPDATE %I.event_log_end AS e SET sequence = n.last
         FROM (SELECT min(sequence) AS first, max(sequence) AS last,
                      count(*) = count(DISTINCT sequence) AS differ FROM appended) AS n
         WHERE n.differ AND n.first > e.sequence RETURNING true', TG_TABLE_SCHEMA) INTO ascend;
    IF ascend IS NULL AND EXISTS (SELECT FROM appended) THEN
        RAISE EXCEPTION 'an event''s number is taken' USING ERRCODE = 'unique_violation';
    END IF;
    -- Whoever watches the log is woken at the commit, once a transaction.
    PERFORM pg_notify('frontbeat_events', TG_TABLE_SCHEMA);
    RETURN NULL;
END
$$;
CREATE TRIGGER events_are_numbered AFTER INSERT ON events
    REFERENCING NEW TABLE AS appended
    FOR EACH STATEMENT EXECUTE FUNCTION frontbeat_number_events();
DROP FUNCTION frontbeat_tell();
CREATE TRIGGER events_are_final BEFORE UPDATE ON events
    FOR EACH ROW EXECUTE FUNCTION frontbeat_refuse('the event log is append-only');
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events_kept
    FOR EACH ROW EXECUTE FUNCTION frontbeat_refuse('the event log is append-only');
CREATE TRIGGER events_are_kept BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION frontbeat_refuse('the event log is append-only');
SELECT frontbeat_guard_partition('events_kept'), frontbeat_guard_partition('events_positions'),
    frontbeat_guard_partition('events_kept_old'), frontbeat_guard_partition('events_positions_old');

-- The next number is made of the newest event's: without it nothing more would be taken in.
CREATE FUNCTION frontbeat_keep_newest() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
BEGIN
    EXECUTE format('SELECT sequence FROM %I.event_log_end', TG_TABLE_SCHEMA) INTO newest;
    IF OLD.sequence = newest THEN
        RAISE EXCEPTION 'the newest event stays: the next number is made of its number'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER events_newest_stays BEFORE DELETE ON events_positions
    FOR EACH ROW EXECUTE FUNCTION frontbeat_keep_newest();

DROP FUNCTION frontbeat_take_grants(regclass, regclass);

-- Who may write to the whole writes, by its triggers and its default, to what stands beside it.
DO $$
DECLARE
    it record;
BEGIN
    FOR it IN
        SELECT b.needs, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS who
        FROM pg_class c, aclexplode(c.relacl) AS a,
            (VALUES ('incidents', 'SELECT', 'SELECT ON incident_ids'),
                    ('incidents', 'INSERT', 'INSERT ON incident_ids'),
                    ('incidents', 'INSERT', 'USAGE ON SEQUENCE incidents_fid'),
                    ('incidents', 'DELETE', 'SELECT, DELETE ON incident_ids'),
                    ('events', 'INSERT', 'SELECT, UPDATE ON event_log_end'),
                    ('events', 'DELETE', 'SELECT ON event_log_end')) AS b (name, may, needs)
        WHERE c.oid = b.name::regclass AND a.privilege_type = b.may AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT %s TO %s', it.needs, it.who);
    END LOOP;
END
$$;

-- Since version 9: incidents and the log lie in partitions by time. A year of incidents is one, a
-- year of the log, and of the positions in it a week: what is kept for some weeks only goes by
-- whole partitions. A partition is made before it is written to, and ahead of the time.
--
-- A key of a partitioned table has to hold what it is parted by. So the ids of incidents, which
-- are unique whatever their time, have a table of their own, and so has the end of the log.

-- What others have built on the tables, or were granted.
DO $$
DECLARE
    others text;
BEGIN
    SELECT string_agg(DISTINCT v.oid::regclass::text, ', ') INTO others
        FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid IN ('incidents'::regclass, 'events'::regclass, 'incidents_named'::regclass)
            AND v.oid <> 'incidents_named'::regclass;
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'views of your own stand on incidents or events, which become tables in '
            'parts: %. Drop them, open the workspace again, and make them anew', others;
    END IF;
END
$$;
CREATE TEMPORARY TABLE frontbeat_grants ON COMMIT DROP AS
    SELECT c.relname, a.privilege_type, a.grantee, a.is_grantable
    FROM pg_class c, aclexplode(c.relacl) AS a
    WHERE c.oid IN ('incidents'::regclass, 'events'::regclass, 'incidents_named'::regclass)
        AND a.grantee <> c.relowner;

CREATE TABLE partitions (
    name text COLLATE "C" PRIMARY KEY,
    parent text COLLATE "C" NOT NULL
        CHECK (parent IN ('incidents', 'events_kept', 'events_positions')),
    from_ms bigint NOT NULL,
    until_ms bigint NOT NULL CHECK (until_ms > from_ms)
);
COMMENT ON TABLE partitions IS 'partitions of incidents and events 分区: which times lie where';
COMMENT ON COLUMN partitions.from_ms IS 'milliseconds since 1970; the least number for no beginning';
COMMENT ON COLUMN partitions.until_ms IS 'just after it; the greatest number for no end';

CREATE TABLE incident_ids (
    id text COLLATE "C" NOT NULL,
    at_ms bigint NOT NULL
);
COMMENT ON TABLE incident_ids IS 'ids of incidents 警情编号: unique over all partitions, and when each was';
COMMENT ON COLUMN incident_ids.at_ms IS 'at of the incident, in milliseconds since 1970';

-- Prepares the table of the partition of an instant where there is none, and returns its name. It
-- is no partition yet: many rows are written to it quicker now than later.
CREATE FUNCTION frontbeat_prepare_partition(of text, ms bigint) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    here CONSTANT text := current_schema();
    epoch CONSTANT timestamptz := '1970-01-01T00:00:00Z';
    far CONSTANT timestamptz := '2100-01-01T00:00:00Z';
    unit CONSTANT text := CASE of WHEN 'events_positions' THEN 'week' ELSE 'year' END;
    utc timestamp;
    first_at timestamptz;
    end_at timestamptz;
    end_ms bigint;
    partition text;
BEGIN
    IF EXISTS (SELECT FROM partitions p
               WHERE p.parent = of AND p.from_ms <= ms AND ms < p.until_ms) THEN
        RETURN NULL;
    END IF;
    IF ms >= extract(epoch FROM far) * 1000 THEN
        partition := of || '_late';
        first_at := far;
        end_ms := 9223372036854775807;
    ELSE
        utc := date_trunc(unit, (epoch + ms * interval '1 millisecond') AT TIME ZONE 'UTC');
        first_at := greatest(epoch, utc AT TIME ZONE 'UTC');
        end_at := least(far, (utc + ('1 ' || unit)::interval) AT TIME ZONE 'UTC');
        end_ms := extract(epoch FROM end_at) * 1000;
        partition := of || to_char(first_at AT TIME ZONE 'UTC',
            CASE unit WHEN 'year' THEN '_YYYY' ELSE '_YYYY_MM_DD' END);
    END IF;
    EXECUTE format('CREATE TABLE %I.%I (LIKE %I.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                   here, partition, here, of);
    EXECUTE format('COMMENT ON TABLE %I.%I IS %L', here, partition, 'a partition of ' || of);
    INSERT INTO partitions (name, parent, from_ms, until_ms)
        VALUES (partition, of, extract(epoch FROM first_at) * 1000, end_ms);
    RETURN partition;
END
$$;

-- Triggers of a statement do not see what is written to a partition by its own name: it would be
-- without an id or a number. (Those of a row do.)
CREATE FUNCTION frontbeat_guard_partition(partition text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER is_written_as_a_whole BEFORE INSERT OR DELETE OR TRUNCATE ON %I.%I
         FOR EACH STATEMENT EXECUTE FUNCTION %I.frontbeat_refuse(%L)', current_schema(), partition,
        current_schema(), 'write to incidents or events, and not to one of their partitions');
END
$$;

-- Makes a table that was prepared a partition, with its indexes, and notes the ids of incidents
-- that were written to it. The parent is locked so that it can still be read and written to.
CREATE FUNCTION frontbeat_attach_partition(partition text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    here CONSTANT text := current_schema();
    epoch CONSTANT timestamptz := '1970-01-01T00:00:00Z';
    it partitions;
    by_ms boolean;
BEGIN
    SELECT * INTO STRICT it FROM partitions p WHERE p.name = partition;
    by_ms := it.parent = 'incidents';
    IF by_ms THEN
        -- By their order, so that the key grows at one place; where it is made of all of them
        -- together later, by none.
        EXECUTE format('INSERT INTO %I.incident_ids (id, at_ms) SELECT id, at_ms FROM %I.%I %s',
                       here, here, partition,
                       CASE WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.conname = 'incidents_id'
                                             AND k.connamespace = to_regnamespace(quote_ident(here)))
                            THEN 'ORDER BY id' END);
    END IF;
    EXECUTE format(
        'ALTER TABLE %I.%I ATTACH PARTITION %I.%I FOR VALUES FROM (%s) TO (%s)',
        here, it.parent, here, partition,
        CASE WHEN by_ms THEN it.from_ms::text
             ELSE quote_literal(epoch + it.from_ms * interval '1 millisecond') END,
        CASE WHEN it.until_ms = 9223372036854775807 THEN 'MAXVALUE'
             WHEN by_ms THEN it.until_ms::text
             ELSE quote_literal(epoch + it.until_ms * interval '1 millisecond') END);
    PERFORM frontbeat_guard_partition(partition);
END
$$;

-- Makes the partition of an instant where it is missing; whether it did.
CREATE FUNCTION frontbeat_make_partition(of text, ms bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    made CONSTANT text := frontbeat_prepare_partition(of, ms);
BEGIN
    IF made IS NOT NULL THEN
        PERFORM frontbeat_attach_partition(made);
    END IF;
    RETURN made IS NOT NULL;
END
$$;

-- The oldest week of positions that ended by an instant: its partition, its newest number, and the
-- number of the last position of each unit in it; no row where there is none. It looks at all of
-- them, and is asked before the turn to write is taken.
CREATE FUNCTION frontbeat_oldest_positions(before_ms bigint)
RETURNS TABLE (partition text, newest bigint, last_ones text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    old CONSTANT text := (SELECT p.name FROM partitions p
        WHERE p.parent = 'events_positions' AND p.name <> 'events_positions_old'
            AND p.until_ms <= before_ms
        ORDER BY p.from_ms LIMIT 1);
BEGIN
    IF old IS NOT NULL THEN
        RETURN QUERY EXECUTE format(
            'SELECT $1, coalesce(max(u.last), 0), coalesce(json_agg(u.last)::text, ''[]'')
             FROM (SELECT max(sequence) AS last FROM %I.%I GROUP BY body ->> ''unit'') AS u',
            current_schema(), old) USING old;
    END IF;
END
$$;

-- Lets go of that week, by its partition; no where it is not what was looked at any more. The last
-- one of each unit stays, with the oldest: it is where the unit is. Nothing here takes the longer
-- the more positions there are: they are found by their numbers, also where the server knows so little
-- of a week that it would rather look through it.
CREATE FUNCTION frontbeat_drop_positions(partition text, newest bigint, last_ones text)
RETURNS boolean LANGUAGE plpgsql SET enable_seqscan TO off SET jit TO off AS $$
DECLARE
    here CONSTANT text := current_schema();
    staying CONSTANT bigint[] := ARRAY(
        SELECT it.value::bigint FROM json_array_elements_text(last_ones::json) AS it (value));
    old partitions;
    is_so boolean;
BEGIN
    SELECT * INTO old FROM partitions p
        WHERE p.name = partition AND p.parent = 'events_positions'
            AND NOT EXISTS (SELECT FROM partitions q WHERE q.parent = p.parent
                            AND q.name <> 'events_positions_old' AND q.from_ms < p.from_ms);
    IF NOT FOUND OR partition = 'events_positions_old' THEN
        RETURN false;
    END IF;
    -- Numbers ascend: what has come in since is newer than the newest.
    EXECUTE format('LOCK TABLE %I.%I IN EXCLUSIVE MODE', here, partition);
    EXECUTE format(
        'SELECT coalesce((SELECT max(sequence) FROM %1$I.%2$I), 0) = $1
             AND (SELECT count(*) FROM %1$I.%2$I WHERE sequence = ANY ($2)) = cardinality($2)',
        here, partition) INTO is_so USING newest, staying;
    IF NOT is_so THEN
        RETURN false;
    END IF;
    -- From here on nobody reads the log until the commit.
    EXECUTE format('ALTER TABLE %I.events_positions DETACH PARTITION %I.events_positions_old',
                   here, here);
    EXECUTE format('ALTER TABLE %I.events_positions DETACH PARTITION %I.%I',
                   here, here, partition);
    EXECUTE format('ALTER TABLE %I.events_positions_old DISABLE TRIGGER is_written_as_a_whole', here);
    EXECUTE format('INSERT INTO %I.events_positions_old SELECT * FROM %I.%I WHERE sequence = ANY ($1)',
                   here, here, partition) USING staying;
    EXECUTE format('ALTER TABLE %I.events_positions_old ENABLE TRIGGER is_written_as_a_whole', here);
    EXECUTE format(
        'ALTER TABLE %I.events_positions ATTACH PARTITION %I.events_positions_old
         FOR VALUES FROM (MINVALUE) TO (%L)',
        here, here, to_timestamp(old.until_ms / 1000));
    EXECUTE format('DROP TABLE %I.%I', here, partition);
    DELETE FROM partitions p WHERE p.name = partition;
    UPDATE partitions p SET until_ms = old.until_ms WHERE p.name = 'events_positions_old';
    RETURN true;
END
$$;

-- Lets go of the incidents of whole years that ended by an instant, with their ids; how many
-- partitions. Nothing in the program calls it: what is learned from is an operator's decision.
CREATE FUNCTION frontbeat_drop_incidents(before timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    here CONSTANT text := current_schema();
    old record;
    dropped bigint := 0;
BEGIN
    FOR old IN
        SELECT p.name, p.from_ms, p.until_ms FROM partitions p
        WHERE p.parent = 'incidents' AND p.name <> 'incidents_old'
            AND p.until_ms <= extract(epoch FROM before) * 1000
    LOOP
        DELETE FROM incident_ids i WHERE i.at_ms >= old.from_ms AND i.at_ms < old.until_ms;
        EXECUTE format('ALTER TABLE %I.incidents DETACH PARTITION %I.%I', here, here, old.name);
        EXECUTE format('DROP TABLE %I.%I', here, old.name);
        DELETE FROM partitions p WHERE p.name = old.name;
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

-- Incidents -----------------------------------------------------------------------------------

DROP VIEW incidents_named;
ALTER TABLE incidents RENAME TO incidents_before;
ALTER TABLE incidents_before ALTER COLUMN fid DROP IDENTITY;
ALTER TABLE incidents_before DROP CONSTRAINT incidents_pkey, DROP CONSTRAINT incidents_id;
DROP INDEX incidents_at, incidents_time, incidents_geom;

CREATE SEQUENCE incidents_fid;
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
CREATE TABLE incidents_old PARTITION OF incidents FOR VALUES FROM (MINVALUE) TO (0);
COMMENT ON TABLE incidents_old IS 'a partition of incidents: before 1970';
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
DROP TABLE incidents_before;

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
CREATE TABLE events_positions PARTITION OF events FOR VALUES IN ('unit_moved')
    PARTITION BY RANGE (at);
CREATE TABLE events_kept PARTITION OF events DEFAULT PARTITION BY RANGE (at);
CREATE TABLE events_positions_old PARTITION OF events_positions
    FOR VALUES FROM (MINVALUE) TO ('1970-01-01T00:00:00Z');
CREATE TABLE events_kept_old PARTITION OF events_kept
    FOR VALUES FROM (MINVALUE) TO ('1970-01-01T00:00:00Z');
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

DO $$
DECLARE
    it record;
BEGIN
    FOR it IN SELECT * FROM frontbeat_grants LOOP
        EXECUTE format('GRANT %s ON %I.%I TO %s%s', it.privilege_type, current_schema(), it.relname,
                       CASE it.grantee WHEN 0 THEN 'PUBLIC' ELSE it.grantee::regrole::text END,
                       CASE WHEN it.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
END
$$;

-- Since version 9: incidents and the log lie in partitions by time. A year of incidents is one, a
-- year of the log, and of the positions in it a week: what is kept for some weeks only goes by
-- whole partitions. A partition is made before it is written to, and ahead of the time.
--
-- A key of a partitioned table has to hold what it is parted by. So the ids of incidents, which
-- are unique whatever their time, have a table of their own, and so has the end of the log.

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

-- A part belongs to whom the whole belongs, whoever makes it, so that all members of the owner's role
-- can attach and drop it. And whatever default privileges say, nobody may do with a part what they may
-- not do with the whole, nor read it where they may not read all of its rows.
CREATE FUNCTION frontbeat_belong_to(of text, part text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    here CONSTANT text := quote_ident(current_schema());
    whole CONSTANT regclass := here || '.' || quote_ident(of);
    mine CONSTANT regclass := here || '.' || quote_ident(part);
    owner CONSTANT oid := (SELECT c.relowner FROM pg_class c WHERE c.oid = whole);
    it record;
BEGIN
    FOR it IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS who,
            a.privilege_type AS what
        FROM pg_class c, aclexplode(c.relacl) AS a, pg_partition_ancestors(whole) AS p
        JOIN pg_class w ON w.oid = p.relid
        WHERE c.oid = mine AND a.grantee <> c.relowner AND (w.relrowsecurity
            OR NOT has_table_privilege(a.grantee, w.oid, a.privilege_type))
    LOOP
        EXECUTE format('REVOKE %s ON %s FROM %s', it.what, mine, it.who);
    END LOOP;
    BEGIN
        IF owner <> (SELECT c.relowner FROM pg_class c WHERE c.oid = mine) THEN
            EXECUTE format('ALTER TABLE %s OWNER TO %s', mine, owner::regrole);
        END IF;
    EXCEPTION WHEN insufficient_privilege THEN
        -- Who makes it can write to it all the same: nothing is refused for that.
        RAISE WARNING 'the partition % stays with who made it: %', mine, SQLERRM;
    END;
END
$$;

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
    PERFORM frontbeat_belong_to(of, partition);
    IF of = 'incidents' THEN
        -- It has no primary key: without this, whoever publishes all tables would have no incident
        -- change its state any more.
        EXECUTE format('ALTER TABLE %I.%I REPLICA IDENTITY FULL', here, partition);
    END IF;
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

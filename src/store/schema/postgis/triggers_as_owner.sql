-- Since version 10: the ids of incidents and the end of the log are kept by triggers that work as
-- the owner of the tables, so that whoever may insert into incidents needs no right to what stands
-- beside them.
--
-- Such a function does what its owner may do. So it does it for the owner's tables only, whoever may
-- put it on another one: the right to execute it comes back with a restore without privileges, by a
-- grant on all functions, or by default privileges.

DO $$
DECLARE
    owner CONSTANT regrole := (SELECT relowner FROM pg_class WHERE oid = 'events'::regclass);
    strangers text;
BEGIN
    SELECT string_agg(s.remedy, '; ' ORDER BY s.remedy) INTO strangers FROM (
        SELECT format('ALTER FUNCTION %s OWNER TO %s', p.oid::regprocedure, owner) AS remedy
        FROM pg_proc p WHERE p.proowner <> owner AND p.oid IN ('frontbeat_keep_ids()'::regprocedure,
            'frontbeat_number_events()'::regprocedure, 'frontbeat_keep_newest()'::regprocedure)
        UNION SELECT format('ALTER TABLE %s OWNER TO %s', c.oid::regclass, owner)
        FROM pg_class c WHERE c.relowner <> owner AND c.oid IN ('event_log_end'::regclass,
            'incidents'::regclass, 'incident_ids'::regclass)
    ) AS s;
    IF strangers IS NOT NULL THEN
        RAISE EXCEPTION 'what keeps incidents'' ids and the log''s numbers belongs to several. '
            'Let a superuser run: %', strangers;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION frontbeat_keep_ids() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
    ids CONSTANT regclass := format('%I.incident_ids', TG_TABLE_SCHEMA);
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.oid IN (ids, TG_RELID)
               AND pg_get_userbyid(c.relowner) <> current_user) THEN
        RAISE EXCEPTION 'permission denied: this keeps the ids of Frontbeat''s own incidents'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('INSERT INTO %s (id, at_ms) SELECT id, at_ms FROM touched', ids);
    ELSE
        EXECUTE format('DELETE FROM %s WHERE id IN (SELECT id FROM touched)', ids);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION frontbeat_number_events() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
    log_end CONSTANT regclass := format('%I.event_log_end', TG_TABLE_SCHEMA);
    -- A program that reads JSON holds no greater number.
    greatest CONSTANT bigint := 9007199254740991;
    ascend boolean;
    is_too_great boolean;
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.oid IN (log_end, TG_RELID)
               AND pg_get_userbyid(c.relowner) <> current_user) THEN
        RAISE EXCEPTION 'permission denied: this numbers Frontbeat''s own log'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT max(sequence) > greatest INTO is_too_great FROM appended;
    IF is_too_great THEN
        RAISE EXCEPTION 'an event''s number is greater than %', greatest
            USING ERRCODE = 'numeric_value_out_of_range';
    END IF;
    EXECUTE format(
        'UPDATE %s AS e SET sequence = n.last
         FROM (SELECT min(sequence) AS first, max(sequence) AS last,
                      count(*) = count(DISTINCT sequence) AS differ FROM appended) AS n
         WHERE n.differ AND n.first > e.sequence RETURNING true', log_end) INTO ascend;
    IF ascend IS NULL AND EXISTS (SELECT FROM appended) THEN
        -- Whoever looks at the log's end again has one that is not.
        RAISE EXCEPTION 'an event''s number is taken' USING ERRCODE = 'serialization_failure';
    END IF;
    -- Whoever watches the log is woken at the commit, once a transaction.
    PERFORM pg_notify('frontbeat_events', TG_TABLE_SCHEMA);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION frontbeat_keep_newest() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path TO pg_catalog, pg_temp AS $$
DECLARE
    log_end CONSTANT regclass := format('%I.event_log_end', TG_TABLE_SCHEMA);
    newest bigint;
BEGIN
    -- A part may belong to who made it, the whole does not.
    IF EXISTS (SELECT FROM pg_class c
               WHERE c.oid IN (log_end, coalesce(pg_partition_root(TG_RELID), TG_RELID))
               AND pg_get_userbyid(c.relowner) <> current_user) THEN
        RAISE EXCEPTION 'permission denied: this keeps the end of Frontbeat''s own log'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('SELECT sequence FROM %s', log_end) INTO newest;
    IF OLD.sequence = newest THEN
        RAISE EXCEPTION 'the newest event stays: the next number is made of its number'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$$;

REVOKE ALL ON FUNCTION frontbeat_keep_ids(), frontbeat_number_events(), frontbeat_keep_newest()
    FROM PUBLIC;

-- What version 9 had to give.
DO $$
DECLARE
    it record;
BEGIN
    FOR it IN
        SELECT c.oid::regclass AS name,
            CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS who
        FROM pg_class c, aclexplode(c.relacl) AS a
        WHERE c.oid IN ('event_log_end'::regclass, 'incident_ids'::regclass)
            AND a.grantee <> c.relowner AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM %s', it.name, it.who);
    END LOOP;
END
$$;

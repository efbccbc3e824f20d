-- Since version 10: the ids of incidents and the end of the log are kept by triggers that work as
-- the owner of the tables, so that whoever may append to the whole needs no right to what stands
-- beside it, where a number set back would let the log be written twice.

DO $$
DECLARE
    own CONSTANT regprocedure[] := ARRAY['frontbeat_keep_ids()', 'frontbeat_number_events()',
                                         'frontbeat_keep_newest()']::regprocedure[];
    owner CONSTANT regrole := (SELECT relowner FROM pg_class WHERE oid = 'event_log_end'::regclass);
    strangers text;
    it record;
BEGIN
    SELECT string_agg(format('ALTER FUNCTION %s OWNER TO %s', p.oid::regprocedure, owner), '; ')
        INTO strangers FROM pg_proc p WHERE p.oid = ANY (own) AND p.proowner <> owner;
    IF strangers IS NOT NULL THEN
        RAISE EXCEPTION 'what keeps the log''s numbers belongs to somebody else than its tables. '
            'Let a superuser run: %', strangers;
    END IF;
    FOR it IN SELECT unnest(own) AS name LOOP
        -- Nobody else may put it on a table of theirs: it would do there what the owner may do.
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', it.name);
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path TO pg_catalog, pg_temp',
                       it.name);
    END LOOP;
    -- What version 9 had to give.
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

-- Since version 9, before incidents and the log move into partitions: what others have put on
-- these tables, and would be lost with them. Who is held back by a policy would see every row. So
-- it is named, and nothing is changed.

-- So that nothing is put on them meanwhile.
LOCK TABLE incidents, events IN ACCESS EXCLUSIVE MODE;

DO $$
DECLARE
    remade CONSTANT regclass[] := ARRAY['incidents', 'events', 'incidents_named'];
    others text;
BEGIN
    SELECT string_agg(o.what, ', ' ORDER BY o.what COLLATE "C") INTO others FROM (
        SELECT 'view ' || v.oid::regclass AS what
            FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = ANY (remade) AND v.relkind IN ('v', 'm') AND v.oid <> ALL (remade)
        UNION SELECT 'row-level security on ' || c.oid::regclass FROM pg_class c
            WHERE c.oid = ANY (remade) AND (c.relrowsecurity OR c.relforcerowsecurity)
        UNION SELECT format('policy %I on %s', p.polname, p.polrelid::regclass) FROM pg_policy p
            WHERE p.polrelid = ANY (remade)
        UNION SELECT format('grants on the column %I of %s', a.attname, a.attrelid::regclass)
            FROM pg_attribute a WHERE a.attrelid = ANY (remade) AND a.attacl IS NOT NULL
        UNION SELECT format('trigger %I on %s', t.tgname, t.tgrelid::regclass) FROM pg_trigger t
            WHERE t.tgrelid = ANY (remade) AND NOT t.tgisinternal AND t.tgname NOT IN
                ('events_are_final', 'events_are_not_deleted', 'events_are_kept', 'events_are_told')
        UNION SELECT format('rule %I on %s', r.rulename, r.ev_class::regclass) FROM pg_rewrite r
            WHERE r.ev_class = ANY (remade) AND r.rulename <> '_RETURN'
        UNION SELECT format('constraint %I of %s', k.conname, k.conrelid::regclass)
            FROM pg_constraint k
            WHERE (k.conrelid = ANY (remade) AND k.contype NOT IN ('n', 't') AND k.conname NOT IN
                ('incidents_pkey', 'incidents_id', 'incidents_category_fkey', 'incidents_origin_check',
                 'incidents_state_check', 'incidents_priority_check', 'incidents_id_check',
                 'incidents_ending_check', 'events_pkey'))
                OR (k.confrelid = ANY (remade) AND k.conrelid <> ALL (remade))
        UNION SELECT format('index %I on %s', i.relname, x.indrelid::regclass)
            FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
            WHERE x.indrelid = ANY (remade) AND i.relname NOT IN
                ('incidents_pkey', 'incidents_id', 'incidents_at', 'incidents_time', 'incidents_geom',
                 'events_pkey', 'events_of_data', 'events_at', 'events_of_positions')
                AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
        UNION SELECT format('statistics %I of %s', s.stxname, s.stxrelid::regclass)
            FROM pg_statistic_ext s WHERE s.stxrelid = ANY (remade)
        UNION SELECT format('column %I of %s', a.attname, a.attrelid::regclass) FROM pg_attribute a
            WHERE a.attnum > 0 AND NOT a.attisdropped AND (
                (a.attrelid = 'incidents'::regclass AND a.attname NOT IN
                    ('fid', 'geom', 'at_ms', 'until_ms', 'category', 'origin', 'state', 'priority',
                     'id', 'at', 'until', 'source_id', 'synthetic', 'batch', 'ending'))
                OR (a.attrelid = 'events'::regclass AND a.attname NOT IN
                    ('sequence', 'at', 'kind', 'body')))
        UNION SELECT format('publication %I of %s', p.pubname, r.prrelid::regclass)
            FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
            WHERE r.prrelid = ANY (remade)
        UNION SELECT format('settings (%s) of %s', array_to_string(c.reloptions, ', '), c.oid::regclass)
            FROM pg_class c WHERE c.oid = 'incidents_named'::regclass AND c.reloptions IS NOT NULL
    ) AS o;
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'incidents and events become tables in parts, and what is on them that is '
            'none of Frontbeat''s would be lost: %. Drop it, open the workspace again, and make it '
            'anew', others;
    END IF;
END
$$;

-- Grants are kept to the letter, whatever default privileges give to a new table; gone when all
-- is moved.
CREATE FUNCTION frontbeat_take_grants(old regclass, new regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    kind CONSTANT text := (SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END
                           FROM pg_class c WHERE c.oid = old);
    who CONSTANT text := 'CASE WHEN a.grantee = 0 THEN ''PUBLIC'' ELSE a.grantee::regrole::text END';
    it record;
BEGIN
    FOR it IN EXECUTE format('SELECT DISTINCT %s AS who FROM pg_class c, aclexplode(c.relacl) AS a
                              WHERE c.oid = $1 AND a.grantee <> c.relowner', who) USING new
    LOOP
        EXECUTE format('REVOKE ALL ON %s %s FROM %s', kind, new, it.who);
    END LOOP;
    FOR it IN EXECUTE format('SELECT %s AS who, a.privilege_type, a.is_grantable
                              FROM pg_class c, aclexplode(c.relacl) AS a
                              WHERE c.oid = $1 AND a.grantee <> c.relowner', who) USING old
    LOOP
        EXECUTE format('GRANT %s ON %s %s TO %s%s', it.privilege_type, kind, new, it.who,
                       CASE WHEN it.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
END
$$;

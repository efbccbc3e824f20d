-- Since version 10: whoever inserts incidents by SQL can't insert one that no program can read: a
-- place that is none, an instant out of every calendar, a number that is not counted.

DO $$
DECLARE
    others text;
BEGIN
    SELECT string_agg(quote_literal(i.id), ', ') INTO others FROM (
        SELECT id FROM incidents WHERE fid <= 0
            OR NOT coalesce(ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90, false)
            OR at_ms NOT BETWEEN -377705023201000 AND 253402207200999
            OR until_ms NOT BETWEEN -377705023201000 AND 253402207200999
        LIMIT 5) AS i;
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'incidents can''t be read with a place or an instant that is none, or a '
            'number below 1. Mend or delete: %', others;
    END IF;
END
$$;
ALTER TABLE incidents
    ADD CONSTRAINT incidents_fid_check CHECK (fid > 0),
    ADD CONSTRAINT incidents_geom_check CHECK (
        coalesce(ST_X(geom) BETWEEN -180 AND 180 AND ST_Y(geom) BETWEEN -90 AND 90, false)),
    -- What Frontbeat's calendar reaches.
    ADD CONSTRAINT incidents_instants_check CHECK (
        at_ms BETWEEN -377705023201000 AND 253402207200999
        AND until_ms BETWEEN -377705023201000 AND 253402207200999);

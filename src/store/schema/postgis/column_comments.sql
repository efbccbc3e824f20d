-- Since version 10: every column says what it holds, in the views too; a GIS shows it where the
-- column is chosen. What a column was said to hold before stays.

DO $$
DECLARE
    it record;
BEGIN
    FOR it IN
        SELECT DISTINCT ON (c.oid, a.attnum) c.relname, a.attname, w.words
        FROM (VALUES
            -- Wherever there is such a column.
            (NULL, 'fid', 'number of the row'),
            (NULL, 'geom', 'WGS 84, longitude and latitude'),
            (NULL, 'id', 'names it 编号'),
            (NULL, 'name', 'name 名称'),
            (NULL, 'name_en', 'English name'),
            (NULL, 'name_zh', 'Chinese name 中文名'),
            (NULL, 'synthetic', 'SYNTHETIC 模拟数据 where it is made up'),
            (NULL, 'made_at', 'when it was made 生成时间'),
            (NULL, 'ended_at', 'until when it held; null while it holds 截止时间'),
            (NULL, 'window_start', 'when its window begins 时段开始'),
            (NULL, 'window_end', 'when its window ends 时段结束'),
            (NULL, 'data_until', 'incidents were known until then 数据截至'),
            (NULL, 'model', 'name of the risk model 模型'),
            (NULL, 'forecast', 'id of the forecast 预测编号'),
            (NULL, 'plan', 'id of the plan 方案编号'),
            (NULL, 'unit', 'id of the unit 单元编号'),
            (NULL, 'call_sign', 'call sign 呼号'),
            (NULL, 'stops', 'how many stops 停靠点数'),
            (NULL, 'sequence', 'number of the event in the log 事件序号'),
            (NULL, 'document', 'the whole, as JSON'),
            (NULL, 'layer', 'name of the layer 图层'),
            (NULL, 'feed', 'name of who delivers 数据源'),
            (NULL, 'reason', 'why 理由'),
            (NULL, 'hook', 'id of the hook 推送编号'),
            -- Incidents and their view.
            (NULL, 'source_id', 'id in the source it was imported from 来源编号'),
            (NULL, 'category', 'code of the category 警情类别'),
            (NULL, 'origin', 'how it became known 来源'),
            ('incidents_named', 'at', 'when it happened, or when the span of time began 发生时间'),
            ('incidents_named', 'until', 'end of the span of time, where only that is known 截止时间'),
            ('incidents_named', 'state', 'call state 处警状态'),
            ('incidents_named', 'priority', '1, 2 or 3 警情等级'),
            ('incidents_named', 'local_time', 'at, on the clocks of the district 当地时间'),
            ('incident_categories', 'code', 'names it in every file 代码'),
            ('incident_categories', 'parent', 'code of the category above it 上级类别'),
            -- Plans.
            (NULL, 'length_m', 'metres 里程'),
            (NULL, 'driving_s', 'seconds on the way 行驶时间'),
            (NULL, 'drive_s', 'seconds on the way from the stop before 行驶时间'),
            (NULL, 'number', 'which one, from 1 序号'),
            (NULL, 'label', 'what is there 地点'),
            (NULL, 'arrival', 'when the unit comes 到达时间'),
            (NULL, 'departure', 'when it goes on 离开时间'),
            (NULL, 'gain', 'expected incidents that the stop meets'),
            ('plans', 'units', 'how many units 单元数'),
            ('plans', 'risk_total', 'expected incidents in the window'),
            -- Surfaces and forecasts.
            (NULL, 'cell', 'H3 cell'),
            (NULL, 'expected', 'incidents expected in the window 预期警情'),
            (NULL, 'area_km2', 'square kilometres 面积'),
            (NULL, 'resolution', 'H3 resolution 分辨率'),
            (NULL, 'expected_total', 'incidents expected in all cells together'),
            (NULL, 'provenance', 'model, data and program that it was made with, as JSON'),
            (NULL, 'scored_at', 'when it was scored 评分时间'),
            ('forecast_scores', 'incidents', 'incidents that happened in the window'),
            (NULL, 'log_score', 'Poisson log score; less is better'),
            (NULL, 'hit_rate_2', 'share of the incidents in the hottest 2 % of the area'),
            (NULL, 'hit_rate_5', 'share of the incidents in the hottest 5 % of the area'),
            (NULL, 'question', 'what was asked, as JSON'),
            (NULL, 'data_version', 'number of the last event that changed what is learned from'),
            (NULL, 'kept_at', 'since when it is kept'),
            (NULL, 'cadence', 'week or shift'),
            ('standing_forecasts', 'since', 'since when it holds'),
            -- The log and the live board.
            ('events', 'at', 'when it happened 时间'),
            ('events', 'kind', 'what kind of event 事件类型'),
            ('events', 'body', 'the event, as JSON'),
            ('event_log_end', 'sequence', 'number of the last event'),
            ('board_snapshots', 'at', 'the board''s time'),
            ('board_snapshots', 'board', 'deflated JSON'),
            ('idempotent_answers', 'at', 'when it was answered'),
            (NULL, 'idempotency_key', 'under which it was asked'),
            (NULL, 'request_hash', 'SHA-256 of the request'),
            (NULL, 'answer', 'what was answered, as JSON'),
            ('api_keys', 'hash', 'SHA-256 of the key'),
            (NULL, 'per_second', 'deliveries a second at most'),
            (NULL, 'revoked_at', 'until when it held; null while it holds'),
            ('unit_links', 'until', 'until when it holds'),
            ('link_keys', 'key', 'signs links of units; not for readers'),
            -- Hooks.
            ('hooks', 'target', 'scheme, host and port of the receiver'),
            ('hooks', 'settings', 'what it wants, as JSON'),
            ('hooks', 'after_sequence', 'it is told of events after this one'),
            ('hooks', 'ended_why', 'revoked or gone'),
            ('hook_secrets', 'url', 'address of the receiver'),
            ('hook_secrets', 'secret', 'signs what is sent'),
            ('hook_deliveries', 'message', 'the header webhook-id'),
            ('hook_deliveries', 'event', 'name of the event'),
            ('hook_deliveries', 'body', 'what is sent, as JSON'),
            ('hook_deliveries', 'state', 'pending, delivered or dead'),
            ('hook_deliveries', 'tries', 'how often it was sent'),
            ('hook_deliveries', 'next_at', 'when it is sent next'),
            ('hook_deliveries', 'tried_at', 'when it was sent last'),
            ('hook_deliveries', 'status', 'HTTP status of the last answer'),
            ('hook_deliveries', 'fault', 'why there was no answer'),
            -- What was drafted, published, held back.
            ('area_versions', 'number', 'which version, from 1'),
            ('area_versions', 'published_at', 'since when it holds'),
            ('area_versions', 'scenario', 'id of the draft it was'),
            ('area_versions', 'areas', 'how many areas'),
            ('scenarios', 'version', 'counts its changes'),
            ('scenarios', 'base', 'version of the areas it was drawn over'),
            (NULL, 'changed_at', 'when it was changed last'),
            ('quarantines', 'batch', 'number of the import''s event; null for a span of time'),
            (NULL, 'start_ms', 'milliseconds since 1970'),
            (NULL, 'end_ms', 'milliseconds since 1970'),
            (NULL, 'added_at', 'since when it holds'),
            (NULL, 'lifted_at', 'until when it held; null while it holds'),
            -- The rest.
            ('frontbeat_schema', 'version', 'version of the tables'),
            ('frontbeat_schema', 'applied_at', 'since when'),
            ('partitions', 'name', 'table'),
            ('partitions', 'parent', 'table that it is a part of'),
            ('road_network', 'imported_at', 'when it was read'),
            ('road_network', 'network', 'the program''s own, packed'),
            ('shifts', 'starts_at', 'local time of day'),
            ('shifts', 'ends_at', 'local time of day; the next day where it is earlier'),
            ('speeds', 'class', 'class of road, as in OpenStreetMap')
        ) AS w (relation, attribute, words)
        JOIN pg_attribute a ON a.attname = w.attribute AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_class c ON c.oid = a.attrelid AND c.relname = coalesce(w.relation, c.relname)
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v')
            AND NOT c.relispartition AND col_description(c.oid, a.attnum) IS NULL
        ORDER BY c.oid, a.attnum, w.relation NULLS LAST
    LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', it.relname, it.attname, it.words);
    END LOOP;
END
$$;

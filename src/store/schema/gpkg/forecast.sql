-- Since version 3: forecasts can't be changed once they are frozen, and how they did; the
-- models' records on the workspace's own past; what is frozen by itself.

CREATE INDEX forecasts_window ON forecasts (window_end);

CREATE TRIGGER forecasts_are_kept BEFORE DELETE ON forecasts
BEGIN
    SELECT RAISE(ABORT, 'a forecast is frozen');
END;

CREATE TRIGGER forecasts_are_final BEFORE UPDATE ON forecasts
BEGIN
    SELECT RAISE(ABORT, 'a forecast is frozen');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER forecasts_are_not_replaced BEFORE INSERT ON forecasts
WHEN EXISTS (SELECT 1 FROM forecasts WHERE id = NEW.id OR fid = NEW.fid)
BEGIN
    SELECT RAISE(ABORT, 'a forecast is frozen');
END;

CREATE TABLE forecast_scores (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    forecast TEXT NOT NULL REFERENCES forecasts (id),
    scored_at DATETIME NOT NULL,
    incidents DOUBLE NOT NULL,
    log_score DOUBLE,
    hit_rate_1 DOUBLE,
    hit_rate_2 DOUBLE,
    hit_rate_5 DOUBLE,
    document TEXT NOT NULL
);

CREATE INDEX forecast_scores_forecast ON forecast_scores (forecast);

CREATE TRIGGER forecast_scores_are_kept BEFORE DELETE ON forecast_scores
BEGIN
    SELECT RAISE(ABORT, 'a score is kept');
END;

CREATE TRIGGER forecast_scores_are_final BEFORE UPDATE ON forecast_scores
BEGIN
    SELECT RAISE(ABORT, 'a score is final; a later one stands beside it');
END;

CREATE TRIGGER forecast_scores_are_not_replaced BEFORE INSERT ON forecast_scores
WHEN EXISTS (SELECT 1 FROM forecast_scores WHERE fid = NEW.fid)
BEGIN
    SELECT RAISE(ABORT, 'a score is final; a later one stands beside it');
END;

CREATE TABLE scorecards (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    question TEXT NOT NULL UNIQUE,
    data_version INTEGER NOT NULL,
    kept_at DATETIME NOT NULL,
    model TEXT NOT NULL,
    document TEXT NOT NULL
);

CREATE TABLE standing_forecasts (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    cadence TEXT NOT NULL CHECK (cadence IN ('week', 'shift')),
    question TEXT NOT NULL,
    since DATETIME NOT NULL,
    ended_at DATETIME
);

-- The last event that changed what is learned from is asked for often, in a log of many.
CREATE INDEX events_of_data ON events (sequence)
    WHERE kind IN ('workspace_made', 'imported', 'quarantined', 'quarantine_lifted');

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('forecast_scores', 'attributes', 'forecast scores 预测评分', 'how frozen forecasts did', NULL),
    ('scorecards', 'attributes', 'scorecards 评分卡', 'the models on the last weeks', NULL),
    ('standing_forecasts', 'attributes', 'standing forecasts 定期预测', 'what is frozen by itself', NULL);

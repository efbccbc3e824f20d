//! The tables of a workspace with their columns, in an order in which they can be filled:
//! what is referred to comes first. What can be drawn anew (`risk_cells`) is not copied, nor
//! are units' links and the key that signs them (`unit_links`, `link_keys`): whoever gets a
//! copy to look at must not speak for units. Nor are hooks with what they have told (`hooks`,
//! `hook_secrets`, `hook_deliveries`): a copy that is served must not tell everything twice.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Real,
    /// Bytes.
    Blob,
    /// An instant.
    Instant,
    /// A JSON document.
    Json,
    /// A point's geometry.
    Point,
    /// An area's geometry, always a multi-polygon.
    Area,
    /// Any other geometry.
    Shape,
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct CopyTable {
    /// Its name.
    pub name: &'static str,
    /// The column of ascending numbers by which its rows are told apart.
    pub key: &'static str,
    /// Its other columns.
    pub columns: &'static [(&'static str, Kind)],
}

const SYNTHETIC: (&str, Kind) = ("synthetic", Kind::Text);

const fn fid(name: &'static str, columns: &'static [(&'static str, Kind)]) -> CopyTable {
    CopyTable {
        name,
        key: "fid",
        columns,
    }
}

const BASEMAP: &[(&str, Kind)] = &[
    ("geom", Kind::Shape),
    ("kind", Kind::Text),
    ("class", Kind::Text),
    ("name", Kind::Text),
    SYNTHETIC,
];

/// All tables.
pub const TABLES: &[CopyTable] = &[
    fid(
        "district",
        &[("name", Kind::Text), ("timezone", Kind::Text), SYNTHETIC],
    ),
    fid(
        "boundary",
        &[("geom", Kind::Area), ("name", Kind::Text), SYNTHETIC],
    ),
    fid(
        "stations",
        &[
            ("geom", Kind::Point),
            ("id", Kind::Text),
            ("name", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "beats",
        &[
            ("geom", Kind::Area),
            ("id", Kind::Text),
            ("name", Kind::Text),
            ("station", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "zones",
        &[
            ("geom", Kind::Area),
            ("id", Kind::Text),
            ("name", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "posts",
        &[
            ("geom", Kind::Point),
            ("id", Kind::Text),
            ("name", Kind::Text),
            ("hours", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "joint_duty_posts",
        &[
            ("geom", Kind::Point),
            ("id", Kind::Text),
            ("name", Kind::Text),
            ("commercial_district", Kind::Text),
            ("visit_every_s", Kind::Real),
            SYNTHETIC,
        ],
    ),
    fid(
        "commercial_districts",
        &[
            ("geom", Kind::Area),
            ("id", Kind::Text),
            ("name", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "pillars",
        &[
            ("geom", Kind::Point),
            ("id", Kind::Text),
            ("name", Kind::Text),
            ("state", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "cameras",
        &[
            ("geom", Kind::Point),
            ("id", Kind::Text),
            ("name", Kind::Text),
            ("view_m", Kind::Real),
            SYNTHETIC,
        ],
    ),
    fid(
        "places",
        &[
            ("geom", Kind::Point),
            ("id", Kind::Text),
            ("name", Kind::Text),
            ("place_kind", Kind::Text),
            ("tier", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "units",
        &[
            ("geom", Kind::Point),
            ("id", Kind::Text),
            ("call_sign", Kind::Text),
            ("unit_kind", Kind::Text),
            ("station", Kind::Text),
            ("status", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "incident_categories",
        &[
            ("code", Kind::Text),
            ("parent", Kind::Text),
            ("name_en", Kind::Text),
            ("name_zh", Kind::Text),
        ],
    ),
    fid(
        "incidents",
        &[
            ("geom", Kind::Point),
            ("at_ms", Kind::Int),
            ("until_ms", Kind::Int),
            ("category", Kind::Text),
            ("origin", Kind::Text),
            ("state", Kind::Text),
            ("priority", Kind::Int),
            ("id", Kind::Text),
            ("at", Kind::Instant),
            ("until", Kind::Instant),
            ("source_id", Kind::Text),
            SYNTHETIC,
            ("batch", Kind::Int),
            ("ending", Kind::Text),
        ],
    ),
    fid(
        "quarantines",
        &[
            ("id", Kind::Text),
            ("batch", Kind::Int),
            ("start_ms", Kind::Int),
            ("end_ms", Kind::Int),
            ("categories", Kind::Text),
            ("reason", Kind::Text),
            ("added_at", Kind::Instant),
            ("lifted_at", Kind::Instant),
        ],
    ),
    fid("speeds", &[("class", Kind::Text), ("kmh", Kind::Real)]),
    fid(
        "road_network",
        &[
            ("imported_at", Kind::Instant),
            ("attribution", Kind::Text),
            ("network", Kind::Blob),
        ],
    ),
    fid("basemap_lines", BASEMAP),
    fid("basemap_areas", BASEMAP),
    fid(
        "basemap_labels",
        &[
            ("geom", Kind::Point),
            ("kind", Kind::Text),
            ("class", Kind::Text),
            ("name", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "shifts",
        &[
            ("id", Kind::Text),
            ("name_en", Kind::Text),
            ("name_zh", Kind::Text),
            ("starts_at", Kind::Text),
            ("ends_at", Kind::Text),
        ],
    ),
    fid(
        "forecasts",
        &[
            ("id", Kind::Text),
            ("made_at", Kind::Instant),
            ("window_start", Kind::Instant),
            ("window_end", Kind::Instant),
            ("data_until", Kind::Instant),
            ("model", Kind::Text),
            ("resolution", Kind::Int),
            ("expected_total", Kind::Real),
            ("provenance", Kind::Json),
            ("cells", Kind::Blob),
            SYNTHETIC,
        ],
    ),
    fid(
        "forecast_scores",
        &[
            ("forecast", Kind::Text),
            ("scored_at", Kind::Instant),
            ("incidents", Kind::Real),
            ("log_score", Kind::Real),
            ("hit_rate_1", Kind::Real),
            ("hit_rate_2", Kind::Real),
            ("hit_rate_5", Kind::Real),
            ("document", Kind::Json),
        ],
    ),
    fid(
        "scorecards",
        &[
            ("question", Kind::Text),
            ("data_version", Kind::Int),
            ("kept_at", Kind::Instant),
            ("model", Kind::Text),
            ("document", Kind::Json),
        ],
    ),
    fid(
        "standing_forecasts",
        &[
            ("id", Kind::Text),
            ("cadence", Kind::Text),
            ("question", Kind::Json),
            ("since", Kind::Instant),
            ("ended_at", Kind::Instant),
        ],
    ),
    fid(
        "plans",
        &[
            ("id", Kind::Text),
            ("made_at", Kind::Instant),
            ("window_start", Kind::Instant),
            ("window_end", Kind::Instant),
            ("units", Kind::Int),
            ("stops", Kind::Int),
            ("risk_covered", Kind::Real),
            ("risk_total", Kind::Real),
            ("document", Kind::Json),
            SYNTHETIC,
        ],
    ),
    fid("plan_bases", &[("plan", Kind::Text), ("basis", Kind::Blob)]),
    fid(
        "api_keys",
        &[
            ("id", Kind::Text),
            ("feed", Kind::Text),
            ("hash", Kind::Text),
            ("per_second", Kind::Int),
            ("made_at", Kind::Instant),
            ("revoked_at", Kind::Instant),
        ],
    ),
    fid(
        "idempotent_answers",
        &[
            ("feed", Kind::Text),
            ("idempotency_key", Kind::Text),
            ("request_hash", Kind::Text),
            ("at", Kind::Instant),
            ("answer", Kind::Text),
        ],
    ),
    fid(
        "board_snapshots",
        &[
            ("sequence", Kind::Int),
            ("at", Kind::Instant),
            ("board", Kind::Blob),
        ],
    ),
    fid(
        "plan_routes",
        &[
            ("geom", Kind::Shape),
            ("plan", Kind::Text),
            ("unit", Kind::Text),
            ("call_sign", Kind::Text),
            ("stops", Kind::Int),
            ("length_m", Kind::Real),
            ("driving_s", Kind::Real),
            SYNTHETIC,
        ],
    ),
    fid(
        "plan_stops",
        &[
            ("geom", Kind::Point),
            ("plan", Kind::Text),
            ("unit", Kind::Text),
            ("call_sign", Kind::Text),
            ("number", Kind::Int),
            ("label", Kind::Text),
            ("arrival", Kind::Instant),
            ("departure", Kind::Instant),
            ("drive_s", Kind::Real),
            ("gain", Kind::Real),
            ("reason", Kind::Text),
            SYNTHETIC,
        ],
    ),
    fid(
        "scenarios",
        &[
            ("id", Kind::Text),
            ("name", Kind::Text),
            ("layer", Kind::Text),
            ("version", Kind::Int),
            ("base", Kind::Int),
            ("made_at", Kind::Instant),
            ("changed_at", Kind::Instant),
            ("document", Kind::Blob),
        ],
    ),
    fid(
        "area_versions",
        &[
            ("layer", Kind::Text),
            ("number", Kind::Int),
            ("published_at", Kind::Instant),
            ("reason", Kind::Text),
            ("scenario", Kind::Text),
            ("areas", Kind::Int),
            ("document", Kind::Blob),
        ],
    ),
    CopyTable {
        name: "events",
        key: "sequence",
        columns: &[
            ("at", Kind::Instant),
            ("kind", Kind::Text),
            ("body", Kind::Json),
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sqlx::{Connection, Row, SqliteConnection};

    use super::*;
    use crate::store::gpkg::migrate::migrate;
    use crate::store::schema::GPKG;

    /// A table or a column that a later version adds is not forgotten here.
    #[tokio::test]
    async fn every_table_and_column_is_copied() {
        let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        migrate(&mut conn, "x", GPKG).await.unwrap();
        let rows = sqlx::query(
            "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'gpkg_%'
             AND t.name NOT IN ('layer_styles', 'frontbeat_schema', 'unit_links', 'link_keys',
                 'hooks', 'hook_secrets', 'hook_deliveries')",
        )
        .fetch_all(&mut conn)
        .await
        .unwrap();
        let there: BTreeSet<(String, String)> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let copied = TABLES.iter().flat_map(|table| {
            let columns = table.columns.iter().map(|(column, _)| *column);
            columns
                .chain([table.key])
                .map(|column| (table.name.to_owned(), column.to_owned()))
        });
        assert_eq!(there, copied.collect());
    }
}

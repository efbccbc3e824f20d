//! The first view of each layer in QGIS: the table `layer_styles`, with QML for QGIS and
//! SLD for others. Kinds differ by shape as well as by colour.

use sqlx::SqliteConnection;

use crate::exchange::write::layers::layer_named;
use crate::store::gpkg::qml::{FirstView, Symbol, qml, sld};

/// How one layer is drawn.
#[derive(Debug, Clone, Copy)]
struct LayerStyle {
    table: &'static str,
    symbol: Symbol,
    /// Column whose text is written beside each feature.
    label: Option<&'static str>,
}

const STYLES: &[LayerStyle] = &[
    area("boundary", "#1f2937", 0.8, None, None),
    area("beats", "#475569", 0.35, None, Some("name")),
    area("zones", "#7c3aed", 0.5, None, Some("name")),
    area(
        "commercial_districts",
        "#b45309",
        0.4,
        Some("#fde68a"),
        Some("name"),
    ),
    marker("stations", "star", "#1d4ed8", 5.0, Some("name")),
    marker("posts", "square", "#1d4ed8", 3.0, Some("name")),
    marker("joint_duty_posts", "pentagon", "#b45309", 4.0, Some("name")),
    marker("pillars", "triangle", "#dc2626", 3.0, None),
    marker("cameras", "half_square", "#0f766e", 2.4, None),
    marker("places", "diamond", "#6b7280", 2.2, None),
    marker(
        "units",
        "arrowhead_filled",
        "#047857",
        4.0,
        Some("call_sign"),
    ),
    marker("incidents", "circle", "#9f1239", 1.2, None),
    line("basemap_lines", "#cbd5e1", 0.3, None),
    area("basemap_areas", "#cbd5e1", 0.1, Some("#e5e7eb"), None),
    marker("basemap_labels", "cross2", "#94a3b8", 1.0, Some("name")),
    line("plan_routes", "#2563eb", 0.9, Some("call_sign")),
    marker("plan_stops", "hexagon", "#2563eb", 3.2, Some("number")),
];

/// Adds the style of each layer that has none; one that a user changed stays.
///
/// # Errors
/// The database's own fault.
pub async fn complete(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let styled: Vec<String> = sqlx::query_scalar("SELECT f_table_name FROM layer_styles")
        .fetch_all(&mut *conn)
        .await?;
    for style in STYLES
        .iter()
        .filter(|s| !styled.iter().any(|t| t == s.table))
    {
        let view = FirstView {
            symbol: style.symbol,
            classes: None,
            label: style.label,
            titles: titles(conn, style.table).await?,
        };
        sqlx::query(
            "INSERT INTO layer_styles
                 (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,
                  styleQML, styleSLD, useAsDefault, description, owner)
             VALUES ('', '', ?, 'geom', 'frontbeat', ?, ?, 1, 'first view', '')",
        )
        .bind(style.table)
        .bind(qml(&view))
        .bind(sld(style.table, &view))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Titles of a table's columns in both languages, as exports have them: QGIS takes them from the
/// style only.
async fn titles(
    conn: &mut SqliteConnection,
    table: &'static str,
) -> Result<Vec<(&'static str, String)>, sqlx::Error> {
    let there: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
        .bind(table)
        .fetch_all(conn)
        .await?;
    let columns = layer_named(table).map_or(&[][..], |layer| layer.columns);
    let known = columns
        .iter()
        .filter(|column| there.iter().any(|name| name == column.name));
    Ok(known.map(|c| (c.name, c.label(true))).collect())
}

const fn marker(
    table: &'static str,
    shape: &'static str,
    colour: &'static str,
    size_mm: f64,
    label: Option<&'static str>,
) -> LayerStyle {
    LayerStyle {
        table,
        symbol: Symbol::Marker {
            shape,
            colour,
            size_mm,
        },
        label,
    }
}

const fn line(
    table: &'static str,
    colour: &'static str,
    width_mm: f64,
    label: Option<&'static str>,
) -> LayerStyle {
    LayerStyle {
        table,
        symbol: Symbol::Line { colour, width_mm },
        label,
    }
}

const fn area(
    table: &'static str,
    outline: &'static str,
    width_mm: f64,
    fill: Option<&'static str>,
    label: Option<&'static str>,
) -> LayerStyle {
    LayerStyle {
        table,
        symbol: Symbol::Area {
            outline,
            width_mm,
            fill,
        },
        label,
    }
}

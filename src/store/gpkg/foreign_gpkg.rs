//! A GeoPackage 1.3 for others (OGC 12-128r17): layers with a first style for QGIS, column
//! titles in English and Chinese, and an R-tree.
//!
//! Unlike the workspace, which this program goes on writing to, such a file is made once and
//! then belongs to GIS programs, who bring along the functions that the R-tree's triggers
//! call: so it has them. Rows go in by the thousand, in one transaction.

use std::path::Path;

use geo::BoundingRect;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection};

use crate::exchange::write::layer::{ColumnKind, GeometryKind, Layer};
use crate::exchange::write::options::{OutFrame, WriteOptions};
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::store::error::StoreError;
use crate::store::gpkg::contents::{APPLICATION_ID, USER_VERSION};
use crate::store::gpkg::geometry::{WGS_84, encode};
use crate::store::gpkg::qml::{FirstView, Symbol, qml, sld};

const SCHEMA: &str = include_str!("../schema/gpkg/geopackage.sql");

const EXTENSIONS: &str = "
CREATE TABLE gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
CREATE TABLE gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
    description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
    min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN,
    description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
INSERT INTO gpkg_extensions VALUES
    ('gpkg_data_columns', NULL, 'gpkg_schema',
     'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
    ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
     'http://www.geopackage.org/spec121/#extension_schema', 'read-write');";

/// The triggers of the R-tree extension (annex F.3); `T` stands for the table.
const TRIGGERS: &str = r#"
CREATE TRIGGER "rtree_T_geom_insert" AFTER INSERT ON "T"
  WHEN (new."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN INSERT OR REPLACE INTO "rtree_T_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"),
  ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_T_geom_update1" AFTER UPDATE OF "geom" ON "T"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN INSERT OR REPLACE INTO "rtree_T_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"),
  ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_T_geom_update2" AFTER UPDATE OF "geom" ON "T"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "rtree_T_geom" WHERE id = OLD."fid"; END;
CREATE TRIGGER "rtree_T_geom_update3" AFTER UPDATE ON "T"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "rtree_T_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_T_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"),
  ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_T_geom_update4" AFTER UPDATE ON "T"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "rtree_T_geom" WHERE id IN (OLD."fid", NEW."fid"); END;
CREATE TRIGGER "rtree_T_geom_delete" AFTER DELETE ON "T" WHEN old."geom" NOT NULL
BEGIN DELETE FROM "rtree_T_geom" WHERE id = OLD."fid"; END;"#;

/// Rows in one statement.
const CHUNK: usize = 400;

/// A GeoPackage in the making.
#[derive(Debug)]
pub struct ForeignGeoPackage {
    conn: SqliteConnection,
    shown: String,
    open: Option<Open>,
}

/// The layer whose rows come next.
#[derive(Debug)]
struct Open {
    layer: &'static Layer,
    table: String,
    srs: i32,
    next: i64,
    extent: Option<[f64; 4]>,
}

impl ForeignGeoPackage {
    /// Makes the file; there must be none.
    ///
    /// # Errors
    /// [`StoreError::NotWritable`].
    pub async fn create(path: &Path) -> Result<Self, StoreError> {
        let shown = path.display().to_string();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            // Nobody reads it before it is whole; a broken-off one is thrown away.
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off);
        let conn = SqliteConnection::connect_with(&options).await;
        let conn = conn.map_err(|fault| unwritable(&shown, fault))?;
        let mut made = Self {
            conn,
            shown,
            open: None,
        };
        made.run(&format!("PRAGMA application_id = {APPLICATION_ID}"))
            .await?;
        made.run(&format!("PRAGMA user_version = {USER_VERSION}"))
            .await?;
        made.run("BEGIN").await?;
        made.run(SCHEMA).await?;
        made.run(EXTENSIONS).await?;
        Ok(made)
    }

    /// The rows that follow are of this layer.
    ///
    /// # Errors
    /// [`StoreError::NotWritable`].
    pub async fn begin(
        &mut self,
        layer: &'static Layer,
        options: &WriteOptions,
    ) -> Result<(), StoreError> {
        self.close_layer().await?;
        let table = options.layer_name(layer);
        let (geometry, srs) = (
            match layer.geometry {
                GeometryKind::Point => "POINT",
                GeometryKind::Line => "LINESTRING",
                GeometryKind::Areas => "MULTIPOLYGON",
            },
            match options.frame {
                OutFrame::Wgs84 => WGS_84,
                // A shifted frame has no code: undefined, degrees.
                OutFrame::Gcj02 | OutFrame::Bd09 => 0,
            },
        );
        let columns: Vec<String> = layer
            .columns
            .iter()
            .map(|column| {
                let kind = match column.kind {
                    ColumnKind::Text => "TEXT",
                    ColumnKind::Whole => "INTEGER",
                    ColumnKind::Real => "DOUBLE",
                    ColumnKind::Flag => "BOOLEAN",
                    ColumnKind::Time => "DATETIME",
                };
                format!("\"{}\" {kind}", column.name)
            })
            .collect();
        // Names are the program's own.
        self.run(&format!(
            "CREATE TABLE \"{table}\" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
             geom {geometry}, {})",
            columns.join(", ")
        ))
        .await?;
        self.run(&format!(
            "CREATE VIRTUAL TABLE \"rtree_{table}_geom\" USING rtree(id, minx, maxx, miny, maxy)"
        ))
        .await?;
        self.register(layer, &table, geometry, srs, options).await?;
        self.open = Some(Open {
            layer,
            table,
            srs,
            next: 1,
            extent: None,
        });
        Ok(())
    }

    /// Rows of the layer, in WGS 84.
    ///
    /// # Errors
    /// [`StoreError::NotWritable`].
    pub async fn rows(
        &mut self,
        rows: &[FeatureRow],
        options: &WriteOptions,
    ) -> Result<(), StoreError> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        let names: Vec<String> = open
            .layer
            .columns
            .iter()
            .map(|column| format!("\"{}\"", column.name))
            .collect();
        for chunk in rows.chunks(CHUNK) {
            let one = format!("({})", vec!["?"; names.len() + 2].join(","));
            let sql = format!(
                "INSERT INTO \"{}\" (fid, geom, {}) VALUES {}",
                open.table,
                names.join(","),
                vec![one.as_str(); chunk.len()].join(",")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            let mut boxes = Vec::with_capacity(chunk.len());
            for row in chunk {
                let fid = open.next;
                open.next += 1;
                let placed = options.placed(row);
                let blob = match &placed.geometry {
                    None => None,
                    Some(shape) => {
                        if let Some(r) = shape.bounding_rect() {
                            boxes.push((fid, [r.min().x, r.min().y, r.max().x, r.max().y]));
                        }
                        let blob = encode(shape, open.srs);
                        Some(blob.map_err(|fault| unwritable(&self.shown, fault))?)
                    }
                };
                query = query.bind(fid).bind(blob);
                for value in &row.values {
                    query = match value {
                        FieldValue::Nothing => query.bind(None::<String>),
                        FieldValue::Text(text) => query.bind(text.clone()),
                        FieldValue::Word(word) => query.bind(*word),
                        FieldValue::Whole(number) => query.bind(*number),
                        FieldValue::Real(number) => query.bind(*number),
                        FieldValue::Flag(flag) => query.bind(*flag),
                        // The standard's DATETIME is UTC.
                        FieldValue::Time(at) => query.bind(format!("{at:.3}")),
                    };
                }
            }
            query
                .execute(&mut self.conn)
                .await
                .map_err(|fault| unwritable(&self.shown, fault))?;
            for (_, [w, s, e, n]) in &boxes {
                let all = open.extent.get_or_insert([*w, *s, *e, *n]);
                *all = [
                    all[0].min(*w),
                    all[1].min(*s),
                    all[2].max(*e),
                    all[3].max(*n),
                ];
            }
            if boxes.is_empty() {
                continue;
            }
            let sql = format!(
                "INSERT INTO \"rtree_{}_geom\" VALUES {}",
                open.table,
                vec!["(?,?,?,?,?)"; boxes.len()].join(",")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (fid, [w, s, e, n]) in boxes {
                query = query.bind(fid).bind(w).bind(e).bind(s).bind(n);
            }
            query
                .execute(&mut self.conn)
                .await
                .map_err(|fault| unwritable(&self.shown, fault))?;
        }
        Ok(())
    }

    /// Writes what is left and closes the file.
    ///
    /// # Errors
    /// [`StoreError::NotWritable`].
    pub async fn finish(mut self) -> Result<(), StoreError> {
        self.close_layer().await?;
        self.run("COMMIT").await?;
        let closed = self.conn.close().await;
        closed.map_err(|fault| unwritable(&self.shown, fault))
    }

    async fn register(
        &mut self,
        layer: &Layer,
        table: &str,
        geometry: &str,
        srs: i32,
        options: &WriteOptions,
    ) -> Result<(), StoreError> {
        let view = first_view(layer);
        let mut queries = vec![
            sqlx::query(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
                 VALUES (?, 'features', ?, ?, ?)",
            )
            .bind(table.to_owned())
            .bind(format!("{table} {}", layer.zh))
            .bind(format!(
                "{} {}",
                options.title(layer),
                options.description(layer)
            ))
            .bind(srs),
            sqlx::query("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)")
                .bind(table.to_owned())
                .bind(geometry.to_owned())
                .bind(srs),
            sqlx::query(
                "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index',
                 'http://www.geopackage.org/spec121/#extension_rtree', 'write-only')",
            )
            .bind(table.to_owned()),
            sqlx::query(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,
                     f_geometry_column, styleName, styleQML, styleSLD, useAsDefault,
                     description, owner)
                 VALUES ('', '', ?, 'geom', 'frontbeat', ?, ?, 1, 'first view', '')",
            )
            .bind(table.to_owned())
            .bind(qml(&view))
            .bind(sld(table, &view)),
        ];
        for column in layer.columns {
            queries.push(
                sqlx::query(
                    "INSERT INTO gpkg_data_columns (table_name, column_name, title, description)
                     VALUES (?, ?, ?, ?)",
                )
                .bind(table.to_owned())
                .bind(column.name)
                .bind(column.label(true))
                .bind(column.label(false)),
            );
        }
        for query in queries {
            let done = query.execute(&mut self.conn).await;
            done.map_err(|fault| unwritable(&self.shown, fault))?;
        }
        Ok(())
    }

    async fn close_layer(&mut self) -> Result<(), StoreError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        if let Some([w, s, e, n]) = open.extent {
            sqlx::query(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?
                 WHERE table_name = ?",
            )
            .bind(w)
            .bind(s)
            .bind(e)
            .bind(n)
            .bind(open.table.as_str())
            .execute(&mut self.conn)
            .await
            .map_err(|fault| unwritable(&self.shown, fault))?;
        }
        // Last, since this program has none of the functions that they call.
        self.run(
            &TRIGGERS
                .replace("rtree_T_geom", &format!("rtree_{}_geom", open.table))
                .replace("\"T\"", &format!("\"{}\"", open.table)),
        )
        .await
    }

    async fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut self.conn)
            .await;
        done.map(|_| ())
            .map_err(|fault| unwritable(&self.shown, fault))
    }
}

/// The column titles stand in the style too: QGIS takes them from there only.
fn first_view(layer: &Layer) -> FirstView {
    let titles = layer.columns.iter();
    FirstView {
        symbol: symbol(layer),
        classes: layer.look.classes,
        label: layer.look.label,
        titles: titles.map(|c| (c.name, c.label(true))).collect(),
    }
}

fn symbol(layer: &Layer) -> Symbol {
    let look = layer.look;
    match layer.geometry {
        GeometryKind::Point => Symbol::Marker {
            shape: look.marker,
            colour: look.colour,
            size_mm: look.size_mm,
        },
        GeometryKind::Line => Symbol::Line {
            colour: look.colour,
            width_mm: look.size_mm,
        },
        GeometryKind::Areas => Symbol::Area {
            outline: look.colour,
            width_mm: look.size_mm,
            fill: look.fill,
        },
    }
}

fn unwritable(path: &str, fault: impl ToString) -> StoreError {
    StoreError::NotWritable {
        path: path.to_owned(),
        why: fault.to_string(),
    }
}

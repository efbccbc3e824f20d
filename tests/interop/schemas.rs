//! The JSON Schemas of what goes out: kept in `docs/schema`, true to the table of columns, and
//! held against real files by Python's `jsonschema`.

use std::path::Path;

use frontbeat::exchange::write::layers::LAYERS;
use frontbeat::exchange::write::schema::layers_schema;

use crate::judges::judge;
use crate::stand::{exported, folder, shown};

/// Set it to write the file anew.
const WRITE: &str = "FRONTBEAT_WRITE_SCHEMAS";

#[test]
fn the_schema_of_layers_is_that_of_the_table_of_columns() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/layers.schema.json");
    let made = format!(
        "{}\n",
        serde_json::to_string_pretty(&layers_schema()).expect("JSON")
    );
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &made).expect("written");
    }
    let kept = std::fs::read_to_string(&file).expect("a file");
    assert!(kept == made, "{WRITE}=1 writes {} anew", file.display());
}

#[test]
fn jsonschema_accepts_files_of_every_layer() {
    let folder = folder();
    for layer in LAYERS {
        // Made for a question, or for a picture.
        if matches!(layer.name, "risk" | "hot_spots" | "forecast_cells") {
            continue;
        }
        exported(folder.path(), layer.name, "geojson", &[]);
    }
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema");
    judge("schemas.py", &[&shown(&schemas), &shown(folder.path())]);
}

//! Judges that speak Python: GeoPandas, PyArrow, openpyxl, gpxpy, lxml, OWSLib, pmtiles,
//! mapbox-vector-tile. They need an
//! environment with `judges/requirements.txt` in it, named by `FRONTBEAT_JUDGES`, which
//! `tests/run` makes.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stand::{Service, exported, folder, sample, shown, succeed};

/// The judges' environment; none, and a line that says so, where there is none.
fn environment(name: &str) -> Option<PathBuf> {
    let environment = std::env::var_os("FRONTBEAT_JUDGES").map(PathBuf::from);
    if environment.is_none() {
        println!(
            "SKIPPED {name}: no FRONTBEAT_JUDGES (an environment with tests/interop/judges/requirements.txt)"
        );
    }
    environment
}

pub fn judge(name: &str, arguments: &[&str]) {
    let Some(environment) = environment(name) else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/interop/judges")
        .join(name);
    let done = Command::new(environment.join("bin/python"))
        .args(["-W", "error::UserWarning"])
        .arg(script)
        .args(arguments)
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&done.stdout);
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {said}{errors}");
    assert!(said.ends_with("accepted\n"), "{name}: {said}{errors}");
}

#[test]
fn geopandas_and_pyarrow_accept_geoparquet() {
    let folder = folder();
    for layer in ["incidents", "beats", "plan_routes", "units"] {
        exported(folder.path(), layer, "parquet", &[]);
        exported(folder.path(), layer, "geojson", &[]);
    }
    judge("geoparquet.py", &[&shown(folder.path())]);
}

#[test]
fn pyogrio_accepts_vector_files() {
    let folder = folder();
    for ending in ["geojson", "fgb", "gpkg"] {
        exported(folder.path(), "incidents", ending, &[]);
        exported(folder.path(), "beats", ending, &[]);
    }
    judge("vector.py", &[&shown(folder.path())]);
}

#[test]
fn openpyxl_accepts_workbooks_and_finds_no_formula() {
    let folder = folder();
    let out = shown(&folder.path().join("a.xlsx"));
    succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--layer",
            "incidents,beats,units",
            "--lang",
            "zh",
            "-o",
            &out,
        ],
    );
    judge("workbook.py", &[&out]);
}

#[test]
fn gpxpy_and_the_kml_schema_accept() {
    let folder = folder();
    let gpx = shown(&folder.path().join("a.gpx"));
    succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--layer",
            "plan_stops,plan_routes,posts",
            "-o",
            &gpx,
        ],
    );
    let kml = shown(&folder.path().join("a.kml"));
    succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--layer",
            "plan_stops,plan_routes,beats,incidents",
            "-o",
            &kml,
        ],
    );
    judge("markup.py", &[&gpx, &kml]);
}

#[test]
fn pmtiles_and_mapbox_vector_tile_accept_the_map() {
    let folder = folder();
    let out = shown(&folder.path().join("map.pmtiles"));
    let said = succeed(folder.path(), &["export", &sample(), "-o", &out]);
    assert!(said.contains("down to zoom 16"), "{said}");
    let service = Service::shared();
    judge("tiles.py", &[&out, &service.ogc()]);
    // The same over HTTP.
    let answer = service.get("/api/export/map.pmtiles");
    assert_eq!(answer.header("content-type"), "application/vnd.pmtiles");
    assert!(answer.body == std::fs::read(&out).expect("a file"));
}

#[test]
fn lxml_accepts_feeds_and_alerts() {
    let service = Service::shared();
    judge("alerts.py", &[&format!("http://{}", service.address)]);
}

#[test]
fn owslib_walks_the_service() {
    judge("walk.py", &[&Service::shared().ogc()]);
}

#[test]
fn the_recipes_run_as_they_stand() {
    let folder = folder();
    exported(folder.path(), "incidents", "parquet", &[]);
    exported(folder.path(), "beats", "geojson", &[]);
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes.md");
    let service = format!("http://{}", Service::shared().address);
    judge(
        "recipes.py",
        &[&shown(&document), &service, &shown(folder.path())],
    );
}

/// What schemathesis looks at.
const CHECKS: &str = "not_a_server_error,response_schema_conformance,content_type_conformance,\
     status_code_conformance";

/// Operations that search until a deadline of seconds.
const SEARCHING: [&str; 6] = [
    "post_plans",
    "post_plans_id_replan",
    "post_zones_draft",
    "post_zones_compare",
    "get_coverage_siting",
    "get_coverage_stand",
];

/// Asks every operation of the OpenAPI document for things that it allows and some that it does
/// not, and follows the document's links from what it made: no 5xx, nothing that the document does
/// not say. An ordinary run takes two of each operation and leaves out those that search for
/// seconds; `FRONTBEAT_EXAMPLES` asks for so many of all: 25 make over two thousand.
///
/// Never asked: events, which do not end, and simulations, which keep all cores for a minute.
#[test]
fn schemathesis_finds_no_answer_off_the_document() {
    let Some(environment) = environment("schemathesis") else {
        return;
    };
    let folder = folder();
    let workspace = folder.path().join("asked.gpkg");
    std::fs::copy(sample(), &workspace).expect("a copy");
    let service = Service::start(&workspace);
    let wanted = std::env::var("FRONTBEAT_EXAMPLES").ok();
    let left_out: &[&str] = match wanted {
        Some(_) => &[],
        None => &SEARCHING,
    };
    let examples = wanted.unwrap_or_else(|| "2".into());
    let config =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/judges/schemathesis.toml");
    let done = Command::new(environment.join("bin/schemathesis"))
        .arg("--config-file")
        .arg(config)
        .args([
            "run",
            &format!("http://{}/api/openapi.json", service.address),
        ])
        .args(["--checks", CHECKS])
        .args([
            "--phases",
            "examples,fuzzing,stateful",
            "--max-examples",
            &examples,
        ])
        .args([
            "--exclude-path",
            "/api/events",
            "--exclude-path",
            "/api/simulations",
        ])
        .args(
            left_out
                .iter()
                .flat_map(|it| ["--exclude-operation-id", it]),
        )
        .args(["--seed", "1", "--no-color", "--request-timeout", "70"])
        .current_dir(folder.path())
        .output()
        .expect("schemathesis starts");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}");
}

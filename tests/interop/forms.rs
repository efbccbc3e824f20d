//! What each format promises beside its features: headers, marks, styles, warnings.

use std::io::Read;

use serde_json::Value;

use crate::stand::{exported, features, folder, quietly, refuse, sample, shown, succeed};

#[test]
fn excel_knows_a_csv_by_its_mark_and_finds_chinese_headers() {
    let folder = folder();
    let file = exported(
        folder.path(),
        "incidents",
        "csv",
        &["--lang", "zh", "--bom"],
    );
    let text = std::fs::read_to_string(file).unwrap();
    let header = "\u{feff}警情编号,发生时间,发生结束时间,警情类别,警情等级,来源,处警状态,模拟数据,经度,纬度\r\n";
    assert!(text.starts_with(header), "{}", &text[..200]);
    assert!(text.lines().nth(1).unwrap().contains("+08:00"));
}

#[test]
fn a_shifted_file_says_so_in_name_and_metadata() {
    let folder = folder();
    let straight = features(&exported(folder.path(), "stations", "geojson", &[]));
    for (frame, suffix) in [("gcj02", "stations_gcj02"), ("bd09", "stations_bd09")] {
        let out = format!("{}/", shown(folder.path()));
        let args = [
            "export",
            &sample(),
            "--layer",
            "stations",
            "--frame",
            frame,
            "--format",
            "geojson",
            "-o",
            &out,
        ];
        let said = succeed(folder.path(), &args);
        assert!(said.contains("not WGS 84"), "{said}");
        let file = folder.path().join(format!("{suffix}.geojson"));
        let read: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(read["name"], suffix);
        assert!(
            read["description"]
                .as_str()
                .unwrap()
                .contains("不是 WGS 84"),
            "{read}"
        );
        let shifted = features(&file);
        let off = |i: usize| {
            let of = |f: &Value| f["geometry"]["coordinates"][0].as_f64().unwrap();
            (of(&shifted[i]) - of(&straight[i])).abs()
        };
        assert!((0.002..0.02).contains(&off(0)), "{}", off(0));
        // No program may take it for WGS 84.
        let file = exported(folder.path(), "stations", "gpkg", &["--frame", frame]);
        let told = quietly("ogrinfo", &["-ro", "-so", "-al", &shown(&file)]);
        assert!(!told.contains("ID[\"EPSG\",4326]"), "{told}");
    }
}

#[test]
fn a_geopackage_has_styles_titles_and_an_index() {
    let folder = folder();
    let out = shown(&folder.path().join("all.gpkg"));
    succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--layer",
            "beats,units,incidents",
            "-o",
            &out,
        ],
    );
    let ask = |sql: &str| quietly("ogrinfo", &["-ro", "-q", &out, "-sql", sql]);
    for layer in ["beats", "units", "incidents"] {
        let styled = ask(&format!(
            "SELECT count(*) AS n FROM layer_styles WHERE f_table_name = '{layer}' AND styleQML LIKE '%<qgis%' AND useAsDefault"
        ));
        assert!(styled.contains("n (Integer) = 1"), "{styled}");
        // QGIS takes titles from the style; of GDAL's it knows nothing.
        let named = ask(&format!(
            "SELECT styleQML LIKE '%<alias field=\"id\" name=\"%' AS named FROM layer_styles WHERE f_table_name = '{layer}'"
        ));
        assert!(named.contains("named (Integer) = 1"), "{named}");
        let indexed = ask(&format!(
            "SELECT (SELECT count(*) FROM rtree_{layer}_geom) = (SELECT count(*) FROM {layer}) AS same"
        ));
        assert!(indexed.contains("same (Integer) = 1"), "{indexed}");
    }
    let titled = ask(
        "SELECT title, description FROM gpkg_data_columns WHERE table_name = 'incidents' AND column_name = 'category'",
    );
    assert!(
        titled.contains("警情类别") && titled.contains("category"),
        "{titled}"
    );
    // Other programs may go on editing: the index follows.
    quietly(
        "ogrinfo",
        &["-q", &out, "-sql", "DELETE FROM units WHERE fid = 1"],
    );
    let left =
        ask("SELECT (SELECT count(*) FROM rtree_units_geom) - (SELECT count(*) FROM units) AS gap");
    assert!(left.contains("gap (Integer) = 0"), "{left}");
}

#[test]
fn a_shapefile_says_what_it_shortens() {
    let folder = folder();
    let out = shown(&folder.path().join("p.shp.zip"));
    let said = succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--layer",
            "joint-duty-posts",
            "-o",
            &out,
        ],
    );
    assert!(
        said.contains("commercial_district → commercial, visit_every_s → visit_ever"),
        "{said}"
    );
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&out).unwrap()).unwrap();
    let mut cpg = String::new();
    zip.by_name("joint_duty_posts.cpg")
        .unwrap()
        .read_to_string(&mut cpg)
        .unwrap();
    assert_eq!(cpg, "UTF-8");
}

#[test]
fn kml_has_styles_spans_and_typed_attributes() {
    let folder = folder();
    let out = shown(&folder.path().join("p.kml"));
    succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--layer",
            "plan_stops,beats",
            "-o",
            &out,
        ],
    );
    let text = std::fs::read_to_string(&out).unwrap();
    for part in [
        "<Style id=\"plan_stops\">",
        "<styleUrl>#beats</styleUrl>",
        "<TimeSpan><begin>",
        "<SimpleField type=\"double\" name=\"gain\">",
        "SYNTHETIC 模拟数据",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn gpx_has_a_route_a_unit_and_its_track() {
    let folder = folder();
    let out = shown(&folder.path().join("p.gpx"));
    succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--layer",
            "plan_stops,plan_routes,posts",
            "-o",
            &out,
        ],
    );
    let told = quietly("ogrinfo", &["-ro", "-so", "-al", &out]);
    let count = |layer: &str| -> usize {
        let part = told
            .split(&format!("Layer name: {layer}\n"))
            .nth(1)
            .unwrap_or_else(|| panic!("{told}"));
        let line = part
            .lines()
            .find(|line| line.starts_with("Feature Count: "))
            .unwrap();
        line["Feature Count: ".len()..].parse().unwrap()
    };
    let routes = features(&exported(folder.path(), "plan_routes", "geojson", &[]));
    let stops = features(&exported(folder.path(), "plan_stops", "geojson", &[]));
    let driven = routes.iter().filter(|r| !r["geometry"].is_null()).count();
    assert_eq!(count("tracks"), driven);
    assert_eq!(count("route_points"), stops.len());
    assert_eq!(count("waypoints"), 8);
    let said = refuse(
        folder.path(),
        &["export", &sample(), "--layer", "beats", "-o", &out],
        2,
    );
    assert!(
        said.contains("GPX can't hold this: the layer beats has areas; choose kml"),
        "{said}"
    );
}

#[test]
fn incidents_by_time_and_category() {
    let folder = folder();
    let all = features(&exported(folder.path(), "incidents", "geojson", &[]));
    let some = [
        "--from",
        "2026-01-01",
        "--until",
        "2026-02-01",
        "--category",
        "criminal",
    ];
    let some = features(&exported(folder.path(), "incidents", "geojson", &some));
    let wanted = all.iter().filter(|f| {
        let of = |name: &str| f["properties"][name].as_str().unwrap().to_owned();
        of("at").starts_with("2026-01") && of("category").starts_with("criminal")
    });
    assert_eq!(some, wanted.cloned().collect::<Vec<_>>());
    assert!(some.len() > 20, "{}", some.len());
}

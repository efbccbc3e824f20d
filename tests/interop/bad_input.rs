//! What is made to harm or simply wrong: an answer in a sentence, within bounded time.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::stand::{Service, escaped, folder, refuse, sample, workspace};

/// The problem of an address, soon.
fn refused(path: &str, status: u16) -> String {
    let service = Service::shared();
    let started = Instant::now();
    let problem = service.problem(path, status);
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{path} took too long"
    );
    problem["detail"].as_str().expect("a sentence").to_owned()
}

#[test]
fn filters_that_are_bombs() {
    let items = "/ogc/collections/incidents/items";
    for filter in [
        format!("{}synthetic{}", "(".repeat(2000), ")".repeat(2000)),
        format!("{}synthetic", "NOT ".repeat(1500)),
        format!("category = '{}'", "x".repeat(9000)),
        "priority = 1 OR ".repeat(600) + "priority = 1",
        format!(
            "S_INTERSECTS(geometry, GEOMETRYCOLLECTION({}POINT(1 1){}))",
            "GEOMETRYCOLLECTION(".repeat(200),
            ")".repeat(200)
        ),
        "S_INTERSECTS(geometry, POLYGON((NaN 1, 2 2, 3 3, NaN 1)))".to_owned(),
        "S_INTERSECTS(geometry, POINT EMPTY)".to_owned(),
        "officer = 'x'".to_owned(),
        "priority = ".to_owned(),
        "' OR 1=1 --".to_owned(),
    ] {
        let said = refused(&format!("{items}?filter={}", escaped(&filter)), 400);
        assert!(said.len() > 10 && said.len() < 600, "{said}");
    }
    let json = format!(
        "{}true{}",
        r#"{"op":"not","args":["#.repeat(100),
        "]}".repeat(100)
    );
    refused(
        &format!("{items}?filter-lang=cql2-json&filter={}", escaped(&json)),
        400,
    );
    refused(&format!("{items}?filter-lang=sql&filter=1"), 400);
}

#[test]
fn boxes_that_are_none() {
    for bbox in [
        "1,2,3",
        "1,2,3,4,5",
        "NaN,0,1,1",
        "inf,0,1,1",
        "0,2,1,1",
        "a,b,c,d",
        ",,,",
        "1,2,3,4,5,6,7",
    ] {
        let said = refused(&format!("/ogc/collections/beats/items?bbox={bbox}"), 400);
        assert!(said.contains("bbox must be 4 numbers"), "{said}");
    }
}

#[test]
fn names_that_are_paths() {
    for name in [
        "..%2f..%2fetc",
        "beats%00",
        "%2e%2e",
        "beats;drop",
        "beats'--",
        "Beats",
        "joint-duty-posts",
    ] {
        refused(&format!("/ogc/collections/{name}"), 404);
        refused(&format!("/ogc/collections/{name}/items"), 404);
        let layer = name != "joint-duty-posts"; // the command's writing of the same
        if layer {
            refused(&format!("/api/export/{name}.csv"), 404);
        }
    }
}

#[test]
fn features_and_cursors_that_are_none() {
    for id in ["none", "..%2f", "%00", "a~b~c", "~", &"x".repeat(3000)] {
        for collection in ["beats", "incidents", "plan_stops", "forecast_cells"] {
            refused(&format!("/ogc/collections/{collection}/items/{id}"), 404);
        }
    }
    for after in ["x", "~", "2026-10-01~x", "yesterday~x"] {
        refused(
            &format!("/ogc/collections/incidents/items?after={after}"),
            400,
        );
    }
    // A cursor of a row that is gone goes on where it was.
    let body = Service::shared().json("/ogc/collections/beats/items?after=zzzz");
    assert_eq!(body["numberReturned"], 0);
}

#[test]
fn the_command_line_says_what_is_wrong() {
    let folder = folder();
    let path = folder.path();
    let sample = sample();
    for (arguments, word) in [
        (
            vec!["--layer", "persons", "-o", "x.csv"],
            "choose from boundary",
        ),
        (
            vec!["--layer", "../beats", "-o", "x.csv"],
            "there is no layer",
        ),
        (
            vec!["--layer", "beats", "-o", "x.exe"],
            "does not say the format",
        ),
        (
            vec!["--layer", "beats", "-o", "x.csv", "--format", "doc"],
            "there is no format",
        ),
        (
            vec!["--layer", "beats", "-o", "x.csv", "--frame", "mars"],
            "wgs84, gcj02 or bd09",
        ),
        (
            vec!["--layer", "incidents", "-o", "x.csv", "--from", "soon"],
            "local date",
        ),
        (
            vec!["--layer", "incidents", "-o", "x.csv", "--category", "none"],
            "none",
        ),
        (
            vec!["--layer", "beats,posts", "--format", "csv", "-o", "-"],
            "give a folder",
        ),
    ] {
        let mut all = vec!["export", &sample];
        all.extend(arguments);
        let said = refuse(path, &all, 2);
        assert!(said.contains(word), "{said}");
    }
    let said = refuse(
        path,
        &["export", "none.gpkg", "--layer", "beats", "-o", "x.csv"],
        1,
    );
    assert!(said.contains("there is no workspace"), "{said}");
    let said = refuse(
        path,
        &[
            "export",
            &sample,
            "--layer",
            "beats",
            "-o",
            "/proc/none/x.csv",
        ],
        1,
    );
    assert!(said.contains("can't be written"), "{said}");
    assert_eq!(
        std::fs::read_dir(path).unwrap().count(),
        0,
        "nothing is left behind"
    );
}

#[test]
fn files_in_that_are_bombs() {
    workspace();
    let folder = folder();
    let path = folder.path();
    crate::stand::succeed(
        path,
        &[
            "init",
            "w.gpkg",
            "--name",
            "x",
            "--timezone",
            "Asia/Shanghai",
        ],
    );
    let refused = |name: &str, bytes: &[u8], word: &str| {
        std::fs::write(path.join(name), bytes).unwrap();
        let started = Instant::now();
        let said = refuse(path, &["import", "w.gpkg", "--as", "beats", name], 1);
        assert!(said.contains(word), "{name}: {said}");
        assert!(
            !said.contains("root:") && said.len() < 600,
            "{name}: {said}"
        );
        assert!(started.elapsed() < Duration::from_secs(60), "{name}");
    };
    let outside = b"<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml>&x;</kml>";
    refused("outside.kml", outside, "document type");
    let laughs = "<!DOCTYPE gpx [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><gpx>&b;</gpx>";
    let laughs = format!("<?xml version=\"1.0\"?>{laughs}");
    refused("laughs.gpx", laughs.as_bytes(), "document type");
    let deep = format!("<kml>{}", "<Folder>".repeat(1_000_000));
    refused("deep.kml", deep.as_bytes(), "more than 64 others");
    refused(
        "svg.kml",
        b"<?xml version=\"1.0\"?><svg/>",
        "neither KML nor GPX",
    );
    refused(
        "no.kml",
        b"a,b\n1,2\n",
        "does not start with the element <kml>",
    );
    refused(
        "lying.fgb",
        b"fgb\x03fgb\x00\xff\xff\xff\xffxxxx",
        "it says that it has",
    );
    refused("short.parquet", b"PAR1PAR1", "damaged");
    refused("footer.parquet", b"PAR1\xff\xff\xff\x7fPAR1", "damaged");
    // A zip of 4 GiB of nothing.
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path.join("bomb.zip")).unwrap());
    zip.start_file(
        "beats.geojson",
        zip::write::SimpleFileOptions::default().large_file(true),
    )
    .unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..4096 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap();
    let started = Instant::now();
    refuse(path, &["import", "w.gpkg", "--as", "beats", "bomb.zip"], 1);
    assert!(started.elapsed() < Duration::from_secs(60));
    // A workbook with a million empty rows, and one of tiny tags.
    for (name, part, times, word) in [
        ("empty.xlsx", "<row r=\"1\"></row>", 1_000_000, "no rows"),
        ("tags.xlsx", "<a/>", 500_000_000, "too large"),
    ] {
        workbook(&path.join(name), part, times);
        let started = Instant::now();
        let said = refuse(path, &["import", "w.gpkg", "--as", "beats", name], 1);
        assert!(said.contains(word), "{name}: {said}");
        assert!(started.elapsed() < Duration::from_secs(180), "{name}");
    }
}

/// A workbook whose only sheet has a part so many times.
fn workbook(path: &std::path::Path, part: &str, times: usize) {
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let settings = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    let mut put = |name: &str, text: &str| {
        zip.start_file(name, settings).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    put("[Content_Types].xml", "<Types/>");
    put(
        "_rels/.rels",
        &format!(
            "<Relationships><Relationship Id=\"r1\" Target=\"xl/workbook.xml\" Type=\"{relations}/officeDocument\"/></Relationships>"
        ),
    );
    put(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns:r=\"{relations}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
        ),
    );
    put(
        "xl/_rels/workbook.xml.rels",
        &format!(
            "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\" Type=\"{relations}/worksheet\"/></Relationships>"
        ),
    );
    put("xl/worksheets/sheet1.xml", "<worksheet><sheetData>");
    let many = part.repeat(100_000);
    for _ in 0..times / 100_000 {
        zip.write_all(many.as_bytes()).unwrap();
    }
    zip.write_all(b"</sheetData></worksheet>").unwrap();
    zip.finish().unwrap();
}

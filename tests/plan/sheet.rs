//! The route sheet and the CSV by the real binary, on real streets.

use std::process::Command;

use crate::town::porto_alegre;

#[tokio::test(flavor = "multi_thread")]
async fn the_command_writes_a_sheet_to_print_and_a_spreadsheet() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    let name = "the_command_writes_a_sheet_to_print_and_a_spreadsheet";
    if porto_alegre(name, &path).await.is_none() {
        return;
    }
    let out = |name: &str| {
        let file = folder.path().join(name);
        file.to_str().expect("a name in UTF-8").to_owned()
    };
    let (sheet, table, json) = (out("sheet.html"), out("stops.csv"), out("plan.json"));
    let said = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .arg("plan")
        .arg(&path)
        .args([
            "--iterations",
            "200",
            "--model",
            "count",
            "--shift",
            "night@2026-06-01",
        ])
        .args(["--units", "3", "--lang", "en", "--bom"])
        .args(["--out", &sheet, "--out", &table, "--out", &json])
        .output()
        .expect("the program starts");
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let printed = String::from_utf8_lossy(&said.stdout).into_owned();
    for file in [&sheet, &table, &json] {
        assert!(printed.contains(&format!("written to {file}")), "{printed}");
    }

    let plan: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&json).expect("a file")).expect("JSON");
    let routes = plan["routes"].as_array().expect("routes");
    let stops: usize = routes
        .iter()
        .map(|r| r["stops"].as_array().expect("stops").len())
        .sum();
    assert!(stops > 10);

    let html = std::fs::read_to_string(&sheet).expect("a sheet");
    assert_eq!(html.matches("<section").count(), 1 + routes.len());
    assert_eq!(html.matches("type=\"checkbox\"").count(), stops);
    assert!(html.contains("SYNTHETIC 模拟数据") && !html.contains("<script"));
    // Streets of the town lie under the way, by name.
    assert!(html.contains("Avenida") || html.contains("Rua"));
    for route in routes {
        let sign = route["call_sign"].as_str().expect("a call sign");
        assert!(html.contains(&format!("<h1>{sign}</h1>")));
    }

    let text = std::fs::read_to_string(&table).expect("a table");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    assert!(text.starts_with('\u{feff}'));
    assert_eq!(reader.records().map(Result::unwrap).count(), stops);
}

//! A stored plan read back at the prompt: the newest or by its id, as a sheet, a list, a
//! table; and units that wishes name are among few.

use std::path::Path;
use std::process::{Command, Output};

use crate::town::porto_alegre;

fn frontbeat(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn said(arguments: &[&str]) -> String {
    let output = frontbeat(arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_plan_is_written_once_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    let name = "a_stored_plan_is_written_once_more";
    if porto_alegre(name, &path).await.is_none() {
        return;
    }
    let workspace = path.to_str().expect("a name in UTF-8");
    let none = frontbeat(&["sheet", workspace]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("has no plan"));
    assert!(said(&["sheet", workspace, "--list"]).contains("no plan is stored"));

    let file = |name: &str| folder.path().join(name);
    let plan = |out: &Path, more: &[&str]| {
        let always = [
            "plan",
            workspace,
            "--shift",
            "night@2026-06-01",
            "--model",
            "count",
            "--iterations",
            "50",
            "--save",
            "--out",
            out.to_str().expect("a name"),
        ];
        said(&[&always[..], more].concat());
        json(out)
    };
    // Of eight units u0 to u7 the last is named, so that it is the one of one.
    let first = plan(
        &file("first.json"),
        &["--units", "1", "--break", "u7@01:00-03:00=30m"],
    );
    assert_eq!(first["routes"].as_array().expect("routes").len(), 1);
    assert_eq!(first["routes"][0]["unit"], "u7");
    let many = frontbeat(&[
        "plan",
        workspace,
        "--shift",
        "night@2026-06-01",
        "--units",
        "1",
        "--break",
        "u7@01:00-03:00=30m",
        "--break",
        "u6@01:00-03:00=30m",
    ]);
    assert_eq!(many.status.code(), Some(2));
    assert!(text(&many.stderr).contains("ask for 2 or more"), "{many:?}");
    let second = plan(&file("second.json"), &["--units", "3"]);
    let (first_id, second_id) = (first["id"].as_str(), second["id"].as_str());
    let (first_id, second_id) = (first_id.expect("an id"), second_id.expect("an id"));

    let list = said(&["sheet", workspace, "--list"]);
    let places: Vec<Option<usize>> = [second_id, first_id].map(|id| list.find(id)).into();
    assert!(places[0].is_some() && places[0] < places[1], "{list}");

    // The newest; a sheet of all, of one, and the same plan as it was.
    let again = file("again.json");
    let sheet = file("sheet.html");
    let printed = said(&[
        "sheet",
        workspace,
        "--out",
        sheet.to_str().expect("a name"),
        "--out",
        again.to_str().expect("a name"),
        "--lang",
        "zh",
    ]);
    assert!(printed.contains(second_id), "{printed}");
    assert_eq!(json(&again), second);
    let html = std::fs::read_to_string(&sheet).expect("a sheet");
    assert_eq!(html.matches("<section").count(), 1 + 3);
    assert!(html.contains("lang=\"zh"), "{}", &html[..200]);

    let of_one = second["routes"][1]["call_sign"]
        .as_str()
        .expect("a call sign");
    let page = file("page.html");
    let page_name = page.to_str().expect("a name");
    said(&[
        "sheet", workspace, second_id, "--unit", of_one, "--out", page_name,
    ]);
    let html = std::fs::read_to_string(&page).expect("a page");
    assert_eq!(html.matches("<section").count(), 1);
    assert!(html.contains(&format!("<h1>{of_one}</h1>")));

    let printed = said(&["sheet", workspace, first_id]);
    assert!(
        printed.contains(first_id) && printed.contains("1 unit, "),
        "{printed}"
    );

    for (arguments, cause) in [
        (vec!["sheet", workspace, "nonsense"], "no plan \"nonsense\""),
        (
            vec!["sheet", workspace, "--unit", "u99", "--out", page_name],
            "no route for the unit",
        ),
        (
            vec!["sheet", workspace, "--unit", "u1", "--out", "x.csv"],
            "no sheet is written",
        ),
    ] {
        let refused = frontbeat(&arguments);
        assert_eq!(
            refused.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&refused.stderr)
        );
        assert!(
            text(&refused.stderr).contains(cause),
            "{}",
            text(&refused.stderr)
        );
    }
}

//! Shift packs and the map as a picture, by the prompt and over HTTP: what is refused, that the
//! same wish gives the same bytes, and what foreign readers find in them.

use std::path::Path;

use serde_json::Value;

use crate::judges::judge;
use crate::stand::{Service, folder, refuse, sample, shown, succeed};

/// The saved plan.
fn plan(folder: &Path) -> Value {
    let out = shown(&folder.join("plan.json"));
    succeed(folder, &["sheet", &sample(), "--out", &out]);
    serde_json::from_slice(&std::fs::read(out).expect("a file")).expect("JSON")
}

#[test]
fn pypdf_and_pillow_read_what_is_printed() {
    let folder = folder();
    let plan = plan(folder.path());
    let out = |name: &str| shown(&folder.path().join(name));
    let unit = plan["routes"][0]["call_sign"]
        .as_str()
        .expect("a call sign");
    let (zh, en, one) = (out("zh.pdf"), out("en.pdf"), out("one.pdf"));
    succeed(
        folder.path(),
        &["sheet", &sample(), "--lang", "zh", "--out", &zh],
    );
    succeed(
        folder.path(),
        &["sheet", &sample(), "--lang", "en", "--out", &en],
    );
    succeed(
        folder.path(),
        &["sheet", &sample(), "--unit", unit, "--out", &one],
    );
    let map = out("map.png");
    let id = plan["id"].as_str().expect("an id");
    let said = succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--plan",
            id,
            "--width",
            "1600",
            "-o",
            &map,
        ],
    );
    assert!(said.contains("(PNG)"), "{said}");
    judge(
        "papers.py",
        &[&out("plan.json"), &zh, &en, &one, &map, "1600"],
    );

    // Once more: the same bytes.
    let again = out("again.pdf");
    succeed(
        folder.path(),
        &["sheet", &sample(), "--lang", "zh", "--out", &again],
    );
    let read = |path: &str| std::fs::read(path).expect("a file");
    assert!(read(&zh) == read(&again));
    let again = out("again.png");
    succeed(
        folder.path(),
        &[
            "export",
            &sample(),
            "--plan",
            id,
            "--width",
            "1600",
            "-o",
            &again,
        ],
    );
    assert!(read(&map) == read(&again));
}

#[test]
fn the_prompt_refuses_what_is_no_picture() {
    let folder = folder();
    let sample = sample();
    let png = ["export", &sample, "-o", "m.png"];
    let refused = |more: &[&str]| refuse(folder.path(), &[&png[..], more].concat(), 2);
    for width in ["0", "199", "4001", "1000000000", "NaN", "-5"] {
        let said = refused(&["--width", width]);
        assert!(said.contains("--width") || said.contains("-5"), "{said}");
    }
    assert!(refused(&["--plan", "none"]).contains("there is no plan"));
    assert!(refused(&["--layer", "beats"]).contains("--layer"));
    assert!(refused(&["--category", "no/such"]).contains("no/such"));
    assert!(refused(&["--model", "dice"]).contains("dice"));
    assert!(refused(&["--window", "noon@never"]).contains("noon"));
    let layers = [
        "export", &sample, "--layer", "beats", "--width", "500", "-o", "b.csv",
    ];
    assert!(refuse(folder.path(), &layers, 2).contains("--width"));
    assert!(!folder.path().join("m.png").exists());
}

#[test]
fn both_are_served_and_what_is_wrong_is_a_problem() {
    let service = Service::shared();
    let plans = service.get("/api/plans");
    let plans: Value = serde_json::from_slice(&plans.body).expect("JSON");
    let id = plans["plans"][0]["id"].as_str().expect("an id");
    let pack = service.get(&format!("/api/plans/{id}.pdf?lang=en"));
    assert_eq!(pack.status, 200);
    assert_eq!(pack.header("content-type"), "application/pdf");
    let saved_as = pack.header("content-disposition");
    assert_eq!(saved_as, format!("attachment; filename=\"plan-{id}.pdf\""));
    assert!(pack.body.starts_with(b"%PDF-") && !pack.header("etag").is_empty());

    let map = service.get(&format!("/api/map.png?plan={id}&width=600&lang=en"));
    assert_eq!(map.status, 200);
    assert_eq!(map.header("content-type"), "image/png");
    assert!(map.body.starts_with(b"\x89PNG"));
    // Width stands big-endian in the first chunk.
    assert_eq!(&map.body[16..20], 600_u32.to_be_bytes());
    let plain = service.get("/api/map.png?window=night&model=count&width=600");
    assert_eq!(plain.status, 200);
    assert!(plain.body != map.body);

    for (address, status) in [
        ("/api/map.png", 400),
        ("/api/map.png?window=night&width=0", 400),
        ("/api/map.png?window=night&width=1000000000", 400),
        ("/api/map.png?window=night&width=99999999999999", 400),
        ("/api/map.png?window=night&width=NaN", 400),
        ("/api/map.png?window=night&width=600&width=700", 400),
        ("/api/map.png?window=night&lang=fr", 400),
        ("/api/map.png?window=night&model=dice", 400),
        ("/api/map.png?window=night&size=3", 400),
        ("/api/map.png?plan=none", 404),
        ("/api/plans/none.pdf", 404),
        ("/api/plans/.pdf", 404),
    ] {
        let answer = service.get(address);
        assert_eq!(answer.status, status, "{address}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    for (query, status) in [("unit=nobody", 404), ("lang=fr", 400), ("width=5", 400)] {
        let answer = service.get(&format!("/api/plans/{id}.pdf?{query}"));
        assert_eq!(answer.status, status, "{query}");
    }
}

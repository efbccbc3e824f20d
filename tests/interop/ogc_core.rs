//! OGC API – Features Part 1: Core (17-069r4), annex A, one test a requirement.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use crate::stand::{Service, escaped, folder, frontbeat, link, sample, shown, succeed};

fn collections() -> Vec<Value> {
    let body = Service::shared().json("/ogc/collections");
    body["collections"].as_array().expect("collections").clone()
}

fn ids(body: &Value) -> Vec<String> {
    let features = body["features"].as_array().expect("features");
    features
        .iter()
        .map(|f| f["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// /req/core/http: HTTP 1.1.
#[test]
fn req_core_http() {
    let service = Service::shared();
    assert_eq!(service.get("/ogc").status, 200);
    assert_eq!(service.problem("/ogc/nothing", 404)["status"], 404);
}

/// /req/core/root-op, /req/core/root-success: the landing page has its links.
#[test]
fn req_core_root_success() {
    let service = Service::shared();
    for path in ["/ogc", "/ogc/"] {
        let body = service.json(path);
        for rel in ["self", "service-desc", "service-doc", "conformance", "data"] {
            let href = link(&body, rel).unwrap_or_else(|| panic!("{rel} is missing: {body}"));
            assert_eq!(service.get(&service.path_of(href)).status, 200, "{href}");
        }
    }
}

/// /req/core/api-definition-op, /req/core/api-definition-success, /req/oas30/*.
#[test]
fn req_core_api_definition_success() {
    let service = Service::shared();
    let answer = service.get("/ogc/api");
    assert_eq!(
        answer.header("content-type"),
        "application/vnd.oai.openapi+json;version=3.0"
    );
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.0"));
    // Every path it names is answered, every reference leads somewhere.
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path
            .replace("{featureId}", "none")
            .replace("{tileMatrixSetId}", "WebMercatorQuad")
            .replace("{tileMatrix}", "13")
            .replace("{tileRow}", "3046")
            .replace("{tileCol}", "6905");
        let wanted: &[u16] = match path.rsplit('/').next() {
            Some("none") => &[404],
            // A tile of a layer that has nothing there.
            Some("6905") => &[200, 204],
            _ => &[200],
        };
        if path.contains("risk") || path.contains("hot_spots") {
            continue; // asked for in tests of their own: they compute
        }
        let asked = format!("/ogc{}", path.trim_end_matches('/'));
        assert!(wanted.contains(&service.get(&asked).status), "{path}");
        assert!(item["get"]["operationId"].is_string());
    }
    check_references(&document, &document);
    let page = service.get("/ogc/api?f=html");
    assert!(
        page.text().contains("<h1>Frontbeat, OGC API"),
        "{}",
        page.text()
    );
}

fn check_references(value: &Value, document: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(to) = members.get("$ref").and_then(Value::as_str) {
                let pointer = to.strip_prefix('#').expect("a local reference");
                assert!(document.pointer(pointer).is_some(), "{to} leads nowhere");
            }
            members
                .values()
                .for_each(|inner| check_references(inner, document));
        }
        Value::Array(list) => list
            .iter()
            .for_each(|inner| check_references(inner, document)),
        _ => {}
    }
}

/// /req/core/conformance-op, /req/core/conformance-success.
#[test]
fn req_core_conformance_success() {
    let body = Service::shared().json("/ogc/conformance");
    let classes: Vec<&str> = body["conformsTo"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c.as_str().unwrap())
        .collect();
    for class in ["core", "oas30", "html", "geojson"] {
        let uri = format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{class}");
        assert!(classes.contains(&uri.as_str()), "{uri}");
    }
}

/// /req/core/query-param-unknown, /req/core/query-param-invalid: 400.
#[test]
fn req_core_query_param_unknown_and_invalid() {
    let service = Service::shared();
    for path in [
        "/ogc?colour=red",
        "/ogc/conformance?colour=red",
        "/ogc/collections?colour=red",
        "/ogc/collections/beats?colour=red",
        "/ogc/collections/beats/items?colour=red",
        "/ogc/collections/beats/items/b?crs=red",
        "/ogc/collections/beats/items?limit=some",
        "/ogc/collections/beats/items?f=gml",
    ] {
        service.problem(path, 400);
    }
    // Empty is not absent.
    for name in [
        "limit",
        "bbox",
        "bbox-crs",
        "datetime",
        "crs",
        "filter",
        "filter-lang",
        "filter-crs",
        "name",
        "after",
        "f",
    ] {
        let path = format!("/ogc/collections/beats/items?{name}=");
        let problem = service.problem(&path, 400);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with(&format!("{name} is empty")), "{detail}");
    }
}

/// /req/core/fc-md-op, fc-md-success, fc-md-links, fc-md-items, fc-md-items-links,
/// fc-md-extent, sfc-md-op, sfc-md-success.
#[test]
fn req_core_fc_md_success() {
    let service = Service::shared();
    let body = service.json("/ogc/collections");
    assert!(link(&body, "self").is_some() && link(&body, "alternate").is_some());
    let all = collections();
    assert_eq!(all.len(), 17);
    for listed in all {
        let id = listed["id"].as_str().unwrap();
        let items: Vec<&Value> = listed["links"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|l| l["rel"] == "items")
            .collect();
        let types: BTreeSet<&str> = items.iter().map(|l| l["type"].as_str().unwrap()).collect();
        assert_eq!(
            types,
            BTreeSet::from(["application/geo+json", "text/html"]),
            "{id}"
        );
        let alone = service.json(&format!("/ogc/collections/{id}"));
        for name in ["id", "title", "description", "extent", "itemType", "crs"] {
            assert_eq!(alone[name], listed[name], "{id}: {name}");
        }
        assert!(link(&alone, "self").is_some() && link(&alone, "items").is_some());
    }
    service.problem("/ogc/collections/persons", 404);
    service.problem("/ogc/collections/persons/items", 404);
    service.problem("/ogc/collections/basemap_lines", 404);
}

/// Makes `[west, south, east, north]` reach around features.
fn around(features: &Value, all: &mut [f64; 4]) {
    fn gather(value: &Value, all: &mut [f64; 4]) {
        let parts = value.as_array().unwrap();
        match [&parts[0], &parts[1 % parts.len()]].map(Value::as_f64) {
            [Some(lon), Some(lat)] => {
                *all = [
                    all[0].min(lon),
                    all[1].min(lat),
                    all[2].max(lon),
                    all[3].max(lat),
                ];
            }
            _ => parts.iter().for_each(|part| gather(part, all)),
        }
    }
    for feature in features.as_array().unwrap() {
        if feature["geometry"].is_object() {
            gather(&feature["geometry"]["coordinates"], all);
        }
    }
}

/// /req/core/fc-md-extent: each collection lies where its own features do.
#[test]
fn req_core_fc_md_extent() {
    let service = Service::shared();
    // It has just started, perhaps: whoever asks for a time waits until incidents are in memory.
    service.json("/ogc/collections/incidents/items?limit=1&datetime=2026-10-01/..");
    let mut seen = Vec::new();
    for listed in collections() {
        let id = listed["id"].as_str().unwrap();
        let bbox = &listed["extent"]["spatial"]["bbox"][0];
        let bbox: [f64; 4] = serde_json::from_value(bbox.clone()).unwrap();
        let mut next = Some(format!("/ogc/collections/{id}/items?limit=10000"));
        let mut found = [180.0, 90.0, -180.0, -90.0];
        while let Some(path) = next {
            let page = service.json(&path);
            around(&page["features"], &mut found);
            next = link(&page, "next").map(|href| service.path_of(href));
        }
        for side in 0..4 {
            let inside = match side {
                0 | 1 => found[side] - bbox[side],
                _ => bbox[side] - found[side],
            };
            assert!(inside > -1e-6, "{id}: {found:?} lies outside of {bbox:?}");
            // What is made for a moment is somewhere in the district.
            let is_made =
                ["risk", "hot_spots", "forecast_cells"].contains(&id) || id.starts_with("plan_");
            assert!(is_made || inside < 1e-6, "{id}: {found:?} of {bbox:?}");
        }
        seen.push(bbox.map(|side| (side * 1e6) as i64));
    }
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() > 10, "{seen:?}");
    let incidents = service.json("/ogc/collections/incidents");
    let interval = &incidents["extent"]["temporal"]["interval"][0];
    let first = service.json("/ogc/collections/incidents/items?limit=1");
    assert_eq!(interval[0], first["features"][0]["properties"]["at"]);

    // Where nothing is, there is no place.
    let folder = folder();
    let file = shown(&folder.path().join("empty.gpkg"));
    succeed(folder.path(), &["init", &file, "--name", "New"]);
    let service = Service::start(Path::new(&file));
    assert!(service.json("/ogc/collections/beats")["extent"].is_null());
    let incidents = service.json("/ogc/collections/incidents");
    assert!(incidents["extent"]["spatial"].is_null());
    assert!(incidents["extent"]["temporal"].is_object());
}

/// /req/core/fc-op, /req/core/fc-response, /req/geojson/*: all features, and what is said of them.
#[test]
fn req_core_fc_response() {
    let service = Service::shared();
    let answer = service.get("/ogc/collections/beats/items?limit=1000");
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let body = answer.json();
    assert_eq!(body["type"], "FeatureCollection");
    let features = body["features"].as_array().unwrap();
    assert_eq!(body["numberReturned"], features.len());
    assert_eq!(body["numberMatched"], features.len());
    // /req/core/fc-timeStamp
    let made: Timestamp = body["timeStamp"].as_str().unwrap().parse().unwrap();
    assert!((Timestamp::now().as_second() - made.as_second()).abs() < 60);
    // /req/core/fc-links
    assert!(link(&body, "self").is_some() && link(&body, "alternate").is_some());
    assert!(link(&body, "next").is_none());
    let read: geojson::FeatureCollection = answer.text().parse().unwrap();
    assert_eq!(read.features.len(), 60);
}

/// /req/core/fc-limit-definition, fc-limit-response-1, fc-limit-response-2.
#[test]
fn req_core_fc_limit_response() {
    let service = Service::shared();
    for (limit, wanted) in [
        ("1", 1),
        ("59", 59),
        ("60", 60),
        ("61", 60),
        ("1000000000", 60),
        ("99999999999999999999999", 60),
    ] {
        let body = service.json(&format!("/ogc/collections/beats/items?limit={limit}"));
        assert_eq!(ids(&body).len(), wanted, "{limit}");
        assert_eq!(link(&body, "next").is_some(), wanted < 60, "{limit}");
    }
    let default = service.json("/ogc/collections/places/items");
    assert_eq!(ids(&default).len(), 100);
    for bad in ["0", "-1", "1.5", "NaN", "1e3", "%20"] {
        service.problem(&format!("/ogc/collections/beats/items?limit={bad}"), 400);
    }
}

/// /req/core/fc-links, next: all pages together are the collection, nothing twice.
#[test]
fn req_core_fc_next_pages() {
    let service = Service::shared();
    for (path, wanted) in [
        ("/ogc/collections/places/items?limit=97", 1090),
        (
            "/ogc/collections/incidents/items?limit=997&datetime=2026-08-01/..",
            0,
        ),
    ] {
        let mut next = Some(path.to_owned());
        let mut seen: Vec<String> = Vec::new();
        let mut matched = None;
        while let Some(path) = next.take() {
            let body = service.json(&path);
            matched = matched.or(body["numberMatched"].as_u64());
            seen.extend(ids(&body));
            next = link(&body, "next").map(|href| service.path_of(href));
        }
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(unique.len(), seen.len(), "{path}: a feature comes twice");
        assert_eq!(Some(seen.len() as u64), matched, "{path}");
        assert!(wanted == 0 || seen.len() == wanted);
    }
}

/// The same while another process writes: what was there comes once, whatever is added.
#[test]
fn pages_are_stable_while_rows_are_added() {
    let folder = folder();
    let path = folder.path();
    std::fs::copy(sample(), path.join("w.gpkg")).unwrap();
    let service = Service::start(&path.join("w.gpkg"));
    // The service holds the file for writing: its own page of a plain client, then a restart
    // with another process's rows between two pages, which the cursor must survive.
    let first = service.json("/ogc/collections/incidents/items?limit=50");
    let next = service.path_of(link(&first, "next").unwrap());
    let before: Vec<String> = ids(&service.json(&next));
    drop(service);
    let mut rows = String::from("id,at,lon,lat,category\n");
    for n in 0..200 {
        rows.push_str(&format!(
            "new-{n},2024-10-31T00:00:{:02}+08:00,123.48,41.8,traffic\n",
            n % 60
        ));
    }
    std::fs::write(path.join("new.csv"), rows).unwrap();
    succeed(path, &["import", "w.gpkg", "--as", "incidents", "new.csv"]);
    let service = Service::start(&path.join("w.gpkg"));
    // 200 older rows would push a page by number two hundred rows on.
    assert_eq!(ids(&service.json(&next)), before);
    let again = service.json("/ogc/collections/incidents/items?limit=50");
    assert!(ids(&again).iter().all(|id| id.starts_with("new-")));
    assert!(
        frontbeat(path, &["info", &shown(&path.join("w.gpkg"))])
            .status
            .success()
    );
}

/// /req/core/fc-bbox-definition, fc-bbox-response.
#[test]
fn req_core_fc_bbox_response() {
    let service = Service::shared();
    let all = service.json("/ogc/collections/cameras/items?limit=1000");
    let within = |[w, s, e, n]: [f64; 4]| -> Vec<String> {
        let inside = all["features"].as_array().unwrap().iter().filter(|f| {
            let c = &f["geometry"]["coordinates"];
            let (x, y) = (c[0].as_f64().unwrap(), c[1].as_f64().unwrap());
            x >= w && x <= e && y >= s && y <= n
        });
        inside
            .map(|f| f["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let wanted = within([123.44, 41.78, 123.5, 41.83]);
    assert!(!wanted.is_empty() && wanted.len() < 90);
    for bbox in [
        "123.44,41.78,123.5,41.83",
        "123.44,41.78,-100,123.5,41.83,9000",
    ] {
        let body = service.json(&format!(
            "/ogc/collections/cameras/items?limit=1000&bbox={bbox}"
        ));
        assert_eq!(ids(&body), wanted);
        assert_eq!(body["numberMatched"], wanted.len());
    }
    // Over the antimeridian: from 170 east to 130 east the long way round.
    let around = service.json("/ogc/collections/cameras/items?bbox=170,-90,130,90&limit=1000");
    assert_eq!(ids(&around).len(), 90);
}

/// /req/core/fc-time-definition, fc-time-response.
#[test]
fn req_core_fc_time_response() {
    let service = Service::shared();
    let count = |datetime: &str| {
        let path = format!(
            "/ogc/collections/incidents/items?limit=10000&datetime={}",
            escaped(datetime)
        );
        service.json(&path)["numberMatched"].as_u64().unwrap()
    };
    let day = count("2026-10-01");
    assert!(day > 5, "{day}");
    assert_eq!(
        count("2026-10-01T00:00:00+08:00/2026-10-01T23:59:59.999999+08:00"),
        day
    );
    let (open, all) = (count("2026-10-01T00:00:00+08:00/.."), 33_252);
    // As QGIS writes the filter "at" >= '2026-10-01…'.
    assert_eq!(
        count("2026-10-01T00:00:00+08:00/9999-12-31T00:00:00Z"),
        open
    );
    let before = count("../2026-09-30T23:59:59.999999+08:00");
    assert_eq!(
        count("0000-01-01T00:00:00Z/2026-09-30T23:59:59.999999+08:00"),
        before
    );
    // A span that lasts over midnight meets both.
    assert!(
        open + before >= all && open + before < all + 200,
        "{open} {before}"
    );
    assert_eq!(count("/2026-09-30T23:59:59.999999+08:00"), before);
    assert_eq!(count("2000-01-01T00:00:00Z"), 0);
    for bad in [
        "2026-10-02/2026-10-01",
        "../..",
        "yesterday",
        "2026-10-01/yesterday",
        "2026-10-01/9999-12-31yesterday",
        "/",
    ] {
        let path = format!("/ogc/collections/incidents/items?datetime={}", escaped(bad));
        service.problem(&path, 400);
    }
}

/// /rec/core/fc-filters: properties as parameters.
#[test]
fn rec_core_fc_filters() {
    let service = Service::shared();
    let all = service.json("/ogc/collections/places/items?limit=2000");
    let yellow = all["features"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["properties"]["tier"] == "yellow")
        .count();
    let body = service.json("/ogc/collections/places/items?tier=yellow&limit=2000");
    assert_eq!(ids(&body).len(), yellow);
    let next = service.json("/ogc/collections/places/items?tier=yellow&limit=1");
    let next = service.json(&service.path_of(link(&next, "next").unwrap()));
    assert_eq!(next["features"][0]["properties"]["tier"], "yellow");
}

/// /req/core/f-op, f-success, f-links.
#[test]
fn req_core_f_success() {
    let service = Service::shared();
    for collection in [
        "beats",
        "units",
        "incidents",
        "plan_routes",
        "plan_stops",
        "boundary",
    ] {
        let body = service.json(&format!("/ogc/collections/{collection}/items?limit=3"));
        for feature in body["features"].as_array().unwrap() {
            let id = feature["id"].as_str().unwrap();
            let path = format!(
                "/ogc/collections/{collection}/items/{}",
                escaped(id).replace('+', "%20")
            );
            let mut alone = service.json(&path);
            assert!(link(&alone, "self").is_some() && link(&alone, "collection").is_some());
            alone.as_object_mut().unwrap().remove("links");
            assert_eq!(alone, *feature);
        }
        service.problem(&format!("/ogc/collections/{collection}/items/none"), 404);
    }
}

/// /req/html/definition, /req/html/content: each page can be read, and has its links.
#[test]
fn req_html_content() {
    let service = Service::shared();
    for (path, word) in [
        ("/ogc", "collections?f=html"),
        ("/ogc/conformance", "conf/core"),
        ("/ogc/collections", "警情"),
        ("/ogc/collections/beats", "beats.gpkg"),
        ("/ogc/collections/beats/queryables", "派出所"),
        ("/ogc/collections/beats/items", "<svg role=\"img\""),
        ("/ogc/collections/incidents/items", "rel=\"next\""),
    ] {
        let answer = service.get_with(path, &[("Accept", "text/html,application/xhtml+xml")]);
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        let text = answer.text();
        assert!(
            text.starts_with("<!doctype html>") && text.contains(word),
            "{path}: {text}"
        );
        assert!(!text.contains("<script"), "{path}");
    }
}

/// An answer that did not change is not sent again, though its time stamp would differ.
#[test]
fn etags_save_the_transfer() {
    let service = Service::shared();
    for path in [
        "/ogc",
        "/ogc/collections",
        "/ogc/collections/beats/items",
        "/ogc/api",
    ] {
        let first = service.get(path);
        let tag = first.header("etag").to_owned();
        assert!(!tag.is_empty(), "{path}");
        let again = service.get_with(path, &[("If-None-Match", &tag)]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
}

//! Part 3: queryables and CQL2, against plain loops over the same features.

use serde_json::Value;

use crate::stand::{Service, escaped};

fn all(collection: &str) -> Vec<Value> {
    let body = Service::shared().json(&format!("/ogc/collections/{collection}/items?limit=10000"));
    body["features"].as_array().unwrap().clone()
}

fn by_filter(collection: &str, filter: &str, language: &str) -> Vec<Value> {
    let path = format!(
        "/ogc/collections/{collection}/items?limit=10000&filter-lang={language}&filter={}",
        escaped(filter)
    );
    let body = Service::shared().json(&path);
    body["features"].as_array().unwrap().clone()
}

#[test]
fn queryables_name_every_property() {
    let service = Service::shared();
    let answer = service.get("/ogc/collections/units/queryables");
    assert_eq!(answer.header("content-type"), "application/schema+json");
    let schema = answer.json();
    for name in [
        "id",
        "call_sign",
        "unit_kind",
        "station",
        "status",
        "geometry",
    ] {
        assert!(schema["properties"][name].is_object(), "{name}: {schema}");
    }
    assert_eq!(schema["additionalProperties"], false);
}

type Test = fn(&Value) -> bool;

#[test]
fn filters_take_what_a_loop_would() {
    let places = all("places");
    assert_eq!(places.len(), 1090);
    let cases: [(&str, &str, Test); 6] = [
        (
            "tier = 'yellow' OR place_kind = 'school'",
            r#"{"op":"or","args":[{"op":"=","args":[{"property":"tier"},"yellow"]},
                {"op":"=","args":[{"property":"place_kind"},"school"]}]}"#,
            |f| f["properties"]["tier"] == "yellow" || f["properties"]["place_kind"] == "school",
        ),
        (
            "NOT (tier = 'blue')",
            r#"{"op":"not","args":[{"op":"=","args":[{"property":"tier"},"blue"]}]}"#,
            |f| f["properties"]["tier"] != "blue",
        ),
        (
            "name LIKE '%大%'",
            r#"{"op":"like","args":[{"property":"name"},"%大%"]}"#,
            |f| f["properties"]["name"].as_str().unwrap().contains('大'),
        ),
        (
            "tier IN ('yellow','green')",
            r#"{"op":"in","args":[{"property":"tier"},["yellow","green"]]}"#,
            |f| f["properties"]["tier"] != "blue",
        ),
        (
            "S_INTERSECTS(geometry, POLYGON((123.44 41.78, 123.5 41.78, 123.5 41.83, 123.44 41.83, 123.44 41.78)))",
            r#"{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Polygon","coordinates":
                [[[123.44,41.78],[123.5,41.78],[123.5,41.83],[123.44,41.83],[123.44,41.78]]]}]}"#,
            |f| {
                let c = &f["geometry"]["coordinates"];
                (123.44..=123.5).contains(&c[0].as_f64().unwrap())
                    && (41.78..=41.83).contains(&c[1].as_f64().unwrap())
            },
        ),
        (
            "id BETWEEN 'a' AND 'zz' AND synthetic",
            r#"{"op":"and","args":[{"op":"between","args":[{"property":"id"},"a","zz"]},{"property":"synthetic"}]}"#,
            |f| ("a"..="zz").contains(&f["id"].as_str().unwrap()),
        ),
    ];
    let mut taken = 0;
    for (text, json, test) in cases {
        let wanted: Vec<Value> = places.iter().filter(|f| test(f)).cloned().collect();
        assert_eq!(by_filter("places", text, "cql2-text"), wanted, "{text}");
        assert_eq!(by_filter("places", json, "cql2-json"), wanted, "{json}");
        taken += wanted.len();
    }
    assert!(taken > 500, "{taken}");
}

#[test]
fn times_and_pages_of_a_filter() {
    let service = Service::shared();
    let filter = escaped("at >= DATE('2026-10-01') AND at < DATE('2026-10-08') AND priority = 1");
    let mut next = Some(format!(
        "/ogc/collections/incidents/items?limit=7&filter={filter}"
    ));
    let mut seen = Vec::new();
    let mut matched = None;
    while let Some(path) = next.take() {
        let body = service.json(&path);
        matched = matched.or(body["numberMatched"].as_u64());
        seen.extend(body["features"].as_array().unwrap().clone());
        next = crate::stand::link(&body, "next").map(|href| service.path_of(href));
    }
    assert_eq!(Some(seen.len() as u64), matched);
    assert!(seen.len() > 7, "{}", seen.len());
    for feature in &seen {
        let at = feature["properties"]["at"].as_str().unwrap();
        assert!(("2026-10-01T".."2026-10-08T").contains(&at), "{at}");
        assert_eq!(feature["properties"]["priority"], 1);
    }
    let during = "T_DURING(at, INTERVAL('2026-10-01T00:00:00+08:00','2026-10-08T00:00:00+08:00')) AND priority = 1";
    assert_eq!(
        by_filter("incidents", during, "cql2-text").len(),
        seen.len()
    );
}

#[test]
fn shapes_of_a_filter_may_be_in_another_frame() {
    let service = Service::shared();
    let plain = by_filter(
        "cameras",
        "S_WITHIN(geometry, BBOX(123.44,41.78,123.5,41.83))",
        "cql2-text",
    );
    let path = format!(
        "/ogc/collections/cameras/items?limit=1000&filter-crs={}&filter={}",
        escaped("http://www.opengis.net/def/crs/EPSG/0/4326"),
        escaped("S_WITHIN(geometry, BBOX(41.78,123.44,41.83,123.5))")
    );
    assert_eq!(service.json(&path)["features"], Value::from(plain.clone()));
    assert!(!plain.is_empty());
}

/// /req/filter/expression-construction, and what Part 1 (7.15.5) has of properties.
#[test]
fn a_filter_that_can_be_true_of_nothing_is_refused() {
    let service = Service::shared();
    let refused = |query: &str, parameter: &str, told: &str| {
        let path = format!("/ogc/collections/incidents/items?{query}");
        let problem = service.problem(&path, 400);
        assert_eq!(problem["parameter"], parameter, "{query}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(told), "{query}: {detail}");
    };
    refused("priority=abc", "priority", "a number, not \"abc\"");
    refused("priority=NaN", "priority", "a number");
    refused("synthetic=maybe", "synthetic", "true or false");
    refused("at=yesterday", "at", "a time like");
    for (text, told) in [
        ("priority = 'abc'", "'abc' is a text"),
        ("at > 5", "5 is a number"),
        ("priority", "not true or false"),
        ("5", "a comparison is missing"),
        (
            "S_INTERSECTS(geometry, POLYGON((123 41, 124 42)))",
            "four positions",
        ),
        (
            "S_INTERSECTS(geometry, POINT(41.8 123.4))",
            "the longitude comes first",
        ),
    ] {
        refused(&format!("filter={}", escaped(text)), "filter", told);
    }
    let json = escaped(r#"{"op":"=","args":[{"property":"priority"},"abc"]}"#);
    let query = format!("filter-lang=cql2-json&filter={json}");
    refused(&query, "filter", "'abc' is a text");

    // What says the same in other words is no fault, nor is a word that no row has.
    let count = |query: &str| {
        let body = service.json(&format!("/ogc/collections/incidents/items?limit=1&{query}"));
        body["numberMatched"].as_u64().unwrap()
    };
    let first = count("priority=1");
    assert!(first > 0);
    assert_eq!(count("priority=1.0"), first);
    assert_eq!(
        count(&format!("filter={}", escaped("priority < 1.5"))),
        first
    );
    assert_eq!(count("synthetic=1"), count("synthetic=true"));
    assert_eq!(count("synthetic=false"), 0);
    assert_eq!(count("category=no-such"), 0);
}

//! Every route of the contract, over a real workspace file.

use axum::body::Body;
use axum::http::Method;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::{Access, Workspace};
use geojson::FeatureCollection;
use serde_json::{Value, json};

use crate::ask::{Desk, request};
use crate::town::{INCIDENTS, SIDE, SOUTH, WEST};

const NIGHT: &str = "/api/risk?window=night%402026-10-31&model=kde";

/// Address of the tile that holds the town's crowded corner.
pub fn tile(z: u32) -> String {
    let (lon, lat) = (WEST + SIDE * 0.7, SOUTH + SIDE * 0.7);
    let side = f64::from(1u32 << z);
    let x = ((lon + 180.0) / 360.0 * side) as u32;
    let y = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side) as u32;
    format!("{z}/{x}/{y}.mvt")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_says_what_the_page_needs_first() {
    let desk = Desk::open().await;
    let workspace = desk.json("/api/workspace").await;
    assert_eq!(workspace["name"], "Testtown");
    assert_eq!(workspace["synthetic"], true);
    assert_eq!(workspace["timezone"], "Asia/Shanghai");
    assert_eq!(workspace["today"], "2026-10-31", "the day the data ends");
    assert_eq!(workspace["incidents"]["count"], INCIDENTS);
    assert_eq!(workspace["incidents"]["from"], "2026-09-01T00:00:00+08:00");
    assert_eq!(workspace["has_roads"], true);
    assert_eq!(workspace["attribution"], "made up");
    assert_eq!(
        workspace["models"],
        json!([
            "count",
            "kde",
            "adaptive_kde",
            "prospective",
            "hawkes",
            "risk_terrain",
            "mixture"
        ])
    );
    assert_eq!(workspace["resolutions"], json!([7, 8, 9, 10, 11]));
    assert_eq!(workspace["default_resolution"], 10);
    assert!(workspace["data_version"].as_u64().unwrap() > 0);
    assert!(workspace["area_km2"].as_f64().unwrap() > 1.0);
    assert_eq!(workspace["boundary"]["type"], "Polygon");
    let [w, s, e, n] = [0, 1, 2, 3].map(|i| workspace["bbox"][i].as_f64().unwrap());
    assert!((w - WEST).abs() < 1e-9 && (e - WEST - SIDE).abs() < 1e-9);
    assert!((s - SOUTH).abs() < 1e-9 && (n - SOUTH - SIDE).abs() < 1e-9);
    let count = |code: &str| {
        let all = workspace["categories"].as_array().unwrap();
        all.iter().find(|c| c["code"] == code).unwrap()["count"].clone()
    };
    assert_eq!(count("criminal"), 400, "children count for their parent");
    assert_eq!(count("criminal/theft"), 200);
    let shifts = workspace["shifts"].as_array().unwrap();
    let night = shifts.iter().find(|s| s["id"] == "night").unwrap();
    assert_eq!(
        (&night["start"], &night["end"]),
        (&json!("22:00"), &json!("06:00"))
    );
    let layers = workspace["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 11);
    for layer in layers {
        let kind = layer["kind"].as_str().unwrap();
        let features = desk.json(&format!("/api/layers/{kind}")).await;
        assert_eq!(
            features["features"].as_array().unwrap().len(),
            layer["count"]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn layers_are_geojson_and_are_not_sent_twice() {
    let desk = Desk::open().await;
    let units = desk.get("/api/layers/units").await;
    assert_eq!(units.header("content-type"), "application/geo+json");
    let read: FeatureCollection = units.text().parse().unwrap();
    assert_eq!(read.features.len(), 4);
    for feature in &read.features {
        let properties = feature.properties.as_ref().unwrap();
        assert_eq!(properties["kind"], "units");
        assert_eq!(properties["synthetic"], true);
        assert_eq!(properties["unit_kind"], "car");
    }
    let tag = units.header("etag").to_owned();
    assert!(!tag.is_empty());
    for known in [tag.as_str(), "\"other\", W/\"x\"", "*"] {
        let again = request(Method::GET, "/api/layers/units")
            .header("if-none-match", known)
            .body(Body::empty())
            .unwrap();
        let again = desk.send(again).await;
        let have = known != "\"other\", W/\"x\"";
        assert_eq!(again.status, if have { 304 } else { 200 }, "{known}");
        assert_eq!(again.bytes.is_empty(), have);
        assert_eq!(again.header("etag"), tag);
    }
    desk.get("/api/layers/cars")
        .await
        .problem(404, "unknown-layer");
}

#[tokio::test(flavor = "multi_thread")]
async fn incidents_come_page_by_page_each_once() {
    let desk = Desk::open().await;
    let mut next = Some("/api/incidents?category=criminal&limit=150".to_owned());
    let mut ids = Vec::new();
    let mut pages = 0;
    while let Some(address) = next {
        let page = desk.json(&address).await;
        let features = page["features"].as_array().unwrap();
        assert_eq!(page["number_returned"], features.len());
        for feature in features {
            let properties = &feature["properties"];
            assert_ne!(properties["category"], "traffic");
            assert!(properties["at"].as_str().unwrap().ends_with("+08:00"));
            assert_eq!(properties["priority"], 2);
            ids.push(feature["id"].as_str().unwrap().to_owned());
        }
        next = page["next"].as_str().map(str::to_owned);
        pages += 1;
    }
    assert_eq!(pages, 3);
    assert_eq!(ids.len(), 400);
    ids.dedup();
    assert_eq!(ids.len(), 400, "each once, in order");

    let day = desk
        .json("/api/incidents?from=2026-10-31&until=2026-11-01")
        .await;
    let all = desk.json("/api/incidents?limit=10000").await;
    let on_the_day = all["features"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["properties"]["at"].as_str().unwrap() >= "2026-10-31")
        .count();
    assert!(on_the_day > 0);
    assert_eq!(day["number_returned"], on_the_day);
    let from_only = desk.json("/api/incidents?from=2026-10-31").await;
    assert_eq!(from_only["number_returned"], on_the_day);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_surface_its_cells_its_file_and_its_tiles_agree() {
    let desk = Desk::open().await;
    let surface = desk.json(NIGHT).await;
    let id = surface["id"].as_str().unwrap();
    assert_eq!(surface["model"], "kde");
    assert_eq!(surface["window"]["start"], "2026-10-31T22:00:00+08:00");
    assert_eq!(surface["window"]["end"], "2026-11-01T06:00:00+08:00");
    assert_eq!(surface["empty"], false);
    assert_eq!(
        surface["tiles"],
        format!("/tiles/risk/{id}/{{z}}/{{x}}/{{y}}.mvt")
    );
    let classes = surface["classes"].as_array().unwrap();
    let numbers: Vec<u64> = classes
        .iter()
        .map(|c| c["class"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    assert_eq!(classes[4]["share_to"], 0.10);

    // Asked again, in another order of parameters: the same surface.
    let again = desk
        .json("/api/risk?model=kde&resolution=10&window=night")
        .await;
    assert_eq!(again["id"], surface["id"]);
    let tag = desk.get(NIGHT).await.header("etag").to_owned();
    let known = request(Method::GET, NIGHT)
        .header("if-none-match", tag)
        .body(Body::empty())
        .unwrap();
    assert_eq!(desk.send(known).await.status, 304);

    let cells = desk.json(surface["links"]["cells"].as_str().unwrap()).await;
    let cells = cells["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 50);
    for (i, cell) in cells.iter().enumerate() {
        assert_eq!(cell["rank"], i + 1);
    }
    let hottest = &cells[0];
    assert_eq!(hottest["per_km2"], surface["max_per_km2"]);
    assert_eq!(hottest["class"], 5);
    assert_eq!(hottest["beat"]["id"], "b3", "the crowded corner");
    let centre = &hottest["centre"];
    let at = desk
        .json(&format!(
            "/api/risk/{id}/at?lon={}&lat={}",
            centre[0], centre[1]
        ))
        .await;
    assert_eq!(&at, hottest);
    desk.get(&format!("/api/risk/{id}/at?lon=0&lat=0"))
        .await
        .problem(404, "unknown-cell");

    let file = desk
        .get(surface["links"]["geojson"].as_str().unwrap())
        .await;
    assert_eq!(file.status, 200);
    assert!(file.header("content-disposition").starts_with("attachment"));
    let read: FeatureCollection = file.text().parse().unwrap();
    assert_eq!(read.features.len(), surface["cells"]);
    let total: f64 = read
        .features
        .iter()
        .map(|f| f.property("expected").unwrap().as_f64().unwrap())
        .sum();
    assert!((total - surface["total"].as_f64().unwrap()).abs() < 1e-6);
    assert!(file.json()["provenance"]["model"].is_string());

    for z in [8, 11, 13] {
        let address = format!("/tiles/risk/{id}/{}", tile(z));
        let tile = desk.get(&address).await;
        assert_eq!(tile.status, 200, "{address}");
        assert_eq!(
            tile.header("content-type"),
            "application/vnd.mapbox-vector-tile"
        );
        assert!(tile.header("cache-control").contains("immutable"));
        assert!(!tile.bytes.is_empty());
        assert_eq!(desk.get(&address).await.bytes, tile.bytes, "from memory");
    }
    let nothing = desk.get(&format!("/tiles/risk/{id}/13/0/0.mvt")).await;
    assert_eq!(nothing.status, 204);
    desk.get(&format!("/tiles/risk/0000/{}", tile(12)))
        .await
        .problem(404, "unknown-surface");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_surface_asked_by_many_at_once_is_computed_once() {
    let desk = std::sync::Arc::new(Desk::open().await);
    let ask = |_| {
        let desk = desk.clone();
        tokio::spawn(async move {
            desk.json("/api/risk?window=late%402026-10-30&model=kde&bandwidth_m=311")
                .await
        })
    };
    let asked: Vec<_> = (0..12).map(ask).collect();
    let mut ids = Vec::new();
    for answer in asked {
        ids.push(answer.await.unwrap()["id"].as_str().unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(desk.session.surfaces.computed(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_takes_visits_and_says_how_it_was_searched() {
    let desk = Desk::open().await;
    let body = |id: &str| {
        json!({"window": "night@2026-10-31", "units": 2, "model": "count", "seed": 7,
            "deadline_ms": 10000, "iterations": 20, "must_visits": [
                {"id": id, "from": "2026-10-31T23:00:00+08:00", "until": "2026-11-01T01:00",
                    "dwell_s": 300},
                {"id": id, "from": "2026-10-31T12:00", "until": "2026-10-31T13:00"}]})
    };
    let made = desk.post("/api/plans", body("p3").to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let plan = made.json();
    let due = json!({"kind": "must_visit", "from": "2026-10-31T23:00:00+08:00",
        "until": "2026-11-01T01:00:00+08:00"});
    let routes = plan["routes"].as_array().unwrap().iter();
    let stops = routes.flat_map(|route| route["stops"].as_array().unwrap());
    assert_eq!(stops.filter(|stop| stop["reason"] == due).count(), 1);
    let missed = plan["missed"].as_array().unwrap().iter();
    let outside = missed.filter(|missed| missed["why"] == "outside_shift");
    assert_eq!(outside.count(), 1, "{}", plan["missed"]);
    let search = json!({"iterations": 20, "iterations_asked": 20, "kept_stops": null, "ended_by": "iterations"});
    assert_eq!(plan["search"], search);
    assert_eq!(plan["units_asked"], 2);

    desk.post("/api/plans", body("nowhere").to_string())
        .await
        .problem(422, "unknown-must-visit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_made_stored_listed_and_exported() {
    for read_only in [false, true] {
        let desk = Desk::open_as(read_only).await;
        let body = json!({"window": "night@2026-10-31", "units": 2, "model": "count",
            "category": [], "seed": 7, "deadline_ms": 300});
        let made = desk.post("/api/plans", body.to_string()).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let plan = made.json();
        let address = plan["links"]["self"].as_str().unwrap();
        assert_eq!(made.header("location"), address);
        assert_eq!(plan["routes"].as_array().unwrap().len(), 2);
        assert_eq!(plan["synthetic"], true);
        let stop = &plan["routes"][0]["stops"][0];
        assert!(stop["arrival"].as_str().unwrap().ends_with("+08:00"));
        assert!(stop["reason"]["kind"].is_string());

        assert_eq!(desk.json(address).await, plan);
        let list = desk.json("/api/plans?limit=5").await;
        assert_eq!(list["plans"].as_array().unwrap().len(), 1);
        assert_eq!(list["plans"][0]["id"], plan["id"]);
        assert_eq!(list["plans"][0]["units"], 2);

        let gpx = desk.get(plan["links"]["gpx"].as_str().unwrap()).await;
        assert_eq!(gpx.header("content-type"), "application/gpx+xml");
        assert!(gpx.header("content-disposition").starts_with("attachment"));
        let read = gpx::read(gpx.bytes.as_slice()).unwrap();
        assert!(!read.tracks.is_empty() || !read.routes.is_empty());
        let file = desk.get(plan["links"]["geojson"].as_str().unwrap()).await;
        let read: FeatureCollection = file.text().parse().unwrap();
        assert!(!read.features.is_empty());

        let version = desk.json("/api/workspace").await["data_version"].clone();
        let stored = version.as_u64().unwrap() == 11;
        assert_eq!(stored, !read_only, "version {version}");
        desk.get("/api/plans/none")
            .await
            .problem(404, "unknown-plan");
        desk.get("/api/plans/none.gpx")
            .await
            .problem(404, "unknown-plan");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn base_and_incident_tiles() {
    let desk = Desk::open().await;
    for (kind, z) in [
        ("base", 14),
        ("incidents", 14),
        ("incidents", 9),
        ("layers/beats", 12),
        ("layers/posts", 12),
        ("layers/boundary", 9),
    ] {
        let address = format!("/tiles/{kind}/{}", tile(z));
        let tile = desk.get(&address).await;
        assert_eq!(tile.status, 200, "{address}: {}", tile.text());
        assert!(!tile.bytes.is_empty());
        let again = request(Method::GET, &address)
            .header("if-none-match", tile.header("etag"))
            .body(Body::empty())
            .unwrap();
        assert_eq!(desk.send(again).await.status, 304);
        assert_eq!(
            desk.get(&format!("/tiles/{kind}/3/0/0.mvt")).await.status,
            204
        );
    }
    for kind in ["zones", "cameras"] {
        let address = format!("/tiles/layers/{kind}/{}", tile(12));
        assert_eq!(desk.get(&address).await.status, 204);
    }
    desk.get(&format!("/tiles/layers/cars/{}", tile(12)))
        .await
        .problem(404, "unknown-layer");
    let beats = desk.get(&format!("/tiles/layers/beats/{}", tile(10))).await;
    for text in ["beats", "Beat 0", "Beat 3", "station", "synthetic"] {
        assert!(beats.text().contains(text), "{text}");
    }
    let address = format!("/tiles/incidents/{}", tile(12));
    let all = desk.get(&address).await.bytes.len();
    let some = desk
        .get(&format!("{address}?category=traffic&from=2026-10-01"))
        .await
        .bytes
        .len();
    assert!(0 < some && some < all, "{some} of {all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn near_says_the_beat_and_the_way() {
    let desk = Desk::open().await;
    desk.warm().await;
    let (lon, lat) = (WEST + SIDE * 0.3, SOUTH + SIDE * 0.4);
    let near = desk.json(&format!("/api/near?lon={lon}&lat={lat}")).await;
    assert_eq!(near["within_reach"], true);
    assert_eq!(near["beat"]["id"], "b0");
    assert_eq!(near["pillars"].as_array().unwrap().len(), 3);
    assert_eq!(near["pillars"][0]["id"], "p1");
    assert!(near["pillars"][0]["metres"].as_f64().unwrap() < 1.0);
    assert_eq!(near["stations"][0]["id"], "s1");
    let posts = near["posts"].as_array().unwrap();
    let figure = |i: usize, name: &str| posts[i][name].as_f64().unwrap();
    assert_eq!(posts[0]["id"], "straight", "the first by road");
    assert!(figure(0, "seconds") < figure(1, "seconds"));
    assert!(figure(0, "metres") > figure(1, "metres"));
    assert!(near["stations"][0]["seconds"].as_f64().unwrap() > 10.0);
    let units: Vec<&Value> = near["units"].as_array().unwrap().iter().collect();
    assert_eq!(units.len(), 3);
    assert!(units.iter().all(|u| u["id"] != "u3"), "a unit on its break");
    let far = desk.json("/api/near?lon=0&lat=0").await;
    assert_eq!(far["beat"], Value::Null);
    assert_eq!(far["within_reach"], false);
    for list in ["pillars", "posts", "joint_duty_posts", "stations", "units"] {
        assert_eq!(far[list], json!([]), "nothing is near at {list}");
    }
    // A little outside, things are near; without the road, as the crow flies.
    let west = WEST - 0.04;
    let outside = desk.json(&format!("/api/near?lon={west}&lat={lat}")).await;
    assert_eq!(outside["within_reach"], true);
    assert_eq!(outside["beat"], Value::Null);
    assert_eq!(outside["stations"][0]["id"], "s1");
    assert_eq!(outside["stations"][0]["seconds"], Value::Null);
    // Roads that are not read so far say nothing: as the crow flies.
    let cold = Desk::open().await;
    let near = cold.json(&format!("/api/near?lon={lon}&lat={lat}")).await;
    assert_eq!(near["posts"][0]["id"], "corner");
    assert_eq!(near["posts"][0]["seconds"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_figures() {
    let desk = Desk::open().await;
    assert_eq!(desk.json("/healthz").await["status"], "ok");
    desk.get("/readyz").await.problem(503, "not-ready");
    desk.warm().await;
    assert_eq!(desk.get("/readyz").await.status, 200);
    // What the page asks for first is there already.
    assert_eq!(desk.session.surfaces.computed(), 1);
    desk.json("/api/risk?window=night%402026-10-31&resolution=10")
        .await;
    assert_eq!(desk.session.surfaces.computed(), 1);
    desk.json("/api/workspace").await;
    let figures = desk.get("/metrics").await.text();
    for line in [
        r#"frontbeat_http_requests_total{method="GET",route="/healthz",status="200"}"#,
        r#"route="/api/workspace""#,
        "frontbeat_http_request_seconds_bucket",
    ] {
        assert!(figures.contains(line), "{line} is missing in:\n{figures}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_its_headers() {
    let desk = Desk::open().await;
    let page = desk.get("/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'self'",
        "worker-src 'self' blob:",
        "img-src 'self' data: blob:",
        "style-src 'self' 'unsafe-inline'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{part}");
    }
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(!page.header("x-request-id").is_empty());
    let again = request(Method::GET, "/assets/index.html")
        .header("if-none-match", page.header("etag"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(desk.send(again).await.status, 304);
    let docs = desk.get("/api/docs").await;
    assert_eq!(docs.header("content-type"), "text/html; charset=utf-8");
    assert!(docs.text().contains("/tiles/risk/{id}/{z}/{x}/{y}.mvt"));
    assert!(
        !docs.text().contains("<script"),
        "nothing to run, nothing to fetch"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_compressed_where_asked() {
    let desk = Desk::open().await;
    let plain = desk.get("/api/incidents").await;
    let packed = request(Method::GET, "/api/incidents")
        .header("accept-encoding", "gzip")
        .body(Body::empty())
        .unwrap();
    let packed = desk.send(packed).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() * 4 < plain.bytes.len());

    // The page's own files too: the same bytes for each visitor, packed once.
    let library = "/assets/vendor/maplibre/maplibre-gl.mjs";
    let plain = desk.get(library).await;
    assert_eq!(plain.header("content-encoding"), "");
    for _ in 0..2 {
        let asked = request(Method::GET, library)
            .header("accept-encoding", "gzip, deflate, br")
            .body(Body::empty())
            .unwrap();
        let packed = desk.send(asked).await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert_eq!(packed.header("vary"), "accept-encoding");
        assert_eq!(packed.header("etag"), plain.header("etag"));
        assert!(packed.bytes.len() * 3 < plain.bytes.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_within_a_polygon() {
    let desk = Desk::open().await;
    // The north-eastern beat, a little more on each side.
    let (w, s) = (WEST + SIDE * 0.49, SOUTH + SIDE * 0.49);
    let (e, n) = (WEST + SIDE * 1.01, SOUTH + SIDE * 1.01);
    let ring = json!([[w, s], [e, s], [e, n], [w, n], [w, s]]);
    let geometry = json!({"type": "Polygon", "coordinates": [ring]});
    let ask = async |body: Value| {
        let answer = desk.post("/api/within", body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let all = ask(json!({"geometry": geometry})).await;
    let ids = |kind: &str| {
        let layers = all["layers"].as_array().unwrap();
        let layer = layers.iter().find(|l| l["kind"] == kind).unwrap();
        assert_eq!(layer["count"], layer["ids"].as_array().unwrap().len());
        layer["ids"].clone()
    };
    assert_eq!(ids("beats"), json!(["b3"]));
    assert_eq!(ids("posts"), json!(["corner"]));
    assert_eq!(ids("joint_duty_posts"), json!(["j1"]));
    assert_eq!(ids("stations"), json!(["s1"]));
    assert_eq!(ids("units"), json!(["u2", "u3"]), "whatever they do");
    assert_eq!(ids("pillars"), json!([]));
    assert_eq!(ids("boundary"), json!([]));
    assert_eq!(all["layers"].as_array().unwrap().len(), 11);
    assert!(all["area_km2"].as_f64().unwrap() > 1.0);

    // The incidents are those of the list.
    let window = "2026-10-01/2026-10-11";
    let some = ask(
        json!({"geometry": geometry, "layers": ["incidents", "beats", "beats"],
        "window": window, "category": ["criminal"]}),
    )
    .await;
    let listed = desk
        .json("/api/incidents?from=2026-10-01&until=2026-10-11&category=criminal&limit=10000")
        .await;
    let mut expected = std::collections::BTreeMap::<String, u64>::new();
    for feature in listed["features"].as_array().unwrap() {
        let at = |i: usize| feature["geometry"]["coordinates"][i].as_f64().unwrap();
        if (w..=e).contains(&at(0)) && (s..=n).contains(&at(1)) {
            let code = feature["properties"]["category"].as_str().unwrap();
            *expected.entry(code.to_owned()).or_default() += 1;
        }
    }
    assert_eq!(expected.len(), 2);
    let counted: std::collections::BTreeMap<String, u64> = some["incidents"]["by_category"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (
                c["code"].as_str().unwrap().to_owned(),
                c["count"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(counted, expected);
    assert_eq!(some["incidents"]["count"], expected.values().sum::<u64>());
    assert_eq!(some["layers"].as_array().unwrap().len(), 1);
    let quiet = ask(json!({"geometry": geometry, "layers": ["posts"]})).await;
    assert_eq!(quiet["incidents"], Value::Null);

    let bow_tie =
        json!({"type": "Polygon", "coordinates": [[[w, s], [e, n], [e, s], [w, n], [w, s]]]});
    for (body, field) in [
        (json!({"geometry": bow_tie}), "geometry"),
        (
            json!({"geometry": {"type": "Polygon", "coordinates": []}}),
            "geometry",
        ),
        (
            json!({"geometry": {"type": "Polygon", "coordinates": [[[1.0], [2.0]]]}}),
            "geometry",
        ),
        (json!({"geometry": geometry, "layers": ["cars"]}), "layers"),
        (json!({"geometry": geometry, "window": "noon"}), "window"),
        (
            json!({"geometry": geometry, "category": ["witchcraft"]}),
            "category",
        ),
    ] {
        let problem = desk.post("/api/within", body.to_string()).await;
        let problem = problem.problem(400, "invalid-parameter");
        assert_eq!(problem["parameter"], field);
    }
    let point = json!({"geometry": {"type": "Point", "coordinates": [w, s]}});
    desk.post("/api/within", point.to_string())
        .await
        .problem(400, "invalid-body");
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_and_hours_are_read_in_every_writing() {
    let desk = Desk::open().await;
    let id = async |query: &str| {
        desk.json(&format!("/api/risk?model=count&{query}")).await["id"].clone()
    };
    let night = id("window=night%402026-10-31").await;
    for window in [
        "2026-10-31T22:00:00%2B08:00/2026-11-01T06:00:00%2B08:00",
        "2026-10-31T22:00:00+08:00/2026-11-01T06:00:00+08:00",
        "2026-10-31%2022:00/2026-11-01+06:00",
    ] {
        assert_eq!(id(&format!("window={window}")).await, night, "{window}");
    }
    let hours: Vec<String> = (0..168)
        .filter(|h| h % 24 >= 22 || h % 24 < 2)
        .map(|h| h.to_string())
        .collect();
    let listed = id(&format!(
        "window=night%402026-10-31&hours={}",
        hours.join(",")
    ))
    .await;
    assert_eq!(id("window=night%402026-10-31&hours=22-2").await, listed);
    assert_ne!(listed, night);
    for hours in [
        json!("22-2"),
        json!(
            hours
                .iter()
                .map(|h| h.parse::<u16>().unwrap())
                .collect::<Vec<_>>()
        ),
    ] {
        let body = json!({"window": "night@2026-10-31", "model": "count", "units": 1,
            "deadline_ms": 50, "hours": hours});
        let made = desk.post("/api/plans", body.to_string()).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_surface_that_could_not_be_kept_is_refused_before_it_is_computed() {
    let folder = tempfile::tempdir().unwrap();
    let path = crate::town::build(folder.path()).await;
    let wide = Workspace::open(&path, Access::Write).await.unwrap();
    let rows = LayerRows::Boundary(crate::town::square(0.0, 0.0, 30.0));
    wide.write(rows, &crate::town::source()).await.unwrap();
    wide.close().await;
    let desk = Desk::of(folder, &path, true).await;
    let refused = desk.get("/api/risk?window=night&resolution=11").await;
    let problem = refused.problem(400, "invalid-risk-request");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("choose a coarser resolution"), "{detail}");
    assert_eq!(desk.session.surfaces.computed(), 0);
    let coarser = desk.json("/api/risk?window=night&resolution=8").await;
    let id = coarser["id"].as_str().unwrap();
    assert_eq!(
        desk.get(&format!("/tiles/risk/{id}/{}", tile(9)))
            .await
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_whose_client_left_keeps_its_turn_and_is_not_stored() {
    let desk = std::sync::Arc::new(Desk::open().await);
    // The network and the surface are there, so that the search comes at once.
    desk.warm().await;
    let asking = desk.clone();
    let client = tokio::spawn(async move {
        let body = json!({"window": "night@2026-10-31", "model": "count", "deadline_ms": 3000});
        asking.post("/api/plans", body.to_string()).await
    });
    let running = || desk.session.plans.running();
    while running() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    client.abort();
    assert!(
        client.await.is_err(),
        "the client left before its plan was made"
    );
    assert_eq!(running(), 1, "the search still runs");
    for _ in 0..1200 {
        if running() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(running(), 0, "the turn is given back");
    let list = desk.json("/api/plans").await;
    assert_eq!(list["plans"], json!([]));
}

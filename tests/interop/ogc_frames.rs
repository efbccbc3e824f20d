//! Part 2: frames by reference, with `cs2cs` as the judge of numbers.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::stand::{Service, escaped};

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

fn items(collection: &str, crs: &str, more: &str) -> (Value, String) {
    let path = format!(
        "/ogc/collections/{collection}/items?limit=100&crs={}{more}",
        escaped(crs)
    );
    let answer = Service::shared().get(&path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    (answer.json(), answer.header("content-crs").to_owned())
}

fn points(body: &Value) -> Vec<[f64; 2]> {
    let features = body["features"].as_array().unwrap();
    let of = |f: &Value, i: usize| f["geometry"]["coordinates"][i].as_f64().unwrap();
    features.iter().map(|f| [of(f, 0), of(f, 1)]).collect()
}

#[test]
fn answers_are_in_the_frame_that_is_asked_for() {
    let service = Service::shared();
    let (plain, said) = items("pillars", CRS84, "");
    assert_eq!(said, format!("<{CRS84}>"));
    let plain = points(&plain);
    let offered = service.json("/ogc/collections/pillars")["crs"].clone();
    let offered: Vec<&str> = offered
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c.as_str().unwrap())
        .collect();
    assert!(
        offered.contains(&CRS84) && offered.len() == 5,
        "{offered:?}"
    );
    for code in [4326, 4490, 3857, 32651] {
        let uri = format!("http://www.opengis.net/def/crs/EPSG/0/{code}");
        assert!(offered.contains(&uri.as_str()), "{uri}");
        let (body, said) = items("pillars", &uri, "");
        assert_eq!(said, format!("<{uri}>"));
        let found = points(&body);
        let wanted = match code {
            4326 | 4490 => plain.iter().map(|[x, y]| [*y, *x]).collect(),
            _ => by_cs2cs(code, &plain),
        };
        let most = if matches!(code, 4326 | 4490) {
            1e-12
        } else {
            0.01
        };
        assert!(!found.is_empty(), "{code}");
        assert_eq!(found.len(), wanted.len(), "{code}");
        for (found, wanted) in found.iter().zip(&wanted) {
            let off = (found[0] - wanted[0])
                .abs()
                .max((found[1] - wanted[1]).abs());
            assert!(off < most, "{code}: {found:?} {wanted:?}");
        }
    }
}

/// The points by PROJ.
fn by_cs2cs(code: u32, points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut child = Command::new("cs2cs")
        .args(["-f", "%.6f", "EPSG:4326", &format!("EPSG:{code}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cs2cs is needed (proj-bin)");
    let mut input = child.stdin.take().unwrap();
    for [x, y] in points {
        writeln!(input, "{y:.12} {x:.12}").unwrap();
    }
    drop(input);
    let out = child.wait_with_output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines()
        .map(|line| {
            let mut numbers = line.split_whitespace().map(|n| n.parse().unwrap());
            [numbers.next().unwrap(), numbers.next().unwrap()]
        })
        .collect()
}

#[test]
fn a_box_is_in_the_frame_it_says() {
    let service = Service::shared();
    let ids = |path: &str| -> Vec<Value> {
        let body = service.json(path);
        body["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["id"].clone())
            .collect()
    };
    let base = "/ogc/collections/cameras/items?limit=1000";
    let wanted = ids(&format!("{base}&bbox=123.44,41.78,123.5,41.83"));
    let latitude_first = escaped("http://www.opengis.net/def/crs/EPSG/0/4326");
    let same = ids(&format!(
        "{base}&bbox=41.78,123.44,41.83,123.5&bbox-crs={latitude_first}"
    ));
    assert_eq!(same, wanted);
    let corners = by_cs2cs(3857, &[[123.44, 41.78], [123.5, 41.83]]);
    let mercator = escaped("http://www.opengis.net/def/crs/EPSG/0/3857");
    let [[w, s], [e, n]] = [corners[0], corners[1]];
    assert_eq!(
        ids(&format!("{base}&bbox={w},{s},{e},{n}&bbox-crs={mercator}")),
        wanted
    );
    assert!(!wanted.is_empty());
}

#[test]
fn unknown_frames_are_refused_with_the_known_ones() {
    let service = Service::shared();
    for parameter in ["crs", "bbox-crs", "filter-crs"] {
        for bad in ["EPSG:99999", "http://example.com/crs", "4326"] {
            let path = format!("/ogc/collections/beats/items?{parameter}={}", escaped(bad));
            let problem = service.problem(&path, 400);
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains("CRS84"), "{detail}");
        }
    }
}

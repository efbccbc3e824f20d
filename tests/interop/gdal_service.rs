//! GDAL's OAPIF driver lists, reads, filters and pages the collections.

use crate::stand::{Service, exported, features, folder, quietly};

fn count(told: &str) -> usize {
    let line = told
        .lines()
        .find(|line| line.starts_with("Feature Count: "));
    line.unwrap_or_else(|| panic!("{told}"))["Feature Count: ".len()..]
        .parse()
        .unwrap()
}

#[test]
fn it_lists_and_reads_every_collection() {
    let service = Service::shared();
    let source = format!("OAPIF:{}", service.ogc());
    let listed = quietly("ogrinfo", &["-ro", &source]);
    let folder = folder();
    for layer in [
        "boundary",
        "stations",
        "beats",
        "zones",
        "posts",
        "joint_duty_posts",
        "commercial_districts",
        "pillars",
        "cameras",
        "places",
        "units",
        "plan_routes",
        "plan_stops",
    ] {
        assert!(
            listed.contains(&format!(": {layer} (")),
            "{layer}: {listed}"
        );
        let told = quietly("ogrinfo", &["-ro", "-so", &source, layer]);
        let wanted = features(&exported(folder.path(), layer, "geojson", &[])).len();
        assert_eq!(count(&told), wanted, "{layer}");
    }
}

#[test]
fn it_pages_through_all_incidents() {
    let service = Service::shared();
    let source = format!("OAPIF:{}", service.ogc());
    let folder = folder();
    let more = ["--category", "criminal/burglary"];
    let wanted = features(&exported(folder.path(), "incidents", "geojson", &more)).len();
    let paged = quietly(
        "ogr2ogr",
        &[
            "-f",
            "CSV",
            "/vsistdout/",
            &source,
            "incidents",
            "-oo",
            "PAGE_SIZE=97",
            "-where",
            "category = 'criminal/burglary'",
        ],
    );
    assert!(wanted > 500, "{wanted}");
    assert_eq!(paged.lines().count() - 1, wanted);
    let mut ids: Vec<&str> = paged
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), wanted, "an incident came twice");
}

#[test]
fn it_filters_by_box_and_property() {
    let service = Service::shared();
    let source = format!("OAPIF:{}", service.ogc());
    let folder = folder();
    let all = features(&exported(folder.path(), "places", "geojson", &[]));
    let within = all.iter().filter(|f| {
        let c = &f["geometry"]["coordinates"];
        let (x, y) = (c[0].as_f64().unwrap(), c[1].as_f64().unwrap());
        (123.44..=123.5).contains(&x) && (41.79..=41.83).contains(&y)
    });
    let told = quietly(
        "ogrinfo",
        &[
            "-ro", "-so", &source, "places", "-spat", "123.44", "41.79", "123.5", "41.83",
        ],
    );
    assert_eq!(count(&told), within.count());
    let told = quietly(
        "ogrinfo",
        &["-ro", "-so", &source, "places", "-where", "tier = 'yellow'"],
    );
    let yellow = all
        .iter()
        .filter(|f| f["properties"]["tier"] == "yellow")
        .count();
    assert!(yellow > 0);
    assert_eq!(count(&told), yellow);
}

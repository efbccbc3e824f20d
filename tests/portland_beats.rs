//! Which beat a burglary falls in: Frontbeat's index against PostGIS's `ST_Covers`, on
//! Portland's police districts and five years of burglaries, both imported from feet.

#[allow(dead_code, reason = "shared with tests that use all of it")]
#[path = "support/import_program.rs"]
mod import_program;
#[path = "support/real_data.rs"]
mod real_data;

use std::collections::HashMap;

use frontbeat::app::workspace::open_for_reading;
use frontbeat::index::areas::AreaIndex;
use frontbeat::place::area::Area;
use frontbeat::place::position::Position;
use frontbeat::store::record::IncidentFilter;
use import_program::Bench;
use sqlx::{Connection, PgConnection, Row};

fn wkt(area: &Area) -> String {
    let ring = |line: &geo::LineString<f64>| {
        let points: Vec<String> = line.coords().map(|c| format!("{} {}", c.x, c.y)).collect();
        format!("({})", points.join(","))
    };
    let polygons: Vec<String> = area
        .shape()
        .iter()
        .map(|p| {
            let rings: Vec<String> = std::iter::once(p.exterior())
                .chain(p.interiors())
                .map(ring)
                .collect();
            format!("({})", rings.join(","))
        })
        .collect();
    format!("MULTIPOLYGON({})", polygons.join(","))
}

/// Place in the list of the first area that PostGIS says covers each point.
async fn postgis_answers(server: &str, areas: &[Area], points: &[Position]) -> Vec<Option<usize>> {
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the server answers");
    for statement in [
        "CREATE TEMP TABLE area (n int, shape geometry(MultiPolygon, 4326))",
        "CREATE TEMP TABLE point (n int, shape geometry(Point, 4326))",
    ] {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .expect("a table");
    }
    for (n, area) in areas.iter().enumerate() {
        sqlx::query("INSERT INTO area VALUES ($1, ST_GeomFromText($2, 4326))")
            .bind(n as i32)
            .bind(wkt(area))
            .execute(&mut connection)
            .await
            .expect("an area");
    }
    let longitudes: Vec<f64> = points.iter().map(|p| p.lon()).collect();
    let latitudes: Vec<f64> = points.iter().map(|p| p.lat()).collect();
    sqlx::query(
        "INSERT INTO point SELECT n - 1, ST_SetSRID(ST_MakePoint(lon, lat), 4326)
         FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS t(lon, lat, n)",
    )
    .bind(longitudes)
    .bind(latitudes)
    .execute(&mut connection)
    .await
    .expect("the points");
    let rows = sqlx::query(
        "SELECT p.n, min(a.n) FROM point p LEFT JOIN area a ON ST_Covers(a.shape, p.shape)
         GROUP BY p.n ORDER BY p.n",
    )
    .fetch_all(&mut connection)
    .await
    .expect("the answers");
    rows.iter()
        .map(|row| row.get::<Option<i32>, _>(1).map(|n| n as usize))
        .collect()
}

#[tokio::test]
async fn every_burglary_falls_in_the_beat_that_postgis_names() {
    let test = "every_burglary_falls_in_the_beat_that_postgis_names";
    let Some(data) = real_data::folder(test) else {
        return;
    };
    let Ok(server) = std::env::var("FRONTBEAT_TEST_POSTGRES") else {
        println!("SKIPPED {test}: no FRONTBEAT_TEST_POSTGRES (tests/run starts a server)");
        return;
    };
    let bench = Bench::new("America/Los_Angeles");
    let districts = data.join("portland/police_districts.zip");
    let burglaries = data.join("portland/burglary_2012-03_2017-02.csv");
    for ran in [
        bench.import("beats", &districts, &[]),
        bench.import(
            "incidents",
            &burglaries,
            &["--crs", "EPSG:2913", "--category", "criminal/burglary"],
        ),
    ] {
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    let workspace = open_for_reading(&bench.workspace()).await.expect("opens");
    let beats = workspace.beats().await.expect("beats");
    assert!(beats.len() > 50, "{} beats", beats.len());
    let incidents = workspace
        .incidents(&IncidentFilter::default())
        .await
        .expect("incidents");
    assert!(incidents.len() > 5_000, "{} burglaries", incidents.len());

    let areas: Vec<Area> = beats.iter().map(|b| b.area.clone()).collect();
    let points: Vec<Position> = incidents.iter().map(|i| i.position).collect();
    let theirs = postgis_answers(&server, &areas, &points).await;
    assert_eq!(theirs.len(), points.len());
    let index = AreaIndex::new(areas);
    let mut a_beat: HashMap<usize, usize> = HashMap::new();
    for (position, theirs) in points.iter().zip(theirs) {
        let ours = index.at(*position);
        assert_eq!(ours, theirs, "{position:?}");
        if let Some(beat) = ours {
            *a_beat.entry(beat).or_default() += 1;
        }
    }
    let inside: usize = a_beat.values().sum();
    assert!(
        inside * 100 > points.len() * 97,
        "{inside} of {} in a beat",
        points.len()
    );
    assert!(a_beat.len() > 50, "burglaries in {} beats", a_beat.len());
}

//! The mark of made-up data, in both databases: the first records bring it, with all that was
//! there before them; it never comes to real ones, and a copy keeps it.

use frontbeat::live::event::EventKind;
use frontbeat::store::error::StoreError;
use frontbeat::store::record::{ImportSource, LayerRows};
use frontbeat::store::workspace::Workspace;

use crate::place::{Place, on_both};
use crate::rows;

const MARK: &str = "SYNTHETIC 模拟数据";

fn marking() -> ImportSource {
    ImportSource {
        marks_synthetic: true,
        ..rows::source()
    }
}

/// Fails where a row of a table has another mark.
async fn marked(place: &Place, tables: &[&str], mark: &str) {
    for table in tables {
        let others = format!("SELECT 1 FROM {table} WHERE synthetic <> '{mark}'");
        // A database says "constraint" of a row that must not be there.
        let sql = format!(
            "CREATE TABLE none_of_them (x INTEGER CHECK (x = 0));
             INSERT INTO none_of_them {others}; DROP TABLE none_of_them"
        );
        place.sql(&sql).await.unwrap_or_else(|fault| {
            panic!("{table} has rows without {mark:?}: {fault}");
        });
    }
}

/// As a map service would have them.
fn mapped_places() -> LayerRows {
    let mut places = rows::places();
    for (at, place) in places.iter_mut().enumerate() {
        let id = ["node/1", "osm:way/2"].get(at).copied();
        place.id = frontbeat::place::id::Id::new(id.unwrap_or("node/3"));
    }
    places.dedup_by(|a, b| a.id == b.id);
    LayerRows::Places(places)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_records_bring_the_mark_and_all_that_is_there_gets_it() {
    on_both("the_first_records_bring_the_mark", async |place| {
        let w = place.create(false).await;
        let real = rows::source();
        // A map is no record.
        let area = LayerRows::Boundary(rows::square(123.4, 41.8, 0.1));
        w.write(area, &real).await.unwrap();
        w.write(LayerRows::Roads(rows::roads()), &real)
            .await
            .unwrap();
        w.write(mapped_places(), &real).await.unwrap();
        assert!(!w.holds_records().await.unwrap());
        let done = w
                .write(LayerRows::Cameras(rows::cameras()), &marking())
                .await;
        assert!(done.unwrap().marked_synthetic);
        assert!(w.district().await.unwrap().synthetic);
        assert!(w.holds_records().await.unwrap());
        let last = w.events_after(0, 100).await.unwrap().pop().unwrap();
        assert!(
            matches!(&last.event, EventKind::Imported { marks_synthetic: true, layer, .. } if layer == "cameras"),
            "{last:?}"
        );
        // Marked once; whatever comes later is told as made up too.
        let done = w.write(LayerRows::Posts(rows::posts()), &marking()).await;
        assert!(!done.unwrap().marked_synthetic);
        w.write_in_steps(rows::incident_rows(rows::incidents()), &real, &|_| {})
            .await
            .unwrap();
        w.close().await;
        let all = [
            "district", "boundary", "places", "cameras", "posts", "incidents", "basemap_lines",
            "basemap_areas", "basemap_labels",
        ];
        marked(place, &all, MARK).await;

        let copy = Place::gpkg();
        let program = env!("CARGO_BIN_EXE_frontbeat");
        let mut command = std::process::Command::new(program);
        let done = command.args(["copy", place.text(), copy.text()]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let copied = Workspace::open(copy.address(), frontbeat::store::workspace::Access::Read);
        let copied = copied.await.unwrap();
        assert!(copied.district().await.unwrap().synthetic);
        copied.close().await;
        marked(&copy, &all, MARK).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_in_steps_bring_it_with_the_first() {
    on_both("many_rows_in_steps_bring_it", async |place| {
        let w = place.create(false).await;
        let mut incidents = Vec::new();
        for number in 0..4_500 {
            let mut incident = rows::incidents().remove(0);
            incident.id = frontbeat::place::id::Id::new(format!("m{number}"));
            incidents.push(incident);
        }
        let done = w
            .write_in_steps(rows::incident_rows(incidents), &marking(), &|_| {})
            .await
            .unwrap();
        assert_eq!((done.added, done.marked_synthetic), (4_500, true));
        w.close().await;
        marked(place, &["district", "incidents", "boundary"], MARK).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_records_never_get_it() {
    on_both("real_records_never_get_it", async |place| {
        let w = place.create(false).await;
        // A place of somebody's own is a record, and so is each other thing.
        w.write(LayerRows::Places(rows::places()), &rows::source())
            .await
            .unwrap();
        assert!(w.holds_records().await.unwrap());
        let before = w.info().await.unwrap();
        for layer in [
            LayerRows::Units(rows::units()),
            rows::incident_rows(rows::incidents()),
        ] {
            let fault = w.write(layer, &marking()).await.unwrap_err();
            assert!(matches!(fault, StoreError::FilledMeanwhile), "{fault}");
        }
        assert_eq!(w.info().await.unwrap(), before);
        assert!(!w.district().await.unwrap().synthetic);
        w.close().await;
        marked(place, &["district", "places"], "").await;
    })
    .await;
}

//! Drafts and published versions: kept as they were written, saved only over the version
//! that they are of, published in one transaction with the layer.

use frontbeat::live::event::EventKind;
use frontbeat::place::feature::Beat;
use frontbeat::place::id::Id;
use frontbeat::place::partition::part::Part;
use frontbeat::place::partition::scenario::{AreaLayer, Kept, ScenarioLine};
use frontbeat::store::record::LayerRows;
use frontbeat::store::versions::Publication;

use crate::place::on_both;
use crate::rows;

fn part(id: &str, west: f64) -> Part {
    Part {
        id: id.into(),
        name: format!("辖区 {id}"),
        station: Some("s1".into()),
        area: rows::square(west, 41.8, 0.01),
    }
}

#[tokio::test]
async fn a_draft_is_saved_only_over_the_version_that_it_is_of() {
    on_both("a_draft_is_saved_only_over", async |place| {
        let w = place.create(false).await;
        let at = rows::at("2026-06-01T00:00:00Z");
        let parts = [part("a", 123.4), part("b", 123.41)];
        let made = w
            .add_scenario("Nord 北", AreaLayer::Beats, 3, &parts, at)
            .await
            .unwrap();
        assert_eq!((made.line.version, made.line.base), (1, 3));
        assert_eq!(made.parts, parts);
        let edit = ScenarioLine {
            name: "other".into(),
            ..made.line.clone()
        };
        let later = rows::at("2026-06-02T00:00:00Z");
        let Kept::Done(saved) = w.save_scenario(&edit, &parts[..1], later).await.unwrap() else {
            panic!("somebody was first");
        };
        assert_eq!((saved.line.version, saved.line.changed_at), (2, later));
        assert_eq!(
            w.save_scenario(&edit, &parts, later).await.unwrap(),
            Kept::Stale(2)
        );
        assert_eq!(
            w.scenario(&made.line.id).await.unwrap(),
            Some(saved.clone())
        );
        assert_eq!(w.scenarios().await.unwrap(), vec![saved.line]);
        assert_eq!(
            w.delete_scenario("none", 2, later).await.unwrap(),
            Kept::Missing
        );
        assert_eq!(
            w.delete_scenario(&made.line.id, 1, later).await.unwrap(),
            Kept::Stale(2)
        );
        assert_eq!(
            w.delete_scenario(&made.line.id, 2, later).await.unwrap(),
            Kept::Done(())
        );
        // An id is never given twice.
        let next = w
            .add_scenario("next", AreaLayer::Zones, 0, &[], later)
            .await
            .unwrap();
        assert_ne!(next.line.id, made.line.id);
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn publishing_replaces_the_layer_and_keeps_every_version() {
    on_both("publishing_replaces_the_layer", async |place| {
        let w = place.create(true).await;
        let beats = ["a", "b"].map(|id| Beat {
            id: Id::new(id),
            name: format!("辖区 {id}"),
            station: Some(Id::new("s1")),
            area: rows::square(if id == "a" { 123.4 } else { 123.41 }, 41.8, 0.01),
        });
        w.write(LayerRows::Beats(beats.to_vec()), &rows::source())
            .await
            .unwrap();
        let at = rows::at("2026-06-01T00:00:00Z");
        let found = w.version_in_force(AreaLayer::Beats, at).await.unwrap();
        assert_eq!((found.line.number, found.line.reason.as_str()), (1, ""));
        assert_eq!(found.parts, [part("a", 123.4), part("b", 123.41)]);
        let parts = [part("c", 123.41), part("a", 123.4)];
        let what = Publication {
            layer: AreaLayer::Beats,
            parts: &parts,
            reason: "勤务调整",
            scenario: "Nord",
        };
        let Kept::Done(line) = w.publish(what, 1, at).await.unwrap() else {
            panic!("somebody was first");
        };
        assert_eq!((line.number, line.areas), (2, 2));
        assert_eq!(w.publish(what, 1, at).await.unwrap(), Kept::Stale(2));
        let ids: Vec<String> = w
            .beats()
            .await
            .unwrap()
            .iter()
            .map(|b| b.id.to_string())
            .collect();
        assert_eq!(ids, ["a", "c"]);
        let events = w.events_after(0, 100).await.unwrap();
        let last = events.last().unwrap();
        assert!(
            matches!(
                &last.event,
                EventKind::AreasPublished {
                    version: 2,
                    areas: 2,
                    ..
                }
            ),
            "{last:?}"
        );
        assert_eq!(w.last_change().await.unwrap(), last.sequence);
        // What is in force is the newest version: looking again notes nothing new.
        let again = w.version_in_force(AreaLayer::Beats, at).await.unwrap();
        assert_eq!(again.line.number, 2);
        // An import in between becomes a version of its own.
        w.write(LayerRows::Beats(vec![beats[1].clone()]), &rows::source())
            .await
            .unwrap();
        assert_eq!(w.publish(what, 2, at).await.unwrap(), Kept::Stale(3));
        let old = w.area_version(AreaLayer::Beats, 1).await.unwrap().unwrap();
        assert_eq!(old.parts, found.parts);
        let numbers: Vec<u64> = w
            .area_versions(AreaLayer::Beats)
            .await
            .unwrap()
            .iter()
            .map(|v| v.number)
            .collect();
        assert_eq!(numbers, [3, 2, 1]);
        assert_eq!(w.area_versions(AreaLayer::Zones).await.unwrap(), []);
        w.close().await;
    })
    .await;
}

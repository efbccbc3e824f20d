//! What is written is read back equal; what is written twice adds nothing.

use std::collections::BTreeMap;

use frontbeat::calendar::window::Window;
use frontbeat::incident::category::code_within;
use frontbeat::incident::record::{Incident, Origin};
use frontbeat::live::event::EventKind;
use frontbeat::patrol::summary::PlanSummary;
use frontbeat::place::feature::Beat;
use frontbeat::store::error::StoreError;
use frontbeat::store::record::{IncidentFilter, LayerRows, WriteOutcome};
use frontbeat::store::workspace::{Access, Workspace};
use proptest::prelude::*;

use crate::place::{Place, on_both};
use crate::{rows, work};

pub async fn filled(place: &Place) -> Workspace {
    let workspace = place.create(false).await;
    for layer in rows::all_layers() {
        let outcome = workspace.write(layer, &rows::source()).await.unwrap();
        assert!(outcome.added > 0 && outcome.replaced == 0 && outcome.known == 0);
    }
    workspace
}

fn outcome(added: u64, replaced: u64, known: u64) -> WriteOutcome {
    WriteOutcome {
        added,
        replaced,
        known,
        ..WriteOutcome::default()
    }
}

#[tokio::test]
async fn every_layer_comes_back_as_it_went() {
    on_both("every_layer_comes_back_as_it_went", async |place| {
        let writer = filled(place).await;
        writer.save_plan(&rows::plan("first"), None).await.unwrap();
        writer.close().await;

        let w = place.open(Access::Read).await.unwrap();
        let district = w.district().await.unwrap();
        assert_eq!(district.name, "大东区");
        assert_eq!(district.timezone, "Asia/Shanghai");
        assert!(!district.synthetic);
        assert_eq!(district.boundary, Some(rows::square(123.3, 41.7, 0.3)));
        assert_eq!(w.stations().await.unwrap(), rows::stations());
        assert_eq!(w.beats().await.unwrap(), rows::beats());
        assert_eq!(w.zones().await.unwrap(), rows::zones());
        assert_eq!(w.posts().await.unwrap(), rows::posts());
        assert_eq!(
            w.joint_duty_posts().await.unwrap(),
            rows::joint_duty_posts()
        );
        assert_eq!(
            w.commercial_districts().await.unwrap(),
            rows::commercial_districts()
        );
        assert_eq!(w.pillars().await.unwrap(), rows::pillars());
        assert_eq!(w.cameras().await.unwrap(), rows::cameras());
        assert_eq!(w.places().await.unwrap(), rows::places());
        assert_eq!(w.units().await.unwrap(), rows::units());
        assert_eq!(
            w.incidents(&IncidentFilter::default()).await.unwrap(),
            rows::incidents()
        );
        let roads = rows::roads();
        assert_eq!(w.road_network().await.unwrap(), Some(roads.network));
        assert_eq!(w.speeds().await.unwrap(), roads.speeds);
        assert_eq!(w.basemap().await.unwrap(), roads.basemap);
        assert_eq!(w.plan("first").await.unwrap(), Some(rows::plan("first")));
        assert_eq!(w.plan("second").await.unwrap(), None);
        assert_eq!(w.shifts().await.unwrap().len(), 3);

        let info = w.info().await.unwrap();
        let counts: BTreeMap<String, u64> = info.counts.into_iter().collect();
        for (layer, count) in [
            ("incidents", 50),
            ("pillars", 4),
            ("zones", 1),
            ("plans", 1),
        ] {
            assert_eq!(counts[layer], count, "{layer}");
        }
        let last = rows::incidents()[49].at;
        let span = info.incidents.unwrap();
        assert_eq!(span.start(), rows::incidents()[0].at);
        assert!(span.contains(last) && (span.end() - last).as_millis() == 1);
        assert_eq!(info.attribution, "© OpenStreetMap contributors");
        assert_eq!(info.last_event, 15);
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_rows_again_add_nothing_and_changed_ones_replace() {
    on_both(
        "the_same_rows_again_add_nothing_and_changed_ones_replace",
        async |place| {
            let w = filled(place).await;
            for layer in rows::all_layers() {
                let again = w.write(layer, &rows::source()).await.unwrap();
                assert!(
                    again.known > 0 && again.added == 0 && again.replaced == 0,
                    "{again:?}"
                );
            }

            let mut beats = rows::beats();
            beats[1].name = "new name".into();
            beats.push(Beat {
                id: frontbeat::place::id::Id::new("B3"),
                ..beats[0].clone()
            });
            let written = w
                .write(LayerRows::Beats(beats.clone()), &rows::source())
                .await
                .unwrap();
            assert_eq!(written, outcome(1, 1, 1));
            assert_eq!(w.beats().await.unwrap(), beats);

            // Within one batch the last of two rows with one id counts.
            let mut twice = vec![rows::stations()[0].clone(), rows::stations()[0].clone()];
            twice[1].name = "later".into();
            let written = w
                .write(LayerRows::Stations(twice), &rows::source())
                .await
                .unwrap();
            assert_eq!(written, outcome(0, 1, 1));
            assert_eq!(w.stations().await.unwrap()[0].name, "later");

            let area = rows::square(123.3, 41.7, 0.2);
            let written = w
                .write(LayerRows::Boundary(area.clone()), &rows::source())
                .await
                .unwrap();
            assert_eq!(written, outcome(0, 1, 0));
            assert_eq!(w.district().await.unwrap().boundary, Some(area));

            let mut changed = rows::incidents();
            changed[0].at += jiff::SignedDuration::from_hours(1);
            changed[2].category = "complaint".into();
            changed.push(changed[1].clone());
            let written = w
                .write(rows::incident_rows(changed), &rows::source())
                .await
                .unwrap();
            // An id that is in use by another incident is told, so is one read with another category
            // map, and nothing is overwritten.
            let clash = WriteOutcome {
                other_category: 1,
                in_use: vec![0],
                ..outcome(0, 0, 50)
            };
            assert_eq!(written, clash);
            assert_eq!(
                w.incidents(&IncidentFilter::default()).await.unwrap(),
                rows::incidents()
            );

            let mut roads = rows::roads();
            roads.network.push(1);
            roads.basemap.truncate(1);
            let written = w
                .write(LayerRows::Roads(roads.clone()), &rows::source())
                .await
                .unwrap();
            assert_eq!(written, outcome(0, 2, 0));
            assert_eq!(w.basemap().await.unwrap(), roads.basemap);
            w.close().await;
        },
    )
    .await;
}

#[tokio::test]
async fn many_incidents_at_once_are_counted_like_few() {
    on_both(
        "many_incidents_at_once_are_counted_like_few",
        async |place| {
            let w = place.create(true).await;
            w.write(rows::incident_rows(rows::incidents()), &rows::source())
                .await
                .unwrap();
            let mut many: Vec<Incident> = (0..30_000)
                .map(|i| Incident {
                    id: frontbeat::place::id::Id::new(format!("M{}", i % 25_000)),
                    ..rows::incidents()[i % 50].clone()
                })
                .collect();
            many.extend(rows::incidents());
            let written = w
                .write(rows::incident_rows(many.clone()), &rows::source())
                .await
                .unwrap();
            assert_eq!(written, outcome(25_000, 0, 5_050));
            let again = w
                .write(rows::incident_rows(many), &rows::source())
                .await
                .unwrap();
            assert_eq!(again, outcome(0, 0, 30_050));
            assert_eq!(
                w.risk_events(&IncidentFilter::default())
                    .await
                    .unwrap()
                    .len(),
                25_050
            );
            let one = IncidentFilter {
                window: Some(
                    Window::new(rows::incidents()[3].at, rows::incidents()[4].at).unwrap(),
                ),
                ..IncidentFilter::default()
            };
            assert_eq!(w.incidents(&one).await.unwrap().len(), 501);
            w.close().await;
        },
    )
    .await;
}

#[tokio::test]
async fn a_derived_boundary_is_only_for_a_workspace_without_one() {
    on_both(
        "a_derived_boundary_is_only_for_a_workspace_without_one",
        async |place| {
            let w = place.create(false).await;
            for (side, kept) in [(0.5, 0.5), (0.7, 0.5)] {
                let rows = LayerRows::Incidents {
                    incidents: Vec::new(),
                    categories: Vec::new(),
                    derived_boundary: Some(rows::square(123.0, 41.0, side)),
                };
                w.write(rows, &rows::source()).await.unwrap();
                let boundary = w.district().await.unwrap().boundary;
                assert_eq!(boundary, Some(rows::square(123.0, 41.0, kept)));
            }
            w.close().await;
        },
    )
    .await;
}

#[tokio::test]
async fn the_log_has_no_gaps_and_cannot_be_changed() {
    on_both("the_log_has_no_gaps_and_cannot_be_changed", async |place| {
        let w = filled(place).await;
        // A write that fails takes no number.
        let mut nameless = rows::stations();
        nameless[0].id = frontbeat::place::id::Id::new("");
        assert!(
            w.write(LayerRows::Stations(nameless), &rows::source())
                .await
                .is_err()
        );
        let event = EventKind::PlanMade { plan: "x".into() };
        let logged = w
            .append(event.clone(), rows::at("2026-05-05T00:00:00.0009Z"))
            .await
            .unwrap();
        assert_eq!(logged.sequence, 15);
        assert_eq!(logged.at, rows::at("2026-05-05T00:00:00Z"));

        let events = w.events_after(0, 100).await.unwrap();
        let numbers: Vec<u64> = events.iter().map(|e| e.sequence).collect();
        assert_eq!(numbers, (1..=15).collect::<Vec<u64>>());
        assert_eq!(events[14], logged);
        assert_eq!(
            events[2].event,
            EventKind::Imported {
                layer: "stations".into(),
                file: "rows.csv".into(),
                added: 2,
                refused: 3,
                part_of: None,
                marks_synthetic: false,
            }
        );
        assert_eq!(w.events_after(13, 1).await.unwrap(), events[13..14]);
        assert_eq!(w.events_after(u64::MAX, 1).await.unwrap(), []);
        w.close().await;

        for sql in [
            "DELETE FROM events",
            "UPDATE events SET kind = 'x' WHERE sequence = 1",
        ] {
            let fault = place.sql(sql).await.unwrap_err();
            assert!(fault.contains("append-only"), "{fault}");
        }
    })
    .await;
}

/// Of several that make one workspace at once one makes it, and no other takes it away.
#[tokio::test]
async fn a_workspace_is_made_once() {
    on_both("a_workspace_is_made_once", async |place| {
        let make = || async {
            let made = Workspace::create(place.address(), &rows::new(true)).await;
            match made {
                Ok(w) => {
                    let beats = LayerRows::Beats(rows::beats());
                    let written = w.write(beats, &rows::source()).await.unwrap();
                    assert_eq!(written.added, 2);
                    w.close().await;
                    true
                }
                Err(StoreError::Exists { .. } | StoreError::Busy { .. }) => false,
                Err(other) => panic!("{other}"),
            }
        };
        let made = tokio::join!(make(), make(), make());
        let made = [made.0, made.1, made.2];
        assert_eq!(made.iter().filter(|made| **made).count(), 1, "{made:?}");
        let w = place.open(Access::Read).await.unwrap();
        assert_eq!(w.beats().await.unwrap(), rows::beats());
        w.close().await;
    })
    .await;
}

/// Whoever follows the log by its numbers misses nothing and sees nothing twice, however many
/// write at once.
#[tokio::test]
async fn followers_of_the_log_miss_nothing() {
    on_both("followers_of_the_log_miss_nothing", async |place| {
        const EACH: u64 = 25;
        let w = place.create(false).await;
        let reader = place.open(Access::Read).await.unwrap();
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let w = w.clone();
                tokio::spawn(async move {
                    for _ in 0..EACH {
                        let event = EventKind::PlanMade { plan: "x".into() };
                        w.append(event, rows::source().at).await.unwrap();
                    }
                })
            })
            .collect();
        let mut seen = 0;
        while seen < 1 + 4 * EACH {
            for event in reader.events_after(seen, 7).await.unwrap() {
                assert_eq!(event.sequence, seen + 1);
                seen = event.sequence;
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(reader.info().await.unwrap().last_event, seen);
        reader.close().await;
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_replaced_by_its_id_and_the_newest_come_first() {
    on_both(
        "a_plan_is_replaced_by_its_id_and_the_newest_come_first",
        async |place| {
            let w = place.create(false).await;
            let (first, mut second) = (rows::plan("first"), rows::plan("second"));
            second.made_at = rows::at("2026-03-01T13:00:00Z");
            for plan in [&first, &second, &first] {
                w.save_plan(plan, None).await.unwrap();
            }
            let summaries = [PlanSummary::from(&second), PlanSummary::from(&first)];
            assert!(summaries[0].units > 0 && summaries[0].stops > 0);
            assert_eq!(w.plans(10).await.unwrap(), summaries);
            assert_eq!(w.plans(1).await.unwrap(), summaries[..1]);
            w.close().await;
        },
    )
    .await;
}

#[tokio::test]
async fn what_a_plan_was_made_on_reads_back_to_the_bit() {
    on_both(
        "what_a_plan_was_made_on_reads_back_to_the_bit",
        async |place| {
            let w = place.create(false).await;
            for seed in 0..20 {
                let basis = work::basis(seed);
                let plan = rows::plan(&format!("p{seed}"));
                w.save_plan(&plan, Some(&basis)).await.unwrap();
                let read = w.plan_basis(plan.id.as_str()).await.unwrap();
                assert_eq!(read, Some(basis));
                // A plan that is replaced has no more what the one before was made on.
                w.save_plan(&plan, None).await.unwrap();
                assert_eq!(w.plan_basis(plan.id.as_str()).await.unwrap(), None);
            }
            w.close().await;
        },
    )
    .await;
}

#[tokio::test]
async fn a_workspace_opened_for_reading_takes_no_rows() {
    on_both(
        "a_workspace_opened_for_reading_takes_no_rows",
        async |place| {
            place.create(false).await.close().await;
            let w = place.open(Access::Read).await.unwrap();
            let fault = w
                .write(LayerRows::Stations(rows::stations()), &rows::source())
                .await
                .unwrap_err();
            assert!(matches!(fault, StoreError::NotWritable { .. }), "{fault}");
        },
    )
    .await;
}

/// The slow exact version of a filter.
fn takes(filter: &IncidentFilter, incident: &Incident) -> bool {
    filter.window.is_none_or(|w| w.contains(incident.at))
        && (filter.categories.is_empty()
            || filter
                .categories
                .iter()
                .any(|c| code_within(&incident.category, c)))
        && (filter.origins.is_empty() || filter.origins.contains(&incident.origin))
        && filter
            .after
            .as_ref()
            .is_none_or(|(at, id)| (incident.at, incident.id.as_str()) > (*at, id.as_str()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn incidents_come_back_and_filters_agree_with_the_slow_version(
        drawn in prop::collection::vec(rows::any_incident(), 1..60),
        window in prop::option::of((0..60_usize, 0..60_usize)),
        categories in prop::sample::subsequence(vec!["criminal", "traffic", "其他", "nothing"], 0..3),
        origins in prop::sample::subsequence(vec![Origin::CitizenCall, Origin::Counter], 0..2),
        limit in prop::option::of(0..40_u32),
        after in prop::option::of(0..60_usize),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(on_both("incidents_come_back", async |place| {
            let w = place.create(false).await;
            let written = w
                .write(rows::incident_rows(drawn.clone()), &rows::source())
                .await
                .unwrap();
            // The first of those with one id stays.
            let mut unique: BTreeMap<&str, &Incident> = BTreeMap::new();
            for incident in &drawn {
                unique.entry(incident.id.as_str()).or_insert(incident);
            }
            let mut all: Vec<Incident> = unique.values().map(|i| (*i).clone()).collect();
            all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
            assert_eq!(written, outcome(all.len() as u64, 0, (drawn.len() - all.len()) as u64));
            assert_eq!(w.incidents(&IncidentFilter::default()).await.unwrap(), all);

            let pick = |i: usize| &all[i % all.len()];
            let filter = IncidentFilter {
                window: window.and_then(|(a, b)| Window::new(pick(a).at, pick(b).at).ok()),
                categories: categories.iter().map(|&c| c.to_owned()).collect(),
                origins: origins.clone(),
                limit,
                after: after.map(|i| (pick(i).at, pick(i).id.as_str().to_owned())),
            };
            let mut expected: Vec<Incident> =
                all.iter().filter(|i| takes(&filter, i)).cloned().collect();
            expected.truncate(limit.map_or(usize::MAX, |l| l as usize));
            assert_eq!(w.incidents(&filter).await.unwrap(), expected);

            let events = w.risk_events(&filter).await.unwrap();
            let mut middles: Vec<i64> = expected
                .iter()
                .map(|i| (i.at.as_millisecond() + i.until.unwrap_or(i.at).as_millisecond()) / 2)
                .collect();
            middles.sort_unstable();
            let got: Vec<i64> = events.iter().map(|e| e.at.as_millisecond()).collect();
            assert_eq!(got, middles);

            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for incident in &expected {
                *counts.entry(incident.category.clone()).or_default() += 1;
            }
            let counted = w.incident_counts(&filter).await.unwrap();
            assert_eq!(counted, counts.into_iter().collect::<Vec<_>>());
            w.close().await;
        }));
    }

    #[test]
    fn areas_come_back_as_they_went(
        drawn in prop::collection::vec(rows::any_beat(), 1..12),
        boundary in rows::any_area(),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(on_both("areas_come_back", async |place| {
            let w = place.create(false).await;
            w.write(LayerRows::Beats(drawn.clone()), &rows::source()).await.unwrap();
            w.write(LayerRows::Boundary(boundary.clone()), &rows::source()).await.unwrap();
            let last: BTreeMap<&str, &Beat> = drawn.iter().map(|b| (b.id.as_str(), b)).collect();
            let expected: Vec<Beat> = last.values().map(|b| (*b).clone()).collect();
            assert_eq!(w.beats().await.unwrap(), expected);
            assert_eq!(w.district().await.unwrap().boundary, Some(boundary.clone()));
            w.close().await;
        }));
    }
}

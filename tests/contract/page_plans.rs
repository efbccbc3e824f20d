//! How the server finds what a page asks for, where there is much: by indexes, in the
//! partitions of the time that is asked for, and never by reading a table from end to end.
//!
//! The program's own statements are looked at as they run: PostgreSQL's `auto_explain` tells
//! their plans to the client, as notices.

use std::io;
use std::sync::{Arc, Mutex};

use frontbeat::calendar::window::Window;
use frontbeat::incident::record::Incident;
use frontbeat::place::id::Id;
use frontbeat::store::address::WorkspaceAddress;
use frontbeat::store::incidents::endings::IncidentNews;
use frontbeat::store::record::IncidentFilter;
use frontbeat::store::workspace::{Access, Workspace};
use jiff::SignedDuration;
use tracing::instrument::WithSubscriber;

use crate::place::Place;
use crate::rows;

/// Four years of incidents, one every twenty minutes; events, most of them positions.
const FILL: &str = "
    SELECT frontbeat_make_partition('incidents', 1640995200000 + day * 86400000::bigint),
           frontbeat_make_partition('events_kept', 1640995200000 + day * 86400000::bigint)
        FROM generate_series(0, 1460, 10) AS day;
    SELECT frontbeat_make_partition('events_positions', 1762000000000 + day * 86400000::bigint)
        FROM generate_series(0, 50) AS day;
    INSERT INTO incidents (geom, at_ms, category, origin, state, priority, id, at, batch)
        SELECT ST_SetSRID(ST_MakePoint(123.4 + i % 1000 / 10000.0, 41.8 + i % 77 / 1000.0), 4326),
               1640995200000 + i * 1200000::bigint, CASE i % 3 WHEN 0 THEN 'dispute' ELSE 'traffic' END,
               'sensor', 'closed', 1, 'P' || i, to_timestamp(1640995200 + i * 1200), 2
        FROM generate_series(1, 105000) AS i;
    INSERT INTO events (sequence, at, kind, body)
        SELECT 1 + i, to_timestamp(1640995200 + i * 4800), 'call_received',
               '{\"kind\":\"plan_made\",\"plan\":\"p\"}'::json
        FROM generate_series(1, 25000) AS i;
    INSERT INTO events (sequence, at, kind, body)
        SELECT 25001 + i, to_timestamp(1762200000 + i * 75),
               CASE i % 10 WHEN 0 THEN 'call_received' ELSE 'unit_moved' END,
               '{\"kind\":\"plan_made\",\"plan\":\"p\"}'::json
        FROM generate_series(1, 40000) AS i;";

/// What the server told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<u8>>>);

impl io::Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Told {
    /// The plans since it was asked last.
    fn plans(&self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let plans = text.split("Query Text:").skip(1);
        plans.map(str::to_owned).collect()
    }
}

/// Rows that a partition may have that is read from end to end: what is nearly empty is read
/// quicker so than by an index.
const NEARLY_EMPTY: u64 = 50;

/// What of a plan reads a table of much from end to end.
fn full_scans(plan: &str) -> Vec<&str> {
    let number_after = |line: &str, words: &str| -> Option<u64> {
        let rest = line.split(words).nth(1)?;
        let digits = rest.split(|letter: char| !letter.is_ascii_digit());
        digits.into_iter().next()?.parse().ok()
    };
    let lines: Vec<&str> = plan.lines().collect();
    let is_full = |at: usize| {
        let line = lines[at];
        let is_much = ["incidents", "incident_ids", "events_"]
            .iter()
            .any(|table| line.contains(&format!("Seq Scan on {table}")));
        let details = lines[at + 1..].iter().take_while(|it| !it.contains("->"));
        let removed: u64 = details
            .filter_map(|it| number_after(it, "Rows Removed by Filter: "))
            .sum();
        let read = removed + number_after(line, "actual rows=").unwrap_or(0);
        is_much && read > NEARLY_EMPTY
    };
    let full = (0..lines.len()).filter(|at| is_full(*at));
    full.map(|at| lines[at]).collect()
}

/// Runs what asks, and returns the partitions of incidents and events that its plans read.
async fn looked_at(told: &Told, name: &str, asking: impl Future<Output = ()>) -> Vec<String> {
    told.plans();
    asking.await;
    let plans = told.plans();
    let of_much: Vec<&String> = plans
        .iter()
        .filter(|plan| plan.contains(" on incident") || plan.contains(" on events"))
        .collect();
    assert!(!of_much.is_empty(), "{name}: no plan was told");
    let mut read = Vec::new();
    for plan in of_much {
        assert!(full_scans(plan).is_empty(), "{name}: {plan}");
        let indexed =
            plan.contains("Index") || plan.contains("Insert on") || plan.contains("Result");
        assert!(indexed, "{name}: {plan}");
        let scans = |line: &&str| line.contains("Scan ") && !line.contains("never executed");
        for line in plan.lines().filter(scans) {
            let table = line
                .split(" on ")
                .nth(1)
                .and_then(|rest| rest.split(' ').next());
            let is_part = |it: &&str| {
                (it.starts_with("incidents_2") || it.starts_with("events_"))
                    && !it.ends_with("_idx")
            };
            read.extend(table.filter(is_part).map(str::to_owned));
        }
    }
    read.sort();
    read.dedup();
    read
}

#[tokio::test]
async fn what_a_page_asks_for_is_found_by_an_index() {
    let Some(place) = Place::postgis("what_a_page_asks_for_is_found_by_an_index") else {
        return;
    };
    place.create(true).await.close().await;
    place.sql(FILL).await.unwrap();
    for table in ["incidents", "incident_ids", "events"] {
        place.sql(&format!("ANALYZE {table}")).await.unwrap();
    }

    let told = Told::default();
    let writer = told.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .finish();
    // `loud` is for the checks alone: it makes the server tell plans as they were executed.
    let loud = "&options[session_preload_libraries]=auto_explain\
        &options[auto_explain.log_min_duration]=0&options[auto_explain.log_analyze]=on\
        &options[auto_explain.log_timing]=off&options[auto_explain.log_level]=notice";
    let address: WorkspaceAddress = format!("{}{loud}", place.text()).parse().unwrap();
    async {
        let w = Workspace::open(&address, Access::Share).await.unwrap();
        reads(&w, &told).await;
        writes(&w, &told).await;
        w.close().await;
        // The check sees what it is for: this has no index.
        let read = place.open(Access::Read).await.unwrap();
        read.close().await;
        let bad = "->  Seq Scan on incidents_2024 i  (cost=0.00..9 rows=1) (actual rows=0 loops=1)
                   Filter: (priority = 2)
                   Rows Removed by Filter: 105000";
        assert_eq!(full_scans(bad).len(), 1);
    }
    .with_subscriber(subscriber)
    .await;
    place.remove().await;
}

fn window(from: &str, hours: i64) -> Window {
    let start = rows::at(from);
    Window::new(start, start + SignedDuration::from_hours(hours)).unwrap()
}

async fn reads(w: &Workspace, told: &Told) {
    let first = IncidentFilter {
        limit: Some(1_001),
        ..IncidentFilter::default()
    };
    let page = IncidentFilter {
        after: Some((rows::at("2024-03-01T00:00:00Z"), "P1".into())),
        ..first.clone()
    };
    let week = IncidentFilter {
        window: Some(window("2024-03-01T00:00:00Z", 168)),
        ..IncidentFilter::default()
    };
    let traffic = IncidentFilter {
        categories: vec!["traffic".into()],
        ..week.clone()
    };
    let over_new_year = IncidentFilter {
        window: Some(window("2023-12-20T00:00:00Z", 28 * 24)),
        ..IncidentFilter::default()
    };
    // Of statements that come again the server makes a plan for any values, after the fifth.
    for _ in 0..7 {
        let read = looked_at(told, "first page", async {
            assert_eq!(w.incidents(&first).await.unwrap().len(), 1_001);
        });
        assert_eq!(read.await, ["incidents_2022"]);
        let read = looked_at(told, "next page", async {
            assert_eq!(w.incidents(&page).await.unwrap().len(), 1_001);
        });
        assert_eq!(read.await, ["incidents_2024"]);
        let read = looked_at(told, "a week", async {
            assert_eq!(w.incidents(&traffic).await.unwrap().len(), 168 * 3 * 2 / 3);
        });
        assert_eq!(read.await, ["incidents_2024"]);
        let read = looked_at(told, "a week's surface", async {
            assert_eq!(w.risk_events(&week).await.unwrap().len(), 168 * 3);
        });
        assert_eq!(read.await, ["incidents_2024"]);
        let read = looked_at(told, "four weeks over new year", async {
            let events = w.categorised_risk_events(&over_new_year).await.unwrap();
            assert_eq!(events.len(), 28 * 24 * 3);
        });
        assert_eq!(read.await, ["incidents_2023", "incidents_2024"]);
        let read = looked_at(told, "counts", async {
            assert_eq!(w.incident_counts(&traffic).await.unwrap().len(), 1);
        });
        assert_eq!(read.await, ["incidents_2024"]);
        looked_at(told, "span", async {
            assert!(w.incident_span().await.unwrap().is_some());
        })
        .await;
        looked_at(told, "last event", async {
            assert_eq!(w.last_event().await.unwrap(), 65_001);
        })
        .await;
        looked_at(told, "events", async {
            assert_eq!(w.events_after(64_000, 100).await.unwrap().len(), 100);
        })
        .await;
        looked_at(told, "changes", async {
            assert_eq!(w.changes_after(1, 100).await.unwrap().len(), 0);
            assert_eq!(w.last_change().await.unwrap(), 1);
        })
        .await;
        looked_at(told, "log of a shift", async {
            let events = w.events_but_positions(54_000, 65_000, 500).await.unwrap();
            assert_eq!(events.len(), 500);
        })
        .await;
        looked_at(told, "last event by", async {
            let at = rows::at("2025-12-01T00:00:00Z");
            assert!(w.last_event_by(at).await.unwrap() > 50_000);
        })
        .await;
        looked_at(told, "positions before", async {
            let at = rows::at("2025-12-01T00:00:00Z");
            let positions = w.positions_before(at, 30_000, 500).await.unwrap();
            assert_eq!(positions.len(), 500);
        })
        .await;
        let read = looked_at(told, "ids", async {
            let known = incidents(&[37_500, 75_000]);
            assert_eq!(w.ids_in_use(&known).await.unwrap(), [0, 1]);
        });
        assert_eq!(read.await, ["incidents_2023", "incidents_2024"]);
    }
}

fn incidents(numbers: &[u32]) -> Vec<Incident> {
    let of = |number: &u32| Incident {
        id: Id::new(format!("P{number}")),
        ..rows::incidents()[0].clone()
    };
    numbers.iter().map(of).collect()
}

async fn writes(w: &Workspace, told: &Told) {
    for number in 0..7 {
        let read = looked_at(told, "a call's news", async {
            let mut write = w.begin_board().await.unwrap();
            let news = IncidentNews {
                id: Id::new("P75000"),
                state: rows::incidents()[0].state,
                category: "traffic".into(),
                priority: rows::incidents()[0].priority,
                ending: None,
            };
            write.note(&news).await.unwrap();
            write.commit().await.unwrap();
        });
        let mut read = read.await;
        read.retain(|table| table.starts_with("incidents"));
        assert_eq!(read, ["incidents_2024"]);
        looked_at(told, "a call", async {
            let mut write = w.begin_board().await.unwrap();
            let new = incidents(&[1_000_000 + number]);
            write.stored(&new).await.unwrap();
            write.add_incidents(&new, rows::source().at).await.unwrap();
            write.commit().await.unwrap();
        })
        .await;
    }
}

//! Several processes on one workspace, and one that is killed while it writes. The writing
//! process is this very test program, started again with a variable set.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use frontbeat::live::event::EventKind;
use frontbeat::store::address::WorkspaceAddress;
use frontbeat::store::error::StoreError;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::Access;
use frontbeat::store::workspace::Workspace;

use crate::files::{frontbeat, ogrinfo};
use crate::place::{Place, on_both, on_both_apart};
use crate::rows;

const WRITE_TO: &str = "FRONTBEAT_TEST_WRITE_TO";
const ACKNOWLEDGED: &str = "acknowledged ";

/// Not a test by itself: the writing process, which ends only when it is killed.
#[tokio::test]
async fn writing_process() {
    let Ok(text) = std::env::var(WRITE_TO) else {
        return;
    };
    let address: WorkspaceAddress = text.parse().unwrap();
    let w = Workspace::open(address, Access::Write).await.unwrap();
    for number in 0_u64.. {
        // Every tenth write is a whole layer with its event, the others are events alone.
        if number % 10 == 0 {
            w.write(LayerRows::Pillars(rows::pillars()), &rows::source())
                .await
                .unwrap();
        }
        let event = EventKind::PlanMade {
            plan: number.to_string(),
        };
        let logged = w.append(event, rows::source().at).await.unwrap();
        println!("{ACKNOWLEDGED}{}", logged.sequence);
    }
}

fn start_writer(place: &Place) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["processes::writing_process", "--exact", "--nocapture"])
        .env(WRITE_TO, place.text())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    (child, lines)
}

/// The number in the next line that acknowledges an event.
fn acknowledged(lines: &mut BufReader<ChildStdout>) -> u64 {
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the writer ended");
        // The test harness prints on the same lines.
        if let Some((_, number)) = line.split_once(ACKNOWLEDGED) {
            return number.trim().parse().unwrap();
        }
    }
}

#[tokio::test]
async fn the_second_writer_is_refused_and_readers_work() {
    on_both_apart(
        "the_second_writer_is_refused_and_readers_work",
        async |place| {
            place.create(false).await.close().await;
            let (mut child, mut lines) = start_writer(place);
            let first = acknowledged(&mut lines);

            let fault = place.open(Access::Write).await.unwrap_err();
            assert!(matches!(fault, StoreError::Busy { .. }), "{fault}");

            let reader = place.open(Access::Read).await.unwrap();
            let seen = reader.info().await.unwrap().last_event;
            assert!(seen >= first, "{seen} < {first}");
            for _ in 0..20 {
                acknowledged(&mut lines);
            }
            assert!(
                reader.info().await.unwrap().last_event > seen,
                "the reader sees what is new"
            );
            assert_eq!(reader.pillars().await.unwrap(), rows::pillars());
            reader.close().await;

            let info = frontbeat(&["info", place.text()]);
            assert!(
                info.status.success(),
                "{}",
                String::from_utf8_lossy(&info.stderr)
            );
            let test = "the_second_writer_is_refused_and_readers_work";
            if let Some(all) = ogrinfo(test, &["-ro", "-al", &place.for_ogr()]) {
                assert!(all.contains("Layer name: pillars"), "{all}");
            }
            acknowledged(&mut lines);
            child.kill().unwrap();
            child.wait().unwrap();
        },
    )
    .await;
}

#[tokio::test]
async fn a_killed_writer_loses_nothing_acknowledged_and_frees_the_lock() {
    on_both(
        "a_killed_writer_loses_nothing_acknowledged_and_frees_the_lock",
        async |place| {
            place.create(false).await.close().await;
            let mut kept = 0;
            for events in [3, 17, 40] {
                let (mut child, mut lines) = start_writer(place);
                let mut last = 0;
                for _ in 0..events {
                    last = acknowledged(&mut lines);
                }
                child.kill().unwrap();
                child.wait().unwrap();

                let w = place.open_when_free().await.unwrap();
                let logged = w.events_after(0, 100_000).await.unwrap();
                let numbers: Vec<u64> = logged.iter().map(|e| e.sequence).collect();
                assert!(
                    last > kept && numbers.len() as u64 >= last,
                    "{last} was acknowledged"
                );
                assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<u64>>());
                assert_eq!(w.pillars().await.unwrap(), rows::pillars());
                kept = numbers.len() as u64;
                w.close().await;
            }
        },
    )
    .await;
}

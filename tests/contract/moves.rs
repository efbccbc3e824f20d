//! A workspace moves: from a file to a server and back, in one go or after an interruption,
//! into a backup and out of it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use frontbeat::incident::record::Incident;
use frontbeat::live::board::Board;
use frontbeat::live::event::EventKind;
use frontbeat::place::id::Id;
use frontbeat::place::partition::scenario::AreaLayer;
use frontbeat::store::board::KeptAnswer;
use frontbeat::store::copy::{CopyReport, CopyStep, copy};
use frontbeat::store::error::StoreError;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::Access;

use crate::differential::everything;
use crate::files::{frontbeat, ogrinfo};
use crate::layers::filled;
use crate::place::{Place, on_both};
use crate::{rows, work};

/// A workspace with something in every table.
async fn full(place: &Place) {
    let w = filled(place).await;
    let basis = work::basis(1);
    w.save_plan(&rows::plan("a"), Some(&basis)).await.unwrap();
    let forecast = work::forecast(0, "count");
    w.freeze(std::slice::from_ref(&forecast)).await.unwrap();
    let at = rows::at("2026-05-03T00:00:00Z");
    let score = work::score(&forecast, at);
    w.score_forecast(forecast.id.as_str(), &score)
        .await
        .unwrap();
    w.stand(&work::standing("s1")).await.unwrap();
    w.keep_scorecard(&work::question("traffic"), 3, &work::card("kde"), at)
        .await
        .unwrap();
    let what = frontbeat::incident::quarantine::Quarantined::Batch(2);
    w.quarantine(&what, "a test", at).await.unwrap();
    w.add_api_key("cad", "a hash", 50, at).await.unwrap();
    w.add_unit_links(&["u1".to_owned()], rows::at("2026-05-03T10:00:00Z"), at)
        .await
        .unwrap();
    w.link_key_or(b"a key").await.unwrap();
    w.add_hook(&crate::hooks::new("desk"), at).await.unwrap();
    let mut write = w.begin_board().await.unwrap();
    let answer = KeptAnswer {
        request_hash: "h".into(),
        answer: "{\"名\":1}".into(),
    };
    write.keep_answer("cad", "k", &answer, at).await.unwrap();
    write.keep_board(&Board::default()).await.unwrap();
    write.commit().await.unwrap();
    let parts = w
        .version_in_force(AreaLayer::Beats, at)
        .await
        .unwrap()
        .parts;
    w.add_scenario("Nord 北", AreaLayer::Beats, 1, &parts, at)
        .await
        .unwrap();
    w.close().await;
}

async fn copied(from: &Place, to: &Place) -> Result<CopyReport, StoreError> {
    let at = rows::at("2026-06-01T00:00:00Z");
    copy(&from.address(), &to.address(), at, |_| {}).await
}

#[tokio::test]
async fn there_and_back_it_is_the_same() {
    let test = "there_and_back_it_is_the_same";
    let Some(server) = Place::postgis(test) else {
        return;
    };
    let (file, back) = (Place::gpkg(), Place::gpkg());
    full(&file).await;
    let there = copied(&file, &server).await.unwrap();
    let again = copied(&server, &back).await.unwrap();
    assert_eq!(there, again);
    assert!(there.tables.iter().all(|(_, rows)| *rows > 0), "{there:?}");

    let mut answers = Vec::new();
    for place in [&file, &server, &back] {
        let w = place.open(Access::Write).await.unwrap();
        // What speaks for units stays where it is.
        let is_first = std::ptr::eq(place, &file);
        assert_eq!(w.link_key().await.unwrap().is_some(), is_first);
        assert_eq!(w.unit_links().await.unwrap().len(), usize::from(is_first));
        // A copy that is served must not tell everybody everything a second time.
        assert_eq!(w.hooks().await.unwrap().len(), usize::from(is_first));
        answers.push(everything(&w).await);
        w.close().await;
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);

    // What is written afterwards gets the numbers that follow.
    for place in [&file, &server, &back] {
        let w = place.open(Access::Write).await.unwrap();
        for layer in rows::all_layers() {
            w.write(layer, &rows::source()).await.unwrap();
        }
        let mut more = rows::incidents();
        more[0].id = Id::new("new");
        let written = w.write(rows::incident_rows(more), &rows::source()).await;
        assert_eq!(written.unwrap().added, 1);
        w.save_plan(&rows::plan("b"), None).await.unwrap();
        w.stand(&work::standing("s2")).await.unwrap();
        w.close().await;
    }
    // Indexes, boxes and styles are there: others read it without complaint.
    if let Some(told) = ogrinfo(test, &["-ro", "-so", back.text(), "incidents"]) {
        assert!(told.contains("Extent: (123.4"), "{told}");
    }
    let fault = copied(&file, &server).await.unwrap_err();
    assert!(matches!(fault, StoreError::Exists { .. }), "{fault}");
    server.remove().await;
}

async fn many(place: &Place) {
    let w = place.create(true).await;
    let incidents: Vec<Incident> = (0..120_000)
        .map(|i| Incident {
            id: Id::new(format!("M{i}")),
            ..rows::incidents()[i % 50].clone()
        })
        .collect();
    w.write(rows::incident_rows(incidents), &rows::source())
        .await
        .unwrap();
    w.close().await;
}

/// A copy that is dropped in the middle, as when the program is ended.
async fn interrupted(from: &Place, to: &Place) {
    let (told, mut hear) = tokio::sync::mpsc::unbounded_channel();
    let (source, target) = (from.address(), to.address());
    let at = rows::at("2026-06-01T00:00:00Z");
    let running = copy(&source, &target, at, |step| {
        let _ = told.send(step);
    });
    let halfway = async {
        while let Some(step) = hear.recv().await {
            if step == CopyStep::Copied(50_000) {
                break;
            }
        }
    };
    tokio::select! {
        biased;
        () = halfway => {}
        done = running => panic!("it was done at once: {done:?}"),
    }
}

/// A copy that is killed goes on with what it had, and never shows a half.
#[tokio::test]
async fn an_interrupted_copy_goes_on() {
    let Some(server) = Place::postgis("an_interrupted_copy_goes_on") else {
        return;
    };
    let (file, back) = (Place::gpkg(), Place::gpkg());
    many(&file).await;
    for (from, to) in [(&file, &server), (&server, &back)] {
        interrupted(from, to).await;
        let missing = to.open(Access::Read).await.unwrap_err();
        assert!(matches!(missing, StoreError::Missing { .. }), "{missing}");
        let report = loop {
            match copied(from, to).await {
                // The connection that was dropped is closed a moment later.
                Err(StoreError::Busy { .. }) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                done => break done.unwrap(),
            }
        };
        assert!(report.resumed > 50_000, "{}", report.resumed);
        let w = to.open(Access::Read).await.unwrap();
        let counts = w.info().await.unwrap().counts;
        assert!(counts.contains(&("incidents".to_owned(), 120_000)));
        w.close().await;
    }

    // A source that has changed since is copied anew.
    let third = Place::gpkg();
    interrupted(&file, &third).await;
    let w = file.open(Access::Write).await.unwrap();
    let plan = "changed".to_owned();
    w.append(EventKind::PlanMade { plan }, rows::source().at)
        .await
        .unwrap();
    w.close().await;
    let report = copied(&file, &third).await.unwrap();
    assert_eq!(report.resumed, 0);
    server.remove().await;
}

#[tokio::test]
async fn the_program_copies_a_workspace_in_use() {
    let Some(server) = Place::postgis("the_program_copies_a_workspace_in_use") else {
        return;
    };
    let file = Place::gpkg();
    full(&file).await;
    let writer = file.open(Access::Write).await.unwrap();
    let done = frontbeat(&["copy", file.text(), server.text()]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let fault = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}{fault}");
    assert!(said.contains("50  incidents"), "{said}");
    assert!(said.contains("rows read back, content "), "{said}");
    writer.close().await;
    let again = frontbeat(&["copy", file.text(), server.text()]);
    let fault = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(fault.contains("exists already"), "{fault}");
    server.remove().await;
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Online: a writer goes on while the backup is made; restored it is what it was then.
#[tokio::test]
async fn a_backup_is_restored_as_it_was() {
    on_both("a_backup_is_restored_as_it_was", async |place| {
        full(place).await;
        let w = place.open(Access::Write).await.unwrap();
        let before = everything(&w).await;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let said = frontbeat(&["backup", place.text(), &at("b.gpkg")]);
        assert!(
            said.status.success(),
            "{}",
            String::from_utf8_lossy(&said.stderr)
        );
        assert_eq!(
            names(folder.path())
                .iter()
                .filter(|n| *n != "b.gpkg.lock")
                .count(),
            1
        );
        w.write(LayerRows::Stations(Vec::new()), &rows::source())
            .await
            .unwrap();
        w.close().await;

        let restored = frontbeat(&["restore", &at("b.gpkg"), &at("r.gpkg")]);
        assert!(
            restored.status.success(),
            "{}",
            String::from_utf8_lossy(&restored.stderr)
        );
        let address: frontbeat::store::address::WorkspaceAddress = at("r.gpkg").parse().unwrap();
        let r = frontbeat::store::workspace::Workspace::open(&address, Access::Write)
            .await
            .unwrap();
        assert_eq!(everything(&r).await, before);

        // Where there is one already it is not overwritten, nor while it is written to.
        let refused = frontbeat(&["restore", &at("b.gpkg"), &at("r.gpkg")]);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("exists already"));
        let busy = frontbeat(&["restore", "--replace", &at("b.gpkg"), &at("r.gpkg")]);
        let busy = String::from_utf8_lossy(&busy.stderr).into_owned();
        assert!(busy.contains("is writing to"), "{busy}");
        r.append(
            EventKind::PlanMade {
                plan: "late".into(),
            },
            rows::source().at,
        )
        .await
        .unwrap();
        r.close().await;
        let replaced = frontbeat(&["restore", "--replace", &at("b.gpkg"), &at("r.gpkg")]);
        assert!(
            replaced.status.success(),
            "{}",
            String::from_utf8_lossy(&replaced.stderr)
        );
        assert!(names(folder.path()).contains(&"r.gpkg.before-restore".to_owned()));
        let r = frontbeat::store::workspace::Workspace::open(&address, Access::Read)
            .await
            .unwrap();
        assert_eq!(everything(&r).await, before);
        r.close().await;

        // A torn backup is refused, and leaves what is there.
        let whole = std::fs::read(at("b.gpkg")).unwrap();
        std::fs::write(at("torn.gpkg"), &whole[..whole.len() / 2]).unwrap();
        let torn = frontbeat(&["restore", &at("torn.gpkg"), &at("t.gpkg")]);
        assert!(!torn.status.success());
        assert!(!Path::new(&at("t.gpkg")).exists());
    })
    .await;
}

/// A server's workspace is restored from a backup too, and a killed restore shows nothing.
#[tokio::test]
async fn a_server_is_restored_from_a_file() {
    let Some(server) = Place::postgis("a_server_is_restored_from_a_file") else {
        return;
    };
    let file = Place::gpkg();
    full(&file).await;
    let mut killed = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(["restore", file.text(), server.text()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    let missing = server.open(Access::Read).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { .. }), "{missing}");
    let mut done = frontbeat(&["restore", file.text(), server.text()]);
    for _ in 0..50 {
        if done.status.success() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        done = frontbeat(&["restore", file.text(), server.text()]);
    }
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let (a, b) = (
        file.open(Access::Read).await.unwrap(),
        server.open(Access::Read).await.unwrap(),
    );
    assert_eq!(everything(&a).await, everything(&b).await);
    a.close().await;
    b.close().await;
    server.remove().await;
}

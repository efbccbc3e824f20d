//! A stored plan changed by the real binary while its shift runs.

use std::process::{Command, Output};

use frontbeat::app::workspace::open_for_reading;
use frontbeat::patrol::plan::PatrolPlan;

use crate::town::porto_alegre;

fn frontbeat(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_changes_the_newest_plan() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    if porto_alegre("the_command_changes_the_newest_plan", &path)
        .await
        .is_none()
    {
        return;
    }
    let workspace = path.to_str().expect("a name in UTF-8");
    let none = frontbeat(&["replan", workspace, "--time-passed"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("has no plan"), "{none:?}");

    let window = "2026-06-01T22:00/2026-06-02T06:00";
    let made = frontbeat(&[
        "plan",
        workspace,
        "--window",
        window,
        "--model",
        "count",
        "--iterations",
        "50",
        "--save",
    ]);
    assert!(made.status.success(), "{}", text(&made.stderr));

    let out = folder.path().join("new.json");
    let written = out.to_str().expect("a name in UTF-8");
    let replan = |more: &[&str]| {
        let always = ["replan", workspace, "--iterations", "50", "--out", written];
        frontbeat(&[&always[..], more].concat())
    };
    let plan = || -> PatrolPlan {
        serde_json::from_slice(&std::fs::read(&out).expect("a file")).expect("a plan")
    };
    let stored = open_for_reading(&path).await.expect("a workspace");
    let first = stored.plans(1).await.expect("plans")[0].id.clone();
    stored.close().await;
    let unit = {
        let changed = replan(&["--at", "23:30", "--time-passed"]);
        assert!(changed.status.success(), "{}", text(&changed.stderr));
        plan().routes[2].call_sign.clone()
    };
    let changed = replan(&["--at", "23:30", "--sent", &unit, "--save"]);
    assert!(changed.status.success(), "{}", text(&changed.stderr));
    let said = text(&changed.stdout);
    assert!(
        said.contains(&format!("{unit} is sent to a call")),
        "{said}"
    );
    assert!(said.contains("stops stay"), "{said}");
    let second = plan();
    let record = second.replanned.as_ref().expect("a record");
    assert_eq!(record.of, first, "a change that is not kept does not count");
    assert_eq!(record.changes.len(), second.routes.len());

    let chinese = replan(&["--at", "00:10", "--drops-out", &unit, "--lang", "zh"]);
    assert!(text(&chinese.stdout).contains("退出本班次"), "{chinese:?}");
    assert_eq!(plan().replanned.expect("a record").of, second.id);

    for (wrong, code, why) in [
        (
            vec!["--at", "12:00", "--time-passed"],
            2,
            "not in the shift",
        ),
        (
            vec!["--at", "00:10", "--sent", "nobody"],
            2,
            "its units are",
        ),
        (
            vec!["--at", "00:10", "--pillar", "nothing"],
            2,
            "no alarm pillar",
        ),
        (
            vec!["--at", "00:10", "--hotspot", "0,0", "--per-hour", "1"],
            2,
            "from any imported road",
        ),
        (
            vec!["--at", "00:10", "--hotspot", "here", "--per-hour", "1"],
            2,
            "write LON,LAT",
        ),
        (
            vec!["--at", "23:00", "--time-passed"],
            1,
            "later in the shift",
        ),
        (
            vec!["--at", "2026-06-03T00:00", "--time-passed"],
            1,
            "the plan's shift is over",
        ),
        (vec!["--at", "00:10"], 2, "--time-passed"),
    ] {
        let refused = replan(&wrong);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(code), "{wrong:?}: {said}");
        assert!(said.contains(why), "{wrong:?}: {said}");
    }
}

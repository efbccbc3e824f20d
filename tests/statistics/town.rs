//! A town of four beats and two years: quiet all over, a heap around Pillar 12 in the
//! north-east, twice as many in the second year in the south-west, a burst there in the
//! last week, and patrols that find things only in the north-west.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::live::event::LoggedEvent;
use frontbeat::place::area::Area;
use frontbeat::place::feature::{AlarmPillar, Beat, PillarState};
use frontbeat::place::id::Id;
use frontbeat::place::position::Position;
use frontbeat::store::record::{ImportSource, LayerRows, NewWorkspace};
use frontbeat::store::workspace::{Access, Workspace};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tempfile::TempDir;

const WEST: f64 = 123.40;
const SOUTH: f64 = 41.80;
const SIDE: f64 = 0.04;

pub fn at(east: f64, north: f64) -> Position {
    Position::wrapped(WEST + SIDE * east, SOUTH + SIDE * north)
}

fn square(east: f64, north: f64, side: f64) -> Area {
    let corner = |e, n| <[f64; 2]>::from(at(e, n));
    let ring = vec![
        corner(east, north),
        corner(east + side, north),
        corner(east + side, north + side),
        corner(east, north + side),
        corner(east, north),
    ];
    Area::from_rings(&[vec![ring]]).expect("a square is an area")
}

/// The first moment of the data: local midnight of 1 January 2024.
pub fn start() -> Timestamp {
    "2024-01-01T00:00:00+08:00".parse().expect("a time")
}

pub fn incident(id: &str, position: Position, at: Timestamp, origin: Origin) -> Incident {
    Incident {
        id: Id::new(id),
        at,
        until: None,
        position,
        category: "criminal/theft".into(),
        priority: Priority::Two,
        origin,
        state: CallState::Closed,
        source_id: None,
    }
}

/// All incidents of the town.
pub fn incidents() -> Vec<Incident> {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let mut all = Vec::new();
    let mut add = |east: f64, north: f64, day: f64, origin| {
        let time = start() + SignedDuration::from_secs((day * 86_400.0) as i64);
        let id = format!("i{:05}", all.len());
        all.push(incident(&id, at(east, north), time, origin));
    };
    for _ in 0..1600 {
        let day = rng.random::<f64>() * 731.0;
        add(rng.random(), rng.random(), day, Origin::CitizenCall);
    }
    // Around Pillar 12.
    for _ in 0..500 {
        let day = rng.random::<f64>() * 731.0;
        let (dx, dy): (f64, f64) = (rng.random(), rng.random());
        add(0.75 + 0.03 * dx, 0.75 + 0.03 * dy, day, Origin::CitizenCall);
    }
    // More in the south-west in the second year, and a burst in its last week.
    for _ in 0..200 {
        let day = 366.0 + rng.random::<f64>() * 365.0;
        add(
            0.5 * rng.random::<f64>(),
            0.5 * rng.random::<f64>(),
            day,
            Origin::AlarmPillar,
        );
    }
    for _ in 0..25 {
        let day = 724.0 + rng.random::<f64>() * 7.0;
        add(
            0.5 * rng.random::<f64>(),
            0.5 * rng.random::<f64>(),
            day,
            Origin::CitizenCall,
        );
    }
    for _ in 0..1500 {
        let day = rng.random::<f64>() * 731.0;
        add(
            0.5 * rng.random::<f64>(),
            0.5 + 0.5 * rng.random::<f64>(),
            day,
            Origin::PatrolDiscovered,
        );
    }
    all
}

fn layers() -> Vec<LayerRows> {
    let beats = (0..4).map(|i| Beat {
        id: Id::new(format!("b{i}")),
        name: format!("Beat {i}"),
        station: None,
        area: square(f64::from(i % 2) / 2.0, f64::from(i / 2) / 2.0, 0.5),
    });
    let pillar = AlarmPillar {
        id: Id::new("p12"),
        name: "Pillar 12".into(),
        position: at(0.765, 0.765),
        state: PillarState::Online,
    };
    vec![
        LayerRows::Boundary(square(0.0, 0.0, 1.0)),
        LayerRows::Beats(beats.collect()),
        LayerRows::Pillars(vec![pillar]),
    ]
}

/// A town in a folder of its own.
pub struct Town {
    folder: TempDir,
}

/// What the program did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Town {
    /// With these incidents, in one import a list.
    pub fn with(imports: Vec<Vec<Incident>>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let town = Self { folder };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let new = NewWorkspace {
                name: "Testtown".into(),
                timezone: "Asia/Shanghai".into(),
                synthetic: true,
            };
            let w = Workspace::create(&town.path("town.gpkg"), &new)
                .await
                .expect("made");
            for layer in layers() {
                w.write(layer, &source("layers")).await.expect("written");
            }
            for (number, incidents) in imports.into_iter().enumerate() {
                let rows = LayerRows::Incidents {
                    incidents,
                    categories: Vec::new(),
                    derived_boundary: None,
                };
                let file = source(&format!("calls-{number}.csv"));
                w.write(rows, &file).await.expect("written");
            }
            w.close().await;
        });
        town
    }

    /// The whole town.
    pub fn whole() -> Self {
        Self::with(vec![incidents()])
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let program = Path::new(env!("CARGO_BIN_EXE_frontbeat"));
        let done: Output = Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .expect("the program starts");
        Ran {
            code: done.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&done.stdout).into_owned(),
            err: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    }

    /// Asks a question that has an answer.
    pub fn ask(&self, arguments: &[&str]) -> Ran {
        let mut all = vec!["statistics", "town.gpkg"];
        all.extend(arguments);
        let ran = self.run(&all);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        ran
    }

    /// The same as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.extend(["--out", "answer.json"]);
        self.ask(&all);
        let bytes = std::fs::read(self.path("answer.json")).expect("written");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// The log.
    pub fn events(&self) -> Vec<LoggedEvent> {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let w = Workspace::open(&self.path("town.gpkg"), Access::Read)
                .await
                .expect("open");
            let events = w.events_after(0, 1000).await.expect("read");
            w.close().await;
            events
        })
    }
}

fn source(file: &str) -> ImportSource {
    ImportSource {
        file: file.into(),
        refused: 0,
        at: "2026-01-02T00:00:00Z".parse().expect("a time"),
        marks_synthetic: false,
    }
}

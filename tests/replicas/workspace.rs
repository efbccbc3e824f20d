//! The town of the suite in a schema of its own, and what its log says in the end.

use std::collections::HashMap;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use frontbeat::app::live::follow::newest;
use frontbeat::live::board::Board;
use frontbeat::live::board_event::BoardEvent;
use frontbeat::live::event::{EventKind, LoggedEvent};
use frontbeat::live::step::step;
use frontbeat::store::address::WorkspaceAddress;
use frontbeat::store::workspace::{Access, Workspace};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::town;

static COUNT: AtomicU32 = AtomicU32::new(0);
static TOWN: OnceLock<TempDir> = OnceLock::new();

/// A schema with the town in it; taken away when dropped.
pub struct Place {
    server: String,
    schema: String,
}

/// A session on the server; over when dropped, and what it held is free.
pub struct Session {
    _conn: PgConnection,
    _runtime: Runtime,
}

impl Place {
    /// On the server of `FRONTBEAT_TEST_POSTGRES`; none, and a line that says so, where there
    /// is none.
    pub fn of(test: &str) -> Option<Self> {
        match std::env::var("FRONTBEAT_TEST_POSTGRES") {
            Ok(server) => Some(Self::on(&server)),
            Err(_) => {
                println!("SKIPPED {test}: no FRONTBEAT_TEST_POSTGRES (tests/run starts a server)");
                None
            }
        }
    }

    pub fn on(server: &str) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let schema = format!("r{}_{number}", std::process::id());
        let town = TOWN.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            block_on(town::build(folder.path()));
            folder
        });
        let place = Self {
            server: server.to_owned(),
            schema,
        };
        let copied = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
            .args(["copy", "town.gpkg", &place.store()])
            .current_dir(town.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&copied.stderr).into_owned();
        assert!(copied.status.success(), "{said}");
        place
    }

    /// The same schema, as another server has it.
    pub fn elsewhere(other: &Self, server: &str) -> Self {
        Self {
            server: server.to_owned(),
            schema: other.schema.clone(),
        }
    }

    /// Number of the newest event.
    pub fn last_event(&self) -> i64 {
        let schema = &self.schema;
        self.number(&format!(
            "SELECT coalesce(max(sequence), 0) FROM {schema}.events"
        ))
    }

    /// The address.
    pub fn store(&self) -> String {
        self.store_by(&self.server)
    }

    /// The address by another way to its server.
    pub fn store_by(&self, server: &str) -> String {
        format!("{server}?schema={}", self.schema)
    }

    pub fn schema(&self) -> &str {
        &self.schema
    }

    pub fn server(&self) -> &str {
        &self.server
    }

    /// All events, and the boards that are their fold: from the first one, and as a service
    /// finds it at its start.
    pub fn log(&self) -> (Vec<LoggedEvent>, Board) {
        block_on(async {
            let address: WorkspaceAddress = self.store().parse().unwrap();
            let workspace = Workspace::open(address, Access::Read).await.unwrap();
            // While services write: what comes after it is only in the first one's fold.
            let found = newest(&workspace).await.unwrap();
            let mut all = Vec::new();
            loop {
                let after = all.last().map_or(0, |last: &LoggedEvent| last.sequence);
                let events = workspace.events_after(after, 5_000).await.unwrap();
                if events.is_empty() {
                    break;
                }
                all.extend(events);
            }
            let mut board = Board::default();
            for event in &all {
                step(&mut board, event);
                if event.sequence == found.sequence {
                    assert_eq!(found, board);
                }
            }
            assert!(board.sequence >= found.sequence);
            workspace.close().await;
            (all, board)
        })
    }

    /// How often each incident of the log came in, by its own name; and that numbers have no
    /// gaps.
    pub fn received(&self) -> HashMap<String, usize> {
        let (events, _) = self.log();
        let numbers: Vec<u64> = events.iter().map(|event| event.sequence).collect();
        let first = numbers[0];
        let wanted: Vec<u64> = (first..first + numbers.len() as u64).collect();
        assert_eq!(numbers, wanted, "the log has gaps");
        let mut received = HashMap::new();
        for event in &events {
            if let EventKind::Board(BoardEvent::IncidentReceived(it)) = &event.event {
                let name = it.id.as_str().rsplit(':').next().unwrap_or_default();
                *received.entry(name.to_owned()).or_default() += 1;
            }
        }
        received
    }

    /// Runs SQL on its server.
    pub fn sql(&self, sql: &str) {
        block_on(async {
            let mut conn = PgConnection::connect(&self.server).await.unwrap();
            let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
            done.execute(&mut conn).await.unwrap();
        });
    }

    /// The whole number that a query gives.
    pub fn number(&self, sql: &str) -> i64 {
        block_on(async {
            let mut conn = PgConnection::connect(&self.server).await.unwrap();
            let number = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
            number.fetch_one(&mut conn).await.unwrap()
        })
    }

    /// A session of somebody else's, that runs SQL and stays as it is then.
    pub fn session(&self, sql: &str) -> Session {
        let runtime = Runtime::new().unwrap();
        let conn = runtime.block_on(async {
            let mut conn = PgConnection::connect(&self.server).await.unwrap();
            let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
            done.execute(&mut conn).await.unwrap();
            conn
        });
        Session {
            _conn: conn,
            _runtime: runtime,
        }
    }

    /// Takes the schema away.
    pub fn remove(self) {
        let schema = &self.schema;
        self.sql(&format!(
            "DROP SCHEMA IF EXISTS {schema} CASCADE; DROP ROLE IF EXISTS frontbeat_reader_{schema}"
        ));
    }
}

pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    Runtime::new().unwrap().block_on(work)
}

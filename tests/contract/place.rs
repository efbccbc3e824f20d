//! Where the workspaces of the suite are: a folder of its own, and a schema of its own on
//! the server of `FRONTBEAT_TEST_POSTGRES`, which `tests/run` starts. A test that has all
//! layers of a database listed has a database of its own: while others drop their schemas,
//! PostGIS' list and GDAL's come across tables that are no more.

use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use frontbeat::store::address::WorkspaceAddress;
use frontbeat::store::error::StoreError;
use frontbeat::store::workspace::{Access, Workspace};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use crate::rows;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Room for one workspace.
pub struct Place {
    text: String,
    folder: Option<TempDir>,
    /// The database made for this place alone, and the address of the server's own one.
    database: Option<(String, String)>,
}

impl Place {
    pub fn gpkg() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w.gpkg");
        Self {
            text: file.to_str().unwrap().to_owned(),
            folder: Some(folder),
            database: None,
        }
    }

    /// None, and a line that says so, where there is no server.
    pub fn postgis(test: &str) -> Option<Self> {
        let server = server(test)?;
        Some(Self::of_schema(&server))
    }

    /// In a database of its own.
    pub async fn postgis_apart(test: &str) -> Option<Self> {
        let (place, server) = (Self::postgis(test)?, server(test)?);
        let (_, schema) = place.text.split_once("?schema=").unwrap();
        let (host, _) = server.rsplit_once('/').unwrap();
        let name = format!("apart_{schema}");
        admin(&server, &format!("CREATE DATABASE {name}")).await;
        admin(&format!("{host}/{name}"), "CREATE EXTENSION postgis").await;
        Some(Self {
            text: format!("{host}/{name}?schema={schema}"),
            folder: None,
            database: Some((name, server)),
        })
    }

    /// Another one in the same database.
    pub fn beside(&self) -> Self {
        Self::of_schema(self.database())
    }

    fn of_schema(database: &str) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let schema = format!("t{}_{number}", std::process::id());
        Self {
            text: format!("{database}?schema={schema}"),
            folder: None,
            database: None,
        }
    }

    /// The address of the database.
    pub fn database(&self) -> &str {
        self.text.split_once("?schema=").unwrap().0
    }

    pub fn is_file(&self) -> bool {
        self.folder.is_some()
    }

    /// As it is written at the prompt.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn address(&self) -> WorkspaceAddress {
        WorkspaceAddress::from_str(&self.text).unwrap()
    }

    pub async fn create(&self, synthetic: bool) -> Workspace {
        Workspace::create(self.address(), &rows::new(synthetic))
            .await
            .unwrap()
    }

    pub async fn open(&self, access: Access) -> Result<Workspace, StoreError> {
        Workspace::open(self.address(), access).await
    }

    /// Opens it for writing once it is free: that a writer was killed, or refused, the server
    /// notices a moment later.
    pub async fn open_when_free(&self) -> Result<Workspace, StoreError> {
        for _ in 0..100 {
            match self.open(Access::Write).await {
                Err(StoreError::Busy { .. }) => tokio::time::sleep(Duration::from_millis(50)).await,
                opened => return opened,
            }
        }
        panic!("the lock of who is gone is not let go");
    }

    /// As GDAL has it: of a server the parts of its address one by one.
    pub fn for_ogr(&self) -> String {
        let Some((server, schema)) = self.text.split_once("?schema=") else {
            return self.text.clone();
        };
        let options: PgConnectOptions = server.parse().unwrap();
        // The password is in the environment: PGPASSWORD, which tests/run sets.
        format!(
            "PG:host={} port={} user={} dbname={} schemas={schema}",
            options.get_host(),
            options.get_port(),
            options.get_username(),
            options.get_database().unwrap()
        )
    }

    /// Runs SQL behind the program's back, and returns the database's complaint.
    pub async fn sql(&self, sql: &str) -> Result<(), String> {
        let sql = sql.to_owned();
        let Some((server, schema)) = self.text.split_once("?schema=") else {
            let url = format!("sqlite://{}", self.text);
            let mut conn = sqlx::SqliteConnection::connect(&url).await.unwrap();
            let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await;
            return done.map(|_| ()).map_err(|fault| fault.to_string());
        };
        let sql = format!("SET search_path TO {schema}, public; {sql}");
        run(server, &sql).await
    }

    /// Takes the schema away, and the database; the folder goes by itself.
    pub async fn remove(self) {
        if self.folder.is_none() {
            let (_, schema) = self.text.split_once("?schema=").unwrap();
            let sql = format!(
                "DROP SCHEMA IF EXISTS {schema} CASCADE;
                 DROP SCHEMA IF EXISTS frontbeat_draft_{schema} CASCADE;
                 DROP ROLE IF EXISTS frontbeat_reader_{schema}"
            );
            self.sql(&sql).await.unwrap();
        }
        if let Some((name, server)) = self.database {
            admin(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// The schema of a place on a server.
pub fn schema(place: &Place) -> &str {
    place.text().split_once("?schema=").unwrap().1
}

/// The same address for another user.
pub fn as_user(address: &str, user: &str, password: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap();
    let (_, host) = rest.split_once('@').unwrap();
    format!("{scheme}://{user}:{password}@{host}")
}

/// Runs SQL on a server, which must take it.
pub async fn admin(server: &str, sql: &str) {
    run(server, sql).await.unwrap();
}

/// Runs SQL on a server, and returns its complaint.
pub async fn run(server: &str, sql: &str) -> Result<(), String> {
    let mut conn = PgConnection::connect(server).await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut conn)
        .await;
    done.map(|_| ()).map_err(|fault| fault.to_string())
}

/// The server's address; none, and a line that says so, where there is none.
pub fn server(test: &str) -> Option<String> {
    let server = std::env::var("FRONTBEAT_TEST_POSTGRES").ok();
    if server.is_none() {
        println!(
            "SKIPPED {test} on PostGIS: no FRONTBEAT_TEST_POSTGRES (tests/run starts a server)"
        );
    }
    server
}

/// Runs a test on both.
pub async fn on_both(test: &str, body: impl AsyncFn(&Place)) {
    on_file_and(Place::postgis(test), body).await;
}

/// Runs a test on both, on the server in a database of its own.
pub async fn on_both_apart(test: &str, body: impl AsyncFn(&Place)) {
    on_file_and(Place::postgis_apart(test).await, body).await;
}

async fn on_file_and(server: Option<Place>, body: impl AsyncFn(&Place)) {
    body(&Place::gpkg()).await;
    if let Some(place) = server {
        body(&place).await;
        place.remove().await;
    }
}

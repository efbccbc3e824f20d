//! One schema on a server: found out about, made, opened, closed; and, for a service that runs
//! for long, kept in touch with.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{broadcast, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use crate::live::event::EventKind;
use crate::store::address::{DRAFT_PREFIX, ServerAddress};
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::postgis::hold::keep_hold;
use crate::store::postgis::lead::lead;
use crate::store::postgis::listen::{Heard, LONGEST, WORDS};
use crate::store::postgis::lock::Holding;
use crate::store::postgis::look::{Found, look};
use crate::store::postgis::pools::Recipe;
use crate::store::postgis::reach::Reach;
use crate::store::postgis::{migrate, reader_role, update};
use crate::store::record::NewWorkspace;
use crate::store::statement::Statement;
use crate::store::workspace::Access;
use crate::store::{instant, log, schema, tables};

/// How long a service waits for a command that has the workspace alone…
const A_MOMENT: Duration = Duration::from_secs(3);

/// …and how often it looks.
const AGAIN: Duration = Duration::from_millis(200);

/// The open connections to one schema.
#[derive(Debug)]
pub struct Server {
    schema: String,
    writing: Option<Holding>,
    reach: Arc<Reach>,
    heard: Heard,
    leads: watch::Sender<bool>,
    /// Why it can't be written to so far, or any more.
    kept_from: watch::Sender<Option<String>>,
    tasks: Mutex<Vec<AbortHandle>>,
}

impl Server {
    fn new(address: &ServerAddress, found: Found, access: Access) -> Self {
        let writing = match access {
            Access::Read => None,
            Access::Write => Some(Holding::Alone),
            Access::Share => Some(Holding::Shared),
            Access::Beside => Some(Holding::Beside),
        };
        let recipe = Recipe {
            shown: address.shown().into(),
            schema: address.schema().to_owned(),
            postgis: found.postgis,
            writing,
        };
        Self {
            schema: address.schema().to_owned(),
            writing,
            reach: Arc::new(Reach::new(
                address.hosts.clone(),
                found.host,
                !found.is_standby,
                recipe,
            )),
            kept_from: watch::Sender::new(None),
            heard: Heard::default(),
            leads: watch::Sender::new(writing == Some(Holding::Alone)),
            tasks: Mutex::default(),
        }
    }

    /// Its name.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self) -> Result<Connection, StoreError> {
        self.reach.answering()?.read().await
    }

    /// The same for what is there soon: where it is not, all connections are made anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read_soon(&self) -> Result<Connection, StoreError> {
        self.reach.answering()?.read_soon().await
    }

    /// A transaction that has the turn to write.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where the connection was lost and another writes alone by now, or
    /// has had its turn for too long; [`StoreError::NotWritable`] where it was opened for
    /// reading.
    pub async fn begin(&self) -> Result<Connection, StoreError> {
        self.reach.writable()?.begin().await
    }

    /// The same for the live board, which waits for no other writer of its process.
    ///
    /// # Errors
    /// As of [`Server::begin`].
    pub async fn begin_board(&self) -> Result<Connection, StoreError> {
        self.reach.writable()?.begin_board().await
    }

    /// A transaction without the turn, for what is no part of the workspace.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_aside(&self) -> Result<Connection, StoreError> {
        self.reach.writable()?.begin_aside().await
    }

    /// Whether it was opened for writing.
    pub fn is_writable(&self) -> bool {
        self.writing.is_some()
    }

    /// Whether others may write to it too.
    pub fn is_shared(&self) -> bool {
        self.writing == Some(Holding::Shared)
    }

    /// Why it can't be written to for now; while it is in touch.
    pub fn kept_from(&self) -> Option<String> {
        self.kept_from.borrow().clone()
    }

    /// Whether its host is no standby.
    pub fn is_primary(&self) -> bool {
        self.reach.is_primary()
    }

    /// Whether the server answered when it was asked last.
    pub fn answers(&self) -> bool {
        self.reach.answers()
    }

    /// Watches whether the server answers, listens to it, and tries to lead, until it is
    /// closed.
    pub fn keep_in_touch(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if !tasks.is_empty() {
            return;
        }
        let (reach, schema) = (self.reach.clone(), self.schema.clone());
        let watching = async move { reach.watch().await };
        tasks.push(tokio::spawn(watching).abort_handle());
        let listening = self.heard.clone();
        let listening = listening.listen(self.reach.clone(), schema.clone());
        tasks.push(tokio::spawn(listening).abort_handle());
        if self.is_shared() {
            let holding = keep_hold(self.reach.clone(), self.kept_from.clone());
            tasks.push(tokio::spawn(holding).abort_handle());
            let kept_from = self.kept_from.subscribe();
            let leading = lead(self.reach.clone(), schema, kept_from, self.leads.clone());
            tasks.push(tokio::spawn(leading).abort_handle());
        }
    }

    /// Counts what is logged, while it is in touch.
    pub fn events(&self) -> watch::Receiver<u64> {
        self.heard.events.subscribe()
    }

    /// Whether this is the service that does what has to be done once.
    pub fn leads(&self) -> watch::Receiver<bool> {
        self.leads.subscribe()
    }

    /// What services tell each other, while it is in touch.
    pub fn words(&self) -> broadcast::Receiver<String> {
        self.heard.words.subscribe()
    }

    /// Most bytes that can be told at once.
    pub fn longest_words(&self) -> usize {
        LONGEST - self.schema.len() - 1
    }

    /// Tells the other services, and this one, something that is not worth a row: who does
    /// not hear it misses it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell(&self, words: &str) -> Result<(), StoreError> {
        let told = Statement::new("SELECT pg_notify(?, ?)")
            .bind(WORDS)
            .bind(format!("{} {words}", self.schema).as_str());
        self.read_soon().await?.execute(told).await.map(|_| ())
    }

    /// Closes all connections; the server frees the locks.
    pub async fn close(&self) {
        self.stop_tasks();
        self.reach.pools().close().await;
    }

    fn stop_tasks(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.drain(..).for_each(|task| task.abort());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop_tasks();
    }
}

/// Makes a schema with its tables, in one transaction, and opens it for writing.
///
/// # Errors
/// [`StoreError`]; nothing is made then.
pub async fn create_schema(
    address: &ServerAddress,
    new: &NewWorkspace,
) -> Result<Server, StoreError> {
    let found = look(address, true).await?;
    if found.has_schema {
        return Err(exists(address));
    }
    let server = Server::new(address, found, Access::Write);
    let mut conn = server.begin().await?;
    fill_schema(&mut conn, address.schema(), address.schema(), Some(new)).await?;
    conn.commit().await?;
    Ok(server)
}

/// Makes the schema that will get its name when it is complete, in the place of one that was
/// left unfinished; without `new` its tables stay empty.
///
/// # Errors
/// [`StoreError::Exists`] where the final one is there.
pub async fn create_draft(
    address: &ServerAddress,
    new: Option<&NewWorkspace>,
) -> Result<Server, StoreError> {
    let found = look(address, true).await?;
    if found.has_schema {
        return Err(exists(address));
    }
    let draft = address.with_schema(draft_name(address));
    let server = Server::new(&draft, found, Access::Write);
    let mut conn = server.begin().await?;
    let name = draft.schema();
    // What an interrupted run left; the draft's lock is held.
    conn.script(format!("DROP SCHEMA IF EXISTS {name} CASCADE"))
        .await?;
    fill_schema(&mut conn, name, address.schema(), new).await?;
    conn.commit().await?;
    Ok(server)
}

/// Opens the draft that an interrupted run left; none where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn open_draft(address: &ServerAddress) -> Result<Option<Server>, StoreError> {
    if look(address, true).await?.has_schema {
        return Err(exists(address));
    }
    let draft = address.with_schema(draft_name(address));
    match open_schema(&draft, Access::Write).await {
        Ok(server) => Ok(Some(server)),
        Err(StoreError::Missing { .. }) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Gives a draft its name.
///
/// # Errors
/// [`StoreError`].
pub async fn name_draft(server: &Server, address: &ServerAddress) -> Result<(), StoreError> {
    let mut conn = server.begin().await?;
    let (draft, name) = (draft_name(address), address.schema());
    conn.script(format!("ALTER SCHEMA {draft} RENAME TO {name}"))
        .await?;
    conn.commit().await
}

/// Takes a draft away.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_draft(server: &Server, address: &ServerAddress) -> Result<(), StoreError> {
    let mut conn = server.begin().await?;
    let draft = draft_name(address);
    conn.script(format!("DROP SCHEMA IF EXISTS {draft} CASCADE"))
        .await?;
    conn.commit().await
}

fn draft_name(address: &ServerAddress) -> String {
    format!("{DRAFT_PREFIX}{}", address.schema())
}

fn exists(address: &ServerAddress) -> StoreError {
    StoreError::Exists {
        path: address.shown().to_owned(),
    }
}

async fn fill_schema(
    conn: &mut Connection,
    schema: &str,
    of: &str,
    new: Option<&NewWorkspace>,
) -> Result<(), StoreError> {
    conn.script(format!("CREATE SCHEMA {schema}")).await?;
    migrate::migrate(conn, 0, schema::POSTGIS).await?;
    if let Some(new) = new {
        let made_at = server_time(conn).await?;
        tables::fill_new(conn, new, made_at).await?;
        let event = EventKind::WorkspaceMade {
            name: new.name.clone(),
        };
        log::append(conn, event, made_at).await?;
    }
    reader_role::grant(conn, schema, of).await
}

/// Opens a schema.
///
/// # Errors
/// [`StoreError`].
pub async fn open_schema(address: &ServerAddress, access: Access) -> Result<Server, StoreError> {
    let mut found = look(address, access != Access::Read).await?;
    if access != Access::Write {
        found = update::settled(address, found).await?;
    }
    let path = || address.shown().to_owned();
    let Some(version) = found.version else {
        return Err(if found.has_schema {
            StoreError::NotAWorkspace {
                path: path(),
                why: "the schema holds no tables of Frontbeat, or its user may not see them; choose another schema, or let its owner grant the use of it".into(),
            }
        } else {
            StoreError::Missing { path: path() }
        });
    };
    let known = schema::newest();
    if version > known {
        return Err(StoreError::TooNew {
            path: path(),
            found: version,
            known,
        });
    }
    // Only who writes to it for good brings the tables up to date.
    if matches!(access, Access::Read | Access::Beside) && version < known {
        return Err(StoreError::TooOld {
            path: path(),
            found: version,
            known,
        });
    }
    // Who shares it waits until the standby is promoted.
    let is_read_only = found.is_standby && access != Access::Share;
    if access != Access::Read && (!found.may_write || is_read_only) {
        return Err(StoreError::NotWritable {
            path: path(),
            why: format!(
                "the user {} may only read it (who writes owns its tables and may create more), \
                 or the server is a standby",
                found.host.get_username()
            ),
        });
    }
    if access == Access::Share && version < known {
        Box::pin(update::up_to_date(address)).await?;
    }
    let server = Server::new(address, found, access);
    match access {
        Access::Read | Access::Beside => {}
        Access::Share => match hold(&server).await {
            Err(fault @ (StoreError::Busy { .. } | StoreError::NotWritable { .. })) => {
                // Read meanwhile; `keep_hold` takes it when it can be had.
                server.kept_from.send_replace(Some(fault.to_string()));
            }
            held => held?,
        },
        Access::Write => {
            if let Err(fault) = bring_up_to_date(&server).await {
                // Whoever asks next must not find it taken by this.
                server.close().await;
                return Err(fault);
            }
        }
    }
    Ok(server)
}

/// Takes the workspace for who writes to it alone, and brings its tables up to date.
async fn bring_up_to_date(server: &Server) -> Result<(), StoreError> {
    let mut conn = server.begin().await?;
    update::run(server, &mut conn).await?;
    conn.commit().await
}

/// Takes the lock of those who share it. Whoever can't write learns it now, and does not wait
/// for a turn; a command that has the workspace alone for a moment (`keys make`) is waited for.
async fn hold(server: &Server) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match server.reach.writable()?.hold().await {
            Err(StoreError::Busy { .. }) if begun.elapsed() < A_MOMENT => sleep(AGAIN).await,
            held => return held,
        }
    }
}

/// The server's clock: only `app::clock` reads the program's.
async fn server_time(conn: &mut Connection) -> Result<Timestamp, StoreError> {
    let millis =
        Statement::new("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
    Ok(instant::from_millis(conn.number(millis).await?).unwrap_or_default())
}

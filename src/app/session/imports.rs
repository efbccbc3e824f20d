//! Files that are brought in over the wire: sent once into a folder of their own, looked at
//! as often as wanted, then written to the workspace or thrown away.
//!
//! Few are held at a time, one is worked on at a time, each goes by itself after a while, and
//! the folder goes with it. A name that a client gives is told again, and never a path.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::app::clock;
use crate::app::import::file::{ImportFile, load_file};
use crate::app::import::look::{Look, look};
use crate::app::import::report::{ImportError, ImportReport};
use crate::app::import::{ImportOptions, ImportStep, import_file};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::imports_fault::ImportsFault;
use crate::app::session::turns::Turns;
use crate::exchange::import::field::Layer;
use crate::exchange::import::personal::scrub;
use crate::place::id::hex;

/// Largest file taken.
pub const MOST_BYTES: u64 = 64 << 20;

/// Most that comes out of an archive of that size.
const MOST_INFLATED: u64 = 256 << 20;

/// Files held at a time, finished ones too.
const MOST_HELD: usize = 8;

/// Files received at a time.
const RECEIVED_AT_ONCE: usize = 2;

/// Who may wait while another file is worked on.
const WAITING: usize = 4;

/// A file that nobody asks for goes after so long…
const IDLE: Duration = Duration::from_secs(30 * 60);

/// …and makes room for another one after so long.
const YIELDS: Duration = Duration::from_secs(5 * 60);

/// What a program that was killed left behind goes after so long.
const LEAVINGS: SignedDuration = SignedDuration::from_hours(24);

/// What every folder's name begins with.
const FOLDER: &str = "frontbeat-import-";

/// Longest name told again, characters.
const LONGEST_NAME: usize = 120;

/// How far a file is.
#[derive(Debug, Clone)]
pub enum Stage {
    /// It was looked at; nothing is written.
    Looked,
    /// Its rows are parsed.
    Reading {
        /// So many are.
        done: u64,
        /// Of so many; 0 where that is not known so far.
        of: u64,
    },
    /// They are written.
    Writing {
        /// So many are.
        done: u64,
        /// Of so many.
        of: u64,
    },
    /// It is in the workspace.
    Done(Arc<ImportReport>),
    /// It is not; the file is still held, and may be read otherwise.
    Failed(ImportsFault),
}

/// A file that is held.
#[derive(Debug)]
pub struct Held {
    /// Its address.
    pub id: String,
    /// Its name, as it may be shown.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    folder: TempDir,
    state: Mutex<(Stage, Instant)>,
}

impl Held {
    /// How far it is.
    pub fn stage(&self) -> Stage {
        self.state().0.clone()
    }

    /// Its refused rows as CSV, once it was imported.
    ///
    /// # Errors
    /// [`ImportsFault::Scratch`].
    pub async fn refused_csv(&self) -> Result<Vec<u8>, ImportsFault> {
        Ok(tokio::fs::read(self.refused()).await?)
    }

    fn refused(&self) -> PathBuf {
        self.folder.path().join("refused.csv")
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("sent")
    }

    async fn load(&self) -> Result<ImportFile, ImportError> {
        let file = load_file(&self.path()).await?;
        Ok(file.named(&self.name).inflated_to(MOST_INFLATED))
    }

    fn state(&self) -> MutexGuard<'_, (Stage, Instant)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) {
        self.state().1 = Instant::now();
    }

    fn set(&self, stage: Stage) {
        *self.state() = (stage, Instant::now());
    }

    fn is_working(&self) -> bool {
        matches!(
            self.state().0,
            Stage::Reading { .. } | Stage::Writing { .. }
        )
    }

    fn idle(&self) -> Duration {
        self.state().1.elapsed()
    }

    fn told(&self, step: ImportStep) {
        let (stage, touched) = &mut *self.state();
        *touched = Instant::now();
        match (step, &mut *stage) {
            (ImportStep::Reading, _) => *stage = Stage::Reading { done: 0, of: 0 },
            (ImportStep::Rows(of), _) => *stage = Stage::Reading { done: 0, of },
            (ImportStep::Writing(of), _) => *stage = Stage::Writing { done: 0, of },
            (ImportStep::Done(more), Stage::Reading { done, .. })
            | (ImportStep::Written(more), Stage::Writing { done, .. }) => *done += more,
            _ => {}
        }
    }
}

/// The files that are held.
#[derive(Debug)]
pub struct Imports {
    held: Mutex<BTreeMap<String, Arc<Held>>>,
    receiving: Arc<Semaphore>,
    turns: Turns,
}

impl Default for Imports {
    fn default() -> Self {
        Self::new()
    }
}

impl Imports {
    /// None so far.
    pub fn new() -> Self {
        Self {
            held: Mutex::default(),
            receiving: Arc::new(Semaphore::new(RECEIVED_AT_ONCE)),
            turns: Turns::new(1, WAITING),
        }
    }

    /// Lets go of what nobody has asked for in a while.
    pub fn sweep(&self) {
        self.all()
            .retain(|_, held| held.is_working() || held.idle() < IDLE);
    }

    /// Lets go of all.
    pub fn clear(&self) {
        self.all().clear();
    }

    /// How many are held.
    pub fn len(&self) -> usize {
        self.all().len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    /// A file by its id.
    ///
    /// # Errors
    /// [`ImportsFault::Unknown`].
    pub fn held(&self, id: &str) -> Result<Arc<Held>, ImportsFault> {
        let held = self.all().get(id).cloned().ok_or(ImportsFault::Unknown)?;
        held.touch();
        Ok(held)
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Held>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a file, where there is room or a finished or forgotten one makes it.
    fn keep(&self, file: Arc<Held>) -> Result<(), ImportsFault> {
        let mut all = self.all();
        if all.len() >= MOST_HELD {
            let yields = |held: &Held| match held.stage() {
                Stage::Done(_) => true,
                Stage::Looked | Stage::Failed(_) => held.idle() >= YIELDS,
                Stage::Reading { .. } | Stage::Writing { .. } => false,
            };
            let oldest = all
                .values()
                .filter(|held| yields(held))
                .max_by_key(|held| held.idle())
                .map(|held| held.id.clone());
            all.remove(&oldest.ok_or(ImportsFault::TooMany)?);
        }
        all.insert(file.id.clone(), file);
        Ok(())
    }
}

/// A file that comes in piece by piece.
#[derive(Debug)]
pub struct Incoming {
    file: tokio::fs::File,
    folder: TempDir,
    name: String,
    bytes: u64,
    _place: OwnedSemaphorePermit,
}

impl Incoming {
    /// The next piece.
    ///
    /// # Errors
    /// [`ImportsFault::TooLarge`], [`ImportsFault::Scratch`]; what came so far is gone with it.
    pub async fn push(&mut self, piece: &[u8]) -> Result<(), ImportsFault> {
        self.bytes += piece.len() as u64;
        if self.bytes > MOST_BYTES {
            return Err(ImportsFault::TooLarge);
        }
        Ok(self.file.write_all(piece).await?)
    }
}

impl Session {
    /// Makes room for a file of that name.
    ///
    /// # Errors
    /// [`ImportsFault`].
    pub fn begin_import(&self, name: &str) -> Result<Incoming, ImportsFault> {
        self.importable()?;
        self.imports.sweep();
        let place = self.imports.receiving.clone().try_acquire_owned();
        let place = place.map_err(|_| ImportsFault::TooMany)?;
        // Nobody else looks into it: a file has all its columns until it is read.
        let mut folder = tempfile::Builder::new();
        folder.prefix(FOLDER);
        #[cfg(unix)]
        folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = folder.tempdir()?;
        let file = File::create_new(folder.path().join("sent"))?;
        Ok(Incoming {
            file: file.into(),
            folder,
            name: shown_name(name),
            bytes: 0,
            _place: place,
        })
    }

    /// Looks at a file that has come in whole, and holds it.
    ///
    /// # Errors
    /// [`ImportsFault`]; the file is then not held.
    pub async fn finish_import(
        self: &Arc<Self>,
        incoming: Incoming,
        layer: Option<Layer>,
        options: ImportOptions,
    ) -> Result<(Arc<Held>, Look), ImportsFault> {
        let Incoming {
            mut file,
            folder,
            name,
            bytes,
            ..
        } = incoming;
        file.flush().await?;
        drop(file);
        let held = Arc::new(Held {
            id: random_id(),
            name,
            bytes,
            folder,
            state: Mutex::new((Stage::Looked, Instant::now())),
        });
        let seen = self.look_at(Arc::clone(&held), layer, options).await?;
        self.imports.keep(Arc::clone(&held))?;
        Ok((held, seen))
    }

    /// Looks at a held file again, read otherwise. Nothing is written.
    ///
    /// # Errors
    /// [`ImportsFault`].
    pub async fn look_again(
        self: &Arc<Self>,
        id: &str,
        layer: Option<Layer>,
        options: ImportOptions,
    ) -> Result<(Arc<Held>, Look), ImportsFault> {
        let held = self.imports.held(id)?;
        if !matches!(held.stage(), Stage::Looked | Stage::Failed(_)) {
            return Err(ImportsFault::Begun);
        }
        let seen = self.look_at(Arc::clone(&held), layer, options).await?;
        Ok((held, seen))
    }

    /// Work goes on where the asker leaves, and keeps its turn.
    async fn look_at(
        self: &Arc<Self>,
        held: Arc<Held>,
        layer: Option<Layer>,
        options: ImportOptions,
    ) -> Result<Look, ImportsFault> {
        let session = Arc::clone(self);
        let work = async move {
            let _turn = session.imports.turns.turn().await?;
            let file = held.load().await?;
            Ok(look(session.workspace(), file, layer, options).await?)
        };
        tokio::spawn(work)
            .await
            .map_err(|_| SessionError::BrokenOff)?
    }

    /// Begins to write a held file into the workspace; [`Held::stage`] says how far it is.
    ///
    /// # Errors
    /// [`ImportsFault`].
    pub fn commit_import(
        self: &Arc<Self>,
        id: &str,
        layer: Layer,
        options: ImportOptions,
    ) -> Result<Arc<Held>, ImportsFault> {
        self.importable()?;
        let held = self.imports.held(id)?;
        {
            let (stage, _) = &mut *held.state();
            if !matches!(stage, Stage::Looked | Stage::Failed(_)) {
                return Err(ImportsFault::Begun);
            }
            *stage = Stage::Reading { done: 0, of: 0 };
        }
        let (session, file) = (Arc::clone(self), Arc::clone(&held));
        let handle = Handle::current();
        // Much of it is computing: a thread of its own.
        tokio::task::spawn_blocking(move || {
            let done = handle.block_on(session.import_held(&file, layer, options));
            file.set(match done {
                Ok(report) => Stage::Done(Arc::new(report)),
                Err(fault) => Stage::Failed(fault),
            });
        });
        Ok(held)
    }

    async fn import_held(
        &self,
        held: &Arc<Held>,
        layer: Layer,
        options: ImportOptions,
    ) -> Result<ImportReport, ImportsFault> {
        let _turn = self.imports.turns.turn().await?;
        let file = held.load().await?;
        let teller = Arc::clone(held);
        let options = ImportOptions {
            in_steps: true,
            dry_run: false,
            ..options
        };
        let told = Arc::new(move |step| teller.told(step));
        let report = import_file(self.workspace(), layer, file, options, told).await?;
        // It is in the workspace: what follows is for the asker, and fails nobody's import.
        let listed = tokio::fs::write(held.refused(), report.refused_csv()).await;
        let gone = tokio::fs::remove_file(held.path()).await;
        if let Err(fault) = listed.and(gone) {
            tracing::warn!(%fault, "an imported file's folder can't be written");
        }
        if let Err(fault) = self.refresh().await {
            tracing::warn!(%fault, "what was imported is shown a moment later");
        }
        Ok(report)
    }

    /// Throws a held file away.
    ///
    /// # Errors
    /// [`ImportsFault::Unknown`], [`ImportsFault::Begun`] while it is being written.
    pub fn drop_import(&self, id: &str) -> Result<(), ImportsFault> {
        let held = self.imports.held(id)?;
        if held.is_working() {
            return Err(ImportsFault::Begun);
        }
        self.imports.all().remove(id);
        Ok(())
    }

    fn importable(&self) -> Result<(), ImportsFault> {
        match self.read_only_because() {
            Some(why) => Err(ImportsFault::ReadOnly(why)),
            None => Ok(()),
        }
    }
}

/// A client's name of a file, as it may be shown: its last part, without control characters
/// and without what looks like a person's data.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = last.chars().filter(|c| !c.is_control());
    // The ending says what the file promises to be.
    let all: Vec<char> = plain.collect();
    let kept = &all[all.len().saturating_sub(LONGEST_NAME)..];
    let name = scrub(kept.iter().collect::<String>().trim());
    match name.as_str() {
        "" | "." | ".." => "file".to_owned(),
        _ => name,
    }
}

fn random_id() -> String {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

/// Removes folders that a killed program has left.
pub(crate) fn remove_leavings() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(FOLDER);
        let made = entry.metadata().and_then(|known| known.modified());
        let made = made.ok().and_then(|at| Timestamp::try_from(at).ok());
        if ours && made.is_some_and(|at| clock::now().duration_since(at) > LEAVINGS) {
            // Another user's can't be removed, and need not.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::app::session::imports::shown_name;

    #[test]
    fn a_name_is_shown_and_never_a_path() {
        assert_eq!(shown_name("../../etc/passwd"), "passwd");
        assert_eq!(shown_name("C:\\data\\calls 2024.csv"), "calls 2024.csv");
        assert_eq!(shown_name("a\u{0}b\n.csv"), "ab.csv");
        assert_eq!(shown_name("..\\.."), "file");
        assert_eq!(shown_name(""), "file");
        assert_eq!(shown_name("13912345678.csv"), "***.csv");
        let long = format!("{}.gpkg", "长".repeat(300));
        let shown = shown_name(&long);
        assert_eq!(shown.chars().count(), 120);
        assert!(shown.ends_with(".gpkg"));
    }
}

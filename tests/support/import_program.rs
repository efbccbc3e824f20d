//! The real program on a workspace in a folder of its own, for the import tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder with a workspace in it.
pub struct Bench {
    folder: TempDir,
}

/// What the program did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Bench {
    /// A new workspace.
    pub fn new(timezone: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bench = Self { folder };
        let made = bench.run(&["init", "w.gpkg", "--name", "Test", "--timezone", timezone]);
        assert_eq!(made.code, 0, "{made:?}");
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn workspace(&self) -> PathBuf {
        self.path("w.gpkg")
    }

    /// Puts a file into the folder.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("a file");
    }

    /// Runs the program in the folder.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let done = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
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

    /// Imports a file as a layer, with further arguments.
    pub fn import(&self, layer: &str, file: &Path, more: &[&str]) -> Ran {
        let file = file.to_string_lossy().into_owned();
        let mut arguments = vec!["import", "w.gpkg", "--as", layer, file.as_str()];
        arguments.extend(more);
        self.run(&arguments)
    }
}

//! Where the real data sets are, for the tests that read them.

use std::path::PathBuf;

/// The folder with the real data sets: `FRONTBEAT_DATA`, or else `../shared/data`.
/// None, with a line that says so, where neither is there.
pub fn folder(test: &str) -> Option<PathBuf> {
    let told = std::env::var_os("FRONTBEAT_DATA").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let found = told.into_iter().chain([beside]).find(|p| p.is_dir());
    if found.is_none() {
        println!("SKIPPED {test}: no FRONTBEAT_DATA");
    }
    found
}

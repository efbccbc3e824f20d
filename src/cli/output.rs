//! What a command puts out. A file's name is checked before the work begins, so that nobody
//! waits for a result that can't be kept; whoever reads what is printed may leave at any time.

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::failure::Failure;

static UNPRINTED: AtomicBool = AtomicBool::new(false);

/// Which of the endings (lower case, without the dot) the file has; its folder exists.
///
/// # Errors
/// [`Failure`] that names the endings, or the folder that is not there.
pub fn ending_of<'a>(path: &Path, endings: &[&'a str], what: &str) -> Result<&'a str, Failure> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|f| !f.is_dir()) {
        return Err(Failure::usage(
            format!("there is no folder {}", folder.display()),
            "choose a file in a folder that exists",
        ));
    }
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    let known = endings.iter().find(|e| e.eq_ignore_ascii_case(ending));
    known.copied().ok_or_else(|| {
        Failure::usage(
            format!("{} ends in no format that {what} has", path.display()),
            format!("end the name in .{}", endings.join(" or .")),
        )
    })
}

/// Writes the file.
///
/// # Errors
/// [`Failure`] with the system's word.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|fault| {
        Failure::failed(
            format!("{} can't be written: {fault}", path.display()),
            "choose a file in a folder that exists and may be written to",
        )
    })
}

/// Prints text. Whoever reads it may stop in the middle (`| head`): that is no fault, and the
/// command goes on quietly to its end.
///
/// # Errors
/// [`Failure`] where it can't be printed for another reason.
pub fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(fault) if fault.kind() != ErrorKind::BrokenPipe => Err(Failure::failed(
            format!("nothing can be printed: {fault}"),
            "",
        )),
        _ => Ok(()),
    }
}

/// Prints a line while a command is under way, as [`say`] does; that it can't be printed is the
/// command's failure once it is over ([`unprinted`]).
pub fn line(text: impl Display) {
    if let Err(failure) = say(&format!("{text}\n"))
        && !UNPRINTED.swap(true, Ordering::Relaxed)
    {
        note(failure);
    }
}

/// Whether some [`line`] could not be printed, for another reason than a reader who left.
pub fn unprinted() -> bool {
    UNPRINTED.load(Ordering::Relaxed)
}

/// Tells the person at the prompt something besides the answer. Nobody may be listening.
pub fn note(text: impl Display) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(format!("{text}\n").as_bytes());
}

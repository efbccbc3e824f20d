//! Time that this thread had a core: what is fair to compare where other work goes on.
//!
//! Linux tells it in a file of the thread; elsewhere time on the wall stands in. The
//! kernel adds up every few milliseconds, and reading is dear, so that a reading is used
//! again until as much time could have passed.

use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

/// How long a reading is used again.
const FRESH: Duration = Duration::from_millis(1);

/// A clock of the thread that started it.
#[derive(Debug)]
pub struct ThreadClock {
    file: Option<File>,
    wall: Instant,
    first: Duration,
    read_at: Cell<Instant>,
    read: Cell<Duration>,
}

impl ThreadClock {
    /// Starts now.
    pub fn start() -> Self {
        let wall = Instant::now();
        let file = File::open("/proc/thread-self/schedstat").ok();
        let first = file.as_ref().and_then(on_core);
        Self {
            file: file.filter(|_| first.is_some()),
            wall,
            first: first.unwrap_or_default(),
            read_at: Cell::new(wall),
            read: Cell::new(Duration::ZERO),
        }
    }

    /// Whether the system tells the time on a core.
    pub fn is_exact(&self) -> bool {
        self.file.is_some()
    }

    /// Time on a core since the start, a few milliseconds old at most.
    pub fn elapsed(&self) -> Duration {
        let now = Instant::now();
        if now - self.read_at.get() >= FRESH {
            self.read_at.set(now);
            self.read.set(self.exact());
        }
        self.read.get()
    }

    /// Time on a core since the start, read now.
    pub fn exact(&self) -> Duration {
        match self.file.as_ref().and_then(on_core) {
            Some(now) => now.saturating_sub(self.first),
            None => self.wall.elapsed(),
        }
    }
}

/// The first number of the file: nanoseconds on a core.
fn on_core(mut file: &File) -> Option<Duration> {
    let mut text = [0; 64];
    file.seek(SeekFrom::Start(0)).ok()?;
    let length = file.read(&mut text).ok()?;
    let text = std::str::from_utf8(&text[..length]).ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use crate::app::bench_orienteering::thread_clock::ThreadClock;

    #[test]
    fn a_sleeping_thread_uses_no_core() {
        let clock = ThreadClock::start();
        if !clock.is_exact() {
            println!("SKIPPED: this system does not tell a thread's time");
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert!(clock.elapsed() < clock.wall.elapsed());
        assert!(clock.elapsed() <= clock.exact());
    }
}

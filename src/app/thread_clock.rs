//! Time on the wall, and time that this thread had a core: what is fair to compare where
//! other work goes on.
//!
//! The kernel tells a thread's time to the nanosecond; asking is a system call, so that a
//! reading is used again for a moment. Where a system does not tell it, time on the wall
//! stands in.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long a reading is used again.
const FRESH: Duration = Duration::from_micros(100);

/// Which time a limit is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitClock {
    /// Time on the wall.
    Wall,
    /// Time that the thread had a core; fair on a machine that does other work too.
    Cpu,
}

/// A clock of the thread that started it.
#[derive(Debug)]
pub struct ThreadClock {
    wall: Instant,
    first: Option<Duration>,
    read_at: Cell<Instant>,
    read: Cell<Duration>,
}

impl ThreadClock {
    /// Starts now.
    pub fn start() -> Self {
        let wall = Instant::now();
        Self {
            wall,
            first: on_core(),
            read_at: Cell::new(wall),
            read: Cell::new(Duration::ZERO),
        }
    }

    /// Whether the system tells the time on a core.
    pub fn is_exact(&self) -> bool {
        self.first.is_some()
    }

    /// Time on a core since the start, a tenth of a millisecond old at most.
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
        match (self.first, on_core()) {
            (Some(first), Some(now)) => now.saturating_sub(first),
            _ => self.wall.elapsed(),
        }
    }

    /// Time on the wall since the start.
    pub fn wall(&self) -> Duration {
        self.wall.elapsed()
    }

    /// Time since the start by that clock.
    pub fn by(&self, clock: LimitClock) -> Duration {
        match clock {
            LimitClock::Wall => self.wall(),
            LimitClock::Cpu => self.elapsed(),
        }
    }
}

/// Time that this thread had a core.
#[cfg(unix)]
fn on_core() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(Duration::new(seconds, u32::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(unix))]
fn on_core() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeping_thread_uses_no_core() {
        let clock = ThreadClock::start();
        if !clock.is_exact() {
            println!("SKIPPED: this system does not tell a thread's time");
            return;
        }
        std::thread::sleep(Duration::from_millis(300));
        assert!(clock.elapsed() < Duration::from_millis(150));
        assert!(clock.by(LimitClock::Wall) >= Duration::from_millis(300));
        assert!(clock.elapsed() <= clock.exact());
    }

    #[test]
    fn a_busy_thread_uses_one() {
        let clock = ThreadClock::start();
        let mut sum = 0u64;
        while clock.by(LimitClock::Cpu) < Duration::from_millis(20) {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        // One core cannot give more time than passes.
        assert!(clock.wall() + Duration::from_millis(1) >= clock.exact());
    }
}

//! One look: which zones hold more than is usual, over the last hour, three and eight.

use crate::risk::unusual::usual::{Stretch, Usual};
use crate::risk::unusual::zones::{Zone, Zones};

/// How far back a look goes, hours.
pub const WINDOWS_H: [u32; 3] = [1, 3, 8];

/// Fewer incidents than this are no cluster, however little is usual.
pub const FEWEST: u32 = 3;

/// Most clusters that a look tells of.
const MOST_TOLD: usize = 5;

const HOUR_MS: i64 = 3_600_000;

/// An incident as it counts here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Cell of the grid.
    pub cell: u32,
    /// When, milliseconds on whatever clock the look has.
    pub at_ms: i64,
}

/// More than usual in a zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cluster {
    /// Number of the zone.
    pub zone: u32,
    /// Over how many hours.
    pub hours: u32,
    /// Incidents.
    pub incidents: u32,
    /// How many are usual.
    pub usual: f64,
    /// `n ln(n/μ) − (n − μ)`.
    pub score: f64,
}

/// Counts of zones, ready for the next look: only what is touched is cleared.
#[derive(Debug, Clone)]
pub struct Counts {
    of_zone: Vec<u32>,
    /// By zone: the look that its count is of.
    look_of: Vec<u32>,
    look: u32,
    touched: Vec<u32>,
}

impl Counts {
    /// For so many zones.
    pub fn new(zones: usize) -> Self {
        Self {
            of_zone: vec![0; zones],
            look_of: vec![0; zones],
            look: 0,
            touched: Vec::new(),
        }
    }

    fn begin(&mut self) {
        self.look += 1;
        self.touched.clear();
    }

    fn touch(&mut self, zone: u32) {
        let at = zone as usize;
        if self.look_of[at] != self.look {
            self.look_of[at] = self.look;
            self.of_zone[at] = 0;
            self.touched.push(zone);
        }
    }

    fn is_touched(&self, zone: u32) -> bool {
        self.look_of[zone as usize] == self.look
    }
}

/// What a look is made on.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The zones.
    pub zones: &'a Zones,
    /// What is usual.
    pub usual: &'a Usual,
    /// The same clock as the incidents'.
    pub now_ms: i64,
    /// What is usual in the district over each of [`WINDOWS_H`] before now.
    pub stretches: [Stretch; WINDOWS_H.len()],
}

impl Look<'_> {
    /// The strongest score of any zone that holds the newest of these incidents (ascending
    /// by time, none after now).
    pub fn score_of_newest(&self, recent: &[Seen], counts: &mut Counts) -> f64 {
        counts.begin();
        let Some(newest) = recent.last() else {
            return 0.0;
        };
        for &zone in self.zones.of(newest.cell) {
            counts.touch(zone);
        }
        let mut strongest: f64 = 0.0;
        self.each(recent, counts, false, |cluster| {
            strongest = strongest.max(cluster.score);
        });
        strongest
    }

    /// The clusters that score so much, strongest first; of those that overlap the
    /// strongest alone, and not more than a person takes in.
    pub fn clusters(&self, recent: &[Seen], least: f64, counts: &mut Counts) -> Vec<Cluster> {
        counts.begin();
        let mut found = Vec::new();
        self.each(recent, counts, true, |cluster| {
            if cluster.score >= least {
                found.push(cluster);
            }
        });
        found.sort_by(|a, b| (b.score.total_cmp(&a.score)).then(a.zone.cmp(&b.zone)));
        let mut told: Vec<Cluster> = Vec::new();
        for cluster in found {
            let zone = |it: &Cluster| self.zones.zones[it.zone as usize];
            let apart = |it: &Cluster| !overlap(zone(it), zone(&cluster));
            // Where a disc says it already, the district whole has no news.
            let no_news = zone(&cluster).disc.is_none() && !told.is_empty();
            if told.len() < MOST_TOLD && !no_news && told.iter().all(apart) {
                told.push(cluster);
            }
        }
        told
    }

    /// Every touched zone over every window. With `all`, incidents touch their zones.
    fn each(&self, recent: &[Seen], counts: &mut Counts, all: bool, mut see: impl FnMut(Cluster)) {
        let mut older = recent.iter().rev().peekable();
        for (&hours, stretch) in WINDOWS_H.iter().zip(&self.stretches) {
            let from = self.now_ms - i64::from(hours) * HOUR_MS;
            while let Some(seen) = older.next_if(|seen| seen.at_ms > from) {
                for &zone in self.zones.of(seen.cell) {
                    if all {
                        counts.touch(zone);
                    }
                    if counts.is_touched(zone) {
                        counts.of_zone[zone as usize] += 1;
                    }
                }
            }
            for &zone in &counts.touched {
                let incidents = counts.of_zone[zone as usize];
                if incidents < FEWEST {
                    continue;
                }
                let usual = self.usual.in_zone(zone, stretch);
                let score = score(incidents, usual);
                if score > 0.0 {
                    see(Cluster {
                        zone,
                        hours,
                        incidents,
                        usual,
                        score,
                    });
                }
            }
        }
    }
}

/// `n ln(n/μ) − (n − μ)` where there are more than usual, else 0.
pub fn score(incidents: u32, usual: f64) -> f64 {
    let n = f64::from(incidents);
    if n <= usual {
        return 0.0;
    }
    n * (n / usual.max(f64::MIN_POSITIVE)).ln() - (n - usual)
}

/// Whether two zones have ground in common.
fn overlap(a: Zone, b: Zone) -> bool {
    match (a.disc, b.disc) {
        (Some(a), Some(b)) => a.centre.metres_to(b.centre).0 < a.radius.0 + b.radius.0,
        // The whole district says that there is more everywhere; a disc, where most is.
        _ => false,
    }
}

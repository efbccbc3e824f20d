//! What a hot spot is made of: the hours of the day when most of it happens, and its
//! categories. A spot that is busy from 20 to 2 with thefts asks for another patrol than one
//! that is busy at noon with accidents.

use serde::Serialize;
use utoipa::ToSchema;

/// Hours of the day that are looked for together.
const HOURS_TOGETHER: usize = 6;

const HOURS_OF_DAY: usize = 24;

/// Most categories named a spot.
const MOST_CATEGORIES: usize = 3;

/// The six hours of the day, one after the other, that hold most of a spot's incidents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct BusiestHours {
    /// First hour, 0 to 23, local.
    pub from: u8,
    /// The hour after the last one, 0 to 23; smaller than `from` over midnight.
    pub until: u8,
    /// Their share of the spot's incidents; by chance 0.25 where all hours count.
    pub share: f64,
}

/// A category in a spot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpotCategory {
    /// Its code.
    pub code: String,
    /// Incidents of it in the spot.
    pub count: u64,
}

/// The busiest hours of a spot by how many incidents each hour of the day has; none where
/// there are none at all. Of equals the earliest.
pub fn busiest_hours(by_hour: &[u64; HOURS_OF_DAY]) -> Option<BusiestHours> {
    let all: u64 = by_hour.iter().sum();
    if all == 0 {
        return None;
    }
    let held = |from: usize| -> u64 {
        let hours = from..from + HOURS_TOGETHER;
        hours.map(|hour| by_hour[hour % HOURS_OF_DAY]).sum()
    };
    let (mut best, mut most) = (0, held(0));
    for from in 1..HOURS_OF_DAY {
        if held(from) > most {
            (best, most) = (from, held(from));
        }
    }
    Some(BusiestHours {
        from: best as u8,
        until: ((best + HOURS_TOGETHER) % HOURS_OF_DAY) as u8,
        share: most as f64 / all as f64,
    })
}

/// The codes to tell apart where these are chosen: the first level, or what lies directly
/// below the chosen ones.
pub fn told_apart(codes: &[String], chosen: &[String]) -> Vec<String> {
    let parent = |code: &str| code.rsplit_once('/').map(|(parent, _)| parent.to_owned());
    if chosen.is_empty() {
        let first_level = codes.iter().filter(|code| parent(code).is_none());
        return first_level.cloned().collect();
    }
    let mut wanted = Vec::new();
    for code in chosen {
        let below = codes
            .iter()
            .filter(|c| parent(c).as_ref() == Some(code))
            .cloned();
        let below: Vec<String> = below.collect();
        wanted.extend(if below.is_empty() {
            vec![code.clone()]
        } else {
            below
        });
    }
    wanted.sort();
    wanted.dedup();
    wanted
}

/// The categories of a spot, the most frequent first.
pub fn named_categories(counts: &[(&str, u64)]) -> Vec<SpotCategory> {
    let mut found: Vec<SpotCategory> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(code, count)| SpotCategory {
            code: (*code).to_owned(),
            count: *count,
        })
        .collect();
    found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    found.truncate(MOST_CATEGORIES);
    found
}

#[cfg(test)]
mod tests {
    use crate::app::statistics::spot_makeup::{busiest_hours, named_categories, told_apart};

    fn codes(text: &[&str]) -> Vec<String> {
        text.iter().map(|&code| code.to_owned()).collect()
    }

    #[test]
    fn the_busiest_hours_go_over_midnight() {
        let mut by_hour = [1; 24];
        by_hour[23] = 10;
        by_hour[2] = 10;
        let found = busiest_hours(&by_hour).unwrap();
        // From 21 to 3 is the first of the stretches that hold both.
        assert_eq!((found.from, found.until), (21, 3));
        assert!((found.share - 24.0 / 42.0).abs() < 1e-12);
        assert_eq!(busiest_hours(&[0; 24]), None);
    }

    #[test]
    fn the_earliest_of_equal_stretches_counts() {
        let found = busiest_hours(&[3; 24]).unwrap();
        assert_eq!((found.from, found.until, found.share), (0, 6, 0.25));
    }

    #[test]
    fn categories_are_told_apart_one_level_below_what_is_chosen() {
        let all = codes(&["crime", "crime/theft", "crime/fraud", "traffic"]);
        assert_eq!(told_apart(&all, &[]), codes(&["crime", "traffic"]));
        assert_eq!(
            told_apart(&all, &codes(&["traffic", "crime"])),
            codes(&["crime/fraud", "crime/theft", "traffic"])
        );
    }

    #[test]
    fn the_most_frequent_three_are_named() {
        let found = named_categories(&[("a", 1), ("b", 9), ("c", 0), ("d", 4), ("e", 4)]);
        let found: Vec<(&str, u64)> = found.iter().map(|c| (c.code.as_str(), c.count)).collect();
        assert_eq!(found, [("b", 9), ("d", 4), ("e", 4)]);
    }
}

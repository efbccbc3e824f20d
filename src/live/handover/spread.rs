//! Middle and nine tenths of waiting times. Quantiles are interpolated between the two
//! nearest values (type 7 of Hyndman & Fan 1996, the default of R and NumPy).

use crate::place::measure::Seconds;

/// How long something took, over several times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// How many times.
    pub count: usize,
    /// Half were no longer.
    pub median: Seconds,
    /// Nine of ten were no longer.
    pub p90: Seconds,
}

impl Spread {
    /// Of waiting times; none where there is none.
    pub fn of(waits: impl IntoIterator<Item = Seconds>) -> Option<Self> {
        let mut waits: Vec<f64> = waits.into_iter().map(|wait| wait.0).collect();
        if waits.is_empty() {
            return None;
        }
        waits.sort_by(f64::total_cmp);
        Some(Self {
            count: waits.len(),
            median: quantile(&waits, 0.5),
            p90: quantile(&waits, 0.9),
        })
    }
}

fn quantile(sorted: &[f64], share: f64) -> Seconds {
    let at = share * (sorted.len() - 1) as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    let part = at - low as f64;
    Seconds(sorted[low] * (1.0 - part) + sorted[high] * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_r() {
        let spread = |waits: &[f64]| Spread::of(waits.iter().map(|&wait| Seconds(wait)));
        assert_eq!(spread(&[]), None);
        let of = |waits: &[f64]| {
            let spread = spread(waits).unwrap();
            (
                spread.count,
                spread.median.0,
                (spread.p90.0 * 1e9).round() / 1e9,
            )
        };
        assert_eq!(of(&[7.0]), (1, 7.0, 7.0));
        // quantile(c(40, 10, 30, 20), c(.5, .9)): 25, 37
        assert_eq!(of(&[40.0, 10.0, 30.0, 20.0]), (4, 25.0, 37.0));
    }
}

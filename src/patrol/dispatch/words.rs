//! Why the first unit is first, in words: English and 简体中文.

use crate::patrol::dispatch::rank::Why;
use crate::patrol::reason::Language;

/// One sentence without a full stop. `name` gives a unit's call sign; `rings_ms` are the
/// rings that coverage is counted in.
pub fn of_why(
    why: &Why,
    rings_ms: &[u32],
    name: &dyn Fn(usize) -> String,
    language: Language,
) -> String {
    match (why, language) {
        (Why::OnlyOne, Language::English) => "the only idle unit with a way there".into(),
        (Why::OnlyOne, Language::Chinese) => "唯一可派且有路可达的警组".into(),
        (&Why::Nearest { ahead_ms: 0, next }, Language::English) => {
            format!("there as soon as {}", name(next))
        }
        (&Why::Nearest { ahead_ms: 0, next }, Language::Chinese) => {
            format!("与 {} 同时到达", name(next))
        }
        (&Why::Nearest { ahead_ms, next }, Language::English) => {
            format!(
                "there first, {} before {}",
                length(ahead_ms, language),
                name(next)
            )
        }
        (&Why::Nearest { ahead_ms, next }, Language::Chinese) => {
            format!(
                "最先到达，早于 {} {}",
                name(next),
                length(ahead_ms, language)
            )
        }
        (
            Why::KeepsCoverage {
                later_ms,
                nearest,
                saved,
            },
            _,
        ) => {
            let (limit_ms, points) = most_saved(rings_ms, saved);
            let (points, minutes) = (points * 100.0, f64::from(limit_ms) / 60_000.0);
            let (nearest, later) = (name(*nearest), length(*later_ms, language));
            match language {
                Language::English => format!(
                    "{later} later than {nearest}, which keeps {points:.1} points of the {minutes}-minute coverage"
                ),
                Language::Chinese => format!(
                    "比 {nearest} 晚 {later}，但多保留 {points:.1} 个百分点的 {minutes} 分钟覆盖"
                ),
            }
        }
        (Why::FreeFirst, Language::English) => {
            "nobody is idle: the first to be there after its job".into()
        }
        (Why::FreeFirst, Language::Chinese) => "当前无空闲警组：处置完毕后最先到达".into(),
    }
}

/// The ring in which the most is kept, and how much.
fn most_saved(rings_ms: &[u32], saved: &[f64]) -> (u32, f64) {
    let rings = rings_ms.iter().copied().zip(saved.iter().copied());
    rings.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
}

fn length(ms: u32, language: Language) -> String {
    let seconds = (f64::from(ms) / 1000.0).round() as u32;
    match (language, seconds) {
        (Language::English, 0..120) => format!("{seconds} s"),
        (Language::English, _) => format!("{} min", (seconds + 30) / 60),
        (Language::Chinese, 0..120) => format!("{seconds} 秒"),
        (Language::Chinese, _) => format!("{} 分钟", (seconds + 30) / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_sentence() {
        let name = |unit: usize| format!("U{unit}");
        let rings = [60_000, 180_000, 300_000];
        let kept = Why::KeepsCoverage {
            later_ms: 31_400,
            nearest: 4,
            saved: vec![-0.01, 0.083, 0.02],
        };
        let ahead = |ahead_ms| Why::Nearest { ahead_ms, next: 2 };
        let said = |why, language| of_why(&why, &rings, &name, language);
        assert_eq!(
            said(kept.clone(), Language::English),
            "31 s later than U4, which keeps 8.3 points of the 3-minute coverage"
        );
        assert_eq!(
            said(kept, Language::Chinese),
            "比 U4 晚 31 秒，但多保留 8.3 个百分点的 3 分钟覆盖"
        );
        assert_eq!(
            said(ahead(150_000), Language::English),
            "there first, 3 min before U2"
        );
        assert_eq!(said(ahead(0), Language::Chinese), "与 U2 同时到达");
        assert_ne!(
            said(Why::OnlyOne, Language::English),
            said(Why::FreeFirst, Language::English)
        );
    }
}

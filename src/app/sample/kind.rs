//! The kinds of incident in the sample and the true parameters of each: how many, where,
//! when, how they follow one another, how urgent, who reports them. All invented.

use crate::app::sample::rhythm::{Week, Year};
use crate::incident::category::IncidentCategory;

/// What draws incidents of a kind to a piece of street, per metre of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Where {
    /// On a main street.
    pub main: f64,
    /// On an inner street.
    pub inner: f64,
    /// In the middle of a commercial district (Gaussian, σ 210 m).
    pub shops: f64,
    /// In the middle of a cluster of the kind's theme (Gaussians, σ 90 to 380 m).
    pub clusters: f64,
    /// Which clusters.
    pub theme: Theme,
}

/// A set of clusters that kinds share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Theme {
    /// Housing estates.
    Homes,
    /// Bars and night markets.
    Night,
    /// Accident black spots, at crossings.
    Crossings,
    /// Markets and offices.
    Trade,
}

/// A kind of incident.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kind {
    /// Category code.
    pub code: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// Chinese name.
    pub name_zh: &'static str,
    /// Mean background events a day in the first year.
    pub per_day: f64,
    /// θ: mean number of repeats that each event triggers.
    pub repeats: f64,
    /// Where.
    pub place: Where,
    /// When in the week.
    pub week: Week,
    /// When in the year.
    pub year: Year,
    /// Shares of priority 1 and 2; the rest is 3.
    pub urgent: (f64, f64),
    /// Shares reported at a counter, by a sensor, discovered by a patrol.
    pub reported: (f64, f64, f64),
    /// Whether someone may press a pillar for it.
    pub pillar: bool,
    /// Longest time span in hours within which it is known to have happened; 0: a moment.
    pub span_h: f64,
}

const fn at(main: f64, inner: f64, shops: f64, clusters: f64, theme: Theme) -> Where {
    Where {
        main,
        inner,
        shops,
        clusters,
        theme,
    }
}

const fn week(floor: f64, bumps: &'static [(f64, f64, f64)], weekend: f64, late: f64) -> Week {
    Week {
        floor,
        bumps,
        weekend,
        late,
    }
}

const fn year(swing: f64, peak_day: f64, per_year: f64) -> Year {
    Year {
        swing,
        peak_day,
        per_year,
    }
}

/// The kinds.
pub const KINDS: [Kind; 15] = [
    Kind {
        code: "criminal/theft",
        name_en: "theft",
        name_zh: "盗窃",
        per_day: 5.2,
        repeats: 0.18,
        place: at(1.0, 0.5, 30.0, 6.0, Theme::Trade),
        week: week(0.12, &[(16.0, 2.6, 1.0), (10.5, 1.8, 0.45)], 1.25, 1.0),
        year: year(0.12, 200.0, 0.94),
        urgent: (0.05, 0.45),
        reported: (0.14, 0.02, 0.05),
        pillar: true,
        span_h: 0.0,
    },
    Kind {
        code: "criminal/burglary",
        name_en: "burglary",
        name_zh: "入室盗窃",
        per_day: 1.2,
        repeats: 0.30,
        place: at(0.1, 1.0, 0.5, 14.0, Theme::Homes),
        week: week(0.25, &[(11.0, 2.5, 0.7), (2.5, 2.0, 0.8)], 0.9, 1.0),
        year: year(0.18, 20.0, 0.90),
        urgent: (0.25, 0.60),
        reported: (0.05, 0.04, 0.02),
        pillar: false,
        span_h: 12.0,
    },
    Kind {
        code: "criminal/ebike_theft",
        name_en: "e-bike theft",
        name_zh: "电动车盗窃",
        per_day: 2.3,
        repeats: 0.24,
        place: at(0.5, 1.0, 9.0, 10.0, Theme::Homes),
        week: week(
            0.2,
            &[(18.5, 2.2, 0.8), (8.5, 1.5, 0.4), (1.0, 2.5, 0.5)],
            0.95,
            1.0,
        ),
        year: year(0.20, 190.0, 0.97),
        urgent: (0.01, 0.34),
        reported: (0.18, 0.02, 0.03),
        pillar: false,
        span_h: 0.0,
    },
    Kind {
        code: "public_order/fight",
        name_en: "fight",
        name_zh: "打架斗殴",
        per_day: 2.0,
        repeats: 0.10,
        place: at(0.7, 0.3, 10.0, 36.0, Theme::Night),
        week: week(0.06, &[(22.5, 1.8, 1.0), (1.0, 1.6, 0.6)], 1.15, 1.7),
        year: year(0.25, 205.0, 0.98),
        urgent: (0.45, 0.50),
        reported: (0.01, 0.02, 0.12),
        pillar: true,
        span_h: 0.0,
    },
    Kind {
        code: "public_order/noise",
        name_en: "noise",
        name_zh: "噪声扰民",
        per_day: 3.2,
        repeats: 0.20,
        place: at(0.3, 1.0, 3.0, 9.0, Theme::Night),
        week: week(
            0.06,
            &[(22.3, 1.7, 1.0), (0.5, 1.8, 0.4), (6.5, 1.0, 0.25)],
            1.2,
            1.4,
        ),
        year: year(0.35, 200.0, 1.04),
        urgent: (0.0, 0.10),
        reported: (0.02, 0.04, 0.04),
        pillar: false,
        span_h: 0.0,
    },
    Kind {
        code: "public_order/disturbance",
        name_en: "disturbance",
        name_zh: "扰乱秩序",
        per_day: 1.3,
        repeats: 0.08,
        place: at(0.8, 0.2, 14.0, 14.0, Theme::Night),
        week: week(0.08, &[(21.0, 2.6, 1.0), (15.0, 2.5, 0.3)], 1.2, 1.5),
        year: year(0.15, 210.0, 1.0),
        urgent: (0.20, 0.60),
        reported: (0.02, 0.04, 0.22),
        pillar: true,
        span_h: 0.0,
    },
    Kind {
        code: "traffic/collision",
        name_en: "collision",
        name_zh: "交通事故",
        per_day: 8.4,
        repeats: 0.0,
        place: at(1.0, 0.07, 3.0, 22.0, Theme::Crossings),
        week: week(
            0.10,
            &[(8.0, 1.1, 1.0), (17.8, 1.5, 1.1), (13.0, 2.5, 0.35)],
            0.75,
            1.0,
        ),
        year: year(0.14, 10.0, 1.02),
        urgent: (0.12, 0.60),
        reported: (0.02, 0.10, 0.08),
        pillar: true,
        span_h: 0.0,
    },
    Kind {
        code: "traffic/obstruction",
        name_en: "obstruction",
        name_zh: "违停堵路",
        per_day: 2.6,
        repeats: 0.0,
        place: at(0.8, 0.5, 14.0, 4.0, Theme::Trade),
        week: week(0.08, &[(8.2, 1.2, 0.8), (18.2, 1.8, 1.0)], 0.85, 1.0),
        year: year(0.05, 330.0, 1.05),
        urgent: (0.0, 0.15),
        reported: (0.02, 0.14, 0.16),
        pillar: false,
        span_h: 0.0,
    },
    Kind {
        code: "dispute/neighbour",
        name_en: "neighbour dispute",
        name_zh: "邻里纠纷",
        per_day: 3.0,
        repeats: 0.22,
        place: at(0.1, 1.0, 1.0, 9.0, Theme::Homes),
        week: week(0.10, &[(20.0, 2.0, 1.0), (11.0, 2.0, 0.3)], 1.3, 1.1),
        year: year(0.08, 180.0, 0.99),
        urgent: (0.06, 0.54),
        reported: (0.06, 0.0, 0.02),
        pillar: false,
        span_h: 0.0,
    },
    Kind {
        code: "dispute/trade",
        name_en: "trade dispute",
        name_zh: "消费纠纷",
        per_day: 2.6,
        repeats: 0.06,
        place: at(0.8, 0.2, 26.0, 14.0, Theme::Trade),
        week: week(0.03, &[(19.0, 2.2, 1.0), (12.5, 1.6, 0.6)], 1.35, 1.1),
        year: year(0.08, 25.0, 1.03),
        urgent: (0.02, 0.38),
        reported: (0.08, 0.0, 0.02),
        pillar: true,
        span_h: 0.0,
    },
    Kind {
        code: "assistance/help",
        name_en: "call for help",
        name_zh: "群众求助",
        per_day: 4.2,
        repeats: 0.05,
        place: at(0.6, 0.7, 6.0, 4.0, Theme::Homes),
        week: week(0.18, &[(10.0, 2.5, 0.8), (17.0, 3.0, 0.9)], 1.0, 1.0),
        year: year(0.12, 15.0, 1.03),
        urgent: (0.18, 0.42),
        reported: (0.06, 0.04, 0.06),
        pillar: true,
        span_h: 0.0,
    },
    Kind {
        code: "fraud/telecom",
        name_en: "telecom fraud",
        name_zh: "电信网络诈骗",
        per_day: 2.4,
        repeats: 0.02,
        place: at(0.3, 1.0, 4.0, 8.0, Theme::Homes),
        week: week(
            0.04,
            &[(10.2, 1.6, 1.0), (15.2, 1.9, 1.0), (20.0, 1.5, 0.3)],
            0.55,
            1.0,
        ),
        year: year(0.10, 330.0, 1.08),
        urgent: (0.30, 0.60),
        reported: (0.42, 0.0, 0.0),
        pillar: false,
        span_h: 0.0,
    },
    Kind {
        code: "lost_or_missing/item",
        name_en: "lost item",
        name_zh: "遗失物品",
        per_day: 1.5,
        repeats: 0.0,
        place: at(0.8, 0.2, 22.0, 6.0, Theme::Trade),
        week: week(0.06, &[(17.5, 2.6, 1.0), (9.5, 2.0, 0.5)], 1.2, 1.0),
        year: year(0.06, 270.0, 1.0),
        urgent: (0.0, 0.05),
        reported: (0.40, 0.0, 0.05),
        pillar: true,
        span_h: 0.0,
    },
    Kind {
        code: "lost_or_missing/person",
        name_en: "missing person",
        name_zh: "走失",
        per_day: 0.4,
        repeats: 0.0,
        place: at(0.3, 1.0, 5.0, 5.0, Theme::Homes),
        week: week(0.10, &[(16.5, 3.0, 1.0)], 1.15, 1.0),
        year: year(0.10, 280.0, 1.0),
        urgent: (0.75, 0.25),
        reported: (0.15, 0.0, 0.03),
        pillar: true,
        span_h: 0.0,
    },
    Kind {
        code: "complaint/service",
        name_en: "complaint",
        name_zh: "投诉",
        per_day: 0.8,
        repeats: 0.0,
        place: at(0.5, 0.5, 8.0, 4.0, Theme::Trade),
        week: week(0.05, &[(10.0, 2.0, 1.0), (15.0, 2.0, 0.9)], 0.5, 1.0),
        year: year(0.0, 0.0, 1.0),
        urgent: (0.0, 0.05),
        reported: (0.35, 0.0, 0.0),
        pillar: false,
        span_h: 0.0,
    },
];

/// The sample's second-level categories.
pub fn categories() -> Vec<IncidentCategory> {
    KINDS
        .iter()
        .map(|kind| IncidentCategory {
            code: kind.code.into(),
            name_en: kind.name_en.into(),
            name_zh: kind.name_zh.into(),
        })
        .collect()
}

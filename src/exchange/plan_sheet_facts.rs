//! What a route sheet says besides its maps and tables, whatever it is written in: the shift,
//! the plan's figures, what is not kept, what made it.

use jiff::Timestamp;

use crate::exchange::plan_sheet::SheetGround;
use crate::exchange::plan_sheet_words::Words;
use crate::patrol::feasible_words::{cause, remedy};
use crate::patrol::objective::report_words::{kept, report_lines};
use crate::patrol::objective::rhythm::rhythm_lines;
use crate::patrol::plan::{MissedKind, PatrolPlan, PatrolRoute};
use crate::patrol::reason::{self, Language, clock};

/// What risk models are called on the page in 简体中文.
const MODELS_ZH: [(&str, &str); 7] = [
    ("count", "计数"),
    ("kde", "核密度"),
    ("adaptive_kde", "自适应核密度"),
    ("prospective", "近重复"),
    ("hawkes", "霍克斯"),
    ("risk_terrain", "风险地形"),
    ("mixture", "混合"),
];

/// A name and what it is.
pub type Fact = (&'static str, String);

/// A plan's facts in a language.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    plan: &'a PatrolPlan,
    ground: &'a SheetGround<'a>,
    language: Language,
    words: &'static Words,
}

impl<'a> Facts<'a> {
    /// Of a plan.
    pub fn new(plan: &'a PatrolPlan, ground: &'a SheetGround<'a>, language: Language) -> Self {
        Self {
            plan,
            ground,
            language,
            words: Words::of(language),
        }
    }

    /// Of the whole plan.
    pub fn of_all(&self) -> Vec<Fact> {
        let (plan, words) = (self.plan, self.words);
        let stops: usize = plan.routes.iter().map(|r| r.stops.len()).sum();
        let metres: f64 = plan.routes.iter().map(|r| r.length.0).sum();
        let seconds: f64 = plan.routes.iter().map(|r| r.driving.0).sum();
        let missed = plan.missed.iter();
        let missed = missed.filter(|m| m.kind == MissedKind::MustVisit).count();
        let must_visits = match &plan.report {
            Some(report) => format!("{} ({missed} {})", kept(report.must_visits), words.missed),
            None => format!("{missed} {}", words.missed),
        };
        let mut facts = vec![
            (words.units, plan.routes.len().to_string()),
            (words.stops, stops.to_string()),
            (words.distance, self.kilometres(metres)),
            (words.driving, self.minutes(seconds)),
            (words.must_visits, must_visits),
        ];
        facts.extend(self.made());
        facts
    }

    /// Of one unit's page.
    pub fn of_unit(&self, route: &PatrolRoute) -> Vec<Fact> {
        let words = self.words;
        let work = format!(
            "{} · {} · {}",
            route.stops.len(),
            self.kilometres(route.length.0),
            self.minutes(route.driving.0)
        );
        let mut facts = vec![(words.shift, self.shift()), (words.stops, work)];
        facts.extend(self.made());
        facts
    }

    /// What made the plan.
    fn made(&self) -> Vec<Fact> {
        let (plan, words) = (self.plan, self.words);
        let risk = &plan.risk;
        let until = self.day_and_time(risk.look_back.end());
        vec![
            (words.made_at, self.day_and_time(plan.made_at)),
            (words.model, model_name(&risk.model, self.language)),
            (
                words.data_until,
                format!("{until} ({} {})", risk.events, words.data_of),
            ),
            (words.plan, plan.id.to_string()),
        ]
    }

    /// What the plan does not keep, a sentence each.
    pub fn not_kept(&self) -> Vec<String> {
        let (plan, language) = (self.plan, self.language);
        let mut unmet: Vec<String> = reason::of_too_few(plan, language).into_iter().collect();
        let left_out = plan.left_out.iter();
        unmet.extend(left_out.map(|l| reason::of_left_out(l, language)));
        let zone = self.ground.zone;
        unmet.extend(reason::of_all_missed(&plan.missed, zone, language));
        unmet
    }

    /// What no plan could keep, a sentence each.
    pub fn obstacles(&self) -> Vec<String> {
        let (zone, language) = (self.ground.zone, self.language);
        let obstacles = self.plan.obstacles.iter();
        obstacles
            .map(|it| {
                let (cause, remedy) = (cause(it, zone, language), remedy(it, language));
                match (language, remedy) {
                    (_, "") => cause,
                    (Language::English, _) => format!("{cause}; {remedy}"),
                    (Language::Chinese, _) => format!("{cause}；{remedy}"),
                }
            })
            .collect()
    }

    /// What the plan comes to, a sentence each; none where it has no report.
    pub fn figures(&self) -> Vec<String> {
        let Some(report) = &self.plan.report else {
            return Vec::new();
        };
        let (zone, language) = (self.ground.zone, self.language);
        let mut lines = report_lines(report, self.plan.risk_covered, language);
        lines.extend(rhythm_lines(&report.rhythms, zone, language));
        lines
    }

    /// `2026-10-31 22:00 – 06:00`, both days where it lasts longer than one.
    pub fn shift(&self) -> String {
        let (from, until) = (self.plan.window.start(), self.plan.window.end());
        let within_a_day = until.as_second() - from.as_second() <= 86_400;
        let end = if within_a_day {
            clock(until, self.ground.zone)
        } else {
            self.day_and_time(until)
        };
        format!("{} – {end}", self.day_and_time(from))
    }

    fn day_and_time(&self, at: Timestamp) -> String {
        let local = self.ground.zone.to_datetime(at);
        local.strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// `12.3 km`.
    pub fn kilometres(&self, metres: f64) -> String {
        format!("{:.1} {}", metres / 1000.0, self.words.kilometres)
    }

    /// `45 min`.
    pub fn minutes(&self, seconds: f64) -> String {
        format!("{:.0} {}", seconds / 60.0, self.words.minutes)
    }
}

/// The model, as a page in that language calls it.
pub fn model_name(name: &str, language: Language) -> String {
    let known = match language {
        Language::English => None,
        Language::Chinese => MODELS_ZH.iter().find(|(model, _)| *model == name),
    };
    known.map_or_else(|| name.to_owned(), |(_, zh)| (*zh).to_owned())
}

/// Minutes as one reads them at the wheel.
pub fn whole_minutes(seconds: f64) -> String {
    if seconds < 30.0 {
        return "< 1".into();
    }
    format!("{:.0}", seconds / 60.0)
}

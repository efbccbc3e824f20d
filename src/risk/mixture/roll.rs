//! One walk through the past, oldest event first: what the members say is looked up just
//! before each rehearsal begins, and a question is answered when its cut-off is reached.
//!
//! Nothing is remembered before its time: an event enters the sums only once the walk has
//! passed it, so no forecast can see what came after its cut-off. Scales don't touch each
//! other and walk side by side; the sums of each are made in the order of the events, so
//! the bits don't depend on the number of threads.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::calendar::week::{HOURS, HourSet};
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::risk::footprint::Footprints;
use crate::risk::mixture::hour_classes::{CLASSES, HourMemory, HourReach, class_of, relevance};
use crate::risk::mixture::members::{HOUR_SCALES_M, MEMORIES, Member, SCALES_M};
use crate::risk::mixture::memory::{Located, ScaleMemory};
use crate::risk::mixture::weights::{Verdicts, fit};
use crate::risk::mixture::{describe, rehearsal, totals};
use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskQuestion};
use crate::risk::past;

/// Windows shorter than this are about some hours of the week, not all, seconds: a week, or
/// one that a clock change makes shorter.
pub const SHORT_S: f64 = 7.0 * 86_400.0 - 2.0 * 3600.0;

/// The prior weighs as much as so many events.
const PRIOR_EVENTS: f64 = 20.0;

/// At most so many events of a rehearsal are heard; then every n-th.
const MOST_OF_ONE: usize = 500;

/// More events than this in all don't make the weights any better; then every n-th is heard.
const MOST_HEARD: usize = 20_000;

/// The state of the walk.
pub struct Roll<'a> {
    footprints: Footprints<'a>,
    /// Each cell's share of the whole area.
    even: Vec<f64>,
    members: Vec<Member>,
    prior: Vec<f64>,
    /// In the grid and the look-back, by time.
    events: Vec<Located>,
    /// The same as models read them.
    inside: Vec<RiskEvent>,
    hours_matter: bool,
    scales: Vec<ScaleMemory>,
    hour_scales: Vec<HourMemory>,
    /// How many events are remembered.
    passed: usize,
    /// By rehearsal's start and end, what the members said about its events.
    verdicts: BTreeMap<(Timestamp, Timestamp), Verdicts>,
    told_before: totals::ToldBefore,
    rhythm: bool,
}

impl<'a> Roll<'a> {
    /// Prepares a walk for questions that can be answered in one (see `can_go_on`);
    /// `hours` says whether the hour of events may count.
    pub fn new(
        questions: &[RiskQuestion<'a>],
        events: &[RiskEvent],
        hours: bool,
    ) -> Result<Self, RiskError> {
        let Some(last) = questions.last() else {
            return Err(RiskError::NoHours);
        };
        let grid = last.grid;
        let clock = WeekClock::new(last.zone, last.look_back);
        let mut inside: Vec<(RiskEvent, u32)> = events
            .par_iter()
            .filter(|event| last.look_back.contains(event.at))
            .filter_map(|event| Some((*event, grid.index_at(event.position)? as u32)))
            .collect();
        // Events of one instant by place, so that the order of rows means nothing.
        inside.sort_by(|(a, _), (b, _)| {
            let by_lon = a.position.lon().total_cmp(&b.position.lon());
            let by_lat = a.position.lat().total_cmp(&b.position.lat());
            a.at.cmp(&b.at).then(by_lon).then(by_lat)
        });
        let located = |(event, cell): &(RiskEvent, u32)| Located {
            position: event.position,
            cell: *cell,
            at_ms: event.at.as_millisecond(),
            class: class_of(clock.hour_of_week(event.at)) as u8,
        };
        let known: Vec<RiskEvent> = events
            .iter()
            .copied()
            .filter(|event| questions[0].look_back.contains(event.at))
            .collect();
        let short = last.window.length().0 < SHORT_S || *last.hours != HourSet::full();
        // Judged by the first question's past: the later ones must not tell the earlier.
        let hours_matter = hours && short && !past::dates_only(&known, last.zone);
        let members = Member::all(hours_matter);
        let whole: f64 = grid.area_km2().iter().sum();
        let origin_ms = last.look_back.start().as_millisecond();
        Ok(Self {
            footprints: Footprints::new(grid),
            even: grid.area_km2().iter().map(|a| a / whole).collect(),
            prior: prior(&members),
            members,
            events: inside.iter().map(located).collect(),
            inside: inside.into_iter().map(|(event, _)| event).collect(),
            hours_matter,
            scales: SCALES_M
                .map(|m| ScaleMemory::new(m, grid, origin_ms))
                .into(),
            hour_scales: if hours_matter {
                HOUR_SCALES_M.map(|m| HourMemory::new(m, grid)).into()
            } else {
                Vec::new()
            },
            passed: 0,
            verdicts: BTreeMap::new(),
            told_before: totals::ToldBefore::new(),
            rhythm: hours,
        })
    }

    /// Walks to each question's cut-off and answers it.
    pub fn answer(
        mut self,
        questions: &[RiskQuestion<'_>],
        give: &mut dyn FnMut(RiskAnswer) -> ControlFlow<()>,
    ) -> Result<(), RiskError> {
        let rehearsals: Vec<Vec<Window>> = questions
            .iter()
            .map(|q| rehearsal::windows(q.look_back, q.window))
            .collect();
        let mut stops: Vec<(Timestamp, Option<usize>, Option<Window>)> = Vec::new();
        for (i, (question, rehearsals)) in questions.iter().zip(&rehearsals).enumerate() {
            stops.push((question.look_back.end(), Some(i), None));
            stops.extend(rehearsals.iter().map(|w| (w.start(), None, Some(*w))));
        }
        // Questions keep their order; a rehearsal at the same instant comes before.
        stops.sort_by_key(|(at, question, window)| (*at, *question, window.map(Window::end)));
        stops.dedup();
        for (at, question, rehearsal) in stops {
            self.walk_to(at);
            if let Some(window) = rehearsal {
                self.hear(&questions[0], window);
            }
            if let Some(i) = question {
                let answer = self.say(&questions[i], &rehearsals[i])?;
                if give(answer).is_break() {
                    return Err(RiskError::BrokenOff);
                }
                self.forget(&rehearsals[i + 1..]);
            }
        }
        Ok(())
    }

    /// Drops what no later question asks about.
    fn forget(&mut self, later: &[Vec<Window>]) {
        let needed = later.iter().flatten().map(|w| w.start()).min();
        self.verdicts
            .retain(|(start, _), _| needed.is_some_and(|needed| *start >= needed));
    }

    fn walk_to(&mut self, at: Timestamp) {
        let at_ms = at.as_millisecond();
        let until = self
            .events
            .partition_point(|e| e.at_ms < at_ms)
            .max(self.passed);
        let new = &self.events[self.passed..until];
        let footprints = &self.footprints;
        rayon::join(
            || {
                self.scales.par_iter_mut().for_each(|scale| {
                    for event in new {
                        scale.add(event, footprints);
                    }
                });
            },
            || {
                self.hour_scales.par_iter_mut().for_each(|scale| {
                    for event in new {
                        scale.add(event, footprints);
                    }
                });
            },
        );
        self.passed = until;
    }

    /// What the members say about a rehearsal's events; the walk is at its start.
    fn hear(&mut self, question: &RiskQuestion<'_>, window: Window) {
        let clock = WeekClock::new(question.zone, window);
        let relevance = self.relevance(&clock, window, question.hours);
        let wanted =
            |at: Timestamp| !self.hours_matter || question.hours.contains(clock.hour_of_week(at));
        let end_ms = window.end().as_millisecond();
        let ahead = &self.events[self.passed..];
        let ahead = &ahead[..ahead.partition_point(|event| event.at_ms < end_ms)];
        let heard: Vec<&Located> = ahead
            .iter()
            .zip(&self.inside[self.passed..])
            .filter(|(_, as_read)| wanted(as_read.at))
            .map(|(event, _)| event)
            .collect();
        let mut verdicts = Verdicts::new(self.members.len());
        for event in heard
            .iter()
            .step_by(heard.len().div_ceil(MOST_OF_ONE).max(1))
        {
            verdicts.push(self.shares(event.cell as usize, &relevance));
        }
        self.verdicts
            .insert((window.start(), window.end()), verdicts);
    }

    /// What each member says about a cell.
    fn shares(&self, cell: usize, relevance: &[[f64; CLASSES]]) -> Vec<f64> {
        let even = self.even[cell];
        let mut shares = vec![even];
        for scale in &self.scales {
            shares.extend(scale.shares_of(cell, even));
        }
        for scale in &self.hour_scales {
            shares.extend(relevance.iter().map(|r| scale.share_of(cell, r, even)));
        }
        shares
    }

    fn relevance(
        &self,
        clock: &WeekClock,
        window: Window,
        hours: &HourSet,
    ) -> [[f64; CLASSES]; HourReach::ALL.len()] {
        let exposure: [f64; HOURS] = clock.exposure_ms(window, hours).map(|ms| ms as f64);
        HourReach::ALL.map(|reach| relevance(&exposure, reach))
    }

    /// Answers a question; the walk is at its cut-off.
    fn say(
        &mut self,
        question: &RiskQuestion<'_>,
        rehearsals: &[Window],
    ) -> Result<RiskAnswer, RiskError> {
        let verdicts = self.heard(rehearsals);
        let weights = fit(&verdicts, &self.prior, PRIOR_EVENTS);
        let seen = &self.inside[..self.passed];
        let total = totals::total(
            question,
            rehearsals,
            seen,
            self.rhythm,
            &mut self.told_before,
        )?;
        let mut expected = self.surface(question, &weights);
        for value in &mut expected {
            *value *= total.expected;
        }
        let mut parameters = describe(&self.members, &weights);
        if verdicts.is_empty() {
            // Weights that no event spoke for are the prior's, and no finding.
            parameters.remove("risk_lives_within_m");
            parameters.remove("risk_lasts_days");
        }
        let mut note = |name: &str, value: String| parameters.insert(name.to_owned(), value);
        note("rehearsals", rehearsals.len().to_string());
        note("rehearsed_events", verdicts.len().to_string());
        let half_life = total.half_life_days;
        note(
            "total_half_life_days",
            half_life.map_or_else(|| "all".to_owned(), |days| days.to_string()),
        );
        Ok(RiskAnswer {
            expected,
            parameters,
            events: total.events,
        })
    }

    fn heard(&self, rehearsals: &[Window]) -> Verdicts {
        let heard = || {
            let key = |w: &Window| (w.start(), w.end());
            rehearsals
                .iter()
                .filter_map(move |w| self.verdicts.get(&key(w)))
        };
        let all: usize = heard().map(Verdicts::len).sum();
        let every = all.div_ceil(MOST_HEARD).max(1);
        let mut verdicts = Verdicts::new(self.members.len());
        for one in heard() {
            verdicts.extend_every(one, every);
        }
        verdicts
    }

    /// Shares of the cells; they sum to 1.
    fn surface(&self, question: &RiskQuestion<'_>, weights: &[f64]) -> Vec<f64> {
        let clock = WeekClock::new(question.zone, question.window);
        let relevance = self.relevance(&clock, question.window, question.hours);
        let mut surface: Vec<f64> = self.even.iter().map(|even| even * weights[0]).collect();
        let mut next = 1;
        for scale in &self.scales {
            let mut own = [0.0; MEMORIES];
            own.copy_from_slice(&weights[next..next + MEMORIES]);
            scale.add_to(&mut surface, &own, &self.even);
            next += MEMORIES;
        }
        for scale in &self.hour_scales {
            for relevance in &relevance {
                scale.add_to(&mut surface, weights[next], relevance, &self.even);
                next += 1;
            }
        }
        surface
    }
}

/// Weights before anything was heard: most on long memories and middle distances.
fn prior(members: &[Member]) -> Vec<f64> {
    const BY_SCALE: [f64; SCALES_M.len()] = [0.2, 0.25, 0.25, 0.2, 0.1];
    const BY_MEMORY: [f64; MEMORIES] = [0.4, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03];
    const EVEN: f64 = 0.02;
    const AN_HOUR_MEMBER: f64 = 0.05;
    let mut weights: Vec<f64> = members
        .iter()
        .map(|member| match *member {
            Member::Even => EVEN,
            Member::Space { scale, memory } => BY_SCALE[scale] * BY_MEMORY[memory],
            Member::Hours { .. } => AN_HOUR_MEMBER,
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}

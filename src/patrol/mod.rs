//! Which round? The problem, the rules, the search, the plan, and a referee that shares no
//! code with rules or search.

// The question: what a plan is made from, and how a workspace's layers become it.
pub mod hours;
pub mod keep_to;
pub mod lasting;
pub mod point_visits;
pub mod pose;
pub mod pose_candidates;
pub mod pose_demand;
pub mod pose_must_visits;
pub mod pose_wishes;
pub mod problem;
pub mod station_beats;
pub mod wishes;

// What can't be met, before anything is searched.
pub mod feasible;
pub mod feasible_sums;
pub mod feasible_words;
pub mod idle_units;

// What it is good for, and what holds: one rule a file.
pub mod objective;
pub mod rules;

// How it is answered: the real question, and its additive core.
pub mod orienteering;
pub mod search;

// How others do at it.
pub mod peers;

// And when the shift has begun.
pub mod replan;

// The answer, its words, its check.
pub mod assemble;
pub mod basis;
pub mod instead;
pub mod not_met;
pub mod plan;
pub mod reason;
pub mod referee;
pub mod summary;
pub mod units_from;

// How well idle units cover what may come.
pub mod coverage;

// Which unit for a call, and what a month would be like.
pub mod dispatch;
pub mod simulator;

// Whose ground it is.
pub mod zones;

// A town of the ruler, for tests and benches; one with every rule at once.
pub mod made_up;
pub mod made_up_rules;

#[cfg(test)]
mod plan_tests;

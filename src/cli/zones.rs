//! `frontbeat zones`: draft patrol zones of even workload.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, civil};

use crate::app::record::BEST;
use crate::app::risk::{RiskRequest, reference_day};
use crate::app::workspace::{Address, open_for_reading};
use crate::app::zones::error::ZonesJobError;
use crate::app::zones::report::{Estimated, ResponseChange, Spread, ZoneRow, ZonesReport};
use crate::app::zones::{ZonesFrom, ZonesRequest, ZonesSimulation, draft};
use crate::calendar::text::parse_window;
use crate::calendar::window::Window;
use crate::cli::failure::Failure;
use crate::cli::hours::hours;
use crate::cli::output;

/// Where no window is asked for, the work of so many days is balanced: whole weeks.
const DAYS: i64 = 28;

/// Draft patrol zones of even workload, in one piece each, with short borders along big
/// roads: from the beats with few cells moved, or from nothing.
#[derive(Debug, Args)]
pub struct ZonesArgs {
    /// The workspace, a .gpkg file.
    workspace: Address,
    /// Draft so many zones from nothing.
    #[arg(long, required_unless_present_any = ["from", "compare"], conflicts_with_all = ["from", "compare"])]
    count: Option<usize>,
    /// Start from these and move their borders.
    #[arg(long, value_enum, conflicts_with = "compare")]
    from: Option<Start>,
    /// Draft nothing: set the workspace's patrol zones, as they are drawn, beside its beats.
    #[arg(long)]
    compare: bool,
    /// A beat that keeps its ground, by id or name; may be given again.
    #[arg(long, value_name = "BEAT")]
    lock: Vec<String>,
    /// At most this share of the cells changes, with --from.
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.33,
        allow_negative_numbers = true
    )]
    moved: f64,
    /// How long a call binds a unit that is there, minutes.
    #[arg(
        long,
        value_name = "MINUTES",
        default_value_t = 30.0,
        allow_negative_numbers = true
    )]
    handling_minutes: f64,
    /// What short borders are worth against even work [default: 0.1].
    #[arg(long, value_name = "WEIGHT", allow_negative_numbers = true)]
    compactness: Option<f64>,
    /// The time whose work is balanced: a shift, SHIFT@DATE, or START/END in ISO 8601
    /// [default: 28 days].
    #[arg(long)]
    window: Option<String>,
    /// The risk model: count, kde, adaptive_kde, prospective, hawkes, risk_terrain or mixture;
    /// best: the one that the record kept speaks for.
    #[arg(long, default_value = BEST)]
    model: String,
    /// Only calls of this category; may be given again.
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// Hours of every day like 22-6, or hours of the week (0 is Monday 00:00) like 0,1,2.
    #[arg(long)]
    hours: Option<String>,
    /// Learn only from so many days.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    look_back_days: Option<u32>,
    /// H3 resolution, 7 to 11.
    #[arg(long, default_value_t = 9)]
    resolution: u8,
    /// Start of chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Simulate too how soon calls are answered before and after, on so many draws of calls.
    #[arg(long, value_name = "DRAWS", num_args = 0..=1, default_missing_value = "20")]
    simulate: Option<u32>,
    /// Units of each zone in the simulation.
    #[arg(long, value_name = "UNITS", default_value_t = 1, requires = "simulate")]
    units_per_zone: usize,
    /// Write the zones to this GeoJSON file, ready to be imported as zones or beats.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Start {
    Beats,
    Zones,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: ZonesArgs) -> Result<(), Failure> {
    if let Some(path) = &args.out {
        output::ending_of(path, &["geojson", "json"], "a draft of zones")?;
    }
    for (name, value) in [
        ("--handling-minutes", Some(args.handling_minutes)),
        ("--compactness", args.compactness),
    ] {
        if value.is_some_and(|v| !(v.is_finite() && v >= 0.0)) {
            return Err(Failure::usage(
                format!("{name} must be a number of at least 0"),
                "",
            ));
        }
    }
    let hours = hours(args.hours.as_deref())?;
    let store = |fault| Failure::failed(fault, "");
    let opened = open_for_reading(&args.workspace).await.map_err(store)?;
    let district = opened.district().await.map_err(store)?;
    let zone = district
        .zone()
        .map_err(|fault| Failure::failed(fault, ""))?;
    let shifts = opened.shifts().await.map_err(store)?;
    let today = reference_day(&opened).await.map_err(store)?;
    let window = match &args.window {
        Some(text) => {
            parse_window(text, &shifts, &zone, today).map_err(|fault| Failure::usage(fault, ""))?
        }
        None => {
            let midnight = today.to_datetime(civil::Time::midnight());
            let start = zone
                .to_timestamp(midnight)
                .map_err(|fault| Failure::failed(fault, ""))?;
            let end = start + SignedDuration::from_hours(24 * DAYS);
            Window::new(start, end).map_err(|fault| Failure::failed(fault, ""))?
        }
    };
    let request = ZonesRequest {
        risk: RiskRequest {
            model: args.model,
            window,
            look_back_days: args.look_back_days,
            hours,
            categories: args.category,
            resolution: args.resolution,
            bandwidth_m: None,
            half_life_days: None,
            include_patrol_discovered: false,
        },
        from: match (args.from, args.count) {
            (Some(Start::Beats), _) => ZonesFrom::Beats,
            (Some(Start::Zones), _) => ZonesFrom::Zones,
            (None, _) if args.compare => ZonesFrom::AsDrawn,
            (None, count) => ZonesFrom::Nothing(count.unwrap_or(0)),
        },
        locked: args.lock,
        most_moved: args.moved,
        handling_s: args.handling_minutes * 60.0,
        compactness: args.compactness,
        seed: args.seed,
        given: None,
        simulate: args.simulate.map(|seeds| ZonesSimulation {
            units: args.units_per_zone,
            seeds,
        }),
    };
    let drafted = draft(&opened, None, &request).await;
    opened.close().await;
    let report = drafted.map_err(failure)?;
    if let Some(path) = &args.out {
        output::write(path, report.geojson().as_bytes())?;
    }
    if args.json {
        let text = serde_json::to_string(&report).map_err(|fault| Failure::failed(fault, ""))?;
        return output::say(&(text + "\n"));
    }
    let mut said = text(&report);
    if let Some(path) = &args.out {
        said.push_str(&format!("written to {}\n", path.display()));
    }
    output::say(&said)
}

/// A wrong question is wrong use; all else is a failure.
fn failure(fault: ZonesJobError) -> Failure {
    match fault.is_of_the_question() {
        true => Failure::usage(fault, ""),
        false => Failure::failed(fault, ""),
    }
}

/// Without the sign of a number that is rounded to nothing.
fn rounded(percent: f64) -> f64 {
    percent.round() + 0.0
}

fn text(report: &ZonesReport) -> String {
    let about = &report.about;
    let mut lines = Vec::new();
    if about.synthetic {
        lines.push("SYNTHETIC 模拟数据".to_owned());
    }
    lines.push(format!(
        "{}: {:.1} calls a day in {} cells ({}, learned from {} incidents)",
        about.district, about.calls_per_day, about.cells, about.model, about.events
    ));
    lines.push(format!(
        "work: {} minutes a call, and {:.1} minutes a kilometre to it",
        about.handling_minutes, about.pace_min_per_km
    ));
    lines.push(String::new());
    lines.push(
        "         zones  mean h/day     sd  most/mean  compact  border km  along roads".into(),
    );
    if let Some(change) = &report.change {
        lines.push(spread("before", &change.before));
    }
    lines.push(spread("after", &report.after));
    if let Some(change) = &report.change {
        let cut = match change.imbalance_cut {
            Some(cut) if change.before.zones == report.after.zones => {
                format!("imbalance (variance) {:+.0} %, ", rounded(-cut * 100.0))
            }
            Some(cut) => format!(
                "imbalance (variance / mean²) {:+.0} %, ",
                rounded(-cut * 100.0)
            ),
            None => String::new(),
        };
        lines.push(format!(
            "{cut}{} cells moved ({:.1} %, with {:.1} % of the calls)",
            change.moved_cells,
            (change.moved_share * 100.0).max(0.0),
            (change.moved_calls_share * 100.0).max(0.0)
        ));
    }
    if let Some(response) = &report.response {
        lines.push(String::new());
        lines.extend(response_lines(response));
    }
    lines.push(String::new());
    let has_response = report.response.is_some();
    let within = if has_response { "  ≤1/3/5 min %" } else { "" };
    lines.push(format!(
        "h/day  before  driving  calls/day    km²{within}  zone"
    ));
    for zone in &report.zones {
        let before = zone.work_h_before.map_or("–".into(), |h| format!("{h:.2}"));
        let was = match &zone.was {
            Some(was) if *was != zone.name => format!(" (partly {was})"),
            _ => String::new(),
        };
        lines.push(format!(
            "{:5.2}  {before:>6}  {:7.2}  {:9.2}  {:5.2}{}  {}{was}{}{}",
            zone.work_h,
            zone.driving_h,
            zone.calls_per_day,
            zone.km2,
            if has_response {
                format!("  {:>12}", minutes_kept(zone))
            } else {
                String::new()
            },
            zone.name,
            if zone.locked { " [locked]" } else { "" },
            match zone.pieces {
                0 | 1 => String::new(),
                pieces => format!(" [{pieces} pieces]"),
            }
        ));
    }
    lines.extend(report.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n") + "\n"
}

/// Shares of a zone's calls that are answered within 1, 3 and 5 minutes, percent.
fn minutes_kept(zone: &ZoneRow) -> String {
    let Some(response) = &zone.response else {
        return "no calls".into();
    };
    let shares = response.within.iter().take(3);
    let shares: Vec<String> = shares.map(|s| format!("{:.0}", s * 100.0)).collect();
    shares.join(" / ")
}

fn spread(name: &str, s: &Spread) -> String {
    format!(
        "{name:<7}  {:5}  {:10.2}  {:5.2}  {:9.2}  {:7.3}  {:9.1}  {:9.1} %",
        s.zones,
        s.mean_h,
        s.sd_h,
        s.most_over_mean,
        s.compactness,
        s.border_km,
        s.border_along_road * 100.0
    )
}

/// How soon calls are answered before and after.
fn response_lines(change: &ResponseChange) -> Vec<String> {
    let plural = if change.units == 1 { "" } else { "s" };
    let mut lines = vec![
        format!(
            "response, simulated: {} unit{plural} a zone, {:.0} calls, {} draws",
            change.units, change.calls, change.seeds
        ),
        "         mean s   p90 s  ≤1/3/5/8 min %    own zone  waited  busiest  least busy".into(),
    ];
    for (name, of) in [("before", &change.before), ("after", &change.after)] {
        let within: Vec<String> = of
            .within
            .iter()
            .map(|w| format!("{:.0}", w.mean * 100.0))
            .collect();
        lines.push(format!(
            "{name:<7}  {:6.1}  {:6.1}  {:<16}  {:6.1} %  {:4.1} %  {:5.1} %  {:8.1} %",
            of.mean_s.mean,
            of.p90_s.mean,
            within.join(" / "),
            of.own.mean * 100.0,
            of.queued.mean * 100.0,
            of.busiest * 100.0,
            of.least_busy * 100.0,
        ));
    }
    let Estimated { mean, low, high } = change.difference_s;
    let interval = match (low, high) {
        (Some(low), Some(high)) => format!(" ({low:+.1} to {high:+.1})"),
        _ => String::new(),
    };
    let share = 100.0 * mean / change.before.mean_s.mean;
    lines.push(format!(
        "mean response {mean:+.1} s{interval}, {share:+.1} %"
    ));
    lines
}

//! `frontbeat risk`: Compute a risk surface.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use jiff::{Timestamp, tz::TimeZone};

use crate::app::backtest::BacktestError;
use crate::app::record::{BEST, SETTINGS_NEED_A_MODEL, TrustedModel, law_of, resolved_now};
use crate::app::risk::{RiskJobError, RiskRequest, reference_day, risk_surface};
use crate::app::workspace::{self, Address};
use crate::calendar::text::parse_window;
use crate::cli::by_record::in_words;
use crate::cli::failure::Failure;
use crate::cli::hours::hours;
use crate::cli::output;
use crate::exchange::risk_geojson::risk_geojson;
use crate::patrol::reason::Language;
use crate::risk::classes::Classes;
use crate::risk::dispersion::{INTERVAL, Law};
use crate::risk::surface::{FEWEST_EVENTS, RiskSurface};

/// How many of the hottest cells are printed.
const TOP: usize = 10;

/// Compute a risk surface: expected incidents in each hexagon for a window.
#[derive(Debug, Args)]
pub struct RiskArgs {
    /// The workspace, a .gpkg file.
    workspace: Address,
    /// A shift (today's; in a synthetic workspace, of the day its data end), SHIFT@DATE like night@2026-11-25, or START/END in ISO 8601.
    #[arg(long, default_value = "night")]
    window: String,
    /// best: the one with the best record on the last weeks here, or count where nothing beats
    /// it. count: what happened in a cell. kde: by a kernel. adaptive_kde: by narrow kernels
    /// where much happened. prospective: near repeats. hawkes: what happens draws more of
    /// its kind. risk_terrain: by the places around. mixture: all scales and memories,
    /// weighed by how well each told the past.
    #[arg(long, default_value = BEST)]
    model: String,
    /// Only this category; may be given again. A first-level code takes its children in.
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// Learn from so many days only; all data otherwise.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    look_back_days: Option<u32>,
    /// Hours of every day like 22-6, or hours of the week (0 is Monday 00:00) like 0,1,2.
    #[arg(long)]
    hours: Option<String>,
    /// H3 resolution, 7 to 11.
    #[arg(long, default_value_t = 10)]
    resolution: u8,
    /// Radius of the kernel of kde and adaptive_kde, metres [default: chosen on the past].
    #[arg(long, value_name = "METRES", allow_negative_numbers = true)]
    bandwidth_m: Option<f64>,
    /// Days after which an event weighs half; without it all weigh the same.
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    half_life_days: Option<f64>,
    /// Learn from what patrols discovered too; patrols then draw patrols.
    #[arg(long)]
    include_patrol_discovered: bool,
    /// Write all cells to this GeoJSON file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: RiskArgs) -> Result<(), Failure> {
    if let Some(path) = &args.out {
        output::ending_of(path, &["geojson", "json"], "a risk surface")?;
    }
    if args.model == BEST && (args.bandwidth_m.is_some() || args.half_life_days.is_some()) {
        return Err(Failure::usage(SETTINGS_NEED_A_MODEL, "add --model kde"));
    }
    let hours = hours(args.hours.as_deref())?;
    let store = |fault| Failure::failed(fault, "");
    // The override is written into the log, the record that is made is kept.
    let opened = match args.include_patrol_discovered || args.model == BEST {
        true => workspace::open_to_note(&args.workspace).await,
        false => workspace::open_for_reading(&args.workspace).await,
    }
    .map_err(store)?;
    let district = opened.district().await.map_err(store)?;
    let zone = district
        .zone()
        .map_err(|fault| Failure::failed(fault, ""))?;
    let shifts = opened.shifts().await.map_err(store)?;
    let today = reference_day(&opened).await.map_err(store)?;
    let window = parse_window(&args.window, &shifts, &zone, today)
        .map_err(|fault| Failure::usage(fault, ""))?;

    let request = RiskRequest {
        model: args.model,
        window,
        look_back_days: args.look_back_days,
        hours,
        categories: args.category,
        resolution: args.resolution,
        bandwidth_m: args.bandwidth_m,
        half_life_days: args.half_life_days,
        include_patrol_discovered: args.include_patrol_discovered,
    };
    let (request, trusted) = resolved_now(&opened, request)
        .await
        .map_err(|fault| match fault {
            BacktestError::Risk(risk) => failure(risk),
            other => Failure::failed(other, ""),
        })?;
    let surface = risk_surface(&opened, &request).await.map_err(failure)?;
    // A record that was made just now may not be kept: the file may be another's to write.
    let law = match trusted.as_ref().and_then(|trusted| trusted.card()) {
        Some(card) => card.law_of(&surface.provenance.model),
        None => law_of(&opened, &surface.provenance).await.map_err(store)?,
    };
    if let Some(path) = &args.out {
        output::write(
            path,
            risk_geojson(&surface, law.unwrap_or(Law::Poisson), district.synthetic).as_bytes(),
        )?;
    }
    let trusted = trusted.as_ref();
    output::say(&report(&surface, &zone, district.synthetic, trusted, law))?;
    if let Some(path) = &args.out {
        output::line(format_args!(
            "{} cells written to {}",
            surface.grid.len(),
            path.display()
        ));
    }
    Ok(())
}

/// A wrong parameter is wrong use; all else is a failure.
fn failure(fault: RiskJobError) -> Failure {
    match fault {
        RiskJobError::Risk(fault) => Failure::usage(fault, ""),
        other => Failure::failed(other, ""),
    }
}

/// What is printed: the totals, the classes, the hottest cells.
fn report(
    surface: &RiskSurface,
    zone: &TimeZone,
    synthetic: bool,
    trusted: Option<&TrustedModel>,
    law: Option<Law>,
) -> String {
    let made = &surface.provenance;
    let classes = Classes::of(surface);
    let local = |at: Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let mut lines = Vec::new();
    if synthetic {
        lines.push("SYNTHETIC 模拟数据".to_owned());
    }
    lines.push(format!(
        "{} for {} to {}",
        made.model,
        local(made.window.start()),
        local(made.window.end())
    ));
    lines.extend(trusted.map(|trusted| in_words(trusted, Language::English)));
    lines.push(format!(
        "learned from {} incidents, {} to {}",
        made.events,
        local(made.look_back.start()),
        local(made.look_back.end())
    ));
    if surface.is_thin() && made.events > 0 {
        lines.push(format!(
            "NOT ENOUGH DATA: {} incidents since {} are too few for a map (fewer than {FEWEST_EVENTS}, or less than a week of them)",
            made.events,
            local(made.look_back.start())
        ));
    }
    if let Some(days) = surface.stale_days() {
        lines.push(format!(
            "OLD DATA: they end {days} days before the window; much may have changed since"
        ));
    }
    // What a planner reads as a table stands line by line.
    let (table_rows, others): (Vec<_>, Vec<_>) = made
        .parameters
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .partition(|line| line.starts_with("relative_risk "));
    if !others.is_empty() {
        lines.push(others.join(", "));
    }
    lines.extend(table_rows);
    let area: f64 = surface.grid.area_km2().iter().sum();
    lines.push(format!(
        "{:.3} incidents expected in {} cells of {area:.2} km²",
        surface.total(),
        surface.grid.len()
    ));
    if made.events == 0 {
        lines.push("no incident to learn from: the surface is empty".to_owned());
    } else if !surface.is_thin() {
        lines.push(String::new());
        lines.push(table(surface, &classes, law.unwrap_or(Law::Poisson)));
        lines.push(scatter_in_words(law));
    }
    lines.join("\n") + "\n"
}

/// By what law the intervals were found.
fn scatter_in_words(law: Option<Law>) -> String {
    match law {
        Some(Law::NegativeBinomial { size }) => format!(
            "80 % of counts and the chance of one or more by the record: they scatter more than \
             chance alone (negative binomial, size {size:.2})"
        ),
        Some(Law::Poisson) => {
            "80 % of counts and the chance of one or more by the record: they scatter as chance \
             has it (Poisson)"
                .into()
        }
        None => {
            "80 % of counts and the chance of one or more by Poisson: this model has no record \
                 here that would tell more"
                .into()
        }
    }
}

fn table(surface: &RiskSurface, classes: &Classes, law: Law) -> String {
    let mut text = String::from(
        "rank  cell             longitude   latitude  expected  80 % in   one or more   per km²\n",
    );
    for &i in classes.order.iter().take(TOP) {
        let centre = surface.grid.centre(i);
        let [low, high] = law.interval(surface.expected[i], INTERVAL);
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{:4}  {:15} {:10.5} {:10.5}  {:8.4}  {:>7}   {:9.1} %  {:8.3}",
            classes.rank[i],
            surface.grid.cells()[i].to_string(),
            centre.lon(),
            centre.lat(),
            surface.expected[i],
            format!("{low}–{high}"),
            100.0 * law.at_least_one(surface.expected[i]),
            surface.per_km2(i)
        );
    }
    for class in &classes.summary {
        let _ = write!(
            text,
            "\ntop {:>4}% of the area: {:5.1} % of the expected incidents, from {:.3} per km²",
            class.share_to * 100.0,
            100.0 * up_to(classes, class.class) / surface.total(),
            class.min_per_km2
        );
    }
    text
}

/// Expected incidents in a class and the hotter ones.
fn up_to(classes: &Classes, class: u8) -> f64 {
    let hotter = classes.summary.iter().filter(|c| c.class >= class);
    hotter.map(|c| c.expected).sum()
}

//! `frontbeat replan`: Change a stored plan while its shift runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{ArgGroup, Args};
use jiff::tz::TimeZone;

use crate::app::plan::save_plan;
use crate::app::replan::{ReplanJobError, ReplanRequest, replan_stored, stored_plan};
use crate::app::replan_change::ChangeRequest;
use crate::app::workspace::{Address, open_for_reading, open_for_writing};
use crate::calendar::window::Window;
use crate::cli::failure::Failure;
use crate::cli::interrupt::stop_on_interrupt;
use crate::cli::must_visit::moment;
use crate::cli::option_text::{duration, position};
use crate::cli::output;
use crate::cli::plan::{Tongue, stopping, table, written_to};
use crate::cli::plan_output::{SheetPaper, outputs};
use crate::exchange::plan_csv::CsvStyle;
use crate::patrol::not_met::not_met_lines;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::reason::Language;
use crate::patrol::replan::replan::ReplanSettings;
use crate::patrol::replan::words;

const MOST_MS: u64 = 3_600_000;

/// Change a stored plan while its shift runs, as little as what has happened calls for.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true)
    .args(["sent", "back", "pillar", "hotspot", "drops_out", "time_passed"]))]
pub struct ReplanArgs {
    /// The workspace.
    workspace: Address,
    /// Id of the plan that is being followed; the newest one if not given.
    plan: Option<String>,
    /// When it happens, like 23:10 in the shift, or an ISO 8601 time; now if not given.
    #[arg(long)]
    at: Option<String>,
    /// This unit (id or call sign) is sent to a call.
    #[arg(long, value_name = "UNIT")]
    sent: Option<String>,
    /// When the unit that is sent is thought to be free again; it is not counted on if not
    /// given.
    #[arg(long, value_name = "TIME", requires = "sent", requires = "free_where")]
    free_at: Option<String>,
    /// Where the unit that is sent is thought to be free again.
    #[arg(
        long,
        value_name = "LON,LAT",
        requires = "free_at",
        allow_hyphen_values = true
    )]
    free_where: Option<String>,
    /// This unit is free again.
    #[arg(long, value_name = "UNIT", requires = "position")]
    back: Option<String>,
    /// Where the unit that is free again is.
    #[arg(
        long,
        value_name = "LON,LAT",
        requires = "back",
        allow_hyphen_values = true
    )]
    position: Option<String>,
    /// This alarm pillar is pressed: somebody goes there.
    #[arg(long, value_name = "ID")]
    pillar: Option<String>,
    /// How soon somebody is to be at the pillar.
    #[arg(long, value_name = "TIME", requires = "pillar", default_value = "10m")]
    within: String,
    /// More is expected here than was planned for.
    #[arg(
        long,
        value_name = "LON,LAT",
        requires = "per_hour",
        allow_hyphen_values = true
    )]
    hotspot: Option<String>,
    /// Additional incidents expected at the hot spot per hour.
    #[arg(long, value_name = "INCIDENTS", requires = "hotspot")]
    per_hour: Option<f64>,
    /// How long the hot spot lasts.
    #[arg(long, value_name = "TIME", requires = "hotspot", default_value = "2h")]
    lasts: String,
    /// This unit makes no more stops in the shift.
    #[arg(long, value_name = "UNIT")]
    drops_out: Option<String>,
    /// Nothing has happened: improve what is left.
    #[arg(long)]
    time_passed: bool,
    /// What changing a stop costs, in average gains of a stop.
    #[arg(long, default_value_t = ReplanSettings::default().price)]
    price: f64,
    /// How long to search, milliseconds.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=MOST_MS))]
    milliseconds: u64,
    /// Stop after so many iterations: the same change of the same plan then gives the same
    /// routes anywhere.
    #[arg(long)]
    iterations: Option<u64>,
    /// Where to write the new plan: .geojson, .gpx, .json, .csv, .html (a route sheet to
    /// print) or .pdf (a shift pack); may be given again. Without it, it is printed.
    #[arg(long)]
    out: Vec<PathBuf>,
    /// Keep the new plan in the workspace: the next change starts from it.
    #[arg(long)]
    save: bool,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    lang: Tongue,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: ReplanArgs) -> Result<(), Failure> {
    let outputs = outputs(&args.out)?;
    if !(0.0..=100.0).contains(&args.price) {
        let cause = format!("--price {} is not within 0 to 100", args.price);
        return Err(Failure::usage(cause, "0.25 is usual; 0 lets all change"));
    }
    let opened = match args.save {
        true => open_for_writing(&args.workspace).await,
        false => open_for_reading(&args.workspace).await,
    };
    let workspace = opened.map_err(|e| Failure::failed(e, ""))?;
    let stored = |e| Failure::failed(e, "");
    let made = async {
        let district = workspace.district().await.map_err(stored)?;
        let zone = district.zone().map_err(|e| Failure::failed(e, ""))?;
        let before = stored_plan(&workspace, args.plan.as_deref()).await;
        let before = before.map_err(failure)?;
        let request = request(&args, before.plan.window, &zone)?;
        let stop = Arc::new(AtomicBool::new(false));
        let signals = tokio::spawn(stop_on_interrupt(
            stop.clone(),
            Some(stopping(args.lang.language())),
        ));
        let planned = replan_stored(&workspace, before, request, stop).await;
        signals.abort();
        let planned = planned.map_err(failure)?;
        if args.save {
            save_plan(&workspace, &planned).await.map_err(stored)?;
        }
        let paper = SheetPaper::of(&outputs, district, workspace.basemap()).await?;
        Ok((planned.plan, paper, zone))
    };
    let made: Result<_, Failure> = made.await;
    workspace.close().await;
    let (plan, paper, zone) = made?;
    let language = args.lang.language();
    let said = sentences(&plan, &zone, language);
    if outputs.is_empty() {
        return output::say(&format!("{said}\n{}", table(&plan, &zone, language)));
    }
    let style = CsvStyle {
        language,
        both_headers: false,
        byte_order_mark: false,
    };
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    lines.extend(not_met_lines(&plan, &zone, language));
    for output in &outputs {
        output.write(&plan, &zone, style, paper.as_ref(), None)?;
        lines.push(written_to(&output.path, language));
        let beside = output.write_not_met(&plan, &zone, style)?;
        lines.extend(beside.map(|path| written_to(&path, language)));
    }
    lines.push(String::new());
    output::say(&lines.join("\n"))
}

fn request(args: &ReplanArgs, shift: Window, zone: &TimeZone) -> Result<ReplanRequest, Failure> {
    let at = args.at.as_deref();
    Ok(ReplanRequest {
        at: at.map(|text| moment("at", text, shift, zone)).transpose()?,
        change: change(args, shift, zone)?,
        // Iterations end a search by themselves.
        deadline_ms: args.iterations.map_or(args.milliseconds, |_| MOST_MS),
        iterations: args.iterations,
        settings: ReplanSettings {
            price: args.price,
            ..ReplanSettings::default()
        },
    })
}

/// What the arguments say has happened.
fn change(args: &ReplanArgs, shift: Window, zone: &TimeZone) -> Result<ChangeRequest, Failure> {
    if let Some(unit) = &args.sent {
        let back = match (&args.free_where, &args.free_at) {
            (Some(place), Some(time)) => Some((
                position("free-where", place)?,
                moment("free-at", time, shift, zone)?,
            )),
            _ => None,
        };
        let unit = unit.clone();
        return Ok(ChangeRequest::SentToCall { unit, back });
    }
    if let (Some(unit), Some(at)) = (&args.back, &args.position) {
        return Ok(ChangeRequest::Back {
            unit: unit.clone(),
            at: position("position", at)?,
        });
    }
    if let Some(pillar) = &args.pillar {
        return Ok(ChangeRequest::PillarPressed {
            pillar: pillar.clone(),
            within: duration("within", &args.within)?,
        });
    }
    if let (Some(at), Some(expected_per_hour)) = (&args.hotspot, args.per_hour) {
        return Ok(ChangeRequest::NewHotspot {
            at: position("hotspot", at)?,
            expected_per_hour,
            lasts: duration("lasts", &args.lasts)?,
        });
    }
    Ok(match &args.drops_out {
        Some(unit) => ChangeRequest::DropsOut { unit: unit.clone() },
        None => ChangeRequest::TimePassed,
    })
}

/// What changed, one line a unit whose round did, and how much.
fn sentences(plan: &PatrolPlan, zone: &TimeZone, language: Language) -> String {
    let Some(record) = &plan.replanned else {
        return String::new();
    };
    let mut text = String::new();
    if let Some(late) = &record.late {
        text += &words::of_late(late, zone, language);
        text.push('\n');
    }
    for change in &record.changes {
        text += &words::of_change(change, language);
        text.push('\n');
    }
    text += &words::of_stability(&record.stability, language);
    text.push('\n');
    text
}

fn failure(error: ReplanJobError) -> Failure {
    match error {
        ReplanJobError::UnknownPlan(_) => Failure::usage(
            error,
            "leave the id away for the newest plan; plans are stored by frontbeat plan … --save",
        ),
        ReplanJobError::NoPlan => Failure::failed(error, "make one with: frontbeat plan … --save"),
        ReplanJobError::Change(_) | ReplanJobError::BeforeTheShift => Failure::usage(error, ""),
        _ => Failure::failed(error, ""),
    }
}

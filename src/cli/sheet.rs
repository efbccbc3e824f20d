//! `frontbeat sheet`: A stored plan once more: printed, as a route sheet or a shift pack, or in
//! another form.

use std::path::PathBuf;

use clap::Args;
use jiff::tz::TimeZone;

use crate::app::replan::{ReplanJobError, plan_alone};
use crate::app::workspace::{Address, open_for_reading};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::plan::{Tongue, table};
use crate::cli::plan_output::{PlanOutput, SheetPaper, outputs};
use crate::exchange::plan_csv::CsvStyle;
use crate::patrol::not_met::not_met_lines;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::summary::PlanSummary;

/// Most plans in a list.
const MOST_LISTED: u32 = 100;

/// Write a stored plan's route sheet, or the plan in another form.
#[derive(Debug, Args)]
pub struct SheetArgs {
    /// The workspace.
    workspace: Address,
    /// Id of the plan; the newest one if not given.
    plan: Option<String>,
    /// List the newest plans instead, at most 100, newest first.
    #[arg(long, conflicts_with_all = ["plan", "out", "unit"])]
    list: bool,
    /// Where to write it: .html for the sheet to print, .pdf for a shift pack on A4, .geojson,
    /// .gpx, .json or .csv; may be given again. Without it, it is printed.
    #[arg(long)]
    out: Vec<PathBuf>,
    /// Only the sheet's page of this unit (id or call sign).
    #[arg(long, value_name = "UNIT", requires = "out")]
    unit: Option<String>,
    /// Begin a .csv with a byte order mark, so that Excel reads it as UTF-8.
    #[arg(long)]
    bom: bool,
    /// Name the columns of a .csv in English and Chinese.
    #[arg(long)]
    both_headers: bool,
    /// Language of what is written.
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    lang: Tongue,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: SheetArgs) -> Result<(), Failure> {
    let outputs = outputs(&args.out)?;
    if args.unit.is_some() && !outputs.iter().any(PlanOutput::needs_paper) {
        return Err(Failure::usage(
            "--unit chooses a page of the sheet, and no sheet is written",
            "write one with --out FILE.html or FILE.pdf",
        ));
    }
    let workspace = open_for_reading(&args.workspace).await;
    let workspace = workspace.map_err(|e| Failure::failed(e, ""))?;
    let stored = |e| Failure::failed(e, "");
    let read = async {
        let district = workspace.district().await.map_err(stored)?;
        let zone = district.zone().map_err(|e| Failure::failed(e, ""))?;
        if args.list {
            let plans = workspace.plans(MOST_LISTED).await.map_err(stored)?;
            return Ok((None, list(&plans, &zone), zone));
        }
        let plan = plan_alone(&workspace, args.plan.as_deref()).await;
        let plan = plan.map_err(failure)?;
        let paper = SheetPaper::of(&outputs, district, workspace.basemap()).await?;
        Ok((Some((plan, paper)), String::new(), zone))
    };
    let read: Result<_, Failure> = read.await;
    workspace.close().await;
    let (found, listed, zone) = read?;
    let Some((plan, paper)) = found else {
        return output::say(&listed);
    };
    let language = args.lang.language();
    if outputs.is_empty() {
        return output::say(&table(&plan, &zone, language));
    }
    let style = CsvStyle {
        language,
        both_headers: args.both_headers,
        byte_order_mark: args.bom,
    };
    let unit = args.unit.as_deref().map(|name| unit_of(&plan, name));
    let mut said = String::new();
    for output in &outputs {
        output.write(&plan, &zone, style, paper.as_ref(), unit.as_deref())?;
        said += &format!("plan {} written to {}\n", plan.id, output.path.display());
        if let Some(beside) = output.write_not_met(&plan, &zone, style)? {
            said += &format!("what it does not meet written to {}\n", beside.display());
        }
    }
    for line in not_met_lines(&plan, &zone, language) {
        said += &format!("{line}\n");
    }
    output::say(&said)
}

/// The id of the unit with that id or call sign; the name itself where there is none, so that
/// the sheet can say which there are.
fn unit_of(plan: &PatrolPlan, name: &str) -> String {
    let mut routes = plan.routes.iter();
    let found = routes.find(|r| r.unit.as_str() == name || r.call_sign == name);
    found.map_or_else(|| name.to_owned(), |route| route.unit.to_string())
}

fn list(plans: &[PlanSummary], zone: &TimeZone) -> String {
    if plans.is_empty() {
        return "no plan is stored; make one with: frontbeat plan … --save\n".into();
    }
    let at = |at| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let line = |plan: &PlanSummary| {
        format!(
            "{}  {} to {}  {:>3} units  {:>4} stops  {:.2} of {:.2} covered  made {}\n",
            plan.id,
            at(plan.window.start()),
            at(plan.window.end()),
            plan.units,
            plan.stops,
            plan.risk_covered,
            plan.risk_total,
            at(plan.made_at),
        )
    };
    plans.iter().map(line).collect()
}

fn failure(error: ReplanJobError) -> Failure {
    match error {
        ReplanJobError::UnknownPlan(_) => Failure::usage(
            error,
            "list them with --list, or leave the id away for the newest plan",
        ),
        ReplanJobError::NoPlan => Failure::failed(error, "make one with: frontbeat plan … --save"),
        _ => Failure::failed(error, ""),
    }
}

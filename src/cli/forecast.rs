//! `frontbeat forecast`: freeze forecasts before their windows, score them after, and say how
//! they did.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;

use crate::app::clock;
use crate::app::forecast::{
    Due, ForecastJobError, FreezeRequest, Listed, freeze, frozen_card, newest, present, score_due,
};
use crate::app::record::{law_of, of_all};
use crate::app::risk::{RiskJobError, reference_day};
use crate::app::standing_forecasts::{end_standing, freeze_due, stand};
use crate::app::workspace::{Address, open_for_reading, open_for_writing};
use crate::calendar::cadence::Cadence;
use crate::calendar::text::parse_window;
use crate::cli::by_record::hits_in_words;
use crate::cli::failure::Failure;
use crate::cli::hours::hours;
use crate::cli::output;
use crate::exchange::feature_geojson::local_time;
use crate::exchange::risk_geojson::risk_geojson;
use crate::risk::backtest::Figure;
use crate::risk::dispersion::Law;
use crate::risk::forecast::{Forecast, ForecastError, ForecastSummary};
use crate::risk::scorecard::{Question, SHOWN_AREA, Scorecard};

/// Freeze forecasts before their windows, score them after, and say how they did.
#[derive(Debug, Args)]
pub struct ForecastArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Freeze a window that lies ahead, by count, kde and mixture.
    Freeze {
        /// The workspace, a .gpkg file.
        workspace: Address,
        /// `week` for the coming one, a shift, SHIFT@DATE, or START/END; without it all that
        /// is frozen by itself and due.
        #[arg(long)]
        window: Option<String>,
        #[command(flatten)]
        of: OfArgs,
    },
    /// Score forecasts whose windows are over.
    Score {
        /// The workspace, a .gpkg file.
        workspace: Address,
    },
    /// List forecasts, those that end last first.
    List {
        /// The workspace, a .gpkg file.
        workspace: Address,
        /// At most so many.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Write a frozen forecast's cells to a file.
    Show {
        /// The workspace, a .gpkg file.
        workspace: Address,
        /// The forecast, as the list has it.
        id: String,
        /// The file: .geojson
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// How frozen forecasts did in the last twelve weeks.
    Card {
        /// The workspace, a .gpkg file.
        workspace: Address,
        /// Of which windows.
        #[arg(long, value_enum, default_value_t = Every::Week)]
        every: Every,
        #[command(flatten)]
        of: OfArgs,
    },
    /// List what is frozen by itself, add to it, or end it. A running service freezes and
    /// scores it; without one, call `freeze` and `score` once an hour.
    Standing {
        /// The workspace, a .gpkg file.
        workspace: Address,
        /// Freeze this from now on.
        #[arg(long, conflicts_with = "end")]
        add: bool,
        /// End the one of this id.
        #[arg(long, value_name = "ID")]
        end: Option<String>,
        /// How often.
        #[arg(long, value_enum, default_value_t = Every::Week)]
        every: Every,
        #[command(flatten)]
        of: OfArgs,
    },
}

/// What is forecast.
#[derive(Debug, Args)]
struct OfArgs {
    /// Only this category; may be given again. A first-level code takes its children in.
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// Hours of every day like 22-6, or hours of the week (0 is Monday 00:00) like 0,1,2.
    #[arg(long)]
    hours: Option<String>,
    /// H3 resolution, 7 to 11.
    #[arg(long, default_value_t = 10)]
    resolution: u8,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Every {
    Week,
    Shift,
}

impl OfArgs {
    fn question(&self) -> Result<Question, Failure> {
        let hours = hours(self.hours.as_deref())?;
        Ok(Question::new(self.category.clone(), hours, self.resolution))
    }
}

impl From<Every> for Cadence {
    fn from(every: Every) -> Self {
        match every {
            Every::Week => Self::Week,
            Every::Shift => Self::Shift,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: ForecastArgs) -> Result<(), Failure> {
    let store = |fault| Failure::failed(fault, "");
    match args.what {
        What::Freeze {
            workspace,
            window,
            of,
        } => {
            let opened = open_for_writing(&workspace).await.map_err(store)?;
            let now = clock::now();
            let done = match window {
                None => freeze_due(&opened, now).await.map(|frozen| {
                    format!("{frozen} forecasts frozen: all that stands and is due\n")
                }),
                Some(text) => {
                    let zone = opened.district().await.map_err(store)?.zone();
                    let zone = zone.map_err(|fault| Failure::failed(fault, ""))?;
                    let shifts = opened.shifts().await.map_err(store)?;
                    let now_here = present(&opened, now).await.map_err(store)?;
                    let coming = Cadence::Week.next(now_here, &shifts, &zone);
                    let window = match (text.as_str(), coming.first()) {
                        ("week", Some(&week)) => week,
                        _ => {
                            let today = reference_day(&opened).await.map_err(store)?;
                            parse_window(&text, &shifts, &zone, today)
                                .map_err(|fault| Failure::usage(fault, ""))?
                        }
                    };
                    let question = of.question()?;
                    let frozen = freeze(&opened, &FreezeRequest { question, window }, now).await;
                    frozen.map(|frozen| {
                        let line = |f: &Forecast| {
                            format!(
                                "{}  {:12} {} to {}  {:.2} incidents expected\n",
                                f.id,
                                f.provenance.model,
                                local_time(window.start(), &zone),
                                local_time(window.end(), &zone),
                                f.total()
                            )
                        };
                        frozen.iter().map(line).collect()
                    })
                }
            };
            opened.close().await;
            output::say(&done.map_err(failure)?)
        }
        What::Score { workspace } => {
            let opened = open_for_writing(&workspace).await.map_err(store)?;
            let added = score_due(&opened, Due::Changed, clock::now()).await;
            opened.close().await;
            let scored = added.map_err(failure)?;
            let mut text = format!("{} forecasts scored\n", scored.added);
            for id in scored.forged {
                text.push_str(&format!("{id} is not what was frozen, and is not scored\n"));
            }
            output::say(&text)
        }
        What::List { workspace, limit } => {
            let opened = open_for_reading(&workspace).await.map_err(store)?;
            let zone = opened.district().await.map_err(store)?.zone();
            let zone = zone.map_err(|fault| Failure::failed(fault, ""))?;
            let found = newest(&opened, limit).await.map_err(failure)?;
            opened.close().await;
            output::say(&list(&found, &zone))
        }
        What::Show { workspace, id, out } => {
            output::ending_of(&out, &["geojson", "json"], "a forecast")?;
            let opened = open_for_reading(&workspace).await.map_err(store)?;
            let found = opened.forecast(&id).await.map_err(store)?;
            let Some(forecast) = found else {
                return Err(Failure::usage(
                    format!("there is no forecast {id:?}"),
                    "frontbeat forecast list tells them",
                ));
            };
            let synthetic = forecast.synthetic;
            let law = law_of(&opened, &forecast.provenance).await.map_err(store)?;
            opened.close().await;
            let surface = forecast
                .surface()
                .map_err(|fault| Failure::failed(fault, ""))?;
            let law = law.unwrap_or(Law::Poisson);
            output::write(&out, risk_geojson(&surface, law, synthetic).as_bytes())?;
            output::say(&format!(
                "{} cells written to {}\n",
                surface.grid.len(),
                out.display()
            ))
        }
        What::Card {
            workspace,
            every,
            of,
        } => {
            let opened = open_for_reading(&workspace).await.map_err(store)?;
            let found = frozen_card(&opened, &of.question()?, every.into(), clock::now()).await;
            opened.close().await;
            output::say(&match found.map_err(failure)? {
                Some(card) => of_card(&card),
                None => "no frozen forecast of this was scored in the last twelve weeks\n".into(),
            })
        }
        What::Standing {
            workspace,
            add,
            end,
            every,
            of,
        } => {
            if !add && end.is_none() {
                let opened = open_for_reading(&workspace).await.map_err(store)?;
                let standing = opened.standing_forecasts().await.map_err(store)?;
                opened.close().await;
                let mut text = String::new();
                for one in standing.iter().filter(|s| s.ended_at.is_none()) {
                    text.push_str(&format!(
                        "{}  every {}  {}\n",
                        one.id,
                        one.cadence.code(),
                        of_question(&one.question)
                    ));
                }
                if text.is_empty() {
                    text = "nothing is frozen by itself so far; the first `frontbeat forecast \
                            freeze`, or a service, begins with all incidents, a week at a time\n"
                        .into();
                }
                return output::say(&text);
            }
            let opened = open_for_writing(&workspace).await.map_err(store)?;
            let now = clock::now();
            let done = match &end {
                Some(id) => end_standing(&opened, id, now)
                    .await
                    .map(|()| format!("{id} is frozen no longer; what was frozen stays\n")),
                None => stand(&opened, of.question()?, every.into(), now)
                    .await
                    .map(|new| format!("{} is frozen from now on\n", new.id)),
            };
            opened.close().await;
            output::say(&done.map_err(failure)?)
        }
    }
}

fn list(found: &[Listed], zone: &TimeZone) -> String {
    if found.is_empty() {
        return "no forecast was frozen so far\n".into();
    }
    let mut text = String::from(
        "id                                model        window                              frozen            expected  happened  hits in 2 %  log score  of\n",
    );
    let short = |at| local_time(at, zone).chars().take(16).collect::<String>();
    for listed in found {
        let forecast = &listed.summary;
        let made = &forecast.provenance;
        let scored = match listed.is_intact {
            true => scored_in_words(forecast),
            false => "CHANGED since it was frozen".into(),
        };
        text.push_str(&format!(
            "{}  {:12} {} – {}  {}  {:8.2}  {scored:32}  {}\n",
            forecast.id,
            made.model,
            short(made.window.start()),
            short(made.window.end()),
            short(forecast.frozen_at),
            forecast.expected_total,
            of_question(&made.question())
        ));
    }
    text
}

fn scored_in_words(forecast: &ForecastSummary) -> String {
    let Some(score) = &forecast.score else {
        return "not over".into();
    };
    let hits = score.hit_rate(SHOWN_AREA);
    format!(
        "{:8}  {:>11}  {:>9}",
        score.window.events,
        hits.map_or("–".into(), |hits| format!("{:.1} %", 100.0 * hits)),
        score
            .figure(Figure::LogScore)
            .map_or("–".into(), |score| format!("{score:.3}")),
    )
}

fn of_card(card: &Scorecard) -> String {
    let mut text = format!(
        "{} windows, {} incidents, {} outside the cells: {}\n",
        card.windows,
        card.incidents,
        card.outside,
        hits_in_words(card)
    );
    text.push_str("model         log score   hits in 1 %   2 %   5 %   expected/observed\n");
    for score in &card.models {
        let hits = |area: f64| {
            let hits = card.hits(&score.model, area);
            hits.map_or("–".into(), |hits| format!("{:.1}", 100.0 * hits))
        };
        text.push_str(&format!(
            "{:12} {:>10} {:>13} {:>5} {:>5} {:>19}\n",
            score.model,
            score
                .log_score
                .map_or("–".into(), |score| format!("{:.3}", score.value)),
            hits(0.01),
            hits(0.02),
            hits(0.05),
            score
                .total_ratio
                .map_or("–".into(), |ratio| format!("{ratio:.2}")),
        ));
    }
    text
}

fn of_question(question: &Question) -> String {
    let mut text = match question.categories.as_slice() {
        [] => "all incidents".to_owned(),
        some => some.join(", "),
    };
    if question.hours != of_all(question.resolution).hours {
        text.push_str(&format!(", {} hours of the week", question.hours.len()));
    }
    text.push_str(&format!(", resolution {}", question.resolution));
    text
}

/// What a person can mend is wrong use; all else is a failure.
fn failure(fault: ForecastJobError) -> Failure {
    match fault {
        ForecastJobError::Forecast(ForecastError::Begun { .. })
        | ForecastJobError::NotStanding(_)
        | ForecastJobError::Stands(_)
        | ForecastJobError::Resolution(_)
        | ForecastJobError::TooLong
        | ForecastJobError::Risk(RiskJobError::Risk(_)) => Failure::usage(fault, ""),
        other => Failure::failed(other, ""),
    }
}
